"""Copies of the databases at the centre, made beside running processes, and put back.

One file a database, whole and checked before it has its name: `events-20260302T021500Z.sqlite`. The
writer is not held up (SQLite never lets one wait for a reader), and what it writes meanwhile is not
in it. Keys are in no backup of ours: a folder that is copied every night is no place for them.

*What is put back is older than what was told*: devices were acknowledged events, and desks have
bookings of higher revisions. The collector notices by the mark beside its file (`collect_mark`),
which is taken away here, and takes another id; devices go back to what it has. Bookings are
published with revisions that are higher again, as these count seconds.

A PostgreSQL is backed up with its own tools; docs/central.md says how.
"""

from __future__ import annotations

import os
import re
import shutil
import sqlite3
from contextlib import closing, contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from appliance.errors import LobbyError
from appliance.files import sync_folder

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

STEP_PAGES: Final = 1024
KEEP_DAYS: Final = 7
KINDS: Final = {"events": "event", "bookings": "booking", "learned": "heard"}
"""What a file is called → a table that it has, and no other kind of file has."""
NAME: Final = re.compile(rf"({'|'.join(KINDS)})-(\d{{8}}T\d{{6}}Z)\.sqlite")
STAMP: Final = "%Y%m%dT%H%M%SZ"
RIGHTS: Final = 0o600


class BackupError(LobbyError):
    """Nothing was copied or put back; the sentence says why."""


class Copy(NamedTuple):
    """A backup.

    Args:
        path: Where it is.
        kind: What it is of; see `KINDS`.
        at: When it was made.
    """

    path: Path
    kind: str
    at: datetime


def back_up(sources: Mapping[str, Path], to: Path, now: datetime) -> Iterator[Copy]:
    """Copy databases that may be in use.

    Args:
        sources: Kind → file.
        to: The folder for copies; made for its owner alone, if it is missing.
        now: Aware time.

    Raises:
        BackupError: One could not be copied; those given before are whole.
    """
    try:
        to.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise BackupError(f"cannot make {to}: {error.strerror}") from error
    for kind, source in sources.items():
        path = to / f"{kind}-{now.astimezone(UTC):{STAMP}}.sqlite"
        with _telling(f"{source} cannot be copied to {path}"), _draft(path) as draft:
            _copy(source, draft)
            _check(draft, kind, source)
            _settle(draft)
            draft.replace(path)
            sync_folder(to)
        yield Copy(path, kind, now)


def backups(folder: Path) -> list[Copy]:
    """Give the copies in a folder, the oldest first."""
    found = [(path, NAME.fullmatch(path.name)) for path in folder.glob("*.sqlite")]
    copies = [
        Copy(path, name[1], datetime.strptime(name[2], STAMP).replace(tzinfo=UTC))
        for path, name in found
        if name is not None
    ]
    return sorted(copies, key=lambda copy: (copy.at, copy.kind))


def forget(folder: Path, now: datetime, keep_days: int) -> list[Path]:
    """Delete copies that are too old, but the last of each kind; give which.

    Args:
        folder: Of copies. Files with other names are left alone.
        now: Aware time.
        keep_days: For so long they are kept.

    Raises:
        BackupError: One cannot be deleted.
    """
    copies = backups(folder)
    last = {copy.kind: copy.path for copy in copies}
    old = [
        copy.path
        for copy in copies
        if now - copy.at > timedelta(days=keep_days) and copy.path not in last.values()
    ]
    with _telling(f"old copies in {folder} cannot be deleted"):
        for path in old:
            path.unlink(missing_ok=True)
    return old


def restore(backup: Path, to: Path, now: datetime) -> Path | None:
    """Put a copy in the place of a database that nobody uses; gives where the replaced one is.

    Args:
        backup: The copy; it stays as it is.
        to: The database; it may be there, damaged, or missing.
        now: Aware time.

    Raises:
        BackupError: It is none, or damaged, or the database is in use. Nothing was changed.
    """
    kind = _kind_of(backup)
    if to.exists():
        _refuse_if_used(to, kind)
    with _telling(f"{backup} cannot be put to {to}"), _draft(to) as draft:
        shutil.copyfile(backup, draft)
        draft.chmod(RIGHTS)
        _check(draft, kind, backup)
        _settle(draft)
        _give_to_owner_of(to.parent, draft)
        aside = to.with_name(f"{to.name}.replaced-{now.astimezone(UTC):{STAMP}}")
        replaced = to.exists()
        if replaced:
            os.link(to, aside)
        # A log of the other file would be played into this one; without its mark the collector
        # knows that it has an older one.
        for end in ("-wal", "-shm", "-journal", ".mark"):
            Path(f"{to}{end}").unlink(missing_ok=True)
        draft.replace(to)
        sync_folder(to.parent)
    return aside if replaced else None


def _copy(source: Path, draft: Path) -> None:
    if not source.is_file():
        raise BackupError(f"there is no {source}: name the file that is in use")
    draft.touch(RIGHTS, exist_ok=False)
    uri = f"{source.absolute().as_uri()}?mode=ro"
    with (
        closing(sqlite3.connect(uri, uri=True, isolation_level=None)) as db,
        closing(sqlite3.connect(draft)) as target,
    ):
        # Without one view for all steps the copy begins anew with each commit of the writer.
        db.execute("BEGIN")
        db.execute("SELECT count(*) FROM sqlite_schema").fetchone()
        db.backup(target, pages=STEP_PAGES, sleep=0)
        # One file, which can be read where nothing can be written.
        target.execute("PRAGMA journal_mode = DELETE")


def _check(path: Path, kind: str, original: Path) -> None:
    with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as db:
        ((said,),) = db.execute("PRAGMA quick_check(1)").fetchall()
        if said != "ok":
            what = " ".join(said.split())[:100]
            raise BackupError(f"{original} is damaged ({what}): use another copy")
        if kind not in _kinds(db):
            raise BackupError(f"{original} holds no {kind}: name the right file")


def _kind_of(backup: Path) -> str:
    if not backup.is_file():
        raise BackupError(f"there is no {backup}")
    with (
        _telling(f"{backup} is no backup"),
        closing(sqlite3.connect(f"{backup.absolute().as_uri()}?mode=ro", uri=True)) as db,
    ):
        kinds = _kinds(db)
    if len(kinds) != 1:
        raise BackupError(f"{backup} is no backup of {', '.join(KINDS)}")
    return kinds.pop()


def _kinds(db: sqlite3.Connection) -> set[str]:
    tables = {name for (name,) in db.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")}
    return {kind for kind, table in KINDS.items() if table in tables}


def _refuse_if_used(path: Path, kind: str) -> None:
    with closing(sqlite3.connect(path, timeout=1.0, isolation_level=None)) as db:
        try:
            kinds = _kinds(db)
            if kinds and kind not in kinds:
                raise BackupError(
                    f"{path} holds {', '.join(kinds)}, the backup {kind}: name the right one"
                )
            # Nobody gets this while another process has the file open, idle or not. What is in the
            # log comes into the file: the one that is set aside is whole.
            db.execute("PRAGMA journal_mode = DELETE").fetchall()
        except sqlite3.OperationalError as error:
            if "locked" in str(error):
                raise BackupError(
                    f"{path} is in use: end who has it (systemctl stop lobby-central.target)"
                ) from error
        except sqlite3.DatabaseError:
            # Damaged: what a backup is for.
            return


def _settle(path: Path) -> None:
    with path.open("rb") as file:
        os.fsync(file.fileno())


def _give_to_owner_of(folder: Path, path: Path) -> None:
    """Let the service use what an administrator put back."""
    if os.geteuid() == 0:
        owner = folder.stat()
        os.chown(path, owner.st_uid, owner.st_gid)


@contextmanager
def _draft(path: Path) -> Iterator[Path]:
    draft = path.with_name(f".{path.name}.new")
    draft.unlink(missing_ok=True)
    try:
        yield draft
    finally:
        for end in ("", "-wal", "-shm", "-journal"):
            with suppress(OSError):
                draft.with_name(f"{draft.name}{end}").unlink(missing_ok=True)


@contextmanager
def _telling(what: str) -> Iterator[None]:
    """Say in our words why not."""
    try:
        yield
    except sqlite3.Error as error:
        raise BackupError(f"{what}: {error}") from error
    except OSError as error:
        raise BackupError(f"{what}: {error.strerror or error}") from error
