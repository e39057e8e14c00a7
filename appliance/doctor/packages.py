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
from appliance.doctor.findings import Part

if TYPE_CHECKING:
    from collections.abc import Iterator

    from appliance.doctor.bench import Bench
    from appliance.doctor.findings import Finding

PART = Part("packages")
OURS = "lobby-appliance"
FONTS = Path("/usr/share/fonts/truetype")
SBIN = "/usr/local/sbin:/usr/sbin"
"""Where Debian keeps a broker, and an ordinary user has no PATH to."""
SYSTEM = " The venv must see the system's packages (--system-site-packages)."


@dataclass(frozen=True, slots=True)
class Need:
    """Something that must be there.

    Args:
        what: In words.
        debian: The package that has it.
        there: Tells whether it is.
        more: What else may be the reason.
    """

    what: str
    debian: str
    there: Callable[[], bool]
    more: str = ""


def packages(bench: Bench) -> Iterator[Finding]:
    """Look for all that this configuration needs."""
    needs = [*needs_of(bench.settings)]
    missing = [need for need in needs if not need.there()]
    for need in missing:
        do = f"apt install --no-install-recommends {need.debian}.{need.more}"
        yield PART.wrong(f"{need.what} is missing.", do)
    names = [*_from_pip()]
    lost = [name for name in names if not _is_installed(name)]
    if lost:
        do = "Install this release again; by hand: pip install -c constraints.txt lobby-appliance."
        yield PART.wrong(f"Python packages are missing: {', '.join(lost)}.", do)
    if not missing and not lost:
        yield PART.fine(f"All {len(needs) + len(names)} that this configuration needs are there.")


def needs_of(settings: config.Settings) -> Iterator[Need]:
    """Give what must be installed apart from what pip brings along."""
    roles = settings.device.roles
    chosen = (settings.buttons, settings.lamps, settings.buzzer)
    yield Need("A font for slips and board", "fonts-noto-core", _file("noto/NotoSans-Regular.ttf"))
    yield Need("A font for tables", "fonts-dejavu-core", _file("dejavu/DejaVuSansMono.ttf"))
    yield Need("FriBidi, which sets Arabic", "libfribidi0", _library("libfribidi.so.0"))
    if config.Role.SCANNER in roles:
        yield Need("zbar, which reads codes", "libzbar0", lambda: bool(_find("zbar")))
    if isinstance(settings.camera, config.Picamera2Camera):
        yield Need("picamera2", "python3-picamera2", _module("picamera2"), SYSTEM)
    if isinstance(settings.camera, config.WebcamCamera | config.VideoCamera):
        yield Need("PyAV, which reads webcams and videos", "python3-av", _module("av"), SYSTEM)
    if any(
        isinstance(each, config.GpioButtons | config.GpioLamps | config.GpioBuzzer)
        for each in chosen
    ):
        yield Need("lgpio, which reads the pins", "python3-lgpio", _module("lgpio"), SYSTEM)
    if config.Role.BOARD in roles:
        yield Need("pygame", "python3-pygame", _module("pygame"), SYSTEM)
    if config.Role.DESK in roles:
        yield Need("mosquitto, the bus", "mosquitto", _program("mosquitto"))


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
