"""The card that a virtual machine starts from: a blank Debian 13 as a file system, and its kernel.

Made once and kept, as the tree of a container is. The full kernel, not the one for clouds: that one
knows no screen and no watchdog.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from tests.provisioning.reached import CACHE, INCLUDE, run

if TYPE_CHECKING:
    from collections.abc import Iterator

MAKE_S: Final = 1800.0
SIZE: Final = "4G"
_KERNEL: Final = ("initramfs-tools", "linux-image-amd64", "zstd")
# Which modules it needs is not to be found out in a tree that has no disk.
_FEW_MODULES: Final = (
    'mkdir -p "$1/etc/initramfs-tools/conf.d"'
    ' && echo MODULES=list >"$1/etc/initramfs-tools/conf.d/lobby"'
)
_OUR_MODULES: Final = (
    'printf "virtio_pci\\nvirtio_blk\\next4\\n" >>"$1/etc/initramfs-tools/modules"'
    ' && chroot "$1" update-initramfs -u -k all'
)


@dataclass(frozen=True, slots=True)
class Image:
    """What is needed to start a machine.

    Args:
        disk: Its file system, without a partition table.
        kernel: What runs.
        ramdisk: What finds the disk.
    """

    disk: Path
    kernel: Path
    ramdisk: Path

    def copied(self, disk: Path) -> Image:
        """Give one with a disk of its own, at `disk`."""
        run("cp", "--sparse=always", "--reflink=auto", str(self.disk), str(disk))
        return Image(disk, self.kernel, self.ramdisk)


def blank() -> Image:
    """Give the image, made where there is none; a half one is never taken."""
    include = ",".join((*INCLUDE, *_KERNEL))
    make = (
        *("mmdebstrap", "--variant=minbase", f"--include={include}"),
        *(f"--setup-hook={_FEW_MODULES}", f"--customize-hook={_OUR_MODULES}", "trixie"),
    )
    name = hashlib.sha256(" ".join((*make, SIZE)).encode()).hexdigest()[:12]
    folder = CACHE / f"trixie-vm-{name}"
    if not folder.exists():
        CACHE.mkdir(parents=True, exist_ok=True)
        draft = CACHE / f".{folder.name}.{os.getpid()}"
        draft.mkdir()
        tree = draft / "tree"
        run(*make, str(tree), within_s=MAKE_S)
        for kept in ("vmlinuz", "initrd.img"):
            shutil.copy((tree / kept).resolve(), draft / kept)
        disk = ("-q", "-t", "ext4", "-L", "lobby", "-d", str(tree), str(draft / "disk"), SIZE)
        run("mke2fs", *disk, within_s=MAKE_S)
        shutil.rmtree(tree)
        draft.rename(folder)
    return Image(folder / "disk", folder / "vmlinuz", folder / "initrd.img")


@contextmanager
def mounted(disk: Path, at: Path) -> Iterator[Path]:
    """Give the tree on a disk that is in no machine."""
    at.mkdir()
    run("mount", "-o", "loop", str(disk), str(at))
    try:
        yield at
    finally:
        run("umount", str(at))
        at.rmdir()
