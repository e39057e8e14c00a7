"""From the frame in hand to the bytes at the printer, beside its bare parts: limit 1.3 x.

    .venv/bin/python -m bench.scan_to_slip [--scans N]

The scanner's own loop with a camera that holds up a new code each time; a real mosquitto; a desk as
it runs on a Pi; a TCP port that takes the bytes and answers as a printer does. The clock runs from
the moment in which the frame is handed over to the last byte of the cut. Beside it, in turns:
decoding the same frame, one durable SQLite commit in the same folder, setting and writing a slip.

Three things more lie on the way that no part of that sum can do without, and they are shown apart,
as bare as they can be: one way over a broker, as the camera's process must not be the one that
keeps the line; the check of a signature; and the four questions to a printer that would else take
a slip for which it has no paper.

The fastest tenth of each is compared, so that a busy machine does not decide; the medians are shown
beside it. The limit is for frames of a usual day (`bench.frames`, middle); on an easy one, which
is decoded in 2 ms, the way over the bus weighs more, and that is shown too.
"""

from __future__ import annotations

import argparse
import queue
import socket
import statistics
import sys
import threading
import time
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Self

import numpy as np
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

sys.path.insert(0, str(Path(__file__).parent.parent))

from appliance.bus.courier import Courier
from appliance.bus.link import Link, Login
from appliance.bus.messages.payload import encode
from appliance.display.slip import set_slip
from appliance.display.slip_drawn import Drawn
from appliance.display.slip_fonts import SlipFonts
from appliance.display.slip_sheet import Compositor
from appliance.drivers.camera import Frame
from appliance.drivers.decode import TwoDecoders
from appliance.drivers.gate import THUMBNAIL_SIDE
from appliance.drivers.pictures import shrink
from appliance.drivers.printer_escpos import EscposWriter
from appliance.scanner import Scanner
from appliance.strings import texts
from bench.call import commits, round_trip
from bench.desks import DEADLINE_S, SCAN_KEEP_S, Sink, desk, seconds
from bench.frames import draw_conditions, frame, hall
from tests.journal.entrance import KIOSK
from tests.paper.slips import APPOINTMENT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import TracebackType

    from appliance.bus.link import Inbound
    from appliance.bus.messages.asked import Scan
    from appliance.drivers.camera import Luma
    from bench.desks import DeskAtWork

LIMIT = 1.3
SEED = 20_161_205
FRAME_S = 0.1
USUAL = "middle"
GRADES = ("easy", USUAL)


class HandHeld:
    """A camera before which a frame is held up now and then; else it sees the empty hall.

    As the Pi's own it gives each picture small as well, which there costs the processor nothing.
    """

    def __init__(self, empty: Luma) -> None:
        self._empty = empty, small(empty)
        self._shown: queue.SimpleQueue[tuple[Luma, Luma]] = queue.SimpleQueue()
        self.in_hand_s: queue.SimpleQueue[float] = queue.SimpleQueue()

    def show(self, luma: Luma) -> float:
        """Show a frame; give when it was in hand."""
        self._shown.put((luma, small(luma)))
        return self.in_hand_s.get(timeout=DEADLINE_S)

    def frame(self) -> Frame | None:
        """Give the next frame; see `Camera`."""
        try:
            luma, thumbnail = self._shown.get(timeout=FRAME_S)
        except queue.Empty:
            luma, thumbnail = self._empty
            return Frame(luma, time.monotonic(), thumbnail)
        self.in_hand_s.put(time.perf_counter())
        return Frame(luma, time.monotonic(), thumbnail)

    def close(self) -> None:
        """Nothing is held open; see `Camera`."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def small(luma: Luma) -> Luma:
    """Give a picture as small as the gate wants it."""
    return shrink(luma, THUMBNAIL_SIDE)


def main() -> int:
    """Print the figures; gives 1 if the limit is passed."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--scans", type=int, default=60)
    scans = parser.parse_args().scans
    with Sink() as printer, desk(printer.port) as at_work:
        ratios = {grade: told(grade, measured(at_work, printer, grade, scans)) for grade in GRADES}
    return int(ratios[USUAL] > LIMIT)


@dataclass(frozen=True, slots=True)
class Measured:
    """What scans took, and what they are made of; in seconds.

    Args:
        ours: From the frame in hand to the bytes at the printer.
        parts: Of which the limit speaks.
        on_the_way: What must be besides.
    """

    ours: list[float]
    parts: dict[str, list[float]]
    on_the_way: dict[str, list[float]]


def told(grade: str, seen: Measured) -> float:
    """Print the figures of one grade of frames; gives the ratio of the fastest tenths."""
    print(f"{len(seen.ours)} {grade} frames: fastest tenth, median in ms")
    rows = {"frame in hand to bytes at the printer": seen.ours, **seen.parts, **seen.on_the_way}
    for name, took_s in rows.items():
        print(f"{name:>37} {fast(took_s) * 1e3:6.2f} {statistics.median(took_s) * 1e3:6.2f}")
    parts_s = sum(map(fast, seen.parts.values()))
    all_s = parts_s + sum(map(fast, seen.on_the_way.values()))
    ratio = fast(seen.ours) / parts_s
    limit = f"limit {LIMIT}" if grade == USUAL else "no limit"
    print(f"{ratio:.2f} x its bare parts ({limit})")
    print(f"{fast(seen.ours) / all_s:.2f} x all of them, with what lies on the way")
    return ratio


def fast(took_s: list[float]) -> float:
    """Give what the fastest tenth stays below."""
    return statistics.quantiles(took_s, n=10)[0]


def measured(at_work: DeskAtWork, printer: Sink, grade: str, scans: int) -> Measured:
    """Measure scans, and their bare parts, in turns."""
    rng = np.random.default_rng(SEED)
    decoders, write = TwoDecoders(), slip_writer()
    frames = legible(at_work, decoders, grade, rng)
    camera = HandHeld(hall(rng))
    seen = Measured(
        [],
        {"decoding": [], "one durable commit": [], "the slip": []},
        {"one way over a broker": [], "checking a signature": [], "asking the printer": []},
    )
    with (
        commits(at_work.folder / f"{grade}.sqlite") as commit,
        round_trip(at_work.bus.path) as there_and_back,
        Looking(at_work, camera) as scanner,
    ):
        write()
        check = signature_check()
        for count in range(scans + 1):
            shown = next(frames)
            in_hand_s = camera.show(shown)
            there_s = printer.arrived_s.get(timeout=DEADLINE_S)
            scanner.settle()
            if not count:
                # What is loaded with the first slip is no part of any other.
                there_and_back()
                continue
            seen.ours.append(there_s - in_hand_s)
            seen.parts["decoding"].append(seconds(lambda: decoders.look(shown)))  # noqa: B023  (called at once)
            seen.parts["one durable commit"].append(seconds(commit))
            seen.parts["the slip"].append(seconds(write))
            seen.on_the_way["one way over a broker"].append(seconds(there_and_back) / 2)
            seen.on_the_way["checking a signature"].append(seconds(check))
            seen.on_the_way["asking the printer"].append(seconds(lambda: ask_bare(printer.port)))
    return seen


def legible(
    at_work: DeskAtWork, decoders: TwoDecoders, grade: str, rng: np.random.Generator
) -> Iterator[Luma]:
    """Give frames with a new code each that can be read."""
    while True:
        luma = frame(at_work.issuer.code(), draw_conditions(grade, rng), rng)
        if decoders.look(luma).texts:
            yield luma


def slip_writer() -> Callable[[], bytes]:
    """Give what sets and writes a slip, as for the printer of the configuration."""
    writer = EscposWriter("TM-T88V", 42)
    compositor = Compositor(writer.press, partial(Drawn, fonts=SlipFonts()))
    return lambda: writer.write(set_slip(APPOINTMENT, texts("de"), compositor))


def signature_check() -> Callable[[], None]:
    """Give one check of a signature, with a key that is ready."""
    key = Ed25519PrivateKey.generate()
    said = bytes(100)
    signature, public = key.sign(said), key.public_key()
    return lambda: public.verify(signature, said)


def ask_bare(port: int) -> None:
    """Ask a printer on this machine how it is, without looking at what it says."""
    with socket.create_connection(("127.0.0.1", port), DEADLINE_S) as printer:
        printer.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for question in range(1, 5):
            printer.sendall(bytes((0x10, 0x04, question)))
            printer.recv(1)


class Looking:
    """The scanner's loop in a thread, on the bus as its process is; to be entered."""

    def __init__(self, at_work: DeskAtWork, camera: HandHeld) -> None:
        self._stop = threading.Event()
        self._topic = at_work.topics.scan
        self._inbox: queue.SimpleQueue[Inbound] = queue.SimpleQueue()
        self._link = Link(at_work.bus, Login("scanner", "scanner", ""), self._inbox.put)
        self._courier = Courier(self._send)
        scanner = Scanner(
            lambda: camera,
            TwoDecoders(),
            publish=self._publish,
            alive=self._alive,
            kiosk=KIOSK,
        )
        self._thread = threading.Thread(target=scanner.run, args=(self._stop,), name="scanner")

    def __enter__(self) -> Self:
        self._link.__enter__()
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stop.set()
        self._thread.join(DEADLINE_S)
        self._link.__exit__(kind, error, trace)

    def settle(self) -> None:
        """Leave the desk a moment for what it does after a slip."""
        self._stop.wait(0.05)

    def _send(self, topic: str, payload: bytes) -> int:
        return self._link.publish(topic, payload, expiry_s=SCAN_KEEP_S)

    def _publish(self, scan: Scan) -> None:
        self._courier.post(self._topic, encode(scan), SCAN_KEEP_S)

    def _alive(self, _detail: str) -> None:
        while not self._inbox.empty():
            self._courier.hear(self._inbox.get())
        self._courier.go_round()


if __name__ == "__main__":
    sys.exit(main())
