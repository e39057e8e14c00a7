"""The clips as they lie on the card, and how they become one announcement.

They were trimmed, made equally loud and brought to one format as they were rendered (see
`sound_render`): to join them is to put one behind the other. That is all that is done while people
wait, and needs no synthesiser.
"""

from __future__ import annotations

import wave
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from appliance.drivers.sound import BYTES_PER_S, RATE, SAMPLE_BYTES, SoundError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

JOINT_S: Final = 0.05
"""Between two clips: as long as a person pauses before a number."""
PAUSE_S: Final = 0.08
"""Between the gong and the words, and between two languages."""


class ClipError(SoundError):
    """A clip is missing, or is none of ours.

    Args:
        path: Where it should be.
        reason: Why it cannot be used.
    """

    def __init__(self, path: Path, reason: str) -> None:
        self.path = path
        super().__init__(f"{path}: {reason}. Run: lobby sound render")


def joined(folder: Path, names: Iterable[str]) -> bytes:
    """Join clips of one language.

    Args:
        folder: Where they lie.
        names: Without folder and ending, in their order.

    Raises:
        ClipError: One of them cannot be used.
    """
    return silence(JOINT_S).join(clip(folder / f"{name}.wav") for name in names)


def in_turn(pieces: Sequence[bytes]) -> bytes:
    """Put one piece after the other: gong, languages."""
    return silence(PAUSE_S).join(pieces)


def clip(path: Path) -> bytes:
    """Read a clip.

    Raises:
        ClipError: It is not there, or not as `lobby sound render` writes it.
    """
    try:
        with path.open("rb") as file, wave.open(file, "rb") as sound:
            form = sound.getnchannels(), sound.getsampwidth(), sound.getframerate()
            if form != (1, SAMPLE_BYTES, RATE):
                raise ClipError(path, "is not of our format")
            return sound.readframes(sound.getnframes())
    except FileNotFoundError:
        raise ClipError(path, "is not there") from None
    except (OSError, EOFError, wave.Error) as error:
        raise ClipError(path, f"cannot be read: {error}") from error


@lru_cache(maxsize=2)
def silence(length_s: float) -> bytes:
    """Give silence of a length."""
    return bytes(round(length_s * RATE) * SAMPLE_BYTES)


def length_s(samples: bytes) -> float:
    """Give how long samples sound."""
    return len(samples) / BYTES_PER_S
