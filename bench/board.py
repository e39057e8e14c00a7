"""What the call board costs: a frame for a new call, call to flip, memory, and time at rest.

    .venv/bin/python bench/board.py [--calls N] [--rest SECONDS]

A frame is compared with the bare rendering of the same glyphs: each text of the parts that a new
call changes, drawn by Pillow onto a picture of the same size with fonts that are loaded. The screen
is SDL's `dummy` driver, so that the copy to the screen is paid, but no graphics card.
"""

from __future__ import annotations

import argparse
import queue
import statistics
import sys
import threading
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from PIL import Image, ImageDraw, ImageFont

sys.path.insert(0, str(Path(__file__).parent.parent))

from appliance.board.screen import News, Screen
from appliance.bus.link import Received
from appliance.bus.messages.payload import encode
from appliance.bus.messages.shown import Board, Call, Waiting
from appliance.bus.topics import Topics
from appliance.display.board import BoardPainter
from appliance.display.board_state import BoardState, Timing
from appliance.display.fonts import Weight, find_fonts
from appliance.display.text import Line, Typesetter
from appliance.drivers.sdl_monitor import SdlMode, SdlMonitor
from tests.board.states import BERLIN, LANDSCAPE, SIGNS
from tests.support.setting import Recorder

if TYPE_CHECKING:
    from collections.abc import Sequence

    from appliance.drivers.monitor import Area

TOPICS = Topics("SUED", "EINGANG", "sued.eingang-1")
NOW = datetime(2025, 5, 14, 8, 42, tzinfo=UTC)
FRAME_LIMIT = 1.2
MEMORY_LIMIT_MB = 120
REST_S = 0.3
"""So long after the last picture a call has come to rest."""
TURN_S = 0.0
"""Every call has the large place at once: else a bench would measure politeness."""


def board(number: int) -> Board:
    """Give the board after `number` calls; every number of it is new."""
    calls = [
        Call(id=str(n), ticket=f"A{n % 1000:03}", counter=str(n % 12 + 1), age_s=float(number - n))
        for n in range(number, max(0, number - 6), -1)
    ]
    return Board(
        as_of=NOW,
        day=NOW.date(),
        session="bench",
        valid_s=3600,
        calls=calls[:1],
        at_counters=calls,
        next=[
            Waiting(ticket=f"B{(number + n) % 1000:03}", right_of_way=not n % 3) for n in range(10)
        ],
        waiting=number % 90,
        open_counters=6,
    )


def frames(calls: int, setter: Typesetter, monitor: SdlMonitor) -> list[float]:
    """Give the CPU seconds of each new call: message in hand → picture on the screen."""
    painter = BoardPainter(monitor.size, SIGNS, setter)
    state = BoardState(BERLIN, Timing(turn_s=TURN_S)).hear(board(0), 0.0)
    monitor.show(painter.picture, painter.paint(state.view(0.0)))
    taken_s = []
    for number in range(1, calls + 1):
        message = board(number)
        started_s = time.process_time()
        state = state.hear(message, float(number))
        changed = painter.paint(state.view(float(number)))
        monitor.show(painter.picture, changed)
        taken_s.append(time.process_time() - started_s)
    return taken_s


def bare(lines: list[tuple[Line, Weight]], calls: int) -> float:
    """Give the CPU seconds that Pillow alone needs for the glyphs of one call."""
    setter = Typesetter(find_fonts())
    fonts = {(line.cap, weight): setter.font(weight, line.cap) for line, weight in lines}
    picture = Image.new("RGB", LANDSCAPE)
    draw = ImageDraw.Draw(picture)
    started_s = time.process_time()
    for line, weight in lines:
        font: ImageFont.FreeTypeFont = fonts[line.cap, weight]
        draw.text((200, 500), line.text, font=font, fill=(255, 255, 255), anchor="ls")
    return (time.process_time() - started_s) / calls


class Flips(SdlMonitor):
    """A monitor that tells when it has shown something."""

    def __init__(self) -> None:
        super().__init__(SdlMode.HIDDEN, LANDSCAPE)
        self.shown = threading.Semaphore(0)

    def show(self, picture: Image.Image, changed: Sequence[Area]) -> None:
        """Show, and tell."""
        super().show(picture, changed)
        self.shown.release()


def process(calls: int, rest_s: float) -> tuple[list[float], float, float]:
    """Run the board's own loop.

    Returns:
        Seconds from a message in the inbox to the flip, for each call; share of a core at rest;
        memory in MB.
    """
    inbox: queue.SimpleQueue[News] = queue.SimpleQueue()
    stop = threading.Event()
    taken_s: list[float] = []
    rest = 0.0
    with Flips() as monitor:
        painter = BoardPainter(monitor.size, SIGNS, Typesetter(find_fonts()))
        state = BoardState(BERLIN, Timing(turn_s=TURN_S))
        screen = Screen(inbox, TOPICS, state, painter, monitor)

        def flipped() -> bool:
            """Wait for a picture; False: the loop has ended, as SDL makes it do on SIGTERM."""
            while not stop.is_set():
                if monitor.shown.acquire(timeout=REST_S):
                    return True
            return False

        def play() -> None:
            nonlocal rest
            flipped()
            for number in range(calls):
                started_s = time.monotonic()
                inbox.put(Received(TOPICS.board, encode(board(number))))
                if not flipped():
                    return
                taken_s.append(time.monotonic() - started_s)
                while monitor.shown.acquire(timeout=REST_S):
                    pass  # the call is still entering
            cpu_s, wall_s = time.process_time(), time.monotonic()
            stop.wait(rest_s)
            rest = (time.process_time() - cpu_s) / (time.monotonic() - wall_s)
            stop.set()

        player = threading.Thread(target=play, name="player")
        player.start()
        screen.run(stop)
        stop.set()
        player.join()
    if len(taken_s) < calls or not rest:
        raise SystemExit("ended before it was through: nothing is measured")
    return taken_s, rest, memory_mb()


def memory_mb() -> float:
    """Give the memory of this process that is in RAM."""
    for row in Path("/proc/self/status").read_text("ascii").splitlines():
        if row.startswith("VmRSS:"):
            return int(row.split()[1]) / 1024
    raise RuntimeError("/proc/self/status has no VmRSS")


def main() -> int:
    """Measure, print, and fail where a limit is missed."""
    parser = argparse.ArgumentParser(description="Measure the call board.")
    parser.add_argument("--calls", type=int, default=300)
    parser.add_argument("--rest", type=float, default=20.0, metavar="SECONDS")
    options = parser.parse_args()

    flips_s, rest, memory = process(options.calls, options.rest)
    recorder = Recorder()
    with SdlMonitor(SdlMode.HIDDEN, LANDSCAPE) as monitor:
        frame_s = frames(options.calls, recorder, monitor)
    bare_s = bare(recorder.lines, options.calls + 1)
    ratio = statistics.mean(frame_s) / bare_s

    flips_s.sort()
    print(f"frame for a new call     {statistics.mean(frame_s) * 1e3:8.2f} ms CPU")
    print(f"bare glyphs              {bare_s * 1e3:8.2f} ms CPU")
    print(f"ratio                    {ratio:8.2f}    limit {FRAME_LIMIT}")
    print(f"message to flip, p50     {flips_s[len(flips_s) // 2] * 1e3:8.2f} ms")
    print(f"message to flip, p99     {flips_s[len(flips_s) * 99 // 100] * 1e3:8.2f} ms")
    print(f"memory                   {memory:8.1f} MB  limit {MEMORY_LIMIT_MB}")
    print(f"at rest                  {rest * 100:8.2f} % of a core")
    return 0 if ratio <= FRAME_LIMIT and memory <= MEMORY_LIMIT_MB else 1


if __name__ == "__main__":
    sys.exit(main())
