"""One slip at a time on one printer, whoever prints: the desk, and `lobby doctor` beside it.

Two programs that send at once print into each other's slip, and a person gets half a number. So
whoever asks or prints holds a lock meanwhile: one of the kernel's (flock(2)), which goes when its
process ends, however that ends. It costs some ten microseconds a slip.
"""

from __future__ import annotations

import fcntl
import os
import time
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Final

from appliance.drivers.printer import PrinterError, PrinterStatus

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from appliance import paper
    from appliance.drivers.printer import Printer

FILE: Final = "printer.lock"
WAIT_S: Final = 6.0
"""Longer than a slip takes, and less than the desk has to stop in."""
LOOK_EVERY_S: Final = 0.02
READABLE: Final = 0o644
"""Whoever may read it can lock it: the desk, and root, who was here before the desk."""


class PrinterInUseError(PrinterError):
    """Somebody else prints, and does not come to an end; nothing of this slip was sent."""

    def __init__(self, wait_s: float) -> None:
        super().__init__(PrinterStatus.UNKNOWN, printed=False)
        self.wait_s = wait_s

    def __str__(self) -> str:
        return (
            f"Another program has had the printer for {self.wait_s:g} s: try again in a minute; "
            "a lobby doctor that was forgotten in another terminal?"
        )


class PrinterNotOursError(PrinterError):
    """This user may not know whether somebody else prints; nothing was sent."""

    def __init__(self, path: Path) -> None:
        super().__init__(PrinterStatus.UNKNOWN, printed=False)
        self.path = path

    def __str__(self) -> str:
        return f"{self.path} can't be opened: run this as root, or as a member of the group lobby."


class SharedPrinter:
    """A printer that others use too, one at a time. See `Printer`.

    Args:
        printer: It.
        folder: Of the desk's state; the lock lies there. Where no file can be made, as on a card
            that can only be read, the folder itself is locked; where there is none, there is no
            desk either.
        wait_s: So long somebody else is waited for.
    """

    def __init__(self, printer: Printer, folder: Path, wait_s: float = WAIT_S) -> None:
        self._printer = printer
        self._folder = folder
        self._wait_s = wait_s

    def status(self) -> PrinterStatus:
        """Ask the printer how it is; `UNKNOWN` while somebody else does not let go of it."""
        try:
            with self._held():
                return self._printer.status()
        except PrinterError as error:
            return error.status

    def print_slip(self, slip: paper.Slip) -> PrinterStatus:
        """Print a slip when nobody else does; see `Printer`.

        Raises:
            PrinterInUseError: Somebody else does, for too long.
            PrinterNotOursError: It is not for this user.
            PrinterError: It is not out, or nobody can say.
        """
        with self._held():
            return self._printer.print_slip(slip)

    @contextmanager
    def _held(self) -> Iterator[None]:
        handle = self._open()
        if handle is None:
            yield
            return
        try:
            until_s = time.monotonic() + self._wait_s
            while not _locked(handle):
                if time.monotonic() > until_s:
                    raise PrinterInUseError(self._wait_s)
                time.sleep(LOOK_EVERY_S)
            yield
        finally:
            os.close(handle)

    def _open(self) -> int | None:
        """Open what is locked; None: no desk ever ran here.

        Raises:
            PrinterNotOursError: It is there, and not for us.
        """
        file = self._folder / FILE
        try:
            handle = os.open(file, os.O_RDONLY | os.O_CLOEXEC | os.O_CREAT, READABLE)
        except OSError as error:
            if file.exists():
                raise PrinterNotOursError(file) from error
        else:
            with suppress(PermissionError):  # somebody else has made it, and has seen to this
                os.fchmod(handle, READABLE)
            return handle
        try:
            return os.open(self._folder, os.O_RDONLY | os.O_CLOEXEC)
        except FileNotFoundError:
            return None
        except OSError as error:
            raise PrinterNotOursError(self._folder) from error


def _locked(handle: int) -> bool:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
