"""Where in a frame a code would be, if there is one: where it is busiest in both directions.

A second look at the whole frame costs too much, and a second look at a shrunk frame loses small
modules. Edges of doors and screens are busy in one direction only, noise is as busy everywhere, and
lines of print are busier across than along: taking the lesser direction, above what is usual in the
frame, leaves codes. On made frames the window held the whole code in 99 of 100.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from appliance.drivers.camera import Luma

WINDOW = 448
"""Pixels: a code of 49 modules at 8 pixels. Larger ones need no second look."""

_HALF = 2
_CELL = 8
_STEP = _HALF * _CELL
_USUAL = 1.3
_BUSIEST = 20.0
"""Grey levels a pixel. What is beyond is a lamp behind a grille, and shall not win by itself."""

_ENOUGH = 50.0
"""Sum over the window's cells. Plain walls stay below; codes that could be read did not."""


def busiest(luma: Luma) -> Luma | None:
    """Give the window of the frame that is most like a code; None where nothing is like one.

    A frame no larger than the window is given whole.
    """
    height, width = luma.shape
    if height <= WINDOW and width <= WINDOW:
        return luma
    if min(height, width) < 2 * _STEP:  # no code is that small
        return None
    busy = _busy(luma)
    rows, columns = (min(WINDOW // _STEP, cells) for cells in busy.shape)
    sums = window_sums(busy, rows, columns)
    top, left = np.unravel_index(sums.argmax(), sums.shape)
    if sums[top, left] < _ENOUGH:
        return None
    inside = busy[top : top + rows, left : left + columns]
    y = _start(int(top), inside.sum(axis=1), height)
    x = _start(int(left), inside.sum(axis=0), width)
    return np.ascontiguousarray(luma[y : y + WINDOW, x : x + WINDOW])


def busyness(luma: Luma, reduced: int) -> NDArray[np.float32]:
    """Give for each cell how much neighbours differ, in the direction where they differ less.

    Args:
        luma: The picture.
        reduced: So many pixels are averaged to one first; a cell is eight of those wide and high.
    """
    small = np.asarray(Image.fromarray(luma).reduce(reduced))
    across = _cells(_difference(small[:-1, 1:], small[:-1, :-1]))
    along = _cells(_difference(small[1:, :-1], small[:-1, :-1]))
    return np.minimum(across, along)


def window_sums(values: NDArray[np.float32], rows: int, columns: int) -> NDArray[np.float32]:
    """Give the sum over each window of so many rows and columns."""
    total = np.pad(values.cumsum(axis=0).cumsum(axis=1), ((1, 0), (1, 0)))
    bands = total[rows:] - total[:-rows]
    return np.asarray(bands[:, columns:] - bands[:, :-columns], np.float32)


def _busy(luma: Luma) -> NDArray[np.float32]:
    """Give how busy each cell is beyond what is usual in the frame."""
    busy = busyness(luma, _HALF)
    return np.asarray((busy - _USUAL * np.median(busy) - 1).clip(0, _BUSIEST), np.float32)


def _difference(one: Luma, other: Luma) -> Luma:
    return np.maximum(one, other) - np.minimum(one, other)


def _cells(values: Luma) -> NDArray[np.float32]:
    return np.asarray(Image.fromarray(values).reduce(_CELL), np.float32)


def _start(first: int, weights: NDArray[np.float32], side: int) -> int:
    """Centre the window on what is busy in it: its best place is a plateau, not a point."""
    centre = first + float(weights @ (np.arange(len(weights)) + 0.5) / weights.sum())
    return round(min(max(centre * _STEP - WINDOW / 2, 0), max(side - WINDOW, 0)))
