"""A small systemd: starts processes, hears when they are ready, starts them again when they die.

It speaks the notify protocol (sd_notify(3)), so a process does here what it does on a Pi. Each gets
a session of its own: Ctrl-C is for the demo, which ends them in order.
"""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import IO, TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path
    from types import TracebackType
    from typing import Self

LOOK_EVERY_S = 0.05
RESTART_AFTER_S = 0.5
ON_PURPOSE_S = float("-inf")
"""When a process that was held is due: at once, and it counts as nobody's misfortune."""
STEADY_S = 5.0
"""What dies sooner than this after its start dies of the same: that was told already."""
TERM_S = 5.0
STOP_S = 10.0


class NotReadyError(Exception):
    """A process did not become ready."""

    def __init__(self, name: str, said: str) -> None:
        self.name = name
        self.said = said
        super().__init__(f"'{name}' did not get ready: {said or 'it said nothing'}")


@dataclass(slots=True)
class _Child:
    name: str
    command: tuple[str, ...]
    environment: dict[str, str]
    log: IO[bytes]
    notify: socket.socket | None
    process: subprocess.Popen[bytes]
    ready: threading.Event = field(default_factory=threading.Event)
    restart_at_s: float | None = None
    started_s: float = field(default_factory=time.monotonic)
    restarts: int = 0
    left: bool = False
    held: bool = False


class Supervisor:
    """Keeps processes running; as a context manager it leaves none behind.

    Args:
        logs: Folder for what they say.
        run: Folder for their notify sockets; short, as it holds sockets.
        died: Called with the name of each process that died and will be started again; once for
            one that dies again and again.
    """

    def __init__(self, logs: Path, run: Path, died: Callable[[str], None]) -> None:
        self._logs = logs
        self._run = run
        self._died = died
        self._children: dict[str, _Child] = {}
        self._guard = threading.Lock()
        self._stop = threading.Event()
        self._closing = ExitStack()
        # A signal interrupts the main thread wherever it is, between a process that was just
        # started and its being noted too; it interrupts no other.
        self._starter = ThreadPoolExecutor(1, "starter")
        self._thread = threading.Thread(target=self._watch, name="supervisor", daemon=True)

    def __enter__(self) -> Self:
        self._logs.mkdir(parents=True, exist_ok=True)
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._starter.shutdown()
        self._stop.set()
        self._thread.join(STOP_S)
        # The last started first: the broker goes when nobody needs it any more.
        for child in reversed(self._children.values()):
            _end(child.process)
        self._closing.close()

    @property
    def pids(self) -> list[int]:
        """The process ids of those that run now."""
        return [child.process.pid for child in self._children.values()]

    @property
    def restarts(self) -> dict[str, int]:
        """How often each process was started again."""
        return {name: child.restarts for name, child in self._children.items()}

    def has_left(self, name: str) -> bool:
        """Whether a process ended by itself and in order, as the board does with its window."""
        return self._children[name].left

    def start(
        self,
        name: str,
        command: Sequence[str],
        *,
        environment: Mapping[str, str] | None = None,
        tells_ready: bool = True,
    ) -> None:
        """Start a process and keep it running.

        Args:
            name: For logs and `kill`.
            command: Program and arguments.
            environment: Added to ours.
            tells_ready: It speaks the notify protocol.
        """
        log = self._closing.enter_context((self._logs / f"{name}.log").open("ab"))
        added = dict(environment or {})
        notify = None
        if tells_ready:
            path = self._run / f"{name}.notify"
            notify = self._closing.enter_context(socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM))
            notify.setblocking(False)  # noqa: FBT003  (the socket's own form)
            notify.bind(str(path))
            added["NOTIFY_SOCKET"] = str(path)
        full = {**os.environ, **added}

        def begin() -> None:
            process = _spawn(command, full, log)
            child = _Child(name, tuple(command), full, log, notify, process)
            with self._guard:
                self._children[name] = child

        self._starter.submit(begin).result()

    def wait_ready(self, name: str, timeout_s: float) -> None:
        """Wait until a process says that it works.

        Raises:
            NotReadyError: It did not in time, or died; the error holds the last line that it said.
        """
        child = self._children[name]
        until_s = time.monotonic() + timeout_s
        while not child.ready.wait(LOOK_EVERY_S):
            if child.restart_at_s is not None or time.monotonic() > until_s:
                raise NotReadyError(name, self.last_words(name))

    def last_words(self, name: str) -> str:
        """Give the last line in a process's log."""
        lines = (self._logs / f"{name}.log").read_text("utf-8", "replace").splitlines()
        return lines[-1] if lines else ""

    def kill(self, name: str) -> None:
        """Kill a process with SIGKILL, as a crash does."""
        self._children[name].process.kill()

    def is_ready(self, name: str) -> bool:
        """Whether a process that says so is at work now."""
        return self._children[name].ready.is_set()

    def hold(self, name: str) -> None:
        """Kill a process, and do not start it again before `let_go`. Twice is fine."""
        child = self._children[name]
        child.held = True
        child.process.kill()

    def let_go(self, name: str) -> None:
        """Have a process that was held started again."""
        self._children[name].held = False

    def holds(self, name: str) -> bool:
        """Whether a process is held."""
        return self._children[name].held

    def _watch(self) -> None:
        while not self._stop.wait(LOOK_EVERY_S):
            with self._guard:
                children = list(self._children.values())
            for child in children:
                self._hear(child)
                self._mend(child)

    def _hear(self, child: _Child) -> None:
        if child.notify is None:
            return
        with contextlib.suppress(BlockingIOError):
            while True:
                if b"READY=1" in child.notify.recv(4096).splitlines():
                    child.ready.set()

    def _mend(self, child: _Child) -> None:
        if child.left or child.process.poll() is None:
            return
        if child.held:
            child.restart_at_s = ON_PURPOSE_S
            child.ready.clear()
            return
        if child.process.returncode == 0:
            child.left = True
            return
        now_s = time.monotonic()
        if child.restart_at_s is None:
            child.restart_at_s = now_s + RESTART_AFTER_S
            child.ready.clear()
            if child.restarts == 0 or now_s - child.started_s >= STEADY_S:
                self._died(child.name)
        elif now_s >= child.restart_at_s:
            if child.restart_at_s != ON_PURPOSE_S:
                child.restarts += 1
            child.restart_at_s = None
            child.started_s = now_s
            child.process = _spawn(child.command, child.environment, child.log)


def _spawn(
    command: Sequence[str], environment: Mapping[str, str], log: IO[bytes]
) -> subprocess.Popen[bytes]:
    return subprocess.Popen(  # noqa: S603  (our own programs)
        command,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=log,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )


def _end(process: subprocess.Popen[bytes]) -> None:
    """End a process in order, and by force when it does not go."""
    process.terminate()
    try:
        process.wait(TERM_S)
    except subprocess.TimeoutExpired:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
