"""The bookings that were made, by site, lobby and day: what `publish` tells the lobbies.

No e-mail address, no name, ever: there is no column for one. What a booking website calls a booking
is kept as a keyed hash, by which the same row is known again and nothing else can be told.

Of two payloads for a day a desk takes the one with the higher revision, and keeps it. So revisions
only grow, also when this file was lost and an old backup of it took its place: a revision is the
time in seconds, or one more than the last.
"""

from __future__ import annotations

import hashlib
import os
import secrets
import sqlite3
from contextlib import contextmanager
from datetime import date
from typing import TYPE_CHECKING, Any

from appliance.checkin.short_number import ALPHABET, LENGTH
from central.bookings.kept import Day, Kept, Revisions, Row, State

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime
    from pathlib import Path
    from types import TracebackType
    from typing import Self

_SCHEMA = """
CREATE TABLE setting (name TEXT PRIMARY KEY, value BLOB NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE booking (
    id TEXT PRIMARY KEY,
    site TEXT NOT NULL,
    lobby TEXT NOT NULL,
    day TEXT NOT NULL,
    slot INTEGER NOT NULL,
    minutes INTEGER NOT NULL,
    service TEXT NOT NULL,
    place TEXT,
    short TEXT NOT NULL,
    expires INTEGER NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('booked', 'cancelled', 'moved')),
    moved_to TEXT,
    entry TEXT NOT NULL,
    entry_sequence INTEGER NOT NULL,
    handed_over INTEGER NOT NULL,
    reference BLOB UNIQUE
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX booking_short ON booking (site, lobby, day, short);
CREATE TABLE day (
    site TEXT NOT NULL,
    lobby TEXT NOT NULL,
    day TEXT NOT NULL,
    booked_revision INTEGER NOT NULL,
    cancelled_revision INTEGER NOT NULL,
    PRIMARY KEY (site, lobby, day)
) STRICT, WITHOUT ROWID;
CREATE TABLE confirmed (
    broker TEXT NOT NULL,
    topic TEXT NOT NULL,
    revision INTEGER NOT NULL,
    day TEXT,
    PRIMARY KEY (broker, topic)
) STRICT, WITHOUT ROWID;
"""
_VERSION = 1
_BUSY_S = 30.0
_COLUMNS = ", ".join(Row._fields)


class StoreError(ValueError):
    """The bookings cannot be read or written; the sentence says what to do."""


class Store:
    """The file of bookings.

    Args:
        path: It is made, for its owner alone, where there is none.

    Raises:
        StoreError: It cannot be opened, or is of a later version.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        with self._told():
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            os.close(os.open(path, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600))
            self._db = sqlite3.connect(path, timeout=_BUSY_S, isolation_level=None)
        try:
            self._open()
        except BaseException:
            self._db.close()
            raise

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
        """Close the file. Twice is fine."""
        self._db.close()

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Do what follows wholly or not at all; it is on the disk when this returns.

        Raises:
            StoreError: The disk is full or broken, or another one writes for more than 30 s.
        """
        with self._told():
            self._db.execute("BEGIN IMMEDIATE")
        try:
            yield
            with self._told():
                self._db.execute("COMMIT")
        except BaseException:
            if self._db.in_transaction:
                self._db.execute("ROLLBACK")
            raise

    def add(self, kept: Kept, reference: str | None, now: datetime) -> None:
        """Keep a new booking.

        Args:
            kept: The booking.
            reference: What the booking website calls it; only a keyed hash of it is kept.
            now: Present time.
        """
        hashed = None if reference is None else self._hash(reference)
        places = ", ".join("?" * (len(Row._fields) + 1))
        self._write(
            f"INSERT INTO booking ({_COLUMNS}, reference) VALUES ({places})",  # noqa: S608  (ours)
            *kept.row,
            hashed,
        )
        self._changed(kept.on, now, cancelled=False)

    def end(self, kept: Kept, now: datetime, moved_to: str | None = None) -> None:
        """Cancel a booking that is booked; with `moved_to` another one takes its place."""
        state = State.CANCELLED if moved_to is None else State.MOVED
        self._write(
            "UPDATE booking SET state = ?, moved_to = ?, entry_sequence = entry_sequence + 1"
            " WHERE id = ? AND state = 'booked'",
            state.value,
            moved_to,
            kept.booking.id,
        )
        self._changed(kept.on, now, cancelled=True)

    def hand_over(self, booking_id: str) -> None:
        """Note that a booking's code has reached whoever asked for it."""
        self._write("UPDATE booking SET handed_over = 1 WHERE id = ?", booking_id)

    def find(self, name: str) -> list[Kept]:
        """Give the bookings with this id, or this short number; the latest day first."""
        return self._select("id = ? OR short = ? ORDER BY day DESC, id", name, name)

    def by_reference(self, reference: str) -> Kept | None:
        """Give what was made for a website's reference."""
        found = self._select("reference = ?", self._hash(reference))
        return found[0] if found else None

    def of(self, day: Day) -> list[Kept]:
        """Give all bookings of a day, those that ended too, in order of their slots."""
        return self._select("site = ? AND lobby = ? AND day = ? ORDER BY slot, id", *day.key)

    def new_short(self, day: Day) -> str:
        """Draw a short number that no booking of the day has."""
        site, lobby, on = day.key
        while True:
            short = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))
            where = "site = ? AND lobby = ? AND day = ? AND short = ?"
            if not self._select(where, site, lobby, on, short):
                return short

    def begin_day(self, day: Day, now: datetime) -> None:
        """See to it that a day has revisions: that nobody booked it is told, too."""
        at = int(now.timestamp())
        self._write("INSERT OR IGNORE INTO day VALUES (?, ?, ?, ?, ?)", *day.key, at, at)

    def revisions(self, first: date) -> dict[Day, Revisions]:
        """Give the revisions of all days from `first` on, in their order."""
        rows = self._read(
            "SELECT site, lobby, day, booked_revision, cancelled_revision FROM day"
            " WHERE day >= ? ORDER BY day, site, lobby",
            first.isoformat(),
        )
        return {
            Day(site, lobby, date.fromisoformat(day)): Revisions(booked, cancelled)
            for site, lobby, day, booked, cancelled in rows
        }

    def confirmed(self, broker: str) -> dict[str, tuple[int, date | None]]:
        """Give topic → revision and day of what a broker has confirmed."""
        rows = self._read("SELECT topic, revision, day FROM confirmed WHERE broker = ?", broker)
        return {
            topic: (revision, date.fromisoformat(day) if day else None)
            for topic, revision, day in rows
        }

    def confirm(self, broker: str, topic: str, revision: int, day: date | None) -> None:
        """Note what a broker has confirmed.

        Args:
            broker: Which one.
            topic: Where.
            revision: What it holds now; 0: nothing any more.
            day: The day that the topic is of.
        """
        if revision == 0:
            self._write("DELETE FROM confirmed WHERE broker = ? AND topic = ?", broker, topic)
        else:
            on = day.isoformat() if day else None
            values = (broker, topic, revision, on)
            self._write("INSERT OR REPLACE INTO confirmed VALUES (?, ?, ?, ?)", *values)

    def forget_before(self, day: date) -> int:
        """Delete all days before this one; gives how many bookings went."""
        with self.writing():
            gone = self._write("DELETE FROM booking WHERE day < ?", day.isoformat())
            self._write("DELETE FROM day WHERE day < ?", day.isoformat())
        if gone:
            # What was deleted still stands in the write-ahead log.
            self._read("PRAGMA wal_checkpoint(TRUNCATE)")
        return gone

    def _open(self) -> None:
        for pragma in ("journal_mode = WAL", "synchronous = FULL", "secure_delete = ON"):
            self._read(f"PRAGMA {pragma}")
        with self.writing():
            ((version,),) = self._read("PRAGMA user_version")
            if version > _VERSION:
                raise StoreError(f"{self._path} was made by a later release: install that one")
            if version == 0:
                for statement in _SCHEMA.split(";\n"):
                    self._write(statement)
                # Without a key of its own the hash of "customer 4711" would be found by trying.
                key = secrets.token_bytes(32)
                self._write("INSERT INTO setting VALUES ('reference_key', ?)", key)
                self._write(f"PRAGMA user_version = {_VERSION}")

    def _hash(self, reference: str) -> bytes:
        ((key,),) = self._read("SELECT value FROM setting WHERE name = 'reference_key'")
        return hashlib.blake2b(reference.encode(), key=key, digest_size=32).digest()

    def _changed(self, on: Day, now: datetime, *, cancelled: bool) -> None:
        at = int(now.timestamp())
        self._write(
            "INSERT INTO day VALUES (?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET"
            " booked_revision = max(booked_revision + 1, excluded.booked_revision),"
            " cancelled_revision = iif(?,"
            " max(cancelled_revision + 1, excluded.cancelled_revision), cancelled_revision)",
            *(*on.key, at, at, cancelled),
        )

    def _select(self, where: str, *values: str | bytes) -> list[Kept]:
        sql = f"SELECT {_COLUMNS} FROM booking WHERE {where}"  # noqa: S608  (texts of ours)
        return [Kept.of(Row(*row)) for row in self._read(sql, *values)]

    def _read(self, sql: str, *values: str | bytes) -> list[tuple[Any, ...]]:
        with self._told():
            return self._db.execute(sql, values).fetchall()

    def _write(self, sql: str, *values: str | bytes | int | None) -> int:
        with self._told():
            return self._db.execute(sql, values).rowcount

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            raise StoreError(
                f"the bookings in {self._path} cannot be used: {error}; see to the disk, or restore"
                " a backup"
            ) from error
        except OSError as error:
            raise StoreError(f"cannot open {self._path}: {error.strerror}") from error
