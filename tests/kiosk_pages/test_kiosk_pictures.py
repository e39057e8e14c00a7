"""Golden pictures of the kiosk, in which colours stand out from their ground."""

from __future__ import annotations

import itertools
import json
import os
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
import zxingcpp
from msgspec.structs import replace
from PIL import Image, ImageChops, ImageStat

from appliance.display.fonts import FONT_FOLDERS, find_fonts
from appliance.display.kiosk import KioskPainter
from appliance.display.kiosk_theme import STARK
from appliance.display.kiosk_view import KioskView, Look, Service
from appliance.display.text import Typesetter
from appliance.display.theme import AAA_SIGN, AAA_TEXT, DAY, Pair
from tests.board.test_pictures import FAR_SHARE_MAX, MEAN_MAX, far_share, font_hashes
from tests.kiosk_pages.seen import Form, faults, name_of, painter_of, show
from tests.kiosk_pages.views import BOOK, CLOCK, LANDSCAPE, PAGES, PORTRAIT, SIGNS, SIZES, SMALL

if TYPE_CHECKING:
    from appliance.display.theme import Theme

GOLDEN = Path(__file__).parent / "golden"
REWRITE = "KIOSK_GOLDEN_REWRITE"

WIDE, HIGH, SMALLER = (LANDSCAPE, False), (PORTRAIT, False), (SMALL, False)
OVER = (LANDSCAPE, True)

Shown = tuple[str, Form, Look]
GERMAN = Look("de")
PICTURES: list[Shown] = [
    *((page, WIDE, GERMAN) for page in PAGES),
    *((page, HIGH, GERMAN) for page in ("welcome-many", "service", "short-number", "told-way")),
    *((page, SMALLER, GERMAN) for page in ("welcome", "told-number")),
    *((page, OVER, GERMAN) for page in ("welcome-many", "service", "short-number", "told-number")),
    *((page, WIDE, Look("de", large=True)) for page in ("welcome", "service", "told-number")),
    *((page, WIDE, Look("ar")) for page in ("welcome", "service", "short-number", "told-way")),
    ("welcome", WIDE, Look("uk")),
    ("service", WIDE, Look("tr")),
    ("hold-up", HIGH, Look("ru", large=True)),
]


def file_of(shown: Shown) -> str:
    page, form, look = shown
    language = "" if look.language == "de" else f"-{look.language}"
    return f"{page}{language}{'-large' if look.large else ''}-{name_of(form)}"


def paint(shown: Shown, setter: Typesetter) -> KioskPainter:
    page, form, look = shown
    painter = painter_of(form, setter)
    show(painter, PAGES[page], look.language, large=look.large)
    return painter


def few_colours(picture: Image.Image) -> Image.Image:
    """Give a picture in the 256 colours that it has most of: what is flat stays exactly as it is.

    Pillow's own palettes miss a rare colour, such as the yellow, or come only near a common one.
    """
    pixels = np.asarray(picture, np.int32).reshape(-1, 3)
    colours, which, counts = np.unique(pixels, axis=0, return_inverse=True, return_counts=True)
    palette = colours[np.argsort(-counts)[:256]]
    nearest = ((colours[:, None] - palette[None]) ** 2).sum(axis=2).argmin(axis=1)
    indices = nearest[which.reshape(-1)].astype(np.uint8).reshape(picture.height, picture.width)
    few = Image.fromarray(indices)
    few.putpalette(palette.astype(np.uint8).tobytes())
    return few


@pytest.mark.parametrize("shown", PICTURES, ids=file_of)
def test_the_kiosk_looks_as_it_was_approved(shown: Shown, setter: Typesetter) -> None:
    painter = paint(shown, setter)
    path, fonts = GOLDEN / f"{file_of(shown)}.png", GOLDEN / "fonts.json"
    if os.environ.get(REWRITE):
        few_colours(painter.picture).save(path, optimize=True)
        fonts.write_text(json.dumps(font_hashes(), indent=2) + "\n", "utf-8")
        pytest.fail(f"{path.name} was written anew: look at it, then run without {REWRITE}")
    if json.loads(fonts.read_text("utf-8")) != font_hashes():
        # Other fonts, other pictures: what must hold for any of them is tested all the same.
        assert faults(painter, shown[1][0]) == []
        return
    with Image.open(path) as golden:
        difference = ImageChops.difference(painter.picture, golden.convert("RGB"))
    mean = max(ImageStat.Stat(difference).mean)
    assert mean <= MEAN_MAX, f"{path.name} differs by {mean:.2f} of 255 on the average"
    assert far_share(difference) <= FAR_SHARE_MAX, f"{path.name} differs in places"


def test_there_is_no_golden_picture_too_many() -> None:
    assert {path.stem for path in GOLDEN.glob("*.png")} == {file_of(shown) for shown in PICTURES}


def test_every_page_can_be_read_in_the_other_font_too() -> None:
    dejavu = tuple(folder for folder in FONT_FOLDERS if folder.name == "dejavu")
    setter = Typesetter(find_fonts(dejavu))
    painter = painter_of(SMALLER, setter)
    for page in PAGES.values():
        show(painter, page)
        # It runs wider than the product's own: what is cut, is cut at its end and in its place.
        assert [each for each in faults(painter, SMALL) if "is cut" not in each] == []


def inks(painter: KioskPainter) -> list[tuple[str, Pair]]:
    """Give each text and sign with the two colours that most of its box has."""
    found = []
    for what, box in painter.placed:
        if what in {"<picture>", "<badge>"}:
            continue
        colours = painter.picture.crop(box).getcolors(box.width * box.height)
        assert colours is not None
        (_, ground), *others = sorted(colours, reverse=True)
        if others:
            found.append((what, Pair(others[0][1], ground)))  # type: ignore[arg-type]
    return found


@pytest.mark.parametrize("large", [False, True], ids=["usual", "large"])
def test_everything_stands_out_from_its_ground(setter: Typesetter, *, large: bool) -> None:
    painter = painter_of(WIDE, setter)
    for page in PAGES.values():
        show(painter, page, large=large)
        faint = {
            what: round(pair.contrast(), 1)
            for what, pair in inks(painter)
            if pair.contrast() < (AAA_SIGN if what.startswith("<") else AAA_TEXT)
        }
        assert faint == {}


def test_the_colours_of_large_type_keep_what_the_boards_keep() -> None:
    assert STARK.too_faint() == ()


def _edges(theme: Theme) -> list[Pair]:
    """Give each edge of a button with the grounds that it stands on."""
    grounds = (theme.rest.ground, theme.told.ground, theme.ask.ground)
    edges = (theme.page_sign.ink, theme.call.ground, theme.badge.ground)
    return [Pair(edge, ground) for edge, ground in itertools.product(edges, grounds)]


@pytest.mark.parametrize("theme", [DAY, STARK], ids=["usual", "large"])
def test_the_edge_of_every_button_is_seen(theme: Theme) -> None:
    assert min(edge.contrast() for edge in _edges(theme)) >= AAA_SIGN


def test_the_office_has_its_own_colours_but_not_in_large_type(setter: Typesetter) -> None:
    green = Pair((255, 255, 255), (0, 70, 30))
    painter = KioskPainter(SMALL, SIGNS, setter, replace(DAY, call=green))
    for large, there in ((False, True), (True, False)):
        painter.paint(KioskView(PAGES["welcome"], Look("de", large), CLOCK))
        colours = painter.picture.getcolors(2_000_000)
        assert colours is not None
        assert (green.ground in {colour for _, colour in colours}) is there


@pytest.mark.parametrize("large", [False, True], ids=["usual", "large"])
@pytest.mark.parametrize("size", SIZES)
def test_a_phone_reads_the_code_that_opens_the_booking_page(
    size: tuple[int, int], setter: Typesetter, *, large: bool
) -> None:
    for overlay, page in itertools.product((False, True), ("service", "redirect-booked")):
        painter = painter_of((size, overlay), setter)
        show(painter, PAGES[page], large=large)
        assert [found.text for found in zxingcpp.read_barcodes(painter.picture)] == [BOOK]


def test_an_address_too_long_for_a_phone_is_not_drawn_by_half(setter: Typesetter) -> None:
    painter = painter_of(WIDE, setter)
    show(painter, Service("A10", book=BOOK + "x" * 400))
    assert zxingcpp.read_barcodes(painter.picture) == []


def test_what_shows_how_a_code_is_held_is_no_code_itself(setter: Typesetter) -> None:
    painter = painter_of(WIDE, setter)
    for page, large in itertools.product(("welcome", "hold-up", "closed"), (False, True)):
        show(painter, PAGES[page], large=large)
        assert zxingcpp.read_barcodes(painter.picture) == []
