"""What a free counter could do, and for how long it could without doing it.

That is what is known of a clerk between two people. A clerk who takes ten seconds until the next
call while people wait, and one who sits there while nobody comes, both did nothing; only the first
would do nothing under other rules too. So time counts only while a thing could have been done. The
record is read with this and played with this: what was read is what is played.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum
from typing import TYPE_CHECKING

from appliance.line.model import CounterState
from appliance.line.rules import serves

if TYPE_CHECKING:
    from appliance.line.line import Line
    from appliance.line.model import Counter

NO_TIME = timedelta(0)


class Doing(Enum):
    """What a clerk does at a counter that is free."""

    NEXT = "next"
    BY_NAME = "by_name"
    PICK = "pick"
    STAND_BY = "stand_by"


@dataclass(slots=True)
class Idle:
    """For how long a counter could have done each thing since it last did one."""

    spent: dict[Doing, timedelta] = field(default_factory=dict)
    since: dict[Doing, datetime] = field(default_factory=dict)

    def look(self, line: Line, counter_id: str, now: datetime) -> None:
        """Take in how the line stands now; it stays so until the next look."""
        possible = could_do(line, counter_id)
        for doing in [doing for doing in self.since if doing not in possible]:
            self.spent[doing] = self.had(doing, now)
            del self.since[doing]
        for doing in possible:
            self.since.setdefault(doing, now)

    def had(self, doing: Doing, now: datetime) -> timedelta:
        """Give for how long it could have been done."""
        spent = self.spent.get(doing, NO_TIME)
        return spent + (now - self.since[doing]) if doing in self.since else spent

    def can(self, doing: Doing) -> bool:
        """Tell whether it could be done at the last look."""
        return doing in self.since

    def did_one(self) -> None:
        """Begin anew."""
        self.spent.clear()
        self.since.clear()


def could_do(line: Line, counter_id: str) -> tuple[Doing, ...]:
    """Give what a clerk could do at a counter now, once a person has left it."""
    counter = line.counters.get(counter_id)
    if counter is None or counter.ticket is not None or counter.state is CounterState.CLOSED:
        return ()
    if counter.state is CounterState.PAUSED:
        return (Doing.PICK,)
    if somebody_for(line, counter):
        return tuple(Doing)
    return (Doing.BY_NAME, Doing.PICK, Doing.STAND_BY)


def somebody_for(line: Line, counter: Counter) -> bool:
    """Tell whether anybody waits whom a counter may call."""
    open_ones = [each for each in line.counters.values() if each.state is CounterState.OPEN]
    return any(
        serves(counter, ticket, line.services, open_ones) for ticket in line.waiting.values()
    )
