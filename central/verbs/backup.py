"""`lobby-central backup` and `restore`."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from central.bookings.office_file import load
from central.collector.backup import KEEP_DAYS, BackupError, back_up, forget, restore
from central.texts import languages
from central.verbs.arguments import PROG, add_office, add_verb, days

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

    from central.verbs.arguments import Parser, Verbs


def add(verbs: Verbs[Parser]) -> None:
    """Add both."""
    backup = add_verb(verbs, "backup", "copy the databases, in use or not, and delete old copies")
    backup.add_argument("folder", type=Path, metavar="FOLDER", help="where the copies go")
    backup.add_argument("--store", metavar="FILE", help="the collector's database")
    add_office(backup, required=False)
    backup.add_argument(
        "--learned", type=Path, metavar="FILE", help="what the pages at home have learned"
    )
    backup.add_argument(
        "--keep-days",
        type=days,
        default=KEEP_DAYS,
        metavar="N",
        help=f"older copies are deleted, but the last ({KEEP_DAYS})",
    )
    backup.set_defaults(do=_backup)
    put_back = add_verb(verbs, "restore", "put a copy in the place of a database")
    put_back.add_argument("copy", type=Path, metavar="FILE", help="the copy; it stays")
    put_back.add_argument(
        "--to", type=Path, required=True, metavar="FILE", help="the database; nobody may use it"
    )
    put_back.set_defaults(do=_restore)


def _backup(options: argparse.Namespace) -> Iterator[str]:
    sources = dict(_sources(options))
    if not sources:
        raise BackupError(f"say what to copy: see `{PROG} backup --help`")
    now = datetime.now(UTC)
    for copy in back_up(sources, options.folder, now):
        yield f"copied {sources[copy.kind]} to {copy.path}"
    for path in forget(options.folder, now, options.keep_days):
        yield f"deleted {path}"


def _sources(options: argparse.Namespace) -> Iterator[tuple[str, Path]]:
    if options.store is not None:
        if "://" in options.store:
            raise BackupError(
                'a PostgreSQL is backed up with its own pg_dump: see docs/central.md, "Backup"'
            )
        yield "events", Path(options.store)
    if options.office is not None:
        yield "bookings", load(options.office, languages=languages()).files.store
    if options.learned is not None:
        yield "learned", options.learned


def _restore(options: argparse.Namespace) -> Iterator[str]:
    aside = restore(options.copy, options.to, datetime.now(UTC))
    yield f"{options.to} is what {options.copy} holds"
    if aside is not None:
        yield f"what was there is {aside}: delete it when all is well"
    yield (
        "of events: start the collector, and the devices send what is missing; of bookings:"
        f" `{PROG} publish --all` tells them to the lobbies again"
    )
