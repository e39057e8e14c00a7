"""What several verbs take on the command line, read the same way."""

from __future__ import annotations

import argparse
from contextlib import suppress
from datetime import date, datetime


def day(text: str) -> date:
    """Read a day as machines write it, or as people here do.

    Raises:
        argparse.ArgumentTypeError: It is neither.
    """
    for form in ("%Y-%m-%d", "%d.%m.%Y"):
        with suppress(ValueError):
            return datetime.strptime(text, form).date()  # noqa: DTZ007  (a day has no zone)
    raise argparse.ArgumentTypeError(f"'{text}' is no day, such as 2026-03-02")
