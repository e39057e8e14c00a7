"""Listening to what would be heard: how loud, how long a gap, which piece when."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from appliance.drivers.sound import RATE
from appliance.drivers.sound_levels import FRAME_S, frames

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Samples = NDArray[np.float64]

SILENCE_DB = -50.0


def samples(data: bytes) -> Samples:
    """Give bytes as `Speaker.play` takes them, from -1 to 1."""
    return np.frombuffer(data, "<i2") / 32768


def longest_gap_s(sound: Samples) -> float:
    """Give the longest silence between the first sound and the last one."""
    loud = np.flatnonzero(frames(sound) > 10 ** (SILENCE_DB / 20))
    return float(np.diff(loud).max(initial=1) - 1) * FRAME_S


def places(capture: Samples, piece: Samples) -> list[float]:
    """Give where a piece is heard in a capture, in seconds: all of it, by itself."""
    size = 1 << (capture.size + piece.size).bit_length()
    match = np.fft.irfft(np.fft.rfft(capture, size) * np.fft.rfft(piece, size).conj(), size)
    power = float(np.sum(piece**2))
    found = []
    for at in np.flatnonzero(match[: capture.size - piece.size + 1] > 0.99 * power):
        heard = capture[at : at + piece.size]
        # Nothing but the piece: a second one over it would be what is left.
        if np.sum((heard - piece) ** 2) < 0.001 * power:
            found.append(float(at) / RATE)
    return found


def tone(hertz: float, length_s: float, level: float = 0.5, rate: int = RATE) -> Samples:
    """Give a tone."""
    made: Samples = level * np.sin(2 * np.pi * hertz * np.arange(round(length_s * rate)) / rate)
    return made
