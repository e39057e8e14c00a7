"""What time it is for the desk.

A Pi has no clock that survives a power cut: it boots believing it is yesterday. So the desk never
asks the wall clock alone; `DeskTime` knows the time of the last journaled event and never runs
back behind it. Not here yet: asking whether the clock is synchronised, and `clock_set`.
"""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """A wall clock."""

    def now(self) -> datetime:
        """Give the time, aware, in UTC; it may step."""

    @property
    def speed(self) -> float:
        """How many seconds pass on it in a real one."""


class SystemClock:
    """The clock of this machine."""

    speed = 1.0

    def now(self) -> datetime:
        """Give the system's time."""
        return datetime.now(UTC)


class SimulatedClock:
    """A clock for demos and tests: a morning in minutes, the same in every process.

    Args:
        start: What it shows at `origin_s`.
        origin_s: Real time, in seconds since the epoch.
        speed: How many seconds pass on it in a real one.
    """

    def __init__(self, start: datetime, origin_s: float, speed: float) -> None:
        self._start = start.astimezone(UTC)
        self._origin_s = origin_s
        self.speed = speed

    def now(self) -> datetime:
        """Give the played time."""
        return self._start + timedelta(seconds=(time.time() - self._origin_s) * self.speed)


class DeskTime:
    """The time that the line lives by: it never runs back.

    Args:
        clock: The wall clock.
        floor: Time of the last journaled event, or None.
    """

    def __init__(self, clock: Clock, floor: datetime | None) -> None:
        self._clock = clock
        self._last = floor

    def now(self) -> datetime:
        """Give a time that is not before any time that it gave before."""
        now = self._clock.now()
        if self._last is not None and now < self._last:
            return self._last
        self._last = now
        return now
