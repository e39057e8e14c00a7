"""The printer behind its plug: a receive buffer, questions answered on the spot, slips.

What real ones do when they cannot print is hold: with the paper out or the cover open they take
4 KiB more, go on answering DLE EOT, and print all of it once they can. So does this one.
"""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Final

from demo.emulator.codepages import EPSON
from demo.emulator.commands import Command, take
from demo.emulator.symbols import FaultError
from demo.emulator.tape import DOTS_PER_MM, Slip, Tape
from demo.emulator.typesetter import Typesetter

if TYPE_CHECKING:
    from demo.emulator.codepages import CodePages
    from demo.emulator.glyphs import Glyphs
    from demo.emulator.parts import Parts

_BUFFER_BYTES: Final = 4096
_REAL_TIME: Final = b"\x10\x04"
_REAL_TIME_QUESTIONS: Final = range(1, 5)
_REPORT: Final = b"\x1dr"
_PAPER_QUESTIONS: Final = b"\x01\x31"


class Machine:
    """Takes bytes, gives answers and slips. All methods but `wait_for_slip` are for one thread.

    Args:
        parts: What hands can touch.
        glyphs: The characters.
        width: Of the print line, in dots.
        mm_per_s: How fast the head prints.
        pages: Which code page each number means.

    Attributes:
        slips: What has come out.
        scraps: What was torn off with an old roll.
        faults: What was not understood.
        hasty: It answers GS r as soon as it arrives, and once more in its turn.
        reticent: It knows no GS r: it answers nothing to it.
        literal: It knows DLE EOT between commands only; inside a picture its bytes are dots.
    """

    def __init__(
        self,
        parts: Parts,
        glyphs: Glyphs,
        width: int,
        mm_per_s: float = float("inf"),
        pages: CodePages = EPSON,
    ) -> None:
        self._parts = parts
        self._font = glyphs.fingerprint
        self._tape = Tape(width)
        self._typesetter = Typesetter(self._tape, parts, glyphs, self._cut, pages)
        self._dots_per_s = mm_per_s * DOTS_PER_MM
        self._busy_until_s = 0.0
        self._has_more = False
        self._held = b""
        self._tail = b""
        self._position = 0
        self._came_out = threading.Condition()
        self.slips: list[Slip] = []
        self.scraps: list[Slip] = []
        self.faults: list[str] = []
        self.hasty = self.reticent = self.literal = False

    @property
    def full(self) -> bool:
        """Whether it takes no more bytes until it can print again."""
        return self._parts.stopped and len(self._held) >= _BUFFER_BYTES

    @property
    def busy_s(self) -> float | None:
        """In how many seconds it can go on; None: not before something else happens."""
        return max(0.0, self._busy_until_s - time.monotonic()) if self._has_more else None

    def receive(self, data: bytes) -> bytes:
        """Take bytes, and give the answers to what they ask."""
        answers = b"" if self.literal else self._real_time(data)
        self._held += data
        return answers + self.go_on()

    def go_on(self) -> bytes:
        """Do what can be done with the bytes received so far, and give the answers."""
        if self._parts.paper.is_new:
            self._parts.paper.is_new = False
            self._tear_off()
        answers = bytearray()
        while not (self._parts.stopped or self._is_busy()) and (command := take(self._held)):
            self._held = self._held[command.length :]
            before = self._tape.printed
            try:
                if command.name == "GS r":
                    answers += b"" if self.reticent else self._report(command.data)
                elif command.name == "DLE EOT" and self.literal:
                    answers += self._real_time(_REAL_TIME + command.data)
                else:
                    self._typesetter.do(command)
            except FaultError as fault:
                self.faults.append(f"byte {self._position}: {fault}")
            self._position += command.length
            took_s = (self._tape.printed - before) / self._dots_per_s
            self._busy_until_s = time.monotonic() + took_s
        self._has_more = bool(self._held) and not self._parts.stopped and self._is_busy()
        return bytes(answers)

    def switch_off(self) -> None:
        """Lose what is held, and what was set."""
        self._held = self._tail = b""
        self._typesetter.do(Command("ESC @", b"", 0))

    def wait_for_slip(self, count: int, timeout_s: float) -> Slip:
        """Wait until `count` slips have come out, and give the last of these.

        Raises:
            TimeoutError: They have not come out in time.
        """
        with self._came_out:
            if not self._came_out.wait_for(lambda: len(self.slips) >= count, timeout_s):
                raise TimeoutError(f"{len(self.slips)} slips in {timeout_s} s, not {count}")
            return self.slips[count - 1]

    def _is_busy(self) -> bool:
        return time.monotonic() < self._busy_until_s

    def _real_time(self, data: bytes) -> bytes:
        """Answer DLE EOT wherever it stands, even inside a picture: so do real ones."""
        seen = self._tail + data
        self._tail = seen[-2:]
        answers = bytearray()
        for start in range(len(seen) - 2):
            command, argument = seen[start : start + 2], seen[start + 2]
            if command == _REAL_TIME and argument in _REAL_TIME_QUESTIONS:
                answers.append(self._parts.real_time_status(argument))
            elif command == _REPORT and self.hasty:
                answers.append(self._parts.paper_status())
        return bytes(answers)

    def _report(self, data: bytes) -> bytes:
        if data not in (_PAPER_QUESTIONS[:1], _PAPER_QUESTIONS[1:]):
            raise FaultError(f"GS r {data[0]}")
        return bytes((self._parts.paper_status(),))

    def _tear_off(self) -> None:
        """What was half printed when the paper ended comes out with the old roll."""
        if scrap := self._tape.tear_off(len(self.scraps) + 1, self._font):
            self.scraps.append(scrap)

    def _cut(self) -> None:
        cutter = self._parts.cutter
        if cutter.jams_at_next_cut:
            cutter.jammed = True
            return
        with self._came_out:
            if slip := self._tape.cut(len(self.slips) + 1, self._font):
                self.slips.append(slip)
                self._came_out.notify_all()
