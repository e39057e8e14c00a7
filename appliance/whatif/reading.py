"""Reads from a recorded day what people and clerks did: see `script`."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from datetime import datetime, time, timedelta
from statistics import fmean
from typing import TYPE_CHECKING

from appliance.line import commands, events
from appliance.line.answers import Refused
from appliance.line.calling import AT_A_COUNTER
from appliance.line.model import CounterState, TicketState
from appliance.line.rules import DROPPED
from appliance.whatif.days import HoleError
from appliance.whatif.idle import NO_TIME, Doing, Idle, somebody_for
from appliance.whatif.script import LAST, Deed, Outside, Press, Script, Visit

if TYPE_CHECKING:
    from appliance.line.line import Line
    from appliance.whatif.days import Day

TICK = timedelta(microseconds=1)


def read(day: Day, line: Line) -> Script:
    """Read a day.

    Args:
        day: Its record.
        line: The line without its tickets, as it was configured on that day.

    Raises:
        HoleError: The record is not whole.
    """
    reader = _Reader(line)
    for place, event in day.lived:
        reader.hear(place, event)
    return reader.script(day)


class _Reader:
    """Follows the line through the day, and notes who did what."""

    def __init__(self, line: Line) -> None:
        self.line = line
        self.configured = {counter.id: counter.services for counter in line.counters.values()}
        self.outside: list[Outside] = []
        self.visits: defaultdict[str, list[Visit]] = defaultdict(list)
        self.presses: defaultdict[str, list[Press]] = defaultdict(list)
        self.idle: defaultdict[str, Idle] = defaultdict(Idle)
        self.gone_home: dict[str, int] = {}

    def hear(self, place: int, event: events.Event) -> None:
        """Note what an event tells, and let it happen."""
        try:
            self._note(place, event)
            self.line = self.line.apply(event)
        except KeyError as error:
            raise HoleError(str(error.args[0])) from error
        for counter in self.line.counters:
            self.idle[counter].look(self.line, counter, event.at)

    def _note(self, place: int, event: events.Event) -> None:
        match event:
            case events.DayTurned():
                pass
            case events.TicketCalled():
                self._called(place, event)
            case (
                events.TicketStarted(_, ticket)
                | events.TicketFinished(_, ticket)
                | events.TicketSetAside(_, ticket)
                | events.TicketParked(_, ticket)
                | events.TicketTransferred(_, ticket, _)
                | events.TicketReturned(_, ticket)
            ):
                self._deed(ticket, place, event)
            case events.StepUndone() if event.tickets:
                counter = self.line.counters.get(event.counter.id)
                ticket_there = None if counter is None else counter.ticket
                self._deed(ticket_there or event.tickets[-1].number, place, event)
            case events.CounterStoodBy():
                self._press(event.counter, Doing.STAND_BY, place, event.at)
            case events.TicketIssued():
                issue = commands.Issue(event.service)
                refused = event.booking is None and isinstance(
                    self.line.decide(issue, event.at).answer, Refused
                )
                self.outside.append(Outside(place, event, by_staff=refused))
            case _:
                self._comes_and_goes(event)
                self.outside.append(Outside(place, event))

    def _called(self, place: int, event: events.TicketCalled) -> None:
        ticket = self.line.tickets[event.ticket]
        if ticket.state in AT_A_COUNTER:
            self._deed(event.ticket, place, event)
            return
        counter = self.line.counters.get(event.counter)
        if event.by_name:
            parked = ticket.state is TicketState.PARKED
            doing = Doing.PICK if parked else Doing.BY_NAME
            self._press(event.counter, doing, place, event.at, event.ticket)
        elif counter is None or not counter.stands_by:
            self._press(event.counter, Doing.NEXT, place, event.at)
        self.idle[event.counter].did_one()
        self.visits[event.ticket].append(Visit(ticket.service, event.at))

    def _press(
        self, counter_id: str, doing: Doing, place: int, now: datetime, ticket: str = ""
    ) -> None:
        idle, counter = self.idle[counter_id], self.line.counters.get(counter_id)
        stands_by = counter is not None and counter.stands_by
        press = Press(doing, idle.had(doing, now), place, ticket, stands_by)
        self.presses[counter_id].append(press)
        idle.did_one()

    def _deed(self, ticket: str, place: int, event: events.Event) -> None:
        if ticket not in self.visits:
            raise HoleError(ticket)
        visit = self.visits[ticket][-1]
        visit.deeds.append(Deed(event.at - visit.began, place, event))

    def _comes_and_goes(self, event: events.Event) -> None:
        """Note which counters closed for the day while nobody waited for them."""
        match event:
            case events.CounterClosed(_, counter_id) | events.CounterPaused(_, counter_id):
                counter = self.line.counters.get(counter_id)
                self.gone_home.pop(counter_id, None)
                if counter is not None and not somebody_for(self.line, counter):
                    self.gone_home[counter_id] = len(self.outside)
            case events.CounterOpened(_, counter_id):
                self.gone_home.pop(counter_id, None)
            case events.StepUndone() if event.counter.state is CounterState.OPEN:
                self.gone_home.pop(event.counter.id, None)
            case _:
                pass

    def script(self, day: Day) -> Script:
        """Give what was noted, and what can be concluded from it."""
        for place in self.gone_home.values():
            self.outside[place] = replace(self.outside[place], for_the_day=True)
        lengths = self._lengths()
        pauses = self._pauses()
        for counter, idle in self.idle.items():
            waited = idle.had(Doing.NEXT, day.until)
            if waited or idle.can(Doing.NEXT):
                # It did not call although it could: who knows how much longer it would not have.
                after = max(waited + TICK, pauses[counter])
                self.presses[counter].append(Press(Doing.NEXT, after))
        self._end_conversations(day.until, lengths)
        return Script(
            day.turned,
            self._ends(day),
            self.outside,
            self.visits,
            self.presses,
            lengths,
            pauses,
            self.line,
            self.configured,
        )

    def _lengths(self) -> dict[str, timedelta]:
        """Give each service's mean conversation; where there was none, what is configured."""
        seen: defaultdict[str, list[float]] = defaultdict(list)
        for visit in (visit for visits in self.visits.values() for visit in visits):
            if visit.deeds and isinstance(visit.deeds[-1].event, events.TicketFinished):
                seen[visit.service].append(visit.deeds[-1].after.total_seconds())
        expected = {code: service.minutes for code, service in self.line.services.items()}
        return expected | {code: timedelta(seconds=fmean(all_s)) for code, all_s in seen.items()}

    def _pauses(self) -> dict[str, timedelta]:
        """Give how long a clerk usually takes to call the next; anywhere, if not known here."""
        taken = {
            counter: [press.after for press in presses if press.doing is Doing.NEXT]
            for counter, presses in self.presses.items()
        }
        anywhere = [pause for pauses in taken.values() for pause in pauses]
        return {counter: _middle(taken.get(counter) or anywhere) for counter in self.line.counters}

    def _end_conversations(self, until: datetime, lengths: dict[str, timedelta]) -> None:
        """Let conversations that the record does not end go on a little longer than it."""
        for ticket in self.line.tickets.values():
            if ticket.state in AT_A_COUNTER:
                visit = self.visits[ticket.number][-1]
                usual = lengths.get(visit.service, DROPPED.minutes)
                over = max(until - visit.began + TICK, usual)
                end = events.TicketFinished(visit.began + over, ticket.number)
                visit.deeds.append(Deed(over, LAST, end))

    def _ends(self, day: Day) -> datetime:
        """Give how far to play: to the day's end if it was over, else as far as the record goes."""
        still_there = self.line.waiting or any(c.ticket for c in self.line.counters.values())
        calls = any(c.state is CounterState.OPEN for c in self.line.counters.values())
        if still_there and calls:
            return day.until
        midnight = datetime.combine(day.day + timedelta(days=1), time(), self.line.zone)
        return max(midnight, day.until)


def _middle(pauses: list[timedelta]) -> timedelta:
    """Give the median: a lunch that was not told to the desk shall not count."""
    return sorted(pauses)[(len(pauses) - 1) // 2] if pauses else NO_TIME
