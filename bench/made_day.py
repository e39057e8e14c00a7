"""Days that never were, drawn from a seed: who comes, how long they take, when clerks rest.

Everything that people do is drawn before the day begins, so that the same people can be sent
through other rules and be compared one by one.

What a made day has: people who stand at the door at eight, appointments on a grid of slots, early
and late and not at all, conversations of very different length, days that are slow as a whole,
breaks, counters that serve only some services. What it has not: people who pull two numbers, clerks
who help each other out, and whatever else reality will teach.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import count
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import numpy as np

from appliance.line.line import Line
from appliance.line.model import Booking, Counter, Service

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


ZONE = ZoneInfo("Europe/Berlin")
FIRST_DAY = date(2026, 3, 2)
OPENS, CLOSES = time(8), time(16)
SLOT_MIN = 5


@dataclass(frozen=True, slots=True)
class Kind:
    """What one service is really like.

    Args:
        minutes: Mean length of a conversation.
        spread: Its coefficient of variation.
        share: Of all people, how many come for it; any scale.
    """

    code: str
    minutes: float
    spread: float = 0.6
    share: float = 1.0


@dataclass(frozen=True, slots=True)
class Lobby:
    """A lobby as it really is, which its configuration knows only roughly.

    Args:
        counters: Id → codes of the services that it serves.
        load: Work that comes, as a share of what the open counters can do.
        booked: Share of people with an appointment.
        absent: Share of appointments whose person never comes.
        gone: Share of those called who have left.
        gone_min: How long a counter calls for somebody who has left.
        early_min: How long before the slot people scan, in the mean.
        early_spread_min: Standard deviation of that.
        burst: Share of walk-ins who stand at the door when it opens.
        pace_spread: How much whole days differ in speed.
        gap_s: What a clerk needs between two people, in the mean.
        breaks: Whether clerks take theirs: half an hour at noon and ten minutes somewhere.
        starts: Whether clerks press `start`.
        shape: Distribution of the conversations: `lognormal`, `gamma` or `uniform`.
    """

    name: str
    kinds: Sequence[Kind]
    counters: Mapping[str, frozenset[str]]
    load: float = 0.9
    booked: float = 0.5
    absent: float = 0.12
    gone: float = 0.03
    gone_min: float = 1.5
    early_min: float = 7.0
    early_spread_min: float = 8.0
    burst: float = 0.08
    pace_spread: float = 0.06
    gap_s: float = 0.0
    breaks: bool = True
    starts: bool = False
    shape: str = "lognormal"

    def minutes(self, code: str) -> float:
        """Give the true mean of a service."""
        return next(kind.minutes for kind in self.kinds if kind.code == code)


@dataclass(frozen=True, slots=True)
class Person:
    """One who comes, or an appointment whose person does not.

    Args:
        comes: When the button is pressed or the code scanned; None: never.
        stays: How long the counter is occupied.
        gone: Nobody answers the call; the counter is occupied for `stays` all the same.
    """

    service: str
    comes: datetime | None
    stays: timedelta
    booking: Booking | None = None
    gone: bool = False


@dataclass(frozen=True, slots=True)
class Day:
    """All that will happen on one day, whatever the rule."""

    date: date
    people: tuple[Person, ...]
    breaks: Mapping[str, tuple[tuple[datetime, datetime], ...]] = field(default_factory=dict)
    gap_s: tuple[float, ...] = (0.0,)
    starts: bool = False
    pace: float = 1.0

    @property
    def bookings(self) -> tuple[Booking, ...]:
        """The appointments, as they are known in the morning."""
        return tuple(p.booking for p in self.people if p.booking is not None)


def moment(day: date, clock: time) -> datetime:
    """Give a time of a day in the lobby."""
    return datetime.combine(day, clock, ZONE).astimezone(UTC)


def empty_line(
    lobby: Lobby,
    believed: Mapping[str, float] | None = None,
    rule: Callable[[Service], Service] = lambda service: service,
) -> Line:
    """Give the line before its first day.

    Args:
        lobby: What it is really like.
        believed: Code → factor by which the configured minutes are wrong.
        rule: What to change in each service, such as `early`.
    """
    wrong = believed or {}
    services = {
        kind.code: rule(
            Service(
                kind.code,
                "ABCDEFGH"[place],
                timedelta(minutes=kind.minutes * wrong.get(kind.code, 1.0)),
            )
        )
        for place, kind in enumerate(lobby.kinds)
    }
    counters = {name: Counter(name, codes) for name, codes in lobby.counters.items()}
    return Line(services, counters, ZONE)


def working_days(first: date = FIRST_DAY) -> Iterator[date]:
    """Give Monday to Friday, on and on."""
    for offset in count():
        day = first + timedelta(days=offset)
        if day.isoweekday() <= 5:  # noqa: PLR2004  (Friday)
            yield day


def made_day(lobby: Lobby, day: date, seed: int) -> Day:
    """Draw one day: the same lobby, date and seed give the same day."""
    rng = np.random.default_rng([seed, day.toordinal()])
    opens, closes = moment(day, OPENS), moment(day, CLOSES)
    open_min = (closes - opens).total_seconds() / 60
    breaks = _breaks(lobby, rng, day) if lobby.breaks else {}
    away_min = sum((b - a).total_seconds() / 60 for all_ in breaks.values() for a, b in all_)
    capacity_min = open_min * len(lobby.counters) - away_min
    shares = np.array([kind.share for kind in lobby.kinds])
    shares = shares / shares.sum()
    per_person_min = float(shares @ [k.minutes for k in lobby.kinds]) + lobby.gap_s / 60
    number = rng.poisson(lobby.load * capacity_min / per_person_min)
    pace = float(np.exp(rng.normal(0.0, lobby.pace_spread)))
    booked = int(rng.binomial(number, lobby.booked) / (1 - lobby.absent))
    slots = rng.integers(0, int((open_min - 20) // SLOT_MIN), booked) * SLOT_MIN
    people = [
        _booked_person(lobby, rng, pace, opens + timedelta(minutes=int(slot)), f"{day}/{n}")
        for n, slot in enumerate(np.sort(slots))
    ]
    walk_ins = max(0, number - int(booked * (1 - lobby.absent)))
    at_door = rng.binomial(walk_ins, lobby.burst)
    # More people come in the morning than in the afternoon.
    later_min = rng.beta(1.1, 1.5, walk_ins - at_door) * (open_min - 30)
    arrivals_min = np.sort(np.concatenate([rng.uniform(0, 3, at_door), later_min])).tolist()
    people.extend(_person(lobby, rng, pace, opens + timedelta(minutes=m)) for m in arrivals_min)
    people.sort(key=lambda person: person.comes or closes)
    gaps = rng.exponential(lobby.gap_s, 997) if lobby.gap_s else np.zeros(1)
    return Day(day, tuple(people), breaks, tuple(gaps.tolist()), lobby.starts, pace)


def _breaks(
    lobby: Lobby, rng: np.random.Generator, day: date
) -> dict[str, tuple[tuple[datetime, datetime], ...]]:
    breaks: dict[str, tuple[tuple[datetime, datetime], ...]] = {}
    for place, counter in enumerate(lobby.counters):
        noon = moment(day, time(11, 30)) + timedelta(minutes=35 * (place % 4))
        noon += timedelta(minutes=float(rng.normal(0, 5)))
        short = moment(day, time(9)) + timedelta(minutes=float(rng.uniform(0, 90)))
        half_hour, ten = timedelta(minutes=30), timedelta(minutes=10)
        breaks[counter] = ((short, short + ten), (noon, noon + half_hour))
    return breaks


def _booked_person(
    lobby: Lobby, rng: np.random.Generator, pace: float, slot: datetime, name: str
) -> Person:
    early_min = lobby.early_min + lobby.early_spread_min * float(rng.normal())
    comes = slot - timedelta(minutes=early_min)
    present = rng.random() >= lobby.absent
    person = _person(lobby, rng, pace, max(comes, moment(slot.date(), time(7, 45))))
    booking = Booking(name, slot, round(lobby.minutes(person.service)), person.service)
    return replace(person, booking=booking, comes=person.comes if present else None)


def _person(lobby: Lobby, rng: np.random.Generator, pace: float, comes: datetime) -> Person:
    shares = np.array([kind.share for kind in lobby.kinds])
    kind = lobby.kinds[int(rng.choice(len(shares), p=shares / shares.sum()))]
    minutes = kind.minutes * pace * _drawn(lobby.shape, kind.spread, rng)
    gone = bool(rng.random() < lobby.gone)
    if gone:
        minutes = lobby.gone_min * float(rng.uniform(0.5, 1.5))
    return Person(kind.code, comes, timedelta(minutes=max(minutes, 0.1)), gone=gone)


def _drawn(shape: str, spread: float, rng: np.random.Generator) -> float:
    """Draw a conversation of mean 1."""
    match shape:
        case "lognormal":
            sigma = float(np.sqrt(np.log1p(spread**2)))
            return float(rng.lognormal(-sigma * sigma / 2, sigma))
        case "gamma":
            return float(rng.gamma(1 / spread**2, spread**2))
        case _:
            return float(rng.uniform(max(0.0, 1 - spread * 3**0.5), 1 + spread * 3**0.5))
