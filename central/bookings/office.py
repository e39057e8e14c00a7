"""What the issuer knows of the office: sites, lobbies, services, places, mails, the broker.

The counterpart of a device's configuration, declared and read in the same way: each field says
which key of the office file fills it, what that may hold and what it means.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

from appliance.config.keys import Key
from appliance.config.kinds import (
    absolute_path,
    language_code,
    list_of,
    pattern,
    service_code,
    time_zone,
    translations,
    whole,
    words,
)

ADDRESS_PATTERN = (
    r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
    r"@[A-Za-z0-9](-*[A-Za-z0-9])*(\.[A-Za-z0-9](-*[A-Za-z0-9])*)+"
)
"""An e-mail address as people have them (dot-atom of RFC 5322, a host name with a dot)."""

_SITE = pattern(r"[A-Z0-9-]{1,8}", "1 to 8 of A-Z, 0-9 and -")
_LOBBY = pattern(r"[A-Z0-9-]{1,12}", "1 to 12 of A-Z, 0-9 and -")
_PLACE = pattern(r"[ -~]{1,10}", "1 to 10 printable ASCII characters")
_ADDRESS = pattern(ADDRESS_PATTERN, "an e-mail address in ASCII")
_PAGE = pattern(r"https://[!-~]{1,100}", "an address that begins with https://, of ASCII")


class OfficeError(ValueError):
    """The office has no such site, lobby, service, place or language; the sentence says so."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Files:
    """Where the issuer keeps what it needs, and for how long."""

    keys: Annotated[
        Path, Key(absolute_path(), "Folder of the keys.", example="/var/lib/lobby-central/keys")
    ]
    store: Annotated[
        Path,
        Key(absolute_path(), "The bookings.", example="/var/lib/lobby-central/bookings.db"),
    ]
    horizon_days: Annotated[
        int,
        Key(whole(1, 366, "days"), "Bookings are made, and published, this far ahead.", 60),
    ]
    keep_days: Annotated[
        int, Key(whole(0, 366, "days"), "Bookings are deleted so long after their day.", 14)
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """From whom the mails are, and where people ask back."""

    name: Annotated[
        str, Key(words(60), "Name of the sender.", example="Jobcenter Musterstadt, Termine")
    ]
    address: Annotated[str, Key(_ADDRESS, "Its address.", example="termine@musterstadt.example")]
    phone: Annotated[str, Key(words(40), "Who has a question calls this.", example="0211 555 0123")]
    page: Annotated[
        str,
        Key(_PAGE, "Where a booking is changed.", example="https://termine.musterstadt.example"),
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class BrokerPlace:
    """The central broker, to which `publish` sends."""

    url: Annotated[
        str,
        Key(
            words(300),
            "Where it is: mqtts://host:port, wss://host:port/path, or mqtt:// on this machine.",
            example="mqtts://mqtt.musterstadt.example:8883",
            name="address",
        ),
    ]
    ca: Annotated[
        Path | None,
        Key(
            absolute_path(),
            "Certificates of those who may sign for the broker, PEM.",
            None,
            "/etc/lobby-central/ca.pem",
            absent="no TLS",
        ),
    ]
    certificate: Annotated[
        Path | None,
        Key(
            absolute_path(),
            "Ours, PEM; it says who we are.",
            None,
            "/etc/lobby-central/issuer.pem",
            absent="no TLS",
        ),
    ]
    key: Annotated[
        Path | None,
        Key(
            absolute_path(secret=True),
            "Its private key, PEM.",
            None,
            "/etc/lobby-central/issuer.key",
            absent="no TLS",
        ),
    ]
    login: Annotated[
        str,
        Key(
            pattern(r"[!-~]{0,64}", "ASCII without spaces"),
            "Login; empty where the certificate is enough.",
            "",
        ),
    ]
    password: Annotated[
        Path | None,
        Key(
            absolute_path(secret=True),
            "The file that holds its password.",
            None,
            "/etc/lobby-central/broker.password",
            absent="no password",
            name="password_file",
        ),
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """A building."""

    id: Annotated[str, Key(_SITE, "The building, as in codes.", example="SUED")]
    name: Annotated[str, Key(words(60), "Name of the office.", example="Jobcenter Musterstadt Süd")]
    address: Annotated[
        tuple[str, ...],
        Key(
            list_of(words(60)),
            "The lines of its address.",
            example=["Musterstraße 1", "40210 Musterstadt"],
        ),
    ]
    timezone: Annotated[
        ZoneInfo, Key(time_zone(), "Its time zone; the day turns at its midnight.", "Europe/Berlin")
    ]
    languages: Annotated[
        tuple[str, ...],
        Key(list_of(language_code()), "Languages of its mails, the main one first.", ["de", "en"]),
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class Lobby:
    """A waiting area with one line."""

    site: Annotated[str, Key(_SITE, "Its site.", example="SUED")]
    id: Annotated[str, Key(_LOBBY, "As on its desk.", example="EINGANG")]
    services: Annotated[
        tuple[str, ...],
        Key(list_of(service_code()), "Services that are booked there.", example=["A10", "B20"]),
    ]
    where: Annotated[
        Mapping[str, str],
        Key(
            translations(80),
            "Where one comes to.",
            example={"de": "Eingangszone, Erdgeschoss", "en": "Entrance hall, ground floor"},
        ),
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """What a person comes for."""

    code: Annotated[str, Key(service_code(), "As on the desk.", example="A10")]
    text: Annotated[
        Mapping[str, str],
        Key(
            translations(80),
            "In plain words.",
            example={"de": "Unterlagen abgeben", "en": "Hand in documents"},
        ),
    ]
    bring: Annotated[
        Mapping[str, str] | None,
        Key(
            translations(200),
            "What to bring; a sentence.",
            None,
            {"de": "Ihren Ausweis.", "en": "Your identity card."},
            absent="the mail does not speak of it",
        ),
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where an adviser is."""

    site: Annotated[str, Key(_SITE, "Its site.", example="SUED")]
    code: Annotated[str, Key(_PLACE, "As in bookings and codes.", example="3.401")]
    text: Annotated[
        Mapping[str, str],
        Key(
            translations(80),
            "Floor and room, in words.",
            example={"de": "3. Etage, Zimmer 401", "en": "3rd floor, room 401"},
        ),
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class Office:
    """All of it."""

    files: Files
    mail: Mail
    broker: BrokerPlace
    sites: tuple[Site, ...]
    lobbies: tuple[Lobby, ...]
    services: tuple[Service, ...]
    places: tuple[Place, ...]

    def site(self, site_id: str) -> Site | None:
        """Give the site with this id."""
        return next((site for site in self.sites if site.id == site_id), None)

    def site_of(self, site_id: str) -> Site:
        """Give the site of a booking that was kept.

        Raises:
            OfficeError: The site was taken out of the file since.
        """
        site = self.site(site_id)
        if site is None:
            raise OfficeError(
                f"site {site_id} has bookings, and the office file does not name it: add it again"
            )
        return site

    def lobbies_of(self, site_id: str) -> tuple[Lobby, ...]:
        """Give the lobbies of a site."""
        return tuple(lobby for lobby in self.lobbies if lobby.site == site_id)

    def lobby(self, site_id: str, lobby_id: str) -> Lobby | None:
        """Give a lobby."""
        return next((each for each in self.lobbies_of(site_id) if each.id == lobby_id), None)

    def service(self, code: str) -> Service | None:
        """Give the service with this code."""
        return next((service for service in self.services if service.code == code), None)

    def places_of(self, site_id: str) -> Mapping[str, Place]:
        """Give the places of a site by their codes."""
        return {place.code: place for place in self.places if place.site == site_id}


def said(texts: Mapping[str, str], language: str, main: str) -> str:
    """Give a text in a language, or in the main one, in which it always is."""
    return texts.get(language, texts[main])
