"""Setting text: shaping, fitting and bounding it before anything is laid out.

All text goes through Pillow with raqm, which shapes Arabic and keeps its digits in order; pygame
turns 12 into 21 there, fatal for a ticket number. Texts come from outside and may be of any length
and content: they are cut to `CHARACTERS_MAX` before they are looked at, and lose what is not meant
to be seen.
"""

from __future__ import annotations

import unicodedata
from collections import OrderedDict
from dataclasses import dataclass
from enum import Enum
from functools import partial
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont, features

from appliance.display import breaking
from appliance.errors import LobbyError

CHARACTERS_MAX = 160
SENTENCES_MAX = 4 * CHARACTERS_MAX
MARKS_MAX = 3
"""More accents than that on one letter are no script but a stain on the lines around it."""

FONT_FOLDERS = (
    Path("/usr/share/fonts/truetype/noto"),
    Path("/usr/share/fonts/truetype/dejavu"),
    Path("/usr/share/fonts/noto"),
    Path("/usr/share/fonts/TTF"),
)
FAMILIES = (
    ("NotoSans-Regular.ttf", "NotoSans-Bold.ttf"),
    ("DejaVuSans.ttf", "DejaVuSans-Bold.ttf"),
)

ELLIPSIS = "…"
FONTS_MAX = 64
CACHE_PIXELS = 6_000_000
"""About 6 MB: a full board is 2 million pixels of which text covers a third."""


class FontsMissing(LobbyError, LookupError):  # noqa: N818  (says what happened; every error of ours does)
    """No font that the board is drawn with; the sentence says what to install."""


class Weight(Enum):
    """How heavy the strokes are."""

    REGULAR = "regular"
    BOLD = "bold"


@dataclass(frozen=True, slots=True, repr=False)
class FontFiles:
    """One family: the two files that everything is set in."""

    regular: Path
    bold: Path

    def of(self, weight: Weight) -> Path:
        """Give the file of a weight."""
        return self.bold if weight is Weight.BOLD else self.regular


def find_fonts(folders: tuple[Path, ...] = FONT_FOLDERS) -> FontFiles:
    """Find Noto Sans, or else DejaVu Sans.

    Raises:
        FontsMissing: Neither is there.
    """
    for regular, bold in FAMILIES:
        for folder in folders:
            files = FontFiles(folder / regular, folder / bold)
            if files.regular.is_file() and files.bold.is_file():
                return files
    raise FontsMissing(
        "no font for the board: neither Noto Sans nor DejaVu Sans is in "
        f"{', '.join(str(folder) for folder in folders)}. Install the package fonts-noto-core."
    )


def clean(text: str, limit: int = CHARACTERS_MAX) -> str:
    """Give `text` as one line that is safe to set.

    Control characters, direction overrides, private and unassigned characters go; runs of white
    space become one space; the rest is cut to `limit` characters, with an ellipsis.
    """
    kept: list[str] = []
    marks = 0
    for character in text[: 2 * limit]:
        category = unicodedata.category(character)
        marks = marks + 1 if category in {"Mn", "Me"} else 0
        if character.isspace():
            kept.append(" ")
        elif marks > MARKS_MAX or (category.startswith("C") and character not in "\u200c\u200d"):
            continue
        else:
            kept.append(character)
    line = " ".join("".join(kept).split())
    if len(line) > limit or len(text) > 2 * limit:
        return line[: limit - 1].rstrip() + ELLIPSIS
    return line


@dataclass(frozen=True, slots=True, eq=False)
class Line:
    """A line of text, ready to be put down.

    Args:
        text: What it says after cutting.
        width: How far the next text would stand, in pixels.
        cap: Height of its capitals, in pixels.
        left: From the line's start to the left edge of `mask`; negative to the left.
        top: From the baseline to the upper edge of `mask`; negative is above.
        mask: Coverage, 0 to 255.
    """

    text: str
    width: int
    cap: int
    left: int
    top: int
    mask: Image.Image


class Typesetter:
    """Sets lines in one family, and remembers what it set last.

    Args:
        files: The family.

    Raises:
        FontsMissing: Pillow can't shape text here, or a file can't be read.
    """

    def __init__(self, files: FontFiles) -> None:
        if not features.check("raqm"):
            raise FontsMissing(
                "Pillow cannot shape text here (no raqm). Install the package libfribidi0."
            )
        self._files = files
        self._fonts: dict[tuple[Weight, int], ImageFont.FreeTypeFont] = {}
        self._lines: OrderedDict[tuple[str, Weight, int, bool], Line] = OrderedDict()
        self._pixels = 0
        self._em_per_cap = {weight: self._measure_em(weight) for weight in Weight}

    @property
    def kept_pixels(self) -> int:
        """How many pixels of text it remembers, a byte each."""
        return self._pixels

    def width(self, text: str, weight: Weight, cap: float, *, rtl: bool = False) -> float:
        """Give how wide `text` would be, in pixels, capitals `cap` pixels high."""
        return self.font(weight, round(cap)).getlength(text, direction=_direction(rtl=rtl))

    def line(
        self,
        text: str,
        weight: Weight,
        cap: float,
        width: float,
        *,
        least_cap: float | None = None,
        rtl: bool = False,
    ) -> Line:
        """Set `text` on one line at most `width` pixels wide.

        What is too wide is first set smaller, down to `least_cap`, and then cut.

        Args:
            text: Anything; it is cleaned first.
            weight: Strokes.
            cap: Height of the capitals, in pixels.
            width: Room, in pixels.
            least_cap: As small as it may become; None: not smaller at all.
            rtl: It runs from right to left.
        """
        text = clean(text)
        cap = max(1, round(cap))
        natural = self.width(text, weight, cap, rtl=rtl)
        if natural > width and least_cap is not None:
            cap = max(round(least_cap), int(cap * width / natural), 1)
            natural = self.width(text, weight, cap, rtl=rtl)
        if natural > width:
            text = self._cut(text, weight, cap, width, rtl=rtl)
        return self._set(text, weight, cap, rtl=rtl)

    def paragraph(
        self, text: str, weight: Weight, cap: float, width: float, most: int
    ) -> tuple[Line, ...]:
        """Set `text` on at most `most` lines, no more than it needs, of about one length.

        It is broken at spaces; what does not fit on `most` lines is cut at the end of the last one.
        """
        measure = partial(self.width, weight=weight, cap=cap)
        rows = breaking.rows(clean(text), measure, width, most)
        return tuple(self.line(row, weight, cap, width) for row in rows)

    def sentences(
        self, text: str, weight: Weight, cap: float, width: float, most: int
    ) -> tuple[Line, ...]:
        """Set `text` on at most `most` lines, broken between sentences where that goes."""
        measure = partial(self.width, weight=weight, cap=cap)
        rows = breaking.sentences(clean(text, SENTENCES_MAX), measure, width, most)
        return tuple(self.line(row, weight, cap, width) for row in rows)

    def _cut(self, text: str, weight: Weight, cap: int, width: float, *, rtl: bool) -> str:
        """Give the longest beginning of `text` that fits with an ellipsis."""
        fits, too_long = 0, len(text)
        while too_long - fits > 1:
            middle = (fits + too_long) // 2
            if self.width(text[:middle] + ELLIPSIS, weight, cap, rtl=rtl) <= width:
                fits = middle
            else:
                too_long = middle
        return text[:fits].rstrip() + ELLIPSIS

    def _set(self, text: str, weight: Weight, cap: int, *, rtl: bool) -> Line:
        key = (text, weight, cap, rtl)
        if key in self._lines:
            self._lines.move_to_end(key)
            return self._lines[key]
        font = self.font(weight, cap)
        direction = _direction(rtl=rtl)
        left, top, right, bottom = font.getbbox(text, direction=direction, anchor="ls")
        left, top, right, bottom = int(left), int(top), int(right), int(bottom)
        mask = Image.new("L", (max(1, right - left), max(1, bottom - top)))
        ImageDraw.Draw(mask).text(
            (-left, -top), text, fill=255, font=font, anchor="ls", direction=direction
        )
        width = round(font.getlength(text, direction=direction))
        line = Line(text, width, cap, left, top, mask)
        self._remember(key, line)
        return line

    def _remember(self, key: tuple[str, Weight, int, bool], line: Line) -> None:
        self._lines[key] = line
        self._pixels += line.mask.width * line.mask.height
        while self._pixels > CACHE_PIXELS and len(self._lines) > 1:
            _, oldest = self._lines.popitem(last=False)
            self._pixels -= oldest.mask.width * oldest.mask.height

    def font(self, weight: Weight, cap: int) -> ImageFont.FreeTypeFont:
        """Give the font whose capitals are `cap` pixels high."""
        key = (weight, cap)
        if key not in self._fonts:
            if len(self._fonts) >= FONTS_MAX:
                self._fonts.clear()
            self._fonts[key] = self._load(weight, cap * self._em_per_cap[weight])
        return self._fonts[key]

    def _load(self, weight: Weight, size: float) -> ImageFont.FreeTypeFont:
        path = self._files.of(weight)
        try:
            return ImageFont.truetype(path, size, layout_engine=ImageFont.Layout.RAQM)
        except OSError as error:
            raise FontsMissing(
                f"font {path} can't be read ({error}). Install the package fonts-noto-core again."
            ) from error

    def _measure_em(self, weight: Weight) -> float:
        em = 1000
        _, top, _, _ = self._load(weight, em).getbbox("H", anchor="ls")
        return em / -top


def _direction(*, rtl: bool) -> str:
    return "rtl" if rtl else "ltr"
