"""What the scanner costs at rest, how soon the desk knows a code, and whether it stays small.

    python -m bench.scanner [--seconds N] [--frames N]

A scanner as it runs on a Pi, a real mosquitto with a unix socket, and somebody who listens on the
bus where the desk would. Its camera is bare brightness, 720p, ten frames a second: a hall at rest;
then a code in every frame, each another one, as usual people hold them up; then, as fast as the
scanner takes them, frames of all kinds. At last pictures that make the decoder abort and hang: how
soon is it back?
"""

from __future__ import annotations

import argparse
import os
import queue
import statistics
import sys
import time
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np

from appliance.bus.link import Link, Login, Received, UnixSocket
from appliance.bus.messages.asked import Scan
from appliance.bus.messages.payload import decode
from appliance.bus.topics import Topics
from bench.frames import HEIGHT, WIDTH, code_text, draw_conditions, frame, hall
from bench.limits import Limits
from central.bookings import qr
from demo.supervisor import Supervisor
from tests.support import poison
from tests.support.broker import Mosquitto
from tests.support.device import device

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from appliance.bus.link import Inbound
    from appliance.drivers.camera import Luma
    from tests.support.device import Device

REST_LIMIT: Final = 0.03
KNOWN_LIMIT_MS: Final = 150.0
MEMORY_LIMIT_MB: Final = 90.0
GROWTH_LIMIT_MB: Final = 5.0
BACK_LIMIT_S: Final = 2.0

SEED: Final = 20_161_205
CODES: Final = 40
"""At ten a second each is out of the picture for longer than the scanner's 2 s."""
SETTLING_S: Final = 5.0
DEADLINE_S: Final = 60.0
SCANNER: Final = "scanner"
CAMERA: Final = "frames"
FOLDER: Final = 'kind = "folder"\nfolder = "{folder}/camera"'
RAW: Final = f'kind = "raw"\nraw = "{{folder}}/{CAMERA}"'
BLOCK, BUSY = 1000, 200
"""Frames: two hundred of each thousand show something, as a hall is empty for most of the time."""
TOPICS: Final = Topics("SUED", "EINGANG", "sued.eingang-1")


def main() -> int:
    """Print the figures; gives 1 if a limit is passed."""
    parser = argparse.ArgumentParser(prog="python -m bench.scanner", description=__doc__)
    parser.add_argument("--seconds", type=int, default=30, help="for each measurement in time")
    parser.add_argument("--frames", type=int, default=20_000, help="for growth")
    options = parser.parse_args()
    limits = Limits()
    with device() as lobby, closing(Mosquitto(lobby.folder)) as broker:
        broker.start()
        lobby.edit(FOLDER.format(folder=lobby.folder), RAW.format(folder=lobby.folder))
        rest(lobby, options.seconds, limits)
        with heard(broker.socket) as scans:
            known(lobby, scans, options.seconds, limits)
        growth(lobby, max(options.frames, 2 * BLOCK), limits)
        back(lobby, limits)
    return limits.exit_code


def rest(lobby: Device, seconds: int, limits: Limits) -> None:
    """Print what a hall at rest costs."""
    show(lobby, [hall(np.random.default_rng(SEED), grain=grain) for grain in range(10)])
    with lobby.started(SCANNER) as scanner:
        time.sleep(SETTLING_S)
        before_s, began_s = cpu_s(scanner.pid), time.monotonic()
        time.sleep(seconds)
        share = (cpu_s(scanner.pid) - before_s) / (time.monotonic() - began_s)
        limits.most("hall at rest, of one core", 100 * share, 100 * REST_LIMIT, "%")


def known(lobby: Device, scans: queue.SimpleQueue[Inbound], seconds: int, limits: Limits) -> None:
    """Print how soon after the frame was in hand the desk has a code."""
    show(lobby, with_codes(CODES))
    with lobby.started(SCANNER):
        times = []
        until_s = time.monotonic() + seconds
        while time.monotonic() < until_s:
            late_ms = _next_scan(scans)
            if late_ms is not None:
                times.append(late_ms)
    p50, p99 = (statistics.quantiles(times, n=100)[at - 1] for at in (50, 99))
    print(f"{len(times)} scans")
    limits.most("known to the desk, p50", p50, None, "ms")
    limits.most("known to the desk, p99", p99, KNOWN_LIMIT_MS, "ms")


def _next_scan(scans: queue.SimpleQueue[Inbound]) -> float | None:
    try:
        news = scans.get(timeout=1.0)
    except queue.Empty:
        return None
    now = datetime.now(UTC)
    if not isinstance(news, Received):
        return None
    scan = decode(news.payload, Scan)
    return None if scan.frame_at is None else (now - scan.frame_at).total_seconds() * 1000


def growth(lobby: Device, frames: int, limits: Limits) -> None:
    """Print how large the scanner is, and how it grew over so many frames."""
    camera = lobby.folder / CAMERA
    camera.unlink()
    os.mkfifo(camera)
    rng = np.random.default_rng(SEED)
    at_rest = [hall(np.random.default_rng(SEED), grain=grain) for grain in range(10)]
    busy = [
        *with_codes(10),
        *(frame(None, draw_conditions("middle", rng), rng) for _ in range(5)),
        *(rng.integers(0, 256, (HEIGHT, WIDTH), np.uint8) for _ in range(2)),
    ]
    sizes = []
    with lobby.started(SCANNER) as scanner, camera.open("wb", buffering=0) as pipe:
        for number in range(frames):
            views = busy if number % BLOCK < BUSY else at_rest
            left = memoryview(views[number % len(views)].tobytes())
            while left:
                left = left[pipe.write(left) :]
            if number % BLOCK == BLOCK - 1:
                sizes.append(memory_mb(scanner.pid))
    limits.most("memory", max(sizes), MEMORY_LIMIT_MB, "MB")
    limits.most(f"growth over {frames} frames", sizes[-1] - sizes[0], GROWTH_LIMIT_MB, "MB")


def back(lobby: Device, limits: Limits) -> None:
    """Print how soon the scanner is ready again after a picture that its decoder can't bear."""
    lobby.edit(RAW.format(folder=lobby.folder), FOLDER.format(folder=lobby.folder))
    program = (sys.executable, poison.__file__, *lobby.command(SCANNER)[3:])
    for what, text in (("aborts", poison.ABORTS), ("hangs", poison.HANGS)):
        back_s = seconds_away(program, lobby.folder, text)
        limits.most(f"back after a decoder that {what}", back_s, BACK_LIMIT_S, "s")


def seconds_away(program: Sequence[str], folder: Path, text: str) -> float:
    """Have a scanner die of a text, and measure until its next life is ready."""
    died: list[float] = []

    def note(_name: str) -> None:
        died.append(time.monotonic())

    with Supervisor(folder, folder, note) as keeper:
        keeper.start(SCANNER, program)
        keeper.wait_ready(SCANNER, DEADLINE_S)
        picture = folder / "camera" / "poison.png"
        picture.write_bytes(qr.png(text))
        wait_for(lambda: bool(died))
        picture.unlink()
        wait_for(lambda: keeper.restarts[SCANNER] == 1)
        keeper.wait_ready(SCANNER, DEADLINE_S)
        back_s = time.monotonic() - died[0]
    (folder / f"{SCANNER}.notify").unlink()
    return back_s


def with_codes(count: int) -> list[Luma]:
    """Give frames, each with a code of its own, as usual people hold them up."""
    frames = []
    for number in range(count):
        rng = np.random.default_rng([SEED, number])
        frames.append(frame(code_text(rng), draw_conditions("middle", rng), rng))
    return frames


def show(lobby: Device, frames: list[Luma]) -> None:
    """Let the camera see these frames, over and over."""
    (lobby.folder / CAMERA).write_bytes(b"".join(each.tobytes() for each in frames))


@contextmanager
def heard(socket: Path) -> Iterator[queue.SimpleQueue[Inbound]]:
    """Listen to scans, where the desk would."""
    scans: queue.SimpleQueue[Inbound] = queue.SimpleQueue()
    login = Login("proc.bench.desk", "desk", "secret")
    with Link(UnixSocket(socket), login, scans.put, subscriptions=(TOPICS.scan,)):
        yield scans


def cpu_s(process: int) -> float:
    """Give the CPU time that a process has used, with all its threads (proc_pid_stat(5))."""
    fields = Path(f"/proc/{process}/stat").read_text("ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def memory_mb(process: int) -> float:
    """Give the memory that a process holds, with what it shares (proc_pid_status(5), VmRSS)."""
    for line in Path(f"/proc/{process}/status").read_text("ascii").splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) * 1024 / 1e6
    raise SystemExit("the scanner has ended")


def wait_for(fact: Callable[[], bool]) -> None:
    """Wait until something is so."""
    until_s = time.monotonic() + DEADLINE_S
    while not fact():
        if time.monotonic() > until_s:
            raise SystemExit("the scanner did not die")
        time.sleep(0.01)


if __name__ == "__main__":
    sys.exit(main())
