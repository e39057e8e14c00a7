"""Plays a day again: people and clerks do what they did, the line decides who is called."""

from __future__ import annotations

import heapq
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from itertools import count
from typing import TYPE_CHECKING

from appliance.line import commands, events
from appliance.line.answers import Given, Refused
from appliance.line.calling import AT_A_COUNTER
from appliance.line.model import Counter, CounterState, TicketState
from appliance.line.rules import DROPPED
from appliance.whatif.clerk import Clerk
from appliance.whatif.idle import NO_TIME, Doing, somebody_for
from appliance.whatif.played import Called, Played
from appliance.whatif.script import LAST, Deed, Press, Visit

if TYPE_CHECKING:
    from collections.abc import Callable

    from appliance.line.answers import Answer
    from appliance.line.line import Line
    from appliance.whatif.script import Outside, Script

GONE_FOR_GOOD = frozenset({TicketState.SERVED, TicketState.CANCELLED, TicketState.CLOSED})


@dataclass(frozen=True, slots=True, eq=False)
class _Stay:
    """A visit, as it is played.

    Args:
        nth: Which of the ticket's visits, from 0.
        counter: Where.
        over: When the last that is known of it has been done.
    """

    nth: int
    counter: str
    over: datetime


class Player:
    """Plays a script; once.

    Args:
        script: What people and clerks do.
        line: The line without its tickets, under the rules to play by.
    """

    def __init__(self, script: Script, line: Line) -> None:
        self.script = script
        self.configured = {counter.id: counter.services for counter in line.counters.values()}
        # A counter that worked on that day, and that no configuration knows, is there all the same.
        unknown = script.evening.counters.keys() - script.configured.keys() - line.counters.keys()
        counters = dict(line.counters) | {each: Counter(each, frozenset()) for each in unknown}
        self.line = replace(line, counters=counters).apply(script.turned)
        self.clerks = {
            counter: Clerk(
                counter,
                list(script.presses.get(counter, ())),
                Press(Doing.NEXT, script.pauses.get(counter, NO_TIME)),
            )
            for counter in counters
        }
        self.agenda: list[tuple[datetime, int, int, Callable[[datetime], None]]] = []
        self.order = count()
        self.played = Played(self.line)
        self.who: dict[str, str] = {}
        self.stays: dict[str, _Stay] = {}
        self.at_counter: dict[str, _Stay | None] = {}

    def play(self) -> Played:
        """Play the whole day."""
        for outside in self.script.outside:
            self._plan(outside.event.at, outside.place, partial(self._comes, outside))
        while self.agenda and self.agenda[0][0] <= self.script.ends:
            now, _, _, happens = heapq.heappop(self.agenda)
            happens(now)
        return replace(self.played, line=self.line)

    def _plan(self, when: datetime, place: int, happens: Callable[[datetime], None]) -> None:
        heapq.heappush(self.agenda, (when, place, next(self.order), happens))

    def _do(self, command: commands.Command, now: datetime, person: str = "") -> Answer:
        """Have the line decide, and let it happen.

        Args:
            command: What is asked.
            now: Played time.
            person: Who comes with it.
        """
        decision = self.line.decide(command, now)
        if isinstance(decision.answer, Given):
            self.played.numbers[person] = decision.answer.ticket
            self.who[decision.answer.ticket] = person
        for event in decision.events:
            self._happen(event)
        self._look(now)
        return decision.answer

    def _happen(self, event: events.Event) -> None:
        before, self.line = self.line, self.line.apply(event)
        match event:
            case events.TicketCalled(now, number, counter):
                self.played.calls.append(Called(now, self.who[number], counter))
                if before.tickets[number].state not in AT_A_COUNTER:
                    self.clerks[counter].begin_anew()
                    self._begin(number, counter, now)
            case events.TicketCancelled(now, number):
                self.played.left[self.who[number]] = now
            case events.StepUndone(now, counter_before) if counter_before.ticket is not None:
                person = self.who[counter_before.ticket]
                stay = self.at_counter[counter_before.id] = self.stays[person]
                self._plan(max(now, stay.over), LAST, partial(self._over, person, stay))
            case _:
                pass

    def _look(self, now: datetime) -> None:
        """Let every clerk see how the line stands."""
        for clerk in self.clerks.values():
            if clerk.look(self.line, now) and clerk.intends is not None:
                when, press = clerk.intends
                self._plan(when, press.place, partial(self._press, clerk, clerk.intent))
            if clerk.leaving and not somebody_for(self.line, self.line.counters[clerk.counter]):
                clerk.leaving = False
                self._plan(now, LAST, partial(self._goes_home, clerk.counter))

    def _goes_home(self, counter: str, now: datetime) -> None:
        self._do(commands.CloseCounter(counter), now)

    # What comes from outside.

    def _comes(self, outside: Outside, now: datetime) -> None:
        match outside.event:
            case events.TicketIssued(ticket=person, booking=booking) as issued:
                command: commands.Command
                if booking is not None:
                    command = commands.CheckIn(booking, issued.wishes)
                else:
                    by_staff = outside.by_staff
                    command = commands.Issue(issued.service, issued.wishes, by_staff=by_staff)
                if isinstance(self._do(command, now, person), Refused):
                    self.played.turned_away.add(person)
            case events.TicketCancelled(_, person):
                self._do(commands.Cancel(self._number(person)), now)
            case events.TicketMadeUrgent(_, person, urgent):
                self._do(commands.MakeUrgent(self._number(person), urgent), now)
            case events.CodeShownAgain(_, person) as shown:
                if person in self.played.numbers:
                    self.line = self.line.apply(replace(shown, ticket=self._number(person)))
            case events.CounterOpened(_, counter, services):
                self._opens(counter, services, now)
            case events.CounterClosed(_, counter) | events.CounterPaused(_, counter):
                self._leaves(outside, counter, now)
            case events.StepUndone() as undone:
                self._takes_back(undone.counter, now)
            case event:
                self.line = self.line.apply(event)
                self._look(now)

    def _number(self, person: str) -> str:
        return self.played.numbers.get(person, "")

    def _opens(self, counter: str, services: frozenset[str], now: datetime) -> None:
        if services == self.script.configured.get(counter):
            services = self.configured.get(counter, services)
        known = frozenset(services & self.line.services.keys())
        if counter in self.clerks and known:
            self._do(commands.OpenCounter(counter, known), now)

    def _leaves(self, outside: Outside, counter_id: str, now: datetime) -> None:
        counter = self.line.counters.get(counter_id)
        if counter is None:
            return
        if outside.for_the_day and somebody_for(self.line, counter):
            self.clerks[counter_id].leaving = True
        elif isinstance(outside.event, events.CounterPaused):
            self._do(commands.Pause(counter_id), now)
        else:
            self._do(commands.CloseCounter(counter_id), now)

    def _takes_back(self, before: Counter, now: datetime) -> None:
        """Take back an opening, a pause or a closing, and nothing else."""
        step = self.line.steps.get(before.id)
        if step is not None and not step.before:
            self._do(commands.Undo(before.id), now)
        elif before.state is CounterState.OPEN:
            self._opens(before.id, before.services, now)
        elif before.state is CounterState.PAUSED:
            self._do(commands.Pause(before.id), now)
        else:
            self._do(commands.CloseCounter(before.id), now)

    # What clerks do when they are free.

    def _press(self, clerk: Clerk, intent: int, now: datetime) -> None:
        if intent != clerk.intent:
            return
        command = self._command(clerk.press, clerk.counter)
        if command is not None:
            clerk.strike_out()
            clerk.begin_anew()
            self._do(command, now)
            return
        if self._is_gone(clerk.press.ticket):
            clerk.strike_out()
        else:
            clerk.pass_over()
        self._look(now)

    def _command(self, press: Press, counter: str) -> commands.Command | None:
        """Give what a clerk asks for; None: it cannot be done now."""
        ticket = self.line.tickets.get(self._number(press.ticket))
        match press.doing:
            case Doing.NEXT:
                return commands.Next(counter)
            case Doing.STAND_BY:
                return commands.StandBy(counter)
            case Doing.BY_NAME:
                if ticket is not None and ticket.state is TicketState.WAITING:
                    return commands.Call(counter, ticket.number)
            case Doing.PICK:
                if ticket is not None and ticket.state is TicketState.PARKED:
                    return commands.Pick(counter, ticket.number)
        return None

    def _is_gone(self, person: str) -> bool:
        ticket = self.line.tickets.get(self._number(person))
        if ticket is None:
            return person in self.played.turned_away
        return ticket.state in GONE_FOR_GOOD

    # What is done with whom they call.

    def _begin(self, number: str, counter: str, now: datetime) -> None:
        person = self.who[number]
        known = self.script.visits.get(person, ())
        nth = self.stays[person].nth + 1 if person in self.stays else 0
        visit = known[nth] if nth < len(known) else self._made_up(person, number, now)
        stay = _Stay(nth, counter, now + visit.deeds[-1].after)
        self.stays[person] = self.at_counter[counter] = stay
        for deed in visit.deeds:
            self._plan(now + deed.after, deed.place, partial(self._deed, person, stay, deed))
        self._plan(stay.over, LAST, partial(self._over, person, stay))

    def _made_up(self, person: str, number: str, now: datetime) -> Visit:
        self.played.made_up.add(person)
        service = self.line.tickets[number].service
        after = self.script.lengths.get(service, DROPPED.minutes)
        return Visit(service, now, [Deed(after, LAST, events.TicketFinished(now + after, person))])

    def _deed(self, person: str, stay: _Stay, deed: Deed, now: datetime) -> None:
        if self.stays[person] is not stay:
            return
        number, still_here = self._number(person), self.at_counter[stay.counter] is stay
        match deed.event:
            case events.TicketCalled() if still_here:
                self._do(commands.Recall(stay.counter), now)
            case events.StepUndone() if still_here:
                self._do(commands.Undo(stay.counter), now)
            case events.TicketStarted():
                self._do(commands.Start(number), now)
            case events.TicketFinished():
                self._do(commands.Finish(number), now)
            case events.TicketSetAside():
                self._do(commands.NoShow(number, force=True), now)
            case events.TicketParked():
                self._do(commands.Park(number), now)
            case events.TicketTransferred(_, _, service):
                self._do(commands.Transfer(number, service), now)
            case events.TicketReturned():
                self._do(commands.Back(number), now)
            case _:
                pass

    def _over(self, person: str, stay: _Stay, now: datetime) -> None:
        """See to it that nobody stays at a counter for whom the record knows nothing more.

        A step that was taken back on that day may not be to take back now; then it goes on with
        what followed in the record.
        """
        number = self._number(person)
        at_a_counter = self.line.tickets[number].state in AT_A_COUNTER
        if self.stays[person] is stay and at_a_counter:
            if stay.nth + 1 < len(self.script.visits.get(person, ())):
                self._begin(number, stay.counter, now)
            else:
                self._do(commands.Finish(number), now)
