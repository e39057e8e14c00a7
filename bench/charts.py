"""Bars for the documentation, drawn with Pillow: no plotting library for two pictures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PIL import Image, ImageDraw, ImageFont

if TYPE_CHECKING:
    from pathlib import Path

WIDTH, MARGIN, BAR, SPACE, TEXT = 1200, 40, 26, 22, 22
LABELS = 470
COLOURS = ("#9aa5b1", "#c98a2b", "#6c8ebf", "#0b6e4f", "#7a3e9d")
INK, PAPER, LIMIT = "#1c1c1c", "#ffffff", "#b00020"


@dataclass(frozen=True, slots=True)
class Bars:
    """Groups of horizontal bars.

    Args:
        title: One sentence: what is seen.
        unit: After each number.
        groups: Name of a group → its bars, in the order of `series`.
        series: Names of the bars of a group.
        digits: After the point.
        limit: Where a line is drawn, or None.
    """

    title: str
    unit: str
    groups: Mapping[str, Sequence[float]]
    series: Sequence[str]
    digits: int = 1
    limit: float | None = None

    def save(self, path: Path) -> None:
        """Draw and write a PNG."""
        rows = len(self.groups) * (len(self.series) * BAR + SPACE)
        top = MARGIN + 2 * TEXT + len(self.series) * (TEXT + 6) + SPACE
        picture = Image.new("RGB", (WIDTH, top + rows + MARGIN), PAPER)
        draw = ImageDraw.Draw(picture)
        draw.text((MARGIN, MARGIN), self.title, INK, ImageFont.load_default(TEXT + 4))
        self._key(draw)
        most = max(max(bars) for bars in self.groups.values())
        y = top
        for name, bars in self.groups.items():
            draw.text((MARGIN, y + BAR // 4), name, INK, ImageFont.load_default(TEXT - 3))
            for place, value in enumerate(bars):
                self._bar(draw, y + place * BAR, value, most, COLOURS[place])
            y += len(bars) * BAR + SPACE
        if self.limit is not None:
            x = self._x(self.limit, most)
            draw.line([(x, top - SPACE // 2), (x, y - SPACE // 2)], LIMIT, 2)
        picture.save(path, optimize=True)

    def _key(self, draw: ImageDraw.ImageDraw) -> None:
        for place, name in enumerate(self.series):
            y = MARGIN + 2 * TEXT + place * (TEXT + 6)
            draw.rectangle([MARGIN, y + 4, MARGIN + TEXT, y + TEXT], COLOURS[place])
            draw.text((MARGIN + 2 * TEXT, y), name, INK, ImageFont.load_default(TEXT - 3))

    def _bar(
        self, draw: ImageDraw.ImageDraw, y: int, value: float, most: float, colour: str
    ) -> None:
        end = self._x(value, most)
        draw.rectangle([LABELS, y, max(end, LABELS + 1), y + BAR - 5], colour)
        font = ImageFont.load_default(TEXT - 5)
        draw.text((end + 8, y), f"{value:.{self.digits}f}{self.unit}", INK, font)

    def _x(self, value: float, most: float) -> int:
        return LABELS + round((WIDTH - LABELS - 130) * value / most)
