"""The agenda in the desk's loop: printed by itself, again when it changed, and after a restart."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from dataclasses import replace
from datetime import time, timedelta
from functools import partial
from typing import TYPE_CHECKING

import pytest

from appliance import paper
from appliance.bus.messages import issued
from appliance.bus.messages.payload import encode
from appliance.desk.agenda import NOTE, AgendaPart, AgendaWatch, Ended, Plan, SetSheet
from appliance.desk.daybooks import DayBooks
from appliance.display.agenda import set_agenda
from appliance.drivers.printer_network import NetworkPrinter
from appliance.journal.keeping import Keeping
from appliance.strings import texts
from demo.emulator import PrinterEmulator
from tests.agenda.sheets import SHEETS, TUESDAY, listing
from tests.support.lobby import BERLIN, at, empty_line

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date
    from pathlib import Path

    from appliance.checkin.daybook import Listed

WEDNESDAY = TUESDAY + timedelta(days=1)
EIGHT, NINE, TEN = (listing(clock) for clock in ("08:00", "09:00", "10:00"))


class Office:
    """A desk's morning: its books and its journal on a disk, its printer, its clock."""

    def __init__(self, folder: Path) -> None:
        self.now = at("06:00", TUESDAY)
        self.books = DayBooks(folder / "bookings")
        self.revision = 0
        self.prints: bool | None = True
        self.sheets: list[str] = []
        self._folder = folder
        self._open()

    def _open(self) -> None:
        self.journal = Keeping(self._folder / "journal.sqlite")
        plan = Plan(time(7), timedelta(minutes=30), BERLIN, lambda _: True)
        setting = partial(set_agenda, texts=texts("de"), columns=48)
        self.watch = AgendaWatch(self.books, self.journal, plan, SHEETS, setting)

    def restart(self) -> None:
        self.journal.close()
        self.books = DayBooks(self._folder / "bookings")
        self._open()

    def books_are(self, *listings: Listed, day: date = TUESDAY) -> None:
        """Let the issuer tell the list of a day."""
        self.revision += 1
        bookings = [
            issued.Booked(
                id=each.booking.id,
                slot=each.booking.slot,
                minutes=each.booking.minutes,
                service=each.booking.service,
                short=each.short,
            )
            for each in listings
        ]
        told = issued.Bookings(as_of=self.now, day=day, revision=self.revision, bookings=bookings)
        assert self.books.take_bookings(day, encode(told))

    def cancels(self, *listings: Listed) -> None:
        """Let the issuer tell which of the day are cancelled."""
        self.revision += 1
        told = issued.Cancelled(
            as_of=self.now,
            day=TUESDAY,
            revision=self.revision,
            bookings=[each.booking.id for each in listings],
        )
        assert self.books.take_cancelled(TUESDAY, encode(told))

    def until(self, clock: str, day: date = TUESDAY) -> list[str]:
        """Let time pass in the desk's rounds; give when sheets were begun."""
        begun = []
        while self.now < at(clock, day):
            self.now += timedelta(seconds=10)
            if (sheet := self.watch.look(self.now)) is not None:
                begun.append(f"{self.now.astimezone(BERLIN):%H:%M}")
                if self.prints is not False:
                    self.sheets.append(text_of(sheet(False)))  # noqa: FBT003  (as `Printing` does)
                self.watch.ended(self.prints)
        return begun


def text_of(slip: paper.Slip) -> str:
    return "\n".join(each.text.strip() for each in slip if isinstance(each, paper.Text))


@contextmanager
def an_office(folder: Path) -> Iterator[Office]:
    office = Office(folder)
    try:
        yield office
    finally:
        office.journal.close()


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    with an_office(tmp_path) as made:
        yield made


def test_it_is_printed_at_seven_and_once(office: Office) -> None:
    office.books_are(EIGHT, NINE)
    assert office.until("18:00") == ["07:00"]
    assert "08:00   4  Unterlagen abgeben\n9 Uhr" in office.sheets[0]


def test_every_day_has_its_own(office: Office) -> None:
    office.books_are(EIGHT)
    office.books_are(listing("08:00", day=WEDNESDAY), day=WEDNESDAY)
    assert office.until("12:00", WEDNESDAY) == ["07:00", "07:00"]
    assert "Mittwoch, 18.03.2026" in office.sheets[1]
    assert "Gilt statt" not in office.sheets[1]


def test_it_is_printed_again_when_it_changed_with_marks(office: Office) -> None:
    office.books_are(EIGHT, NINE)
    office.until("07:05")
    office.books_are(EIGHT, NINE, TEN)
    office.cancels(NINE)
    assert office.until("18:00") == ["07:30"]
    assert "Gilt statt des Blatts von 07:00 Uhr.\nNeu: 1. Entfallen: 1." in office.sheets[1]
    assert "09:00   4  entfällt: Unterlagen abgeben" in office.sheets[1]
    assert "10:00   4  neu: Unterlagen abgeben" in office.sheets[1]


def test_marks_are_against_the_last_sheet_not_the_first(office: Office) -> None:
    office.books_are(EIGHT, TEN)
    office.until("07:05")
    office.books_are(EIGHT, NINE, TEN)
    office.until("07:35")
    office.books_are(EIGHT, NINE)
    assert office.until("18:00") == ["08:00"]
    assert "Neu: 0. Entfallen: 1." in office.sheets[-1]


def test_a_move_in_two_messages_gives_one_sheet(office: Office) -> None:
    office.books_are(EIGHT)
    office.until("08:00")
    office.cancels(EIGHT)
    office.books_are(EIGHT, NINE)
    office.until("08:20")
    office.books_are(EIGHT, NINE, TEN)
    office.now += timedelta(seconds=30)
    assert office.watch.look(office.now) is None
    office.cancels(EIGHT, NINE)
    office.until("12:00")
    assert len(office.sheets) == 3
    assert "Neu: 1. Entfallen: 1." in office.sheets[-1]


def test_a_list_that_is_told_again_and_again_is_printed_all_the_same(office: Office) -> None:
    begun = []
    for minute in range(57, 64):
        for second in ("00", "30"):
            begun += office.until(f"{6 + minute // 60:02}:{minute % 60:02}:{second}")
            office.books_are(EIGHT)
    assert begun == ["07:00"]


def test_after_a_restart_it_knows_what_was_printed(office: Office) -> None:
    office.books_are(EIGHT, NINE)
    office.until("07:05")
    office.restart()
    assert office.until("07:20") == []
    office.books_are(NINE)
    assert office.until("18:00") == ["07:30"]
    assert "Entfallen: 1." in office.sheets[-1]


def test_a_desk_that_died_while_it_was_printed_prints_it_once_more(office: Office) -> None:
    office.books_are(EIGHT)
    office.now = at("07:05", TUESDAY)
    office.watch.look(office.now)
    assert office.watch.look(at("07:06", TUESDAY)) is not None
    office.restart()
    assert office.until("18:00") == ["07:06"]


def test_what_comes_right_after_a_start_is_on_the_first_sheet(office: Office) -> None:
    office.books_are(EIGHT)
    office.now = at("07:10", TUESDAY)
    office.restart()
    assert office.watch.look(office.now) is None
    office.books_are(EIGHT, NINE)
    assert office.until("18:00") == ["07:11"]
    assert "2 Termine" in office.sheets[0]


def test_a_printer_that_was_away_gets_it_when_it_is_back(office: Office) -> None:
    office.books_are(EIGHT, NINE)
    office.prints = False
    assert office.until("07:03")[:3] == ["07:00", "07:01", "07:02"]
    office.prints = True
    office.until("18:00")
    assert len(office.sheets) == 1
    assert "Gilt statt" not in office.sheets[0]


def test_a_sheet_that_may_be_out_is_printed_once_more_and_not_all_day(office: Office) -> None:
    office.books_are(EIGHT, NINE)
    office.prints = None
    assert office.until("18:00") == ["07:00", "07:01"]
    office.restart()
    assert office.until("18:30") == []


def test_while_a_sheet_is_in_the_printer_there_is_no_other(office: Office) -> None:
    office.books_are(EIGHT, NINE)
    office.watch.look(office.now)
    assert office.watch.look(at("07:00", TUESDAY)) is not None
    assert office.watch.look(at("07:10", TUESDAY)) is None
    office.books_are(EIGHT)
    assert office.watch.look(at("08:00", TUESDAY)) is None
    office.watch.ended(True)  # noqa: FBT003  (as `Printing` does)
    office.now = at("08:00", TUESDAY)
    assert office.until("18:00") == ["08:01"]


def test_a_list_that_is_missing_is_told_and_printed_when_it_comes(office: Office) -> None:
    assert office.until("07:20") == ["07:00"]
    assert "Die Liste der Termine ist nicht da." in office.sheets[0]
    office.books_are(EIGHT, NINE)
    assert office.until("18:00") == ["07:21"]
    assert "2 Termine" in office.sheets[1]
    assert "neu" not in office.sheets[1]


def test_what_is_kept_of_a_sheet_tells_of_nobody(office: Office) -> None:
    office.books_are(EIGHT, NINE)
    office.until("07:05")
    kept = office.journal.noted(NOTE)
    assert kept is not None
    for each in (EIGHT, NINE):
        assert each.short is not None
        assert each.booking.id not in kept
        assert each.short not in kept


@pytest.mark.parametrize("kept", ["", "{}", "no JSON", '{"day":"2026-03-17","at":"07:00"}'])
def test_a_note_that_cannot_be_read_costs_a_sheet_and_no_more(office: Office, kept: str) -> None:
    office.books_are(EIGHT)
    office.until("07:05")
    office.journal.note(NOTE, kept)
    office.restart()
    assert office.until("18:00") == ["07:06"]


def test_rounds_in_which_nothing_happens_read_nothing(office: Office) -> None:
    office.books_are(EIGHT, NINE)
    office.until("07:05")
    book = office.books.day(TUESDAY)
    # A mapping that fails when somebody goes through it.
    office.books._days[TUESDAY].book = replace(book, listed=Unreadable())  # noqa: SLF001
    assert office.until("18:00") == []


class Unreadable(dict[str, "Listed"]):
    """Bookings that nobody may look through."""

    def values(self) -> None:  # type: ignore[override]
        raise AssertionError("looked through")


def test_as_a_part_of_the_desk_it_comes_out_of_the_printer(office: Office) -> None:
    office.books_are(EIGHT, NINE)
    threads = []

    with PrinterEmulator() as emulator:
        printer = NetworkPrinter(emulator.host, emulator.port, profile="TM-T20II", timeout_s=10)

        def print_sheet(sheet: SetSheet, ended: Ended) -> None:
            def work() -> None:
                printer.print_slip(sheet(False))  # noqa: FBT003  (as `Printing` does)
                ended(True)  # noqa: FBT003  (the same)

            threads.append(threading.Thread(target=work, name="printing"))
            threads[-1].start()

        part = AgendaPart(office.watch, print_sheet)
        for clock in ("06:00", "07:00", "07:00:01"):
            assert part.look(empty_line(), at(clock, TUESDAY)) == ()
        assert "2 Termine" in emulator.wait_for_slip(1, timeout_s=10).text
        (only,) = threads
        only.join(10)
    assert part.look(empty_line(), at("07:01", TUESDAY)) == ()
    assert office.journal.noted(NOTE) is not None
