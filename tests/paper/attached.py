"""The real drivers, each at an emulated printer: over TCP, and over a pseudo-terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from appliance.drivers.printer_network import NetworkPrinter
from appliance.drivers.printer_serial import Flow, SerialPrinter
from appliance.drivers.printer_usb import UsbPrinter
from demo.emulator import PrinterEmulator

if TYPE_CHECKING:
    from pathlib import Path

    from appliance.drivers.printer_asked import PortPrinter

PROFILE = "TM-T20II"
KINDS = ("network", "serial", "usb")
"""The pseudo-terminal of "usb" is no USB device: it is read, written and polled like one."""


def emulated(
    kind: str, folder: Path, *, mm_per_s: float = float("inf"), strict: bool = True
) -> PrinterEmulator:
    """Give an emulated printer, not switched on yet."""
    node = None if kind == "network" else folder / "lp0"
    return PrinterEmulator(node=node, mm_per_s=mm_per_s, strict=strict)


def driver(
    kind: str, emulator: PrinterEmulator, folder: Path, timeout_s: float, *, answers: bool = True
) -> PortPrinter:
    """Give the driver for it."""
    match kind:
        case "network":
            return NetworkPrinter(
                emulator.host,
                emulator.port,
                profile=PROFILE,
                timeout_s=timeout_s,
                answers=answers,
            )
        case "serial":
            # A pseudo-terminal has no lines that could hold up anybody; nor is it slow.
            return SerialPrinter(
                folder / "lp0",
                baud=115200,
                flow=Flow.XON_XOFF,
                profile=PROFILE,
                timeout_s=timeout_s,
                answers=answers,
            )
        case _:
            return UsbPrinter(folder / "lp0", profile=PROFILE, timeout_s=timeout_s, answers=answers)
