"""A command on the bus → what is asked of the line, or what it lacks."""

from __future__ import annotations

from datetime import time
from typing import TYPE_CHECKING, TypeVar

from appliance.bus.verbs import NotAsked, NotAskedError, check_may_ask
from appliance.line import commands
from appliance.line.opening import Span

if TYPE_CHECKING:
    from appliance.bus.messages.asked import Command
    from appliance.bus.topics import CommandTopic
    from appliance.line.line import Line


T = TypeVar("T")


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
                large_print=body.large_print,
            )
        case "urgent":
            ticket = _given(body.ticket, "ticket")
            return commands.MakeUrgent(ticket, _given(body.urgent, "urgent"))
        case "cancel":
            return commands.Cancel(_given(body.ticket, "ticket"))
        case "reprint":
            return commands.Reprint(_given(body.ticket, "ticket"), body.large_print)
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
