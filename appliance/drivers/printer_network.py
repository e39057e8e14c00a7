"""A printer on the network, at TCP port 9100 of its own."""

from __future__ import annotations

import socket
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from appliance.drivers.printer_asked import PortPrinter
from appliance.drivers.printer_escpos import EscposWriter
from appliance.drivers.printer_nodes import unsent

if TYPE_CHECKING:
    from appliance.drivers.printer_port import Deadline

_CHUNK: Final = 256
_LOOK_AGAIN_S: Final = 0.005


class NetworkPrinter(PortPrinter):
    """An ESC/POS printer behind TCP.

    Args:
        host: Its address. A name works, but looking it up is not bound by the deadline.
        port: Its port.
        profile: Its kind; see `EscposWriter`.
        columns: Characters on a line. None: what the profile says.
        timeout_s: See `PortPrinter`.
        answers: See `PortPrinter`.
    """

    def __init__(
        self,
        host: str,
        port: int = 9100,
        *,
        profile: str = "default",
        columns: int | None = None,
        timeout_s: float = 5.0,
        answers: bool = True,
    ) -> None:
        writer = EscposWriter(profile, columns)
        super().__init__(TcpPort(host, port), writer, timeout_s=timeout_s, answers=answers)


@dataclass(frozen=True, slots=True)
class TcpPort:
    """A TCP port; see `Port`."""

    host: str
    port: int
    bytes_per_s: float = float("inf")

    def __str__(self) -> str:
        return f"{self.host}:{self.port}"

    def open(self, deadline: Deadline) -> TcpConnection:
        """Connect; see `Port`."""
        address = (self.host, self.port)
        return TcpConnection(socket.create_connection(address, deadline.left_s()), deadline)


class TcpConnection:
    """A connected socket with a deadline; see `OpenPort`."""

    def __init__(self, connection: socket.socket, deadline: Deadline) -> None:
        # A question is three bytes: nothing is gained by waiting for more of them.
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._connection = connection
        self._deadline = deadline

    def send(self, data: bytes) -> None:
        """Send all of it; see `Wire`."""
        self._connection.settimeout(self._deadline.left_s())
        self._connection.sendall(data)

    def receive(self, within_s: float | None = None) -> bytes:
        """Wait for some bytes; see `Wire`."""
        self._connection.settimeout(self._deadline.left_s(within_s))
        if not (data := self._connection.recv(_CHUNK)):
            raise ConnectionResetError("the printer closed the connection")
        return data

    def flush(self) -> None:
        """Wait until the printer's side has acknowledged every byte; see `OpenPort`."""
        while unsent(self._connection.fileno()):
            time.sleep(self._deadline.left_s(_LOOK_AGAIN_S))

    def close(self) -> None:
        """Close it; what was sent still arrives if the printer takes it."""
        self._connection.close()
