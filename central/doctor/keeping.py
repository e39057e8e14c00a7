"""What is kept at the centre: databases, disks, backups, keys."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Final

from appliance.checkin.keys import TrustError, read_root, read_trust_list
from appliance.findings import Part
from central.collector.backup import KEEP_DAYS, backups
from central.collector.database import CollectError, Database
from central.keys.key_files import KeyringError
from central.keys.keyring import Keyring

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime, timedelta

    from appliance.findings import Finding
    from central.bookings.office import Office

DATABASE, DISK, BACKUP, KEYS = Part("database"), Part("disk"), Part("backup"), Part("keys")
GIGA: Final = 1_000_000_000
LEAST_FREE: Final = 2 * GIGA
LEAST_SHARE: Final = 0.05
BUSY_S: Final = 10.0
BACKUP_DAYS: Final = 2
STALE_DAYS: Final = 40
"""Devices warn when the list is 45 days old."""


def database(where: str) -> Iterator[Finding]:
    """Look whether a database can be written and is whole."""
    try:
        found = Database(where)
        with closing(found.to_read()) as db:
            db.exec_driver_sql("SELECT 1").fetchone()
    except CollectError as error:
        yield DATABASE.wrong(
            f"{error}.", "Start the server, or put a backup back: docs/central.md."
        )
        return
    if found.file is None:
        yield DATABASE.fine(f"{found.name} answers. Its disk and backups are its server's.")
        return
    yield from sqlite_file(found.file)


def sqlite_file(path: Path) -> Iterator[Finding]:
    """Look at an SQLite file, in use or not. Nothing in it is changed."""
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=rw", uri=True)) as db:
            db.isolation_level = None
            db.execute(f"PRAGMA busy_timeout = {BUSY_S * 1000:.0f}")
            ((said,),) = db.execute("PRAGMA quick_check(1)").fetchall()
            if said != "ok":
                what = " ".join(said.split())[:100]
                yield DATABASE.wrong(
                    f"{path} is damaged: {what}.",
                    "Put a backup back with lobby-central restore, and see to the disk.",
                )
                return
            db.execute("BEGIN IMMEDIATE")
            db.execute("ROLLBACK")
    except sqlite3.Error as error:
        yield DATABASE.wrong(
            f"{path} cannot be written: {error}.",
            "See who has it, whose it is, and whether the disk is full.",
        )
        return
    yield DATABASE.fine(f"{path} is whole, and can be written.")


def disks(folders: list[Path]) -> Iterator[Finding]:
    """Look for room, once for each disk."""
    seen = set()
    for folder in folders:
        place = next((each for each in (folder, *folder.parents) if each.exists()), Path("/"))
        device = place.stat().st_dev
        if device in seen:
            continue
        seen.add(device)
        room = shutil.disk_usage(place)
        free = f"{room.free / GIGA:.1f} GB are free for {folder}."
        if room.free < max(LEAST_FREE, LEAST_SHARE * room.total):
            yield DISK.wrong(free, "Delete what is not needed, or give it a larger disk.")
        else:
            yield DISK.fine(free)


def copies(folder: Path, now: datetime) -> Iterator[Finding]:
    """Look whether there are backups, and none that are too old to be kept."""
    found = backups(folder)
    if not found:
        yield BACKUP.wrong(
            f"There is no backup in {folder}.", "systemctl enable --now lobby-central-backup.timer"
        )
        return
    last = {copy.kind: copy for copy in found}
    for kind, copy in sorted(last.items()):
        age = (now - copy.at).days
        if age >= BACKUP_DAYS:
            yield BACKUP.wrong(
                f"The last backup of {kind} is {age} days old.",
                "See why: journalctl -u lobby-central-backup",
            )
        else:
            yield BACKUP.fine(f"The last backup of {kind} is of {copy.at:%Y-%m-%d %H:%M} UTC.")
    longest = (now - found[0].at).days
    if longest > KEEP_DAYS and found[0] != last[found[0].kind]:
        yield BACKUP.wrong(
            f"There are backups {longest} days old: longer than data may be kept.",
            "Let lobby-central backup run, which deletes them.",
        )


def keys(office: Office, now: datetime, horizon: timedelta) -> Iterator[Finding]:
    """Look whether codes can be signed for as long as bookings are taken, and are believed."""
    keyring = Keyring(office.files.keys)
    try:
        trust = read_trust_list(keyring.trust_path, read_root(keyring.root_path))
        trusted = keyring.trusted()
    except (OSError, TrustError, KeyringError) as error:
        yield KEYS.wrong(
            f"The trust list cannot be used: {error}.", "lobby-central keys trust makes a new one."
        )
        return
    missing = [key.kid[0] for key in trusted if key not in trust.keys]
    if missing:
        yield KEYS.wrong(
            f"The trust list does not name key {', '.join(map(str, missing))}.",
            "lobby-central keys trust, and then lobby-central publish.",
        )
    age = (now - trust.issued).days
    if age > STALE_DAYS:
        yield KEYS.wrong(
            f"The trust list is {age} days old; devices warn after 45.",
            "lobby-central keys trust, and then lobby-central publish.",
        )
    elif not missing:
        yield KEYS.fine(f"The trust list is {age} days old and names all keys.")
    for site in office.sites:
        try:
            for slot in (now, now + horizon):
                keyring.issuer_for(site.id, slot)
        except KeyringError as error:
            yield KEYS.wrong(
                f"Codes cannot be signed for {site.id}: {error}.",
                "lobby-central keys new issuer (or rotate), then keys trust, then publish.",
            )
        else:
            yield KEYS.fine(f"Codes can be signed for {site.id} until {now + horizon:%Y-%m-%d}.")
