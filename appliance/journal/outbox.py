"""How far those who collect our events have them: only what they acknowledged counts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from appliance.journal.entries import Position
from appliance.journal.log import BEGINNING, Log, Place

if TYPE_CHECKING:
    import apsw

    from appliance.journal.entries import Entry


class Outbox:
    """The table `outbox`. Errors are apsw's; the caller has the transaction.

    A collector's `store` is renewed when it is made or restored: then it counts from where the new
    one says, and the old one is forgotten.

    Args:
        db: The file.
    """

    def __init__(self, db: apsw.Connection) -> None:
        self._db = db
        self._log = Log(db)

    def cursor(self, store: str) -> Position | None:
        """Give the last event that a store acknowledged; None: none that is known here."""
        row = self._db.execute("SELECT epoch, seq FROM outbox WHERE store = ?", (store,)).fetchone()
        return self._log.position_of(Place(*row)) if row else None

    def acked(self, store: str, epoch: int | None, seq: int) -> None:
        """Note that a store has all events up to this one. It never goes back within a store.

        Args:
            store: Its id. Another one than before: what the old one had counts no more.
            epoch: Id; None, or one that this file does not know: it has nothing that is here.
            seq: In it.
        """
        place = BEGINNING if epoch is None else self._log.place_of(Position(epoch, seq))
        row = self._db.execute("SELECT epoch, seq FROM outbox WHERE store = ?", (store,)).fetchone()
        if row is not None and (place is None or Place(*row) >= place):
            return
        self._db.execute("DELETE FROM outbox")
        self._db.execute(
            "INSERT INTO outbox (store, epoch, seq) VALUES (?, ?, ?)",
            (store, *(place or BEGINNING)),
        )

    def behind(self, epoch: int | None, seq: int, limit: int) -> int:
        """Count the events that follow a position, as `after` gives them; at most `limit`."""
        place = None if epoch is None else self._log.place_of(Position(epoch, seq))
        count = self._db.execute(
            "SELECT count(*) FROM (SELECT 1 FROM event WHERE (epoch, seq) > (?, ?) LIMIT ?)",
            (*(place or BEGINNING), limit),
        ).get
        return int(count)

    def after(self, epoch: int | None, seq: int, limit: int) -> list[Entry]:
        """Give events that follow a position, in order.

        Args:
            epoch: Id; None, or one that this file does not know: from the beginning.
            seq: In it.
            limit: At most so many.
        """
        place = None if epoch is None else self._log.place_of(Position(epoch, seq))
        return list(self._log.entries(place or BEGINNING, limit))

    def reached(self) -> Place:
        """Give the place up to which the collector has everything."""
        row = self._db.execute("SELECT epoch, seq FROM outbox LIMIT 1").fetchone()
        return Place(*row) if row else BEGINNING
