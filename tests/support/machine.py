"""A machine whose clock a test sets, and which it starts again."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from tests.support.lobby import at


@dataclass
class Machine:
    """A wall clock and the time since the start, under a test's hands.

    Args:
        wall: What the clock shows.
        up: How long ago the machine was started.
        known: Whether the clock is synchronised.
        boot: Of this start.
    """

    wall: datetime = field(default_factory=lambda: at("08:00"))
    up: timedelta = timedelta(minutes=1)
    known: bool = True
    boot: str = "one"
    speed: float = 1.0

    def now(self) -> datetime:
        return self.wall

    def uptime(self) -> timedelta:
        return self.up

    def synchronised(self) -> bool:
        return self.known

    def passes(self, span: timedelta) -> None:
        """Let time pass."""
        self.wall += span
        self.up += span

    def goes_to(self, moment: datetime) -> None:
        """Let time pass until a moment."""
        self.passes(moment - self.wall)

    def begins_again(self, wall: datetime, *, known: bool) -> None:
        """Start the machine anew."""
        self.wall, self.up, self.known, self.boot = wall, timedelta(), known, self.boot + "'"
