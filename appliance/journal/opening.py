"""Opening the journal at a start, whatever happened to its file meanwhile.

A damaged file is set aside, and what can be read of it is put into a new one, which takes its place
only when it is whole: a power cut in between is gone on from at the next start.

A write-ahead log is bound to its database by nothing but its name. One that was left behind when
somebody copied a backup over the journal is mixed into it by SQLite without a word. So what the
file knows without the log must be known with it too.
"""

from __future__ import annotations

import logging
from contextlib import ExitStack, suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING, NamedTuple

import apsw

from appliance.files import sync_folder
from appliance.journal import schema
from appliance.journal.card import CardError, Word, card_error, is_damage
from appliance.journal.journal import Journal
from appliance.journal.log import Log, Place
from appliance.journal.records import Why
from appliance.journal.rescue import copy, is_event, opened_to_read

if TYPE_CHECKING:
    from pathlib import Path

    from appliance.journal.entries import Position
    from appliance.journal.lock import WriterLock

log = logging.getLogger(__name__)

QUICKLY_CHECKED = (
    "meta",
    "epoch",
    "day",
    "checkpoint",
    "command",
    "ledger",
    "slip",
    "learned",
    "outbox",
)
"""Small tables that are not only added to: what a start must rely on beside today's events."""


class Opened(NamedTuple):
    """A journal, and where the damaged one is that it was made from."""

    journal: Journal
    aside: Path | None


def open_journal(
    path: Path, lock: WriterLock, *, last: Position | None = None, damage: str | None = None
) -> Opened:
    """Open the journal for writing; a damaged one is set aside, and rebuilt.

    Args:
        path: The file; made where there is none.
        lock: Held.
        last: An event that it must hold, if its log is there.
        damage: What is known to be wrong with it; None: look.

    Raises:
        CardError: It cannot be opened, or not be rebuilt.
        LaterReleaseError: Only a later release may write it.
    """
    try:
        _finish_rebuild(path)
        damage = damage or _damage(path, last)
        if damage is None:
            try:
                return Opened(_writable(path, lock), None)
            except CardError as error:
                if error.trouble.word is not Word.DAMAGED:
                    raise
                damage = error.trouble.sentence
        aside = _rebuild(path, damage)
    except (OSError, apsw.Error) as error:
        raise card_error(path, "cannot be rebuilt", error) from error
    return Opened(_writable(path, lock), aside)


def _writable(path: Path, lock: WriterLock) -> Journal:
    journal = Journal(path, lock=lock)
    if journal.db.readonly("main"):
        journal.close()
        raise card_error(path, "cannot be written", apsw.ReadOnlyError("it can only be read"))
    return journal


def _damage(path: Path, last: Position | None) -> str | None:
    """Say what is wrong with what a start relies on, changing nothing; None: it is in order."""
    if not path.exists():
        return None
    size = path.stat().st_size
    if size < schema.PAGE_BYTES:
        # SQLite takes this for a new database, and its log away.
        return "it is cut off" if size or _size(_log_of(path)) else None
    try:
        with opened_to_read(path) as db:
            if db.execute("PRAGMA user_version").get != schema.LAYOUT:
                # An older one, a later one, or none of ours: opening it for writing tells.
                return None
            if not _knows_as_much(Log(db), path):
                return "its log belongs to another file"
            if last is not None and _size(_log_of(path)) and not Log(db).holds(last):
                return "its log lost its end"
            return _wrong_inside(db)
    except (apsw.Error, OSError, ValueError, TypeError) as error:
        # If it just cannot be read, opening it for writing tells why.
        return str(error) if is_damage(error) else None


def _wrong_inside(db: apsw.Connection) -> str | None:
    for table in QUICKLY_CHECKED:
        said = db.execute(f"PRAGMA quick_check({table})").get
        if said != "ok":
            return f"{table}: {said}"
    holes_up_to = schema.meta(db, schema.REBUILT_TO) or 0
    begin = Log(db).today()
    at = Place(begin.number, begin.seq - 1)
    for row in db.execute(
        "SELECT epoch, seq, at, type, data FROM event WHERE (epoch, seq) > (?, ?)"
        " ORDER BY epoch, seq",
        at,
    ):
        place = Place(row[0], row[1])
        if not is_event(row):
            return f"event {tuple(place)} is none"
        follows = place.seq == (at.seq + 1 if place.number == at.number else 1)
        if place <= at or not (follows or place.number <= int(holes_up_to)):
            return f"after event {tuple(at)} stands {tuple(place)}"
        at = place
    return None


def _knows_as_much(with_log: Log, path: Path) -> bool:
    """Tell whether a file with its log knows the last epoch that the file alone knows.

    The file alone may be in any disorder, as pages were being copied from the log when the power
    went; but a page of it that has an epoch had it before, and epochs are not taken away.
    """
    if _size(_log_of(path)):
        with suppress(apsw.Error, OSError), opened_to_read(path, with_log=False) as db:
            number = db.execute("SELECT max(number) FROM epoch").get
            alone = Log(db).position_of(Place(number or 0, 0))
            return alone is None or with_log.place_of(alone) is not None
    return True


def _rebuild(path: Path, damage: str) -> Path:
    """Put what can be read into a new file in the place of the old one; give where that is now."""
    log.error("%s is damaged (%s): it is set aside, and rebuilt", path, damage)
    draft = path.with_name(f"{path.name}.draft")
    _delete(draft)
    db = schema.open_database(draft)
    try:
        with schema.transaction(db):
            # A log that harms a file which is in order without it is not of this file.
            if not _in_order_without_log(path):
                _take(path, db, with_log=True)
            _take(path, db, with_log=False)
            schema.set_meta(db, schema.NEXT_EPOCH, Why.REBUILT)
        # Closed, it has no log of its own: it is one file, on the card.
        db.close()
    except BaseException:
        db.close()
        _delete(draft)
        raise
    return put_in_place(path, draft)


def put_in_place(path: Path, draft: Path) -> Path:
    """Let a whole new file take the place of the journal; give the name that the old one has now.

    Args:
        path: The journal; nobody has it open.
        draft: Beside it, on the card, and without a log of its own.

    Raises:
        OSError: It could not be done; the next opening goes on from where this stopped.
    """
    draft.replace(_rebuilt(path))
    sync_folder(path.parent)
    return _finish_rebuild(path) or path


def _take(path: Path, into: apsw.Connection, *, with_log: bool) -> None:
    with ExitStack() as closing:
        try:
            source = closing.enter_context(opened_to_read(path, with_log=with_log))
        except (apsw.Error, OSError) as error:
            log.warning("nothing can be read from %s: %s", path, error)
        else:
            copy(source, into, all_days=True)


def _in_order_without_log(path: Path) -> bool:
    if not _size(_log_of(path)):
        return False
    with suppress(apsw.Error, OSError, ValueError), opened_to_read(path, with_log=False) as db:
        return db.execute("PRAGMA quick_check").get == "ok" and _wrong_inside(db) is None
    return False


def _finish_rebuild(path: Path) -> Path | None:
    """Let a rebuilt file, if there is one, take its place; give where the old one is now."""
    rebuilt = _rebuilt(path)
    if not rebuilt.exists():
        return None
    aside = _free_name(path)
    # Its log first: the old file without it is damaged still, the new one with it would be.
    for old, new in ((_log_of(path), _log_of(aside)), (path, aside)):
        if old.exists():
            old.replace(new)
    _shared_memory_of(path).unlink(missing_ok=True)
    rebuilt.replace(path)
    sync_folder(path.parent)
    return aside


def _free_name(path: Path) -> Path:
    stamp = f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}"
    for count in range(1, 1000):
        name = f"{path.name}.aside-{stamp}" + (f"-{count}" if count > 1 else "")
        if not path.with_name(name).exists():
            return path.with_name(name)
    raise FileExistsError(f"there are too many damaged files beside {path}")


def _delete(path: Path) -> None:
    for file in (path, _log_of(path), _shared_memory_of(path)):
        file.unlink(missing_ok=True)


def _log_of(path: Path) -> Path:
    return path.with_name(path.name + "-wal")


def _shared_memory_of(path: Path) -> Path:
    return path.with_name(path.name + "-shm")


def _rebuilt(path: Path) -> Path:
    return path.with_name(f"{path.name}.rebuilt")


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0
