from __future__ import annotations

import numpy as np
import pytest

from appliance.drivers.camera import Frame, Luma
from appliance.drivers.gate import CHANGED_BY, FORCED_EVERY_S, HOLD_S, Gate
from appliance.drivers.pictures import held_up
from bench.frames import hall
from tests.seeing.codes import appointment, qr

PERIOD_S = 0.1
EMPTY = hall(np.random.default_rng(1))
WITH_CODE = held_up(qr(appointment(), module_px=3), EMPTY)


class Watch:
    """A gate that is shown frames at a camera's pace."""

    def __init__(self) -> None:
        self._gate = Gate()
        self._frames = 0

    def show(self, luma: Luma, *, seconds: float, code: bool = False) -> int:
        """Show the same frame for so long; give how many were decoded."""
        decoded = 0
        for _ in range(round(seconds / PERIOD_S)):
            self._frames += 1
            if self._gate.worth_decoding(Frame(luma, self._frames * PERIOD_S)):
                decoded += 1
                self._gate.found(code=code)
        return decoded

    def settled(self) -> Watch:
        self.show(EMPTY, seconds=5)
        return self


def test_a_hall_at_rest_is_looked_at_once_a_second() -> None:
    assert Watch().settled().show(EMPTY, seconds=10) == pytest.approx(10 / FORCED_EVERY_S, abs=1)


def test_what_is_held_up_is_looked_at_at_once() -> None:
    assert Watch().settled().show(WITH_CODE, seconds=PERIOD_S) == 1


def test_a_code_that_stays_is_looked_at_in_every_frame() -> None:
    assert Watch().settled().show(WITH_CODE, seconds=10, code=True) == 100


def test_a_thing_without_a_code_that_stays_becomes_part_of_the_hall() -> None:
    watch = Watch().settled()
    watch.show(WITH_CODE, seconds=HOLD_S + 1)
    assert watch.show(WITH_CODE, seconds=10) == pytest.approx(10 / FORCED_EVERY_S, abs=1)


def test_a_hand_that_comes_to_rest_is_looked_at_for_a_while() -> None:
    watch = Watch().settled()
    watch.show(WITH_CODE, seconds=PERIOD_S)
    assert watch.show(WITH_CODE, seconds=HOLD_S - PERIOD_S) == round(HOLD_S / PERIOD_S) - 1


def test_the_noise_of_a_sensor_in_a_dim_hall_does_not_open_it() -> None:
    watch = Watch()
    dim = [hall(np.random.default_rng(2), room=0.1, noise=9, grain=n) for n in range(40)]
    decoded = [watch.show(frame, seconds=PERIOD_S) for frame in dim]
    assert sum(decoded[20:]) <= 3


def test_light_that_fades_slowly_does_not_hold_it_open() -> None:
    watch = Watch().settled()
    fading = [(EMPTY * (1 - 0.3 * n / 600)).astype(np.uint8) for n in range(600)]
    assert sum(watch.show(frame, seconds=PERIOD_S) for frame in fading) < 70


def test_frames_of_another_size_are_looked_at() -> None:
    watch = Watch().settled()
    assert watch.show(np.full((480, 640), 96, np.uint8), seconds=PERIOD_S) == 1


def test_a_darker_thumbnail_is_a_change_as_much_as_a_brighter_one() -> None:
    for change in (-CHANGED_BY - 1, CHANGED_BY + 1):
        watch = Watch()
        watch.show(np.full((720, 1280), 96, np.uint8), seconds=5)
        assert watch.show(np.full((720, 1280), 96 + change, np.uint8), seconds=0.5) == 5


def test_the_cameras_own_thumbnail_is_taken_for_the_frame() -> None:
    gate, small = Gate(), np.full((90, 160), 96, np.uint8)
    for number in range(20):
        if gate.worth_decoding(Frame(EMPTY, number * PERIOD_S, small)):
            gate.found(code=False)
    assert not gate.worth_decoding(Frame(WITH_CODE, 2.05, small))
    assert gate.worth_decoding(Frame(EMPTY, 2.06, small + np.uint8(40)))
