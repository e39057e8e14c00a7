"""Light as a sensor collects it: what is lit by the hall, what shines by itself, and how it pulses.

Brightness is counted so that an exposure of 20 ms at gain 2, that of the hall, makes a white wall
200 of 255. A rolling shutter starts each row a little later; a light that pulses gives each row as
much as its own time holds of it, which is how bands come about.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from appliance.drivers.camera import Luma

ROW_US = 20.0
"""From one row to the next; 720 of them take 14 ms."""

_WHITE = 200.0 / (20_000 * 2.0)

Light = NDArray[np.float64]


@dataclass(eq=False)
class Scene:
    """What is before the lens.

    Args:
        lit: Share of the light that comes back, 0 to 1, shape (height, width).
        shines: Light of its own, 1 is as bright as a white wall in the hall.
        shade: Share of the hall's light that falls there, the same shape. None: all of it.
        hall: How bright the hall is; 1: as it was when the camera exposed for it.
        lamp: What the exposure lamp adds while it is lit.
        mains_hz: The hall's light pulses at twice this frequency; 0: daylight.
        pulses_hz: So does what shines; 0: it does not.
    """

    lit: Light
    shines: Light | None = None
    shade: Light | None = None
    hall: float = 1.0
    lamp: float = 0.0
    mains_hz: float = 0.0
    pulses_hz: float = 0.0

    def exposed(self, time_us: float, gain: float, at_s: float) -> Luma:
        """Give what a sensor makes of it."""
        rows_s: Light = at_s + np.arange(self.lit.shape[0], dtype=float)[:, None] * ROW_US * 1e-6
        hall = self.hall * _swell(rows_s, time_us, 2 * self.mains_hz)
        light: Light = self.lit * (hall * (1.0 if self.shade is None else self.shade) + self.lamp)
        if self.shines is not None:
            light = light + self.shines * _pulses(rows_s, time_us, self.pulses_hz)
        return np.clip(light * time_us * gain * _WHITE, 0, 255).astype(np.uint8)


def blurred(light: Light, sigma_px: float) -> Light:
    """Give what a lens makes of it: a bright edge reaches into the dark."""
    reach = round(3 * sigma_px)
    bell = np.exp(-0.5 * (np.arange(-reach, reach + 1) / sigma_px) ** 2)
    bell /= bell.sum()
    for axis in (0, 1):
        light = np.apply_along_axis(np.convolve, axis, light, bell, mode="same")
    return light


def _swell(start_s: Light, time_us: float, hz: float) -> Light:
    """Give the mean of a light that swells between 0 and 2, over each row's time."""
    if not hz:
        return np.ones_like(start_s)
    turn, long_s = 2 * np.pi * hz, time_us * 1e-6
    return 1 + (np.sin(turn * (start_s + long_s)) - np.sin(turn * start_s)) / (turn * long_s)


def _pulses(start_s: Light, time_us: float, hz: float) -> Light:
    """Give the mean of a light that is on for a third of each period, three times as bright."""
    if not hz:
        return np.ones_like(start_s)
    long_s = time_us * 1e-6
    return (_lit_until(start_s + long_s, hz) - _lit_until(start_s, hz)) * 3 / long_s


def _lit_until(moment_s: Light, hz: float) -> Light:
    periods = np.floor(moment_s * hz)
    return periods / (3 * hz) + np.minimum(moment_s - periods / hz, 1 / (3 * hz))
