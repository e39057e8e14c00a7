"""A command on the bus → what is asked of the line, or why this caller may not ask it.

Verbs so far: next, recall, start, finish, no_show, open_counter, close_counter (counters and staff)
and issue (staff and kiosks).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from appliance.line import commands

if TYPE_CHECKING:
    from appliance.bus.messages import Command
    from appliance.bus.topics import CommandTopic
    from appliance.line.line import Line


class NotAsked(Enum):
    """Why a command does not reach the line; texts stand under `refused.{reason}`."""

    UNKNOWN_VERB = "unknown_verb"
    NOT_YOURS = "not_yours"
    INCOMPLETE = "incomplete"
    MALFORMED = "malformed"
    NO_KEY = "no_key"
    KEY_REUSED = "key_reused"
    NOT_WRITTEN = "not_written"


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
    {"next", "recall", "start", "finish", "no_show", "open_counter", "close_counter"}
)
VERBS: Mapping[str, frozenset[str]] = {
    "counter": AT_COUNTERS,
    "staff": AT_COUNTERS | {"issue"},
    "kiosk": frozenset({"issue"}),
}
"""Kind of caller → what it may ask for."""


def read_command(topic: CommandTopic, body: Command, line: Line) -> commands.Command:
    """Give what is asked of the line.

    Raises:
        NotAskedError: The verb is unknown, is not for this caller, or lacks what it needs.
    """
    kind, _, name = topic.caller.partition(".")
    if not any(topic.verb in verbs for verbs in VERBS.values()):
        raise NotAskedError(NotAsked.UNKNOWN_VERB, {"verb": topic.verb})
    if topic.verb not in VERBS[kind]:
        raise NotAskedError(NotAsked.NOT_YOURS, {"verb": topic.verb})
    if topic.verb == "issue":
        return commands.Issue(_given(body.service, "service"))
    if kind == "counter" and body.counter not in {None, name}:
        raise NotAskedError(NotAsked.NOT_YOURS, {"verb": topic.verb})
    counter = name if kind == "counter" else _given(body.counter, "counter")
    match topic.verb:
        case "next":
            return commands.Next(counter)
        case "recall":
            return commands.Recall(counter)
        case "open_counter":
            return commands.OpenCounter(counter, frozenset(body.services or ()))
        case "close_counter":
            return commands.CloseCounter(counter)
    ticket = _at_counter(body, counter, line)
    match topic.verb:
        case "start":
            return commands.Start(ticket)
        case "finish":
            return commands.Finish(ticket)
        case _:
            return commands.NoShow(ticket, force=body.force)


def _given(value: str | None, name: str) -> str:
    if not value:
        raise NotAskedError(NotAsked.INCOMPLETE, {"member": name})
    return value


def _at_counter(body: Command, counter: str, line: Line) -> str:
    """Give the ticket that is meant: the one at the counter, and no other counter's."""
    known = line.counters.get(counter)
    own = known.ticket if known else None
    ticket = body.ticket or _given(own, "ticket")
    if ticket in line.tickets and ticket != own:
        raise NotAskedError(NotAsked.NOT_YOURS, {"verb": ticket})
    return ticket
