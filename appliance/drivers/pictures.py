"""Picture files as luma: whatever a phone, a scanner or a stranger may have written.

Pillow's own conversion to grey is not enough: it clips 16-bit pictures to white, and it makes
transparent pixels black, which is how QR codes saved "without background" vanish. The size is
looked at before the pixels, because a file of a few kilobytes can unpack to gigabytes.
"""

from __future__ import annotations

import os
import stat
import warnings
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image, UnidentifiedImageError

if TYPE_CHECKING:
    from pathlib import Path

    from appliance.drivers.camera import Luma

LIMIT_PIXELS = 64_000_000
"""Phones write 12 to 50 million. In memory this is 64 to 256 MB, which a Pi still has."""

LIMIT_SIDE = 65_535
"""zxing-cpp refuses more."""

_TOO_LARGE = f"too large: over {LIMIT_PIXELS // 1_000_000} million pixels, or {LIMIT_SIDE} a side"

_FORMATS = ("PNG", "JPEG", "GIF", "BMP", "PPM", "WEBP", "TIFF")
"""Pillow knows forty more, among them one that starts Ghostscript."""


class PictureError(ValueError):
    """A file gives no picture.

    Args:
        path: The file.
        reason: Why, without the file's name.
    """

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(f"{path}: {reason}")
        self.path = path
        self.reason = reason


def read_luma(path: Path, *, max_side: int | None = None) -> Luma:
    """Read a picture's brightness; of an animation the first picture.

    Args:
        path: A file in any format that Pillow reads.
        max_side: Shrink by area averaging until no side is longer than this many pixels; never
            enlarge.

    Raises:
        PictureError: It is missing, not a plain file, damaged, or too large.
    """
    try:
        _refuse_special(path)
        with warnings.catch_warnings():
            # Pillow's bomb warning comes below our own limit; the others are about metadata.
            warnings.simplefilter("ignore")
            with Image.open(path, formats=_FORMATS) as picture:
                return shrink(_grey(path, picture), max_side)
    except PictureError:
        raise
    except UnidentifiedImageError as error:
        raise PictureError(path, f"no picture; {', '.join(_FORMATS)} are read") from error
    except Image.DecompressionBombError as error:
        raise PictureError(path, _TOO_LARGE) from error
    except OSError as error:
        raise PictureError(path, error.strerror or f"damaged: {error}") from error
    except Exception as error:  # its readers raise what they like
        raise PictureError(path, f"damaged: {error}") from error


def _refuse_special(path: Path) -> None:
    if not stat.S_ISREG(path.stat().st_mode):  # a pipe would keep us waiting
        raise PictureError(path, "not a file")


def shrink(luma: Luma, max_side: int | None) -> Luma:
    """Average areas until no side is longer than `max_side` pixels; smaller ones stay as they are.

    Averaging keeps thin modules grey where leaving out rows would lose them, and takes noise away.
    """
    return luma if max_side is None else shrink_to_fit(luma, (max_side, max_side))


def shrink_to_fit(luma: Luma, size: tuple[int, int]) -> Luma:
    """Average areas until the picture fits into this width and height; never enlarge."""
    height, width = luma.shape
    scale = min(size[0] / width, size[1] / height)
    if scale >= 1:
        return luma
    image = Image.fromarray(luma)
    factor = round(1 / scale)
    if width % factor == 0 and height % factor == 0 and factor * scale == 1:
        return np.asarray(image.reduce(factor))  # three times as fast as the general way
    small = (max(1, round(width * scale)), max(1, round(height * scale)))
    return np.asarray(image.resize(small, Image.Resampling.BOX))


def held_up(picture: Luma, hall: Luma) -> Luma:
    """Give the hall with a picture before its middle, shrunk where it does not fit."""
    frame = hall.copy()
    picture = shrink_to_fit(picture, (frame.shape[1], frame.shape[0]))
    height, width = picture.shape
    top, left = (frame.shape[0] - height) // 2, (frame.shape[1] - width) // 2
    frame[top : top + height, left : left + width] = picture
    return frame


def is_picture_name(name: str) -> bool:
    """Whether a file of this name is meant to be looked at: not hidden, not half written."""
    return not name.startswith(".") and os.path.splitext(name)[1] not in {".tmp", ".part"}  # noqa: PTH122


def _grey(path: Path, picture: Image.Image) -> Luma:
    width, height = picture.size
    if width * height > LIMIT_PIXELS or max(width, height) > LIMIT_SIDE:
        raise PictureError(path, _TOO_LARGE)
    if picture.mode in {"RGB", "YCbCr"}:
        picture.draft("L", picture.size)  # a JPEG then skips its colours
    picture.load()
    if picture.mode.startswith("I") or picture.mode == "F":
        return _stretched(np.asarray(picture, dtype=np.float32))
    if picture.has_transparency_data:
        return _on_paper(picture)
    return np.ascontiguousarray(picture.convert("L"), dtype=np.uint8)


def _stretched(values: np.ndarray[tuple[int, ...], np.dtype[np.float32]]) -> Luma:
    """Map deep pixels to 8 bit by their own range: the file does not say which is white."""
    values = np.nan_to_num(values)
    low, high = float(values.min()), float(values.max())
    return ((values - low) * (255.0 / (high - low or 1.0))).astype(np.uint8)


def _on_paper(picture: Image.Image) -> Luma:
    """Lay a transparent picture on what makes it visible: dark ink on white, light ink on black."""
    ink, alpha = picture.convert("LA").split()
    opaque = np.asarray(alpha) > 127  # noqa: PLR2004  (half of 255)
    light_ink = bool(opaque.any()) and float(np.asarray(ink)[opaque].mean()) > 127  # noqa: PLR2004
    paper = Image.new("L", picture.size, 0 if light_ink else 255)
    paper.paste(ink, mask=alpha)
    return np.asarray(paper)
