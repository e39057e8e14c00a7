"""What stands beside the events: answers, used bookings, slips, and small facts."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from appliance.journal import schema
from appliance.journal.entries import Answered, OwedSlip
from appliance.line.events import TicketIssued

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    import apsw

    from appliance.journal.log import Place


class Papers:
    """The tables `command`, `ledger`, `slip`, `learned`, and the desk's part of `meta`.

    Errors are apsw's; the caller has the transaction.

    Args:
        db: The file.
    """

    def __init__(self, db: apsw.Connection) -> None:
        self._db = db

    def use_bookings(self, happened: Iterable[object], day: str) -> None:
        """Note the bookings for which tickets were given out.

        A booking that was used already breaks the whole transaction: never two numbers.
        """
        for event in happened:
            if isinstance(event, TicketIssued) and event.booking is not None:
                self._db.execute(
                    "INSERT INTO ledger (booking, ticket, day) VALUES (?, ?, ?)",
                    (event.booking.id, event.ticket, day),
                )

    def answer(self, answered: Answered, day: str) -> None:
        """Note what was answered."""
        self._db.execute(
            "INSERT INTO command (caller, key, request, reply, day) VALUES (?, ?, ?, ?, ?)",
            (answered.caller, answered.key, answered.request, answered.reply, day),
        )

    def answer_to(self, caller: str, key: bytes) -> Answered | None:
        """Give what was answered to this key before."""
        row = self._db.execute(
            "SELECT request, reply FROM command WHERE caller = ? AND key = ?", (caller, key)
        ).fetchone()
        return Answered(caller, key, *row) if row else None

    def owe(self, slip: OwedSlip, day: str) -> None:
        """Note a slip that is owed."""
        self._db.execute(
            "INSERT INTO slip (id, ticket, at, day, state) VALUES (?, ?, ?, ?, 'owed')",
            (slip.id, slip.ticket, slip.at.isoformat(), day),
        )

    def settle(self, slip_id: int, state: str) -> None:
        """Note that a slip is `printed`, or `told` to staff."""
        self._db.execute("UPDATE slip SET state = ? WHERE id = ?", (state, slip_id))

    def owed(self) -> list[OwedSlip]:
        """Give the slips that are owed, oldest first."""
        rows = self._db.execute("SELECT id, ticket, at FROM slip WHERE state = 'owed' ORDER BY id")
        return [OwedSlip(id_, ticket, datetime.fromisoformat(at)) for id_, ticket, at in rows]

    def next_slip_id(self) -> int:
        """Give an id that no slip had."""
        return int(self._db.execute("SELECT coalesce(max(id), 0) + 1 FROM slip").get)

    def learned(self, day: date, place: Place, data: bytes) -> None:
        """Keep what was learned on a day, and on the one before."""
        self._db.execute(
            "INSERT OR REPLACE INTO learned (day, epoch, seq, data) VALUES (?, ?, ?, ?)",
            (day.isoformat(), *place, data),
        )
        self._db.execute(
            "DELETE FROM learned WHERE day NOT IN"
            " (SELECT day FROM learned ORDER BY epoch DESC, seq DESC, day DESC LIMIT 2)"
        )

    def note(self, key: str, value: str) -> None:
        """Keep a small fact of the desk."""
        schema.set_meta(self._db, schema.NOTE + key, value)

    def noted(self, key: str) -> str | None:
        """Give what was noted; None: nothing."""
        value = schema.meta(self._db, schema.NOTE + key)
        return None if value is None else str(value)
