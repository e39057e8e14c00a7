"""The lobby's day: its turn, its hours, whom it takes in; and a clock that was wrong.

A Pi has no clock that survives a power cut. Booted without a network it may believe that it is
yesterday evening, for an hour or for a day. Until the time is known nothing is done for the time's
sake alone: nobody's number is closed, numbers do not restart, appointments are taken in the order
of their slots. When it is known, the times of this boot are moved, all by the same amount, and
whoever waits goes on waiting, in the same order.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from appliance.line import events
from appliance.line.answers import Decision, Done, Reason, refuse
from appliance.line.model import CounterState, TicketState
from appliance.line.opening import in_order

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date, datetime

    from appliance.line import commands
    from appliance.line.line import Line
    from appliance.line.model import Counter, Mode, Ticket
    from appliance.line.opening import Spans

QUIET = timedelta(hours=4)
"""Where the time is not known, a day may end only after so long without anybody."""

OPEN_STATES = frozenset(
    {TicketState.WAITING, TicketState.CALLED, TicketState.SERVING, TicketState.PARKED}
)


def due(line: Line, now: datetime) -> date | None:
    """Give the day to turn to; None: it is still the same."""
    today = now.astimezone(line.zone).date()
    if line.day is None:
        return today
    if today <= line.day or not (line.clock_sure or _quiet(line, now)):
        return None
    return today


def turn(line: Line, day: date, now: datetime) -> Decision:
    """Close what is left over, and begin the numbers anew; counters stay as they are."""
    if line.day is not None and day <= line.day:
        return refuse(Reason.OTHER_DAY, day=day)
    closed = _closing(line.tickets.values(), now)
    # Boot and counters are told again, so that each day in the journal stands alone.
    told = [event for counter in line.counters.values() for event in _as_it_is(counter, now)]
    return Decision(Done(), (*closed, events.DayTurned(now, day), *_boot(line, now), *told))


def begin_boot(command: commands.BeginBoot, now: datetime) -> Decision:
    """Note that the machine was started."""
    began = events.BootBegan(now, command.clock_sure, command.boot, command.uptime)
    return Decision(Done(), (began,))


def set_clock(line: Line, shift: timedelta, now: datetime) -> Decision:
    """Move the times of this boot; who was left over from another day is closed.

    Args:
        line: As it is.
        shift: By how much.
        now: The time as it is now.
    """
    day = now.astimezone(line.zone).date()
    closed: tuple[events.Event, ...] = ()
    if line.day is not None and day > line.day:
        closed = _closing(line.tickets_before_boot(), now)
    return Decision(Done(), (*closed, events.ClockSet(now, shift, day)))


def go_on_from(last: Mapping[str, int], now: datetime) -> Decision:
    """Give nobody a number that may have been given out already."""
    return Decision(Done(), (events.NumbersGoOn(now, last),))


def set_mode(mode: Mode, now: datetime) -> Decision:
    """Take in others than before; who waits already is served."""
    return Decision(Done(), (events.ModeSet(now, mode),))


def set_hours(hours: Spans, now: datetime) -> Decision:
    """Have other hours than usual, for today."""
    if not in_order(hours):
        return refuse(Reason.HOURS_UNCLEAR)
    return Decision(Done(), (events.HoursSet(now, hours),))


def set_notice(notice: str, now: datetime) -> Decision:
    """Have the board tell something, for today."""
    return Decision(Done(), (events.NoticeSet(now, notice),))


def _quiet(line: Line, now: datetime) -> bool:
    """Tell whether nobody has come or been called for long, by the time since this boot."""
    if line.boot is None or now - line.boot.at < QUIET:
        return False
    latest = (max(t.taken, t.called or t.taken) for t in line.tickets.values())
    return all(now - moment >= QUIET for moment in latest)


def _closing(tickets: Iterable[Ticket], now: datetime) -> tuple[events.Event, ...]:
    return tuple(
        events.TicketClosed(now, ticket.number) for ticket in tickets if ticket.state in OPEN_STATES
    )


def _boot(line: Line, now: datetime) -> tuple[events.Event, ...]:
    boot = line.boot
    if boot is None:
        return ()
    uptime = boot.uptime + (now - boot.at)
    return (events.BootBegan(now, line.clock_sure, boot.id, uptime),)


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
