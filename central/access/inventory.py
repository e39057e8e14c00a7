"""The inventory: which sites, lobbies and devices there are, and who may log in.

One file says it for all: certificates, access lists and provisioning come from it. It holds no
secret, so that it can be kept and reviewed like any text. Declared and read in the same way as a
device's configuration; what a device is made of (printer, camera, texts) stands there, in
`devices/{id}.toml` beside the inventory.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Annotated

from appliance.bus.topics import Topics
from appliance.config.keys import Key
from appliance.config.kinds import list_of, member, pattern, whole, yes_or_no
from appliance.config.settings import Role

if TYPE_CHECKING:
    from collections.abc import Mapping

BROKER = "broker"
"""The name of the central broker's certificate."""
CONSOLE = "console"
"""Every lobby has the login `staff.console`, which the command line on its Pi uses."""

_LABEL = r"[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_SITE = pattern(r"[A-Z0-9-]{1,8}", "1 to 8 of A-Z, 0-9 and -")
_LOBBY = pattern(r"[A-Z0-9-]{1,12}", "1 to 12 of A-Z, 0-9 and -")
_NAME = pattern(r"[a-z0-9-]{1,24}", "1 to 24 of a-z, 0-9 and -")
_COUNTER = pattern(r"[A-Za-z0-9-]{1,8}", "1 to 8 of A-Z, a-z, 0-9 and -")
# A name longer than 63 has no room in a certificate's CN, but it stands in the SAN alone.
_HOST = pattern(rf"(?=.{{1,253}}$){_LABEL}(\.{_LABEL})*", "a host name or an IPv4 address")
_PORT = whole(1, 65535)
_HOUR = pattern(r"([01]\d|2[0-3]):[0-5]\d", 'a time of day, quoted, as "03:00"')
# Root is shut out by provisioning itself: whoever looks after the Pis is somebody else.
_USER = pattern(r"(?!root$)[a-z_][a-z0-9_-]{0,31}", "a user's name, other than root")


@dataclass(frozen=True, slots=True, kw_only=True)
class Central:
    """The central broker."""

    host: Annotated[
        str,
        Key(_HOST, "How devices reach it; in its certificate.", example="mqtt.musterstadt.example"),
    ]
    port: Annotated[int, Key(_PORT, "For devices: MQTT, TLS, certificates.", 8883)]
    office_port: Annotated[
        int, Key(_PORT, "For issuer, collector and curves; closed to all others.", 8885)
    ]
    dashboard_port: Annotated[
        int, Key(_PORT, "For dashboards: MQTT, TLS, name and password.", 8884)
    ]
    issuer: Annotated[str, Key(_NAME, "Certificate and login of who issues bookings.", "issuer")]
    collector: Annotated[
        str, Key(_NAME, "Certificate and login of who stores events.", "collector")
    ]
    curves: Annotated[
        str, Key(_NAME, "Certificate and login of who keeps the day's curves.", "curves")
    ]
    pages_port: Annotated[
        int, Key(_PORT, "For dashboards in browsers: pages, MQTT over WebSocket, TLS.", 8443)
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class Bus:
    """Where the buses in the lobbies can be reached, beside their unix sockets."""

    counters_port: Annotated[
        int, Key(_PORT, "For counters and reception: pages, MQTT over WebSocket, TLS.", 8443)
    ]
    satellites_port: Annotated[
        int, Key(_PORT, "For satellites: MQTT, TLS, a certificate, name and password.", 8883)
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class Care:
    """How the Pis are looked after."""

    user: Annotated[str, Key(_USER, "Who logs in over SSH, and may use sudo.", "lobby-it")]
    updates_at: Annotated[
        str, Key(_HOUR, "When security updates are put in, by the Pi's clock.", "03:00")
    ]
    packages_proxy: Annotated[
        str | None,
        Key(
            pattern(rf"http://{_LABEL}(\.{_LABEL})*(:\d{{1,5}})?", "http://host:port"),
            "How a Pi reaches Debian's packages.",
            None,
            "http://proxy.musterstadt.example:3128",
            absent="straight",
        ),
    ]
    releases_url: Annotated[
        str | None,
        Key(
            pattern(rf"https://{_LABEL}(\.{_LABEL})*(:\d{{1,5}})?/[!-~]*", "https://host/path"),
            "Folder of the release that the Pis fetch by themselves, after the updates.",
            None,
            "https://releases.musterstadt.example/lobby/",
            absent="it is brought to them",
        ),
    ]
    releases_ca: Annotated[
        str | None,
        Key(
            pattern(r"[A-Za-z0-9._-]{1,100}", "a file's name, beside the inventory"),
            "Who may vouch for that server.",
            None,
            "office-ca.pem",
            absent="whom Debian trusts",
        ),
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """A building."""

    id: Annotated[str, Key(_SITE, "The building, as in codes.", example="SUED")]
    time_servers: Annotated[
        tuple[str, ...],
        Key(
            list_of(_HOST, empty=True),
            "Its NTP servers; none: those of Debian.",
            [],
            ["ntp.musterstadt.example"],
        ),
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class Lobby:
    """A waiting area with one line, and who may log in on its bus."""

    site: Annotated[str, Key(_SITE, "Its site.", example="SUED")]
    id: Annotated[str, Key(_LOBBY, "As on its desk.", example="EINGANG")]
    counters: Annotated[
        tuple[str, ...],
        Key(list_of(_COUNTER), "As in its configuration.", example=["1", "2"]),
    ]
    staff: Annotated[
        tuple[str, ...],
        Key(list_of(_NAME, empty=True), "Reception and team leads: places, never persons.", []),
    ]
    kiosks: Annotated[
        tuple[str, ...],
        Key(list_of(_NAME, empty=True), "Places with a screen that visitors use.", ["entrance"]),
    ]

    @property
    def callers(self) -> tuple[str, ...]:
        """Logins of those who may send commands."""
        return (
            *(f"counter.{name}" for name in self.counters),
            *(f"kiosk.{name}" for name in self.kiosks),
            *(f"staff.{name}" for name in (CONSOLE, *self.staff)),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Device:
    """One Pi; without a desk it is a satellite of the one that has it."""

    site: Annotated[str, Key(_SITE, "Its site.", example="SUED")]
    name: Annotated[str, Key(_NAME, "As in its configuration.", example="eingang-1")]
    lobby: Annotated[str, Key(_LOBBY, "Its lobby.", example="EINGANG")]
    host: Annotated[
        str,
        Key(
            _HOST,
            "How it is reached in the office's network; in its certificate.",
            example="eingang-1.sued.musterstadt.example",
        ),
    ]
    roles: Annotated[
        tuple[Role, ...],
        Key(list_of(member(Role)), "What runs on it.", ["desk", "scanner", "board"]),
    ]
    kiosk: Annotated[
        str, Key(_NAME, "The kiosk whose screen it has; for the role kiosk.", "entrance")
    ]
    ssh_port: Annotated[int, Key(_PORT, "Where its SSH is.", 22)]

    @property
    def id(self) -> str:
        """Unique in the whole fleet; its certificate has this name."""
        return f"{self.site}.{self.name}".lower()

    @property
    def has_kiosk(self) -> bool:
        """Whether it has a screen that visitors use."""
        return Role.KIOSK in self.roles

    @property
    def has_bus(self) -> bool:
        """Whether its lobby's bus runs on it."""
        return Role.DESK in self.roles

    @property
    def topics(self) -> Topics:
        """Its lobby's topics, as it asks for them."""
        return Topics(self.site, self.lobby, self.id)


@dataclass(frozen=True, slots=True, kw_only=True)
class Dashboard:
    """A login on the central broker that only looks."""

    name: Annotated[str, Key(_NAME, "Its login is dashboard.{name}.", example="city")]
    sites: Annotated[
        tuple[str, ...] | None,
        Key(list_of(_SITE), "What it may see.", None, ["SUED"], absent="all sites"),
    ]
    follow: Annotated[
        bool, Key(yes_or_no(), "Whether it serves the pages behind the slips' QR.", default=False)
    ]

    @property
    def login(self) -> str:
        """Its name on the broker."""
        return f"dashboard.{self.name}"


@dataclass(frozen=True, slots=True)
class Holder:
    """Whom the authority gives certificates.

    Args:
        name: The certificate's CN; on the central broker the login.
        hosts: Names and addresses under which others reach it; in the certificate's SAN.
        serves: Whether others connect to it.
        connects: Whether it connects to others.
    """

    name: str
    hosts: tuple[str, ...] = ()
    serves: bool = False
    connects: bool = True


@dataclass(frozen=True)
class Inventory:
    """All of it."""

    central: Central
    bus: Bus
    care: Care
    sites: tuple[Site, ...]
    lobbies: tuple[Lobby, ...]
    devices: tuple[Device, ...]
    dashboards: tuple[Dashboard, ...]

    def site_of(self, device: Device) -> Site:
        """Give the building in which a device is."""
        return next(each for each in self.sites if each.id == device.site)

    def lobby_of(self, device: Device) -> Lobby:
        """Give the waiting area to which a device belongs."""
        place = device.site, device.lobby
        return next(each for each in self.lobbies if (each.site, each.id) == place)

    def devices_of(self, lobby: Lobby) -> tuple[Device, ...]:
        """Give the devices of a lobby, that with the desk and its satellites."""
        return tuple(
            each for each in self.devices if (each.site, each.lobby) == (lobby.site, lobby.id)
        )

    def desk_of(self, lobby: Lobby) -> Device:
        """Give the device on which a lobby's desk and bus run."""
        return next(each for each in self.devices_of(lobby) if each.has_bus)

    @cached_property
    def holders(self) -> Mapping[str, Holder]:
        """Whoever may get a certificate, by name."""
        central = self.central
        found = (
            Holder(BROKER, (central.host,), serves=True, connects=False),
            Holder(central.issuer),
            Holder(central.collector),
            Holder(central.curves),
            *(Holder(each.id, (each.host,), serves=each.has_bus) for each in self.devices),
        )
        return {holder.name: holder for holder in found}
