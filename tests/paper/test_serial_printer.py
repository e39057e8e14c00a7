"""What only a printer at a serial line, or at a node, can do wrong."""

from __future__ import annotations

import fcntl
import os
import pty
import termios
import tty
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from appliance.drivers.printer import PrinterError, PrinterStatus
from appliance.drivers.printer_escpos import EscposWriter
from appliance.drivers.printer_serial import Flow, SerialPrinter
from appliance.drivers.printer_usb import UsbPrinter
from appliance.paper import Cut, Picture, Slip, Text
from demo.emulator import PrinterEmulator

if TYPE_CHECKING:
    from collections.abc import Iterator

PATIENT_S = 10.0
IMPATIENT_S = 0.3
SLIP: Slip = (Text("A017", size=8), Cut())
INPUT, OUTPUT, CONTROL, LOCAL, SPEED = 0, 1, 2, 3, 5


@contextmanager
def line() -> Iterator[tuple[int, Path]]:
    """Give a line with nobody at the far end, and its name."""
    far, near = pty.openpty()
    tty.setraw(near)
    try:
        yield near, Path(os.ttyname(near))
    finally:
        os.close(far)
        os.close(near)


@pytest.mark.parametrize(
    ("flow", "control", "incoming"),
    [
        (Flow.RTS_CTS, termios.CRTSCTS, 0),
        (Flow.XON_XOFF, 0, termios.IXON),
        (Flow.NONE, 0, 0),
    ],
)
def test_the_line_is_set_up_as_told_and_changes_no_byte(
    flow: Flow, control: int, incoming: int
) -> None:
    with line() as (near, path):
        SerialPrinter(path, baud=38400, flow=flow, timeout_s=IMPATIENT_S).status()
        found = termios.tcgetattr(near)
        assert found[CONTROL] & (termios.CRTSCTS | termios.CSIZE) == control | termios.CS8
        assert not found[CONTROL] & (termios.PARENB | termios.CSTOPB | termios.HUPCL)
        assert found[INPUT] == incoming
        assert not found[OUTPUT] & termios.OPOST
        assert not found[LOCAL] & (termios.ECHO | termios.ICANON | termios.ISIG)
        assert found[SPEED] == termios.B38400


def test_a_speed_that_no_printer_has_is_refused() -> None:
    with pytest.raises(ValueError, match="there is 9600, 19200"):
        SerialPrinter(Path("/dev/ttyUSB0"), baud=300)


def test_a_line_that_another_program_holds_is_a_printer_that_is_gone() -> None:
    with nobody(), line() as (near, path):
        fcntl.ioctl(near, termios.TIOCEXCL)
        printer = SerialPrinter(path, timeout_s=IMPATIENT_S)
        assert printer.status() is PrinterStatus.GONE
        with pytest.raises(PrinterError, match="busy"):
            printer.print_slip(SLIP)


@contextmanager
def nobody() -> Iterator[None]:
    """Be somebody to whom it matters who holds a line: to root it does not (TIOCEXCL)."""
    # What python-escpos reads at its first slip, nobody may be allowed to read.
    EscposWriter().write(SLIP)
    user = os.geteuid()
    if user == 0:
        os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(user)


def test_what_is_no_terminal_is_no_serial_line(tmp_path: Path) -> None:
    (tmp_path / "ttyUSB0").touch()
    printer = SerialPrinter(tmp_path / "ttyUSB0", timeout_s=IMPATIENT_S)
    assert printer.status() is PrinterStatus.GONE
    with pytest.raises(PrinterError, match="ioctl"):
        printer.print_slip(SLIP)


@pytest.mark.parametrize("kind", [SerialPrinter, UsbPrinter])
def test_a_printer_that_was_pulled_out_is_gone_and_no_file_takes_its_place(
    kind: type[SerialPrinter | UsbPrinter], tmp_path: Path
) -> None:
    printer = kind(tmp_path / "lp0", timeout_s=IMPATIENT_S)
    assert printer.status() is PrinterStatus.GONE
    with pytest.raises(PrinterError) as failure:
        printer.print_slip(SLIP)
    assert (failure.value.status, failure.value.printed) == (PrinterStatus.GONE, False)
    assert list(tmp_path.iterdir()) == []


def test_an_answer_from_before_is_not_taken_for_one_to_the_next_question(tmp_path: Path) -> None:
    # On a node the answer that came too late still lies there when the next question is asked.
    with PrinterEmulator(node=tmp_path / "lp0") as emulator:
        patient = UsbPrinter(tmp_path / "lp0", timeout_s=PATIENT_S)
        hasty = UsbPrinter(tmp_path / "lp0", timeout_s=IMPATIENT_S)
        assert [patient.status(), hasty.status()] == [PrinterStatus.READY] * 2
        emulator.answer_late(2 * IMPATIENT_S)
        assert hasty.status() is PrinterStatus.UNKNOWN
        emulator.recover()
        emulator.paper.run_out()
        assert hasty.status() is PrinterStatus.PAPER_OUT


def test_the_bytes_of_a_picture_are_given_the_time_that_they_need_on_the_line(
    tmp_path: Path,
) -> None:
    picture = Picture(576, b"\x55" * 72 * 300)
    with PrinterEmulator(node=tmp_path / "lp0") as emulator:
        printer = SerialPrinter(
            tmp_path / "lp0", baud=9600, flow=Flow.NONE, profile="TM-T20II", timeout_s=PATIENT_S
        )
        printer.print_slip((picture, Cut()))
        assert emulator.slips[0].image.height > 300
