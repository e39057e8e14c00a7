"""Whoever works at a counter, while a day is played: does what was done, when it can be done."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from appliance.whatif.idle import NO_TIME, Idle
from appliance.whatif.script import Press

if TYPE_CHECKING:
    from appliance.line.line import Line


@dataclass(slots=True)
class Clerk:
    """Whoever works at a counter.

    Args:
        counter: Its id.
        presses: What is still to be done, in order.
        usual: What is done when the record tells no more.
        idle: Since when things could be done.
        passed: How many of the presses cannot be done yet, this time.
        intends: What will be pressed next, and when.
        intent: Number of that intention: an older one is not carried out.
        leaving: It is time to go, once nobody waits any more.
    """

    counter: str
    presses: list[Press]
    usual: Press
    idle: Idle = field(default_factory=Idle)
    passed: int = 0
    intends: tuple[datetime, Press] | None = None
    intent: int = 0
    leaving: bool = False

    @property
    def press(self) -> Press:
        """What comes next."""
        return self.presses[self.passed] if self.passed < len(self.presses) else self.usual

    def look(self, line: Line, now: datetime) -> bool:
        """See how the line stands; tell whether anything else is intended now."""
        self.idle.look(line, self.counter, now)
        press, intends = self.press, None
        waits = line.counters[self.counter].stands_by and not press.standing_by
        if self.idle.can(press.doing) and not waits:
            intends = now + max(NO_TIME, press.after - self.idle.had(press.doing, now)), press
        if intends == self.intends:
            return False
        self.intends = intends
        self.intent += 1
        return True

    def strike_out(self) -> None:
        """Take the next press off the list."""
        self.intends = None
        del self.presses[self.passed : self.passed + 1]

    def pass_over(self) -> None:
        """Leave the next press for another time, and go on to the one after it."""
        self.intends = None
        self.passed += 1

    def begin_anew(self) -> None:
        """Something was done."""
        self.passed = 0
        self.idle.did_one()
