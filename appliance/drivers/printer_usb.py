"""A printer at a USB port, through the kernel's own driver: `/dev/usb/lp0`.

The node takes bytes and gives the answers back, so it is asked like any other. It is opened for
each slip and each question, so a printer that is pulled out and plugged in again is there again.
Why not through libusb: docs/adr/0019-usb-printers-through-the-kernel.md. Not tried on hardware yet:
the tests have a pseudo-terminal in its place.
"""

from __future__ import annotations

import select
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from appliance.drivers.printer_asked import PortPrinter
from appliance.drivers.printer_escpos import EscposWriter
from appliance.drivers.printer_nodes import OpenNode, open_node

if TYPE_CHECKING:
    from appliance.drivers.printer_port import Deadline


class UsbPrinter(PortPrinter):
    """An ESC/POS printer of the USB printer class.

    Args:
        node: Its node.
        profile: Its kind; see `EscposWriter`.
        columns: Characters on a line. None: what the profile says.
        timeout_s: See `PortPrinter`.
        answers: See `PortPrinter`.
    """

    def __init__(
        self,
        node: Path = Path("/dev/usb/lp0"),
        *,
        profile: str = "default",
        columns: int | None = None,
        timeout_s: float = 5.0,
        answers: bool = True,
    ) -> None:
        writer = EscposWriter(profile, columns)
        super().__init__(UsbPort(node, reads=answers), writer, timeout_s=timeout_s, answers=answers)


@dataclass(frozen=True, slots=True)
class UsbPort:
    """A node of the kernel's driver for USB printers; see `Port`."""

    node: Path
    reads: bool = True
    bytes_per_s: float = float("inf")

    def __str__(self) -> str:
        return str(self.node)

    def open(self, deadline: Deadline) -> OpenUsb:
        """Open the node; see `Port`. EBUSY: another program has it."""
        return OpenUsb(open_node(self.node, reads=self.reads), deadline)


class OpenUsb(OpenNode):
    """A node of the kernel's driver; see `OpenNode`."""

    def send(self, data: bytes) -> None:
        """Send all of it; closing the node would kill a transfer that is under way."""
        super().send(data)
        self._wait(select.POLLOUT, self._deadline.left_s())
