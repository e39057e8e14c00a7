"""A Pi that starts at 07:30 believing it is yesterday 17:55, and learns the time at 08:40.

The desk is the real process, with a real broker, real codes and a printer that reads real bytes.
Its clock is that of `clock.kind = "mistaken"`, and 70 minutes take 7 seconds.
"""

from __future__ import annotations

import queue
import time
from contextlib import ExitStack
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Final, TypeVar

import pytest

from appliance.bus.asking import Asker
from appliance.bus.courier import Courier
from appliance.bus.link import Link, Login, Received, UnixSocket
from appliance.bus.messages.alive import Health
from appliance.bus.messages.asked import Command, Scan
from appliance.bus.messages.payload import decode, encode
from appliance.bus.messages.shown import Board, KioskResult
from appliance.bus.messages.staff import Alarms
from appliance.bus.topics import Topics
from appliance.checkin.claims import ID_BYTES, Claims
from appliance.journal.reading import JournalReader
from appliance.line import events
from appliance.line.model import Booking
from central.bookings.issuing import USUAL_VALIDITY, issue
from demo.emulator import PrinterEmulator
from tests.journal.entrance import SITE, Issuer
from tests.support.device import Device, device
from tests.support.lobby import DAY, at

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from appliance.bus.link import Inbound
    from tests.support.broker import Mosquitto

M = TypeVar("M", Board, Health, Alarms)

TOPICS: Final = Topics(SITE, "EINGANG", "sued.eingang-1")
EVENING: Final = DAY - timedelta(days=1)
SPEED: Final = 600.0
DEADLINE_S: Final = 40.0
PLAYED: Final = """
[clock]
kind = "{kind}"
start = {start}
origin = {origin!r}
speed = {speed}
"""
MISTAKE: Final = """\
believed = {believed}
known_by = "{known_by}"
"""


class Morning:
    """A lobby under a wrong clock, and who comes to it."""

    def __init__(self, made: Device, broker: Mosquitto, keys: Path) -> None:
        self._device = made
        self._bus = UnixSocket(broker.socket)
        self._issuer = Issuer.new(keys)
        self._known_by = made.folder / "synchronized"
        self._inbox: queue.SimpleQueue[Inbound] = queue.SimpleQueue()
        self._codes = 0
        self._calls = 0
        self.heard: dict[str, bytes] = {}
        self.results: list[KioskResult] = []
        folder = made.folder
        for old, new in (
            (f"{folder}/bus.sock", str(broker.socket)),
            (f"{folder}/trust.cose", str(keys / "trust.cose")),
            (f"{folder}/root.pub", str(keys / "root.pub")),
        ):
            made.edit(old, new)
        self._plain = made.config.read_text("utf-8")

    def evening(self) -> None:
        """Let somebody take a number yesterday, and stay: then the power fails."""
        self._set_clock("simulated", at("17:30", EVENING), 1.0)
        with self._device.started("desk"), self._around():
            assert self.press() == "A001"

    def boots(self, stack: ExitStack) -> None:
        """Start at 07:30, believing that it is 17:55 of yesterday."""
        self._origin_s = time.time()
        mistake = MISTAKE.format(believed=at("17:55", EVENING).isoformat(), known_by=self._known_by)
        self._set_clock("mistaken", at("07:30"), SPEED, mistake)
        stack.enter_context(self._device.started("desk"))
        stack.enter_context(self._around())

    def time_arrives(self, moment: datetime) -> None:
        """Wait until it is so late, and let the machine learn it."""
        uptime_s = (moment - at("07:30")).total_seconds() / SPEED
        self.until(lambda: time.time() - self._origin_s >= uptime_s, "the moment")
        self._known_by.touch()

    def press(self) -> str:
        """Press the button; give the number."""
        return self._met(self._device.press)

    def shows(self, slot: datetime) -> str:
        """Hold up the code of an appointment; give the number."""
        self._codes += 1
        booking = Booking(f"{self._codes:0{2 * ID_BYTES}x}", slot, 5, "A1")
        text = issue(Claims(SITE, slot + USUAL_VALIDITY, booking), self._issuer.key)
        scan = encode(Scan(kind="code", kiosk="entrance", text=text))
        return self._met(lambda: self._courier.post(TOPICS.scan, scan, DEADLINE_S))

    def next(self) -> str | None:
        """Have the clerk call whoever is next."""
        self._calls += 1
        reply = self._clerk.ask("next", Command(), timeout_s=DEADLINE_S)
        assert reply.ok, reply
        return reply.ticket

    def opens(self) -> None:
        """Have the clerk open the counter."""
        assert self._clerk.ask("open_counter", Command(), timeout_s=DEADLINE_S).ok

    def told(self, topic: str, kind: type[M], fact: Callable[[M], bool]) -> M:
        """Wait until the desk tells something; give it."""

        def is_so() -> bool:
            return topic in self.heard and fact(decode(self.heard[topic], kind))

        self.until(is_so, f"{topic}: {self.heard.get(topic)!r}")
        return decode(self.heard[topic], kind)

    def happened(self) -> list[events.Event]:
        """Give what the journal holds."""
        with JournalReader(self._device.folder / "state" / "journal.sqlite") as journal:
            return list(journal.news())

    def until(self, fact: Callable[[], bool], what: str) -> None:
        """Wait until something is so."""
        until_s = time.monotonic() + DEADLINE_S
        while not fact():
            assert time.monotonic() < until_s, f"not in time: {what}\n{self._device.log('desk')}"
            self._hear()
            time.sleep(0.01)

    def _met(self, act: Callable[[], object]) -> str:
        count = len(self.results)
        act()
        self.until(lambda: len(self.results) > count, "an answer at the kiosk")
        ticket = self.results[-1].ticket
        assert ticket is not None, self.results[-1]
        return ticket

    def _hear(self) -> None:
        while not self._inbox.empty():
            item = self._inbox.get()
            self._courier.hear(item)
            if not isinstance(item, Received):
                continue
            if item.topic == TOPICS.kiosk_result("entrance"):
                self.results.append(decode(item.payload, KioskResult))
            else:
                self.heard[item.topic] = item.payload
        self._courier.go_round()

    def _around(self) -> ExitStack:
        """Connect the scanner, the kiosk's screen, staff and a clerk."""
        with ExitStack() as stack:
            topics = (TOPICS.board, TOPICS.health, TOPICS.alarms, TOPICS.kiosk_result("entrance"))
            ear = Login("ear", "ear", "secret")
            link = Link(self._bus, ear, self._inbox.put, subscriptions=topics)
            stack.enter_context(link)
            self._courier = Courier(partial(link.publish, expiry_s=5))
            clerk = Login("counter.1", "counter.1", "secret")
            self._clerk = stack.enter_context(Asker(TOPICS, self._bus, clerk))
            self.heard.clear()
            self.told(TOPICS.board, Board, lambda _: True)
            return stack.pop_all()

    def _set_clock(self, kind: str, start: datetime, speed: float, more: str = "") -> None:
        origin = time.time() if kind == "simulated" else self._origin_s
        clock = PLAYED.format(kind=kind, start=start.isoformat(), origin=origin, speed=speed)
        self._device.config.write_text(f"{self._plain}{clock}{more}", "utf-8")


@pytest.fixture
def printer() -> Iterator[PrinterEmulator]:
    with PrinterEmulator() as emulator:
        yield emulator


@pytest.fixture
def morning(mosquitto: Mosquitto, printer: PrinterEmulator, tmp_path: Path) -> Iterator[Morning]:
    with device() as made:
        made.edit("port = 9", f"port = {printer.port}")
        yield Morning(made, mosquitto, tmp_path / "keys")


def test_everyone_who_came_before_the_time_was_known_is_called_in_order_and_nobody_is_closed(
    morning: Morning, printer: PrinterEmulator
) -> None:
    morning.evening()
    with ExitStack() as stack:
        morning.boots(stack)
        came = [
            morning.press(),
            morning.shows(at("08:50")),
            morning.press(),
            morning.shows(at("08:15")),
        ]
        # It believes that it is yesterday still: so its numbers go on, and yesterday's waits.
        assert came == ["A002", "A003", "A004", "A005"]
        morning.until(
            lambda: all(any(number in slip.text for slip in printer.slips) for number in came),
            "a slip for each",
        )
        assert morning.told(TOPICS.health, Health, lambda _: True).clock == "unsure"
        told = morning.told(TOPICS.alarms, Alarms, lambda each: len(each.alarms) > 0)
        assert "clock" in {alarm.name for alarm in told.alarms}
        # Appointments by their slots, and before whoever has none.
        morning.opens()
        assert morning.next() == "A005"

        morning.time_arrives(at("08:40"))
        morning.told(TOPICS.health, Health, lambda health: health.clock == "sure")
        board = morning.told(TOPICS.board, Board, lambda board: board.day == DAY)
        assert [each.ticket for each in board.next] == ["A003", "A002", "A004"]
        assert [call.ticket for call in board.at_counters] == ["A005"]
        assert timedelta() <= board.as_of - at("08:40") < timedelta(hours=3)
        morning.told(
            TOPICS.alarms, Alarms, lambda each: "clock" not in {a.name for a in each.alarms}
        )
        assert morning.press() == "A006"
        assert [morning.next() for _ in range(5)] == ["A003", "A002", "A004", "A006", None]

    happened = morning.happened()
    (step,) = [event for event in happened if isinstance(event, events.ClockSet)]
    assert abs(step.shift - timedelta(hours=13, minutes=35)) < timedelta(minutes=1)
    closed = [event.ticket for event in happened if isinstance(event, events.TicketClosed)]
    assert closed == ["A001"]
    issued = [event for event in happened if isinstance(event, events.TicketIssued)]
    marked = {event.ticket for event in issued if not event.clock_sure}
    assert marked == {"A002", "A003", "A004", "A005"}
