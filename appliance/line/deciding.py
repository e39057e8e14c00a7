"""What a command does: accepted with its events, or refused with a reason.

Nothing is changed here. What is accepted is journaled first and applied then, so an event is always
one that a counter, a scan or a button really asked for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, assert_never

from appliance.line import arriving, calling, commands, counters, days
from appliance.line.answers import Decision, Refused

if TYPE_CHECKING:
    from datetime import datetime

    from appliance.line.line import Line


def decide(line: Line, command: commands.Command, now: datetime) -> Decision:
    """Say what `command` does to `line` at `now`, without doing it."""
    decision = _decide(line, command, now)
    if isinstance(decision.answer, Refused):
        return decision
    return counters.with_standing_by(line, decision, now)


def _decide(line: Line, command: commands.Command, now: datetime) -> Decision:
    match command:
        case commands.CheckIn():
            return arriving.check_in(line, command, now)
        case commands.Issue():
            return arriving.issue(line, command, now)
        case commands.Reprint():
            return arriving.reprint(line, command, now)
        case commands.Attend():
            return arriving.attend(line, command.booking, now)
        case commands.MakeUrgent():
            return arriving.make_urgent(line, command, now)
        case commands.Cancel():
            return arriving.cancel(line, command.ticket, now)
        case commands.Next():
            return calling.call_next(line, command.counter, now)
        case commands.Call():
            return calling.call(line, command, now)
        case commands.Pick():
            return calling.pick(line, command, now)
        case commands.Recall():
            return calling.recall(line, command.counter, now)
        case commands.Start():
            return calling.start(line, command.ticket, now)
        case commands.Finish():
            return calling.finish(line, command.ticket, now)
        case commands.NoShow():
            return calling.no_show(line, command, now)
        case commands.Back():
            return calling.back(line, command.ticket, now)
        case commands.Transfer():
            return calling.transfer(line, command, now)
        case commands.Park():
            return calling.park(line, command.ticket, now)
        case commands.Undo():
            return counters.undo(line, command.counter, now)
        case commands.OpenCounter():
            return counters.open_counter(line, command, now)
        case commands.StandBy():
            return counters.stand_by(line, command.counter, now)
        case commands.Pause():
            return counters.pause(line, command.counter, now)
        case commands.CloseCounter():
            return counters.close(line, command.counter, now)
        case _:
            return _decide_day(line, command, now)


def _decide_day(line: Line, command: commands.OfTheDay, now: datetime) -> Decision:
    match command:
        case commands.SetMode():
            return days.set_mode(command.mode, now)
        case commands.SetHours():
            return days.set_hours(command.hours, now)
        case commands.SetNotice():
            return days.set_notice(command.notice, now)
        case commands.TurnDay():
            return days.turn(line, command.day, now)
        case commands.BeginBoot():
            return days.begin_boot(command, now)
        case commands.SetClock():
            return days.set_clock(line, command.shift, now)
        case commands.GoOnFrom():
            return days.go_on_from(command.last, now)
    assert_never(command)
