"""Every text in every language on every screen: whole, in its place, and none over another."""

from __future__ import annotations

import itertools
import re
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace
from PIL import Image, ImageChops

from appliance.bus.messages.shown import KioskResult
from appliance.display.board import BoardPainter
from appliance.display.board_notice import words_of
from appliance.display.board_result import TONES, notice_of
from appliance.display.fonts import Weight
from appliance.display.text import Typesetter, clean
from appliance.strings import Texts, languages, texts
from tests.board.states import BOARDS, CLOCK, FACTS, LANDSCAPE, PORTRAIT, SIGNS, SMALL, STATES, told
from tests.board.test_pictures import assert_all_is_in_its_place

if TYPE_CHECKING:
    from collections.abc import Iterable

    from appliance.display.board_view import BoardView

SIZES = (LANDSCAPE, PORTRAIT, SMALL)
OWN = "de"
"""What the others stand beside; it stands beside English."""

PLACES = [(language, (language, "en" if language == OWN else OWN)) for language in languages()] + [
    (language, (OWN, language)) for language in languages() if language != OWN
]

ONLY_MAIN = {"board.date", "board.offline", "board.range"}
"""These stand there in the first language only: figures, or a small sign."""


def painter_of(spoken: tuple[str, str], size: tuple[int, int], setter: Typesetter) -> BoardPainter:
    signs = replace(SIGNS, texts=tuple(texts(language, "board", "scan") for language in spoken))
    return BoardPainter(size, signs, setter)


def days() -> Iterable[BoardView]:
    """Every month and every day of the week, beside what is there the whole year."""
    for month in range(1, 13):
        yield replace(BOARDS["called"], clock=CLOCK.replace(month=month))
    for day in range(7):
        yield replace(BOARDS["called"], clock=CLOCK + timedelta(days=day))


def views(*, main: bool) -> list[BoardView]:
    empty = replace(BOARDS["idle"], services=(), next=(), last=())
    crowded = replace(BOARDS["called"], services=BOARDS["called"].services * 4)
    return [*BOARDS.values(), *(days() if main else ()), empty, crowded]


def notices() -> Iterable[BoardView]:
    for outcome, paper in itertools.product(TONES, (True, False)):
        yield told(STATES["four-calls"], outcome, "A021", paper=paper)


def read(painter: BoardPainter) -> str:
    """Everything that stands on the picture, line by line."""
    return "\n".join(placed.what for placed in painter.placed)


def pattern(text: str) -> re.Pattern[str]:
    """Give what finds a text wherever its lines are broken, whatever its facts are."""
    parts = re.split(r"\{[^}]*\}", text)
    return re.compile(
        r".*".join(re.escape(part).replace(r"\ ", r"\s") for part in parts), re.DOTALL
    )


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize(("language", "spoken"), PLACES)
def test_every_text_of_the_board_stands_there_whole(
    language: str, spoken: tuple[str, str], size: tuple[int, int], setter: Typesetter
) -> None:
    painter = painter_of(spoken, size, setter)
    seen = ""
    main = language == spoken[0]
    for view in views(main=main):
        painter.paint(view)
        assert_all_is_in_its_place(painter, size)
        assert "…" not in read(painter)
        seen += read(painter) + "\n"
    painter.paint(STATES["number"])
    seen += read(painter) + "\n"
    own = texts(language, "board")
    missing = [
        key
        for key, text in own.entries.items()
        # What somebody is told when nothing else is known: below.
        if key != "board.ask"
        and (main or (key not in ONLY_MAIN and "day_" not in key and "month_" not in key))
        and not pattern(text).search(seen)
    ]
    assert missing == []


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize(("language", "spoken"), PLACES)
def test_every_outcome_is_told_whole(
    language: str, spoken: tuple[str, str], size: tuple[int, int], setter: Typesetter
) -> None:
    painter = painter_of(spoken, size, setter)
    for view in (*notices(), told(STATES["idle"], "no such outcome")):
        painter.paint(view)
        assert_all_is_in_its_place(painter, size)
        said = read(painter).replace("\n", " ")
        assert "…" not in said
        assert view.notice is not None
        words = words_of((texts(spoken[0]), texts(spoken[1])), view.notice)
        assert clean(words[spoken.index(language)], 640) in said


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("language", languages())
def test_what_is_said_beyond_the_outcome_is_told_whole(
    language: str, size: tuple[int, int], setter: Typesetter
) -> None:
    painter = painter_of((OWN, language if language != OWN else "en"), size, setter)
    facts = {**FACTS, "ahead": "12", "low": "25", "high": "40", "lobby": "Leistung, 1. OG"}
    for key in ("standing_wait", "counts_from", "parked", "other_lobby", "offer_ticket", "copy"):
        more = {each: texts(each, "scan")(f"scan.{key}", **facts) for each in (OWN, language)}
        view = told(STATES["four-calls"], "again", "A021", more=more)
        painter.paint(view)
        assert_all_is_in_its_place(painter, size)
        said = read(painter).replace("\n", " ")
        assert all(words in said for words in more.values())


def ink(setter: Typesetter, text: str) -> Image.Image:
    return setter.line(text, Weight.BOLD, 60, 4000).mask


@pytest.mark.parametrize("number", ["A017", "12", "10:45", "15.05.2025", "1. OG 112"])
def test_what_is_read_from_left_to_right_stands_so_in_arabic(
    number: str, setter: Typesetter
) -> None:
    alone, said = ink(setter, number), ink(setter, f"الموعد {number} اليوم")
    # The very same picture is found in the sentence, glyph by glyph.
    places = [
        x
        for x in range(said.width - alone.width + 1)
        for y in range(said.height - alone.height + 1)
        if ImageChops.subtract(
            alone, said.crop((x, y, x + alone.width, y + alone.height)), scale=1
        ).getextrema()
        == (0, 0)
    ]
    assert places


def test_arabic_is_joined_and_begins_at_the_right(setter: Typesetter) -> None:
    joined = setter.line("سلام", Weight.REGULAR, 60, 4000)
    apart = sum(setter.width(sign, Weight.REGULAR, 60) for sign in "سلام")
    assert joined.rtl
    assert joined.width < apart
    # The first word stands to the right of the second.
    both, first = ink(setter, "شباك ألف"), ink(setter, "شباك")
    right = both.crop((both.width - first.width, 0, both.width, both.height))
    assert right.getbbox() is not None
    assert abs(right.histogram()[255] - first.histogram()[255]) < first.histogram()[255] * 0.05


@pytest.mark.parametrize(
    "text",
    ["Привіт, світе! Ґанок, їжа, Є", "Дверь и съезд", "İstanbul ığüşöç ÇĞIÖŞÜ", "سلام 123، نعم؟"],
)
def test_no_sign_of_a_language_is_an_empty_box(text: str, setter: Typesetter) -> None:
    box = ink(setter, "\uf8ff")
    for sign in set(text) - {" "}:
        assert ink(setter, sign).tobytes() != box.tobytes(), sign


def test_a_number_in_a_sentence_of_another_direction_keeps_its_place(setter: Typesetter) -> None:
    result = KioskResult(outcome="called", facts={"ticket": "A021", "counter": "12"})
    arabic: Texts = texts("ar", "board", "scan")
    (words, _) = words_of((arabic,), notice_of(result))
    line = setter.line(words, Weight.REGULAR, 20, 9000)
    assert line.text == words
    assert line.rtl
