"""The buzzer: real gpiozero on a pin that a test listens to as hardware does."""

from __future__ import annotations

import threading
import time
from functools import partial
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
from gpiozero import Device
from gpiozero.pins.mock import MockFactory
from gpiozero.threads import GPIOThread

from appliance.drivers.buzzer import PAUSE_S, TONE_S, BuzzerError, GpioBuzzer, NoBuzzer
from appliance.drivers.lamps import Light

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

PIN = 19
DEADLINE_S = 10.0


@pytest.fixture
def pin() -> Iterator[int]:
    Device.pin_factory = MockFactory()
    yield PIN
    Device.pin_factory.reset()
    Device.pin_factory.close()
    Device.pin_factory = None


def tones() -> int:
    """Give how often the pin went up so far."""
    states = [bool(change.state) for change in Device.pin_factory.pin(PIN).states]
    return sum(after and not before for before, after in pairwise(states))


def until(fact: Callable[[], bool]) -> None:
    until_s = time.monotonic() + DEADLINE_S
    while not fact():
        assert time.monotonic() < until_s, tones()
        time.sleep(0.005)


def buzzing() -> bool:
    """Tell whether gpiozero is at it: its thread writes the first tone before anything else."""
    return any(isinstance(thread, GPIOThread) for thread in threading.enumerate())


def silent() -> bool:
    return not Device.pin_factory.pin(PIN).state


@pytest.mark.parametrize(("light", "number"), [(Light.WELCOME, 1), (Light.LOOK, 2), (Light.ASK, 2)])
def test_short_tones_say_what_the_ring_says(pin: int, light: Light, number: int) -> None:
    buzzer = GpioBuzzer(pin)
    buzzer.open()
    buzzer.buzz(light)
    until(lambda: tones() == number and silent())
    buzzer.close()
    assert tones() == number


def test_it_is_over_in_half_a_second() -> None:
    assert 2 * (TONE_S + PAUSE_S) <= 0.5


def test_in_quiet_hours_and_at_rest_it_is_silent(pin: int) -> None:
    quiet = True
    buzzer = GpioBuzzer(pin, lambda: quiet)
    buzzer.open()
    buzzer.buzz(Light.WELCOME)
    assert not buzzing()
    quiet = False
    buzzer.buzz(Light.READY)
    buzzer.buzz(Light.BLIND)
    assert not buzzing()
    buzzer.buzz(Light.LOOK)
    until(lambda: tones() == 2 and not buzzing())
    buzzer.close()


def test_closing_silences_it_twice_is_fine_and_it_opens_again(pin: int) -> None:
    buzzer = GpioBuzzer(pin)
    for n in (1, 2):
        buzzer.open()
        buzzer.buzz(Light.WELCOME)
        until(partial(lambda number: tones() == number, n))
        buzzer.close()
        buzzer.close()
        buzzer.buzz(Light.WELCOME)
        assert tones() == n


def test_pin_that_is_in_use_is_told_in_a_sentence(pin: int) -> None:
    first, second = GpioBuzzer(pin), GpioBuzzer(pin)
    first.open()
    with pytest.raises(BuzzerError, match=r"Check the pin in \[buzzer\]"):
        second.open()
    first.close()


def test_entrance_without_a_buzzer() -> None:
    buzzer = NoBuzzer()
    buzzer.open()
    buzzer.buzz(Light.WELCOME)
    buzzer.close()
