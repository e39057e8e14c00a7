"""Whether a journal's file is whole, whatever stands in it: pages, tables, and no event missing."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING

from appliance.journal import codec, schema
from appliance.journal.entries import Position
from appliance.journal.log import Log
from appliance.journal.records import EpochBegan
from appliance.journal.retention import LASTING

if TYPE_CHECKING:
    from collections.abc import Iterator

    import apsw

NAMED = 5
"""Of many of the same kind so many are named."""

ANEW = (
    "Stop the desk and start it again: where today is harmed it sets this file aside and takes"
    " over what can be read. Else restore a backup: lobby journal restore FILE."
)
PEOPLE = "Whoever holds such a number, and was not served, needs a new one."


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that is not as it should be.

    Args:
        what: In a sentence.
        do: What to do about it.
        damage: Whether the file itself is harmed; else what is in it does not fit together.
    """

    what: str
    do: str
    damage: bool = False


def pages(db: apsw.Connection) -> Iterator[Finding]:
    """Have SQLite look at each page."""
    said = [" ".join(text.split()) for (text,) in db.execute(f"PRAGMA integrity_check({NAMED})")]
    if said != ["ok"]:
        yield Finding(f"the file is damaged: {'; '.join(said)}.", ANEW, damage=True)


def tables(db: apsw.Connection) -> Iterator[Finding]:
    """Compare the tables with those that this release makes; there may be more."""
    with closing(schema.open_database(None)) as wanted:
        for (table,) in wanted.execute("SELECT name FROM sqlite_schema WHERE type = 'table'"):
            lost = ", ".join(sorted(_columns(wanted, table) - _columns(db, table)))
            if lost:
                yield Finding(f"the table {table} has no {lost}.", ANEW, damage=True)


def epochs(db: apsw.Connection) -> Iterator[Finding]:
    """See that no event is missing between those that are kept, nor at the end of an epoch."""
    # An epoch that was rebuilt after damage may have holes: that was told at the time.
    holes_up_to = int(schema.meta(db, schema.REBUILT_TO) or 0)
    first = db.execute(
        "SELECT epoch, seq FROM event WHERE type NOT IN (?, ?) ORDER BY epoch, seq LIMIT 1",
        LASTING,
    ).fetchone()
    if first is None:
        return
    days_closed = db.execute(
        "SELECT count(*) FROM (SELECT 1 FROM event WHERE type = 'DayClosed' LIMIT 1)"
    ).get
    for number, least, most, count, id_ in db.execute(
        "SELECT event.epoch, min(seq), max(seq), count(*), max(epoch.id) FROM event"
        " LEFT JOIN epoch ON epoch.number = event.epoch WHERE (event.epoch, seq) >= (?, ?)"
        " GROUP BY event.epoch ORDER BY event.epoch",
        first,
    ):
        if id_ is None:
            yield Finding(f"epoch {number} has events and no id.", ANEW, damage=True)
        from_ = least if days_closed and (number, least) == tuple(first) else 1
        missing = most - from_ + 1 - count
        if missing and number > holes_up_to:
            yield Finding(f"events missing in epoch {number}: {missing}.", f"{PEOPLE} {ANEW}")
    yield from _ends(db, holes_up_to)


def _ends(db: apsw.Connection, holes_up_to: int) -> Iterator[Finding]:
    """Compare the last event of each epoch with what the next one says of it."""
    for (data,) in db.execute("SELECT data FROM event WHERE type = 'EpochBegan'"):
        began = codec.decode_record(EpochBegan.__name__, data)
        if not isinstance(began, EpochBegan) or began.previous_epoch is None:
            continue
        said = Log(db).place_of(Position(began.previous_epoch, began.previous_seq or 0))
        if said is None or said.number <= holes_up_to:
            continue
        last = db.execute("SELECT max(seq) FROM event WHERE epoch = ?", (said.number,)).get
        if last is not None and last < said.seq:
            what = f"events missing at the end of epoch {said.number}: {said.seq - last}."
            yield Finding(what, f"{PEOPLE} {ANEW}")


def _columns(db: apsw.Connection, table: str) -> set[str]:
    return {name for (name,) in db.execute("SELECT name FROM pragma_table_info(?)", (table,))}
