"""Between the card and memory: what is needed to go on without the card, and how it comes back.

Events keep their ids on the way, answers their keys, slips their numbers. So whatever the card has
already, also of a commit that it said had failed, is there once in the end.
"""

from __future__ import annotations

import secrets
from collections import OrderedDict
from typing import TYPE_CHECKING

from appliance.journal import rescue, schema
from appliance.journal.journal import Journal
from appliance.journal.log import Place
from appliance.journal.records import Why

if TYPE_CHECKING:
    import apsw

    from appliance.journal.entries import Answered, OwedSlip, Position
    from appliance.line.line import Line


ANSWERS = 500
"""So many of the last answers are known without the card: clients repeat a key within seconds."""
SLIP_BITS = 40
"""Ids of slips begin with so many bits of chance where those on the card are not known."""

REPLACED = {
    "command": "caller, key, request, reply, day",
    "ledger": "booking, ticket, day",
    "slip": "id, ticket, at, day, state",
}
"""What memory knows better than the card."""


class Known:
    """What the desk knows of today by itself, should the card not tell it any more.

    Attributes:
        line: As it is; None: not known yet.
        answers: The last ones, by caller and key.
        owed: Slips that are owed, by id.
        next_slip_id: Above all that are known here.
    """

    def __init__(self) -> None:
        self.line: Line | None = None
        self.answers: OrderedDict[tuple[str, bytes], Answered] = OrderedDict()
        self.owed: dict[int, OwedSlip] = {}
        self.next_slip_id = 1

    def committed(self, line: Line, answered: Answered | None, slip: OwedSlip | None) -> None:
        """Take in what was committed."""
        self.line = line
        if answered is not None:
            self.answers[answered.caller, answered.key] = answered
            if len(self.answers) > ANSWERS:
                self.answers.popitem(last=False)
        if slip is not None:
            self.owed[slip.id] = slip
            self.next_slip_id = max(self.next_slip_id, slip.id + 1)

    def number_slips(self, *, whole: bool) -> None:
        """Let no slip have the number of one that is not known, and may come back with the card.

        Args:
            whole: All slips are known.
        """
        if not whole and self.line is None:
            self.next_slip_id = secrets.randbits(SLIP_BITS) << (SLIP_BITS // 2)


def in_memory(source: apsw.Connection | None) -> tuple[Journal, bool]:
    """Give a journal in memory, and whether all is in it that is needed of the day that goes on.

    Args:
        source: The card's; None: it cannot be opened.
    """
    memory = Journal(None, why=Why.MEMORY)
    if source is None:
        return memory, False
    with memory.writing():
        whole = rescue.copy(source, memory.db, all_days=False)
    return memory, whole


def remember(memory: Journal, known: Known) -> None:
    """Put into memory what the desk knows by itself."""
    if known.line is None:
        return
    day = str(known.line.day)
    with memory.writing():
        memory.db.executemany(
            "INSERT OR IGNORE INTO ledger (booking, ticket, day) VALUES (?, ?, ?)",
            [(booking, ticket, day) for booking, ticket in known.line.by_booking.items()],
        )
        memory.db.executemany(
            "INSERT OR IGNORE INTO command (caller, key, request, reply, day)"
            " VALUES (?, ?, ?, ?, ?)",
            [(a.caller, a.key, a.request, a.reply, day) for a in known.answers.values()],
        )
        memory.db.executemany(
            "INSERT OR IGNORE INTO slip (id, ticket, at, day, state) VALUES (?, ?, ?, ?, 'owed')",
            [(slip.id, slip.ticket, slip.at.isoformat(), day) for slip in known.owed.values()],
        )


def bring_back(memory: Journal, card: Journal, line: Line, failed: Position | None) -> bool:
    """Write to the card what is in memory and not there, in one transaction, and go on there.

    Args:
        memory: Stays as it is.
        card: Opened anew; nothing was committed since.
        line: As it is now.
        failed: The last event that is known to be on the card, of the epoch whose next commit
            failed. What it kept of that commit is in memory under another id.

    Returns:
        Whether the card knows people of this day of whom `line` does not: it could not be read
        when the day began in memory.

    Raises:
        CardError: It was not written. The card may have it all the same, as after any commit.
    """
    with card.writing():
        if failed is not None:
            _forget_failed(card, failed)
        knows_more = _knows_more(card, memory, line)
        numbers = _bring_epochs(memory.db, card.db)
        _bring_events(memory.db, card.db, numbers)
        for table, columns in REPLACED.items():
            marks = ", ".join("?" * len(columns.split(", ")))
            card.db.executemany(
                f"INSERT OR REPLACE INTO {table} ({columns}) VALUES ({marks})",  # noqa: S608  (names of ours)
                memory.db.execute(f"SELECT {columns} FROM {table}"),  # noqa: S608  (the same)
            )
        card.db.executemany(
            "INSERT OR REPLACE INTO meta (key, value) VALUES (?, ?)",
            memory.db.execute("SELECT key, value FROM meta WHERE key LIKE 'note.%'"),
        )
        place = memory.place and Place(numbers[memory.place.number], memory.place.seq)
        if place is not None:
            # Why the card's next epoch would have begun was told to the desk long ago.
            card.db.execute("DELETE FROM meta WHERE key = ?", (schema.NEXT_EPOCH,))
        if schema.meta(memory.db, schema.REBUILT_TO) is not None:
            schema.set_meta(card.db, schema.REBUILT_TO, max(numbers.values(), default=0))
        if not knows_more:
            card.checkpoints.put(line, place or card.log.end())
    card.go_on_as(memory, place)
    return knows_more


def _knows_more(card: Journal, memory: Journal, line: Line) -> bool:
    row = card.db.execute("SELECT epoch, seq FROM day WHERE day = ?", (str(line.day),)).fetchone()
    if row is None:
        return False
    counts = (
        "SELECT id, count(*) FROM event JOIN epoch ON epoch.number = event.epoch"
        " WHERE (event.epoch, seq) >= (?, ?) GROUP BY id"
    )
    known = dict(memory.db.execute(counts, (0, 0)))
    return any(count > known.get(id_, 0) for id_, count in card.db.execute(counts, row))


def _forget_failed(card: Journal, failed: Position) -> None:
    place = card.log.place_of(failed)
    if place is not None:
        for table in ("event", "day", "checkpoint"):
            card.db.execute(f"DELETE FROM {table} WHERE epoch = ? AND seq > ?", place)  # noqa: S608  (names of ours)


def _bring_epochs(memory: apsw.Connection, card: apsw.Connection) -> dict[int, int]:
    """Give number in memory → number on the card."""
    numbers = {}
    for number, id_, began, why in memory.execute(
        "SELECT number, id, began, why FROM epoch ORDER BY number"
    ):
        card.execute(
            "INSERT OR IGNORE INTO epoch (number, id, began, why)"
            " VALUES ((SELECT coalesce(max(number), 0) + 1 FROM epoch), ?, ?, ?)",
            (id_, began, why),
        )
        numbers[number] = card.execute("SELECT number FROM epoch WHERE id = ?", (id_,)).get
    return numbers


def _bring_events(memory: apsw.Connection, card: apsw.Connection, numbers: dict[int, int]) -> None:
    for number, *event in memory.execute(
        "SELECT epoch, seq, at, type, data FROM event ORDER BY epoch, seq"
    ):
        card.execute(
            "INSERT OR IGNORE INTO event (epoch, seq, at, type, data) VALUES (?, ?, ?, ?, ?)",
            (numbers[number], *event),
        )
    for table, rest, otherwise in (
        ("day", "day", "IGNORE"),
        ("outbox", "store", "REPLACE"),
        ("learned", "day, data", "REPLACE"),
    ):
        columns = f"epoch, seq, {rest}"
        marks = ", ".join("?" * len(columns.split(", ")))
        rows = list(memory.execute(f"SELECT {columns} FROM {table}"))  # noqa: S608  (names of ours)
        if rows and table == "outbox":
            card.execute("DELETE FROM outbox")
        for number, *row in rows:
            card.execute(
                f"INSERT OR {otherwise} INTO {table} ({columns}) VALUES ({marks})",  # noqa: S608  (the same)
                (numbers[number], *row),
            )
