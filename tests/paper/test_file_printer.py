"""Printers behind a path: a file, a pipe, a device that is not there."""

from __future__ import annotations

import os
import uuid
from pathlib import Path

import pytest

from appliance.drivers.printer import PrinterError, PrinterStatus
from appliance.drivers.printer_file import FilePrinter
from appliance.paper import Cut, Slip, Text

SLIP: Slip = (Text("A017", size=8), Cut())
CUT = b"\x1dVB\x00"


def test_slips_follow_each_other_in_the_file(tmp_path: Path) -> None:
    path = tmp_path / "slips.bin"
    printer = FilePrinter(path)
    printer.print_slip(SLIP)
    printer.print_slip(SLIP)
    assert path.read_bytes().count(b"A017\n") == 2
    assert path.read_bytes().endswith(CUT)


def test_a_file_that_can_be_written_is_ready(tmp_path: Path) -> None:
    assert FilePrinter(tmp_path / "slips.bin").status() is PrinterStatus.READY


def test_a_folder_that_is_not_there_is_a_printer_that_is_gone(tmp_path: Path) -> None:
    printer = FilePrinter(tmp_path / "nowhere" / "slips.bin")
    assert printer.status() is PrinterStatus.GONE
    with pytest.raises(PrinterError) as failure:
        printer.print_slip(SLIP)
    assert (failure.value.status, failure.value.printed) == (PrinterStatus.GONE, False)


def test_a_device_that_is_unplugged_is_not_replaced_by_a_file() -> None:
    path = Path(f"/dev/lobby-test-{uuid.uuid4().hex}")
    try:
        assert FilePrinter(path).status() is PrinterStatus.GONE
        assert not path.exists()
    finally:
        path.unlink(missing_ok=True)


def test_a_pipe_that_nobody_reads_is_gone(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "lp0")
    assert FilePrinter(tmp_path / "lp0").status() is PrinterStatus.GONE


def test_a_device_that_takes_no_more_bytes_leaves_the_slip_unknown(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "lp0")
    reader = os.open(tmp_path / "lp0", os.O_RDONLY | os.O_NONBLOCK)
    long: Slip = (*(Text("Zeile " * 8) for _ in range(2000)), Cut())
    try:
        with pytest.raises(PrinterError) as failure:
            FilePrinter(tmp_path / "lp0", timeout_s=0.2).print_slip(long)
    finally:
        os.close(reader)
    assert (failure.value.status, failure.value.printed) == (PrinterStatus.UNKNOWN, None)


def test_a_disk_that_is_full_is_told() -> None:
    with pytest.raises(PrinterError) as failure:
        FilePrinter(Path("/dev/full")).print_slip(SLIP)
    assert failure.value.printed is None
    assert "No space" in str(failure.value)
