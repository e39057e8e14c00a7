"""What stands on the agenda's sheet: the day's appointments in words, and what changed on them.

Two appointments at the same time for the same are the same to a reader: here they have no ids.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from typing import TYPE_CHECKING, Annotated, NamedTuple

import msgspec

from appliance.display.agenda import Agenda, Change, Entry, Head, NoList

if TYPE_CHECKING:
    from collections.abc import Iterable

    from appliance.checkin.daybook import DayBook
    from appliance.config import Settings
    from appliance.line.model import Booking


class Appointment(NamedTuple):
    """All that a sheet says of an appointment: two that are equal are the same to its reader."""

    slot: Annotated[datetime, msgspec.Meta(tz=True)]
    minutes: int
    service: str
    place: str | None


class Printed(msgspec.Struct, frozen=True):
    """What was printed last, as the journal keeps it: times and services, no booking's id.

    Args:
        day: The site's day.
        at: When.
        listed: The whole day's appointments; None: the sheet said that no list has come.
    """

    day: date
    at: Annotated[datetime, msgspec.Meta(tz=True)]
    listed: tuple[Appointment, ...] | None


def listed(book: DayBook) -> tuple[Appointment, ...] | None:
    """Give what a sheet would say of a day; None: no list has come."""
    if not book.revision:
        return None
    return tuple(_appointment(each.booking) for each in book.in_order())


@dataclass(frozen=True, slots=True)
class Sheets:
    """Composes the agendas of one lobby.

    Args:
        head: What is the same on each.
        services: Code → plain words; a code that is not among them is told as it is.
        zone: Of the site.
    """

    head: Head
    services: Mapping[str, str]
    zone: tzinfo

    def whole(self, book: DayBook, now: datetime, *, short: bool = False) -> Agenda | NoList:
        """Compose the agenda of a whole day.

        Args:
            book: What is known of the day.
            now: Desk time.
            short: Whether it tells the short numbers; who reads one can check in with it.
        """
        each = (
            self._entry(_appointment(one.booking), short=one.short if short else None)
            for one in book.in_order()
        )
        return self._sheet(book, now, each)

    def to_come(self, book: DayBook, now: datetime, before: Printed | None) -> Agenda | NoList:
        """Compose what is still to come of a day, from this hour on.

        Args:
            book: What is known of the day.
            now: Desk time.
            before: What was printed of the same day; what differs from it is marked.
        """
        hour = now.astimezone(self.zone).replace(minute=0, second=0, microsecond=0)
        known = Counter(listed(book) or ())
        old = known if before is None or before.listed is None else Counter(before.listed)
        new, gone = known - old, old - known
        entries = [
            self._entry(one, change)
            for some, change in ((known - new, None), (new, Change.NEW), (gone, Change.CANCELLED))
            for one in some.elements()
            if one.slot >= hour
        ]
        over = any(one.slot < hour for one in known)
        replaced = None if before is None or before.listed is None else before.at
        return self._sheet(book, now, entries, hour if over else None, replaced)

    def _sheet(
        self,
        book: DayBook,
        now: datetime,
        entries: Iterable[Entry],
        begins: datetime | None = None,
        replaced: datetime | None = None,
    ) -> Agenda | NoList:
        told = now.astimezone(self.zone)
        if not book.revision:
            return NoList(self.head, book.day, told)
        return Agenda(
            self.head,
            book.day,
            told,
            tuple(sorted(entries, key=_place_on_the_sheet)),
            as_of=book.as_of and book.as_of.astimezone(self.zone),
            version=f"{book.revision}.{book.cancelled_revision}",
            begins=begins,
            before=replaced and replaced.astimezone(self.zone),
        )

    def _entry(
        self, one: Appointment, change: Change | None = None, short: str | None = None
    ) -> Entry:
        return Entry(
            one.slot.astimezone(self.zone),
            one.minutes,
            self.services.get(one.service, one.service),
            one.place,
            short,
            change,
        )


def sheets(settings: Settings, language: str) -> Sheets:
    """Build what composes the agendas of a lobby, in one of the site's languages."""
    return Sheets(
        Head(settings.site.name, settings.lobby.name, settings.device.id),
        {each.code: each.text.get(language, each.code) for each in settings.services},
        settings.site.timezone,
    )


def _appointment(booking: Booking) -> Appointment:
    return Appointment(booking.slot, booking.minutes, booking.service, booking.place)


def _place_on_the_sheet(entry: Entry) -> tuple[object, ...]:
    """By time; and what reads the same stands together, so that it can share a line."""
    change = entry.change.value if entry.change else ""
    return (
        entry.begins.timestamp(),
        entry.place or "",
        entry.service,
        entry.minutes,
        change,
        entry.short or "",
    )
