"""What all of it stands on: where things are on a Pi, how a command is run, what an error is."""

from __future__ import annotations

import os
import subprocess
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any


class ReleaseError(Exception):
    """It is not done; the sentence says why. What ran before runs on."""


class WorseError(ReleaseError):
    """A release was tried, and taken back.

    Args:
        version: Which.
        sentence: What was worse, and what runs now.
    """

    def __init__(self, version: str, sentence: str) -> None:
        super().__init__(sentence)
        self.version = version


@dataclass(frozen=True)
class Places:
    """Where things are; another root is for tests."""

    root: Path = Path("/")

    @property
    def releases(self) -> Path:
        """A folder for each."""
        return self.root / "opt/lobby/releases"

    @property
    def current(self) -> Path:
        """Link to the one that runs."""
        return self.root / "opt/lobby/current"

    @property
    def previous(self) -> Path:
        """Link to the one that ran before."""
        return self.root / "opt/lobby/previous"

    @property
    def unwanted(self) -> Path:
        """Versions that were worse here, or were taken back: only a person takes these again."""
        return self.root / "opt/lobby/unwanted"

    @property
    def on_trial(self) -> Path:
        """Tells of a release that took over, and of which nobody knows yet whether it is worse."""
        return self.root / "opt/lobby/on-trial"

    @property
    def boot(self) -> Path:
        """Id of this start of the machine: random(4)."""
        return self.root / "proc/sys/kernel/random/boot_id"

    @property
    def brought(self) -> Path:
        """What was brought and is not installed yet; root's alone."""
        return self.root / "var/lib/lobby-releases"

    @property
    def key(self) -> Path:
        """Public key of who signs releases."""
        return self.root / "etc/lobby/release.pub"

    @property
    def settings(self) -> Path:
        """The device's configuration."""
        return self.root / "etc/lobby/lobby.toml"

    @property
    def pages(self) -> Path:
        """What the web server serves."""
        return self.root / "srv/lobby/pages"

    @property
    def trial(self) -> Path:
        """Where a new release is tried."""
        return self.root / "var/lib/lobby-trial"

    @property
    def lock(self) -> Path:
        """Held while something is changed."""
        return self.root / "run/lobby-release.lock"

    def configuration(self) -> dict[str, Any]:
        """Read the device's configuration; it was checked when it was put there."""
        return tomllib.loads(self.settings.read_text("utf-8"))


def has_desk(settings: dict[str, Any]) -> bool:
    """Tell whether a device has a desk: without one it is a satellite of another."""
    return "desk" in settings["device"].get("roles", ["desk"])


def run(*command: str, timeout_s: float = 600.0) -> subprocess.CompletedProcess[str]:
    """Run a command, and take what it says."""
    return subprocess.run(  # noqa: S603  (our own words)
        command, check=False, capture_output=True, text=True, timeout=timeout_s
    )


def must(what: str, *command: str) -> str:
    """Run a command that has to succeed."""
    done = run(*command)
    if done.returncode != 0:
        told = (done.stderr or done.stdout).strip().splitlines()
        raise ReleaseError(f"{what}: {' / '.join(told[-4:]) or 'failed without a word'}")
    return done.stdout


def named(link: Path) -> str | None:
    """Give the version that a link leads to."""
    return link.readlink().name if link.is_symlink() else None


def keep(path: Path, text: str) -> None:
    """Write a file, whole or not at all; it is on the card when this returns."""
    draft = path.with_name(f".{path.name}.new")
    with draft.open("w", encoding="ascii") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
    sync_folder(path.parent)


def forget(path: Path) -> None:
    """Take a file away; it does not come back after a power cut."""
    path.unlink(missing_ok=True)
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Return when the names in a folder are on the card."""
    number = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(number)
    finally:
        os.close(number)
