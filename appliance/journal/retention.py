"""Nothing is kept for longer than it is needed: whole days are deleted, and overwritten.

`secure_delete` overwrites what is deleted in the file, and the write-ahead log is cut off. On flash
that is as much as a program can do: the card itself may keep old copies of a sector for long.
"""

from __future__ import annotations

import logging
from contextlib import nullcontext, suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

from appliance.journal import codec
from appliance.journal.log import BEGINNING, Place
from appliance.journal.records import DayClosed, Gap
from appliance.journal.schema import APPLICATION_ID, BUSY_MS
from appliance.journal.totals import totals

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from appliance.journal.journal import Journal
    from appliance.line.events import Event

log = logging.getLogger(__name__)

STEP = 500
"""Events deleted in one transaction: someone who wants a number does not wait for more."""
LEDGER_DAYS = 4
"""A code is valid until 36 hours after its slot at most, and one day more."""
ANSWER_DAYS = 1
SLIP_DAYS = 1
IN_MEMORY_DAYS = 2
"""A card that has been broken for longer gets the days since from nobody."""
LASTING = ("DayClosed", "Gap")
"""Types of events that are about no single person, and stay."""
HEADER_BYTES = 72
MAGIC = b"SQLite format 3\0"
APPLICATION = APPLICATION_ID.to_bytes(4, "big")
"""How the header of a journal ends, whatever the file is called: sqlite.org/fileformat2.html."""


@dataclass(frozen=True, slots=True)
class Retained:
    """What was deleted.

    Args:
        more: Whether there is more to delete.
        gap: Events that nobody had acknowledged were deleted; the last such.
    """

    more: bool = False
    gap: Gap | None = None


class _OldDay(NamedTuple):
    """A day in the file.

    Args:
        key: As it is called in the file.
        day: Which it is.
        end: Where the next one begins.
    """

    key: str
    day: date
    end: Place


class Retention:
    """Deletes.

    Args:
        path: The journal; copies beside it are deleted too.
        keep_days: Events of days older than this.
        outbox_days: Those that nobody has acknowledged are kept for so long.
        uplink: Whether there is somebody who would.
    """

    def __init__(self, path: Path, keep_days: int, outbox_days: int, *, uplink: bool) -> None:
        self._path = path
        self._keep = timedelta(days=keep_days)
        self._outbox = timedelta(days=max(keep_days, outbox_days))
        self._uplink = uplink

    def retain(
        self, journal: Journal, today: date, *, at_most: int | None, in_memory: bool
    ) -> Retained:
        """Delete what is older than it may get.

        Args:
            journal: From this.
            today: The site's day; what belongs to it and to the day that goes on always stays.
            at_most: So many events, or a few more; None: all.
            in_memory: The journal is in memory: what is older than two days is deleted.

        Raises:
            CardError: It could not be written. What is deleted by then is deleted.
        """
        keep = min(self._keep, timedelta(days=IN_MEMORY_DAYS)) if in_memory else self._keep
        _delete_papers(journal, today)
        deleted, gap = 0, None
        while old := self._oldest(journal, today, keep, may_lose=in_memory):
            if at_most is not None and deleted >= at_most:
                return Retained(more=True, gap=gap)
            if not in_memory:
                gap = self._close_day(journal, old) or gap
            deleted += _delete_some(journal, old)
        if deleted:
            _tidy(journal)
        if not in_memory:
            self._delete_copies(today)
        return Retained(gap=gap)

    def _oldest(
        self, journal: Journal, today: date, keep: timedelta, *, may_lose: bool
    ) -> _OldDay | None:
        """Give the oldest day if it may be deleted: never the one that goes on."""
        with journal.reading():
            rows = list(
                journal.db.execute("SELECT day, epoch, seq FROM day ORDER BY epoch, seq LIMIT 2")
            )
            if len(rows) < 2:  # noqa: PLR2004  (it, and the one after it)
                return None
            # A clock that was a year ahead made a day that would never be old.
            day = min(date.fromisoformat(row[0]) for row in rows)
            old = _OldDay(str(rows[0][0]), day, Place(*rows[1][1:]))
            if today - day <= keep:
                return None
            acked = journal.log.end(before=old.end) <= journal.outbox.reached()
            if self._uplink and not (acked or may_lose or today - day > self._outbox):
                return None
            return old

    def _close_day(self, journal: Journal, old: _OldDay) -> Gap | None:
        """Keep of a day what is about nobody, before its first event is deleted."""
        with journal.reading():
            newest = journal.db.execute(
                "SELECT data FROM event WHERE type = 'DayClosed'"
                " ORDER BY epoch DESC, seq DESC LIMIT 1"
            ).get
            before = newest and codec.decode_record("DayClosed", str(newest))
            if isinstance(before, DayClosed) and before.day == old.day:
                return None
            at = journal.log.last_time() or datetime.now(UTC)
            happened = list(_line_events(journal, old.end))
            gap = _gap(journal, old.end, at) if self._uplink else None
        closed = DayClosed(at, old.day, len(happened), totals(happened))
        journal.commit([closed, gap] if gap else [closed], day=old.key)
        return gap

    def _delete_copies(self, today: date) -> None:
        """Delete what was set aside, and backups beside the journal, when they are as old."""
        files: list[Path] = []
        with suppress(OSError):
            files += self._path.parent.iterdir()
        for file in files:
            with suppress(OSError):
                changed = datetime.fromtimestamp(file.stat().st_mtime, UTC).date()
                if today - changed > self._keep and self._is_copy(file):
                    log.warning("%s is older than anything is kept, and is deleted", file)
                    file.unlink()

    def _is_copy(self, file: Path) -> bool:
        if file.name in {self._path.name, f"{self._path.name}-wal"}:
            return False
        if file.name.startswith(f"{self._path.name}.aside-"):
            return True
        with file.open("rb") if file.is_file() else nullcontext() as opened:
            header = opened.read(HEADER_BYTES) if opened else b""
        return header.startswith(MAGIC) and header.endswith(APPLICATION)


def _gap(journal: Journal, end: Place, at: datetime) -> Gap | None:
    """Give what is deleted though nobody said to have it."""
    reached = journal.outbox.reached()
    places = [
        place
        for place, type_name, _ in journal.log.rows(reached, before=end)
        if type_name not in LASTING
    ]
    first = journal.log.position_of(places[0]) if places else None
    last = journal.log.position_of(places[-1]) if places else None
    return first and last and Gap(at, len(places), *first, *last)


def _line_events(journal: Journal, end: Place) -> Iterator[Event]:
    for place, type_name, data in journal.log.rows(BEGINNING, before=end):
        if type_name not in codec.RECORD_TYPES:
            try:
                yield codec.decode(type_name, data)
            except codec.DamagedEventError as error:
                log.warning("the event at %s does not count: %s", tuple(place), error)


def _delete_some(journal: Journal, old: _OldDay) -> int:
    """Delete a few events of a day; with the last of them it is gone."""
    with journal.writing():
        journal.db.execute(
            "DELETE FROM event WHERE (epoch, seq) IN (SELECT epoch, seq FROM event"
            " WHERE (epoch, seq) < (?, ?) AND type NOT IN (?, ?) ORDER BY epoch, seq LIMIT ?)",
            (*old.end, *LASTING, STEP),
        )
        deleted = journal.db.changes()
        if deleted < STEP:
            journal.db.execute("DELETE FROM day WHERE day = ?", (old.key,))
    return deleted


def _delete_papers(journal: Journal, today: date) -> None:
    """Delete what is kept by day, and is not needed for as long as events."""
    with journal.writing():
        for table, days, but in (
            ("ledger", LEDGER_DAYS, ""),
            ("command", ANSWER_DAYS, ""),
            # The highest id stays: the next one is above it.
            ("slip", SLIP_DAYS, " AND id < (SELECT max(id) FROM slip)"),
        ):
            oldest = (today - timedelta(days=days)).isoformat()
            journal.db.execute(f"DELETE FROM {table} WHERE day < ?{but}", (oldest,))  # noqa: S608  (names of ours)
        journal.db.execute(
            "DELETE FROM checkpoint WHERE (epoch, seq) < (?, ?)", journal.log.today()
        )


def _tidy(journal: Journal) -> None:
    """Have what was deleted nowhere in the log either, and forget epochs without events."""
    if not _cut_off_log(journal):
        return
    with journal.writing():
        # Only now, that the file without its log knows the epoch that goes on: see `opening`.
        journal.db.execute(
            "DELETE FROM epoch WHERE number < (SELECT max(number) FROM epoch)"
            " AND NOT EXISTS (SELECT 1 FROM event WHERE event.epoch = epoch.number)"
            " AND number NOT IN (SELECT epoch FROM outbox)"
            " AND number NOT IN (SELECT epoch FROM learned)"
        )
    _cut_off_log(journal)


def _cut_off_log(journal: Journal) -> bool:
    """Give whether nobody was reading just then: a backup is not waited for, people would be."""
    with journal.reading():
        journal.db.set_busy_timeout(0)
        try:
            ((busy, *_),) = journal.db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        finally:
            journal.db.set_busy_timeout(BUSY_MS)
    return not busy
