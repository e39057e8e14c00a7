"""From settings to the lobby: its topics, its line, and what is said of it."""

from __future__ import annotations

from datetime import UTC, datetime
from math import ceil
from typing import TYPE_CHECKING

from appliance import config
from appliance.bus.access import process_login
from appliance.bus.link import Link, Login, UnixSocket
from appliance.bus.presence import last_will
from appliance.bus.topics import Topics

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from datetime import time
    from pathlib import Path

    from appliance.bus.link import Inbound
    from appliance.checkin.admission import Lobby
    from appliance.checkin.keys import TrustList
    from appliance.display.board_state import Timing
    from appliance.display.pen import Signs
    from appliance.drivers.clock import Clock
    from appliance.line.line import Line
    from appliance.line.opening import OpeningHours, Spans
    from appliance.slips import Slips
    from appliance.surroundings import Rhythm


def topics(settings: config.Settings) -> Topics:
    """Give the lobby's topics."""
    return Topics(settings.site.id, settings.lobby.id, settings.device.id)


def link(
    settings: config.Settings,
    process: str,
    hand_on: Callable[[Inbound], None],
    subscriptions: Sequence[str] = (),
    *,
    session_s: int = 0,
) -> Link:
    """Give a process's connection to the bus, not yet open; see `Link`."""
    name = process_login(settings.device.id, process)
    password = config.read_secret(settings.bus.passwords / process)
    return Link(
        UnixSocket(settings.bus.socket),
        Login(name, name, password),
        hand_on,
        subscriptions=subscriptions,
        will=last_will(topics(settings).presence(process)),
        session_s=session_s,
    )


def line(settings: config.Settings) -> Line:
    """Build the line without its tickets, as configured."""
    from appliance.line.line import Line
    from appliance.line.model import Counter, Service, WalkIn, Wish
    from appliance.line.rules import Rules

    return Line(
        services={
            each.code: Service(
                each.code,
                each.letter,
                each.minutes,
                WalkIn(each.walk_in.value),
                each.early,
                each.grace,
                each.very_late,
                settings.rules.max_wait,
            )
            for each in settings.services
        },
        counters={
            each.id: Counter(
                each.id,
                frozenset(each.services),
                offers=frozenset(Wish(wish.value) for wish in each.offers),
            )
            for each in settings.counters
        },
        zone=settings.site.timezone,
        rules=Rules(
            settings.rules.max_calls,
            settings.rules.recall_after,
            hours=_opening_hours(settings.hours),
        ),
    )


def _opening_hours(hours: config.Hours | None) -> OpeningHours | None:
    from appliance.line.opening import OpeningHours, Span

    if hours is None:
        return None

    def spans(day: Iterable[tuple[time, time]]) -> Spans:
        return tuple(Span(*span) for span in day)

    return OpeningHours(
        tuple(map(spans, hours.week)),
        {day: spans(of_day) for day, of_day in hours.days.items()},
        hours.last_ticket,
    )


def place(line: Line) -> Lobby:
    """Give what admission must know of this place."""
    from appliance.checkin.admission import Lobby

    return Lobby(line.zone, line.services)


def trust(settings: config.Settings, clock: Clock) -> tuple[TrustList, str | None]:
    """Give whose signatures count, and what staff should know about it."""
    from appliance.checkin.keys import TrustError, read_root
    from appliance.checkin.store import NOBODY, TrustStore

    try:
        store = TrustStore(
            settings.codes.trust_list,
            settings.device.state_dir / "trust.sequence",
            read_root(settings.codes.root_key),
        )
        return store.load(), store.warning(clock.now())
    except (TrustError, OSError) as error:
        return NOBODY, str(error)


def slips(settings: config.Settings) -> Slips:
    """Build what composes slips."""
    from appliance.display.slip import TicketSlip
    from appliance.slips import Slips
    from appliance.strings import texts

    language = settings.printer.language
    blank = TicketSlip(
        office=settings.site.name,
        lobby=settings.lobby.name,
        number="",
        service="",
        where=settings.lobby.where,
        taken=datetime.fromtimestamp(0, UTC),
        device=settings.device.id,
        check="",
    )
    words = {each.code: each.text[language] for each in settings.services}
    key = _slip_key(settings.device.state_dir / "slip.key")
    return Slips(blank, words, texts(language), settings.printer.columns, key)


def _slip_key(path: Path) -> bytes:
    """Give the device's own key for check codes; made at the first start, never sent anywhere."""
    import secrets

    from appliance.files import write_atomically

    if not path.exists():
        write_atomically(path, secrets.token_bytes(32), mode=0o600)
    return path.read_bytes()


def signs(settings: config.Settings) -> Signs:
    """Give what the board says that does not change."""
    from appliance.display.pen import ServiceSign, Signs
    from appliance.strings import texts

    return Signs(
        settings.site.name,
        settings.lobby.name,
        tuple(texts(language) for language in settings.site.languages),
        {each.code: ServiceSign(each.letter, each.text) for each in settings.services},
        {each.id: each.place for each in settings.counters if each.place},
    )


def timing(clock: Clock) -> Timing:
    """In played time notices come thick and fast: each is shown for a moment only."""
    from appliance.display.board_state import Timing

    if clock.speed == 1.0:
        return Timing()
    return Timing(notice_s=0.7, number_s=2.0, speed=clock.speed)


def rhythm(clock: Clock) -> Rhythm:
    """In played time everything is as often and as fresh as in real time."""
    from appliance.surroundings import Rhythm

    usual = Rhythm()
    return Rhythm(usual.tick_s / max(clock.speed, 1.0), ceil(usual.valid_s * max(clock.speed, 1.0)))
