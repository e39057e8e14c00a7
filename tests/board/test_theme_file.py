"""An office's own look: what is taken, what is refused, and that each refusal is said."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PIL import Image, ImageChops

from appliance.display.board import BoardPainter
from appliance.display.fonts import FontFiles, find_fonts
from appliance.display.text import Typesetter
from appliance.display.theme import DAY, NIGHT
from appliance.display.theme_file import Dress, ThemeError, read_theme
from tests.board.states import LANDSCAPE, SIGNS, STATES

if TYPE_CHECKING:
    from pathlib import Path


def theme(folder: Path, text: str) -> Dress:
    path = folder / "theme.toml"
    path.write_text(text, "utf-8")
    return read_theme(path)


def test_what_is_given_is_worn_and_the_rest_is_the_products(tmp_path: Path) -> None:
    dress = theme(
        tmp_path,
        '[day]\ncall = { ink = "#ffffff", ground = "#003064" }\nhairline = "#d0d7e2"\n',
    )
    assert dress.day.call.ground == (0, 0x30, 0x64)
    assert dress.day.hairline == (0xD0, 0xD7, 0xE2)
    assert dress.day.page == DAY.page
    assert dress.night == NIGHT
    assert dress.warnings == ()


def test_a_pair_that_is_too_faint_is_named_with_its_contrast_and_not_worn(tmp_path: Path) -> None:
    dress = theme(tmp_path, '[day]\npage = { ink = "#777777", ground = "#ffffff" }\n')
    assert dress.day == DAY
    (warning,) = dress.warnings
    assert "day.page has a contrast of 4.5 : 1, and needs at least 7 : 1" in warning


def test_a_sign_may_be_fainter_than_a_text(tmp_path: Path) -> None:
    dress = theme(tmp_path, '[day]\npage_sign = { ink = "#777777", ground = "#ffffff" }\n')
    assert dress.warnings == ()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[day]\ncal = { ink = "#ffffff", ground = "#003064" }\n', "day.cal is not known; 'call'?"),
        ('[day]\ncall = "#ffffff"\n', "day.call is not like"),
        ('[day]\ncall = { ink = "white", ground = "#003064" }\n', "day.call.ink is no colour"),
        ("day = 1\n", "day is no table"),
        ('logo = "gone.png"\n', "logo names 'gone.png', which is not beside"),
        ('font = "Office.ttf"\n', "font is not like"),
        ('font = ["a.ttf", "b.ttf"]\n', "font names 'a.ttf'"),
        ('colour = "red"\n', "colour is not known"),
    ],
)
def test_what_cannot_be_worn_is_said_and_left_out(text: str, said: str, tmp_path: Path) -> None:
    dress = theme(tmp_path, text)
    assert (dress.day, dress.night, dress.logo, dress.font) == (DAY, NIGHT, None, None)
    assert said in dress.warnings[0]


@pytest.mark.parametrize("text", ["[day", "\x00", "#" * 70_000])
def test_what_is_no_theme_at_all_is_refused(text: str, tmp_path: Path) -> None:
    with pytest.raises(ThemeError):
        theme(tmp_path, text)


def test_a_theme_that_is_missing_is_said(tmp_path: Path) -> None:
    with pytest.raises(ThemeError, match="cannot be read: No such file"):
        read_theme(tmp_path / "theme.toml")


def test_the_night_keeps_aaa_too() -> None:
    assert NIGHT.too_faint() == ()


def test_the_board_wears_an_offices_font_and_logo(tmp_path: Path) -> None:
    usual = find_fonts()
    for name, file in (("R.ttf", usual.others[0].regular), ("B.ttf", usual.others[0].bold)):
        (tmp_path / name).write_bytes(file.read_bytes())
    dress = theme(tmp_path, 'font = ["R.ttf", "B.ttf"]\n')
    assert dress.font == FontFiles(tmp_path / "R.ttf", tmp_path / "B.ttf")
    # A font without Latin letters is helped out by the product's.
    setter = Typesetter(find_fonts(first=find_fonts()))
    logo = Image.new("RGB", (300, 100), (200, 0, 40))
    painter = BoardPainter(LANDSCAPE, SIGNS, setter, logo=logo)
    painter.paint(STATES["one-call"])
    (box,) = (placed.box for placed in painter.placed if placed.what == "<picture>")
    assert painter.picture.getpixel(((box.left + box.right) // 2, box.top + 5)) == (200, 0, 40)
    assert box.height == 60


def test_by_night_all_is_dark_and_by_day_it_is_as_before(
    setter: Typesetter,
) -> None:
    painter = BoardPainter(LANDSCAPE, SIGNS, setter, DAY, NIGHT)
    painter.paint(STATES["called"])
    day = painter.picture.copy()
    painter.paint(STATES["called-night"])
    assert painter.picture.resize((1, 1)).convert("L").getpixel((0, 0)) < 60  # type: ignore[operator]
    painter.paint(STATES["dark"])
    assert painter.picture.getextrema() == ((0, 0), (0, 0), (0, 0))
    painter.paint(STATES["called"])
    assert ImageChops.difference(day, painter.picture).getbbox() is None
