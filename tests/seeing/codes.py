"""Pictures of codes, as a hand would hold them up."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import segno

if TYPE_CHECKING:
    from appliance.drivers.camera import Luma


def appointment(number: int = 1) -> str:
    """Give a text as long as an appointment code; each number has its own."""
    return f"LB1:{number:06}" + "6BF 70F$DO+QE%M5*9U/L:3.2-AH8" * 6 + "XY"


def qr(text: str, *, module_px: int = 6, encoding: str | None = None) -> Luma:
    """Give the code's picture with its quiet zone, black on white."""
    code = segno.make(text, error="m", micro=False, boost_error=False, encoding=encoding)
    dark = np.array([list(row) for row in code.matrix_iter(scale=module_px, border=4)])
    return np.where(dark.astype(bool), 0, 255).astype(np.uint8)


def side_by_side(*pictures: Luma) -> Luma:
    """Lay pictures side by side on white."""
    height = max(picture.shape[0] for picture in pictures)
    return np.hstack(
        [
            np.pad(picture, ((0, height - picture.shape[0]), (0, 0)), constant_values=255)
            for picture in pictures
        ]
    )
