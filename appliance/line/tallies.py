"""Running sums that fade: all that is kept of what was seen."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt


@dataclass(slots=True)
class Sums:
    """How many, how long, and how different: durations in seconds."""

    weight: float = 0.0
    total: float = 0.0
    squares: float = 0.0

    @classmethod
    def belief(cls, weight: float, mean: float, spread: float) -> Sums:
        """Begin with what is believed, as if it had been seen `weight` times.

        Args:
            weight: How firmly it is believed.
            mean: In seconds.
            spread: Coefficient of variation.
        """
        return cls(weight, weight * mean, weight * mean * mean * (1 + spread * spread))

    @property
    def mean(self) -> float:
        """In seconds; 0 where nothing was seen."""
        return self.total / self.weight if self.weight else 0.0

    @property
    def variance(self) -> float:
        """In square seconds, around the mean; 0 where nothing was seen."""
        return max(0.0, self.squares / self.weight - self.mean**2) if self.weight else 0.0

    @property
    def spread(self) -> float:
        """Coefficient of variation."""
        return sqrt(self.variance) / self.mean if self.mean else 0.0

    def add(self, value: float) -> None:
        """Take in one observation."""
        self.weight += 1.0
        self.total += value
        self.squares += value * value

    def take_back(self, value: float) -> None:
        """Take out an observation that did not happen after all."""
        self.weight -= 1.0
        self.total -= value
        self.squares -= value * value

    def fade(self, factor: float) -> None:
        """Let what was seen count less."""
        self.weight *= factor
        self.total *= factor
        self.squares *= factor

    def __add__(self, other: Sums) -> Sums:
        return Sums(
            self.weight + other.weight, self.total + other.total, self.squares + other.squares
        )


@dataclass(slots=True)
class Share:
    """How many of those who might have, did; begins with a belief."""

    yes: float
    no: float

    @property
    def value(self) -> float:
        """Between 0 and 1."""
        return self.yes / (self.yes + self.no)

    def add(self, *, happened: bool) -> None:
        """Take in one observation."""
        if happened:
            self.yes += 1.0
        else:
            self.no += 1.0

    def take_back(self, *, happened: bool) -> None:
        """Take out an observation that was none after all."""
        if happened:
            self.yes -= 1.0
        else:
            self.no -= 1.0

    def fade(self, factor: float) -> None:
        """Let what was seen count less."""
        self.yes *= factor
        self.no *= factor
