"""The pad for a short number: the twenty signs that are in one, and no others.

Keys and places are never mirrored: a short number is read from left to right in every language. It
is typed in the open, as at any counter; the page has it, and no other.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from appliance.checkin.short_number import ALPHABET, LENGTH
from appliance.display.canvas import Align
from appliance.display.fonts import Weight
from appliance.display.kiosk_edges import MIDDLE, WAY, draw_way, grid, inner, is_low, is_wide
from appliance.display.kiosk_layout import GAP, TOUCH
from appliance.display.kiosk_pen import Face
from appliance.display.kiosk_pictograms import Sign
from appliance.display.kiosk_sheet import PAD
from appliance.display.kiosk_view import DIGIT, ENTER, ERASE

if TYPE_CHECKING:
    from appliance.display.kiosk_sheet import KioskSheet
    from appliance.display.kiosk_view import ShortNumber
    from appliance.display.layout import Box

KEY = 150
KEY_HIGHEST = 168
SLOT = 128
GROUP_GAP = 34
WORDS = 150
NARROW_BUTTON = 240
"""A narrower button has its sign only."""


def draw_pad(sheet: KioskSheet, page: ShortNumber) -> None:
    """Draw the page."""
    pen, u = sheet.pen, sheet.pen.u
    typed = "".join(sign for sign in page.typed if sign in ALPHABET)[:LENGTH]
    wide = is_wide(sheet)
    if not wide and sheet.box.height < u(MIDDLE):
        _upright_low(sheet, typed)
        return
    if wide and is_low(sheet, sheet.box):
        _low(sheet, typed)
        return
    box = draw_way(sheet, pen.say("short"))
    if wide:
        left, right = box.split_left(box.width * 0.48)
        _, right = right.split_left(u(GAP * 3))
    else:
        left, right = box.split_top(u(WORDS + SLOT + GAP))
        _, right = right.split_top(u(GAP))
    words, rest = left.split_top(u(WORDS))
    _where(sheet, words)
    slots, rest = rest.split_top(u(SLOT))
    _slots(sheet, typed, slots)
    if wide:
        _, rest = rest.split_top(u(GAP * 2))
        keys, _ = right.split_top(4 * u(KEY_HIGHEST + GAP))
        buttons, _ = rest.split_top(u(KEY))
    else:
        keys, rest = right.split_top(4 * u(KEY_HIGHEST + GAP) - u(GAP))
        _, rest = rest.split_top(u(GAP * 2))
        buttons, _ = rest.split_top(u(KEY))
    _keys(sheet, grid(keys, 5, 4, u(GAP)))
    erase, enter = buttons.columns((42, 58))
    erase = erase._replace(right=erase.right - round(u(GAP)))
    _erase(sheet, erase)
    _enter(sheet, enter, ready=len(typed) == LENGTH)


def _low(sheet: KioskSheet, typed: str) -> None:
    """Draw it where there is room for two rows of keys: what is typed stands between the ways."""
    u = sheet.pen.u
    row, _ = inner(sheet).split_top(u(TOUCH))
    slots, words = row.inset(u(WAY + GAP * 2)).columns((60, 40))
    _slots(sheet, typed, slots)
    _, words = words.split_left(u(GAP * 2))
    _where(sheet, words)
    keys, buttons = draw_way(sheet, "").columns((84, 16))
    keys = keys._replace(right=keys.right - round(u(GAP)))
    _keys(sheet, grid(keys, 10, 2, u(GAP)))
    erase, enter = grid(buttons, 1, 2, u(GAP))
    _erase(sheet, erase)
    _enter(sheet, enter, ready=len(typed) == LENGTH)


def _upright_low(sheet: KioskSheet, typed: str) -> None:
    """Draw it on the lower half of an upright screen: what is typed stands before its buttons."""
    u = sheet.pen.u
    box = draw_way(sheet, "")
    words, box = box.split_top(max(0.0, box.height - 4 * u(TOUCH + GAP)))
    _where(sheet, words)
    row, box = box.split_top(u(TOUCH))
    slots, rest = row.split_left(row.width * 0.54)
    _, rest = rest.split_left(u(GAP))
    _slots(sheet, typed, slots)
    erase, enter = grid(rest, 2, 1, u(GAP))
    _erase(sheet, erase)
    _enter(sheet, enter, ready=len(typed) == LENGTH)
    _, box = box.split_top(u(GAP))
    _keys(sheet, grid(box, 7, 3, u(GAP * 0.75)))


def _where(sheet: KioskSheet, box: Box) -> None:
    """Say where one finds the short number."""
    pen = sheet.pen
    words = pen.say("short_where")
    room = (box.width, float(box.height))
    block = sheet.fit(words, room, (30, 15), 4, Weight.REGULAR, sentences=True)
    sheet.write(block, box, pen.theme.rest.ink)


def _slots(sheet: KioskSheet, typed: str, box: Box) -> None:
    """Draw a place for each sign, in two groups; the next one stands out."""
    pen, u = sheet.pen, sheet.pen.u
    theme = pen.theme
    wide = (box.width - u(GROUP_GAP) - u(GAP * 0.5) * (LENGTH - 2)) / LENGTH
    x = float(box.left)
    for place in range(LENGTH):
        slot = _as_read(sheet, box, box._replace(left=round(x), right=round(x + wide)))
        now = place == len(typed)
        edge = theme.call.ground if now else theme.page_sign.ink
        face = Face(theme.page.ground, theme.page.ink, theme.page_sign.ink, edge)
        sheet.card(slot, face, edge=9 if now else 3)
        if place < len(typed):
            cap = min(box.height * 0.5, wide * 0.62)
            line = pen.setter.line(typed[place], Weight.BOLD, cap, wide)
            seen = sheet.seen(slot)
            baseline = (seen.top + seen.bottom + line.cap) / 2
            middle = (seen.left + seen.right) / 2
            sheet.canvas.text(line, middle, baseline, theme.page.ink, Align.CENTER)
        x += wide + (u(GROUP_GAP) if place == LENGTH // 2 - 1 else u(GAP * 0.5))


def _as_read(sheet: KioskSheet, row: Box, cell: Box) -> Box:
    """Give a cell of a row that is read from left to right in every language.

    The row as a whole stands where the language puts it; within it, left stays left.
    """
    if not sheet.pen.mirrored:
        return cell
    ends = row.left + row.right
    return cell._replace(left=ends - cell.right, right=ends - cell.left)


def _keys(sheet: KioskSheet, cells: list[Box]) -> None:
    pen = sheet.pen
    face = Face.plain(pen.theme)
    row = cells[0]._replace(right=cells[-1].right)
    for sign, place in zip(ALPHABET, cells, strict=False):
        cell = _as_read(sheet, row, place)
        sheet.button(f"{DIGIT}:{sign}", cell, face)
        seen = sheet.seen(cell)
        cap = min(seen.height * 0.42, seen.width * 0.5, pen.u(62))
        line = pen.setter.line(sign, Weight.BOLD, cap, seen.width)
        baseline = (seen.top + seen.bottom + line.cap) / 2
        sheet.canvas.text(line, (seen.left + seen.right) / 2, baseline, face.ink, Align.CENTER)


def _erase(sheet: KioskSheet, box: Box) -> None:
    pen = sheet.pen
    face = Face.plain(pen.theme)
    if box.width < pen.u(NARROW_BUTTON):
        sheet.button(ERASE, box, face)
        sheet.sign(Sign.ERASE, box, pen.u(64), face.sign)
    else:
        sheet.labelled(ERASE, box, face, Sign.ERASE, pen.say("erase"), (30, 15))


def _enter(sheet: KioskSheet, box: Box, *, ready: bool) -> None:
    """Draw what sends it off: a button only when there is something to send."""
    pen, u = sheet.pen, sheet.pen.u
    theme = pen.theme
    words = pen.say("enter")
    face = Face.main(theme)
    if ready:
        sheet.button(ENTER, box, face)
    else:
        face = Face(
            theme.rest.ground, theme.rest_soft.ink, theme.rest_soft.ink, theme.rest_soft.ink
        )
        sheet.card(box, face, edge=1.5)
    if box.width < u(NARROW_BUTTON):
        sheet.arrow(box, u(56), face.sign)
        return
    room, ahead = box.inset(u(PAD)).split_left(box.width - u(PAD * 2) - u(78))
    sheet.arrow(ahead, u(46 if ready else 40), face.sign)
    room = room._replace(right=room.right - round(u(PAD * 0.5)))
    block = sheet.fit(words, (room.width, room.height * 0.8), (38, 17), 1)
    sheet.write(block, room, face.ink, Align.CENTER)
