"""The settings of the loudspeaker: what is spoken, how loud, and when it is not."""

from __future__ import annotations

from datetime import time
from pathlib import Path
from typing import Annotated

from appliance.config import calendar
from appliance.config.keys import Filled, Key
from appliance.config.kinds import absolute_path, language_code, list_of, pattern, whole

_CLIPS = "/var/lib/lobby-sound"
_PERCENT = whole(0, 100, "percent")


class NoSound(Filled, frozen=True, kw_only=True):
    """Nothing is spoken."""


class _Spoken(Filled, frozen=True, kw_only=True):
    """What every kind of sound needs to know.

    Args:
        quiet: Pairs of times of day, the second not among them.
    """

    languages: Annotated[
        tuple[str, ...],
        Key(
            list_of(language_code()),
            "Languages that are spoken, in this order.",
            default=None,
            example=["de", "en"],
            absent="those of the site, the main one first",
        ),
    ]
    clips: Annotated[
        Path,
        Key(
            absolute_path(), "Folder that `lobby sound render` fills, and the board reads.", _CLIPS
        ),
    ]
    recorded: Annotated[
        Path,
        Key(
            absolute_path(),
            "Folder of clips that people have spoken, which win over rendered ones.",
            "/etc/lobby/sound",
        ),
    ]
    volume_percent: Annotated[int, Key(_PERCENT, "How loud it is.", 100)]
    quiet: Annotated[
        tuple[tuple[time, time], ...], Key(calendar.spans(), "Hours in which it is quieter.", [])
    ]
    quiet_percent: Annotated[int, Key(_PERCENT, "How loud it is in these; 0: silent.", 0)]


class SpeakerSound(_Spoken, frozen=True, kw_only=True):
    """A loudspeaker, through SDL and ALSA."""

    device: Annotated[
        str,
        Key(
            pattern(r"[!-~]{1,100}", "a name of ALSA's, such as plughw:CARD=vc4hdmi0"),
            "Which output, as ALSA calls it; `aplay -L` lists them.",
            "default",
        ),
    ]


class FolderSound(_Spoken, frozen=True, kw_only=True):
    """What would be heard, written to a folder as one file each."""

    folder: Annotated[Path, Key(absolute_path(), "Where it goes.", example="/var/lib/lobby/sound")]


Sound = SpeakerSound | FolderSound | NoSound
