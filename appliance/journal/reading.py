"""Reading a journal that another process writes: for the forecast, the demonstration, and `show`.

A reader never holds a read transaction for longer than one batch: while it does, SQLite cannot
begin its log anew, and the log grows.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import apsw

from appliance.journal import codec
from appliance.journal.errors import JournalError
from appliance.journal.log import BEGINNING, Log, Place

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from types import TracebackType
    from typing import Self

    from appliance.journal.entries import Entry, Position
    from appliance.line.events import Event

BUSY_MS = 2000
BATCH = 2000


class JournalReader:
    """A reader that remembers how far it has read.

    Args:
        path: The journal; it must be there.

    Raises:
        JournalError: It cannot be read.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._place = BEGINNING
        with self._telling():
            self._db = apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READONLY)
            self._file = path.stat().st_ino
        self._db.set_busy_timeout(BUSY_MS)
        self._log = Log(self._db)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the file; twice is fine."""
        self._db.close()

    @property
    def position(self) -> Position | None:
        """The last event that was read; None: none yet."""
        with self._telling():
            return self._log.position_of(self._place)

    def go_to(self, position: Position) -> bool:
        """Go on behind a position.

        Returns:
            Whether the journal knows it; if not, nothing changes.

        Raises:
            JournalError: It cannot be read.
        """
        with self._telling():
            place = self._log.place_of(position)
        if place is not None:
            self._place = place
        return place is not None

    def learned(self) -> tuple[Position, bytes] | None:
        """Give what the forecast had learned last, and up to which event; None: nothing is kept.

        Raises:
            JournalError: It cannot be read.
        """
        with self._telling():
            for number, seq, data in self._db.execute(
                "SELECT epoch, seq, data FROM learned"
                " ORDER BY epoch DESC, seq DESC, day DESC LIMIT 1"
            ):
                position = self._log.position_of(Place(number, seq))
                return None if position is None else (position, data)
        return None

    def news(self, at_most: int | None = None) -> list[Event]:
        """Give the line's events since the last look, in order; empty: there are none.

        Args:
            at_most: At most so many; None: all that there are, which may be weeks.

        Raises:
            JournalError: It cannot be read, or another file stands in its place since: open it
                anew.
        """
        events: list[Event] = []
        while at_most is None or not events:
            batch = self.entries(min(BATCH, at_most or BATCH))
            if not batch:
                break
            with self._telling():
                events += [
                    codec.decode(entry.type, entry.data)
                    for entry in batch
                    if entry.type not in codec.RECORD_TYPES
                ]
        return events

    def entries(self, at_most: int) -> list[Entry]:
        """Give events since the last look as they stand in the file, the journal's own too.

        Args:
            at_most: At most so many.

        Raises:
            JournalError: As with `news`.
        """
        with self._telling():
            if self._path.stat().st_ino != self._file:
                raise JournalError(f"{self._path} was replaced: open it anew.")
            entries = list(self._log.entries(self._place, at_most))
            if entries:
                self._place = self._log.place_of(entries[-1].position) or BEGINNING
        return entries

    def slips(self) -> dict[str, int]:
        """Give how many slips are in which state.

        Raises:
            JournalError: It cannot be read.
        """
        with self._telling():
            rows = self._db.execute("SELECT state, count(*) FROM slip GROUP BY state")
            return {state: count for state, count in rows}  # noqa: C416  (typed so)

    @contextmanager
    def _telling(self) -> Iterator[None]:
        try:
            yield
        except (apsw.Error, OSError, ValueError) as error:
            raise JournalError(f"{self._path} cannot be read as a journal: {error}") from error
