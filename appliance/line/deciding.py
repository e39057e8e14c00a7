"""What each command does: accepted with its events, or refused with a reason.

Nothing is changed here. What is accepted is journaled first and applied then, so an event is always
one that a counter, a scan or a button really asked for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, assert_never

from appliance.line import commands, model
from appliance.line.answers import (
    Called,
    Decision,
    Done,
    Given,
    NobodyWaits,
    Reason,
    Refused,
)
from appliance.line.model import CounterState, TicketState, WalkIn
from appliance.line.rules import candidates

if TYPE_CHECKING:
    from datetime import date, datetime

    from appliance.line.line import Line

LAST_NUMBER = 9999
"""A letter and three digits; a day that needs more gets four."""


def decide(line: Line, command: commands.Command, now: datetime) -> Decision:
    """Say what `command` does to `line` at `now`, without doing it."""
    match command:
        case commands.CheckIn():
            return _check_in(line, command.booking, now)
        case commands.Issue():
            return _issue(line, command.service, now)
        case commands.Next():
            return _next(line, command.counter, now)
        case commands.Recall():
            return _recall(line, command.counter, now)
        case commands.Start():
            return _start(line, command.ticket, now)
        case commands.Finish():
            return _finish(line, command.ticket, now)
        case commands.NoShow():
            return _no_show(line, command, now)
        case commands.OpenCounter():
            return _open(line, command, now)
        case commands.CloseCounter():
            return _close(line, command.counter, now)
        case commands.TurnDay():
            return _turn_day(line, command.day, now)
    assert_never(command)


def _refuse(reason: Reason, **facts: str) -> Decision:
    return Decision(Refused(reason, facts))


def _check_in(line: Line, booking: model.Booking, now: datetime) -> Decision:
    number = line.by_booking.get(booking.id)
    if number is not None:
        return Decision(Given(number, again=True), (model.CodeShownAgain(now, number),))
    if booking.service not in line.services:
        return _refuse(Reason.UNKNOWN_SERVICE, service=booking.service)
    if booking.place is not None:
        return _refuse(Reason.NO_PLACE_IN_LINE, place=booking.place)
    day = booking.slot.astimezone(line.zone).date()
    if day != line.day:
        return _refuse(Reason.OTHER_DAY, day=day.isoformat())
    return _give(line, booking.service, booking, now)


def _issue(line: Line, code: str, now: datetime) -> Decision:
    service = line.services.get(code)
    if service is None:
        return _refuse(Reason.UNKNOWN_SERVICE, service=code)
    match service.walk_in:
        case WalkIn.TICKET:
            return _give(line, code, None, now)
        case WalkIn.REDIRECT:
            return _refuse(Reason.WALK_INS_REDIRECTED, service=code)
        case WalkIn.OFF:
            return _refuse(Reason.WALK_INS_OFF, service=code)
    assert_never(service.walk_in)


def _give(line: Line, code: str, booking: model.Booking | None, now: datetime) -> Decision:
    letter = line.services[code].letter
    count = line.last.get(letter, 0) + 1
    if count > LAST_NUMBER:
        return _refuse(Reason.NUMBERS_EXHAUSTED, letter=letter)
    number = f"{letter}{count:03d}"
    issued = model.TicketIssued(now, number, len(line.tickets) + 1, code, booking)
    return Decision(Given(number), (issued,))


def _next(line: Line, counter_id: str, now: datetime) -> Decision:
    counter = line.counters.get(counter_id)
    if counter is None:
        return _refuse(Reason.UNKNOWN_COUNTER, counter=counter_id)
    if counter.state is not CounterState.OPEN:
        return _refuse(Reason.COUNTER_CLOSED, counter=counter_id)
    events: tuple[model.Event, ...] = ()
    if counter.ticket is not None:
        events = (model.TicketFinished(now, counter.ticket),)
    ranked = candidates(counter, line.tickets.values(), now, line.services)
    if not ranked:
        return Decision(NobodyWaits(counter_id), events)
    number = ranked[0].ticket
    calls = line.tickets[number].calls + 1
    call = model.TicketCalled(now, number, counter_id, calls, ranked)
    return Decision(Called(number, counter_id), (*events, call))


def _recall(line: Line, counter_id: str, now: datetime) -> Decision:
    counter = line.counters.get(counter_id)
    if counter is None:
        return _refuse(Reason.UNKNOWN_COUNTER, counter=counter_id)
    if counter.ticket is None:
        return _refuse(Reason.COUNTER_FREE, counter=counter_id)
    ticket = line.tickets[counter.ticket]
    if ticket.state is not TicketState.CALLED or ticket.called is None:
        return _refuse(Reason.ALREADY_STARTED, ticket=ticket.number)
    left = line.rules.recall_after - (now - ticket.called)
    if left.total_seconds() > 0:
        seconds = str(max(1, round(left.total_seconds())))
        return _refuse(Reason.TOO_SOON, ticket=ticket.number, seconds=seconds)
    call = model.TicketCalled(now, ticket.number, counter_id, ticket.calls + 1)
    return Decision(Called(ticket.number, counter_id), (call,))


def _start(line: Line, number: str, now: datetime) -> Decision:
    ticket = line.tickets.get(number)
    if ticket is None:
        return _refuse(Reason.UNKNOWN_TICKET, ticket=number)
    if ticket.state is TicketState.SERVING:
        return _refuse(Reason.ALREADY_STARTED, ticket=number)
    if ticket.state is not TicketState.CALLED:
        return _refuse(Reason.NOT_AT_A_COUNTER, ticket=number)
    return Decision(Done(number, ticket.counter), (model.TicketStarted(now, number),))


def _finish(line: Line, number: str, now: datetime) -> Decision:
    ticket = line.tickets.get(number)
    if ticket is None:
        return _refuse(Reason.UNKNOWN_TICKET, ticket=number)
    if ticket.state not in {TicketState.CALLED, TicketState.SERVING}:
        return _refuse(Reason.NOT_AT_A_COUNTER, ticket=number)
    return Decision(Done(number, ticket.counter), (model.TicketFinished(now, number),))


def _no_show(line: Line, command: commands.NoShow, now: datetime) -> Decision:
    ticket = line.tickets.get(command.ticket)
    if ticket is None:
        return _refuse(Reason.UNKNOWN_TICKET, ticket=command.ticket)
    if ticket.state is TicketState.SERVING:
        return _refuse(Reason.ALREADY_STARTED, ticket=ticket.number)
    if ticket.state is not TicketState.CALLED:
        return _refuse(Reason.NOT_AT_A_COUNTER, ticket=ticket.number)
    if ticket.calls < line.rules.max_calls and not command.force:
        left = str(line.rules.max_calls - ticket.calls)
        return _refuse(Reason.CALL_AGAIN_FIRST, ticket=ticket.number, calls=left)
    return Decision(
        Done(ticket.number, ticket.counter), (model.TicketSetAside(now, ticket.number),)
    )


def _open(line: Line, command: commands.OpenCounter, now: datetime) -> Decision:
    counter = line.counters.get(command.counter)
    if counter is None:
        return _refuse(Reason.UNKNOWN_COUNTER, counter=command.counter)
    services = command.services or counter.services
    for code in sorted(services):
        if code not in line.services:
            return _refuse(Reason.UNKNOWN_SERVICE, service=code)
    opened = model.CounterOpened(now, counter.id, services)
    return Decision(Done(counter.ticket, counter.id), (opened,))


def _close(line: Line, counter_id: str, now: datetime) -> Decision:
    counter = line.counters.get(counter_id)
    if counter is None:
        return _refuse(Reason.UNKNOWN_COUNTER, counter=counter_id)
    closed = model.CounterClosed(now, counter_id)
    return Decision(Done(counter.ticket, counter_id), (closed,))


def _turn_day(line: Line, day: date, now: datetime) -> Decision:
    if line.day is not None and day <= line.day:
        return _refuse(Reason.OTHER_DAY, day=day.isoformat())
    closed = tuple(
        model.TicketClosed(now, ticket.number)
        for ticket in line.tickets.values()
        if ticket.state in {TicketState.WAITING, TicketState.CALLED, TicketState.SERVING}
    )
    # The counters are told again, so that each day in the journal stands alone.
    still_open = tuple(
        model.CounterOpened(now, counter.id, counter.services)
        for counter in line.counters.values()
        if counter.state is CounterState.OPEN
    )
    return Decision(Done(), (*closed, model.DayTurned(now, day), *still_open))
