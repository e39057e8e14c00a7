"""How long conversations last: usually, and as today goes.

Configured minutes are a belief that counts as much as a few conversations. Lengths are summed as
they are, not as logarithms: a wait is a sum of conversations, and where these are not log-normal
the mean of the logarithms gives a wrong sum (by 28 % where they are exponential).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import exp, log, sqrt

from appliance.line.chance import mean_beyond
from appliance.line.model import Service
from appliance.line.rules import DROPPED
from appliance.line.tallies import Sums

MINUTES_UNSURE = 0.2
"""How wrong configured minutes usually are: all of them together, and each by itself."""

USUAL_SPREAD = 0.6
SPREAD_BELIEF = 12.0
"""Conversations vary by so much around their mean; this counts as so many of them."""

PACE_SPREAD = 0.06
PACE_BELIEF_DAYS = 5.0
"""Whole days differ by so much; this counts as so many days."""

LONGEST = 8.0
"""Kept longer than this many times the mean: somebody forgot to press `finish`."""

MORE_TIME, MORE_TIME_BELIEF = 1.5, 8.0
"""Who wished for more time takes so many times as long; this counts as so many conversations."""


@dataclass(frozen=True, slots=True)
class Length:
    """How long a service keeps a counter.

    Args:
        mean_s: Expected mean of today.
        unsure: How well that is known, as a standard deviation of its logarithm.
        spread: Coefficient of variation of one conversation.
    """

    mean_s: float
    unsure: float
    spread: float


@dataclass(frozen=True, slots=True)
class Pace:
    """How today goes, beside what is usual.

    Args:
        factor: 1.1 is a tenth slower.
        unsure: Standard deviation of its logarithm.
    """

    factor: float
    unsure: float


@dataclass(slots=True)
class Conversations:
    """What conversations so far have shown.

    Args:
        services: By code, as configured.
        past: Code → what days before today have shown.
        today: Code → what today has shown so far.
        pace_squares: Sum of squared deviations of whole days; over `pace_days`, their variance.
        pace_days: How many days that is.
        more_time: How many times the usual length those took who had wished for more time.
    """

    services: Mapping[str, Service]
    past: dict[str, Sums] = field(default_factory=dict)
    today: dict[str, Sums] = field(default_factory=dict)
    pace_squares: float = PACE_SPREAD**2 * PACE_BELIEF_DAYS
    pace_days: float = PACE_BELIEF_DAYS
    more_time: Sums = field(
        default_factory=lambda: Sums.belief(MORE_TIME_BELIEF, MORE_TIME, USUAL_SPREAD)
    )

    def take(self, code: str, lasted_s: float, *, more_time: bool) -> tuple[Sums, float]:
        """Learn from a conversation.

        Returns:
            What was added and to what, so that it can be taken back.
        """
        usual_s = self.length(code).mean_s
        if more_time:
            # It says nothing about those who did not wish for it.
            sums, value = self.more_time, min(lasted_s / usual_s, LONGEST)
        else:
            sums, value = self.today.setdefault(code, Sums()), min(lasted_s, LONGEST * usual_s)
        sums.add(value)
        return sums, value

    def turn(self, factor: float) -> None:
        """Put the day to the past, which fades by `factor`."""
        seen, squares = self._todays_deviation()
        self.pace_days = self.pace_days * factor + seen
        self.pace_squares = self.pace_squares * factor + squares
        for sums in (*self.past.values(), self.more_time):
            sums.fade(factor)
        for code, sums in self.today.items():
            self.past[code] = self.past.get(code, Sums()) + sums
        self.today = {}

    def length(self, code: str) -> Length:
        """Give how long a service keeps a counter on a usual day.

        Its own past counts, and where that is thin the configured minutes: first mended by how
        wrong those of the other services were.
        """
        seen = self._seen(code)
        belief_s = self._minutes_s(code) * exp(self._common_error())
        spread = self._spread(code)
        belief = (spread / MINUTES_UNSURE) ** 2
        weight = belief + seen.weight
        mean_s = (belief * belief_s + seen.total) / weight
        return Length(max(mean_s, 1.0), spread / sqrt(weight), spread)

    def pace(self, at_counters: Mapping[str, list[float]]) -> Pace:
        """Give how today goes: what was seen, drawn towards the usual by how little was seen.

        Args:
            at_counters: Code → for how long those last who are not finished, in seconds. Without
                them the first hour looks quick: the short conversations are over first.
        """
        ratio, noise = self._todays_ratio(at_counters)
        usual = self.pace_squares / self.pace_days
        trust = usual / (usual + noise)
        return Pace(exp(trust * log(max(ratio, 0.2))), sqrt(usual * (1.0 - trust)))

    def _todays_deviation(self) -> tuple[float, float]:
        """Give how much of a day was seen, and how far it was from usual, squared, noise off."""
        ratio, noise = self._todays_ratio({})
        if noise >= 1.0:
            return 0.0, 0.0
        seen = PACE_SPREAD**2 / (PACE_SPREAD**2 + noise)
        return seen, seen * max(0.0, (ratio - 1.0) ** 2 - noise)

    def _todays_ratio(self, at_counters: Mapping[str, list[float]]) -> tuple[float, float]:
        """Give today's lengths over the usual ones, and the variance of that by chance."""
        expected_s = seen_s = variance = 0.0
        for code in sorted({*self.today, *at_counters}):
            usual, done = self.length(code), self.today.get(code, Sums())
            unfinished = at_counters.get(code, [])
            number = done.weight + len(unfinished)
            expected_s += number * usual.mean_s
            seen_s += done.total
            seen_s += sum(mean_beyond(usual.mean_s, usual.spread, s) for s in unfinished)
            variance += number * (usual.spread * usual.mean_s) ** 2
        if not expected_s:
            return 1.0, 1.0
        return seen_s / expected_s, variance / expected_s**2

    def _seen(self, code: str) -> Sums:
        return self.past.get(code, Sums()) + self.today.get(code, Sums())

    def _codes(self) -> list[str]:
        # Sorted: sums of floats depend on their order, and a set's order is of the process.
        return sorted({*self.past, *self.today})

    def _minutes_s(self, code: str) -> float:
        return self.services.get(code, DROPPED).minutes.total_seconds()

    def _common_error(self) -> float:
        """Give by how much all configured minutes are wrong together, as a logarithm."""
        sum_, weight = 0.0, MINUTES_UNSURE**-2
        for code in self._codes():
            seen = self._seen(code)
            if seen.weight > 0.0:
                own = 1.0 / (MINUTES_UNSURE**2 + USUAL_SPREAD**2 / seen.weight)
                sum_ += own * log(max(seen.mean, 1.0) / self._minutes_s(code))
                weight += own
        return sum_ / weight

    def _spread(self, code: str) -> float:
        """Give the coefficient of variation, shared by services where a service has little past."""
        shared = USUAL_SPREAD**2 * SPREAD_BELIEF
        weight = SPREAD_BELIEF
        for other in self._codes():
            seen = self._seen(other)
            shared += seen.weight * seen.variance / max(seen.mean, 1.0) ** 2
            weight += seen.weight
        own = self._seen(code)
        squares = own.weight * own.variance / max(own.mean, 1.0) ** 2
        belief = SPREAD_BELIEF * shared / weight
        return sqrt(max((belief + squares) / (SPREAD_BELIEF + own.weight), 1e-4))
