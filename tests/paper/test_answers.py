"""Printers that do not answer all that they are asked, or nothing at all."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from appliance.drivers.printer import PrinterError, PrinterStatus
from appliance.paper import Cut, Picture, Slip, Text
from tests.paper.attached import driver, emulated

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from demo.emulator import PrinterEmulator

PATIENT_S = 10.0
IMPATIENT_S = 0.8
SLIP: Slip = (Text("A017", size=8), Cut())


# What is learnt of a printer does not depend on the node that it hangs on.
@pytest.fixture(params=["network", "serial"])
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def emulator(kind: str, tmp_path: Path) -> Iterator[PrinterEmulator]:
    with emulated(kind, tmp_path) as printer:
        yield printer


def test_one_that_does_not_tell_the_end_prints_each_slip_once_and_is_well(
    kind: str, emulator: PrinterEmulator, tmp_path: Path
) -> None:
    emulator.never_tell_the_end()
    printer = driver(kind, emulator, tmp_path, PATIENT_S)
    assert [printer.print_slip(SLIP) for _ in range(3)] == [PrinterStatus.READY] * 3
    assert len(emulator.slips) == 3


def test_paper_that_ends_in_its_slip_is_told_all_the_same(
    kind: str, emulator: PrinterEmulator, tmp_path: Path
) -> None:
    emulator.never_tell_the_end()
    printer = driver(kind, emulator, tmp_path, PATIENT_S)
    printer.print_slip(SLIP)
    emulator.paper.run_out(after_mm=10)
    with pytest.raises(PrinterError) as failure:
        printer.print_slip(SLIP)
    assert (failure.value.status, failure.value.printed) == (PrinterStatus.PAPER_OUT, None)


def test_one_that_stops_telling_the_end_is_doubted_once_and_not_for_ever(
    kind: str, emulator: PrinterEmulator, tmp_path: Path
) -> None:
    printer = driver(kind, emulator, tmp_path, PATIENT_S)
    printer.print_slip(SLIP)
    # As if the printer had been exchanged for one of another make.
    emulator.never_tell_the_end()
    with pytest.raises(PrinterError) as failure:
        printer.print_slip(SLIP)
    assert (failure.value.status, failure.value.printed) == (PrinterStatus.UNKNOWN, None)
    assert [printer.print_slip(SLIP) for _ in range(2)] == [PrinterStatus.READY] * 2


def test_one_that_answers_nothing_is_unknown_unless_the_configuration_says_so(
    kind: str, emulator: PrinterEmulator, tmp_path: Path
) -> None:
    emulator.mute()
    assert driver(kind, emulator, tmp_path, IMPATIENT_S).status() is PrinterStatus.UNKNOWN
    told = driver(kind, emulator, tmp_path, PATIENT_S, answers=False)
    assert told.status() is PrinterStatus.READY
    assert [told.print_slip(SLIP) for _ in range(2)] == [PrinterStatus.READY] * 2
    emulator.wait_for_slip(2, PATIENT_S)


def test_one_that_answers_nothing_and_is_away_is_gone(
    kind: str, emulator: PrinterEmulator, tmp_path: Path
) -> None:
    printer = driver(kind, emulator, tmp_path, PATIENT_S, answers=False)
    emulator.unplug()
    assert printer.status() is PrinterStatus.GONE
    with pytest.raises(PrinterError) as failure:
        printer.print_slip(SLIP)
    assert (failure.value.status, failure.value.printed) == (PrinterStatus.GONE, False)


def test_one_that_answers_nothing_and_takes_nothing_leaves_the_slip_unknown(
    kind: str, emulator: PrinterEmulator, tmp_path: Path
) -> None:
    # More than fits into the buffers on the way, of which TCP has megabytes.
    endless = Picture(576, bytes(72 * (100_000 if kind == "network" else 400)))
    printer = driver(kind, emulator, tmp_path, IMPATIENT_S, answers=False)
    emulator.stall()
    with pytest.raises(PrinterError) as failure:
        printer.print_slip((endless, Cut()))
    assert (failure.value.status, failure.value.printed) == (PrinterStatus.UNKNOWN, None)


def test_the_thin_roll_is_told_after_the_slip_in_which_it_became_thin(
    kind: str, emulator: PrinterEmulator, tmp_path: Path
) -> None:
    printer = driver(kind, emulator, tmp_path, PATIENT_S)
    assert printer.print_slip(SLIP) is PrinterStatus.READY
    emulator.paper.run_low()
    assert printer.print_slip(SLIP) is PrinterStatus.PAPER_LOW
    emulator.paper.load()
    assert printer.print_slip(SLIP) is PrinterStatus.READY
