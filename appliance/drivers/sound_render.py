"""Rendering the clips at set-up: recorded ones where there are any, espeak-ng for the rest.

espeak-ng speaks every language of the board offline, from a Debian package of 12 MB. It sounds like
a machine; that is what the folder for recordings is for.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

from appliance.drivers.sound import SoundError, write_wav
from appliance.drivers.sound_levels import (
    GONG_DB,
    as_bytes,
    gong,
    levelled,
    read_wav,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from appliance.drivers.sound import Clip
    from appliance.drivers.sound_levels import Samples

SPEED: Final = 140
"""Words in a minute: slower than talk, as in a hall nobody can ask back."""
TIMEOUT_S: Final = 20.0
VOICES: Final = {"en": "en-gb"}
"""Language → voice, where they are not called the same."""


class Renderer:
    """Fills the folder that the board reads.

    Args:
        recorded: Folder with a folder for each language that somebody has spoken.
        espeak: The program.
    """

    def __init__(self, recorded: Path, espeak: str = "espeak-ng") -> None:
        self._recorded = recorded
        self._espeak = espeak

    def language(self, folder: Path, language: str, clips: Iterable[Clip]) -> int:
        """Make all clips of a language anew, and then put them in place of the old ones.

        Args:
            folder: Of all languages; made when it is not there.
            language: Its code.
            clips: What is needed.

        Returns:
            How many were recorded.

        Raises:
            SoundError: One of them could not be made; the old ones are there as before.
        """
        wanted = list(clips)
        with _in_place_of(folder / language) as fresh, ThreadPoolExecutor(os.cpu_count()) as pool:
            return sum(pool.map(lambda clip: self._make(fresh, language, clip), wanted))

    def gong(self, folder: Path) -> bool:
        """Make the gong; True: it is a recorded one.

        Raises:
            SoundError: It could not be made.
        """
        own = self._recorded / "gong.wav"
        sound = levelled(read_wav(own) if own.exists() else gong(), GONG_DB)
        try:
            folder.mkdir(mode=0o755, parents=True, exist_ok=True)
            draft = folder / "gong.new"
            _write(draft, sound)
            draft.replace(folder / "gong.wav")
        except OSError as error:
            raise SoundError(f"{folder} cannot be written to: {error}.") from error
        return own.exists()

    def _make(self, folder: Path, language: str, clip: Clip) -> bool:
        """Make a clip; True: from a recorded one."""
        own = self._recorded / language / f"{clip.name}.wav"
        recorded = own.exists()
        sound = read_wav(own) if recorded else self._speak(language, clip)
        try:
            sound = levelled(sound)
        except SoundError as error:
            raise SoundError(f"{own if recorded else clip.words}: {error}") from error
        _write(folder / f"{clip.name}.wav", sound)
        return recorded

    def _speak(self, language: str, clip: Clip) -> Samples:
        voice = language.partition("-")[0]
        with tempfile.TemporaryDirectory(prefix="lobby-sound-") as scratch:
            spoken = Path(scratch) / "spoken.wav"
            command = [self._espeak, "-v", VOICES.get(voice, voice), "-s", str(SPEED)]
            try:
                subprocess.run(  # noqa: S603  (a program of Debian's)
                    [*command, "-w", str(spoken), "--", sentence(clip)],
                    check=True,
                    capture_output=True,
                    timeout=TIMEOUT_S,
                )
            except FileNotFoundError:
                raise SoundError(
                    f"{self._espeak} is not installed, and {clip.name} in {language} was not"
                    f" recorded. Run: apt-get install espeak-ng"
                ) from None
            except (OSError, subprocess.SubprocessError) as error:
                raise SoundError(f"{self._espeak} cannot say {clip.words!r}: {error}.") from error
            return read_wav(spoken)


def sentence(clip: Clip) -> str:
    """Give what espeak-ng is to say.

    The mark at the end lifts the voice or lets it fall; and it makes an English "A" the letter,
    where it would be the article before another word.
    """
    return f"{clip.words}{'.' if clip.last else ','}"


def _write(path: Path, sound: Samples) -> None:
    write_wav(path, as_bytes(sound))
    # Root renders, and the board's user reads.
    path.chmod(0o644)


@contextmanager
def _in_place_of(folder: Path) -> Iterator[Path]:
    """Give a folder to fill that takes the place of another one when all went well.

    Raises:
        SoundError: The folder cannot be written to.
    """
    fresh, old = folder.with_name(f".{folder.name}.new"), folder.with_name(f".{folder.name}.old")
    try:
        for left in (fresh, old):
            shutil.rmtree(left, ignore_errors=True)
        fresh.mkdir(mode=0o755, parents=True)
        yield fresh
        if folder.exists():
            folder.replace(old)
        fresh.replace(folder)
        shutil.rmtree(old, ignore_errors=True)
    except OSError as error:
        raise SoundError(f"{folder} cannot be written to: {error}.") from error
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
