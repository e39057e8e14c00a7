from __future__ import annotations

import json
import threading
from typing import TYPE_CHECKING

import numpy as np
import pytest

from appliance.display.aiming import AimPainter
from appliance.display.fonts import find_fonts
from appliance.display.text import Typesetter
from appliance.drivers.aim_target import card
from appliance.drivers.camera import CameraGone
from appliance.drivers.folder_monitor import FolderMonitor
from appliance.drivers.simulated_camera import SimulatedCamera
from appliance.strings import texts
from appliance.tools.aiming import Aiming, Screen
from tests.seeing.clock import Clock

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from PIL import Image

    from appliance.drivers.camera import Frame, Luma


class Ladder:
    """Someone who mounts a camera, in a time of their own."""

    def __init__(self, *, language: str = "en", screen: Screen | None = None) -> None:
        self.clock = Clock()
        self.camera = SimulatedCamera(monotonic=self.clock.now_s, wait=self.clock.wait)
        self.stop = threading.Event()
        self.said: list[str] = []
        self._language = language
        self._screen = screen

    def aim(
        self, for_s: float, *, machine: bool = False, then: Callable[[], None] = lambda: None
    ) -> bool:
        def say(line: str) -> None:
            self.said.append(line)
            then()

        return Aiming(
            self.camera,
            texts(self._language),
            say,
            machine=machine,
            screen=self._screen,
            monotonic=self.clock.now_s,
        ).run(self.stop, for_s)


def held(module_px: int) -> Luma:
    return np.asarray(card(module_px))


def test_words_come_once_a_second() -> None:
    ladder = Ladder()
    ladder.aim(9.95)
    assert len(ladder.said) == 10


def test_a_card_held_well_is_fine_and_its_figures_are_told() -> None:
    ladder = Ladder()
    ladder.camera.hold_up(held(6))
    assert ladder.aim(1)
    assert ladder.said[-1].startswith("This is good. A module is 6.0 pixels large, an edge 0.2")


def test_figures_are_written_as_people_write_them() -> None:
    ladder = Ladder(language="de")
    ladder.camera.hold_up(held(6))
    ladder.aim(1)
    assert "Ein Modul ist 6,0 Pixel groß" in ladder.said[-1]


def test_what_is_wrong_comes_with_what_to_do() -> None:
    ladder = Ladder()
    ladder.camera.hold_up(held(4))
    assert not ladder.aim(1)
    assert "too small. Please move the camera nearer" in ladder.said[-1]


def test_without_a_card_it_asks_for_one() -> None:
    ladder = Ladder()
    assert not ladder.aim(1)
    assert ladder.said[-1] == "There is no code in view. Please hold the test card at the mark."


class Trembling(SimulatedCamera):
    """Sees the card well for a moment, and badly for the rest of the second."""

    def frame(self) -> Frame | None:
        seen = super().frame()
        self.hold_up(held(4))
        return seen


def test_of_each_second_the_best_look_counts() -> None:
    ladder = Ladder()
    ladder.camera = Trembling(monotonic=ladder.clock.now_s, wait=ladder.clock.wait)
    ladder.camera.hold_up(held(6))
    assert ladder.aim(0.9)
    assert not ladder.aim(0.9)


def test_the_last_look_decides() -> None:
    ladder = Ladder()
    ladder.camera.hold_up(held(6))
    assert not ladder.aim(3, then=ladder.camera.take_away)


def test_it_ends_when_it_is_told_to() -> None:
    ladder = Ladder()
    ladder.camera.hold_up(held(6))
    assert ladder.aim(float("inf"), then=ladder.stop.set)


def test_a_machine_gets_a_line_of_json() -> None:
    ladder = Ladder()
    ladder.camera.hold_up(held(4))
    ladder.aim(1, machine=True)
    told = json.loads(ladder.said[-1])
    assert (told["fine"], told["flaws"]) == (False, ["small"])
    assert told["code"]["module_px"] == pytest.approx(4, abs=0.1)
    ladder.camera.take_away()
    ladder.aim(1, machine=True)
    assert json.loads(ladder.said[-1])["code"] is None


def test_a_camera_that_hangs_is_a_sentence() -> None:
    ladder = Ladder()
    ladder.camera.hang()
    with pytest.raises(CameraGone, match="gives no frames, for 3 s now: check its cable"):
        ladder.aim(60)


def painter(size: tuple[int, int]) -> AimPainter:
    return AimPainter(size, Typesetter(find_fonts()))


def test_the_screen_shows_what_the_camera_sees(tmp_path: Path) -> None:
    monitor = FolderMonitor(tmp_path, (640, 400))
    ladder = Ladder(screen=Screen(monitor, painter(monitor.size)))
    ladder.camera.hold_up(held(6))
    ladder.aim(1)
    assert (tmp_path / "board.png").exists()


GREEN, AMBER = (0, 92, 40), (120, 52, 0)


@pytest.mark.parametrize("size", [(1920, 1080), (1080, 1920), (800, 480)])
def test_good_and_bad_look_different_on_every_screen(size: tuple[int, int]) -> None:
    view = card(6)
    for fine, ground in [(True, GREEN), (False, AMBER)]:
        screen = painter(size).paint(view, [(0, 0), (1, 0), (1, 1), (0, 1)], ["x"], fine=fine)
        assert screen.size == size
        assert screen.getpixel((size[0] - 1, size[1] - 1)) == ground


def test_words_keep_within_the_screen_however_many_and_however_long() -> None:
    words = ["a sentence that is much longer than there is room for " * 3] * 6
    screen = painter((640, 360)).paint(card(3), [], words, fine=False)
    assert _ground(screen, (0, 288, 4, 360)) == {AMBER}
    assert _ground(screen, (636, 288, 640, 360)) == {AMBER}
    assert _ground(screen, (0, 358, 640, 360)) == {AMBER}


def _ground(screen: Image.Image, box: tuple[int, int, int, int]) -> set[tuple[int, ...]]:
    part = screen.crop(box)
    return {tuple(pixel) for pixel in np.asarray(part).reshape(-1, 3).tolist()}
