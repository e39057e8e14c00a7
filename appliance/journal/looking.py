"""Looking into a journal that somebody named: whatever it is, nothing of it changes.

A desk may be writing it. It is never held up by a reader; but while one holds on to what it saw
first, the write-ahead log grows. So rows come in batches.
"""

from __future__ import annotations

import stat
from contextlib import ExitStack, contextmanager, suppress
from typing import TYPE_CHECKING, NamedTuple

import apsw

from appliance.journal import schema
from appliance.journal.errors import JournalError, LaterReleaseError
from appliance.journal.log import BEGINNING, END, Log, Place
from appliance.journal.rescue import opened_to_read

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

BATCH = 2000


class NoJournalError(JournalError):
    """What was named is no journal, or none that this release looks into."""


class DamagedError(JournalError):
    """It is a journal, and damaged."""

    def __init__(self, path: Path, what: object) -> None:
        self.path = path
        self.what = str(what)
        super().__init__(f"{path} is damaged: {self.what}. `lobby journal verify` says what to do.")


class Row(NamedTuple):
    """An event as it stands in the file.

    Args:
        place: Where.
        epoch: Id of its epoch.
        at: When, ISO, by the clock as it was.
        type: Its name.
        data: JSON.
    """

    place: Place
    epoch: int
    at: str
    type: str
    data: str


class Look:
    """A journal that is open to be looked into.

    Attributes:
        path: The file.
        db: The connection; it can only read.
        log: The events.
    """

    def __init__(self, path: Path, db: apsw.Connection) -> None:
        self.path = path
        self.db = db
        self.log = Log(db)

    def rows(self, after: Place = BEGINNING, before: Place = END) -> Iterator[Row]:
        """Give the events between two places, both left out.

        Raises:
            DamagedError: They cannot be read.
        """
        while batch := self._batch(after, before):
            yield from batch
            after = batch[-1].place

    @contextmanager
    def as_it_is_now(self) -> Iterator[None]:
        """See the same all the time, whatever is written meanwhile."""
        with self.telling():
            self.db.execute("BEGIN")
            self.db.execute("SELECT count(*) FROM sqlite_schema").get  # noqa: B018  (it begins here)
        try:
            yield
        finally:
            with suppress(apsw.Error):
                self.db.execute("ROLLBACK")

    @contextmanager
    def telling(self) -> Iterator[None]:
        """Tell what is wrong in our words.

        Raises:
            JournalError: It cannot be read.
        """
        with _telling(self.path):
            yield

    def _batch(self, after: Place, before: Place) -> list[Row]:
        with self.telling():
            return [
                Row(Place(number, seq), id_, at, type_name, data)
                for number, seq, id_, at, type_name, data in self.db.execute(
                    "SELECT event.epoch, seq, epoch.id, at, type, data FROM event"
                    " JOIN epoch ON epoch.number = event.epoch"
                    " WHERE (event.epoch, seq) > (?, ?) AND (event.epoch, seq) < (?, ?)"
                    " ORDER BY event.epoch, seq LIMIT ?",
                    (*after, *before, BATCH),
                )
            ]


@contextmanager
def look_into(path: Path, *, earlier: bool = False) -> Iterator[Look]:
    """Open a journal so that nothing of it changes.

    Args:
        path: What somebody named.
        earlier: Open it too when an earlier release wrote it.

    Raises:
        NoJournalError: It is none.
        LaterReleaseError: Only a later release can read it.
        JournalError: It cannot be read.
    """
    _refuse_no_file(path)
    with ExitStack() as closing:
        with _telling(path):
            db = closing.enter_context(opened_to_read(path))
            _refuse_stranger(path, db, earlier=earlier)
        yield Look(path, db)


def _refuse_no_file(path: Path) -> None:
    try:
        kind = path.stat().st_mode
        if stat.S_ISDIR(kind):
            raise NoJournalError(f"{path} is a folder: name the file in it.")
        if not stat.S_ISREG(kind):
            raise NoJournalError(f"{path} is no file.")
        path.open("rb").close()
    except FileNotFoundError:
        raise NoJournalError(
            f"there is no {path}. A desk makes its journal when it first starts."
        ) from None
    except PermissionError:
        raise JournalError(f"{path} may not be read by this user: try it with sudo.") from None
    except OSError as error:
        raise JournalError(f"{path} cannot be read: {error}.") from error


def _refuse_stranger(path: Path, db: apsw.Connection, *, earlier: bool) -> None:
    layout = int(db.execute("PRAGMA user_version").get)
    ours = db.execute("PRAGMA application_id").get == schema.APPLICATION_ID
    tables = {name for (name,) in db.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")}
    if ours and layout == schema.LAYOUT:
        level = int(schema.meta(db, "schema") or 0)
        if level > schema.SCHEMA and int(schema.meta(db, "writable_by") or 0) > schema.SCHEMA:
            raise LaterReleaseError(str(path), level, schema.SCHEMA)
    elif ours and layout > schema.LAYOUT:
        raise LaterReleaseError(str(path), layout, schema.SCHEMA)
    elif layout == 1 and {"event", "ledger", "slip"} <= tables:
        if not earlier:
            raise NoJournalError(
                f"{path} was written by an earlier release: the desk, and"
                " `lobby journal restore`, bring it to this one's form."
            )
    else:
        what = "is a database, but no journal" if tables else "is empty, and no journal"
        raise NoJournalError(f"{path} {what}.")


@contextmanager
def _telling(path: Path) -> Iterator[None]:
    try:
        yield
    except apsw.NotADBError as error:
        raise NoJournalError(f"{path} is no journal: {error}.") from error
    except (apsw.CorruptError, apsw.SQLError, ValueError, TypeError) as error:
        # An SQLError: a table is gone. A ValueError: there is something else where a time was.
        raise DamagedError(path, error) from error
    except (apsw.Error, OSError) as error:
        raise JournalError(f"{path} cannot be read: {error}.") from error
