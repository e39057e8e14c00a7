"""Whether something is held up that cannot be read, for so long that help is due.

Readable codes take less than a second. Who has tried for eight is stuck, and the words on the
screen can help: brighter, flat, 15 cm. People who walk by or stand there must not set them off, so
signs have to last: of 54 scenes with photographs of people and things and 24 made
ones, one did: a printed page.

A dark screen, or a phone that is pressed onto the lens, looks like a person who stands there: it
gets no help from here.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

from appliance.drivers.signs import Signs

if TYPE_CHECKING:
    from appliance.drivers.camera import Luma

DUE_AFTER_S: Final = 8.0
"""With signs all the time. With signs for four fifths of the time it takes 13 s, with signs for
half of it help is never due: that is a crowd."""

AGAIN_AFTER_S: Final = 30.0
"""The words stand on the screen for a while, and take a while to follow."""

QUIET_AFTER_READING_S: Final = 15.0
"""Whoever was just served may hold the phone up still, and read what the screen says."""

SIGN_COUNTS_S: Final = 1.5
"""A camera that goes through three exposures shows the code in one of them, and a decoder that
finds a code's corners in one frame misses them in the next."""

LOOK_EVERY_S: Final = 0.25
LONGEST_STEP_S: Final = 1.5
"""After a pause, as when the camera was away, nobody knows what was held up meanwhile."""

_DUE: Final = 1 - math.exp(-1)


class HeldUp:
    """Remembers for how long there were signs of a code."""

    def __init__(self) -> None:
        self._signs = Signs()
        self._share = 0.0
        self._looked_s = float("-inf")
        self._read_s = float("-inf")
        self._sign_s = float("-inf")
        self._told_s = float("-inf")

    def needs_help(self, luma: Luma, at_s: float, *, read: bool, broken: bool) -> bool:
        """Note what came of a look at a frame, and tell whether to offer help now.

        Args:
            luma: What was looked at.
            at_s: The frame's time on a monotonic clock.
            read: Something was read in it.
            broken: A code was found in it that could not be read.
        """
        if read:
            self._read_s, self._share = at_s, 0.0
            return False
        if broken:
            self._sign_s = at_s
        passed_s = min(at_s - self._looked_s, LONGEST_STEP_S)
        if passed_s < LOOK_EVERY_S:
            return False
        self._looked_s = at_s
        if self._signs.of_a_code(luma, passed_s):
            self._sign_s = at_s
        if at_s - self._read_s < QUIET_AFTER_READING_S:
            return False
        sign = at_s - self._sign_s < SIGN_COUNTS_S
        # An average over the last seconds, in which the latest count most.
        self._share += (float(sign) - self._share) * -math.expm1(-passed_s / DUE_AFTER_S)
        if self._share < _DUE or at_s - self._told_s < AGAIN_AFTER_S:
            return False
        self._told_s = at_s
        return True
