"""What is known of a day's bookings: made online, told by the issuer, whole for each day.

A code is honoured without it. It serves whoever comes without a code, the agenda, the forecast, and
it tells which bookings were cancelled after their codes were sent.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from appliance.line.model import Booking


@dataclass(frozen=True, slots=True)
class Listed:
    """A booking in the day's list.

    Args:
        booking: As its code says it.
        short: Its short number; None: it has none.
    """

    booking: Booking
    short: str | None = None


@dataclass(frozen=True, slots=True)
class DayBook:
    """The bookings of one day.

    Args:
        day: The site's day.
        listed: Booking id → booking.
        cancelled: Ids of bookings that are cancelled, whether listed or not.
        revision: Of the list; 0: none has come.
        cancelled_revision: Of the cancellations; 0: none have come.
        as_of: When the issuer wrote the list; None: none has come.
    """

    day: date
    listed: Mapping[str, Listed] = field(default_factory=dict)
    cancelled: frozenset[str] = frozenset()
    revision: int = 0
    cancelled_revision: int = 0
    as_of: datetime | None = None

    def in_order(self) -> list[Listed]:
        """Give those that are not cancelled, by their slots."""
        kept = (each for each in self.listed.values() if each.booking.id not in self.cancelled)
        return sorted(kept, key=lambda each: (each.booking.slot, each.booking.id))

    def by_short(self, short: str) -> Listed | None:
        """Give the booking of a short number, cancelled or not; None: it is none of this day."""
        return next((each for each in self.listed.values() if each.short == short), None)
