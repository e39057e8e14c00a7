"""Whether a database is an older one than was here before.

*A restored database must be noticed*: it acknowledged more than it has. Then its store takes
another id, and the devices go back. An SQLite file counts its commits inside itself, and beside
itself in a file with the ending `.mark`; if that has counted more, or is another store's, this is
an older database than the one that wrote it.

A server's files are out of our sight, but it knows what was done to it: its identifier changes with
a new cluster, its timeline with a recovery to a point in time and with a standby that took over
(which may lack what was committed last), the table's number with a dump that was loaded. What
neither notices, such as a machine set back to a snapshot, is noticed from outside: see
`Store.contradicts`.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Protocol

from sqlalchemy import text

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy import Connection

STORE_DIGITS = 16
COMMIT_DIGITS = 20
_FINGERPRINT = text(
    "SELECT system_identifier || '-' || timeline_id || '-' || CAST('meta'::regclass AS oid)"
    " FROM pg_control_system(), pg_control_checkpoint()"
)


class Mark(Protocol):
    """What a store is told again by."""

    def is_of(self, store: str, commits: int, printed: str) -> bool:
        """Tell whether the database is the one that was marked, or younger.

        Args:
            store: The id in it.
            commits: How many it has counted.
            printed: What `fingerprint` was when its id was given.
        """

    def fingerprint(self) -> str:
        """Give what belongs to this database, and to no copy of it."""

    def counted(self, store: str, commits: int) -> None:
        """Note a commit."""

    def close(self) -> None:
        """Let go; twice is fine."""


class FileMark:
    """Beside an SQLite file.

    Args:
        database: The file.

    Raises:
        OSError: It cannot be opened.
    """

    def __init__(self, database: Path) -> None:
        self._handle = os.open(f"{database}.mark", os.O_RDWR | os.O_CREAT, 0o600)

    def is_of(self, store: str, commits: int, printed: str) -> bool:  # noqa: ARG002  (the file has none)
        """See `Mark`."""
        length = STORE_DIGITS + 1 + COMMIT_DIGITS
        marked, _, counted = (
            os.pread(self._handle, length, 0).decode("ascii", "replace").partition(" ")
        )
        return bool(store) and marked == store and counted.isdecimal() and int(counted) <= commits

    def fingerprint(self) -> str:
        """See `Mark`."""
        return ""

    def counted(self, store: str, commits: int) -> None:
        """See `Mark`."""
        # Not synced: what a power cut takes of it makes no database look older than it is.
        os.pwrite(self._handle, f"{store} {commits:0{COMMIT_DIGITS}d}".encode("ascii"), 0)

    def close(self) -> None:
        """See `Mark`."""
        if self._handle >= 0:
            os.close(self._handle)
            self._handle = -1


class ServerMark:
    """What a PostgreSQL says of itself; any role may ask.

    Args:
        db: With the tables.
    """

    def __init__(self, db: Connection) -> None:
        self._print = str(db.execute(_FINGERPRINT).scalar_one())

    def is_of(self, store: str, commits: int, printed: str) -> bool:  # noqa: ARG002  (nothing is beside it)
        """See `Mark`."""
        return bool(store) and printed == self._print

    def fingerprint(self) -> str:
        """See `Mark`."""
        return self._print

    def counted(self, store: str, commits: int) -> None:
        """See `Mark`."""

    def close(self) -> None:
        """See `Mark`."""
