"""The events of all devices, each once, and how far each device's hang together.

What is acknowledged is computed in the transaction that stored it, and said only when that is on
the disk. A device stands behind its acknowledgement and sends again whatever is in front of it, so
nothing here has to be right the first time.

*A restored database must be noticed*: it acknowledged more than it has. Then it takes another id,
its *store*, and the devices go back. It keeps count of its commits inside itself, and beside itself
in a file with the ending `.mark`; if the file has counted more, or is another store's, this is an
older database than the one that wrote it. A backup that brings the file back too is noticed from
outside: `Store.contradicts` says of an acknowledgement that a broker kept whether this database can
have given it.
"""

from __future__ import annotations

import os
import secrets
import sqlite3
from contextlib import contextmanager
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from appliance.bus.messages.uploaded import Ack
from appliance.errors import LobbyError
from central.collect_walk import walk

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path
    from types import TracebackType
    from typing import Self

    from appliance.bus.messages.uploaded import Uploaded

SCHEMA = """
CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY, value) WITHOUT ROWID;
-- What happened.
CREATE TABLE IF NOT EXISTS event (
    device TEXT, epoch TEXT, seq INTEGER, type TEXT, time TEXT, data TEXT,
    PRIMARY KEY (device, epoch, seq)
) WITHOUT ROWID;
-- Events that do not simply follow the one with the number before, until they are reached.
CREATE TABLE IF NOT EXISTS step (
    device TEXT, epoch TEXT, seq INTEGER, after_epoch TEXT, after_seq INTEGER,
    PRIMARY KEY (device, epoch, seq)
) WITHOUT ROWID;
-- How far the events of each epoch hang together; the one with the highest turn moved last.
CREATE TABLE IF NOT EXISTS reached (
    device TEXT, epoch TEXT, seq INTEGER, turn INTEGER, PRIMARY KEY (device, epoch)
) WITHOUT ROWID;
-- What a device said that it has no more.
CREATE TABLE IF NOT EXISTS gap (
    device TEXT, epoch TEXT, after_seq INTEGER, seq INTEGER, noticed TEXT DEFAULT CURRENT_TIMESTAMP,
    PRIMARY KEY (device, epoch, seq)
) WITHOUT ROWID;
-- Where each device is told.
CREATE TABLE IF NOT EXISTS device (device TEXT PRIMARY KEY, ack_topic TEXT) WITHOUT ROWID;
"""
STORE_BYTES = 8
MARK_DIGITS = 20


class CollectError(LobbyError):
    """The collector cannot go on; the sentence says what to do."""


class Stored(NamedTuple):
    """What came of a batch.

    Args:
        acks: Topic → what to say there.
        new: How many events were not there before.
        gaps: How many gaps were passed.
    """

    acks: dict[str, Ack]
    new: int
    gaps: int


class Store:
    """The database. One process, one thread.

    Args:
        path: The file; made if it is missing.

    Raises:
        CollectError: It cannot be used.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        try:
            self._mark = os.open(f"{path}.mark", os.O_RDWR | os.O_CREAT, 0o600)
            self._db = sqlite3.connect(path, isolation_level=None)
            self._db.execute("PRAGMA journal_mode = WAL")
            self._db.execute("PRAGMA synchronous = FULL")
            self._db.executescript(SCHEMA)
        except (OSError, sqlite3.Error) as error:
            raise CollectError(f"{path} cannot be used as a store: {error}") from error
        self.id = str(self._meta("store") or "")
        self._commits = int(str(self._meta("commits") or 0))
        self.renewed = self._is_older_than_mark()
        if self.renewed:
            self.renew()

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
        """Let go of the files; twice is fine."""
        self._db.close()
        if self._mark >= 0:
            os.close(self._mark)
            self._mark = -1

    def renew(self) -> None:
        """Take another id: what was acknowledged under the old one may not be here."""
        self.id = secrets.token_hex(STORE_BYTES)
        with self._writing():
            self._set_meta("store", self.id)

    def put(self, events: Sequence[tuple[str, Uploaded]]) -> Stored:
        """Store events, those that are there already left alone; it is on the disk on return.

        Args:
            events: Each with the topic on which its device is told.

        Raises:
            CollectError: The disk is full, or the like; nothing was stored.
        """
        touched = {event.device: topic for topic, event in events}
        epochs = {(event.device, event.epoch) for _, event in events}
        with self._writing():
            before = self._db.total_changes
            self._db.executemany(
                "INSERT OR IGNORE INTO event (device, epoch, seq, type, time, data)"
                " VALUES (?, ?, ?, ?, ?, ?)",
                [_row(event) for _, event in events],
            )
            new = self._db.total_changes - before
            # It may be said of an event that was there before: what it follows is gone since.
            self._db.executemany(
                "INSERT OR REPLACE INTO step (device, epoch, seq, after_epoch, after_seq)"
                " VALUES (?, ?, ?, ?, ?)",
                [_step_row(event) for _, event in events if event.after is not msgspec.UNSET],
            )
            self._db.executemany(
                "INSERT INTO device (device, ack_topic) VALUES (?, ?)"
                " ON CONFLICT (device) DO UPDATE SET ack_topic = excluded.ack_topic"
                " WHERE ack_topic <> excluded.ack_topic",
                touched.items(),
            )
            gaps = sum(
                walk(self._db, device, {epoch for whose, epoch in epochs if whose == device})
                for device in touched
            )
            acks = {topic: self.ack(device) for device, topic in touched.items()}
        return Stored(acks, new, gaps)

    def ack(self, device: str) -> Ack:
        """Give what to say to a device, known or not."""
        row = self._db.execute(
            "SELECT epoch, seq FROM reached WHERE device = ? ORDER BY turn DESC LIMIT 1", (device,)
        ).fetchone()
        epoch, seq = row or (None, 0)
        return Ack(store=self.id, epoch=epoch, seq=seq)

    def acks(self) -> dict[str, Ack]:
        """Give what to say to every device that is known."""
        return {
            topic: self.ack(device)
            for device, topic in self._db.execute("SELECT device, ack_topic FROM device")
        }

    def contradicts(self, device: str, ack: Ack) -> bool:
        """Tell whether an acknowledgement is under our id, and of more than is here."""
        if ack.store != self.id or ack.epoch is None:
            return False
        row = self._db.execute(
            "SELECT seq FROM reached WHERE device = ? AND epoch = ?", (device, ack.epoch)
        ).fetchone()
        return row is None or int(row[0]) < ack.seq

    def _is_older_than_mark(self) -> bool:
        marked = os.pread(self._mark, 2 * STORE_BYTES + 1 + MARK_DIGITS, 0).decode(
            "ascii", "replace"
        )
        store, _, commits = marked.partition(" ")
        mine = bool(self.id) and store == self.id and commits.isdecimal()
        return not mine or int(commits) > self._commits

    @contextmanager
    def _writing(self) -> Iterator[None]:
        """Hold a transaction, and note outside of it that there was one."""
        try:
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield
                self._set_meta("commits", self._commits + 1)
                self._db.execute("COMMIT")
            except BaseException:
                if self._db.in_transaction:
                    self._db.execute("ROLLBACK")
                raise
        except sqlite3.Error as error:
            raise CollectError(f"{self._path} cannot be written: {error}") from error
        self._commits += 1
        # Not synced: what a power cut takes of it makes no database look older than it is.
        os.pwrite(self._mark, f"{self.id} {self._commits:0{MARK_DIGITS}d}".encode("ascii"), 0)

    def _meta(self, key: str) -> object:
        row = self._db.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
        return row and row[0]

    def _set_meta(self, key: str, value: object) -> None:
        self._db.execute("INSERT OR REPLACE INTO meta (key, value) VALUES (?, ?)", (key, value))


def _row(event: Uploaded) -> tuple[str, str, int, str, str, str]:
    return (
        event.device,
        event.epoch,
        event.seq,
        event.type,
        event.time.isoformat(),
        bytes(event.data).decode(),
    )


def _step_row(event: Uploaded) -> tuple[str, str, int, str | None, int | None]:
    after = event.after
    if isinstance(after, msgspec.UnsetType) or after is None:
        return event.device, event.epoch, event.seq, None, None
    return event.device, event.epoch, event.seq, after.epoch, after.seq
