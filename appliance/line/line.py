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
            case events.SlipAskedAgain(_, number):
                return self._with_ticket(number, copies=self.tickets[number].copies + 1)
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
                return self._leaves(number, state=TicketState.CLOSED)
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
        """Apply what a counter does, and note how to take it back."""
        match event:
            case events.TicketCalled(counter=counter_id):
                line = self._called(event)
            case events.TicketStarted(at, number):
                counter_id = self._where(number)
                line = self._with_ticket(number, state=TicketState.SERVING, started=at)
            case events.TicketFinished(_, number):
                counter_id = self._where(number)
                line = self._leaves(number, state=TicketState.SERVED)
            case events.TicketSetAside(at, number):
                counter_id = self._where(number)
                line = self._leaves(number, state=TicketState.SET_ASIDE, set_aside=at)
            case events.TicketParked(_, number):
                counter_id = self._where(number)
                line = self._leaves(number, state=TicketState.PARKED)
            case events.TicketTransferred(_, number, service):
                counter_id = self._where(number)
                line = self._transferred(number, service)
            case events.CounterOpened(_, counter_id, services):
                line = self._with_counter(
                    counter_id, state=CounterState.OPEN, services=services, stands_by=False
                )
            case events.CounterStoodBy(_, counter_id):
                line = self._with_counter(counter_id, stands_by=True)
            case events.CounterPaused(_, counter_id):
                line = self._with_counter(counter_id, state=CounterState.PAUSED, stands_by=False)
            case events.CounterClosed(_, counter_id):
                line = self._with_counter(counter_id, state=CounterState.CLOSED, stands_by=False)
            case _:
                assert_never(event)
        return self._stepped(line, counter_id, event)

    def _stepped(self, line: Line, counter_id: str, event: events.CounterEvent) -> Line:
        """Give `line` with `event` in the counter's last step; one command is one step."""
        at = event.at
        if at == self.turned:
            # The counters were only told again with the new day: nobody did anything.
            return line
        was, became = self._counter(counter_id), line._counter(counter_id)
        step = self.steps.get(counter_id)
        if step is None or step.at != at or step.counter_after != was:
            step = Step(at, was, was)
        before = {ticket.number: ticket for ticket in step.before}
        after = {ticket.number: ticket for ticket in step.after}
        if not isinstance(event, events.CounterStateEvent):
            before.setdefault(event.ticket, self.tickets[event.ticket])
            after[event.ticket] = line.tickets[event.ticket]
        step = Step(step.at, step.counter_before, became, (*before.values(),), (*after.values(),))
        return replace(line, steps={**line.steps, counter_id: step})

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

    def _called(self, event: events.TicketCalled) -> Line:
        ticket = self.tickets[event.ticket]
        line = self._with_ticket(
            event.ticket,
            state=TicketState.CALLED,
            counter=event.counter,
            calls=event.number_of_call,
            turn_calls=ticket.turn_calls + 1,
            called=event.at,
            first_called=ticket.first_called or event.at,
        )
        return line._with_counter(event.counter, ticket=event.ticket, stands_by=False)  # noqa: SLF001  (a Line)

    def _transferred(self, number: str, service: str) -> Line:
        ticket = self.tickets[number]
        return self._leaves(
            number,
            state=TicketState.WAITING,
            service=service,
            ranked_as=ticket.ranked_as or ticket.service,
            turn_calls=0,
            started=None,
        )

    def _leaves(self, number: str, **changes: object) -> Line:
        """Give the line after a ticket has left its counter, if it was at one."""
        line = self._with_ticket(number, **changes)
        counter = self.counters.get(self._where(number))
        if counter is None or counter.ticket != number:
            return line
        return line._with_counter(counter.id, ticket=None)  # noqa: SLF001  (a Line)

    def _where(self, number: str) -> str:
        return self.tickets[number].counter or ""

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

    def _with_counter(self, counter_id: str, **changes: object) -> Line:
        changed = replace(self._counter(counter_id), **changes)  # type: ignore[arg-type]
        return replace(self, counters={**self.counters, counter_id: changed})
