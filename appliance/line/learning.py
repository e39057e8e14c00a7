"""What a lobby teaches about itself: how long, how often, how early.

Everything begins with a belief (the configured minutes, a tenth who do not come) that counts as
much as a few observations, so that a new service has a forecast on its first morning and a wrong
configuration is forgotten within days. What was seen fades with a half-life of three weeks. Nothing
is kept per clerk or per person: only sums.

Lengths are summed as they are, not as logarithms: a wait is a sum of conversations, and where these
are not log-normal the mean of the logarithms gives a wrong sum (by 28 % where they are
exponential).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, tzinfo
from math import exp, log, sqrt
from typing import TYPE_CHECKING

from appliance.line import events
from appliance.line.arrivals import Arrivals
from appliance.line.chance import mean_beyond
from appliance.line.hours import Hours
from appliance.line.model import Booking, CounterState, Service, TicketState
from appliance.line.rules import DROPPED
from appliance.line.tallies import Share, Sums

if TYPE_CHECKING:
    from collections.abc import Iterable

    from appliance.line.line import Line
    from appliance.line.model import Counter, Ticket

HALF_LIFE_DAYS = 21.0

MINUTES_UNSURE = 0.2
"""How wrong configured minutes usually are: all of them together, and each by itself."""

USUAL_SPREAD = 0.6
SPREAD_BELIEF = 12.0
"""Conversations vary by so much around their mean; this counts as so many of them."""

PACE_SPREAD = 0.06
PACE_BELIEF_DAYS = 5.0
"""Whole days differ by so much; this counts as so many days."""

LONGEST = 8.0
"""Kept longer than this many times the mean: somebody forgot to press `finish`."""

OFFSETS_KEPT = 500
"""Scans of the last weeks, by which it is known how early people come."""

USUAL_OFFSETS_MIN = (-25, -18, -14, -11, -9, -7, -5, -4, -3, -1, 1, 4)

HESITATION_LIMIT_S = 600.0
"""A clerk who does not call for longer although people wait is not about to call."""


@dataclass(frozen=True, slots=True)
class Length:
    """How long a service keeps a counter.

    Args:
        mean_s: Expected mean of today.
        unsure: How well that is known, as a standard deviation of its logarithm.
        spread: Coefficient of variation of one conversation.
    """

    mean_s: float
    unsure: float
    spread: float


@dataclass(frozen=True, slots=True)
class Pace:
    """How today goes, beside what is usual.

    Args:
        factor: 1.1 is a tenth slower.
        unsure: Standard deviation of its logarithm.
    """

    factor: float
    unsure: float


@dataclass(slots=True)
class Learned:
    """All that was learned, and what today has shown so far.

    Args:
        services: By code, as configured.
        zone: Time zone of the site.
        past: Code → what days before today have shown.
        today: Code → what today has shown so far.
        pace_squares: Sum of squared deviations of whole days; over `pace_days`, their variance.
        pace_days: How many days that is.
        absent: Of the appointments, those whose person never came.
        gone: Of those called, those who did not answer; by whether they had an appointment.
        gone_s: How long a counter was kept by these.
        hesitation_s: How long free clerks take to call somebody who waits.
        offsets_s: From slot to scan, of the last who came.
        bookings: Day → id → what is known.
        free_since: Counter → since when it could call.
        hours: When counters open and close.
        arrivals: When people come without an appointment.
    """

    services: Mapping[str, Service]
    zone: tzinfo
    past: dict[str, Sums] = field(default_factory=dict)
    today: dict[str, Sums] = field(default_factory=dict)
    pace_squares: float = PACE_SPREAD**2 * PACE_BELIEF_DAYS
    pace_days: float = PACE_BELIEF_DAYS
    absent: Share = field(default_factory=lambda: Share(1.0, 9.0))
    gone: dict[bool, Share] = field(
        default_factory=lambda: {booked: Share(0.4, 19.6) for booked in (True, False)}
    )
    gone_s: Sums = field(default_factory=lambda: Sums.belief(3.0, 90.0, 0.7))
    hesitation_s: Sums = field(default_factory=lambda: Sums.belief(5.0, 10.0, 1.0))
    offsets_s: list[float] = field(default_factory=lambda: [60.0 * m for m in USUAL_OFFSETS_MIN])
    bookings: dict[date, dict[str, Booking]] = field(default_factory=dict)
    free_since: dict[str, datetime] = field(default_factory=dict)
    hours: Hours = field(init=False)
    arrivals: Arrivals = field(init=False)

    def __post_init__(self) -> None:
        self.hours = Hours(self.zone)
        self.arrivals = Arrivals(self.zone)

    def know(self, day: date, bookings: Iterable[Booking]) -> None:
        """Take in a day's appointments, in place of what was known of that day."""
        self.bookings[day] = {booking.id: booking for booking in bookings}

    def hear(self, event: events.Event, before: Line) -> None:
        """Learn from what happened.

        Args:
            event: What happened.
            before: The line as it was before.
        """
        self.hours.hear(event, before)
        self.arrivals.hear(event)
        match event:
            case events.TicketIssued() if event.booking is not None:
                self.offsets_s.append((event.at - event.booking.slot).total_seconds())
                del self.offsets_s[:-OFFSETS_KEPT]
            case events.TicketCalled():
                self._called(event, before)
            case events.TicketFinished():
                self._left(before.tickets[event.ticket], event.at, came=True)
            case events.TicketSetAside():
                self._left(before.tickets[event.ticket], event.at, came=False)
            case events.CounterOpened():
                self.free_since[event.counter] = event.at
            case events.DayTurned():
                self._turn(before, event.day)
            case _:
                pass

    def _called(self, event: events.TicketCalled, before: Line) -> None:
        """Learn how long a free clerk takes to call somebody who waits."""
        # Popped: of a counter that is left by a transfer or an undo it is not known since when.
        free = self.free_since.pop(event.counter, None)
        if not event.candidates or free is None:
            return
        waits_since = min(before.tickets[other.ticket].taken for other in event.candidates)
        idle_s = (event.at - max(free, waits_since)).total_seconds()
        if idle_s <= HESITATION_LIMIT_S:
            self.hesitation_s.add(max(0.0, idle_s))

    def _left(self, ticket: Ticket, at: datetime, *, came: bool) -> None:
        """Learn how long a counter was kept."""
        if ticket.called is None or ticket.counter is None:
            return
        self.free_since[ticket.counter] = at
        kept_s = (at - ticket.called).total_seconds()
        self.gone[ticket.booking is not None].add(happened=not came)
        if not came:
            self.gone_s.add(min(kept_s, HESITATION_LIMIT_S))
        elif ticket.service in self.services:
            longest_s = LONGEST * self.length(ticket.service).mean_s
            self.today.setdefault(ticket.service, Sums()).add(min(kept_s, longest_s))

    def _turn(self, before: Line, day: date) -> None:
        """Put the day to the past."""
        if before.day is not None:
            for booking in self.bookings.get(before.day, {}):
                self.absent.add(happened=booking not in before.by_booking)
            self._fade(0.5 ** ((day - before.day).days / HALF_LIFE_DAYS))
        for code, sums in self.today.items():
            self.past[code] = self.past.get(code, Sums()) + sums
        self.today = {}
        self.free_since = {}
        self.bookings = {known: ids for known, ids in self.bookings.items() if known >= day}

    def _fade(self, factor: float) -> None:
        seen, squares = self._todays_deviation()
        self.pace_days = self.pace_days * factor + seen
        self.pace_squares = self.pace_squares * factor + squares
        for sums in (*self.past.values(), self.gone_s, self.hesitation_s):
            sums.fade(factor)
        for share in (self.absent, *self.gone.values()):
            share.fade(factor)

    def _todays_deviation(self) -> tuple[float, float]:
        """Give how much of a day was seen, and how far it was from usual, squared, noise off."""
        ratio, noise = self._todays_ratio({})
        if noise >= 1.0:
            return 0.0, 0.0
        seen = PACE_SPREAD**2 / (PACE_SPREAD**2 + noise)
        return seen, seen * max(0.0, (ratio - 1.0) ** 2 - noise)

    def _todays_ratio(self, at_counters: Mapping[str, list[float]]) -> tuple[float, float]:
        """Give today's lengths over the usual ones, and the variance of that by chance.

        Args:
            at_counters: Code → for how long those last who are not finished, in seconds. Without
                them the first hour looks quick: the short conversations are over first.
        """
        expected_s = seen_s = variance = 0.0
        for code in {*self.today, *at_counters}:
            usual, done = self.length(code), self.today.get(code, Sums())
            unfinished = at_counters.get(code, [])
            number = done.weight + len(unfinished)
            expected_s += number * usual.mean_s
            seen_s += done.total
            seen_s += sum(mean_beyond(usual.mean_s, usual.spread, s) for s in unfinished)
            variance += number * (usual.spread * usual.mean_s) ** 2
        if not expected_s:
            return 1.0, 1.0
        return seen_s / expected_s, variance / expected_s**2

    def pace(self, line: Line, now: datetime) -> Pace:
        """Give how today goes: what was seen, drawn towards the usual by how little was seen."""
        at_counters: dict[str, list[float]] = {}
        for counter in line.counters.values():
            ticket = line.tickets.get(counter.ticket or "")
            if ticket is not None and ticket.called is not None:
                lasts_s = (now - ticket.called).total_seconds()
                at_counters.setdefault(ticket.service, []).append(lasts_s)
        ratio, noise = self._todays_ratio(at_counters)
        usual = self.pace_squares / self.pace_days
        trust = usual / (usual + noise)
        return Pace(exp(trust * log(max(ratio, 0.2))), sqrt(usual * (1.0 - trust)))

    def length(self, code: str) -> Length:
        """Give how long a service keeps a counter on a usual day.

        Its own past counts, and where that is thin the configured minutes: first mended by how
        wrong those of the other services were.
        """
        seen = self._seen(code)
        belief_s = self._minutes_s(code) * exp(self._common_error())
        spread = self._spread(code)
        belief = (spread / MINUTES_UNSURE) ** 2
        weight = belief + seen.weight
        mean_s = (belief * belief_s + seen.total) / weight
        return Length(max(mean_s, 1.0), spread / sqrt(weight), spread)

    def _seen(self, code: str) -> Sums:
        return self.past.get(code, Sums()) + self.today.get(code, Sums())

    def _minutes_s(self, code: str) -> float:
        return self.services.get(code, DROPPED).minutes.total_seconds()

    def _common_error(self) -> float:
        """Give by how much all configured minutes are wrong together, as a logarithm."""
        sum_, weight = 0.0, MINUTES_UNSURE**-2
        for code in {*self.past, *self.today}:
            seen = self._seen(code)
            own = 1.0 / (MINUTES_UNSURE**2 + USUAL_SPREAD**2 / seen.weight)
            sum_ += own * log(max(seen.mean, 1.0) / self._minutes_s(code))
            weight += own
        return sum_ / weight

    def _spread(self, code: str) -> float:
        """Give the coefficient of variation, shared by services where a service has little past."""
        shared = USUAL_SPREAD**2 * SPREAD_BELIEF
        weight = SPREAD_BELIEF
        for other in {*self.past, *self.today}:
            seen = self._seen(other)
            shared += seen.weight * seen.variance / max(seen.mean, 1.0) ** 2
            weight += seen.weight
        own = self._seen(code)
        squares = own.weight * own.variance / max(own.mean, 1.0) ** 2
        belief = SPREAD_BELIEF * shared / weight
        return sqrt(max((belief + squares) / (SPREAD_BELIEF + own.weight), 1e-4))

    def is_away(self, line: Line, counter: Counter, now: datetime) -> bool:
        """Tell whether an open counter has not called for long although somebody waits for it."""
        free = self.free_since.get(counter.id)
        if counter.state is not CounterState.OPEN or counter.ticket is not None or free is None:
            return False
        long_ago = now - timedelta(seconds=HESITATION_LIMIT_S)
        return free < long_ago and any(
            ticket.taken < long_ago and ticket.service in counter.services
            for ticket in line.tickets.values()
            if ticket.state is TicketState.WAITING
        )
