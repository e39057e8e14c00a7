"""Every text of the kiosk in every language, on every screen: whole, and none over another."""

from __future__ import annotations

import itertools
import re
from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace

from appliance.display.board_result import TONES
from appliance.display.kiosk import KioskPainter
from appliance.display.kiosk_view import KioskView, Look, Redirect, Service, Wait, Welcome
from appliance.display.pen import ServiceSign
from appliance.strings import languages, texts
from tests.kiosk_pages.seen import FORMS, Form, faults, name_of, painter_of, read, show
from tests.kiosk_pages.views import (
    CLOCK,
    FEW,
    HALL,
    LANDSCAPE,
    PAGES,
    PORTRAIT,
    SERVICES,
    SIGNS,
    SIZES,
    WISHES,
    told,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from appliance.display.kiosk_view import Page
    from appliance.display.text import Typesetter

LOOKS = (False, True)


def pattern(text: str) -> re.Pattern[str]:
    """Give what finds a text wherever its lines are broken, whatever its facts are."""
    parts = re.split(r"\{[^}]*\}", text)
    found = r".*".join(re.escape(part).replace(r"\ ", r"\s") for part in parts)
    return re.compile(found, re.DOTALL)


def test_all_languages_of_the_hall_are_on_the_kiosk() -> None:
    assert set(HALL) == set(languages())


@pytest.mark.parametrize("form", FORMS, ids=name_of)
@pytest.mark.parametrize("language", HALL)
def test_every_text_stands_there_whole_and_every_button_is_large_enough(
    language: str, form: Form, setter: Typesetter
) -> None:
    size, overlay = form
    painter = painter_of(form, setter)
    seen, found = "", {}
    for large, (name, page) in itertools.product(LOOKS, PAGES.items()):
        # Large type on an overlay is tried where letters are the widest, and the highest.
        if large and overlay and language not in {"uk", "ar"}:
            continue
        show(painter, page, language, large=large)
        found[name, large] = faults(painter, size)
        seen += read(painter) + "\n"
    assert {key: value for key, value in found.items() if value} == {}
    own = texts(language, "kiosk").entries
    if not overlay:
        unseen = [key for key, text in own.items() if not pattern(text).search(seen)]
        assert unseen == []


def outcomes() -> Iterable[Page]:
    for outcome in TONES:
        yield told(outcome, "A021" if outcome == "called" else None)
    for outcome in ("taken", "in_time", "early", "late", "again"):
        yield told(outcome, "A021", paper=False)
    yield told("no such outcome")
    yield told("called", "A021", place="↗ 3. OG Zimmer 312")


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("language", HALL)
def test_every_outcome_of_a_scan_is_told_whole(
    language: str, size: tuple[int, int], setter: Typesetter
) -> None:
    painter = KioskPainter(size, SIGNS, setter)
    for page in outcomes():
        show(painter, page, language)
        assert faults(painter, size) == []


@pytest.mark.parametrize("form", FORMS, ids=name_of)
@pytest.mark.parametrize("large", LOOKS, ids=["usual", "large"])
def test_names_as_long_as_settings_allow_are_read_whole(
    form: Form, setter: Typesetter, *, large: bool
) -> None:
    # 80 characters, and 300 for where to go instead.
    name = "Antrag auf Leistungen für Bildung und Teilhabe stellen, ändern, verlängern, usw."
    assert len(name) == 80
    where = ("Bitte gehen Sie in das Nebengebäude im Hof, dort in den ersten Stock. " * 5)[:300]
    signs = replace(
        SIGNS,
        services={code: ServiceSign("W", {"de": name}) for code in FEW},
        redirects={"papers": replace(SIGNS.redirects["papers"], words={"de": where})},
    )
    painter = painter_of(form, setter, signs)
    pages = (Welcome(FEW), Service(FEW[0], Wait(123, (100, 240)), "", WISHES), Redirect("papers"))
    for page in pages:
        show(painter, page, large=large)
        assert [each for each in faults(painter, form[0]) if "is cut" not in each] == []
        if form in {(LANDSCAPE, False), (PORTRAIT, False)} and not large:
            assert "…" not in read(painter)


@pytest.mark.parametrize("form", FORMS, ids=name_of)
def test_hostile_texts_break_nothing(form: Form, setter: Typesetter) -> None:
    for text in ("W" * 10_000, "\x00\x07\x1b[2J\r\n" * 1000, "Z" + "\u0300" * 5000, "\ud800\udfff"):
        signs = replace(
            SIGNS,
            office=text,
            lobby=text,
            services={code: ServiceSign("W", {"de": text}) for code in SERVICES},
        )
        painter = painter_of(form, setter, signs)
        pages = (
            Welcome(FEW, ("nothing known of this", text)),
            Service(FEW[0], Wait(10**9, (10**6, 10**7)), text, (text, *WISHES)),
            Redirect(text),
        )
        for page in pages:
            show(painter, page)
            assert all(painter.part.holds(box) for _, box in painter.placed)


def test_a_language_that_the_site_has_not_is_answered_in_the_main_one(setter: Typesetter) -> None:
    painter = KioskPainter(LANDSCAPE, SIGNS, setter)
    painter.paint(KioskView(PAGES["moment"], Look("tlh"), CLOCK))
    assert "Einen Moment bitte" in read(painter)


def test_what_the_desk_worded_itself_is_not_shown_to_who_reads_another_language(
    setter: Typesetter,
) -> None:
    painter = KioskPainter(LANDSCAPE, SIGNS, setter)
    show(painter, told("not_here"))
    assert "Heute gibt es keine Nummern mit A mehr." in read(painter)
    show(painter, told("not_here"), "tr")
    assert "Heute gibt es" not in read(painter)
    assert "Lütfen danışmaya sorun." in read(painter)
