"""What the issuer tells a lobby by the uplink: a day's bookings, and which of them are cancelled.

Each payload is the whole of its day, and its revision only grows: whoever was away needs the last
one and nothing else. No names, no addresses: an opaque id, a time, a service.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated

import msgspec

from appliance.bus.messages.payload import Message, Moment

LIMIT_BYTES = 1 << 20
"""A day of 1,800 bookings has about 200 kB (measured)."""

BookingId = Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{24}$")]


class Issued(Message, frozen=True, kw_only=True):
    """The whole of a day.

    Args:
        as_of: When the issuer wrote it.
        day: The site's day.
        revision: Of two payloads for a day the one with the higher revision counts.
    """

    as_of: Moment
    day: date
    revision: Annotated[int, msgspec.Meta(ge=1)]


class Booked(Message, frozen=True, kw_only=True):
    """One booking.

    Args:
        id: As in its code, lower-case hex.
        slot: When it begins.
        minutes: How long it is meant to take.
        service: Code.
        short: Its short number, for whoever comes without a code; upper case, no separator.
        place: Adviser appointments: where.
    """

    id: BookingId
    slot: Moment
    minutes: Annotated[int, msgspec.Meta(ge=1, le=480)]
    service: Annotated[str, msgspec.Meta(pattern="^[A-Z0-9]{1,6}$")]
    short: Annotated[str, msgspec.Meta(min_length=8, max_length=8)] | None = None
    place: Annotated[str, msgspec.Meta(pattern="^[ -~]{1,10}$")] | None = None


class Bookings(Issued, frozen=True, kw_only=True):
    """The bookings of a day, without those that are cancelled; in order of their slots."""

    bookings: list[Booked]


class Cancelled(Issued, frozen=True, kw_only=True):
    """The bookings of a day that are cancelled."""

    bookings: list[BookingId]
