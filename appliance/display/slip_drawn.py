"""Setting a slip in dots, for what a printer has no characters for.

Arabic is joined and runs from right to left; a Turkish or Ukrainian name on a printer without the
code page is whole. Sizes match the printer's own: a capital is 16 dots high, a line 30 dots. It is
slow beside the printer's type (a kilobyte a line, not thirty bytes), so it is used where it must.
"""

from __future__ import annotations

from itertools import zip_longest
from typing import TYPE_CHECKING, Final

from PIL import Image

from appliance import paper
from appliance.display import breaking
from appliance.display.fonts import Weight
from appliance.display.runs import runs_backwards
from appliance.display.text import clean

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from appliance.display.fonts import FontFiles
    from appliance.display.slip_fonts import SlipFonts
    from appliance.display.slip_sheet import Line, Row
    from appliance.display.text import Line as SetLine

_CAP: Final = 16
_PITCH: Final = 30
_BASE: Final = 22
_BAND_MARGIN: Final = 24
_GUTTER: Final = 24
_LEAST: Final = 0.5
"""A word that is wider than the paper is set smaller, down to this share of its size."""
_LONGEST: Final = 400
_MOST_ROWS: Final = 30
_LOW_BODIED: Final = 1.2
"""Arabic and Hebrew stand lower than capitals: drawn so much larger, they are as well readable."""
_INK: Final = 110
"""Coverage from which a dot is black, of 255: paper spreads heat, thin strokes are easily lost."""


class Drawn:
    """Draws lines on paper of `dots` width; see `Hand`.

    Args:
        dots: Width of the paper.
        fonts: What is drawn with.
    """

    def __init__(self, dots: int, fonts: SlipFonts) -> None:
        self._dots = dots // 8 * 8
        self._fonts = fonts
        self._preferred: FontFiles | None = None

    def begin(self, said: str) -> None:
        """Choose the font for a slip that says this, so that it has one face where possible.

        Raises:
            FontsMissing: There is none.
        """
        self._preferred = None
        self._preferred = self._fonts.choose(said)

    def fits(self, text: str) -> bool:
        """Whether a text of normal size stands on one line."""
        return self._width(text, Weight.REGULAR, _CAP) <= self._dots

    def lines(self, line: Line) -> Iterator[paper.Element]:
        """Draw a text in the middle."""
        cap = _CAP * line.size
        weight = Weight.BOLD if line.bold else Weight.REGULAR
        room = self._dots - (_BAND_MARGIN * line.size if line.band else 0)
        for row in self._rows(line.text, weight, cap, room):
            drawn = self._line(row, weight, cap, room)
            x = (self._dots - drawn.width) // 2
            yield self._picture([(x, drawn)], line.size, drawn.text, invert=line.band)

    def table(self, rows: Sequence[Row]) -> Iterator[paper.Element]:
        """Draw labels and values; where the labels run from right to left, so does the table."""
        backwards = any(runs_backwards(label) for label, _ in rows)
        labels = [self._line(label, Weight.REGULAR, _CAP, self._dots // 2) for label, _ in rows]
        beside = max(label.width for label in labels) + _GUTTER
        room = self._dots - beside
        cells = [self._rows(value, Weight.REGULAR, _CAP, room) for _, value in rows]
        set_cells = [
            [self._line(row, Weight.REGULAR, _CAP, room) for row in cell] for cell in cells
        ]
        width = beside + max(line.width for cell in set_cells for line in cell)
        left = (self._dots - width) // 2
        for label, cell in zip(labels, set_cells, strict=True):
            for name, value in zip_longest([label], cell):
                placed = [(0, name)] if name else []
                placed += [(beside, value)] if value else []
                says = "  ".join(line.text for _, line in placed)
                if backwards:
                    placed = [(width - x - line.width, line) for x, line in placed]
                yield self._picture([(left + x, line) for x, line in placed], 1, says)

    def _rows(self, text: str, weight: Weight, cap: int, room: int) -> list[str]:
        """Break where the text does, between words where a line is full, in words at worst."""

        def measure(part: str) -> float:
            return self._width(part, weight, cap)

        parts = [clean(part, _LONGEST) for part in text.splitlines()]
        rows = [row for part in parts for row in breaking.rows(part, measure, room, _MOST_ROWS)]
        return [piece for row in rows for piece in _pieces(row, measure, room / _LEAST)]

    def _width(self, text: str, weight: Weight, cap: int) -> float:
        setter = self._fonts.typesetter(self._fonts.choose(text, self._preferred))
        backwards = runs_backwards(text)
        return setter.width(text, weight, _scaled(cap, backwards=backwards), rtl=backwards)

    def _line(self, text: str, weight: Weight, cap: int, room: int) -> SetLine:
        setter = self._fonts.typesetter(self._fonts.choose(text, self._preferred))
        backwards = runs_backwards(text)
        high = _scaled(cap, backwards=backwards)
        return setter.line(text, weight, high, room, least_cap=cap * _LEAST, rtl=backwards)

    def _picture(
        self, lines: Iterable[tuple[int, SetLine]], size: int, says: str, *, invert: bool = False
    ) -> paper.Picture:
        """Draw lines side by side, on one base line."""
        placed = list(lines)
        backwards = runs_backwards(says)
        pitch, base = (_scaled(dots * size, backwards=backwards) for dots in (_PITCH, _BASE))
        below = max(pitch - base, *(line.top + line.mask.height for _, line in placed))
        base = max(base, *(-line.top for _, line in placed))
        mask = Image.new("L", (self._dots, base + below))
        for x, line in placed:
            at = (max(0, x + line.left), base + line.top)
            mask.paste(255, (*at, at[0] + line.mask.width, at[1] + line.mask.height), line.mask)
        return _dots(mask, says, invert=invert)


def _dots(mask: Image.Image, says: str, *, invert: bool) -> paper.Picture:
    table = [255 if (grey >= _INK) != invert else 0 for grey in range(256)]
    dots = mask.point(table, "1")
    box = dots.getbbox()
    # White to the right of the last dot needs no bytes.
    width = (box[2] + 7) // 8 * 8 if box else 8
    return paper.Picture(width, dots.crop((0, 0, width, dots.height)).tobytes(), says)


def _scaled(dots: int, *, backwards: bool) -> int:
    return round(dots * _LOW_BODIED) if backwards else dots


def _pieces(row: str, measure: Callable[[str], float], room: float) -> Iterator[str]:
    """Cut what is too wide even when set smaller: a word without an end, or without spaces."""
    while measure(row) > room and len(row) > 1:
        fits = next(
            end for end in range(len(row) - 1, 0, -1) if end == 1 or measure(row[:end]) <= room
        )
        yield row[:fits]
        row = row[fits:]
    yield row
