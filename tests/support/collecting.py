"""The collector as a process of its own, and what is in its store."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from contextlib import closing
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from pathlib import Path
    from types import TracebackType

DEADLINE_S = 30.0


class Collecting:
    """Runs `lobby-central collect`.

    Args:
        store: Its file, or the URL of its database.
        port: Of the central broker, on this machine.
        more: Further arguments.
    """

    def __init__(self, store: Path | str, port: int, *more: str) -> None:
        self.store = store
        self._port = port
        self._more = more
        self._child: subprocess.Popen[str] | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._child is not None:
            self.stop()

    def start(self) -> None:
        """Start it, and return when its store is open."""
        command = ["-m", "central.cli", "collect", "--store", str(self.store), "--broker"]
        self._child = subprocess.Popen(
            [sys.executable, *command, f"mqtt://127.0.0.1:{self._port}", *self._more],
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self._child.stdout is not None
        assert self._child.stdout.readline().startswith("collecting into")

    def kill(self) -> None:
        """End it as the out-of-memory killer would."""
        assert self._child is not None
        self._child.kill()
        self._ended()

    def stop(self) -> None:
        """End it in order."""
        assert self._child is not None
        self._child.terminate()
        assert self._ended() == 0

    def _ended(self) -> int:
        child, self._child = self._child, None
        assert child is not None
        code = child.wait(DEADLINE_S)
        assert child.stdout is not None
        child.stdout.close()
        return code

    def stored(self, device: str = "sued.eingang-1") -> set[tuple[int, int]]:
        """Give the ids of the events that it has of a device."""
        with closing(sqlite3.connect(self.store, timeout=DEADLINE_S)) as db:
            rows = db.execute("SELECT epoch, seq FROM event WHERE device = ?", (device,))
            return {(int(epoch, 16), seq) for epoch, seq in rows}
