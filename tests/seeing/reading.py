"""One plain decoder, for what is about cameras and not about decoding."""

from __future__ import annotations

from typing import TYPE_CHECKING

import zxingcpp

if TYPE_CHECKING:
    from appliance.drivers.camera import Luma


def read(luma: Luma) -> set[str]:
    """Give what the codes in the frame say."""
    formats = zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCodeModel2)
    return {code.text for code in zxingcpp.read_barcodes(luma, formats)}
