"""From settings to the lobby: its topics, its line, and what is said of it."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from functools import cache, partial
from math import ceil
from typing import TYPE_CHECKING

from appliance import config
from appliance.bus.topics import Topics

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from datetime import time as time_of_day
    from pathlib import Path

    from appliance import paper
    from appliance.bus.link import Inbound, Link
    from appliance.bus.presence import Pulse
    from appliance.desk.agenda import AgendaPart
    from appliance.desk.daybooks import DayBooks
    from appliance.desk.health import HealthPart
    from appliance.desk.printing import Job
    from appliance.desk.reception import Reception, Trust
    from appliance.desk.slips import Slips
    from appliance.desk.surroundings import Rhythm
    from appliance.desk.wording import Wording
    from appliance.display.board_state import Timing
    from appliance.display.pen import Signs
    from appliance.display.slip_drawn import Drawn
    from appliance.drivers.clock import Clock
    from appliance.drivers.vitals import Machine
    from appliance.journal.keeping import Keeping
    from appliance.line.line import Line
    from appliance.line.opening import OpeningHours, Spans


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
    from appliance.bus.access import KIOSK, kiosk_login, process_login
    from appliance.bus.link import Link, Login, UnixSocket
    from appliance.bus.presence import last_will

    name = process_login(settings.device.id, process)
    if process == KIOSK:
        name = kiosk_login(settings.scanner.kiosk)
    password = config.read_secret(config.handed_over(settings.bus.passwords / process))
    return Link(
        UnixSocket(settings.bus.socket),
        Login(name, name, password),
        hand_on,
        subscriptions=subscriptions,
        will=last_will(topics(settings).presence(process)),
        session_s=session_s,
    )


def pulse(settings: config.Settings, process: str, link: Link, fed: Callable[[], None]) -> Pulse:
    """Give what says that a process is alive, to the bus and to the service manager."""
    from appliance.bus.presence import Pulse

    return Pulse(link, topics(settings).presence(process), fed)


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

    def spans(day: Iterable[tuple[time_of_day, time_of_day]]) -> Spans:
        return tuple(Span(*span) for span in day)

    return OpeningHours(
        tuple(map(spans, hours.week)),
        {day: spans(of_day) for day, of_day in hours.days.items()},
        hours.last_ticket,
    )


def reception(settings: config.Settings, line: Line, trust: Trust, books: DayBooks) -> Reception:
    """Build what judges codes, slips and short numbers."""
    from appliance.checkin.admission import Lobby
    from appliance.desk.reception import Reception

    here = Lobby(
        line.zone,
        line.services,
        {each.id: each.name for each in settings.other_sites},
        {code: each.name for each in settings.other_lobbies for code in each.services},
    )
    return Reception(trust, settings.site.id, here, books, settings.codes.slip_prefix)


def wording(settings: config.Settings) -> Wording:
    """Build what words what is said to one person, in every language of the site."""
    from appliance.desk.wording import Wording
    from appliance.strings import texts

    main = settings.site.language
    others = [language for language in settings.site.languages if language != main]
    return Wording(
        [texts(language) for language in (main, *others)],
        {each.code: each.redirect for each in settings.services},
        settings.lobby.foreign,
    )


def watch(settings: config.Settings, machine: Machine, journal: Keeping) -> HealthPart:
    """Build what watches the device, and the processes beside the desk."""
    from appliance.desk.beside import Beside
    from appliance.desk.health import HealthPart

    others = [role.value for role in settings.device.roles if role is not config.Role.DESK]
    beside = Beside(topics(settings), others)
    return HealthPart(machine, beside, lambda: journal.trouble is not None)


def books(settings: config.Settings) -> DayBooks:
    """Open the days' bookings."""
    from appliance.desk.daybooks import DayBooks

    return DayBooks(settings.device.state_dir / "days")


def follow(settings: config.Settings) -> Callable[[], str]:
    """Give what makes the secret for a slip's QR, where slips carry one.

    Chance and nothing else: what is worked out from a number could be worked out by others.
    """
    import secrets

    return partial(secrets.token_urlsafe, 16) if settings.codes.slip_prefix else str


def trust(settings: config.Settings) -> Trust:
    """Give whose signatures count."""
    from appliance.checkin.keys import TrustError, read_root
    from appliance.checkin.store import TrustStore
    from appliance.desk.reception import Trust

    store, error = None, ""
    try:
        store = TrustStore(
            settings.codes.trust_list,
            settings.device.state_dir / "trust.sequence",
            read_root(settings.codes.root_key),
        )
        store.load()
    except (TrustError, OSError) as problem:
        error = str(problem)
    return Trust(store, error)


def slips(settings: config.Settings) -> Slips:
    """Build what composes slips."""
    from appliance.desk.slips import Offer, Slips, Tongue
    from appliance.display.slip import TicketSlip
    from appliance.display.slip_sheet import Compositor
    from appliance.strings import texts

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

    def tongue(language: str) -> Tongue:
        offers = {
            each.code: Offer(
                each.text[language],
                each.redirect.get(language, ""),
                each.redirect_phone,
                each.redirect_page,
            )
            for each in settings.services
        }
        return Tongue(texts(language), offers)

    return Slips(
        blank,
        {each: tongue(each) for each in (settings.printer.language, *settings.site.languages)},
        cache(lambda: Compositor(_press(settings.printer), _draw)),
        _slip_key(settings.device.state_dir / "slip.key"),
        zone=settings.site.timezone,
        follow_prefix=settings.codes.slip_prefix,
        large_print=settings.printer.large_print,
    )


def agenda(
    settings: config.Settings, books: DayBooks, journal: Keeping, print_slip: Callable[[Job], None]
) -> AgendaPart | None:
    """Give what prints the agenda; None: nobody wants it on paper, or there is no printer."""
    from appliance.desk.agenda import AgendaPart, AgendaWatch, Ended, Plan, SetSheet
    from appliance.desk.agenda_sheets import sheets
    from appliance.desk.printing import Job
    from appliance.display.agenda import set_agenda
    from appliance.strings import texts

    chosen, language = settings.agenda, settings.site.language
    if chosen.print_at is None or isinstance(settings.printer, config.NoPrinter):
        return None
    hours = _opening_hours(settings.hours)
    plan = Plan(
        chosen.print_at,
        chosen.reprint_pause,
        settings.site.timezone,
        opens=lambda day: hours is None or bool(hours.on(day)),
    )
    set_sheet = partial(set_agenda, texts=texts(language), columns=settings.printer.columns)

    def print_sheet(sheet: SetSheet, ended: Ended) -> None:
        print_slip(Job(None, "agenda", sheet, time.monotonic(), ended=ended))

    watch = AgendaWatch(books, journal, plan, sheets(settings, language), set_sheet)
    return AgendaPart(watch, print_sheet)


def _press(printer: config.Printer) -> paper.Press:
    """Give what the printer can do by itself; where there is none, no slip is ever set."""
    if isinstance(printer, config.NoPrinter):
        from appliance import paper

        return paper.Press(printer.columns, printer.columns, lambda _: True)
    from appliance.drivers.printer_escpos import press

    return press(printer.profile, printer.columns)


def _draw(dots: int) -> Drawn:
    from appliance.display.slip_drawn import Drawn
    from appliance.display.slip_fonts import SlipFonts

    return Drawn(dots, SlipFonts())


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
        tuple(texts(language, "board", "scan") for language in settings.site.languages),
        {each.code: ServiceSign(each.letter, each.text) for each in settings.services},
        {each.id: each.place for each in settings.counters if each.place},
    )


def timing(clock: Clock) -> Timing:
    """In played time notices come thick and fast: each is shown for a moment only."""
    from appliance.display.board_state import Timing

    if clock.speed == 1.0:
        return Timing()
    return Timing(notice_s=0.7, number_s=2.0, step_s=1e-3, reading_s=0.0, speed=clock.speed)


def rhythm(clock: Clock) -> Rhythm:
    """In played time everything is as often and as fresh as in real time."""
    from appliance.desk.surroundings import Rhythm

    usual = Rhythm()
    return Rhythm(usual.tick_s / max(clock.speed, 1.0), ceil(usual.valid_s * max(clock.speed, 1.0)))
