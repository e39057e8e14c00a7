"""A real kiosk for tests: mosquitto with our access list, a desk's process, a screen that feels.

The screen is SDL's without light. Fingers are real events in SDL's queue, put there by the test.
"""

from __future__ import annotations

import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

import pygame

from appliance import config, strings
from appliance.bus.access import access_list, rights_of_caller, rights_of_processes
from appliance.bus.topics import Topics
from appliance.drivers.sdl_monitor import SdlMode
from appliance.drivers.sdl_touch import SdlTouchMonitor
from appliance.kiosk.offer import Timing
from appliance.wiring import attached
from appliance.wiring import kiosk as wiring
from tests.support.broker import Mosquitto

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    import pytest

    from appliance.display.kiosk import KioskPainter
    from appliance.kiosk.screen import KioskScreen
    from tests.support.device import Device

SIZE: Final = (1280, 800)
TOPICS: Final = Topics("SUED", "EINGANG", "sued.eingang-1")
DEADLINE_S: Final = 30.0
REST_S: Final = 0.7
QUICK: Final = Timing(told_s=0.8, number_s=2.0, ready_s=0.5, repeat_s=0.5, moment_s=1.0)
"""As the real ones in all but their length."""
MORE: Final = """
[[service]]
code = "C1"
letter = "C"
minutes = 9
walk_in = "redirect"
text = { de = "Wohngeld", en = "Housing benefit" }
redirect = { de = "Bitte zum Rathaus.", en = "Please go to the town hall." }
"""


def broker(folder: Path) -> Mosquitto:
    """Give the bus of the lobby, with the rights that are given to a real one."""
    rights = (
        *rights_of_processes(TOPICS, ("desk", "scanner")),
        rights_of_caller(TOPICS, "kiosk.entrance", TOPICS),
        rights_of_caller(TOPICS, "staff.reception-1"),
        rights_of_caller(TOPICS, "staff.console"),
    )
    logins = dict.fromkeys((right.login for right in rights), "secret")
    return Mosquitto(folder, logins=logins, acl=access_list(rights))


def furnish(pi: Device, more: str = MORE) -> config.Settings:
    """Give the device a kiosk, in three languages."""
    pi.edit('name = "Jobcenter"', 'name = "Jobcenter"\nlanguages = ["de", "en", "tr"]')
    pi.edit('name = "eingang-1"', 'name = "eingang-1"\nroles = ["desk", "kiosk"]')
    pi.edit('text = { de = "Unterlagen abgeben" }', 'text = { de = "Papiere", tr = "Belgeler" }')
    pi.edit('socket = "', f'socket = "{pi.folder}/bus/bus.sock"  # ')
    pi.edit("width = 640\nheight = 360", "width = 1280\nheight = 800")
    with pi.config.open("a", encoding="utf-8") as file:
        file.write(more)
    return config.load(pi.config, languages=strings.languages())


class Kiosk:
    """The kiosk's loop in a thread of the test, and a hand before its screen.

    Args:
        settings: Of the device.
        patch: Gives the process a screen without light, and this the painter's targets.
    """

    def __init__(self, settings: config.Settings, patch: pytest.MonkeyPatch) -> None:
        self._settings = settings
        self._stop = threading.Event()
        self._up = threading.Event()
        self._thread = threading.Thread(target=self._run, name="kiosk-under-test")
        self._failed: list[BaseException] = []
        self.screen: KioskScreen
        self.painter: KioskPainter
        self.monitor: SdlTouchMonitor
        patch.setattr(attached, "touch_monitor", self._open)
        paint = wiring.painter

        def painter(*arguments: object) -> KioskPainter:
            self.painter = paint(*arguments)  # type: ignore[arg-type]
            return self.painter

        patch.setattr(wiring, "painter", painter)
        patch.setattr(wiring, "timing", lambda _: QUICK)

    @contextmanager
    def running(self) -> Iterator[Kiosk]:
        """Let it run."""
        self._thread.start()
        try:
            assert self._up.wait(DEADLINE_S), self._failed
            yield self
        finally:
            self._stop.set()
            self._thread.join(DEADLINE_S)
        assert not self._thread.is_alive()
        assert not self._failed

    @property
    def page(self) -> str:
        """The page that is drawn."""
        shown = self.screen.shown
        return type(shown.page).__name__ if shown is not None else ""

    @property
    def actions(self) -> set[str]:
        """What can be touched."""
        return {target.action for target in self.painter.targets}

    def until(self, fact: Callable[[], object], what: str = "") -> None:
        """Wait until something is so."""
        until_s = time.monotonic() + DEADLINE_S
        while not fact():
            assert not self._failed, self._failed
            assert time.monotonic() < until_s, f"{what}: {self.page}, {self.actions}"
            time.sleep(0.002)

    def until_page(self, page: str) -> None:
        """Wait for a page."""
        self.until(lambda: self.page == page, page)

    def place(self, action: str) -> tuple[int, int]:
        """Give the middle of what can be touched; wait for it."""
        self.until(lambda: action in self.actions, action)
        area = next(target.area for target in self.painter.targets if target.action == action)
        return (area.left + area.right) // 2, (area.top + area.bottom) // 2

    def touch(self, *actions: str) -> None:
        """Put a finger on these, one after the other, as slowly as people do."""
        for action in actions:
            x, y = self.place(action)
            self.finger(x / SIZE[0], y / SIZE[1])

    def click(self, action: str) -> None:
        """Use the mouse."""
        self._settles()
        self.post(pygame.MOUSEBUTTONDOWN, pos=self.place(action), button=1, touch=False)

    def finger(self, x: float, y: float) -> None:
        """Put a finger down, in shares of the screen; SDL makes a click of it, too."""
        self._settles()
        self.post(pygame.FINGERDOWN, touch_id=0, finger_id=0, x=x, y=y, dx=0.0, dy=0.0)
        pos = int(x * SIZE[0]), int(y * SIZE[1])
        self.post(pygame.MOUSEBUTTONDOWN, pos=pos, button=1, touch=True)

    def wake(self) -> None:
        """Touch a board until the kiosk comes."""
        before = self.pixels()
        self.finger(0.5, 0.8)
        # The board below changes by itself, too.
        self.until(lambda: self.screen.visit.touched_s is not None, "the touch")
        self.until(lambda: self.pixels() != before, "the kiosk over the board")

    def key(self, key: int, sign: str = "") -> None:
        """Press a key."""
        self._settles()
        self.post(pygame.KEYDOWN, key=key, unicode=sign, mod=0, scancode=0)

    def _settles(self) -> None:
        """Wait: so soon after a page has come, a finger is passed over."""
        self.until(lambda: time.monotonic() - self.screen.visit.turned_s > QUICK.settle_s)

    @staticmethod
    def post(kind: int, **what: object) -> None:
        """Put an event into SDL's queue."""
        pygame.event.post(pygame.event.Event(kind, what))

    def pixels(self) -> bytes:
        """Give what is to be seen, without the clock."""
        surface = pygame.display.get_surface()
        below_head = surface.subsurface((0, 120, SIZE[0], SIZE[1] - 120))
        return pygame.image.tobytes(below_head, "RGB")

    def at_rest(self) -> bytes:
        """Give what is to be seen once nothing has changed for half a second."""
        seen, since_s = self.pixels(), time.monotonic()

        def rests() -> bool:
            nonlocal seen, since_s
            if self.pixels() != seen:
                seen, since_s = self.pixels(), time.monotonic()
            return time.monotonic() - since_s > REST_S

        self.until(rests, "rest")
        return seen

    def _open(self, _settings: config.Settings) -> SdlTouchMonitor:
        self.monitor = SdlTouchMonitor(SdlMode.HIDDEN, SIZE)
        return self.monitor

    def _run(self) -> None:
        try:
            with wiring.kiosk(self._settings) as screen:
                self.screen = screen
                self._up.set()
                screen.run(self._stop)
        except BaseException as error:  # noqa: BLE001  (the test's own thread tells of it)
            self._failed.append(error)
