"""The days of a journal, each by itself, with the times as they really were.

A clock that was wrong at the start of the machine was set later that morning: what happened until
then is moved here to when it did happen, and to the day on which it did.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from appliance.errors import LobbyError
from appliance.line import events
from appliance.line.days import turn

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from appliance.line.line import Line


class NoSuchDayError(LobbyError):
    """The journal does not have that day."""

    def __init__(self, wanted: date | None, there: Iterable[date]) -> None:
        self.wanted = wanted
        self.there = tuple(sorted(set(there)))
        if self.there:
            days = ", ".join(f"{day}" for day in self.there)
            super().__init__(f"the journal has no numbers of {wanted}. It has: {days}.")
        else:
            super().__init__("no number was given out on any day that the journal still has.")


class HoleError(LobbyError):
    """The record of a day has a hole: a ticket that was not given out, or was not called, in it."""

    def __init__(self, ticket: str) -> None:
        self.ticket = ticket
        super().__init__(
            f"the journal of that day has a hole: what it tells of {ticket} has no beginning. Such"
            " a day cannot be played again; please choose another with --day."
        )


@dataclass(slots=True)
class Day:
    """What a journal holds of one day.

    Args:
        day: The site's day.
        record: In order; the first is its `DayTurned`.
        ended: When the next one began; None: it is the last of the journal.
    """

    day: date
    record: list[events.Event] = field(default_factory=list)
    ended: datetime | None = None

    @property
    def until(self) -> datetime:
        """How far the record goes."""
        return self.ended or self.record[-1].at

    @property
    def lived(self) -> Iterator[tuple[int, events.Event]]:
        """What happened while it lasted, with its place in the record.

        Without the closing of who was left over: they stay as the evening left them.
        """
        return (
            (place, event)
            for place, event in enumerate(self.record)
            if not isinstance(event, events.TicketClosed)
        )

    @property
    def turned(self) -> events.Event:
        """The event with which it began."""
        return self.record[0]


def days_of(happened: Iterable[events.Event], line: Line) -> Iterator[Day]:
    """Part a journal into its days; what stands before the first turn of a day is left out.

    Args:
        happened: The journal, oldest first.
        line: The line without its tickets, as configured.

    Raises:
        HoleError: A day on which the clock was set is not whole.
    """
    current: Day | None = None
    for event in happened:
        match event:
            case events.DayTurned(at, day):
                if current is not None:
                    current.ended = at
                    yield current
                current = Day(day, [event])
            case events.ClockSet() if current is not None:
                true = _set(current, event, line)
                if true.day != current.day:
                    yield current
                current = true
            case _ if current is not None:
                current.record.append(event)
            case _:
                pass
    if current is not None:
        yield current


def choose(days: Iterable[Day], wanted: date | None = None) -> Day:
    """Take one of the days on which numbers were given out.

    Args:
        days: In order.
        wanted: Which; None: the last.

    Raises:
        NoSuchDayError: There is none.
    """
    there = {
        day.day: day
        for day in days
        if any(isinstance(event, events.TicketIssued) for event in day.record)
    }
    if not there or (wanted is not None and wanted not in there):
        raise NoSuchDayError(wanted, list(there))
    return there[wanted or max(there)]


def _set(day: Day, clock: events.ClockSet, line: Line) -> Day:
    """Move what happened since the machine was started to its true time, and to its true day."""
    start = _unsure_from(day.record)
    before, since = day.record[:start], day.record[start:]
    set_now = replace(clock, shift=timedelta(0))
    if clock.day == day.day:
        return Day(clock.day, [*before, *_moved(since, clock.shift), set_now])
    # What was done with those of the day before stays with their day.
    given = {event.ticket for event in since if isinstance(event, events.TicketIssued)}
    theirs = [getattr(event, "ticket", None) in {None, *given} for event in since]
    day.record[start:] = [e for e, of_today in zip(since, theirs, strict=True) if not of_today]
    moved = _moved([e for e, of_today in zip(since, theirs, strict=True) if of_today], clock.shift)
    day.ended = moved[0].at if moved else clock.at
    try:
        as_it_was = replace(line.apply_all(before), day=None, tickets={})
    except KeyError as error:
        raise HoleError(str(error.args[0])) from error
    begun = turn(as_it_was, clock.day, day.ended).events
    return Day(clock.day, [*begun, *moved, set_now])


def _unsure_from(happened: Sequence[events.Event]) -> int:
    """Give from where on the times are those of a clock that is set now."""
    start, sure = 1, True
    for place, event in enumerate(happened):
        match event:
            case events.BootBegan():
                start, sure = place if sure else start, event.clock_sure
            case events.ClockSet():
                sure = True
            case _:
                pass
    return start


def _moved(happened: Sequence[events.Event], shift: timedelta) -> list[events.Event]:
    taken = {e.ticket: e.at for e in happened if isinstance(e, events.TicketIssued)}
    moved: list[events.Event] = []
    for event in happened:
        later = replace(event, at=event.at + shift)
        if isinstance(later, events.TicketCalled):
            candidates = tuple(
                each._replace(rank=each.rank._replace(rank_time=each.rank.rank_time + shift))
                if taken.get(each.ticket) == each.rank.rank_time
                else each
                for each in later.candidates
            )
            later = replace(later, candidates=candidates)
        moved.append(later)
    return moved
