"""What a printer has no characters for is drawn; and nothing comes out as another sign."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import replace
from functools import partial
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
import zxingcpp
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageChops

from appliance import paper
from appliance.display.fonts import Weight
from appliance.display.slip import set_slip
from appliance.display.slip_drawn import Drawn
from appliance.display.slip_fonts import SlipFonts
from appliance.display.slip_sheet import Compositor, Sheet
from appliance.drivers.printer_escpos import EscposWriter, ProfileError, press
from appliance.strings import texts
from demo.emulator.codepages import EPSON, WINCOR
from demo.emulator.glyphs import Glyphs
from demo.emulator.machine import Machine
from demo.emulator.parts import Parts
from tests.paper.slips import (
    DRAW,
    EPSON_80,
    FONTS,
    IN_ARABIC,
    WALK_IN,
    WINCOR_80,
    ZJ_58,
)

if TYPE_CHECKING:
    from pathlib import Path

    from demo.emulator.codepages import CodePages

LATIN_ONLY = paper.Press(48, 576, lambda text: text.isascii())
PAGES = {EPSON_80: EPSON, WINCOR_80: WINCOR, ZJ_58: EPSON}

TEXTS = {
    "German": "Ärger über große Öfen – „5 €“ · weiß",
    "Turkish": "Hoş geldiniz: İı Ğğ Şş Çç",
    "Polish": "Zażółć gęślą jaźń",
    "Russian": "Добро пожаловать, ёж",
    "Ukrainian": "Ґанок, їжак, єнот, ім'я",
}


def centered(text: str, press: paper.Press, *, size: int = 1, bold: bool = False) -> paper.Slip:
    sheet = Sheet(press.columns)
    sheet.center(text, size=size, bold=bold)
    return Compositor(press, DRAW).set(sheet.cut())


def machine(pages: CodePages, width: int = 576) -> Machine:
    return Machine(Parts(lambda: None), Glyphs(), width, pages=pages)


def pictures(slip: paper.Slip) -> list[paper.Picture]:
    return [element for element in slip if isinstance(element, paper.Picture)]


def drawn(picture: paper.Picture) -> Image.Image:
    """Give the dots, black on white."""
    return Image.frombytes("1", (picture.width, picture.height), picture.rows, "raw", "1;I")


def black(picture: paper.Picture) -> tuple[int, int, int, int]:
    box = ImageChops.invert(drawn(picture).convert("L")).getbbox()
    assert box is not None
    return box


# The printer's own characters.


@pytest.mark.parametrize("profile", [EPSON_80, WINCOR_80])
@pytest.mark.parametrize("language", TEXTS)
def test_a_text_arrives_letter_by_letter_whatever_number_its_code_page_has(
    language: str, profile: str
) -> None:
    text = TEXTS[language]
    writer = EscposWriter(profile, 48)
    if not writer.press.sets(text):
        assert (profile, language) == (WINCOR_80, "Ukrainian")
        return
    printer = machine(PAGES[profile])
    printer.receive(writer.write((paper.Text(text), paper.Cut())))
    assert printer.faults == []
    assert printer.slips[0].text == f"{text}\n"


def test_the_two_makers_number_their_pages_differently() -> None:
    """Else the test above would show nothing."""
    by_name = [{page: number for number, page in pages.items()} for pages in (EPSON, WINCOR)]
    assert all(by_name[0][page] != by_name[1][page] for page in ("cp1252", "cp857", "cp852"))


# Latin, Greek and Cyrillic: what code pages are made for.
EUROPEAN = st.characters(min_codepoint=0x20, max_codepoint=0x52F)


@given(text=st.text(EUROPEAN, max_size=60), profile=st.sampled_from((EPSON_80, WINCOR_80, ZJ_58)))
@settings(max_examples=300)
def test_what_a_printer_says_that_it_sets_comes_out_as_it_was_written(
    text: str, profile: str
) -> None:
    writer = EscposWriter(profile)
    kept = "".join(sign for sign in text if writer.press.sets(sign))
    assert writer.press.sets(kept)
    printer = machine(PAGES[profile])
    printer.receive(writer.write((paper.Text(kept), paper.Feed(8))))
    printer.receive(b"\x1dVB\x00")
    assert printer.faults == []
    assert printer.slips[0].text.replace("\n", "").strip() == kept.strip()


def test_only_pages_that_are_the_same_everywhere_are_used() -> None:
    """Not ISO 8859-7 for a euro sign, nor code page 855 for a Serbian letter."""
    writer = EscposWriter(EPSON_80)
    european = "".join(filter(writer.press.sets, map(chr, range(0x20, 0x2600))))
    used = {
        int(number[0])
        for sign in european
        for number in re.findall(rb"\x1bt(.)", writer.write((paper.Text(sign),)), re.DOTALL)
    }
    assert {EPSON[number] for number in used} <= {
        *("cp1252", "cp858", "cp850", "cp437", "cp852", "cp1250", "iso8859_2"),
        *("cp857", "cp1254", "iso8859_15", "cp866", "cp1251", "cp1125"),
    }


@pytest.mark.parametrize("text", ["مرحبا", "שלום", "日本", "e\u0301", "a\x1b@", "ไทย"])
def test_no_printer_is_trusted_with_scripts_that_it_would_spoil(text: str) -> None:
    assert not press("TM-T88V", 42).sets(text)


@pytest.mark.parametrize(
    ("profile", "columns", "dots"),
    [("TM-T20II", 48, 576), ("TM-T88V", 42, 504), ("ZJ-5870", 32, 384), ("default", 48, 576)],
)
def test_the_paper_is_as_wide_as_its_columns_and_never_wider_than_the_head(
    profile: str, columns: int, dots: int
) -> None:
    assert press(profile, columns).dots == dots
    assert press("TM-T88V", 48).dots == 512


@pytest.mark.parametrize(
    ("profile", "said"),
    [("TM-T88", "did you mean TM-T88"), ("TM-U220", "prints no pictures")],
)
def test_a_printer_that_cannot_be_used_is_refused_in_a_sentence(profile: str, said: str) -> None:
    with pytest.raises(ProfileError, match=said):
        press(profile, 48)


# What is drawn.


def test_a_slip_is_in_one_hand() -> None:
    slip = set_slip(replace(WALK_IN, service="Здати документи"), texts("de"), compositor())
    written = [element for element in slip if isinstance(element, paper.Text)]
    assert [element.text for element in written] == [WALK_IN.number]
    assert len(pictures(slip)) > 10


def compositor() -> Compositor:
    """Give one for a printer that knows ASCII and umlauts."""
    return Compositor(
        paper.Press(48, 576, lambda text: all(ord(sign) < 0x100 for sign in text)), DRAW
    )


def test_where_the_printer_has_every_sign_nothing_is_drawn() -> None:
    assert pictures(set_slip(WALK_IN, texts("de"), compositor())) == []


def test_a_letter_and_its_accent_are_one_sign() -> None:
    apart = unicodedata.normalize("NFD", "Zażółć gęślą jaźń")
    slip = centered(apart, press(EPSON_80, 48))
    assert slip[0] == paper.Text("Zażółć gęślą jaźń", align=paper.Align.CENTER)


@pytest.mark.parametrize("size", [1, 2, 3])
def test_what_is_drawn_is_as_large_as_it_should_be(size: int) -> None:
    (once,) = pictures(centered("Щ", LATIN_ONLY))
    (more,) = pictures(centered("Щ", LATIN_ONLY, size=size))
    assert more.height == size * once.height
    heights = [black(each)[3] - black(each)[1] for each in (once, more)]
    assert heights[1] == pytest.approx(size * heights[0], abs=size)


def test_bold_is_blacker() -> None:
    regular, bold = (
        drawn(pictures(centered("Щука", LATIN_ONLY, bold=bold))[0]).histogram()[0]
        for bold in (False, True)
    )
    assert bold > 1.2 * regular


def test_what_is_drawn_stands_in_the_middle() -> None:
    (picture,) = pictures(centered("Щука", LATIN_ONLY))
    left, _, right, _ = black(picture)
    assert left == pytest.approx(576 - right, abs=6)


def test_a_band_is_black_from_edge_to_edge() -> None:
    sheet = Sheet(48)
    sheet.band("Щука")
    (picture,) = pictures(Compositor(LATIN_ONLY, DRAW).set(sheet.cut()))
    assert picture.width == 576
    edges = [drawn(picture).getpixel((x, y)) for x in (0, 575) for y in (0, picture.height - 1)]
    assert edges == [0, 0, 0, 0]


def test_arabic_is_joined_and_runs_from_right_to_left() -> None:
    """The letters of one word touch; and what comes first stands on the right."""
    (joined,) = pictures(centered("سلس", LATIN_ONLY, size=4))
    columns = [
        any(drawn(joined).getpixel((x, y)) == 0 for y in range(joined.height))
        for x in range(*black(joined)[::2])
    ]
    assert all(columns)
    (word,) = pictures(centered("س 1", LATIN_ONLY, size=4))
    left, _, right, _ = black(word)
    middle = (left + right) // 2
    ink = [
        drawn(word).crop((a, 0, b, word.height)).histogram()[0]
        for a, b in ((left, middle), (middle, right))
    ]
    assert ink[0] < ink[1]


def test_digits_in_arabic_keep_their_order() -> None:
    """12 must not become 21: the time looks as it does without Arabic around it."""
    (mixed,) = pictures(centered("موعد 12:45", LATIN_ONLY, size=3))
    left, _, _, _ = black(mixed)
    setter = FONTS.typesetter(FONTS.choose("موعد 12:45"))
    alone, turned = (
        setter.line(time, Weight.REGULAR, 58, 576).mask.point([0] * 110 + [255] * 146)
        for time in ("12:45", "54:21")
    )
    there = ImageChops.invert(drawn(mixed).convert("L"))
    there = there.crop((left, 0, left + alone.width, there.height))
    assert unlike(there, alone) < 0.02 < unlike(there, turned)


def unlike(one: Image.Image, other: Image.Image) -> float:
    """Give the share of dots in which two pictures differ, both cut to their ink."""
    one, other = (each.crop(each.getbbox()) for each in (one, other))
    size = (max(one.width, other.width), max(one.height, other.height))
    padded = [each.crop((0, 0, *size)) for each in (one, other)]
    return ImageChops.difference(*padded).histogram()[255] / (size[0] * size[1])


def test_the_table_is_mirrored_where_its_labels_run_backwards() -> None:
    (there,) = pictures(table(("Щит", "В")))
    (back,) = pictures(table(("خدمة", "В")))
    assert ink_left(there) > 0.5
    assert ink_left(back) < 0.5


def table(*rows: tuple[str, str]) -> paper.Slip:
    sheet = Sheet(48)
    sheet.table(*rows)
    return Compositor(LATIN_ONLY, DRAW).set(sheet.cut())


def ink_left(picture: paper.Picture) -> float:
    """Tell which share of the ink stands in the left half of what is printed."""
    left, _, right, _ = black(picture)
    middle = (left + right) // 2
    first, second = (
        drawn(picture).crop((a, 0, b, picture.height)).histogram()[0]
        for a, b in ((left, middle), (middle, right))
    )
    return first / (first + second)


@given(
    st.text(st.characters(codec="utf-8"), max_size=200),
    st.sampled_from((32, 42, 48)),
    st.integers(1, 3),
)
@settings(max_examples=100, deadline=None)  # the first text opens the fonts
def test_no_text_at_all_is_wider_than_the_paper_or_more_than_the_printer_takes(
    text: str, columns: int, size: int
) -> None:
    nothing = paper.Press(columns, 12 * columns, lambda _: False)
    slip = centered(f"Щ{text}", nothing, size=size)
    assert all(picture.width <= 12 * columns for picture in pictures(slip))
    printer = machine(EPSON, 12 * columns)
    printer.receive(EscposWriter(EPSON_80, columns).write(slip))
    assert printer.faults == []


def test_a_word_without_an_end_is_drawn_to_its_end() -> None:
    word = "Щ" * 120
    said = "".join(picture.says for picture in pictures(centered(word, LATIN_ONLY)))
    assert said == word


def test_without_any_font_the_slip_still_has_its_number(tmp_path: Path) -> None:
    bare = Compositor(press(EPSON_80, 48), partial(Drawn, fonts=SlipFonts((tmp_path,))))
    slip = set_slip(IN_ARABIC, texts("ar"), bare)
    printer = machine(EPSON)
    printer.receive(EscposWriter(EPSON_80).write(slip))
    assert "B042" in printer.slips[0].text
    assert "????" in printer.slips[0].text


def test_each_line_has_a_font_with_its_signs() -> None:
    fonts = SlipFonts()
    assert "Arabic" in fonts.choose("م").regular.name or "DejaVu" in fonts.choose("م").regular.name
    mixed = fonts.choose("م A1")
    assert mixed.regular.name == "DejaVuSans.ttf"
    assert fonts.choose("م", preferred=mixed) == mixed


# Codes that we draw.


@pytest.mark.parametrize("columns", [32, 48])
@pytest.mark.parametrize("length", [40, 90, 122])
def test_a_code_fits_the_paper_with_white_around_it(columns: int, length: int) -> None:
    address = "https://warten.example.org/".ljust(length, "x")
    printer = machine(PAGES[ZJ_58 if columns == 32 else WINCOR_80], 12 * columns)
    writer = EscposWriter(ZJ_58 if columns == 32 else WINCOR_80, columns)
    printer.receive(writer.write((paper.Qr(address, module_dots=16), paper.Feed(9))))
    printer.receive(b"\x1dVB\x00")
    image = printer.slips[0].image
    (code,) = zxingcpp.read_barcodes(image)
    assert code.text == address
    box = ImageChops.invert(image).getbbox()
    assert box is not None
    # The upper edge of a finder pattern: seven black modules.
    edge = image.crop((box[0], box[1], box[2], box[1] + 1)).tobytes()
    module = edge.find(255) // 7
    assert module >= 5
    margin = (image.width - 12 * columns) // 2
    assert min(box[0] - margin, image.width - margin - box[2]) >= 4 * module


def test_a_code_has_modules_as_large_as_asked_where_the_paper_is_wide_enough() -> None:
    sizes = []
    for dots in (3, 6):
        printer = machine(EPSON)
        printer.receive(EscposWriter("simple", 48).write((paper.Qr("A", dots), paper.Feed(9))))
        printer.receive(b"\x1dVB\x00")
        box = ImageChops.invert(printer.slips[0].image).getbbox()
        assert box is not None
        sizes.append(box[2] - box[0])
    assert sizes == [63, 126]


@pytest.mark.parametrize(("width", "rows"), [(7, b"a"), (0, b"a"), (16, b"abc"), (8, b"")])
def test_a_picture_that_has_no_whole_rows_cannot_be(width: int, rows: bytes) -> None:
    with pytest.raises(ValueError, match="no rows of"):
        paper.Picture(width, rows)


def test_a_picture_after_right_aligned_text_still_begins_at_the_left() -> None:
    picture = paper.Picture(8, b"\xff" * 8)
    right = paper.Text("x", align=paper.Align.RIGHT)
    printer = machine(EPSON)
    printer.receive(EscposWriter(EPSON_80).write((right, picture, paper.Cut())))
    image = printer.slips[0].image
    rows = [
        image.crop((0, y, image.width, y + 1)).tobytes().find(0)
        for y in range(image.height)
        if 0 in image.crop((0, y, image.width, y + 1)).tobytes()
    ]
    assert [later for earlier, later in pairwise(rows) if later != earlier][-1] == 32
