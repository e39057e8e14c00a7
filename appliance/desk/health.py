"""How the device is: what the machine says of itself, and what the processes beside the desk do.

Printer, clock and uplink have alarms of their own where they are dealt with; here is what nobody
would notice until it stops the lobby: heat, a weak supply, a card that fills or fails, memory, a
camera without pictures. Each is told to staff with what to do about it, and goes to the bus, so
that IT sees from afar which of forty Pis needs a hand.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final

from appliance.desk.alarms import Level, Steady
from appliance.desk.beside import BOARD, KIOSK, SCANNER
from appliance.desk.parts import Wrong
from appliance.drivers.vitals import Card, Vitals

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import datetime

    from appliance.bus.inbound import Inbound
    from appliance.bus.messages.alive import MachineHealth
    from appliance.desk.beside import Beside
    from appliance.drivers.vitals import Machine
    from appliance.line.line import Line

LOOK_S: Final = 10.0
SUPPLY_S: Final = 1.0
"""The kernel tells a weak supply for two seconds only."""

HOT_C, COOL_C = 80.0, 74.0
"""From 80 °C on a Pi makes itself slower."""
HOT_FOR_S: Final = 60.0
WEAK_FOR_S: Final = 15 * 60.0
"""A weak supply shows when the printer cuts or the lamp lights up: a gap is no end."""
DISK_LOW_BYTES, DISK_FINE_BYTES = 500_000_000, 1_000_000_000
"""A day of 2,000 tickets writes up to 200 MB, an update a few hundred."""
MEMORY_LOW, MEMORY_FINE = 0.08, 0.12
"""Shares of all there is: on a Pi with 1 GB some 80 MB, the whole of the desk."""
MEMORY_FOR_S: Final = 60.0


class HealthPart:
    """A part of the desk that watches the device.

    Args:
        machine: This one.
        beside: The other processes.
        card_in_trouble: Whether the journal has said already that its card fails: then nothing is
            said of the card here.
        monotonic: The clock, in seconds.
    """

    def __init__(
        self,
        machine: Machine,
        beside: Beside,
        card_in_trouble: Callable[[], bool],
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._machine = machine
        self._beside = beside
        self._card_in_trouble = card_in_trouble
        self._monotonic = monotonic
        self._vitals = Vitals()
        self._looked_s = self._supplied_s = float("-inf")
        self._weak_ever: bool | None = None
        self._weak = Steady(fine_after_s=WEAK_FOR_S)
        self._hot = Level(wrong_at=HOT_C, fine_at=COOL_C)
        self._hot_long = Steady(wrong_after_s=HOT_FOR_S)
        self._disk = Level(wrong_at=DISK_LOW_BYTES, fine_at=DISK_FINE_BYTES)
        self._memory = Level(wrong_at=MEMORY_LOW, fine_at=MEMORY_FINE)
        self._memory_long = Steady(wrong_after_s=MEMORY_FOR_S)
        self._of_machine: list[Wrong] = []

    def hear(self, item: Inbound) -> bool:
        """Take in what concerns the other processes; True: it concerns nobody else."""
        return self._beside.hear(item)

    def look(self, line: Line, now: datetime) -> Sequence[Wrong]:  # noqa: ARG002  (a `Part` of the desk)
        """Look at what is due; give what is wrong now."""
        now_s = self._monotonic()
        if now_s - self._supplied_s >= SUPPLY_S:
            self._supplied_s = now_s
            self._look_at_supply(now_s)
        if now_s - self._looked_s >= LOOK_S:
            self._looked_s = now_s
            self._vitals = self._machine.vitals()
            self._of_machine = list(self._wrong(self._vitals, now_s))
        weak = [Wrong("undervoltage")] if self._weak.goes_on else []
        return [*self._of_machine, *weak, *self._beside.wrong()]

    def told(self) -> MachineHealth:
        """Give how the device is, for the bus."""
        vitals = self._vitals
        return {
            "camera": self._beside.state(SCANNER),
            "board": self._beside.state(BOARD),
            "kiosk": self._beside.state(KIOSK),
            "card": None if vitals.card is None else vitals.card.value,
            "disk_free_bytes": vitals.disk_free_bytes,
            "memory_free_bytes": vitals.memory_free_bytes,
            "temperature_c": vitals.temperature_c,
            "undervoltage": self._weak_ever,
        }

    def _look_at_supply(self, now_s: float) -> None:
        weak = self._machine.undervoltage()
        if weak is not None:
            self._weak_ever = weak or bool(self._weak_ever)
        self._weak.is_wrong(now_s, seen=bool(weak))

    def _wrong(self, vitals: Vitals, now_s: float) -> Iterator[Wrong]:
        hot = self._hot.is_wrong(vitals.temperature_c)
        if self._hot_long.is_wrong(now_s, seen=hot):
            yield Wrong("temperature")
        scarce = self._memory.is_wrong(_share(vitals.memory_free_bytes, vitals.memory_bytes))
        if self._memory_long.is_wrong(now_s, seen=scarce):
            yield Wrong("memory")
        low = self._disk.is_wrong(vitals.disk_free_bytes)
        if self._card_in_trouble():
            return
        if vitals.card is not None and vitals.card is not Card.FINE:
            yield Wrong("disk", f"disk_{vitals.card.value}")
        elif low:
            yield Wrong("disk", "disk_low")


def _share(part: int | None, whole: int | None) -> float | None:
    return part / whole if part is not None and whole else None
