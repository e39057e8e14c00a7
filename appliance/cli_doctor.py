"""What may be asked of `lobby doctor`. Every verb of the command imports this: it is light."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

LONGEST_S = 600.0


def add_verb(
    verbs: argparse._SubParsersAction[argparse.ArgumentParser],
    config: Path,
    do: Callable[[argparse.Namespace], int],
) -> None:
    """Add `doctor`.

    Args:
        verbs: Of the command.
        config: The usual configuration.
        do: Does what is asked, and gives the exit code.
    """
    doctor = verbs.add_parser("doctor", help="try every part of this device, and say what to do")
    doctor.set_defaults(verb=do)
    doctor.add_argument("parts", nargs="*", metavar="PART", help="such as printer; else all")
    doctor.add_argument("--config", type=Path, default=config, metavar="FILE")
    doctor.add_argument("--test-slip", action="store_true", help="have the printer print a slip")
    doctor.add_argument(
        "--yes", action="store_true", help="ask nobody: what needs a person is not tried"
    )
    doctor.add_argument("--json", action="store_true", help="for machines; asks nobody")
    doctor.add_argument(
        "--wait",
        type=_seconds,
        default=20.0,
        metavar="S",
        help="wait so long for a press or a code, in seconds; else 20",
    )


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if not 0 < seconds <= LONGEST_S:
        raise argparse.ArgumentTypeError(f"'{text}' is no number of seconds up to {LONGEST_S:.0f}")
    return seconds
