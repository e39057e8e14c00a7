"""How long a person will wait, how sure that is, and how good such words have been.

The line is played forward by its real rule (`rollout`), in 500 draws of what may come (`scene`), by
what this lobby has taught (`learning`). The waits that come out are read at the points that past
forecasts have shown to be right (`calibration`).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from appliance.line import events
from appliance.line.calibration import POINTS, Calibration
from appliance.line.chance import Tail
from appliance.line.hindsight import Hindsight
from appliance.line.learning import Learned
from appliance.line.memory import Memory
from appliance.line.model import CounterState, Ticket, TicketState
from appliance.line.promise import Promise, watch
from appliance.line.rollout import calls
from appliance.line.scene import Stage
from appliance.line.wait import wait_for, wait_of, waits

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date, datetime, tzinfo

    from appliance.line.calibration import Score
    from appliance.line.line import Line
    from appliance.line.model import Booking, Service
    from appliance.line.rollout import Floats

DRAWS, PILOTS, TRIALS = 500, 24, 120
DAY, MORE = timedelta(days=1), timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Forecast:
    """What a person has before them.

    Args:
        waiting: Tickets that share a counter with the service and would be called before.
        p50: As likely longer as shorter.
        p90: Nine of ten wait no longer.
        interval: Nine of ten waits lie between these.
        points_s: What the draws said, in a hundred steps and not yet calibrated, to score it by.
    """

    waiting: int
    p50: timedelta
    p90: timedelta
    interval: tuple[timedelta, timedelta]
    points_s: tuple[float, ...] = field(default=(), repr=False)


class Estimator:
    """What a lobby has taught, and the forecasts that follow from it.

    It can be pickled and copied; nothing in it is about a person.

    Args:
        services: By code, as configured.
        zone: Time zone of the site.
        seed: Same seed, same history, same forecast.
        learned: What is known already.
    """

    def __init__(
        self,
        services: Mapping[str, Service],
        zone: tzinfo,
        *,
        seed: int = 0,
        learned: Learned | None = None,
    ) -> None:
        self.learned = learned or Learned(services, zone)
        self.calibration = Calibration()
        self._seed = seed
        self._tail = Tail.tabled()
        self._hindsight = Hindsight(self.calibration)

    def know(self, day: date, bookings: Iterable[Booking]) -> None:
        """Take in a day's appointments, in place of what was known of that day."""
        self.learned.know(day, bookings)

    def hear(self, event: events.Event, before: Line) -> None:
        """Learn from what happened; `before` is the line as it was before the event."""
        match event:
            case events.TicketIssued() if event.booking is None:
                roughly = partial(self._joining, before, event.service, event.at, TRIALS)
                self._hindsight.issued(event, roughly)
            case events.TicketCalled():
                self._hindsight.called(event, self._rng(event.at, event.number_of_call).random)
            case events.StepUndone():
                self._hindsight.undone(event)
            case events.BootBegan() if not event.clock_sure:
                self._hindsight.forget()
            case events.ClockSet():
                self._hindsight.forget()
            case events.DayTurned():
                self._hindsight.forget()
                self.calibration.turn()
            case _:
                pass
        self.learned.hear(event, before)

    def memory(self) -> Memory:
        """Give what days before today have taught; ask when the day has just turned."""
        return Memory.of(self.learned, self.calibration)

    def remember(self, memory: Memory) -> None:
        """Begin with what was learned before, instead of with nothing."""
        memory.recall(self.learned, self.calibration)

    def score(self) -> Score:
        """Give how good the forecasts of the last two weeks were."""
        return self.calibration.score()

    def wait_for(self, line: Line, service: str, now: datetime) -> Forecast | None:
        """Give the wait of someone who takes a number now; None: no open counter serves it."""
        forecast = self._joining(line, service, now, DRAWS)
        if forecast is not None:
            self._hindsight.told(service, now, forecast)
        return forecast

    def wait_of(self, line: Line, number: str, now: datetime) -> Forecast | None:
        """Give how much longer a ticket waits; None: it does not, or no open counter serves it."""
        ticket = line.tickets.get(number)
        if ticket is None or ticket.state is not TicketState.WAITING:
            return None
        return self._forecast(line, ticket, wait_of(line, number, now).waiting, now, DRAWS)

    def waits(self, line: Line, now: datetime) -> dict[str, Forecast]:
        """Give how much longer each ticket in the line waits; one play forward for all of them.

        Left out are those that no open counter serves.
        """
        services = frozenset(ticket.service for ticket in line.waiting.values())
        if not services:
            return {}
        rng = self._rng(now, 0)
        pilot = Stage(line, self.learned, now, rng, PILOTS, self._tail)
        farthest_s = [
            float(each.max()) for each in _called_by_number(pilot, services, DAY).values()
        ]
        horizon = _horizon(max(farthest_s, default=0.0))
        stage = Stage(line, self.learned, now, rng, DRAWS, self._tail)
        ahead = waits(line, now)
        drawn = _called_by_number(stage, services, horizon)
        told = {
            number: self._read(ahead[number].waiting, drawn_s) for number, drawn_s in drawn.items()
        }
        return {number: forecast for number, forecast in told.items() if forecast is not None}

    def promise(self, line: Line, now: datetime) -> tuple[Promise, ...]:
        """Give how the promise will be kept in the next hour, by service; see `promise`."""
        rng = self._rng(now, 0)
        return watch(Stage(line, self.learned, now, rng, DRAWS, self._tail))

    def _joining(self, line: Line, service: str, now: datetime, draws: int) -> Forecast | None:
        joins = Ticket("", line.next_sequence, service, now)
        return self._forecast(line, joins, wait_for(line, service, now).waiting, now, draws)

    def _forecast(
        self, line: Line, ticket: Ticket, waiting: int, now: datetime, draws: int
    ) -> Forecast | None:
        if not any(
            counter.state is CounterState.OPEN and ticket.service in counter.services
            for counter in line.counters.values()
        ):
            return None
        return self._read(waiting, self._drawn_s(line, ticket, now, draws))

    def _read(self, waiting: int, called_s: Floats) -> Forecast | None:
        """Read what the draws say, calibrated; None: none of them reaches the call."""
        called_s = called_s[np.isfinite(called_s)]
        if not called_s.size:
            return None
        wanted = [self.calibration.level(share) for share in (0.05, 0.5, 0.9, 0.95)]
        p5, p50, p90, p95 = (timedelta(seconds=s) for s in np.quantile(called_s, wanted).tolist())
        points = tuple(np.quantile(called_s, POINTS).tolist())
        return Forecast(waiting, p50, p90, (p5, p95), points)

    def _drawn_s(self, line: Line, ticket: Ticket, now: datetime, draws: int) -> Floats:
        """Play the line forward; give the seconds until the call, of the draws that reach it."""
        rng = self._rng(now, ticket.sequence)
        # A few draws tell how far ahead the many need to look.
        pilot = Stage(line, self.learned, now, rng, PILOTS, self._tail)
        horizon = _horizon(float(_called_s(pilot, ticket, DAY).max()))
        stage = Stage(line, self.learned, now, rng, draws, self._tail)
        return _called_s(stage, ticket, horizon)

    def _rng(self, now: datetime, sequence: int) -> np.random.Generator:
        return np.random.default_rng([self._seed, int(now.timestamp()), sequence])


def _called_s(stage: Stage, ticket: Ticket, horizon: timedelta) -> Floats:
    joins = None if ticket.number else ticket
    staged = stage.staged([ticket.service], joins, horizon)
    column = staged.tickets.index(ticket)
    return calls(staged.scene, [column])[:, column]


def _called_by_number(
    stage: Stage, services: Iterable[str], horizon: timedelta
) -> dict[str, Floats]:
    """Give when each ticket in the line is called, in each draw."""
    staged = stage.staged(services, None, horizon)
    waiting = stage.line.waiting
    columns = {t.number: at for at, t in enumerate(staged.tickets) if t.number in waiting}
    called_s = calls(staged.scene, [*columns.values()])
    return {number: called_s[:, column] for number, column in columns.items()}


def _horizon(farthest_s: float) -> timedelta:
    """Give how far the many draws need to look, where a few have looked so far."""
    return DAY if np.isinf(farthest_s) else timedelta(seconds=1.25 * farthest_s) + MORE
