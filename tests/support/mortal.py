"""A desk that dies and is started again, as systemd would; see `tests.support.fatal`."""

from __future__ import annotations

import json
import os
import select
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Final, Self

from tests.support.fatal import ARM, ARMED

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from types import TracebackType

    from tests.support.device import Device

ROOT: Final = Path(__file__).parent.parent.parent
DEADLINE_S: Final = 30.0
POLL_S: Final = 0.005
PATIENCE: Final = 5
"""As often a desk may end by itself before it is given up."""


class Launcher:
    """The process that starts desks. All desks must have ended before it does."""

    def __enter__(self) -> Self:
        self._lock = threading.Lock()
        self._child = subprocess.Popen(
            [sys.executable, "-m", "tests.support.fatal"],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._child.communicate(timeout=DEADLINE_S)

    def order(self, **asked: str | int | bool | None) -> int:
        """Have a desk started, and give its process id; or wait for one, and give its end."""
        with self._lock:
            assert self._child.stdin is not None
            assert self._child.stdout is not None
            self._child.stdin.write(json.dumps(asked) + "\n")
            self._child.stdin.flush()
            return int(self._child.stdout.readline())


class MortalDesk:
    """A desk and whoever starts it again when it has died.

    Args:
        launcher: Starts it.
        device: Its configuration.
        fatal: The points at which its first, second, … life ends.
        armed: Points count from each start; else only in the first life, from `arm` on.
        forecast: It has the forecast's process beside it.
        died: Called after each death, before the next life.

    Attributes:
        deaths: How many lives have ended by themselves.
    """

    def __init__(
        self,
        launcher: Launcher,
        device: Device,
        *,
        fatal: Sequence[str],
        armed: bool,
        forecast: bool,
        died: Callable[[], None],
    ) -> None:
        self._launcher = launcher
        self._device = device
        self._fatal = fatal
        self._armed = armed
        self._forecast = forecast
        self._died = died
        self._stopping = False
        self._code = 0
        self._refusals = 0
        self._lock = threading.Lock()
        self._keeper = threading.Thread(target=self._keep, name="desk-keeper")
        self.deaths = 0

    def __enter__(self) -> Self:
        self._start()
        self._keeper.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def stop(self) -> None:
        """Kill it for good: whoever ends well after so many deaths need not end in order."""
        with self._lock:
            self._stopping = True
            if self._keeper.is_alive():
                signal.pidfd_send_signal(self._handle, signal.SIGKILL)
        self._keeper.join(DEADLINE_S)
        assert not self._keeper.is_alive(), "the desk did not end"
        assert self._code == -signal.SIGKILL, f"it ended with {self._code}:\n{self.log}"

    def kill(self) -> None:
        """Kill it, wherever it is, and wait until its next life begins."""
        with self._lock:
            deaths = self.deaths
            signal.pidfd_send_signal(self._handle, signal.SIGKILL)
        until_s = time.monotonic() + DEADLINE_S
        while self.deaths == deaths:
            assert time.monotonic() < until_s, self.log
            time.sleep(POLL_S)

    def arm(self) -> None:
        """Let points count from here on."""
        with self._lock:
            signal.pidfd_send_signal(self._handle, ARM)
        until_s = time.monotonic() + DEADLINE_S
        while ARMED not in self.passed(0):
            assert time.monotonic() < until_s
            time.sleep(POLL_S)

    @property
    def log(self) -> str:
        """What it has said in all its lives."""
        return (self._device.folder / "desk.log").read_text("utf-8")

    def passed(self, life: int) -> list[str]:
        """Give the points that it has passed in a life, counting from 0."""
        notes = self._notes(life)
        return notes.read_text("utf-8").splitlines() if notes.exists() else []

    def _notes(self, life: int) -> Path:
        return self._device.folder / f"points-{life}"

    def _start(self) -> None:
        self._pid = self._launcher.order(
            config=str(self._device.config),
            log=str(self._device.folder / "desk.log"),
            notes=str(self._notes(self.deaths)),
            fatal=self._fatal[self.deaths] if self.deaths < len(self._fatal) else None,
            armed=self._armed,
            forecast=self._forecast,
        )
        self._handle = os.pidfd_open(self._pid)

    def _keep(self) -> None:
        while True:
            select.select([self._handle], [], [])
            with self._lock:
                self._code = self._launcher.order(wait=self._pid)
                os.close(self._handle)
                if self._stopping or self._refusals > PATIENCE:
                    return
                if self._code == -signal.SIGKILL:
                    self._died()
                    self.deaths += 1
                    self._refusals = 0
                else:
                    # A child of the one before may hold its lock for a moment.
                    self._refusals += 1
                self._start()
