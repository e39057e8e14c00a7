"""Counters: open, standing by, paused, closed; and taking back what one did last."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from appliance.line import events
from appliance.line.answers import Decision, Done, Reason, refuse
from appliance.line.calling import calling, ranked_for
from appliance.line.model import CounterState

if TYPE_CHECKING:
    from datetime import datetime

    from appliance.line import commands
    from appliance.line.line import Line


def open_counter(line: Line, command: commands.OpenCounter, now: datetime) -> Decision:
    """Begin to call, for the services that are told or for those that are configured."""
    counter = line.counters.get(command.counter)
    if counter is None:
        return refuse(Reason.UNKNOWN_COUNTER, counter=command.counter)
    services = command.services or counter.services
    for code in sorted(services):
        if code not in line.services:
            return refuse(Reason.UNKNOWN_SERVICE, service=code)
    opened = events.CounterOpened(now, counter.id, services)
    return Decision(Done(counter.ticket, counter.id), (opened,))


def stand_by(line: Line, counter_id: str, now: datetime) -> Decision:
    """Have the next ticket that a free counter may serve called at once."""
    counter = line.counters.get(counter_id)
    if counter is None:
        return refuse(Reason.UNKNOWN_COUNTER, counter=counter_id)
    if counter.state is not CounterState.OPEN:
        return refuse(Reason.COUNTER_CLOSED, counter=counter_id)
    finished: tuple[events.Event, ...] = ()
    if counter.ticket is not None:
        finished = (events.TicketFinished(now, counter.ticket),)
    return Decision(Done(None, counter_id), (*finished, events.CounterStoodBy(now, counter_id)))


def pause(line: Line, counter_id: str, now: datetime) -> Decision:
    """Call nobody for a while; a person who is at the counter is served to the end."""
    counter = line.counters.get(counter_id)
    if counter is None:
        return refuse(Reason.UNKNOWN_COUNTER, counter=counter_id)
    if counter.state is CounterState.CLOSED:
        return refuse(Reason.COUNTER_CLOSED, counter=counter_id)
    return Decision(Done(counter.ticket, counter_id), (events.CounterPaused(now, counter_id),))


def close(line: Line, counter_id: str, now: datetime) -> Decision:
    """Stop calling; a person who is at the counter is served to the end."""
    counter = line.counters.get(counter_id)
    if counter is None:
        return refuse(Reason.UNKNOWN_COUNTER, counter=counter_id)
    return Decision(Done(counter.ticket, counter_id), (events.CounterClosed(now, counter_id),))


def undo(line: Line, counter_id: str, now: datetime) -> Decision:
    """Take back what a counter did last, if it was just now and nobody built on it."""
    if counter_id not in line.counters:
        return refuse(Reason.UNKNOWN_COUNTER, counter=counter_id)
    step = line.steps.get(counter_id)
    if step is None or now - step.at > line.rules.undo_within:
        return refuse(Reason.NOTHING_TO_UNDO, counter=counter_id)
    untouched = all(line.tickets.get(ticket.number) == ticket for ticket in step.after)
    if not untouched or line.counters[counter_id] != step.counter_after:
        return refuse(Reason.NOTHING_TO_UNDO, counter=counter_id)
    undone = events.StepUndone(now, step.counter_before, step.before)
    return Decision(Done(step.counter_before.ticket, counter_id), (undone,))


def with_standing_by(line: Line, decision: Decision, now: datetime) -> Decision:
    """Add the calls of counters that stand by for whoever waits after a decision.

    Of several, the one with the fewest services calls first: it has the least choice.
    """
    if not any(map(_begins_to_stand_by, decision.events)) and not any(
        c.stands_by for c in line.counters.values()
    ):
        return decision
    after = line.apply_all(decision.events)
    added: list[events.Event] = []
    for counter in sorted(
        (c for c in after.counters.values() if c.stands_by and c.ticket is None),
        key=lambda counter: (len(counter.services), counter.id),
    ):
        ranked = ranked_for(after, counter, now)
        if ranked:
            called = calling(after, counter, ranked[0].ticket, now, ranked)
            added.append(called)
            after = after.apply(called)
    return replace(decision, events=(*decision.events, *added))


def _begins_to_stand_by(event: events.Event) -> bool:
    match event:
        case events.CounterStoodBy():
            return True
        case events.StepUndone(counter=counter):
            return counter.stands_by
        case _:
            return False
