"""One TOML file → checked, frozen settings; all that is wrong with it is said at once.

Our own reader, as those at hand stop at the first mistake (msgspec) or are heavy for a process that
shall be up in no time (pydantic). It imports nothing of ours and needs nothing but Python.
"""

from __future__ import annotations

from appliance.config.agenda import Agenda
from appliance.config.cameras import (
    Camera,
    FolderCamera,
    NoCamera,
    Picamera2Camera,
    Pixels,
    RawCamera,
    VideoCamera,
    WebcamCamera,
)
from appliance.config.describe import defaults_text
from appliance.config.devices import (
    Board,
    Button,
    Buttons,
    Buzzer,
    Clock,
    FilePrinter,
    FolderBoard,
    GpioButtons,
    GpioBuzzer,
    GpioLamps,
    Lamps,
    MistakenClock,
    NetworkPrinter,
    NoButtons,
    NoBuzzer,
    NoLamps,
    NoPrinter,
    PipeButtons,
    Printer,
    ScreenBoard,
    SerialPrinter,
    SimulatedClock,
    SystemClock,
    UsbPrinter,
    WindowBoard,
)
from appliance.config.hours import Hours
from appliance.config.kiosk import AtRest, Kiosk, Redirect
from appliance.config.problems import ConfigError, Finding, Problem
from appliance.config.reading import load
from appliance.config.secret import SecretError, handed_over, read_secret
from appliance.config.services import Counter, Service, WalkIn
from appliance.config.settings import (
    Bus,
    Codes,
    Device,
    Journal,
    Lobby,
    OtherLobby,
    OtherSite,
    Role,
    Rules,
    Scanner,
    Settings,
    Site,
)
from appliance.config.sound import FolderSound, NoSound, Sound, SpeakerSound
from appliance.config.uplink import Uplink

__all__ = [
    "Agenda",
    "AtRest",
    "Board",
    "Bus",
    "Button",
    "Buttons",
    "Buzzer",
    "Camera",
    "Clock",
    "Codes",
    "ConfigError",
    "Counter",
    "Device",
    "FilePrinter",
    "Finding",
    "FolderBoard",
    "FolderCamera",
    "FolderSound",
    "GpioButtons",
    "GpioBuzzer",
    "GpioLamps",
    "Hours",
    "Journal",
    "Kiosk",
    "Lamps",
    "Lobby",
    "MistakenClock",
    "NetworkPrinter",
    "NoButtons",
    "NoBuzzer",
    "NoCamera",
    "NoLamps",
    "NoPrinter",
    "NoSound",
    "OtherLobby",
    "OtherSite",
    "Picamera2Camera",
    "PipeButtons",
    "Pixels",
    "Printer",
    "Problem",
    "RawCamera",
    "Redirect",
    "Role",
    "Rules",
    "Scanner",
    "ScreenBoard",
    "SecretError",
    "SerialPrinter",
    "Service",
    "Settings",
    "SimulatedClock",
    "Site",
    "Sound",
    "SpeakerSound",
    "SystemClock",
    "Uplink",
    "UsbPrinter",
    "VideoCamera",
    "WalkIn",
    "WebcamCamera",
    "WindowBoard",
    "defaults_text",
    "handed_over",
    "load",
    "read_secret",
]
