"""A printer on the network, at TCP port 9100 of its own.

Each slip and each question has a fresh connection and one deadline over all of it. A printer is
asked before a slip, and after it until it says that it has come to the slip's end: of six ways in
which a printer can fail, three look like success to whoever only sends (tried: no paper, mute,
accepts and never reads).
"""

from __future__ import annotations

import socket
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from appliance import paper
from appliance.drivers.printer import PrinterError, PrinterStatus
from appliance.drivers.printer_escpos import EscposWriter
from appliance.drivers.printer_status import Conversation, NoiseError

if TYPE_CHECKING:
    from collections.abc import Iterator

_ASK_AGAIN_S: Final = 0.25
_CHUNK: Final = 256


class NetworkPrinter:
    """An ESC/POS printer behind TCP.

    Args:
        host: Its address. A name works, but looking it up is not bound by the deadline.
        port: Its port.
        profile: Its kind; see `EscposWriter`.
        columns: Characters on a line. None: what the profile says.
        timeout_s: A question, and a slip with its questions, takes no longer than this.
    """

    def __init__(
        self,
        host: str,
        port: int = 9100,
        *,
        profile: str = "default",
        columns: int | None = None,
        timeout_s: float = 5.0,
    ) -> None:
        self._address = (host, port)
        self._timeout_s = timeout_s
        self._writer = EscposWriter(profile, columns)
        self._piece_inside = False

    def status(self) -> PrinterStatus:
        """Ask the printer how it is; see `Printer`. Blocks for `timeout_s` at most."""
        try:
            with self._connect() as wire, _told(printed=False):
                return Conversation(wire).status()
        except PrinterError as error:
            return error.status

    def print_slip(self, slip: paper.Slip) -> None:
        """Print a slip; see `Printer`. Blocks for `timeout_s` at most.

        Raises:
            PrinterError: It is not out, or nobody can say.
            ProfileError: There is no such profile, or it prints no slips.
        """
        # A piece that a broken connection left in the printer is no part of the next one's slip.
        data = self._writer.write((paper.Cut(), *slip) if self._piece_inside else slip)
        with self._connect() as wire:
            conversation = Conversation(wire)
            with _told(printed=False):
                _expect_ready(conversation, printed=False)
            try:
                with _told(printed=None):
                    _print(data, conversation)
            except PrinterError as error:
                self._piece_inside = error.status in (PrinterStatus.GONE, PrinterStatus.UNKNOWN)
                raise
        self._piece_inside = False

    @contextmanager
    def _connect(self) -> Iterator[_TcpWire]:
        ends_at = time.monotonic() + self._timeout_s
        try:
            connection = socket.create_connection(self._address, self._timeout_s)
        except OSError as error:
            host, port = self._address
            seen = f"{host}:{port}: {error}"
            raise PrinterError(PrinterStatus.GONE, printed=False, detail=seen) from error
        with connection:
            yield _TcpWire(connection, ends_at)


class _TcpWire:
    """A connected socket with a deadline; see `Wire`."""

    def __init__(self, connection: socket.socket, ends_at: float) -> None:
        self._connection = connection
        self._ends_at = ends_at

    def send(self, data: bytes) -> None:
        self._connection.settimeout(self._left_s())
        self._connection.sendall(data)

    def receive(self, within_s: float | None = None) -> bytes:
        left_s = self._left_s()
        self._connection.settimeout(left_s if within_s is None else min(left_s, within_s))
        if not (data := self._connection.recv(_CHUNK)):
            raise ConnectionResetError("the printer closed the connection")
        return data

    def _left_s(self) -> float:
        left_s = self._ends_at - time.monotonic()
        if left_s <= 0:
            raise TimeoutError("the printer did not answer in time")
        return left_s


def _print(data: bytes, conversation: Conversation) -> None:
    conversation.print(data)
    while not conversation.wait_until_finished(_ASK_AGAIN_S):
        _expect_ready(conversation, printed=None)
    # One that answers out of turn is found out here.
    _expect_ready(conversation, printed=None)


def _expect_ready(conversation: Conversation, *, printed: bool | None) -> None:
    if not (status := conversation.status()).prints:
        raise PrinterError(status, printed=printed)


@contextmanager
def _told(*, printed: bool | None) -> Iterator[None]:
    """Tell a failing connection as a printer's error."""
    try:
        yield
    except PrinterError:
        raise
    except (TimeoutError, NoiseError) as error:
        raise PrinterError(PrinterStatus.UNKNOWN, printed=printed, detail=str(error)) from error
    except OSError as error:
        raise PrinterError(PrinterStatus.GONE, printed=printed, detail=str(error)) from error
