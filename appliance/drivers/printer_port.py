"""Where a printer is attached: a port that is opened afresh for each slip and each question.

Each port does its part with one deadline over all of it; what is said over it is the same for all,
and stands in `printer_asked`.
"""

from __future__ import annotations

import time
from typing import Protocol

from appliance.drivers.printer_status import Wire


class Deadline:
    """A moment by which something must be done.

    Args:
        within_s: So long from now.
    """

    def __init__(self, within_s: float) -> None:
        self._ends_at = time.monotonic() + within_s

    def extend(self, by_s: float) -> None:
        """Allow more time: what comes now takes longer."""
        self._ends_at += by_s

    def left_s(self, at_most: float | None = None) -> float:
        """Give how much time is left, more than 0.

        Args:
            at_most: Give no more than this.

        Raises:
            TimeoutError: None.
        """
        left_s = self._ends_at - time.monotonic()
        if left_s <= 0:
            raise TimeoutError("the printer did not answer in time")
        return left_s if at_most is None else min(left_s, at_most)


class OpenPort(Wire, Protocol):
    """A port that was opened."""

    def flush(self) -> None:
        """Wait until all that was sent has left this machine.

        Raises:
            TimeoutError: The printer takes no more bytes.
            OSError: The connection broke.
        """

    def close(self) -> None:
        """Close it at once; what has not left this machine may be lost."""


class Port(Protocol):
    """Where a printer is; `str()` of it says so to people."""

    @property
    def bytes_per_s(self) -> float:
        """How fast it is; infinity: so fast that it does not matter."""

    def open(self, deadline: Deadline) -> OpenPort:
        """Open it, with a deadline for all that is done with it.

        Raises:
            OSError: There is no printer.
        """
