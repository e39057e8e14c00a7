"""From the line and what was learned to the draws that are played forward.

Only the part of the lobby that can matter is staged: the counters that serve the service, those
that share a service with them, and so on, with everybody who waits for one of these. Bookings that
have not checked in yet are staged too: without them the forecast is useless where half the people
have an appointment.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

import numpy as np

from appliance.line.chance import Tail
from appliance.line.learning import Learned
from appliance.line.lengths import Lengths
from appliance.line.line import Line
from appliance.line.model import CounterState, RankClass, Ticket, TicketState
from appliance.line.rollout import CLASS_STEP, NEVER, Floats, Scene
from appliance.line.rules import DROPPED, rank, ranking_service, serves

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from datetime import timedelta

    from appliance.line.model import Booking, Counter, Rank
    from appliance.line.rollout import Bools

CROWD = 40
"""People without an appointment who may come and keep other counters busy: the next so many."""


@dataclass(frozen=True, slots=True)
class Staged:
    """A scene, and who is who in it.

    Args:
        scene: What is played.
        tickets: Whose column is whose. Those who have yet to come have no number.
    """

    scene: Scene
    tickets: Sequence[Ticket]


@dataclass(frozen=True, slots=True)
class Stage:
    """What is needed to stage a line.

    Args:
        line: As it stands.
        learned: What is known about the lobby.
        now: Desk time.
        rng: Where chance comes from.
        draws: How many ways it may go.
        tail: Of the normal distribution.
        opens: A counter that is taken to open now and to stay.
    """

    line: Line
    learned: Learned
    now: datetime
    rng: np.random.Generator
    draws: int
    tail: Tail
    opens: str | None = None

    def staged(
        self,
        services: Iterable[str],
        joins: Ticket | None,
        horizon: timedelta,
    ) -> Staged:
        """Set the scene for whoever waits for `services`.

        Args:
            services: Codes.
            joins: Someone who would take a number now.
            horizon: Who comes or counts after this is left out.
        """
        wanted = frozenset(services)
        counters = self.counters(wanted)
        codes = wanted.union(*(counter.services for counter in counters))
        here = [t for t in self.line.tickets.values() if self._waits(t, codes)]
        if joins is not None:
            here.append(joins)
        coming = self._coming(codes, horizon)
        crowd = self._crowd(_crowding(wanted, counters), horizon)
        tickets = [
            *here,
            *(Ticket("", 0, booking.service, booking.slot, booking) for booking in coming),
            *(Ticket("", 0, code, self.now) for code, comes in crowd for _ in comes.T),
        ]
        order = _Order.blank(self.draws, len(tickets))
        self._order_here(order, here)
        self._order_coming(order, coming, len(here))
        self._order_crowd(order, crowd)
        lengths = Lengths.drawn(self.learned, self.line, self.now, tickets, self.rng, self.draws)
        leaves, returns = self._absences(counters)
        scene = Scene(
            able=self._able(counters, tickets),
            free_at=self._free_at(counters, lengths),
            leaves=leaves,
            returns=returns,
            comes=order.comes,
            rank=order.rank,
            rises=order.rises,
            lag=order.lag,
            takes=lengths.takes(tickets, self.rng, self.draws),
        )
        return Staged(scene, tickets)

    def counters(self, services: Iterable[str]) -> list[Counter]:
        """Give the counters that can matter to `services`, the most special ones first.

        A counter that says it is open and does not call is left out; but if nobody calls at all,
        they are about to: it is early in the morning.
        """
        wanted = frozenset(services)
        every = list(self.line.counters.values())
        away = {c.id for c in every if self.learned.is_away(self.line, c, self.now)} - {self.opens}
        there = [counter for counter in every if counter.id not in away]
        calls = any(c.state is CounterState.OPEN and c.services & wanted for c in there)
        return _reached(there if calls or self.opens else every, wanted)

    def _waits(self, ticket: Ticket, codes: frozenset[str]) -> bool:
        if ticket.state is not TicketState.WAITING:
            return False
        return ticket.service in codes or ticket.service not in self.line.services

    def _coming(self, codes: frozenset[str], horizon: timedelta) -> list[Booking]:
        """Give the bookings that may still check in, in the order of their slots."""
        until = self.now + horizon
        known = self.learned.bookings.get(self.line.day, {}) if self.line.day else {}
        return sorted(
            (
                booking
                for booking in known.values()
                if booking.id not in self.line.by_booking
                and booking.service in codes
                and booking.place is None
                and booking.slot - self.line.services.get(booking.service, DROPPED).early <= until
            ),
            key=lambda booking: booking.slot,
        )

    def _crowd(self, codes: Collection[str], until: timedelta) -> list[tuple[str, Floats]]:
        """Draw who comes without an appointment, by service: only the next of them matter."""
        until_s = until.total_seconds()
        most = CROWD // max(1, len(codes))
        return [
            (code, comes.astype(np.float32))
            for code in sorted(codes)
            for comes in [
                self.learned.arrivals.drawn(code, self.now, until_s, most, self.rng, self.draws)
            ]
        ]

    def _able(self, counters: Sequence[Counter], tickets: Sequence[Ticket]) -> Bools:
        """Tell which counter may serve which ticket; many tickets are alike."""
        services = self.line.services
        alike = [(ticket.service, ticket.wishes) for ticket in tickets]
        each = {
            key: [serves(counter, ticket, services, counters) for counter in counters]
            for key, ticket in dict(zip(alike, tickets, strict=True)).items()
        }
        able = np.array([each[key] for key in alike], np.bool_)
        return able.reshape(len(tickets), len(counters)).T

    def _order_here(self, order: _Order, here: Sequence[Ticket]) -> None:
        for column, ticket in enumerate(here):
            at = self._rises(ticket)
            service = ranking_service(ticket, self.line.services)
            risen = self._number(rank(ticket, max(at, self.now), service))
            order.comes[:, column] = 0.0
            order.rank[:, column] = risen
            order.rises[column] = (at - self.now).total_seconds()
            order.lag[column] = self._number(rank(ticket, self.now, service)) - risen

    def _order_coming(self, order: _Order, coming: Sequence[Booking], first: int) -> None:
        if not coming:
            return
        services = [self.line.services.get(b.service, DROPPED) for b in coming]
        early, grace, very_late = (
            np.array([limit.total_seconds() for limit in limits], np.float32)
            for limits in zip(*((s.early, s.grace, s.very_late) for s in services), strict=True)
        )
        slot = np.array([(b.slot - self.now).total_seconds() for b in coming], np.float32)
        scan = self._scans(slot)
        late = scan - slot
        mine = np.s_[first : first + len(coming)]
        order.comes[:, mine] = scan
        order.rank[:, mine] = np.where(
            late <= grace,
            np.maximum(slot, scan) + CLASS_STEP * RankClass.RIGHT_OF_WAY,
            np.where(late <= very_late, slot, scan) + CLASS_STEP * RankClass.ORDINARY,
        )
        order.rises[mine] = slot - early
        order.lag[mine] = CLASS_STEP * (RankClass.EARLY - RankClass.RIGHT_OF_WAY)

    def _order_crowd(self, order: _Order, crowd: Sequence[tuple[str, Floats]]) -> None:
        together = [comes for _, comes in crowd if comes.size]
        if together:
            comes = np.concatenate(together, axis=1)
            order.comes[:, -comes.shape[1] :] = comes
            order.rank[:, -comes.shape[1] :] = comes + CLASS_STEP * RankClass.ORDINARY

    def _rises(self, ticket: Ticket) -> datetime:
        """Give when a ticket's rank changes by itself; the rules know two such reasons."""
        service = ranking_service(ticket, self.line.services)
        if ticket.booking is not None:
            return ticket.booking.slot - service.early
        if service.max_wait is not None:
            return ticket.taken + service.max_wait
        return self.now

    def due_s(self, ticket: Ticket, comes_s: Floats) -> Floats:
        """Give from when on the promise counts for an appointment; never for one that is late.

        Args:
            ticket: One with a booking.
            comes_s: Draw: when the person comes, if that is to be seen yet.
        """
        if ticket.booking is None:
            raise ValueError(ticket)
        slot_s = (ticket.booking.slot - self.now).total_seconds()
        scan_s = comes_s
        if ticket.number:
            scan_s = np.full_like(comes_s, (ticket.taken - self.now).total_seconds())
        grace_s = ranking_service(ticket, self.line.services).grace.total_seconds()
        return np.where(scan_s - slot_s <= grace_s, np.maximum(scan_s, slot_s), NEVER)

    def _number(self, its: Rank) -> float:
        return float(CLASS_STEP) * its.rank_class + (its.rank_time - self.now).total_seconds()

    def _scans(self, slot_s: Floats) -> Floats:
        """Draw when the people of bookings scan, given that they have not yet; or never."""
        offsets_s = np.sort(np.array(self.learned.offsets_s, np.float32))
        number = offsets_s.size
        passed = offsets_s.searchsorted(-slot_s, side="right")
        possible = (number - passed + 0.5) / (number + 0.5)
        absent = self.learned.absent.value
        comes = (1.0 - absent) * possible / ((1.0 - absent) * possible + absent)
        shape = (self.draws, slot_s.size)
        chosen = passed + (self.rng.random(shape) * (number - passed)).astype(np.intp)
        scan = slot_s + offsets_s[np.minimum(chosen, number - 1)]
        scan[(self.rng.random(shape) >= comes) | (passed == number)] = NEVER
        return scan

    def _absences(self, counters: Sequence[Counter]) -> tuple[Floats, Floats]:
        """Draw when each counter is away next; one that is closed is away now."""
        leaves = np.full((self.draws, len(counters)), NEVER)
        returns = leaves.copy()
        for column, counter in enumerate(counters):
            if counter.id != self.opens:
                away = self.learned.hours.absence(counter, self.now, self.rng, self.draws)
                leaves[:, column], returns[:, column] = away
        return leaves, returns

    def _free_at(self, counters: Sequence[Counter], lengths: Lengths) -> Floats:
        free_at = np.zeros((self.draws, len(counters)), np.float32)
        for column, counter in enumerate(counters):
            if counter.ticket is not None:
                ticket = self.line.tickets[counter.ticket]
                free_at[:, column] = lengths.left(ticket, self.now, self.rng, self.tail)
        return free_at


@dataclass(frozen=True, slots=True)
class _Order:
    """The columns of a scene that say who is there and who is first."""

    comes: Floats
    rank: Floats
    rises: Floats
    lag: Floats

    @classmethod
    def blank(cls, draws: int, tickets: int) -> _Order:
        both, each = (draws, tickets), (tickets,)
        return cls(*(np.zeros(shape, np.float32) for shape in (both, both, each, each)))


def _reached(counters: Sequence[Counter], services: frozenset[str]) -> list[Counter]:
    """Give the counters that serve `services`, share a service with these, and so on."""
    codes = services
    reached: list[Counter] = []
    while True:
        more = [c for c in counters if c.services & codes and c not in reached]
        if not more:
            return sorted(reached, key=lambda counter: len(counter.services))
        reached += more
        codes = codes.union(*(counter.services for counter in more))


def _crowding(wanted: frozenset[str], counters: Sequence[Counter]) -> frozenset[str]:
    """Give the services whose later walk-ins keep a counter from helping out.

    A counter that serves all that is wanted calls those who wait for it first.
    """
    return frozenset[str]().union(*(c.services for c in counters if not wanted <= c.services))
