from __future__ import annotations

import numpy as np
import pytest

from appliance.drivers.aim_target import CARD_TEXT, Flaw, View, card, look_at, picture
from tests.seeing.codes import appointment, qr
from tests.seeing.light import Light, blurred
from tests.seeing.reading import read

NOISE = 3.0


def held_up(module_px: int, *, blur: float = 0.15, hall: int = 96) -> Light:
    """Give the card before the hall, its edges blurred by so many modules."""
    code = np.asarray(card(module_px), dtype=float)
    view = np.full((720, 1280), float(hall))
    top, left = (720 - code.shape[0]) // 2, (1280 - code.shape[1]) // 2
    view[top : top + code.shape[0], left : left + code.shape[1]] = code
    return blurred(view, blur * module_px)


def seen(light: Light) -> View:
    noise = np.random.default_rng(7).normal(0, NOISE, light.shape)
    return look_at(np.clip(light + noise, 0, 255).astype(np.uint8))


def test_a_card_held_as_it_should_be_is_fine() -> None:
    view = seen(held_up(6))
    assert view.flaws == ()
    assert view.code
    assert view.code.module_px == pytest.approx(6, abs=0.1)
    assert view.code.edge_modules < 0.6
    assert view.code.spare == 1.0


@pytest.mark.parametrize(("module_px", "flaw"), [(4, Flaw.SMALL), (2, Flaw.TINY)])
def test_a_card_too_far_away_is_too_small(module_px: int, flaw: Flaw) -> None:
    assert flaw in seen(held_up(module_px)).flaws


def test_five_pixels_a_module_are_enough() -> None:
    assert seen(held_up(5)).flaws == ()


@pytest.mark.parametrize("module_px", [5, 6, 9])
@pytest.mark.parametrize(("blur", "flaws"), [(0.15, ()), (0.25, ()), (0.45, (Flaw.BLURRED,))])
def test_blur_counts_in_modules_not_in_pixels(
    module_px: int, blur: float, flaws: tuple[Flaw, ...]
) -> None:
    assert seen(held_up(module_px, blur=blur)).flaws == flaws


def test_blur_is_told_before_nothing_is_read_any_more() -> None:
    told = [seen(held_up(6, blur=blur / 20)) for blur in range(2, 16)]
    unreadable = next(number for number, view in enumerate(told) if view.code is None)
    assert Flaw.BLURRED in told[unreadable - 1].flaws
    assert {view.flaws for view in told[unreadable:]} == {(Flaw.UNREADABLE,)}


def test_a_dark_hall_is_told() -> None:
    assert seen(0.25 * held_up(6)).flaws == (Flaw.TOO_DARK,)


def test_a_hall_without_any_light_is_told() -> None:
    assert seen(np.full((720, 1280), 4.0)).flaws == (Flaw.TOO_DARK,)


def test_light_that_eats_the_modules_is_told() -> None:
    view = seen(5 * held_up(6, blur=0.25, hall=20))
    assert view.code
    assert view.flaws == (Flaw.TOO_BRIGHT,)


def test_a_view_full_of_light_is_told() -> None:
    assert seen(np.full((720, 1280), 255.0)).flaws == (Flaw.TOO_BRIGHT,)


def test_a_lamp_that_is_reflected_by_the_code_is_told() -> None:
    y, x = np.mgrid[:720, :1280]
    lamp = 400 * np.exp(-((y - 360.0) ** 2 + (x - 640.0) ** 2) / (2 * 45**2))
    assert Flaw.GLARE in seen(held_up(6) + lamp).flaws


def test_a_veil_over_the_picture_is_told() -> None:
    assert seen(100 + 0.2 * held_up(6)).flaws == (Flaw.FAINT,)


def test_a_finger_on_the_code_is_told_although_it_is_read() -> None:
    light = held_up(6)
    light[400:480, 640:700] = 120
    assert seen(light).flaws == (Flaw.NO_SPARE,)


def test_an_empty_hall_is_not_something_unreadable() -> None:
    assert seen(np.full((720, 1280), 96.0)).flaws == (Flaw.NOTHING,)


def test_of_several_codes_the_largest_counts() -> None:
    light = held_up(6)
    small = qr(appointment(), module_px=3)
    light[: small.shape[0], : small.shape[1]] = small
    code = seen(light).code
    assert code
    assert code.module_px == pytest.approx(6, abs=0.1)


def test_the_card_has_as_many_modules_as_an_appointment_code() -> None:
    assert card(1).size == (49 + 8, 49 + 8)
    assert qr(appointment(), module_px=1).shape == (49 + 8, 49 + 8)
    assert read(np.asarray(card(5))) == {CARD_TEXT}


def test_a_picture_for_the_screen_fits_into_its_room() -> None:
    assert picture(np.zeros((720, 1280), np.uint8), (640, 640)).size == (640, 360)
