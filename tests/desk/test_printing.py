"""Printing beside the loop: slips in order, nothing waits, and what is not printed is told."""

from __future__ import annotations

import queue
import threading
import time
from typing import TYPE_CHECKING

import pytest

from appliance import paper
from appliance.desk import printing
from appliance.desk.printing import (
    Job,
    Patience,
    PrinterIs,
    Printing,
    Report,
    SlipGivenUp,
    SlipPrinted,
)
from appliance.drivers.printer import Printer, PrinterError, PrinterStatus
from appliance.drivers.printer_simulated import SimulatedPrinter

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

DEADLINE_S = 10.0
PATIENCE = Patience(ask_again_s=0.01)
HOUR_S = 3600.0


class Clock:
    """A time that passes when somebody says so, besides by itself."""

    def __init__(self) -> None:
        self._passed_s = 0.0

    def __call__(self) -> float:
        return time.monotonic() + self._passed_s

    def pass_by(self, s: float) -> None:
        self._passed_s += s


class Desk:
    """Someone who has slips printed and hears what became of them."""

    def __init__(
        self,
        printer: Printer | None,
        patience: Patience = PATIENCE,
        prepare: Callable[[], object] = lambda: None,
    ) -> None:
        self.heard: queue.SimpleQueue[Report] = queue.SimpleQueue()
        self.clock = Clock()
        self.printing = Printing(printer, self.heard.put, patience, self.clock, prepare)

    def put(self, number: int, *, age_s: float = 0.0, maybe_printed: bool = False) -> None:
        def set_slip(copy: bool) -> paper.Slip:  # noqa: FBT001  (as `Job.set_slip` is called)
            return (paper.Text(f"{number}{' copy' if copy else ''}"), paper.Cut())

        since_s = self.clock() - age_s
        self.printing.put(Job(number, f"A{number:03d}", set_slip, since_s, maybe_printed))

    def until(self, kind: type[Report]) -> Report:
        until_s = time.monotonic() + DEADLINE_S
        while True:
            report = self.heard.get(timeout=max(0.01, until_s - time.monotonic()))
            if isinstance(report, kind):
                return report

    def until_status(self, status: PrinterStatus) -> None:
        while True:
            report = self.until(PrinterIs)
            assert isinstance(report, PrinterIs)
            if report.status is status:
                return


@pytest.fixture
def printer() -> SimulatedPrinter:
    return SimulatedPrinter()


@pytest.fixture
def desk(printer: SimulatedPrinter) -> Iterator[Desk]:
    made = Desk(printer)
    made.printing.start()
    yield made
    made.printing.stop()


def words(slip: paper.Slip) -> str:
    return " ".join(element.text for element in slip if isinstance(element, paper.Text))


def test_slips_come_out_in_order(desk: Desk, printer: SimulatedPrinter) -> None:
    for number in (1, 2, 3):
        desk.put(number)
    assert [desk.until(SlipPrinted) for _ in range(3)] == [SlipPrinted(n) for n in (1, 2, 3)]
    assert [words(slip) for slip in printer.slips] == ["1", "2", "3"]


def test_without_paper_the_slip_comes_when_it_is_back(
    desk: Desk, printer: SimulatedPrinter
) -> None:
    printer.paper.run_out()
    desk.put(1)
    desk.until_status(PrinterStatus.PAPER_OUT)
    printer.paper.load()
    assert desk.until(SlipPrinted) == SlipPrinted(1)


def test_slip_that_may_be_out_is_printed_again_as_a_copy(
    desk: Desk, printer: SimulatedPrinter
) -> None:
    printer.paper.run_out_in_next_slip()
    desk.put(1)
    desk.until_status(PrinterStatus.PAPER_OUT)
    printer.paper.load()
    assert desk.until(SlipPrinted) == SlipPrinted(1)
    assert "copy" in words(printer.slips[-1])


def test_slip_owed_since_before_a_restart_is_a_copy(desk: Desk, printer: SimulatedPrinter) -> None:
    desk.put(1, maybe_printed=True)
    desk.until(SlipPrinted)
    assert words(printer.slips[0]) == "1 copy"


def test_slip_that_is_of_no_use_any_more_is_given_up(desk: Desk, printer: SimulatedPrinter) -> None:
    desk.put(1, age_s=printing.YOUNG_S)
    assert desk.until(SlipGivenUp) == SlipGivenUp(1, "A001")
    assert printer.slips == []


def test_dead_printer_ends_the_wait_when_the_slip_is_old(
    desk: Desk, printer: SimulatedPrinter
) -> None:
    printer.unplug()
    desk.put(1, age_s=printing.YOUNG_S - 0.2)
    desk.put(2)
    assert desk.until(SlipGivenUp) == SlipGivenUp(1, "A001")
    printer.plug_in()
    assert desk.until(SlipPrinted) == SlipPrinted(2)


def test_lobby_without_a_printer_gives_every_slip_up_at_once() -> None:
    desk = Desk(None)
    desk.printing.start()
    desk.put(1)
    assert desk.until(SlipGivenUp) == SlipGivenUp(1, "A001")
    desk.printing.stop()


def test_stopping_leaves_what_is_owed_to_the_journal(printer: SimulatedPrinter) -> None:
    printer.unplug()
    desk = Desk(printer)
    desk.printing.start()
    desk.put(1)
    desk.until(PrinterIs)
    desk.printing.stop()
    reports = [desk.heard.get() for _ in range(desk.heard.qsize())]
    assert not any(isinstance(report, SlipGivenUp | SlipPrinted) for report in reports)


def test_a_slip_that_cannot_be_set_costs_no_other_its_paper(
    desk: Desk, printer: SimulatedPrinter
) -> None:
    def broken(_copy: bool) -> paper.Slip:  # noqa: FBT001  (as `Job.set_slip` is called)
        raise KeyError("a text is missing")

    desk.printing.put(Job(1, "A001", broken, time.monotonic()))
    desk.put(2)
    assert desk.until(SlipGivenUp) == SlipGivenUp(1, "A001")
    assert desk.until(SlipPrinted) == SlipPrinted(2)
    assert [words(slip) for slip in printer.slips] == ["2"]


def test_a_piece_that_a_dead_desk_left_is_cut_off_before_the_next_slip(
    desk: Desk, printer: SimulatedPrinter
) -> None:
    printer.paper.run_out()
    slip = (paper.Text("1"), paper.Cut())
    desk.printing.put(Job(1, "A001", lambda _copy: slip, time.monotonic(), after_piece=True))
    desk.until_status(PrinterStatus.PAPER_OUT)
    printer.paper.load()
    desk.put(2)
    assert [desk.until(SlipPrinted) for _ in range(2)] == [SlipPrinted(1), SlipPrinted(2)]
    assert [slip[0] == paper.Cut() for slip in printer.slips] == [True, False]


def test_printer_that_comes_back_after_an_hour_prints_for_whoever_is_there_then(
    desk: Desk, printer: SimulatedPrinter
) -> None:
    printer.unplug()
    for number in (1, 2):
        desk.put(number)
    desk.until_status(PrinterStatus.GONE)
    desk.clock.pass_by(HOUR_S)
    assert [desk.until(SlipGivenUp) for _ in range(2)] == [
        SlipGivenUp(1, "A001"),
        SlipGivenUp(2, "A002"),
    ]
    printer.plug_in()
    desk.put(3)
    assert desk.until(SlipPrinted) == SlipPrinted(3)
    assert [words(slip) for slip in printer.slips] == ["3"]


def test_thin_roll_is_told_once_and_a_new_one_with_the_next_slip(
    desk: Desk, printer: SimulatedPrinter
) -> None:
    desk.until_status(PrinterStatus.READY)
    printer.paper.run_low()
    desk.put(1)
    desk.put(2)
    heard = [desk.heard.get(timeout=DEADLINE_S) for _ in range(3)]
    assert heard == [SlipPrinted(1), PrinterIs(PrinterStatus.PAPER_LOW), SlipPrinted(2)]
    printer.paper.load()
    desk.put(3)
    heard = [desk.heard.get(timeout=DEADLINE_S) for _ in range(2)]
    assert heard == [SlipPrinted(3), PrinterIs(PrinterStatus.READY)]


class Doubtful:
    """A printer that prints, and then cannot say so."""

    def __init__(self) -> None:
        self.slips: list[paper.Slip] = []

    def status(self) -> PrinterStatus:
        return PrinterStatus.READY

    def print_slip(self, slip: paper.Slip) -> PrinterStatus:
        self.slips.append(slip)
        raise PrinterError(PrinterStatus.UNKNOWN, printed=None)


def test_printer_that_never_says_so_gives_nobody_more_than_two_copies() -> None:
    printer = Doubtful()
    desk = Desk(printer)
    desk.printing.start()
    desk.put(1)
    assert desk.until(SlipGivenUp) == SlipGivenUp(1, "A001")
    desk.printing.stop()
    assert [words(slip) for slip in printer.slips] == ["1", "1 copy", "1 copy"]


def test_printer_that_is_well_when_asked_again_is_no_alarm() -> None:
    printer = Doubtful()
    desk = Desk(printer)
    desk.printing.start()
    desk.put(1)
    desk.put(2)
    until_s = time.monotonic() + DEADLINE_S
    while len(printer.slips) < 6 and time.monotonic() < until_s:
        time.sleep(0.01)
    desk.printing.stop()
    reports = [desk.heard.get() for _ in range(desk.heard.qsize())]
    told = [report.status for report in reports if isinstance(report, PrinterIs)]
    assert PrinterStatus.UNKNOWN not in told


class OneAtATime:
    """A printer that takes no connection right after another one."""

    def __init__(self) -> None:
        self.refused = 0

    def status(self) -> PrinterStatus:
        return PrinterStatus.READY

    def print_slip(self, slip: paper.Slip) -> PrinterStatus:
        del slip
        self.refused += 1
        raise PrinterError(PrinterStatus.GONE, printed=False)


def test_printer_that_refuses_a_slip_is_left_alone_before_the_next_try() -> None:
    printer = OneAtATime()
    desk = Desk(printer, Patience(ask_again_s=30.0))
    desk.printing.start()
    desk.put(1)
    desk.until_status(PrinterStatus.GONE)
    desk.printing.stop()
    assert printer.refused == 1


def test_what_slips_are_set_with_is_loaded_before_anybody_comes(printer: SimulatedPrinter) -> None:
    loaded = threading.Event()
    desk = Desk(printer, prepare=loaded.set)
    desk.printing.start()
    assert loaded.wait(DEADLINE_S)
    desk.printing.stop()


def test_what_cannot_be_loaded_ends_no_thread(printer: SimulatedPrinter) -> None:
    def broken() -> None:
        raise KeyError("a font is missing")

    desk = Desk(printer, prepare=broken)
    desk.printing.start()
    desk.put(1)
    assert desk.until(SlipPrinted) == SlipPrinted(1)
    desk.printing.stop()
