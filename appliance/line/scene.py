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
from appliance.line.model import CounterState, Ticket
from appliance.line.rollout import NEVER, Floats, Scene
from appliance.line.rules import DROPPED, ranking_service, serves
from appliance.line.standing import Standing, booked, crowd, waiting

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from datetime import timedelta

    from appliance.line.model import Counter
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
        people = Standing.together(
            [
                self._here(codes, joins),
                *self._booked(codes, horizon),
                *self._crowd(_crowding(wanted, counters), horizon),
            ]
        )
        tickets = people.tickets
        lengths = Lengths.drawn(self.learned, self.line, self.now, tickets, self.rng, self.draws)
        leaves, returns = self._absences(counters)
        scene = Scene(
            lanes=people.lanes,
            able=self._able(counters, [tickets[lane[0]] for lane in people.lanes]),
            free_at=self._free_at(counters, lengths),
            leaves=leaves,
            returns=returns,
            comes=people.comes,
            rank=people.rank,
            rises=people.rises,
            lag=people.lag,
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

    def _here(self, codes: frozenset[str], joins: Ticket | None) -> Standing:
        """Give those who wait, and who joins them."""
        services = self.line.services
        here = [
            ticket
            for ticket in self.line.waiting.values()
            if ticket.service in codes or ticket.service not in services
        ]
        if joins is not None:
            here.append(joins)
        return waiting(here, services, self.now, self.draws)

    def _booked(self, codes: frozenset[str], horizon: timedelta) -> Iterable[Standing]:
        """Give those whose bookings may still check in, in the order of their slots."""
        until, services = self.now + horizon, self.line.services
        known = self.learned.bookings.get(self.line.day, {}) if self.line.day else {}
        coming = sorted(
            (
                booking
                for booking in known.values()
                if booking.id not in self.line.by_booking
                and booking.service in codes
                and booking.place is None
                and booking.slot - services.get(booking.service, DROPPED).early <= until
            ),
            key=lambda booking: booking.slot,
        )
        if coming:
            slots_s = [(booking.slot - self.now).total_seconds() for booking in coming]
            scan_s = self._scans(np.array(slots_s, np.float32))
            yield booked(coming, scan_s, services, self.now)

    def _crowd(self, codes: Collection[str], horizon: timedelta) -> Iterable[Standing]:
        """Draw who comes without an appointment, by service: only the next of them matter."""
        until_s = horizon.total_seconds()
        most = CROWD // max(1, len(codes))
        for code in sorted(codes):
            comes_s = self.learned.arrivals.drawn(
                code, self.now, until_s, most, self.rng, self.draws
            ).astype(np.float32)
            if comes_s.size:
                yield crowd(code, comes_s, self.now)

    def _able(self, counters: Sequence[Counter], tickets: Sequence[Ticket]) -> Bools:
        """Tell which counter may serve which ticket."""
        able = np.zeros((len(counters), len(tickets)), np.bool_)
        for column, ticket in enumerate(tickets):
            able[:, column] = [
                serves(counter, ticket, self.line.services, counters) for counter in counters
            ]
        return able

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
                lasts_s = self.learned.lasts_s(ticket, self.now)
                free_at[:, column] = lengths.left(ticket, lasts_s, self.rng, self.tail)
        return free_at


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
