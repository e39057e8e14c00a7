"""What an examination may lay its hands on, and who has a hand on it already.

A printer has one owner, a camera too, a pin, a screen. Beside a running lobby nothing is taken from
anybody: what the desk, the scanner or the board holds is asked of them, over the bus.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from appliance import config
from appliance.bus.beats import Beats, Life, Process
from appliance.bus.link import UnixSocket
from appliance.console.ear import Ear
from appliance.console.looking import Look, look
from appliance.console.place import CALLER, NoBusError, Place

if TYPE_CHECKING:
    from collections.abc import Callable

    from appliance.bus.beats import Being
    from appliance.bus.messages.alive import Health
    from appliance.bus.topics import Topics
    from appliance.doctor.limits import Limits
    from appliance.doctor.person import Person
    from appliance.drivers.buttons import Buttons
    from appliance.drivers.camera import Camera
    from appliance.drivers.clock import Clock
    from appliance.drivers.decode import Decoder
    from appliance.drivers.lamps import Lamps
    from appliance.drivers.printer import Printer
    from appliance.drivers.vitals import Machine
    from appliance.line.line import Line
    from appliance.strings import Texts

LOCKS = Path("/proc/locks")
SYSTEMCTL_S = 10.0


class Tools(NamedTuple):
    """How the parts are built; each is built when it is needed, and not before.

    Args:
        machine: Of this Pi.
        limits: Tells whether its units' limits of memory count; None: nobody knows.
        clock: The same.
        line: The line without its tickets, as configured.
        printer: None: there is none.
        camera: Opens it.
        decoder: Finds codes.
        buttons: Not yet open.
        lamps: Not yet open.
        speak: Speaks a call aloud, and returns when it was heard.
    """

    machine: Machine
    limits: Callable[[], Limits | None]
    clock: Clock
    line: Callable[[], Line]
    printer: Callable[[], Printer | None]
    camera: Callable[[], Camera]
    decoder: Callable[[], Decoder]
    buttons: Callable[[], Buttons]
    lamps: Callable[[], Lamps]
    speak: Callable[[], None]


class Beside:
    """Who runs on this device beside us.

    Args:
        settings: The lobby's.
        topics: Its tree.
        clock: Of the machine.
    """

    def __init__(self, settings: config.Settings, topics: Topics, clock: Clock) -> None:
        self._settings = settings
        self._topics = topics
        self._clock = clock
        self.no_bus = ""

    @cached_property
    def look(self) -> Look | None:
        """How the lobby is, by the bus; up to 12 s. None: see `no_bus`."""
        device, bus = self._settings.device, self._settings.bus
        beats = Beats(Process(device.id, role.value) for role in device.roles)
        try:
            password = config.read_secret(bus.passwords / CALLER, group_may_read=True)
            with Ear(Place(self._topics, UnixSocket(bus.socket), password), beats) as ear:
                return look(ear, beats, self._clock.now)
        except (NoBusError, config.SecretError) as error:
            self.no_bus = str(error)
            return None

    @property
    def health(self) -> Health | None:
        """What the desk says of the device; None: it says nothing, or nothing new."""
        seen = self.look
        return None if seen is None or not seen.fresh else seen.picture.health

    def runs(self, process: str) -> bool:
        """Tell whether a process of ours runs here, as far as can be told."""
        if process == "desk" and self._journal_is_held():
            return True
        if self.look is None:
            return _unit_is_active(f"lobby-{process}")
        being = self.being(process)
        return being is not None and being.life in {Life.UP, Life.SILENT}

    def being(self, process: str) -> Being | None:
        """Tell how a process of ours is on this device; None: there is no bus, or no such one."""
        seen = self.look
        if seen is None:
            return None
        return seen.processes.get(Process(self._settings.device.id, process))

    def _journal_is_held(self) -> bool:
        """Look for the desk's lock without touching it: proc_locks(5)."""
        lock = self._settings.device.state_dir / "journal.sqlite.lock"
        try:
            there = lock.stat()
            held = LOCKS.read_text("ascii", "replace")
        except OSError:
            return False
        major, minor = os.major(there.st_dev), os.minor(there.st_dev)
        return f" {major:02x}:{minor:02x}:{there.st_ino} " in held


class Bench(NamedTuple):
    """All that an examination needs.

    Args:
        settings: The lobby's.
        tools: Build what is to be tried.
        beside: Who runs here already.
        person: Who helps.
        wait_s: So long somebody has for what they were asked to do.
        slip: Whether a slip is to be printed.
        texts: In which language it is told.
    """

    settings: config.Settings
    tools: Tools
    beside: Beside
    person: Person
    wait_s: float
    slip: bool
    texts: Texts

    def say(self, key: str, **facts: object) -> str:
        """Give a sentence of the doctor's."""
        return self.texts(f"doctor.{key}", **facts)


def _unit_is_active(unit: str) -> bool:
    """Ask systemd, where there is one."""
    systemctl = shutil.which("systemctl")
    if systemctl is None:
        return False
    try:
        asked = subprocess.run(  # noqa: S603  (names of our own)
            [systemctl, "is-active", "--quiet", unit],
            check=False,
            capture_output=True,
            timeout=SYSTEMCTL_S,
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return asked.returncode == 0
