"""The page that a visitor finds: a picture for who has a code, tiles for who has none.

More tiles than find room go on further sheets of the same page; nothing is ever scrolled, because
not everybody has learned to.
"""

from __future__ import annotations

from itertools import islice
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from appliance.display.kiosk_edges import MIDDLE, draw_badge, grid, inner, is_low, is_wide
from appliance.display.kiosk_layout import GAP, TOUCH
from appliance.display.kiosk_pen import LARGE, Face
from appliance.display.kiosk_pictograms import Sign
from appliance.display.kiosk_scenes import Paint, Scene, picture
from appliance.display.kiosk_sheet import PAD
from appliance.display.kiosk_signs import EMERGENCY, PAPERS, STATUS
from appliance.display.kiosk_view import CODE, MORE, REDIRECT, SERVICE, SHORT
from appliance.display.shapes import ARROWS, Shape

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from appliance.display.kiosk_sheet import KioskSheet
    from appliance.display.kiosk_view import Welcome
    from appliance.display.layout import Box

SERVICES_MAX = 60
REDIRECTS_MAX = 4
CODE_SHARE = 0.325
TILE, TILE_LARGE = 132, 164
TILE_HIGHEST = 208
HEADING = 70
ROOM_FOR_ARROW = 340
WORDS_HIGH = 230
LEAST, LEAST_LOW = 300, 180
"""Units of height for who has a code, on an upright screen."""
LETTER = 62
AHEAD = 30
HAND = (150, 166, 190)
HAND_LARGE = (110, 95, 10)
"""Of nobody's colour."""
SCENE_ASPECT = 1.5

REDIRECT_SIGNS: Mapping[str, Sign | Shape] = MappingProxyType(
    {PAPERS: Sign.PAPERS, STATUS: Sign.LOOK_UP, EMERGENCY: Shape.CAUTION}
)


class Sheetful(NamedTuple):
    """What is on one sheet of tiles.

    Args:
        codes: The services.
        more: There are others on further sheets.
    """

    codes: tuple[str, ...]
    more: bool


def sheetful(codes: Sequence[str], room: int, sheet: int) -> Sheetful:
    """Give what is on a sheet.

    Args:
        codes: All of them.
        room: How many tiles there is room for, at least 2.
        sheet: Which; after the last comes the first.
    """
    if len(codes) <= room:
        return Sheetful(tuple(codes), more=False)
    each = room - 1
    sheets = -(-len(codes) // each)
    first = sheet % sheets * each
    return Sheetful(tuple(codes[first : first + each]), more=True)


def redirect_sign(name: str) -> Sign | Shape:
    """Give the sign of a redirect."""
    return REDIRECT_SIGNS.get(name, Shape.INFORMATION)


def draw_welcome(sheet: KioskSheet, page: Welcome) -> None:
    """Draw the page."""
    u = sheet.pen.u
    box = inner(sheet)
    if page.scans or page.short_numbers:
        if is_wide(sheet):
            codes, box = box.split_left(box.width * CODE_SHARE)
            _, box = box.split_left(u(GAP * 2))
        else:
            needed = _least_height(sheet, page)
            least = LEAST_LOW if box.height < u(MIDDLE) else LEAST
            codes, box = box.split_top(max(u(least), box.height - needed))
            _, box = box.split_top(u(GAP))
        _codes(sheet, page, codes)
    _tiles(sheet, page, box)


def _codes(sheet: KioskSheet, page: Welcome, box: Box) -> None:
    """Draw what is for people with an appointment."""
    pen, u = sheet.pen, sheet.pen.u
    if not page.scans:
        sheet.labelled(SHORT, box, Face.main(pen.theme), Sign.KEYPAD, pen.say("short"), (38, 18), 3)
        return
    if page.short_numbers:
        if box.height < u(LEAST):
            box, short = box.split_left(box.width * 0.62)
            _, short = short.split_left(u(GAP))
        else:
            box, short = box.split_top(box.height - u(TOUCH + GAP))
            _, short = short.split_top(u(GAP))
        sheet.labelled(SHORT, short, Face.plain(pen.theme), Sign.KEYPAD, pen.say("short"), (28, 16))
    face = Face.main(pen.theme)
    sheet.button(CODE, box, face)
    room = box.inset(u(PAD * 1.4), u(PAD))
    if room.width > 1.5 * room.height:
        scene, words = room.split_left(min(room.width * 0.44, room.height * SCENE_ASPECT))
        _, words = words.split_left(u(PAD))
    else:
        share = 0.42 if pen.large else 0.56
        high = min(room.height * share, room.width / SCENE_ASPECT)
        scene, words = room.split_top(high)
        _, words = words.split_top(u(PAD * 0.6))
    draw_scene(sheet, Scene.HOLD, scene, _on_main(sheet, face))
    high = WORDS_HIGH * LARGE if pen.large else WORDS_HIGH
    spare = max(0.0, words.height - u(high))
    words = words.inset(0, spare / 2)
    if (arrow := pen.signs.camera) in ARROWS and words.width > u(ROOM_FOR_ARROW):
        place, words = words.split_left(u(76))
        sheet.sign(Shape.ARROW, place, u(60), face.sign, ARROWS[arrow])
        _, words = words.split_left(u(PAD * 0.6))
    upper, lower = words.rows((52, 48))
    title = sheet.fit(pen.say("with_code"), (upper.width, upper.height), (42, 18), 2)
    sheet.write(title, upper, face.ink)
    how = sheet.fit(pen.say("with_code_how"), (lower.width, lower.height), (30, 15), 2)
    sheet.write(how, lower, face.sign)


def _on_main(sheet: KioskSheet, face: Face) -> Paint:
    """Give the colours of a scene on a dark, or a shining, button."""
    theme = sheet.pen.theme
    if sheet.pen.large:
        return Paint(face.ground, face.ink, theme.badge.ground, HAND_LARGE, theme.badge.ground)
    return Paint(face.ground, face.ground, theme.page.ground, HAND, face.sign)


def draw_scene(sheet: KioskSheet, scene: Scene, box: Box, paint: Paint) -> None:
    """Put a scene into the middle of a box, as large as it may be."""
    seen = sheet.seen(box)
    high = int(min(seen.height, seen.width / SCENE_ASPECT))
    drawn = picture(scene, high, paint)
    left = seen.left + (seen.width - drawn.width) // 2
    sheet.canvas.picture(drawn, left, seen.top + (seen.height - drawn.height) // 2)


def _tile_height(sheet: KioskSheet) -> float:
    return sheet.pen.u(TILE_LARGE if sheet.pen.large else TILE)


def _least_height(sheet: KioskSheet, page: Welcome) -> float:
    """Give how much the tiles need on an upright screen, four rows at most."""
    u = sheet.pen.u
    rows = min(4, -(-len(page.services) // 2))
    rows += bool(page.redirects)
    return u(HEADING) + rows * (_tile_height(sheet) + u(GAP)) + u(GAP)


def _tiles(sheet: KioskSheet, page: Welcome, box: Box) -> None:
    """Draw what is for people without an appointment."""
    pen, u = sheet.pen, sheet.pen.u
    low = is_low(sheet, sheet.box)
    least = _tile_height(sheet) if not low else u(TOUCH)
    redirects = tuple(islice(page.redirects, REDIRECTS_MAX))
    if not low:
        head, box = box.split_top(u(HEADING))
        words = sheet.fit(pen.say("without"), (head.width, head.height), (32, 16), 1)
        sheet.write(words, head._replace(bottom=head.bottom - round(u(16))), pen.theme.rest.ink)
    if redirects:
        box, foot = box.split_top(box.height - least - u(GAP))
        _, foot = foot.split_top(u(GAP))
        for name, cell in zip(redirects, grid(foot, len(redirects), 1, u(GAP)), strict=True):
            _redirect(sheet, name, cell)
    codes = [each for each in page.services if each in pen.signs.services][:SERVICES_MAX]
    columns = 3 if low else 2
    rows = max(1, int((box.height + u(GAP)) / (least + u(GAP))))
    shown = sheetful(codes, max(2, columns * rows), page.sheet)
    used = -(-len(shown.codes) // columns) if not shown.more else rows
    high = min(u(TILE_HIGHEST), (box.height + u(GAP)) / max(1, used) - u(GAP))
    upper, _ = box.split_top(used * (high + u(GAP)) - u(GAP))
    cells = grid(upper, columns, max(1, used), u(GAP))
    for code, cell in zip(shown.codes, cells, strict=False):
        _service(sheet, code, cell)
    if shown.more:
        sheet.labelled(MORE, cells[-1], Face.quiet(pen.theme), Sign.DOTS, pen.say("more"), (30, 16))


def _service(sheet: KioskSheet, code: str, cell: Box) -> None:
    pen, u = sheet.pen, sheet.pen.u
    face = Face.plain(pen.theme)
    sign = pen.signs.services[code]
    sheet.button(f"{SERVICE}:{code}", cell, face)
    room = cell.inset(u(PAD), u(PAD * 0.4))
    badge, room = room.split_left(u(LETTER))
    draw_badge(sheet, badge, u(LETTER), sign.letter)
    _, room = room.split_left(u(PAD))
    room, ahead = room.split_left(room.width - u(AHEAD * 1.4))
    sheet.arrow(ahead, u(AHEAD), face.sign)
    room = room._replace(right=room.right - round(u(PAD * 0.6)))
    name = sheet.fit(pen.choose(sign.names), (room.width, room.height), (31, 14), 4)
    sheet.write(name, room, face.ink)


def _redirect(sheet: KioskSheet, name: str, cell: Box) -> None:
    pen = sheet.pen
    known = pen.signs.redirects.get(name)
    words = pen.choose(known.names) if known else ""
    face = Face.alarm(pen.theme) if name == EMERGENCY else Face.quiet(pen.theme)
    action = f"{REDIRECT}:{name}"
    sheet.labelled(action, cell, face, redirect_sign(name), words or name, (26, 14), 3)
