"""What an ESC/POS printer says of itself, read so that nothing is taken for good news.

Real-time status (DLE EOT 1 to 4) is answered at once, whatever the printer is busy with; GS r
stands in the order of the data, so its answer means that everything before it was printed (Epson,
ESC/POS command reference). Each answer is one byte with bits that never change, which tells the
two apart and tells both from noise. An answer that does not come is no answer: python-escpos reads
silence as "enough paper".
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Protocol

from appliance.drivers.printer import PrinterStatus

# GS r 1: tell me of the paper, once you have come to this point.
_FINISHED: Final = b"\x1dr\x01"

_NOISE_BYTES: Final = 64
# Bits that never change: 0, 1, 4 and 7 of a real-time answer; 4 and 7 of an answer to GS r.
_REALTIME_MASK: Final = 0b1001_0011
_REALTIME_BITS: Final = 0b0001_0010
_FINISHED_MASK: Final = 0b1001_0000


class NoiseError(OSError):
    """The printer sends bytes that answer nothing."""

    def __init__(self) -> None:
        super().__init__("the printer answers with bytes that no printer should send")


class Wire(Protocol):
    """A connection to a printer, with the deadline that it was opened with."""

    def send(self, data: bytes) -> None:
        """Send all of it.

        Raises:
            TimeoutError: The deadline has passed.
            OSError: The connection broke.
        """

    def receive(self, within_s: float | None = None) -> bytes:
        """Wait for some bytes, at least one.

        Args:
            within_s: Wait no longer than this. None: up to the deadline.

        Raises:
            TimeoutError: Nothing came in time.
            OSError: The connection broke, or the printer closed it.
        """


@dataclass(frozen=True, slots=True)
class Answers:
    """The answers to DLE EOT 1 to 4.

    Args:
        printer: Is it online.
        offline: Why it is not.
        error: Which error it has.
        roll: How much paper there is.
    """

    printer: int
    offline: int
    error: int
    roll: int

    def status(self) -> PrinterStatus:
        """Say it in one word; if several things are wrong, the one to be mended first."""
        if self.offline & 0x04:
            return PrinterStatus.COVER_OPEN
        if self.roll & 0x60 or self.offline & 0x20:
            return PrinterStatus.PAPER_OUT
        if self.error & 0x08:
            return PrinterStatus.CUTTER_ERROR
        if self.error & 0x40:
            return PrinterStatus.OVERHEATED
        if self.error & 0x20 or self.offline & 0x40 or self.printer & 0x08:
            return PrinterStatus.UNKNOWN
        return PrinterStatus.PAPER_LOW if self.roll & 0x0C else PrinterStatus.READY


class Conversation:
    """Questions and answers on one wire."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire
        self._received = bytearray()
        self._noise_bytes = 0
        self._finished = False

    def status(self, within_s: float | None = None) -> PrinterStatus:
        """Ask how the printer is.

        Args:
            within_s: Wait no longer than this for each of its four answers. None: up to the
                deadline.

        Raises:
            NoiseError: It talks nonsense.
            TimeoutError: It does not answer.
            OSError: The connection broke.
        """
        return Answers(*(self._ask(question, within_s) for question in range(1, 5))).status()

    def hush(self, quiet_s: float) -> None:
        """Let pass what the printer still has to say to an earlier question.

        Args:
            quiet_s: Until it has said nothing for so long.

        Raises:
            NoiseError: It does not stop talking.
            OSError: The connection broke.
        """
        heard = 0
        while heard <= _NOISE_BYTES:
            try:
                heard += len(self._wire.receive(quiet_s))
            except TimeoutError:
                return
        raise NoiseError

    def print(self, data: bytes) -> None:
        """Send a slip, and ask to be told when it is finished.

        Raises:
            TimeoutError: The printer takes no more bytes.
            OSError: The connection broke.
        """
        self._received.clear()
        self._finished = False
        self._wire.send(data + _FINISHED)

    def wait_until_finished(self, within_s: float) -> bool:
        """Wait until the slip is finished, and tell whether it is.

        Args:
            within_s: Wait about as long as this.

        Raises:
            NoiseError: It talks nonsense.
            OSError: The connection broke.
        """
        while not self._finished:
            try:
                byte = self._next(within_s)
            except TimeoutError:
                return False
            self._set_aside(byte)
        return True

    def _ask(self, question: int, within_s: float | None) -> int:
        self._wire.send(bytes((0x10, 0x04, question)))
        while (byte := self._next(within_s)) & _REALTIME_MASK != _REALTIME_BITS:
            self._set_aside(byte)
        return byte

    def _set_aside(self, byte: int) -> None:
        if byte & _FINISHED_MASK == 0:
            self._finished = True
            return
        self._noise_bytes += 1
        if self._noise_bytes > _NOISE_BYTES:
            raise NoiseError

    def _next(self, within_s: float | None) -> int:
        if not self._received:
            self._received += self._wire.receive(within_s)
        return self._received.pop(0)
