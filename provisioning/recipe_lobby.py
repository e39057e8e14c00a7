"""The lobby itself on a Pi: its configuration, release and units, and what is made of these."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Final

from appliance import config
from appliance.config.settings import Role
from central.access.rights import USUAL, files_of
from provisioning import settings_files, unit_files
from provisioning.operations import BROKER, INSTALLED, INSTALLER, PAPERS, PASSWORDS
from provisioning.recipe_system import later, standby
from provisioning.steps import (
    Enabled,
    File,
    Folder,
    Fresh,
    Given,
    Gone,
    Link,
    Made,
    User,
)

if TYPE_CHECKING:
    from central.access.inventory import Device, Inventory
    from provisioning.brought import Material
    from provisioning.steps import Step

PAGES: Final = USUAL.pages
PROGRAM: Final = f"{INSTALLED}/current/bin/lobby"
UNITS: Final = "/etc/systemd/system"
UPDATES_TAKE_MINUTES: Final = 40
"""So long after the security updates a release is fetched: both restart things."""
WINDOW_MINUTES: Final = 120


def lobby(inventory: Inventory, device: Device, material: Material) -> tuple[Step, ...]:
    """Give the release and all that it needs to run."""
    wanted = {f"lobby-{role}.service": str(role) for role in device.roles}
    # A role that was taken from the device: the target must not want its unit any more.
    gone = [
        Gone(f"{UNITS}/{name}")
        for name in sorted(material.units)
        if name.endswith(".service") and name not in wanted
    ]
    unit_texts = [
        File(f"{UNITS}/{name}", text)
        for name, text in sorted(material.units.items())
        if name in wanted or name.endswith(".target")
    ]
    return (
        File("/etc/lobby/lobby.toml", material.configuration),
        *_trust(device, material),
        Link("/usr/local/bin/lobby", PROGRAM),
        File("/etc/lobby/root.pub", material.root_key),
        File("/etc/lobby/release.pub", material.release_key),
        File("/usr/local/lib/lobby/backoff", material.units["backoff"], mode="755"),
        File(INSTALLER, material.installer, mode="755"),
        *_judge(material),
        *gone,
        *unit_texts,
        *_serial(device, material),
        *_standby(device, material),
        Enabled("lobby.target"),
        material.release,
        *_clips(material),
        *(Fresh(unit, _read_at_start(unit, name)) for unit, name in sorted(wanted.items())),
        Fresh("lobby.target"),
        *_slides(material),
        *_updates(inventory, material),
    )


def _judge(material: Material) -> tuple[Step, ...]:
    """Have the trial of a release brought to its end at boot, if a power cut interrupted it."""
    sound, name = material.settings.sound, "lobby-judge.service"
    clips = None if isinstance(sound, config.NoSound) else str(sound.clips)
    text = unit_files.judge(INSTALLER, clips)
    return File(f"{UNITS}/{name}", text.encode()), Enabled(name)


def _trust(device: Device, material: Material) -> tuple[Step, ...]:
    """Give the first trust list, to the only one who looks at codes."""
    if material.trust_list is None or not device.has_bus:
        return ()
    path = "/var/lib/lobby/trust.cose"
    return (Given(File(path, material.trust_list, "lobby-desk", "lobby", "600")),)


def _serial(device: Device, material: Material) -> tuple[Step, ...]:
    """Open serial lines to the desk, if its printer is at one."""
    if Role.DESK not in device.roles:
        return ()
    path = f"{UNITS}/lobby-desk.service.d/serial.conf"
    if isinstance(material.settings.printer, config.SerialPrinter):
        return (File(path, unit_files.SERIAL.encode()),)
    return (Gone(path),)


def _standby(device: Device, material: Material) -> tuple[Step, ...]:
    """Let the process that has the screen switch it off at night, where it is to."""
    texts = {"backlight": unit_files.BACKLIGHT, "cec": unit_files.CEC}
    text = texts.get(standby(material.settings))
    drawing = (Role.BOARD, Role.KIOSK)
    paths = {role: f"{UNITS}/lobby-{role}.service.d/standby.conf" for role in drawing}
    return tuple(
        File(path, text.encode()) if text and role in device.roles else Gone(path)
        for role, path in paths.items()
    )


def _clips(material: Material) -> tuple[Step, ...]:
    """Give the announcements, made from recordings or with a voice that needs no network."""
    sound = material.settings.sound
    if isinstance(sound, config.NoSound):
        return ()
    stamp = f"{sound.clips}/.rendered"
    return (
        Folder(str(sound.clips)),
        Made(
            stamp,
            ("/etc/lobby/lobby.toml", f"{INSTALLED}/current"),
            f"umask 022; {PROGRAM} sound render && touch {stamp}",
        ),
    )


def _read_at_start(unit: str, process: str) -> tuple[str, ...]:
    """Give the files that a process reads when it starts, and then no more."""
    key = (f"{PAPERS}/device.key", f"{PAPERS}/device.pem") if process == Role.DESK else ()
    return (
        "/etc/lobby/lobby.toml",
        f"{UNITS}/{unit}",
        f"{PASSWORDS}/{process}",
        *key,
    )


def _slides(material: Material) -> tuple[Step, ...]:
    """Have slides fetched now and then, by somebody who may write them and nothing else."""
    slides = material.settings.slides
    if slides.folder is None or not slides.url:
        return _gone("lobby-slides")
    folder = PurePosixPath(slides.folder)
    texts = unit_files.slides(str(folder), PROGRAM), unit_files.SLIDES_TIMER
    return (
        User("lobby-slides", "lobby"),
        Folder(str(folder), "lobby-slides", "lobby"),
        *_timed("lobby-slides", texts),
    )


def _updates(inventory: Inventory, material: Material) -> tuple[Step, ...]:
    """Have releases fetched at night, where the office offers them."""
    care, name = inventory.care, "lobby-update"
    authorities = "/etc/lobby/releases-ca.pem"
    if care.releases_url is None:
        return (*_gone(name), Gone(authorities))
    begins = later(care.updates_at, UPDATES_TAKE_MINUTES)
    ends = later(begins, WINDOW_MINUTES)
    known = material.releases_ca is not None
    ca = authorities if known else None
    texts = (
        unit_files.update(INSTALLER, care.releases_url, ca, f"{begins}-{ends}"),
        unit_files.update_timer(begins),
    )
    return (
        File(authorities, material.releases_ca) if material.releases_ca else Gone(authorities),
        *_timed(name, texts),
    )


def _timed(name: str, texts: tuple[str, str]) -> tuple[Step, ...]:
    service, timer = f"{UNITS}/{name}.service", f"{UNITS}/{name}.timer"
    return (
        File(service, texts[0].encode()),
        File(timer, texts[1].encode()),
        Enabled(f"{name}.timer"),
        Fresh(f"{name}.timer", (service, timer)),
    )


def _gone(name: str) -> tuple[Step, ...]:
    return Gone(f"{UNITS}/{name}.timer"), Gone(f"{UNITS}/{name}.service")


def pages(inventory: Inventory, device: Device) -> tuple[Step, ...]:
    """Give the web server before the bus, for the pages of counters and reception."""
    settings = "/etc/nginx/conf.d/lobby.conf"
    override = f"{UNITS}/nginx.service.d/lobby.conf"
    return (
        # Debian's own page at port 80.
        Gone("/etc/nginx/sites-enabled/default"),
        File(settings, files_of(inventory)[f"bus/{device.id}/nginx.conf"].encode()),
        File(override, settings_files.NGINX_UNIT.encode()),
        Folder(PAGES),
        Made(
            f"{PAGES}/lobby.json",
            ("/etc/lobby/lobby.toml", f"{INSTALLED}/current"),
            f"{PROGRAM} pages --out {PAGES}",
        ),
        Enabled("nginx.service"),
        Fresh("nginx.service", (settings, override, f"{BROKER}/own.key", f"{BROKER}/own.pem")),
    )
