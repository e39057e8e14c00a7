"""One service, before a number is taken: how long it takes, an appointment instead, what one needs.

The wait stands before the button, so that nobody learns it from the slip. Wishes are a box to tick,
each with its picture: asked of everybody, nobody has to explain themselves at a counter.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from appliance.display.canvas import Align
from appliance.display.fonts import Weight
from appliance.display.kiosk_edges import MIDDLE, draw_way, grid, is_low, is_wide
from appliance.display.kiosk_layout import GAP, TOUCH
from appliance.display.kiosk_pen import Face
from appliance.display.kiosk_pictograms import Sign
from appliance.display.kiosk_qr import draw_code
from appliance.display.kiosk_sheet import PAD
from appliance.display.kiosk_view import TAKE, WISH
from appliance.display.shapes import Shape

if TYPE_CHECKING:
    from appliance.display.kiosk_sheet import KioskSheet
    from appliance.display.kiosk_view import Service, Wait
    from appliance.display.layout import Box

WISH_SIGNS = {
    "seated": Sign.SEAT,
    "discreet_room": Sign.ROOM,
    "interpreter": Sign.INTERPRETER,
    "more_time": Sign.CLOCK,
}
FACTS, FACTS_LARGE = 170, 220
ALONE = 300
HEADING = 66
TAKE_HIGH = 176
BOX = 42
SLIM_WISH = 250
TALL = 150
SLIM = 420
"""A narrower offer has its words below its code."""


def draw_service(sheet: KioskSheet, page: Service) -> None:
    """Draw the page."""
    pen, u = sheet.pen, sheet.pen.u
    sign = pen.signs.services.get(page.service)
    name = pen.choose(sign.names) if sign else page.service
    box = draw_way(sheet, name, sign.letter if sign else "")
    wishes = tuple(each for each in page.wishes if each in WISH_SIGNS)
    if is_wide(sheet):
        low = is_low(sheet, sheet.box)
        left, right = box.split_left(box.width * (0.4 if low and wishes else 0.46))
        _, right = right.split_left(u(GAP * 2))
        alone = min(u(ALONE), box.height)
        if low and page.book:
            facts, book = left.split_left(left.width * 0.6)
            _, book = book.split_left(u(GAP))
        else:
            facts, book = left.split_top(_facts_height(sheet, box) if page.book else alone)
            _, book = book.split_top(u(GAP))
        _facts(sheet, page.wait, facts)
        _book(sheet, page.book, book)
        if wishes and low:
            cells, right = right.split_left(right.width * 0.62)
            _, right = right.split_left(u(GAP))
            rows = -(-len(wishes) // 2)
            _ticks(sheet, page, wishes, grid(cells, 2, rows, u(GAP)))
        elif wishes:
            right = _wishes(sheet, page, wishes, right, low=False)
        _take(sheet, right, u(TAKE_HIGH) if wishes and not low else alone)
        return
    low = box.height < u(MIDDLE)
    facts, box = box.split_top(u(FACTS if low else FACTS_LARGE))
    _, box = box.split_top(u(GAP))
    if low and page.book:
        facts, book = facts.split_left(facts.width * 0.56)
        _, book = book.split_left(u(GAP))
        _book(sheet, page.book, book)
    elif page.book:
        box, book = box.split_top(box.height - min(u(330), box.height * 0.3))
        _, book = book.split_top(u(GAP))
        _book(sheet, page.book, book)
    _facts(sheet, page.wait, facts)
    if wishes:
        box = _wishes(sheet, page, wishes, box, low=low)
    _take(sheet, box, u(TAKE_HIGH * 1.15))


def _facts_height(sheet: KioskSheet, box: Box) -> float:
    high = FACTS_LARGE if sheet.pen.large else FACTS
    return min(sheet.pen.u(high), box.height * 0.45)


def _facts(sheet: KioskSheet, wait: Wait | None, box: Box) -> None:
    """Say how many wait, and how long."""
    pen, u = sheet.pen, sheet.pen.u
    theme = pen.theme
    sheet.card(box, Face.card(theme))
    rows: list[tuple[Sign | Shape, str]] = []
    if wait is not None:
        people = pen.say("people", waiting=wait.waiting) if wait.waiting else pen.say("nobody")
        rows.append((Shape.PERSON, people))
    if wait is None or wait.range_min is None:
        rows.append((Sign.CLOCK, pen.say("no_forecast")))
    else:
        low, high = wait.range_min
        rows.append((Sign.CLOCK, pen.say("range", low=low, high=high)))
    inside = box.inset(u(PAD), u(PAD * 0.6))
    for (shape, words), row in zip(rows, inside.rows((1,) * len(rows)), strict=True):
        size = min(u(50), row.height * 0.66)
        place, room = row.split_left(u(60))
        sheet.sign(shape, place, size, theme.page_sign.ink)
        _, room = room.split_left(u(PAD))
        block = sheet.fit(words, (room.width, row.height), (32, 14), 2)
        sheet.write(block, room, theme.page.ink)


def _book(sheet: KioskSheet, address: str, box: Box) -> None:
    """Offer an appointment instead, where there is room for its code."""
    pen, u = sheet.pen, sheet.pen.u
    if not address or box.height < u(TOUCH * 0.9):
        return
    box, _ = box.split_top(u(360))
    draw_offer(sheet, address, pen.say("book"), pen.say("book_how"), box)


def draw_offer(sheet: KioskSheet, address: str, title: str, words: str, box: Box) -> None:
    """Draw a QR code with what it is for: a title, if there is any, and some words."""
    pen, u = sheet.pen, sheet.pen.u
    theme = pen.theme
    sheet.card(box, Face.card(theme))
    if box.height > box.width * 0.6 and box.width < u(SLIM):
        inside = box.inset(u(PAD * 0.6), u(PAD * 0.4))
        place, room = inside.split_top(inside.height * 0.66)
        draw_code(sheet, address, place)
        block = sheet.fit(title or words, (room.width, room.height), (26, 12), 3)
        sheet.write(block, room, theme.page.ink, Align.CENTER)
        return
    inside = box.inset(u(PAD), u(PAD * 0.7))
    place, room = inside.split_left(min(inside.height, inside.width * 0.38))
    draw_code(sheet, address, place)
    _, room = room.split_left(u(PAD))
    if title and (pen.large or inside.height < u(TALL)):
        block = sheet.fit(title, (room.width, room.height), (34, 15), 4)
        sheet.write(block, room, theme.page.ink)
        return
    upper, lower = room.rows((36, 64)) if title else room.split_top(0)
    if title:
        block = sheet.fit(title, (upper.width, upper.height), (34, 15), 2)
        sheet.write(block, upper, theme.page.ink)
    size = (lower.width, float(lower.height))
    told = sheet.fit(words, size, (26, 12), 7, Weight.REGULAR, sentences=True)
    sheet.write(told, lower, theme.page.ink)


def _wishes(
    sheet: KioskSheet, page: Service, wishes: tuple[str, ...], box: Box, *, low: bool
) -> Box:
    """Draw a box to tick for each wish; give the room below."""
    pen, u = sheet.pen, sheet.pen.u
    if not low:
        head, box = box.split_top(u(HEADING))
        words = sheet.fit(pen.say("wishes"), (head.width, head.height), (30, 16), 1)
        sheet.write(words, head._replace(bottom=head.bottom - round(u(14))), pen.theme.rest.ink)
    columns = len(wishes) if low else min(2, len(wishes))
    rows = -(-len(wishes) // columns)
    room = (box.height - u(TAKE_HIGH) - u(GAP)) / rows - u(GAP)
    high = max(u(TOUCH), min(u(188), room))
    if low:
        high = u(TOUCH)
    upper, box = box.split_top(rows * (high + u(GAP)) - u(GAP))
    _ticks(sheet, page, wishes, grid(upper, columns, rows, u(GAP)))
    _, box = box.split_top(u(GAP / 2 if low else GAP * 1.5))
    return box


def _ticks(sheet: KioskSheet, page: Service, wishes: tuple[str, ...], cells: list[Box]) -> None:
    for wish, cell in zip(wishes, cells, strict=False):
        _wish(sheet, wish, cell, wished=wish in page.wished)


def _wish(sheet: KioskSheet, wish: str, cell: Box, *, wished: bool) -> None:
    pen, u = sheet.pen, sheet.pen.u
    face = Face.chosen(pen.theme) if wished else Face.plain(pen.theme)
    sheet.button(f"{WISH}:{wish}", cell, face)
    slim = cell.width < u(SLIM_WISH)
    room = cell.inset(u(PAD * (0.5 if slim else 1)), u(PAD * 0.4))
    tick = Sign.TICKED if wished else Sign.EMPTY
    if slim:
        upper, room = room.split_top(u(46))
        left, right = upper.columns((1, 1))
        sheet.sign(WISH_SIGNS[wish], left, u(46), face.sign)
        sheet.sign(tick, right, u(36), face.sign)
    else:
        size = min(u(72), room.width * 0.22)
        place, room = room.split_left(size)
        sheet.sign(WISH_SIGNS[wish], place, size, face.sign)
        _, room = room.split_left(u(PAD * 0.8))
        room, box = room.split_left(room.width - u(BOX))
        sheet.sign(tick, box, u(BOX), face.sign)
        room = room._replace(right=room.right - round(u(PAD * 0.5)))
    block = sheet.fit(pen.say(wish), (room.width, room.height), (27, 13), 3)
    sheet.write(block, room, face.ink)


def _take(sheet: KioskSheet, box: Box, high: float) -> None:
    pen, u = sheet.pen, sheet.pen.u
    box, _ = box.split_top(high)
    face = Face.main(pen.theme)
    sheet.button(TAKE, box, face)
    words = pen.say("take")
    size = min(u(104), box.height * 0.64)
    room = box.width - size - u(PAD * 4)
    block = sheet.fit(words, (room, box.height * 0.7), (48, 22), 2)
    left = round((box.width - size - u(PAD) - block.width) / 2)
    place, rest = box._replace(left=box.left + left).split_left(size)
    sheet.sign(Sign.SLIP, place, size, face.sign)
    _, rest = rest.split_left(u(PAD))
    sheet.write(block, rest, face.ink)
