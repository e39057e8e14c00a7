"""A network printer at its worst: what the driver makes of it, and that it always comes back."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from appliance.drivers.printer import PrinterError, PrinterStatus
from appliance.drivers.printer_network import NetworkPrinter
from appliance.paper import Align, Cut, Feed, Slip, Text
from demo.emulator import PrinterEmulator

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

# Long enough for a good answer on a busy machine, short enough to wait for a bad one.
IMPATIENT_S = 1.0
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


@pytest.fixture
def impatient(emulator: PrinterEmulator) -> NetworkPrinter:
    return NetworkPrinter(emulator.host, emulator.port, profile="TM-T20II", timeout_s=IMPATIENT_S)


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
    name: str, emulator: PrinterEmulator, impatient: NetworkPrinter
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
    "has a stuck cutter": (lambda e: e.cutter.jam(), PrinterStatus.CUTTER_ERROR),
}


@pytest.mark.parametrize("name", IN_THE_MIDDLE)
def test_a_printer_that_fails_in_the_middle_leaves_the_slip_unknown(
    name: str, emulator: PrinterEmulator, impatient: NetworkPrinter
) -> None:
    misbehave, status = IN_THE_MIDDLE[name]
    misbehave(emulator)
    with pytest.raises(PrinterError) as failure:
        impatient.print_slip(SLIP)
    assert (failure.value.status, failure.value.printed) == (status, None)


@pytest.mark.parametrize("name", [*FROM_THE_START, *IN_THE_MIDDLE])
def test_after_any_fault_the_next_slip_comes_out_whole(
    name: str, emulator: PrinterEmulator, impatient: NetworkPrinter, printer: NetworkPrinter
) -> None:
    misbehave, _ = {**FROM_THE_START, **IN_THE_MIDDLE}[name]
    misbehave(emulator)
    with pytest.raises(PrinterError):
        impatient.print_slip(SLIP)
    emulator.unplug()
    emulator.paper.load()
    emulator.cutter.free()
    emulator.plug_in()
    before = len(emulator.slips)
    printer.print_slip((Text("nach der Störung"), Cut()))
    assert "nach der Störung" in emulator.wait_for_slip(before + 1, IMPATIENT_S).text


@pytest.mark.parametrize("name", ["resets", "stops reading"])
def test_what_is_left_of_a_broken_slip_is_cut_off_before_the_next_one(
    name: str, emulator: PrinterEmulator, impatient: NetworkPrinter
) -> None:
    misbehave, _ = IN_THE_MIDDLE[name]
    misbehave(emulator)
    with pytest.raises(PrinterError):
        impatient.print_slip(SLIP)
    emulator.recover()
    impatient.print_slip((Text("B002", size=8), Cut()))
    assert "A017" in emulator.slips[0].text
    assert emulator.slips[-1].text == "B002\n"


def test_a_printer_too_hot_is_told(emulator: PrinterEmulator, printer: NetworkPrinter) -> None:
    emulator.head.overheat()
    assert printer.status() is PrinterStatus.OVERHEATED
    emulator.head.cool_down()
    assert printer.status() is PrinterStatus.READY


def test_answers_that_come_late_and_one_by_one_are_waited_for(
    emulator: PrinterEmulator, printer: NetworkPrinter
) -> None:
    emulator.answer_late(0.1)
    printer.print_slip(SLIP)
    assert len(emulator.slips) == 1


def test_stray_bytes_between_good_answers_are_passed_over(
    emulator: PrinterEmulator, printer: NetworkPrinter
) -> None:
    # An automatic status report (ASB), which some printers send unasked.
    emulator.garble(b"\x14\x80\x80\x8f", answers_too=True)
    assert printer.status() is PrinterStatus.READY


@pytest.fixture
def slow() -> Iterator[PrinterEmulator]:
    with PrinterEmulator(mm_per_s=300) as emulator:
        yield emulator


def on(emulator: PrinterEmulator) -> NetworkPrinter:
    return NetworkPrinter(emulator.host, emulator.port, profile="TM-T20II", timeout_s=10.0)


def test_a_slip_counts_as_printed_when_it_is_out_and_not_when_it_is_sent(
    slow: PrinterEmulator,
) -> None:
    on(slow).print_slip(SLIP)
    assert len(slow.slips) == 1


def test_paper_that_ends_long_after_all_was_sent_is_told(slow: PrinterEmulator) -> None:
    slow.paper.run_out(after_mm=100)
    with pytest.raises(PrinterError) as failure:
        on(slow).print_slip(SLIP)
    assert (failure.value.status, failure.value.printed) == (PrinterStatus.PAPER_OUT, None)


def test_a_printer_that_says_finished_too_early_is_asked_once_more(
    emulator: PrinterEmulator, printer: NetworkPrinter
) -> None:
    emulator.answer_hastily()
    emulator.paper.run_out(after_mm=30)
    with pytest.raises(PrinterError) as failure:
        printer.print_slip(SLIP)
    assert (failure.value.status, failure.value.printed) == (PrinterStatus.PAPER_OUT, None)


def test_an_address_where_nobody_is_costs_no_more_than_the_deadline() -> None:
    # TEST-NET-1 (RFC 5737): packets to it go nowhere.
    started = time.monotonic()
    status = NetworkPrinter("192.0.2.1", timeout_s=0.3).status()
    assert status is PrinterStatus.GONE
    assert time.monotonic() - started < IMPATIENT_S


def test_a_name_that_does_not_exist_is_a_printer_that_is_gone() -> None:
    assert NetworkPrinter("printer.invalid", timeout_s=0.3).status() is PrinterStatus.GONE


def test_an_unknown_profile_is_refused_with_a_suggestion() -> None:
    printer = NetworkPrinter("192.0.2.1", profile="TM-T20")
    with pytest.raises(LookupError, match="did you mean TM-T20II"):
        printer.print_slip(SLIP)
