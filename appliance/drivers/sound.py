"""The loudspeaker: a contract, and what stands in for it where there is none."""

from __future__ import annotations

import wave
from array import array
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Protocol

from appliance.errors import LobbyError

if TYPE_CHECKING:
    from pathlib import Path

RATE: Final = 22050
"""Samples a second, in one channel: what espeak-ng gives, and more than speech needs."""
SAMPLE_BYTES: Final = 2
BYTES_PER_S: Final = RATE * SAMPLE_BYTES
KEPT: Final = 50
NAMES: Final = "sound-[0-9][0-9][0-9][0-9].wav"


@dataclass(frozen=True, slots=True)
class Clip:
    """A piece of speech.

    Args:
        name: Of its file, without folder and ending.
        words: What is said.
        last: The sentence ends with it: the voice goes down.
    """

    name: str
    words: str
    last: bool = False


class SoundError(LobbyError):
    """Something was not heard; the sentence says what to do."""


class Speaker(Protocol):
    """A loudspeaker. `close()` twice is fine."""

    def play(self, samples: bytes, volume: float) -> None:
        """Play, and return when it was heard; blocks for the length of it and 3 s at most.

        The first time it takes up to 10 s more, as the device is opened then.

        Args:
            samples: 16 bit, signed, little-endian, one channel, `RATE` a second.
            volume: Amplitude, from 0 to 1.

        Raises:
            SoundError: It was not heard, or not all of it. It may be tried again.
        """

    def close(self) -> None:
        """Fall silent, from whatever thread; who plays gets a `SoundError`."""


class FolderSpeaker:
    """A simulated loudspeaker: writes down what would be heard, and has said it at once.

    Args:
        folder: For `sound-0001.wav` and so on; made when it is not there. It goes on after what is
            there, and the last fifty are kept.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def play(self, samples: bytes, volume: float) -> None:
        """Write a file."""
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            last = max((int(path.stem[6:]) for path in self._folder.glob(NAMES)), default=0)
            # A reader finds it whole, or not at all.
            draft = self._folder / "draft"
            write_wav(draft, louder(samples, volume))
            draft.replace(self._file(last + 1))
            self._file(last + 1 - KEPT).unlink(missing_ok=True)
        except OSError as error:
            raise SoundError(f"{self._folder} cannot be written to: {error}.") from error

    def close(self) -> None:
        """Nothing to end."""

    def _file(self, number: int) -> Path:
        return self._folder / f"sound-{number:04d}.wav"


def write_wav(path: Path, samples: bytes) -> None:
    """Write samples as `Speaker.play` takes them.

    Raises:
        OSError: They could not be written.
    """
    with path.open("wb") as file, wave.open(file, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(SAMPLE_BYTES)
        sound.setframerate(RATE)
        sound.writeframes(samples)


def louder(samples: bytes, volume: float) -> bytes:
    """Give samples with their amplitude changed."""
    if volume == 1.0:
        return samples
    values = array("h", samples)
    return array("h", (round(value * volume) for value in values)).tobytes()
