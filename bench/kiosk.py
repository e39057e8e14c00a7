"""What the kiosk's screen costs: a page, a press until it is seen, memory, and time at rest.

    .venv/bin/python -m bench.kiosk [--visits N] [--presses N] [--rest SECONDS]

A page is compared with the bare redraw of the same pixels: each text of it drawn by Pillow with
fonts that are loaded, and the boxes that changed brought to the screen by pygame, and nothing else:
no layout, no buttons, no search for what has changed. The screen is SDL's `dummy` driver, so that
the copy to the screen is paid, but no graphics card.

A press is an event in SDL's own queue, put there by another thread as a finger's is; its end is the
changed picture on the screen. In between lie up to 30 ms in which the loop waits for news.
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
from typing import TYPE_CHECKING, Final, NamedTuple

import pygame
from PIL import Image, ImageDraw

sys.path.insert(0, str(Path(__file__).parent.parent))

from appliance.bus.link import Received
from appliance.bus.messages.payload import encode
from appliance.bus.messages.shown import ServiceWait, Wait
from appliance.bus.topics import Topics
from appliance.display.fonts import Weight, find_fonts
from appliance.display.kiosk import KioskPainter
from appliance.display.kiosk_signs import SHIPPED
from appliance.display.kiosk_view import KioskView, Look, ShortNumber
from appliance.display.text import Line, Typesetter
from appliance.drivers.sdl_monitor import SdlMode, SdlMonitor
from appliance.drivers.sdl_touch import SdlTouchMonitor
from appliance.kiosk.hall import Hall
from appliance.kiosk.manners import Manners
from appliance.kiosk.offer import Offer, Timing
from appliance.kiosk.screen import KioskScreen, News, Place
from bench.limits import Limits
from tests.kiosk_pages.views import (
    BERLIN,
    BOOK,
    CLOCK,
    FEW,
    HALL,
    LANDSCAPE,
    PAGES,
    SIGNS,
    WISHES,
)
from tests.support.setting import Recorder

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from appliance.display.layout import Box
    from appliance.drivers.monitor import Area

TOPICS: Final = Topics("SUED", "EINGANG", "sued.eingang-1")
NOW: Final = datetime(2025, 5, 14, 8, 42, tzinfo=UTC)
SHORT: Final = "C3H7K9XY"
MEMORY_LIMIT_MB: Final = 120.0
"""The board's: it is the same process with other pictures."""
REST_LIMIT: Final = 5.0
"""Percent of a core, for all three processes together: the kiosk stands for the board there."""
SHOWN_S: Final = 5.0
TOUCHED: Final = (
    *("service:A10", "wish:seated", "wish:more_time", "back", "language:tr", "help", "home"),
    *("short", "digit:C", "digit:3", "digit:H", "back", "large", "redirect:papers", "home"),
)
"""One visit of presses that turn pages, and ask the desk nothing."""


class Frame(NamedTuple):
    """A page that came.

    Args:
        cpu_s: View in hand → picture on the screen.
        lines: What was set for it.
        boxes: What changed.
    """

    cpu_s: float
    lines: tuple[tuple[Line, Weight], ...]
    boxes: tuple[Box, ...]


def visits(count: int) -> Iterator[KioskView]:
    """Give what visitors see, one after the other, each in the next language."""
    typed = [ShortNumber(SHORT[:signs]) for signs in range(len(SHORT) + 1)]
    names = ("welcome", "service-plain", "service", "moment", "told", "help", "redirect")
    for number in range(count):
        look = Look(HALL[number % len(HALL)], large=number % len(HALL) == len(HALL) // 2)
        for page in (*(PAGES[name] for name in names), *typed):
            yield KioskView(page, look, CLOCK)


def frames(count: int, monitor: SdlMonitor) -> list[Frame]:
    """Draw and show the pages of so many visits."""
    setter = Recorder()
    painter = KioskPainter(monitor.size, SIGNS, setter)
    drawn = []
    for view in visits(count):
        started_s = time.process_time()
        boxes = painter.paint(view)
        monitor.show(painter.picture, boxes)
        cpu_s = time.process_time() - started_s
        drawn.append(Frame(cpu_s, tuple(setter.lines), boxes))
        setter.lines.clear()
    return drawn


def bare_s(drawn: Sequence[Frame], size: tuple[int, int]) -> tuple[float, float]:
    """Give the CPU seconds that Pillow needs for the glyphs of a page, and pygame for its boxes."""
    setter = Typesetter(find_fonts())
    picture = Image.new("RGB", size)
    draw, screen = ImageDraw.Draw(picture), pygame.display.get_surface()
    fonts = {
        (line.cap, weight): setter.font(weight, line.cap)
        for frame in drawn
        for line, weight in frame.lines
    }
    glyphs_s = boxes_s = 0.0
    for frame in drawn:
        started_s = time.process_time()
        for line, weight in frame.lines:
            font = fonts[line.cap, weight]
            draw.text((200, 500), line.text, font=font, fill=(255, 255, 255), anchor="ls")
        drawn_s = time.process_time()
        for box in frame.boxes:
            part = picture.crop(box)
            screen.blit(pygame.image.frombuffer(part.tobytes(), part.size, "RGB"), box[:2])
        pygame.display.update([(*box[:2], box.width, box.height) for box in frame.boxes])
        glyphs_s += drawn_s - started_s
        boxes_s += time.process_time() - drawn_s
    return glyphs_s / len(drawn), boxes_s / len(drawn)


class Flips(SdlTouchMonitor):
    """A screen that feels, and tells when it has shown something."""

    def __init__(self) -> None:
        super().__init__(SdlMode.HIDDEN, LANDSCAPE)
        self.shown = threading.Semaphore(0)

    def show(self, picture: Image.Image, changed: Sequence[Area]) -> None:
        """Show, and tell."""
        super().show(picture, changed)
        self.shown.release()


class Ran(NamedTuple):
    """How the kiosk's own loop ran.

    Args:
        presses_s: Seconds from each press until the changed picture was on the screen.
        rest: Share of a core while nobody is there.
        memory_mb: Memory in RAM.
    """

    presses_s: tuple[float, ...]
    rest: float
    memory_mb: float


def process(presses: int, rest_s: float, settle_s: float = Timing().settle_s) -> Ran:
    """Run the kiosk's own loop, with a finger on it.

    Args:
        presses: As often.
        rest_s: So long it is left alone then.
        settle_s: So soon after a page has come, a finger is passed over, and none comes.
    """
    inbox: queue.SimpleQueue[News] = queue.SimpleQueue()
    stop = threading.Event()
    taken_s: list[float] = []
    rest = 0.0
    with Flips() as monitor:
        painter = KioskPainter(monitor.size, SIGNS, Typesetter(find_fonts()))
        offer = Offer(
            HALL, FEW, redirects=tuple(SHIPPED), wishes=dict.fromkeys(FEW, WISHES), book=BOOK
        )
        here = Place(TOPICS, "entrance", "bench")
        manners = Manners(offer, Timing(idle_s=3600.0, settle_s=settle_s))
        hall = Hall(BERLIN)
        screen = KioskScreen(inbox, here, manners, hall, painter, monitor, lambda *_, **__: 1)

        def touches(action: str) -> float | None:
            """Put a finger on it; give how long it took to be seen. None: nothing was."""
            area = next(each.area for each in painter.targets if each.action == action)
            x, y = (area.left + area.right) / 2, (area.top + area.bottom) / 2
            place = {"x": x / LANDSCAPE[0], "y": y / LANDSCAPE[1]}
            started_s = time.monotonic()
            pygame.event.post(pygame.event.Event(pygame.FINGERDOWN, place))
            if not monitor.shown.acquire(timeout=SHOWN_S):
                return None
            return time.monotonic() - started_s

        def play() -> None:
            nonlocal rest
            monitor.shown.acquire(timeout=SHOWN_S)
            inbox.put(Received(TOPICS.wait, encode(waits())))
            monitor.shown.acquire(timeout=SHOWN_S)
            for number in range(presses):
                if stop.wait(settle_s * 1.2):
                    return
                lasted_s = touches(TOUCHED[number % len(TOUCHED)])
                if lasted_s is None:
                    return
                taken_s.append(lasted_s)
            cpu_s, wall_s = time.process_time(), time.monotonic()
            stop.wait(rest_s)
            rest = (time.process_time() - cpu_s) / (time.monotonic() - wall_s)

        def player() -> None:
            try:
                play()
            finally:
                stop.set()

        finger = threading.Thread(target=player, name="finger")
        finger.start()
        screen.run(stop)
        stop.set()
        finger.join()
    if len(taken_s) < presses or not rest:
        raise SystemExit("ended before it was through: nothing is measured")
    return Ran(tuple(taken_s), rest, memory_mb())


def waits() -> Wait:
    """Give what the desk says of the hall."""
    return Wait(
        as_of=NOW,
        day=NOW.date(),
        session="bench",
        valid_s=3600,
        waiting=7,
        services=[ServiceWait(service=code, waiting=7, low_min=25, high_min=40) for code in FEW],
    )


def memory_mb() -> float:
    """Give the memory of this process that is in RAM."""
    for row in Path("/proc/self/status").read_text("ascii").splitlines():
        if row.startswith("VmRSS:"):
            return int(row.split()[1]) / 1024
    raise RuntimeError("/proc/self/status has no VmRSS")


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print, and give 1 where a limit is missed."""
    parser = argparse.ArgumentParser(description="Measure the kiosk's screen.")
    parser.add_argument("--visits", type=int, default=28)
    parser.add_argument("--presses", type=int, default=6 * len(TOUCHED))
    parser.add_argument("--rest", type=float, default=20.0, metavar="SECONDS")
    options = parser.parse_args(arguments)

    # First, as all that is measured after it adds to the memory.
    ran = process(options.presses, options.rest)
    with SdlMonitor(SdlMode.HIDDEN, LANDSCAPE) as monitor:
        drawn = frames(options.visits, monitor)
        glyphs_s, boxes_s = bare_s(drawn, monitor.size)
    frame_s = statistics.mean(frame.cpu_s for frame in drawn)
    presses_s = sorted(ran.presses_s)

    limits = Limits()
    limits.most("a page, view to screen", frame_s * 1e3, None, "ms")
    limits.most("bare redraw: glyphs by Pillow", glyphs_s * 1e3, None, "ms")
    limits.most("bare redraw: boxes by pygame", boxes_s * 1e3, None, "ms")
    limits.most("page / bare redraw", frame_s / (glyphs_s + boxes_s), None, "")
    limits.most("press to changed picture, p50", presses_s[len(presses_s) // 2] * 1e3, None, "ms")
    limits.most("press to changed picture, worst", presses_s[-1] * 1e3, None, "ms")
    limits.most("memory", ran.memory_mb, MEMORY_LIMIT_MB, "MB")
    limits.most("at rest, of a core", ran.rest * 100, REST_LIMIT, "%")
    return limits.exit_code


if __name__ == "__main__":
    sys.exit(main())
