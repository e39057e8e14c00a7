"""What the line is made of, and what happens in it.

Everything here is frozen. Times are aware datetimes, durations are `timedelta`. Nothing identifies
a person: a booking is an opaque id, a time and a service code.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import Enum, IntEnum
from typing import NamedTuple


class WalkIn(Enum):
    """What a service does for people who come without an appointment."""

    TICKET = "ticket"
    REDIRECT = "redirect"
    OFF = "off"


@dataclass(frozen=True, slots=True)
class Service:
    """What a person comes for.

    Args:
        code: As in bookings and codes; opaque.
        letter: First character of its ticket numbers.
        minutes: Expected length of one conversation.
        walk_in: What people without an appointment get.
        early: Right of way counts from this long before the slot, inclusive.
        grace: Someone scanned this long after the slot, inclusive, keeps right of way.
        very_late: Someone scanned later than this counts from the scan, not from the slot.
    """

    code: str
    letter: str
    minutes: timedelta
    walk_in: WalkIn = WalkIn.TICKET
    early: timedelta = timedelta(minutes=10)
    grace: timedelta = timedelta(minutes=10)
    very_late: timedelta = timedelta(minutes=60)


@dataclass(frozen=True, slots=True)
class Booking:
    """An appointment made online.

    Args:
        id: Opaque, lower-case hex.
        slot: Its start.
        minutes: Its planned length in minutes.
        service: Code of the service.
        place: For adviser appointments, where to go; such a booking has no place in the line.
    """

    id: str
    slot: datetime
    minutes: int
    service: str
    place: str | None = None


class TicketState(Enum):
    """Where a ticket is on its way through the lobby."""

    WAITING = "waiting"
    CALLED = "called"
    SERVING = "serving"
    SERVED = "served"
    SET_ASIDE = "set_aside"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Ticket:
    """A number in the line.

    Args:
        number: Letter and digits, unique within the lobby's day.
        sequence: Place in the order of issue, per lobby and day, from 1.
        service: Code of the service.
        taken: When the button was pressed or the code scanned.
        booking: The appointment, or None for a walk-in.
        state: Where it is on its way.
        counter: Where it was called last, or None if it never was.
        calls: How often it was called.
        called: Time of the last call.
        first_called: Time of the first call: the wait ends here.
        started: When the conversation began.
        shown: How often the code was held before the camera.
    """

    number: str
    sequence: int
    service: str
    taken: datetime
    booking: Booking | None = None
    state: TicketState = TicketState.WAITING
    counter: str | None = None
    calls: int = 0
    called: datetime | None = None
    first_called: datetime | None = None
    started: datetime | None = None
    shown: int = 1


class CounterState(Enum):
    """Whether a counter calls people."""

    OPEN = "open"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Counter:
    """Where a clerk serves.

    Args:
        id: As on its sign.
        services: Codes of the services that it may serve.
        state: Whether it calls people.
        ticket: Number of the person who was called to it or is being served at it.
    """

    id: str
    services: frozenset[str]
    state: CounterState = CounterState.CLOSED
    ticket: str | None = None


class RankClass(IntEnum):
    """The first part of a rank."""

    URGENT = -1
    RIGHT_OF_WAY = 0
    ORDINARY = 1
    EARLY = 2


class Rank(NamedTuple):
    """The key that orders the line: the smallest is called first."""

    rank_class: RankClass
    rank_time: datetime
    sequence: int


class Candidate(NamedTuple):
    """A ticket that a counter might have called, and the rank that it had at that moment."""

    ticket: str
    rank: Rank


# What happens in the line.


@dataclass(frozen=True, slots=True)
class TicketIssued:
    """A person stands in the line now."""

    at: datetime
    ticket: str
    sequence: int
    service: str
    booking: Booking | None = None


@dataclass(frozen=True, slots=True)
class CodeShownAgain:
    """The code of a ticket was held before the camera once more."""

    at: datetime
    ticket: str


@dataclass(frozen=True, slots=True)
class TicketCalled:
    """A person was asked to a counter.

    Args:
        number_of_call: 1 for the first call of this ticket, then counting.
        candidates: All that the counter might have called, sorted, the called one first. Empty on
            a recall: then nothing was chosen.
    """

    at: datetime
    ticket: str
    counter: str
    number_of_call: int
    candidates: tuple[Candidate, ...] = ()


@dataclass(frozen=True, slots=True)
class TicketStarted:
    """The conversation began."""

    at: datetime
    ticket: str


@dataclass(frozen=True, slots=True)
class TicketFinished:
    """The conversation is over."""

    at: datetime
    ticket: str


@dataclass(frozen=True, slots=True)
class TicketSetAside:
    """Nobody came."""

    at: datetime
    ticket: str


@dataclass(frozen=True, slots=True)
class TicketClosed:
    """The day ended before the person was served."""

    at: datetime
    ticket: str


@dataclass(frozen=True, slots=True)
class CounterOpened:
    """A counter calls people for these services."""

    at: datetime
    counter: str
    services: frozenset[str]


@dataclass(frozen=True, slots=True)
class CounterClosed:
    """A counter stopped calling."""

    at: datetime
    counter: str


@dataclass(frozen=True, slots=True)
class DayTurned:
    """A new day began: the line is empty and numbers restart."""

    at: datetime
    day: date


Event = (
    TicketIssued
    | CodeShownAgain
    | TicketCalled
    | TicketStarted
    | TicketFinished
    | TicketSetAside
    | TicketClosed
    | CounterOpened
    | CounterClosed
    | DayTurned
)
