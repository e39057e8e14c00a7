"""What the verbs of `lobby-central` take on the command line, read the same way."""

from __future__ import annotations

import argparse
from datetime import datetime
from pathlib import Path
from typing import NoReturn
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

PROG = "lobby-central"
LONGEST_DAYS = 3660
"""Ten years."""


class Parser(argparse.ArgumentParser):
    """Says what is wrong in one sentence, without repeating the usage."""

    def error(self, message: str) -> NoReturn:
        """End with 2."""
        self.exit(2, f"{self.prog}: {message}; see `{self.prog} --help`\n")


Verbs = argparse._SubParsersAction  # noqa: SLF001  (argparse has no public name for it)


def add_verb(verbs: Verbs[Parser], name: str, what: str) -> Parser:
    """Add a verb; `what` says what it does."""
    return verbs.add_parser(name, help=what, description=what)


def add_keys(parser: Parser | argparse._ArgumentGroup) -> None:
    """Add the folder of the keys."""
    parser.add_argument(
        "--keys", type=Path, default=Path("keys"), metavar="FOLDER", help="default: ./keys"
    )


def add_office(parser: Parser | argparse._ArgumentGroup, *, required: bool = True) -> None:
    """Add the office file."""
    parser.add_argument(
        "--office", type=Path, metavar="FILE", required=required, help="what the office is (TOML)"
    )


def add_broker(parser: Parser) -> None:
    """Add where the central broker is."""
    parser.add_argument(
        "--broker", required=True, metavar="URL", help="mqtts://host:port or wss://host:port/path"
    )
    parser.add_argument("--proxy", default="", metavar="URL", help="http://host:port")


def add_store(parser: Parser) -> None:
    """Add where the events are."""
    parser.add_argument(
        "--store",
        "--database",
        required=True,
        metavar="FILE|URL",
        help="the collector's database: an SQLite file, or postgresql+psycopg://user@host/name",
    )


def add_metrics(parser: Parser) -> None:
    """Add where the process shows what it counts."""
    parser.add_argument(
        "--metrics",
        metavar="[HOST:]PORT",
        help="show figures for Prometheus there, on this machine's own interface if no HOST is"
        " said; default: nowhere",
    )


def zone(text: str) -> ZoneInfo:
    """Read a time zone.

    Raises:
        argparse.ArgumentTypeError: It is none.
    """
    try:
        return ZoneInfo(text)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise argparse.ArgumentTypeError(
            f"'{text}' is no time zone such as Europe/Berlin"
        ) from error


def moment(text: str) -> datetime:
    """Read a time in whole seconds, with its offset.

    Raises:
        argparse.ArgumentTypeError: It is none.
    """
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        found = None
    if found is None or found.utcoffset() is None or found.microsecond:
        raise argparse.ArgumentTypeError(f"'{text}' is no time such as 2026-03-02T08:00:00+01:00")
    return found


def days(text: str) -> int:
    """Read a number of days.

    Raises:
        argparse.ArgumentTypeError: It is none, or too large.
    """
    if not text.isdecimal() or not 1 <= int(text) <= LONGEST_DAYS:
        raise argparse.ArgumentTypeError(f"'{text}' is no number of days from 1 to {LONGEST_DAYS}")
    return int(text)
