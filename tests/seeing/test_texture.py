from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

from appliance.drivers.decode import TwoDecoders
from appliance.drivers.texture import WINDOW, busiest
from bench.frames import Conditions, code_text, draw_conditions, frame, hall
from tests.seeing.codes import qr

if TYPE_CHECKING:
    from appliance.drivers.camera import Luma

DIM_HALL = hall(np.random.default_rng(3), room=0.2)


def placed(picture: Luma, top: int, left: int) -> Luma:
    """Give the hall with a picture at this place."""
    view = DIM_HALL.copy()
    view[top : top + picture.shape[0], left : left + picture.shape[1]] = picture
    return view


@pytest.mark.parametrize(("top", "left"), [(0, 0), (0, 1100), (545, 0), (545, 1105), (280, 560)])
def test_the_window_holds_the_whole_code_wherever_it_is(top: int, left: int) -> None:
    picture = qr("LB1:SOMEWHERE", module_px=5)
    window = busiest(placed(picture, top, left))
    assert window is not None
    assert np.count_nonzero(window == 255) == np.count_nonzero(picture == 255)


@pytest.mark.parametrize("seed", range(4))
def test_a_code_as_large_as_the_window_is_held_whole(seed: int) -> None:
    rng = np.random.default_rng(seed)
    text = code_text(rng)
    window = busiest(frame(text, Conditions(module_px=7.9), rng))
    assert window is not None
    assert window.shape == (WINDOW, WINDOW)
    assert TwoDecoders().look(window).texts == {text}


def test_print_around_a_code_does_not_draw_the_window_away() -> None:
    found = 0
    for seed in range(5):
        rng = np.random.default_rng(seed)
        text = code_text(rng)
        conditions = replace(draw_conditions("easy", rng), phone=False, module_px=4.5)
        window = busiest(frame(text, conditions, rng))
        found += window is not None and TwoDecoders().look(window).texts == {text}
    assert found == 5


@pytest.mark.parametrize("noise", [0, 3, 12, 25])
def test_a_grainy_wall_has_no_window(noise: float) -> None:
    wall = np.random.default_rng(1).normal(96, noise, (720, 1280)).clip(0, 255).astype(np.uint8)
    assert busiest(wall) is None


def test_noise_alone_has_no_window() -> None:
    noise = np.random.default_rng(1).integers(0, 256, (720, 1280), np.uint8)
    assert busiest(noise) is None


def test_straight_edges_have_no_window() -> None:
    bars = np.tile(np.repeat(np.array([0, 255], np.uint8), 4), (720, 160))
    assert busiest(bars) is None
    assert busiest(np.ascontiguousarray(bars[:, :720].T)) is None


def test_a_small_picture_is_its_own_window() -> None:
    picture = np.zeros((WINDOW, 300), np.uint8)
    assert busiest(picture) is picture
