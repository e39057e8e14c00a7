"""The line as others see it: on the board, on counter pages, as waits."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, TypedDict

from appliance.bus.messages.alive import Health
from appliance.bus.messages.payload import encode
from appliance.bus.messages.shown import Board, Call, Follow, ServiceWait, Wait, Waiting, WaitOf
from appliance.bus.messages.staff import (
    Alarm,
    Alarms,
    Kept,
    OpenCounter,
    OpenTicket,
    Promise,
    Score,
    Tickets,
    Watch,
)
from appliance.line.answers import Reason, Refused
from appliance.line.commands import Issue
from appliance.line.line import Line
from appliance.line.model import CounterState, TicketState, WalkIn
from appliance.line.record import kept_today
from appliance.line.rules import has_right_of_way, order, rank, ranking_service
from appliance.line.wait import wait_for

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from appliance.bus.messages.alive import MachineHealth, UplinkHealth
    from appliance.line.model import Service, Ticket
    from appliance.line.opening import Span
    from appliance.line.wait import Wait as Expected

FRESH = timedelta(seconds=60)
"""A call is told with its id for so long: a board that comes back speaks what it missed."""

SHUT = frozenset({Reason.LOBBY_CLOSED, Reason.OUTSIDE_HOURS, Reason.CLOSED_FOR_LONG})
"""These do not depend on what people come for."""
NEXT = 10
AT_A_COUNTER = frozenset({TicketState.CALLED, TicketState.SERVING})
FIRST_TOLD = tuple(
    state.value
    for state in (
        TicketState.CALLED,
        TicketState.SERVING,
        TicketState.PARKED,
        TicketState.WAITING,
        TicketState.SET_ASIDE,
    )
)
TICKETS_BYTES = 48 * 1024
"""Of the list of tickets, at most. A broker cuts off who sends it more than it takes in a message
(ours 64 KiB): a desk that told of 500 people who wait could not be reached any more."""
OPEN = AT_A_COUNTER | {TicketState.WAITING, TicketState.PARKED, TicketState.SET_ASIDE}


class _Stamp(TypedDict):
    as_of: datetime
    day: date
    session: str
    valid_s: int


class _Doors(TypedDict, total=False):
    closed: bool
    opens: datetime


@dataclass(frozen=True, slots=True)
class View:
    """One look at the line.

    Args:
        line: As it is.
        now: Desk time.
        session: Random per start of the desk.
        valid_s: After this many seconds without news the look is stale.
    """

    line: Line
    now: datetime
    session: str
    valid_s: int

    def board(self, *, online: bool | None = None) -> Board:
        """What the board shows. No wishes, no bookings: everyone in the hall reads it.

        Args:
            online: Whether the central broker is reached; None: there is none.
        """
        since = self.now - FRESH
        called = sorted(
            # The others first left out: in the afternoon most of a thousand were called.
            (
                ticket
                for ticket in self.line.tickets.values()
                if ticket.called and (ticket.called >= since or ticket.state in AT_A_COUNTER)
            ),
            key=lambda ticket: ticket.called or self.now,
            reverse=True,
        )
        waiting = order(self.line.waiting.values(), self.now, self.line.services)
        counters = self.line.counters.values()
        return Board(
            **self._stamp(),
            calls=[self._call(t) for t in called if t.called and t.called >= since],
            at_counters=[self._call(t) for t in called if t.state in AT_A_COUNTER],
            next=[
                Waiting(
                    ticket=candidate.ticket,
                    right_of_way=self._right_of_way(self.line.tickets[candidate.ticket]),
                )
                for candidate in waiting[:NEXT]
            ],
            waiting=len(waiting),
            open_counters=sum(counter.state is CounterState.OPEN for counter in counters),
            online=online,
            notice=self.line.notice,
            numbers=dict(self.line.last),
        )

    def wait(self, ranges: Mapping[str, tuple[int, int]] | None = None) -> Wait:
        """Who waits and how long, for every service.

        Args:
            ranges: Service → forecast in minutes; None: there are no fresh ones, and the rough
                range of the expected minutes is told.
        """
        return Wait(
            **self._stamp(),
            waiting=len(self.line.waiting),
            services=[self._service_wait(each, ranges) for each in self.line.services.values()],
            **self._doors(),
        )

    def wait_of(self, wait: ServiceWait) -> WaitOf:
        """The wait for one service, by itself."""
        return WaitOf(**self._stamp(), wait=wait)

    def follow(
        self, ticket: Ticket, wait: Expected | None, told: tuple[int, int] | None, valid_s: int
    ) -> Follow:
        """How one number stands, for who follows it from afar. No wishes, no booking.

        Args:
            ticket: The number.
            wait: What it has before it; None: it does not wait.
            told: Its forecast in minutes; None: there is no fresh one, and the rough range of the
                expected minutes is told.
            valid_s: After this many seconds without news it is stale.
        """
        low, high = (told or wait.range_min if wait else None) or (None, None)
        return Follow(
            **self._stamp(valid_s),
            ticket=ticket.number,
            service=ticket.service,
            state=ticket.state.value,
            right_of_way=self._right_of_way(ticket),
            ahead=wait.waiting if wait else None,
            ahead_first=wait.first if wait else None,
            low_min=low,
            high_min=high,
            counter=ticket.counter,
            calls=ticket.calls,
        )

    def promise(self, next_hour: Sequence[Watch] = (), forecast: Score | None = None) -> Promise:
        """How the promise was kept today, and what else is known of it.

        Args:
            next_hour: How it will be kept.
            forecast: How good forecasts have been.
        """
        today = [
            Kept(
                service=kept.service,
                came=kept.came,
                called=round(kept.called, 3),
                started=None if kept.started is None else round(kept.started, 3),
                at_once=round(kept.at_once, 3),
            )
            for kept in kept_today(self.line, self.now)
        ]
        return Promise(**self._stamp(), today=today, next_hour=[*next_hour], forecast=forecast)

    def tickets(self) -> Tickets:
        """The open tickets in calling order, as many as have room, and the counters."""
        open_ones = [
            self._open_ticket(ticket)
            for ticket in self.line.tickets.values()
            if ticket.state in OPEN
        ]
        told = _with_room(open_ones)
        hours = self.line.hours_today
        return Tickets(
            **self._stamp(),
            tickets=sorted(told, key=lambda ticket: ticket.rank),
            counters=[
                OpenCounter(
                    counter=counter.id,
                    state=counter.state.value,
                    services=sorted(counter.services),
                    ticket=counter.ticket,
                    stands_by=counter.stands_by,
                )
                for counter in self.line.counters.values()
            ],
            mode=self.line.mode,
            hours=None if hours is None else [_as_told(span) for span in hours],
            left_out=len(open_ones) - len(told),
        )

    def health(
        self,
        printer: str | None,
        uplink: UplinkHealth | None,
        machine: MachineHealth,
        *,
        paper: bool | None,
        refused: int,
    ) -> Health:
        """How the device is, as far as the desk knows it.

        Args:
            printer: A word for its state; None: not known yet.
            uplink: None: there is none.
            machine: What is found out by looking at it.
            paper: Whether slips come out; None: not known yet.
            refused: Messages that were not what they should be.
        """
        clock = "sure" if self.line.clock_sure else "unsure"
        return Health(
            **self._stamp(),
            **machine,
            printer=printer,
            paper=paper,
            clock=clock,
            refused=refused,
            uplink=uplink,
        )

    def alarms(self, alarms: list[Alarm]) -> Alarms:
        """What is wrong."""
        return Alarms(**self._stamp(), alarms=alarms)

    def _doors(self) -> _Doors:
        """Whether anybody gets a number without an appointment, as the line would decide now."""
        services = self.line.services.values()
        code = next((each.code for each in services if each.walk_in is WalkIn.TICKET), None)
        answer = self.line.decide(Issue(code), self.now).answer if code else None
        if not isinstance(answer, Refused) or answer.reason not in SHUT:
            return {}
        match answer.facts:
            case {"day": date() as day, "time": time() as opens}:
                return {"closed": True, "opens": datetime.combine(day, opens, self.line.zone)}
            case _:
                return {"closed": True}

    def _stamp(self, valid_s: int | None = None) -> _Stamp:
        day = self.line.day or self.now.astimezone(self.line.zone).date()
        return {
            "as_of": self.now,
            "day": day,
            "session": self.session,
            "valid_s": self.valid_s if valid_s is None else valid_s,
        }

    def _ranked_as(self, ticket: Ticket) -> Service:
        return ranking_service(ticket, self.line.services)

    def _right_of_way(self, ticket: Ticket) -> bool:
        return has_right_of_way(ticket, self.now, self._ranked_as(ticket))

    def _call(self, ticket: Ticket) -> Call:
        called = ticket.called or self.now
        return Call(
            # By its time: a call that was taken back and made again has the same number.
            id=f"{self.line.day}.{ticket.number}.{called.timestamp():.3f}",
            ticket=ticket.number,
            counter=ticket.counter or "",
            age_s=(self.now - called).total_seconds(),
            right_of_way=self._right_of_way(ticket),
            again=ticket.calls > 1,
        )

    def _service_wait(
        self, service: Service, ranges: Mapping[str, tuple[int, int]] | None
    ) -> ServiceWait:
        rough = wait_for(self.line, service.code, self.now)
        told = rough.range_min if ranges is None else ranges.get(service.code)
        low, high = told or (None, None)
        return ServiceWait(service=service.code, waiting=rough.waiting, low_min=low, high_min=high)

    def _open_ticket(self, ticket: Ticket) -> OpenTicket:
        key = rank(ticket, self.now, self._ranked_as(ticket))
        return OpenTicket(
            ticket=ticket.number,
            service=ticket.service,
            state=ticket.state.value,
            taken=ticket.taken,
            rank=(key.rank_class, key.rank_time, key.sequence),
            slot=ticket.booking.slot if ticket.booking else None,
            counter=ticket.counter,
            calls=ticket.calls,
            shown=ticket.shown,
            wishes=sorted(ticket.wishes, key=lambda wish: wish.value),
            called=ticket.called,
            first_called=ticket.first_called,
            started=ticket.started,
            urgent=ticket.urgent,
            language=ticket.spoken or None,
            why=ticket.why,
        )


def _with_room(tickets: Iterable[OpenTicket]) -> list[OpenTicket]:
    """Give those that one message has room for: who is with a clerk first, then by rank."""
    told, left_bytes = [], TICKETS_BYTES
    for ticket in sorted(tickets, key=lambda each: (FIRST_TOLD.index(each.state), each.rank)):
        left_bytes -= len(encode(ticket)) + 1
        if left_bytes < 0:
            break
        told.append(ticket)
    return told


def _as_told(span: Span) -> str:
    return f"{span.opens:%H:%M}-{span.closes:%H:%M}"
