"""What the system says: release, packages, units, their log, the files that are there."""

from __future__ import annotations

import importlib.metadata
import os
import platform
import re
import shutil
import stat
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

from appliance import __version__
from appliance.errors import LobbyError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

UNITS: Final = (
    "lobby-desk",
    "lobby-scanner",
    "lobby-board",
    "mosquitto",
    "systemd-timesyncd",
)
PROPERTIES: Final = (
    "ActiveState,SubState,Result,NRestarts,ExecMainStatus,ExecMainStartTimestamp,"
    "StateChangeTimestamp,MemoryCurrent,MemoryPeak,CPUUsageNSec,WatchdogTimestamp"
)
LINES: Final = 3000
KERNEL: Final = re.compile(
    r"mmc|ext4|i/o error|voltage|throttl|usb|oom|out of memory|watchdog|camera|unicam|csi",
    re.IGNORECASE,
)
COMMAND_S: Final = 30.0
MODEL: Final = Path("/proc/device-tree/model")


class NotThereError(LobbyError):
    """Something of the system is not here; the sentence says what."""


def about() -> dict[str, object]:
    """Give versions and the kind of machine."""
    try:
        model = MODEL.read_text("ascii", "replace").strip("\0")
    except OSError:
        model = None
    try:
        system = platform.freedesktop_os_release().get("PRETTY_NAME")
    except OSError:
        system = None
    return {
        "release": __version__,
        "python": sys.version,
        "system": system,
        "kernel": platform.release(),
        "machine": platform.machine(),
        "model": model,
        "packages": dict(sorted(_packages())),
    }


def _packages() -> Iterator[tuple[str, str]]:
    for each in importlib.metadata.distributions():
        yield each.metadata["Name"], each.version


def units() -> str:
    """Give how our units are, by systemd."""
    return _run("systemctl", "show", "--no-pager", f"--property=Id,{PROPERTIES}", *UNITS)


def log_of(unit: str) -> str:
    """Give the last lines that a unit wrote since the machine was started."""
    return _run(
        "journalctl", "--no-pager", "-b", "-u", unit, "-n", str(LINES), "-o", "short-iso-precise"
    )


def kernel_log() -> str:
    """Give the kernel's lines about card, supply, cables, camera and memory."""
    said = _run("journalctl", "--no-pager", "-k", "-b", "-o", "short-iso-precise")
    return "".join(f"{line}\n" for line in said.splitlines() if KERNEL.search(line))


def listing(folders: Iterable[Path]) -> str:
    """Give names, rights, owners, sizes and times of what is in some folders; no content."""
    lines = []
    for folder in folders:
        lines.append(f"{folder}:")
        try:
            there = sorted(folder.rglob("*"))
        except OSError as error:
            lines.append(f"  {error.strerror}")
            continue
        lines += [_line(folder, file) for file in there]
    return "\n".join(lines) + "\n"


def _line(folder: Path, file: Path) -> str:
    name = file.relative_to(folder)
    try:
        found = file.lstat()
    except OSError as error:
        return f"  {name}: {error.strerror}"
    changed = datetime.fromtimestamp(found.st_mtime, UTC)
    rights, owner = stat.filemode(found.st_mode), f"{found.st_uid}:{found.st_gid}"
    return f"  {rights} {owner:>11} {found.st_size:>12} {changed:%Y-%m-%dT%H:%M:%SZ} {name}"


def _run(program: str, *arguments: str) -> str:
    found = shutil.which(program)
    if found is None:
        raise NotThereError(f"there is no {program} here")
    ended = subprocess.run(  # noqa: S603  (names of our own)
        [found, *arguments],
        check=False,
        capture_output=True,
        timeout=COMMAND_S,
        env={**os.environ, "LC_ALL": "C", "TZ": "UTC"},
    )
    said = ended.stdout.decode("utf-8", "replace")
    if ended.returncode != 0 and not said:
        why = ended.stderr.decode("utf-8", "replace").strip()
        raise NotThereError(f"{program} ended with {ended.returncode}: {why}")
    return said
