"""What is on every page of the kiosk: the office and the clock, the bar, the way back.

The bar says each language's name in that language, and stays where it is: whoever comes to a page
that they cannot read finds their own name for it at the place where everybody's is.
"""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING

from appliance.display.canvas import Align
from appliance.display.fonts import Weight
from appliance.display.kiosk_layout import GAP, TOUCH
from appliance.display.kiosk_pen import Face
from appliance.display.kiosk_pictograms import Sign
from appliance.display.kiosk_sheet import PAD
from appliance.display.kiosk_view import (
    BACK,
    HELP,
    HOME,
    LANGUAGE,
    LARGE,
    Closed,
    Help,
    Moment,
    OutOfOrder,
    StillThere,
)
from appliance.display.layout import MARGIN, Box
from appliance.display.shapes import Shape

if TYPE_CHECKING:
    from datetime import datetime

    from appliance.display.kiosk_sheet import KioskSheet
    from appliance.display.kiosk_view import Page

NARROW = 1240
"""A body of fewer units has no room for a title between two buttons."""
WAY = 330
TITLE_ROW, TITLE_ROW_LOW = 132, 90
MIDDLE = 900
"""Units of height under which a page on an upright screen has to save room."""
BADGE = 84
DATE = 20
TICK = 30
MARK = 40


class Helping(Enum):
    """What the button for help is on a page."""

    OFFERED = "offered"
    GIVEN = "given"
    """This page is the help."""
    NONE = "none"


def draw_head(sheet: KioskSheet, clock: datetime | None) -> None:
    """Write office and lobby, date and time."""
    pen = sheet.pen
    theme, signs, u = pen.theme, pen.signs, pen.u
    if sheet.box.height < u(TOUCH / 2):
        return
    box = sheet.box.inset(u(MARGIN))
    names, times = box.columns((62, 38))
    office = sheet.fit(signs.office, (names.width * 0.62, box.height), (22, 13), 1)
    sheet.write(office, names, theme.head.ink)
    _, rest = names.split_left(office.width + u(24))
    lobby = sheet.fit(signs.lobby, (rest.width, box.height), (20, 12), 1, Weight.REGULAR)
    sheet.write(lobby, rest, theme.head_soft.ink)
    if clock is None:
        return
    time = sheet.fit(f"{clock:%H:%M}", (u(200), box.height), (28, 20), 1)
    sheet.write(time, times, theme.head.ink, Align.RIGHT)
    rest = times._replace(right=times.right - round(time.width + u(28)))
    text = date_of(sheet, clock)
    date = sheet.fit(text, (rest.width, box.height), (DATE, 12), 1, Weight.REGULAR)
    if pen.large and date.cap < u(DATE):
        # Rather none than one in small type, for who asked for large.
        return
    sheet.write(date, rest, theme.head_soft.ink, Align.RIGHT)


def date_of(sheet: KioskSheet, moment: datetime) -> str:
    """Give a date as people say it."""
    texts = sheet.pen.texts
    return texts(
        "board.date",
        weekday=texts(f"board.weekday_{moment.isoweekday()}"),
        day=moment.day,
        month=texts(f"board.month_{moment.month}"),
    )


def buttons(languages: int) -> int:
    """Give how many buttons are in the bar, for so many languages."""
    return 2 + (languages if languages > 1 else 0)


def helping(page: Page) -> Helping:
    """Give what the button for help is on a page."""
    if isinstance(page, Help):
        return Helping.GIVEN
    without = isinstance(page, (Moment, StillThere, Closed, OutOfOrder))
    return Helping.NONE if without else Helping.OFFERED


def draw_bar(sheet: KioskSheet, help_is: Helping, rows: int) -> None:
    """Draw the languages, the button for large type, and that for help."""
    pen = sheet.pen
    theme, u = pen.theme, pen.u
    languages = pen.signs.texts if len(pen.signs.texts) > 1 else ()
    count = buttons(len(pen.signs.texts))
    high = rows * u(TOUCH + GAP) - u(GAP)
    box = sheet.box.inset(u(MARGIN), (sheet.box.height - high) / 2)
    cells = grid(box, -(-count // rows), rows, u(GAP))
    plain, on = Face.plain(theme), Face.chosen(theme)
    for texts, cell in zip(languages, cells, strict=False):
        chosen = texts.language == pen.texts.language
        face = on if chosen else plain
        sheet.button(f"{LANGUAGE}:{texts.language}", cell, face)
        room = cell.inset(u(PAD * 0.4), u(PAD * 0.4))
        if chosen:
            tick, room = room.split_top(u(TICK + 8))
            sheet.sign(Shape.TICK, tick, u(TICK), face.sign)
        name = sheet.fit(texts("kiosk.language"), (room.width, room.height), (23, 12), 2)
        sheet.write(name, room, face.ink, Align.CENTER)
    size, help_ = cells[-2:]
    words = pen.say("smaller" if pen.large else "larger")
    sheet.button(LARGE, size, on if pen.large else plain)
    _marked(sheet, size, on if pen.large else plain, Sign.LETTERS, words)
    if help_is is Helping.NONE:
        return
    face = on if help_is is Helping.GIVEN else plain
    if help_is is Helping.OFFERED:
        sheet.button(HELP, help_, face)
    else:
        sheet.card(help_, face)
    _marked(sheet, help_, face, Shape.QUESTION, pen.say("help"))


def _marked(sheet: KioskSheet, cell: Box, face: Face, sign: Sign | Shape, words: str) -> None:
    """Draw a sign above words, on a card."""
    u = sheet.pen.u
    room = cell.inset(u(PAD * 0.4), u(PAD * 0.3))
    upper, lower = room.split_top(u(MARK + 8))
    sheet.sign(sign, upper, u(MARK), face.sign)
    block = sheet.fit(words, (lower.width, lower.height), (19, 11), 2)
    sheet.write(block, lower, face.ink, Align.CENTER)


def grid(box: Box, columns: int, rows: int, gap: float) -> list[Box]:
    """Cut a box into equal cells with gaps between, row by row."""
    wide = (box.width - gap * (columns - 1)) / columns
    high = (box.height - gap * (rows - 1)) / rows
    return [
        Box(
            round(box.left + column * (wide + gap)),
            round(box.top + row * (high + gap)),
            round(box.left + column * (wide + gap) + wide),
            round(box.top + row * (high + gap) + high),
        )
        for row in range(rows)
        for column in range(columns)
    ]


def inner(sheet: KioskSheet) -> Box:
    """Give a page's room within its margins."""
    u = sheet.pen.u
    edge = GAP / 2 if is_low(sheet, sheet.box) else GAP
    return sheet.box.inset(u(MARGIN), u(edge))


def is_wide(sheet: KioskSheet) -> bool:
    """Tell whether a page has two columns."""
    return sheet.box.width - 2 * sheet.pen.u(MARGIN) >= sheet.pen.u(NARROW)


def is_broad(box: Box) -> bool:
    """Tell whether a sign stands beside its words, not above them."""
    return box.width > box.height


def is_low(sheet: KioskSheet, box: Box) -> bool:
    """Tell whether there is so little room that what is not needed has to go."""
    return box.height < sheet.pen.u(540)


def draw_way(
    sheet: KioskSheet,
    title: str,
    letter: str = "",
    *,
    back: bool = True,
    ink: tuple[int, int, int] | None = None,
) -> Box:
    """Draw the way back, the way out, and a title; give the room that is left.

    Args:
        sheet: Where.
        title: What the page is about; empty: nothing is written, and there is no row for it.
        letter: Of a service, before it.
        back: There is a page to go back to.
        ink: Of the title.
    """
    pen = sheet.pen
    theme, u = pen.theme, pen.u
    box = inner(sheet)
    gap = u(GAP if is_low(sheet, sheet.box) else GAP * 1.5)
    if is_wide(sheet) or box.height < u(MIDDLE):
        row, rest = box.split_top(u(TOUCH))
        _, rest = rest.split_top(gap)
    else:
        # The upper edge of an upright screen is out of reach from a wheelchair.
        rest, row = box.split_top(box.height - u(TOUCH))
        rest, _ = rest.split_top(rest.height - gap)
    way = u(WAY)
    first, _ = row.split_left(way)
    _, last = row.split_left(row.width - way)
    plain = Face.plain(theme)
    if back:
        sheet.button(BACK, first, plain)
        arrow, words = first.inset(u(PAD)).split_left(u(64))
        sheet.arrow(arrow, u(44), plain.sign, back=True)
        words = words.inset(u(10))
        sheet.write(
            sheet.fit(pen.say("back"), (words.width, words.height), (28, 16), 2), words, plain.ink
        )
    sheet.labelled(HOME, last, plain, Sign.CROSS, pen.say("home"), (28, 16))
    if is_wide(sheet):
        room = row._replace(left=round(first.right + u(40)), right=round(last.left - u(40)))
    elif title:
        room, rest = rest.split_top(u(TITLE_ROW) if box.height > u(MIDDLE) else u(TITLE_ROW_LOW))
        _, rest = rest.split_top(u(GAP))
    if not title:
        return rest
    if letter:
        badge, room = room.split_left(u(BADGE))
        draw_badge(sheet, badge, u(BADGE), letter)
        _, room = room.split_left(u(28))
    block = sheet.fit(title, (room.width, room.height * 0.9), (44, 20), 2)
    sheet.write(block, room, ink or theme.rest.ink)
    return rest


def draw_badge(sheet: KioskSheet, box: Box, size: float, letter: str) -> None:
    """Draw the letter with which the numbers of a service begin, on its square."""
    pen = sheet.pen
    sheet.sign(Shape.BADGE, box, size, pen.theme.badge.ground)
    line = pen.setter.line(letter, Weight.BOLD, size * 0.46, size)
    seen = sheet.seen(box)
    middle = (seen.left + seen.right) / 2 - line.left / 2
    baseline = (seen.top + seen.bottom + line.cap) / 2
    sheet.canvas.text(line, middle, baseline, pen.theme.badge.ink, Align.CENTER)
