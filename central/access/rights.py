"""What the brokers are given: access lists, lists of logins and settings, from the inventory.

    centre/               for the central broker
    bus/{device}/         for the Pi on which a lobby's desk and bus run
        access.acl        who may say and hear what; whatever is not in it is denied
        logins            who needs a password there; the passwords are made there, and stay there
        mosquitto.conf    listeners and limits
        nginx.conf        the server of the pages: on a lobby's Pi those for counters and
                          reception, at the centre the dashboard

Nothing in them is secret, so they can be reviewed like any text: sorted by login, each right with a
comment, and the same inventory gives the same bytes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from appliance.bus.access import (
    access_list,
    kiosk_login,
    process_login,
    rights_of_caller,
    rights_of_collector,
    rights_of_curves,
    rights_of_dashboard,
    rights_of_device,
    rights_of_issuer,
    rights_of_processes,
)
from appliance.config.settings import Role
from appliance.errors import LobbyError
from appliance.files import write_atomically
from central.access import web_server

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from appliance.bus.access import Rights
    from central.access.inventory import Inventory, Lobby

_KIB: Final = 1024
BUS_PAYLOAD_BYTES: Final = 64 * _KIB
CENTRAL_PAYLOAD_BYTES: Final = _KIB * _KIB
"""The bookings of a large day are 200 kB."""
_HEADER_BYTES: Final = 4 * _KIB
"""For topic and properties. There is `message_size_limit` as well, but then mosquitto (2.0.11)
answers with a reason that a PUBACK must not have, and paho (2.2) hangs up on it: no gain."""
_TABS: Final = 4
"""So many pages a counter may have open, those that the broker has not missed yet among them."""
_SPARE: Final = 16
_PER_DEVICE: Final = 100
"""So many messages of each device may wait for the collector: its outbox sends 20 at a time."""

_HEAD: Final = "# Made by `lobby-central acl` from the inventory: change that, not this.\n"


@dataclass(frozen=True, slots=True)
class Places:
    """Where things are on a broker's machine.

    Args:
        folder: Of the files that are made here, and of passwords, certificates and keys.
        socket: Where the processes on a Pi reach their bus.
        store: Where the central broker keeps what must survive.
        pages: Where the pages for counters and reception are, as `lobby pages` lays them out.
        websockets: Port on which a broker listens for its web server, on 127.0.0.1.
        dashboard: Where the dashboard is, as `lobby-central dashboard` lays it out.
    """

    folder: str = "/etc/mosquitto/lobby"
    socket: str = "/run/lobby/bus/socket"
    store: str = "/var/lib/mosquitto/"
    pages: str = "/srv/lobby/pages"
    websockets: int = 9001
    dashboard: str = "/srv/lobby/dashboard"


USUAL: Final = Places()


class AccessError(LobbyError, OSError):
    """The files cannot be written; the sentence says why."""


def bus_rights(inventory: Inventory, lobby: Lobby) -> tuple[Rights, ...]:
    """Give the rights of all logins on a lobby's bus, by login."""
    devices = inventory.devices_of(lobby)
    processes = (
        right
        for device in devices
        for right in rights_of_processes(
            device.topics, (str(role) for role in device.roles if role is not Role.KIOSK)
        )
    )
    screens = {kiosk_login(each.kiosk): each.topics for each in devices if each.has_kiosk}
    topics = inventory.desk_of(lobby).topics
    callers = (rights_of_caller(topics, each, screens.get(each)) for each in lobby.callers)
    return _by_login((*processes, *callers))


def central_rights(inventory: Inventory) -> tuple[Rights, ...]:
    """Give the rights of all logins on the central broker, by login."""
    return _by_login(
        (
            rights_of_issuer(inventory.central.issuer),
            rights_of_collector(inventory.central.collector),
            rights_of_curves(inventory.central.curves),
            *(rights_of_device(each.topics) for each in inventory.devices if each.has_bus),
            *(
                rights_of_dashboard(each.login, sorted(each.sites or ["+"]), follow=each.follow)
                for each in inventory.dashboards
            ),
        )
    )


def files_of(inventory: Inventory, places: Places = USUAL) -> Mapping[str, str]:
    """Give all files: path below the folder of all → text.

    Args:
        inventory: What there is.
        places: Where the files of a broker will be, on its machine.
    """
    found = {
        "centre/access.acl": _HEAD + access_list(central_rights(inventory)),
        "centre/logins": _logins(each.login for each in inventory.dashboards),
        "centre/mosquitto.conf": _central_settings(inventory, places),
    }
    if inventory.dashboards:
        found["centre/nginx.conf"] = _HEAD + web_server.settings(
            _served_dashboard(inventory, places)
        )
    for lobby in inventory.lobbies:
        rights = bus_rights(inventory, lobby)
        at = f"bus/{inventory.desk_of(lobby).id}"
        found |= {
            f"{at}/access.acl": _HEAD + access_list(rights),
            f"{at}/logins": _logins(right.login for right in rights),
            f"{at}/mosquitto.conf": _bus_settings(inventory, lobby, places),
            f"{at}/nginx.conf": _HEAD + web_server.settings(_served_pages(inventory, places)),
        }
    return found


def write(files: Mapping[str, str], out: Path) -> Iterator[str]:
    """Write what is not so already, and say which files those were.

    Args:
        files: As from `files_of`.
        out: The folder of all; it is made.

    Raises:
        AccessError: A file cannot be written.
    """
    for name, text in sorted(files.items()):
        path, content = out / name, text.encode()
        try:
            if path.exists() and path.read_bytes() == content:
                continue
            path.parent.mkdir(parents=True, exist_ok=True)
            write_atomically(path, content)
        except OSError as error:
            raise AccessError(f"cannot write {path}: {error.strerror}") from error
        yield name


def left_over(files: Mapping[str, str], out: Path) -> list[str]:
    """Give the folders of buses that the inventory does not have any more."""
    known = {name.rpartition("/")[0] for name in files}
    there = (f"bus/{path.name}" for path in (out / "bus").glob("*") if path.is_dir())
    return sorted(name for name in there if name not in known)


def _by_login(rights: Iterable[Rights]) -> tuple[Rights, ...]:
    return tuple(sorted(rights, key=lambda right: right.login))


def _logins(logins: Iterable[str]) -> str:
    return _HEAD + "".join(f"{login}\n" for login in sorted(logins))


def _bus_settings(inventory: Inventory, lobby: Lobby, places: Places) -> str:
    folder = places.folder
    satellites = sorted(
        (each for each in inventory.devices_of(lobby) if not each.has_bus),
        key=lambda each: each.id,
    )
    tabs = _TABS * len(lobby.callers)
    parts = [
        _HEAD,
        f"# The bus of lobby {lobby.id}, site {lobby.site}. Nothing that must survive rests on it.",
        _common(folder, BUS_PAYLOAD_BYTES),
        "persistence false",
        "max_queued_messages 1000",
        f"max_queued_bytes {16 * CENTRAL_PAYLOAD_BYTES}",
        "",
        "# The processes on this Pi, and its command line: name and password.",
        f"listener 0 {places.socket}",
        f"max_connections {len(Role) + _SPARE}",
        "",
        "# Counters, in browsers: name and password. nginx stands before it, and ends TLS.",
        f"listener {places.websockets} 127.0.0.1",
        "protocol websockets",
        f"max_connections {tabs}",
    ]
    if satellites:
        logins = [process_login(each.id, str(role)) for each in satellites for role in each.roles]
        parts += [
            "",
            f"# Satellites ({', '.join(each.id for each in satellites)}): the tunnel shows the",
            "# device's certificate, each process within it its own name and password.",
            f"listener {inventory.bus.satellites_port}",
            _served(folder),
            _certificates_wanted(folder),
            f"max_connections {2 * len(logins)}",
        ]
    return "\n".join([*parts, ""])


def _served_pages(inventory: Inventory, places: Places) -> web_server.Served:
    return web_server.Served(
        str(inventory.bus.counters_port), places.pages, places.websockets, _own(places)
    )


def _served_dashboard(inventory: Inventory, places: Places) -> web_server.Served:
    return web_server.Served(
        str(inventory.central.pages_port), places.dashboard, places.websockets, _own(places)
    )


def _own(places: Places) -> tuple[str, str]:
    return f"{places.folder}/own.pem", f"{places.folder}/own.key"


def _central_settings(inventory: Inventory, places: Places) -> str:
    folder = places.folder
    central, devices = inventory.central, len(inventory.devices)
    parts = [
        _HEAD,
        "# The central broker. What it keeps, bookings above all, survives its restart.",
        _common(folder, CENTRAL_PAYLOAD_BYTES),
        "persistence true",
        f"persistence_location {places.store}",
        "autosave_interval 60",
        "# Beyond this the broker drops without a word, and the devices must send again.",
        f"max_queued_messages {max(1000, _PER_DEVICE * devices)}",
        f"max_queued_bytes {64 * CENTRAL_PAYLOAD_BYTES}",
        "",
        "# Devices. The name in the certificate is the login, and the client id too: else one",
        "# device could take over another one's session, or throw it out again and again.",
        f"listener {central.port}",
        _served(folder),
        _certificate_is_login(folder),
        "use_username_as_clientid true",
        f"max_connections {2 * devices + _SPARE}",
    ]
    parts += [
        "",
        "# Issuer, collector and curves, for their machines only: several may share a login here.",
        f"listener {central.office_port}",
        _served(folder),
        _certificate_is_login(folder),
        f"max_connections {_SPARE}",
    ]
    if inventory.dashboards:
        parts += [
            "",
            "# Dashboards: name and password.",
            f"listener {central.dashboard_port}",
            _served(folder),
            f"max_connections {_SPARE * len(inventory.dashboards)}",
            "",
            "# Dashboards in browsers: name and password. nginx stands before it, and ends TLS.",
            f"listener {places.websockets} 127.0.0.1",
            "protocol websockets",
            f"max_connections {_SPARE * len(inventory.dashboards)}",
        ]
    return "\n".join([*parts, ""])


def _common(folder: str, payload_bytes: int) -> str:
    return "\n".join(
        [
            "per_listener_settings false",
            "allow_anonymous false",
            f"acl_file {folder}/access.acl",
            f"password_file {folder}/passwords",
            "set_tcp_nodelay true",
            "# A larger packet ends its sender's connection.",
            f"max_packet_size {payload_bytes + _HEADER_BYTES}",
            "max_keepalive 120",
        ]
    )


def _served(folder: str) -> str:
    return "\n".join(
        [f"certfile {folder}/own.pem", f"keyfile {folder}/own.key", "tls_version tlsv1.2"]
    )


def _certificate_is_login(folder: str) -> str:
    return f"{_certificates_wanted(folder)}\nuse_identity_as_username true"


def _certificates_wanted(folder: str) -> str:
    return "\n".join(
        [f"cafile {folder}/ca.pem", f"crlfile {folder}/crl.pem", "require_certificate true"]
    )
