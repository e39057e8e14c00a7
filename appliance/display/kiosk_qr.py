"""A QR code on the kiosk, of an address that visitors open on their phones."""

from __future__ import annotations

from typing import TYPE_CHECKING

from appliance.display import qr
from appliance.display.text import clean

if TYPE_CHECKING:
    from appliance.display.kiosk_sheet import KioskSheet
    from appliance.display.layout import Box

ADDRESS_MAX = 300


def draw_code(sheet: KioskSheet, address: str, box: Box) -> None:
    """Draw what opens `address`, as large as there is room.

    One that is too long for a code that a phone reads is not drawn, as half of it opens nothing.
    """
    text = clean(address, 2 * ADDRESS_MAX)
    if not text or len(text) > ADDRESS_MAX:
        return
    seen = sheet.seen(box)
    code = qr.picture(text, min(seen.width, seen.height))
    if code is not None:
        left = seen.left + (seen.width - code.width) // 2
        sheet.canvas.picture(code, left, seen.top + (seen.height - code.height) // 2)
