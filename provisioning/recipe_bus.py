"""The bus of a lobby: on the desk's Pi the broker itself, on a satellite a tunnel to it.

Each process has a login with a password that was made on its own Pi, and stays there. A satellite
tells the hashes of its passwords; these are carried to the desk's Pi, whose broker needs no more.
"""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING, Final

from appliance.bus.access import kiosk_login, process_login
from appliance.config.settings import Role
from central.access.rights import bus_rights, files_of
from provisioning import settings_files, unit_files
from provisioning.operations import BROKER, GUESTS, HASHES, PAPERS, PASSWORDS
from provisioning.steps import (
    Certificate,
    Enabled,
    File,
    Folder,
    Fresh,
    Logins,
    Made,
    User,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from central.access.inventory import Device, Inventory
    from provisioning.brought import Material
    from provisioning.steps import Step

CONSOLE: Final = "staff.console"
HASHER: Final = "/usr/local/lib/lobby/bus-hashes"
TUNNEL: Final = "/etc/lobby/tunnel.conf"


def logins_of(device: Device) -> Mapping[str, str]:
    """Give the logins of a device's processes, each with the name of its password's file."""
    return {
        kiosk_login(device.kiosk) if role is Role.KIOSK else process_login(device.id, role): role
        for role in device.roles
    }


def bus(inventory: Inventory, device: Device, material: Material) -> tuple[Step, ...]:
    """Give the broker, its listeners, access list and logins."""
    made, lobby = files_of(inventory), inventory.lobby_of(device)
    satellites = [each for each in inventory.devices_of(lobby) if each != device]
    elsewhere = {login for each in satellites for login in logins_of(each)}
    guests = {name: told for name, told in sorted(material.guests.items()) if name in elsewhere}
    watched = {
        f"{BROKER}/mosquitto.conf": made[f"bus/{device.id}/mosquitto.conf"].encode(),
        f"{BROKER}/access.acl": made[f"bus/{device.id}/access.acl"].encode(),
        f"{BROKER}/ca.pem": material.authority,
        f"{BROKER}/crl.pem": material.revoked,
    }
    override = "/etc/systemd/system/mosquitto.service.d/lobby.conf"
    own = logins_of(device)
    logins = [each.login for each in bus_rights(inventory, lobby) if each.login not in elsewhere]
    told = "".join(f"{login}:{told}\n" for login, told in guests.items())
    return (
        Folder(BROKER),
        *(File(path, content, group="mosquitto", mode="640") for path, content in watched.items()),
        File(f"{PAPERS}/ca.pem", material.authority),
        Certificate(device.id, material.suits, material.sign, broker=True),
        File(GUESTS, told.encode(), mode="600"),
        Logins(
            tuple((login, own.get(login, login)) for login in logins),
            (CONSOLE,),
            broker=True,
            guests=tuple(guests),
        ),
        *_socket("mosquitto"),
        File(override, settings_files.MOSQUITTO_UNIT.encode()),
        Enabled("mosquitto.service"),
        Fresh(
            "mosquitto.service",
            (override, *watched, f"{BROKER}/passwords", f"{BROKER}/own.key", f"{BROKER}/own.pem"),
        ),
    )


def tunnel(inventory: Inventory, device: Device, material: Material) -> tuple[Step, ...]:
    """Give the same unix socket as on the desk's Pi, with a tunnel behind it."""
    logins = logins_of(device)
    files = tuple(f"{PASSWORDS}/{name}" for name in logins.values())
    desk = inventory.desk_of(inventory.lobby_of(device))
    unit = "/etc/systemd/system/lobby-tunnel.service"
    settings = settings_files.tunnel(desk.host, inventory.bus.satellites_port)
    pairs = shlex.join(f"{login}={PASSWORDS}/{name}" for login, name in sorted(logins.items()))
    return (
        User("lobby-tunnel", "lobby"),
        File(f"{PAPERS}/ca.pem", material.authority),
        Certificate(device.id, material.suits, material.sign),
        Logins(tuple(logins.items())),
        File(HASHER, material.hasher, mode="755"),
        Made(HASHES, (HASHER, *files), f"umask 077; {HASHER} {pairs} >{HASHES}"),
        *_socket("lobby-tunnel"),
        File(TUNNEL, settings.encode()),
        File(unit, unit_files.TUNNEL.encode()),
        Enabled("lobby-tunnel.service"),
        Fresh(
            "lobby-tunnel.service",
            (
                unit,
                TUNNEL,
                *(f"{PAPERS}/{name}" for name in ("ca.pem", "device.key", "device.pem")),
            ),
        ),
    )


def _socket(owner: str) -> tuple[Step, ...]:
    """Give the folder of the bus's socket, after every boot too."""
    return (
        File("/etc/tmpfiles.d/lobby.conf", settings_files.tmpfiles(owner).encode()),
        Folder("/run/lobby"),
        Folder("/run/lobby/bus", owner, "lobby", "2750"),
    )
