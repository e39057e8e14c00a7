"""What all of it stands on: where things are on a Pi, how a command is run, what an error is."""

from __future__ import annotations

import subprocess
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any


class ReleaseError(Exception):
    """It is not done; the sentence says why. What ran before runs on."""


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
