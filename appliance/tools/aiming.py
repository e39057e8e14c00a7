"""`lobby camera aim`: for the person on the ladder, what the camera sees and what to do about it.

A picture where there is a screen, and a line of words a second on the terminal, so that one can
turn the camera with one hand and hold the test code with the other. A hand trembles and the code
comes and goes: of each second the best look counts.
"""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Final

from appliance.drivers.aim_target import View, look_at, picture
from appliance.drivers.camera import CameraGone

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable, Sequence

    from appliance.display.aiming import AimPainter
    from appliance.drivers.camera import Camera, Frame
    from appliance.drivers.monitor import Monitor
    from appliance.strings import Texts

EVERY_S: Final = 1.0
DEADLINE_S: Final = 3.0
"""No frame for so long: there is nothing to aim."""


class Screen:
    """Shows the live picture with the words of the second before.

    Args:
        monitor: Where.
        painter: Draws it.
    """

    def __init__(self, monitor: Monitor, painter: AimPainter) -> None:
        self._monitor = monitor
        self._painter = painter

    def show(self, frame: Frame, view: View, words: Sequence[str], *, fine: bool) -> bool:
        """Show a frame; False once someone closed the window.

        Args:
            frame: What the camera sees now.
            view: What was found in it.
            words: What was told last.
            fine: Whether that was good news.

        Raises:
            MonitorGone: It can't be shown.
        """
        height, width = frame.luma.shape
        corners = [(x / width, y / height) for x, y in view.code.corners] if view.code else []
        image = picture(frame.luma, self._painter.room)
        drawn = self._painter.paint(image, corners, words, fine=fine)
        self._monitor.show(drawn, [(0, 0, *drawn.size)])
        return self._monitor.pump()


class Aiming:
    """Looks, measures, and says.

    Args:
        camera: An open camera.
        texts: In the language of who mounts it.
        say: Takes a line.
        machine: Lines are JSON.
        screen: Where there is one.
        monotonic: The clock of `Frame.at_s`.
    """

    def __init__(
        self,
        camera: Camera,
        texts: Texts,
        say: Callable[[str], None],
        *,
        machine: bool = False,
        screen: Screen | None = None,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._camera = camera
        self._texts = texts
        self._say = say
        self._machine = machine
        self._screen = screen
        self._monotonic = monotonic

    def run(self, stop: threading.Event, for_s: float = float("inf")) -> bool:
        """Look until `stop` is set, the window is closed, or the time is over.

        Returns:
            Whether the last look that was told was as it should be.

        Raises:
            CameraGone: It gives no frames.
            MonitorGone: The screen can't be drawn on any more.
        """
        began_s = told_s = seen_s = self._monotonic()
        best: View | None = None
        words: Sequence[str] = (self._texts("aim.begins"),)
        fine = False
        while not stop.is_set():
            frame = self._camera.frame()
            now_s = self._monotonic()
            if frame is not None:
                seen_s = now_s
                view = look_at(frame.luma)
                best = view if best is None else min(best, view, key=_badness)
                if self._screen and not self._screen.show(frame, view, words, fine=fine):
                    return fine
            if now_s - seen_s >= DEADLINE_S:
                raise CameraGone(
                    f"the camera gives no frames, for {DEADLINE_S:g} s now: check its cable"
                )
            over = now_s - began_s >= for_s
            if best is not None and (over or now_s - told_s >= EVERY_S):
                words, fine = self._worded(best), not best.flaws
                self._say(_as_json(best) if self._machine else " ".join(words))
                told_s, best = now_s, None
            if over:
                break
        return fine

    def _worded(self, view: View) -> list[str]:
        """Give the figures and what to do, in sentences."""
        if view.code is None:
            return [self._texts(f"aim.{view.flaws[0]}")]
        figures = self._texts(
            "aim.figures",
            pixels=_number(view.code.module_px, self._texts.language),
            edge=_number(view.code.edge_modules, self._texts.language),
            light=view.code.light,
            dark=view.code.dark,
        )
        if not view.flaws:
            return [self._texts("aim.fine"), figures]
        return [*(self._texts(f"aim.{flaw}") for flaw in view.flaws), figures]


def _badness(view: View) -> tuple[bool, int, float]:
    """Order views: a code before none, few flaws before many, then the larger code."""
    return view.code is None, len(view.flaws), -view.code.module_px if view.code else 0.0


def _number(value: float, language: str) -> str:
    """Give a figure with one place, as people write it."""
    text = f"{value:.1f}"
    return text if language == "en" else text.replace(".", ",")


def _as_json(view: View) -> str:
    code = view.code
    return json.dumps(
        {
            "fine": not view.flaws,
            "flaws": [str(flaw) for flaw in view.flaws],
            "mean": view.mean,
            "code": None
            if code is None
            else {
                "module_px": code.module_px,
                "edge_modules": code.edge_modules,
                "spare": code.spare,
                "light": code.light,
                "dark": code.dark,
                "burnt": code.burnt,
                "glare": code.glare,
            },
        }
    )
