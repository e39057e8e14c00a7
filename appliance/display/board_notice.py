"""What the person at the kiosk is told: a sentence with its sign, or a number to be remembered.

It stands over the lists and leaves the calls alone, so that nobody else misses theirs. Its colours
are none of a call's: who waits shall not take somebody's new number for one that is called.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING

import msgspec
from msgspec.structs import replace

from appliance.display.canvas import Align
from appliance.display.fonts import Weight
from appliance.display.shapes import Shape
from appliance.display.text import Line
from appliance.display.theme import Colour
from appliance.display.tone import tone_look

if TYPE_CHECKING:
    from appliance.display.board_view import BoardView, NoticeView
    from appliance.display.canvas import Canvas
    from appliance.display.layout import Box
    from appliance.display.pen import Pen
    from appliance.display.tone import ToneLook
    from appliance.strings import Texts

OWN_WORDS = "sentence"
"""A fact that the desk has worded itself, in the main language, which stands first: no use in
another one."""

SCALES = (1.0, 0.94, 0.88, 0.82, 0.76, 0.7, 0.65, 0.6)
"""What is too much for its place is set smaller, as a whole."""
LINES_MAX = 5
LINES_MORE = 8
"""The same where the desk has more to say."""
LEADING = 0.75
"""From one line to the capitals of the next, in capitals."""
BACKWARDS_ROOM = 0.36
"""Arabic and Hebrew reach so much further up, and down, in capitals."""
SECOND = 0.84
"""The second language, in capitals of the first."""
EDGE = 32
BAR = 16
GAP = 46
SIGN = 132
NUMBER_CAP = 88
WORDS_CAP = 34
LABEL_CAP = 27
DIGITS_CAP = 190
DIGITS_SHARE = 0.54
WIDE = 2.6
"""So many times as wide as high: there is room beside the number."""
REMEMBER_CAP = 29
NO_SLIP = 96
OUTCOME_CAP = 25


def draw_notice(canvas: Canvas, pen: Pen, view: BoardView) -> None:
    """Draw the notice: its words beside a sign, or the number large where no slip carries it."""
    notice = view.notice
    if notice is None:
        return
    look = tone_look(pen.theme, notice.tone)
    canvas.fill(canvas.box, look.ground)
    bar, _ = canvas.box.split_left(pen.u(BAR))
    canvas.fill(bar, look.sign)
    kind = _Number if notice.in_place_of_slip else _Words
    box = canvas.content.inset(0, pen.u(EDGE))
    # What does not fit even in small letters is left out: the outcome itself is what counts.
    said = [notice, replace(notice, more=())] if notice.more else [notice]
    drawings = (kind(pen, look, each, box, scale) for each in said for scale in SCALES)
    drawing = next(filter(_Drawing.fits, drawings), None)
    (drawing or kind(pen, look, said[-1], box, SCALES[-1])).draw(canvas)


class _Stack(msgspec.Struct, frozen=True):
    """Lines below each other, each with its colour and the pixels above its capitals."""

    lines: tuple[tuple[Line, Colour, float], ...]

    @property
    def height(self) -> float:
        """From the first capitals to the last baseline, in pixels."""
        return sum(above + line.cap for line, _, above in self.lines)

    def draw(self, canvas: Canvas, x: float, right: float, top: float) -> None:
        """Put them down, the first capitals at `top`; each begins at its own side of the column."""
        for line, colour, above in self.lines:
            top += above + line.cap
            if line.rtl:
                canvas.text(line, right, top, colour, Align.RIGHT)
            else:
                canvas.text(line, x, top, colour)


class _Drawing(ABC):
    """A notice at one scale: all sizes and gaps are so many times what they should be."""

    def __init__(
        self, pen: Pen, look: ToneLook, notice: NoticeView, box: Box, scale: float
    ) -> None:
        self.scale = scale
        self._pen = pen
        self._look = look
        self._notice = notice
        self._box = box

    @property
    @abstractmethod
    def height(self) -> float:
        """How much it takes of its box, in pixels."""

    @abstractmethod
    def draw(self, canvas: Canvas) -> None:
        """Put it in the middle of its box."""

    def fits(self) -> bool:
        """Tell whether the box is high enough."""
        return self.height <= self._box.height

    def _top(self) -> float:
        return self._box.top + (self._box.height - self.height) / 2

    def _u(self, units: float) -> float:
        return self._pen.u(units * self.scale)

    def _both(self, words: tuple[str, str], cap: float, width: float) -> _Stack:
        """Set both languages, the second below the first."""
        lines: list[tuple[Line, Colour, float]] = []
        for text, weight, size, colour in (
            (words[0], Weight.BOLD, cap, self._look.ink),
            (words[1], Weight.REGULAR, cap * SECOND, self._look.soft),
        ):
            setter, above = self._pen.setter, self._u(cap) if lines else 0.0
            most = LINES_MORE if self._notice.more else LINES_MAX
            if text:
                for line in setter.sentences(text, weight, self._u(size), width, most):
                    room = self._u(size * BACKWARDS_ROOM) if line.rtl else 0.0
                    lines.append((line, colour, above + room))
                    above = self._u(size * LEADING) + room
        return _Stack(tuple(lines))


class _Words(_Drawing):
    """A sign, and beside it the number, if there is one, and what it means."""

    def __init__(
        self, pen: Pen, look: ToneLook, notice: NoticeView, box: Box, scale: float
    ) -> None:
        super().__init__(pen, look, notice, box, scale)
        _, self._column = box.split_left(self._u(SIGN + GAP))
        self._words = self._both(words_of(pen.spoken, notice), WORDS_CAP, self._column.width)
        self._number = (
            pen.bold(notice.ticket, NUMBER_CAP * scale, self._column.width, NUMBER_CAP * 0.3)
            if notice.ticket
            else None
        )

    @property
    def height(self) -> float:
        above = self._number.cap + self._u(GAP) if self._number else 0.0
        return max(self._u(SIGN), above + self._words.height)

    def draw(self, canvas: Canvas) -> None:
        look, column = self._look, self._column
        top = self._top()
        middle = top + self.height / 2
        if self._number is None:
            top = middle - self._words.height / 2
        else:
            middle = top + self._u(SIGN) / 2
            x = column.left - self._number.left
            canvas.text(self._number, x, top + self._number.cap, look.ink)
            top += self._number.cap + self._u(GAP)
        canvas.shape(look.shape, self._box.left, middle, self._u(SIGN), look.sign)
        self._words.draw(canvas, column.left, column.right, top)


class _Number(_Drawing):
    """The number as large as a call, that it is to be remembered, and what it means."""

    def __init__(
        self, pen: Pen, look: ToneLook, notice: NoticeView, box: Box, scale: float
    ) -> None:
        super().__init__(pen, look, notice, box, scale)
        width = box.width * DIGITS_SHARE
        cap = DIGITS_CAP * scale
        self._digits = pen.bold(notice.ticket or "", cap, width, cap * 0.25)
        self._outcome = self._both(words_of(pen.spoken, notice), OUTCOME_CAP, box.width)
        self._wide = box.width >= WIDE * box.height
        _, beside = box.split_left(self._digits.width + self._u(GAP * 1.5))
        self._room = beside if self._wide else box
        words, width = pen.say("remember"), self._room.width - self._u(NO_SLIP + GAP * 0.7)
        self._remember = self._both(words, REMEMBER_CAP, width)
        self._reminder = max(self._remember.height, self._u(NO_SLIP))
        self._large = max(self._digits.cap, self._reminder if self._wide else 0.0)

    @property
    def height(self) -> float:
        below = self._u(GAP) + self._outcome.height
        if not self._wide:
            below += self._u(GAP) + self._reminder
        return self._u(LABEL_CAP + GAP) + self._large + below

    def draw(self, canvas: Canvas) -> None:
        pen, look, box = self._pen, self._look, self._box
        top = self._top() + self._u(LABEL_CAP)
        colours = (look.ink, look.soft)
        label = pen.say("your_number")
        pen.beside(canvas, label, (box.left, top), box.width, LABEL_CAP * self.scale, colours)
        top += self._u(GAP)
        middle = top + self._large / 2
        x = box.left - self._digits.left
        canvas.text(self._digits, x, middle + self._digits.cap / 2, look.ink)
        top += self._large + self._u(GAP)
        if not self._wide:
            size = self._u(SIGN)
            canvas.shape(look.shape, box.right - size, middle, size, look.sign)
            middle = top + self._reminder / 2
            top += self._reminder + self._u(GAP)
        x = self._room.left
        x += canvas.shape(Shape.NO_SLIP, x, middle, self._u(NO_SLIP), look.soft)
        left = x + self._u(GAP * 0.7)
        self._remember.draw(canvas, left, self._room.right, middle - self._remember.height / 2)
        self._outcome.draw(canvas, box.left, box.right, top)


def words_of(languages: tuple[Texts, ...], notice: NoticeView) -> tuple[str, str]:
    """Give what is said of an outcome in the first and the second language, or "".

    Where a text, or a fact that it needs, is missing, somebody helps.
    """
    first, *rest = languages[:2]
    facts = dict(notice.facts)
    said = _said(first, notice, facts)
    facts.pop(OWN_WORDS, None)
    too = _said(rest[0], notice, facts) if rest else ""
    return said, too if too != said else ""


def _said(texts: Texts, notice: NoticeView, facts: dict[str, str]) -> str:
    key = f"scan.{notice.outcome}"
    text = texts.entries.get(key)
    if notice.in_place_of_slip:
        text = texts.entries.get(f"{key}_no_slip", text)
    try:
        said = texts("board.ask") if text is None else text.format_map(facts)
    except (LookupError, ValueError, TypeError, AttributeError):
        return texts("board.ask")
    return " ".join(filter(None, (said, dict(notice.more).get(texts.language))))
