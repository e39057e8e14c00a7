"""How long the statistics of a month take, and what it costs to have them.

    python -m bench.month [--devices N] [--postgresql]

A day of 1,000 devices, some 1,000 events each, as a real desk writes them, is put into a store and
counted; what was counted is copied to the other days of the month. Then the month of one site is
asked for, as `lobby-central statistics` does it, start of the program included. Limit: 2 s. For
scale: the same question to somebody who counts the events of that day when he is asked.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from contextlib import closing, nullcontext
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec.structs import replace
from sqlalchemy import text

from bench.limits import Limits
from bench.lobbies import LOBBIES
from bench.made_day import ZONE
from central.collector.database import Database
from central.collector.store import Store
from central.statistics.days import told
from central.statistics.heard import hear
from central.statistics.keeping import Keeper
from central.statistics.pseudonyms import Pseudonyms
from central.statistics.reading import Reader
from central.statistics.spans import month
from central.statistics.table import shown
from central.statistics.visits import Visits
from tests.support.played_days import Device, Sent
from tests.support.postgres import Postgres

if TYPE_CHECKING:
    from appliance.bus.messages.uploaded import Uploaded

DAY = date(2026, 3, 2)
MARCH = month(2026, 3)
A_SITE = 4
"""Devices at each site."""
BATCH = 500
LIMIT_S = 2.0
SITE = "S0"
COPY = text(
    "INSERT INTO tally (device, day, kind, key, site, counts)"
    " SELECT device, :to, kind, key, site, counts FROM tally WHERE day = :day"
)
COPY_DAYS = text(
    "INSERT INTO device_day (device, day, site, lobby, changed, sealed, purged, settled)"
    " SELECT device, :to, site, lobby, 0, 1, 1, settled FROM device_day WHERE day = :day"
)


def main() -> int:
    """Print the figures; gives 1 if a limit is passed."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--devices", type=int, default=1000)
    parser.add_argument("--postgresql", action="store_true")
    options = parser.parse_args()
    limits = Limits()
    with (
        tempfile.TemporaryDirectory(prefix="lobby-") as folder,
        Postgres(durable=True) if options.postgresql else nullcontext() as server,
    ):
        where = server.make() if server else str(Path(folder, "store"))
        fill(where, Path(folder, "keys"), options.devices, limits)
        with closing(Database(where).to_write()) as db, db.begin():
            for day in (day for day in MARCH.days if day != DAY):
                for copy in (COPY, COPY_DAYS):
                    db.execute(copy, {"to": day.isoformat(), "day": DAY.isoformat()})
        ask(where, limits)
    return limits.exit_code


def fill(where: str, keys: Path, devices: int, limits: Limits) -> None:
    """Put the day of all devices into a store, count it, and seal it."""
    said, _line = Device().day(LOBBIES[1], DAY)
    events = [event for _topic, event in said]
    with Store(where) as store:
        began_s, number = time.perf_counter(), 0
        batch: list[Sent] = []
        # All devices speak at once, as they do.
        for event in events:
            for n in range(devices):
                batch.append(_of(n, event))
                if len(batch) == BATCH:
                    number += len(batch)
                    store.put(batch)
                    batch.clear()
        if batch:
            number += len(batch)
            store.put(batch)
        put_s = time.perf_counter() - began_s
        limits.most("events in the store", number, None, "")
        limits.most("put, events a second", number / put_s, None, "/s")
        evening = datetime(2026, 3, 2, 23, tzinfo=ZONE)
        for what, now in (("count", evening), ("seal", evening + timedelta(hours=2))):
            began_s = time.perf_counter()
            Keeper(store, Pseudonyms(keys), lambda now=now: now).finish()  # type: ignore[misc]
            took_ms = (time.perf_counter() - began_s) * 1000
            limits.most(f"{what} a device's day", took_ms / devices, None, "ms")


def ask(where: str, limits: Limits) -> None:
    """Ask for a month, in this process and as a command; and once without what was counted."""
    began_s = time.perf_counter()
    with Reader(where) as reader:
        shown(reader.read(SITE, MARCH))
        read_s = time.perf_counter() - began_s
        began_s = time.perf_counter()
        people = sum(reader.read(site, MARCH).total.visitors for site in reader.sites())
        all_s = time.perf_counter() - began_s
    with closing(Database(where).to_read()) as db:
        began_s = time.perf_counter()
        for n in range(A_SITE):
            visits = Visits(ZONE)
            for row in told(db, _id(n), DAY, ZONE).rows:
                if (event := hear(row.type, row.data)) is not None:
                    visits.hear(event)
        afresh_s = (time.perf_counter() - began_s) * len(MARCH.days)
    command = ["-m", "central.cli", "statistics", "--store", where, "--site", SITE]
    began_s = time.perf_counter()
    subprocess.run(  # noqa: S603  (our own interpreter)
        [sys.executable, *command, "--month", "2026-03"], check=True, stdout=subprocess.DEVNULL
    )
    limits.most("a month of a site, as a command", time.perf_counter() - began_s, LIMIT_S, "s")
    limits.most("a month of a site, read and hidden", read_s, LIMIT_S, "s")
    limits.most("the same from events, not counted before", afresh_s, None, "s")
    limits.most("a month of all sites, read", all_s, None, "s")
    limits.most("visitors in it", people, None, "")


def _id(n: int) -> str:
    return f"s{n // A_SITE}.desk-{n % A_SITE}"


def _of(n: int, sent: Uploaded) -> Sent:
    """Give an event as another device sends it."""
    device = _id(n)
    topic = f"lobby/v1/S{n // A_SITE}/L{n % A_SITE}/dev/{device}/ack"
    return topic, replace(sent, device=device)


if __name__ == "__main__":
    sys.exit(main())
