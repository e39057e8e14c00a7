"""Taking out of a journal what can be read of it: all of it, or the day that goes on.

A damaged page takes the few events on it along. Those behind it can still be found, by asking for
what comes after the next number, and the next.
"""

from __future__ import annotations

import logging
from contextlib import ExitStack, contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import apsw
import msgspec

from appliance.journal import codec, schema
from appliance.journal.card import is_damage
from appliance.journal.log import BEGINNING, Log, Place
from appliance.line.events import DayTurned, TicketIssued

if TYPE_CHECKING:
    from collections.abc import Iterator

log = logging.getLogger(__name__)

PROBES = 2000
"""So many events in a row may be lost, more than one page leads to, before an epoch is left."""

UNREADABLE = 20
"""A card that fails so often in a row may take seconds for each answer, and people wait."""

# What is copied as it is: table → columns and what they hold, the key first.
COPIED: dict[str, tuple[str, tuple[type, ...]]] = {
    "epoch": ("number, id, began, why", (int, int, str, str)),
    "day": ("day, epoch, seq", (str, int, int)),
    "checkpoint": ("epoch, seq, day, fingerprint, data", (int, int, str, str, bytes)),
    "command": ("caller, key, request, reply, day", (str, bytes, bytes, bytes, str)),
    "ledger": ("booking, ticket, day", (str, str, str)),
    "slip": ("id, ticket, at, day, state", (int, str, str, str, str)),
    "learned": ("day, epoch, seq, data", (str, int, int, bytes)),
    "outbox": ("store, epoch, seq", (str, int, int)),
}


@contextmanager
def opened_to_read(path: Path, *, with_log: bool = True) -> Iterator[apsw.Connection]:
    """Open a journal so that nothing of it changes, in a folder too that cannot be written.

    Args:
        path: The file.
        with_log: With what its write-ahead log holds; without it, as the file stands alone.

    Raises:
        apsw.Error: It cannot be opened.
        OSError: It would have to be copied, and cannot be.
    """
    with ExitStack() as closing:
        if not with_log:
            db = _connection(closing, path, "immutable=1")
        else:
            try:
                db = _connection(closing, path, "mode=ro")
                db.execute("SELECT count(*) FROM sqlite_schema").get  # noqa: B018  (it is opened now)
            except (apsw.CorruptError, apsw.NotADBError):
                pass
            except apsw.Error:
                # The log's shared memory can neither be found nor made.
                db = _without_shared_memory(closing, path)
        yield db


def copy(source: apsw.Connection, target: apsw.Connection, *, all_days: bool) -> bool:
    """Put what can be read of a journal into another one, where it stands at the same places.

    What is there already stays. The caller has the transaction on the target.

    Args:
        source: Maybe damaged.
        target: A journal of this release.
        all_days: Not only the day that goes on.

    Returns:
        Whether all of it could be read.

    Raises:
        apsw.Error: The target cannot be written.
    """
    taken = _Taken(source)
    for table, (columns, types) in COPIED.items():
        marks = ", ".join("?" * len(types))
        into = f"INSERT OR IGNORE INTO {table} ({columns}) VALUES ({marks})"  # noqa: S608  (names of ours)
        for row in taken.rows(table, columns):
            if _fits(row, types) and _can_be(table, row):
                target.execute(into, row)
            else:
                taken.whole = False
    for row in taken.rows("meta", "key, value"):
        if isinstance(row[0], str) and row[0].startswith(schema.NOTE):
            target.execute("INSERT OR IGNORE INTO meta (key, value) VALUES (?, ?)", row)
    _copy_events(taken, target, begin=BEGINNING if all_days else taken.today())
    return taken.whole


def _copy_events(taken: _Taken, target: apsw.Connection, begin: Place) -> None:
    day: date | None = None
    used: set[str] = set()
    for row in taken.events(begin):
        target.execute(
            "INSERT OR IGNORE INTO event (epoch, seq, at, type, data) VALUES (?, ?, ?, ?, ?)", row
        )
        event = codec.EVENT_TYPES.get(row[3]) and codec.decode(row[3], row[4])
        if isinstance(event, DayTurned):
            day, used = event.day, set()
            target.execute(
                "INSERT OR IGNORE INTO day (day, epoch, seq) VALUES (?, ?, ?)",
                (day.isoformat(), row[0], row[1]),
            )
        elif isinstance(event, TicketIssued) and event.booking is not None:
            used.add(event.booking.id)
            target.execute(
                "INSERT OR IGNORE INTO ledger (booking, ticket, day) VALUES (?, ?, ?)",
                (event.booking.id, event.ticket, str(day)),
            )
    if not taken.whole:
        _forget_lost(target, str(day), used)
        _name_epochs(target)
        _turn_days(target)
        last = target.execute("SELECT max(number) FROM epoch").get
        schema.set_meta(target, schema.REBUILT_TO, last or 0)


def _forget_lost(target: apsw.Connection, day: str, used: set[str]) -> None:
    """Let whoever lost the ticket with its event get another one for the same booking."""
    today = [row[0] for row in target.execute("SELECT booking FROM ledger WHERE day = ?", (day,))]
    for booking in today:
        if booking not in used:
            target.execute("DELETE FROM ledger WHERE booking = ?", (booking,))


def _name_epochs(target: apsw.Connection) -> None:
    """Give epochs whose id is lost another one: nobody can know their events by it."""
    nameless = "SELECT DISTINCT epoch FROM event EXCEPT SELECT number FROM epoch"
    for (number,) in list(target.execute(nameless)):
        target.execute(
            "INSERT INTO epoch (number, id, began, why) VALUES (?, ?, '', 'rebuilt')",
            (number, schema.new_epoch_id()),
        )


def _turn_days(target: apsw.Connection) -> None:
    """Let a day begin where it began, if just that event is lost: else its tickets are no day's."""
    turns = "SELECT day, epoch, seq FROM day AS turned WHERE NOT EXISTS"
    lost = f"{turns} (SELECT 1 FROM event WHERE epoch = turned.epoch AND seq = turned.seq)"  # noqa: S608  (no input)
    for day, *place in list(target.execute(lost)):
        at = target.execute(
            "SELECT at FROM event WHERE (epoch, seq) > (?, ?) ORDER BY epoch, seq LIMIT 1", place
        ).get
        if at is not None:
            event = DayTurned(datetime.fromisoformat(str(at)), date.fromisoformat(day))
            target.execute(
                "INSERT INTO event (epoch, seq, at, type, data) VALUES (?, ?, ?, ?, ?)",
                (*place, at, *codec.encode(event)),
            )


class _Taken:
    """What can be read of a journal.

    Attributes:
        whole: Whether everything could, so far.
    """

    def __init__(self, db: apsw.Connection) -> None:
        self._db = db
        self.whole = True

    def rows(self, table: str, columns: str) -> Iterator[tuple[Any, ...]]:
        """Give the rows of a small table: from both ends, where the middle cannot be read."""
        for order in ("ASC", "DESC"):
            key = columns.partition(",")[0]
            try:
                yield from self._db.execute(f"SELECT {columns} FROM {table} ORDER BY {key} {order}")  # noqa: S608  (names of ours)
            except (apsw.Error, UnicodeDecodeError) as error:
                self._note(table, error)
            else:
                return

    def today(self) -> Place:
        """Give where the day turned last; the beginning, where that cannot be read."""
        try:
            return Log(self._db).today()
        except apsw.Error as error:
            self._note("where the day begins", error)
            return BEGINNING

    def _note(self, what: str, error: Exception) -> None:
        if self.whole:
            log.warning("%s, and maybe more, cannot be read: %s", what, error)
        self.whole = False

    def events(self, begin: Place) -> Iterator[tuple[Any, ...]]:
        """Give the events from a place on, in order, that one included."""
        last_epoch = max((row[0] for row in self.rows("epoch", "number")), default=1)
        at, failed = Place(begin.number, begin.seq - 1), 0
        while at.number <= last_epoch:
            try:
                for row in self._db.execute(
                    "SELECT epoch, seq, at, type, data FROM event WHERE (epoch, seq) > (?, ?)"
                    " ORDER BY epoch, seq",
                    at,
                ):
                    if not is_event(row) or row[:2] <= at:
                        self.whole = False
                        continue
                    at, failed = Place(row[0], row[1]), 0
                    yield row
            except apsw.SQLError:
                # No such table: nothing is left.
                self.whole = False
                return
            except (apsw.Error, UnicodeDecodeError) as error:
                self._note(f"what comes after event {tuple(at)}", error)
                failed += 1
                if not is_damage(error) and failed > UNREADABLE:
                    return
                at = Place(at.number, at.seq + 1)
                if failed > PROBES:
                    at, failed = Place(at.number + 1, 0), 0
            else:
                return


def is_event(row: tuple[Any, ...]) -> bool:
    """Tell whether a row of the table `event` can be one: damaged pages may hold anything.

    Args:
        row: Epoch, seq, at, type and data.
    """
    if not _fits(row, (int, int, str, str, str)) or min(row[:2]) < 1 or not _is_time(row[2]):
        return False
    try:
        if row[3] in codec.EVENT_TYPES:
            codec.decode(row[3], row[4])
        elif row[3] in codec.RECORD_TYPES:
            codec.decode_record(row[3], row[4])
        else:
            # Perhaps a later release knows it.
            msgspec.json.decode(row[4])
    except (ValueError, msgspec.MsgspecError):
        return False
    return True


def _fits(row: tuple[Any, ...], types: tuple[type, ...]) -> bool:
    return all(isinstance(value, kind) for value, kind in zip(row, types, strict=True))


def _can_be(table: str, row: tuple[Any, ...]) -> bool:
    """Tell whether a row of a table would be understood again."""
    if table == "slip":
        return _is_time(row[2])
    return table != "day" or _is_date(row[0])


def _is_date(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def _is_time(text: str) -> bool:
    try:
        return datetime.fromisoformat(text).tzinfo is not None
    except ValueError:
        return False


def _without_shared_memory(closing: ExitStack, path: Path) -> apsw.Connection:
    import shutil  # noqa: PLC0415  (hardly ever needed, and the desk shall be up in no time)
    import tempfile  # noqa: PLC0415  (the same)

    write_ahead = path.with_name(path.name + "-wal")
    if not write_ahead.exists() or write_ahead.stat().st_size == 0:
        return _connection(closing, path, "immutable=1")
    folder = Path(closing.enter_context(tempfile.TemporaryDirectory(prefix="lobby-journal-")))
    for file in (path, write_ahead):
        shutil.copy(file, folder / file.name)
    return _connection(closing, folder / path.name, "mode=rw")


def _connection(closing: ExitStack, path: Path, how: str) -> apsw.Connection:
    db = apsw.Connection(
        f"{path.absolute().as_uri()}?{how}",
        flags=apsw.SQLITE_OPEN_URI
        | (apsw.SQLITE_OPEN_READWRITE if how == "mode=rw" else apsw.SQLITE_OPEN_READONLY),
    )
    closing.callback(db.close)
    db.set_busy_timeout(schema.BUSY_MS)
    # Else a file that is shorter than its header says is refused as a whole.
    db.execute("PRAGMA writable_schema = ON")
    return db
