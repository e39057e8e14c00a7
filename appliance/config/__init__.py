"""One TOML file → checked, frozen settings; all that is wrong with it is said at once.

Our own reader, as those at hand stop at the first mistake (msgspec) or are heavy for a process that
shall be up in no time (pydantic). It imports nothing of ours and needs nothing but Python.
"""

from __future__ import annotations

from appliance.config.agenda import Agenda
from appliance.config.describe import defaults_text
from appliance.config.devices import (
    Board,
    Button,
    Buttons,
    Camera,
    Clock,
    FilePrinter,
    FolderBoard,
    FolderCamera,
    GpioButtons,
    GpioLamps,
    Lamps,
    NetworkPrinter,
    NoButtons,
    NoCamera,
    NoLamps,
    NoPrinter,
    Picamera2Camera,
    PipeButtons,
    Printer,
    ScreenBoard,
    SimulatedClock,
    SystemClock,
    WindowBoard,
)
from appliance.config.hours import Hours
from appliance.config.problems import ConfigError, Finding, Problem
from appliance.config.reading import load
from appliance.config.secret import SecretError, read_secret
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
from appliance.config.uplink import Uplink

__all__ = [
    "Agenda",
    "Board",
    "Bus",
    "Button",
    "Buttons",
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
    "GpioButtons",
    "GpioLamps",
    "Hours",
    "Journal",
    "Lamps",
    "Lobby",
    "NetworkPrinter",
    "NoButtons",
    "NoCamera",
    "NoLamps",
    "NoPrinter",
    "OtherLobby",
    "OtherSite",
    "Picamera2Camera",
    "PipeButtons",
    "Printer",
    "Problem",
    "Role",
    "Rules",
    "Scanner",
    "ScreenBoard",
    "SecretError",
    "Service",
    "Settings",
    "SimulatedClock",
    "Site",
    "SystemClock",
    "Uplink",
    "WalkIn",
    "WindowBoard",
    "defaults_text",
    "load",
    "read_secret",
]
