"""Who comes, what number they get, and what the reception may do with it."""

from __future__ import annotations

from typing import TYPE_CHECKING, assert_never

from appliance.line import events
from appliance.line.answers import Decision, Done, Given, Reason, refuse
from appliance.line.model import CounterState, Mode, TicketState, WalkIn

if TYPE_CHECKING:
    from datetime import date, datetime

    from appliance.line import commands
    from appliance.line.line import Line
    from appliance.line.model import Booking, Counter, Wish

LAST_NUMBER = 9999
"""A letter and three digits; a day that needs more gets four."""

LEAVABLE = frozenset({TicketState.WAITING, TicketState.PARKED, TicketState.SET_ASIDE})
OPEN_STATES = frozenset(
    {TicketState.WAITING, TicketState.CALLED, TicketState.SERVING, TicketState.PARKED}
)


def check_in(line: Line, command: commands.CheckIn, now: datetime) -> Decision:
    """Give a person with an appointment a number; the same code gives the same number."""
    booking = command.booking
    number = line.by_booking.get(booking.id)
    if number is not None:
        return Decision(Given(number, again=True), (events.CodeShownAgain(now, number),))
    if booking.service not in line.services:
        return refuse(Reason.UNKNOWN_SERVICE, service=booking.service)
    if booking.place is not None:
        return refuse(Reason.NO_PLACE_IN_LINE, place=booking.place)
    day = booking.slot.astimezone(line.zone).date()
    if day != line.day:
        return refuse(Reason.OTHER_DAY, day=day.isoformat())
    if line.mode is Mode.CLOSED:
        return refuse(Reason.LOBBY_CLOSED)
    return _give(line, booking.service, booking, command.wishes, now)


def issue(line: Line, command: commands.Issue, now: datetime) -> Decision:
    """Give a person without an appointment a number, where the service and the day allow it."""
    service = line.services.get(command.service)
    if service is None:
        return refuse(Reason.UNKNOWN_SERVICE, service=command.service)
    refusal = None if command.by_staff else _walk_ins_refused(line, service.walk_in, service.code)
    return refusal or _give(line, service.code, None, command.wishes, now)


def make_urgent(line: Line, command: commands.MakeUrgent, now: datetime) -> Decision:
    """Put a waiting person before all others."""
    ticket = line.tickets.get(command.ticket)
    if ticket is None:
        return refuse(Reason.UNKNOWN_TICKET, ticket=command.ticket)
    if ticket.state is not TicketState.WAITING:
        return refuse(Reason.NOT_WAITING, ticket=ticket.number)
    urgent = events.TicketMadeUrgent(now, ticket.number, command.urgent)
    return Decision(Done(ticket.number), (urgent,))


def cancel(line: Line, number: str, now: datetime) -> Decision:
    """Take a person who has left out of the line."""
    ticket = line.tickets.get(number)
    if ticket is None:
        return refuse(Reason.UNKNOWN_TICKET, ticket=number)
    if ticket.state not in LEAVABLE:
        return refuse(Reason.NOT_WAITING, ticket=number)
    return Decision(Done(number), (events.TicketCancelled(now, number),))


def set_mode(mode: Mode, now: datetime) -> Decision:
    """Take in others than before; who waits already is served."""
    return Decision(Done(), (events.ModeSet(now, mode),))


def turn_day(line: Line, day: date, now: datetime) -> Decision:
    """Close what is left over, and begin the numbers anew; counters stay as they are."""
    if line.day is not None and day <= line.day:
        return refuse(Reason.OTHER_DAY, day=day.isoformat())
    closed = tuple(
        events.TicketClosed(now, ticket.number)
        for ticket in line.tickets.values()
        if ticket.state in OPEN_STATES
    )
    # The counters are told again, so that each day in the journal stands alone.
    told = [event for counter in line.counters.values() for event in _as_it_is(counter, now)]
    return Decision(Done(), (*closed, events.DayTurned(now, day), *told))


def _as_it_is(counter: Counter, now: datetime) -> list[events.Event]:
    """Give the events that bring a counter from closed to where it is."""
    if counter.state is CounterState.CLOSED:
        return []
    told: list[events.Event] = [events.CounterOpened(now, counter.id, counter.services)]
    if counter.state is CounterState.PAUSED:
        told.append(events.CounterPaused(now, counter.id))
    if counter.stands_by:
        told.append(events.CounterStoodBy(now, counter.id))
    return told


def _walk_ins_refused(line: Line, walk_in: WalkIn, code: str) -> Decision | None:
    match line.mode:
        case Mode.CLOSED:
            return refuse(Reason.LOBBY_CLOSED)
        case Mode.APPOINTMENTS_ONLY:
            return refuse(Reason.APPOINTMENTS_ONLY)
        case Mode.OPEN:
            pass
    match walk_in:
        case WalkIn.TICKET:
            return None
        case WalkIn.REDIRECT:
            return refuse(Reason.WALK_INS_REDIRECTED, service=code)
        case WalkIn.OFF:
            return refuse(Reason.WALK_INS_OFF, service=code)
    assert_never(walk_in)


def _give(
    line: Line, code: str, booking: Booking | None, wishes: frozenset[Wish], now: datetime
) -> Decision:
    letter = line.services[code].letter
    count = line.last.get(letter, 0) + 1
    if count > LAST_NUMBER:
        return refuse(Reason.NUMBERS_EXHAUSTED, letter=letter)
    number = f"{letter}{count:03d}"
    sequence = len(line.tickets) + 1
    issued = events.TicketIssued(now, number, sequence, code, booking, wishes)
    return Decision(Given(number), (issued,))
