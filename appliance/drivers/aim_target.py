"""What a camera makes of a test code that is held before it: how large, how sharp, how bright.

The figures say how far the picture is from one that cannot be read, so that a camera is mounted
with something to spare. Limits come from made pictures and from counting: a module needs 3 pixels
to be read at all, and 5 to be read from hands that tremble; zxing-cpp gave up where an edge reached
over more than 1.2 modules; and it tells itself how much of the code's error correction a picture
used up, which is the surest sign of all.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final, cast

import numpy as np
import qrcode
import zxingcpp
from PIL import Image

from appliance.drivers.pictures import shrink_to_fit
from appliance.drivers.texture import busiest

if TYPE_CHECKING:
    from appliance.drivers.camera import Luma

GOOD_MODULE_PX, LEAST_MODULE_PX = 5.0, 3.0
SHARP_MODULES = 0.8
"""An edge between dark and light may reach over so many modules."""
SPARE = 0.5
"""Share of the error correction that should be left."""
DARK_WHITE, LEAST_CONTRAST = 90, 70
"""Grey levels: paper below this is in the dark, and this is between light and dark modules."""
BURNT_SHARE = 0.6
"""Of the code's area; half of it is light, and light that is too bright eats the dark modules."""
GLARE_SHARE = 0.02
"""Of the code's area: cells of 4 × 4 modules in which nothing dark is left."""
DARK_VIEW, BRIGHT_VIEW = 25, 235
"""Mean of a whole frame, where no code was found."""

CARD_TEXT: Final = "LOBBY CAMERA CARD " + "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ " * 4 + "$%*+-./:"
"""As long as an appointment code, so that it has as many modules: version 8."""

_GLARE_FROM, _BURNT_FROM = 235, 250
_CELL_MODULES = 4
_QR = zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCodeModel2)


class Flaw(StrEnum):
    """What is wrong with a view, the worst first."""

    NOTHING = "nothing"
    UNREADABLE = "unreadable"
    TOO_DARK = "too_dark"
    TOO_BRIGHT = "too_bright"
    GLARE = "glare"
    TINY = "tiny"
    SMALL = "small"
    BLURRED = "blurred"
    FAINT = "faint"
    NO_SPARE = "no_spare"


@dataclass(frozen=True, slots=True)
class Code:
    """A code that was read.

    Args:
        corners: Of its modules, in pixels: x and y, clockwise.
        module_px: How large a module is, in pixels; of the side that is seen shortest.
        edge_modules: Over how many modules an edge reaches.
        spare: Share of the error correction that was not needed; None: the decoder does not say.
        light: Grey level of its light modules.
        dark: Grey level of its dark ones.
        burnt: Share of its area that is as bright as can be.
        glare: Share of its area where light has drowned the modules.
    """

    corners: tuple[tuple[int, int], ...]
    module_px: float
    edge_modules: float
    spare: float | None
    light: int
    dark: int
    burnt: float
    glare: float


@dataclass(frozen=True, slots=True)
class View:
    """A frame, looked at.

    Args:
        mean: Grey level of the whole, 0 to 255.
        code: The largest code that was read; None: none was.
        flaws: What is wrong, the worst first; empty: it is as it should be.
    """

    mean: int
    code: Code | None
    flaws: tuple[Flaw, ...]


def look_at(luma: Luma) -> View:
    """Measure a frame."""
    mean = round(float(luma.mean()))
    found = [_measured(luma, code) for code in zxingcpp.read_barcodes(luma, _QR)]
    if not found:
        return View(mean, None, (_why_nothing(luma, mean),))
    code = max(found, key=lambda each: each.module_px)
    return View(mean, code, tuple(_flaws(code)))


def card(module_px: int) -> Image.Image:
    """Draw the test code with its quiet zone, black on white."""
    code = qrcode.QRCode(
        version=8, error_correction=qrcode.constants.ERROR_CORRECT_M, border=4, box_size=module_px
    )
    code.add_data(CARD_TEXT, optimize=0)
    code.make(fit=False)
    drawn: Image.Image = code.make_image().get_image().convert("L")
    return drawn


def picture(luma: Luma, room: tuple[int, int]) -> Image.Image:
    """Give a frame as a picture that fits into so many pixels of width and height."""
    return Image.fromarray(shrink_to_fit(luma, room))


def _why_nothing(luma: Luma, mean: int) -> Flaw:
    if mean < DARK_VIEW:
        return Flaw.TOO_DARK
    if mean > BRIGHT_VIEW:
        return Flaw.TOO_BRIGHT
    return Flaw.NOTHING if busiest(luma) is None else Flaw.UNREADABLE


def _flaws(code: Code) -> list[Flaw]:
    wrong = {
        Flaw.TOO_DARK: code.light < DARK_WHITE,
        Flaw.TOO_BRIGHT: code.burnt > BURNT_SHARE,
        Flaw.GLARE: code.glare > GLARE_SHARE,
        Flaw.TINY: code.module_px < LEAST_MODULE_PX,
        Flaw.SMALL: LEAST_MODULE_PX <= code.module_px < GOOD_MODULE_PX,
        Flaw.BLURRED: code.edge_modules > SHARP_MODULES,
        Flaw.FAINT: code.light >= DARK_WHITE and code.light - code.dark < LEAST_CONTRAST,
    }
    flaws = [flaw for flaw, is_so in wrong.items() if is_so]
    if not flaws and code.spare is not None and code.spare < SPARE:
        flaws.append(Flaw.NO_SPARE)
    return flaws


def _measured(luma: Luma, found: zxingcpp.Barcode) -> Code:
    at = found.position
    corners = tuple(
        (point.x, point.y) for point in (at.top_left, at.top_right, at.bottom_right, at.bottom_left)
    )
    told = cast("dict[str, Any]", found.extra)
    modules = 17 + 4 * int(told["Version"])  # ISO/IEC 18004
    module_px = min(_sides(corners)) / modules
    xs, ys = zip(*corners, strict=True)
    area = luma[max(min(ys), 0) : max(ys) + 1, max(min(xs), 0) : max(xs) + 1]
    dark, light = (round(float(level)) for level in np.percentile(area, (5, 95)))
    spare = told.get("UEC")  # unused error correction
    return Code(
        corners,
        round(module_px, 2),
        round(_edge_px(area, light - dark) / module_px, 2),
        None if spare is None else round(float(spare), 2),
        light,
        dark,
        round(float((area >= _BURNT_FROM).mean()), 3),
        round(_glare(area, round(_CELL_MODULES * module_px)), 3),
    )


def _sides(corners: tuple[tuple[int, int], ...]) -> list[float]:
    return [
        float(np.hypot(x2 - x1, y2 - y1))
        for (x1, y1), (x2, y2) in zip(corners, (*corners[1:], corners[0]), strict=True)
    ]


def _edge_px(area: Luma, contrast: int) -> float:
    """Give the width of the sharpest edges: their height by their slope."""
    steps = np.abs(np.diff(area.astype(np.int16), axis=1))
    return contrast / max(float(np.percentile(steps, 98)), 1.0)


def _glare(area: Luma, cell_px: int) -> float:
    """Give the share of cells in which even the darkest pixel is bright."""
    rows, columns = area.shape[0] // cell_px, area.shape[1] // cell_px
    cells = area[: rows * cell_px, : columns * cell_px].reshape(rows, cell_px, columns, cell_px)
    return float((cells.min(axis=(1, 3)) >= _GLARE_FROM).mean())
