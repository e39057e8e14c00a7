"""What may be asked over the bus. Every verb of the command imports this: it is light."""

from __future__ import annotations

import argparse
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

KEY_BYTES = 16
ANSWER_WITHIN_S = 10.0
LONGEST_S = 600.0
"""Nobody waits for an answer for longer."""


def add_verbs(
    verbs: argparse._SubParsersAction[argparse.ArgumentParser],
    config: Path,
    do: Callable[[argparse.Namespace], int],
) -> None:
    """Add `next`, `recall`, `issue`, `status` and `watch`.

    Args:
        verbs: Of the command.
        config: The usual configuration.
        do: Does what is asked, and gives the exit code.
    """
    add = partial(_add, verbs, config, do)
    for name, meaning in (
        ("next", "call the next number to a counter"),
        ("recall", "call the number at a counter once more"),
    ):
        verb = add(name, meaning)
        verb.add_argument("--counter", required=True, metavar="C", help="such as 3")
        _repeatable(verb)
    issue = add("issue", "give out a number")
    issue.add_argument("service", metavar="SERVICE", help="its code, such as A1")
    issue.add_argument(
        "--wish", action="append", default=[], metavar="W", help="such as seated; may be repeated"
    )
    _repeatable(issue)
    add("status", "tell what is alive, who waits, what is wrong")
    add("watch", "follow what happens, until Ctrl-C")


def _add(
    verbs: argparse._SubParsersAction[argparse.ArgumentParser],
    config: Path,
    do: Callable[[argparse.Namespace], int],
    name: str,
    meaning: str,
) -> argparse.ArgumentParser:
    verb = verbs.add_parser(name, help=meaning)
    verb.set_defaults(verb=do, asked_for=name)
    verb.add_argument("--config", type=Path, default=config, metavar="FILE")
    verb.add_argument("--language", metavar="L", help="such as en; else the site's")
    verb.add_argument("--json", action="store_true", help="for machines, one line each")
    return verb


def _repeatable(verb: argparse.ArgumentParser) -> None:
    verb.add_argument(
        "--timeout",
        type=_seconds,
        default=ANSWER_WITHIN_S,
        metavar="S",
        help="wait so long for an answer, in seconds; else 10",
    )
    verb.add_argument(
        "--key",
        type=_key,
        metavar="HEX",
        help="of a command whose outcome is unknown: it is answered, and not done twice",
    )


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if not 0 < seconds <= LONGEST_S:
        raise argparse.ArgumentTypeError(f"'{text}' is no number of seconds up to {LONGEST_S:.0f}")
    return seconds


def _key(text: str) -> bytes:
    try:
        key = bytes.fromhex(text)
    except ValueError:
        key = b""
    if len(key) != KEY_BYTES:
        raise argparse.ArgumentTypeError(f"'{text}' is no key: 32 hexadecimal digits")
    return key
