"""Which exposures to try on what is held up: a bright phone and dim paper in the same dark hall.

A camera's own exposure suits the hall. A phone in it is a lamp, and burns out to white; paper held
against a window stays black; and the camera takes a second or two to find out. So as soon as
something large comes before the lens, a few fixed exposures are gone through in turn, until it is
taken away: the hall's, one for screens, one for paper, the latter with a lamp where there is one.

Both kinds of light flicker, and a sensor that reads row by row turns that into bands across the
code. No bands are left where the exposure is a whole number of periods:

- light from the mains at twice its frequency: 10 ms (at 50 Hz), 8.3 ms (at 60 Hz);
- screens dim themselves in pulses, OLED ones at 240 Hz and multiples of it in most phones (some at
  other multiples of 60 Hz, or of 90): 1/240 s takes these multiples, and is short enough for white
  at about 900 cd/m² (computed for f/1.8 and ISO 100; not tried on a Pi).

What no single time suits is a code that is lit by both; hence several.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from appliance.drivers.camera import Luma

SCREEN_TIME_US = 4_167
"""One period of the pulses at 240 Hz."""

PAPER_PERIODS = 2
"""Periods of the light in the exposure for paper; a hand trembles a pixel or two meanwhile."""
PAPER_BRIGHTER = 4.0
"""Paper that is held against the light, compared with the hall."""

NOISY_GAIN = 8.0
"""Beyond it noise costs more than light brings."""

CHANGED_BY = 24
"""Grey levels. A camera's own exposure drifts by less while nobody is there."""
CHANGED_SHARE = 0.06
"""Of the thumbnail. A phone at 15 cm takes more than a tenth, people at the far wall less."""

ROUNDED, ROUNDED_US = 0.06, 50
"""A sensor's steps: of the gain at most 6 %, of the time a row or two."""

STEP_S = 0.17
"""Each exposure stays at least so long: with three of them the lamp lights up twice a second. More
than three times a second makes some people ill (WCAG 2.3.1)."""
ANSWER_S = 0.4
"""A camera that has not taken an exposure by then is asked again; after twice that its frames count
as they are: better any frame than none."""
CALM_S = 1.0
"""What was held up is gone when the hall looks as before for so long."""
ENOUGH_S = 20.0
"""What stays longer than this is furniture."""
SETTLES_S = 2.0
"""The camera's own exposure, given back to it, needs about so long."""


@dataclass(frozen=True, slots=True)
class Exposure:
    """A fixed exposure.

    Args:
        time_us: How long each row collects light, in microseconds.
        gain: Analogue gain, from 1.
        lamp: Whether the exposure lamp is lit; its light would be a mirror image on a screen.
    """

    time_us: int
    gain: float = 1.0
    lamp: bool = False

    def met_by(self, taken: Exposure) -> bool:
        """Whether a frame's values are these: sensors round to rows and to steps of gain."""
        off_us, off_gain = abs(taken.time_us - self.time_us), abs(taken.gain - self.gain)
        return off_us <= ROUNDED_US + ROUNDED * self.time_us and off_gain <= ROUNDED * self.gain


def for_what_is_held_up(
    hall: Exposure, mains_hz: int, gains: tuple[float, float] = (1.0, 8.0)
) -> tuple[Exposure, ...]:
    """Give the exposures to go through, that of the hall first.

    Args:
        hall: What the camera chose for the hall.
        mains_hz: 50 in Europe, 60 in America.
        gains: Least and most that the sensor can do; 1.12 is the least of the Camera Module 3.
    """
    least, most = gains
    paper_us = round(PAPER_PERIODS * 1e6 / (2 * mains_hz))
    gain = PAPER_BRIGHTER * hall.time_us * hall.gain / paper_us
    return (
        Exposure(hall.time_us, hall.gain),
        Exposure(SCREEN_TIME_US, least),
        Exposure(paper_us, min(max(gain, least), most, NOISY_GAIN), lamp=True),
    )


class Bracket:
    """Decides from frame to frame how the next ones are exposed.

    Args:
        mains_hz: Frequency of the mains.
        gains: Least and most analogue gain of the sensor.
    """

    def __init__(self, mains_hz: int = 50, gains: tuple[float, float] = (1.0, 8.0)) -> None:
        self._mains_hz = mains_hz
        self._gains = gains
        self._steps: tuple[Exposure, ...] = ()
        self._hall: NDArray[np.float32] | None = None
        self._step = 0
        self._asked_s = self._stepped_s = self._began_s = 0.0
        self._calm_since_s: float | None = None
        self._ended_s: float | None = None

    @property
    def exposure(self) -> Exposure | None:
        """How frames shall be exposed now; None: as the camera likes."""
        return self._steps[self._step] if self._steps else None

    @property
    def trying(self) -> bool:
        """Whether frames are exposed otherwise than the hall is."""
        return bool(self._steps) and self._step != 0

    def overdue(self, at_s: float) -> bool:
        """Whether the camera should have taken the exposure by now, and must be asked again."""
        if not self._steps or at_s - self._asked_s < ANSWER_S:
            return False
        self._asked_s = at_s
        return True

    def wanted(self, taken: Exposure | None, at_s: float) -> bool:
        """Whether a frame that was exposed so is one that was asked for.

        Frames that were on their way when another exposure was asked for are none: the lamp may
        have changed in the middle of them.
        """
        asked = self.exposure
        if asked is None or taken is None or at_s - self._stepped_s > 2 * ANSWER_S:
            return True
        return asked.met_by(taken)

    def seen(self, thumbnail: Luma, at_s: float, taken: Exposure | None) -> bool:
        """Look at a frame that was wanted; True if `exposure` is another one from now on.

        Args:
            thumbnail: The frame, small.
            at_s: Its time, on a monotonic clock.
            taken: How the camera says that it was exposed; None: it does not say.
        """
        if not self._steps:
            return self._at_rest(thumbnail, at_s, taken)
        if at_s - self._began_s > ENOUGH_S:
            self._hall = None
            return self._end(at_s)
        if self._calm(thumbnail, at_s):
            return self._end(at_s)
        if at_s - self._stepped_s < STEP_S:
            return False
        self._step = (self._step + 1) % len(self._steps)
        self._asked_s = self._stepped_s = at_s
        return True

    def _at_rest(self, thumbnail: Luma, at_s: float, taken: Exposure | None) -> bool:
        if self._ended_s is None:
            self._ended_s = at_s
        if at_s - self._ended_s < SETTLES_S or taken is None:
            return False
        if self._hall is None or self._hall.shape != thumbnail.shape:
            self._hall = thumbnail.astype(np.float32)
        if not self._unlike(thumbnail):
            self._hall += (thumbnail - self._hall) * 0.05  # daylight comes and goes
            return False
        self._steps = for_what_is_held_up(taken, self._mains_hz, self._gains)
        # The camera has this exposure: a frame with it just came. On to the next one.
        self._step = 1
        self._asked_s = self._stepped_s = self._began_s = at_s
        self._calm_since_s = None
        return True

    def _calm(self, thumbnail: Luma, at_s: float) -> bool:
        """Whether the hall, exposed as it was at rest, has looked as it did for long enough."""
        if self._step != 0:
            return False
        if self._unlike(thumbnail):
            self._calm_since_s = None
            return False
        if self._calm_since_s is None:
            self._calm_since_s = at_s
        return at_s - self._calm_since_s > CALM_S

    def _end(self, at_s: float) -> bool:
        self._steps, self._step = (), 0
        self._ended_s = at_s
        return True

    def _unlike(self, thumbnail: Luma) -> bool:
        if self._hall is None or self._hall.shape != thumbnail.shape:
            return False
        changed = np.abs(thumbnail - self._hall) > CHANGED_BY
        return bool(np.count_nonzero(changed) > CHANGED_SHARE * changed.size)
