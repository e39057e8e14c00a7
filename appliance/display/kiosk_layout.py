"""Where the kiosk's parts stand, in units as on the board, and how large a finger's target must be.

What everybody needs (language, large type, help) is in a bar at the lower edge: there it is reached
from a wheelchair, too. Left and right change sides for Arabic; see `KioskSheet`.
"""

from __future__ import annotations

import math

import msgspec

from appliance.display.layout import LONG_SIDE, MARGIN, SHORT_SIDE, Box, arrange

TARGET_MM = 20.0
DIAGONAL_INCHES = 15.0
"""A target is at least so large on a screen of this diagonal; larger screens make it larger."""
MM_PER_INCH = 25.4

TOUCH = 122.0
"""Units of a target: 20 mm at 15 inches are 116 on 16 : 9, and 119 on 1280x800."""
GAP = 16
HEAD = 84
LOW = 700
"""A part lower than this has to save room, and but one row of buttons in its bar."""
CELL_WIDE = 176


def target_pixels(size: tuple[int, int], diagonal_inches: float = DIAGONAL_INCHES) -> float:
    """Give how many pixels `TARGET_MM` are on a screen.

    Args:
        size: Width and height in pixels.
        diagonal_inches: Of the screen's picture.
    """
    return TARGET_MM / MM_PER_INCH * math.hypot(*size) / diagonal_inches


def overlay_box(size: tuple[int, int]) -> Box:
    """Give where the kiosk lies on a board while somebody uses it: the current call stays in sight.

    Args:
        size: Of the screen.
    """
    place = arrange(size).place.tile
    return Box(0, place.bottom, *size)


class KioskLayout(msgspec.Struct, frozen=True):
    """The parts of a kiosk, in pixels of the screen.

    Args:
        unit: One unit, in pixels.
        head: Office and clock; empty on an overlay, as the board has one.
        body: The page.
        bar: Languages, large type, help.
        rows: Of buttons in the bar.
    """

    unit: float
    head: Box
    body: Box
    bar: Box
    rows: int

    @property
    def whole(self) -> Box:
        """All of it."""
        return Box(self.head.left, self.head.top, self.bar.right, self.bar.bottom)


def lay_out(size: tuple[int, int], part: Box, buttons: int) -> KioskLayout:
    """Give the layout for a part of a screen.

    Args:
        size: Width and height of the screen in pixels: they decide how large a unit is.
        part: What of it the kiosk has.
        buttons: How many are in the bar.
    """
    width, height = size
    long, short = (LONG_SIDE, SHORT_SIDE) if width >= height else (SHORT_SIDE, LONG_SIDE)
    unit = min(width / long, height / short)
    low = part.height < LOW * unit
    room = part.width / unit - 2 * MARGIN
    columns = max(1, int((room + GAP) / ((TOUCH if low else CELL_WIDE) + GAP)))
    rows = -(-buttons // columns)
    # On an overlay, the board has one.
    head, rest = part.split_top(0 if part.top else HEAD * unit)
    bar_units = rows * TOUCH + (rows - 1) * GAP + (1.5 if low else 2) * GAP
    body, bar = rest.split_top(rest.height - bar_units * unit)
    return KioskLayout(unit, head, body, bar, rows)
