"""What may be asked of `lobby camera`. Every verb of the command imports this: it is light."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable

CARD = Path("camera-card.pdf")


def add_verbs(
    camera: argparse.ArgumentParser, config: Path, do: Callable[[argparse.Namespace], int]
) -> None:
    """Add the verbs of `camera`.

    Args:
        camera: Its parser.
        config: The usual configuration.
        do: Does what is asked, and gives the exit code.
    """
    verbs = camera.add_subparsers(metavar="VERB", required=True)
    aim = verbs.add_parser(
        "aim", help="say how well the camera sees a code, while it is mounted; ends at Ctrl-C"
    )
    aim.add_argument("--config", type=Path, default=config, metavar="FILE")
    aim.add_argument("--seconds", type=seconds, metavar="S", help="end after so long by itself")
    aim.add_argument("--no-picture", action="store_true", help="words only, even with a screen")
    aim.add_argument("--language", metavar="L", help="such as en; else the site's")
    aim.add_argument("--json", action="store_true", help="for machines; without a picture")
    aim.add_argument(
        "--card",
        type=Path,
        nargs="?",
        const=CARD,
        metavar="FILE",
        help=f"write a test code to print ({CARD}), and do nothing else",
    )
    aim.set_defaults(verb=do)


def seconds(text: str) -> float:
    """Read a time of more than nothing and at most a day."""
    value = float(text)
    if not 0 < value <= 86_400:  # noqa: PLR2004  (a day)
        raise ValueError(text)
    return value
