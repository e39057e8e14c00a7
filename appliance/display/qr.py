"""A QR code for a screen: black on white whatever is around it, so that any phone reads it."""

from __future__ import annotations

from functools import lru_cache

import qrcode
from PIL import Image

QUIET = 4
"""Modules of white around it (ISO/IEC 18004)."""


def picture(text: str, side: int) -> Image.Image | None:
    """Give what a phone reads as `text`, with its quiet zone, as large as whole pixels allow.

    Args:
        text: What it says.
        side: Pixels that there are, each way.

    Returns:
        The picture; None: a module would be smaller than a pixel.
    """
    modules = _modules(text)
    scale = side // modules.width
    if scale < 1:
        return None
    code = modules.resize((modules.width * scale,) * 2, Image.Resampling.NEAREST)
    return code.convert("RGB")


@lru_cache(maxsize=8)
def _modules(text: str) -> Image.Image:
    code = qrcode.QRCode(error_correction=qrcode.constants.ERROR_CORRECT_M, border=QUIET)
    code.add_data(text)
    rows = code.get_matrix()
    image = Image.new("L", (len(rows), len(rows)))
    image.putdata([0 if dark else 255 for row in rows for dark in row])
    return image
