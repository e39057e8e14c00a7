"""Announcements of a single tone, which is known again in what a loudspeaker was sent."""

from __future__ import annotations

import io
import tarfile
from typing import TYPE_CHECKING, Final

import numpy as np

from appliance.drivers.sound import RATE, SAMPLE_BYTES, write_wav

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

HZ: Final = 441.0
CLIP_S: Final = 0.5
LOUD: Final = 8000
HEADER_BYTES: Final = 44
NEAR_HZ: Final = 20.0


def packed(names: Iterable[str], draft: Path) -> bytes:
    """Give clips, each of them the tone, as a compressed tar file of their folder."""
    times_s = np.arange(int(CLIP_S * RATE)) / RATE
    samples = (LOUD * np.sin(2 * np.pi * HZ * times_s)).astype("<i2")
    write_wav(draft, samples.tobytes())
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w:gz") as tar:
        for name in names:
            tar.add(draft, f"{name}.wav")
    return file.getvalue()


def sounding_s(recorded: Path) -> float:
    """Give for how long the tone sounds in what qemu has recorded so far, with its gaps left out.

    A machine that is emulated plays in pieces: it cannot keep up.
    """
    piece = RATE // 20
    data = recorded.read_bytes()[HEADER_BYTES:]
    # Whole pieces: the last one is still being written.
    whole = len(data) // (piece * SAMPLE_BYTES) * piece * SAMPLE_BYTES
    pieces = np.frombuffer(data[:whole], "<i2").astype(float).reshape(-1, piece)
    spectrum = np.abs(np.fft.rfft(pieces * np.hanning(piece), axis=1)) ** 2
    near = np.abs(np.fft.rfftfreq(piece, 1 / RATE) - HZ) <= NEAR_HZ
    loud = np.abs(pieces).max(axis=1) > LOUD / 100
    pure = spectrum[:, near].sum(axis=1) > spectrum.sum(axis=1) / 2
    return float((loud & pure).sum()) * piece / RATE
