"""Prints codes of our own issuer, one a line, for an independent library to verify."""

from __future__ import annotations

import sys
from datetime import timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[3]))

from appliance.checkin.claims import Claims
from appliance.line.model import Booking
from central.bookings.issuing import issue
from central.keys.keyring import IssuerKey
from tests.checkin import forge

BOOKINGS = (
    Booking(forge.ID.hex(), forge.SLOT, 15, "A"),
    Booking("f" * 24, forge.SLOT, 480, "ABC123", "4.OG R.401"),
    Booking("0" * 24, forge.SLOT, 1, "Z9", " "),
)


def codes() -> list[str]:
    """Issue a code for each booking."""
    key = IssuerKey(forge.ISSUER, forge.trusted())
    expires = forge.SLOT + timedelta(hours=12)
    return [issue(Claims(forge.SITE, expires, booking), key) for booking in BOOKINGS]


if __name__ == "__main__":
    sys.stdout.write("".join(f"{code}\n" for code in codes()))
