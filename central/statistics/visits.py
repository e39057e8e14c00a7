"""The visits of a device's day, from its events.

The desk counts with its whole line; here nothing is known but what came, and not always all of it:
a call without a number, an end without a beginning are passed over. A rebuilt journal tells a day
once more, in an epoch of its own: what is told twice happened once.

Times move with the clock as they do on the desk: who took a number in a boot that did not know the
time is of the day that was told later.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from typing import TYPE_CHECKING

from appliance.line.record import AT_ONCE, WITHIN
from central.statistics import heard

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date
    from zoneinfo import ZoneInfo

GRACE = timedelta(minutes=10)
"""Who comes later than this after the slot did not come in time; the appliance's default. What a
service sets for itself does not travel."""


class End(Enum):
    """What became of a visit."""

    OPEN = "open"
    SERVED = "served"
    NO_SHOW = "no_show"
    CANCELLED = "cancelled"
    CLOSED = "closed"


_STATES = {
    "served": End.SERVED,
    "set_aside": End.NO_SHOW,
    "cancelled": End.CANCELLED,
    "closed": End.CLOSED,
}


@dataclass(slots=True)
class Visit:
    """Somebody with a number.

    Args:
        service: For which it was taken.
        taken: When.
        slot: Of the appointment; None: without one.
        sure: Whether it is known when it was taken.
        called: When it was called first; None: it was not.
        started: When the conversation began; None: that is not known, or it did not.
        end: What became of it.
    """

    service: str
    taken: datetime
    slot: datetime | None
    sure: bool
    called: datetime | None = None
    started: datetime | None = None
    end: End = End.OPEN

    @property
    def wait(self) -> timedelta | None:
        """From the number to the first call; None: there was none."""
        return None if self.called is None else max(timedelta(), self.called - self.taken)

    @property
    def counts_for_promise(self) -> bool:
        """Whether somebody came in time to an appointment, and did not leave before a call."""
        if self.slot is None or not self.sure or self.taken - self.slot > GRACE:
            return False
        return self.called is not None or self.end is not End.CANCELLED

    @property
    def called_at_once(self) -> bool:
        """Whether there was no wait at all."""
        return self._within(self.called, AT_ONCE)

    @property
    def called_in_time(self) -> bool:
        """Whether it was called within five minutes of slot and number."""
        return self._within(self.called, WITHIN)

    @property
    def started_in_time(self) -> bool:
        """Whether the conversation began within five minutes of slot and number."""
        return self._within(self.started, WITHIN)

    def _within(self, moment: datetime | None, limit: timedelta) -> bool:
        return moment is not None and moment - max(self.slot or self.taken, self.taken) <= limit


class Visits:
    """Takes the events of a device in order, and gives whoever came.

    Args:
        zone: Of the site.
    """

    def __init__(self, zone: ZoneInfo) -> None:
        self._zone = zone
        self._visits: dict[tuple[str, date], Visit] = {}
        self._now: dict[str, Visit] = {}
        self._attended: dict[str, datetime] = {}
        self._of_boot: list[Visit] = []
        self._attended_in_boot: list[str] = []
        self._sure = True

    def on(self, day: date) -> list[Visit]:
        """Give who took a number on a day."""
        return [visit for visit in self._all() if self._day(visit.taken) == day]

    def attended_on(self, day: date) -> list[datetime]:
        """Give when people came who needed no number."""
        return [at for at in self._attended.values() if self._day(at) == day]

    def hear(self, event: heard.Heard) -> None:
        """Take in what happened."""
        match event:
            case heard.Issued():
                self._issued(event)
            case heard.Attended():
                self._attended.setdefault(event.booking.id, event.at)
                self._attended_in_boot.append(event.booking.id)
            case heard.Undone():
                for before in event.tickets:
                    self._restored(before)
            case heard.DayTurned():
                self._now.clear()
                self._forget_boot()
            case heard.BootBegan():
                if self._sure:
                    self._forget_boot()
                self._sure = event.clock_sure
            case heard.ClockSet():
                self._clock_set(event)
            case heard.OfTicket():
                if (visit := self._now.get(event.ticket)) is not None:
                    _moved_on(visit, event)
            case _:
                pass

    def _all(self) -> Iterable[Visit]:
        return self._visits.values()

    def _day(self, at: datetime) -> date:
        return at.astimezone(self._zone).date()

    def _issued(self, event: heard.Issued) -> None:
        slot = None if event.booking is None else event.booking.slot
        visit = Visit(event.service, event.at, slot, event.clock_sure)
        self._now[event.ticket] = self._visits.setdefault(
            (event.ticket, self._day(event.at)), visit
        )
        self._of_boot.append(self._now[event.ticket])

    def _restored(self, before: heard.Before) -> None:
        visit = self._now.get(before.number)
        if visit is not None:
            visit.called, visit.started = before.first_called, before.started
            visit.end = _STATES.get(before.state, End.OPEN)

    def _forget_boot(self) -> None:
        """No clock moves any more who has come so far."""
        self._of_boot, self._attended_in_boot = [], []

    def _clock_set(self, event: heard.ClockSet) -> None:
        for visit in self._of_boot:
            visit.taken += event.shift
            visit.called = visit.called and visit.called + event.shift
            visit.started = visit.started and visit.started + event.shift
            visit.sure = True
        for booking in self._attended_in_boot:
            self._attended[booking] += event.shift
        self._sure = True


def _moved_on(visit: Visit, event: heard.OfTicket) -> None:
    match event:
        case heard.Called():
            visit.called = visit.called or event.at
        case heard.Started():
            visit.started = visit.started or event.at
        case heard.Finished():
            visit.end = End.SERVED
        case heard.SetAside():
            visit.end = End.NO_SHOW
        case heard.Returned():
            visit.end = End.OPEN
        case heard.Cancelled():
            visit.end = End.CANCELLED
        case heard.Closed():
            visit.end = End.CLOSED
        case _:
            pass
