"""The sections that a configuration may have, in the order in which they are explained."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property

import msgspec

from appliance.config import (
    agenda,
    cameras,
    devices,
    hours,
    kiosk,
    look,
    services,
    settings,
    sound,
    uplink,
)
from appliance.config.keys import REQUIRED, Declared, Key, keys_of
from appliance.config.kinds import one_of
from appliance.config.settings import Role


class Section(msgspec.Struct, frozen=True, dict=True):
    """A section and the class that it fills.

    Args:
        name: As in `[name]`.
        about: A sentence for administrators.
        kinds: The classes by the value that chooses among them; a single one under "".
        switch: The key that chooses, where there are several.
        default: What `switch` says where it is left out; `REQUIRED` if it may not be.
        without: What `switch` says where the whole section is left out, if not the default.
        many: Whether it is written `[[name]]`, as often as one likes.
        always: Whether every device needs it.
        needed_by: The role that needs it.
    """

    name: str
    about: str
    kinds: Mapping[str, type]
    switch: str = ""
    default: object = REQUIRED
    without: str = ""
    many: bool = False
    always: bool = False
    needed_by: Role | None = None

    @property
    def header(self) -> str:
        """How it begins in the file."""
        return f"[[{self.name}]]" if self.many else f"[{self.name}]"

    @cached_property
    def keys(self) -> Mapping[str, Key]:
        """The keys of all its kinds by their names, the one that chooses first."""
        keys = {}
        if self.switch:
            example = next(iter(self.kinds))
            keys[self.switch] = Key(one_of(*self.kinds), "Which kind.", self.default, example)
        for kind in self.kinds.values():
            keys |= {name: declared.key for name, declared in keys_of(kind).items()}
        return keys

    def keys_for(self, kind: str) -> Mapping[str, Declared]:
        """Give the keys that one kind has."""
        return keys_of(self.kinds[kind])


def sections() -> tuple[Section, ...]:
    """Give all sections; made when asked for, as importing shall do no work."""
    return (
        Section("site", "The building.", {"": settings.Site}, always=True),
        Section("lobby", "The waiting area with its line.", {"": settings.Lobby}, always=True),
        Section("device", "This Pi.", {"": settings.Device}, always=True),
        Section(
            "other_site",
            "A site to which people are sent whose appointment is there.",
            {"": settings.OtherSite},
            many=True,
        ),
        Section(
            "other_lobby",
            "Another waiting area of this site, and the services that are served there.",
            {"": settings.OtherLobby},
            many=True,
        ),
        Section(
            "service",
            "What people come for.",
            {"": services.Service},
            many=True,
            needed_by=Role.DESK,
        ),
        Section(
            "counter",
            "Where clerks serve.",
            {"": services.Counter},
            many=True,
            needed_by=Role.DESK,
        ),
        Section(
            "hours",
            "When people without an appointment may take a number; without it: always.",
            {"": hours.Hours},
        ),
        Section("day", "Each day with hours of its own.", {"": hours.SpecialDay}, many=True),
        Section("rules", "How people are called.", {"": settings.Rules}),
        Section("agenda", "The day's appointments on paper, for staff.", {"": agenda.Agenda}),
        Section("journal", "What happened, and how long it is kept.", {"": settings.Journal}),
        Section("bus", "The broker on this Pi.", {"": settings.Bus}),
        Section("uplink", "The way to the central broker.", {"": uplink.Uplink}),
        Section("codes", "Whose appointment codes are trusted.", {"": settings.Codes}),
        Section(
            "camera",
            "What looks at the codes.",
            {
                "picamera2": cameras.Picamera2Camera,
                "webcam": cameras.WebcamCamera,
                "video": cameras.VideoCamera,
                "raw": cameras.RawCamera,
                "folder": cameras.FolderCamera,
                "none": cameras.NoCamera,
            },
            switch="kind",
            without="none",
            needed_by=Role.SCANNER,
        ),
        Section("scanner", "How codes are read.", {"": settings.Scanner}),
        Section(
            "printer",
            "What the slips come out of.",
            {
                "network": devices.NetworkPrinter,
                "usb": devices.UsbPrinter,
                "serial": devices.SerialPrinter,
                "file": devices.FilePrinter,
                "none": devices.NoPrinter,
            },
            switch="kind",
            without="none",
            needed_by=Role.DESK,
        ),
        Section(
            "buttons",
            "What people without an appointment press.",
            {
                "gpio": devices.GpioButtons,
                "pipe": devices.PipeButtons,
                "none": devices.NoButtons,
            },
            switch="kind",
            without="none",
        ),
        Section("button", "Each button on a pin.", {"": devices.Button}, many=True),
        Section(
            "lamps",
            "The ring of light around the camera.",
            {"gpio": devices.GpioLamps, "none": devices.NoLamps},
            switch="kind",
            without="none",
        ),
        Section(
            "buzzer",
            "Says with tones what the lamps say with light.",
            {"gpio": devices.GpioBuzzer, "none": devices.NoBuzzer},
            switch="kind",
            without="none",
        ),
        Section(
            "sound",
            "What the board speaks.",
            {
                "speaker": sound.SpeakerSound,
                "folder": sound.FolderSound,
                "none": sound.NoSound,
            },
            switch="kind",
            without="none",
        ),
        Section(
            "board",
            "Where the board is shown.",
            {
                "screen": devices.ScreenBoard,
                "window": devices.WindowBoard,
                "folder": devices.FolderBoard,
            },
            switch="output",
            default="screen",
        ),
        Section("kiosk", "The screen that visitors use.", {"": kiosk.Kiosk}),
        Section(
            "redirect",
            "What else people come for, and where they are sent: a tile on that screen.",
            {"": kiosk.Redirect},
            many=True,
        ),
        Section("look", "What the board looks like.", {"": look.Look}),
        Section("slides", "What it shows in turn with the waits.", {"": look.Slides}),
        Section(
            "clock",
            "What time it is.",
            {
                "system": devices.SystemClock,
                "simulated": devices.SimulatedClock,
                "mistaken": devices.MistakenClock,
            },
            switch="kind",
            default="system",
        ),
    )
