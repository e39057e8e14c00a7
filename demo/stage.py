"""The stage: everything that a lobby needs, set up in a folder, with real parts.

A real broker, a printer emulator that reads the real bytes, a camera that looks into a folder, an
issuer with a key made on the spot, and the three processes as they run on a Pi.
"""

from __future__ import annotations

import os
import secrets
import sys
import time
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from appliance import config
from appliance.bus.access import process_login, rights_of_caller, rights_of_processes
from appliance.bus.asking import Asker
from appliance.bus.link import Link, Login, Tcp
from appliance.bus.topics import Topics
from appliance.checkin.claims import ID_BYTES, Claims
from appliance.drivers.clock import SimulatedClock
from appliance.journal.numbers import NumberMark
from appliance.line.model import Booking
from appliance.strings import languages
from central.bookings import qr
from central.bookings.issuing import USUAL_VALIDITY, issue
from central.keys.keyring import Keyring
from demo import broker, centre, pages
from demo.emulator import PrinterEmulator
from demo.supervisor import Supervisor

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from types import TracebackType
    from typing import Self

    from appliance.bus.link import Inbound

TEMPLATE = Path(__file__).with_name("lobby.toml")
READY_S = 30.0
KIOSK, RECEPTION = "kiosk.entrance", "staff.reception"
PROCESSES = ("desk", "scanner", "board")
WINDOW_BOARD = (1280, 800)
"""The board's pixels where it is seen in a window."""
CENTRE = "centre"


@dataclass(frozen=True, slots=True)
class Setting:
    """How the stage is to be set.

    Args:
        out: Folder for what people look at: slips, board pictures, logs.
        run: Folder for what the processes need; short, as it holds sockets.
        start: Played time at which it begins.
        speed: Played seconds in a real one.
        language: Main language.
        window: Somebody looks at it in a window: the pictures of the board are made for one, and
            there is a centre from which the lobby can be cut off.
        pages: Serve the pages for counters and reception, where nginx is installed.
        processes: Which of ours run.
        more: Added to the lobby's configuration.
    """

    out: Path
    run: Path
    start: datetime
    speed: float
    language: str
    window: bool
    pages: bool = False
    processes: tuple[str, ...] = PROCESSES
    more: str = ""


class Stage:
    """A lobby that runs. As a context manager it leaves no process behind.

    Args:
        setting: How it is to be set.
        died: Called with the name of each process that died and is started again.

    Raises:
        BrokerError: There is no broker.
        NotReadyError: A process did not start; the sentence holds what it said.
    """

    def __init__(self, setting: Setting, died: Callable[[str], None]) -> None:
        self._setting = setting
        self._died = died
        self._closing = ExitStack()
        self._pictures = 0
        self._centre: centre.Centre | None = None
        self.pages: pages.Server | None = None

    def __enter__(self) -> Self:
        try:
            self._set_up()
        except BaseException:
            self._closing.close()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._closing.close()

    @property
    def journal(self) -> Path:
        """Where the desk writes."""
        return self.settings.device.state_dir / "journal.sqlite"

    def press(self, service: str) -> bool:
        """Put a finger on the button of a service; False: nothing happened, press again."""
        try:
            pipe = os.open(self._setting.run / "buttons", os.O_WRONLY | os.O_NONBLOCK)
        except OSError:
            return False
        try:
            os.write(pipe, f"{service}\n".encode())
        finally:
            os.close(pipe)
        return True

    def book(self, slot: datetime, service: str) -> str:
        """Make a booking, as the website does, and give its code."""
        minutes = next(s.minutes for s in self.settings.services if s.code == service)
        booking = Booking(
            secrets.token_hex(ID_BYTES), slot, int(minutes / timedelta(minutes=1)), service
        )
        claims = Claims(self.settings.site.id, slot + USUAL_VALIDITY, booking)
        return issue(claims, self._issuer)

    def hold_up(self, code: str) -> bool:
        """Hold the QR of a code before the camera; False: there is none."""
        if not self.sees:
            return False
        self._pictures += 1
        picture = self._camera / f"{self._pictures:05d}.png"
        hidden = picture.with_suffix(".tmp")
        hidden.write_bytes(qr.png(code))
        hidden.rename(picture)
        return True

    def counter(self, counter: str) -> Asker:
        """Give a counter's connection to the bus; not yet open."""
        return self.asker(f"counter.{counter}")

    def asker(self, caller: str) -> Asker:
        """Give a caller's connection to the bus; not yet open."""
        return Asker(self.topics, self._bus, self._login(caller))

    def hear(self, caller: str, topics: Sequence[str], hand_on: Callable[[Inbound], None]) -> Link:
        """Give the connection of `KIOSK` or `RECEPTION` to the bus; not yet open."""
        return Link(self._bus, self._login(caller), hand_on, subscriptions=topics)

    def password(self, caller: str) -> str:
        """Give the password of a caller, for whoever logs in by hand."""
        return self._broker.passwords[caller]

    @property
    def board_picture(self) -> Path:
        """Where the latest picture of the board lies, once there is one."""
        return self._setting.out / "board" / "board.png"

    @property
    def sees(self) -> bool:
        """Whether the camera is plugged in."""
        return self._camera.is_dir()

    def take_away(self) -> None:
        """Take all codes from before the camera: a scanner that starts sees them afresh."""
        for picture in self._camera.glob("*.png"):
            picture.unlink()

    def unplug_camera(self) -> None:
        """Pull the camera's plug."""
        self.take_away()
        self._camera.rename(self._camera.with_suffix(".unplugged"))

    def plug_in_camera(self) -> None:
        """Put the camera's plug back."""
        self._camera.with_suffix(".unplugged").rename(self._camera)

    @property
    def _camera(self) -> Path:
        return self._setting.run / "camera"

    def board_pictures(self) -> int:
        """Give how many pictures of the board there are."""
        return len(list((self._setting.out / "board").glob("board-*.png")))

    def _login(self, caller: str) -> Login:
        return Login(caller, caller, self._broker.passwords[caller])

    def save_slips(self) -> int:
        """Write the slips that came out since the last time; give how many there are in all."""
        folder = self._setting.out / "slips"
        folder.mkdir(exist_ok=True)
        slips = list(self.printer.slips)
        for slip in slips:
            picture = folder / f"slip-{slip.number:03d}.png"
            if not picture.exists():
                picture.write_bytes(slip.png)
                picture.with_suffix(".txt").write_text(slip.text, "utf-8")
        return len(slips)

    def _set_up(self) -> None:
        setting, run = self._setting, self._setting.run
        self._camera.mkdir()
        self.printer = self._closing.enter_context(PrinterEmulator(strict=False))
        self.settings = self._configure()
        device = self.settings.device.id
        self.topics = Topics(self.settings.site.id, self.settings.lobby.id, device)
        self._make_keys()
        # A new device: no number was ever given out.
        mark = self.journal.with_name("numbers.mark")
        mark.parent.mkdir(parents=True, exist_ok=True)
        NumberMark(mark).cover(date.min, {}, None)
        callers = [
            KIOSK,
            RECEPTION,
            *(f"counter.{counter.id}" for counter in self.settings.counters),
        ]
        rights = (
            *rights_of_processes(self.topics),
            *(rights_of_caller(self.topics, caller) for caller in callers),
        )
        self._broker = broker.set_up(run / "bus", rights)
        self._bus = Tcp("127.0.0.1", self._broker.port)
        for process in setting.processes:
            password = run / "passwords" / process
            password.parent.mkdir(mode=0o700, exist_ok=True)
            password.touch(mode=0o600)
            password.write_text(self._broker.passwords[process_login(device, process)])
        self._start()

    def _configure(self) -> config.Settings:
        setting = self._setting
        german = setting.language == "de"
        board = f'output = "folder"\nfolder = "{setting.out}/board"'
        more = setting.more
        if setting.window:
            board += "\nwidth = {}\nheight = {}".format(*WINDOW_BOARD)
            self._centre = centre.set_up(setting.run / "centre")
            more += self._centre.settings
        origin_s = time.time()
        self.clock = SimulatedClock(setting.start, origin_s, setting.speed)
        filled = TEMPLATE.read_text("utf-8").format(
            run=setting.run,
            language=setting.language,
            languages='["de", "en"]' if german else '["en", "de"]',
            where="Bitte nehmen Sie Platz." if german else "Please take a seat.",
            printer_port=self.printer.port,
            board=board,
            start=setting.start.isoformat(),
            origin=repr(origin_s),
            speed=setting.speed,
        )
        path = setting.run / "lobby.toml"
        path.write_text(filled + more, "utf-8")
        return config.load(path, languages=languages())

    def _make_keys(self) -> None:
        start = self._setting.start
        keyring = Keyring(self._setting.run / "keys")
        keyring.new_root()
        week = timedelta(days=7)
        site = (self.settings.site.id,)
        self._issuer = keyring.new_issuer(site, start - week, start + week, kid=None)
        keyring.sign_trust(start)

    def _start(self) -> None:
        logs = self._setting.out / "logs"
        supervisor = Supervisor(logs, self._setting.run, self._died)
        self.supervisor = self._closing.enter_context(supervisor)
        supervisor.start("mosquitto", self._broker.command, tells_ready=False)
        lobby = (sys.executable, "-m", "appliance.cli")
        settings = str(self._setting.run / "lobby.toml")
        if self._setting.pages:
            self._serve_pages(supervisor)
        if self._centre is not None:
            supervisor.start(CENTRE, self._centre.broker, tells_ready=False)
            supervisor.start("collector", self._centre.collector, tells_ready=False)
        for process in self._setting.processes:
            supervisor.start(process, (*lobby, "run", process, "--config", settings))
        for process in self._setting.processes:
            supervisor.wait_ready(process, READY_S)

    def _serve_pages(self, supervisor: Supervisor) -> None:
        folder, bus_port = self._setting.run / "pages", self._broker.websockets
        self.pages = pages.set_up(folder, self.settings, broker.free_port(), bus_port)
        if self.pages is not None:
            supervisor.start("pages", self.pages.command, tells_ready=False)
