"""The kiosks that the tests look at: every page that people meet, and one that nobody should."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from appliance.bus.messages.shown import KioskResult
from appliance.display.board_result import notice_of
from appliance.display.kiosk_signs import (
    SECTIONS,
    SHIPPED,
    KioskSigns,
    RedirectSign,
    shipped_redirects,
)
from appliance.display.kiosk_view import (
    Closed,
    Help,
    HoldUp,
    Moment,
    Outage,
    OutOfOrder,
    Redirect,
    Service,
    ShortNumber,
    StillThere,
    Told,
    Wait,
    Welcome,
)
from appliance.display.pen import ServiceSign
from appliance.strings import texts
from tests.board.states import FACTS

if TYPE_CHECKING:
    from appliance.display.kiosk_view import Page

BERLIN = ZoneInfo("Europe/Berlin")
CLOCK = datetime(2025, 5, 14, 10, 42, tzinfo=BERLIN)
LANDSCAPE, PORTRAIT, SMALL = (1920, 1080), (1080, 1920), (1280, 800)
SIZES = (LANDSCAPE, PORTRAIT, SMALL)

HALL = ("de", "de-simple", "en", "tr", "uk", "ru", "ar")
TEXTS = tuple(texts(language, *SECTIONS) for language in HALL)

_NAMES = {
    "A10": ("A", "Unterlagen abgeben", "Hand in documents", "تسليم مستندات"),
    "B20": ("B", "Neu anmelden", "Register for the first time", "تسجيل / طلب جديد"),
    "C30": ("C", "Frage zum Brief", "Question about a letter", "سؤال عن خطاب القرار"),
    "D40": ("D", "Ich will in Urlaub fahren", "I want to go on holiday", "أريد السفر في إجازة"),
    "E50": ("E", "Neue Adresse oder neues Konto", "New address or account", "عنوان أو حساب جديد"),
    "F60": ("F", "Geld ist nicht gekommen", "Money has not arrived", "لم تصل النقود"),
    "G70": ("G", "Arbeit und Ausbildung", "Work and training", "العمل والتدريب"),
    "H80": ("H", "Kinder: Schule, Essen, Ausflüge", "Children: school, meals", "الأطفال والمدرسة"),
    "J90": ("J", "Wohnung und Umzug", "Flat and moving", "السكن والانتقال"),
    "K11": ("K", "Ich habe Arbeit gefunden", "I have found work", "وجدت عملا"),
    "L12": ("L", "Krank oder Reha", "Ill or in rehabilitation", "المرض"),
}
SERVICES = {
    code: ServiceSign(letter, {"de": german, "en": english, "ar": arabic})
    for code, (letter, german, english, arabic) in _NAMES.items()
}
WHERE = RedirectSign(
    words={
        "de": "Das geht ohne Warten: an den Bildschirmen rechts vom Eingang. Wir helfen dort.",
        "en": "No need to wait: use the screens to the right of the entrance. We help you there.",
    },
    phone="0211 555 01-234",
    page="https://www.example.org/adresse",
)
SIGNS = KioskSigns(
    office="Jobcenter Musterstadt Süd",
    lobby="Eingangszone",
    texts=TEXTS,
    services=SERVICES,
    redirects={**shipped_redirects(TEXTS), "E50": WHERE},
    camera="↓",
)
BOOK = "https://termin.example.org/sued"
WISHES = ("seated", "discreet_room", "interpreter", "more_time")
FEW, MANY = tuple(SERVICES)[:5], tuple(SERVICES)


def told(outcome: str, ticket: str | None = None, *, paper: bool = True, place: str = "") -> Told:
    """Give what the kiosk shows for a result of the desk."""
    result = KioskResult(outcome=outcome, facts=FACTS, ticket=ticket, paper=paper)
    return Told(notice_of(result), place)


PAGES: dict[str, Page] = {
    "welcome": Welcome(FEW, SHIPPED),
    "welcome-many": Welcome(MANY, SHIPPED),
    "welcome-tiles": Welcome(MANY[:8], SHIPPED[1:], scans=False, short_numbers=False),
    "hold-up": HoldUp(),
    "service": Service("C30", Wait(7, (25, 40)), BOOK, WISHES, ("seated",)),
    "service-plain": Service("A10", Wait(0, (0, 5))),
    "service-unknown": Service("D40", Wait(3), BOOK),
    "short-number": ShortNumber("C3H7"),
    "short-number-whole": ShortNumber("C3H7K9XY"),
    "told": told("taken", "A021"),
    "told-number": told("in_time", "A021", paper=False),
    "told-way": told("called", "A021", place="↑ 1. OG"),
    "told-ask": told("foreign"),
    "redirect": Redirect("papers"),
    "redirect-status": Redirect("status"),
    "redirect-service": Redirect("E50"),
    "redirect-booked": Redirect("B20", BOOK),
    "emergency": Redirect("emergency"),
    "help": Help(),
    "moment": Moment(),
    "still-there": StillThere(20),
    "closed": Closed(datetime(2025, 5, 15, 8, 0, tzinfo=BERLIN), scans=True),
    "closed-long": Closed(),
    "starting": OutOfOrder(Outage.STARTING),
    "cut-off": OutOfOrder(),
}
