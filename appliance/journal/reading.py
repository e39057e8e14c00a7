"""Reading a journal that another process writes: for the demonstration, `show`, and support."""

from __future__ import annotations

from typing import TYPE_CHECKING

import apsw

from appliance.journal import codec
from appliance.journal.journal import JournalError

if TYPE_CHECKING:
    from pathlib import Path
    from types import TracebackType
    from typing import Self

    from appliance.line.events import Event

BUSY_MS = 2000


class JournalReader:
    """A reader that remembers how far it has read.

    Args:
        path: The journal; it must be there.

    Raises:
        JournalError: It cannot be read.
    """

    def __init__(self, path: Path) -> None:
        try:
            self._db = apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READONLY)
        except apsw.Error as error:
            raise JournalError(f"{path} cannot be read as a journal: {error}") from error
        self._path = path
        self._db.set_busy_timeout(BUSY_MS)
        self._last = (0, 0)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._db.close()

    def news(self) -> list[Event]:
        """Give the events since the last look, in order.

        Raises:
            JournalError: It cannot be read.
        """
        try:
            return self._read()
        except (apsw.Error, codec.UnknownEventError) as error:
            raise JournalError(f"{self._path} cannot be read as a journal: {error}") from error

    def _read(self) -> list[Event]:
        rows = self._db.execute(
            "SELECT epoch, seq, type, data FROM event WHERE (epoch, seq) > (?, ?)"
            " ORDER BY epoch, seq",
            self._last,
        )
        events = []
        for epoch, seq, type_name, data in rows:
            self._last = (epoch, seq)
            events.append(codec.decode(type_name, data))
        return events

    def slips(self) -> dict[str, int]:
        """Give how many slips are in which state."""
        rows = self._db.execute("SELECT state, count(*) FROM slip GROUP BY state")
        return {state: count for state, count in rows}  # noqa: C416  (typed so)
