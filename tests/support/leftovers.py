"""What a test left running: threads of ours, and processes of ours and of our children.

A process whose parent died is handed to init, where nobody would look for it. So the test session
makes itself the one to inherit such orphans (`PR_SET_CHILD_SUBREAPER`, see prctl(2)): a demo that
ends and forgets its broker is found out.
"""

from __future__ import annotations

import ctypes
import os
import select
import signal
import threading
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

_PR_SET_CHILD_SUBREAPER: Final = 36


def adopt_orphans() -> None:
    """Have processes whose parent dies become children of this one.

    Raises:
        OSError: The kernel refused.
    """
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "prctl(PR_SET_CHILD_SUBREAPER)")


@dataclass(frozen=True, slots=True)
class Running:
    """What runs at one moment.

    Args:
        threads: All threads of this process.
        children: Process ids of all its children, dead ones that nobody waited for included.
    """

    threads: frozenset[threading.Thread]
    children: frozenset[int]

    @classmethod
    def now(cls) -> Running:
        """Look."""
        return cls(frozenset(filter(_is_ours, threading.enumerate())), frozenset(_children()))


def left_since(before: Running, grace_s: float) -> list[str]:
    """Name what runs now and did not before, after waiting up to `grace_s` for it to end.

    Processes that are left are killed, so that only the test that left them fails.
    """
    deadline = time.monotonic() + grace_s
    left = [
        f"thread {thread.name!r}"
        for thread in sorted(Running.now().threads - before.threads, key=lambda t: t.name)
        if not _ended(thread, deadline)
    ]
    # Killing a process hands us its children: look until nothing new turns up.
    while new := frozenset(_children()) - before.children:
        for pid in sorted(new):
            if not _exited(pid, deadline):
                left.append(f"process {pid}: {_command_line(pid)}")
                os.kill(pid, signal.SIGKILL)
            with suppress(ChildProcessError):
                os.waitpid(pid, 0)
    return left


def _is_ours(thread: threading.Thread) -> bool:
    # A dummy stands for a thread of some C library that once called Python; it never goes away.
    return not isinstance(thread, threading._DummyThread)  # noqa: SLF001  (there is no public name)


def _children() -> list[int]:
    me = os.getpid()
    return [int(p.name) for p in Path("/proc").glob("[0-9]*") if _parent(p) == me]


def _parent(process: Path) -> int | None:
    try:
        stat = (process / "stat").read_text("ascii", "replace")
    except (FileNotFoundError, ProcessLookupError):
        return None
    # Its name, in brackets, may hold anything; the fields after it are state and parent.
    return int(stat.rpartition(")")[2].split()[1])


def _ended(thread: threading.Thread, deadline: float) -> bool:
    thread.join(max(0.0, deadline - time.monotonic()))
    return not thread.is_alive()


def _exited(pid: int, deadline: float) -> bool:
    try:
        handle = os.pidfd_open(pid)
    except ProcessLookupError:
        return True
    try:
        # select and not poll: it takes seconds, and the test session has few files open.
        ready, _, _ = select.select([handle], [], [], max(0.0, deadline - time.monotonic()))
    finally:
        os.close(handle)
    return bool(ready)


def _command_line(pid: int) -> str:
    try:
        raw = Path(f"/proc/{pid}/cmdline").read_bytes()
    except (FileNotFoundError, ProcessLookupError):
        return "(gone)"
    return raw.replace(b"\0", b" ").decode("utf-8", "replace").strip()
