"""A card that begins to fail at an operation of the test's choice, until it is mended.

SQLite writes through a file layer of ours on to real files. What fails either does not happen, or
it happens and is called a failure all the same: that is a commit of which nobody knows whether it
is on the card.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final, Self

import apsw

if TYPE_CHECKING:
    from types import TracebackType

_NAME: Final = "failing"


class FailingCard(apsw.VFS):
    """The file layer; in use from entering it until leaving it.

    Args:
        folder: Only files in it fail.
        error: What SQLite is told.
        after: Whether it happens all the same.
        reading: Whether opening and reading fail too.

    Attributes:
        left: Operations until it begins to fail; below 0: it fails. None: it works.
        done: Operations so far.
    """

    def __init__(
        self, folder: Path, error: type[Exception], *, after: bool, reading: bool = False
    ) -> None:
        self.left: int | None = None
        self.done = 0
        self._folder = folder.resolve()
        self._error = error
        self._after = after
        self._reading = reading
        super().__init__(_NAME, "unix", makedefault=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.unregister()

    def xOpen(  # noqa: N802  (SQLite's name)
        self, name: apsw.URIFilename | str | None, flags: list[int]
    ) -> apsw.VFSFile:
        path = Path(name.filename() if isinstance(name, apsw.URIFilename) else name or "")
        if path.parent.resolve() != self._folder:
            return apsw.VFSFile("unix", name, flags)
        self.reads()
        return _FailingFile(name, flags, self)

    def fails(self) -> bool:
        """Count an operation; tell whether it fails."""
        self.done += 1
        if self.left is None:
            return False
        self.left -= 1
        return self.left < 0

    def reads(self) -> None:
        """Count an operation that changes nothing, where those fail too."""
        if self._reading and self.fails():
            self.refuse()

    def refuse(self) -> None:
        error = self._error("so the test wants it")
        # As SQLite's own have it.
        vars(error)["extendedresult"] = apsw.SQLITE_IOERR_FSYNC
        raise error

    @property
    def happens_all_the_same(self) -> bool:
        return self._after


class _FailingFile(apsw.VFSFile):
    def __init__(
        self, filename: apsw.URIFilename | str | None, flags: list[int], card: FailingCard
    ) -> None:
        super().__init__("unix", filename, flags)
        self._card = card

    def xRead(self, amount: int, offset: int) -> bytes:  # noqa: N802  (SQLite's name)
        self._card.reads()
        read: bytes = super().xRead(amount, offset)
        return read

    def xWrite(self, data: bytes, offset: int) -> None:  # noqa: N802  (the same)
        fails = self._card.fails()
        if not fails or self._card.happens_all_the_same:
            super().xWrite(data, offset)
        if fails:
            self._card.refuse()

    def xSync(self, flags: int) -> None:  # noqa: N802  (the same)
        fails = self._card.fails()
        if not fails or self._card.happens_all_the_same:
            super().xSync(flags)
        if fails:
            self._card.refuse()
