"""The made frames: what measurements rest on must itself hold."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from appliance.drivers.decode import TwoDecoders
from bench.frames import GRADES, Conditions, code_text, draw_conditions, frame, hall

if TYPE_CHECKING:
    from appliance.drivers.camera import Luma


def make(seed: int, conditions: Conditions | None = None) -> Luma:
    rng = np.random.default_rng(seed)
    return frame(code_text(rng), conditions or draw_conditions("middle", rng), rng)


def test_the_same_seed_gives_the_same_frame() -> None:
    assert np.array_equal(make(1), make(1))
    assert not np.array_equal(make(1), make(2))


def test_texts_are_as_long_as_appointment_codes() -> None:
    assert len(code_text(np.random.default_rng(1))) == 186


@pytest.mark.parametrize("grade", GRADES)
def test_every_grade_gives_frames_of_a_camera(grade: str) -> None:
    rng = np.random.default_rng(1)
    view = frame(code_text(rng), draw_conditions(grade, rng), rng)
    assert view.shape == (720, 1280)
    assert view.dtype == np.uint8


def test_twice_the_module_is_four_times_the_ink() -> None:
    def ink(module_px: float) -> int:
        white_phone = Conditions(module_px=module_px, brightness=1.0, contrast=1.0, noise=0, room=1)
        return int(np.count_nonzero(make(1, white_phone)[60:660] < 40))

    assert ink(5.0) == pytest.approx(4 * ink(2.5), rel=0.1)


@pytest.mark.parametrize(
    ("worse", "than"),
    [
        (Conditions(defocus_px=6), Conditions()),
        (Conditions(motion_px=8), Conditions()),
        (Conditions(contrast=0.3), Conditions()),
    ],
)
def test_faults_take_contrast_from_the_code(worse: Conditions, than: Conditions) -> None:
    middle = np.s_[300:420, 580:700]
    assert make(3, worse)[middle].std() < 0.8 * make(3, than)[middle].std()


def test_print_without_a_code_holds_no_code() -> None:
    for seed in range(5):
        rng = np.random.default_rng(seed)
        assert TwoDecoders().look(frame(None, Conditions(phone=False), rng)).texts == frozenset()


def test_halls_differ_by_what_stands_there_and_by_grain() -> None:
    one, other = (hall(np.random.default_rng(1), grain=grain) for grain in (1, 2))
    assert not np.array_equal(one, other)
    assert np.abs(one.astype(int) - other).mean() < 5
    assert np.abs(one.astype(int) - hall(np.random.default_rng(2), grain=1)).mean() > 5
