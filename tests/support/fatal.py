"""Starts desks that die at a point of the test's choice: `python -m tests.support.fatal`.

A point is the moment before or after a statement of the database, a synced or renamed file, bytes
to the printer, a message published or acknowledged. At the chosen one the process sends itself
SIGKILL. It is the desk as `lobby run desk` runs it, and nothing in it knows of this: what it calls
is wrapped from outside.

Most of the half second that a desk takes to start goes into imports. A test that kills hundreds
has them done once, here, and each desk is a fork of this process.
"""

from __future__ import annotations

import functools
import importlib
import json
import os
import shutil
import signal
import socket
import sys
import threading
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import apsw

from appliance import cli
from appliance.bus.link import Link, Received

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import FrameType

PREPARED: Final = (
    "appliance.config",
    "appliance.desk.loop",
    "appliance.display.slip",
    "appliance.drivers.buttons",
    "appliance.drivers.clock",
    "appliance.drivers.printer_network",
    "appliance.running",
    "appliance.desk.slips",
    "appliance.wiring.attached",
    "appliance.wiring.lobby",
    "escpos.printer",
)
ARMED: Final = "armed"
ARM: Final = signal.SIGUSR1
FILE_CALLS: Final = ("fdatasync", "fsync", "pwrite", "rename", "replace")
QUESTION_BYTES: Final = 3


class Points:
    """The points that a process passes, each with the thread's name and how often it came by.

    Args:
        notes: Where each is written, one a line, as it is passed.
        fatal: The last one; None: it lives.
        armed: They count from the start; else from the signal `ARM` on.
    """

    def __init__(self, notes: Path, fatal: str | None, *, armed: bool) -> None:
        self._notes = os.open(notes, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        self._fatal = fatal
        self._armed = armed
        self._passed = Counter[str]()
        self._lock = threading.Lock()

    def arm(self, _signal: int, _frame: FrameType | None) -> None:
        """Count from now on."""
        os.write(self._notes, f"{ARMED}\n".encode())
        self._armed = True

    def here(self, what: str) -> None:
        """Pass a point, or not."""
        if not self._armed:
            return
        name = f"{threading.current_thread().name}: {what}"
        with self._lock:
            self._passed[name] += 1
            name = f"{name}, {self._passed[name]}"
        if name == self._fatal:
            os.kill(os.getpid(), signal.SIGKILL)
        os.write(self._notes, f"{name}\n".encode())

    def around(self, what: str, call: Callable[..., Any]) -> Callable[..., Any]:
        """Give `call` with a point before and one after it."""

        @functools.wraps(call)
        def wrapped(*args: Any, **named: Any) -> Any:  # noqa: ANN401  (whatever it is)
            self.here(f"before {what}")
            result = call(*args, **named)
            self.here(f"after {what}")
            return result

        return wrapped

    def watch_statements(self, connection: apsw.Connection) -> None:
        """Have a point before and after each statement of a database."""

        def traced(event: dict[str, Any]) -> None:
            when = "before" if event["code"] == apsw.SQLITE_TRACE_STMT else "after"
            self.here(f"{when} {' '.join(str(event['sql']).split())}")

        connection.trace_v2(apsw.SQLITE_TRACE_STMT | apsw.SQLITE_TRACE_PROFILE, traced)

    def watch_bus(self) -> None:
        """Have points around messages, but for the beats, which come with the time."""
        publish = Link.publish

        def watched(link: Link, topic: str, *args: Any, **named: Any) -> int:  # noqa: ANN401
            if "/proc/" in topic:
                return publish(link, topic, *args, **named)
            kind = "reply" if "/reply/" in topic else topic.rpartition("/")[2]
            return int(self.around(f"publish {kind}", publish)(link, topic, *args, **named))

        acknowledge = Link.acknowledge

        def acknowledging(link: Link, received: Received) -> None:
            if "/proc/" in received.topic:
                acknowledge(link, received)
            else:
                self.around("acknowledge", acknowledge)(link, received)

        setattr(Link, "publish", watched)  # noqa: B010  (mypy forbids to assign to a method)
        setattr(Link, "acknowledge", acknowledging)  # noqa: B010  (the same)

    def watch_printer(self) -> None:
        """Have points around what is sent to the printer, and one in the middle of a slip."""
        send = socket.socket.sendall

        def watched(sock: socket.socket, data: bytes) -> None:
            if sock.family != socket.AF_INET:
                send(sock, data)
            elif len(data) <= QUESTION_BYTES:
                self.here("before a question to the printer")
                send(sock, data)
            else:
                self.here("before a slip")
                send(sock, data[: len(data) // 2])
                self.here("in the middle of a slip")
                send(sock, data[len(data) // 2 :])
                self.here("after a slip")

        setattr(socket.socket, "sendall", watched)  # noqa: B010  (as above)

    def watch_files(self) -> None:
        """Have points around what is written beside the database."""
        for name in FILE_CALLS:
            setattr(os, name, self.around(name, getattr(os, name)))


def main() -> int:
    """Do what is ordered, one JSON line each, until there are no more orders."""
    for module in PREPARED:
        importlib.import_module(module)
    for order in sys.stdin:
        asked = json.loads(order)
        if "wait" in asked:
            _, status = os.waitpid(asked["wait"], 0)
            said = os.waitstatus_to_exitcode(status)
        else:
            said = os.fork() or _desk(**asked)
        sys.stdout.write(f"{said}\n")
        sys.stdout.flush()
    return 0


def _desk(
    *, config: str, log: str, notes: str, fatal: str | None, armed: bool, forecast: bool
) -> int:
    """Be a desk; does not come back."""
    code = 1
    try:
        said = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        nothing = os.open(os.devnull, os.O_RDONLY)
        for ours, theirs in ((nothing, 0), (said, 1), (said, 2)):
            os.dup2(ours, theirs)
        if not forecast:
            # Its process takes longer to start than many of these desks live.
            sys.executable = shutil.which("false") or ""
        points = Points(Path(notes), fatal, armed=armed)
        signal.signal(ARM, points.arm)
        points.watch_bus()
        points.watch_printer()
        points.watch_files()
        apsw.connection_hooks.append(points.watch_statements)
        code = cli.main(["run", "desk", "--config", config])
    finally:
        # Not into the launcher's loop, nor its buffers.
        sys.stderr.flush()
        os._exit(code)


if __name__ == "__main__":
    sys.exit(main())
