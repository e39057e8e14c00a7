"""A kiosk, its desk, its bus and its printer, all real, for the tests of a module."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from appliance import config
from demo.emulator import PrinterEmulator
from tests.kiosk.place import Kiosk, broker, furnish
from tests.support.broker import Mosquitto
from tests.support.device import Device

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(frozen=True)
class Entrance:
    """What stands there.

    Args:
        pi: The device.
        bus: Its broker.
        printer: Where the slips come out.
        settings: Of the device.
    """

    pi: Device
    bus: Mosquitto
    printer: PrinterEmulator
    settings: config.Settings


@pytest.fixture
def entrance() -> Iterator[Entrance]:
    """Broker and printer are there; the desk and the kiosk are not yet."""
    with tempfile.TemporaryDirectory(prefix="lobby-") as name, PrinterEmulator() as printer:
        pi = Device(Path(name), printer.port)
        (pi.folder / "bus").mkdir()
        settings = furnish(pi)
        bus = broker(pi.folder / "bus")
        bus.start()
        try:
            yield Entrance(pi, bus, printer, settings)
        finally:
            bus.close()


@pytest.fixture
def kiosk(entrance: Entrance, monkeypatch: pytest.MonkeyPatch) -> Iterator[Kiosk]:
    """The kiosk, which runs."""
    with Kiosk(entrance.settings, monkeypatch).running() as running:
        yield running
