"""The line itself: `decide` says what happens, `apply` makes it so.

A `Line` never changes: `apply` gives a new one. So a decision can be tried and thrown away, a
snapshot costs nothing, and the state after a restart is the fold of the journal's events.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, tzinfo
from typing import TYPE_CHECKING, assert_never

from appliance.line import deciding, model
from appliance.line.model import Counter, CounterState, Service, Ticket, TicketState
from appliance.line.rules import Rules

if TYPE_CHECKING:
    from appliance.line.answers import Decision
    from appliance.line.commands import Command


@dataclass(frozen=True, slots=True)
class Line:
    """Everyone waiting in a lobby on one day, and the counters.

    Args:
        services: By code.
        counters: By id.
        zone: Time zone of the site.
        rules: What the site decided.
        day: The day that the tickets belong to; None before the first `TurnDay`.
        tickets: All of the day, by number, in the order of issue.
        by_booking: Booking id → number.
        last: Letter → the highest number given.
    """

    services: Mapping[str, Service]
    counters: Mapping[str, Counter]
    zone: tzinfo
    rules: Rules = field(default_factory=Rules)
    day: date | None = None
    tickets: Mapping[str, Ticket] = field(default_factory=dict)
    by_booking: Mapping[str, str] = field(default_factory=dict)
    last: Mapping[str, int] = field(default_factory=dict)

    def decide(self, command: Command, now: datetime) -> Decision:
        """Say what `command` does at `now`, without doing it."""
        return deciding.decide(self, command, now)

    def apply_all(self, events: Iterable[model.Event]) -> Line:
        """Give the line as it is after `events`."""
        line = self
        for event in events:
            line = line.apply(event)
        return line

    def apply(self, event: model.Event) -> Line:
        """Give the line as it is after `event`; what happened cannot be refused."""
        match event:
            case model.TicketIssued():
                return self._issued(event)
            case model.CodeShownAgain():
                shown = self.tickets[event.ticket].shown + 1
                return self._with_ticket(event.ticket, shown=shown)
            case model.TicketCalled():
                return self._called(event)
            case model.TicketStarted():
                return self._with_ticket(event.ticket, state=TicketState.SERVING, started=event.at)
            case model.TicketFinished():
                return self._leaves(event.ticket, TicketState.SERVED)
            case model.TicketSetAside():
                return self._leaves(event.ticket, TicketState.SET_ASIDE)
            case model.TicketClosed():
                return self._leaves(event.ticket, TicketState.CLOSED)
            case model.CounterOpened():
                return self._with_counter(
                    event.counter, state=CounterState.OPEN, services=event.services
                )
            case model.CounterClosed():
                return self._with_counter(event.counter, state=CounterState.CLOSED)
            case model.DayTurned():
                return replace(self, day=event.day, tickets={}, by_booking={}, last={})
        assert_never(event)

    def _issued(self, event: model.TicketIssued) -> Line:
        ticket = Ticket(event.ticket, event.sequence, event.service, event.at, event.booking)
        letter, count = event.ticket[0], int(event.ticket[1:])
        by_booking = self.by_booking
        if event.booking is not None:
            by_booking = {**by_booking, event.booking.id: event.ticket}
        return replace(
            self,
            tickets={**self.tickets, event.ticket: ticket},
            by_booking=by_booking,
            last={**self.last, letter: max(count, self.last.get(letter, 0))},
        )

    def _called(self, event: model.TicketCalled) -> Line:
        ticket = self.tickets[event.ticket]
        line = self._with_ticket(
            event.ticket,
            state=TicketState.CALLED,
            counter=event.counter,
            calls=event.number_of_call,
            called=event.at,
            first_called=ticket.first_called or event.at,
        )
        return line._with_counter(event.counter, ticket=event.ticket)  # noqa: SLF001  (it is a Line)

    def _leaves(self, number: str, state: TicketState) -> Line:
        line = self._with_ticket(number, state=state)
        counter = self.counters.get(self.tickets[number].counter or "")
        if counter is None or counter.ticket != number:
            return line
        return line._with_counter(counter.id, ticket=None)  # noqa: SLF001  (it is a Line)

    def _with_ticket(self, number: str, **changes: object) -> Line:
        changed = replace(self.tickets[number], **changes)  # type: ignore[arg-type]
        return replace(self, tickets={**self.tickets, number: changed})

    def _with_counter(self, counter_id: str, **changes: object) -> Line:
        # The journal may know a counter that the configuration no longer has.
        counter = self.counters.get(counter_id) or Counter(counter_id, frozenset())
        changed = replace(counter, **changes)  # type: ignore[arg-type]
        return replace(self, counters={**self.counters, counter_id: changed})
