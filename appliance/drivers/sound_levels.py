"""Making clips equal: trimmed, without long pauses, equally loud, in one format.

A voice that is rendered and one that was recorded in an office differ by 20 dB, and begin after
half a second of nothing. Put behind each other untouched, people jump at one word and miss the
next. Only `lobby sound render` does this; the board just joins what it finds.
"""

from __future__ import annotations

import wave
from itertools import pairwise
from typing import TYPE_CHECKING, Final

import numpy as np

from appliance.drivers.sound import RATE, SoundError

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    Samples = NDArray[np.float64]

LOUDNESS_DB: Final = -20.0
"""Of speech, below full scale: RMS over the frames in which there is a voice."""
GONG_DB: Final = -23.0
"""It calls for attention, and is no alarm."""
PEAK_DB: Final = -1.0
FRAME_S: Final = 0.01
QUIET_DB: Final = -40.0
"""Below the loudest frame by so much there is no voice, but breath or the room."""
EDGE_S: Final = 0.015
"""Left on both ends, and faded: the beginning of an f, the end of an s."""
PAUSE_S: Final = 0.1
"""No pause inside a clip is longer."""
WIDTHS: Final = (2, 3, 4)
"""Of a sample, in bytes."""


def levelled(sound: Samples, loudness_db: float = LOUDNESS_DB) -> Samples:
    """Trim a clip, shorten its pauses and bring it to a loudness.

    Args:
        sound: From -1 to 1, `RATE` samples a second.
        loudness_db: Below full scale.

    Raises:
        SoundError: There is nothing to be heard on it.
    """
    sound = without_pauses(sound)
    louder = 10 ** ((loudness_db - loudness(sound)) / 20)
    most = 10 ** (PEAK_DB / 20)
    return faded(np.clip(sound * louder, -most, most))


def loudness(sound: Samples) -> float:
    """Give how loud a voice is, in dB below full scale: RMS over the frames that have one."""
    levels = frames(sound)
    heard = levels[levels > levels.max(initial=0.0) * 10 ** (QUIET_DB / 20)]
    if not heard.size:
        raise SoundError("there is nothing to be heard on it.")
    return float(20 * np.log10(np.sqrt(np.mean(heard**2))))


def frames(sound: Samples) -> Samples:
    """Give the RMS of each hundredth of a second."""
    length = round(FRAME_S * RATE)
    padded = np.append(sound, np.zeros(-sound.size % length)).reshape(-1, length)
    levels: Samples = np.sqrt(np.mean(padded**2, axis=1))
    return levels


def without_pauses(sound: Samples) -> Samples:
    """Cut what is silent at both ends, but for an edge, and what is too long in between."""
    levels = frames(sound)
    voice = np.flatnonzero(levels > levels.max(initial=0.0) * 10 ** (QUIET_DB / 20))
    if not voice.size:
        return sound[:0]
    kept = np.zeros(levels.size, dtype=bool)
    edge, pause = round(EDGE_S / FRAME_S), round(PAUSE_S / FRAME_S)
    for at in voice:
        kept[max(0, at - edge) : at + edge + 1] = True
    # The first part of a pause stays: the room in which it was recorded is heard in it.
    for before, after in pairwise(voice):
        kept[before : min(after, before + pause - edge)] = True
    length = round(FRAME_S * RATE)
    left: Samples = sound[np.repeat(kept, length)[: sound.size]]
    return left


def faded(sound: Samples) -> Samples:
    """Let a clip begin and end at nothing: a step would crack."""
    length = min(round(EDGE_S / 2 * RATE), sound.size // 2)
    if not length:
        return sound
    slope = np.sin(np.linspace(0, np.pi / 2, length)) ** 2
    sound = sound.copy()
    sound[:length] *= slope
    sound[-length:] *= slope[::-1]
    return sound


def gong() -> Samples:
    """Make the gong: two falling tones, each dying away like that of a bell."""
    length_s = 1.2
    seconds = np.arange(round(length_s * RATE)) / RATE
    sound = np.zeros(seconds.size)
    for begins_s, hertz in ((0.0, 659.26), (0.35, 523.25)):
        since = np.clip(seconds - begins_s, 0, None)
        struck = (seconds >= begins_s) * np.exp(-3.5 * since) * (1 - np.exp(-400 * since))
        for overtone, share in ((1, 1.0), (2, 0.35), (3, 0.1)):
            sound += struck * share * np.sin(2 * np.pi * hertz * overtone * since)
    ended: Samples = sound * np.clip((length_s - seconds) / 0.15, 0, 1)
    return ended


def read_wav(path: Path) -> Samples:
    """Read a recording, whatever its rate and channels, as one channel at `RATE`.

    Raises:
        SoundError: It is not a WAV file with whole numbers of 16, 24 or 32 bits.
    """
    try:
        with path.open("rb") as file, wave.open(file, "rb") as sound:
            channels, width, rate = sound.getnchannels(), sound.getsampwidth(), sound.getframerate()
            data = np.frombuffer(sound.readframes(sound.getnframes()), np.uint8)
    except (OSError, EOFError, wave.Error) as error:
        raise SoundError(f"{path} cannot be read: {error}. Save it as WAV with 16 bits.") from error
    if width not in WIDTHS:
        raise SoundError(f"{path} has {8 * width} bits a sample. Save it as WAV with 16 bits.")
    whole = data[: data.size // (width * channels) * width * channels].reshape(-1, width)
    # Into the upper bytes of 32 bits.
    wide = np.zeros((len(whole), 4), np.uint8)
    wide[:, 4 - width :] = whole
    values = wide.view("<i4").reshape(-1, channels).mean(axis=1) / 2**31
    return at_rate(values, rate)


def at_rate(sound: Samples, rate: int) -> Samples:
    """Give a sound at `RATE`; what is above half of it is left out, and makes no false tones."""
    if rate == RATE or not sound.size:
        return sound
    length = round(sound.size * RATE / rate)
    spectrum = np.fft.rfft(sound)
    kept = np.zeros(length // 2 + 1, complex)
    most = min(kept.size, spectrum.size)
    kept[:most] = spectrum[:most]
    resampled: Samples = np.fft.irfft(kept, length) * (length / sound.size)
    return resampled


def as_bytes(sound: Samples) -> bytes:
    """Give samples as `Speaker.play` takes them."""
    return np.round(np.clip(sound, -1, 1) * 32767).astype("<i2").tobytes()
