"""What may be asked of the line."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from appliance.line.model import Booking, Mode, Urgency, Wish
from appliance.line.opening import Spans


@dataclass(frozen=True, slots=True)
class CheckIn:
    """Give a person with a verified appointment a number.

    Args:
        follow: The secret for the slip's QR; empty: none.
        language: The visitor's, such as `uk`; empty: not known.
        large_print: They read large type.
    """

    booking: Booking
    wishes: frozenset[Wish] = frozenset()
    follow: str = ""
    language: str = ""
    large_print: bool = False


@dataclass(frozen=True, slots=True)
class Issue:
    """Give a person without an appointment a number.

    Args:
        by_staff: The reception gives it out: it may, whatever walk-ins get today.
        expected: How long the person would wait, as far as that is known.
        follow: The secret for the slip's QR; empty: none.
        language: The visitor's, such as `uk`; empty: not known.
        large_print: They read large type.
    """

    service: str
    wishes: frozenset[Wish] = frozenset()
    by_staff: bool = False
    expected: timedelta | None = None
    follow: str = ""
    language: str = ""
    large_print: bool = False


@dataclass(frozen=True, slots=True)
class Reprint:
    """Print the slip of a ticket once more.

    Args:
        large_print: The person reads large type, from now on.
    """

    ticket: str
    large_print: bool = False


@dataclass(frozen=True, slots=True)
class Attend:
    """Note that a person came to an appointment that has no place in the line."""

    booking: Booking


@dataclass(frozen=True, slots=True)
class Next:
    """Call the ticket with the smallest rank; first finish whom the counter serves."""

    counter: str


@dataclass(frozen=True, slots=True)
class Call:
    """Call a named ticket that waits; first finish whom the counter serves."""

    counter: str
    ticket: str


@dataclass(frozen=True, slots=True)
class Pick:
    """Call a parked ticket; first finish whom the counter serves."""

    counter: str
    ticket: str


@dataclass(frozen=True, slots=True)
class Recall:
    """Call the counter's ticket once more."""

    counter: str


@dataclass(frozen=True, slots=True)
class Start:
    """The conversation begins."""

    ticket: str


@dataclass(frozen=True, slots=True)
class Finish:
    """The conversation is over."""

    ticket: str


@dataclass(frozen=True, slots=True)
class NoShow:
    """Nobody came: set the ticket aside.

    Args:
        force: Do so although it was called fewer times than the rules ask for.
    """

    ticket: str
    force: bool = False


@dataclass(frozen=True, slots=True)
class Back:
    """A person who was set aside or parked waits again."""

    ticket: str


@dataclass(frozen=True, slots=True)
class Transfer:
    """Send a person who is at a counter on to another service."""

    ticket: str
    service: str


@dataclass(frozen=True, slots=True)
class Park:
    """Let a person leave the counter for a while, to copy a paper or to make a call."""

    ticket: str


@dataclass(frozen=True, slots=True)
class Undo:
    """Take back what the counter did last; only for a few seconds."""

    counter: str


@dataclass(frozen=True, slots=True)
class MakeUrgent:
    """Put a waiting person before all others."""

    ticket: str
    urgent: Urgency


@dataclass(frozen=True, slots=True)
class Cancel:
    """The person has left, or has two numbers."""

    ticket: str


@dataclass(frozen=True, slots=True)
class SetMode:
    """Take in others than before, for today."""

    mode: Mode


@dataclass(frozen=True, slots=True)
class SetHours:
    """Have other hours than usual, for today; none: closed to walk-ins."""

    hours: Spans


@dataclass(frozen=True, slots=True)
class SetNotice:
    """Have the board tell something, for today; empty: nothing.

    It is for everyone in the hall, and never about a person.
    """

    notice: str


@dataclass(frozen=True, slots=True)
class StandBy:
    """Wait for the next ticket that the counter may serve; it is called at once."""

    counter: str


@dataclass(frozen=True, slots=True)
class Pause:
    """Call nobody for a while."""

    counter: str


@dataclass(frozen=True, slots=True)
class OpenCounter:
    """A counter begins to call.

    Args:
        services: Codes of what it serves now; empty for what it is configured for.
    """

    counter: str
    services: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class CloseCounter:
    """A counter stops calling; a person who is at it is served to the end."""

    counter: str


@dataclass(frozen=True, slots=True)
class TurnDay:
    """A new day begins: leftover tickets are closed, numbers restart."""

    day: date


@dataclass(frozen=True, slots=True)
class BeginBoot:
    """The machine was started.

    Args:
        clock_sure: Whether it is known what time it is.
        boot: Different after each start.
        uptime: How long ago it was.
    """

    clock_sure: bool
    boot: str = ""
    uptime: timedelta = timedelta()


@dataclass(frozen=True, slots=True)
class SetClock:
    """Move the times of this boot: it was not the time that we believed.

    Args:
        shift: By how much; below zero: we were ahead.
    """

    shift: timedelta


@dataclass(frozen=True, slots=True)
class GoOnFrom:
    """Give nobody a number up to these: they may have been given out already today.

    Args:
        last: Letter → the highest number that may have been given out.
    """

    last: Mapping[str, int]


OfTheDay = SetMode | SetHours | SetNotice | TurnDay | BeginBoot | SetClock | GoOnFrom
"""What concerns the whole lobby."""

Command = (
    OfTheDay
    | CheckIn
    | Issue
    | Reprint
    | Attend
    | Next
    | Call
    | Pick
    | Recall
    | Start
    | Finish
    | NoShow
    | Back
    | Transfer
    | Park
    | Undo
    | MakeUrgent
    | Cancel
    | OpenCounter
    | StandBy
    | Pause
    | CloseCounter
)
