"""Notes every operation on the files of a folder, for a `Card`: see `tests.journal.power`.

SQLite writes through a file layer of ours, and what else this process does to files goes through
`os`; both pass all on to real files. SQLite's shared memory is left out: it dies with the power.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Self

import apsw

from tests.journal.power import (
    Deleted,
    Made,
    NamesSynced,
    Renamed,
    Resized,
    Synced,
    Written,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType

    from tests.journal.power import Operation

_NAME_IS_SYNCED: Final = apsw.SQLITE_OPEN_MAIN_JOURNAL | apsw.SQLITE_OPEN_WAL
"""Files with whose first sync SQLite's own file layer syncs the folder too (`unixSync`)."""
NOTED: Final = ("open", "pwrite", "fsync", "fdatasync", "replace", "unlink")


class _FileLayer(apsw.VFS):
    """A file layer of ours; SQLite uses it from entering it until leaving it."""

    def __init__(self) -> None:
        super().__init__(type(self).__name__, "unix", makedefault=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.unregister()


class Careless(_FileLayer):
    """Syncs nothing: for looking at files that nobody needs afterwards."""

    def xOpen(  # noqa: N802  (SQLite's name)
        self, name: apsw.URIFilename | str | None, flags: list[int]
    ) -> apsw.VFSFile:
        """Open a file."""
        return _Unsynced("unix", name, flags)


class _Unsynced(apsw.VFSFile):
    def xSync(self, flags: int) -> None:  # noqa: N802  (SQLite's name)
        pass


class Recorder(_FileLayer):
    """Notes what SQLite does.

    Args:
        folder: Only files in it are noted.

    Attributes:
        operations: All, in order.
    """

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self.operations: list[Operation] = []
        self._folder = folder.resolve()

    def xOpen(  # noqa: N802  (SQLite's name)
        self, name: apsw.URIFilename | str | None, flags: list[int]
    ) -> apsw.VFSFile:
        """Open a file, and note it if it is made."""
        path = Path(name.filename() if isinstance(name, apsw.URIFilename) else name or "")
        if path.parent.resolve() != self._folder:
            return apsw.VFSFile("unix", name, flags)
        was_there = path.exists()
        opened = _Recorded(name, flags, path.name, self.operations)
        if not was_there:
            self.operations.append(Made(path.name))
        return opened

    def xDelete(self, filename: str, syncdir: bool) -> None:  # noqa: N802, FBT001  (SQLite's)
        """Delete a file."""
        super().xDelete(filename, syncdir)
        path = Path(filename)
        if path.parent.resolve() == self._folder:
            self.operations.append(Deleted(path.name, syncdir))


class _Recorded(apsw.VFSFile):
    """An open file of which each change is noted. Shared memory is none: it dies with the power."""

    def __init__(
        self,
        filename: apsw.URIFilename | str | None,
        flags: list[int],
        name: str,
        operations: list[Operation],
    ) -> None:
        super().__init__("unix", filename, flags)
        self._name = name
        self._operations = operations
        self._names_are_due = bool(flags[0] & _NAME_IS_SYNCED)

    def xWrite(self, data: bytes, offset: int) -> None:  # noqa: N802  (SQLite's name)
        super().xWrite(data, offset)
        self._operations.append(Written(self._name, offset, bytes(data)))

    def xTruncate(self, newsize: int) -> None:  # noqa: N802  (the same)
        super().xTruncate(newsize)
        self._operations.append(Resized(self._name, newsize))

    def xSync(self, flags: int) -> None:  # noqa: N802  (the same)
        super().xSync(flags)
        self._operations.append(Synced(self._name, self._names_are_due))
        self._names_are_due = False


class PlainFiles:
    """Notes what this process does through `os` to files of a folder, while it is entered.

    Args:
        folder: Only files in it are noted.
        operations: Where they are noted, among those of SQLite.
    """

    def __init__(self, folder: Path, operations: list[Operation]) -> None:
        self._folder = folder.resolve()
        self._operations = operations
        self._real: dict[str, Callable[..., Any]] = {name: getattr(os, name) for name in NOTED}

    def __enter__(self) -> Self:
        for name in NOTED:
            setattr(os, name, getattr(self, f"_{name}"))
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for name, real in self._real.items():
            setattr(os, name, real)

    def _open(self, path: Path | str, flags: int, *args: Any, **named: Any) -> int:  # noqa: ANN401
        was_there = Path(path).exists()
        handle = int(self._real["open"](path, flags, *args, **named))
        if not was_there and self._is_ours(Path(path)):
            self._operations.append(Made(Path(path).name))
        return handle

    def _pwrite(self, handle: int, data: bytes, offset: int) -> int:
        done = int(self._real["pwrite"](handle, data, offset))
        path = self._path(handle)
        if self._is_ours(path):
            self._operations.append(Written(path.name, offset, data[:done]))
        return done

    def _fsync(self, handle: int) -> None:
        self._real["fsync"](handle)
        path = self._path(handle)
        if path == self._folder:
            self._operations.append(NamesSynced())
        elif self._is_ours(path):
            # What a Python file wrote before went by us.
            self._operations.append(Written(path.name, 0, path.read_bytes()))
            self._operations.append(Synced(path.name, with_names=False))

    def _fdatasync(self, handle: int) -> None:
        self._fsync(handle)

    def _replace(self, old: Path | str, new: Path | str) -> None:
        self._real["replace"](old, new)
        if self._is_ours(Path(new)):
            self._operations.append(Renamed(Path(old).name, Path(new).name))

    def _unlink(self, path: Path | str, *args: Any, **named: Any) -> None:  # noqa: ANN401
        self._real["unlink"](path, *args, **named)
        if self._is_ours(Path(path)):
            self._operations.append(Deleted(Path(path).name, with_names=False))

    def _is_ours(self, path: Path) -> bool:
        return path.parent.resolve() == self._folder

    @staticmethod
    def _path(handle: int) -> Path:
        return Path(f"/proc/self/fd/{handle}").resolve()
