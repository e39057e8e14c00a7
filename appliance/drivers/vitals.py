"""How the Pi itself is: heat, supply, card, memory. Read from the kernel's own files.

No `vcgencmd`: it wants a group, a device and a process for each look; the kernel tells the same in
sysfs. A machine that has no such sensor tells None, and nobody is alarmed. Tried with trees of
files made by hand and on a PC, not on a Pi yet.
"""

from __future__ import annotations

import os
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path("/")
PROCESSOR = ("cpu", "x86_pkg_temp")
"""How the types of a processor's thermal zones begin: `cpu-thermal` on a Pi."""
MILLI = 1000.0
KIB = 1024


class Card(StrEnum):
    """What the file system says of itself, on which the journal is."""

    FINE = "fine"
    READ_ONLY = "read_only"
    ERRORS = "errors"
    """The kernel found mistakes on it, now or in its life; ext4 remembers them until it is
    repaired."""


@dataclass(frozen=True, slots=True)
class Vitals:
    """How a machine is. What is None is not known here.

    Args:
        temperature_c: Of the processor.
        card: None: its file system does not tell.
        disk_free_bytes: Where the journal is, for whoever is not root.
        disk_bytes: So much there is in all.
        memory_free_bytes: What programs could still be given.
        memory_bytes: So much there is in all.
    """

    temperature_c: float | None = None
    card: Card | None = None
    disk_free_bytes: int | None = None
    disk_bytes: int | None = None
    memory_free_bytes: int | None = None
    memory_bytes: int | None = None


class Machine(Protocol):
    """A machine that can be asked how it is."""

    def vitals(self) -> Vitals:
        """Tell; some milliseconds. Raises nothing."""

    def undervoltage(self) -> bool | None:
        """Tell whether the supply was too weak within the last two seconds; None: no sensor.

        Far below a millisecond: ask it once a second, and nothing is missed. Raises nothing.
        """


class LinuxMachine:
    """This machine.

    Args:
        folder: Where the journal is.
        root: Where `proc` and `sys` are; another one in tests.
    """

    def __init__(self, folder: Path, root: Path = ROOT) -> None:
        self._folder = folder
        self._root = root
        self._alarm: Path | None = None

    def vitals(self) -> Vitals:
        """Read what there is; see `Machine`."""
        memory = self._memory()
        free, size, read_only = self._disk()
        return Vitals(
            temperature_c=self._temperature_c(),
            card=Card.READ_ONLY if read_only else self._card(),
            disk_free_bytes=free,
            disk_bytes=size,
            memory_free_bytes=memory.get("MemAvailable"),
            memory_bytes=memory.get("MemTotal"),
        )

    def undervoltage(self) -> bool | None:
        """Read `in0_lcrit_alarm` of `rpi_volt`; see `Machine`.

        The kernel's driver (drivers/hwmon/raspberrypi-hwmon.c) asks the firmware every 2 s whether
        there was any undervoltage since it asked before, and tells that until it asks again.
        """
        if self._alarm is None:
            # The driver may come up later than we do, and its number is never the same.
            self._alarm = self._voltage_alarm()
        said = None if self._alarm is None else _number(self._alarm)
        if said is None:
            self._alarm = None
            return None
        return bool(said)

    def _voltage_alarm(self) -> Path | None:
        for monitor in _folders(self._root / "sys/class/hwmon"):
            if _text(monitor / "name") == "rpi_volt":
                return monitor / "in0_lcrit_alarm"
        return None

    def _temperature_c(self) -> float | None:
        """Give the hottest of the processor's zones."""
        zones = [
            _number(zone / "temp")
            for zone in _folders(self._root / "sys/class/thermal")
            if (_text(zone / "type") or "").startswith(PROCESSOR)
        ]
        known = [milli for milli in zones if milli is not None]
        return max(known) / MILLI if known else None

    def _disk(self) -> tuple[int | None, int | None, bool]:
        """Give what is free, how much there is, and whether it can only be read."""
        try:
            found = os.statvfs(self._folder)
        except OSError:
            return None, None, False
        free, size = found.f_bavail * found.f_frsize, found.f_blocks * found.f_frsize
        return free, size, bool(found.f_flag & os.ST_RDONLY)

    def _card(self) -> Card | None:
        """Ask ext4 for the mistakes that it has met: Documentation/ABI/testing/sysfs-fs-ext4."""
        try:
            number = self._folder.stat().st_dev
        except OSError:
            return None
        device = self._root / f"sys/dev/block/{os.major(number)}:{os.minor(number)}"
        errors = _number(self._root / "sys/fs/ext4" / device.resolve().name / "errors_count")
        if errors is None:
            return None
        return Card.ERRORS if errors else Card.FINE

    def _memory(self) -> dict[str, int]:
        """Read /proc/meminfo, in bytes: proc_meminfo(5)."""
        found = {}
        for line in (_text(self._root / "proc/meminfo") or "").splitlines():
            name, _, rest = line.partition(":")
            amount = rest.removesuffix("kB").strip()
            if amount.isdecimal():
                found[name] = int(amount) * KIB
        return found


def _folders(parent: Path) -> Iterator[Path]:
    """Give what is in a folder, by name; nothing where there is none."""
    with suppress(OSError):
        yield from sorted(parent.iterdir())


def _text(file: Path) -> str | None:
    # A sensor that is being taken away answers with an error.
    try:
        return file.read_text("ascii", "replace").strip()
    except OSError:
        return None


def _number(file: Path) -> int | None:
    try:
        return int(_text(file) or "")
    except ValueError:
        return None
