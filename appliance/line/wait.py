"""How long a person who takes a number now will wait.

The line is played forward once, in calling order, with each service's expected minutes. Better than
"people × minutes ÷ counters", because each counter takes only what it may serve; blind to
appointments that have not checked in yet, and to how the day really goes. So what is published is
a wide range, never a point.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from appliance.line.model import CounterState, Ticket
from appliance.line.rules import DROPPED, order, rank, ranking_service

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from appliance.line.line import Line
    from appliance.line.model import Counter

LOW, HIGH = 0.6, 1.5
"""A conversation's usual spread around its expected minutes, for the ends of the range."""

STEP = timedelta(minutes=5)
MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Wait:
    """What a person who takes a number now has before them.

    Args:
        waiting: Tickets that share a counter with the service and would be called before.
        expected: Time until the call; None where no counter that serves it is open.
    """

    waiting: int
    expected: timedelta | None

    @property
    def range_min(self) -> tuple[int, int] | None:
        """The range to tell, in minutes, both ends on whole fives; None: no forecast."""
        if self.expected is None:
            return None
        low = (self.expected * LOW) // STEP * STEP
        high = max(-(-(self.expected * HIGH) // STEP) * STEP, low + STEP)
        return low // MINUTE, high // MINUTE


def wait_for(line: Line, service: str, now: datetime) -> Wait:
    """Give the wait of a walk-in for `service` who takes a number at `now`."""
    return _wait(line, Ticket("", line.next_sequence, service, now), now)


def wait_of(line: Line, number: str, now: datetime) -> Wait:
    """Give the wait of a ticket that stands in the line."""
    return _wait(line, line.tickets[number], now)


def _wait(line: Line, ticket: Ticket, now: datetime) -> Wait:
    counters = [c for c in line.counters.values() if c.state is CounterState.OPEN]
    sharing = frozenset[str]().union(
        *(c.services for c in counters if ticket.service in c.services)
    )
    mine = rank(ticket, now, ranking_service(ticket, line.services))
    ahead = [
        line.tickets[candidate.ticket]
        for candidate in order(line.waiting.values(), now, line.services)
        if candidate.rank < mine
    ]
    waiting = sum(other.service in sharing for other in ahead)
    return Wait(waiting, _played_forward(line, counters, [*ahead, ticket], now))


def _played_forward(
    line: Line, counters: Sequence[Counter], tickets: Sequence[Ticket], now: datetime
) -> timedelta | None:
    """Give the time until the last of `tickets` is called, or None if no counter serves it."""
    free_at = {counter.id: _free_at(line, counter, now) for counter in counters}
    called: datetime | None = None
    for ticket in tickets:
        able = [c.id for c in counters if ticket.service in c.services]
        if not able:
            called = None
            continue
        first = min(able, key=free_at.__getitem__)
        called = max(free_at[first], now)
        free_at[first] = called + line.services.get(ticket.service, DROPPED).minutes
    return None if called is None else called - now


def _free_at(line: Line, counter: Counter, now: datetime) -> datetime:
    """Give when `counter` will be free; whoever overstays is as good as done."""
    if counter.ticket is None:
        return now
    ticket = line.tickets[counter.ticket]
    since = ticket.started or ticket.called or now
    return max(now, since + line.services.get(ticket.service, DROPPED).minutes)
