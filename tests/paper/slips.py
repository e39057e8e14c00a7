"""Slips as visitors get them, for the golden pictures beside this file.

After a change that is meant, `python -m tests.paper.slips` draws them anew: look at each picture
before you keep it.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from PIL import Image

from appliance import paper
from appliance.display.slip import Directions, TicketSlip, set_directions, set_slip
from appliance.display.slip_drawn import Drawn
from appliance.display.slip_fonts import SlipFonts
from appliance.display.slip_sheet import Compositor
from appliance.drivers.printer_escpos import press
from appliance.drivers.printer_network import NetworkPrinter
from appliance.strings import Texts, texts
from demo.emulator import PrinterEmulator
from demo.emulator.codepages import EPSON, WINCOR

if TYPE_CHECKING:
    from demo.emulator import Slip

GOLDEN: Final = Path(__file__).parent / "golden"
DOTS: Final = {32: 384, 42: 512, 48: 576}
# Which printers there are. Epson's draws QR codes itself; the Wincor does not and numbers its code
# pages in its own way; the ZJ does neither, has no cutter, and little beside German and Cyrillic.
EPSON_80, WINCOR_80, ZJ_58 = "TM-T20II", "TH230", "ZJ-5870"
FONTS: Final = SlipFonts()
DRAW: Final = partial(Drawn, fonts=FONTS)
GERMAN: Final = texts("de")
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
    title="Ihr Termin um 10:30\u00a0Uhr",
    lines=("Bitte gehen Sie direkt dorthin.\nSie brauchen keine Nummer.",),
    printed=AT,
    device="sued.eingang-1",
    place="2.14",
)
REDIRECT: Final = Directions(
    office="Jobcenter Musterstadt Süd",
    title="Neue Anschrift oder Bankverbindung",
    lines=(
        "Dafür müssen Sie nicht warten. Bitte gehen Sie zu den Bildschirmen rechts. Wir helfen.",
    ),
    printed=AT,
    device="sued.eingang-1",
    phone="0211 555 01-234",
    page="https://www.jobcenter-digital.example.org",
)

IN_ARABIC: Final = replace(
    APPOINTMENT, service="تسجيل / طلب جديد", where="يرجى الانتظار في منطقة المدخل."
)
IN_UKRAINIAN: Final = replace(
    WALK_IN, service="Здати документи", where="Будь ласка, зачекайте в зоні входу."
)

IN_TURKISH: Final = replace(
    WALK_IN, service="Belge vermek", where="Lütfen giriş alanında bekleyin."
)
IN_RUSSIAN: Final = replace(
    WALK_IN, service="Сдать документы", where="Подождите, пожалуйста, в зоне входа."
)


@dataclass(frozen=True, slots=True)
class Case:
    """One golden slip."""

    says: TicketSlip | Directions
    texts: Texts = GERMAN
    profile: str = EPSON_80
    columns: int = 48
    large: bool = False

    def printed(self) -> Slip:
        """Set it, print it, and take it out of the printer."""
        compositor = Compositor(press(self.profile, self.columns), DRAW)
        pages = WINCOR if self.profile == WINCOR_80 else EPSON
        with PrinterEmulator(width=DOTS[self.columns], pages=pages) as emulator:
            printer = NetworkPrinter(
                emulator.host, emulator.port, profile=self.profile, columns=self.columns
            )
            if isinstance(self.says, TicketSlip):
                slip = set_slip(self.says, self.texts, compositor, large=self.large)
            else:
                slip = set_directions(self.says, self.texts, compositor, large=self.large)
            printer.print_slip(slip)
            if self.profile == ZJ_58:
                # It is torn off by hand, here with the help of one that has a cutter.
                NetworkPrinter(emulator.host, emulator.port).print_slip((paper.Cut(),))
            printed = emulator.wait_for_slip(1, timeout_s=10)
        return replace(printed, font=f"{printed.font}{drawn_with(slip)}")


def drawn_with(slip: paper.Slip) -> str:
    """Give the fingerprint of the fonts that lines are drawn with; empty: none is drawn."""
    said = "".join(element.says for element in slip if isinstance(element, paper.Picture))
    if not said:
        return ""
    files = FONTS.choose(said)
    both = files.regular.read_bytes() + files.bold.read_bytes()
    return f" {hashlib.sha256(both).hexdigest()}"


_COPY: Final = replace(APPOINTMENT, copy=True)
_NARROW: Final = Case(WALK_IN, columns=32)
CASES: Final = {
    "walk-in": Case(WALK_IN),
    "walk-in-58": _NARROW,
    "walk-in-58-english": replace(_NARROW, texts=texts("en")),
    "walk-in-58-drawn-code": replace(_NARROW, profile=ZJ_58),
    "walk-in-58-ukrainian": Case(IN_UKRAINIAN, texts("uk"), ZJ_58, 32),
    "appointment": Case(APPOINTMENT),
    "appointment-english": Case(APPOINTMENT, texts("en")),
    "appointment-drawn-code": Case(APPOINTMENT, profile=WINCOR_80),
    "appointment-58": Case(APPOINTMENT, columns=32),
    "appointment-plain-german": Case(APPOINTMENT, texts("de-simple")),
    "walk-in-turkish": Case(IN_TURKISH, texts("tr")),
    "early-58-turkish": Case(
        replace(EARLY, service="Belge vermek", where="Lütfen giriş alanında bekleyin."),
        texts("tr"),
        ZJ_58,
        32,
    ),
    "walk-in-russian": Case(IN_RUSSIAN, texts("ru")),
    "appointment-arabic": Case(IN_ARABIC, texts("ar")),
    "appointment-58-arabic": Case(IN_ARABIC, texts("ar"), ZJ_58, 32),
    "early": Case(EARLY),
    "early-58": Case(EARLY, columns=32),
    "late": Case(LATE, columns=42),
    "late-58": Case(LATE, columns=32),
    "copy": Case(_COPY),
    "copy-58": Case(_COPY, columns=32),
    "large": Case(APPOINTMENT, large=True),
    "large-walk-in": Case(WALK_IN, large=True),
    "large-58": Case(APPOINTMENT, columns=32, large=True),
    "adviser": Case(ADVISER),
    "adviser-58": Case(ADVISER, columns=32),
    "redirect": Case(REDIRECT),
    "redirect-58": Case(REDIRECT, columns=32),
    "redirect-58-large": Case(REDIRECT, columns=32, large=True),
}


# What docs/slip.md shows.
SHOWN: Final = ("appointment", "walk-in-58", "appointment-58-arabic", "large-58", "redirect-58")
PICTURES: Final = Path(__file__).parents[2] / "docs" / "pictures"
_TABLE: Final = 216


def side_by_side(slips: list[Image.Image]) -> Image.Image:
    """Lay slips on a table, half their size."""
    halves = [slip.resize((slip.width // 2, slip.height // 2)) for slip in slips]
    width = sum(slip.width + 16 for slip in halves) + 16
    table = Image.new("L", (width, max(slip.height for slip in halves) + 32), _TABLE)
    x = 16
    for slip in halves:
        table.paste(slip, (x, 16))
        x += slip.width + 16
    # Sixteen greys are enough, and a third of the bytes.
    return table.quantize(16)


if __name__ == "__main__":
    drawn = {}
    for name, case in CASES.items():
        slip = drawn[name] = case.printed()
        (GOLDEN / f"{name}.txt").write_text(slip.text, "utf-8")
        (GOLDEN / f"{name}.png").write_bytes(slip.png)
    side_by_side([drawn[name].image for name in SHOWN]).save(PICTURES / "slips.png", optimize=True)
