"""A printer that exists in memory only, with the hands-on side of a real one.

It obeys what surprises people about real ones: what a printer was sent before its paper ended is
not lost. It holds it, and prints it as soon as there is paper again.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from appliance.drivers.printer import PrinterError, PrinterStatus

if TYPE_CHECKING:
    from collections.abc import Callable

    from appliance import paper


class SimulatedPaper:
    """The roll in a simulated printer."""

    def __init__(self, changed: Callable[[], None]) -> None:
        self._changed = changed
        self.low = self.out = self.ends_in_next_slip = False

    def run_low(self) -> None:
        """Let the roll become thin."""
        self.low = True

    def run_out(self) -> None:
        """Take the paper away."""
        self.out = True

    def run_out_in_next_slip(self) -> None:
        """Let the roll end while the next slip is printed."""
        self.ends_in_next_slip = True

    def load(self) -> None:
        """Put in a new roll."""
        self.low = self.out = self.ends_in_next_slip = False
        self._changed()


class SimulatedCover:
    """The cover of a simulated printer."""

    def __init__(self, changed: Callable[[], None]) -> None:
        self._changed = changed
        self.is_open = False

    def open(self) -> None:
        """Open it."""
        self.is_open = True

    def close(self) -> None:
        """Close it."""
        self.is_open = False
        self._changed()


class SimulatedPrinter:
    """A printer in memory; press its parts, then look at `slips`.

    Attributes:
        slips: What has come out, oldest first.
        paper: The roll.
        cover: The cover.
    """

    def __init__(self) -> None:
        self.slips: list[paper.Slip] = []
        self.paper = SimulatedPaper(self._go_on)
        self.cover = SimulatedCover(self._go_on)
        self._plugged_in = True
        self._held: list[paper.Slip] = []
        self._came_out = threading.Condition(threading.RLock())

    def status(self) -> PrinterStatus:
        """Tell how it is. Does not block."""
        if not self._plugged_in:
            return PrinterStatus.GONE
        if self.cover.is_open:
            return PrinterStatus.COVER_OPEN
        if self.paper.out:
            return PrinterStatus.PAPER_OUT
        return PrinterStatus.PAPER_LOW if self.paper.low else PrinterStatus.READY

    def print_slip(self, slip: paper.Slip) -> PrinterStatus:
        """Print, and tell how it is then. Does not block.

        Raises:
            PrinterError: It cannot, or the paper ended meanwhile.
        """
        if not (status := self.status()).prints:
            raise PrinterError(status, printed=False)
        with self._came_out:
            self._held.append(slip)
            if self.paper.ends_in_next_slip:
                self.paper.run_out()
                raise PrinterError(PrinterStatus.PAPER_OUT, printed=None)
            self._go_on()
        return status

    def unplug(self) -> None:
        """Pull the plug; what it held is lost."""
        with self._came_out:
            self._plugged_in = False
            self._held.clear()

    def plug_in(self) -> None:
        """Put the plug back."""
        self._plugged_in = True

    def wait_for_slip(self, count: int, timeout_s: float) -> paper.Slip:
        """Wait until `count` slips have come out, and give the last of these.

        Raises:
            TimeoutError: They have not come out in time.
        """
        with self._came_out:
            if not self._came_out.wait_for(lambda: len(self.slips) >= count, timeout_s):
                raise TimeoutError(f"{len(self.slips)} slips in {timeout_s} s, not {count}")
            return self.slips[count - 1]

    def _go_on(self) -> None:
        """Print what is held, if nothing is in the way."""
        with self._came_out:
            if self.status().prints:
                self.slips += self._held
                self._held.clear()
                self._came_out.notify_all()
