from __future__ import annotations

import numpy as np
import pytest
import zxingcpp

from appliance.drivers.decode import TwoDecoders
from appliance.drivers.pictures import held_up
from bench.frames import Conditions, code_text, frame, hall
from tests.seeing.codes import appointment, qr

DECODER = TwoDecoders()


@pytest.mark.parametrize("seed", range(2))
@pytest.mark.parametrize(
    "conditions",
    [
        Conditions(),
        Conditions(phone=False, curl=0.05),
        Conditions(inverted=True),
        Conditions(module_px=3.5),
        Conditions(turn_deg=37, tilt_deg=20),
        Conditions(turn_deg=180),
        Conditions(brightness=0.2, room=0.1, noise=6),
        Conditions(defocus_px=2.0),
        Conditions(motion_px=3.0),
        Conditions(glare=0.3),
        Conditions(jpeg=60),
    ],
    ids=str,
)
def test_a_code_before_the_camera_is_read(conditions: Conditions, seed: int) -> None:
    rng = np.random.default_rng(seed)
    text = code_text(rng)
    assert DECODER.look(frame(text, conditions, rng)).texts == {text}


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize(
    "conditions",
    [
        Conditions(
            contrast=0.085, noise=1, inverted=True
        ),  # too faint for zxing-cpp at first sight
        Conditions(contrast=0.08, noise=1),  # some of these only zbar reads
    ],
    ids=["inverted", "upright"],
)
def test_a_code_too_faint_at_first_sight_is_read_at_the_second(
    conditions: Conditions, seed: int
) -> None:
    rng = np.random.default_rng(seed)
    text = code_text(rng)
    assert DECODER.look(frame(text, conditions, rng)).texts == {text}


def test_all_codes_in_a_picture_are_read() -> None:
    texts = {appointment(number) for number in range(3)}
    assert DECODER.look(np.hstack([qr(text) for text in sorted(texts)])).texts == texts


def test_an_empty_hall_says_nothing() -> None:
    for seed in range(20):
        rng = np.random.default_rng(seed)
        assert DECODER.look(hall(rng, noise=rng.uniform(1, 12))).texts == frozenset()


def test_noise_says_nothing() -> None:
    rng = np.random.default_rng(1)
    for _ in range(20):
        assert DECODER.look(rng.integers(0, 256, (720, 1280), np.uint8)).texts == frozenset()


def test_a_code_that_is_not_ascii_is_still_a_code() -> None:
    (text,) = DECODER.look(qr("Müller, Straße 7", encoding="utf-8")).texts
    assert not text.isascii()


def test_control_characters_stay_what_they_are() -> None:
    assert DECODER.look(qr("a\x1db\nc\x00d")).texts == {"a\x1db\nc\x00d"}


def test_other_kinds_of_codes_are_not_looked_for() -> None:
    picture = np.asarray(
        zxingcpp.create_barcode("LB1:X", zxingcpp.BarcodeFormat.DataMatrix).to_image(scale=8)
    )
    assert DECODER.look(held_up(picture, np.full((720, 1280), 255, np.uint8))).texts == frozenset()


@pytest.mark.parametrize("shape", [(1, 1), (1, 2000), (2000, 1), (2, 2), (7, 640), (65_535, 2)])
def test_a_picture_of_any_shape_is_searched(shape: tuple[int, int]) -> None:
    assert DECODER.look(np.zeros(shape, np.uint8)).texts == frozenset()
