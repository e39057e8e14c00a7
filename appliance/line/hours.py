"""When counters close and come back, from what they did on other days.

A clerk who goes to lunch takes a counter out of a forecast for half an hour: with four counters
that is the largest error of all. So each counter's own days are kept, as times of opening and
closing, and each draw of a forecast lets the counter go on as on one of them. They are counters'
times, not clerks': who sat there is not known.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta, tzinfo
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from appliance.line import events
from appliance.line.model import CounterState, TicketState

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from numpy.typing import NDArray

    from appliance.line.line import Line
    from appliance.line.model import Counter

SECOND = timedelta(seconds=1)
DAYS_KEPT = 15
SMALL_SHIFT = timedelta(minutes=2)
"""A clock that was wrong by less does not make a day another."""
JITTER_S = 180.0
"""No two lunches begin at the same second; ten days alone would say so."""
OVERDUE_S = 1800.0
"""A break that is later than ever is still to come for so long, and given up then."""


class Change(NamedTuple):
    """A counter opened or closed.

    Args:
        clock_s: Time of day at the site, in whole seconds.
        opens: Whether it opened.
        deserts: It closed although people waited whom it might have served.
    """

    clock_s: int
    opens: bool
    deserts: bool = False


class Absence(NamedTuple):
    """When a counter stops calling and when it is back, per draw, in seconds from now."""

    leaves_s: NDArray[np.float64]
    returns_s: NDArray[np.float64]


@dataclass(slots=True)
class Hours:
    """The counters' days.

    Args:
        zone: Time zone of the site.
        today: Counter → what it did today.
        past: Counter → what it did on each of the last days.
        unsure: Nobody knew the time today: nothing is learned, and open counters stay open.
    """

    zone: tzinfo
    today: dict[str, list[Change]] = field(default_factory=dict)
    past: dict[str, deque[Sequence[Change]]] = field(default_factory=dict)
    unsure: bool = False

    def hear(self, event: events.Event, before: Line) -> None:
        """Learn from what happened; `before` is the line as it was before."""
        match event:
            case events.CounterOpened():
                self._change(event.counter, Change(self._clock_s(event.at), opens=True))
            case events.CounterClosed() | events.CounterPaused():
                deserts = _somebody_waits(before, event.counter)
                change = Change(self._clock_s(event.at), opens=False, deserts=deserts)
                self._change(event.counter, change)
            case events.StepUndone():
                self._undone(event)
            case events.BootBegan() if not event.clock_sure:
                self._forget_today()
            case events.ClockSet() if abs(event.shift) > SMALL_SHIFT:
                self._forget_today()
            case events.DayTurned():
                self._turn()
            case _:
                pass

    def _undone(self, event: events.StepUndone) -> None:
        """Take back the last change of a counter that is open again, or closed again."""
        changes = self.today.get(event.counter.id, [])
        is_open = event.counter.state is CounterState.OPEN
        if changes and changes[-1].opens is not is_open:
            changes.pop()

    def _forget_today(self) -> None:
        self.today = {}
        self.unsure = True

    def _turn(self) -> None:
        for counter, changes in self.today.items():
            if changes and changes[0].opens:
                self.keep(counter, [_without_the_end(changes)])
        self.today = {}
        self.unsure = False

    def keep(self, counter: str, days: Iterable[Sequence[Change]]) -> None:
        """Take in days of a counter, oldest first; the last of all are kept."""
        self.past.setdefault(counter, deque(maxlen=DAYS_KEPT)).extend(days)

    def absence(
        self, counter: Counter, now: datetime, rng: np.random.Generator, draws: int
    ) -> Absence:
        """Draw when a counter is away next, given how today went so far.

        What the line says counts: of a counter whose last change was not heard, nothing is known,
        and it stays as it is.
        """
        is_open = counter.state is CounterState.OPEN
        ways = self._ways(counter.id, self._clock_s(now), is_open=is_open)
        if not ways:
            never = np.full(draws, np.inf)
            return Absence(never if is_open else -never, never)
        chosen = np.array(ways)[rng.integers(len(ways), size=draws)]
        jitter = rng.uniform(-JITTER_S, JITTER_S, draws)
        return Absence(chosen[:, 0] + jitter, chosen[:, 1] + jitter)

    def _ways(self, counter: str, clock_s: float, *, is_open: bool) -> list[tuple[float, float]]:
        """Give how it may go on: when the counter leaves and returns, in seconds from now."""
        so_far, days = self.today.get(counter, []), self.past.get(counter, ())
        if is_open is not (bool(so_far) and so_far[-1].opens):
            return []
        if is_open:
            return _ways_off(days, len(so_far), clock_s)
        if so_far:
            return _ways_back(days, so_far, clock_s)
        return [(-np.inf, day[0].clock_s - clock_s) for day in days if day[0].clock_s > clock_s]

    def _clock_s(self, at: datetime) -> int:
        local = at.astimezone(self.zone)
        midnight = local.replace(hour=0, minute=0, second=0, microsecond=0, tzinfo=None)
        return (local.replace(tzinfo=None) - midnight) // SECOND

    def _change(self, counter: str, change: Change) -> None:
        if self.unsure:
            return
        changes = self.today.setdefault(counter, [])
        if not changes or changes[-1].opens is not change.opens:
            changes.append(change)


def _ways_off(
    days: Iterable[Sequence[Change]], number: int, clock_s: float
) -> list[tuple[float, float]]:
    """Give when an open counter left next and came back, on days that had gone as far as today."""
    as_far = [day for day in days if sum(c.clock_s <= clock_s for c in day) == number]
    if as_far:
        return [_next_absence(day, number, clock_s) for day in as_far]
    overdue = [d for d in days if len(d) > number and clock_s - OVERDUE_S < d[number].clock_s]
    return [
        (OVERDUE_S / 6, OVERDUE_S / 6 + _length_s(day, number))
        for day in overdue
        if not day[number].opens
    ]


def _next_absence(day: Sequence[Change], number: int, clock_s: float) -> tuple[float, float]:
    if len(day) <= number:
        return np.inf, np.inf
    leaves_s = day[number].clock_s - clock_s
    return leaves_s, leaves_s + _length_s(day, number)


def _length_s(day: Sequence[Change], number: int) -> float:
    """Give how long an absence lasted that began with a day's change of that number."""
    return day[number + 1].clock_s - day[number].clock_s if len(day) > number + 1 else np.inf


def _ways_back(
    days: Iterable[Sequence[Change]], so_far: Sequence[Change], clock_s: float
) -> list[tuple[float, float]]:
    """Give when a closed counter came back, on days on which the same absence lasted longer."""
    number = len(so_far) - 1
    since_s = clock_s - so_far[-1].clock_s
    lengths = [_length_s(day, number) for day in days if len(day) > number]
    ways = [(-np.inf, length - since_s) for length in lengths if length > since_s]
    if ways or not lengths or since_s > max(lengths) + OVERDUE_S:
        return ways
    return [(-np.inf, OVERDUE_S / 6)]


def _without_the_end(changes: Sequence[Change]) -> Sequence[Change]:
    """Leave out the evening: who closes when nobody waits any more would have stayed for more."""
    last = changes[-1]
    return changes if last.opens or last.deserts else changes[:-1]


def _somebody_waits(line: Line, counter_id: str) -> bool:
    counter = line.counters.get(counter_id)
    return counter is not None and any(
        ticket.state is TicketState.WAITING and ticket.service in counter.services
        for ticket in line.tickets.values()
    )
