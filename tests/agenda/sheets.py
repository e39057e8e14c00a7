"""Agendas as staff get them, for the golden pictures beside this file.

After a change that is meant, `python -m tests.agenda.sheets` draws them anew: look at each picture
before you keep it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final

from appliance.checkin.daybook import DayBook, Listed
from appliance.desk.agenda_sheets import Printed, Sheets, listed
from appliance.display.agenda import Agenda, Head, NoList, set_agenda
from appliance.drivers.printer_network import NetworkPrinter
from appliance.line.model import Booking
from appliance.strings import texts
from demo.emulator import PrinterEmulator
from tests.support.lobby import BERLIN, at

if TYPE_CHECKING:
    from collections.abc import Iterable

    from demo.emulator import Slip

GOLDEN: Final = Path(__file__).parent / "golden"
DOTS: Final = {32: 384, 42: 512, 48: 576}
TUESDAY: Final = date(2026, 3, 17)
WORDS: Final = {
    "A10": "Unterlagen abgeben",
    "B20": "Anmelden / Neuantrag",
    "C30": "Frage zum Bescheid",
    "E50": "Neue Adresse oder neues Konto",
    "F60": "Beratung: Arbeit und Ausbildung",
}
LENGTHS: Final = {"A10": 4, "B20": 9, "C30": 8, "E50": 5, "F60": 45}
SHEETS: Final = Sheets(
    Head("Jobcenter Musterstadt Süd", "Eingangszone", "sued.eingang-1"), WORDS, BERLIN
)


def listing(
    slot: str, service: str = "A10", place: str | None = None, day: date = TUESDAY
) -> Listed:
    """Give a booking; all that are equal have ids of their own."""
    listing_number = next(_numbers)
    id_ = f"{listing_number:024x}"
    booking = Booking(id_, at(slot, day), LENGTHS[service], service, place)
    return Listed(booking, f"{listing_number:08d}")


def book(
    listings: Iterable[Listed] = (), *, cancelled: Iterable[Listed] = (), revision: int = 12
) -> DayBook:
    """Give what is known of the Tuesday."""
    return DayBook(
        TUESDAY,
        {each.booking.id: each for each in listings},
        frozenset(each.booking.id for each in cancelled),
        revision,
        3,
        at("06:42", TUESDAY) if revision else None,
    )


_numbers = iter(range(1, 1 << 20))


def _long_day() -> list[Listed]:
    """Sixty at the counters, and six with an adviser."""
    order = ("A10", "A10", "B20", "C30", "A10", "E50", "B20", "A10", "C30", "A10", "A10", "B20")
    start = at("08:00", TUESDAY)
    day = []
    for number in range(60):
        slot = (start + timedelta(minutes=10 * (number * 5 // 12))).astimezone(BERLIN)
        day.append(listing(f"{slot:%H:%M}", order[number % len(order)]))
    rooms = [("08:30", "2.14"), ("09:00", "2.14"), ("09:00", "3.07"), ("09:45", "2.14")]
    day += [listing(slot, "F60", place) for slot, place in rooms]
    return [*day, listing("14:00", "F60", "3.07"), listing("15:00", "F60", "Haus B, EG")]


DAY: Final = _long_day()
BEFORE: Final = Printed(TUESDAY, at("07:00", TUESDAY), listed(book(DAY)))
NEW: Final = [listing("09:10", "C30"), listing("10:30", "A10"), listing("11:20", "F60", "2.14")]
CHANGED: Final = replace(book([*DAY, *NEW], cancelled=[DAY[10], DAY[40]], revision=15))


def sheet(known: DayBook, clock: str, before: Printed | None = None) -> Agenda | NoList:
    """Compose what would be printed at a time."""
    return SHEETS.to_come(known, at(clock, TUESDAY), before)


@dataclass(frozen=True, slots=True)
class Case:
    """One golden sheet."""

    says: Agenda | NoList
    columns: int = 48
    language: str = "de"

    def printed(self) -> Slip:
        """Set it, print it, and take it out of the printer."""
        with PrinterEmulator(width=DOTS[self.columns]) as emulator:
            printer = NetworkPrinter(
                emulator.host, emulator.port, profile="TM-T20II", columns=self.columns
            )
            printer.print_slip(set_agenda(self.says, texts(self.language), self.columns))
            return emulator.wait_for_slip(1, timeout_s=10)


CASES: Final = {
    "morning": Case(sheet(book(DAY), "07:00")),
    "narrow": Case(sheet(book(DAY), "07:00"), 32),
    "again": Case(sheet(CHANGED, "08:05", BEFORE)),
    "noon-english": Case(sheet(CHANGED, "10:12", BEFORE), 42, "en"),
    "empty": Case(sheet(book(), "07:00")),
    "no-list": Case(sheet(book(revision=0), "07:00")),
    "no-list-narrow": Case(sheet(book(revision=0), "07:00"), 32, "en"),
}


if __name__ == "__main__":
    for name, case in CASES.items():
        slip = case.printed()
        (GOLDEN / f"{name}.txt").write_text(slip.text, "utf-8")
        (GOLDEN / f"{name}.png").write_bytes(slip.png)
