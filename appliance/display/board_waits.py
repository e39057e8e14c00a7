"""Waits per service: letter, plain name, how many wait, and a range of minutes, never a point."""

from __future__ import annotations

from typing import TYPE_CHECKING

from appliance.display.canvas import Align, Canvas
from appliance.display.pen import ServiceSign
from appliance.display.shapes import Shape

if TYPE_CHECKING:
    from appliance.display.board_view import BoardView, ServiceView
    from appliance.display.layout import Box
    from appliance.display.pen import Pen

ROW_MIN = 64
ROW_MAX = 116
NAME_CAP = 20
NAME_TOO_CAP = 18
NAME_LEAST = 17
FOOT = 14
PEOPLE = 84
RANGE = 200
LEADING = 35
LEADING_CLOSE = 28
THREE_LINES = 92


def draw_waits(canvas: Canvas, pen: Pen, view: BoardView) -> None:
    """List the services in the site's order; those that do not fit are counted."""
    box = pen.titled(canvas, "waits").inset(0, pen.u(FOOT / 2))
    order = {code: place for place, code in enumerate(pen.signs.services)}
    services = sorted(view.services, key=lambda each: order.get(each.service, len(order)))
    if not services:
        pen.remark(canvas, "no_forecast", box)
        return
    fits = max(1, int(box.height / pen.u(ROW_MIN)))
    shown = services if len(services) <= fits else services[: max(1, fits - 1)]
    left_out = len(services) - len(shown)
    height = min(box.height / (len(shown) + bool(left_out)), pen.u(ROW_MAX))
    for position, service in enumerate(shown):
        row, box = box.split_top(height)
        if position:
            canvas.fill(row._replace(bottom=row.top + 1), pen.theme.hairline)
        _Row(canvas, pen, row, service).draw()
    if left_out:
        soft = pen.theme.page_soft.ink
        words, at = (
            pen.say("more", count=left_out),
            (box.left, box.top + (height + pen.u(NAME_CAP)) / 2),
        )
        pen.beside(canvas, words, at, box.width, NAME_CAP, (soft, soft))


class _Row:
    """One drawing of one service."""

    def __init__(self, canvas: Canvas, pen: Pen, row: Box, service: ServiceView) -> None:
        self._canvas = canvas
        self._pen = pen
        self._row = row
        self._service = service
        self._middle = (row.top + row.bottom) / 2
        code = service.service
        self._sign = pen.signs.services.get(code) or ServiceSign(code[:1], {"": code})

    def draw(self) -> None:
        pen, row = self._pen, self._row
        badge, rest = row.split_left(pen.u(76))
        name, rest = rest.split_left(rest.width - pen.u(PEOPLE + RANGE))
        people, range_ = rest.split_left(pen.u(PEOPLE))
        self._badge(badge)
        self._name(name)
        self._people(people)
        self._range(range_)

    def _badge(self, box: Box) -> None:
        pen, size = self._pen, min(self._pen.u(54), box.height * 0.78)
        self._canvas.shape(Shape.BADGE, box.left, self._middle, size, pen.theme.badge.ground)
        letter = pen.bold(self._sign.letter, 25, size - pen.u(8), 12)
        baseline = self._middle + letter.cap / 2
        ink = pen.theme.badge.ink
        self._canvas.text(letter, box.left + size / 2, baseline, ink, Align.CENTER)

    def _name(self, box: Box) -> None:
        """Write the name: over two lines where the row is high, and the second language below."""
        pen, _setter = self._pen, self._pen.setter
        main, too = pen.choose(self._sign.names)
        width = box.width - pen.u(16)
        most = 2 if box.height >= pen.u(THREE_LINES) or not too else 1
        lines = pen.wrapped(main, NAME_CAP, width, most, NAME_LEAST)
        colours = [pen.theme.page.ink] * len(lines)
        if too:
            lines += (pen.plain(too, NAME_TOO_CAP, width, NAME_TOO_CAP * 0.9),)
            colours.append(pen.theme.page_soft.ink)
        step = self._leading(len(lines))
        baseline = self._middle + pen.u(NAME_CAP / 2) - step * (len(lines) - 1) / 2
        for line, colour in zip(lines, colours, strict=True):
            self._canvas.text(line, box.left, baseline, colour)
            baseline += step

    def _leading(self, lines: int) -> float:
        """Give the distance of two baselines; three lines, or a low row, need them closer."""
        roomy = lines <= 2 and self._row.height >= self._pen.u(ROW_MAX * 0.7)  # noqa: PLR2004
        return self._pen.u(LEADING if roomy else LEADING_CLOSE)

    def _people(self, box: Box) -> None:
        if self._service.waiting is None:
            return
        pen = self._pen
        sign = pen.theme.page_sign.ink
        width = self._canvas.shape(Shape.PERSON, box.left, self._middle, pen.u(32), sign)
        left = box.left + width + pen.u(10)
        count = pen.bold(str(self._service.waiting), 25, box.right - left - pen.u(8), 14)
        self._canvas.text(count, left, self._middle + count.cap / 2, pen.theme.page.ink)

    def _range(self, box: Box) -> None:
        pen, service = self._pen, self._service
        if service.range_min is not None:
            low, high = service.range_min
            words, _ = pen.say("range", low=low, high=high)
            line = pen.bold(words, 26, box.width, 16)
            ink = pen.theme.page.ink
            self._canvas.text(line, box.right, self._middle + line.cap / 2, ink, Align.RIGHT)
            return
        soft = pen.theme.page_soft.ink
        words, too = pen.say("no_forecast")
        step = self._leading(2)
        baseline = self._middle + pen.u(NAME_CAP / 2) - step * bool(too) / 2
        self._canvas.text(
            pen.bold(words, 20, box.width, 16), box.right, baseline, soft, Align.RIGHT
        )
        if too:
            line = pen.plain(too, NAME_TOO_CAP, box.width, 16)
            self._canvas.text(line, box.right, baseline + step, soft, Align.RIGHT)
