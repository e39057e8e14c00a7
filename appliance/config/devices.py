"""The settings of what is attached beside cameras: printer, buttons, lamps, screen, clock.

Each has several kinds; each kind is a class with exactly the keys that it needs.
"""

from __future__ import annotations

from datetime import datetime, time, timedelta, timezone
from pathlib import Path
from typing import Annotated

from appliance.config import calendar
from appliance.config.keys import Filled, Key
from appliance.config.kinds import (
    absolute_path,
    in_seconds,
    language_code,
    moment,
    number,
    one_of,
    one_of_numbers,
    pattern,
    service_code,
    whole,
    yes_or_no,
)

_MORNING = datetime(2026, 3, 2, 7, 30, tzinfo=timezone(timedelta(hours=1)))
_EVENING = datetime(2026, 3, 1, 17, 55, tzinfo=timezone(timedelta(hours=1)))
_PER_PRESS = Key(
    in_seconds(0, 60), "A button, or a service on a screen, gives one number in this time.", 3
)
_PER_MINUTE = Key(
    whole(1, 1000), "All that can be pressed at a place gives so many numbers in a minute.", 20
)
_TIMEOUT = Key(in_seconds(0.1, 60), "A slip that takes longer is given up.", 3.0)
_ANSWERS = Key(
    yes_or_no(),
    "It answers questions; if not, what it takes counts as printed.",
    default=True,
)
_HOST = pattern(
    # A name, an IPv4 address, or an IPv6 address (two colons at least: one would be a port).
    r"[A-Za-z0-9]([A-Za-z0-9_.-]{0,251}[A-Za-z0-9])?|(?=.*:.*:)[0-9A-Fa-f:.]{2,45}",
    "a host name or an IP address, without http:// and without the port",
)


class _Paper(Filled, frozen=True, kw_only=True):
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


class NoPrinter(_Paper, frozen=True, kw_only=True):
    """There is none: numbers stand on the screen."""


class NetworkPrinter(_Paper, frozen=True, kw_only=True):
    """A receipt printer with an Ethernet port."""

    host: Annotated[str, Key(_HOST, "Its name or address.", example="192.0.2.17")]
    port: Annotated[int, Key(whole(1, 65535), "Its TCP port.", 9100)]
    timeout: Annotated[timedelta, _TIMEOUT]
    answers: Annotated[bool, _ANSWERS]


class UsbPrinter(_Paper, frozen=True, kw_only=True):
    """A receipt printer at a USB port."""

    usb: Annotated[
        Path,
        Key(absolute_path(), "Its device, from the kernel's own driver.", "/dev/lobby-printer"),
    ]
    timeout: Annotated[timedelta, _TIMEOUT]
    answers: Annotated[bool, _ANSWERS]


class SerialPrinter(_Paper, frozen=True, kw_only=True):
    """A receipt printer at a serial line: 8 data bits, no parity, 1 stop bit."""

    serial: Annotated[Path, Key(absolute_path(), "The line.", example="/dev/ttyUSB0")]
    baud: Annotated[
        int,
        Key(one_of_numbers(9600, 19200, 38400, 57600, 115200), "Its bits in a second.", 19200),
    ]
    flow: Annotated[
        str,
        Key(
            one_of("rts_cts", "xon_xoff", "none"),
            "How the printer says that it can take no more.",
            "rts_cts",
        ),
    ]
    timeout: Annotated[timedelta, _TIMEOUT]
    answers: Annotated[bool, _ANSWERS]


class FilePrinter(_Paper, frozen=True, kw_only=True):
    """A file that collects the bytes, or a device that only takes them."""

    file: Annotated[
        Path, Key(absolute_path(), "Where the bytes go.", example="/var/lib/lobby/slips")
    ]
    timeout: Annotated[timedelta, _TIMEOUT]


Printer = NetworkPrinter | UsbPrinter | SerialPrinter | FilePrinter | NoPrinter


class Button(Filled, frozen=True, kw_only=True):
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


class NoButtons(Filled, frozen=True, kw_only=True):
    """There are none; those on a kiosk's screen are held to the same."""

    per_press: Annotated[timedelta, _PER_PRESS]
    per_minute: Annotated[int, _PER_MINUTE]


class GpioButtons(Filled, frozen=True, kw_only=True):
    """Buttons on the Pi's pins.

    Args:
        buttons: From [[button]]; each service and each pin once.
    """

    buttons: tuple[Button, ...]
    per_press: Annotated[timedelta, _PER_PRESS]
    per_minute: Annotated[int, _PER_MINUTE]
    help: Annotated[
        int | None,
        Key(
            whole(2, 27),
            "BCM number of the pin of the button for help.",
            default=None,
            example=26,
            absent="there is none",
        ),
    ]


class PipeButtons(Filled, frozen=True, kw_only=True):
    """A named pipe into which services, or `help`, are written, for demonstrations and tests."""

    pipe: Annotated[Path, Key(absolute_path(), "The pipe.", example="/run/lobby/buttons")]
    per_press: Annotated[timedelta, _PER_PRESS]
    per_minute: Annotated[int, _PER_MINUTE]


Buttons = GpioButtons | PipeButtons | NoButtons


class NoLamps(Filled, frozen=True, kw_only=True):
    """There are none."""


class GpioLamps(Filled, frozen=True, kw_only=True):
    """A ring of red, green and blue light on three of the Pi's pins."""

    red: Annotated[int, Key(whole(2, 27), "BCM number of the pin of its red light.", example=5)]
    green: Annotated[int, Key(whole(2, 27), "The same, green.", example=6)]
    blue: Annotated[int, Key(whole(2, 27), "The same, blue.", example=13)]


Lamps = GpioLamps | NoLamps


class NoBuzzer(Filled, frozen=True, kw_only=True):
    """There is none."""


class GpioBuzzer(Filled, frozen=True, kw_only=True):
    """A buzzer on one of the Pi's pins."""

    pin: Annotated[int, Key(whole(2, 27), "BCM number of its pin.", example=19)]
    quiet: Annotated[
        tuple[tuple[time, time], ...], Key(calendar.spans(), "It is silent in these hours.", [])
    ]


Buzzer = GpioBuzzer | NoBuzzer


class ScreenBoard(Filled, frozen=True, kw_only=True):
    """The whole screen; its size is taken from it."""

    standby: Annotated[
        str,
        Key(
            one_of("none", "backlight", "cec"),
            "How it is switched off at night: a DSI panel's backlight, or HDMI-CEC.",
            "none",
        ),
    ]
    cec: Annotated[
        Path,
        Key(absolute_path(), 'The CEC device of its port, for standby = "cec".', "/dev/cec0"),
    ]


class WindowBoard(Filled, frozen=True, kw_only=True):
    """A window on a desktop."""

    width: Annotated[int, Key(whole(320, 7680, "pixels"), "Width of the picture.", 1920)]
    height: Annotated[int, Key(whole(240, 7680, "pixels"), "Height of the picture.", 1080)]


class FolderBoard(Filled, frozen=True, kw_only=True):
    """Pictures of the board, written to a folder."""

    folder: Annotated[Path, Key(absolute_path(), "Where they go.", example="/var/lib/lobby/board")]
    width: Annotated[int, Key(whole(320, 7680, "pixels"), "Width of the picture.", 1920)]
    height: Annotated[int, Key(whole(240, 7680, "pixels"), "Height of the picture.", 1080)]


Board = ScreenBoard | WindowBoard | FolderBoard


class SystemClock(Filled, frozen=True, kw_only=True):
    """The Pi's own clock."""


class _Played(Filled, frozen=True, kw_only=True):
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


class SimulatedClock(_Played, frozen=True, kw_only=True):
    """A played time, the same in every process, for demonstrations and tests.

    It shows `start` + (real time - `origin_s`) × `speed`.
    """


class MistakenClock(_Played, frozen=True, kw_only=True):
    """A played time that the machine does not know at first, for tests and drills.

    A Pi without a battery that was started without network: it believes what it saw last.
    """

    believed: Annotated[
        datetime,
        Key(
            moment(),
            "What the machine believes at `origin`, while it does not know better.",
            example=_EVENING,
        ),
    ]
    known_by: Annotated[
        Path,
        Key(
            absolute_path(),
            "The played time is known as soon as this file is there.",
            example="/run/lobby/synchronized",
        ),
    ]


Clock = SystemClock | SimulatedClock | MistakenClock
