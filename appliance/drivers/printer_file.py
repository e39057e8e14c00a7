"""A printer that is a file: a device node such as `/dev/usb/lp0`, or a file that collects bytes.

Such a printer cannot be asked. `READY` means that it can be opened for writing, and no more; a
printer that can be asked should be used through its network or USB driver.
"""

from __future__ import annotations

import os
import select
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

from appliance.drivers.printer import PrinterError, PrinterStatus
from appliance.drivers.printer_escpos import EscposWriter

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from appliance import paper


class FilePrinter:
    """A printer behind a path.

    Args:
        path: What to write to. It is appended to, and made if it is not there; but never made under
            `/dev`, where the missing node means that the printer is.
        profile: Its kind; see `EscposWriter`.
        columns: Characters on a line. None: what the profile says.
        timeout_s: A slip takes no longer than this.
    """

    def __init__(
        self,
        path: Path,
        *,
        profile: str = "default",
        columns: int | None = None,
        timeout_s: float = 5.0,
    ) -> None:
        self._path = path
        self._timeout_s = timeout_s
        self._writer = EscposWriter(profile, columns)

    def status(self) -> PrinterStatus:
        """Tell whether it can be opened: `READY` or `GONE`. Does not block."""
        try:
            with self._open():
                return PrinterStatus.READY
        except PrinterError as error:
            return error.status

    def print_slip(self, slip: paper.Slip) -> None:
        """Write a slip; see `Printer`. Blocks for `timeout_s` at most.

        Raises:
            PrinterError: It could not be written, or not to the end.
        """
        data = self._writer.write(slip)
        with self._open() as device:
            self._write(device, data)

    @contextmanager
    def _open(self) -> Iterator[int]:
        flags = os.O_WRONLY | os.O_APPEND | os.O_NONBLOCK | os.O_NOCTTY
        if not self._path.is_relative_to("/dev"):
            flags |= os.O_CREAT
        try:
            device = os.open(self._path, flags, 0o600)
        except OSError as error:
            raise PrinterError(PrinterStatus.GONE, printed=False, detail=str(error)) from error
        try:
            yield device
        finally:
            os.close(device)

    def _write(self, device: int, data: bytes) -> None:
        ends_at = time.monotonic() + self._timeout_s
        rest = memoryview(data)
        while rest:
            left_s = max(0.0, ends_at - time.monotonic())
            _, writable, _ = select.select([], [device], [], left_s)
            if not writable:
                raise PrinterError(
                    PrinterStatus.UNKNOWN, printed=None, detail=f"{self._path} takes no more bytes"
                )
            try:
                rest = rest[os.write(device, rest) :]
            except BlockingIOError:
                continue
            except OSError as error:
                raise PrinterError(PrinterStatus.GONE, printed=None, detail=str(error)) from error
