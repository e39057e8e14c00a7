"""What hands can do to a printer, and what its sensors make of it.

The status bytes are those of the Epson TM-T88: a good printer says `16 12 12 12`, one without paper
`1e 32 12 72` (seen on real bytes, see the tests).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from demo.emulator.tape import DOTS_PER_MM

if TYPE_CHECKING:
    from collections.abc import Callable

_GOOD = 0x12
_DRAWER = 0x04
_OFFLINE = 0x08


class Countdown:
    """Something that happens now, or once so much more has been printed."""

    def __init__(self) -> None:
        self._left_dots: float = float("inf")

    @property
    def over(self) -> bool:
        """Whether it has happened."""
        return self._left_dots <= 0

    def start(self, mm: float) -> None:
        """Let it happen in so many millimetres."""
        self._left_dots = mm * DOTS_PER_MM

    def stop(self) -> None:
        """Let it not have happened."""
        self._left_dots = float("inf")

    def used(self, dots: int) -> None:
        """The head moved on."""
        self._left_dots -= dots


class Paper:
    """The roll."""

    def __init__(self, changed: Callable[[], None]) -> None:
        self._changed = changed
        self.end = Countdown()
        self.low = False
        self.is_new = False

    @property
    def out(self) -> bool:
        """Whether it has ended."""
        return self.end.over

    def run_low(self) -> None:
        """Let the roll become thin."""
        self.low = True

    def run_out(self, after_mm: float = 0.0) -> None:
        """Let the roll end, now or once so much more has been printed."""
        self.end.start(after_mm)

    def load(self) -> None:
        """Put in a new roll; the printer goes on with what it holds."""
        self.is_new = self.out
        self.end.stop()
        self.low = False
        self._changed()


class Cover:
    """The cover."""

    def __init__(self, changed: Callable[[], None]) -> None:
        self._changed = changed
        self.opening = Countdown()

    @property
    def is_open(self) -> bool:
        """Whether it is open."""
        return self.opening.over

    def open(self, after_mm: float = 0.0) -> None:
        """Open it, now or once so much more has been printed."""
        self.opening.start(after_mm)

    def close(self) -> None:
        """Close it; the printer goes on with what it holds."""
        self.opening.stop()
        self._changed()


class Cutter:
    """The cutter."""

    def __init__(self, changed: Callable[[], None]) -> None:
        self._changed = changed
        self.jams_at_next_cut = False
        self.jammed = False

    def jam(self) -> None:
        """Let it get stuck when it is used next."""
        self.jams_at_next_cut = True

    def free(self) -> None:
        """Take out what it got stuck on."""
        self.jams_at_next_cut = self.jammed = False
        self._changed()


class Head:
    """The print head."""

    def __init__(self, changed: Callable[[], None]) -> None:
        self._changed = changed
        self.heating = Countdown()

    @property
    def hot(self) -> bool:
        """Whether it is too hot to print."""
        return self.heating.over

    def overheat(self, after_mm: float = 0.0) -> None:
        """Let it become too hot to print, now or once so much more has been printed."""
        self.heating.start(after_mm)

    def cool_down(self) -> None:
        """Let it cool down."""
        self.heating.stop()
        self._changed()


class Parts:
    """All of them.

    Args:
        changed: Called when something that stood in the way is gone.
    """

    def __init__(self, changed: Callable[[], None]) -> None:
        self.paper = Paper(changed)
        self.cover = Cover(changed)
        self.cutter = Cutter(changed)
        self.head = Head(changed)

    @property
    def stopped(self) -> bool:
        """Whether something keeps the printer from printing."""
        return self.paper.out or self.cover.is_open or self.cutter.jammed or self.head.hot

    def used(self, dots: int) -> None:
        """The head moved on."""
        for countdown in (self.paper.end, self.cover.opening, self.head.heating):
            countdown.used(dots)

    def real_time_status(self, question: int) -> int:
        """Give the answer to DLE EOT n, n from 1 to 4."""
        match question:
            case 1:
                return _GOOD | _DRAWER | (_OFFLINE if self.stopped else 0)
            case 2:
                error = self.cutter.jammed or self.head.hot
                cause = 0x04 * self.cover.is_open | 0x20 * self.paper.out | 0x40 * error
                return _GOOD | cause
            case 3:
                return _GOOD | 0x08 * self.cutter.jammed | 0x40 * self.head.hot
            case _:
                return _GOOD | 0x0C * self.paper.low | 0x60 * self.paper.out

    def paper_status(self) -> int:
        """Give the answer to GS r 1."""
        return 0x03 * self.paper.low | 0x0C * self.paper.out
