"""One writer: a lock that ends with its process, however that ends."""

from __future__ import annotations

import fcntl
import os
from contextlib import suppress
from typing import TYPE_CHECKING

from appliance.journal.errors import SecondWriterError

if TYPE_CHECKING:
    from pathlib import Path

LOCK_BITS = 0o644


class WriterLock:
    """Held from `take` to `release`, also where nothing can be written.

    In a folder that can only be read the lock file is locked as it is; where there is none, the
    folder itself.

    Args:
        path: The journal; its lock file stands beside it.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file = path.with_name(path.name + ".lock")
        self._handle: int | None = None

    def take(self) -> None:
        """Be the only writer; asked again, of the file that stands there now.

        It may be another one by then: where only the folder could be locked before, where the
        folder was deleted, or another card was mounted on it.

        Raises:
            SecondWriterError: Another process is.
        """
        if self._handle is not None and _same(self._handle, self._file):
            return
        handle = self._locked(self._file, os.O_RDWR | os.O_CREAT)
        if handle is not None:
            self._keep(handle)
            # Only for people: where the card is full, the lock itself still holds.
            with suppress(OSError):
                os.ftruncate(handle, 0)
                os.pwrite(handle, f"process {os.getpid()}".encode(), 0)
        elif self._handle is None:
            handle = self._locked(self._file, os.O_RDONLY)
            if handle is None:
                # Not even a folder: then there is no journal that anyone could write.
                handle = self._locked(self._path.parent, os.O_RDONLY)
            self._keep(handle)

    def release(self) -> None:
        """Let others write; twice is fine."""
        self._keep(None)

    def _keep(self, handle: int | None) -> None:
        if self._handle is not None:
            os.close(self._handle)
        self._handle = handle

    def _locked(self, there: Path, flags: int) -> int | None:
        """Give a locked handle; None: it cannot be opened."""
        try:
            handle = os.open(there, flags | os.O_CLOEXEC, LOCK_BITS)
        except OSError:
            return None
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(handle)
            raise SecondWriterError(self._path, self._owner()) from None
        return handle

    def _owner(self) -> str:
        try:
            return self._file.read_text("ascii", "replace").strip()
        except OSError:
            return ""


def _same(handle: int, path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(handle), path.stat())
    except OSError:
        return False
