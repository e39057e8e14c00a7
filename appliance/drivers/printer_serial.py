"""A printer at a serial line: RS-232, or a USB printer that shows itself as one.

Set up with termios alone: nothing that pyserial adds is needed, and its flush, like tcdrain, has no
deadline. The modem lines are left as they are between two slips (no HUPCL): some printers take a
fall of DTR for the end of the conversation. Bytes are slow here: at 9600 baud a picture as wide as
the paper and 4 cm high takes 24 s, which the deadlines allow for. Not tried on hardware yet.
"""

from __future__ import annotations

import fcntl
import os
import termios
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Final

from appliance.drivers.printer_asked import PortPrinter
from appliance.drivers.printer_escpos import EscposWriter
from appliance.drivers.printer_nodes import OpenTerminal, open_node

if TYPE_CHECKING:
    from appliance.drivers.printer_port import Deadline

_BITS_PER_BYTE: Final = 10
"""With start and stop bit."""
_SPEEDS: Final = {
    9600: termios.B9600,
    19200: termios.B19200,
    38400: termios.B38400,
    57600: termios.B57600,
    115200: termios.B115200,
}


class Flow(Enum):
    """How the printer holds up whoever sends too fast.

    Epson's DTR is wired to the CTS of the computer in the usual printer cable: that is `RTS_CTS`.
    """

    RTS_CTS = "rts_cts"
    XON_XOFF = "xon_xoff"
    NONE = "none"


class SerialPrinter(PortPrinter):
    """An ESC/POS printer at a serial line, with 8 data bits, no parity, 1 stop bit.

    Args:
        node: The line, such as `/dev/ttyUSB0`.
        baud: 9600, 19200, 38400, 57600 or 115200.
        flow: How the printer says that it can take no more.
        profile: Its kind; see `EscposWriter`.
        columns: Characters on a line. None: what the profile says.
        timeout_s: See `PortPrinter`; the time that the bytes need on the line is added.
        answers: See `PortPrinter`.

    Raises:
        ValueError: There is no such speed.
    """

    def __init__(
        self,
        node: Path,
        *,
        baud: int = 19200,
        flow: Flow = Flow.RTS_CTS,
        profile: str = "default",
        columns: int | None = None,
        timeout_s: float = 5.0,
        answers: bool = True,
    ) -> None:
        writer = EscposWriter(profile, columns)
        port = SerialPort(node, baud, flow)
        super().__init__(port, writer, timeout_s=timeout_s, answers=answers)


@dataclass(frozen=True, slots=True)
class SerialPort:
    """A serial line; see `Port`."""

    node: Path
    baud: int
    flow: Flow

    def __post_init__(self) -> None:
        if self.baud not in _SPEEDS:
            raise ValueError(f"baud is {self.baud}; there is {', '.join(map(str, _SPEEDS))}")

    def __str__(self) -> str:
        return str(self.node)

    @property
    def bytes_per_s(self) -> float:
        """How fast it is."""
        return self.baud / _BITS_PER_BYTE

    def open(self, deadline: Deadline) -> OpenTerminal:
        """Open the line and set it up; see `Port`."""
        node = open_node(self.node)
        try:
            self._set_up(node)
        except termios.error as error:
            os.close(node)
            raise OSError(*error.args) from error
        except OSError:
            os.close(node)
            raise
        return OpenTerminal(node, deadline)

    def _set_up(self, node: int) -> None:
        # Nobody else speaks in between; and nothing that an earlier answer left is taken for ours.
        fcntl.ioctl(node, termios.TIOCEXCL)
        speed = _SPEEDS[self.baud]
        control = termios.CS8 | termios.CREAD | termios.CLOCAL
        control |= termios.CRTSCTS if self.flow is Flow.RTS_CTS else 0
        incoming = termios.IXON if self.flow is Flow.XON_XOFF else 0
        characters = termios.tcgetattr(node)[6]
        characters[termios.VMIN], characters[termios.VTIME] = 1, 0
        wanted = [incoming, 0, control, 0, speed, speed, characters]
        termios.tcsetattr(node, termios.TCSANOW, wanted)
        termios.tcflush(node, termios.TCIFLUSH)
