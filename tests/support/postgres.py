"""A PostgreSQL of Debian's, in a folder of its own, for who wants to see a real one."""

from __future__ import annotations

import itertools
import os
import pwd
import shutil
import subprocess
import tempfile
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Self

import psycopg

if TYPE_CHECKING:
    from types import TracebackType

DEADLINE_S = 60.0
OWNER = "postgres"
COLLECTOR = "collector"
"""Whom the databases belong to: a role that may do nothing else."""


class Postgres:
    """A server on a unix socket, until it is closed.

    Args:
        durable: Whether a commit is on the disk; tests do without.
    """

    def __init__(self, *, durable: bool = False) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="lobby-pg-"))
        # It refuses to run as root.
        self._user = _user() if os.geteuid() == 0 else None
        if self._user is not None:
            shutil.chown(self._folder, self._user)
        self._numbers = itertools.count(1)
        self._run("initdb", "--no-sync", "--auth=trust", f"--username={OWNER}", "--pgdata=data")
        self._settings = f"-c listen_addresses='' -c unix_socket_directories={self._folder}"
        if not durable:
            self._settings += " -c fsync=off -c synchronous_commit=off"
        self.start()
        self.do("postgres", f"CREATE ROLE {COLLECTOR} LOGIN")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def start(self) -> None:
        """Start it, and return when it answers."""
        self._control("start", "-w", "-l", "log", "-o", self._settings)

    def stop(self) -> None:
        """End it, whoever is connected."""
        self._control("stop", "-w", "-m", "immediate")

    def close(self) -> None:
        """End it, and remove all that it had."""
        try:
            self.stop()
        finally:
            shutil.rmtree(self._folder)

    def make(self) -> str:
        """Make an empty database; give its URL."""
        name = f"collected_{next(self._numbers)}"
        self.do("postgres", f"CREATE DATABASE {name} OWNER {COLLECTOR}")
        return self.url(name)

    def url(self, name: str) -> str:
        """Give the URL of a database."""
        return f"postgresql+psycopg://{COLLECTOR}@/{name}?host={self._folder}"

    def do(self, name: str, *orders: str) -> None:
        """Run statements in a database."""
        where = f"host={self._folder} user={OWNER} dbname={name}"
        with closing(psycopg.connect(where, autocommit=True)) as db:
            for order in orders:
                db.execute(order.encode())

    def dump(self, name: str) -> bytes:
        """Give a backup as `pg_dump` makes it."""
        return self._run("pg_dump", f"--host={self._folder}", f"--username={OWNER}", name)

    def load(self, name: str, dump: bytes) -> None:
        """Put a backup in the place of a database."""
        self.do("postgres", f"DROP DATABASE {name}", f"CREATE DATABASE {name} OWNER {COLLECTOR}")
        where = f"--host={self._folder}", f"--username={OWNER}"
        self._run("psql", "--quiet", "--set=ON_ERROR_STOP=1", *where, name, given=dump)

    def _control(self, *arguments: str) -> None:
        self._run("pg_ctl", "--pgdata=data", *arguments)

    def _run(self, program: str, *arguments: str, given: bytes = b"") -> bytes:
        with tempfile.TemporaryFile() as said:
            # A file, not a pipe: the server that is started would keep that open.
            done = subprocess.run(
                [str(_programs() / program), *arguments],
                cwd=self._folder,
                input=given,
                stdout=said,
                stderr=subprocess.STDOUT,
                timeout=DEADLINE_S,
                user=self._user,
                check=False,
            )
            said.seek(0)
            output = said.read()
        assert done.returncode == 0, output.decode()
        return output


def _user() -> str:
    """Give whom it may run as."""
    users = {each.pw_name for each in pwd.getpwall()}
    return "postgres" if "postgres" in users else "nobody"


def _programs() -> Path:
    """Give the folder of its programs; Debian does not put them on the path."""
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    found = str(folders[-1]) if folders else shutil.which("initdb")
    assert found, "there is no PostgreSQL: install Debian's package postgresql"
    return Path(found).parent
