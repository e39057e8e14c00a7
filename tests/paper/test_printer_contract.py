"""What every printer promises, held against the real drivers and the simulated one alike."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

import pytest

from appliance.drivers.printer import Printer, PrinterError, PrinterStatus
from appliance.drivers.printer_shared import SharedPrinter
from appliance.drivers.printer_simulated import SimulatedPrinter
from appliance.paper import Cut, Feed, Slip, Text
from tests.paper.attached import KINDS, driver, emulated

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

WAIT_S = 10.0


class Paper(Protocol):
    def run_low(self) -> None: ...
    def run_out(self) -> None: ...
    def load(self) -> None: ...


class Cover(Protocol):
    def open(self) -> None: ...
    def close(self) -> None: ...


class Device(Protocol):
    """The side of a printer that hands can reach, and what came out of it."""

    @property
    def paper(self) -> Paper: ...
    @property
    def cover(self) -> Cover: ...
    @property
    def slips(self) -> Sequence[object]: ...
    def unplug(self) -> None: ...
    def plug_in(self) -> None: ...
    def wait_for_slip(self, count: int, timeout_s: float) -> object: ...


class Rig:
    """A printer, the driver for it, and what differs between the real and the simulated one."""

    def __init__(
        self,
        printer: Printer,
        device: Device,
        end_in_next_slip: Callable[[], None],
        read: Callable[[object], str],
    ) -> None:
        self.printer = printer
        self.device = device
        self.end_in_next_slip = end_in_next_slip
        self._read = read

    def slip(self, count: int) -> str:
        """Wait for so many slips, and read the last."""
        return self._read(self.device.wait_for_slip(count, WAIT_S))


@pytest.fixture(params=[*KINDS, "simulated", "shared"])
def rig(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Rig]:
    if request.param in {"simulated", "shared"}:
        made = simulated()
        if request.param == "shared":
            made.printer = SharedPrinter(made.printer, tmp_path)
        yield made
        return
    with emulated(request.param, tmp_path) as emulator:
        printer = driver(request.param, emulator, tmp_path, WAIT_S)
        yield Rig(printer, emulator, lambda: emulator.paper.run_out(after_mm=5), written_on)


def simulated() -> Rig:
    printer = SimulatedPrinter()
    return Rig(printer, printer, printer.paper.run_out_in_next_slip, set_on)


def written_on(slip: object) -> str:
    return str(getattr(slip, "text", ""))


def set_on(slip: object) -> str:
    assert isinstance(slip, tuple)
    return "\n".join(element.text for element in slip if isinstance(element, Text))


def slip(number: str) -> Slip:
    return (Text("Ihre Nummer"), Text(number, size=8), Feed(4), Text("Bitte warten."), Cut())


def test_a_good_printer_is_ready_and_prints(rig: Rig) -> None:
    assert rig.printer.status() is PrinterStatus.READY
    rig.printer.print_slip(slip("A017"))
    assert "A017" in rig.slip(1)


def test_slips_come_out_one_by_one_and_in_order(rig: Rig) -> None:
    for number in ("A001", "B002", "A003"):
        rig.printer.print_slip(slip(number))
    assert [n in rig.slip(i) for i, n in enumerate(("A001", "B002", "A003"), 1)] == [True] * 3
    assert len(rig.device.slips) == 3


def test_a_thin_roll_is_told_and_still_prints(rig: Rig) -> None:
    rig.device.paper.run_low()
    assert rig.printer.status() is PrinterStatus.PAPER_LOW
    rig.printer.print_slip(slip("A017"))
    assert "A017" in rig.slip(1)


def test_without_paper_nothing_is_printed_and_it_is_told(rig: Rig) -> None:
    rig.device.paper.run_out()
    assert rig.printer.status() is PrinterStatus.PAPER_OUT
    with pytest.raises(PrinterError) as failure:
        rig.printer.print_slip(slip("A017"))
    assert failure.value.status is PrinterStatus.PAPER_OUT
    assert failure.value.printed is False
    assert not rig.device.slips


def test_what_was_refused_without_paper_does_not_come_out_later(rig: Rig) -> None:
    rig.device.paper.run_out()
    with pytest.raises(PrinterError):
        rig.printer.print_slip(slip("A017"))
    rig.device.paper.load()
    rig.printer.print_slip(slip("A018"))
    assert "A018" in rig.slip(1)


def test_an_open_cover_is_told_and_nothing_is_printed(rig: Rig) -> None:
    rig.device.cover.open()
    assert rig.printer.status() is PrinterStatus.COVER_OPEN
    with pytest.raises(PrinterError) as failure:
        rig.printer.print_slip(slip("A017"))
    assert failure.value.status is PrinterStatus.COVER_OPEN
    assert failure.value.printed is False


def test_a_closed_cover_is_all_it_takes_to_go_on(rig: Rig) -> None:
    rig.device.cover.open()
    rig.device.cover.close()
    rig.printer.print_slip(slip("A017"))
    assert "A017" in rig.slip(1)


def test_paper_that_ends_in_a_slip_leaves_it_unknown(rig: Rig) -> None:
    rig.end_in_next_slip()
    with pytest.raises(PrinterError) as failure:
        rig.printer.print_slip(slip("A017"))
    assert failure.value.status is PrinterStatus.PAPER_OUT
    assert failure.value.printed is None
    assert not rig.device.slips


def test_what_the_printer_holds_comes_out_with_the_new_roll_before_the_copy(rig: Rig) -> None:
    rig.end_in_next_slip()
    with pytest.raises(PrinterError):
        rig.printer.print_slip(slip("A017"))
    rig.device.paper.load()
    rig.slip(1)
    rig.printer.print_slip(slip("A018"))
    assert "A018" in rig.slip(2)


def test_a_printer_without_power_is_gone(rig: Rig) -> None:
    rig.device.unplug()
    assert rig.printer.status() is PrinterStatus.GONE
    with pytest.raises(PrinterError) as failure:
        rig.printer.print_slip(slip("A017"))
    assert failure.value.status is PrinterStatus.GONE
    assert failure.value.printed is False


def test_a_printer_that_comes_back_prints_as_if_nothing_had_been(rig: Rig) -> None:
    rig.printer.print_slip(slip("A017"))
    rig.device.unplug()
    assert rig.printer.status() is PrinterStatus.GONE
    rig.device.plug_in()
    rig.printer.print_slip(slip("A018"))
    assert "A018" in rig.slip(2)


def test_a_failure_says_what_to_do(rig: Rig) -> None:
    rig.device.paper.run_out()
    with pytest.raises(PrinterError, match="load a new roll"):
        rig.printer.print_slip(slip("A017"))


def test_the_roll_that_became_thin_is_told_with_the_slip(rig: Rig) -> None:
    assert rig.printer.print_slip(slip("A017")) is PrinterStatus.READY
    rig.device.paper.run_low()
    assert rig.printer.print_slip(slip("A018")) is PrinterStatus.PAPER_LOW
