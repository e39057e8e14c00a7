"""A Pi's `proc` and `sys`, made by hand: heat, supply, card and memory under a test's hands.

The files and their texts are those of drivers/hwmon/raspberrypi-hwmon.c, of the kernel's
Documentation/ABI/testing/sysfs-class-thermal and sysfs-fs-ext4, and of proc_meminfo(5).
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

MEMORY_KIB = 948_304


class Pi:
    """The tree of files.

    Args:
        root: Where it is made.
        journal: The folder that lies on the Pi's card.
    """

    def __init__(self, root: Path, journal: Path) -> None:
        self.root = root
        number = journal.stat().st_dev
        block = root / "sys/devices/platform/emmc2bus/mmcblk0/mmcblk0p2"
        block.mkdir(parents=True)
        by_number = root / f"sys/dev/block/{os.major(number)}:{os.minor(number)}"
        by_number.parent.mkdir(parents=True)
        by_number.symlink_to(block)
        self._hwmon = root / "sys/class/hwmon"
        self._write("sys/class/hwmon/hwmon0/name", "cpu_thermal")
        self._write("sys/class/hwmon/hwmon1/name", "rpi_volt")
        self._write("sys/class/thermal/thermal_zone0/type", "cpu-thermal")
        self._write("sys/class/thermal/cooling_device0/type", "pwm-fan")
        self.heats_to(51.5)
        self.supply_is(weak=False)
        self.card_has_met(0)
        self.memory_left(0.6)

    def heats_to(self, degrees_c: float) -> None:
        self._write("sys/class/thermal/thermal_zone0/temp", f"{degrees_c * 1000:.0f}")

    def supply_is(self, *, weak: bool) -> None:
        self._write("sys/class/hwmon/hwmon1/in0_lcrit_alarm", str(int(weak)))

    def sensor_goes(self) -> None:
        """Take the driver of the supply's sensor away."""
        for name in ("name", "in0_lcrit_alarm"):
            (self._hwmon / "hwmon1" / name).unlink()

    def sensor_comes(self, number: int) -> None:
        """Have it come up under another number."""
        self._write(f"sys/class/hwmon/hwmon{number}/name", "rpi_volt")
        self._write(f"sys/class/hwmon/hwmon{number}/in0_lcrit_alarm", "1")

    def card_has_met(self, errors: int) -> None:
        self._write("sys/fs/ext4/mmcblk0p2/errors_count", str(errors))

    def memory_left(self, share: float) -> None:
        left = round(MEMORY_KIB * share)
        text = f"MemTotal: {MEMORY_KIB:>14} kB\nMemFree: 40000 kB\nMemAvailable: {left} kB\n"
        self._write("proc/meminfo", f"{text}HugePages_Total:       0")

    def _write(self, path: str, text: str) -> None:
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(f"{text}\n", "ascii")
