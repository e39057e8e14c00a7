"""What an event of the whole lobby does to the line: a new day, a start, a clock that was wrong."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, assert_never

from appliance.line import events
from appliance.line.model import Boot, Mode, TicketState

if TYPE_CHECKING:
    from datetime import datetime, timedelta

    from appliance.line.line import Line
    from appliance.line.model import Ticket


def applied(line: Line, event: events.DayEvent) -> Line:
    """Give the line as it is after `event`."""
    match event:
        case events.ModeSet(_, mode):
            return replace(line, mode=mode)
        case events.HoursSet(_, hours):
            return replace(line, hours_set=hours)
        case events.NoticeSet(_, notice):
            return replace(line, notice=notice)
        case events.DayTurned():
            return _turned(line, event)
        case events.BootBegan():
            return _booted(line, event)
        case events.ClockSet():
            return _clock_set(line, event)
        case events.NumbersGoOn(_, last):
            letters = {*line.last, *last}
            highest = {each: max(line.last.get(each, 0), last.get(each, 0)) for each in letters}
            return replace(line, last=highest)
    assert_never(event)


def _turned(line: Line, event: events.DayTurned) -> Line:
    return replace(
        line,
        day=event.day,
        turned=event.at,
        mode=Mode.OPEN,
        hours_set=None,
        notice="",
        boot_from=1,
        tickets={},
        waiting={},
        by_booking={},
        attended=frozenset(),
        issued=0,
        last={},
        steps={},
    )


def _booted(line: Line, event: events.BootBegan) -> Line:
    booted = replace(
        line,
        boot=Boot(event.boot, event.at, event.uptime),
        # Who was taken while nobody knew the time still waits for it to be told.
        boot_from=line.next_sequence if line.clock_sure else line.boot_from,
        clock_sure=event.clock_sure,
    )
    if event.clock_sure:
        return booted
    # What staff set was for a day that may be over.
    return replace(booted, mode=Mode.OPEN, hours_set=None, notice="")


def _clock_set(line: Line, event: events.ClockSet) -> Line:
    """Move the times of this boot; who is of another day is no longer there."""
    same_day = event.day == line.day
    of_boot = [ticket for ticket in line.tickets.values() if ticket.sequence >= line.boot_from]
    kept = [] if not same_day else list(line.tickets_before_boot())
    kept += [_moved(ticket, event.shift) for ticket in of_boot]
    tickets = {ticket.number: ticket for ticket in kept}
    return replace(
        line,
        day=event.day,
        boot=line.boot and replace(line.boot, at=line.boot.at + event.shift),
        clock_sure=True,
        hours_set=line.hours_set if same_day else None,
        tickets=tickets,
        waiting={n: t for n, t in tickets.items() if t.state is TicketState.WAITING},
        by_booking={b: number for b, number in line.by_booking.items() if number in tickets},
        steps={},
    )


def _moved(ticket: Ticket, shift: timedelta) -> Ticket:
    """Give a ticket as it would be had the clock been right."""

    def moved(moment: datetime | None) -> datetime | None:
        return None if moment is None else moment + shift

    return replace(
        ticket,
        taken=ticket.taken + shift,
        called=moved(ticket.called),
        first_called=moved(ticket.first_called),
        started=moved(ticket.started),
        set_aside=moved(ticket.set_aside),
        clock_sure=True,
    )
