"""Ready after start, against importing the same libraries: limit 1.5 ×.

Each process is started as on a Pi, and followed until it says READY=1 (sd_notify(3)). Beside it, in
turn, a bare interpreter that imports the same third-party modules and nothing of ours. What counts
is the processor's time, as another program's work is none of ours; the clock's is told too.

Both find their bytecode, as on a Pi, where installing compiles it: an environment that keeps none
would have ours, which is edited all day, compiled anew at each start, and never the libraries.

The board draws into a folder, without pygame; the kiosk opens a window with it, on a screen of
Xvfb (Debian package `xvfb`).
"""

from __future__ import annotations

import os
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING, NamedTuple, cast

sys.path.insert(0, str(Path(__file__).parent.parent))

from tests.support.device import Device, device

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

RUNS = 9
LIMIT = 1.5
LIBRARIES = {
    "desk": "apsw, base45, cbor2, cryptography.hazmat.primitives.asymmetric.ed25519,"
    " escpos.printer, msgspec.json, paho.mqtt.client",
    "scanner": "msgspec.json, numpy, paho.mqtt.client, PIL.Image, pyzbar.pyzbar, zxingcpp",
    "board": "msgspec.json, paho.mqtt.client, PIL.Image, PIL.ImageDraw, PIL.ImageFont",
    "kiosk": "msgspec.json, paho.mqtt.client, PIL.Image, PIL.ImageDraw, PIL.ImageFont, pygame",
}
WINDOW = ('output = "folder"\nfolder = "{folder}/board"', 'output = "window"')


class Spent(NamedTuple):
    """What it took, in seconds.

    Args:
        clock_s: By the clock.
        processor_s: By the processor.
    """

    clock_s: float
    processor_s: float


def until_ready(pi: Device, process: str, environment: Mapping[str, str]) -> Spent:
    """Start a process; give what it took until it was ready, and end it."""
    address = pi.folder / "ready"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as notify:
        notify.bind(str(address))
        began_s = time.perf_counter()
        with subprocess.Popen(  # noqa: S603  (our own program)
            pi.command(process),
            env={**environment, "NOTIFY_SOCKET": str(address)},
            stderr=subprocess.DEVNULL,
        ) as running:
            notify.recv(100)
            took = Spent(time.perf_counter() - began_s, _processor_s(running.pid))
            running.send_signal(signal.SIGTERM)
    address.unlink()
    return took


def importing(libraries: str, environment: Mapping[str, str]) -> Spent:
    """Give what a bare interpreter takes until it has imported libraries."""
    began_s = time.perf_counter()
    code = f"import {libraries}, time; print(time.process_time(), flush=True); input()"
    with subprocess.Popen(  # noqa: S603  (ours)
        [sys.executable, "-c", code],
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    ) as bare:
        processor_s = float(cast("IO[bytes]", bare.stdout).readline())
        clock_s = time.perf_counter() - began_s
        bare.kill()
    return Spent(clock_s, processor_s)


def _processor_s(pid: int) -> float:
    """Give what all threads of a process have had of the processor (proc(5), schedstat)."""
    tasks = Path(f"/proc/{pid}/task").iterdir()
    return sum(int((task / "schedstat").read_text().split()[0]) for task in tasks) / 1e9


@contextmanager
def screen() -> Iterator[str]:
    """Give the name of a screen without light that programs for X11 draw on."""
    program = shutil.which("Xvfb")
    if program is None:
        raise SystemExit("Xvfb is missing: apt install xvfb.")
    read, write = os.pipe()
    with (
        subprocess.Popen(  # noqa: S603  (found above, and told nothing but a number of ours)
            [program, "-displayfd", str(write), "-screen", "0", "1920x1080x24"],
            pass_fds=[write],
            stderr=subprocess.DEVNULL,
        ) as server,
        os.fdopen(read, encoding="ascii") as told,
    ):
        os.close(write)
        try:
            yield f":{told.readline().strip()}"
        finally:
            server.terminate()


def main() -> None:
    """Measure the processes in turn with their bare parts."""
    with device() as pi, screen() as display:
        environment = {**os.environ, "PYTHONPYCACHEPREFIX": str(pi.folder / "bytecode")}
        environment.pop("PYTHONDONTWRITEBYTECODE", None)
        environment.pop("WAYLAND_DISPLAY", None)
        environment |= {"DISPLAY": display, "PYGAME_HIDE_SUPPORT_PROMPT": "1"}
        for process, libraries in LIBRARIES.items():
            if process == "kiosk":
                pi.edit(*(part.format(folder=pi.folder) for part in WINDOW))
                pi.edit('name = "eingang-1"', 'name = "eingang-1"\nroles = ["desk", "kiosk"]')
            # The first of each writes its bytecode.
            pairs = [
                (until_ready(pi, process, environment), importing(libraries, environment))
                for _ in range(RUNS + 1)
            ][1:]
            by_clock, by_processor = (
                statistics.median(ready[n] / bare[n] for ready, bare in pairs) for n in (0, 1)
            )
            ready_s = statistics.median(ready.processor_s for ready, _ in pairs)
            bare_s = statistics.median(bare.processor_s for _, bare in pairs)
            print(
                f"{process:8} ready {ready_s * 1000:4.0f} ms, bare imports {bare_s * 1000:4.0f} ms"
                f" of the processor: ratio {by_processor:.2f} (limit {LIMIT});"
                f" by the clock {by_clock:.2f}"
            )


if __name__ == "__main__":
    main()
