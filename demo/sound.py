"""What the board of the demonstration speaks, to files: sixty times as fast nobody could listen."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Final

from appliance import config
from appliance.tools.clips import render
from appliance.wiring import speech

if TYPE_CHECKING:
    from pathlib import Path

SETTINGS: Final = """
[sound]
kind = "folder"
folder = "{out}/sound"
clips = "{run}/clips"
recorded = "{run}/recorded"
"""
HIGHEST: Final = 99
"""No number gets further in the minutes that it lasts."""


def settings(out: Path, run: Path) -> str:
    """Give what is added to the configuration."""
    return SETTINGS.format(out=out, run=run)


def make_clips(chosen: config.Settings) -> None:
    """Make the clips; takes a few seconds.

    Raises:
        SoundError: espeak-ng is missing.
    """
    sound = chosen.sound
    if isinstance(sound, config.NoSound):
        return
    needed = {
        language: [clip for clip in clips if not clip.name.isdecimal() or int(clip.name) <= HIGHEST]
        for language, clips in speech.clips(chosen, sound).items()
    }
    render(speech.renderer(sound), sound.clips, needed, io.StringIO())
