"""The journal: SQLite, one writer, events first; everything else is derived from them.

`synchronous=FULL`: with NORMAL a power cut may take a ticket that a person already holds. Pages of
1 KiB: 68 MB a day written to the card where 4 KiB wrote 104 (measured with 2,000 tickets).

Not here yet: checkpoints, retention, the day's number mark outside the database, going on in memory
when the disk is full or the file corrupt. Until then such a file stops the desk with one sentence.
"""

from __future__ import annotations

import fcntl
import os
import secrets
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

import apsw

from appliance.errors import LobbyError
from appliance.journal import codec
from appliance.line.events import TicketIssued

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path
    from types import TracebackType
    from typing import Self

    from appliance.line.events import Event

SCHEMA = 1
PAGE_BYTES = 1024
EPOCH_BITS = 63
"""SQLite's integers are signed."""

TABLES = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value) WITHOUT ROWID;
CREATE TABLE event (
    epoch INTEGER, seq INTEGER, at TEXT, type TEXT, data TEXT, PRIMARY KEY (epoch, seq)
) WITHOUT ROWID;
CREATE TABLE command (
    caller TEXT, key BLOB, request BLOB, reply BLOB, day TEXT, PRIMARY KEY (caller, key)
) WITHOUT ROWID;
CREATE TABLE ledger (booking TEXT PRIMARY KEY, ticket TEXT, day TEXT) WITHOUT ROWID;
CREATE TABLE slip (id INTEGER PRIMARY KEY, ticket TEXT, at TEXT, day TEXT, state TEXT);
"""


class JournalError(LobbyError):
    """The journal cannot be used; the sentence says what to do."""


class SecondWriterError(JournalError):
    """Another process writes this journal."""

    def __init__(self, path: Path, owner: str) -> None:
        self.path = path
        self.owner = owner
        super().__init__(
            f"{path} is already being written by {owner or 'another process'}: one desk keeps one"
            " line. Stop that one first, or give this one a journal of its own"
            " (device.state_dir)."
        )


@dataclass(frozen=True, slots=True)
class Answered:
    """A command that was answered: the same key gets the same answer, and does nothing twice.

    Args:
        caller: Who asked.
        key: The asker's 16 bytes.
        request: Hash of verb and body; the same key with another request is refused.
        reply: The answer's bytes.
    """

    caller: str
    key: bytes
    request: bytes
    reply: bytes


@dataclass(frozen=True, slots=True)
class OwedSlip:
    """A slip that was promised and is not known to be printed."""

    id: int
    ticket: str
    at: datetime


class Journal:
    """The desk's memory.

    Args:
        path: The database; made when it is not there.

    Raises:
        SecondWriterError: Another process has it open for writing.
        JournalError: It cannot be opened, or was written by a later release.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._closing = ExitStack()
        try:
            self._lock()
            self._db = self._open()
            self._epoch, self._seq = self._position()
        except (OSError, apsw.Error) as error:
            self._closing.close()
            raise JournalError(f"{path} cannot be opened as the journal: {error}") from error
        except JournalError:
            self._closing.close()
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
        """Let go of the file; twice is fine."""
        self._closing.close()

    @property
    def position(self) -> tuple[int, int]:
        """Epoch and sequence of the last event."""
        return self._epoch, self._seq

    def commit(
        self,
        events: Sequence[Event],
        *,
        day: str,
        answered: Answered | None = None,
        slip: OwedSlip | None = None,
    ) -> None:
        """Make it durable, all of it or nothing; returns when it is on the card.

        Args:
            events: In the order in which they happened.
            day: The site's day, ISO.
            answered: The command that they answer.
            slip: The slip that is owed from now on.

        Raises:
            JournalError: It was not written, and nothing of it happened.
        """
        try:
            with self._db:
                self._write(events, day, answered, slip)
        except apsw.Error as error:
            raise JournalError(f"{self._path} cannot be written: {error}") from error
        self._seq += len(events)

    def today(self) -> Iterator[Event]:
        """Give the events since the last turn of the day, oldest first.

        Raises:
            JournalError: A row cannot be read.
        """
        try:
            start = self._db.execute(
                "SELECT max(seq) FROM event WHERE epoch = ? AND type = 'DayTurned'", (self._epoch,)
            ).get
            rows = self._db.execute(
                "SELECT type, data FROM event WHERE epoch = ? AND seq >= ? ORDER BY seq",
                (self._epoch, start or 0),
            )
            for type_name, data in rows:
                yield codec.decode(type_name, data)
        except codec.UnknownEventError as error:
            raise JournalError(
                f"{self._path} holds an event that this release cannot read ({error}):"
                " install the release that wrote it."
            ) from error
        except apsw.Error as error:
            raise JournalError(f"{self._path} is damaged: {error}. Please call IT.") from error

    def last_time(self) -> datetime | None:
        """Give the time of the last event: desk time never runs back behind it."""
        row = self._db.execute(
            "SELECT at FROM event WHERE epoch = ? ORDER BY seq DESC LIMIT 1", (self._epoch,)
        ).fetchone()
        return datetime.fromisoformat(row[0]) if row else None

    def answer_to(self, caller: str, key: bytes) -> Answered | None:
        """Give what was answered to this key before."""
        row = self._db.execute(
            "SELECT request, reply FROM command WHERE caller = ? AND key = ?", (caller, key)
        ).fetchone()
        return Answered(caller, key, *row) if row else None

    def next_slip_id(self) -> int:
        """Give an id that no slip had."""
        return int(self._db.execute("SELECT coalesce(max(id), 0) + 1 FROM slip").get)

    def owed_slips(self) -> list[OwedSlip]:
        """Give the slips that are not known to be printed, oldest first."""
        rows = self._db.execute("SELECT id, ticket, at FROM slip WHERE state = 'owed' ORDER BY id")
        return [OwedSlip(id_, ticket, datetime.fromisoformat(at)) for id_, ticket, at in rows]

    def settle_slip(self, slip_id: int, *, printed: bool) -> None:
        """Note that a slip is printed, or given up and told to staff.

        Raises:
            JournalError: It was not written; the slip stays owed.
        """
        state = "printed" if printed else "told"
        try:
            self._db.execute("UPDATE slip SET state = ? WHERE id = ?", (state, slip_id))
        except apsw.Error as error:
            raise JournalError(f"{self._path} cannot be written: {error}") from error

    def _write(
        self,
        events: Sequence[Event],
        day: str,
        answered: Answered | None,
        slip: OwedSlip | None,
    ) -> None:
        for seq, event in enumerate(events, start=self._seq + 1):
            self._db.execute(
                "INSERT INTO event VALUES (?, ?, ?, ?, ?)",
                (self._epoch, seq, event.at.isoformat(), *codec.encode(event)),
            )
            if isinstance(event, TicketIssued) and event.booking is not None:
                # A booking that was used already breaks the whole transaction: never two numbers.
                self._db.execute(
                    "INSERT INTO ledger VALUES (?, ?, ?)", (event.booking.id, event.ticket, day)
                )
        if answered is not None:
            self._db.execute(
                "INSERT INTO command VALUES (?, ?, ?, ?, ?)",
                (answered.caller, answered.key, answered.request, answered.reply, day),
            )
        if slip is not None:
            self._db.execute(
                "INSERT INTO slip VALUES (?, ?, ?, ?, 'owed')",
                (slip.id, slip.ticket, slip.at.isoformat(), day),
            )

    def _lock(self) -> None:
        """Be the only writer, until this process ends however it ends."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        lock = self._closing.enter_context(
            self._path.with_name(self._path.name + ".lock").open("a+", encoding="ascii")
        )
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            raise SecondWriterError(self._path, lock.read().strip()) from None
        lock.truncate(0)
        lock.write(f"process {os.getpid()}")
        lock.flush()

    def _open(self) -> apsw.Connection:
        db = apsw.Connection(str(self._path))
        self._closing.callback(db.close)
        db.execute(f"PRAGMA page_size = {PAGE_BYTES}")
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("PRAGMA synchronous = FULL")
        version = db.execute("PRAGMA user_version").get
        if version == 0:
            with db:
                db.execute(TABLES)
                db.execute("INSERT INTO meta VALUES ('epoch', ?)", (secrets.randbits(EPOCH_BITS),))
                db.execute(f"PRAGMA user_version = {SCHEMA}")
        elif version > SCHEMA:
            raise JournalError(
                f"{self._path} was written by a later release (schema {version}, this one knows"
                f" {SCHEMA}): install that release."
            )
        return db

    def _position(self) -> tuple[int, int]:
        epoch = self._db.execute("SELECT value FROM meta WHERE key = 'epoch'").get
        seq = self._db.execute(
            "SELECT coalesce(max(seq), 0) FROM event WHERE epoch = ?", (epoch,)
        ).get
        return int(epoch), int(seq)
