"""What the line is made of.

Everything here is frozen. Times are aware datetimes, durations are `timedelta`. Nothing identifies
a person: a booking is an opaque id, a time and a service code.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum, IntEnum
from typing import NamedTuple


class WalkIn(Enum):
    """What a service does for people who come without an appointment."""

    TICKET = "ticket"
    REDIRECT = "redirect"
    OFF = "off"


class Wish(Enum):
    """What makes a visit possible or bearable. Narrows the counters, never moves the rank."""

    SEATED = "seated"
    DISCREET_ROOM = "discreet_room"
    INTERPRETER = "interpreter"
    MORE_TIME = "more_time"


class Urgency(Enum):
    """Why someone is called before all others: a word from this list, and nothing else."""

    HEALTH = "health"
    SAFETY = "safety"
    SUBSISTENCE = "subsistence"
    OTHER = "other"


class Mode(Enum):
    """Whom the lobby takes in today."""

    OPEN = "open"
    APPOINTMENTS_ONLY = "appointments_only"
    CLOSED = "closed"


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
        max_wait: Who has waited this long without an appointment gets right of way; None: never.
    """

    code: str
    letter: str
    minutes: timedelta
    walk_in: WalkIn = WalkIn.TICKET
    early: timedelta = timedelta(minutes=10)
    grace: timedelta = timedelta(minutes=10)
    very_late: timedelta = timedelta(minutes=60)
    max_wait: timedelta | None = None


class Because(Enum):
    """What decided that one was called and not another; texts stand under `why.{because}`."""

    CALLED_AGAIN = "called_again"
    BY_NAME = "by_name"
    ONLY_ONE = "only_one"
    URGENT = "urgent"
    RIGHT_OF_WAY = "right_of_way"
    FIRST_OF_ALL = "first_of_all"
    NOBODY_ELSE = "nobody_else"


@dataclass(frozen=True, slots=True)
class WhyCalled:
    """The explanation of one call.

    Args:
        because: What decided.
        passed: How many who had their number earlier were passed over.
        waiting: How many others the counter might have called.
    """

    because: Because
    passed: int = 0
    waiting: int = 0


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
    PARKED = "parked"
    SET_ASIDE = "set_aside"
    CANCELLED = "cancelled"
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
        calls: How often it was called in all.
        turn_calls: How often it was called since it last began to wait.
        called: Time of the last call.
        first_called: Time of the first call: the wait ends here.
        started: When the conversation began.
        shown: How often the code was held before the camera.
        copies: How often its slip was printed once more.
        wishes: What this visit needs.
        urgent: Why it is called before all others, or None.
        ranked_as: Service whose rules give the rank, where that is not `service`: a transfer keeps
            the rank.
        set_aside: When nobody came.
        clock_sure: Whether it was known what time it was when it was taken.
        follow: The secret in the QR on its slip, by which the person may follow it; empty: none.
        spoken: The visitor's language, such as `uk`, where it was told; empty: not known.
        reads_large: They read large type: so is their slip, each time that it is printed.
        why: Why it was called and not another, the last time that somebody was chosen; None: it
            never was called.
    """

    number: str
    sequence: int
    service: str
    taken: datetime
    booking: Booking | None = None
    state: TicketState = TicketState.WAITING
    counter: str | None = None
    calls: int = 0
    turn_calls: int = 0
    called: datetime | None = None
    first_called: datetime | None = None
    started: datetime | None = None
    shown: int = 1
    wishes: frozenset[Wish] = frozenset()
    urgent: Urgency | None = None
    ranked_as: str | None = None
    set_aside: datetime | None = None
    clock_sure: bool = True
    follow: str = ""
    copies: int = 0
    spoken: str = ""
    reads_large: bool = False
    why: WhyCalled | None = None


class CounterState(Enum):
    """Whether a counter calls people."""

    OPEN = "open"
    PAUSED = "paused"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Counter:
    """Where a clerk serves.

    Args:
        id: As on its sign.
        services: Codes of the services that it may serve.
        state: Whether it calls people.
        ticket: Number of the person who was called to it or is being served at it.
        offers: Wishes that it can grant.
        stands_by: The next ticket that it may serve is called to it at once.
    """

    id: str
    services: frozenset[str]
    state: CounterState = CounterState.CLOSED
    ticket: str | None = None
    offers: frozenset[Wish] = frozenset()
    stands_by: bool = False


@dataclass(frozen=True, slots=True)
class Boot:
    """A start of the machine.

    Args:
        id: Different after each.
        at: A time in it.
        uptime: How long before that the machine was started.
    """

    id: str
    at: datetime
    uptime: timedelta


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
