"""The demo's small systemd leaves nothing behind, whenever it is interrupted."""

from __future__ import annotations

import os
import signal
from typing import TYPE_CHECKING

import pytest

from demo import supervisor
from demo.supervisor import Supervisor

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Mapping, Sequence
    from pathlib import Path
    from typing import IO


def test_interrupted_just_after_a_start_it_ends_what_it_started(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    spawn = supervisor._spawn  # noqa: SLF001  (the moment between it and what follows)

    def spawn_and_interrupt(
        command: Sequence[str], environment: Mapping[str, str], log: IO[bytes]
    ) -> subprocess.Popen[bytes]:
        started = spawn(command, environment, log)
        os.kill(os.getpid(), signal.SIGINT)
        return started

    monkeypatch.setattr(supervisor, "_spawn", spawn_and_interrupt)
    # Whoever runs the tests in the background may have had it ignored.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    interrupted = pytest.raises(KeyboardInterrupt)
    with interrupted, Supervisor(tmp_path, tmp_path, lambda _: None) as processes:
        processes.start("sleeper", ["sleep", "60"], tells_ready=False)
    signal.signal(signal.SIGINT, before)
    # That it left no process behind is looked at after every test.
