"""The pages that say one thing: how to hold up, help, one moment, closed, and so on."""

from __future__ import annotations

from typing import TYPE_CHECKING, assert_never

from appliance.display.canvas import Align
from appliance.display.fonts import Weight
from appliance.display.kiosk_edges import date_of, draw_way, grid, inner, is_low, is_wide
from appliance.display.kiosk_layout import GAP, TOUCH
from appliance.display.kiosk_pen import Face
from appliance.display.kiosk_pictograms import Sign
from appliance.display.kiosk_scenes import Paint, Scene
from appliance.display.kiosk_sheet import PAD
from appliance.display.kiosk_view import (
    ASSISTANCE,
    CODE,
    HOME,
    SHORT,
    STAY,
    Closed,
    Help,
    HoldUp,
    Outage,
    OutOfOrder,
    StillThere,
)
from appliance.display.kiosk_welcome import HAND, ROOM_FOR_ARROW, draw_scene
from appliance.display.shapes import ARROWS, Shape

if TYPE_CHECKING:
    from appliance.display.kiosk_sheet import KioskSheet
    from appliance.display.layout import Box

STEPS = (
    (Scene.BRIGHT, "hold_bright"),
    (Scene.DISTANCE, "hold_distance"),
    (Scene.WAIT, "hold_wait"),
)
SHORT_WIDE = 640
STEP = 54
LOW_STEP = 110
LOW_ROWS = 2
"""So many offers stand above each other where the page is low."""
BUTTON = 150
SIGN = 150
TITLE, SAID = (58, 24), (36, 16)


def paint_of(sheet: KioskSheet, *, card: bool) -> Paint:
    """Give the colours of a scene on a card, or on the page."""
    theme = sheet.pen.theme
    ground = theme.page.ground if card else theme.rest.ground
    if sheet.pen.large:
        return Paint(ground, theme.badge.ink, theme.page.ink, (120, 120, 120), theme.call.ground)
    return Paint(ground, theme.page.ink, theme.page.ground, HAND, theme.call_sign.ink)


def draw_hold_up(sheet: KioskSheet, page: HoldUp) -> None:
    """Draw three pictures of what to do, one after the other."""
    pen, u = sheet.pen, sheet.pen.u
    box = draw_way(sheet, pen.say("hold"))
    low = is_low(sheet, box)
    if page.short_numbers:
        if low:
            box, short = box.split_left(box.width - u(330))
            _, short = short.split_left(u(GAP))
            _, short = short.split_top(short.height - u(TOUCH * 1.4))
        else:
            box, short = box.split_top(box.height - u(TOUCH + GAP))
            _, short = short.split_top(u(GAP))
            _, short = short.split_left(max(0.0, short.width - u(SHORT_WIDE)))
        words = pen.say("short")
        sheet.labelled(SHORT, short, Face.plain(pen.theme), Sign.KEYPAD, words, (28, 15), 3)
    across = is_wide(sheet)
    cells = grid(box, 3, 1, u(GAP)) if across else grid(box, 1, 3, u(GAP))
    for count, ((scene, key), cell) in enumerate(zip(STEPS, cells, strict=True), 1):
        _step(sheet, count, scene, pen.say(key), cell)


def _step(sheet: KioskSheet, count: int, scene: Scene, words: str, cell: Box) -> None:
    pen, u = sheet.pen, sheet.pen.u
    theme = pen.theme
    sheet.card(cell, Face.card(theme))
    inside = cell.inset(u(PAD), u(PAD * 0.8))
    if cell.width > 1.9 * cell.height:
        upper, lower = inside.split_left(min(inside.width * 0.46, inside.height * 1.5))
        _, lower = lower.split_left(u(PAD))
    else:
        upper, lower = inside.split_top(min(inside.height * 0.56, inside.width / 1.5))
        _, lower = lower.split_top(u(PAD * 0.6))
        if lower.height > u(230):
            lower, _ = lower.split_top(u(230))
    draw_scene(sheet, scene, upper, paint_of(sheet, card=True))
    badge, rest = lower.split_left(u(STEP))
    size = u(STEP)
    sheet.sign(Shape.BADGE, badge, size, theme.badge.ground)
    line = pen.setter.line(str(count), Weight.BOLD, size * 0.46, size)
    seen = sheet.seen(badge)
    baseline = (seen.top + seen.bottom + line.cap) / 2
    middle = (seen.left + seen.right) / 2
    sheet.canvas.text(line, middle, baseline, theme.badge.ink, Align.CENTER)
    _, rest = rest.split_left(u(PAD * 0.8))
    arrow_fits = rest.width > u(ROOM_FOR_ARROW) and rest.height > u(LOW_STEP)
    if scene is Scene.DISTANCE and pen.signs.camera in ARROWS and arrow_fits:
        rest, arrow = rest.split_left(rest.width - u(64))
        sheet.sign(Shape.ARROW, arrow, u(50), theme.page_sign.ink, ARROWS[pen.signs.camera])
        rest = rest._replace(right=rest.right - round(u(PAD * 0.5)))
    block = sheet.fit(words, (rest.width, rest.height * 0.92), (32, 15), 4)
    sheet.write(block, rest, theme.page.ink)


def draw_help(sheet: KioskSheet, page: Help) -> None:
    """Say how it goes, and offer what there is."""
    pen, u = sheet.pen, sheet.pen.u
    box = draw_way(sheet, pen.say("help_title"))
    offers: list[tuple[str, Sign | Shape, str, Face]] = []
    plain = Face.plain(pen.theme)
    if page.scans:
        offers.append((CODE, Sign.CALENDAR, "with_code", plain))
    if page.short_numbers:
        offers.append((SHORT, Sign.KEYPAD, "short", plain))
    if page.assistance:
        offers.append((ASSISTANCE, Sign.BELL, "assistance", Face.main(pen.theme)))
    wide, low = is_wide(sheet), is_low(sheet, box)
    if wide:
        words, offered = box.split_left(box.width * (0.52 if offers else 1))
        _, offered = offered.split_left(u(GAP * 2))
    else:
        words, offered = box.split_top(box.height - u(TOUCH * 1.2) if low else box.height * 0.56)
        _, offered = offered.split_top(u(GAP))
    theme = pen.theme
    facts = ((Sign.SLIP, "help_ticket"), (Sign.CLOCK, "help_wait"))
    for (about, key), cell in zip(facts, grid(words, 1, len(facts), u(GAP)), strict=True):
        face = Face.card(theme)
        sheet.card(cell, face)
        inside = cell.inset(u(PAD), u(PAD * 0.8))
        size = min(u(110), inside.height * 0.7)
        place, room = inside.split_left(size)
        sheet.sign(about, place, size, face.sign)
        _, room = room.split_left(u(PAD * 1.4))
        size_ = (room.width, room.height)
        block = sheet.fit(pen.say(key), size_, (34, 15), 7, Weight.REGULAR, sentences=True)
        sheet.write(block, room, face.ink)
    rows = len(offers)
    high = offered.height if low else min(u(BUTTON * 1.25 + GAP) * rows, float(offered.height))
    columns = 1
    if low and not wide:
        columns, rows = rows, 1
    elif low and rows > LOW_ROWS:
        columns, rows = 2, 2
    upper, _ = offered.split_top(high)
    cells = grid(upper, columns, rows, u(GAP)) if rows else []
    for (action, sign, key, face), cell in zip(offers, cells, strict=False):
        sheet.labelled(action, cell, face, sign, pen.say(key), (34, 15), 3)


def draw_moment(sheet: KioskSheet) -> None:
    """Say that it goes on at once."""
    pen = sheet.pen
    _centred(sheet, Sign.CLOCK, pen.say("moment_title"), pen.say("moment"), inner(sheet))


def draw_still_there(sheet: KioskSheet, page: StillThere) -> None:
    """Ask whether somebody is there."""
    pen, u = sheet.pen, sheet.pen.u
    box = inner(sheet)
    high = u(TOUCH if is_low(sheet, box) else BUTTON)
    box, foot = box.split_top(box.height - high - u(GAP))
    _, foot = foot.split_top(u(GAP))
    wide = min(float(foot.width), u(1240))
    _, foot = foot.split_left((foot.width - wide) / 2)
    foot, _ = foot.split_left(wide)
    first, second = grid(foot, 2, 1, u(GAP * 2))
    sheet.labelled(STAY, first, Face.main(pen.theme), Shape.TICK, pen.say("stay"), (36, 17), 2)
    sheet.labelled(HOME, second, Face.plain(pen.theme), Sign.CROSS, pen.say("home"), (36, 17), 2)
    words = pen.say("still", seconds=max(0, page.seconds))
    _centred(sheet, Shape.QUESTION, pen.say("still_title"), words, box)


def draw_closed(sheet: KioskSheet, page: Closed) -> None:
    """Say that there are no numbers now, and when there are again."""
    pen, u = sheet.pen, sheet.pen.u
    words = pen.say("closed")
    if page.opens is not None:
        date, time = date_of(sheet, page.opens), f"{page.opens:%H:%M}"
        words = pen.say("closed_opens", date=date, time=time)
    box = inner(sheet)
    if page.scans:
        theme = pen.theme
        high = min(u(250), box.height * 0.42)
        box, foot = box.split_top(box.height - high)
        _, foot = foot.split_top(u(GAP))
        edge = theme.page.ground
        sheet.card(foot, Face(theme.page.ground, theme.page.ink, theme.page.ink, edge))
        inside = foot.inset(u(PAD), u(PAD * 0.6))
        scene, room = inside.split_left(min(inside.height * 1.5, inside.width * 0.4))
        draw_scene(sheet, Scene.HOLD, scene, paint_of(sheet, card=True))
        _, room = room.split_left(u(PAD))
        size = (room.width, room.height * 0.9)
        block = sheet.fit(pen.say("closed_scans"), size, SAID, 4, sentences=True)
        sheet.write(block, room, theme.page.ink)
    _centred(sheet, Sign.CLOCK, pen.say("closed_title"), words, box)


def draw_out_of_order(sheet: KioskSheet, page: OutOfOrder) -> None:
    """Say where people get a number instead."""
    pen = sheet.pen
    sign: Sign | Shape
    match page.outage:
        case Outage.STARTING:
            sign = Sign.CLOCK
        case Outage.CUT_OFF:
            sign = Shape.PERSON
        case _:
            assert_never(page.outage)
    key = page.outage.value
    _centred(sheet, sign, pen.say(f"{key}_title"), pen.say(key), inner(sheet))


def _centred(sheet: KioskSheet, sign: Sign | Shape, title: str, words: str, box: Box) -> None:
    """Put a sign, a title and some words into the middle of a box."""
    pen, u = sheet.pen, sheet.pen.u
    ink = pen.theme.rest.ink
    wide = min(float(box.width), u(1500))
    _, box = box.split_left((box.width - wide) / 2)
    box, _ = box.split_left(wide)
    size = min(u(SIGN), box.height * 0.24)
    gap = min(u(46), box.height * 0.06)
    head = sheet.fit(title, (wide, box.height * 0.32), TITLE, 3)
    left = box.height - size - head.height - head.reach - gap * 2
    said = sheet.fit(words, (wide, left), SAID, 6, Weight.REGULAR, sentences=True)
    between = gap * 0.6 + (head.reach + said.reach) / 2
    total = size + gap + head.reach / 2 + head.height + between + said.height
    _, box = box.split_top(max(0.0, (box.height - total) * 0.46))
    upper, box = box.split_top(size)
    sheet.sign(sign, upper, size, pen.theme.rest_sign.ink)
    _, box = box.split_top(gap + head.reach / 2)
    upper, box = box.split_top(head.height)
    sheet.write(head, upper, ink, Align.CENTER)
    _, box = box.split_top(between)
    upper, _ = box.split_top(said.height)
    sheet.write(said, upper, pen.theme.rest.ink, Align.CENTER)
