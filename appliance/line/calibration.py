"""How good forecasts have been, and what is learned from that.

If nine of ten waits shall be shorter than what was said, it is not enough that nine of ten draws
are: draws do not know what they do not know. So it is kept at which of its own points each forecast
was met, and the point to read next time is the one below which nine of ten were met. That begins as
if some hundred forecasts had been exactly right: neighbouring forecasts go wrong together, and few
days shall not be taken for much.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import deque
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

KEPT = 1000
BELIEF = 100
"""Forecasts that are believed to have been exactly right, before any was made."""

LEVEL_DIGITS = 4
DAYS_SHOWN = 14
POINTS = np.linspace(0.0, 1.0, 101)
"""A forecast is kept as these of its points."""


@dataclass(frozen=True, slots=True)
class Score:
    """How good forecasts were, to be shown to staff.

    Args:
        forecasts: How many were met.
        days: On how many days.
        wait: Mean wait of those who were forecast.
        error: Mean absolute error of `p50`.
        bias: Mean error of `p50`; above zero: it said too much.
        below_p90: Share of waits that were not longer than `p90`; should be 0.9.
        inside: Share of waits within the interval; should be 0.9.
    """

    forecasts: int = 0
    days: int = 0
    wait: timedelta = timedelta()
    error: timedelta = timedelta()
    bias: timedelta = timedelta()
    below_p90: float = 0.0
    inside: float = 0.0


class Said(NamedTuple):
    """A forecast, in seconds.

    Args:
        p5_s: The points that were told.
        p50_s: The same.
        p90_s: The same.
        p95_s: The same.
        points_s: What the draws said before any calibration, at `POINTS`.
    """

    p5_s: float
    p50_s: float
    p90_s: float
    p95_s: float
    points_s: Sequence[float]


class Met(NamedTuple):
    """A forecast and what became of it.

    Args:
        level: At which of its own points it was met, between 0 and 1.
        wait_s: What happened.
        error_s: How much `p50` was too long.
        below_p90: Whether the wait was not longer than `p90`.
        inside: Whether it was within the interval.
    """

    level: float
    wait_s: float
    error_s: float
    below_p90: bool
    inside: bool


@dataclass(slots=True)
class Tally:
    """The forecasts that were met on one day, summed up."""

    forecasts: int = 0
    wait_s: float = 0.0
    error_s: float = 0.0
    bias_s: float = 0.0
    below_p90: int = 0
    inside: int = 0

    def add(self, met: Met, times: int = 1) -> None:
        """Take one in, or out again with -1."""
        self.forecasts += times
        self.wait_s += times * met.wait_s
        self.error_s += times * abs(met.error_s)
        self.bias_s += times * met.error_s
        self.below_p90 += times * met.below_p90
        self.inside += times * met.inside

    def __add__(self, other: Tally) -> Tally:
        return Tally(
            self.forecasts + other.forecasts,
            self.wait_s + other.wait_s,
            self.error_s + other.error_s,
            self.bias_s + other.bias_s,
            self.below_p90 + other.below_p90,
            self.inside + other.inside,
        )


@dataclass(slots=True)
class Calibration:
    """What became of past forecasts.

    Args:
        levels: Where the last forecasts were met.
        today: What became of those of today.
        days: What became of those of the days before.
    """

    levels: deque[float] = field(default_factory=lambda: deque(maxlen=KEPT))
    today: Tally = field(default_factory=Tally)
    days: deque[Tally] = field(default_factory=lambda: deque(maxlen=DAYS_SHOWN - 1))

    def level(self, share: float) -> float:
        """Give the point of the draws to read, so that `share` of the waits are shorter."""
        even = (np.arange(BELIEF) + 0.5) / BELIEF
        return float(np.quantile(np.concatenate([even, list(self.levels)]), share))

    def take(self, said: Said, wait_s: float, chance: float) -> Met:
        """Compare a forecast with what happened.

        Args:
            said: The forecast.
            wait_s: What happened.
            chance: Between 0 and 1: where in a step it was met. Many draws may be the same, such
                as no wait at all.

        Returns:
            What was taken in, so that it can be taken back.
        """
        points_s = said.points_s
        low, high = bisect_left(points_s, wait_s), bisect_right(points_s, wait_s) - 1
        place = min(low, high) + abs(high - low) * chance
        level = min(max(place / (len(points_s) - 1), 0.0), 1.0)
        met = Met(
            round(level, LEVEL_DIGITS),
            wait_s,
            said.p50_s - wait_s,
            wait_s <= said.p90_s,
            said.p5_s <= wait_s <= said.p95_s,
        )
        self.levels.append(met.level)
        self.today.add(met)
        return met

    def take_back(self, met: Met) -> None:
        """Forget a forecast of today that was not met after all."""
        self.levels.remove(met.level)
        self.today.add(met, -1)

    def turn(self) -> None:
        """Put the day to the past."""
        if self.today.forecasts:
            self.days.append(self.today)
        self.today = Tally()

    def score(self) -> Score:
        """Give how good the forecasts of the last two weeks were."""
        days = [day for day in (*self.days, self.today) if day.forecasts]
        if not days:
            return Score()
        every = sum(days, Tally())
        return Score(
            every.forecasts,
            len(days),
            timedelta(seconds=every.wait_s / every.forecasts),
            timedelta(seconds=every.error_s / every.forecasts),
            timedelta(seconds=every.bias_s / every.forecasts),
            every.below_p90 / every.forecasts,
            every.inside / every.forecasts,
        )
