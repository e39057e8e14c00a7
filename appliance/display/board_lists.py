"""Below the large place: the last calls, and the numbers that come next.

What has right of way carries the diamond of the road sign and the word, on a ground of its own. A
call that asks people to come now stands in the colours of the large place here too, so that four
calls in the same second are all seen at once, while each waits for its turn up there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from appliance.display.canvas import Align, Canvas
from appliance.display.shapes import Shape

if TYPE_CHECKING:
    from appliance.display.board_view import BoardView, CallView, NextView
    from appliance.display.layout import Box
    from appliance.display.pen import Pen

ROW = 76
NUMBER_CAP = 40
BLEED = 16
"""A coloured ground reaches so far beyond the text, which keeps to its column."""
NEXT_COLUMNS = 3
MARK = 36


def draw_last(canvas: Canvas, pen: Pen, view: BoardView) -> None:
    """List the calls before the current one, each with its counter."""
    box = pen.titled(canvas, "last")
    if not view.last:
        pen.remark(canvas, "no_last", box)
        return
    fits = int(box.height / pen.u(ROW))
    for call in view.last[:fits]:
        row, box = box.split_top(pen.u(ROW))
        _last_row(canvas, pen, row, call)


def _last_row(canvas: Canvas, pen: Pen, row: Box, call: CallView) -> None:
    theme = pen.theme
    ink, sign = theme.page.ink, theme.page_sign.ink
    if call.now:
        ink, sign = theme.call.ink, theme.call_sign.ink
        ground = row.inset(-pen.u(BLEED), pen.u(2))
        canvas.fill(ground, theme.call.ground)
        bar, _ = ground.split_left(pen.u(8))
        canvas.fill(bar, sign)
    else:
        canvas.fill(row._replace(top=row.bottom - 1), theme.hairline)
    middle = (row.top + row.bottom) / 2
    number, arrow, counter = row.columns((46, 20, 34))
    line = pen.bold(call.ticket, NUMBER_CAP, number.width - pen.u(10), 18)
    canvas.text(line, number.left, middle + line.cap / 2, ink)
    canvas.shape(Shape.ARROW, arrow.left, middle, pen.u(36), sign)
    line = pen.bold(call.counter, NUMBER_CAP, counter.width, 18)
    canvas.text(line, counter.right, middle + line.cap / 2, ink, Align.RIGHT)


def draw_next(canvas: Canvas, pen: Pen, view: BoardView) -> None:
    """List the next numbers, those with right of way on top."""
    box = pen.titled(canvas, "next")
    if not view.next:
        pen.remark(canvas, "nobody", box)
        return
    first = tuple(ticket for ticket in view.next if ticket.right_of_way)
    then = tuple(ticket for ticket in view.next if not ticket.right_of_way)
    if first:
        box = _priority(canvas, pen, box, first)
    _numbers(canvas, pen, box, then, mark=bool(first))


def _priority(canvas: Canvas, pen: Pen, box: Box, tickets: tuple[NextView, ...]) -> Box:
    theme = pen.theme
    rows = -(-len(tickets) // NEXT_COLUMNS)
    block, rest = box.split_top(pen.u(56 + ROW * rows))
    canvas.fill(block.inset(-pen.u(BLEED), pen.u(2)), theme.priority.ground)
    head, numbers = block.split_top(pen.u(56))
    baseline = head.bottom - pen.u(8)
    sign = theme.priority_sign.ink
    canvas.shape(Shape.DIAMOND, head.left, baseline - pen.u(10), pen.u(28), sign)
    _, head = head.split_left(pen.u(MARK))
    words, colours = pen.say("priority"), (theme.priority.ink, theme.priority_soft.ink)
    pen.beside(canvas, words, (head.left, baseline), head.width, 20, colours)
    _numbers(canvas, pen, numbers, tickets, mark=True)
    return rest.split_top(pen.u(8))[1]


def _numbers(
    canvas: Canvas, pen: Pen, box: Box, tickets: tuple[NextView, ...], *, mark: bool
) -> None:
    """Put numbers in columns; `mark`: leave room for the diamond, also where there is none."""
    theme = pen.theme
    fits = int(box.height / pen.u(ROW)) * NEXT_COLUMNS
    for start in range(0, min(fits, len(tickets)), NEXT_COLUMNS):
        row, box = box.split_top(pen.u(ROW))
        cells = row.columns((1,) * NEXT_COLUMNS)
        middle = (row.top + row.bottom) / 2
        for cell, ticket in zip(cells, tickets[start : start + NEXT_COLUMNS], strict=False):
            ink = theme.priority.ink if ticket.right_of_way else theme.page.ink
            if ticket.right_of_way:
                sign = theme.priority_sign.ink
                canvas.shape(Shape.DIAMOND, cell.left, middle, pen.u(28), sign)
            _, number = cell.split_left(pen.u(MARK) if mark else 0)
            line = pen.bold(ticket.ticket, NUMBER_CAP, number.width - pen.u(10), 16)
            canvas.text(line, number.left, middle + line.cap / 2, ink)
