"""What a Pi shall be, from the inventory: the list of steps, in the order in which they are done.

The order is such that an interruption leaves a Pi that still works, or does not yet: settings come
before the programs that read them, and the lobby itself at the end.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final

from appliance.bus.access import process_login
from appliance.config.settings import Role
from central.access.rights import USUAL, bus_rights, files_of
from provisioning import settings_files
from provisioning.operations import BROKER, BROUGHT, INSTALLED, INSTALLER, PAPERS, PASSWORDS
from provisioning.steps import (
    Certificate,
    Effective,
    Enabled,
    File,
    Folder,
    Fresh,
    Given,
    Gone,
    Group,
    Link,
    Logins,
    Made,
    Packages,
    Release,
    Step,
    User,
)

if TYPE_CHECKING:
    from central.access.inventory import Device, Inventory
    from provisioning.facts import Platform

PAGES: Final = USUAL.pages
CONSOLE: Final = "staff.console"
DEBIAN: Final = (
    "ca-certificates",
    "fonts-dejavu-core",
    "fonts-noto-core",
    "libfribidi0",
    "mosquitto",
    "nftables",
    "nginx",
    "openssl",
    "python3-venv",
    "systemd-timesyncd",
    "unattended-upgrades",
)
# They match the system's libcamera, pins and SDL: see docs/adr/0002-packages.md.
RASPBERRY_PI: Final = ("python3-lgpio", "python3-picamera2", "python3-pygame")
SPEAKING: Final = ("alsa-utils", "espeak-ng")
# What each process may open, besides what is everybody's. The units name the same groups.
GROUPS: Final = {
    Role.DESK: ("gpio", "lp", "dialout"),
    Role.SCANNER: ("video", "gpio"),
    Role.BOARD: ("video", "render", "input", "audio"),
}


@dataclass(frozen=True, slots=True)
class Material:
    """What is brought to a Pi that is not in the inventory; none of it is secret.

    Args:
        configuration: The device's `lobby.toml`.
        units: Name → text of the units, `backoff` among them.
        installer: The program that installs releases.
        authority: The office's certificate (PEM).
        revoked: Its list of revoked certificates (PEM).
        root_key: Public key that signs trust lists.
        release_key: Public key that signs releases (PEM).
        trust_list: Newest trust list, for the first day; None: it comes by the uplink.
        clips: Folder of what the board speaks; None: it is silent.
        suits: See `steps.Certificate`.
        sign: The same.
        release: What shall run.
    """

    configuration: bytes = field(repr=False)
    units: Mapping[str, bytes] = field(repr=False)
    installer: bytes = field(repr=False)
    authority: bytes = field(repr=False)
    revoked: bytes = field(repr=False)
    root_key: bytes = field(repr=False)
    release_key: bytes = field(repr=False)
    trust_list: bytes | None = field(repr=False)
    clips: Path | None
    suits: Callable[[str, str], bool] = field(repr=False)
    sign: Callable[[bytes], bytes] = field(repr=False)
    release: Release


def steps(
    inventory: Inventory, device: Device, platform: Platform, material: Material
) -> tuple[Step, ...]:
    """Give all steps for a device that has a desk.

    Args:
        inventory: What there is.
        device: Which.
        platform: What kind of machine it is.
        material: What is brought to it.
    """
    return (
        *_reach(inventory),
        *_programs(platform, material),
        *_system(inventory, device),
        *_people(),
        *_bus(inventory, device, material),
        *_lobby(device, material),
        *_pages(inventory, device),
    )


def _reach(inventory: Inventory) -> tuple[Step, ...]:
    """Give how packages are reached, and that root and passwords are shut out of SSH."""
    at = "/etc/apt/apt.conf.d/30lobby-proxy"
    url = inventory.care.packages_proxy
    return (
        File(at, settings_files.proxy(url).encode()) if url else Gone(at),
        File("/etc/ssh/sshd_config.d/10-lobby.conf", settings_files.SSHD.encode()),
        Effective(
            "sshd refuses passwords and root",
            "sshd -T",
            settings_files.SSHD_EFFECTIVE,
            "look with `sshd -T` which file below /etc/ssh comes before 10-lobby.conf",
        ),
        Fresh("ssh.service", ("/etc/ssh/sshd_config.d/10-lobby.conf",)),
    )


def _programs(platform: Platform, material: Material) -> tuple[Step, ...]:
    # Debian 13 renamed libraries whose times have 64 bits now.
    zbar = "libzbar0t64" if platform.debian >= 13 else "libzbar0"  # noqa: PLR2004  (as said)
    own = RASPBERRY_PI if platform.pi else ()
    speaking = SPEAKING if material.clips else ()
    return (Packages(tuple(sorted((*DEBIAN, zbar, *own, *speaking)))),)


def _system(inventory: Inventory, device: Device) -> tuple[Step, ...]:
    care, ports = inventory.care, [device.ssh_port, inventory.bus.counters_port]
    if len(inventory.devices_of(inventory.lobby_of(device))) > 1:
        ports.append(inventory.bus.satellites_port)
    time = "/etc/systemd/timesyncd.conf.d/lobby.conf"
    journal = "/etc/systemd/journald.conf.d/lobby.conf"
    servers = inventory.site_of(device).time_servers
    return (
        File(time, settings_files.timesyncd(servers).encode()),
        Enabled("systemd-timesyncd.service"),
        Fresh("systemd-timesyncd.service", (time,)),
        File(journal, settings_files.JOURNALD.encode()),
        Fresh("systemd-journald.service", (journal,)),
        File("/etc/systemd/system.conf.d/lobby.conf", settings_files.WATCHDOG.encode()),
        # The board draws without a desktop: nobody else may hold the screen after the next boot.
        Enabled("getty@tty1.service", enabled=False),
        File("/etc/udev/rules.d/70-lobby-printer.rules", settings_files.PRINTER_RULE.encode()),
        File("/etc/nftables.conf", settings_files.firewall(ports).encode(), mode="755"),
        Enabled("nftables.service"),
        Fresh("nftables.service", ("/etc/nftables.conf",)),
        File("/etc/apt/apt.conf.d/52lobby-updates", settings_files.UPDATES.encode()),
        *_timer("apt-daily.timer", _before(care.updates_at)),
        *_timer("apt-daily-upgrade.timer", care.updates_at),
    )


def _timer(unit: str, at: str) -> tuple[Step, ...]:
    path = f"/etc/systemd/system/{unit}.d/lobby.conf"
    return File(path, settings_files.window(at).encode()), Fresh(unit, (path,))


def _before(at: str) -> str:
    """Give the time an hour before: then the lists of packages are there."""
    hour, _, minute = at.partition(":")
    return f"{(int(hour) - 1) % 24:02}:{minute}"


def _people() -> tuple[Step, ...]:
    groups = sorted({"lobby", *(name for names in GROUPS.values() for name in names)})
    return (
        *map(Group, groups),
        *(User(f"lobby-{role}", "lobby", names) for role, names in GROUPS.items()),
        Folder("/etc/lobby"),
        Folder(PASSWORDS, group="lobby", mode="750"),
        Folder(PAPERS),
        Folder("/var/lib/lobby", "lobby-desk", "lobby", "750"),
        Folder("/usr/local/lib/lobby"),
        Folder(INSTALLED),
        Folder(f"{INSTALLED}/releases"),
        Folder(BROUGHT, mode="700"),
    )


def _bus(inventory: Inventory, device: Device, material: Material) -> tuple[Step, ...]:
    made, lobby = files_of(inventory), inventory.lobby_of(device)
    watched = {
        f"{BROKER}/mosquitto.conf": made[f"bus/{device.id}/mosquitto.conf"].encode(),
        f"{BROKER}/access.acl": made[f"bus/{device.id}/access.acl"].encode(),
        f"{BROKER}/ca.pem": material.authority,
        f"{BROKER}/crl.pem": material.revoked,
    }
    override = "/etc/systemd/system/mosquitto.service.d/lobby.conf"
    own = {process_login(device.id, str(role)): str(role) for role in device.roles}
    logins = [right.login for right in bus_rights(inventory, lobby)]
    return (
        Folder(BROKER),
        *(File(path, content, group="mosquitto", mode="640") for path, content in watched.items()),
        File(f"{PAPERS}/ca.pem", material.authority),
        Certificate(device.id, material.suits, material.sign),
        Logins(tuple((login, own.get(login, login)) for login in logins), (CONSOLE,)),
        File("/etc/tmpfiles.d/lobby.conf", settings_files.TMPFILES.encode()),
        Folder("/run/lobby"),
        Folder("/run/lobby/bus", "mosquitto", "lobby", "2750"),
        File(override, settings_files.MOSQUITTO_UNIT.encode()),
        Enabled("mosquitto.service"),
        Fresh(
            "mosquitto.service",
            (override, *watched, f"{BROKER}/passwords", f"{BROKER}/own.key", f"{BROKER}/own.pem"),
        ),
    )


def _lobby(device: Device, material: Material) -> tuple[Step, ...]:
    wanted = {f"lobby-{role}.service": str(role) for role in device.roles}
    # A role that was taken from the device: the target must not want its unit any more.
    gone = [
        Gone(f"/etc/systemd/system/{name}")
        for name in sorted(material.units)
        if name.endswith(".service") and name not in wanted
    ]
    unit_files = [
        File(f"/etc/systemd/system/{name}", text)
        for name, text in sorted(material.units.items())
        if name in wanted or name.endswith(".target")
    ]
    trust = File(
        "/var/lib/lobby/trust.cose", material.trust_list or b"", "lobby-desk", "lobby", "600"
    )
    return (
        File("/etc/lobby/lobby.toml", material.configuration),
        *([Given(trust)] if material.trust_list is not None else []),
        Link("/usr/local/bin/lobby", f"{INSTALLED}/current/bin/lobby"),
        File("/etc/lobby/root.pub", material.root_key),
        File("/etc/lobby/release.pub", material.release_key),
        File("/usr/local/lib/lobby/backoff", material.units["backoff"], mode="755"),
        File(INSTALLER, material.installer, mode="755"),
        *gone,
        *unit_files,
        Enabled("lobby.target"),
        material.release,
        *_clips(material),
        *(Fresh(unit, _read_at_start(unit, name)) for unit, name in sorted(wanted.items())),
        Fresh("lobby.target"),
    )


def _clips(material: Material) -> tuple[Step, ...]:
    """Give the announcements, made from recordings or with a voice that needs no network."""
    if material.clips is None:
        return ()
    stamp = f"{material.clips}/.rendered"
    program = f"{INSTALLED}/current/bin/lobby sound render"
    return (
        Folder(str(material.clips)),
        Made(
            stamp,
            ("/etc/lobby/lobby.toml", f"{INSTALLED}/current"),
            f"umask 022; {program} && touch {stamp}",
        ),
    )


def _read_at_start(unit: str, process: str) -> tuple[str, ...]:
    """Give the files that a process reads when it starts, and then no more."""
    key = (f"{PAPERS}/device.key", f"{PAPERS}/device.pem") if process == Role.DESK else ()
    return (
        "/etc/lobby/lobby.toml",
        f"/etc/systemd/system/{unit}",
        f"{PASSWORDS}/{process}",
        *key,
    )


def _pages(inventory: Inventory, device: Device) -> tuple[Step, ...]:
    """Give the web server before the bus, for the pages of counters and reception."""
    settings = "/etc/nginx/conf.d/lobby.conf"
    override = "/etc/systemd/system/nginx.service.d/lobby.conf"
    return (
        # Debian's own page at port 80.
        Gone("/etc/nginx/sites-enabled/default"),
        File(settings, files_of(inventory)[f"bus/{device.id}/nginx.conf"].encode()),
        File(override, settings_files.NGINX_UNIT.encode()),
        Folder(PAGES),
        Made(
            f"{PAGES}/lobby.json",
            ("/etc/lobby/lobby.toml", f"{INSTALLED}/current"),
            f"{INSTALLED}/current/bin/lobby pages --out {PAGES}",
        ),
        Enabled("nginx.service"),
        Fresh("nginx.service", (settings, override, f"{BROKER}/own.key", f"{BROKER}/own.pem")),
    )
