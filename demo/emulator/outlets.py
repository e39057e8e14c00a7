"""Where the emulated printer is plugged in: a TCP port, or a device node that is a pseudo-terminal.

A pseudo-terminal is a serial line without its speed. It also stands in for `/dev/usb/lp0`, which is
read, written and polled alike; what the kernel's USB driver does beyond that it does not show.
"""

from __future__ import annotations

import os
import pty
import select
import socket
import struct
import tty
from contextlib import suppress
from typing import TYPE_CHECKING, Final, Protocol

if TYPE_CHECKING:
    from pathlib import Path

LOOPBACK: Final = "127.0.0.1"
_SEND_S: Final = 1.0
# On close, drop everything and send RST: struct linger, on, 0 s.
_RESET: Final = struct.pack("ii", 1, 0)


class Plug(Protocol):
    """One end of a connection, the printer's."""

    def fileno(self) -> int:
        """Give what is to be watched for bytes."""

    def receive(self, at_most: int) -> bytes:
        """Take what has come; nothing means that the client is gone."""

    def send(self, data: bytes) -> None:
        """Send it.

        Raises:
            OSError: The client is gone, or does not read.
        """

    def close(self, *, reset: bool) -> None:
        """End it, in order or rudely. Twice is fine."""


class Outlet(Protocol):
    """Where clients come from."""

    def open(self) -> None:
        """Let them come. Twice is fine.

        Raises:
            OSError: The place is taken.
        """

    def close(self) -> None:
        """Let nobody come any more. Twice is fine."""

    def waiting(self) -> int | None:
        """Give what is to be watched for a new client; None: nobody can come now."""

    def accept(self) -> Plug:
        """Take the client who came."""


class TcpOutlet:
    """A TCP port.

    Attributes:
        host: Where it is.
        port: Where it is; stays the same once it was open.
    """

    def __init__(self, port: int, host: str = LOOPBACK) -> None:
        self._listener: socket.socket | None = None
        self.host = host
        self.port = port

    def open(self) -> None:
        """Listen; see `Outlet`."""
        if self._listener is None:
            self._listener = socket.create_server((self.host, self.port))
            self.port = self._listener.getsockname()[1]

    def close(self) -> None:
        """Stop listening; see `Outlet`."""
        if self._listener is not None:
            self._listener.close()
            self._listener = None

    def waiting(self) -> int | None:
        """Give the listening socket; see `Outlet`."""
        return None if self._listener is None else self._listener.fileno()

    def accept(self) -> TcpPlug:
        """Take the client who came; see `Outlet`."""
        if self._listener is None:
            raise ConnectionRefusedError("nobody listens")
        return TcpPlug(self._listener.accept()[0])


class TcpPlug:
    """A client's connection; see `Plug`."""

    def __init__(self, client: socket.socket) -> None:
        client.settimeout(_SEND_S)
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._client = client

    def fileno(self) -> int:
        """Give the socket; see `Plug`."""
        return self._client.fileno()

    def receive(self, at_most: int) -> bytes:
        """Take what has come; see `Plug`."""
        return self._client.recv(at_most)

    def send(self, data: bytes) -> None:
        """Send it; see `Plug`."""
        self._client.sendall(data)

    def close(self, *, reset: bool) -> None:
        """End it; see `Plug`."""
        if reset:
            with suppress(OSError):
                self._client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
        self._client.close()


class NodeOutlet:
    """A pseudo-terminal under a name of its own. Whoever opens it is the same client again.

    Args:
        path: The name; a link is made there.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._plug: NodePlug | None = None
        self._is_new = False

    def open(self) -> None:
        """Put the node there; see `Outlet`."""
        if self._plug is None or self._plug.is_closed:
            self._plug = NodePlug()
            self._is_new = True
        self.path.unlink(missing_ok=True)
        self.path.symlink_to(self._plug.name)

    def close(self) -> None:
        """Take the name away; see `Outlet`. Who has it open keeps it."""
        self.path.unlink(missing_ok=True)
        if self._plug is not None and self._is_new:
            self._plug.close(reset=True)

    def waiting(self) -> int | None:
        """Give the printer's end while nobody has accepted it; see `Outlet`."""
        if self._plug is not None and self._plug.is_closed and self.path.is_symlink():
            # One whose connection was broken comes back by itself, as a USB printer does.
            self.open()
        if self._plug is None or self._plug.is_closed or not self._is_new:
            return None
        return self._plug.fileno()

    def accept(self) -> NodePlug:
        """Take the one client that there is; see `Outlet`."""
        if self._plug is None:
            raise ConnectionRefusedError("there is no node")
        self._is_new = False
        return self._plug


class NodePlug:
    """The printer's end of a pseudo-terminal; see `Plug`.

    Attributes:
        name: The computer's end.
    """

    def __init__(self) -> None:
        # Kept open at both ends: with nobody at the other one, the printer's end would hang up.
        self._printer, self._computer = pty.openpty()
        tty.setraw(self._computer)
        os.set_blocking(self._printer, False)
        self.name = os.ttyname(self._computer)
        self.is_closed = False

    def fileno(self) -> int:
        """Give the printer's end; see `Plug`."""
        return self._printer

    def receive(self, at_most: int) -> bytes:
        """Take what has come; see `Plug`."""
        return os.read(self._printer, at_most)

    def send(self, data: bytes) -> None:
        """Send it; see `Plug`."""
        rest = memoryview(data)
        while rest:
            if not select.select([], [self._printer], [], _SEND_S)[1]:
                raise TimeoutError("nobody reads the answers")
            rest = rest[os.write(self._printer, rest) :]

    def close(self, *, reset: bool) -> None:
        """End it; see `Plug`. A node knows no order: what is under way is lost."""
        del reset
        if not self.is_closed:
            self.is_closed = True
            os.close(self._printer)
            os.close(self._computer)
