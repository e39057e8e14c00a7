"""Pictures of a code made clearer than the camera saw them, for a second look.

Each mends one thing that phones, hands and cameras do. What none of them mends (glare that has
become white, a smear over two modules) is mended by the next frame.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
from PIL import Image, ImageChops, ImageFilter

if TYPE_CHECKING:
    from appliance.drivers.camera import Luma

NOISE_PX: Final = 1
SURROUNDINGS_PX: Final = 3
CONTRAST: Final = 3.0

AROUND_PX: Final = 8
SPAN: Final = 64.0
GRAIN: Final = 3.0
"""Grey levels: what differs less from its surroundings is not drawn out to the full span."""


def half(luma: Luma) -> Luma:
    """Average two by two pixels: noise, moiré and smears are halved, and large modules remain."""
    return np.asarray(Image.fromarray(luma).reduce(2))


def smooth(luma: Luma) -> Luma:
    """Take noise and moiré away."""
    return np.asarray(Image.fromarray(luma).filter(ImageFilter.BoxBlur(NOISE_PX)))


def crisp(luma: Luma) -> Luma:
    """Raise the contrast of what is coarser than noise and finer than the surroundings.

    It brings back edges that the lens has blurred, and lifts faint codes above the 24 grey levels
    that zxing-cpp takes for blank paper.
    """
    picture = Image.fromarray(luma)
    fine = picture.filter(ImageFilter.BoxBlur(NOISE_PX))
    around = picture.filter(ImageFilter.BoxBlur(SURROUNDINGS_PX))
    return np.asarray(Image.blend(around, fine, CONTRAST))  # beyond 1 it leads away from the first


def evened(luma: Luma) -> Luma:
    """Give every part of the picture the same brightness and contrast.

    The dark bands of dimmed OLED screens, half shadows and soft glare vanish.
    """
    picture, around = Image.fromarray(luma), ImageFilter.BoxBlur(AROUND_PX)
    mean = picture.filter(around)
    contrast = np.asarray(ImageChops.difference(picture, mean).filter(around))
    above = np.asarray(picture.filter(ImageFilter.BoxBlur(NOISE_PX)), np.int16) - np.asarray(mean)
    gain = SPAN / (np.arange(256, dtype=np.float32) + GRAIN)
    return np.asarray((above * gain[contrast] + 128).clip(0, 255), np.uint8)
