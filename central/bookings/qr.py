"""A code as a picture: QR, alphanumeric, error correction M, black on white.

The mode is forced, so that a code that strays from base45 fails here and not before the camera:
byte mode would need one version more, and more modules is what phone screens cannot show.
"""

from __future__ import annotations

import io

import segno

REST_MODULES = 4
"""Width of the white border; the standard (ISO/IEC 18004) asks for it, and readers need it."""


def png(text: str, *, module_px: int = 8) -> bytes:
    """Draw `text` as PNG, each module `module_px` pixels wide."""
    picture = io.BytesIO()
    _qr(text).save(
        picture, kind="png", scale=module_px, border=REST_MODULES, dark="#000", light="#fff"
    )
    return picture.getvalue()


def svg(text: str) -> bytes:
    """Draw `text` as SVG, one unit a module."""
    picture = io.BytesIO()
    _qr(text).save(picture, kind="svg", border=REST_MODULES, dark="#000", light="#fff")
    return picture.getvalue()


def width_px(picture: bytes) -> int:
    """Give the width of a PNG, its border included: its header says it (PNG, section 11.2.1)."""
    return int.from_bytes(picture[16:20], "big")


def _qr(text: str) -> segno.QRCode:
    return segno.make_qr(text, error="m", mode="alphanumeric", boost_error=False)
