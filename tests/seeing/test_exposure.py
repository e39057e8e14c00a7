"""What is held up in a hall, and what the Pi's camera makes of it: light, sensor and driver."""

from __future__ import annotations

import sys
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import pytest

from appliance.drivers.camera import FRAME_WAIT_S
from appliance.drivers.exposure import (
    SCREEN_TIME_US,
    Bracket,
    Exposure,
    for_what_is_held_up,
)
from appliance.drivers.pi_camera import PiCamera
from tests.seeing import standin
from tests.seeing.clock import Clock
from tests.seeing.codes import appointment, qr
from tests.seeing.light import Scene, blurred
from tests.seeing.reading import read

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from appliance.drivers.camera import Frame

WIDTH, HEIGHT = 640, 360
HALL_EXPOSURE = Exposure(20_000, 2.0)


class Lamp:
    """A lamp that lights the scene, and remembers when it went on."""

    def __init__(self, scene: Scene, clock: Clock) -> None:
        self._scene, self._clock = scene, clock
        self.brightness = 0.5
        self.lit_s: list[float] = []
        self.on = False
        self.closed = False

    def light(self, *, on: bool) -> None:
        if on and not self.on:
            self.lit_s.append(self._clock.now_s())
        self.on = on
        self._scene.lamp = self.brightness if on else 0.0

    def close(self) -> None:
        self.light(on=False)
        self.closed = True


@dataclass
class Hall:
    """A grey hall with a camera, in a time of its own."""

    clock: Clock = field(default_factory=Clock)
    scene: Scene = field(default_factory=lambda: Scene(np.full((HEIGHT, WIDTH), 0.4)))

    def __post_init__(self) -> None:
        self.cable = standin.Cable(np.zeros((0, 0), np.uint8), self.scene, self.clock.now_s)
        self.cable.each_frame = lambda: self.clock.wait(self.cable.period_s)
        self.lamp = Lamp(self.scene, self.clock)

    def open(self, *, bracket: bool = True, mains_hz: int = 50) -> PiCamera:
        return PiCamera(
            size=(WIDTH, HEIGHT),
            bracket=bracket,
            mains_hz=mains_hz,
            lamp=self.lamp,
            monotonic=self.clock.now_s,
        )

    def look(self, camera: PiCamera, for_s: float) -> list[Frame]:
        until_s = self.clock.now_s() + for_s
        frames = []
        while self.clock.now_s() < until_s:
            frame = camera.frame()
            if frame is not None:
                frames.append(frame)
        return frames

    def hold_up_phone(self) -> None:
        """Hold up a phone of 500 cd/m², in a hall whose white walls have 40."""
        self.scene.shines = blurred(12.0 * _in_the_middle(0.0), 1.5)

    def hold_up_paper(self, light: float) -> None:
        """Hold up a sheet of white paper on which so much of the hall's light falls."""
        self.scene.lit = _in_the_middle(1.0)
        self.scene.shade = np.full((HEIGHT, WIDTH), light)

    def take_away(self) -> None:
        self.scene.lit = np.full((HEIGHT, WIDTH), 0.4)
        self.scene.shines = self.scene.shade = None


def _in_the_middle(around: float) -> NDArray[np.float64]:
    code = qr(appointment(), module_px=5) / 255
    view = np.full((HEIGHT, WIDTH), around)
    top, left = (HEIGHT - code.shape[0]) // 2, (WIDTH - code.shape[1]) // 2
    view[top : top + code.shape[0], left : left + code.shape[1]] = code
    return view


@pytest.fixture
def hall(monkeypatch: pytest.MonkeyPatch) -> Iterator[Hall]:
    hall = Hall()
    monkeypatch.setitem(sys.modules, "picamera2", standin.module(hall.cable))
    yield hall
    assert hall.lamp.closed
    assert not hall.lamp.on


def texts(frames: list[Frame]) -> set[str]:
    return set().union(*(read(frame.luma) for frame in frames))


def test_an_empty_hall_is_left_to_the_camera(hall: Hall) -> None:
    with hall.open() as camera:
        frames = hall.look(camera, 30)
    assert len(hall.cable.sent) == 1
    assert len({frame.luma.tobytes() for frame in frames}) == 1
    assert not hall.lamp.lit_s


def test_daylight_that_fades_is_left_to_the_camera(hall: Hall) -> None:
    with hall.open() as camera:
        for _ in range(60):
            hall.look(camera, 1)
            hall.scene.hall *= 0.98
    assert len(hall.cable.sent) == 1


def test_a_phone_too_bright_for_the_hall_is_read_within_a_second(hall: Hall) -> None:
    with hall.open() as camera:
        hall.look(camera, 4)
        hall.hold_up_phone()
        frames = hall.look(camera, 1)
    assert texts(frames) == {appointment()}


def test_the_same_phone_is_not_read_with_the_exposure_of_the_hall(hall: Hall) -> None:
    with hall.open(bracket=False) as camera:
        hall.look(camera, 4)
        hall.hold_up_phone()
        frames = hall.look(camera, 1)
    assert texts(frames) == set()


@pytest.mark.parametrize(("light", "lamp"), [(0.08, 0.0), (0.02, 0.5)])
def test_paper_against_the_light_is_read_within_a_second(
    light: float, lamp: float, hall: Hall
) -> None:
    hall.lamp.brightness = lamp
    with hall.open() as camera:
        hall.look(camera, 4)
        hall.hold_up_paper(light)
        frames = hall.look(camera, 1)
    assert texts(frames) == {appointment()}


@pytest.mark.parametrize("light", [0.08, 0.02])
def test_the_same_paper_is_not_read_with_the_exposure_of_the_hall(light: float, hall: Hall) -> None:
    with hall.open(bracket=False) as camera:
        hall.look(camera, 4)
        hall.hold_up_paper(light)
        frames = hall.look(camera, 1)
    assert texts(frames) == set()


def test_every_frame_is_exposed_for_the_hall_a_screen_or_paper_with_the_lamp(hall: Hall) -> None:
    hall.scene.lit[:] = 0.2
    with hall.open() as camera:
        hall.look(camera, 4)
        hall.hold_up_phone()
        frames = hall.look(camera, 5)[1:]
    # Of the wall the hall's exposure makes 39, a screen's 4, and paper's 159, with the lamp 239. A
    # frame from in between, or a lamp that is lit in another exposure, would make something else.
    assert {int(frame.luma[0, 0]) for frame in frames} == {39, 4, 239}
    assert all(frame.trial == (frame.luma[0, 0] != 39) for frame in frames)


def test_the_lamp_lights_up_less_than_three_times_a_second(hall: Hall) -> None:
    with hall.open() as camera:
        hall.look(camera, 4)
        hall.hold_up_phone()
        hall.look(camera, 10)
    assert len(hall.lamp.lit_s) > 5
    assert min(later - sooner for sooner, later in pairwise(hall.lamp.lit_s)) > 1 / 3


def test_a_camera_that_obeys_at_once_does_not_make_the_lamp_flash() -> None:
    bracket = Bracket()
    hall, phone = np.full((90, 160), 80, np.uint8), np.full((90, 160), 200, np.uint8)
    lit_s, was_lit = [], False
    for number in range(1000):
        at_s = number / 60
        bracket.seen(hall if at_s < 4 else phone, at_s, bracket.exposure or HALL_EXPOSURE)
        is_lit = bracket.exposure is not None and bracket.exposure.lamp
        if is_lit and not was_lit:
            lit_s.append(at_s)
        was_lit = is_lit
    assert len(lit_s) > 10
    assert min(later - sooner for sooner, later in pairwise(lit_s)) > 1 / 3


def test_what_is_taken_away_gives_the_hall_back_to_the_camera(hall: Hall) -> None:
    with hall.open() as camera:
        hall.look(camera, 4)
        hall.hold_up_phone()
        hall.look(camera, 3)
        hall.take_away()
        hall.look(camera, 3)
        assert hall.cable.sent[-1]["ExposureTime"] == 0
        assert hall.cable.sent[-1]["AnalogueGain"] == 0
        assert hall.cable.sent[-1]["FrameDurationLimits"] == (100_000, 100_000)
        asked = len(hall.cable.sent)
        hall.look(camera, 20)
    assert len(hall.cable.sent) == asked
    assert not hall.lamp.on


def test_the_next_person_is_noticed_like_the_first(hall: Hall) -> None:
    with hall.open() as camera:
        for _ in range(3):
            hall.look(camera, 5)
            hall.hold_up_phone()
            assert texts(hall.look(camera, 1)) == {appointment()}
            hall.take_away()


def test_furniture_becomes_part_of_the_hall(hall: Hall) -> None:
    with hall.open() as camera:
        hall.look(camera, 4)
        hall.hold_up_paper(light=1)
        hall.look(camera, 30)
        asked = len(hall.cable.sent)
        hall.look(camera, 30)
    assert hall.cable.sent[-1]["ExposureTime"] == 0
    assert len(hall.cable.sent) == asked


def test_a_camera_that_exposes_as_it_likes_still_gives_frames(hall: Hall) -> None:
    hall.cable.obeys = False
    with hall.open() as camera:
        hall.look(camera, 4)
        hall.hold_up_paper(light=1)
        frames = hall.look(camera, 10)
    assert max(later.at_s - sooner.at_s for sooner, later in pairwise(frames)) < 1
    assert texts(frames) == {appointment()}


def test_frames_that_were_exposed_otherwise_keep_nobody_waiting(hall: Hall) -> None:
    with hall.open() as camera:
        hall.look(camera, 4)
        hall.cable.obeys = False
        hall.hold_up_phone()
        camera.frame()
        before_s = hall.clock.now_s()
        assert camera.frame() is None
        assert hall.clock.now_s() - before_s < FRAME_WAIT_S + 0.1


def test_controls_that_are_lost_are_sent_again(hall: Hall) -> None:
    with hall.open() as camera:
        hall.look(camera, 4)
        hall.cable.obeys = False
        hall.hold_up_phone()
        hall.look(camera, 0.3)
        hall.cable.obeys = True
        assert texts(hall.look(camera, 0.3)) == {appointment()}


BRIGHT = Scene(np.zeros((720, 8)), shines=np.full((720, 8), 4.0))


def bands(scene: Scene, exposure: Exposure) -> float:
    """Give how much rows differ, as a share of their mean; at the worst of many moments."""
    worst = 0.0
    for moment in range(40):
        rows = scene.exposed(exposure.time_us, exposure.gain, moment * 0.00137).mean(axis=1)
        worst = max(worst, float((rows.max() - rows.min()) / rows.mean()))
    return worst


@pytest.mark.parametrize("pulses_hz", [240, 480, 960, 1920])
def test_screens_that_pulse_show_no_bands(pulses_hz: int) -> None:
    _, screen, _ = for_what_is_held_up(HALL_EXPOSURE, 50)
    scene = Scene(BRIGHT.lit, BRIGHT.shines, pulses_hz=pulses_hz)
    assert bands(scene, screen) < 0.03
    assert bands(scene, Exposure(screen.time_us * 6 // 10, screen.gain)) > 0.05


@pytest.mark.parametrize("mains_hz", [50, 60])
def test_paper_under_the_light_of_the_mains_shows_no_bands(mains_hz: int) -> None:
    *_, paper = for_what_is_held_up(HALL_EXPOSURE, mains_hz)
    scene = Scene(np.full((720, 8), 0.25), mains_hz=mains_hz)
    assert bands(scene, paper) < 0.03
    assert bands(scene, Exposure(SCREEN_TIME_US, paper.gain)) > 0.3


@pytest.mark.parametrize("hall", [Exposure(100, 1.0), HALL_EXPOSURE, Exposure(100_000, 16.0)])
def test_no_hall_asks_for_more_than_the_sensor_can(hall: Exposure) -> None:
    for exposure in for_what_is_held_up(hall, 50, (1.12, 6.0))[1:]:
        assert 1.12 <= exposure.gain <= 6.0
