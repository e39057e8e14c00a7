"""What may be asked of the line."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from appliance.line.model import Booking, Mode, Urgency, Wish


@dataclass(frozen=True, slots=True)
class CheckIn:
    """Give a person with a verified appointment a number."""

    booking: Booking
    wishes: frozenset[Wish] = frozenset()


@dataclass(frozen=True, slots=True)
class Issue:
    """Give a person without an appointment a number.

    Args:
        by_staff: The reception gives it out: it may, whatever walk-ins get today.
    """

    service: str
    wishes: frozenset[Wish] = frozenset()
    by_staff: bool = False


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


Command = (
    CheckIn
    | Issue
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
    | SetMode
    | OpenCounter
    | StandBy
    | Pause
    | CloseCounter
    | TurnDay
)
