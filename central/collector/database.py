"""Where the collector keeps what it has: an SQLite file, or a PostgreSQL that the office runs.

Both are spoken to through SQLAlchemy Core, in SQL that both understand; what differs between them
stands here. One connection, one thread, no pool: a collector is one writer.
"""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import NullPool, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError, SQLAlchemyError

from appliance.errors import LobbyError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import URL, Connection, Engine

LOCK = 0x10BB1
"""Held by the one collector of a PostgreSQL database, as an advisory lock."""
WAIT_S = 10


class CollectError(LobbyError):
    """The collector cannot go on; the sentence says what to do."""


@contextmanager
def told(what: str) -> Iterator[None]:
    """Turn an error of the database into one sentence.

    Args:
        what: The sentence's beginning.

    Raises:
        CollectError: There was one.
    """
    try:
        yield
    except (SQLAlchemyError, OSError) as error:
        cause = str(getattr(error, "orig", None) or error).strip()
        raise CollectError(f"{what}: {' '.join(cause.split())}") from error


class Database:
    """A place for events.

    Args:
        where: A file, or a URL such as `postgresql+psycopg://collector@db.example/lobby`.

    Attributes:
        name: How it is called in sentences; without a password.
        file: The SQLite file; None: it is a server.

    Raises:
        CollectError: The URL is none, or the driver for it is missing.
    """

    def __init__(self, where: Path | str) -> None:
        self.file: Path | None = None
        try:
            self._url = _url(where)
            if self._url.get_backend_name() == "sqlite":
                self.file = Path(self._url.database or "")
            self.name = str(self.file or self._url.render_as_string())
            self._url.get_dialect().import_dbapi()
        except (ArgumentError, NoSuchModuleError) as error:
            raise CollectError(f"'{where}' is no file and no URL of a database") from error
        except ImportError as error:
            raise CollectError(
                f"{self.name} needs a driver that is missing:"
                " pip install 'lobby-central[postgresql]'"
            ) from error
        if self._url.get_backend_name() not in {"sqlite", "postgresql"}:
            raise CollectError(f"{self.name}: only SQLite and PostgreSQL are supported")

    def to_write(self) -> Connection:
        """Connect as the one who writes; a transaction has the database to itself.

        Raises:
            CollectError: It cannot be reached or used, or another collector has it.
        """
        with told(f"{self.name} cannot be used as a store"):
            connection = self._engine(read_only=False).connect()
        try:
            self._lock(connection)
        except BaseException:
            connection.close()
            raise
        return connection

    def to_read(self) -> Connection:
        """Connect as somebody who can change nothing, while a collector may write.

        Raises:
            CollectError: It cannot be reached, or is not there.
        """
        if self.file is not None and not self.file.is_file():
            raise CollectError(f"there is no {self.file}: name the file of the collector's store")
        with told(f"{self.name} cannot be read"):
            return self._engine(read_only=True).connect()

    def _lock(self, connection: Connection) -> None:
        """See that nobody else writes here; the lock goes with the connection."""
        if self.file is not None:
            return
        with connection.begin():
            alone = connection.exec_driver_sql(f"SELECT pg_try_advisory_lock({LOCK})").scalar_one()
        if not alone:
            raise CollectError(f"{self.name} is used by another collector: end that one first")

    def _engine(self, *, read_only: bool) -> Engine:
        if self.file is None:
            # A commit is on the disk when it is acknowledged, whatever the server's habits are.
            options = (
                "-c default_transaction_read_only=on" if read_only else "-c synchronous_commit=on"
            )
            arguments = {"connect_timeout": WAIT_S, "options": options}
            return create_engine(self._url, poolclass=NullPool, connect_args=arguments)
        mode = "ro" if read_only else "rwc"
        path = self.file.absolute().as_uri()
        engine = create_engine(
            f"sqlite+pysqlite:///{path}?mode={mode}&uri=true",
            poolclass=NullPool,
            connect_args={"timeout": WAIT_S},
        )
        event.listen(engine, "connect", _reads if read_only else _writes)
        event.listen(engine, "begin", _begin_reading if read_only else _begin_writing)
        return engine


def _url(where: Path | str) -> URL:
    if isinstance(where, Path) or "://" not in where:
        return make_url("sqlite://").set(database=str(where))
    return make_url(where)


def _reads(connection: object, _record: object) -> None:
    # The driver's own idea of when a transaction begins is not ours: see SQLAlchemy on pysqlite.
    connection.isolation_level = None  # type: ignore[attr-defined]


def _writes(connection: object, record: object) -> None:
    _reads(connection, record)
    for pragma in (
        "journal_mode = WAL",
        # A commit is on the disk when it is acknowledged.
        "synchronous = FULL",
        # What is deleted is overwritten.
        "secure_delete = ON",
    ):
        connection.execute(f"PRAGMA {pragma}")  # type: ignore[attr-defined]


def _begin_reading(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN")


def _begin_writing(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")
