"""What the line answers to a command."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, time
from enum import Enum

from appliance.line.events import Event

Fact = str | date | time
"""What a sentence needs to be filled; whoever tells it knows how dates are written."""


class Reason(Enum):
    """Why something was refused; texts stand under `refused.{reason}`."""

    UNKNOWN_SERVICE = "unknown_service"
    UNKNOWN_COUNTER = "unknown_counter"
    UNKNOWN_TICKET = "unknown_ticket"
    COUNTER_CLOSED = "counter_closed"
    COUNTER_FREE = "counter_free"
    NOT_AT_A_COUNTER = "not_at_a_counter"
    ALREADY_STARTED = "already_started"
    CALL_AGAIN_FIRST = "call_again_first"
    TOO_SOON = "too_soon"
    NOT_WAITING = "not_waiting"
    NOT_PARKED = "not_parked"
    NOT_SERVED_HERE = "not_served_here"
    CANNOT_COME_BACK = "cannot_come_back"
    NOTHING_TO_UNDO = "nothing_to_undo"
    LOBBY_CLOSED = "lobby_closed"
    OUTSIDE_HOURS = "outside_hours"
    CLOSED_FOR_LONG = "closed_for_long"
    NO_MORE_TODAY = "no_more_today"
    HOURS_UNCLEAR = "hours_unclear"
    APPOINTMENTS_ONLY = "appointments_only"
    WALK_INS_REDIRECTED = "walk_ins_redirected"
    WALK_INS_OFF = "walk_ins_off"
    NO_PLACE_IN_LINE = "no_place_in_line"
    OTHER_DAY = "other_day"
    NUMBERS_EXHAUSTED = "numbers_exhausted"


@dataclass(frozen=True, slots=True)
class Refused:
    """It was not done, and nothing changed.

    Args:
        reason: Why.
        facts: What the sentence that tells it needs.
    """

    reason: Reason
    facts: Mapping[str, Fact] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Given:
    """A person holds a number, a new one or, shown `again`, the same as before."""

    ticket: str
    again: bool = False


@dataclass(frozen=True, slots=True)
class Called:
    """A person was asked to a counter."""

    ticket: str
    counter: str


@dataclass(frozen=True, slots=True)
class NobodyWaits:
    """The counter is free, and nobody waits whom it may serve."""

    counter: str


@dataclass(frozen=True, slots=True)
class Done:
    """It was done."""

    ticket: str | None = None
    counter: str | None = None


Answer = Refused | Given | Called | NobodyWaits | Done


@dataclass(frozen=True, slots=True)
class Decision:
    """What a command does: events to journal and apply, in order, and what to answer."""

    answer: Answer
    events: tuple[Event, ...] = ()


def refuse(reason: Reason, **facts: Fact) -> Decision:
    """Give the decision that nothing happens."""
    return Decision(Refused(reason, facts))
