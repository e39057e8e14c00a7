"""Device nodes that are written to and read from with a deadline: USB printers, serial lines.

Opened without blocking, and waited for with poll: so a node that takes nothing costs no more time
than it is given. Closing needs care, though. Closing `/dev/usb/lp0` kills the transfer that is
under way (Linux, drivers/usb/class/usblp.c): whoever writes without blocking and closes at once
loses the last 8 KiB. And closing a serial line that is held up waits for it, up to 30 s
(closing_wait in drivers/tty/tty_port.c).
"""

from __future__ import annotations

import array
import contextlib
import fcntl
import os
import select
import termios
import time
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from pathlib import Path

    from appliance.drivers.printer_port import Deadline

_CHUNK: Final = 256
_LOOK_AGAIN_S: Final = 0.005
_BROKEN: Final = select.POLLERR | select.POLLHUP | select.POLLNVAL


def open_node(path: Path, *, reads: bool = True, makes: bool = False) -> int:
    """Open a node without waiting for anything.

    Args:
        path: The node.
        reads: For reading too.
        makes: Make a file if there is none.

    Raises:
        OSError: It is not there, is not ours, or somebody else has it (EBUSY).
    """
    flags = (os.O_RDWR if reads else os.O_WRONLY | os.O_APPEND) | os.O_NONBLOCK | os.O_NOCTTY
    return os.open(path, flags | (os.O_CREAT if makes else 0) | os.O_CLOEXEC, 0o600)


class OpenNode:
    """An open node with a deadline; see `OpenPort`.

    Args:
        node: Its file descriptor, which is closed with it.
        deadline: For all that is done with it.
    """

    def __init__(self, node: int, deadline: Deadline) -> None:
        self._node = node
        self._deadline = deadline

    def send(self, data: bytes) -> None:
        """Send all of it; see `Wire`."""
        rest = memoryview(data)
        while rest:
            self._wait(select.POLLOUT, self._deadline.left_s())
            try:
                rest = rest[os.write(self._node, rest) :]
            except BlockingIOError:
                continue

    def receive(self, within_s: float | None = None) -> bytes:
        """Wait for some bytes; see `Wire`."""
        self._wait(select.POLLIN, self._deadline.left_s(within_s))
        try:
            if data := os.read(self._node, _CHUNK):
                return data
        except BlockingIOError:
            return self.receive(within_s)
        raise ConnectionResetError("the printer is gone")

    def flush(self) -> None:
        """Do nothing: what was sent has left this machine; see `OpenPort`."""

    def close(self) -> None:
        """Close it; what it still holds is lost."""
        os.close(self._node)

    def _wait(self, event: int, within_s: float) -> None:
        """Wait until the node can be written to or read from.

        Raises:
            TimeoutError: It could not in time.
            ConnectionResetError: It is gone.
        """
        poll = select.poll()
        poll.register(self._node, event)
        events = dict(poll.poll(within_s * 1000)).get(self._node, 0)
        if not events:
            raise TimeoutError("the printer did not answer in time")
        if events & _BROKEN and not events & event:
            raise ConnectionResetError("the printer is gone")


class OpenTerminal(OpenNode):
    """A serial line; see `OpenNode`."""

    def send(self, data: bytes) -> None:
        """Send all of it: a question would wait for an answer while it still waits in a buffer."""
        super().send(data)
        while unsent(self._node):
            time.sleep(self._deadline.left_s(_LOOK_AGAIN_S))

    def close(self) -> None:
        """Drop what could not be sent, and close it."""
        # Where it is gone already, what it held went with it.
        with contextlib.suppress(OSError, termios.error):
            if unsent(self._node):
                termios.tcflush(self._node, termios.TCOFLUSH)
        super().close()


def unsent(descriptor: int) -> int:
    """Give how many bytes a terminal, or a TCP connection, still has to bring to the other end.

    Raises:
        OSError: It is gone.
    """
    count = array.array("i", [0])
    fcntl.ioctl(descriptor, termios.TIOCOUTQ, count)
    return count[0]
