"""Setting text: shaping, fitting and bounding it before anything is laid out.

All text goes through Pillow with raqm, which shapes Arabic and keeps its digits in order; pygame
turns 12 into 21 there, fatal for a ticket number. A line in a script that the board's own family
has not is cut into runs (runs.py); how to do that is loaded with the first such line.

Texts come from outside and may be of any length and content: they are cut to `CHARACTERS_MAX`
before they are looked at, and lose what is not meant to be seen.
"""

from __future__ import annotations

import unicodedata
from collections import OrderedDict
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

import msgspec
from PIL import Image, ImageDraw, ImageFont, features

from appliance.display import breaking
from appliance.display.fonts import FontFiles, FontsMissing, Weight

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from appliance.display.runs import Characters

CHARACTERS_MAX = 160
SENTENCES_MAX = 4 * CHARACTERS_MAX
MARKS_MAX = 3
"""More accents than that on one letter are no script but a stain on the lines around it."""

LOW_BODIED = 1.15
"""Arabic and Hebrew stand lower than capitals: drawn so much larger, they are as well readable."""

PLAIN_BELOW = "\u0590"
"""What is before the Hebrew block runs from left to right, and both families have it."""
LATER_PLAIN = range(0x1E00, 0x2200)
"""Latin and Greek with accents, dashes, quotation marks, arrows: the same."""

ELLIPSIS = "…"
FONTS_MAX = 64
CACHE_PIXELS = 6_000_000
"""About 6 MB: a full board is 2 million pixels of which text covers a third."""


def is_plain(text: str) -> bool:
    """Tell whether a text is one run: of one direction, and of signs that both families have."""
    return all(sign < PLAIN_BELOW or ord(sign) in LATER_PLAIN for sign in text)


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


class Line(msgspec.Struct, frozen=True, eq=False):
    """A line of text, ready to be put down.

    Args:
        text: What it says after cutting.
        width: How far the next text would stand, in pixels.
        cap: Height of its capitals, in pixels.
        left: From the line's start to the left edge of `mask`; negative to the left.
        top: From the baseline to the upper edge of `mask`; negative is above.
        mask: Coverage, 0 to 255.
        rtl: It runs from right to left: it begins where its column ends.
    """

    text: str
    width: int
    cap: int
    left: int
    top: int
    mask: Image.Image
    rtl: bool = False


class Run(NamedTuple):
    """A piece of a line that one font can draw in one direction.

    Args:
        text: What it says.
        font: Place of its family in the list; 0 is the board's own.
        rtl: It runs from right to left.
    """

    text: str
    font: int = 0
    rtl: bool = False


class Typesetter:
    """Sets lines in one family, helped by others, and remembers what it set last. For one thread.

    Where `rtl` is left open, a line runs as its first letter does.

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
        self._files = (files, *files.others)
        self._fonts: dict[tuple[int, Weight, int], ImageFont.FreeTypeFont] = {}
        self._lines: OrderedDict[tuple[str, Weight, int, bool], Line] = OrderedDict()
        self._pixels = 0
        self._em_per_cap = {weight: self._measure_em(weight) for weight in Weight}
        self._characters: list[Characters] = []

    @property
    def kept_pixels(self) -> int:
        """How many pixels of text it remembers, a byte each."""
        return self._pixels

    def width(self, text: str, weight: Weight, cap: float, *, rtl: bool | None = None) -> float:
        """Give how wide `text` would be, in pixels, capitals `cap` pixels high."""
        rtl = self._runs_backwards(text) if rtl is None else rtl
        return sum(
            self._font(weight, round(cap), run).getlength(run.text, direction=_direction(run))
            for run in self._runs(text, rtl=rtl)
        )

    def line(
        self,
        text: str,
        weight: Weight,
        cap: float,
        width: float,
        *,
        least_cap: float | None = None,
        rtl: bool | None = None,
    ) -> Line:
        """Set `text` on one line at most `width` pixels wide.

        What is too wide is first set smaller, down to `least_cap`, and then cut.

        Args:
            text: Anything; it is cleaned first.
            weight: Strokes.
            cap: Height of the capitals, in pixels.
            width: Room, in pixels.
            least_cap: As small as it may become; None: not smaller at all.
            rtl: It runs from right to left; None: as its first letter does.
        """
        text = clean(text)
        rtl = self._runs_backwards(text) if rtl is None else rtl
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
        text = clean(text)
        rtl = self._runs_backwards(text)
        measure = partial(self.width, weight=weight, cap=cap, rtl=rtl)
        rows = breaking.rows(text, measure, width, most)
        return tuple(self.line(row, weight, cap, width, rtl=rtl) for row in rows)

    def sentences(
        self, text: str, weight: Weight, cap: float, width: float, most: int
    ) -> tuple[Line, ...]:
        """Set `text` on at most `most` lines, broken between sentences where that goes."""
        text = clean(text, SENTENCES_MAX)
        rtl = self._runs_backwards(text)
        measure = partial(self.width, weight=weight, cap=cap, rtl=rtl)
        rows = breaking.sentences(text, measure, width, most)
        return tuple(self.line(row, weight, cap, width, rtl=rtl) for row in rows)

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
        x, placed = 0.0, []
        for run in self._runs(text, rtl=rtl):
            font = self._font(weight, cap, run)
            left, top, right, bottom = font.getbbox(
                run.text, direction=_direction(run), anchor="ls"
            )
            at = round(x)
            box = (at + int(left), int(top), at + int(right), int(bottom))
            placed.append((run, font, at, box))
            x += font.getlength(run.text, direction=_direction(run))
        left, top = (min(box[side] for *_, box in placed) for side in (0, 1))
        right, bottom = (max(box[side] for *_, box in placed) for side in (2, 3))
        mask = Image.new("L", (max(1, right - left), max(1, bottom - top)))
        draw = ImageDraw.Draw(mask)
        for run, font, at, _ in placed:
            draw.text(
                (at - left, -top),
                run.text,
                fill=255,
                font=font,
                anchor="ls",
                direction=_direction(run),
            )
        line = Line(text, round(x), cap, left, top, mask, rtl)
        self._remember(key, line)
        return line

    def _remember(self, key: tuple[str, Weight, int, bool], line: Line) -> None:
        self._lines[key] = line
        self._pixels += line.mask.width * line.mask.height
        while self._pixels > CACHE_PIXELS and len(self._lines) > 1:
            _, oldest = self._lines.popitem(last=False)
            self._pixels -= oldest.mask.width * oldest.mask.height

    def _runs_backwards(self, text: str) -> bool:
        if is_plain(text):
            return False
        from appliance.display import runs  # noqa: PLC0415  (most boards never need it)

        return runs.runs_backwards(text)

    def _runs(self, text: str, *, rtl: bool) -> Sequence[Run]:
        """Cut a line into runs; a plain one is one."""
        if not text or (not rtl and is_plain(text)):
            return (Run(text),)
        from appliance.display import runs  # noqa: PLC0415  (most boards never need it)

        if not self._characters:
            self._characters = [runs.Characters(files.regular) for files in self._files]
        return runs.cut(text, self._characters, rtl=rtl)

    def font(self, weight: Weight, cap: int) -> ImageFont.FreeTypeFont:
        """Give the font whose capitals are `cap` pixels high."""
        return self._font(weight, cap, Run(""))

    def _font(self, weight: Weight, cap: int, run: Run) -> ImageFont.FreeTypeFont:
        scaled = round(cap * LOW_BODIED) if run.font and run.rtl else cap
        key = (run.font, weight, scaled)
        if key not in self._fonts:
            if len(self._fonts) >= FONTS_MAX:
                self._fonts.clear()
            size = scaled * self._em_per_cap[weight]
            self._fonts[key] = _load(self._files[run.font].of(weight), size)
        return self._fonts[key]

    def _measure_em(self, weight: Weight) -> float:
        em = 1000
        _, top, _, _ = _load(self._files[0].of(weight), em).getbbox("H", anchor="ls")
        return em / -top


def _load(path: Path, size: float) -> ImageFont.FreeTypeFont:
    try:
        return ImageFont.truetype(path, size, layout_engine=ImageFont.Layout.RAQM)
    except OSError as error:
        raise FontsMissing(
            f"font {path} can't be read ({error}). Install the package fonts-noto-core again."
        ) from error


def _direction(run: Run) -> str:
    return "rtl" if run.rtl else "ltr"
