"""`lobby support-bundle`: what is collected, and where it goes."""

from __future__ import annotations

import json
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final, TextIO

from appliance.doctor.examining import examine
from appliance.doctor.person import Nobody
from appliance.files import write_atomically
from appliance.support import lobby, machine
from appliance.support.bundle import make
from appliance.support.scrubbing import Scrubber
from appliance.support.secrets import secrets_of

if TYPE_CHECKING:
    import argparse
    from datetime import datetime

    from appliance.config import ConfigError, Settings
    from appliance.doctor.verb import MakeBench
    from appliance.support.bundle import Piece

FINE, NOT_FINE = 0, 1
WAIT_S: Final = 1.0
MODE: Final = 0o600


def run(
    asked: argparse.Namespace,
    read: Settings | ConfigError,
    bench: MakeBench | None,
    now: datetime,
    out: TextIO,
    err: TextIO,
) -> int:
    """Make it; give the exit code.

    Args:
        asked: See `verbs.support_bundle`.
        read: The settings; or why there are none, and a bundle is made all the same.
        bench: Builds what an examination needs; None: there are no settings.
        now: The machine's time.
        out: Where it is told.
        err: Where it is said why not.
    """
    pieces, scrubber, device = _system(), Scrubber(()), "unknown"
    if isinstance(read, Exception):
        pieces["settings.json"] = partial(lobby.problems_of, read)
    elif bench is not None:
        pieces |= _lobby(read, bench)
        scrubber = Scrubber(secrets_of(read), read.codes.slip_prefix)
        device = read.device.id
    name = f"lobby-support-{device}-{now:%Y%m%d-%H%M%S}"
    made = make(pieces, scrubber, name, now)
    file = asked.out / f"{name}.tar.gz" if asked.out.is_dir() else asked.out
    try:
        write_atomically(file, made.data, mode=MODE)
    except OSError as error:
        err.write(f"lobby: {file} cannot be written: {error.strerror}; name another with --out.\n")
        return NOT_FINE
    if asked.json:
        told = {"file": str(file), "holds": made.names, "missing": made.missing}
        out.write(json.dumps(told, ensure_ascii=False) + "\n")
        return FINE
    out.write(f"{file}: {len(made.data)} bytes, with {', '.join(made.names)}.\n")
    out.writelines(f"Not in it: {file}: {why}\n" for file, why in made.missing.items())
    out.write(
        "Secrets, codes, ids and numbers of people were taken out. Look before you send it.\n"
    )
    return FINE


def _system() -> dict[str, Piece]:
    """Give what can be told of any machine."""
    logs = {f"log/{unit}.txt": partial(machine.log_of, unit) for unit in machine.UNITS}
    return {
        "about.json": machine.about,
        "units.txt": machine.units,
        **logs,
        "log/kernel.txt": machine.kernel_log,
    }


def _lobby(settings: Settings, bench: MakeBench) -> dict[str, Piece]:
    """Give what can be told of a lobby."""
    ours = bench(person=Nobody(), wait_s=WAIT_S, slip=False)
    journal = settings.device.state_dir / "journal.sqlite"
    folders = (settings.device.state_dir, Path("/etc/lobby"))
    return {
        "settings.json": partial(lobby.settings_of, settings),
        "lobby.json": partial(lobby.bus_of, ours.beside),
        "journal.json": partial(lobby.journal_of, journal, ours.tools.line),
        "doctor.json": lambda: [asdict(finding) for finding in examine(ours)],
        "clock.json": lambda: {
            "now": ours.tools.clock.now().isoformat(),
            "synchronised": ours.tools.clock.synchronised(),
            "uptime_s": ours.tools.clock.uptime().total_seconds(),
        },
        "machine.json": lambda: asdict(ours.tools.machine.vitals()),
        "files.txt": partial(machine.listing, folders),
    }
