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

DAYS_SHOWN = 14
POINTS = np.linspace(0.0, 1.0, 101)
"""A forecast is kept as these of its points."""


@dataclass(frozen=True, slots=True)
class Score:
    """How good forecasts were, to be shown to staff.

    Args:
        forecasts: How many were met.
        wait: Mean wait of those who were forecast.
        error: Mean absolute error of `p50`.
        bias: Mean error of `p50`; above zero: it said too much.
        below_p90: Share of waits that were not longer than `p90`; should be 0.9.
        inside: Share of waits within the interval; should be 0.9.
    """

    forecasts: int = 0
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
    """A forecast and what became of it."""

    wait_s: float
    error_s: float
    below_p90: bool
    inside: bool


@dataclass(slots=True)
class Calibration:
    """What became of past forecasts."""

    met: deque[float] = field(default_factory=lambda: deque(maxlen=KEPT))
    today: list[Met] = field(default_factory=list)
    days: deque[list[Met]] = field(default_factory=lambda: deque(maxlen=DAYS_SHOWN - 1))

    def level(self, share: float) -> float:
        """Give the point of the draws to read, so that `share` of the waits are shorter."""
        even = (np.arange(BELIEF) + 0.5) / BELIEF
        return float(np.quantile(np.concatenate([even, list(self.met)]), share))

    def take(self, said: Said, wait_s: float, chance: float) -> None:
        """Compare a forecast with what happened.

        Args:
            said: The forecast.
            wait_s: What happened.
            chance: Between 0 and 1: where in a step it was met. Many draws may be the same, such
                as no wait at all.
        """
        points_s = said.points_s
        low, high = bisect_left(points_s, wait_s), bisect_right(points_s, wait_s) - 1
        met = min(low, high) + abs(high - low) * chance
        self.met.append(min(max(met / (len(points_s) - 1), 0.0), 1.0))
        self.today.append(
            Met(
                wait_s,
                said.p50_s - wait_s,
                wait_s <= said.p90_s,
                said.p5_s <= wait_s <= said.p95_s,
            )
        )

    def turn(self) -> None:
        """Put the day to the past."""
        if self.today:
            self.days.append(self.today)
        self.today = []

    def score(self) -> Score:
        """Give how good the forecasts of the last two weeks were."""
        rows = [row for day in (*self.days, self.today) for row in day]
        if not rows:
            return Score()
        waits, errors, below, inside = (np.array(column) for column in zip(*rows, strict=True))
        return Score(
            len(rows),
            timedelta(seconds=float(waits.mean())),
            timedelta(seconds=float(np.abs(errors).mean())),
            timedelta(seconds=float(errors.mean())),
            float(below.mean()),
            float(inside.mean()),
        )
