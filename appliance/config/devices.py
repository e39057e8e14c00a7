"""The settings of what is attached to a device: camera, printer, buttons, screen, clock.

Each has several kinds; each kind is a class with exactly the keys that it needs.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Annotated

from appliance.config.keys import Key
from appliance.config.kinds import (
    absolute_path,
    in_seconds,
    language_code,
    moment,
    number,
    one_of_numbers,
    pattern,
    service_code,
    whole,
    yes_or_no,
)

_MORNING = datetime(2026, 3, 2, 7, 30, tzinfo=timezone(timedelta(hours=1)))
_PER_PRESS = Key(in_seconds(0, 60), "A button gives one number in this time, not more.", 3)
_TIMEOUT = Key(in_seconds(0.1, 60), "A slip that takes longer is given up.", 3.0)
_HOST = pattern(
    # A name, an IPv4 address, or an IPv6 address (two colons at least: one would be a port).
    r"[A-Za-z0-9]([A-Za-z0-9_.-]{0,251}[A-Za-z0-9])?|(?=.*:.*:)[0-9A-Fa-f:.]{2,45}",
    "a host name or an IP address, without http:// and without the port",
)


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class NoCamera:
    """There is none."""


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class _Frames:
    # A camera that is slower than two frames a second is taken for dead.
    frames_per_s: Annotated[int, Key(whole(3, 60), "Frames looked at in a second.", 10)]
    width: Annotated[int, Key(whole(160, 4608, "pixels"), "Width of a frame.", 1280)]
    height: Annotated[int, Key(whole(120, 2592, "pixels"), "Height of a frame.", 720)]


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Picamera2Camera(_Frames):
    """A Raspberry Pi camera."""

    focus_cm: Annotated[
        int, Key(whole(5, 100, "centimetres"), "Distance at which codes are held up.", 15)
    ]


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class FolderCamera(_Frames):
    """Pictures that lie in a folder, held up one after the other."""

    folder: Annotated[Path, Key(absolute_path(), "The folder.", example="/var/lib/lobby/pictures")]
    show: Annotated[timedelta, Key(in_seconds(0.01, 3600), "Each picture is held up so long.", 1.0)]
    gap: Annotated[timedelta, Key(in_seconds(0, 3600), "Nothing is held up for so long then.", 0.5)]


Camera = Picamera2Camera | FolderCamera | NoCamera


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class _Paper:
    """What a slip needs to know, wherever it comes out."""

    columns: Annotated[
        int, Key(one_of_numbers(32, 42, 48), "Characters of normal size on a line of paper.", 42)
    ]
    profile: Annotated[
        str,
        Key(
            pattern(r"[A-Za-z0-9_. -]{1,40}", "the name of a python-escpos profile"),
            "Model, as python-escpos calls it.",
            "TM-T88V",
        ),
    ]
    language: Annotated[
        str,
        Key(
            language_code(),
            "Language of the slips.",
            default=None,
            example="de",
            absent="that of the site",
        ),
    ]
    large_print: Annotated[
        bool,
        Key(yes_or_no(), "Every slip in large print, for people who see badly.", default=False),
    ]


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class NoPrinter(_Paper):
    """There is none: numbers stand on the screen."""


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class NetworkPrinter(_Paper):
    """A receipt printer with an Ethernet port."""

    host: Annotated[str, Key(_HOST, "Its name or address.", example="192.0.2.17")]
    port: Annotated[int, Key(whole(1, 65535), "Its TCP port.", 9100)]
    timeout: Annotated[timedelta, _TIMEOUT]


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class FilePrinter(_Paper):
    """A printer's device file, or a file that collects the bytes."""

    file: Annotated[Path, Key(absolute_path(), "Where the bytes go.", example="/dev/usb/lp0")]
    timeout: Annotated[timedelta, _TIMEOUT]


Printer = NetworkPrinter | FilePrinter | NoPrinter


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Button:
    """A button on one of the Pi's pins."""

    service: Annotated[
        str,
        Key(
            service_code(),
            "Service whose number it gives.",
            example="A10",
        ),
    ]
    # Pins 0 and 1 belong to the identification of expansion boards.
    pin: Annotated[int, Key(whole(2, 27), "BCM number of its pin.", example=17)]


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class NoButtons:
    """There are none."""


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class GpioButtons:
    """Buttons on the Pi's pins.

    Args:
        buttons: From [[button]]; each service and each pin once.
    """

    buttons: tuple[Button, ...]
    per_press: Annotated[timedelta, _PER_PRESS]


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class PipeButtons:
    """A named pipe into which codes of services are written, for demonstrations and tests."""

    pipe: Annotated[Path, Key(absolute_path(), "The pipe.", example="/run/lobby/buttons")]
    per_press: Annotated[timedelta, _PER_PRESS]


Buttons = GpioButtons | PipeButtons | NoButtons


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class NoLamps:
    """There are none."""


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class GpioLamps:
    """A ring of red, green and blue light on three of the Pi's pins."""

    red: Annotated[int, Key(whole(2, 27), "BCM number of the pin of its red light.", example=5)]
    green: Annotated[int, Key(whole(2, 27), "The same, green.", example=6)]
    blue: Annotated[int, Key(whole(2, 27), "The same, blue.", example=13)]


Lamps = GpioLamps | NoLamps


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class ScreenBoard:
    """The whole screen; its size is taken from it."""


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class WindowBoard:
    """A window on a desktop."""

    width: Annotated[int, Key(whole(320, 7680, "pixels"), "Width of the picture.", 1920)]
    height: Annotated[int, Key(whole(240, 7680, "pixels"), "Height of the picture.", 1080)]


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class FolderBoard:
    """Pictures of the board, written to a folder."""

    folder: Annotated[Path, Key(absolute_path(), "Where they go.", example="/var/lib/lobby/board")]
    width: Annotated[int, Key(whole(320, 7680, "pixels"), "Width of the picture.", 1920)]
    height: Annotated[int, Key(whole(240, 7680, "pixels"), "Height of the picture.", 1080)]


Board = ScreenBoard | WindowBoard | FolderBoard


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class SystemClock:
    """The Pi's own clock."""


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class SimulatedClock:
    """A played time, the same in every process, for demonstrations and tests.

    It shows `start` + (real time - `origin_s`) × `speed`.
    """

    start: Annotated[datetime, Key(moment(), "Played time at `origin`.", example=_MORNING)]
    origin_s: Annotated[
        float,
        Key(
            number(0, 4e9, "seconds since 1970-01-01T00:00:00Z"),
            "Real time at which the play began.",
            example=1772433000.0,
            name="origin",
        ),
    ]
    speed: Annotated[float, Key(number(0.001, 10_000, "times"), "How fast it runs.", 1.0)]


Clock = SystemClock | SimulatedClock
