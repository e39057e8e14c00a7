"""Who is called, and how a conversation goes on from there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from appliance.line import events
from appliance.line.answers import Called, Decision, Done, NobodyWaits, Reason, refuse
from appliance.line.model import CounterState, TicketState, Wish
from appliance.line.rules import candidates

if TYPE_CHECKING:
    from datetime import datetime

    from appliance.line import commands
    from appliance.line.line import Line
    from appliance.line.model import Candidate, Counter, Ticket

AT_A_COUNTER = frozenset({TicketState.CALLED, TicketState.SERVING})


def call_next(line: Line, counter_id: str, now: datetime) -> Decision:
    """Call the ticket with the smallest rank; first finish whom the counter serves."""
    counter = line.counters.get(counter_id)
    if counter is None or counter.state is not CounterState.OPEN:
        return _not_calling(counter, counter_id)
    finished = _finishing(counter, now)
    ranked = ranked_for(line, counter, now)
    if not ranked:
        return Decision(NobodyWaits(counter_id), finished)
    called = calling(line, counter, ranked[0].ticket, now, ranked)
    return Decision(Called(called.ticket, counter_id), (*finished, called))


def call(line: Line, command: commands.Call, now: datetime) -> Decision:
    """Call a named ticket that waits, past the order; its candidates are kept all the same."""
    counter = line.counters.get(command.counter)
    if counter is None or counter.state is not CounterState.OPEN:
        return _not_calling(counter, command.counter)
    ticket = line.tickets.get(command.ticket)
    if ticket is None:
        return refuse(Reason.UNKNOWN_TICKET, ticket=command.ticket)
    if ticket.state is not TicketState.WAITING:
        return refuse(Reason.NOT_WAITING, ticket=ticket.number)
    if ticket.service not in counter.services:
        return refuse(Reason.NOT_SERVED_HERE, ticket=ticket.number, counter=counter.id)
    ranked = ranked_for(line, counter, now)
    called = calling(line, counter, ticket.number, now, ranked, by_name=True)
    return Decision(Called(ticket.number, counter.id), (*_finishing(counter, now), called))


def pick(line: Line, command: commands.Pick, now: datetime) -> Decision:
    """Call a parked ticket."""
    counter = line.counters.get(command.counter)
    if counter is None or counter.state is CounterState.CLOSED:
        return _not_calling(counter, command.counter)
    ticket = line.tickets.get(command.ticket)
    if ticket is None:
        return refuse(Reason.UNKNOWN_TICKET, ticket=command.ticket)
    if ticket.state is not TicketState.PARKED:
        return refuse(Reason.NOT_PARKED, ticket=ticket.number)
    called = calling(line, counter, ticket.number, now, by_name=True)
    return Decision(Called(ticket.number, counter.id), (*_finishing(counter, now), called))


def recall(line: Line, counter_id: str, now: datetime) -> Decision:
    """Call the counter's ticket once more, when the person had time to come."""
    counter = line.counters.get(counter_id)
    if counter is None:
        return refuse(Reason.UNKNOWN_COUNTER, counter=counter_id)
    if counter.ticket is None:
        return refuse(Reason.COUNTER_FREE, counter=counter_id)
    ticket = line.tickets[counter.ticket]
    if ticket.state is not TicketState.CALLED or ticket.called is None:
        return refuse(Reason.ALREADY_STARTED, ticket=ticket.number)
    patience = line.rules.recall_after * (2 if Wish.MORE_TIME in ticket.wishes else 1)
    left_s = (patience - (now - ticket.called)).total_seconds()
    if left_s > 0:
        return refuse(Reason.TOO_SOON, ticket=ticket.number, seconds=str(max(1, round(left_s))))
    called = calling(line, counter, ticket.number, now)
    return Decision(Called(ticket.number, counter_id), (called,))


def start(line: Line, number: str, now: datetime) -> Decision:
    """Note that the conversation begins."""
    ticket = line.tickets.get(number)
    if ticket is None or ticket.state is not TicketState.CALLED:
        return _not_called(ticket, number)
    return Decision(Done(number, ticket.counter), (events.TicketStarted(now, number),))


def finish(line: Line, number: str, now: datetime) -> Decision:
    """Note that the conversation is over."""
    ticket = line.tickets.get(number)
    if ticket is None or ticket.state not in AT_A_COUNTER:
        return _not_called(ticket, number)
    return Decision(Done(number, ticket.counter), (events.TicketFinished(now, number),))


def no_show(line: Line, command: commands.NoShow, now: datetime) -> Decision:
    """Set a ticket aside after it was called often enough, or at once with `force`."""
    ticket = line.tickets.get(command.ticket)
    if ticket is None or ticket.state is not TicketState.CALLED:
        return _not_called(ticket, command.ticket)
    if ticket.turn_calls < line.rules.max_calls and not command.force:
        left = str(line.rules.max_calls - ticket.turn_calls)
        return refuse(Reason.CALL_AGAIN_FIRST, ticket=ticket.number, calls=left)
    aside = events.TicketSetAside(now, ticket.number)
    return Decision(Done(ticket.number, ticket.counter), (aside,))


def back(line: Line, number: str, now: datetime) -> Decision:
    """Let a person who was set aside, or parked, wait again with the old rank."""
    ticket = line.tickets.get(number)
    if ticket is None:
        return refuse(Reason.UNKNOWN_TICKET, ticket=number)
    in_time = ticket.set_aside is None or now - ticket.set_aside <= line.rules.back_within
    if ticket.state not in {TicketState.SET_ASIDE, TicketState.PARKED} or not in_time:
        return refuse(Reason.CANNOT_COME_BACK, ticket=number)
    return Decision(Done(number), (events.TicketReturned(now, number),))


def transfer(line: Line, command: commands.Transfer, now: datetime) -> Decision:
    """Send a person on to another service; class and rank time stay."""
    ticket = line.tickets.get(command.ticket)
    if ticket is None or ticket.state not in AT_A_COUNTER:
        return _not_called(ticket, command.ticket)
    if command.service not in line.services:
        return refuse(Reason.UNKNOWN_SERVICE, service=command.service)
    moved = events.TicketTransferred(now, ticket.number, command.service)
    return Decision(Done(ticket.number), (moved,))


def park(line: Line, number: str, now: datetime) -> Decision:
    """Let a person leave the counter for a while."""
    ticket = line.tickets.get(number)
    if ticket is None or ticket.state not in AT_A_COUNTER:
        return _not_called(ticket, number)
    return Decision(Done(number, ticket.counter), (events.TicketParked(now, number),))


def ranked_for(line: Line, counter: Counter, now: datetime) -> tuple[Candidate, ...]:
    """Give all that a counter might call now, in calling order."""
    everyone = line.waiting.values()
    return candidates(counter, everyone, now, line.services, line.counters.values())


def calling(
    line: Line,
    counter: Counter,
    number: str,
    now: datetime,
    ranked: tuple[Candidate, ...] = (),
    *,
    by_name: bool = False,
) -> events.TicketCalled:
    """Give the event of a call."""
    calls = line.tickets[number].calls + 1
    return events.TicketCalled(now, number, counter.id, calls, ranked, by_name)


def _finishing(counter: Counter, now: datetime) -> tuple[events.Event, ...]:
    return () if counter.ticket is None else (events.TicketFinished(now, counter.ticket),)


def _not_calling(counter: Counter | None, counter_id: str) -> Decision:
    reason = Reason.UNKNOWN_COUNTER if counter is None else Reason.COUNTER_CLOSED
    return refuse(reason, counter=counter_id)


def _not_called(ticket: Ticket | None, number: str) -> Decision:
    if ticket is None:
        return refuse(Reason.UNKNOWN_TICKET, ticket=number)
    if ticket.state is TicketState.SERVING:
        return refuse(Reason.ALREADY_STARTED, ticket=number)
    return refuse(Reason.NOT_AT_A_COUNTER, ticket=number)
