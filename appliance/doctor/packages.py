"""What is to be installed for this configuration, by Debian's names and by pip's.

Looked for is the thing itself, and not its package: the name differs between releases (libzbar0,
libzbar0t64). picamera2 and lgpio come from apt on a Pi, so pip never says that they are missing.
"""

from __future__ import annotations

import ctypes
import ctypes.util
import importlib.metadata
import importlib.util
import re
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from appliance import config
from appliance.findings import Part

if TYPE_CHECKING:
    from collections.abc import Iterator

    from appliance.doctor.bench import Bench
    from appliance.findings import Finding

PART = Part("packages")
OURS = "lobby-appliance"
FONTS = Path("/usr/share/fonts/truetype")
SBIN = "/usr/local/sbin:/usr/sbin"
"""Where Debian keeps a broker, and an ordinary user has no PATH to."""


@dataclass(frozen=True, slots=True)
class Need:
    """Something that must be there.

    Args:
        what: A word for it, as texts have it: `doctor.need_{what}`.
        debian: The package that has it.
        there: Tells whether it is.
        system: It is imported, and so the venv must see the system's packages.
    """

    what: str
    debian: str
    there: Callable[[], bool]
    system: bool = False


def packages(bench: Bench) -> Iterator[Finding]:
    """Look for all that this configuration needs."""
    needs = [*needs_of(bench.settings)]
    missing = [need for need in needs if not need.there()]
    for need in missing:
        what = bench.say("missing", what=bench.say(f"need_{need.what}"))
        do = f"apt install --no-install-recommends {need.debian}."
        yield PART.wrong(what, f"{do} {bench.say('venv_do')}" if need.system else do)
    names = [*_from_pip()]
    lost = [name for name in names if not _is_installed(name)]
    if lost:
        yield PART.wrong(bench.say("lost", names=", ".join(lost)), bench.say("lost_do"))
    if not missing and not lost:
        yield PART.fine(bench.say("all_there", count=len(needs) + len(names)))


def needs_of(settings: config.Settings) -> Iterator[Need]:
    """Give what must be installed apart from what pip brings along."""
    roles = settings.device.roles
    chosen = (settings.buttons, settings.lamps, settings.buzzer)
    yield Need("font", "fonts-noto-core", _file("noto/NotoSans-Regular.ttf"))
    yield Need("table_font", "fonts-dejavu-core", _file("dejavu/DejaVuSansMono.ttf"))
    yield Need("fribidi", "libfribidi0", _library("libfribidi.so.0"))
    if config.Role.SCANNER in roles:
        yield Need("zbar", "libzbar0", lambda: bool(_find("zbar")))
    if isinstance(settings.camera, config.Picamera2Camera):
        yield Need("picamera2", "python3-picamera2", _module("picamera2"), system=True)
    if isinstance(settings.camera, config.WebcamCamera | config.VideoCamera):
        yield Need("av", "python3-av", _module("av"), system=True)
    if any(
        isinstance(each, config.GpioButtons | config.GpioLamps | config.GpioBuzzer)
        for each in chosen
    ):
        yield Need("lgpio", "python3-lgpio", _module("lgpio"), system=True)
    if config.Role.BOARD in roles or config.Role.KIOSK in roles:
        yield Need("pygame", "python3-pygame", _module("pygame"), system=True)
        if isinstance(settings.board, config.ScreenBoard):
            yield Need("gles", "libegl1 libgles2", _library("libGLESv2.so.2"))
    if isinstance(settings.board, config.ScreenBoard) and settings.board.standby == "cec":
        yield Need("cec", "v4l-utils", _program("cec-ctl"))
    if config.Role.DESK in roles:
        yield Need("mosquitto", "mosquitto", _program("mosquitto"))


def _from_pip() -> Iterator[str]:
    """Give what our own distribution asks for, on this machine."""
    for requirement in importlib.metadata.requires(OURS) or []:
        name, _, marker = requirement.partition(";")
        if not marker:
            yield re.split(r"[^A-Za-z0-9._-]", name.strip(), maxsplit=1)[0]


def _is_installed(name: str) -> bool:
    try:
        importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return False
    return True


def _find(name: str) -> str | None:
    return ctypes.util.find_library(name)


def _module(name: str) -> Callable[[], bool]:
    return lambda: importlib.util.find_spec(name) is not None


def _library(name: str) -> Callable[[], bool]:
    def there() -> bool:
        try:
            ctypes.CDLL(name)
        except OSError:
            return False
        return True

    return there


def _program(name: str) -> Callable[[], bool]:
    return lambda: bool(shutil.which(name) or shutil.which(name, path=SBIN))


def _file(name: str) -> Callable[[], bool]:
    return (FONTS / name).exists
