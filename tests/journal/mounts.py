"""Real file systems that a test fills, makes read-only, or breaks. They need root."""

from __future__ import annotations

import shutil
import subprocess
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator


def run(*command: str | Path) -> str:
    """Run a program of the system; a machine on which it may not be run skips the test."""
    if shutil.which(command[0]) is None:
        pytest.skip(f"there is no {command[0]} here")
    ended = subprocess.run([*map(str, command)], capture_output=True, text=True, check=False)
    if ended.returncode != 0:
        pytest.skip(f"{' '.join(map(str, command))}: {ended.stderr.strip()}")
    return ended.stdout.strip()


@contextmanager
def tmpfs(folder: Path, kib: int) -> Iterator[Path]:
    """Mount a small card in memory."""
    folder.mkdir(parents=True)
    run("mount", "-t", "tmpfs", "-o", f"size={kib}k", "lobby-test", folder)
    try:
        yield folder
    finally:
        _unmount(folder)


def fill(folder: Path) -> Path:
    """Leave no byte free; give the file to delete."""
    filler = folder / "filler"
    with filler.open("ab", buffering=0) as file:
        for size in (65536, 4096, 512, 1):
            try:
                while file.write(bytes(size)) == size:
                    pass
            except OSError:
                continue
    return filler


def remount(folder: Path, how: str) -> None:
    """Make a mounted card `ro` or `rw`; nothing on it may be open for writing."""
    run("mount", "-o", f"remount,{how}", folder)


class Ext4:
    """A card with ext4 in a file, mounted; as on a Pi it becomes read-only after an error.

    Args:
        image: The file.
        folder: Where it is mounted.
    """

    def __init__(self, image: Path, folder: Path) -> None:
        self._image = image
        self.folder = folder
        folder.mkdir(parents=True)
        with image.open("wb") as file:
            file.truncate(16 * 1024 * 1024)
        run("mkfs.ext4", "-q", "-F", image)
        self._mount()

    def _mount(self) -> None:
        run("mount", "-o", "loop,errors=remount-ro", self._image, self.folder)

    def break_now(self) -> None:
        """Have the kernel find an error: from now on nothing more can be written."""
        device = Path(run("findmnt", "-n", "-o", "SOURCE", self.folder)).name
        trigger = Path(f"/sys/fs/ext4/{device}/trigger_fs_error")
        if not trigger.exists():
            pytest.skip("this kernel triggers no ext4 errors")
        trigger.write_text("1", "ascii")

    def repair(self) -> None:
        """Put a repaired one in its place: this one is held by whoever has a file open on it."""
        self.unmount()
        repaired = self._image.with_name(f"{self._image.name}-repaired")
        shutil.copy(self._image, repaired)
        self._image = repaired
        # 1: errors were corrected.
        ended = subprocess.run(
            ["e2fsck", "-fy", self._image], capture_output=True, text=True, check=False
        )
        assert ended.returncode in {0, 1}, ended.stdout
        self._mount()

    def unmount(self) -> None:
        _unmount(self.folder)


@contextmanager
def ext4(image: Path, folder: Path) -> Iterator[Ext4]:
    """Mount a card with ext4."""
    card = Ext4(image, folder)
    try:
        yield card
    finally:
        card.unmount()


def _unmount(folder: Path) -> None:
    # Lazily: the desk may hold its lock there, and a test that failed its files.
    subprocess.run(["umount", "-l", str(folder)], check=True)
