"""Which frames are worth decoding: an empty hall need not be searched ten times a second.

A frame is compared with the last *empty* one, as area-averaged thumbnails of 160 × 90: averaging
takes the sensor's noise away, and leaving out rows and columns instead does not separate noise from
a phone (tried). Comparing with the frame before would lose the code that is held still.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import numpy as np

from appliance.drivers.pictures import shrink

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from appliance.drivers.camera import Frame

THUMBNAIL_SIDE = 160
FORCED_EVERY_S = 1.0
"""However still the picture is, a code that the gate overlooks is found after this time."""

HOLD_S = 1.0
"""After a change every frame is looked at for this long: a hand comes to rest, focus settles."""

CHANGED_BY = 10
"""Grey levels. Noise of 8 levels a pixel leaves 1 in the average over 8 × 8."""

CHANGED_CELLS = 12
"""Cells of the thumbnail; a code of 49 modules at 3 pixels a module covers 300."""


class Gate:
    """Remembers what the empty hall looks like."""

    def __init__(self) -> None:
        self._empty: NDArray[np.int16] | None = None
        self._looking: NDArray[np.int16] | None = None
        self._looked_s = float("-inf")
        self._changed_s = float("-inf")

    def worth_decoding(self, frame: Frame) -> bool:
        """Whether to decode this frame; if so, say afterwards what came of it with `found`."""
        thumbnail = _thumbnail(frame)
        if self._differs(thumbnail):
            self._changed_s = frame.at_s
        if frame.at_s - self._changed_s >= HOLD_S and frame.at_s - self._looked_s < FORCED_EVERY_S:
            return False
        self._looking = thumbnail
        self._looked_s = frame.at_s
        return True

    def found(self, *, code: bool) -> None:
        """Note whether the frame decoded last held a code: if not, this is how empty looks."""
        if not code:
            self._empty = self._looking

    def _differs(self, thumbnail: NDArray[np.int16]) -> bool:
        if self._empty is None or self._empty.shape != thumbnail.shape:
            return True
        cells = np.count_nonzero(np.abs(thumbnail - self._empty) > CHANGED_BY)
        return cast("bool", cells >= CHANGED_CELLS)


def _thumbnail(frame: Frame) -> NDArray[np.int16]:
    luma = frame.luma if frame.thumbnail is None else frame.thumbnail
    return shrink(luma, THUMBNAIL_SIDE).astype(np.int16)
