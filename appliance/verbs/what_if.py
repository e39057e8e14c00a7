"""What may be asked of a recorded day on the command line. Every verb imports this: it is light."""

from __future__ import annotations

import argparse
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from appliance.verbs.asked import LANGUAGE, day

if TYPE_CHECKING:
    from collections.abc import Mapping

MINUTES_A_DAY = 24 * 60
MOVED = 10
TIMES = {
    "early": "right of way from MIN minutes before the appointment",
    "grace": "right of way for those who come up to MIN minutes late",
    "max_wait": "right of way without appointment after MIN minutes; 0: never",
}


def add_options(replay: argparse.ArgumentParser) -> None:
    """Add to a verb what may be asked of a recorded day."""
    replay.add_argument(
        "--journal",
        nargs="?",
        type=Path,
        const=Path(),
        metavar="FILE",
        help="play a recorded day: what if? Without FILE the journal of --config",
    )
    options = replay.add_argument_group("a recorded day, with --journal")
    options.add_argument("--day", type=day, metavar="D", help="such as 2026-03-02; else the last")
    options.add_argument(
        "--rules", type=Path, nargs="+", default=[], metavar="FILE", help="as if configured so"
    )
    options.add_argument(
        "--as",
        dest="names",
        nargs="+",
        default=[],
        choices=("fifo", "scan"),
        help="fifo: all by their number; scan: right of way from the scan, however early it is",
    )
    for name, meaning in TIMES.items():
        option = f"--{name.replace('_', '-')}"
        options.add_argument(option, type=_minutes, metavar="MIN", help=meaning)
    options.add_argument(
        "--moved", type=_count, default=MOVED, metavar="N", help=f"tell of N numbers ({MOVED})"
    )
    options.add_argument("--language", metavar="L", help=LANGUAGE)
    options.add_argument("--json", action="store_true", help="for machines, with every number")


def given(asked: argparse.Namespace) -> bool:
    """Tell whether anything was asked of a day."""
    asked_of_it = (asked.day, asked.rules, asked.names, asked.language, asked.json, times(asked))
    return any(asked_of_it)


def times(asked: argparse.Namespace) -> Mapping[str, timedelta]:
    """Give the times that shall be others, by their name in the rules."""
    all_of_them = {name: getattr(asked, name) for name in TIMES}
    return {name: time for name, time in all_of_them.items() if time is not None}


def told(times: Mapping[str, timedelta]) -> str:
    """Give what rules with these times are called."""
    return ", ".join(f"{name} {time // timedelta(minutes=1)}" for name, time in times.items())


def _minutes(text: str) -> timedelta:
    if text.isascii() and text.isdigit() and int(text) <= MINUTES_A_DAY:
        return timedelta(minutes=int(text))
    raise argparse.ArgumentTypeError(f"'{text}' is no number of minutes, 0 to {MINUTES_A_DAY}")


def _count(text: str) -> int:
    if text.isascii() and text.isdigit():
        return int(text)
    raise argparse.ArgumentTypeError(f"'{text}' is no number")
