"""The settings of cameras: what stands before the visitors, and what plays its part elsewhere."""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum
from pathlib import Path
from typing import Annotated

from appliance.config.keys import Filled, Key
from appliance.config.kinds import (
    absolute_path,
    in_seconds,
    member,
    one_of_numbers,
    whole,
    yes_or_no,
)


class Pixels(StrEnum):
    """What a webcam sends."""

    RAW = "raw"
    JPEG = "jpeg"


class NoCamera(Filled, frozen=True, kw_only=True):
    """There is none."""


class _Pace(Filled, frozen=True, kw_only=True):
    # A camera that is slower than two frames a second is taken for dead.
    frames_per_s: Annotated[int, Key(whole(3, 60), "Frames looked at in a second.", 10)]


class _Frames(_Pace, frozen=True, kw_only=True):
    width: Annotated[int, Key(whole(160, 4608, "pixels"), "Width of a frame.", 1280)]
    height: Annotated[int, Key(whole(120, 2592, "pixels"), "Height of a frame.", 720)]

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels."""
        return self.width, self.height


class Picamera2Camera(_Frames, frozen=True, kw_only=True):
    """A Raspberry Pi camera."""

    number: Annotated[
        int, Key(whole(0, 3), "Which one, as rpicam-hello --list-cameras counts them.", 0)
    ]
    focus_cm: Annotated[
        int, Key(whole(5, 100, "centimetres"), "Distance at which codes are held up.", 15)
    ]
    bracket: Annotated[
        bool,
        Key(
            yes_or_no(),
            "Exposures for bright screens and dim paper are tried on what is held up.",
            default=True,
        ),
    ]
    mains_hz: Annotated[
        int, Key(one_of_numbers(50, 60), "Frequency of the mains, with which light flickers.", 50)
    ]
    lamp_pin: Annotated[
        int | None,
        Key(
            whole(2, 27),
            "BCM number of the pin of the exposure lamp, which is lit for paper only.",
            default=None,
            example=18,
            absent="there is none",
        ),
    ]


class WebcamCamera(_Frames, frozen=True, kw_only=True):
    """A webcam on USB."""

    device: Annotated[
        Path,
        Key(
            absolute_path(),
            "Its device; the names in /dev/v4l/by-id stay when another one is plugged in.",
            example="/dev/video0",
        ),
    ]
    pixels: Annotated[
        Pixels, Key(member(Pixels), "What it sends; raw is better where it can do that.", "raw")
    ]


class VideoCamera(_Pace, frozen=True, kw_only=True):
    """A video file, played over and over."""

    video: Annotated[Path, Key(absolute_path(), "The file.", example="/var/lib/lobby/hall.mkv")]


class RawCamera(_Frames, frozen=True, kw_only=True):
    """A file or pipe of bare brightness, a byte a pixel, for measurements."""

    raw: Annotated[
        Path, Key(absolute_path(), "The file or pipe.", example="/var/lib/lobby/hall.gray")
    ]


class FolderCamera(_Frames, frozen=True, kw_only=True):
    """Pictures that lie in a folder, held up one after the other."""

    folder: Annotated[Path, Key(absolute_path(), "The folder.", example="/var/lib/lobby/pictures")]
    show: Annotated[timedelta, Key(in_seconds(0.01, 3600), "Each picture is held up so long.", 1.0)]
    gap: Annotated[timedelta, Key(in_seconds(0, 3600), "Nothing is held up for so long then.", 0.5)]


Camera = Picamera2Camera | WebcamCamera | VideoCamera | RawCamera | FolderCamera | NoCamera
