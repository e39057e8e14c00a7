"""From settings to the screen that visitors use: what it offers, says, and is drawn with."""

from __future__ import annotations

import logging
import queue
import secrets
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

from appliance import config
from appliance.errors import LobbyError
from appliance.kiosk.offer import Offer, Timing
from appliance.line.model import Wish
from appliance.wiring import attached, lobby, speech

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from appliance.board.announcing import Announcer
    from appliance.board.resting import Resting
    from appliance.display.kiosk import KioskPainter
    from appliance.display.kiosk_signs import KioskSigns, RedirectSign
    from appliance.display.layout import Box
    from appliance.drivers.monitor import Monitor
    from appliance.kiosk.screen import Below, KioskScreen, News
    from appliance.strings import Texts

log = logging.getLogger(__name__)


def offer(settings: config.Settings) -> Offer:
    """Give what visitors find."""
    site, chosen = settings.site, settings.kiosk
    ends = {each.code: each.walk_in for each in settings.services}
    own = [each.name for each in settings.redirects]
    return Offer(
        languages=(site.language, *(each for each in site.languages if each != site.language)),
        services=tuple(ends if chosen.services is None else chosen.services),
        elsewhere=frozenset(code for code in ends if ends[code] is config.WalkIn.REDIRECT),
        booked=frozenset(code for code in ends if ends[code] is config.WalkIn.OFF),
        redirects=(*(each for each in chosen.redirects if each not in own), *own),
        wishes={code: _wishes(settings, code) for code in ends},
        places={each.id: each.place for each in settings.counters if each.place},
        book=chosen.book_page,
        scans=config.Role.SCANNER in settings.device.roles,
        short_numbers=chosen.short_numbers,
    )


def timing(settings: config.Settings) -> Timing:
    """Give how long it waits for visitors."""
    return Timing(idle_s=settings.kiosk.idle.total_seconds())


def _wishes(settings: config.Settings, code: str) -> tuple[str, ...]:
    """Give what can be wished for a service: a wish that no counter meets would never be called."""
    serving = [each for each in settings.counters if code in each.services]
    offered = {Wish.MORE_TIME.value} | {wish.value for each in serving for wish in each.offers}
    return tuple(wish.value for wish in Wish if wish.value in offered)


def signs(settings: config.Settings) -> KioskSigns:
    """Give what it says that does not change."""
    from appliance.display.kiosk_signs import SECTIONS, KioskSigns
    from appliance.display.pen import ServiceSign
    from appliance.strings import texts

    spoken = tuple(texts(language, *SECTIONS) for language in offer(settings).languages)
    return KioskSigns(
        settings.site.name,
        settings.lobby.name,
        spoken,
        {each.code: ServiceSign(each.letter, each.text) for each in settings.services},
        _redirects(settings, spoken),
        settings.kiosk.camera,
    )


def _redirects(settings: config.Settings, spoken: tuple[Texts, ...]) -> Mapping[str, RedirectSign]:
    from appliance.display.kiosk_signs import RedirectSign, shipped_redirects

    of_services = {
        each.code: RedirectSign({}, each.redirect, each.redirect_phone, each.redirect_page)
        for each in settings.services
        if each.walk_in is config.WalkIn.REDIRECT
    }
    own = {
        each.name: RedirectSign(each.text, each.directions, each.phone, each.page)
        for each in settings.redirects
    }
    return {**shipped_redirects(spoken), **of_services, **own}


def painter(
    settings: config.Settings, size: tuple[int, int], part: Box | None = None
) -> KioskPainter:
    """Build what draws it, in the office's look where it has one that can be used."""
    from appliance.display.fonts import find_fonts
    from appliance.display.kiosk import KioskPainter
    from appliance.display.text import Typesetter
    from appliance.display.theme import DAY

    theme, font = DAY, None
    if settings.look.theme is not None:
        from appliance.display.theme_file import read_theme

        try:
            dress = read_theme(settings.look.theme)
            theme, font = dress.day, dress.font
        except LobbyError as error:
            # A kiosk in other colours is better than none.
            log.warning("%s The kiosk goes on in the product's own look.", error)
    return KioskPainter(size, signs(settings), Typesetter(find_fonts(first=font)), theme, part)


@contextmanager
def kiosk(settings: config.Settings) -> Iterator[KioskScreen]:
    """Build the kiosk's process: fingers and bus → visit → pages and commands."""
    from appliance.bus.access import KIOSK
    from appliance.bus.inbound import without_receipts
    from appliance.display.kiosk_layout import overlay_box
    from appliance.kiosk.hall import Hall
    from appliance.kiosk.manners import Manners
    from appliance.kiosk.screen import KioskScreen, Place
    from appliance.service_manager import ServiceManager

    manager = ServiceManager.from_environment()
    topics = lobby.topics(settings)
    inbox: queue.SimpleQueue[News] = queue.SimpleQueue()
    above = settings.kiosk.at_rest is config.AtRest.BOARD
    with (
        ExitStack() as stack,
        attached.touch_monitor(settings) as monitor,
        speech.announcer(settings.sound) as announcer,
    ):
        place = Place(topics, settings.scanner.kiosk, secrets.token_hex(8))
        hears = [topics.wait, place.results, place.replies, *([topics.board] if above else [])]
        link = lobby.link(settings, KIOSK, without_receipts(inbox.put), hears)
        pulse = lobby.pulse(settings, KIOSK, link, manager.feed_watchdog)
        stack.enter_context(link)
        stack.callback(pulse.end)
        manager.ready()
        part = overlay_box(monitor.size) if above else None
        resting = _resting(settings, stack) if above else None
        below = _below(settings, monitor, part, announcer, inbox, stack, resting) if part else None
        _open_buttons(settings, inbox, stack)
        yield KioskScreen(
            inbox,
            place,
            Manners(offer(settings), timing(settings)),
            Hall(settings.site.timezone, attached.clock(settings.clock).speed),
            painter(settings, monitor.size, part),
            monitor,
            link.publish,
            below=below,
            speak=announcer.remember if announcer else lambda *_: None,
            beat=lambda: pulse.beat(
                (resting.trouble if resting else "") or speech.trouble(announcer)
            ),
        )


def _resting(settings: config.Settings, stack: ExitStack) -> Resting | None:
    """Build what lets the screen rest at night with the board; see `looks.resting`."""
    from appliance.wiring import looks

    return stack.enter_context(looks.resting(settings))


def _below(
    settings: config.Settings,
    monitor: Monitor,
    part: Box,
    announcer: Announcer | None,
    inbox: queue.SimpleQueue[News],
    stack: ExitStack,
    resting: Resting | None,
) -> Below:
    """Build the board that is seen while nobody uses the kiosk."""
    from appliance.board.screen import Screen
    from appliance.display.board_state import BoardState
    from appliance.kiosk.layers import Layers
    from appliance.kiosk.screen import Below
    from appliance.wiring import looks

    layers = Layers(monitor, part)
    drawn = looks.painter(settings, monitor.size)
    stack.enter_context(looks.slides(settings, drawn, inbox.put))
    state = BoardState(
        settings.site.timezone,
        lobby.timing(attached.clock(settings.clock)),
        looks.around(settings),
    )
    board = Screen(
        queue.SimpleQueue(),
        lobby.topics(settings),
        state,
        drawn,
        layers,
        kiosk=settings.scanner.kiosk,
        announces=announcer,
        rests=resting.look if resting else lambda _: None,
    )
    return Below(board, layers)


def _open_buttons(
    settings: config.Settings, inbox: queue.SimpleQueue[News], stack: ExitStack
) -> None:
    """Watch the buttons of a kiosk that is not at the desk's Pi, whose desk watches its own."""
    from appliance.drivers.buttons import ButtonsError
    from appliance.kiosk.screen import Pressed

    if config.Role.DESK in settings.device.roles:
        return
    buttons = attached.buttons(settings.buttons)
    stack.callback(buttons.close)
    try:
        buttons.open(lambda name: inbox.put(Pressed(name)))
    except ButtonsError as error:
        # The screen can do all that they can.
        log.warning("%s", error)
