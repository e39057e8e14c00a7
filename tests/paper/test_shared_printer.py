"""One slip at a time on one printer, whoever prints."""

from __future__ import annotations

import fcntl
import os
import signal
import subprocess
import sys
import threading
from typing import TYPE_CHECKING

import pytest

from appliance.drivers.printer import PrinterStatus
from appliance.drivers.printer_shared import FILE, PrinterInUseError, SharedPrinter
from appliance.paper import Cut, Text

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from appliance import paper

SLIP = (Text("A001"), Cut())
HOLDS = """\
import fcntl, os, sys, time
handle = os.open(sys.argv[1], os.O_RDONLY)
fcntl.flock(handle, fcntl.LOCK_EX)
print("held", flush=True)
time.sleep(600)
"""


class SlowPrinter:
    """A printer that notices whoever comes while it prints."""

    def __init__(self) -> None:
        self.at_work = 0
        self.most = 0
        self.slips = 0
        self._guard = threading.Lock()
        self._pause = threading.Event()

    def status(self) -> PrinterStatus:
        self._work()
        return PrinterStatus.READY

    def print_slip(self, slip: paper.Slip) -> PrinterStatus:  # noqa: ARG002  (as the contract has it)
        self._work()
        self.slips += 1
        return PrinterStatus.READY

    def _work(self) -> None:
        with self._guard:
            self.at_work += 1
            self.most = max(self.most, self.at_work)
        self._pause.wait(0.01)
        with self._guard:
            self.at_work -= 1


@pytest.fixture
def somebody(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    """Another program that has the printer, and never lets go."""
    (tmp_path / FILE).touch()
    command = [sys.executable, "-c", HOLDS, str(tmp_path / FILE)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as holding:
        assert holding.stdout is not None
        assert holding.stdout.readline() == "held\n"
        yield holding
        holding.kill()


def test_nobody_prints_into_the_slip_of_another(tmp_path: Path) -> None:
    printer = SlowPrinter()

    def work() -> None:
        ours = SharedPrinter(printer, tmp_path)
        for _ in range(10):
            ours.print_slip(SLIP)
            ours.status()

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert (printer.slips, printer.most) == (30, 1)


def test_who_does_not_let_go_is_told_and_nothing_is_sent(
    tmp_path: Path, somebody: subprocess.Popen[str]
) -> None:
    printer = SlowPrinter()
    ours = SharedPrinter(printer, tmp_path, wait_s=0.1)
    with pytest.raises(PrinterInUseError, match="try again in a minute") as raised:
        ours.print_slip(SLIP)
    assert raised.value.printed is False
    assert ours.status() is PrinterStatus.UNKNOWN
    assert printer.slips == 0
    # A lock ends with its process, however that ends.
    somebody.send_signal(signal.SIGKILL)
    somebody.wait()
    assert ours.print_slip(SLIP) is PrinterStatus.READY


def test_the_lock_can_be_had_by_another_user_whatever_the_umask(tmp_path: Path) -> None:
    before = os.umask(0o077)
    try:
        SharedPrinter(SlowPrinter(), tmp_path).print_slip(SLIP)
    finally:
        os.umask(before)
    assert (tmp_path / FILE).stat().st_mode & 0o777 == 0o644


def test_without_a_folder_there_is_no_desk_to_wait_for(tmp_path: Path) -> None:
    printer = SlowPrinter()
    SharedPrinter(printer, tmp_path / "nothing").print_slip(SLIP)
    assert printer.slips == 1
    assert list(tmp_path.iterdir()) == []


def test_where_no_file_can_be_made_the_folder_is_locked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = os.open

    def read_only(path: Path, flags: int, mode: int = 0o777) -> int:
        if flags & os.O_CREAT:
            raise OSError(30, "Read-only file system")
        return real(path, flags, mode)

    monkeypatch.setattr(os, "open", read_only)
    handle = real(tmp_path, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        with pytest.raises(PrinterInUseError):
            SharedPrinter(SlowPrinter(), tmp_path, wait_s=0.05).print_slip(SLIP)
    finally:
        os.close(handle)
