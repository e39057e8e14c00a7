"""Who comes, what number they get, and what the reception may do with it."""

from __future__ import annotations

from typing import TYPE_CHECKING, assert_never

from appliance.line import events
from appliance.line.answers import Decision, Done, Given, Reason, refuse
from appliance.line.model import Mode, TicketState, WalkIn
from appliance.line.opening import closes_at, next_opening

if TYPE_CHECKING:
    from datetime import datetime

    from appliance.line import commands
    from appliance.line.line import Line
    from appliance.line.model import Booking, Service

LAST_NUMBER = 9999
"""A letter and three digits; a day that needs more gets four."""

LEAVABLE = frozenset({TicketState.WAITING, TicketState.PARKED, TicketState.SET_ASIDE})


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
    if day != line.day and line.clock_sure:
        return refuse(Reason.OTHER_DAY, day=day)
    if line.mode is Mode.CLOSED:
        return refuse(Reason.LOBBY_CLOSED)
    return _give(line, booking.service, booking, command, now)


def issue(line: Line, command: commands.Issue, now: datetime) -> Decision:
    """Give a person without an appointment a number, where the service and the day allow it."""
    service = line.services.get(command.service)
    if service is None:
        return refuse(Reason.UNKNOWN_SERVICE, service=command.service)
    refusal = None
    if not command.by_staff:
        refusal = _not_today(line, service) or _not_now(line, command, now)
    return refusal or _give(line, service.code, None, command, now)


def reprint(line: Line, command: commands.Reprint, now: datetime) -> Decision:
    """Print the slip of a ticket once more."""
    number = command.ticket
    if number not in line.tickets:
        return refuse(Reason.UNKNOWN_TICKET, ticket=number)
    return Decision(Done(number), (events.SlipAskedAgain(now, number, command.large_print),))


def attend(line: Line, booking: Booking, now: datetime) -> Decision:
    """Note that a person came to an appointment elsewhere in the building; once."""
    if booking.id in line.attended:
        return Decision(Done())
    return Decision(Done(), (events.Attended(now, booking),))


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


def _not_today(line: Line, service: Service) -> Decision | None:
    """Say why people without an appointment get no number for a service today."""
    match line.mode:
        case Mode.CLOSED:
            return refuse(Reason.LOBBY_CLOSED)
        case Mode.APPOINTMENTS_ONLY:
            return refuse(Reason.APPOINTMENTS_ONLY)
        case Mode.OPEN:
            pass
    match service.walk_in:
        case WalkIn.TICKET:
            return None
        case WalkIn.REDIRECT:
            return refuse(Reason.WALK_INS_REDIRECTED, service=service.code)
        case WalkIn.OFF:
            return refuse(Reason.WALK_INS_OFF, service=service.code)
    assert_never(service.walk_in)


def _not_now(line: Line, command: commands.Issue, now: datetime) -> Decision | None:
    """Say why there is no number at this hour: closed, or too many wait until closing."""
    hours = line.rules.hours
    today = line.hours_today
    if hours is None or today is None or not line.clock_sure:
        return None
    closes = closes_at(today, now, line.zone)
    if closes is None:
        opens = next_opening(hours, today, now, line.zone)
        if opens is None:
            return refuse(Reason.CLOSED_FOR_LONG)
        return refuse(Reason.OUTSIDE_HOURS, day=opens.date(), time=opens.time())
    expected = command.expected
    if hours.last_ticket and expected is not None and now + expected > closes:
        return refuse(Reason.NO_MORE_TODAY, time=closes.time())
    return None


def _give(
    line: Line,
    code: str,
    booking: Booking | None,
    command: commands.CheckIn | commands.Issue,
    now: datetime,
) -> Decision:
    letter = line.services[code].letter
    count = line.last.get(letter, 0) + 1
    if count > LAST_NUMBER:
        return refuse(Reason.NUMBERS_EXHAUSTED, letter=letter)
    number = f"{letter}{count:03d}"
    sequence = line.next_sequence
    issued = events.TicketIssued(
        now,
        number,
        sequence,
        code,
        booking,
        command.wishes,
        line.clock_sure,
        command.follow,
        command.language,
        command.large_print,
    )
    return Decision(Given(number), (issued,))
