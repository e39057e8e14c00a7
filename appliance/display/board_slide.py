"""A slide on the board: a picture as it is, or a title, some words and a QR code.

It stands where the waits stand otherwise. Loaded with the first slide: most boards show none.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from appliance.display import qr
from appliance.display.canvas import Align, Canvas
from appliance.display.fonts import Weight

if TYPE_CHECKING:
    from collections.abc import Mapping

    from PIL import Image

    from appliance.display.board_view import SlideView
    from appliance.display.layout import Box
    from appliance.display.pen import Pen
    from appliance.display.text import Line
    from appliance.display.theme import Colour

EDGE = 34
GAP = 40
QR_SHARE = 0.4
SCALES = (1.0, 0.9, 0.8, 0.72, 0.65, 0.6)
SIZES = (34, 27, 24, 20)
"""Capitals of the title, of the words, and of both in the second language."""
LEADING = 0.8
APART = 1.9
"""Above the second language, in capitals."""
LINES_MAX = 6


class _Set(NamedTuple):
    """Lines with their colours and the pixels above their capitals."""

    lines: tuple[tuple[Line, Colour, float], ...]

    @property
    def height(self) -> float:
        return sum(above + line.cap for line, _, above in self.lines)


def draw_slide(
    canvas: Canvas, pen: Pen, slide: SlideView, pictures: Mapping[str, Image.Image]
) -> None:
    """Draw a slide.

    Args:
        canvas: All of its place.
        pen: Draws.
        slide: What is on it.
        pictures: Name → picture, small enough.
    """
    picture = pictures.get(slide.picture)
    if picture is not None:
        _picture(canvas, picture)
        return
    box = canvas.content.inset(0, pen.u(EDGE))
    if slide.qr:
        side = min(box.width * QR_SHARE, float(box.height))
        box, code = box.split_left(box.width - side - pen.u(GAP))
        _, code = code.split_left(pen.u(GAP))
        _code(canvas, slide.qr, code)
    said = _fitting(pen, slide, box)
    top = box.top + (box.height - said.height) / 2
    for line, colour, above in said.lines:
        top += above + line.cap
        if line.rtl:
            canvas.text(line, box.right, top, colour, Align.RIGHT)
        else:
            canvas.text(line, box.left, top, colour)


def _picture(canvas: Canvas, picture: Image.Image) -> None:
    left = (canvas.box.width - picture.width) // 2
    top = (canvas.box.height - picture.height) // 2
    canvas.picture(picture, left, top)


def _fitting(pen: Pen, slide: SlideView, box: Box) -> _Set:
    """Set the words as large as there is room; the second language goes before anything is cut."""
    for second in (True, False):
        for scale in SCALES:
            said = _words(pen, slide, box, scale, second=second)
            if said.height <= box.height:
                return said
    return _words(pen, slide, box, SCALES[-1], second=False)


def _words(pen: Pen, slide: SlideView, box: Box, scale: float, *, second: bool) -> _Set:
    title, title_too = pen.choose(dict(slide.title))
    text, text_too = pen.choose(dict(slide.text))
    ink, soft = pen.theme.page.ink, pen.theme.page_soft.ink
    rows = [(title, Weight.BOLD, SIZES[0], ink), (text, Weight.REGULAR, SIZES[1], ink)]
    if second:
        rows.append((title_too, Weight.BOLD, SIZES[2], soft))
        rows.append((text_too, Weight.REGULAR, SIZES[3], soft))
    lines: list[tuple[Line, Colour, float]] = []
    above = 0.0
    for words, weight, size, colour in rows:
        cap = pen.u(size * scale)
        if lines and words in {title_too, text_too}:
            above = max(above, cap * (APART if words == title_too else LEADING))
        else:
            above = above and max(above, cap * 1.1)
        if not words:
            continue
        for line in pen.setter.sentences(words, weight, cap, box.width, LINES_MAX):
            room = cap * 0.36 if line.rtl else 0.0
            lines.append((line, colour, above + room))
            above = cap * LEADING + room
    return _Set(tuple(lines))


def _code(canvas: Canvas, text: str, box: Box) -> None:
    """Draw a QR code at the right."""
    code = qr.picture(text, min(box.width, box.height))
    if code is not None:
        canvas.picture(code, box.right - code.width, box.top + (box.height - code.height) // 2)
