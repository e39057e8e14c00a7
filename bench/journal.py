"""What the journal costs: commits, bytes on the card, and starting with much in it.

    python -m bench.journal [--events N] [--folder F]

Durable tickets per second of the desk's own path (decide, word the reply, commit event, booking
and owed slip) beside bare inserts of the same events with FULL, same page size, same file system,
in turns. Bytes of a day of 2,000 tickets, counted by the kernel at the block device of a file
system of its own. Ready and memory with that day in the journal, and with a million events in it,
beside an empty one, by the process as it runs on a Pi.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import signal
import socket
import statistics
import subprocess
import tempfile
import time
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final

import apsw

from appliance import config
from appliance.journal import codec, schema
from appliance.journal.journal import Journal
from appliance.journal.keeping import Keeping
from appliance.strings import languages
from appliance.wiring import lobby
from bench.full_day import TICKETS, FullDay, commit, on_another_day
from tests.support.device import Device

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from appliance.line.events import Event

DAY: Final = date(2026, 3, 2)
NAME: Final = "journal.sqlite"
CLOCK: Final = '\n[clock]\nkind = "simulated"\nstart = 2026-03-02T17:00:00Z\norigin = {origin}\n'
ROUNDS, TIMES = 10, 200
STARTS: Final = 7
DAYS_BEFORE: Final = 13
READY_S: Final = 60.0
CARD_BYTES: Final = 1 << 30
SECTOR: Final = 512
MEGA: Final = 1_000_000
RATE_LIMIT: Final = 0.5
WRITTEN_LIMIT: Final = 200 * MEGA
READY_LIMIT_S: Final = 2.0
MEMORY_LIMIT: Final = 1.05
"""Unchanged, but for what two starts of the same desk differ by."""


def main() -> int:
    """Measure all; gives 1 if a limit is passed."""
    parser = argparse.ArgumentParser(prog="python -m bench.journal", description=__doc__)
    parser.add_argument("--events", type=int, default=MEGA, help="in the long journal")
    parser.add_argument("--folder", type=Path, help="on the file system to be measured")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="lobby-", dir=asked.folder) as folder:
        fine = [
            rates(Path(folder) / "rates"),
            written(Path(folder) / "card"),
            starts(Path(folder), asked.events),
        ]
    return int(not all(fine))


def rates(folder: Path) -> bool:
    """Compare durable tickets with bare inserts."""
    folder.mkdir()
    device = Device(folder)
    line = lobby.line(config.load(device.config, languages=languages()))
    with Keeping(folder / "ours" / NAME) as keeping:
        bare = Bare(folder / "bare.sqlite")
        day = FullDay(keeping.line(line), DAY)
        for step in day.opens():
            commit(keeping, step)
        rounds = [turns(keeping, day, bare) for _ in range(ROUNDS)]
        bare.close()
    ratio = statistics.median(theirs_s / ours_s for ours_s, theirs_s in rounds)
    ours, theirs = (TIMES / statistics.median(took_s) for took_s in zip(*rounds, strict=True))
    print(
        f"durable tickets {ours:6.0f} a second, bare inserts {theirs:6.0f}:"
        f" {ratio:.2f} x (limit {RATE_LIMIT})"
    )
    return ratio >= RATE_LIMIT


def turns(keeping: Keeping, day: FullDay, bare: Bare) -> tuple[float, float]:
    """Give a ticket to each of many people, and insert the same events barely, in turns.

    Half of them press a button, half show a code. Ticket by ticket, so that both find the disk
    and the processor's caches as a lobby leaves them: somebody is served in between.

    Returns:
        The seconds of our tickets, and those of the bare inserts.
    """
    ours_s = theirs_s = 0.0
    for _ in range(TIMES):
        came = day.comes()
        began_s = time.perf_counter()
        step = day.do(came)
        commit(keeping, step)
        ours_s += time.perf_counter() - began_s
        for later in (day.slip_printed(), *day.is_served()):
            commit(keeping, later)
        theirs_s += bare.insert(step.events)
    return ours_s, theirs_s


class Bare:
    """SQLite and nothing else: a table, and one row a transaction.

    Args:
        path: Of the database.
    """

    def __init__(self, path: Path) -> None:
        self._db = apsw.Connection(str(path))
        self._db.execute(f"PRAGMA page_size = {schema.PAGE_BYTES}")
        self._db.execute("PRAGMA journal_mode = WAL")
        self._db.execute("PRAGMA synchronous = FULL")
        self._db.execute("CREATE TABLE event (seq INTEGER PRIMARY KEY, at TEXT, data TEXT)")

    def insert(self, happened: Sequence[Event]) -> float:
        """Insert events; give the seconds that it took."""
        rows = [(event.at.isoformat(), codec.encode(event)[1]) for event in happened]
        began_s = time.perf_counter()
        for row in rows:
            self._db.execute("INSERT INTO event (at, data) VALUES (?, ?)", row)
        return time.perf_counter() - began_s

    def close(self) -> None:
        """Close it."""
        self._db.close()


def written(folder: Path) -> bool:
    """Count what a day writes at a block device that nobody else uses."""
    folder.mkdir()
    try:
        with own_file_system(folder) as card:
            before = card.written_bytes()
            with Keeping(card.folder / "state" / NAME) as keeping:
                commits = play(keeping, folder)
            card.sync()
            total = card.written_bytes() - before
            size = sum(path.stat().st_size for path in (card.folder / "state").iterdir())
    except (OSError, subprocess.CalledProcessError) as error:
        print(f"bytes written: not measured, it takes root and a loop device ({error})")
        return True
    print(
        f"a day of {TICKETS} tickets: {commits} commits, {total / MEGA:.0f} MB written at the"
        f" block device (limit {WRITTEN_LIMIT / MEGA:.0f}), {size / MEGA:.1f} MB of files then"
    )
    return total <= WRITTEN_LIMIT


def play(keeping: Keeping, folder: Path) -> int:
    """Play the day; give how many commits it had."""
    device = Device(folder)
    line = keeping.line(lobby.line(config.load(device.config, languages=languages())))
    commits = 0
    for step in FullDay(line, DAY).steps():
        commit(keeping, step)
        commits += 1
    return commits


@dataclass(frozen=True, slots=True)
class Card:
    """A mounted file system with a block device of its own."""

    folder: Path
    device: str

    def written_bytes(self) -> int:
        """Give what was ever written to it (Documentation/block/stat.rst: sectors of 512 bytes)."""
        stat = Path("/sys/block", Path(self.device).name, "stat").read_text("ascii")
        return int(stat.split()[6]) * SECTOR

    def sync(self) -> None:
        """Have written what is still in memory."""
        run("sync", "--file-system", str(self.folder))


@contextlib.contextmanager
def own_file_system(folder: Path) -> Iterator[Card]:
    """Mount an empty ext4, as on the card of a Pi."""
    image = folder / "card.img"
    with image.open("wb") as made:
        made.truncate(CARD_BYTES)
    run("mkfs.ext4", "-q", "-E", "lazy_itable_init=0,lazy_journal_init=0", str(image))
    device = run("losetup", "--find", "--show", str(image)).strip()
    mounted = folder / "mounted"
    mounted.mkdir()
    try:
        run("mount", "-o", "noatime", device, str(mounted))
        try:
            yield Card(mounted, device)
        finally:
            run("umount", str(mounted))
    finally:
        run("losetup", "--detach", device)
        image.unlink()


def run(*command: str) -> str:
    """Run a command; give what it says."""
    done = subprocess.run(command, check=True, capture_output=True, text=True)  # noqa: S603  (ours)
    return done.stdout


@dataclass(frozen=True, slots=True)
class Started:
    """How a start went: seconds until ready, and bytes of memory then (VmRSS, proc(5))."""

    ready_s: float
    memory_bytes: int


def starts(folder: Path, count: int) -> bool:
    """Compare starts with nothing, a day, and many days in the journal."""
    filled = {"nothing": 0, f"a day of {TICKETS} tickets": 1, f"{count:,} events": count}
    devices = {}
    for what, wanted in filled.items():
        (folder / f"start-{wanted}").mkdir()
        devices[what] = prepared(folder / f"start-{wanted}", wanted)
    runs: dict[str, list[Started]] = {what: [] for what in filled}
    for number in range(STARTS + 1):
        for what, device in devices.items():
            started = start(device)
            # The first one has files to read into memory that the others find there.
            if number:
                runs[what].append(started)
    empty, day, many = (middle(some) for some in runs.values())
    for what, now in zip(filled, (empty, day, many), strict=True):
        print(
            f"started with {what}: ready after {now.ready_s:.2f} s (limit {READY_LIMIT_S:.0f}),"
            f" {now.ready_s / empty.ready_s:.2f} x with nothing; {now.memory_bytes / MEGA:.1f} MB"
        )
    memory = many.memory_bytes / day.memory_bytes
    print(f"memory for the days before today: {memory:.3f} x (limit {MEMORY_LIMIT})")
    return max(day.ready_s, many.ready_s) <= READY_LIMIT_S and memory <= MEMORY_LIMIT


def prepared(folder: Path, wanted: int) -> Device:
    """Give a device whose journal holds at least so many events; the last day is today."""
    device = Device(folder)
    with device.config.open("a", encoding="utf-8") as text:
        text.write(CLOCK.format(origin=repr(time.time())))
    path = folder / "state" / NAME
    line = lobby.line(config.load(device.config, languages=languages()))
    if wanted:
        steps = list(FullDay(line, DAY).steps())
        happened = [event for step in steps for event in step.events]
        with Journal(path) as journal:
            fill(journal, happened, wanted - len(happened))
        with Keeping(path) as keeping:
            keeping.line(line)
            for step in steps:
                commit(keeping, step)
    return device


def fill(journal: Journal, happened: Sequence[Event], wanted: int) -> None:
    """Write so many events, or some more, into the days before.

    Into as few days as none of them is deleted of: each is played several times over.
    """
    times = -(-wanted // (len(happened) * DAYS_BEFORE))
    for days in range(DAYS_BEFORE, 0, -1):
        for time_ in range(times):
            played = on_another_day(happened, -days, mark=f"{time_:02d}")
            journal.commit(played[1 if time_ else 0 :], day=str(DAY - timedelta(days=days)))


def start(device: Device) -> Started:
    """Start the desk, look at it when it is ready, and end it."""
    address = device.folder / "ready"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as notify:
        notify.bind(str(address))
        notify.settimeout(READY_S)
        environment = {**os.environ, "NOTIFY_SOCKET": str(address)}
        began_s = time.perf_counter()
        with subprocess.Popen(  # noqa: S603  (our own program)
            device.command("desk"), env=environment, stderr=subprocess.DEVNULL
        ) as running:
            notify.recv(100)
            ready_s = time.perf_counter() - began_s
            memory_bytes = memory_of(running.pid)
            running.send_signal(signal.SIGTERM)
    address.unlink()
    return Started(ready_s, memory_bytes)


def memory_of(pid: int) -> int:
    """Give what a process has in memory."""
    for line in Path(f"/proc/{pid}/status").read_text("ascii", "replace").splitlines():
        name, _, value = line.partition(":")
        if name == "VmRSS":
            return int(value.split()[0]) * 1024
    return 0


def middle(some: list[Started]) -> Started:
    """Give the median of each."""
    return Started(
        statistics.median(each.ready_s for each in some),
        int(statistics.median(each.memory_bytes for each in some)),
    )


if __name__ == "__main__":
    raise SystemExit(main())
