"""`lobby sound`: make the clips that the board speaks with, list them, hear one announcement."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, TextIO

from appliance.board.announcing import Announcement, Call
from appliance.drivers.sound import SoundError, write_wav

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from appliance.board.announcing import Composes
    from appliance.drivers.sound import Clip, Speaker


class Renders(Protocol):
    """Who makes clips; `Renderer` does."""

    def gong(self, folder: Path) -> bool:
        """Make the gong; True: from a recorded one."""

    def language(self, folder: Path, language: str, clips: Sequence[Clip]) -> int:
        """Make all clips of a language; gives how many were recorded."""


def render(
    renderer: Renders, folder: Path, needed: Mapping[str, Sequence[Clip]], out: TextIO
) -> None:
    """Make the clips of every language.

    Raises:
        SoundError: One could not be made; those of its language are as before.
    """
    own = renderer.gong(folder)
    out.write(f"gong: {'recorded' if own else 'made'}\n")
    for language, clips in needed.items():
        recorded = renderer.language(folder, language, clips)
        out.write(f"{language}: {len(clips)} clips, {recorded} of them recorded\n")
        out.flush()


def list_clips(recorded: Path, needed: Mapping[str, Sequence[Clip]], out: TextIO) -> None:
    """Tell what may be recorded, where to put it, and what is said in it."""
    out.write(f"{recorded / 'gong.wav'}\n")
    for language, clips in needed.items():
        out.writelines(f"{recorded / language / clip.name}.wav: {clip.words}\n" for clip in clips)


def say(voice: Composes, speaker: Speaker, volume: float, number: str, counter: str) -> None:
    """Speak a call aloud.

    Raises:
        SoundError: It was not heard, or not all of it.
    """
    try:
        speaker.play(_composed(voice, number, counter), volume)
    finally:
        speaker.close()


def save(voice: Composes, file: Path, number: str, counter: str) -> None:
    """Write a call to a file.

    Raises:
        SoundError: It could not be written, or not all of it.
    """
    try:
        write_wav(file, _composed(voice, number, counter))
    except OSError as error:
        raise SoundError(f"{file} cannot be written: {error}.") from error


def _composed(voice: Composes, number: str, counter: str) -> bytes:
    samples, missing = voice.compose(Announcement(Call("say", number, counter, 0.0)))
    if missing:
        raise SoundError(missing)
    return samples
