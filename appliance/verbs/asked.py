"""What several verbs take on the command line, read and refused the same way."""

from __future__ import annotations

import argparse
import sys
from contextlib import suppress
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from appliance.config import Settings

    Verbs = argparse._SubParsersAction[argparse.ArgumentParser]  # noqa: SLF001  (it has no public name)

CONFIG = Path("/etc/lobby/lobby.toml")
FINE, NOT_FINE, WRONG_USE = 0, 1, 2
LANGUAGE = "such as en; else the site's"


class NoSettingsError(Exception):
    """The configuration cannot be used; the sentence says what to do about it."""


def settings(path: Path) -> Settings:
    """Read the configuration.

    Raises:
        NoSettingsError: It is wrong; the sentence tells all that is wrong with it.
    """
    from appliance.config import ConfigError, load
    from appliance.strings import languages

    try:
        return load(path, languages=languages())
    except ConfigError as error:
        raise NoSettingsError(str(error)) from error


def sorry(sentence: object) -> int:
    """Say why not; gives the exit code."""
    print(f"lobby: {sentence}", file=sys.stderr)
    return NOT_FINE


def wrong_use(sentence: object) -> int:
    """Say what was asked for wrongly; gives the exit code."""
    sorry(sentence)
    return WRONG_USE


def add_config(verb: argparse.ArgumentParser) -> None:
    """Add where the configuration is."""
    verb.add_argument("--config", type=Path, default=CONFIG, metavar="FILE")


def day(text: str) -> date:
    """Read a day as machines write it, or as people here do.

    Raises:
        argparse.ArgumentTypeError: It is neither.
    """
    for form in ("%Y-%m-%d", "%d.%m.%Y"):
        with suppress(ValueError):
            return datetime.strptime(text, form).date()  # noqa: DTZ007  (a day has no zone)
    raise argparse.ArgumentTypeError(f"'{text}' is no day, such as 2026-03-02")


def positive(text: str) -> int:
    """Read a number from 1.

    Raises:
        argparse.ArgumentTypeError: It is none.
    """
    if text.isascii() and text.isdigit() and int(text):
        return int(text)
    raise argparse.ArgumentTypeError(f"'{text}' is no number, 1 or more")


def seconds_up_to(longest_s: float) -> Callable[[str], float]:
    """Give what reads a time in seconds, more than 0 and at most `longest_s`."""

    def seconds(text: str) -> float:
        with suppress(ValueError):
            if 0 < (value := float(text)) <= longest_s:
                return value
        raise argparse.ArgumentTypeError(f"'{text}' is no number of seconds up to {longest_s:.0f}")

    return seconds
