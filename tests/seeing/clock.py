"""Time that passes only when somebody waits."""

from __future__ import annotations


class Clock:
    """A monotonic clock, and the waiting that drives it."""

    def __init__(self) -> None:
        self._now_s = 1000.0

    def now_s(self) -> float:
        return self._now_s

    def wait(self, seconds: float) -> bool:
        """Let the time pass; nobody ever interrupts."""
        self._now_s += seconds
        return False
