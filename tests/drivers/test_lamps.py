"""The ring of light: real gpiozero on pins that a test reads as hardware does."""

from __future__ import annotations

import time
from itertools import islice, pairwise
from typing import TYPE_CHECKING

import pytest
from gpiozero import Device
from gpiozero.pins.mock import MockFactory, MockPWMPin

from appliance.drivers.lamps import (
    DARK,
    READY,
    STAYS_S,
    STEP_S,
    GpioLamps,
    LampsError,
    Light,
    NoLamps,
    at_rest,
    pattern,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

PINS = (5, 6, 13)
DEADLINE_S = 10.0
SAID = [Light.WELCOME, Light.LOOK, Light.ASK]


@pytest.fixture
def ring() -> Iterator[GpioLamps]:
    Device.pin_factory = MockFactory(pin_class=MockPWMPin)
    lamps = GpioLamps(*PINS)
    lamps.open()
    yield lamps
    lamps.close()
    Device.pin_factory.reset()
    Device.pin_factory.close()
    Device.pin_factory = None


def shown() -> tuple[float, ...]:
    return tuple(Device.pin_factory.pin(pin).state for pin in PINS)


def until(fact: Callable[[], bool]) -> None:
    until_s = time.monotonic() + DEADLINE_S
    while not fact():
        assert time.monotonic() < until_s, shown()
        time.sleep(0.005)


@pytest.mark.parametrize("light", SAID)
def test_ring_says_it_and_then_is_ready_again(ring: GpioLamps, light: Light) -> None:
    until(lambda: shown() == READY)
    ring.show(light)
    until(lambda: shown() in set(pattern(light)))
    until(lambda: shown() == READY)


def test_what_is_said_next_takes_the_place_of_what_is_said(ring: GpioLamps) -> None:
    ring.show(Light.ASK)
    until(lambda: shown()[0] == 1.0)
    ring.show(Light.WELCOME)
    until(lambda: shown() == tuple(next(pattern(Light.WELCOME))))


def test_closing_puts_the_light_out_twice_is_fine_and_it_opens_again(ring: GpioLamps) -> None:
    ring.show(Light.WELCOME)
    ring.close()
    ring.close()
    ring.show(Light.ASK)
    ring.open()
    until(lambda: shown() == READY)


def test_while_no_code_can_be_read_it_is_amber_and_goes_dark_now_and_then(ring: GpioLamps) -> None:
    ring.rest(Light.BLIND)
    for _ in range(2):
        until(lambda: shown()[0] > shown()[1] > shown()[2] == 0.0)
        until(lambda: shown() == DARK)
    ring.show(Light.WELCOME)
    until(lambda: shown() == tuple(next(pattern(Light.WELCOME))))
    # What a button gave is said, and then again that no code can be read.
    until(lambda: shown()[0] > 0.0)
    ring.rest(Light.READY)
    until(lambda: shown() == READY)


def test_what_it_says_at_rest_outlives_a_start(ring: GpioLamps) -> None:
    ring.close()
    ring.rest(Light.BLIND)
    ring.open()
    until(lambda: shown()[0] > READY.red)


def test_the_same_rest_again_does_not_begin_anew(ring: GpioLamps) -> None:
    ring.show(Light.ASK)
    until(lambda: shown()[0] == 1.0)
    ring.rest(Light.READY)
    assert shown() != READY


def test_pin_that_is_in_use_is_told_in_a_sentence(ring: GpioLamps) -> None:
    ring.show(Light.READY)
    with pytest.raises(LampsError, match=r"Check the pins in \[lamps\]"):
        GpioLamps(*PINS).open()


def brightness(light: Light) -> list[float]:
    """Give how bright each step is to somebody who sees no colours."""
    if light in SAID:
        return [max(colour) for colour in pattern(light)]
    return [max(colour) for colour in islice(at_rest(light), round(12 / STEP_S))]


@pytest.mark.parametrize("light", SAID)
def test_each_lasts_four_seconds(light: Light) -> None:
    assert len(list(pattern(light))) * STEP_S == pytest.approx(STAYS_S)


def test_ready_stays_and_needs_no_thread_for_it() -> None:
    assert list(at_rest(Light.READY)) == [READY]


def test_each_has_a_rhythm_of_its_own_without_any_colour() -> None:
    rises = {
        light: sum(before < 0.5 <= after for before, after in pairwise([0.0, *brightness(light)]))
        for light in SAID
    }
    assert rises == {Light.WELCOME: 1, Light.LOOK: 2, Light.ASK: 4}


def test_blind_differs_from_ready_without_any_colour() -> None:
    blind = brightness(Light.BLIND)
    assert {each > 0.1 for each in blind} == {True, False}
    assert len(set(brightness(Light.READY))) == 1


@pytest.mark.parametrize("light", list(Light))
def test_nothing_flashes_faster_than_three_times_a_second(light: Light) -> None:
    steps = brightness(light)
    half = max(steps) / 2
    turns = [
        n for n, (before, after) in enumerate(pairwise(steps)) if (before < half) != (after < half)
    ]
    # On and off again is one flash.
    assert all((later - first) * STEP_S >= 1 / 6 for first, later in pairwise(turns))


def test_entrance_without_lamps() -> None:
    lamps = NoLamps()
    lamps.open()
    lamps.show(Light.WELCOME)
    lamps.rest(Light.BLIND)
    lamps.close()
