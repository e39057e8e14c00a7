"""The line itself: `decide` says what happens, `apply` makes it so.

A `Line` never changes: `apply` gives a new one. So a decision can be tried and thrown away, a
snapshot costs nothing, and the state after a restart is the fold of the journal's events.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, tzinfo
from typing import TYPE_CHECKING, assert_never

from appliance.line import deciding, events, turning
from appliance.line.model import Boot, Counter, CounterState, Mode, Service, Ticket, TicketState
from appliance.line.opening import Spans
from appliance.line.rules import Rules
from appliance.line.why import explain

if TYPE_CHECKING:
    from appliance.line.answers import Decision
    from appliance.line.commands import Command


@dataclass(frozen=True, slots=True)
class Step:
    """What a counter did last, so that it can be taken back.

    Args:
        at: When.
        counter_before: The counter before it.
        counter_after: The counter after it.
        before: The tickets that it touched, as they were.
        after: The same, as they became: who was touched since cannot be put back.
    """

    at: datetime
    counter_before: Counter
    counter_after: Counter
    before: tuple[Ticket, ...] = ()
    after: tuple[Ticket, ...] = ()


@dataclass(frozen=True, slots=True)
class Line:
    """Everyone waiting in a lobby on one day, and the counters.

    Args:
        services: By code.
        counters: By id.
        zone: Time zone of the site.
        rules: What the site decided.
        day: The day that the tickets belong to; None before the first `TurnDay`.
        turned: When the day began here.
        mode: Whom the lobby takes in today.
        hours_set: Hours that staff set for today, in place of the usual ones.
        notice: What the board tells today.
        boot: The last start of the machine that is known.
        boot_from: Sequence of the first ticket whose time moves with this boot's.
        clock_sure: Whether it is known what time it is.
        tickets: All of the day, by number, in the order of issue.
        waiting: Those of them that wait, by number, so that a call need not look at the others.
        by_booking: Booking id → number.
        attended: Ids of bookings without a place in the line whose person has come.
        issued: Sequence of the ticket that was given out last.
        last: Letter → the highest number given.
        steps: Counter → what it did last.
    """

    services: Mapping[str, Service]
    counters: Mapping[str, Counter]
    zone: tzinfo
    rules: Rules = field(default_factory=Rules)
    day: date | None = None
    turned: datetime | None = None
    mode: Mode = Mode.OPEN
    hours_set: Spans | None = None
    notice: str = ""
    boot: Boot | None = None
    boot_from: int = 1
    clock_sure: bool = True
    tickets: Mapping[str, Ticket] = field(default_factory=dict)
    waiting: Mapping[str, Ticket] = field(default_factory=dict)
    by_booking: Mapping[str, str] = field(default_factory=dict)
    attended: frozenset[str] = frozenset()
    issued: int = 0
    last: Mapping[str, int] = field(default_factory=dict)
    steps: Mapping[str, Step] = field(default_factory=dict)

    @property
    def hours_today(self) -> Spans | None:
        """The hours of the day; None: always open."""
        if self.rules.hours is None or self.day is None:
            return None
        return self.rules.hours.on(self.day) if self.hours_set is None else self.hours_set

    @property
    def next_sequence(self) -> int:
        """The sequence of the next ticket."""
        return self.issued + 1

    def followed(self, token: str) -> Ticket | None:
        """Give the ticket of the day whose slip carries `token`; None: there is none."""
        of_token = (t for t in self.tickets.values() if t.follow == token)
        return next(of_token, None) if token else None

    def tickets_before_boot(self) -> Iterable[Ticket]:
        """Give the tickets of the day that were taken before the machine was started last."""
        return (t for t in self.tickets.values() if t.sequence < self.boot_from)

    def decide(self, command: Command, now: datetime) -> Decision:
        """Say what `command` does at `now`, without doing it."""
        return deciding.decide(self, command, now)

    def apply_all(self, happened: Iterable[events.Event]) -> Line:
        """Give the line as it is after events."""
        line = self
        for event in happened:
            line = line.apply(event)
        return line

    def apply(self, event: events.Event) -> Line:
        """Give the line as it is after `event`; what happened cannot be refused."""
        match event:
            case events.TicketIssued():
                return self._issued(event)
            case events.CodeShownAgain(_, number):
                return self._with_ticket(number, shown=self.tickets[number].shown + 1)
            case events.SlipAskedAgain(_, number, large):
                ticket = self.tickets[number]
                return self._with_ticket(
                    number, copies=ticket.copies + 1, reads_large=ticket.reads_large or large
                )
            case events.Attended(_, booking):
                return replace(self, attended=self.attended | {booking.id})
            case events.TicketMadeUrgent(_, number, urgent):
                return self._with_ticket(number, urgent=urgent)
            case events.TicketReturned(_, number):
                return self._with_ticket(
                    number, state=TicketState.WAITING, turn_calls=0, set_aside=None
                )
            case events.TicketCancelled(_, number):
                return self._with_ticket(number, state=TicketState.CANCELLED)
            case events.TicketClosed(_, number):
                return self._closed(number)
            case events.StepUndone():
                return self._undone(event)
            case (
                events.ModeSet()
                | events.HoursSet()
                | events.NoticeSet()
                | events.DayTurned()
                | events.BootBegan()
                | events.ClockSet()
                | events.NumbersGoOn()
            ):
                return turning.applied(self, event)
            case _:
                return self._at_counter(event)

    def _at_counter(self, event: events.CounterEvent) -> Line:
        """Apply what a counter does, and note how to take it back.

        One new line for all of it: a fifth of what a call cost went into lines in between.
        """
        if isinstance(event, events.CounterStateEvent):
            was, ticket = self._counter(event.counter), None
            became = _with_state(was, event)
        else:
            ticket = _served(self.tickets[event.ticket], event)
            was = became = self._counter(ticket.counter or "")
            if isinstance(event, events.TicketCalled):
                became = replace(was, ticket=ticket.number, stands_by=False)
            elif was.ticket == ticket.number and ticket.state is not TicketState.SERVING:
                became = replace(was, ticket=None)
        # A counter that the configuration no longer has does not come back for what it finishes.
        counters = self.counters if became is was else {**self.counters, became.id: became}
        steps = self._steps(event.at, was, became, ticket)
        if ticket is None:
            return replace(self, counters=counters, steps=steps)
        return self._with_tickets(ticket, counters=counters, steps=steps)

    def _steps(
        self, at: datetime, was: Counter, became: Counter, ticket: Ticket | None
    ) -> Mapping[str, Step]:
        """Give the counters' last steps with what one of them did; one command is one step."""
        if at == self.turned:
            # The counters were only told again with the new day: nobody did anything.
            return self.steps
        step = self.steps.get(became.id)
        if step is None or step.at != at or step.counter_after != was:
            step = Step(at, was, was)
        before, after = step.before, step.after
        if ticket is not None:
            if all(each.number != ticket.number for each in before):
                before = (*before, self.tickets[ticket.number])
            after = (*(each for each in after if each.number != ticket.number), ticket)
        step = Step(at, step.counter_before, became, before, after)
        return {**self.steps, became.id: step}

    def _undone(self, event: events.StepUndone) -> Line:
        counters = {**self.counters, event.counter.id: event.counter}
        steps = {each: step for each, step in self.steps.items() if each != event.counter.id}
        return replace(self._with_tickets(*event.tickets), counters=counters, steps=steps)

    def _issued(self, event: events.TicketIssued) -> Line:
        ticket = Ticket(
            event.ticket,
            event.sequence,
            event.service,
            event.at,
            event.booking,
            wishes=event.wishes,
            clock_sure=event.clock_sure,
            follow=event.follow,
            spoken=event.spoken,
            reads_large=event.reads_large,
        )
        letter, count = event.ticket[0], int(event.ticket[1:])
        by_booking = self.by_booking
        if event.booking is not None:
            by_booking = {**by_booking, event.booking.id: event.ticket}
        return self._with_tickets(
            ticket,
            by_booking=by_booking,
            issued=event.sequence,
            last={**self.last, letter: count},
        )

    def _closed(self, number: str) -> Line:
        """Give the line after the day ended for a ticket, wherever it was."""
        ticket = replace(self.tickets[number], state=TicketState.CLOSED)
        counter = self.counters.get(ticket.counter or "")
        if counter is None or counter.ticket != number:
            return self._with_tickets(ticket)
        counters = {**self.counters, counter.id: replace(counter, ticket=None)}
        return self._with_tickets(ticket, counters=counters)

    def _counter(self, counter_id: str) -> Counter:
        # The journal may know a counter that the configuration no longer has.
        return self.counters.get(counter_id) or Counter(counter_id, frozenset())

    def _with_ticket(self, number: str, **changes: object) -> Line:
        return self._with_tickets(replace(self.tickets[number], **changes))  # type: ignore[arg-type]

    def _with_tickets(self, *changed: Ticket, **more: object) -> Line:
        tickets, waiting = dict(self.tickets), dict(self.waiting)
        for ticket in changed:
            tickets[ticket.number] = ticket
            if ticket.state is TicketState.WAITING:
                waiting[ticket.number] = ticket
            else:
                waiting.pop(ticket.number, None)
        return replace(self, tickets=tickets, waiting=waiting, **more)  # type: ignore[arg-type]


def _served(ticket: Ticket, event: events.CounterTicketEvent) -> Ticket:
    """Give a ticket as it is after what its counter did with it."""
    match event:
        case events.TicketCalled():
            return replace(
                ticket,
                state=TicketState.CALLED,
                counter=event.counter,
                calls=event.number_of_call,
                turn_calls=ticket.turn_calls + 1,
                called=event.at,
                first_called=ticket.first_called or event.at,
                why=explain(event) if event.candidates or event.by_name else ticket.why,
            )
        case events.TicketStarted(at):
            return replace(ticket, state=TicketState.SERVING, started=at)
        case events.TicketFinished():
            return replace(ticket, state=TicketState.SERVED)
        case events.TicketSetAside(at):
            return replace(ticket, state=TicketState.SET_ASIDE, set_aside=at)
        case events.TicketParked():
            return replace(ticket, state=TicketState.PARKED)
        case events.TicketTransferred(_, _, service):
            return replace(
                ticket,
                state=TicketState.WAITING,
                service=service,
                ranked_as=ticket.ranked_as or ticket.service,
                turn_calls=0,
                started=None,
            )
    assert_never(event)


def _with_state(counter: Counter, event: events.CounterStateEvent) -> Counter:
    """Give a counter as it is after what it did with itself."""
    match event:
        case events.CounterOpened(_, _, services):
            return replace(counter, state=CounterState.OPEN, services=services, stands_by=False)
        case events.CounterStoodBy():
            return replace(counter, stands_by=True)
        case events.CounterPaused():
            return replace(counter, state=CounterState.PAUSED, stands_by=False)
        case events.CounterClosed():
            return replace(counter, state=CounterState.CLOSED, stands_by=False)
    assert_never(event)
