"""A printer at the far end of a port: what is the same over TCP, USB and a serial line.

A printer is asked before a slip, and after it until it says that it has come to the slip's end: of
six ways in which a printer can fail, three look like success to whoever only sends (tried: no
paper, mute, accepts and never reads). Each slip and each question opens the port afresh.

Printers differ in what they answer. All that are worth having answer DLE EOT; many do not answer
GS r, the question that stands in the order of the data. That is learnt and not configured: as long
as DLE EOT says that all is well, a slip whose end is not told is taken for printed, unless this
printer has told the end of one before. Then nobody can say; but only once, so that a printer that
was exchanged for another does not print every slip twice. A printer that does not answer DLE EOT
either cannot be told from a dead one: whoever has such a one must say so (`answers`).

And a printer may be in the middle of something. A desk that was killed, or a cable that was pulled,
leaves it waiting for the rest of a picture or of a QR code: it takes the next slip for dots. It is
given zeros enough to end the longest command that a slip contains, which between commands mean
nothing, and only then the slip. A few of them come before the first question: where a printer waits
for the size of a picture, it would take the question for a picture of a megabyte.
"""

from __future__ import annotations

import time
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING, Final

from appliance import paper
from appliance.drivers.printer import PrinterError, PrinterStatus
from appliance.drivers.printer_escpos import INITIALISE, LONGEST_COMMAND
from appliance.drivers.printer_port import Deadline
from appliance.drivers.printer_status import Conversation, NoiseError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from appliance.drivers.printer_escpos import EscposWriter
    from appliance.drivers.printer_port import OpenPort, Port

_ASK_AGAIN_S: Final = 0.25
_QUIET_S: Final = 0.05
_RELUCTANT_S: Final = 1.5
"""So much later than a slow printer would need may the end of a slip be told."""
_WATCHED_S: Final = 0.5
"""So much longer than a usual printer needs is one watched that does not tell the end."""
_SLOW_MM_PER_S: Final = 50.0
_USUAL_MM_PER_S: Final = 150.0
_DOTS_PER_MM: Final = 8
_LINE_DOTS: Final = 30
_CHARACTER_DOTS: Final = 24
_QR_MODULES: Final = 49
_CUTTER_MM: Final = 20

COMPLETION: Final = bytes(LONGEST_COMMAND) + INITIALISE
"""Ends whatever command a printer may be in the middle of; between commands it prints nothing."""
_HEAD: Final = bytes(8)
"""Ends the head of whatever command that may be; the rest of it is short then."""


class PortPrinter:
    """An ESC/POS printer behind a port.

    Args:
        port: Where it is.
        writer: Writes its bytes.
        timeout_s: A question takes no longer than this, and a slip no longer than this and the
            time that a slow printer needs for its length.
        answers: Whether it answers questions. If not, what it takes counts as printed.
        remembers: Whether it may be in the middle of what an earlier process sent.
    """

    def __init__(
        self,
        port: Port,
        writer: EscposWriter,
        *,
        timeout_s: float,
        answers: bool = True,
        remembers: bool = True,
    ) -> None:
        self._port = port
        self._writer = writer
        self._timeout_s = timeout_s
        self._answers = answers
        self._unsure = self._in_head = remembers
        self._piece_inside = False
        self._owes_answers = remembers
        self._tells_end: bool | None = None

    def status(self) -> PrinterStatus:
        """Ask the printer how it is; see `Printer`. Blocks for `timeout_s` at most."""
        deadline = Deadline(self._timeout_s)
        try:
            with self._opened(deadline) as wire, _told(printed=False):
                if not self._answers:
                    return PrinterStatus.READY
                return self._greet(wire, Conversation(wire), deadline)
        except PrinterError as error:
            return error.status

    def print_slip(self, slip: paper.Slip) -> PrinterStatus:
        """Print a slip; see `Printer`.

        Raises:
            PrinterError: It is not out, or nobody can say.
            ProfileError: There is no such profile, or it prints no slips.
        """
        if self._piece_inside and slip[:1] != (paper.Cut(),):
            # A piece that a broken connection left in the printer is no part of this slip.
            slip = (paper.Cut(), *slip)
        data = self._writer.write(slip)
        deadline = Deadline(self._timeout_s)
        with self._opened(deadline) as wire:
            conversation = Conversation(wire)
            if self._answers:
                with _told(printed=False):
                    _expect_good(self._greet(wire, conversation, deadline), printed=False)
            elif self._unsure:
                data = COMPLETION + data
            deadline.extend(len(data) / self._port.bytes_per_s)
            try:
                with _told(printed=None):
                    status = self._print(data, _length_mm(slip), wire, conversation, deadline)
            except PrinterError as error:
                # What it holds for want of paper it prints to the end by itself.
                if error.status in (PrinterStatus.GONE, PrinterStatus.UNKNOWN):
                    self._piece_inside = self._owes_answers = True
                    self._unsure = self._in_head = True
                raise
        self._piece_inside = self._unsure = False
        return status

    @contextmanager
    def _opened(self, deadline: Deadline) -> Iterator[OpenPort]:
        try:
            wire = self._port.open(deadline)
        except OSError as error:
            seen = f"{self._port}: {error}"
            raise PrinterError(PrinterStatus.GONE, printed=False, detail=seen) from error
        with closing(wire):
            yield wire

    def _greet(
        self, wire: OpenPort, conversation: Conversation, deadline: Deadline
    ) -> PrinterStatus:
        """Ask how the printer is, and take no old answer for a new one."""
        if self._owes_answers:
            conversation.hush(_QUIET_S)
        self._owes_answers = True
        status = self._settled(wire, conversation, deadline)
        self._owes_answers = False
        return status

    def _settled(
        self, wire: OpenPort, conversation: Conversation, deadline: Deadline
    ) -> PrinterStatus:
        """Ask, and bring the printer out of whatever it may be in the middle of.

        One that only waits, for paper or for a closed cover, is left alone: its buffer may be full,
        and then it could not even answer any more.
        """
        if not self._unsure:
            return conversation.status()
        if self._in_head:
            wire.send(_HEAD)
            self._in_head = False
        try:
            status = conversation.status(deadline.left_s() / 2)
        except TimeoutError:
            # Some take questions for dots, too, while they wait for the rest of a picture.
            self._complete(wire, deadline)
            status = conversation.status()
        else:
            if status.prints:
                self._complete(wire, deadline)
        self._unsure = not status.prints
        return status

    def _complete(self, wire: OpenPort, deadline: Deadline) -> None:
        deadline.extend(len(COMPLETION) / self._port.bytes_per_s)
        wire.send(COMPLETION)

    def _print(
        self,
        data: bytes,
        length_mm: float,
        wire: OpenPort,
        conversation: Conversation,
        deadline: Deadline,
    ) -> PrinterStatus:
        if not self._answers:
            wire.send(data)
            wire.flush()
            return PrinterStatus.READY
        conversation.print(data)
        if self._tells_end is False:
            within_s = length_mm / _USUAL_MM_PER_S + _WATCHED_S
        else:
            within_s = length_mm / _SLOW_MM_PER_S + _RELUCTANT_S
        deadline.extend(within_s)
        told = _told_the_end(conversation, within_s, self._timeout_s)
        # One that answers out of turn is found out here.
        status = _expect_good(conversation.status(), printed=None)
        self._learn(told=told)
        return status

    def _learn(self, *, told: bool) -> None:
        """Take in whether the printer told that it came to the end of a slip.

        Raises:
            PrinterError: It has always told so, and did not now.
        """
        told_before, self._tells_end = self._tells_end, True if told else None
        if told:
            return
        if told_before:
            seen = "it did not say that it came to the end of the slip, as it did before"
            raise PrinterError(PrinterStatus.UNKNOWN, printed=None, detail=seen)
        self._tells_end = False


def _told_the_end(conversation: Conversation, within_s: float, timeout_s: float) -> bool:
    """Wait until the printer says that the slip is out, or has had time enough to print it.

    Raises:
        TimeoutError: It does not answer any more.
        PrinterError: It cannot print any more.
    """
    ends_at = time.monotonic() + within_s
    while (left_s := ends_at - time.monotonic()) > 0:
        if conversation.wait_until_finished(min(left_s, _ASK_AGAIN_S)):
            return True
        _expect_good(conversation.status(timeout_s), printed=None)
    return False


def _expect_good(status: PrinterStatus, *, printed: bool | None) -> PrinterStatus:
    if not status.prints:
        raise PrinterError(status, printed=printed)
    return status


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


def _length_mm(slip: paper.Slip) -> float:
    """Give about how much paper runs through the printer for a slip."""
    dots = 0
    for element in slip:
        match element:
            case paper.Text(size=size):
                dots += max(_LINE_DOTS, size * _CHARACTER_DOTS)
            case paper.Feed(lines):
                dots += lines * _LINE_DOTS
            case paper.Qr(module_dots=module_dots):
                dots += module_dots * _QR_MODULES
            case paper.Picture():
                dots += element.height
            case paper.Rule():
                dots += _LINE_DOTS
            case paper.Cut():
                dots += _CUTTER_MM * _DOTS_PER_MM
    return dots / _DOTS_PER_MM
