"""Numbers on paper for the day on which everything is dead: A4 pages to cut up, as a PDF.

The pages are pictures, drawn by what draws the board: every script that it can set stands here too,
and the Pi needs no other library for a sheet that is printed once a year. The price: the text in
the PDF cannot be searched, nor read by a screen reader.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from PIL import Image, ImageDraw

from appliance.display import breaking
from appliance.display.fonts import Weight
from appliance.display.text import clean

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from appliance.display.slip_fonts import SlipFonts
    from appliance.display.text import Line

_DPI: Final = 300
_MM: Final = _DPI / 25.4
_PAGE_MM: Final = (210, 297)
_MARGIN_MM: Final = 14
_TEXT_MARGIN_MM: Final = 20
_TOP: Final = 28.0
_GAP_MM: Final = 6.0
_HEADING: Final = 4.0
"""Capitals higher than this are a heading's, and bold."""
_ACROSS, _DOWN = 3, 8
PER_PAGE: Final = _ACROSS * _DOWN
_LONGEST: Final = 400
_MOST_ROWS: Final = 12


@dataclass(frozen=True, slots=True)
class Instructions:
    """The page for staff.

    Args:
        title: What these pages are.
        subtitle: For which office and lobby, and of when.
        paragraphs: When to use them, and what keeps the numbers apart.
        steps: What to do, in order.
        groups: Numbers and what they are for.
    """

    title: str
    subtitle: str
    paragraphs: tuple[str, ...]
    steps: tuple[str, ...]
    groups: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Group:
    """The numbers for one letter.

    Args:
        title: What they are for.
        numbers: On each piece of paper one.
        place: Office and lobby, on each.
        fields: What is filled in by hand, on each.
        sentence: For the visitor, on each.
    """

    title: str
    numbers: tuple[str, ...]
    place: str
    fields: tuple[str, ...]
    sentence: str


def draw(
    instructions: Instructions, groups: Sequence[Group], fonts: SlipFonts
) -> Iterator[Image.Image]:
    """Draw the pages, black and white, 300 dots an inch.

    Raises:
        FontsMissing: There is no font.
    """
    yield from _draw_instructions(instructions, fonts)
    for group in groups:
        for first in range(0, len(group.numbers), PER_PAGE):
            yield _draw_numbers(group, group.numbers[first : first + PER_PAGE], fonts)


def as_pdf(pages: Sequence[Image.Image], title: str) -> bytes:
    """Give the pages as one PDF."""
    first, *others = pages
    file = io.BytesIO()
    first.save(file, "PDF", save_all=True, append_images=others, resolution=_DPI, title=title)
    return file.getvalue()


class _Page:
    """A4, measured in millimetres from its upper left corner."""

    def __init__(self, fonts: SlipFonts) -> None:
        width, height = (round(mm * _MM) for mm in _PAGE_MM)
        self._image = Image.new("L", (width, height), 255)
        self._draw = ImageDraw.Draw(self._image)
        self._fonts = fonts

    def image(self) -> Image.Image:
        """Give what was drawn, without any grey."""
        return self._image.point([0] * 128 + [255] * 128, "1")

    def line(
        self,
        text: str,
        x: float,
        y: float,
        width: float,
        cap: float,
        *,
        bold: bool = False,
        center: bool = False,
    ) -> None:
        """Put a line down: its base at `y`, set smaller if it is wider than `width`."""
        weight = Weight.BOLD if bold else Weight.REGULAR
        line = self._set(text, weight, cap, width)
        indent = (round(width * _MM) - line.width) // 2 if center else 0
        at = (round(x * _MM) + indent + line.left, round(y * _MM) + line.top)
        self._image.paste(0, (*at, at[0] + line.mask.width, at[1] + line.mask.height), line.mask)

    def rows(self, text: str, width: float, cap: float) -> list[str]:
        """Break a text into lines that are no longer than `width`."""
        setter = self._fonts.typesetter(self._fonts.choose(text))

        def measure(part: str) -> float:
            return setter.width(part, Weight.REGULAR, cap * _MM)

        return breaking.rows(clean(text, _LONGEST), measure, width * _MM, _MOST_ROWS)

    def rule(self, x: float, y: float, width: float) -> None:
        """Draw a line to write on."""
        box = [round(each * _MM) for each in (x, y, x + width, y)]
        self._draw.line(box, fill=0, width=2)

    def cut(self, start: tuple[float, float], end: tuple[float, float]) -> None:
        """Draw a dashed line, level or upright, to cut along."""
        dash = 2.0
        length = max(end[0] - start[0], end[1] - start[1])
        across = end[0] > start[0]
        for step in range(round(length / (2 * dash))):
            a, b = (2 * step) * dash, min((2 * step + 1) * dash, length)
            x, y = start
            box = (x + a, y, x + b, y) if across else (x, y + a, x, y + b)
            self._draw.line([round(each * _MM) for each in box], fill=0, width=2)

    def _set(self, text: str, weight: Weight, cap: float, width: float) -> Line:
        setter = self._fonts.typesetter(self._fonts.choose(text))
        return setter.line(text, weight, cap * _MM, width * _MM, least_cap=cap * _MM / 3)


class _Text:
    """Pages of running text: where one is full, the next begins."""

    def __init__(self, fonts: SlipFonts) -> None:
        self._fonts = fonts
        self._full: list[Image.Image] = []
        self._page = _Page(fonts)
        self._y = _TOP

    def put(
        self, text: str, after: float, *, cap: float = 3.2, label: str = "", indent: float = 0
    ) -> None:
        """Put a text down, a label before it, and so much white after it."""
        width = _PAGE_MM[0] - 2 * _TEXT_MARGIN_MM - indent
        rows = self._page.rows(text, width, cap)
        if self._y + 2 * cap * len(rows) > _PAGE_MM[1] - _TEXT_MARGIN_MM:
            self._full.append(self._page.image())
            self._page = _Page(self._fonts)
            self._y = _TOP
        if label:
            self._page.line(label, _TEXT_MARGIN_MM, self._y, indent - 3, 3.6, bold=True)
        for row in rows:
            bold = cap > _HEADING
            self._page.line(row, _TEXT_MARGIN_MM + indent, self._y, width, cap, bold=bold)
            self._y += 2 * cap
        self._y += after

    def gap(self) -> None:
        """Leave a line of white."""
        self._y += _GAP_MM

    def pages(self) -> list[Image.Image]:
        """Give all of them."""
        return [*self._full, self._page.image()]


def _draw_instructions(says: Instructions, fonts: SlipFonts) -> list[Image.Image]:
    text = _Text(fonts)
    text.put(says.title, 0, cap=6.5)
    text.put(says.subtitle, 6, cap=3)
    for paragraph in says.paragraphs:
        text.put(paragraph, 2.5)
    text.gap()
    for number, step in enumerate(says.steps, 1):
        text.put(step, 5, label=f"{number}", indent=12)
    text.gap()
    for numbers, what in says.groups:
        text.put(what, 3, label=numbers, indent=60)
    return text.pages()


def _draw_numbers(group: Group, numbers: Sequence[str], fonts: SlipFonts) -> Image.Image:
    page = _Page(fonts)
    top = _MARGIN_MM + 8.0
    width = (_PAGE_MM[0] - 2 * _MARGIN_MM) / _ACROSS
    height = (_PAGE_MM[1] - top - _MARGIN_MM) / _DOWN
    right, bottom = _PAGE_MM[0] - _MARGIN_MM, _PAGE_MM[1] - _MARGIN_MM
    page.line(group.title, _MARGIN_MM, _MARGIN_MM + 3, right - _MARGIN_MM, 3.2, bold=True)
    for column in range(_ACROSS + 1):
        x = _MARGIN_MM + column * width
        page.cut((x, top), (x, bottom))
    for row in range(_DOWN + 1):
        y = top + row * height
        page.cut((_MARGIN_MM, y), (right, y))
    for index, number in enumerate(numbers):
        row, column = divmod(index, _ACROSS)
        _draw_piece(page, group, number, _MARGIN_MM + column * width, top + row * height, width)
    return page.image()


def _draw_piece(page: _Page, group: Group, number: str, x: float, y: float, width: float) -> None:
    x, width = x + 3, width - 6
    page.line(group.place, x, y + 5, width, 1.9, center=True)
    page.line(number, x, y + 16, width, 8.5, bold=True, center=True)
    page.line(group.sentence, x, y + 20.5, width, 1.7, center=True)
    each = width / len(group.fields)
    for index, field in enumerate(group.fields):
        at = x + index * each
        page.line(field, at, y + 24, each - 2, 1.5)
        page.rule(at, y + 29.5, each - 2)
