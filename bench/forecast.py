"""How good forecasts of the wait are, beside simpler ones, and what one costs.

    python -m bench.forecast [--days N] [--seed N] [--picture FILE]

Each lobby is learned for ten days, from configured minutes that are a quarter too long or too
short. Then every walk-in is told a wait by four estimators, just before the number is taken:

- *naive*: people × minutes ÷ counters, with the true mean lengths and the counters that serve;
- *public system*: the idea of the estimator in `it-at-m/eappointment` (`QueueList.php`), which
  Berlin and Munich use: a clock that moves on by (mean length ÷ all counters) for each person;
  whoever has an appointment gets in before the others once that clock has come to the slot, those
  still to come included, those who will not come too. It is given the true mean;
- *last in*: as long as the one with this service waited who was called last;
- *all-knowing*: ours, if it knew the true lengths and how fast today is: what remains is chance, so
  nobody can be much better;
- *rollout*: ours.

Errors of a day go together, so a lobby needs many days. Limits: mean absolute error at most 0.72
times naive, P90 covers 87 to 94 %, bias at most 10 % of the mean wait, each pooled; 60 ms of CPU
for 60 waiting.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import repeat
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from appliance.line import commands, events
from appliance.line.conversations import Length, Pace
from appliance.line.forecast import Estimator, Forecast
from appliance.line.learning import Learned
from appliance.line.model import Booking, CounterState, TicketState
from appliance.line.rules import order
from bench.charts import Bars
from bench.lobbies import FIRST_SITE, LOBBIES
from bench.lobby_simulator import play
from bench.made_day import OPENS, ZONE, Lobby, empty_line, made_day, moment, working_days

if TYPE_CHECKING:
    from collections.abc import Mapping

    from appliance.line.line import Line

SPECIAL = next(lobby for lobby in LOBBIES if "special" in lobby.name)
LEARNING_DAYS, SEED = 10, 51
ERROR_LIMIT, BIAS_LIMIT = 0.72, 0.10
COVER_LEAST, COVER_MOST = 0.87, 0.94
COST_LIMIT_MS, WAITING = 60.0, 60
NOTHING = 1e-6
ESTIMATORS = ("naive", "public system", "last in", "all-knowing", "rollout")


@dataclass(slots=True)
class AllKnowing(Learned):
    """What would be known if lengths did not have to be learned."""

    lobby: Lobby = FIRST_SITE
    factor: float = 1.0

    def length(self, code: str) -> Length:
        """Give the truth."""
        kind = next(kind for kind in self.lobby.kinds if kind.code == code)
        return Length(60 * kind.minutes, NOTHING, kind.spread)

    def pace(self, line: Line, now: datetime) -> Pace:  # noqa: ARG002  (it knows without looking)
        """Give the truth."""
        return Pace(self.factor, NOTHING)


@dataclass(frozen=True, slots=True)
class Told:
    """What one person was told, in seconds, and what came; in the order of `ESTIMATORS`."""

    waits: Sequence[float]
    p90: float
    met: float


@dataclass(slots=True)
class Listener:
    """Asks all estimators for each walk-in, and remembers who waited last."""

    lobby: Lobby
    estimator: Estimator
    all_knowing: Estimator
    asks: bool = False
    said: tuple[Sequence[float], float] | None = None
    open: dict[str, tuple[Sequence[float], float, datetime]] = field(default_factory=dict)
    last_in_s: dict[str, float] = field(default_factory=dict)
    told: list[Told] = field(default_factory=list)

    def heard(self, event: events.Event, before: Line) -> None:
        """Learn, and compare."""
        self.estimator.hear(event, before)
        self.all_knowing.hear(event, before)
        if isinstance(event, events.TicketCalled):
            ticket = before.tickets[event.ticket]
            wait_s = (event.at - ticket.taken).total_seconds()
            if ticket.booking is None:
                self.last_in_s[ticket.service] = wait_s
            if event.ticket in self.open:
                waits, p90, taken = self.open.pop(event.ticket)
                self.told.append(Told(waits, p90, (event.at - taken).total_seconds()))

    def asked(self, line: Line, service: str, now: datetime) -> None:
        """Let each estimator say its word."""
        self.said = None
        forecast = self.estimator.wait_for(line, service, now) if self.asks else None
        best = self.all_knowing.wait_for(line, service, now) if self.asks else None
        if forecast is not None and best is not None:
            others = (
                naive_s(self.lobby, line, service, forecast),
                public_system_s(self.lobby, self.estimator, line, now),
                self.last_in_s.get(service, 0.0),
                best.p50.total_seconds(),
            )
            self.said = (*others, forecast.p50.total_seconds()), forecast.p90.total_seconds()

    def given(self, number: str, now: datetime) -> None:
        """Remember who was told what."""
        if self.said is not None:
            self.open[number] = (*self.said, now)


def naive_s(lobby: Lobby, line: Line, service: str, forecast: Forecast) -> float:
    """People × minutes ÷ counters: those before, their true mean, the counters that serve."""
    counters = [c for c in _open(line) if service in line.counters[c].services]
    codes = frozenset[str]().union(*(line.counters[c].services for c in counters))
    minutes = [
        lobby.minutes(ticket.service)
        for ticket in line.tickets.values()
        if ticket.state is TicketState.WAITING and ticket.service in codes
    ]
    return forecast.waiting * float(np.mean(minutes or [0.0])) * 60 / len(counters)


def public_system_s(lobby: Lobby, estimator: Estimator, line: Line, now: datetime) -> float:
    """The public system's idea, in our words; whole minutes, as it says them."""
    shares = np.array([kind.share for kind in lobby.kinds])
    mean_s = float(shares @ [kind.minutes for kind in lobby.kinds] / shares.sum()) * 60
    each_s = mean_s / len(_open(line))
    waiting = [line.tickets[c.ticket] for c in order(line.tickets.values(), now, line.services)]
    slots = [ticket.booking.slot for ticket in waiting if ticket.booking is not None]
    known = estimator.learned.bookings.get(line.day, {}) if line.day else {}
    # Whoever was due longer ago was called there meanwhile, and did not come.
    still_due = now - timedelta(minutes=10)
    slots += [b.slot for b in known.values() if b.id not in line.by_booking and b.slot > still_due]
    in_front = sum(ticket.booking is None for ticket in waiting)
    clock, said_s = now + timedelta(minutes=2), each_s
    slots.sort(reverse=True)
    while in_front or (slots and slots[-1] <= clock):
        if slots and slots[-1] <= clock:
            slots.pop()
        else:
            in_front -= 1
        clock += timedelta(seconds=each_s)
        said_s += each_s
    return said_s // 60 * 60


def _open(line: Line) -> list[str]:
    return [c.id for c in line.counters.values() if c.state is CounterState.OPEN]


def studied(lobby: Lobby, days: int, seed: int = SEED) -> list[Told]:
    """Learn a lobby for ten days, then ask for each walk-in of some more."""
    wrong = {kind.code: 0.75 if place % 2 else 1.25 for place, kind in enumerate(lobby.kinds)}
    line = empty_line(lobby, wrong)
    learned = AllKnowing(line.services, ZONE, lobby=lobby)
    all_knowing = Estimator(line.services, ZONE, learned=learned)
    listener = Listener(lobby, Estimator(line.services, ZONE), all_knowing)
    for number, date in zip(range(LEARNING_DAYS + days), working_days(), strict=False):
        day = made_day(lobby, date, seed)
        listener.estimator.know(date, day.bookings)
        all_knowing.know(date, day.bookings)
        learned.factor = day.pace
        listener.asks = number >= LEARNING_DAYS
        listener.last_in_s.clear()
        line = play(line, day, heard=listener.heard, asked=listener.asked, given=listener.given)
    return listener.told


@dataclass(frozen=True, slots=True)
class Figures:
    """What is said of many forecasts; in the order of `ESTIMATORS`.

    Args:
        wait_min: Mean wait.
        errors_min: Mean absolute error of each.
        biases: Mean error of each, as a share of the mean wait.
        below_p90: Share of waits not longer than our P90.
    """

    number: int
    wait_min: float
    errors_min: Sequence[float]
    biases: Sequence[float]
    below_p90: float

    @classmethod
    def of(cls, told: Sequence[Told]) -> Figures:
        """Sum up."""
        met_s = np.array([one.met for one in told])
        off_s = np.array([one.waits for one in told]) - met_s[:, None]
        return cls(
            len(told),
            float(met_s.mean()) / 60,
            (np.abs(off_s).mean(axis=0) / 60).tolist(),
            (off_s.mean(axis=0) / met_s.mean()).tolist(),
            float(np.mean([one.met <= one.p90 for one in told])),
        )

    @property
    def ratio(self) -> float:
        """Our error over that of naive."""
        return self.errors_min[-1] / self.errors_min[0]

    def __str__(self) -> str:
        errors = "  ".join(
            f"{name} {error:5.1f} ({bias:+.0%})"
            for name, error, bias in zip(ESTIMATORS, self.errors_min, self.biases, strict=True)
        )
        return (
            f"  {self.number} walk-ins, mean wait {self.wait_min:.1f} min; error in min (bias): "
            f"{errors}\n  rollout {self.ratio:.2f} x naive, P90 covers {self.below_p90:.1%}"
        )


@dataclass(frozen=True, slots=True)
class Cost:
    """What one forecast costs.

    Args:
        cpu_ms: Best of some.
        line_h: How long a line it looks through: its P50, in hours.
    """

    cpu_ms: float
    line_h: float

    def __str__(self) -> str:
        return f"{self.cpu_ms:.0f} ms for {self.line_h:.1f} h of line"


def cost(lobby: Lobby, booked: int) -> Cost:
    """Measure the service with the longest wait, with 60 waiting and some booked."""
    line = empty_line(lobby)
    estimator = Estimator(line.services, ZONE)
    date = next(working_days())
    now = moment(date, OPENS) + timedelta(minutes=30)
    codes = [kind.code for kind in lobby.kinds]
    slots = [now + timedelta(minutes=5 * number) for number in range(booked)]
    estimator.know(
        date,
        [Booking(f"{n:x}", slot, 10, codes[n % len(codes)]) for n, slot in enumerate(slots)],
    )
    people = WAITING + len(line.counters)
    asked: list[commands.Command] = [
        commands.TurnDay(date),
        *(commands.OpenCounter(counter) for counter in line.counters),
        *(commands.Issue(codes[n % len(codes)]) for n in range(people)),
        *(commands.Next(counter) for counter in line.counters),
    ]
    for command in asked:
        line = line.apply_all(line.decide(command, now).events)
    return max((_cost_of(estimator, line, code, now) for code in codes), key=lambda c: c.line_h)


def _cost_of(estimator: Estimator, line: Line, code: str, now: datetime) -> Cost:
    best_ms = float("inf")
    for second in range(15):
        begun = time.process_time()
        forecast = estimator.wait_for(line, code, now + timedelta(seconds=second))
        best_ms = min(best_ms, 1000 * (time.process_time() - begun))
    if forecast is None or forecast.waiting != WAITING:
        raise ValueError(forecast)
    return Cost(best_ms, forecast.p50 / timedelta(hours=1))


def main() -> int:
    """Print the figures; gives 1 if a limit is passed."""
    parser = argparse.ArgumentParser(prog="python -m bench.forecast", description=__doc__)
    parser.add_argument("--days", type=int, default=8, help="days per lobby after learning")
    parser.add_argument("--seed", type=int, default=SEED, help="other days of the same lobbies")
    parser.add_argument("--picture", type=Path, help="where to write the bars (PNG)")
    asked = parser.parse_args()
    told: dict[str, list[Told]] = {}
    with ProcessPoolExecutor(2) as pool:
        for lobby, one in zip(
            LOBBIES,
            pool.map(studied, LOBBIES, repeat(asked.days), repeat(asked.seed)),
            strict=False,
        ):
            told[lobby.name] = one
            print(f"{lobby.name}\n{Figures.of(one)}\n", flush=True)
    pooled = Figures.of([one for some in told.values() for one in some])
    print(f"pooled\n{pooled}")
    print(
        f"\nlimits: {ERROR_LIMIT} x naive, P90 {COVER_LEAST:.0%} to {COVER_MOST:.0%}, "
        f"bias {BIAS_LIMIT:.0%}"
    )
    costs = [cost(lobby, booked) for lobby in (FIRST_SITE, SPECIAL) for booked in (0, 30, 60)]
    print(f"{WAITING} waiting (limit {COST_LIMIT_MS:.0f} ms): {', '.join(map(str, costs))}")
    if asked.picture:
        picture({name: Figures.of(one) for name, one in told.items()}).save(asked.picture)
    return int(
        pooled.ratio > ERROR_LIMIT
        or not COVER_LEAST <= pooled.below_p90 <= COVER_MOST
        or abs(pooled.biases[-1]) > BIAS_LIMIT
        or max(each.cpu_ms for each in costs) > COST_LIMIT_MS
    )


def picture(figures: Mapping[str, Figures]) -> Bars:
    """Draw the mean absolute errors beside naive."""
    return Bars(
        "How far the told wait was off, beside people x minutes / counters (1.00)",
        "",
        {
            name: [error / one.errors_min[0] for error in one.errors_min]
            for name, one in figures.items()
        },
        ESTIMATORS,
        digits=2,
        limit=ERROR_LIMIT,
    )


if __name__ == "__main__":
    raise SystemExit(main())
