"""Tries a release before it takes over: its desk, on a copy of the journal, nothing in or out."""

from __future__ import annotations

import json
import shutil
import sqlite3
from contextlib import closing
from datetime import date, datetime
from datetime import time as time_of_day
from pathlib import Path
from typing import Any

from .ground import Places, ReleaseError, has_desk, must, run
from .lobby import all_active, wait_for

GATE_S = 40
GATE_STEADY_S = 5.0


def gate(new: Path, places: Places) -> None:
    """Start a release's desk on a copy of the journal, with nothing in or out.

    No network and no devices: whatever the configuration says, it reaches no printer and no broker.
    A satellite has no desk: there its configuration is all that can be looked at before.
    """
    settings = places.configuration()
    if not has_desk(settings):
        return
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
