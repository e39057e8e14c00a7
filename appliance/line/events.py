"""What happens in the line. What happened cannot be refused: events are journaled, and applied."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from appliance.line.model import Booking, Candidate, Counter, Mode, Ticket, Urgency, Wish
from appliance.line.opening import Spans


@dataclass(frozen=True, slots=True)
class TicketIssued:
    """A person stands in the line now.

    Args:
        clock_sure: Whether it was known what time it is.
        follow: Whoever knows it may follow the ticket: it stands on the slip, and leaves the device
            nowhere else; empty: none.
        spoken: The visitor's language, where it was told; it stays on the device.
        reads_large: They read large type; it stays on the device, too.
    """

    at: datetime
    ticket: str
    sequence: int
    service: str
    booking: Booking | None = None
    wishes: frozenset[Wish] = frozenset()
    clock_sure: bool = True
    follow: str = ""
    spoken: str = ""
    reads_large: bool = False


@dataclass(frozen=True, slots=True)
class CodeShownAgain:
    """The code of a ticket was held before the camera once more."""

    at: datetime
    ticket: str


@dataclass(frozen=True, slots=True)
class SlipAskedAgain:
    """The slip of a ticket is printed once more, as a copy.

    Args:
        reads_large: Now it is known that they read large type; it stays on the device.
    """

    at: datetime
    ticket: str
    reads_large: bool = False


@dataclass(frozen=True, slots=True)
class Attended:
    """A person came to an appointment that has no place in the line."""

    at: datetime
    booking: Booking


@dataclass(frozen=True, slots=True)
class TicketCalled:
    """A person was asked to a counter.

    Args:
        number_of_call: 1 for the first call of this ticket, then counting.
        candidates: All that the counter might have called, sorted, the smallest rank first. Empty
            on a recall and on a pick: then nothing was chosen from the line.
        by_name: A clerk chose this ticket; else it is the first of the candidates.
    """

    at: datetime
    ticket: str
    counter: str
    number_of_call: int
    candidates: tuple[Candidate, ...] = ()
    by_name: bool = False


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
class TicketReturned:
    """A ticket that was set aside or parked waits again, with its old rank."""

    at: datetime
    ticket: str


@dataclass(frozen=True, slots=True)
class TicketTransferred:
    """A person waits for another service now, with the rank that the ticket had."""

    at: datetime
    ticket: str
    service: str


@dataclass(frozen=True, slots=True)
class TicketParked:
    """A person left the counter for a while, and will be picked."""

    at: datetime
    ticket: str


@dataclass(frozen=True, slots=True)
class TicketMadeUrgent:
    """The reception put a person before all others."""

    at: datetime
    ticket: str
    urgent: Urgency


@dataclass(frozen=True, slots=True)
class TicketCancelled:
    """The person has left."""

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
class CounterStoodBy:
    """A counter waits for the next ticket that it may serve."""

    at: datetime
    counter: str


@dataclass(frozen=True, slots=True)
class CounterPaused:
    """A counter calls nobody for a while."""

    at: datetime
    counter: str


@dataclass(frozen=True, slots=True)
class CounterClosed:
    """A counter stopped calling."""

    at: datetime
    counter: str


@dataclass(frozen=True, slots=True)
class StepUndone:
    """What a counter did last was taken back.

    Args:
        counter: The counter as it was before.
        tickets: The tickets that it touched, as they were before.
    """

    at: datetime
    counter: Counter
    tickets: tuple[Ticket, ...]


@dataclass(frozen=True, slots=True)
class ModeSet:
    """The lobby takes in others than before, for today."""

    at: datetime
    mode: Mode


@dataclass(frozen=True, slots=True)
class HoursSet:
    """The lobby has other hours today."""

    at: datetime
    hours: Spans


@dataclass(frozen=True, slots=True)
class NoticeSet:
    """The board tells this today; empty: nothing."""

    at: datetime
    notice: str


@dataclass(frozen=True, slots=True)
class DayTurned:
    """A new day began: the line is empty and numbers restart."""

    at: datetime
    day: date


@dataclass(frozen=True, slots=True)
class BootBegan:
    """The machine was started: the times from here on move together, should the clock step.

    Args:
        clock_sure: Whether it is known what time it is.
        boot: Different after each start.
        uptime: How long ago it was.
    """

    at: datetime
    clock_sure: bool
    boot: str
    uptime: timedelta


@dataclass(frozen=True, slots=True)
class ClockSet:
    """It is known now what time it is, or it was not the time that we believed.

    Args:
        at: The time as it is now.
        shift: What the times of this boot were short of.
        day: The site's day.
    """

    at: datetime
    shift: timedelta
    day: date


@dataclass(frozen=True, slots=True)
class NumbersGoOn:
    """Numbers may have been given out that this journal does not know: none is given twice.

    Args:
        last: Letter → the highest number that may have been given out.
    """

    at: datetime
    last: Mapping[str, int]


CounterStateEvent = CounterOpened | CounterStoodBy | CounterPaused | CounterClosed
"""What a counter does with itself."""

CounterTicketEvent = (
    TicketCalled
    | TicketStarted
    | TicketFinished
    | TicketSetAside
    | TicketTransferred
    | TicketParked
)
"""What a counter does with a ticket."""

CounterEvent = CounterStateEvent | CounterTicketEvent
"""What a counter does."""

DayEvent = ModeSet | HoursSet | NoticeSet | DayTurned | BootBegan | ClockSet | NumbersGoOn
"""What concerns the whole lobby."""

Event = (
    CounterEvent
    | DayEvent
    | TicketIssued
    | CodeShownAgain
    | SlipAskedAgain
    | Attended
    | TicketReturned
    | TicketMadeUrgent
    | TicketCancelled
    | TicketClosed
    | StepUndone
)
