"""Slips that stand in no print journal: printed once, while young."""

from __future__ import annotations

import queue
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
from appliance.drivers.printer import PrinterStatus
from appliance.drivers.printer_escpos import ProfileError
from appliance.drivers.printer_simulated import SimulatedPrinter

if TYPE_CHECKING:
    from collections.abc import Iterator

DEADLINE_S = 10.0


class Desk:
    """Someone who has slips printed, and hears of those with a number."""

    def __init__(self, printer: SimulatedPrinter | None) -> None:
        self.heard: queue.SimpleQueue[Report] = queue.SimpleQueue()
        self.printing = Printing(printer, self.heard.put, Patience(ask_again_s=0.01))
        self.ended: list[bool | None] = []
        self.set = 0

    def show_the_way(self, *, age_s: float = 0.0) -> None:
        def set_slip(_copy: bool) -> paper.Slip:  # noqa: FBT001  (as `Job.set_slip` is called)
            self.set += 1
            return (paper.Text("that way"), paper.Cut())

        since_s = time.monotonic() - age_s
        self.printing.put(Job(None, "redirect", set_slip, since_s, ended=self.ended.append))

    def give_number(self) -> None:
        slip = (paper.Text("A001"), paper.Cut())
        self.printing.put(Job(1, "A001", lambda _copy: slip, time.monotonic()))

    def until_number_is_out(self) -> list[Report]:
        """Give all that was heard until then, the printer's state left out."""
        reports: list[Report] = []
        until_s = time.monotonic() + DEADLINE_S
        while not reports or not isinstance(reports[-1], SlipPrinted):
            reports.append(self.heard.get(timeout=max(0.01, until_s - time.monotonic())))
        return [report for report in reports if not isinstance(report, PrinterIs)]

    def until_status(self, status: PrinterStatus) -> None:
        until_s = time.monotonic() + DEADLINE_S
        report: Report | None = None
        while not (isinstance(report, PrinterIs) and report.status is status):
            report = self.heard.get(timeout=max(0.01, until_s - time.monotonic()))


@pytest.fixture
def printer() -> SimulatedPrinter:
    return SimulatedPrinter()


@pytest.fixture
def desk(printer: SimulatedPrinter) -> Iterator[Desk]:
    made = Desk(printer)
    made.printing.start()
    yield made
    made.printing.stop()


def said(printer: SimulatedPrinter) -> list[str]:
    return [e.text for slip in printer.slips for e in slip if isinstance(e, paper.Text)]


def test_it_comes_out_in_its_turn_and_only_who_asked_for_it_is_told(
    desk: Desk, printer: SimulatedPrinter
) -> None:
    desk.show_the_way()
    desk.give_number()
    assert desk.until_number_is_out() == [SlipPrinted(1)]
    assert said(printer) == ["that way", "A001"]
    assert desk.ended == [True]


def test_one_that_is_old_is_dropped(desk: Desk, printer: SimulatedPrinter) -> None:
    desk.show_the_way(age_s=printing.YOUNG_S)
    desk.give_number()
    assert desk.until_number_is_out() == [SlipPrinted(1)]
    assert said(printer) == ["A001"]
    assert desk.ended == [False]


def test_without_paper_it_waits_while_it_is_young(desk: Desk, printer: SimulatedPrinter) -> None:
    printer.paper.run_out()
    desk.show_the_way()
    desk.until_status(PrinterStatus.PAPER_OUT)
    printer.paper.load()
    desk.give_number()
    assert desk.until_number_is_out() == [SlipPrinted(1)]
    assert said(printer) == ["that way", "A001"]


def test_one_that_may_be_out_is_not_printed_again(desk: Desk, printer: SimulatedPrinter) -> None:
    printer.paper.run_out_in_next_slip()
    desk.show_the_way()
    desk.until_status(PrinterStatus.PAPER_OUT)
    printer.paper.load()
    desk.give_number()
    desk.until_number_is_out()
    # What the printer held has come out with the new roll, and no second one.
    assert said(printer) == ["that way", "A001"]
    assert desk.set == 1
    assert desk.ended == [None]


def test_one_that_cannot_be_set_costs_nobody_else_anything(desk: Desk) -> None:
    def broken(_copy: bool) -> paper.Slip:  # noqa: FBT001  (as `Job.set_slip` is called)
        raise KeyError("a text is missing")

    desk.printing.put(Job(None, "redirect", broken, time.monotonic()))
    desk.give_number()
    assert desk.until_number_is_out() == [SlipPrinted(1)]


def test_a_lobby_without_a_printer_drops_it() -> None:
    desk = Desk(None)
    desk.printing.start()
    desk.show_the_way()
    desk.printing.stop()
    assert desk.heard.empty()
    assert desk.set == 0


def test_a_printer_that_is_none_is_told_and_the_line_goes_on(desk: Desk) -> None:
    def unknown(_copy: bool) -> paper.Slip:  # noqa: FBT001  (as `Job.set_slip` is called)
        raise ProfileError("there is no printer profile 'TM-T20'; did you mean TM-T20II?")

    desk.printing.put(Job(7, "A007", unknown, time.monotonic()))
    heard: list[Report] = []
    while not heard or not isinstance(heard[-1], SlipGivenUp):
        heard.append(desk.heard.get(timeout=DEADLINE_S))
    assert heard[-1] == SlipGivenUp(7, "A007")
    (told,) = [each for each in heard if isinstance(each, PrinterIs) and each.sentence]
    assert told.status is PrinterStatus.UNKNOWN
    assert "did you mean TM-T20II?" in told.sentence
