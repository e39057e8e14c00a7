"""Signs of a code in a frame in which no code was read.

A code that is blurred, shaken or dim is still *evenly* busy, and nothing in it repeats. Faces, bags
and print are busy at their edges; cloth, tiles and grilles are even, but repeat. On photographs of
people, things and print, 168 views of each sharp and blurred, this took 1 of 100 for a code, and on
made codes that nobody reads it missed only the tiniest and those under the hardest shadows.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, cast

import numpy as np
from PIL import Image, ImageFilter

from appliance.drivers.texture import busyness, window_sums

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from appliance.drivers.camera import Luma

REDUCED: Final = 4
"""So many pixels are averaged to one: modules may be smeared over each other, the rest is noise."""

CELL: Final = 8
SIDE: Final = 6
"""Cells: the middle of a code of 49 modules at 4 pixels. Smaller squares are even on coats, too."""

FAINTEST: Final = 1.5
"""Grey levels between neighbours."""

EVEN: Final = 0.22
"""Standard deviation ÷ mean over the square. Codes have 0.1 to 0.2, edges and print from 0.3."""

REPEATS: Final = 0.65
"""How alike the square is to itself, moved a little: codes up to 0.5, checked shirts 0.9."""

USUAL_AFTER_S: Final = 60.0
"""What is put up for good is part of the hall after this time."""


class Signs:
    """Looks for signs, and remembers how busy the hall usually is."""

    def __init__(self) -> None:
        self._usual: NDArray[np.float32] | None = None

    def of_a_code(self, luma: Luma, passed_s: float) -> bool:
        """Tell whether there is something like a code that is usually not there.

        Args:
            luma: The frame.
            passed_s: Time since the last one.
        """
        busy = busyness(luma, REDUCED)
        # Noise is busy everywhere, and grows when the hall gets dark.
        busy = (busy - np.percentile(busy, 20)).clip(0).astype(np.float32)
        if self._usual is None or self._usual.shape != busy.shape:
            self._usual = busy
        new = np.where(busy > 2 * self._usual, busy, 0)
        self._usual = self._usual + (busy - self._usual) * np.float32(passed_s / USUAL_AFTER_S)
        if min(new.shape) < SIDE:
            return False
        top, left, how_even = _evenest(new)
        if how_even > EVEN:
            return False
        small = np.asarray(Image.fromarray(luma).reduce(REDUCED))
        y, x, side = top * CELL, left * CELL, SIDE * CELL
        return not _repeats(small[y : y + side, x : x + side])


def _evenest(busy: NDArray[np.float32]) -> tuple[int, int, float]:
    """Give row and column of the square that is most evenly busy, and how even it is."""
    mean = window_sums(busy, SIDE, SIDE) / SIDE**2
    variance = window_sums(busy**2, SIDE, SIDE) / SIDE**2 - mean**2
    spread = np.sqrt(variance.clip(0)) / np.maximum(mean, FAINTEST)
    spread[mean < FAINTEST] = np.inf
    top, left = np.unravel_index(spread.argmin(), spread.shape)
    return int(top), int(left), float(spread[top, left])


def _repeats(square: Luma) -> bool:
    """Tell whether a square looks like itself, moved to another place (autocorrelation)."""
    side = square.shape[0]
    power = np.abs(np.fft.rfft2(square - square.mean(), (2 * side, 2 * side))) ** 2
    alike = np.fft.fftshift(np.fft.irfft2(power))[side // 2 : -side // 2, side // 2 : -side // 2]
    overlap = 1 - np.abs(np.arange(-side // 2, side // 2)) / side
    alike = alike / np.outer(overlap, overlap)
    grey = (255 * alike / alike[side // 2, side // 2]).clip(0, 255).astype(np.uint8)
    around = np.asarray(Image.fromarray(grey).filter(ImageFilter.MaxFilter(3)))
    hills = np.where(grey == around, grey, 0)
    hills[side // 2 - 1 : side // 2 + 2, side // 2 - 1 : side // 2 + 2] = 0  # itself, not moved
    return cast("bool", hills[1:-1, 1:-1].max() > 255 * REPEATS)
