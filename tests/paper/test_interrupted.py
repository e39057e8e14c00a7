"""A desk that was killed in the middle of a command: the printer still waits for the rest of it."""

from __future__ import annotations

import os
import socket
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from appliance.drivers.printer import PrinterError, PrinterStatus
from appliance.drivers.printer_asked import COMPLETION
from appliance.drivers.printer_escpos import LONGEST_COMMAND, EscposWriter
from appliance.paper import Cut, Feed, Picture, Qr, Slip, Text
from demo.emulator.commands import take
from demo.emulator.glyphs import Glyphs
from demo.emulator.machine import Machine
from demo.emulator.parts import Parts
from tests.paper.attached import KINDS, PROFILE, driver, emulated

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from demo.emulator import PrinterEmulator

PATIENT_S = 2.0
BLACK = Picture(576, b"\xff" * 72 * 120)
BEFORE: Slip = (
    Text("A017", size=8),
    BLACK,
    Feed(),
    Qr("https://warten.example.org/n/7Hk29sQe3LmTzR4w"),
    Text("Bitte warten.", bold=True),
    Cut(),
)
AFTER: Slip = (Cut(), Text("B002", size=8), Qr("https://warten.example.org/n/B002"), Cut())
HALF = EscposWriter(PROFILE).write(BEFORE)


def after(command: bytes, more: int) -> int:
    return HALF.index(command) + len(command) + more


PLACES: dict[str, int] = {
    "in a picture": after(b"\x1dv0", 1000),
    "in the head of a picture": after(b"\x1dv0", 2),
    "in the last row of a picture": after(b"\x1dv0", 5 + 28 * 72 - 1),
    "in a QR code": after(b"\x1d(k", 40),
    "in what a QR code says": after(b"https://", 3),
    "in a text": after(b"Bitte", 0),
    "in a command with an argument": after(b"\x1bd", 0),
    "after a letter that commands": HALF.rindex(b"\x1dV") + 1,
}


@pytest.fixture(params=KINDS)
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def emulator(kind: str, tmp_path: Path) -> Iterator[PrinterEmulator]:
    # It may well complain of the command that was cut off, but of nothing after it.
    with emulated(kind, tmp_path, strict=False) as printer:
        yield printer


def killed_while_sending(kind: str, emulator: PrinterEmulator, folder: Path, data: bytes) -> None:
    """Send so much, and be no more."""
    if kind == "network":
        with socket.create_connection((emulator.host, emulator.port)) as connection:
            connection.sendall(data)
        return
    node = os.open(folder / "lp0", os.O_RDWR | os.O_NOCTTY)
    while data:
        data = data[os.write(node, data) :]
    os.close(node)


ANSWERS: dict[str, Callable[[PrinterEmulator], None]] = {
    "whatever it is doing": lambda _: None,
    "between commands only": lambda e: e.answer_between_commands(),
}


@pytest.mark.parametrize("answers", ANSWERS)
@pytest.mark.parametrize("place", PLACES)
def test_the_next_start_brings_the_printer_out_of_the_command(
    place: str, answers: str, kind: str, emulator: PrinterEmulator, tmp_path: Path
) -> None:
    ANSWERS[answers](emulator)
    killed_while_sending(kind, emulator, tmp_path, HALF[: PLACES[place]])
    driver(kind, emulator, tmp_path, PATIENT_S).print_slip(AFTER)
    assert emulator.slips[-1].text == "B002\n"
    assert emulator.slips[-1].codes == ("https://warten.example.org/n/B002",)
    assert all("A017" in slip.text for slip in emulator.slips[:-1])


def test_a_cable_pulled_in_the_middle_of_a_picture_spoils_only_that_slip(
    kind: str, emulator: PrinterEmulator, tmp_path: Path
) -> None:
    printer = driver(kind, emulator, tmp_path, PATIENT_S)
    assert [printer.status(), printer.status()] == [PrinterStatus.READY] * 2
    emulator.reset_connections(after_bytes=12 + PLACES["in a picture"])
    with pytest.raises(PrinterError) as failure:
        printer.print_slip(BEFORE)
    assert (failure.value.status, failure.value.printed) == (PrinterStatus.GONE, None)
    emulator.recover()
    printer.print_slip((Text("B002", size=8), Cut()))
    assert emulator.slips[-1].text == "B002\n"
    assert "A017" in emulator.slips[0].text


def test_a_desk_that_starts_without_paper_does_not_fill_the_printer_with_zeros(
    kind: str, emulator: PrinterEmulator, tmp_path: Path
) -> None:
    emulator.paper.run_out()
    printer = driver(kind, emulator, tmp_path, PATIENT_S)
    assert [printer.status() for _ in range(5)] == [PrinterStatus.PAPER_OUT] * 5
    emulator.paper.load()
    printer.print_slip((Text("A017"), Cut()))
    assert emulator.slips[-1].text == "A017\n"


def machine() -> Machine:
    return Machine(Parts(lambda: None), Glyphs(), 576)


def comes_out(*data: bytes) -> Machine:
    printer = machine()
    for piece in data:
        printer.receive(piece)
    return printer


NEXT = EscposWriter(PROFILE).write(AFTER)
AS_IT_SHOULD_BE = comes_out(NEXT).slips[-1]


@settings(deadline=None)
@given(st.integers(0, len(HALF) - 1))
def test_wherever_a_slip_was_cut_off_the_next_one_is_the_same_dot_by_dot(cut: int) -> None:
    printer = comes_out(HALF[:cut], COMPLETION, NEXT)
    assert printer.slips[-1].image.tobytes() == AS_IT_SHOULD_BE.image.tobytes()
    assert printer.slips[-1].codes == AS_IT_SHOULD_BE.codes


def test_between_commands_it_prints_nothing_and_moves_no_paper() -> None:
    printer = comes_out(COMPLETION * 3, EscposWriter(PROFILE).write((Text("A017"), Cut())))
    alone = comes_out(EscposWriter(PROFILE).write((Text("A017"), Cut())))
    assert printer.slips[0].image.tobytes() == alone.slips[0].image.tobytes()
    assert not printer.faults


def test_no_command_of_a_slip_is_longer_than_what_ends_it() -> None:
    data = EscposWriter("simple").write((*BEFORE, Picture(8, b"\x01" * 9000), Cut()))
    lengths = []
    while command := take(data):
        lengths.append(command.length)
        data = data[command.length :]
    assert max(length for length in lengths) <= LONGEST_COMMAND


def test_a_picture_in_bands_is_the_same_picture() -> None:
    rows = bytes((row * 7 + column) % 251 for row in range(300) for column in range(72))
    writer = EscposWriter(PROFILE)
    (banded,) = comes_out(writer.write((Picture(576, rows), Cut()))).slips
    whole = b"\x1b@\x1dv0\0" + bytes((72, 0, 44, 1)) + rows + b"\x1dVB\0"
    assert banded.image.tobytes() == comes_out(whole).slips[0].image.tobytes()


@given(st.binary(min_size=1, max_size=400))
def test_no_picture_holds_what_a_printer_obeys_at_once(dots: bytes) -> None:
    rows = dots.replace(b"\xaa", b"\x10\x04\x01") + b"\x10\x14\x08\x10\x05\x02\x10\x10\x04\x04"
    picture = Picture(8, rows)
    data = EscposWriter(PROFILE).write((picture, Cut()))
    assert not [command for command in (b"\x10\x04", b"\x10\x05", b"\x10\x14") if command in data]
    assert not machine().receive(data)
