"""The characters of the printer: 12 × 24 dots, drawn once from a font of the system.

A printer makes large characters by repeating dots; with smoothing (GS b) it rounds the steps. Both
are drawn here as they come out on paper.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Final

import numpy as np
from PIL import Image, ImageChops, ImageDraw, ImageFont

BLACK: Final = 0
WHITE: Final = 255
CELL_WIDTH: Final = 12
CELL_HEIGHT: Final = 24
_THRESHOLD: Final = 140

_PLACES: Final = (
    "/usr/share/fonts/truetype/dejavu/DejaVuSansMono.ttf",
    "/usr/share/fonts/truetype/noto/NotoSansMono-Regular.ttf",
)


class NoFontError(LookupError):
    """No font to draw with was found; the sentence says what to install."""


@dataclass(frozen=True, slots=True)
class Style:
    """How characters look.

    Args:
        width: Multiple of the normal width, 1 to 8.
        height: Multiple of the normal height, 1 to 8.
        bold: Every dot twice, side by side.
        underline: Thickness of the line below, in dots.
        invert: White on black.
        smooth: Rounded steps in large characters.
    """

    width: int = 1
    height: int = 1
    bold: bool = False
    underline: int = 0
    invert: bool = False
    smooth: bool = False

    @property
    def cell(self) -> tuple[int, int]:
        """Width and height of a character in dots."""
        return CELL_WIDTH * self.width, CELL_HEIGHT * self.height


class Glyphs:
    """Pictures of characters, kept once drawn.

    Args:
        path: The font. None: the first of DejaVu Sans Mono and Noto Sans Mono that is there.

    Raises:
        NoFontError: There is none.
    """

    def __init__(self, path: Path | None = None) -> None:
        self.path = path or _installed()
        self._drawn: dict[tuple[str, Style], Image.Image] = {}

    @cached_property
    def fingerprint(self) -> str:
        """SHA-256 of the font file: pictures compare only between equal ones."""
        return hashlib.sha256(self.path.read_bytes()).hexdigest()

    def draw(self, character: str, style: Style) -> Image.Image:
        """Give the picture of a character, of the size of its cell, black on white."""
        key = (character, style)
        if key not in self._drawn:
            self._drawn[key] = self._draw(character, style)
        return self._drawn[key]

    def _draw(self, character: str, style: Style) -> Image.Image:
        picture = self._dots(character)
        if style.bold:
            picture = ImageChops.darker(picture, _moved_right(picture))
        while style.smooth and picture.height < style.cell[1]:
            picture = _doubled(picture)
        picture = picture.resize(style.cell, Image.Resampling.NEAREST)
        if style.underline:
            width, height = style.cell
            top = height - style.underline * style.height
            ImageDraw.Draw(picture).rectangle((0, top, width, height), fill=BLACK)
        return ImageChops.invert(picture) if style.invert else picture

    def _dots(self, character: str) -> Image.Image:
        """Give the character as the printer keeps it."""
        picture = Image.new("L", (CELL_WIDTH, CELL_HEIGHT), WHITE)
        ascent, descent = self._font.getmetrics()
        top = (CELL_HEIGHT - ascent - descent) // 2
        ImageDraw.Draw(picture).text((0, top), character, fill=BLACK, font=self._font)
        return picture.point([BLACK] * _THRESHOLD + [WHITE] * (256 - _THRESHOLD))

    @cached_property
    def _font(self) -> ImageFont.FreeTypeFont:
        # At 20 pixels both fonts advance by 12.
        return ImageFont.truetype(self.path, 20, layout_engine=ImageFont.Layout.BASIC)


def _doubled(picture: Image.Image) -> Image.Image:
    """Make it twice as large, its steps rounded (the rule known as Scale2x)."""
    dots = np.asarray(picture)
    around = np.pad(dots, 1, mode="edge")
    up, down = around[:-2, 1:-1], around[2:, 1:-1]
    left, right = around[1:-1, :-2], around[1:-1, 2:]
    corner = (up != down) & (left != right)
    double = np.empty((2 * dots.shape[0], 2 * dots.shape[1]), dots.dtype)
    for row, vertical in enumerate((up, down)):
        for column, horizontal in enumerate((left, right)):
            rounded = np.where(corner & (vertical == horizontal), vertical, dots)
            double[row::2, column::2] = rounded
    return Image.fromarray(double)


def _moved_right(picture: Image.Image) -> Image.Image:
    moved = Image.new("L", picture.size, WHITE)
    moved.paste(picture, (1, 0))
    return moved


def _installed() -> Path:
    for place in map(Path, _PLACES):
        if place.exists():
            return place
    raise NoFontError(
        "no font to draw slips with: install the Debian package fonts-dejavu-core"
        f" (looked for {' and '.join(_PLACES)})"
    )
