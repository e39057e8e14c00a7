"""How long a person who takes a number now will wait.

The line is played forward once, in calling order, with each service's expected minutes. Better than
"people × minutes ÷ counters", because each counter takes only what it may serve; blind to
appointments that have not checked in yet, and to how the day really goes. So what is published is
a wide range, never a point.
"""

from __future__ import annotations

from collections import Counter as Counted
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from appliance.line.model import CounterState, RankClass, Ticket
from appliance.line.rules import DROPPED, order, rank, ranking_service

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
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
        first: How many of these have right of way.
    """

    waiting: int
    expected: timedelta | None
    first: int = 0

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


def waits(line: Line, now: datetime) -> Mapping[str, Wait]:
    """Give the wait of everyone in the line, by number, in calling order.

    As `wait_of` for each, in one go: sixty people cost as much as one.
    """
    counters = [c for c in line.counters.values() if c.state is CounterState.OPEN]
    free_at = {counter.id: _free_at(line, counter, now) for counter in counters}
    before: Counted[str] = Counted()
    first: Counted[str] = Counted()
    found = {}
    for candidate in order(line.waiting.values(), now, line.services):
        ticket = line.tickets[candidate.ticket]
        sharing = _sharing(counters, ticket.service)
        called = _called_at(line, counters, free_at, ticket, now)
        found[ticket.number] = Wait(
            sum(before[service] for service in sharing),
            None if called is None else called - now,
            sum(first[service] for service in sharing),
        )
        before[ticket.service] += 1
        first[ticket.service] += candidate.rank.rank_class <= RankClass.RIGHT_OF_WAY
    return found


def _wait(line: Line, ticket: Ticket, now: datetime) -> Wait:
    counters = [c for c in line.counters.values() if c.state is CounterState.OPEN]
    sharing = _sharing(counters, ticket.service)
    mine = rank(ticket, now, ranking_service(ticket, line.services))
    ahead = [
        (line.tickets[candidate.ticket], candidate.rank.rank_class <= RankClass.RIGHT_OF_WAY)
        for candidate in order(line.waiting.values(), now, line.services)
        if candidate.rank < mine
    ]
    free_at = {counter.id: _free_at(line, counter, now) for counter in counters}
    for other, _ in ahead:
        _called_at(line, counters, free_at, other, now)
    called = _called_at(line, counters, free_at, ticket, now)
    shared = [first for other, first in ahead if other.service in sharing]
    return Wait(len(shared), None if called is None else called - now, sum(shared))


def _sharing(counters: Sequence[Counter], service: str) -> frozenset[str]:
    """Give the services whose people the same counters may call."""
    return frozenset[str]().union(*(c.services for c in counters if service in c.services))


def _called_at(
    line: Line,
    counters: Sequence[Counter],
    free_at: dict[str, datetime],
    ticket: Ticket,
    now: datetime,
) -> datetime | None:
    """Let the first free counter call `ticket`; give when, or None: no counter serves it."""
    able = [c.id for c in counters if ticket.service in c.services]
    if not able:
        return None
    first = min(able, key=free_at.__getitem__)
    called = max(free_at[first], now)
    free_at[first] = called + line.services.get(ticket.service, DROPPED).minutes
    return called


def _free_at(line: Line, counter: Counter, now: datetime) -> datetime:
    """Give when `counter` will be free; whoever overstays is as good as done."""
    if counter.ticket is None:
        return now
    ticket = line.tickets[counter.ticket]
    since = ticket.started or ticket.called or now
    return max(now, since + line.services.get(ticket.service, DROPPED).minutes)
