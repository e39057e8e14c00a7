"""The settings of a lobby's device: what the whole program knows about where it stands.

Every field says which key fills it, what that key may hold and what it means. Durations are
`timedelta`, times are aware, paths are absolute. Where a section has a `kind`, each kind is a class
of its own: a folder camera without a folder cannot be built.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from enum import StrEnum
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

from appliance.config.agenda import Agenda
from appliance.config.cameras import Camera
from appliance.config.devices import Board, Buttons, Buzzer, Clock, Lamps, Printer
from appliance.config.hours import Hours
from appliance.config.keys import Filled, Key
from appliance.config.kinds import (
    absolute_path,
    in_minutes,
    in_seconds,
    language_code,
    list_of,
    member,
    pattern,
    service_code,
    time_zone,
    translations,
    web_address,
    whole,
    words,
)
from appliance.config.kiosk import Kiosk, Redirect
from appliance.config.look import Look, Slides
from appliance.config.services import Counter, Service
from appliance.config.sound import Sound
from appliance.config.uplink import Uplink

# sockaddr_un.sun_path holds 108 bytes, the last one is zero: unix(7).
_SOCKET = absolute_path(most_bytes=107)


class Role(StrEnum):
    """A process that runs on this device."""

    DESK = "desk"
    SCANNER = "scanner"
    BOARD = "board"
    KIOSK = "kiosk"


class Site(Filled, frozen=True, kw_only=True):
    """The building."""

    id: Annotated[
        str,
        Key(
            pattern(r"[A-Z0-9-]{1,8}", "1 to 8 of A-Z, 0-9 and -"),
            "The building, as in bookings.",
            example="SUED",
        ),
    ]
    name: Annotated[
        str,
        Key(
            words(60),
            "Name of the office, on slips and board.",
            example="Jobcenter Musterstadt Süd",
        ),
    ]
    timezone: Annotated[
        ZoneInfo, Key(time_zone(), "Its time zone; the day turns at its midnight.", "Europe/Berlin")
    ]
    language: Annotated[
        str, Key(language_code(), "Main language; every text is there in it.", "de")
    ]
    languages: Annotated[
        tuple[str, ...],
        Key(
            list_of(language_code()),
            "Languages that are shown, the main one among them.",
            ["de", "en"],
        ),
    ]


class Lobby(Filled, frozen=True, kw_only=True):
    """The waiting area with its line."""

    id: Annotated[
        str,
        Key(
            pattern(r"[A-Z0-9-]{1,12}", "1 to 12 of A-Z, 0-9 and -"),
            "The waiting area; one line, one desk.",
            example="EINGANG",
        ),
    ]
    name: Annotated[
        str, Key(words(40), "Name of the waiting area, on slips and board.", example="Eingangszone")
    ]
    where: Annotated[
        str, Key(words(120, least=0), "Where to wait, in the main language; on the slip.", "")
    ]
    foreign: Annotated[
        Mapping[str, str],
        Key(
            translations(90),
            "What is said to who shows another code, such as a customer card.",
            default=None,
            example={"de": "Kundenkarten bitte an den Dokumentenscanner halten."},
            absent="nothing",
        ),
    ]


class OtherSite(Filled, frozen=True, kw_only=True):
    """A site to which people are sent whose appointment is there."""

    id: Annotated[
        str,
        Key(
            pattern(r"[A-Z0-9-]{1,8}", "1 to 8 of A-Z, 0-9 and -"),
            "The building, as in bookings.",
            example="NORD",
        ),
    ]
    name: Annotated[
        str, Key(words(80), "How it is told.", example="Jobcenter Nord, Musterstraße 5")
    ]


class OtherLobby(Filled, frozen=True, kw_only=True):
    """Another waiting area of this site."""

    name: Annotated[str, Key(words(80), "How it is told.", example="Leistung, 1. OG")]
    services: Annotated[
        tuple[str, ...],
        Key(list_of(service_code()), "Services that are served there.", example=["L10"]),
    ]


class Device(Filled, frozen=True, kw_only=True):
    """This Pi.

    Args:
        site: Id of the site, from [site].
    """

    site: str
    name: Annotated[
        str,
        Key(
            pattern(r"[a-z0-9-]{1,24}", "1 to 24 of a-z, 0-9 and -"),
            "This device, unique within the site.",
            example="eingang-1",
        ),
    ]
    roles: Annotated[
        tuple[Role, ...],
        Key(list_of(member(Role)), "What runs on it.", ["desk", "scanner", "board"]),
    ]
    state_dir: Annotated[
        Path, Key(absolute_path(), "Folder of the journal and all that is kept.", "/var/lib/lobby")
    ]

    @property
    def id(self) -> str:
        """Unique in the whole fleet, lower case: `{site}.{name}`."""
        return f"{self.site}.{self.name}".lower()


class Rules(Filled, frozen=True, kw_only=True):
    """How people are called."""

    max_calls: Annotated[
        int, Key(whole(1, 20), "A number is called so often before it is set aside.", 3)
    ]
    recall_after: Annotated[
        timedelta, Key(in_seconds(0, 600), "Shortest time between two calls of a number.", 45)
    ]
    max_wait: Annotated[
        timedelta | None,
        Key(
            in_minutes(1, 720),
            "After this wait a number without appointment has right of way too.",
            default=None,
            example=90,
            absent="off",
        ),
    ]


class Journal(Filled, frozen=True, kw_only=True):
    """What happened, and how long it is kept."""

    keep_days: Annotated[
        int, Key(whole(1, 366, "days"), "What happened on a day is deleted after so many.", 14)
    ]
    outbox_days: Annotated[
        int,
        Key(
            whole(1, 366, "days"),
            "What could not be sent to the central broker is kept for so many.",
            60,
        ),
    ]


class Bus(Filled, frozen=True, kw_only=True):
    """The broker on this Pi."""

    socket: Annotated[Path, Key(_SOCKET, "Its unix socket.", "/run/lobby/bus/socket")]
    passwords: Annotated[
        Path,
        Key(
            absolute_path(secret=True),
            "Folder with a file for each login's password.",
            "/etc/lobby/bus",
        ),
    ]


class Codes(Filled, frozen=True, kw_only=True):
    """Whose appointment codes are trusted, and how our own slips are told from them."""

    trust_list: Annotated[
        Path, Key(absolute_path(), "The issuers' keys, signed.", "/var/lib/lobby/trust.cose")
    ]
    root_key: Annotated[
        Path, Key(absolute_path(), "Public key that signs the trust list.", "/etc/lobby/root.pub")
    ]
    slip_prefix: Annotated[
        str,
        Key(
            web_address(),
            "Beginning of the address in the QR on our slips; empty: they carry none.",
            "",
        ),
    ]


class Scanner(Filled, frozen=True, kw_only=True):
    """How codes are read."""

    kiosk: Annotated[
        str,
        Key(
            pattern(r"[a-z0-9-]{1,24}", "1 to 24 of a-z, 0-9 and -"),
            "Name of the place where the camera stands.",
            "entrance",
        ),
    ]
    absence: Annotated[
        timedelta, Key(in_seconds(0.1, 60), "A code counts again after it was gone this long.", 2.0)
    ]


class Settings(Filled, frozen=True, kw_only=True):
    """All of it. What a device's roles do not need may be empty, or the kind `none`.

    Without `hours` the lobby is always open.
    """

    site: Site
    lobby: Lobby
    device: Device
    other_sites: tuple[OtherSite, ...]
    other_lobbies: tuple[OtherLobby, ...]
    services: tuple[Service, ...]
    counters: tuple[Counter, ...]
    hours: Hours | None
    rules: Rules
    agenda: Agenda
    journal: Journal
    bus: Bus
    uplink: Uplink
    codes: Codes
    camera: Camera
    scanner: Scanner
    printer: Printer
    buttons: Buttons
    lamps: Lamps
    buzzer: Buzzer
    sound: Sound
    board: Board
    kiosk: Kiosk
    redirects: tuple[Redirect, ...]
    look: Look
    slides: Slides
    clock: Clock
