"""Frames into texts, by two independent decoders.

zxing-cpp looks at the full frame, inverted too. Where it finds nothing, both look a second time:
not at everything, but at the window that is most like a code, smoothed against noise; for zxing-cpp
its contrast is raised as well, because it takes whatever spans less than 24 grey levels for blank
paper. Where nothing in the frame is like a code, there is no second look.

Measured with `bench/decode.py` on 150 made frames of a bad day: zbar alone reads 30 %, zxing-cpp
alone 68 %, both like this 84 %; of 165 real photos 87, 92 and 95 %; no wrong text. An empty 720p
frame costs 0.16 to 0.29 of one zbar scan of it. zbar's second look at the whole frame, shrunk to
640 pixels, cost more (0.34 to 0.44) and read less (70 %, of the photos 93 %).

Both decoders are C and C++ that hostile pictures are shown to: they run in the scanner, which has
no network, no keys and no files, and which may die.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

import numpy as np
import zxingcpp
from PIL import Image, ImageFilter
from pyzbar import pyzbar

from appliance.drivers.pictures import shrink
from appliance.drivers.texture import busiest

if TYPE_CHECKING:
    from appliance.drivers.camera import Luma

SECOND_LOOK_SIDE = 1280
"""Larger pictures than a camera's are shrunk for the second look, so that its window fits."""

_QR = zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCodeModel2)
_NOISE_PX, _SURROUNDINGS_PX = 1, 3
_CONTRAST = 3.0


class Decoder(Protocol):
    """Finds QR codes in a frame."""

    def texts(self, luma: Luma) -> frozenset[str]:
        """Give what the codes in the frame say, each text once.

        Text that is not ASCII may be wrong (zbar guesses encodings), but tells that there is a
        code.

        Blocks for as long as it takes: some milliseconds, and with a hostile picture perhaps for
        ever, or until it takes the process down. What lies outside must look after that.
        """
        ...


class TwoDecoders:
    """zxing-cpp, and both it and zbar at a second look where that finds nothing."""

    def texts(self, luma: Luma) -> frozenset[str]:
        """Give what the codes in the frame say, each text once."""
        return _by_zxing(luma) or _second_look(luma)


def _second_look(luma: Luma) -> frozenset[str]:
    window = busiest(shrink(luma, SECOND_LOOK_SIDE))
    if window is None:
        return frozenset()
    image = Image.fromarray(window)
    smooth = image.filter(ImageFilter.BoxBlur(_NOISE_PX))
    surroundings = image.filter(ImageFilter.BoxBlur(_SURROUNDINGS_PX))
    crisp = Image.blend(surroundings, smooth, _CONTRAST)  # beyond 1 it leads away from the first
    return _by_zxing(np.asarray(crisp)) or _by_zbar(np.asarray(smooth))


def _by_zxing(luma: Luma) -> frozenset[str]:
    found = zxingcpp.read_barcodes(
        luma,
        formats=_QR,
        text_mode=zxingcpp.TextMode.Plain,  # the default writes control characters as "<GS>"
    )
    return frozenset(code.text for code in found)


def _by_zbar(luma: Luma) -> frozenset[str]:
    # All symbologies would take three to four times as long.
    found = pyzbar.decode(luma, symbols=[pyzbar.ZBarSymbol.QRCODE])
    return frozenset(code.data.decode("utf-8", "replace") for code in found)
