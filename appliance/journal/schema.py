"""The tables, how a file is opened, and how an old one becomes a new one.

`synchronous=FULL`: with NORMAL a power cut may take a ticket that a person already holds. Pages of
1 KiB: 68 MB a day written to the card where 4 KiB wrote 104 (measured with 2,000 tickets).

Releases expand and contract: tables and nullable columns are added, never changed or taken away,
so that the release before can still write the file, and an update can be taken back. `meta` holds
`schema`, the level to which a file was extended, and `writable_by`, the oldest level whose release
may still write it. For the same reason every statement names its columns, and a new type of event
is first read, and written one release later. See docs/adr/0011-epochs-and-schema.md.
"""

from __future__ import annotations

import secrets
from contextlib import suppress
from typing import TYPE_CHECKING

import apsw

from appliance.files import sync_folder
from appliance.journal.errors import LaterReleaseError

if TYPE_CHECKING:
    from pathlib import Path
    from types import TracebackType

SCHEMA = 2
"""What this release writes, and the oldest that it leaves a file writable by."""
LAYOUT = 2
"""`user_version`, for releases that do not know `meta`: everything since is told there."""
APPLICATION_ID = 0x4C424A31
"""Stands in the header of each file of ours ("LBJ1"), whatever it is called."""
PAGE_BYTES = 1024
BUSY_MS = 5000
WAL_KEPT_BYTES = 4 * 1024 * 1024
EPOCH_BITS = 63
"""SQLite's integers are signed."""
NOTE = "note."
"""Before the desk's own keys in `meta`."""
NEXT_EPOCH = "next_epoch"
"""Key in `meta`: why the next epoch of this file begins, where that is no mere start."""
REBUILT_TO = "rebuilt_to"
"""Key in `meta`: events of epochs up to this number may be missing."""

# `epoch` in the tables is the number of the epoch in this file, in whose order things happened;
# its random id is what everyone else sees.
TABLES = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value) WITHOUT ROWID;
CREATE TABLE epoch (number INTEGER PRIMARY KEY, id INTEGER UNIQUE, began TEXT, why TEXT);
CREATE TABLE event (
    epoch INTEGER, seq INTEGER, at TEXT, type TEXT, data TEXT, PRIMARY KEY (epoch, seq)
) WITHOUT ROWID;
CREATE TABLE day (day TEXT PRIMARY KEY, epoch INTEGER, seq INTEGER) WITHOUT ROWID;
CREATE TABLE checkpoint (
    epoch INTEGER, seq INTEGER, day TEXT, fingerprint TEXT, data BLOB, PRIMARY KEY (epoch, seq)
);
CREATE TABLE command (
    caller TEXT, key BLOB, request BLOB, reply BLOB, day TEXT, PRIMARY KEY (caller, key)
) WITHOUT ROWID;
CREATE TABLE ledger (booking TEXT PRIMARY KEY, ticket TEXT, day TEXT) WITHOUT ROWID;
CREATE TABLE slip (id INTEGER PRIMARY KEY, ticket TEXT, at TEXT, day TEXT, state TEXT);
CREATE TABLE learned (day TEXT PRIMARY KEY, epoch INTEGER, seq INTEGER, data BLOB);
CREATE TABLE outbox (store TEXT PRIMARY KEY, epoch INTEGER, seq INTEGER) WITHOUT ROWID;
"""

FROM_1 = """
ALTER TABLE event RENAME TO event_1;
CREATE TABLE epoch (number INTEGER PRIMARY KEY, id INTEGER UNIQUE, began TEXT, why TEXT);
INSERT INTO epoch (number, id, began, why)
    SELECT row_number() OVER (ORDER BY min(at)), epoch, min(at), 'new' FROM event_1 GROUP BY epoch;
CREATE TABLE event (
    epoch INTEGER, seq INTEGER, at TEXT, type TEXT, data TEXT, PRIMARY KEY (epoch, seq)
) WITHOUT ROWID;
INSERT INTO event (epoch, seq, at, type, data)
    SELECT epoch.number, event_1.seq, event_1.at, event_1.type, event_1.data
    FROM event_1 JOIN epoch ON epoch.id = event_1.epoch;
DROP TABLE event_1;
CREATE TABLE day (day TEXT PRIMARY KEY, epoch INTEGER, seq INTEGER) WITHOUT ROWID;
INSERT OR REPLACE INTO day (day, epoch, seq)
    SELECT json_extract(data, '$.day'), epoch, seq FROM event WHERE type = 'DayTurned'
    ORDER BY epoch, seq;
CREATE TABLE checkpoint (
    epoch INTEGER, seq INTEGER, day TEXT, fingerprint TEXT, data BLOB, PRIMARY KEY (epoch, seq)
);
CREATE TABLE learned (day TEXT PRIMARY KEY, epoch INTEGER, seq INTEGER, data BLOB);
CREATE TABLE outbox (store TEXT PRIMARY KEY, epoch INTEGER, seq INTEGER) WITHOUT ROWID;
DELETE FROM meta WHERE key = 'epoch';
"""


def open_database(path: Path | None) -> apsw.Connection:
    """Open a journal for writing; made, or brought to this release's schema, where need be.

    Args:
        path: The file; None: in memory.

    Raises:
        apsw.Error: It cannot be opened, or is none of ours.
        LaterReleaseError: Only a later release may write it.
        OSError: A new one cannot be made durable.
    """
    db = apsw.Connection(":memory:" if path is None else str(path))
    try:
        # A file that turns out to be damaged is closed as it was, without its log copied into it.
        db.config(apsw.SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1)
        db.set_busy_timeout(BUSY_MS)
        db.execute(f"PRAGMA page_size = {PAGE_BYTES}")
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("PRAGMA synchronous = FULL")
        db.execute("PRAGMA secure_delete = ON")
        db.execute("PRAGMA cell_size_check = ON")
        db.execute("PRAGMA temp_store = MEMORY")
        db.execute(f"PRAGMA journal_size_limit = {WAL_KEPT_BYTES}")
        _to_this_schema(db, path)
        db.config(apsw.SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 0)
    except BaseException:
        db.close()
        raise
    return db


class transaction:  # noqa: N801  (used as a function is: `with transaction(db):`)
    """All of it or nothing. No generator: it is in the way of each ticket.

    Args:
        db: Open for writing.

    Raises:
        apsw.Error: It was not written. If COMMIT itself failed, it may still be there after a
            crash: what was written is in the log, only not known to be on the card.
    """

    def __init__(self, db: apsw.Connection) -> None:
        self._db = db

    def __enter__(self) -> None:
        self._db.execute("BEGIN IMMEDIATE")

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if kind is not None:
            self._roll_back()
            return
        try:
            self._db.execute("COMMIT")
        except BaseException:
            self._roll_back()
            raise

    def _roll_back(self) -> None:
        with suppress(apsw.Error):
            if self._db.in_transaction:
                self._db.execute("ROLLBACK")


def new_epoch_id() -> int:
    """Give an id that no epoch had."""
    return secrets.randbits(EPOCH_BITS)


def meta(db: apsw.Connection, key: str) -> str | int | None:
    """Give a value of `meta`; None: there is none."""
    value: str | int | None = db.execute("SELECT value FROM meta WHERE key = ?", (key,)).get
    return value


def set_meta(db: apsw.Connection, key: str, value: str | int) -> None:
    """Set a value of `meta`."""
    db.execute("INSERT OR REPLACE INTO meta (key, value) VALUES (?, ?)", (key, value))


def mark_as_copy(db: apsw.Connection) -> None:
    """Have whoever starts with this file know that it was brought back: for each backup.

    Args:
        db: The copy, open for writing.
    """
    set_meta(db, NEXT_EPOCH, "restored")


def _to_this_schema(db: apsw.Connection, path: Path | None) -> None:
    layout = db.execute("PRAGMA user_version").get
    if layout == LAYOUT:
        schema, writable_by = int(meta(db, "schema") or 0), int(meta(db, "writable_by") or 0)
        if schema > SCHEMA and writable_by > SCHEMA:
            raise LaterReleaseError(str(path), schema, SCHEMA)
    elif layout > LAYOUT:
        raise LaterReleaseError(str(path), layout, SCHEMA)
    elif layout == 0 and db.execute("SELECT count(*) FROM sqlite_schema").get:
        raise apsw.NotADBError(f"{path} is a database, but no journal")
    else:
        with transaction(db):
            db.execute(TABLES if layout == 0 else FROM_1)
            set_meta(db, "schema", SCHEMA)
            set_meta(db, "writable_by", SCHEMA)
            db.execute(f"PRAGMA application_id = {APPLICATION_ID}")
            db.execute(f"PRAGMA user_version = {LAYOUT}")
        if path is not None:
            sync_folder(path.parent)
