"""A lobby that runs by itself, through the same commands as the real one.

People arrive, clerks call, and nobody but the core decides who is next: each command is given to
`Line.decide`, and what comes back is applied. Clerks call as soon as they are free, and a person
who comes while counters are free is called at once, to the counter with the fewest services.
"""

from __future__ import annotations

import heapq
from datetime import time, timedelta
from functools import partial
from itertools import count, cycle
from typing import TYPE_CHECKING

from appliance.line import commands
from appliance.line.answers import Called, Given
from appliance.line.model import CounterState, TicketState
from bench.made_day import CLOSES, OPENS, moment

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from appliance.line.answers import Answer
    from appliance.line.events import Event
    from appliance.line.line import Line
    from bench.made_day import Day, Person


def play(
    line: Line,
    day: Day,
    *,
    heard: Callable[[Event, Line], None] = lambda _event, _before: None,
    asked: Callable[[Line, str, datetime], None] = lambda _line, _service, _now: None,
    given: Callable[[str, datetime], None] = lambda _number, _now: None,
) -> Line:
    """Play one day to its end: everyone who came is served.

    Args:
        line: As it was left the evening before.
        day: What happens.
        heard: Is told each event, with the line before it.
        asked: Is told of each walk-in just before the number is taken.
        given: Is told of each walk-in's number.

    Returns:
        The line in the evening; its tickets tell when each was called.
    """
    return _Clerks(line, day, heard, asked, given).run()


class _Clerks:
    """Who works and who waits, while a day is played."""

    def __init__(
        self,
        line: Line,
        day: Day,
        heard: Callable[[Event, Line], None],
        asked: Callable[[Line, str, datetime], None],
        given: Callable[[str, datetime], None],
    ) -> None:
        self.line, self.day = line, day
        self.heard, self.asked, self.given = heard, asked, given
        self.agenda: list[tuple[datetime, int, Callable[[datetime], None]]] = []
        self.order = count()
        self.who: dict[str, Person] = {}
        self.gaps = cycle(day.gap_s)

    def run(self) -> Line:
        self.do(commands.TurnDay(self.day.date), moment(self.day.date, time(0)))
        for counter in self.line.counters:
            self.at(moment(self.day.date, OPENS), partial(self.open, counter))
            for away, back in self.day.breaks.get(counter, ()):
                self.at(away, partial(self.close, counter))
                self.at(back, partial(self.open, counter))
        for person in self.day.people:
            if person.comes is not None:
                self.at(person.comes, partial(self.arrive, person))
        now = moment(self.day.date, CLOSES)
        while self.agenda:
            now, _, action = heapq.heappop(self.agenda)
            action(now)
        for counter in self.line.counters:
            self.close(counter, max(now, moment(self.day.date, CLOSES)))
        return self.line

    def at(self, when: datetime, action: Callable[[datetime], None]) -> None:
        heapq.heappush(self.agenda, (when, next(self.order), action))

    def do(self, command: commands.Command, now: datetime) -> Answer:
        decision = self.line.decide(command, now)
        for event in decision.events:
            self.heard(event, self.line)
            self.line = self.line.apply(event)
        return decision.answer

    def open(self, counter: str, now: datetime) -> None:
        self.do(commands.OpenCounter(counter), now)
        self.call(counter, now)

    def close(self, counter: str, now: datetime) -> None:
        self.do(commands.CloseCounter(counter), now)

    def arrive(self, person: Person, now: datetime) -> None:
        if person.booking is not None:
            answer = self.do(commands.CheckIn(person.booking), now)
        else:
            self.asked(self.line, person.service, now)
            answer = self.do(commands.Issue(person.service), now)
        if not isinstance(answer, Given):
            raise TypeError(answer)
        self.who[answer.ticket] = person
        if person.booking is None:
            self.given(answer.ticket, now)
        able = [
            c
            for c in self.line.counters.values()
            if c.state is CounterState.OPEN and c.ticket is None and person.service in c.services
        ]
        if able:
            self.call(min(able, key=lambda c: len(c.services)).id, now)

    def call(self, counter: str, now: datetime) -> None:
        at = self.line.counters[counter]
        if at.state is not CounterState.OPEN or at.ticket is not None:
            return
        answer = self.do(commands.Next(counter), now)
        if isinstance(answer, Called):
            person = self.who[answer.ticket]
            if self.day.starts and not person.gone:
                self.do(commands.Start(answer.ticket), now)
            self.at(now + person.stays, partial(self.leave, counter, answer.ticket))

    def leave(self, counter: str, number: str, now: datetime) -> None:
        if self.line.tickets[number].state not in {TicketState.CALLED, TicketState.SERVING}:
            return
        gone = self.who[number].gone
        self.do(commands.NoShow(number, force=True) if gone else commands.Finish(number), now)
        gap = timedelta(seconds=next(self.gaps))
        if gap:
            self.at(now + gap, partial(self.call, counter))
        else:
            self.call(counter, now)
