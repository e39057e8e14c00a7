"""Who may say and hear what: on a lobby's bus and on the central broker, denied by default.

The table of topics, read as rights. The caller of a command stands in its topic, and a device in
its own, so that a login can speak in its own name only. An access list that refuses looks like
success to the one refused, except in the PUBACK: a SUBACK says "granted" to anything (measured), so
whoever must hear sings to itself (see `canary`) on `canary/{login}`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

from appliance.bus.topics import Topics

if TYPE_CHECKING:
    from collections.abc import Iterable

ROOT: Final = "lobby/v1/"
PROCESSES: Final = ("desk", "scanner", "board")
KIOSK: Final = "kiosk"
"""The process of a screen for visitors: it commands, so its login is a caller's."""
ANY: Final = "+"


class Rights(msgspec.Struct, frozen=True):
    """What one login may do.

    Args:
        login: Its name.
        writes: Topics, or filters, that it may publish to.
        reads: Topics, or filters, that it may receive.
        about: Who that is, for those who review the list.
    """

    login: str
    writes: tuple[str, ...] = ()
    reads: tuple[str, ...] = ()
    about: str = ""


def process_login(device: str, process: str) -> str:
    """Give the login, which is the client id too, of a process of ours."""
    return f"proc.{device}.{process}"


def kiosk_login(kiosk: str) -> str:
    """Give the login, which is the client id too, of the screen for visitors at a kiosk."""
    return f"{KIOSK}.{kiosk}"


def central_canary(login: str) -> str:
    """Give where a login that belongs to no lobby must hear itself."""
    return f"{ROOT}canary/{login}"


def rights_of_processes(topics: Topics, processes: Iterable[str] = PROCESSES) -> tuple[Rights, ...]:
    """Give the rights of the processes of a device on the bus of its lobby.

    Args:
        topics: The lobby's; `device` is where they run: the desk's, or a satellite.
        processes: Those that run there.
    """
    return tuple(_of_process(topics, process) for process in processes)


def _of_process(topics: Topics, process: str) -> Rights:
    login = process_login(topics.device, process)
    about = f"the {process} process on {topics.device}"
    canary = topics.canary(login)
    writes: tuple[str, ...] = (topics.presence(process), canary)
    reads: tuple[str, ...] = ()
    match process:
        case "desk":
            writes += (
                *_lobby_state(topics),
                topics.health,
                topics.tickets,
                topics.kiosk_result(ANY),
                topics.reply(ANY, ANY),
            )
            # Its own board: after damage it tells which numbers are out.
            reads = (topics.scan, topics.commands, topics.board, _presences(topics))
        case "scanner":
            writes += (topics.scan,)
        case "board":
            reads = (topics.board, topics.wait, topics.kiosk_result(ANY))
        case _:
            raise ValueError(f"there is no process {process!r}: {', '.join(PROCESSES)}")
    return Rights(login, writes, (*reads, canary), about)


def rights_of_caller(topics: Topics, caller: str, runs_on: Topics | None = None) -> Rights:
    """Give the rights of a caller, such as `counter.3`, on the bus: own commands, own replies.

    Args:
        topics: The lobby's.
        caller: Its login.
        runs_on: Of a kiosk, the topics of the device on which its screen's process runs, which says
            there that it is alive; None: none of ours.
    """
    kind, _, name = caller.partition(".")
    canary = topics.canary(caller)
    alive = (runs_on.presence(KIOSK),) if runs_on is not None else ()
    hears: tuple[str, ...] = (topics.board, topics.wait, topics.wait_of(ANY))
    if kind == KIOSK:
        hears += (topics.kiosk_result(name),)
    else:
        hears += (topics.promise, topics.alarms, topics.tickets)
    if kind == "staff":
        everywhere = Topics(topics.site, topics.lobby, ANY)
        hears += (everywhere.health, _presences(topics))
    return Rights(
        caller,
        (topics.command(caller, ANY), *alive, canary),
        (topics.reply(caller, ANY), *hears, canary),
        f"a {kind}" if kind != "staff" else "reception, team leads, the command line",
    )


def rights_of_device(topics: Topics) -> Rights:
    """Give the rights of a desk's device on the central broker: its lobby's state, its events.

    A satellite has none there.
    """
    canary = topics.canary(topics.device)
    return Rights(
        topics.device,
        (
            *_lobby_state(topics),
            *_device_state(topics),
            topics.events,
            f"{topics.prefix}follow/{ANY}",
            canary,
        ),
        (
            topics.bookings(None),
            topics.cancelled(None),
            topics.keys,
            topics.ack,
            # Its own: a late last will must not stand.
            topics.status,
            canary,
        ),
        f"the desk of lobby {topics.lobby}, site {topics.site}",
    )


def rights_of_issuer(login: str) -> Rights:
    """Give the rights of who issues bookings and keys, on the central broker."""
    everywhere, canary = Topics(ANY, ANY, ANY), central_canary(login)
    writes = (everywhere.bookings(None), everywhere.cancelled(None), everywhere.keys, canary)
    return Rights(login, writes, (canary,), "the issuer: it alone writes bookings and keys")


def rights_of_collector(login: str) -> Rights:
    """Give the rights of who stores events, on the central broker."""
    everywhere, canary = Topics(ANY, ANY, ANY), central_canary(login)
    return Rights(
        login,
        (everywhere.ack, canary),
        # What it told before: it notices a restored store of its own.
        (everywhere.events, everywhere.status, everywhere.ack, canary),
        "the collector: it alone acknowledges events",
    )


def rights_of_curves(login: str) -> Rights:
    """Give the rights of who keeps the day's curves, on the central broker."""
    everywhere, canary = Topics(ANY, ANY, ANY), central_canary(login)
    return Rights(
        login,
        (everywhere.today, canary),
        # What it told before: after a restart it goes on from there.
        (everywhere.wait, everywhere.promise, everywhere.today, canary),
        "who keeps the day's curves: it alone writes them",
    )


def rights_of_dashboard(login: str, sites: Iterable[str], *, follow: bool) -> Rights:
    """Give the rights of who looks on, on the central broker: nothing but its canary is written.

    Args:
        login: Its name.
        sites: Those that it may see; `+` is all.
        follow: Whether it serves the pages behind the slips' QR.
    """
    canary = central_canary(login)
    reads = [
        topic
        for lobby in (Topics(site, ANY, ANY) for site in sites)
        for topic in (
            *_lobby_state(lobby),
            *_device_state(lobby),
            lobby.today,
            *((f"{lobby.prefix}follow/{ANY}",) if follow else ()),
        )
    ]
    return Rights(login, (canary,), (*reads, canary), "it only looks")


def _lobby_state(topics: Topics) -> tuple[str, ...]:
    return (topics.board, topics.wait, topics.wait_of(ANY), topics.promise, topics.alarms)


def _device_state(topics: Topics) -> tuple[str, ...]:
    return (topics.status, topics.health)


def _presences(topics: Topics) -> str:
    return topics.presences


def access_list(rights: Iterable[Rights]) -> str:
    """Give the text of mosquitto's `acl_file` (mosquitto.conf(5)); what is not in it is denied.

    The order is that of the rights, and within a login that of its topics. A comment above each
    line says what it allows: mosquitto takes `#` for one at the beginning of a line only.
    """
    lines = []
    for right in rights:
        lines += [f"# {right.about}"] if right.about else []
        lines.append(f"user {right.login}")
        for access, says, topics in (
            ("write", "may say", right.writes),
            ("read", "may hear", right.reads),
        ):
            for topic in topics:
                meaning = meaning_of(topic)
                lines += [f"# {says} {meaning}"] if meaning else []
                lines.append(f"topic {access} {topic}")
        lines.append("")
    return "\n".join(lines)


def meaning_of(topic: str) -> str:
    """Say what a topic, or a filter, is for; empty: it is none of ours."""
    match topic.removeprefix(ROOT).split("/"):
        case ["canary", _] | [_, _, "canary", _]:
            return "its own canary, which proves that it can hear"
        case [_, _, "dev", _, "status"]:
            return "whether a device is there"
        case [_, _, "dev", _, "health"]:
            return "how a device is"
        case [_, _, "dev", _, "evt"]:
            return "what happened on a device"
        case [_, _, "dev", _, "ack"]:
            return "how far the collector has the events of a device"
        case [_, _, "scan"]:
            return "what a camera read"
        case [_, _, "proc", _, _]:
            return "whether a process is alive"
        case [_, _, "kiosk", _, "result"]:
            return "what a kiosk shows to one person"
        case [_, _, _, "cmd", _]:
            return "commands"
        case [_, _, _, "reply", _]:
            return "replies to commands"
        case [_, _, "tickets"]:
            return "the open tickets, wishes included"
        case [_, _, "board"]:
            return "what the board shows"
        case [_, _, "wait"]:
            return "who waits, and how long"
        case [_, _, "wait", _]:
            return "the wait for one service"
        case [_, _, "today"]:
            return "how waits and promise were over the day"
        case [_, _, "promise"]:
            return "how the promise is kept"
        case [_, _, "alarms"]:
            return "what is wrong"
        case [_, _, "follow", _]:
            return "the state of one number, for the page behind the slip's QR"
        case [_, _, "bookings", _]:
            return "the bookings of a day"
        case [_, _, "cancelled", _]:
            return "the cancelled bookings of a day"
        case [_, _, "keys"]:
            return "the signed trust list"
        case _:
            return ""
