"""What a scan or a touch came to: a sign, the number, a few words, a way.

The same three signs and grounds as on the board, so that what is learned here is known there. The
number stands large in any case, and as large as there is room where no slip carries it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from appliance.display.board_notice import words_of
from appliance.display.fonts import Weight
from appliance.display.kiosk_edges import inner, is_broad, is_low
from appliance.display.kiosk_layout import GAP, TOUCH
from appliance.display.kiosk_pen import LARGE, Face
from appliance.display.kiosk_sheet import PAD, Block
from appliance.display.kiosk_view import HOME
from appliance.display.shapes import ARROWS, Shape
from appliance.display.tone import tone_look

if TYPE_CHECKING:
    from appliance.display.board_view import NoticeView
    from appliance.display.kiosk_sheet import KioskSheet
    from appliance.display.kiosk_view import Told
    from appliance.display.layout import Box
    from appliance.display.tone import ToneLook

BAR = 22
SIGN, SIGN_UPRIGHT = 190, 170
DIGITS, NUMBER = 230, 116
LABEL = 60
REMINDER = 118
PLACE = 128
DONE_WIDE = 440
WORDS = (46, 16)
LINES = 9


def said(sheet: KioskSheet, notice: NoticeView) -> str:
    """Give the words for a notice in the visitor's language.

    What the desk has worded itself is in the main language, and of no use in another one.
    """
    pen = sheet.pen
    main = pen.signs.main
    if pen.texts.language == main.language:
        return words_of((main,), notice)[0]
    first, second = words_of((main, pen.texts), notice)
    return second or first


def draw_ground(sheet: KioskSheet, look: ToneLook) -> None:
    """Fill the page with a tone's colours."""
    sheet.fill(sheet.box, look.ground)
    bar, _ = sheet.box.split_left(sheet.pen.u(BAR))
    sheet.fill(bar, look.sign)


def draw_told(sheet: KioskSheet, page: Told) -> None:
    """Draw what a scan or a touch came to."""
    pen, u = sheet.pen, sheet.pen.u
    notice = page.notice
    look = tone_look(pen.theme, notice.tone)
    draw_ground(sheet, look)
    box = inner(sheet)
    low = is_low(sheet, box)
    if low:
        box, done = box.split_left(box.width - u(DONE_WIDE * 0.8))
        box = box._replace(right=box.right - round(u(GAP * 2)))
        _, done = done.split_top(done.height - u(TOUCH))
    else:
        box, done = box.split_top(box.height - u(TOUCH + GAP))
        _, done = done.split_top(u(GAP))
        _, done = done.split_left(max(0.0, done.width - u(DONE_WIDE)))
    sheet.labelled(HOME, done, Face.main(pen.theme), Shape.TICK, pen.say("done"), (36, 18), 1)
    if is_broad(box) or low:
        size = min(u(SIGN), box.height * 0.5)
        place, box = box.split_left(size)
        sheet.sign(look.shape, place, size, look.sign)
        _, box = box.split_left(u(72 if not low else 36))
    else:
        place, box = box.split_top(u(SIGN_UPRIGHT + GAP * 3))
        place, _ = place.split_left(u(SIGN_UPRIGHT))
        sheet.sign(look.shape, place, u(SIGN_UPRIGHT), look.sign)
    _what(sheet, page, look, box)


def _what(sheet: KioskSheet, page: Told, look: ToneLook, box: Box) -> None:
    """Write number, words and way below each other, in the middle of what there is."""
    u = sheet.pen.u
    notice = page.notice
    number = _number_height(sheet, notice, box)
    place = u(PLACE + GAP * 2) if page.place else 0.0
    room = (box.width, max(u(60), box.height - number - place - u(GAP)))
    words = sheet.fit(said(sheet, notice), room, WORDS, LINES, sentences=True)
    said_high = words.height + words.reach
    total = number + said_high + place
    _, box = box.split_top(max(0.0, (box.height - total) * (0.5 if is_broad(box) else 0.2)))
    if notice.ticket:
        upper, box = box.split_top(number)
        _number(sheet, notice, look, upper)
    upper, box = box.split_top(said_high)
    sheet.write(words, upper, look.ink)
    if page.place:
        _, box = box.split_top(u(GAP * 2))
        row, _ = box.split_top(u(PLACE))
        _way(sheet, page.place, look, row)


def _number_height(sheet: KioskSheet, notice: NoticeView, box: Box) -> float:
    u = sheet.pen.u
    if not notice.ticket:
        return 0.0
    if not notice.in_place_of_slip:
        return min(u(NUMBER * (LARGE if sheet.pen.large else 1) * 1.5), box.height * 0.4)
    return min(u(LABEL + DIGITS + REMINDER + GAP * 5), box.height * 0.72)


def _number(sheet: KioskSheet, notice: NoticeView, look: ToneLook, box: Box) -> None:
    """Write the number; where no slip carries it, also that it is to be remembered."""
    pen, u = sheet.pen, sheet.pen.u
    ticket = notice.ticket or ""
    if not notice.in_place_of_slip:
        room, _ = box.split_top(box.height * 0.8)
        _digits(sheet, ticket, look, room, NUMBER)
        return
    low = box.height < u(LABEL + DIGITS)
    if low:
        digits, reminder = box.split_left(box.width * 0.5)
        _, reminder = reminder.split_left(u(GAP))
        label, digits = digits.split_top(u(LABEL * 0.7))
    else:
        label, digits = box.split_top(u(LABEL))
        digits, reminder = digits.split_top(digits.height - u(REMINDER + GAP))
        reminder, _ = reminder.split_top(u(REMINDER))
    words = pen.texts("board.your_number")
    sheet.write(sheet.fit(words, (label.width, label.height), (30, 15), 1), label, look.ink)
    _digits(sheet, ticket, look, digits.inset(0, u(GAP * 0.8)), DIGITS)
    size = min(u(84), reminder.height * 0.8)
    place, rest = reminder.split_left(size)
    sheet.sign(Shape.NO_SLIP, place, size, look.sign)
    _, rest = rest.split_left(u(PAD))
    words = pen.texts("board.remember")
    block = sheet.fit(words, (rest.width, rest.height), (32, 16), 3)
    sheet.write(block, rest, look.ink)


def _digits(sheet: KioskSheet, ticket: str, look: ToneLook, box: Box, cap: float) -> None:
    """Write the number as large as there is room, up to `cap` units: it has no descenders."""
    pen = sheet.pen
    high = min(pen.u(cap * (LARGE if pen.large else 1)), float(box.height))
    line = pen.setter.line(ticket, Weight.BOLD, high, box.width, least_cap=high * 0.25)
    sheet.write(Block((line,), line.cap, 0), box, look.ink)


def _way(sheet: KioskSheet, place: str, look: ToneLook, box: Box) -> None:
    """Say where to go: an arrow into the hall, a floor, or both."""
    pen, u = sheet.pen, sheet.pen.u
    theme = pen.theme
    face = Face(theme.page.ground, theme.page.ink, look.sign, look.sign)
    sheet.card(box, face)
    inside = box.inset(u(PAD * 1.2))
    words = pen.say("this_way")
    room = (inside.width * 0.42, inside.height * 0.8)
    label = sheet.fit(words, room, (30, 15), 2, Weight.REGULAR)
    sheet.write(label, inside, face.ink)
    _, inside = inside.split_left(label.width + u(PAD * 1.4))
    for arrow in [each for each in place if each in ARROWS][:1]:
        spot, inside = inside.split_left(u(96))
        sheet.sign(Shape.ARROW, spot, u(64), face.sign, ARROWS[arrow])
        _, inside = inside.split_left(u(PAD))
    name = "".join(each for each in place if each not in ARROWS).strip()
    if name:
        block = sheet.fit(name, (inside.width, inside.height * 0.8), (58, 20), 1)
        sheet.write(block, inside, face.ink)
