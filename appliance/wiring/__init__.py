"""What is on the table: the only place that builds things.

Each function builds one process from its settings, starts its parts in order and stops them in
reverse. Vendor libraries are imported with the driver that was chosen, and no other.
"""

from __future__ import annotations

import queue
import sys
from contextlib import ExitStack, contextmanager
from functools import partial
from typing import TYPE_CHECKING

from appliance import config
from appliance.bus.presence import Pulse
from appliance.drivers.service_manager import ServiceManager
from appliance.wiring import attached, central, lobby

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from appliance.bus.link import Inbound
    from appliance.desk import Desk
    from appliance.forecaster import Forecaster
    from appliance.scanner import Scanner
    from appliance.screen import Screen

SCAN_KEEP_S = 5
"""A scan is sent for so long until somebody hears it; then its person has moved on."""

FORECAST_PAUSE_S = 15.0
"""Between two forecasts at least, in desk time."""

DESK_SESSION_S = 10
"""So long the bus keeps for the desk what came while it was starting again."""


@contextmanager
def scanner(settings: config.Settings) -> Iterator[Scanner]:
    """Build the scanner: camera → decoders → bus."""
    from appliance.bus.courier import Courier
    from appliance.bus.messages.payload import encode
    from appliance.drivers.decode import TwoDecoders
    from appliance.scanner import Scanner

    topics = lobby.topics(settings)
    manager = ServiceManager.from_environment()
    inbox: queue.SimpleQueue[Inbound] = queue.SimpleQueue()
    with lobby.link(settings, "scanner", inbox.put) as link:
        pulse = Pulse(link, topics.presence("scanner"), manager.feed_watchdog)
        courier = Courier(partial(link.publish, expiry_s=SCAN_KEEP_S))

        def alive(detail: str) -> None:
            while not inbox.empty():
                courier.hear(inbox.get())
            courier.go_round()
            pulse.beat(detail)

        manager.ready()
        yield Scanner(
            lambda: attached.camera(settings.camera),
            TwoDecoders(),
            publish=lambda scan: courier.post(topics.scan, encode(scan), SCAN_KEEP_S),
            alive=alive,
            kiosk=settings.scanner.kiosk,
            slip_prefix=settings.codes.slip_prefix or None,
            absence_s=settings.scanner.absence.total_seconds(),
        )
        pulse.end()


def _start(start: Callable[[], None], complain: Callable[[str], None]) -> None:
    """Start something without which the line goes on all the same."""
    from appliance.drivers.buttons import ButtonsError
    from appliance.drivers.lamps import LampsError

    try:
        start()
    except (LampsError, ButtonsError) as error:
        complain(str(error))


@contextmanager
def desk(settings: config.Settings, source: Path) -> Iterator[Desk]:
    """Build the desk: journal, line, printing, buttons, and the bus between them and the rest.

    Args:
        settings: As read.
        source: Where they were read from, for the forecast's own process.
    """
    import secrets

    from appliance.bus.inbound import without_receipts
    from appliance.desk import Desk
    from appliance.forecasting import Forecasting
    from appliance.journal.keeping import Keeping
    from appliance.printing import Printing
    from appliance.strings import texts
    from appliance.surroundings import Incoming, Pressed, Surroundings

    topics = lobby.topics(settings)
    manager = ServiceManager.from_environment()
    inbox: queue.SimpleQueue[Incoming] = queue.SimpleQueue()
    with ExitStack() as stack:
        kept = settings.journal
        journal = stack.enter_context(
            Keeping(
                settings.device.state_dir / "journal.sqlite",
                keep_days=kept.keep_days,
                outbox_days=kept.outbox_days,
                uplink=settings.uplink.broker is not None,
            )
        )
        clock = attached.clock(settings.clock)
        empty = lobby.line(settings)
        trust, books = lobby.trust(settings), lobby.books(settings)
        slips = lobby.slips(settings)
        lamps = attached.lamps(settings.lamps)
        printing = Printing(attached.printer(settings.printer), inbox.put)
        agenda = lobby.agenda(settings, books, journal, printing.put)
        session = secrets.token_hex(8)
        upwards = central.upwards(
            settings.uplink,
            topics,
            clock,
            session,
            journal=journal,
            trust=trust,
            books=books,
            hand_on=inbox.put,
        )
        parts = [trust, books, agenda, *((upwards.uplink, upwards.taking) if upwards else ())]
        forecasting = Forecasting(
            (sys.executable, "-m", "appliance.cli", "run", "forecaster", "--config", str(source)),
            inbox.put,
            FORECAST_PAUSE_S / clock.speed,
        )
        subscriptions = [topics.scan, topics.commands]
        if journal.found.numbers is None:
            subscriptions.append(topics.board)
        take = without_receipts(inbox.put)
        link = lobby.link(settings, "desk", take, subscriptions, session_s=DESK_SESSION_S)
        pulse = Pulse(link, topics.presence("desk"), manager.feed_watchdog)
        built = Desk(
            line=empty,
            journal=journal,
            clock=clock,
            topics=topics,
            texts=texts(settings.site.language),
            around=Surroundings(
                publish=link.publish,
                acknowledge=link.acknowledge,
                print_slip=printing.put,
                judge=lobby.reception(settings, empty, trust, books),
                set_slip=slips.setter,
                ask_forecast=forecasting.ask,
                beat=pulse.beat,
                wording=lobby.wording(settings),
                show_light=lamps.show,
                follow=lobby.follow(settings),
                set_directions=slips.directions,
                set_redirect=slips.redirect,
                parts=[part for part in parts if part is not None],
                upstream=upwards.uplink if upwards else None,
            ),
            inbox=inbox,
            kiosk=settings.scanner.kiosk,
            session=session,
            rhythm=lobby.rhythm(clock),
        )
        built.start()
        printing.start()
        stack.callback(printing.stop)
        forecasting.start()
        stack.callback(forecasting.stop)
        if upwards is not None:
            stack.enter_context(upwards.link)
            stack.callback(upwards.uplink.close)
        stack.enter_context(link)
        stack.callback(pulse.end)
        buttons = attached.buttons(settings.buttons)
        attachments = (
            ("lamps", lamps, lamps.open),
            ("buttons", buttons, lambda: buttons.open(lambda code: inbox.put(Pressed(code)))),
        )
        for name, attachment, start in attachments:
            stack.callback(attachment.close)
            _start(start, partial(built.trouble, name))
        manager.ready()
        yield built
        manager.stopping()


@contextmanager
def board(settings: config.Settings) -> Iterator[Screen]:
    """Build the board: bus → state → painter → monitor."""
    from appliance.display.board import BoardPainter
    from appliance.display.board_state import BoardState
    from appliance.display.text import Typesetter, find_fonts
    from appliance.screen import Screen

    topics = lobby.topics(settings)
    manager = ServiceManager.from_environment()
    inbox: queue.SimpleQueue[Inbound] = queue.SimpleQueue()
    # A board in another hall has nobody before it who scans or presses.
    entrance = not {config.Role.DESK, config.Role.SCANNER}.isdisjoint(settings.device.roles)
    kiosk = settings.scanner.kiosk if entrance else None
    subscriptions = [topics.board, topics.wait, *([topics.kiosk_result(kiosk)] if kiosk else [])]
    with (
        attached.monitor(settings) as monitor,
        lobby.link(settings, "board", inbox.put, subscriptions) as link,
    ):
        pulse = Pulse(link, topics.presence("board"), manager.feed_watchdog)
        manager.ready()
        yield Screen(
            inbox,
            topics,
            BoardState(settings.site.timezone, lobby.timing(attached.clock(settings.clock))),
            BoardPainter(monitor.size, lobby.signs(settings), Typesetter(find_fonts())),
            monitor,
            kiosk=kiosk,
            beat=pulse.beat,
        )
        pulse.end()


@contextmanager
def forecaster(settings: config.Settings) -> Iterator[Forecaster]:
    """Build the forecast's own process, a child of the desk: journal, bookings → ranges."""
    from appliance.forecaster import Forecaster
    from appliance.journal.reading import JournalReader
    from appliance.line.forecast import Estimator

    empty = lobby.line(settings)
    with JournalReader(settings.device.state_dir / "journal.sqlite") as journal:
        estimator = Estimator(empty.services, empty.zone)
        yield Forecaster(empty, estimator, journal, books=lobby.books(settings))
