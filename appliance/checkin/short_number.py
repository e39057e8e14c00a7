"""Eight characters by which a person without a code names their booking.

They stand in the confirmation, are read out at the reception and typed at the kiosk. So there are
no look-alikes among them, and whatever people put between them does not count. 20 characters to
the power of 8 are 25 billion, of which a day has some hundreds: guessing is hopeless as long as
tries are counted.
"""

from __future__ import annotations

import re

ALPHABET = "CDEFHJKMNPRTVWXY3479"
"""No two look alike, whether printed, written by hand or in capitals."""
LENGTH = 8

_BETWEEN = re.compile(r"[\s.\-–/]")
_GROUP = 4


def read_short_number(typed: str) -> str | None:
    """Give the short number that was typed, in its one form; None: it is none.

    Args:
        typed: In whatever case, with spaces, dots or hyphens anywhere.
    """
    # A person types some twenty characters; a program may send more.
    if len(typed) > LENGTH * _GROUP:
        return None
    short = _BETWEEN.sub("", typed).upper()
    if len(short) != LENGTH or not set(short) <= set(ALPHABET):
        return None
    return short


def written(short: str) -> str:
    """Give a short number as people read it: in two groups."""
    return f"{short[:_GROUP]} {short[_GROUP:]}"
