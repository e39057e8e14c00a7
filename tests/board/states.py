"""The boards that the tests look at: every state that people meet, and one that nobody should."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import msgspec
from msgspec.structs import replace

from appliance.bus.messages.shown import KioskResult
from appliance.display.board_result import notice_of
from appliance.display.board_view import (
    BoardView,
    CallView,
    Mood,
    NextView,
    ServiceView,
    SlideView,
    StaleView,
)
from appliance.display.pen import ServiceSign, Signs
from appliance.strings import texts

BERLIN = ZoneInfo("Europe/Berlin")
LANDSCAPE = (1920, 1080)
PORTRAIT = (1080, 1920)
SMALL = (1280, 800)

SIGNS = Signs(
    office="Jobcenter Musterstadt Süd",
    lobby="Eingangszone",
    texts=(texts("de"), texts("en")),
    services={
        "N10": ServiceSign("A", {"de": "Neu anmelden", "en": "Register for the first time"}),
        "G20": ServiceSign("B", {"de": "Fragen zum Geld", "en": "Questions about money"}),
        "U30": ServiceSign("C", {"de": "Unterlagen abgeben", "en": "Hand in documents"}),
        "A40": ServiceSign("D", {"de": "Arbeit und Ausbildung", "en": "Work and training"}),
    },
    places={"3": "→ Erdgeschoss", "12": "↑ 1. OG", "7": "←"},
)

CLOCK = datetime(2025, 5, 14, 10, 42, tzinfo=BERLIN)

NEXT = (
    *(NextView(ticket, right_of_way=True) for ticket in ("A018", "B011", "A020", "D004")),
    *(NextView(ticket) for ticket in ("A015", "C007", "B012", "A016", "D005", "C008")),
)
SERVICES = (
    ServiceView("N10", 4, (10, 20)),
    ServiceView("G20", 7, (25, 40)),
    ServiceView("U30", 0, (0, 5)),
    ServiceView("A40", 2, None),
)
LAST = (
    CallView("B010", "7"),
    CallView("A014", "5"),
    CallView("D003", "12"),
    CallView("C006", "1"),
    CallView("A013", "2"),
)


def _open(mood: Mood, current: CallView | None, **more: object) -> BoardView:
    facts: dict[str, object] = {
        "last": LAST,
        "next": NEXT,
        "services": SERVICES,
        "waiting": 23,
        "open_counters": 6,
        "clock": CLOCK,
    }
    return BoardView(mood, current, **(facts | more))  # type: ignore[arg-type]


FACTS = {
    "time": "10:45",
    "counts_from": "10:35",
    "date": "15.05.2025",
    "site": "Jobcenter Musterstadt Nord",
    "place": "1. OG 112",
    "ticket": "A021",
    "counter": "12",
    "kind": "url",
    "sentence": "Heute gibt es keine Nummern mit A mehr. Bitte an der Information melden.",
}
"""Every fact that a text may ask for, as the desk words it."""


def told(
    view: BoardView,
    outcome: str,
    ticket: str | None = None,
    *,
    paper: bool = True,
    more: dict[str, str] | None = None,
) -> BoardView:
    """Give `view` while the person at the kiosk is told something."""
    result = KioskResult(outcome=outcome, facts=FACTS, ticket=ticket, paper=paper, more=more or {})
    return replace(view, notice=notice_of(result))


REDIRECT = {
    "de": "Ohne Termin: Unterlagen nehmen wir am Infopunkt neben dem Eingang an. Sie können sie"
    " auch in den Briefkasten werfen. Telefon: 0211 555 01-234.",
    "en": "Without an appointment: Hand in documents at the info point beside the entrance. You"
    " can also put them into the letter box. Phone: 0211 555 01-234.",
}


ANNOUNCEMENT = (
    "Heute schließt die Eingangszone um 11 Uhr."
    " Neue Termine gibt es am Empfang und auf unserer Seite im Netz."
)

BOARDS = {
    "starting": BoardView(Mood.STARTING),
    "closed": BoardView(Mood.CLOSED, clock=CLOCK),
    "idle": _open(Mood.IDLE, None, last=(), next=(), waiting=0),
    "unattended": _open(Mood.UNATTENDED, None, last=(), waiting=10, open_counters=0),
    "one-call": _open(Mood.CALLING, CallView("A017", "3", right_of_way=True, now=True)),
    "four-calls": _open(
        Mood.CALLING,
        CallView("A017", "12", now=True),
        last=(*(CallView(c.ticket, c.counter, now=True) for c in LAST[:3]), LAST[3]),
    ),
    "recall": _open(Mood.CALLING, CallView("A017", "7", again=True, now=True), last=LAST[:1]),
    "called": _open(Mood.CALLED, CallView("A017", "12", right_of_way=True)),
    "offline": _open(Mood.CALLED, CallView("A017", "3"), offline=True, next=NEXT[4:]),
    "stale": _open(Mood.CALLED, CallView("A017", "3"), stale=StaleView(CLOCK, 3)),
    "announced": _open(Mood.CALLED, CallView("A017", "3"), announcement=ANNOUNCEMENT),
}
SLIDE = SlideView(
    title=(("de", "WLAN für Gäste"), ("en", "Wi-Fi for guests")),
    text=(
        ("de", "Kostenlos und ohne Passwort. Halten Sie die Kamera Ihres Handys auf den Code."),
        ("en", "Free and without a password. Point the camera of your phone at the code."),
    ),
    qr="WIFI:T:nopass;S:Jobcenter-Gast;;",
)
BOARDS |= {
    "slide": replace(BOARDS["called"], slide=SLIDE),
    "slide-words": replace(BOARDS["one-call"], slide=replace(SLIDE, qr="")),
    "called-night": replace(BOARDS["called"], night=True),
    "dark": BoardView(Mood.DARK, clock=CLOCK, night=True),
}
NOTICES = {
    "number": told(BOARDS["four-calls"], "in_time", "A021", paper=False),
    "number-closed": told(BOARDS["closed"], "taken", "A021", paper=False),
    "scanned": told(BOARDS["one-call"], "in_time", "A021"),
    "scanned-starting": told(BOARDS["starting"], "late", "A021"),
    "wrong-day": told(BOARDS["called"], "wrong_day"),
    "wrong-day-more": told(BOARDS["called"], "wrong_day", more=REDIRECT),
    "not-here": told(BOARDS["idle"], "not_here"),
}
STATES = {**BOARDS, **NOTICES}

_NAME = "Antrag auf Leistungen für Bildung und Teilhabe stellen oder ändern lassen"
_NAME_TOO = "Apply for education and participation benefits, or have them changed"
LONG_SIGNS = Signs(
    office="Agentur für Arbeit und Jobcenter der Landeshauptstadt Musterstadt Süd",
    lobby="Eingangszone und Erstberatung im Neubau",
    texts=(texts("de"), texts("en")),
    services={code: ServiceSign(code, {"de": _NAME, "en": _NAME_TOO}) for code in "ABC"},
    places={"Beratung": "↗ 3. OG Zimmer 312"},
)
LONG = BoardView(
    Mood.CALLING,
    CallView("ABCDEFGH12345678", "Beratung", right_of_way=True, again=True, now=True),
    last=tuple(CallView(f"WWWWWWWW{n}", f"Beratung{n}", now=n < 2) for n in range(9)),
    next=tuple(NextView(f"WWWWWW{n}", right_of_way=n < 4) for n in range(10)),
    services=tuple(
        ServiceView(code, 100 + n, (100, 240) if n % 2 else None)
        for n, code in enumerate("ABCDEFGHKX")
    ),
    waiting=1_234_567,
    open_counters=89,
    clock=CLOCK,
    offline=True,
    announcement="Wegen einer Versammlung " * 5,
)
_ENDLESS = KioskResult(
    outcome="wrong_site",
    facts=dict.fromkeys(FACTS, "W" * 60_000),
    ticket="ABCDEFGH12345678",
    paper=False,
    more={"de": "Wegen der Bauarbeiten " * 20, "en": "Because of the building works " * 20},
)
LONGS = {
    "long": LONG,
    "long-number": replace(LONG, notice=notice_of(_ENDLESS)),
    "long-notice": replace(LONG, notice=notice_of(msgspec.structs.replace(_ENDLESS, paper=True))),
}
"""What nobody should meet."""
