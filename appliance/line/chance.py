"""Numbers drawn as the world draws them: how long conversations take, and how long they still last.

Log-normal throughout: never negative, most are short, a few are long. numpy has no inverse of the
normal distribution, so it is tabled once.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import erfc, log, sqrt
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Floats: TypeAlias = NDArray[np.float64]

FARTHEST = 6.0
"""Standard deviations beyond which a duration is taken as it is."""


@dataclass(frozen=True, slots=True)
class Tail:
    """The upper tail of the normal distribution and its inverse, by a table."""

    z: Floats
    log_tail: Floats

    @classmethod
    def tabled(cls) -> Tail:
        """Make the table: 8 standard deviations either way, exact to about 1e-4 between."""
        z = np.linspace(-8.0, 8.0, 801)
        tail = np.array([erfc(value / sqrt(2.0)) / 2.0 for value in z.tolist()])
        return cls(z, np.log(tail))

    def beyond(self, z: Floats) -> Floats:
        """Give the logarithm of the probability to lie above `z`."""
        return np.interp(z, self.z, self.log_tail)

    def point(self, log_tail: Floats) -> Floats:
        """Give the point above which lies so much, told by its logarithm."""
        return np.interp(-log_tail, -self.log_tail, self.z)


@dataclass(frozen=True, slots=True)
class Lasting:
    """A log-normal duration, with a mean that may differ from draw to draw.

    Args:
        mean_s: Seconds.
        spread: Coefficient of variation.
    """

    mean_s: Floats
    spread: float

    @property
    def sigma(self) -> float:
        """Standard deviation of the logarithm."""
        return float(np.sqrt(np.log1p(self.spread**2)))

    @property
    def median_s(self) -> Floats:
        """Seconds."""
        return self.mean_s / sqrt(1.0 + self.spread**2)

    def at(self, z: Floats | NDArray[np.float32]) -> Floats:
        """Give the durations that lie so many standard deviations from the median, in seconds."""
        return self.median_s * np.exp(self.sigma * z)

    def lasts(self, elapsed_s: float, tail: Tail) -> Floats:
        """Give the logarithm of the probability to last longer than `elapsed_s`."""
        return tail.beyond(np.log(max(elapsed_s, 1e-3) / self.median_s) / self.sigma)

    def left(self, elapsed_s: float, chance: Floats, tail: Tail) -> Floats:
        """Give what is left of a duration that has lasted `elapsed_s` already, in seconds.

        Args:
            elapsed_s: Seconds.
            chance: Draws of the standard exponential distribution: exp of minus one of them is
                the share of such durations that last longer still.
            tail: Of the normal distribution.
        """
        z = tail.point(self.lasts(elapsed_s, tail) - chance)
        return np.maximum(self.at(z) - elapsed_s, 0.0)


def mean_beyond(mean_s: float, spread: float, lasts_s: float) -> float:
    """Give the mean of those log-normal durations that last longer than `lasts_s`, in seconds."""
    sigma = sqrt(log(1.0 + spread**2))
    z = (log(max(lasts_s, 1e-3) / mean_s) + sigma**2 / 2.0) / sigma
    if z > FARTHEST:
        return lasts_s
    return mean_s * erfc((z - sigma) / sqrt(2.0)) / erfc(z / sqrt(2.0))
