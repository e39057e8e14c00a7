"""What every Pi gets below the lobby itself: packages, time, log, firewall, updates, users."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from appliance import config
from appliance.config.settings import Role
from provisioning import settings_files
from provisioning.operations import BROUGHT, INSTALLED, PAPERS, PASSWORDS
from provisioning.steps import (
    Effective,
    Enabled,
    File,
    Folder,
    Fresh,
    Gone,
    Group,
    KernelWord,
    Made,
    Packages,
    User,
)

if TYPE_CHECKING:
    from central.access.inventory import Device, Inventory
    from provisioning.brought import Material
    from provisioning.facts import Platform
    from provisioning.steps import Step

DEBIAN: Final = (
    "ca-certificates",
    "fonts-dejavu-core",
    "fonts-noto-core",
    "libfribidi0",
    "nftables",
    "openssl",
    # The one that fetches releases must not be part of one.
    "python3-requests",
    "python3-venv",
    "systemd-timesyncd",
    "unattended-upgrades",
)
BUS: Final = ("mosquitto", "nginx-light")
TUNNEL: Final = ("stunnel4",)
# They match the system's libcamera, pins and SDL: see docs/adr/0002-packages.md.
RASPBERRY_PI: Final = ("python3-lgpio", "python3-picamera2", "python3-pygame")
# SDL opens them by name when it draws without a desktop; no package of its asks for them.
DRAWING: Final = ("libegl1", "libgbm1", "libgl1-mesa-dri", "libgles2")
SPEAKING: Final = ("alsa-utils", "espeak-ng")
MOVING_PICTURES: Final = ("python3-av",)
SWITCHING_SCREENS: Final = ("v4l-utils",)
# What each process may open, besides what is everybody's. The units name the same groups.
GROUPS: Final = {
    Role.DESK: ("gpio", "lp", "dialout"),
    Role.SCANNER: ("video", "gpio"),
    Role.BOARD: ("video", "render", "input", "audio"),
    Role.KIOSK: ("video", "render", "input", "audio", "gpio"),
}
# Raspberry Pi OS starts its kernel with the memory controller off: systemd then passes over the
# units' MemoryMax= without a word (raspberrypi/linux#6980).
LIMITS: Final = KernelWord(
    "cgroup_enable=memory", "/boot/firmware/cmdline.txt", "its limits of memory"
)


def reach(inventory: Inventory) -> tuple[Step, ...]:
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


def programs(device: Device, platform: Platform, material: Material) -> tuple[Step, ...]:
    """Give Debian's packages, of which some depend on what the device is made of."""
    # Debian 13 renamed libraries whose times have 64 bits now.
    zbar = "libzbar0t64" if platform.debian >= 13 else "libzbar0"  # noqa: PLR2004  (as said)
    settings = material.settings
    plays = isinstance(settings.camera, config.WebcamCamera | config.VideoCamera)
    board = settings.board
    draws = isinstance(board, config.ScreenBoard) and {Role.BOARD, Role.KIOSK} & set(device.roles)
    switches = isinstance(board, config.ScreenBoard) and board.standby == "cec"
    names = (
        *DEBIAN,
        zbar,
        *(BUS if device.has_bus else TUNNEL),
        *(RASPBERRY_PI if platform.pi else ()),
        *(DRAWING if draws else ()),
        *(() if isinstance(settings.sound, config.NoSound) else SPEAKING),
        *(MOVING_PICTURES if plays else ()),
        *(SWITCHING_SCREENS if switches else ()),
    )
    return (Packages(tuple(sorted(names))),)


def system(inventory: Inventory, device: Device, platform: Platform) -> tuple[Step, ...]:
    """Give time, log, watchdog, limits of memory, screen, firewall and updates."""
    care = inventory.care
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
        *((LIMITS,) if platform.pi else ()),
        # The board draws without a desktop: nobody else may hold the screen after the next boot.
        Enabled("getty@tty1.service", enabled=False),
        *firewall(inventory, device),
        File("/etc/apt/apt.conf.d/52lobby-updates", settings_files.UPDATES.encode()),
        *_timer("apt-daily.timer", later(care.updates_at, -60)),
        *_timer("apt-daily-upgrade.timer", care.updates_at),
    )


def firewall(inventory: Inventory, device: Device) -> tuple[Step, ...]:
    """Give what may come in: SSH, and where the bus is the pages and the satellites."""
    ports = [device.ssh_port]
    if device.has_bus:
        ports.append(inventory.bus.counters_port)
        if len(inventory.devices_of(inventory.lobby_of(device))) > 1:
            ports.append(inventory.bus.satellites_port)
    return (
        File("/etc/nftables.conf", settings_files.firewall(ports).encode(), mode="755"),
        Enabled("nftables.service"),
        Fresh("nftables.service", ("/etc/nftables.conf",)),
    )


def devices(material: Material) -> tuple[Step, ...]:
    """Give whom devices belong to, those that are plugged in already too."""
    rules = "/etc/udev/rules.d"
    printer, backlight = f"{rules}/70-lobby-printer.rules", f"{rules}/90-lobby-backlight.rules"
    touch = f"{rules}/90-lobby-touch.rules"
    dims = standby(material.settings) == "backlight"
    feels = Role.KIOSK in material.settings.device.roles
    wanted = (printer, *((backlight,) if dims else ()), *((touch,) if feels else ()))
    return (
        File(printer, settings_files.PRINTER_RULE.encode()),
        File(backlight, settings_files.BACKLIGHT_RULE.encode()) if dims else Gone(backlight),
        File(touch, settings_files.TOUCH_RULE.encode()) if feels else Gone(touch),
        Made(
            "/etc/lobby/.rules-count",
            wanted,
            f"set -e; {settings_files.RULES_COUNT}touch /etc/lobby/.rules-count",
        ),
    )


def standby(settings: config.Settings) -> str:
    """Give how the screen is switched off at night; `none`: it is not, or there is none.

    A kiosk does so over a board alone: one with a screen of its own stays lit.
    """
    board, roles = settings.board, settings.device.roles
    over_board = Role.KIOSK in roles and settings.kiosk.at_rest is config.AtRest.BOARD
    if isinstance(board, config.ScreenBoard) and (Role.BOARD in roles or over_board):
        return board.standby
    return "none"


def _timer(unit: str, at: str) -> tuple[Step, ...]:
    path = f"/etc/systemd/system/{unit}.d/lobby.conf"
    return File(path, settings_files.window(at).encode()), Fresh(unit, (path,))


def later(at: str, minutes: int) -> str:
    """Give the time of day so many minutes after another."""
    hour, _, minute = at.partition(":")
    then = (int(hour) * 60 + int(minute) + minutes) % (24 * 60)
    return f"{then // 60:02}:{then % 60:02}"


def people(device: Device) -> tuple[Step, ...]:
    """Give users and groups, and the folders that everything else goes to."""
    groups = sorted({"lobby", *(name for role in device.roles for name in GROUPS[role])})
    return (
        *map(Group, groups),
        *(User(f"lobby-{role}", "lobby", GROUPS[role]) for role in device.roles),
        Folder("/etc/lobby"),
        Folder(PASSWORDS, group="lobby", mode="750"),
        Folder(PAPERS),
        Folder("/var/lib/lobby", *(("lobby-desk", "lobby", "750") if device.has_bus else ())),
        Folder("/usr/local/lib/lobby"),
        Folder(INSTALLED),
        Folder(f"{INSTALLED}/releases"),
        Folder(BROUGHT, mode="700"),
    )
