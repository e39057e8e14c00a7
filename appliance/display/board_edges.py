"""The upper and the lower edge: where one is, what time it is, and what one may rely on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from appliance.display.canvas import Align, Canvas
from appliance.display.pen import SECOND
from appliance.display.shapes import Shape

if TYPE_CHECKING:
    from datetime import datetime

    from appliance.display.board_view import BoardView, StaleView
    from appliance.display.layout import Box
    from appliance.display.pen import Pen
    from appliance.display.text import Line
    from appliance.strings import Texts


FOOT_CAP = 21
COUNT_GAP, WORD_GAP = 72, 16
ANNOUNCEMENT_CAP, ANNOUNCEMENT_LEAST = 26, 19
ONE_LINE = 1300
OFFICE = 0.66
"""The office's share of the line; the lobby gets at least the rest."""


def draw_head(canvas: Canvas, pen: Pen, view: BoardView) -> None:
    """Draw office and lobby, date and clock: on one line where there is room, else on two."""
    box = _logo(canvas, pen)
    middle = (box.top + box.bottom) / 2
    if box.width > pen.u(ONE_LINE):
        clock, date = middle + pen.u(19), middle + pen.u(19)
        left = _clock(canvas, pen, view, clock, date)
        room = left - box.left - pen.u(48)
        office = pen.bold(pen.signs.office, 28, room * OFFICE, 18)
        canvas.text(office, box.left, clock, pen.theme.head.ink)
        x = box.left + office.width + pen.u(20)
        lobby = pen.plain(pen.signs.lobby, 23, box.left + room - x, 18)
        canvas.text(lobby, x, clock, pen.theme.head_soft.ink)
        return
    upper, lower = middle - pen.u(2), middle + pen.u(46)
    room = _clock(canvas, pen, view, upper, lower) - box.left - pen.u(40)
    office = pen.bold(pen.signs.office, 30, room, 20)
    canvas.text(office, box.left, upper, pen.theme.head.ink)
    lobby = pen.plain(pen.signs.lobby, 24, room, 18)
    canvas.text(lobby, box.left, lower, pen.theme.head_soft.ink)


def _logo(canvas: Canvas, pen: Pen) -> Box:
    """Put the office's logo at the left, on white; give the room beside it."""
    box = canvas.content
    if pen.logo is None:
        return box
    canvas.picture(pen.logo, box.left, round((box.top + box.bottom - pen.logo.height) / 2))
    return box._replace(left=box.left + pen.logo.width + round(pen.u(28)))


def _clock(canvas: Canvas, pen: Pen, view: BoardView, upper: float, lower: float) -> float:
    """Put the clock on one baseline and the date on another; give the left end of both.

    On the same baseline the date stands before the clock.
    """
    box, now = canvas.content, view.clock
    if now is None:
        return box.right
    clock = pen.bold(f"{now:%H:%M}", 38, box.width / 3)
    canvas.text(clock, box.right, upper, pen.theme.head.ink, Align.RIGHT)
    right = box.right - (clock.width + pen.u(32) if upper == lower else 0)
    date = pen.plain(_date(pen.signs.texts[0], now), 24, box.width / 2, 18)
    canvas.text(date, right, lower, pen.theme.head_soft.ink, Align.RIGHT)
    return min(right - date.width, box.right - clock.width)


def _date(texts: Texts, now: datetime) -> str:
    return texts(
        "board.date",
        weekday=texts(f"board.weekday_{now.isoweekday()}"),
        day=now.day,
        month=texts(f"board.month_{now.month}"),
    )


def draw_foot(canvas: Canvas, pen: Pen, view: BoardView) -> None:
    """Draw how many wait, and what is wrong, if anything is."""
    if view.stale is not None:
        _stale(canvas, pen, view.stale)
        return
    room = _offline(canvas, pen) if view.offline else canvas.content
    if view.announcement:
        _announcement(canvas, pen, view.announcement, room)
        return
    if view.waiting is None or view.open_counters is None:
        return
    _Counts(canvas, pen, room).draw(
        (("waiting", view.waiting), ("open_counters", view.open_counters))
    )


class _Counts:
    """Numbers and what they count, in both languages where there is room for all of it."""

    def __init__(self, canvas: Canvas, pen: Pen, room: Box) -> None:
        self._canvas = canvas
        self._pen = pen
        self._room = room

    def draw(self, counts: tuple[tuple[str, int], ...]) -> None:
        """Write them side by side; what has no room at all is left out."""
        sets = [self._lines(key, count) for key, count in counts]
        for too, some in ((True, sets), (False, sets), (False, sets[:1])):
            if self._width(some, too=too) <= self._room.width:
                self._put(some, too=too)
                return

    def _lines(self, key: str, count: int) -> tuple[Line, ...]:
        pen, width = self._pen, self._room.width
        words, too = pen.say(key)
        lines = (pen.bold(str(count), FOOT_CAP * 1.2, width), pen.bold(words, FOOT_CAP, width))
        return (*lines, pen.plain(too, FOOT_CAP * SECOND, width)) if too else lines

    def _width(self, sets: list[tuple[Line, ...]], *, too: bool) -> float:
        gaps = self._pen.u(COUNT_GAP) * (len(sets) - 1)
        return gaps + sum(
            line.width + (self._pen.u(WORD_GAP) if place else 0)
            for lines in sets
            for place, line in enumerate(lines[: None if too else 2])
        )

    def _put(self, sets: list[tuple[Line, ...]], *, too: bool) -> None:
        pen, room = self._pen, self._room
        theme, baseline = pen.theme, (room.top + room.bottom) / 2 + pen.u(FOOT_CAP / 2)
        inks = (theme.rest.ink, theme.rest.ink, theme.rest_soft.ink)
        x: float = room.left
        for lines in sets:
            for line, ink in zip(lines[: None if too else 2], inks, strict=False):
                self._canvas.text(line, x, baseline, ink)
                x += line.width + pen.u(WORD_GAP)
            x += pen.u(COUNT_GAP - WORD_GAP)


def _announcement(canvas: Canvas, pen: Pen, words: str, room: Box) -> None:
    """Tell what staff tell everyone today, in place of the counts."""
    ink = pen.theme.rest.ink
    middle = (room.top + room.bottom) / 2
    size, gap = pen.u(44), pen.u(20)
    x = room.left + canvas.shape(Shape.INFORMATION, room.left, middle, size, ink) + gap
    lines = pen.wrapped(words, ANNOUNCEMENT_CAP, room.right - x, 2, ANNOUNCEMENT_LEAST)
    if len(lines) == 1:
        canvas.text(lines[0], x, middle + pen.u(FOOT_CAP / 2), ink)
        return
    for line, below in zip(lines, (-6, 28), strict=True):
        canvas.text(line, x, middle + pen.u(below), ink)


def _stale(canvas: Canvas, pen: Pen, stale: StaleView) -> None:
    """Say how old the news are, over the whole edge: what stands above may be wrong."""
    ink = pen.theme.warn.ink
    canvas.fill(canvas.box, pen.theme.warn.ground)
    box = canvas.content
    middle = (box.top + box.bottom) / 2
    x = box.left + canvas.shape(Shape.CAUTION, box.left, middle, pen.u(44), ink) + pen.u(20)
    words = pen.say("stale", time=f"{stale.as_of:%H:%M}", minutes=stale.age_min)
    room = box.right - x
    first, second = pen.bold(words[0], FOOT_CAP, room, 15), pen.plain(words[1], 17, room, 14)
    if not words[1] or first.width + pen.u(20) + second.width <= room:
        baseline = middle + pen.u(FOOT_CAP / 2)
        canvas.text(first, x, baseline, ink)
        canvas.text(second, x + first.width + pen.u(20), baseline, ink)
    else:
        canvas.text(first, x, middle - pen.u(5), ink)
        canvas.text(second, x, middle + pen.u(28), ink)


def _offline(canvas: Canvas, pen: Pen) -> Box:
    """Say small that the site is cut off; give the room to the left of it."""
    box = canvas.content
    middle = (box.top + box.bottom) / 2
    words, _ = pen.say("offline")
    soft = pen.theme.rest_soft.ink
    line = pen.plain(words, 20, box.width * 0.5, 16)
    canvas.text(line, box.right, middle + pen.u(10), soft, Align.RIGHT)
    left = box.right - line.width - round(pen.u(54))
    canvas.shape(Shape.CUT_OFF, left, middle, pen.u(36), pen.theme.rest_sign.ink)
    return box._replace(right=left - round(pen.u(40)))
