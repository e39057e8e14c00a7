"""Ready after start, against importing the same libraries: limit 1.5 ×.

Each process is started as on a Pi, and timed until it says READY=1 (sd_notify(3)). Beside it, in
turn, a bare interpreter that imports the same third-party modules and nothing of ours. Prints the
medians and their ratio.
"""

from __future__ import annotations

import os
import signal
import socket
import statistics
import subprocess
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from tests.support.device import Device, device

RUNS = 9
LIMIT = 1.5
LIBRARIES = {
    "desk": "apsw, base45, cbor2, cryptography.hazmat.primitives.asymmetric.ed25519,"
    " escpos.printer, msgspec.json, paho.mqtt.client",
    "scanner": "msgspec.json, numpy, paho.mqtt.client, PIL.Image, pyzbar.pyzbar, zxingcpp",
    "board": "msgspec.json, paho.mqtt.client, PIL.Image, PIL.ImageDraw, PIL.ImageFont",
}


def until_ready(pi: Device, process: str) -> float:
    """Start a process; give the seconds until it was ready, and end it."""
    address = pi.folder / "ready"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as notify:
        notify.bind(str(address))
        environment = {**os.environ, "NOTIFY_SOCKET": str(address)}
        began_s = time.perf_counter()
        with subprocess.Popen(  # noqa: S603  (our own program)
            pi.command(process), env=environment, stderr=subprocess.DEVNULL
        ) as running:
            notify.recv(100)
            took_s = time.perf_counter() - began_s
            running.send_signal(signal.SIGTERM)
    address.unlink()
    return took_s


def importing(libraries: str) -> float:
    """Give the seconds that a bare interpreter takes to import libraries."""
    began_s = time.perf_counter()
    subprocess.run([sys.executable, "-c", f"import {libraries}"], check=True)  # noqa: S603  (ours)
    return time.perf_counter() - began_s


def main() -> None:
    """Measure the three processes in turn with their bare parts."""
    with device() as pi:
        for process, libraries in LIBRARIES.items():
            pairs = [(until_ready(pi, process), importing(libraries)) for _ in range(RUNS + 1)][1:]
            ready_s = statistics.median(ready for ready, _ in pairs)
            bare_s = statistics.median(bare for _, bare in pairs)
            ratio = statistics.median(ready / bare for ready, bare in pairs)
            print(
                f"{process:8} ready {ready_s * 1000:4.0f} ms, bare imports {bare_s * 1000:4.0f} ms:"
                f" ratio {ratio:.2f} (limit {LIMIT})"
            )


if __name__ == "__main__":
    main()
