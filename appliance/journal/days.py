"""Which events of a journal are of which day.

A day begins where it turned. But a machine that was started with a wrong clock puts what happens
under the day that it believes in, until the clock is set: those events are of the true day, and
their times are to be moved. Who was left over from the day before is closed at that moment.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from appliance.journal import codec
from appliance.journal.errors import JournalError
from appliance.journal.log import END, Place
from appliance.journal.looking import DamagedError
from appliance.journal.records import DayClosed
from appliance.line import events

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from appliance.journal.looking import Look, Row

TELLING = ("DayTurned", "BootBegan", "ClockSet", "DayClosed")
NO_TIME = timedelta()


class NoSuchDayError(JournalError):
    """The journal does not have that day."""

    def __init__(self, look: Look, wanted: date | None, there: Iterable[date]) -> None:
        self.wanted = wanted
        days = ", ".join(str(day) for day in there) or "no day at all"
        super().__init__(f"{look.path} has nothing of {wanted or 'any day'}. It has {days}.")


class LaterEventError(JournalError):
    """A later release wrote an event of a kind that this one does not know."""

    def __init__(self, look: Look, row: Row) -> None:
        self.type = row.type
        super().__init__(
            f"{look.path} holds a '{row.type}', which this release does not know:"
            " install the release that wrote it."
        )


@dataclass(frozen=True, slots=True)
class Span:
    """Events in a row that are of the same day.

    Args:
        day: The site's day.
        begin: The first of them.
        end: The first that is not of them.
        shift: What their times are short of.
    """

    day: date
    begin: Place
    end: Place = END
    shift: timedelta = NO_TIME

    def rows(self, look: Look) -> Iterator[Row]:
        """Give the events as they stand in the file.

        Raises:
            DamagedError: They cannot be read.
        """
        return look.rows(Place(self.begin.number, self.begin.seq - 1), self.end)

    def happened(self, look: Look) -> Iterator[events.Event]:
        """Give the line's events, at the times at which they happened.

        Raises:
            LaterEventError: This release does not know what one of them is.
            DamagedError: They cannot be read.
        """
        for row in self.rows(look):
            if row.type not in codec.RECORD_TYPES:
                event = read_event(look, row)
                yield replace(event, at=event.at + self.shift) if self.shift else event


@dataclass(frozen=True, slots=True)
class Days:
    """The days of a journal.

    Args:
        spans: In the order of the file.
        closed: Of those whose events are deleted, what is kept.
    """

    spans: tuple[Span, ...]
    closed: dict[date, DayClosed]

    @property
    def there(self) -> list[date]:
        """Those whose events are there."""
        return sorted({span.day for span in self.spans})

    def of(self, day: date) -> list[Span]:
        """Give where the events of a day are."""
        return [span for span in self.spans if span.day == day]


@dataclass(frozen=True, slots=True)
class Held:
    """How much a journal holds.

    Args:
        days: Whose events are there.
        events: How many, the journal's own included.
        until: When the last of them happened; None: there is none.
    """

    days: tuple[date, ...]
    events: int
    until: datetime | None


def held(look: Look) -> Held:
    """Say how much a journal holds.

    Raises:
        DamagedError: It cannot be read.
    """
    there = tuple(days(look).there)
    with look.telling():
        count = int(look.db.execute("SELECT count(*) FROM event").get)
        return Held(there, count, look.log.last_time())


def days(look: Look) -> Days:
    """Find the days of a journal.

    Raises:
        DamagedError: It cannot be read.
    """
    spans: list[Span] = []
    closed: dict[date, DayClosed] = {}
    from_, sure = 0, True
    with look.telling():
        told = look.db.execute(
            "SELECT epoch, seq, type, data FROM event WHERE type IN (?, ?, ?, ?)"
            " ORDER BY epoch, seq",
            TELLING,
        )
        for number, seq, type_name, data in told:
            place = Place(number, seq)
            if type_name == DayClosed.__name__:
                record = codec.decode_record(type_name, data)
                if isinstance(record, DayClosed):
                    closed[record.day] = record
                continue
            event = codec.decode(type_name, data)
            match event:
                case events.DayTurned(_, day):
                    from_, sure = len(spans), True
                    spans.append(Span(day, place))
                case events.BootBegan() if spans:
                    from_ = len(spans) if sure else from_
                    sure = event.clock_sure
                    spans.append(Span(spans[-1].day, place))
                case events.ClockSet(_, shift, day) if spans:
                    sure = True
                    closing = _closing(look, place, event)
                    before = spans[-1].day
                    spans[from_:] = [
                        replace(span, day=day, shift=span.shift + shift) for span in spans[from_:]
                    ]
                    if closing != place:
                        spans.append(Span(before, closing))
                    spans.append(Span(day, place))
                case _:
                    pass
    ends = [span.begin for span in spans[1:]]
    return Days(
        tuple(replace(span, end=end) for span, end in zip(spans, [*ends, END], strict=False)),
        closed,
    )


def _closing(look: Look, place: Place, clock_set: events.ClockSet) -> Place:
    """Give where the closing of the day before begins, which is told at the true time already."""
    for number, seq, type_name, at in look.db.execute(
        "SELECT epoch, seq, type, at FROM event WHERE epoch = ? AND seq < ? ORDER BY seq DESC",
        place,
    ):
        if type_name != events.TicketClosed.__name__ or at != clock_set.at.isoformat():
            break
        place = Place(number, seq)
    return place


def read_event(look: Look, row: Row) -> events.Event:
    """Read an event of the line.

    Raises:
        LaterEventError: This release does not know its type.
        DamagedError: It is none.
    """
    try:
        return codec.decode(row.type, row.data)
    except codec.UnknownEventError as error:
        raise LaterEventError(look, row) from error
    except codec.DamagedEventError as error:
        raise DamagedError(look.path, f"event {tuple(row.place)}: {error}") from error
