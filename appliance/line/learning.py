"""What a lobby teaches about itself: how long, how often, how early.

Everything begins with a belief (the configured minutes, a tenth who do not come) that counts as
much as a few observations, so that a new service has a forecast on its first morning and a wrong
configuration is forgotten within days. What was seen fades with a half-life of three weeks. Nothing
is kept per clerk or per person: only sums, counters' hours, and how early the last scans were.

What a counter takes back is taken back here too. What spans a step of the clock is forgotten.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, tzinfo
from typing import TYPE_CHECKING

from appliance.line import events
from appliance.line.arrivals import Arrivals
from appliance.line.conversations import Conversations
from appliance.line.hours import Hours
from appliance.line.model import Booking, CounterState, Service, TicketState, Wish
from appliance.line.tallies import Share, Sums

if TYPE_CHECKING:
    from collections.abc import Iterable

    from appliance.line.conversations import Length, Pace
    from appliance.line.line import Line
    from appliance.line.model import Counter, Ticket

HALF_LIFE_DAYS = 21.0

OFFSETS_KEPT = 500
"""Scans of the last weeks, by which it is known how early people come."""

USUAL_OFFSETS_MIN = (-25, -18, -14, -11, -9, -7, -5, -4, -3, -1, 1, 4)

HESITATION_LIMIT_S = 600.0
"""A clerk who does not call for longer although people wait is not about to call."""


@dataclass(frozen=True, slots=True)
class Left:
    """What was learned from the last who left a counter.

    Args:
        ticket: Whose number.
        share: Where it was counted whether the person came.
        came: Whether.
        sums: Where it was added how long the counter was kept.
        value: What was added there.
    """

    ticket: str
    share: Share
    came: bool
    sums: Sums
    value: float

    def take_back(self) -> None:
        """Unlearn it."""
        self.share.take_back(happened=not self.came)
        self.sums.take_back(self.value)


@dataclass(slots=True)
class Learned:
    """All that was learned, and what today has shown so far.

    Args:
        services: By code, as configured.
        zone: Time zone of the site.
        absent: Of the appointments, those whose person never came.
        gone: Of those called, those who did not answer; by whether they had an appointment.
        gone_s: How long a counter was kept by these.
        hesitation_s: How long free clerks take to call somebody who waits.
        offsets_s: From slot to scan, of the last who came.
        bookings: Day → id → what is known.
        free_since: Counter → since when it could call.
        kept_since: Ticket → when it was called first to the counter that it was called to last.
        left: Counter → what was learned from the last who left it.
        conversations: How long they last.
        hours: When counters open and close.
        arrivals: When people come without an appointment.
    """

    services: Mapping[str, Service]
    zone: tzinfo
    absent: Share = field(default_factory=lambda: Share(1.0, 9.0))
    gone: dict[bool, Share] = field(
        default_factory=lambda: {booked: Share(0.4, 19.6) for booked in (True, False)}
    )
    gone_s: Sums = field(default_factory=lambda: Sums.belief(3.0, 90.0, 0.7))
    hesitation_s: Sums = field(default_factory=lambda: Sums.belief(5.0, 10.0, 1.0))
    offsets_s: list[float] = field(default_factory=lambda: [60.0 * m for m in USUAL_OFFSETS_MIN])
    bookings: dict[date, dict[str, Booking]] = field(default_factory=dict)
    free_since: dict[str, datetime] = field(default_factory=dict)
    kept_since: dict[str, datetime] = field(default_factory=dict)
    left: dict[str, Left] = field(default_factory=dict)
    conversations: Conversations = field(init=False)
    hours: Hours = field(init=False)
    arrivals: Arrivals = field(init=False)

    def __post_init__(self) -> None:
        self.conversations = Conversations(self.services)
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
            case events.TicketIssued() if event.booking is not None and event.clock_sure:
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
            case events.StepUndone():
                self._undone(event, before)
            case events.BootBegan() if not event.clock_sure:
                self._forget_moments()
            case events.ClockSet():
                self._forget_moments()
                if before.day is not None and event.day != before.day:
                    self._turn(before, event.day)
            case events.DayTurned():
                self._forget_moments()
                self._turn(before, event.day)
            case _:
                pass

    def _called(self, event: events.TicketCalled, before: Line) -> None:
        """Learn how long a free clerk takes to call somebody who waits."""
        counter = before.counters.get(event.counter)
        if counter is None or counter.ticket != event.ticket:
            self.kept_since[event.ticket] = event.at
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
        if ticket.counter is None:
            return
        self.free_since[ticket.counter] = at
        self.left.pop(ticket.counter, None)
        since = self.kept_since.get(ticket.number)
        if since is None or (came and ticket.service not in self.services):
            return
        kept_s = (at - since).total_seconds()
        share = self.gone[ticket.booking is not None]
        share.add(happened=not came)
        if came:
            sums, value = self.conversations.take(
                ticket.service, kept_s, more_time=Wish.MORE_TIME in ticket.wishes
            )
        else:
            sums, value = self.gone_s, min(kept_s, HESITATION_LIMIT_S)
            sums.add(value)
        self.left[ticket.counter] = Left(ticket.number, share, came, sums, value)

    def _undone(self, event: events.StepUndone, before: Line) -> None:
        """Unlearn what a step taught that was taken back: whoever had left is there again."""
        left = self.left.pop(event.counter.id, None)
        counter = before.counters.get(event.counter.id)
        had = None if counter is None else counter.ticket
        if left is not None and had != left.ticket == event.counter.ticket:
            left.take_back()

    def _forget_moments(self) -> None:
        """Forget what is under way: the day turned, or its times are not to be compared."""
        self.free_since.clear()
        self.kept_since.clear()
        self.left.clear()

    def _turn(self, before: Line, day: date) -> None:
        """Put the day to the past."""
        factor = 1.0
        if before.day is not None:
            factor = 0.5 ** (max(0, (day - before.day).days) / HALF_LIFE_DAYS)
            for booking in self.bookings.get(before.day, {}):
                self.absent.add(happened=booking not in before.by_booking)
        self.conversations.turn(factor)
        for sums in (self.gone_s, self.hesitation_s):
            sums.fade(factor)
        for share in (self.absent, *self.gone.values()):
            share.fade(factor)
        self.bookings = {known: ids for known, ids in self.bookings.items() if known >= day}

    def pace(self, line: Line, now: datetime) -> Pace:
        """Give how today goes."""
        at_counters: dict[str, list[float]] = {}
        for counter in line.counters.values():
            ticket = line.tickets.get(counter.ticket or "")
            if ticket is not None:
                lasts_s = self.lasts_s(ticket, now)
                if Wish.MORE_TIME in ticket.wishes:
                    lasts_s /= self.conversations.more_time.mean
                at_counters.setdefault(ticket.service, []).append(lasts_s)
        return self.conversations.pace(at_counters)

    def length(self, code: str) -> Length:
        """Give how long a service keeps a counter on a usual day."""
        return self.conversations.length(code)

    def lasts_s(self, ticket: Ticket, now: datetime) -> float:
        """Give for how long a ticket has kept its counter: since its first call there."""
        since = self.kept_since.get(ticket.number) or ticket.called or now
        return (now - since).total_seconds()

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
