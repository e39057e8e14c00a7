"""A printer at its worst: what each real driver makes of it, and that it always comes back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from appliance.drivers.printer import PrinterError, PrinterStatus
from appliance.paper import Align, Cut, Feed, Slip, Text
from tests.paper.attached import KINDS, driver, emulated

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from appliance.drivers.printer_asked import PortPrinter
    from demo.emulator import PrinterEmulator

# Long enough for a good answer on a busy machine, short enough to wait for a bad one.
IMPATIENT_S = 0.8
PATIENT_S = 10.0
SLIP: Slip = (
    Text("Jobcenter", bold=True, align=Align.CENTER),
    Text("A017", size=8, align=Align.CENTER),
    *(Text(f"Zeile {number} von zwanzig, damit es ein langer Zettel wird") for number in range(20)),
    Feed(),
    Cut(),
)
# The questions before a slip take 12 bytes: at byte 400 a connection is in the middle of it.
MIDDLE = 400

Fault = tuple["Callable[[PrinterEmulator], None]", PrinterStatus]


@pytest.fixture(params=KINDS)
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def emulator(kind: str, tmp_path: Path) -> Iterator[PrinterEmulator]:
    with emulated(kind, tmp_path) as printer:
        yield printer


@pytest.fixture
def printer(kind: str, emulator: PrinterEmulator, tmp_path: Path) -> PortPrinter:
    """A driver that waits long, because the machine that runs tests may be busy."""
    return met(driver(kind, emulator, tmp_path, PATIENT_S))


@pytest.fixture
def impatient(kind: str, emulator: PrinterEmulator, tmp_path: Path) -> PortPrinter:
    return met(driver(kind, emulator, tmp_path, IMPATIENT_S))


def met(printer: PortPrinter) -> PortPrinter:
    """Give a driver that has met its printer while that was well.

    Asked twice: when the second answer comes, all that came with the first question is read.
    """
    assert [printer.status(), printer.status()] == [PrinterStatus.READY] * 2
    return printer


FROM_THE_START: dict[str, Fault] = {
    "accepts and never reads": (lambda e: e.stall(), PrinterStatus.UNKNOWN),
    "reads and never answers": (lambda e: e.mute(), PrinterStatus.UNKNOWN),
    "falls silent between questions": (lambda e: e.mute(after_bytes=6), PrinterStatus.UNKNOWN),
    "answers letters": (lambda e: e.garble(b"HTTP/1.1 400"), PrinterStatus.UNKNOWN),
    "answers ones": (lambda e: e.garble(b"\xff" * 100), PrinterStatus.UNKNOWN),
    "answers zeros": (lambda e: e.garble(b"\x00" * 40), PrinterStatus.UNKNOWN),
    "refuses": (lambda e: e.refuse(), PrinterStatus.GONE),
    "resets at once": (lambda e: e.reset_connections(), PrinterStatus.GONE),
    "resets between questions": (lambda e: e.reset_connections(after_bytes=3), PrinterStatus.GONE),
}


@pytest.mark.parametrize("name", FROM_THE_START)
def test_a_bad_printer_is_told_and_nothing_of_the_slip_is_sent(
    name: str, emulator: PrinterEmulator, impatient: PortPrinter
) -> None:
    misbehave, status = FROM_THE_START[name]
    misbehave(emulator)
    assert impatient.status() is status
    with pytest.raises(PrinterError) as failure:
        impatient.print_slip(SLIP)
    assert (failure.value.status, failure.value.printed) == (status, False)
    assert not emulator.slips


IN_THE_MIDDLE: dict[str, Fault] = {
    "stops reading": (lambda e: e.stall(after_bytes=MIDDLE), PrinterStatus.UNKNOWN),
    "stops answering": (lambda e: e.mute(after_bytes=MIDDLE), PrinterStatus.UNKNOWN),
    "resets": (lambda e: e.reset_connections(after_bytes=MIDDLE), PrinterStatus.GONE),
    "runs out of paper": (lambda e: e.paper.run_out(after_mm=30), PrinterStatus.PAPER_OUT),
    "is opened": (lambda e: e.cover.open(after_mm=30), PrinterStatus.COVER_OPEN),
    "has a stuck cutter": (lambda e: e.cutter.jam(), PrinterStatus.CUTTER_ERROR),
    "becomes too hot": (lambda e: e.head.overheat(after_mm=30), PrinterStatus.OVERHEATED),
}


@pytest.mark.parametrize("name", IN_THE_MIDDLE)
def test_a_printer_that_fails_in_the_middle_leaves_the_slip_unknown(
    name: str, emulator: PrinterEmulator, impatient: PortPrinter
) -> None:
    misbehave, status = IN_THE_MIDDLE[name]
    misbehave(emulator)
    with pytest.raises(PrinterError) as failure:
        impatient.print_slip(SLIP)
    assert (failure.value.status, failure.value.printed) == (status, None)


@pytest.mark.parametrize("name", [*FROM_THE_START, *IN_THE_MIDDLE])
def test_after_any_fault_the_next_slip_comes_out_whole(
    name: str, emulator: PrinterEmulator, impatient: PortPrinter, printer: PortPrinter
) -> None:
    misbehave, _ = {**FROM_THE_START, **IN_THE_MIDDLE}[name]
    misbehave(emulator)
    with pytest.raises(PrinterError):
        impatient.print_slip(SLIP)
    emulator.unplug()
    emulator.paper.load()
    emulator.cover.close()
    emulator.cutter.free()
    emulator.head.cool_down()
    emulator.plug_in()
    before = len(emulator.slips)
    printer.print_slip((Text("nach der Störung"), Cut()))
    assert "nach der Störung" in emulator.wait_for_slip(before + 1, IMPATIENT_S).text


@pytest.mark.parametrize("name", ["resets", "stops reading"])
def test_what_is_left_of_a_broken_slip_is_cut_off_before_the_next_one(
    name: str, emulator: PrinterEmulator, impatient: PortPrinter
) -> None:
    misbehave, _ = IN_THE_MIDDLE[name]
    misbehave(emulator)
    with pytest.raises(PrinterError):
        impatient.print_slip(SLIP)
    emulator.recover()
    impatient.print_slip((Text("B002", size=8), Cut()))
    assert "A017" in emulator.slips[0].text
    assert emulator.slips[-1].text == "B002\n"


def test_a_printer_too_hot_is_told(emulator: PrinterEmulator, printer: PortPrinter) -> None:
    emulator.head.overheat()
    assert printer.status() is PrinterStatus.OVERHEATED
    emulator.head.cool_down()
    assert printer.status() is PrinterStatus.READY


def test_answers_that_come_late_and_one_by_one_are_waited_for(
    emulator: PrinterEmulator, printer: PortPrinter
) -> None:
    emulator.answer_late(0.1)
    printer.print_slip(SLIP)
    assert len(emulator.slips) == 1


def test_stray_bytes_between_good_answers_are_passed_over(
    emulator: PrinterEmulator, printer: PortPrinter
) -> None:
    # An automatic status report (ASB), which some printers send unasked.
    emulator.garble(b"\x14\x80\x80\x8f", answers_too=True)
    assert printer.status() is PrinterStatus.READY


@pytest.fixture
def slow(kind: str, tmp_path: Path) -> Iterator[PrinterEmulator]:
    with emulated(kind, tmp_path, mm_per_s=300) as emulator:
        yield emulator


def test_a_slip_counts_as_printed_when_it_is_out_and_not_when_it_is_sent(
    kind: str, slow: PrinterEmulator, tmp_path: Path
) -> None:
    driver(kind, slow, tmp_path, PATIENT_S).print_slip(SLIP)
    assert len(slow.slips) == 1


def test_paper_that_ends_long_after_all_was_sent_is_told(
    kind: str, slow: PrinterEmulator, tmp_path: Path
) -> None:
    slow.paper.run_out(after_mm=100)
    with pytest.raises(PrinterError) as failure:
        driver(kind, slow, tmp_path, PATIENT_S).print_slip(SLIP)
    assert (failure.value.status, failure.value.printed) == (PrinterStatus.PAPER_OUT, None)


def test_a_long_sheet_is_given_the_time_that_its_length_needs(kind: str, tmp_path: Path) -> None:
    # 1.2 m of paper at 600 mm a second take 2 s: more than a question may.
    sheet: Slip = (*(Text(f"Termin {number}") for number in range(320)), Cut())
    with emulated(kind, tmp_path, mm_per_s=600) as emulator:
        driver(kind, emulator, tmp_path, IMPATIENT_S).print_slip(sheet)
        assert len(emulator.slips) == 1


def test_a_printer_that_says_finished_too_early_is_asked_once_more(
    emulator: PrinterEmulator, printer: PortPrinter
) -> None:
    emulator.answer_hastily()
    emulator.paper.run_out(after_mm=30)
    with pytest.raises(PrinterError) as failure:
        printer.print_slip(SLIP)
    assert (failure.value.status, failure.value.printed) == (PrinterStatus.PAPER_OUT, None)
