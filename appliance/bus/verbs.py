"""A command on the bus → what is asked of the line, or why this caller may not ask it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import time
from enum import Enum
from typing import TYPE_CHECKING, TypeVar

from appliance.line import commands
from appliance.line.opening import Span

if TYPE_CHECKING:
    from appliance.bus.messages.asked import Command
    from appliance.bus.topics import CommandTopic
    from appliance.line.line import Line


T = TypeVar("T")


class NotAsked(Enum):
    """Why a command does not reach the line; texts stand under `refused.{reason}`."""

    UNKNOWN_VERB = "unknown_verb"
    NOT_YOURS = "not_yours"
    ELSEWHERE = "elsewhere"
    INCOMPLETE = "incomplete"
    MALFORMED = "malformed"
    NO_KEY = "no_key"
    KEY_REUSED = "key_reused"
    NOT_WRITTEN = "not_written"
    USED = "used"
    NO_SUCH_BOOKING = "no_such_booking"
    TOO_MANY_TRIES = "too_many_tries"
    HAS_PLACE_IN_LINE = "has_place_in_line"
    WRONG_CHECK = "wrong_check"
    NO_LIST = "no_list"
    TOO_MANY_PRESSES = "too_many_presses"


@dataclass(frozen=True)
class NotAskedError(Exception):
    """A command does not reach the line.

    Args:
        reason: Why.
        facts: What the sentence that tells it needs.
    """

    reason: NotAsked
    facts: Mapping[str, str]


AT_COUNTERS = frozenset(
    {
        "next",
        "call",
        "pick",
        "recall",
        "start",
        "finish",
        "no_show",
        "back",
        "transfer",
        "park",
        "undo",
        "open_counter",
        "stand_by",
        "pause",
        "close_counter",
    }
)
ISSUE = "issue"
CHECK_IN_SHORT, ATTENDED = "check_in_short", "attended"
BY_SHORT_NUMBER = frozenset({CHECK_IN_SHORT, ATTENDED})
"""These name a booking of the day by its short number: what they ask of the line stands there."""
AGENDA, CHECK_SLIP = "agenda", "check_slip"
LOOK_UPS = frozenset({AGENDA, CHECK_SLIP})
"""These change nothing; asked again, they look again."""
HELP, SPEAK = "help", "speak"
AT_KIOSKS = frozenset({HELP, SPEAK})
"""Somebody is to come; somebody reads another language. Neither is asked of the line."""
VERBS: Mapping[str, frozenset[str]] = {
    "counter": AT_COUNTERS,
    "staff": AT_COUNTERS
    | BY_SHORT_NUMBER
    | LOOK_UPS
    | {ISSUE, "urgent", "cancel", "reprint", "set_mode", "set_hours", "set_notice"},
    "kiosk": AT_KIOSKS | {ISSUE, CHECK_IN_SHORT},
}
"""Kind of caller → what it may ask for."""

KNOWN = frozenset[str]().union(*VERBS.values())


def check_may_ask(topic: CommandTopic) -> None:
    """See that there is such a verb, and that it is for this caller.

    Raises:
        NotAskedError: It is not.
    """
    if topic.verb not in KNOWN:
        raise NotAskedError(NotAsked.UNKNOWN_VERB, {"verb": topic.verb})
    if topic.verb not in VERBS[topic.caller.partition(".")[0]]:
        raise NotAskedError(NotAsked.NOT_YOURS, {"verb": topic.verb})


def short_of(body: Command) -> str:
    """Give the short number that was typed, as it was typed.

    Raises:
        NotAskedError: It is missing.
    """
    return _given(body.short, "short")


def slip_of(body: Command) -> tuple[str, str]:
    """Give number and check code of a slip, as they were typed.

    Raises:
        NotAskedError: One is missing.
    """
    return _given(body.ticket, "ticket"), _given(body.check, "check")


def read_command(topic: CommandTopic, body: Command, line: Line) -> commands.Command:
    """Give what is asked of the line, by any verb but those that are in a set of their own.

    Raises:
        NotAskedError: The verb is unknown, is not for this caller, or lacks what it needs.
    """
    check_may_ask(topic)
    kind, _, name = topic.caller.partition(".")
    verb = topic.verb
    match verb:
        case "issue":
            wishes = frozenset(body.wishes or ())
            return commands.Issue(
                _given(body.service, "service"),
                wishes,
                kind == "staff",
                language=body.language or "",
            )
        case "urgent":
            ticket = _given(body.ticket, "ticket")
            return commands.MakeUrgent(ticket, _given(body.urgent, "urgent"))
        case "cancel":
            return commands.Cancel(_given(body.ticket, "ticket"))
        case "reprint":
            return commands.Reprint(_given(body.ticket, "ticket"))
        case "set_mode":
            return commands.SetMode(_given(body.mode, "mode"))
        case "set_hours":
            return commands.SetHours(tuple(map(_span, _told(body.hours, "hours"))))
        case "set_notice":
            return commands.SetNotice(_told(body.notice, "notice"))
        case "back":
            return commands.Back(_given(body.ticket, "ticket"))
    if kind == "counter" and body.counter not in {None, name}:
        raise NotAskedError(NotAsked.NOT_YOURS, {"verb": verb})
    counter = name if kind == "counter" else _given(body.counter, "counter")
    return _of_counter(verb, counter, body, line)


def _of_counter(verb: str, counter: str, body: Command, line: Line) -> commands.Command:
    """Give what is asked for a counter."""
    match verb:
        case "next":
            return commands.Next(counter)
        case "call":
            return commands.Call(counter, _given(body.ticket, "ticket"))
        case "pick":
            return commands.Pick(counter, _given(body.ticket, "ticket"))
        case "recall":
            return commands.Recall(counter)
        case "undo":
            return commands.Undo(counter)
        case "open_counter":
            return commands.OpenCounter(counter, frozenset(body.services or ()))
        case "stand_by":
            return commands.StandBy(counter)
        case "pause":
            return commands.Pause(counter)
        case "close_counter":
            return commands.CloseCounter(counter)
    ticket = _at_counter(body, counter, line)
    match verb:
        case "start":
            return commands.Start(ticket)
        case "finish":
            return commands.Finish(ticket)
        case "transfer":
            return commands.Transfer(ticket, _given(body.service, "service"))
        case "park":
            return commands.Park(ticket)
        case _:
            return commands.NoShow(ticket, force=body.force)


def _given(value: T | None, name: str) -> T:
    if not value:
        raise NotAskedError(NotAsked.INCOMPLETE, {"member": name})
    return value


def _told(value: T | None, name: str) -> T:
    """Give a value that may be empty, but must be there."""
    if value is None:
        raise NotAskedError(NotAsked.INCOMPLETE, {"member": name})
    return value


def _span(text: str) -> Span:
    opens, closes = text.split("-")
    return Span(time.fromisoformat(opens), time.fromisoformat(closes))


def _at_counter(body: Command, counter: str, line: Line) -> str:
    """Give the ticket that is meant: the one at the counter, and no other counter's."""
    known = line.counters.get(counter)
    own = known.ticket if known else None
    ticket = body.ticket or _given(own, "ticket")
    if ticket in line.tickets and ticket != own:
        raise NotAskedError(NotAsked.ELSEWHERE, {"ticket": ticket})
    return ticket
