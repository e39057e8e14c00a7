"""An entrance whose desk dies, and its people, who do what people do: try again until it works.

Everything is real but the camera: broker, journal, printer protocol, signed codes. What the people
were told is kept, and in the end compared with the journal and with the paper.
"""

from __future__ import annotations

import contextlib
import queue
import secrets
import shutil
import tempfile
import time
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final, Self

from appliance.bus.asking import Asker
from appliance.bus.courier import Courier
from appliance.bus.link import Link, Login, Received, UnixSocket
from appliance.bus.messages import asked
from appliance.bus.messages.payload import decode, encode
from appliance.bus.messages.shown import KioskResult
from appliance.bus.topics import Topics
from appliance.checkin.claims import ID_BYTES, Claims
from appliance.journal.reading import JournalReader
from appliance.line.model import Booking
from central.bookings.issuing import USUAL_VALIDITY, issue
from central.keys.keyring import IssuerKey, Keyring
from demo.emulator import PrinterEmulator
from tests.journal.evidence import JOURNAL, Asked, Evidence
from tests.support.device import Device
from tests.support.mortal import Launcher, MortalDesk

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from types import TracebackType

    from appliance.bus.link import Inbound
    from tests.support.broker import Mosquitto

NINE: Final = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
SITE: Final = "SUED"
KIOSK: Final = "entrance"
CLOCK: Final = '\n[clock]\nkind = "simulated"\nstart = {start}\norigin = {origin}\nspeed = 1.0\n'
DEADLINE_S: Final = 30.0
PATIENCE_S: Final = 1.0
SCAN_KEEP_S: Final = 5.0
POLL_S: Final = 0.01


@dataclass(frozen=True, slots=True)
class Issuer:
    """Who signs codes, and the folder with what a device must know of it."""

    folder: Path
    key: IssuerKey

    @classmethod
    def new(cls, folder: Path) -> Issuer:
        """Make keys."""
        keyring = Keyring(folder)
        keyring.new_root()
        week = timedelta(days=7)
        key = keyring.new_issuer((SITE,), NINE - week, NINE + week, kid=None)
        keyring.sign_trust(NINE)
        return cls(folder, key)

    def code(self) -> str:
        """Make a booking, and give its code."""
        booking = Booking(secrets.token_hex(ID_BYTES), NINE + timedelta(minutes=5), 5, "A1")
        return issue(Claims(SITE, booking.slot + USUAL_VALIDITY, booking), self.key)


class Entrance:
    """A lobby of its own on a broker that it may share.

    Args:
        name: Of the lobby and the device.
        launcher: Starts the desk.
        broker: The bus.
        issuer: Signs codes.
        fatal: See `MortalDesk`.
        armed: See `MortalDesk`.
        forecast: See `MortalDesk`.

    Attributes:
        desk: The desk.
        printer: The printer.
        results: What the kiosk has shown.
        asked: The commands that were answered.
        told: How often the desk told everyone how all stands.
    """

    def __init__(
        self,
        name: str,
        launcher: Launcher,
        broker: Mosquitto,
        issuer: Issuer,
        *,
        fatal: Sequence[str] = (),
        armed: bool = False,
        forecast: bool = False,
    ) -> None:
        self._name = name
        self._launcher = launcher
        self._bus = UnixSocket(broker.socket)
        self._issuer = issuer
        self._fatal = fatal
        self._armed = armed
        self._forecast = forecast
        self._inbox: queue.SimpleQueue[Inbound] = queue.SimpleQueue()
        self._closing = ExitStack()
        self._copies: list[Path] = []
        self.topics = Topics(SITE, name.upper(), f"{SITE.lower()}.{name}")
        self.told = 0
        self.results: list[KioskResult] = []
        self.asked: list[Asked] = []

    def __enter__(self) -> Self:
        with ExitStack() as stack:
            self.printer = stack.enter_context(PrinterEmulator(strict=False))
            folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="lobby-"))
            self._device = Device(Path(folder), self.printer.port)
            self._configure()
            self._link = stack.enter_context(self._ear())
            self._courier = Courier(partial(self._link.publish, expiry_s=int(SCAN_KEEP_S)))
            self._counter = stack.enter_context(
                Asker(self.topics, self._bus, self._login("counter.1"))
            )
            self.desk = stack.enter_context(
                MortalDesk(
                    self._launcher,
                    self._device,
                    fatal=self._fatal,
                    armed=self._armed,
                    forecast=self._forecast,
                    died=self._copy_journal,
                )
            )
            self._closing = stack.pop_all()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._closing.close()

    # What people do.

    def check_in(
        self, code: str, expected: Callable[[KioskResult], bool] = lambda _: True
    ) -> KioskResult:
        """Hold a code before the camera until the kiosk shows what is expected.

        After a death it may first show once more what it showed before.
        """
        seen = len(self.results)

        def shown() -> list[KioskResult]:
            return [result for result in self.results[seen:] if expected(result)]

        until_s = time.monotonic() + DEADLINE_S
        while time.monotonic() < until_s:
            self.hold_up(code)
            if self._is_so(lambda: bool(shown()), PATIENCE_S):
                return shown()[0]
        raise AssertionError(f"not shown for a code: {self.results[seen:]}\n{self.desk.log}")

    def press(self) -> bool:
        """Press the button; False: there is nobody who would notice."""
        try:
            self._device.press()
        except OSError:
            return False
        return True

    def ask(self, verb: str, key: bytes | None = None) -> asked.Reply:
        """Ask for something at counter 1, until there is an answer."""
        key = key or secrets.token_bytes(16)
        reply = self._counter.ask(verb, asked.Command(), key=key, timeout_s=DEADLINE_S)
        self.asked.append(Asked(verb, key, reply))
        return reply

    def hold_up(self, code: str) -> None:
        """Hold a code before the camera, and walk on."""
        scan = asked.Scan(kind="code", kiosk=KIOSK, text=code)
        self._courier.post(self.topics.scan, encode(scan), SCAN_KEEP_S)

    def go_on_for(self, while_s: float) -> None:
        """Let time pass."""
        self._is_so(lambda: False, while_s)

    def until(self, fact: Callable[[], bool], what: str) -> None:
        """Wait until something is so."""
        assert self._is_so(fact, DEADLINE_S), f"not in time: {what}\n{self.desk.log}"

    def until_up(self) -> None:
        """Wait until the desk has told all that it tells."""
        self.until(lambda: self.told > 0, "what the desk tells everyone")

    def until_at_rest(self) -> None:
        """Wait until the desk has nothing more to do by itself: it tidies up when it is idle."""
        self.until_up()
        told = self.told
        self.ask("open_counter")
        self.until(lambda: self.told > told, "the open counter")

    def until_printed(self, slips: int) -> None:
        """Wait for so many slips."""
        self.until(lambda: len(self.printer.slips) >= slips, f"{slips} slips")

    def until_nothing_is_owed(self) -> None:
        """Wait until the journal knows what became of each slip."""
        with JournalReader(self._state / JOURNAL) as journal:
            self.until(lambda: "owed" not in journal.slips(), "what became of each slip")

    def is_printed(self, number: str) -> bool:
        """Tell whether there is a slip with a number."""
        return any(number in slip.text for slip in self.printer.slips)

    def new_code(self) -> str:
        """Make a booking, and give its code."""
        return self._issuer.code()

    def _is_so(self, fact: Callable[[], bool], patience_s: float) -> bool:
        until_s = time.monotonic() + patience_s
        while not fact():
            if time.monotonic() >= until_s:
                return False
            self._courier.go_round()
            with contextlib.suppress(queue.Empty):
                self._take(self._inbox.get(timeout=POLL_S))
        return True

    def _take(self, news: Inbound) -> None:
        self._courier.hear(news)
        if isinstance(news, Received):
            if news.topic == self.topics.alarms:
                self.told += 1
            else:
                self.results.append(decode(news.payload, KioskResult))

    def _ear(self) -> Link:
        listens_to = (self.topics.alarms, self.topics.kiosk_result(KIOSK))
        return Link(self._bus, self._login("ear"), self._inbox.put, subscriptions=listens_to)

    def _login(self, name: str) -> Login:
        return Login(f"{self._name}.{name}", name, "")

    def _configure(self) -> None:
        folder, keys = self._device.folder, self._issuer.folder
        for old, new in (
            ('id = "EINGANG"', f'id = "{self.topics.lobby}"'),
            ('name = "eingang-1"', f'name = "{self._name}"'),
            (f'socket = "{folder}/bus.sock"', f'socket = "{self._bus.path}"'),
            (f"{folder}/trust.cose", str(keys / "trust.cose")),
            (f"{folder}/root.pub", str(keys / "root.pub")),
        ):
            self._device.edit(old, new)
        clock = CLOCK.format(start=NINE.isoformat(), origin=repr(time.time()))
        with self._device.config.open("a", encoding="utf-8") as config:
            config.write(clock)

    # What is left in the end.

    @property
    def _state(self) -> Path:
        return self._device.folder / "state"

    def _copy_journal(self) -> None:
        """Keep the journal as a death left it."""
        copy = self._device.folder / f"death-{len(self._copies)}"
        copy.mkdir()
        for name in (JOURNAL, f"{JOURNAL}-wal"):
            if (self._state / name).exists():
                shutil.copy(self._state / name, copy)
        self._copies.append(copy)

    def end(self) -> int:
        """End the desk, and check that nobody was lost, and nothing doubled; give how many came."""
        self.until_nothing_is_owed()
        self.desk.stop()
        assert "Traceback" not in self.desk.log
        assert len(self._copies) == self.desk.deaths
        told = {result.ticket for result in self.results if result.ticket}
        journal = self._state / JOURNAL
        evidence = Evidence(journal, self._copies, self.asked, told, self.printer.slips)
        assert self.printer.faults == []
        return evidence.check()
