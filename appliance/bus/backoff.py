"""How long to wait before the next attempt."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from collections.abc import Callable


class Pace(msgspec.Struct, frozen=True):
    """How fast it gets slower.

    Args:
        least_s: The shortest wait.
        most_s: The longest.
    """

    least_s: float
    most_s: float


class Backoff:
    """Waits that grow, and differ: a hundred devices shall not knock at the same instant.

    Each is drawn evenly between the shortest and a bound that doubles, from the first one on: after
    a broker's restart it is the first attempts that would come together.

    Args:
        pace: The bounds.
        chance: Gives a number between two.
    """

    def __init__(
        self, pace: Pace, chance: Callable[[float, float], float] = random.uniform
    ) -> None:
        self._pace = pace
        self._chance = chance
        self._bound_s = 2 * pace.least_s

    def next_s(self) -> float:
        """Give the next wait, in seconds."""
        bound_s = min(self._bound_s, self._pace.most_s)
        self._bound_s = 2 * bound_s
        return self._chance(self._pace.least_s, bound_s)

    def reset(self) -> None:
        """Begin anew, after a success."""
        self._bound_s = 2 * self._pace.least_s
