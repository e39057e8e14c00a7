"""What may be asked of the line."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from appliance.line.model import Booking


@dataclass(frozen=True, slots=True)
class CheckIn:
    """Give a person with a verified appointment a number."""

    booking: Booking


@dataclass(frozen=True, slots=True)
class Issue:
    """Give a person without an appointment a number."""

    service: str


@dataclass(frozen=True, slots=True)
class Next:
    """Call the ticket with the smallest rank; first finish whom the counter serves."""

    counter: str


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
    CheckIn | Issue | Next | Recall | Start | Finish | NoShow | OpenCounter | CloseCounter | TurnDay
)
