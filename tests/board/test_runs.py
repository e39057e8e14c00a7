"""Lines of several scripts: cut into runs that stand in the order in which they are read."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from appliance.display.fonts import Weight, find_fonts
from appliance.display.runs import Characters, cut, runs_backwards
from appliance.display.text import Typesetter, is_plain

ALEF, BEH = "\u0627", "\u0628"
FONTS = find_fonts()
CHARACTERS = [Characters(files.regular) for files in (FONTS, *FONTS.others)]


def order(text: str) -> list[str]:
    runs = cut(text, CHARACTERS, rtl=runs_backwards(text))
    return [said for run in runs if (said := run.text.strip())]


@pytest.mark.parametrize(
    ("text", "from_left_to_right"),
    [
        (f"{ALEF} A017 {BEH}", [BEH, "A017", ALEF]),
        (f"{ALEF} 10:45", ["10:45", ALEF]),
        (f"{ALEF} 15.05.2025 {BEH} 10:45", ["10:45", BEH, "15.05.2025", ALEF]),
        (f"{ALEF} 1. OG 112 {BEH}", [BEH, "1. OG 112", ALEF]),
        (f"Raum {ALEF} 12 {BEH} frei", ["Raum", BEH, "12", ALEF, "frei"]),
        ("Платц 3", ["Платц 3"]),
    ],
)
def test_pieces_stand_in_the_order_in_which_they_are_read(
    text: str, from_left_to_right: list[str]
) -> None:
    assert order(text) == from_left_to_right


def test_each_run_has_a_font_with_its_letters() -> None:
    for run in cut(f"A {ALEF} \u10d0 \u0531 \u1200", CHARACTERS, rtl=False):
        assert all(CHARACTERS[run.font].has(sign) for sign in run.text if not sign.isspace())


@settings(deadline=None)  # the first text opens the fonts
@given(st.text(max_size=60), st.booleans())
def test_no_sign_is_lost_and_none_is_added(text: str, rtl: bool) -> None:  # noqa: FBT001  (any of both)
    said = "".join(run.text for run in cut(text, CHARACTERS, rtl=rtl))
    assert sorted(said) == sorted(text)


@settings(deadline=None, max_examples=60)  # the first text opens the fonts
@given(st.text(max_size=60))
def test_no_text_is_set_wider_than_its_room(text: str) -> None:
    line = Typesetter(FONTS).line(text, Weight.BOLD, 20, 300)
    assert line.width <= 300
    assert line.mask.width < 600


def test_what_the_board_says_usually_is_one_run() -> None:
    assert is_plain("Ihre Nummer – „A017“ … ist Ґанок İş €")
    assert not is_plain(f"A017 {ALEF}")
    assert not is_plain("🧑")
