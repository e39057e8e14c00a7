from __future__ import annotations

from typing import TYPE_CHECKING, SupportsIndex

import pytest
from PIL import ImageChops

from appliance.display.fonts import FONT_FOLDERS, FontFiles, FontsMissing, Weight, find_fonts
from appliance.display.text import CACHE_PIXELS, Typesetter, clean

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture(scope="module")
def dejavu() -> Typesetter:
    """Noto Sans has no Arabic letters; DejaVu Sans has."""
    folders = [folder for folder in FONT_FOLDERS if folder.name == "dejavu"]
    return Typesetter(find_fonts(tuple(folders)))


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("A017", "A017"),
        ("  two\n\tlines ", "two lines"),
        ("a\x00b\x1b[31mc", "ab[31mc"),
        ("\u202e710A", "710A"),
        ("a\ud800b\ue000c", "abc"),
        ("Straße Ñandú", "Straße Ñandú"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("e" + "\u0301" * 9, "e" + "\u0301" * 3),
        ("", ""),
    ],
)
def test_only_what_is_meant_to_be_seen_is_kept(text: str, cleaned: str) -> None:
    assert clean(text) == cleaned


def test_a_long_text_is_cut_and_says_so() -> None:
    assert clean("x" * 161) == "x" * 159 + "…"
    assert clean("x" * 160) == "x" * 160
    assert clean("\x00" * 5_000_000 + "x") == "…"


class Endless(str):
    """A text that must not be walked through: only its beginning may be taken."""

    __slots__ = ()

    def __len__(self) -> int:
        return 10_000_000_000

    def __iter__(self) -> Iterator[str]:
        raise AssertionError("the whole text was walked through")

    def __getitem__(self, key: SupportsIndex | slice) -> str:
        assert isinstance(key, slice)
        assert key.stop <= 1000
        return str.__getitem__(self, key)


def test_of_an_endless_text_only_the_beginning_is_looked_at(setter: Typesetter) -> None:
    line = setter.line(Endless("word " * 1000), Weight.BOLD, 40, 500)
    assert line.text == "word word wor…"


def test_capitals_have_the_height_that_was_asked_for(setter: Typesetter) -> None:
    for cap in (12, 40, 216):
        line = setter.line("HEX", Weight.BOLD, cap, 5000)
        assert abs(line.mask.height - cap) <= 1


def test_what_is_too_wide_becomes_smaller_and_is_then_cut(setter: Typesetter) -> None:
    width = setter.width("Eingangszone", Weight.BOLD, 40)
    smaller = setter.line("Eingangszone", Weight.BOLD, 40, width * 0.8, least_cap=20)
    assert smaller.text == "Eingangszone"
    assert 20 <= smaller.cap < 40
    cut = setter.line("Eingangszone", Weight.BOLD, 40, width * 0.8)
    assert cut.text.endswith("…")
    assert cut.cap == 40
    assert max(smaller.width, cut.width) <= width * 0.8


def test_an_ellipsis_takes_no_more_than_it_must(setter: Typesetter) -> None:
    width = setter.width("Eingangszo…", Weight.BOLD, 40) + 1
    assert setter.line("Eingangszone", Weight.BOLD, 40, width).text == "Eingangszo…"


def test_a_paragraph_breaks_evenly_and_cuts_only_at_its_end(setter: Typesetter) -> None:
    text = "Bitte beachten Sie die Öffnungszeiten am Eingang"
    whole = setter.width(text, Weight.BOLD, 30)
    first, second = setter.paragraph(text, Weight.BOLD, 30, whole * 0.9, 2)
    assert f"{first.text} {second.text}" == text
    assert 0.6 < first.width / second.width < 1.6
    assert [line.text for line in setter.paragraph(text, Weight.BOLD, 30, whole + 1, 2)] == [text]
    tight = setter.paragraph(text, Weight.BOLD, 30, whole * 0.3, 2)
    assert len(tight) == 2
    assert tight[1].text.endswith("…")


def test_arabic_letters_join_and_digits_keep_their_order(dejavu: Typesetter) -> None:
    word = "سلام"
    joined = dejavu.width(word, Weight.BOLD, 60, rtl=True)
    apart = sum(dejavu.width(letter, Weight.BOLD, 60, rtl=True) for letter in word)
    assert joined < apart * 0.9
    left = dejavu.line("12", Weight.BOLD, 60, 900)
    right = dejavu.line("12", Weight.BOLD, 60, 900, rtl=True)
    assert ImageChops.difference(left.mask, right.mask).getbbox() is None
    # In a sentence from right to left the number's place is at its end, on the left.
    sentence = dejavu.line(f"{word} 12", Weight.BOLD, 60, 900, rtl=True)
    down = left.top - sentence.top
    ink = sentence.mask.crop((0, down, left.mask.width, down + left.mask.height))
    assert ImageChops.difference(ink, left.mask).getbbox() is None


def test_the_memory_for_lines_is_bounded(setter: Typesetter) -> None:
    for number in range(60):
        setter.line(f"A{number:03}", Weight.BOLD, 300, 5000)
    assert CACHE_PIXELS / 2 < setter.kept_pixels <= CACHE_PIXELS


def test_missing_fonts_name_the_package(tmp_path: Path) -> None:
    with pytest.raises(FontsMissing, match="Install the package fonts-noto-core"):
        find_fonts((tmp_path,))


def test_dejavu_stands_in_for_noto(tmp_path: Path) -> None:
    for name in ("DejaVuSans.ttf", "DejaVuSans-Bold.ttf"):
        (tmp_path / name).touch()
    assert find_fonts((tmp_path,)).bold == tmp_path / "DejaVuSans-Bold.ttf"


def test_a_broken_font_file_is_a_sentence(tmp_path: Path) -> None:
    broken = tmp_path / "broken.ttf"
    broken.write_bytes(b"no font")
    with pytest.raises(FontsMissing, match=r"broken\.ttf can't be read"):
        Typesetter(FontFiles(broken, broken))


@pytest.mark.parametrize("width", [260, 350, 500, 900])
def test_a_paragraph_loses_no_word_and_needs_no_line_more(setter: Typesetter, width: int) -> None:
    text = "Bitte beachten Sie die Öffnungszeiten am Eingang"
    full = setter.paragraph(text, Weight.BOLD, 20, width, 9)
    assert " ".join(line.text for line in full) == text
    assert max(line.width for line in full) <= width
    fewer = setter.paragraph(text, Weight.BOLD, 20, width, len(full))
    assert [line.text for line in fewer] == [line.text for line in full]


def test_a_figure_keeps_to_the_word_after_it(setter: Typesetter) -> None:
    text = "Mit Ihrem Termin um 10:45 Uhr haben Sie Vorrang"
    for width in range(250, 700, 10):
        lines = setter.paragraph(text, Weight.BOLD, 20, width, 5)
        assert any("10:45 Uhr" in line.text for line in lines)


def test_a_sentence_that_does_not_fit_begins_a_line(setter: Typesetter) -> None:
    text = "Willkommen. Raum 1. OG ist um 10:45. Bitte gehen Sie direkt dorthin."
    width = setter.width("Bitte gehen Sie direkt dorthin.", Weight.BOLD, 20) + 1
    assert [line.text for line in setter.sentences(text, Weight.BOLD, 20, width, 5)] == [
        "Willkommen.",
        "Raum 1. OG ist um 10:45.",
        "Bitte gehen Sie direkt dorthin.",
    ]
    flowing = setter.sentences(text, Weight.BOLD, 20, width, 2)
    assert len(flowing) == 2
