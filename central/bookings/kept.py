"""What is kept of a booking. There is no field for a person."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import NamedTuple

from appliance.line.model import Booking


class State(StrEnum):
    """What became of a booking."""

    BOOKED = "booked"
    CANCELLED = "cancelled"
    MOVED = "moved"
    """Cancelled, and another booking took its place."""


class Day(NamedTuple):
    """A lobby's day, in the site's time zone."""

    site: str
    lobby: str
    day: date

    @property
    def key(self) -> tuple[str, str, str]:
        """How the store writes it."""
        return self.site, self.lobby, self.day.isoformat()


class Revisions(NamedTuple):
    """Of the two payloads of a day."""

    booked: int
    cancelled: int


class Row(NamedTuple):
    """A row of the store, its columns in order."""

    id: str
    site: str
    lobby: str
    day: str
    slot: int
    minutes: int
    service: str
    place: str | None
    short: str
    expires: int
    state: str
    moved_to: str | None
    entry: str
    entry_sequence: int
    handed_over: int


@dataclass(frozen=True, slots=True)
class Kept:
    """A booking as it is kept.

    Args:
        booking: What its code says.
        on: Where and when.
        short: Its short number, unique within the lobby's day.
        expires: When its code ends.
        entry: UID of its calendar entry; that of the booking whose place it took, so that the
            entry moves along.
        entry_sequence: How often that entry was changed.
        state: What became of it.
        moved_to: Id of the booking that took its place.
        handed_over: Whether its code, and mail, have reached whoever asked for them.
    """

    booking: Booking
    on: Day
    short: str
    expires: datetime
    entry: str
    entry_sequence: int = 0
    state: State = State.BOOKED
    moved_to: str | None = None
    handed_over: bool = False

    @property
    def row(self) -> Row:
        """How the store writes it."""
        booking = self.booking
        return Row(
            booking.id,
            *self.on.key,
            int(booking.slot.timestamp()),
            booking.minutes,
            booking.service,
            booking.place,
            self.short,
            int(self.expires.timestamp()),
            self.state.value,
            self.moved_to,
            self.entry,
            self.entry_sequence,
            int(self.handed_over),
        )

    @classmethod
    def of(cls, row: Row) -> Kept:
        """Read a row."""
        slot = datetime.fromtimestamp(row.slot, UTC)
        return cls(
            booking=Booking(row.id, slot, row.minutes, row.service, row.place),
            on=Day(row.site, row.lobby, date.fromisoformat(row.day)),
            short=row.short,
            expires=datetime.fromtimestamp(row.expires, UTC),
            entry=row.entry,
            entry_sequence=row.entry_sequence,
            state=State(row.state),
            moved_to=row.moved_to,
            handed_over=bool(row.handed_over),
        )
