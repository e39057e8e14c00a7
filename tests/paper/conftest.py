"""An emulated printer for each test that asks for one; it must have understood every byte."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from appliance.drivers.printer_network import NetworkPrinter
from demo.emulator import PrinterEmulator

if TYPE_CHECKING:
    from collections.abc import Iterator

SLIP_S = 10.0


@pytest.fixture
def emulator() -> Iterator[PrinterEmulator]:
    with PrinterEmulator() as printer:
        yield printer


@pytest.fixture
def printer(emulator: PrinterEmulator) -> NetworkPrinter:
    """The driver on that printer; patient, because the machine that runs tests may be busy."""
    return NetworkPrinter(emulator.host, emulator.port, profile="TM-T20II", timeout_s=SLIP_S)
