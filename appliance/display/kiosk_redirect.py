"""Where to go instead of taking a number: a few words, a telephone, a page for the own phone.

An emergency is the one page with a button that calls somebody: who comes to it shall not have to
find the reception first.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from appliance.display.board_view import Tone
from appliance.display.kiosk_edges import MIDDLE, draw_way, is_broad, is_low, is_wide
from appliance.display.kiosk_layout import GAP, TOUCH
from appliance.display.kiosk_pen import Face
from appliance.display.kiosk_pictograms import Sign
from appliance.display.kiosk_service import draw_offer
from appliance.display.kiosk_sheet import PAD
from appliance.display.kiosk_signs import EMERGENCY, RedirectSign
from appliance.display.kiosk_told import LINES, SIGN, SIGN_UPRIGHT, WORDS, draw_ground
from appliance.display.kiosk_view import ASSISTANCE
from appliance.display.kiosk_welcome import redirect_sign
from appliance.display.tone import tone_look

if TYPE_CHECKING:
    from appliance.display.kiosk_sheet import KioskSheet
    from appliance.display.kiosk_view import Redirect
    from appliance.display.layout import Box
    from appliance.display.tone import ToneLook

OFFER = 360
OFFER_SHARE = 0.4
CALL_WIDE, CALL_WIDE_LOW = 900, 560


def draw_redirect(sheet: KioskSheet, page: Redirect) -> None:
    """Draw where to go instead."""
    pen = sheet.pen
    urgent = page.name == EMERGENCY
    look = tone_look(pen.theme, Tone.ASK if urgent else Tone.TOLD)
    draw_ground(sheet, look)
    known = pen.signs.redirects.get(page.name, RedirectSign())
    service = pen.signs.services.get(page.name)
    title = pen.choose(service.names if service else known.names) or page.name
    box = draw_way(sheet, title, service.letter if service else "", ink=look.ink)
    address = page.book or known.page
    if urgent:
        box = _assistance(sheet, box)
    elif address:
        how = pen.say("book_how" if page.book else "page_how")
        box = _offer(sheet, address, pen.say("book") if page.book else "", how, box)
    words = pen.choose(known.words) or pen.say("only_booked")
    _words(sheet, page.name, words, known.phone, look, box)


def _words(sheet: KioskSheet, name: str, words: str, phone: str, look: ToneLook, box: Box) -> None:
    """Write where to go, beside or below its sign."""
    u = sheet.pen.u
    wide = is_wide(sheet)
    size = min(u(SIGN if wide else SIGN_UPRIGHT), box.height * 0.5)
    beside = wide or is_broad(box)
    if beside:
        place, box = box.split_left(size)
        _, box = box.split_left(u(56))
    else:
        place, box = box.split_top(size + u(GAP * 2))
        place, _ = place.split_left(size)
    sheet.sign(redirect_sign(name), place, size, look.sign)
    if phone:
        box, row = box.split_top(box.height - u(96))
        _phone(sheet, phone, look, row)
    block = sheet.fit(words, (box.width, box.height), WORDS, LINES, sentences=True)
    middle = beside or box.height < block.height * 1.5
    sheet.write(block, box, look.ink, middle=middle)


def _phone(sheet: KioskSheet, number: str, look: ToneLook, box: Box) -> None:
    pen, u = sheet.pen, sheet.pen.u
    place, rest = box.split_left(u(58))
    sheet.sign(Sign.PHONE, place, u(54), look.sign)
    _, rest = rest.split_left(u(PAD))
    words = pen.say("phone", number=number)
    sheet.write(sheet.fit(words, (rest.width, rest.height), (38, 18), 1), rest, look.ink)


def _offer(sheet: KioskSheet, address: str, title: str, how: str, box: Box) -> Box:
    """Draw a page for the visitor's own phone; give the room that is left."""
    u = sheet.pen.u
    if is_wide(sheet):
        box, offer = box.split_left(box.width * 0.52)
        _, offer = offer.split_left(u(GAP * 2))
        _, offer = offer.split_top(max(0.0, (offer.height - u(OFFER)) / 2))
        offer, _ = offer.split_top(u(OFFER))
    else:
        high = u(OFFER) if box.height > u(MIDDLE) else box.height * OFFER_SHARE
        box, offer = box.split_top(box.height - high - u(GAP * 2))
        offer, _ = offer.split_top(high)
    draw_offer(sheet, address, title, how, offer)
    return box


def _assistance(sheet: KioskSheet, box: Box) -> Box:
    """Draw the button that calls somebody; give the room that is left."""
    pen, u = sheet.pen, sheet.pen.u
    if is_low(sheet, sheet.box) and is_wide(sheet):
        box, foot = box.split_left(box.width - u(CALL_WIDE_LOW))
        _, foot = foot.split_left(u(GAP * 2))
        _, foot = foot.split_top(max(0.0, foot.height - u(TOUCH * 1.4)))
    else:
        box, foot = box.split_top(box.height - u(TOUCH * 1.1 + GAP))
        _, foot = foot.split_top(u(GAP))
        _, foot = foot.split_left(max(0.0, foot.width - u(CALL_WIDE)))
    words = pen.say("assistance")
    sheet.labelled(ASSISTANCE, foot, Face.main(pen.theme), Sign.BELL, words, (40, 18), 2)
    return box
