"""The large place: the call that is read from 15 metres.

Number, arrow, counter: side by side where the screen is wide, one above the other where it is high.
On a 55-inch screen its capitals are 120 mm high (17.5 % of 685 mm) in landscape, and 129 mm (10.6 %
of 1218 mm) in portrait. By the rule of thumb of 1 : 200 that is read from 24 m; 15 m ask for 75 mm.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from appliance.display.board_view import ENTRANCE, BoardView, CallView, Mood
from appliance.display.canvas import Align, Canvas
from appliance.display.fonts import Weight
from appliance.display.shapes import ARROWS, Shape

if TYPE_CHECKING:
    from appliance.display.layout import Box
    from appliance.display.pen import Pen

BAR = 20
LABEL_CAP = 27
LABEL_GAP = 50
NOTE_CAP = 34
NOTE_GAP = 48
EDGE = 34
ROW_GAP = 62
PLACE_MIN = 280
DIGITS_CAP_MAX = 230
ARROW_PER_DIGITS = 0.72
RUN_UP = 44
"""So far the arrow comes from as a call enters. The number stands still: it can be read at once."""


def draw_place(canvas: Canvas, pen: Pen, view: BoardView) -> None:
    """Draw the current call, or what stands in its place."""
    if view.mood in {Mood.CALLING, Mood.CALLED} and view.current is not None:
        _Place(canvas, pen, view.current).draw()
    else:
        draw_words(canvas, pen, view)


def draw_words(canvas: Canvas, pen: Pen, view: BoardView) -> None:
    """Draw what the mood says, in both languages, in the middle."""
    theme = pen.theme
    mood = view.mood.value
    title, title_too = pen.say(f"{mood}_title")
    words, words_too = pen.say(mood)
    pen.centred(
        canvas,
        (
            (title, Weight.BOLD, 58, theme.rest.ink),
            (title_too, Weight.REGULAR, 40, theme.rest_soft.ink),
            ("", Weight.REGULAR, 18, theme.rest.ink),
            (words, Weight.BOLD, 30, theme.rest.ink),
            (words_too, Weight.REGULAR, 26, theme.rest_soft.ink),
        ),
    )


class _Place:
    """One drawing of one call."""

    def __init__(self, canvas: Canvas, pen: Pen, call: CallView) -> None:
        self._canvas = canvas
        self._pen = pen
        self._call = call
        theme = pen.theme
        self._ink, self._soft, self._sign = (
            (theme.call.ink, theme.call_soft.ink, theme.call_sign.ink)
            if call.now
            else (theme.rest.ink, theme.rest_soft.ink, theme.rest_sign.ink)
        )
        # Fast at first, then slower: as something that comes to rest.
        self._away = (1 - call.entered / ENTRANCE) ** 2
        if call.now:
            canvas.fill(canvas.box, theme.call.ground)
            bar, _ = canvas.box.split_left(pen.u(BAR * (1 - self._away)))
            canvas.fill(bar, theme.call_sign.ink)

    def draw(self) -> None:
        pen = self._pen
        box = self._canvas.content.inset(0, pen.u(EDGE))
        if box.width >= 2 * box.height:
            height = box.height / pen.unit
            cap = min(DIGITS_CAP_MAX, height - LABEL_CAP - LABEL_GAP - NOTE_GAP - NOTE_CAP)
            spare = height - cap - LABEL_CAP - LABEL_GAP - NOTE_GAP - NOTE_CAP
            _, box = box.split_top(pen.u(spare / 2))
            number, rest = box.split_left(box.width * 0.48)
            arrow, counter = rest.split_left(pen.u(cap * ARROW_PER_DIGITS * 1.3 + 84))
            self._number_wide(number._replace(right=number.right - round(pen.u(48))), cap)
            self._arrow(arrow, cap)
            self._counter_wide(counter, cap)
        else:
            cap = (box.height / pen.unit - ROW_GAP) / 2 - LABEL_CAP - LABEL_GAP
            cap = min(DIGITS_CAP_MAX, cap)
            upper, lower = box.split_top(pen.u(LABEL_CAP + LABEL_GAP + cap + ROW_GAP))
            self._number_high(upper, cap)
            self._counter_high(lower, cap)

    def _number_wide(self, box: Box, cap: float) -> None:
        baseline = self._labelled(self._title(), box, cap)
        self._digits(self._call.ticket, box, baseline, cap)
        if self._call.right_of_way:
            pen = self._pen
            below = baseline + pen.u(NOTE_GAP + NOTE_CAP)
            middle = below - pen.u(NOTE_CAP / 2)
            self._canvas.shape(Shape.DIAMOND, box.left, middle, pen.u(48), self._sign)
            x = box.left + pen.u(66)
            words, colours = pen.say("priority"), (self._ink, self._soft)
            pen.beside(self._canvas, words, (x, below), box.right - x, NOTE_CAP, colours)

    def _counter_wide(self, box: Box, cap: float) -> None:
        pen = self._pen
        baseline = self._labelled(pen.say("counter"), box, cap)
        self._digits(self._call.counter, box, baseline, cap)
        self._where(box, baseline + pen.u(NOTE_GAP + NOTE_CAP))

    def _number_high(self, box: Box, cap: float) -> None:
        pen = self._pen
        baseline = self._labelled(self._title(), box, cap)
        if not self._call.right_of_way:
            self._digits(self._call.ticket, box, baseline, cap)
            return
        number, mark = box.split_left(box.width - pen.u(236))
        self._digits(self._call.ticket, number, baseline, cap)
        left = mark.left + pen.u(24)
        top = baseline - pen.u(cap)
        self._canvas.shape(Shape.DIAMOND, left, top + pen.u(52), pen.u(104), self._sign)
        words, words_too = pen.say("priority")
        line = pen.bold(words, 28, mark.right - left, 18)
        too = pen.plain(words_too, 23, mark.right - left, 18)
        self._canvas.text(line, left, baseline - pen.u(52 if too.rtl else 42), self._ink)
        self._canvas.text(too, left, baseline, self._soft)

    def _counter_high(self, box: Box, cap: float) -> None:
        pen = self._pen
        arrow, box = box.split_left(pen.u(cap * ARROW_PER_DIGITS * 1.3 + 64))
        self._arrow(arrow, cap)
        baseline = self._labelled(pen.say("counter"), box, cap)
        right = self._digits(self._call.counter, box, baseline, cap)
        _, room = box.split_left(right - box.left + pen.u(56))
        if room.width > pen.u(PLACE_MIN):
            self._where(room, baseline)
        else:
            _, room = box.split_left(box.width * 0.5)
            self._where(room, box.top + pen.u(LABEL_CAP))

    def _title(self) -> tuple[str, str]:
        if self._call.again and self._call.now:
            return self._pen.say("again")
        return self._pen.say("now" if self._call.now else "called")

    def _labelled(self, words: tuple[str, str], box: Box, cap: float) -> float:
        """Write a label at the top; give the baseline of the digits below it."""
        pen = self._pen
        baseline = box.top + pen.u(LABEL_CAP)
        colours = (self._ink, self._soft)
        pen.beside(self._canvas, words, (box.left, baseline), box.width, LABEL_CAP, colours)
        return baseline + pen.u(LABEL_GAP + cap)

    def _digits(self, text: str, box: Box, baseline: float, cap: float) -> float:
        """Write number or counter; what is too long is set smaller, in the middle of its row."""
        line = self._pen.bold(text, cap, box.width, cap * 0.25)
        lift = (self._pen.u(cap) - line.cap) / 2
        self._canvas.text(line, box.left - line.left, baseline - lift, self._ink)
        return box.left + line.width

    def _arrow(self, box: Box, cap: float) -> None:
        pen = self._pen
        middle = box.top + pen.u(LABEL_CAP + LABEL_GAP + cap / 2)
        size = pen.u(cap * ARROW_PER_DIGITS)
        left = box.left - pen.u(RUN_UP) * self._away
        self._canvas.shape(Shape.ARROW, left, middle, size, self._sign)

    def _where(self, box: Box, baseline: float) -> None:
        """Say where the counter is: an arrow, a floor, or both."""
        pen = self._pen
        place = pen.signs.places.get(self._call.counter, "")
        arrows = [character for character in place if character in ARROWS]
        words = "".join(character for character in place if character not in ARROWS).strip()
        x: float = box.left
        for arrow in arrows[:1]:
            middle, size = baseline - pen.u(NOTE_CAP / 2), pen.u(NOTE_CAP * 1.4)
            x += self._canvas.shape(Shape.ARROW, x, middle, size, self._sign, ARROWS[arrow])
            x += pen.u(20)
        if words:
            line = pen.bold(words, NOTE_CAP, box.right - x, NOTE_CAP * 0.6)
            self._canvas.text(line, x, baseline, self._ink, Align.LEFT)
