#!/usr/bin/python3 -I
"""Installs releases on a Pi, side by side, and lets one take over: `lobby-release`, for root.

It is not part of a release, as it must outlive a bad one. It is one file, as it is put there as
one, and needs nothing but Debian's Python, openssl and systemd. A release is refused unless the
office signed it and all its files are as signed. Before it takes over, its desk has to start on a
*copy* of the journal, without network and devices. After it took over, the lobby has to be as well
as before within 40 seconds; else the one before comes back, and is up within a minute of the
switch. The live journal is never touched: a release reads and writes what the one before it does
(docs/adr/0011).
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import re
import shutil
import sqlite3
import subprocess
import sys
import time
import tomllib
from contextlib import closing
from dataclasses import dataclass
from datetime import date, datetime
from datetime import time as time_of_day
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

VERSION = re.compile(r"\d+(\.\d+){1,3}")
HEALTHY_WITHIN_S = 40.0
STEADY_S = 6.0
GATE_S = 40
GATE_STEADY_S = 5.0
STATUS_S = 20.0


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


# What a release is.


@dataclass(frozen=True)
class Manifest:
    """What stands in a release's `release.json`, which is signed."""

    version: str
    python: str
    machine: str
    files: dict[str, str]


def verified(folder: Path, key: Path) -> Manifest:
    """Give what is in a folder, if the office signed it and every file is as signed."""
    signed = folder / "release.json"
    check = run(
        *("openssl", "pkeyutl", "-verify", "-pubin", "-inkey", str(key), "-rawin"),
        *("-in", str(signed), "-sigfile", str(folder / "release.sig")),
    )
    if check.returncode != 0:
        raise ReleaseError(f"{folder} is not signed by the office: nothing of it is used")
    told = json.loads(signed.read_bytes())
    manifest = Manifest(told["version"], told["python"], told["machine"], told["files"])
    if VERSION.fullmatch(manifest.version) is None:
        raise ReleaseError(f"{manifest.version!r} is no version such as 1.4.0")
    there = {path.name for path in folder.iterdir()} - {"release.json", "release.sig"}
    if there != set(manifest.files):
        odd = ", ".join(sorted(there ^ set(manifest.files)))
        raise ReleaseError(f"{folder} has other files than were signed: {odd}; bring it again")
    for name, digest in manifest.files.items():
        if hashlib.sha256((folder / name).read_bytes()).hexdigest() != digest:
            raise ReleaseError(f"{folder / name} is not as it was signed: bring it again")
    return manifest


def fits(manifest: Manifest) -> None:
    """See whether a release was made for this machine."""
    python = f"{sys.version_info[0]}.{sys.version_info[1]}"
    if (manifest.python, manifest.machine) != (python, os.uname().machine):
        raise ReleaseError(
            f"release {manifest.version} is for Python {manifest.python} on {manifest.machine};"
            f" this is {python} on {os.uname().machine}: build one for it"
        )


def install(folder: Path, places: Places) -> str:
    """Install a release beside the others; what an interruption left of it is taken away first."""
    manifest = verified(folder, places.key)
    fits(manifest)
    home = places.releases / manifest.version
    done = home / ".complete"
    if done.exists():
        return f"release {manifest.version} is installed already"
    shutil.rmtree(home, ignore_errors=True)
    must("venv", "/usr/bin/python3", "-m", "venv", "--system-site-packages", str(home))
    must(
        "pip",
        *(str(home / "bin/python"), "-I", "-m", "pip", "install", "--no-index", "--no-deps"),
        *("--no-cache-dir", "--require-hashes", "--disable-pip-version-check"),
        *("--find-links", str(folder), "-r", str(folder / "requirements.txt")),
    )
    must("the new release", str(home / "bin/lobby"), "--version")
    done.write_text(manifest.version, "ascii")
    os.sync()
    return f"installed release {manifest.version}"


# Which one runs.


def named(link: Path) -> str | None:
    """Give the version that a link leads to."""
    return link.readlink().name if link.is_symlink() else None


def point(link: Path, home: Path) -> None:
    """Let a link lead to a release, from one moment to the next."""
    draft = link.with_name(f".{link.name}.new")
    draft.unlink(missing_ok=True)
    draft.symlink_to(home)
    draft.replace(link)
    os.sync()


def parts(version: str) -> tuple[int, ...]:
    """Give a version for comparison."""
    return tuple(map(int, version.split(".")))


def allowed(version: str, places: Places, *, older: bool) -> str | None:
    """Give the version that runs, if another may take over from it."""
    if VERSION.fullmatch(version) is None or not (places.releases / version / ".complete").exists():
        raise ReleaseError(f"release {version} is not installed: `lobby-release list`")
    current = named(places.current)
    if current is None or older or version == named(places.previous):
        return current
    if parts(version) < parts(current):
        raise ReleaseError(
            f"release {version} is older than {current}, which runs: say --older if that is meant"
        )
    return current


def switch(version: str, places: Places, *, older: bool = False) -> str:
    """Let a release take over, and come back to the one before if the lobby is worse then."""
    current = allowed(version, places, older=older)
    if current == version:
        return f"release {version} runs already"
    new = places.releases / version
    must("its configuration", str(new / "bin/lobby"), "check", str(places.settings))
    if current is None:
        point(places.current, new)
        return f"release {version} is the first; its units are not started yet"
    gate(new, places)
    before = state(places)
    point(places.previous, places.releases / current)
    take_over(new, places)
    why = worse(before, places)
    if why is None:
        prune(places)
        return f"release {version} runs in place of {current}"
    take_over(places.releases / current, places)
    began_s = time.monotonic()
    restart(before.units)
    up = wait_for(lambda: all_active(before.units), HEALTHY_WITHIN_S)
    took_s = time.monotonic() - began_s
    after = f"runs again, after {took_s:.0f} s" if up else "was put back, and DOES NOT START"
    raise ReleaseError(f"release {version} is worse: {why}; {current} {after}. The journal is kept")


def take_over(home: Path, places: Places) -> None:
    """Let a release be the one that starts, and its pages the ones that are served."""
    point(places.current, home)
    if places.pages.exists():
        run(str(home / "bin/lobby"), "pages", "--out", str(places.pages))


def prune(places: Places) -> None:
    """Take away all but the one that runs and the one before."""
    keep = {named(places.current), named(places.previous)}
    for home in places.releases.iterdir():
        if home.name not in keep:
            shutil.rmtree(home, ignore_errors=True)


# Before: on a copy.


def gate(new: Path, places: Places) -> None:
    """Start a release's desk on a copy of the journal, with nothing in or out.

    No network and no devices: whatever the configuration says, it reaches no printer and no broker.
    """
    settings = tomllib.loads(places.settings.read_text("utf-8"))
    copy = places.trial
    shutil.rmtree(copy, ignore_errors=True)
    copy.mkdir(mode=0o700, parents=True)
    try:
        live = Path(settings["device"].get("state_dir", "/var/lib/lobby"))
        copy_state(places.root / live.relative_to("/"), copy)
        file = copy / "lobby.toml"
        file.write_text(as_toml(tried(settings, copy)), "utf-8")
        for path in (copy, *copy.rglob("*")):
            shutil.chown(path, "lobby-desk", "lobby")
        must("the configuration of its trial", str(new / "bin/lobby"), "check", str(file))
        try_desk(new, file, copy)
    finally:
        shutil.rmtree(copy, ignore_errors=True)


def try_desk(new: Path, file: Path, copy: Path) -> None:
    """Run the desk until it is ready, and some seconds more."""
    unit = "lobby-trial.service"
    run("systemctl", "reset-failed", unit)
    properties = (
        "User=lobby-desk",
        "Group=lobby",
        "PrivateNetwork=yes",
        "PrivateDevices=yes",
        "PrivateTmp=yes",
        "ProtectSystem=strict",
        f"ReadWritePaths={copy}",
        "LoadCredential=desk:/etc/lobby/bus/desk",
        f"TimeoutStartSec={GATE_S}",
        "WatchdogSec=15",
    )
    try:
        must(
            "its desk does not start on a copy of the journal; see journalctl -u lobby-trial",
            *("systemd-run", "--quiet", f"--unit={unit}", "--service-type=notify"),
            *(f"--property={each}" for each in properties),
            *(str(new / "bin/lobby"), "run", "desk", "--config", str(file)),
        )
        if wait_for(lambda: not all_active((unit,)), GATE_STEADY_S):
            raise ReleaseError("its desk ends again; see journalctl -u lobby-trial")
    finally:
        run("systemctl", "stop", unit)
    if "Result=success" not in run("systemctl", "show", "-p", "Result", unit).stdout:
        raise ReleaseError("its desk does not end in order; see journalctl -u lobby-trial")


def copy_state(live: Path, copy: Path) -> None:
    """Copy what is kept; the journal as a whole, though it is written to meanwhile."""
    for path in live.iterdir():
        if path.is_dir() and not path.is_symlink():
            shutil.copytree(path, copy / path.name, symlinks=True)
        elif path.is_file() and not path.name.startswith("journal.sqlite"):
            shutil.copy2(path, copy / path.name)
    journal = live / "journal.sqlite"
    if journal.exists():
        with (
            closing(sqlite3.connect(f"file:{journal}?mode=ro", uri=True)) as source,
            closing(sqlite3.connect(copy / journal.name)) as target,
        ):
            source.backup(target)


def tried(settings: dict[str, Any], copy: Path) -> dict[str, Any]:
    """Give a configuration with another folder, and nothing attached."""
    kept = {k: v for k, v in settings.items() if k not in {"uplink", "agenda", "button"}}
    nothing = {"camera": {"kind": "none"}, "buttons": {"kind": "none"}, "lamps": {"kind": "none"}}
    return {
        **kept,
        **{name: value for name, value in nothing.items() if name in kept},
        "printer": {**settings.get("printer", {}), "kind": "none"},
        "device": {**settings["device"], "state_dir": str(copy)},
        "bus": {**settings.get("bus", {}), "socket": str(copy / "no-bus")},
    }


def as_toml(settings: dict[str, Any]) -> str:
    """Write a configuration: a key on each line, with its section as an inline table."""
    return "".join(f"{name} = {value_of(value)}\n" for name, value in settings.items())


def value_of(value: object) -> str:
    """Write a value (toml.io/en/v1.0.0)."""
    match value:
        case bool():
            return "true" if value else "false"
        case str():
            return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
        case int() | float():
            return repr(value)
        case datetime() | date() | time_of_day():
            return value.isoformat()
        case list():
            return f"[{', '.join(map(value_of, value))}]"
        case dict():
            inner = (f"{json.dumps(name)} = {value_of(each)}" for name, each in value.items())
            return f"{{ {', '.join(inner)} }}"
        case _:
            raise ReleaseError(f"there is no way to write {value!r} in TOML")


# After: the lobby itself.


@dataclass(frozen=True)
class State:
    """How the lobby is.

    Args:
        units: Those that ran.
        down: Processes that are not up, as the bus tells.
        alarms: Names of those that are on.
    """

    units: tuple[str, ...]
    down: frozenset[str]
    alarms: frozenset[str]


def units() -> Iterator[str]:
    """Give the lobby's units that run."""
    for name in ("lobby-board", "lobby-desk", "lobby-scanner"):
        unit = f"{name}.service"
        if run("systemctl", "is-active", unit).returncode == 0:
            yield unit


def state(places: Places) -> State:
    """Look at the lobby."""
    return State(tuple(units()), *on_the_bus(places))


def on_the_bus(places: Places) -> tuple[frozenset[str], frozenset[str]]:
    """Give what the lobby itself tells: processes that are not up, and alarms."""
    try:
        done = run(str(places.current / "bin/lobby"), "status", "--json", timeout_s=STATUS_S)
        told = json.loads(done.stdout)
        down = {each["process"] for each in told["processes"] or () if each["state"] != "up"}
        alarms = {each["name"] for each in told["alarms"] or ()}
        stale = () if told["fresh"] else ("desk",)
    except (subprocess.TimeoutExpired, ValueError, KeyError, TypeError):
        return frozenset({"desk"}), frozenset()
    return frozenset({*down, *stale}), frozenset(alarms)


def worse(before: State, places: Places) -> str | None:
    """Restart the lobby; tell what is worse than before, or nothing once it is as well."""
    restart(before.units)
    until_s = time.monotonic() + HEALTHY_WITHIN_S
    why = "it is not up in time"
    while time.monotonic() < until_s:
        if not wait_for(lambda: all_active(before.units), max(0.0, until_s - time.monotonic())):
            return f"{', '.join(u for u in before.units if not all_active((u,)))} does not start"
        began = processes(before.units)
        held = not wait_for(partial(changed, before.units, began), STEADY_S)
        down, alarms = on_the_bus(places)
        new = (*sorted(down - before.down), *sorted(alarms - before.alarms))
        if held and not new and processes(before.units) == began:
            return None
        why = f"not as before: {', '.join(new)}" if new else "a process ends again and again"
    return why


def restart(names: Sequence[str]) -> None:
    """Start units anew, without waiting for them."""
    if names:
        run("systemctl", "restart", "--no-block", *names)


def all_active(names: Sequence[str]) -> bool:
    """Tell whether all units run."""
    return not names or (
        run("systemctl", "is-active", "--quiet", *names).returncode == 0
        and all(
            "ActiveState=active" in run("systemctl", "show", "-p", "ActiveState", each).stdout
            for each in names
        )
    )


def processes(names: Sequence[str]) -> str:
    """Give the processes of units: others after a restart."""
    return run("systemctl", "show", "-p", "MainPID,NRestarts", *names).stdout


def changed(names: Sequence[str], began: str) -> bool:
    """Tell whether units have other processes by now."""
    return processes(names) != began


def wait_for(fact: Callable[[], bool], within_s: float) -> bool:
    """Wait until something is so; False: it was not, in time."""
    until_s = time.monotonic() + within_s
    while not fact():
        if time.monotonic() > until_s:
            return False
        time.sleep(0.3)
    return True


def listed(places: Places) -> str:
    """Tell which releases there are."""
    links = {named(places.current): "runs", named(places.previous): "before"}
    found = sorted(home.name for home in places.releases.glob("*") if (home / ".complete").exists())
    return "\n".join(f"{name}  {links.get(name, '')}".rstrip() for name in found) or "none"


def back(places: Places) -> str:
    """Give the release that ran before."""
    version = named(places.previous)
    if version is None:
        raise ReleaseError("there was none before")
    return version


def main(arguments: Sequence[str] | None = None, places: Places = Places()) -> int:
    """Run the command; gives the exit code."""
    parser = argparse.ArgumentParser(prog="lobby-release", description=__doc__.partition("\n")[0])
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
    verbs.add_parser("install", help="install a release from a folder").add_argument(
        "folder", type=Path
    )
    switching = verbs.add_parser("switch", help="let an installed release take over")
    switching.add_argument("version")
    switching.add_argument("--older", action="store_true", help="it may be older than what runs")
    verbs.add_parser("rollback", help="let the release take over that ran before")
    verbs.add_parser("list", help="tell which are installed")
    asked = parser.parse_args(arguments)
    try:
        match asked.verb:
            case "install":
                print(install(asked.folder, places))
            case "switch":
                print(switch(asked.version, places, older=asked.older))
            case "rollback":
                print(switch(back(places), places))
            case _:
                print(listed(places))
    except (ReleaseError, OSError, sqlite3.Error) as error:
        print(f"lobby-release: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
