"""Who may say and hear what on a lobby's bus, as an access list for mosquitto: denied by default.

The caller of a command stands in the topic, so a login can command in its own name only. An access
list that refuses looks like success to the one refused, except in the PUBACK.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from appliance.bus.topics import Topics


@dataclass(frozen=True, slots=True)
class Rights:
    """What one login may do.

    Args:
        login: Its name.
        writes: Topics, or filters, that it may publish to.
        reads: Topics, or filters, that it may receive.
    """

    login: str
    writes: tuple[str, ...] = ()
    reads: tuple[str, ...] = ()


def process_login(device: str, process: str) -> str:
    """Give the login, which is the client id too, of a process of ours."""
    return f"proc.{device}.{process}"


def rights_of_processes(topics: Topics) -> tuple[Rights, ...]:
    """Give the rights of the three processes of a device."""
    told = (
        topics.board,
        topics.wait,
        topics.wait_of("+"),
        topics.promise,
        topics.tickets,
        topics.alarms,
    )
    return (
        Rights(
            process_login(topics.device, "desk"),
            writes=(
                *told,
                topics.kiosk_result("+"),
                topics.reply("+", "+"),
                topics.presence("desk"),
            ),
            # Its own board: after damage it tells which numbers are out.
            reads=(topics.scan, topics.commands, topics.board),
        ),
        Rights(
            process_login(topics.device, "scanner"),
            writes=(topics.scan, topics.presence("scanner")),
        ),
        Rights(
            process_login(topics.device, "board"),
            writes=(topics.presence("board"),),
            reads=(topics.board, topics.wait, topics.kiosk_result("+")),
        ),
    )


def rights_of_caller(topics: Topics, caller: str) -> Rights:
    """Give the rights of a caller, such as `counter.3`: its own commands and replies."""
    kind, _, name = caller.partition(".")
    everyone = (topics.board, topics.wait, topics.wait_of("+"))
    hears: tuple[str, ...] = (*everyone, topics.promise, topics.alarms, topics.tickets)
    if kind == "kiosk":
        hears = (*everyone, topics.kiosk_result(name))
    return Rights(
        caller,
        writes=(topics.command(caller, "+"),),
        reads=(topics.reply(caller, "+"), *hears),
    )


def access_list(rights: Iterable[Rights]) -> str:
    """Give the text of mosquitto's `acl_file` (mosquitto.conf(5))."""
    lines = []
    for right in rights:
        lines.append(f"user {right.login}")
        lines += [f"topic write {topic}" for topic in right.writes]
        lines += [f"topic read {topic}" for topic in right.reads]
        lines.append("")
    return "\n".join(lines)
