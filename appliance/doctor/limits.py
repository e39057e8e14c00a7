"""Whether the limits of memory count that our units have: a kernel may pass over them.

systemd sets `MemoryMax=` and says nothing where the kernel has its memory controller off. So has
that of Raspberry Pi OS, unless its command line turns it on (raspberrypi/linux#6980). The device
tree's own arguments, which turn it off, come before those of the file; the last one counts.
"""

from __future__ import annotations

from enum import Enum, auto
from pathlib import Path
from typing import Final

WORD: Final = "cgroup_enable=memory"
COMMAND_LINE: Final = Path("/boot/firmware/cmdline.txt")
"""What the Pi's firmware hands on to the kernel, in one line."""
ROOT: Final = Path("/")


class Limits(Enum):
    """What the limits of memory are worth."""

    COUNT = auto()
    OWED = auto()
    """The kernel will be told at the next boot."""
    IGNORED = auto()


def limits(root: Path = ROOT) -> Limits | None:
    """Tell whether limits of memory count; raises nothing.

    Args:
        root: Where `etc`, `proc`, `sys`, `run` and `boot` are; another one in tests.

    Returns:
        None: no unit of ours has a limit here, or nobody can tell. In a container the kernel is
        somebody else's; without cgroup v2 there is no such list (cgroups(7)).
    """
    controllers = _words(root / "sys/fs/cgroup/cgroup.controllers")
    if controllers is None or (root / "run/systemd/container").exists() or not _limited(root):
        return None
    if "memory" in controllers:
        return Limits.COUNT
    told = _words(root / "proc/cmdline") or ()
    will_be_told = _words(root / COMMAND_LINE.relative_to("/")) or ()
    return Limits.OWED if WORD in will_be_told and WORD not in told else Limits.IGNORED


def _limited(root: Path) -> bool:
    """Tell whether a unit of ours has a limit."""
    units = (root / "etc/systemd/system").glob("lobby-*.service")
    return any(each.startswith("MemoryMax=") for unit in units for each in _words(unit) or ())


def _words(file: Path) -> list[str] | None:
    try:
        return file.read_text("utf-8", "replace").split()
    except OSError:
        return None
