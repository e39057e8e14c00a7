"""Printing beside the loop: slips in order, nothing waits, and what is not printed is told."""

from __future__ import annotations

import queue
import time
from typing import TYPE_CHECKING

import pytest

from appliance import paper, printing
from appliance.drivers.printer import PrinterStatus
from appliance.drivers.printer_simulated import SimulatedPrinter
from appliance.printing import Job, PrinterIs, Printing, Report, SlipGivenUp, SlipPrinted

if TYPE_CHECKING:
    from collections.abc import Iterator

DEADLINE_S = 10.0


class Desk:
    """Someone who has slips printed and hears what became of them."""

    def __init__(self, printer: SimulatedPrinter | None) -> None:
        self.heard: queue.SimpleQueue[Report] = queue.SimpleQueue()
        self.printing = Printing(printer, self.heard.put)

    def put(self, number: int, *, age_s: float = 0.0, maybe_printed: bool = False) -> None:
        def set_slip(copy: bool) -> paper.Slip:  # noqa: FBT001  (as `Job.set_slip` is called)
            return (paper.Text(f"{number}{' copy' if copy else ''}"), paper.Cut())

        since_s = time.monotonic() - age_s
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
def printer(monkeypatch: pytest.MonkeyPatch) -> SimulatedPrinter:
    monkeypatch.setattr(printing, "ASK_AGAIN_S", 0.01)
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
