"""Slips as visitors get them, for the golden pictures beside this file.

After a change that is meant, `python -m tests.paper.slips` draws them anew: look at each picture
before you keep it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from appliance.display.slip import Directions, TicketSlip, set_directions, set_slip
from appliance.drivers.printer_network import NetworkPrinter
from appliance.strings import texts
from demo.emulator import PrinterEmulator

if TYPE_CHECKING:
    from demo.emulator import Slip

GOLDEN: Final = Path(__file__).parent / "golden"
DOTS: Final = {32: 384, 42: 512, 48: 576}
BERLIN: Final = ZoneInfo("Europe/Berlin")
AT: Final = datetime(2026, 3, 17, 10, 21, tzinfo=BERLIN)

WALK_IN: Final = TicketSlip(
    office="Jobcenter Musterstadt Süd",
    lobby="Eingangszone",
    number="A017",
    service="Unterlagen abgeben",
    where="Bitte in der Eingangszone warten.",
    taken=AT,
    device="sued.eingang-1",
    check="7F3K-9A",
    ahead=7,
    wait_min=(10, 20),
    follow="https://warten.example.org/n/7Hk29sQe3LmTzR4w",
)
APPOINTMENT: Final = replace(
    WALK_IN,
    number="B042",
    service="Anmelden / Neuantrag",
    right_of_way=True,
    slot=AT + timedelta(minutes=9),
    ahead=1,
    wait_min=(0, 5),
)
EARLY: Final = replace(
    APPOINTMENT,
    slot=AT + timedelta(minutes=69),
    counts_from=AT + timedelta(minutes=59),
    ahead=None,
    wait_min=None,
)
LATE: Final = replace(APPOINTMENT, right_of_way=False, slot=AT - timedelta(minutes=21), ahead=3)
ADVISER: Final = Directions(
    office="Jobcenter Musterstadt Süd",
    title="Ihr Termin um 10:30 Uhr",
    lines=("Bitte gehen Sie direkt dorthin: 2. Etage, links.", "Sie brauchen keine Nummer."),
    printed=AT,
    device="sued.eingang-1",
    place="2.14",
)
REDIRECT: Final = Directions(
    office="Jobcenter Musterstadt Süd",
    title="New address or new bank account",
    lines=(
        "No need to wait: use the screens to the right of the entrance. We will help you there.",
    ),
    printed=AT,
    device="sued.eingang-1",
    link="https://www.jobcenter-digital.example.org",
)


@dataclass(frozen=True, slots=True)
class Case:
    """One golden slip."""

    says: TicketSlip | Directions
    language: str
    columns: int

    def printed(self) -> Slip:
        """Set it, print it, and take it out of the printer."""
        with PrinterEmulator(width=DOTS[self.columns]) as emulator:
            printer = NetworkPrinter(
                emulator.host, emulator.port, profile="TM-T20II", columns=self.columns
            )
            if isinstance(self.says, TicketSlip):
                slip = set_slip(self.says, texts(self.language), printer.columns)
            else:
                slip = set_directions(self.says, texts(self.language), printer.columns)
            printer.print_slip(slip)
            return emulator.wait_for_slip(1, timeout_s=10)


CASES: Final = {
    "walk-in": Case(WALK_IN, "de", 48),
    "appointment": Case(APPOINTMENT, "de", 48),
    "appointment-english": Case(APPOINTMENT, "en", 48),
    "early": Case(EARLY, "de", 48),
    "late": Case(LATE, "de", 42),
    "copy": Case(replace(APPOINTMENT, copy=True), "de", 48),
    "narrow": Case(APPOINTMENT, "de", 32),
    "narrow-english": Case(WALK_IN, "en", 32),
    "adviser": Case(ADVISER, "de", 48),
    "redirect": Case(REDIRECT, "en", 48),
}


if __name__ == "__main__":
    for name, case in CASES.items():
        slip = case.printed()
        (GOLDEN / f"{name}.txt").write_text(slip.text, "utf-8")
        (GOLDEN / f"{name}.png").write_bytes(slip.png)
