"""A lobby and the other end, with real parts: what is booked online is known where people come.

A real desk, its bus, a central broker, the issuer's `publish` and a collector, each a process or a
connection of its own.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import queue
import sqlite3
import tempfile
import time
from contextlib import ExitStack, closing, contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final, Self
from zoneinfo import ZoneInfo

import pytest

from appliance.bus.asking import Asker
from appliance.bus.link import Inbound, Link, Login, Received, Tcp, UnixSocket
from appliance.bus.messages.alive import Status
from appliance.bus.messages.asked import Command, Reply, Scan
from appliance.bus.messages.payload import decode, encode
from appliance.bus.messages.shown import Board, Follow, KioskResult
from appliance.bus.topics import Topics
from central.bookings.plan import SignedList
from central.bookings.publisher import Publisher
from demo.emulator import PrinterEmulator
from tests.central.world import ORDER, World
from tests.support.broker import Mosquitto
from tests.support.collecting import Collecting
from tests.support.device import Device

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from central.bookings.issuer import Issued, Issuer
    from central.bookings.store import Store

NINE: Final = datetime(2026, 3, 2, 9, 0, tzinfo=ZoneInfo("Europe/Berlin"))
TOPICS: Final = Topics("SUED", "EINGANG", "sued.eingang-1")
CLOCK: Final = '[clock]\nkind = "simulated"\nstart = {start}\norigin = {origin}\nspeed = {speed}\n'
SLIPS: Final = "https://wait.example/n/#"
DEADLINE_S: Final = 30.0


class Town:
    """A lobby on its own bus, and the office that issues its appointments."""

    def __init__(
        self,
        folder: Path,
        bus: Mosquitto,
        central: Mosquitto,
        world: World,
        printer: PrinterEmulator,
    ) -> None:
        self.folder = folder
        self.printer = printer
        self.bus = bus
        self.central = central
        self.world = world
        self.results: list[KioskResult] = []
        self.boards: list[Board] = []
        self.births: list[Status] = []
        self._heard: queue.SimpleQueue[Inbound] = queue.SimpleQueue()
        self._closing = ExitStack()

    def __enter__(self) -> Self:
        with ExitStack() as stack:
            self.store: Store = stack.enter_context(closing(self.world.store()))
            self.issuer: Issuer = self.world.issuer(self.store)
            at_bus = UnixSocket(self.bus.socket)
            kiosk = TOPICS.kiosk_result("entrance")
            self._ear = stack.enter_context(
                Link(at_bus, Login("ear", "ear", ""), self._heard.put, subscriptions=(kiosk,))
            )
            stack.enter_context(
                Link(
                    Tcp("127.0.0.1", self.central.port),
                    Login("looker", "looker", ""),
                    self._heard.put,
                    subscriptions=(TOPICS.board, TOPICS.status),
                )
            )
            self.reception = stack.enter_context(
                Asker(TOPICS, at_bus, Login("reception", "staff.reception", ""))
            )
            self._closing = stack.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._closing.close()

    def book(self, minutes: int) -> Issued:
        """Make a booking, as the website does, for so many minutes after nine."""
        slot = NINE + timedelta(minutes=minutes)
        with self.store.writing():
            return self.issuer.book(replace(ORDER, slot=slot))

    def publish(self) -> None:
        """Tell the central broker what is booked."""
        trust = SignedList(1, self.world.keyring.trust_path.read_bytes())
        address = Tcp("127.0.0.1", self.central.port)
        login = Login("issuer", "issuer", "")
        publisher = Publisher(
            self.world.office, self.store, lambda: trust, address, login, lambda: NINE
        )
        list(publisher.once())

    def show(self, text: str, kind: str = "code") -> KioskResult:
        """Hold something before the camera; give what the kiosk says."""
        seen = len(self.results)
        scan = encode(Scan(kind=kind, kiosk="entrance", text=text))
        self.until(lambda: bool(self._ear.publish(TOPICS.scan, scan)), "the scan is heard")
        self.until(lambda: len(self.results) > seen, "the kiosk says something")
        return self.results[-1]

    def ask(self, verb: str, **body: str) -> Reply:
        """Ask at the reception."""
        return self.reception.ask(verb, Command(**body))  # type: ignore[arg-type]

    def until(self, fact: Callable[[], bool], what: str) -> None:
        """Wait until something is so."""
        until_s = time.monotonic() + DEADLINE_S
        while not fact():
            assert time.monotonic() < until_s, f"not in time: {what}"
            self._listen()

    def _listen(self) -> None:
        try:
            heard = self._heard.get(timeout=0.05)
        except queue.Empty:
            return
        match heard:
            case Received(topic, payload) if topic == TOPICS.board:
                self.boards.append(decode(payload, Board))
            case Received(topic, payload) if topic == TOPICS.status:
                self.births.append(decode(payload, Status))
            case Received(_, payload):
                self.results.append(decode(payload, KioskResult))
            case _:
                pass

    def knows(self, booked: Issued, *, cancelled: bool = False) -> bool:
        """Tell whether the desk has a booking in its book of the day."""
        kind = "cancelled" if cancelled else "bookings"
        file = self.folder / "state" / "days" / f"{kind}-{NINE.date()}.json"
        return file.exists() and booked.kept.booking.id in file.read_text("utf-8")


@contextmanager
def a_town(*, speed: float = 1.0, more: str = "") -> Iterator[Town]:
    with ExitStack() as stack:
        folders = [
            Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="lobby-")))
            for _ in range(3)
        ]
        brokers = [Mosquitto(folder) for folder in folders[:2]]
        for broker in brokers:
            stack.callback(broker.close)
            broker.start()
        bus, central = brokers
        world = World(folders[2], central.port, NINE)
        printer = stack.enter_context(PrinterEmulator())
        device = Device(folders[0], printer.port)
        configure(device, central, world)
        clock = CLOCK.format(start=NINE.isoformat(), origin=repr(time.time()), speed=speed)
        with device.config.open("a", encoding="utf-8") as file:
            file.write(clock + more)
        place = stack.enter_context(Town(folders[0], bus, central, world, printer))
        stack.enter_context(device.started("desk"))
        yield place


@pytest.fixture
def town() -> Iterator[Town]:
    with a_town() as town:
        yield town


def configure(device: Device, central: Mosquitto, world: World) -> None:
    device.edit('code = "A1"', 'code = "A10"')
    device.edit('services = ["A1"]', 'services = ["A10"]')
    device.edit(f"{device.folder}/root.pub", str(world.keyring.root_path))
    device.edit("[codes]\n", f'[codes]\nslip_prefix = "{SLIPS}"\n')
    with device.config.open("a", encoding="utf-8") as file:
        file.write(f'\n[uplink]\nbroker = "mqtt://127.0.0.1:{central.port}"\n')


@contextmanager
def collecting(town: Town) -> Iterator[Collecting]:
    with Collecting(town.world.folder / "collected.sqlite", town.central.port) as collector:
        yield collector


def collected(collector: Collecting) -> list[tuple[str, dict[str, object]]]:
    """Give type and data of what is stored, in order."""
    with closing(sqlite3.connect(collector.store)) as db:
        rows = db.execute("SELECT type, data FROM event ORDER BY epoch, seq").fetchall()
    return [(kind, json.loads(data)) for kind, data in rows]


def test_bookings_made_online_are_known_where_people_come(town: Town) -> None:
    first, second = town.book(5), town.book(10)
    town.publish()
    town.until(lambda: town.knows(second), "the day's bookings are there")
    # Without a code, and then with it: one person, one number.
    by_short = town.ask("check_in_short", short=first.kept.short.lower())
    assert by_short.ok
    assert by_short.ticket == "A001"
    assert first.code is not None
    shown = town.show(first.code)
    assert (shown.outcome, shown.ticket) == ("again", "A001")
    # The slip is asked for its number's state, too.
    (address,) = town.printer.wait_for_slip(1, timeout_s=DEADLINE_S).codes
    assert address.startswith(SLIPS)
    assert town.show(address, "slip").ticket == "A001"
    # The trust list came the same way: else no code would count.
    assert second.code is not None
    town.issuer.cancel(second.kept.booking.id)
    town.publish()
    town.until(lambda: town.knows(second, cancelled=True), "the cancellation is there")
    assert town.show(second.code).outcome == "cancelled"


def test_what_happens_is_stored_at_the_centre_and_nothing_that_is_private(town: Town) -> None:
    booked = town.book(5)
    town.publish()
    assert booked.code is not None
    town.until(lambda: town.births[-1:] != [] and town.births[-1].state == "up", "the birth")
    town.until(lambda: town.show(booked.code or "").ticket == "A001", "the code counts")
    assert town.ask("issue", service="A10").ticket == "A002"
    with collecting(town) as collector:
        town.until(
            lambda: [kind for kind, _ in collected(collector)].count("TicketIssued") == 2,
            "both numbers are stored",
        )
        tickets = [data for kind, data in collected(collector) if kind == "TicketIssued"]
    assert [data["ticket"] for data in tickets] == ["A001", "A002"]
    assert all("follow" not in data for data in tickets)
    assert "staff.reception" not in json.dumps(collected(collector))


def test_number_is_followed_from_afar_by_who_has_its_slip(town: Town) -> None:
    followed: queue.SimpleQueue[Inbound] = queue.SimpleQueue()
    at_centre = Tcp("127.0.0.1", town.central.port)
    with Link(at_centre, Login("f", "f", ""), followed.put, subscriptions=(TOPICS.follow("+"),)):
        assert town.ask("open_counter", counter="1").ok
        assert town.ask("issue", service="A10").ok
        assert town.ask("issue", service="A10").ok
        _, (address,) = (
            town.printer.wait_for_slip(number, timeout_s=DEADLINE_S).codes for number in (1, 2)
        )
        secret = address.removeprefix(SLIPS)
        mine = TOPICS.follow(hashlib.sha256(secret.encode()).hexdigest())

        def stands(**so: object) -> Callable[[], bool]:
            def heard() -> bool:
                with contextlib.suppress(queue.Empty):
                    item = followed.get_nowait()
                    if isinstance(item, Received) and item.topic == mine:
                        told.append(decode(item.payload, Follow))
                        assert secret.encode() not in item.payload
                return bool(told) and all(getattr(told[-1], k) == v for k, v in so.items())

            return heard

        told: list[Follow] = []
        town.until(stands(ticket="A002", state="waiting", ahead=1), "it waits behind another")
        assert town.ask("next", counter="1").ticket == "A001"
        town.until(stands(state="waiting", ahead=0), "it is next")
        assert town.ask("next", counter="1").ticket == "A002"
        town.until(stands(state="called", counter="1", calls=1), "it is called")


def test_centre_that_is_gone_stops_nobody_and_hears_all_afterwards(town: Town) -> None:
    town.until(lambda: bool(town.boards), "the board is told at the centre")
    town.central.kill()
    assert town.ask("issue", service="A10").ticket == "A001"
    assert town.ask("issue", service="A10").ticket == "A002"
    town.central.start()
    town.until(
        lambda: (
            bool(town.boards) and town.boards[-1].waiting == 2 and town.boards[-1].online is True
        ),
        "the board is told again",
    )
    with collecting(town) as collector:
        town.until(
            lambda: [kind for kind, _ in collected(collector)].count("TicketIssued") == 2,
            "what happened meanwhile is stored",
        )


def test_agenda_comes_out_of_the_printer_by_itself_and_again_when_it_changes() -> None:
    agenda = '[agenda]\nprint_at = "07:00"\nreprint_pause_min = 5\n'
    with a_town(speed=60, more=agenda) as town:
        town.book(60)
        town.publish()
        sheet = town.printer.wait_for_slip(1, timeout_s=DEADLINE_S)
        assert "10:00" in sheet.text
        assert "Unterlagen abgeben" in sheet.text
        late = town.book(120)
        town.publish()
        again = town.printer.wait_for_slip(2, timeout_s=DEADLINE_S)
        assert "11:00" in again.text
        assert late.kept.short not in again.text
