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
from appliance.service_manager import ServiceManager
from appliance.wiring import attached, central, lobby, speech
from appliance.wiring.entrance import entrance as build_entrance

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from appliance.board.screen import News, Screen
    from appliance.bus.link import Inbound
    from appliance.desk.forecaster import Forecaster
    from appliance.desk.loop import Desk
    from appliance.scanner import Scanner

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
    from appliance.drivers.deadline import Deadline, leave_no_core
    from appliance.drivers.decode import TwoDecoders
    from appliance.scanner import Scanner

    leave_no_core()
    topics = lobby.topics(settings)
    manager = ServiceManager.from_environment()
    inbox: queue.SimpleQueue[Inbound] = queue.SimpleQueue()
    with lobby.link(settings, "scanner", inbox.put) as link:
        pulse = lobby.pulse(settings, "scanner", link, manager.feed_watchdog)
        courier = Courier(partial(link.publish, expiry_s=SCAN_KEEP_S))

        def alive(detail: str) -> None:
            while not inbox.empty():
                courier.hear(inbox.get())
            courier.go_round()
            pulse.beat(detail)

        manager.ready()
        yield Scanner(
            lambda: attached.camera(settings.camera),
            Deadline(TwoDecoders()),
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
    from appliance.drivers.buzzer import BuzzerError
    from appliance.drivers.lamps import LampsError

    try:
        start()
    except (LampsError, BuzzerError, ButtonsError) as error:
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
    from appliance.desk.forecasting import Forecasting
    from appliance.desk.loop import Desk
    from appliance.desk.printing import Printing
    from appliance.desk.surroundings import Incoming, Surroundings
    from appliance.journal.keeping import Keeping
    from appliance.strings import texts

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
        entrance = build_entrance(settings, clock)
        printing = Printing(attached.shared_printer(settings), inbox.put, prepare=slips.prepare)
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
        watch = lobby.watch(settings, attached.machine(settings.device), journal)
        parts += [watch, entrance.panel, entrance.ring(watch)]
        subscriptions = [topics.scan, topics.commands, topics.presences]
        if journal.found.numbers is None:
            subscriptions.append(topics.board)
        take = without_receipts(inbox.put)
        link = lobby.link(settings, "desk", take, subscriptions, session_s=DESK_SESSION_S)
        pulse = lobby.pulse(settings, "desk", link, manager.feed_watchdog)
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
                show_light=entrance.show,
                panel=entrance.panel,
                follow=lobby.follow(settings),
                set_directions=slips.directions,
                set_redirect=slips.redirect,
                parts=[part for part in parts if part is not None],
                upstream=upwards.uplink if upwards else None,
                watch=watch,
                day_book=books.day,
                is_our_slip=slips.is_ours,
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
        for name, start, end in entrance.attachments(inbox.put):
            stack.callback(end)
            _start(start, partial(built.trouble, name))
        manager.ready()
        yield built
        manager.stopping()


@contextmanager
def board(settings: config.Settings) -> Iterator[Screen]:
    """Build the board: bus → state → painter → monitor."""
    from appliance.board.screen import Screen
    from appliance.display.board_state import BoardState
    from appliance.wiring import looks

    topics = lobby.topics(settings)
    manager = ServiceManager.from_environment()
    inbox: queue.SimpleQueue[News] = queue.SimpleQueue()
    # A board in another hall has nobody before it who scans or presses.
    stands_there = not {config.Role.DESK, config.Role.SCANNER}.isdisjoint(settings.device.roles)
    kiosk = settings.scanner.kiosk if stands_there else None
    subscriptions = [topics.board, topics.wait, *([topics.kiosk_result(kiosk)] if kiosk else [])]
    with (
        ExitStack() as stack,
        attached.monitor(settings) as monitor,
        speech.announcer(settings.sound) as announcer,
        lobby.link(settings, "board", inbox.put, subscriptions) as link,
    ):
        pulse = lobby.pulse(settings, "board", link, manager.feed_watchdog)
        manager.ready()
        painter = looks.painter(settings, monitor.size)
        stack.enter_context(looks.slides(settings, painter, inbox.put))
        resting = stack.enter_context(looks.resting(settings))
        yield Screen(
            inbox,
            topics,
            BoardState(
                settings.site.timezone,
                lobby.timing(attached.clock(settings.clock)),
                looks.around(settings),
            ),
            painter,
            monitor,
            kiosk=kiosk,
            announces=announcer,
            rests=resting.look if resting else lambda _: None,
            beat=lambda: pulse.beat(looks.trouble(resting) or speech.trouble(announcer)),
        )
        pulse.end()


@contextmanager
def forecaster(settings: config.Settings) -> Iterator[Forecaster]:
    """Build the forecast's own process, a child of the desk: journal, bookings → ranges."""
    from appliance.desk.forecaster import Forecaster
    from appliance.journal.reading import JournalReader
    from appliance.line.forecast import Estimator

    empty = lobby.line(settings)
    with JournalReader(settings.device.state_dir / "journal.sqlite") as journal:
        estimator = Estimator(empty.services, empty.zone)
        yield Forecaster(empty, estimator, journal, books=lobby.books(settings))
