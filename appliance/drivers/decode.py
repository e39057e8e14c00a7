"""Frames into texts, by two independent decoders.

zxing-cpp looks at the full frame, inverted too. Where it finds nothing, both look a second time:
not at everything, but at the window that is most like a code, made clearer in one way after the
other. Where nothing in the frame is like a code, there is no second look.

Measured with `bench/decode.py` on made frames of a bad day: zbar alone reads 25 %, zxing-cpp alone
65 %, both like this 80 %; of 165 real photos 87, 92 and 95 %; no wrong text. An empty 720p frame
costs 0.19 to 0.39 of one zbar scan of it. What else was tried stands in docs/decoding.md.

Both decoders are C and C++ that hostile pictures are shown to: they run in the scanner, which has
no network, no keys and no files, and which may die.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import zxingcpp
from pyzbar import pyzbar

from appliance.drivers.clearer import crisp, evened, half, smooth
from appliance.drivers.pictures import shrink
from appliance.drivers.texture import busiest

if TYPE_CHECKING:
    from collections.abc import Callable

    from appliance.drivers.camera import Luma

SECOND_LOOK_SIDE = 1280
"""Larger pictures than a camera's are shrunk for the second look, so that its window fits."""

_QR = zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCodeModel2)


@dataclass(frozen=True, slots=True)
class Seen:
    """What came of a look at a frame.

    Args:
        texts: What the codes in it say, each text once. Text that is not ASCII may be wrong (zbar
            guesses encodings), but tells that there is a code.
        broken: A code was found that could not be read.
    """

    texts: frozenset[str]
    broken: bool = False


class Decoder(Protocol):
    """Finds QR codes in a frame."""

    def look(self, luma: Luma) -> Seen:
        """Give what the codes in the frame say.

        Blocks for as long as it takes: some milliseconds, and with a hostile picture perhaps for
        ever, or until it takes the process down. What lies outside must look after that.
        """
        ...


class TwoDecoders:
    """zxing-cpp, and both it and zbar at a second look where that finds nothing."""

    def look(self, luma: Luma) -> Seen:
        """Give what the codes in the frame say, after a second look if need be."""
        first = _by_zxing(luma)
        return first if first.texts else _second_look(luma, first)


def _second_look(luma: Luma, first: Seen) -> Seen:
    window = busiest(shrink(luma, SECOND_LOOK_SIDE))
    if window is None:
        return first
    looks: tuple[Callable[[], Seen], ...] = (  # what reads much for its time comes first
        lambda: _by_zxing(crisp(half(window))),
        lambda: _by_zxing(crisp(window)),
        lambda: _by_zbar(evened(half(window))),
        lambda: _by_zbar(smooth(window)),
    )
    broken = first.broken
    for look in looks:
        seen = look()
        if seen.texts:
            return seen
        broken = broken or seen.broken
    return Seen(frozenset(), broken)


def _by_zxing(luma: Luma) -> Seen:
    found = zxingcpp.read_barcodes(
        luma,
        formats=_QR,
        text_mode=zxingcpp.TextMode.Plain,  # the default writes control characters as "<GS>"
        return_errors=True,
    )
    texts = frozenset(code.text for code in found if code.valid)
    return Seen(texts, broken=bool(found) and not texts)


def _by_zbar(luma: Luma) -> Seen:
    # All symbologies would take three to four times as long.
    found = pyzbar.decode(luma, symbols=[pyzbar.ZBarSymbol.QRCODE])
    return Seen(frozenset(code.data.decode("utf-8", "replace") for code in found))
