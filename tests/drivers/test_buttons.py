"""Buttons: one contract over real pins that a test pulls, and over the simulated panel."""

from __future__ import annotations

import os
import queue
import time
from datetime import timedelta
from typing import TYPE_CHECKING, Protocol

import pytest
from gpiozero import Device
from gpiozero.pins.mock import MockFactory

from appliance.drivers.buttons import Buttons, ButtonsError, GpioButtons, NoButtons, PipeButtons

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PINS = {"A1": 17, "B1": 27}
DEADLINE_S = 10.0


class Panel(Protocol):
    """Buttons, and a finger."""

    def make(self, per_press: timedelta) -> Buttons:
        """Give the buttons."""

    def press(self, service: str) -> None:
        """Press and let go."""


class Pins:
    """Real gpiozero on pins that a test drives as hardware does."""

    def make(self, per_press: timedelta) -> Buttons:
        return GpioButtons(PINS, per_press)

    def press(self, service: str) -> None:
        pin = Device.pin_factory.pin(PINS[service])
        pin.drive_low()
        # Longer than a contact bounces.
        time.sleep(0.08)
        pin.drive_high()
        time.sleep(0.08)


class Pipe:
    """The simulated panel."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def make(self, per_press: timedelta) -> Buttons:
        return PipeButtons(self._path, per_press)

    def press(self, service: str) -> None:
        pipe = os.open(self._path, os.O_WRONLY | os.O_NONBLOCK)
        os.write(pipe, f"{service}\n".encode())
        os.close(pipe)


@pytest.fixture
def pins() -> Iterator[Pins]:
    Device.pin_factory = MockFactory()
    yield Pins()
    Device.pin_factory.reset()
    Device.pin_factory.close()
    Device.pin_factory = None


@pytest.fixture(params=["pins", "pipe"])
def panel(request: pytest.FixtureRequest, tmp_path: Path) -> Panel:
    return (
        request.getfixturevalue("pins") if request.param == "pins" else Pipe(tmp_path / "buttons")
    )


@pytest.fixture
def pressed() -> queue.SimpleQueue[str]:
    return queue.SimpleQueue()


def test_each_press_is_told_with_its_service(panel: Panel, pressed: queue.SimpleQueue[str]) -> None:
    buttons = panel.make(timedelta(0))
    buttons.open(pressed.put)
    try:
        for service in ("A1", "B1", "A1"):
            panel.press(service)
            assert pressed.get(timeout=DEADLINE_S) == service
    finally:
        buttons.close()


def test_one_press_counts_for_a_while_and_for_each_button_alone(
    panel: Panel, pressed: queue.SimpleQueue[str]
) -> None:
    buttons = panel.make(timedelta(hours=1))
    buttons.open(pressed.put)
    try:
        for service in ("A1", "A1", "A1", "B1"):
            panel.press(service)
        assert [pressed.get(timeout=DEADLINE_S) for _ in range(2)] == ["A1", "B1"]
        assert pressed.empty()
    finally:
        buttons.close()


def test_closing_twice_is_fine_and_opening_again_too(
    panel: Panel, pressed: queue.SimpleQueue[str]
) -> None:
    buttons = panel.make(timedelta(0))
    for _ in range(2):
        buttons.open(pressed.put)
        panel.press("A1")
        assert pressed.get(timeout=DEADLINE_S) == "A1"
        buttons.close()
        buttons.close()


def test_finger_that_stays_is_one_press(pins: Pins, pressed: queue.SimpleQueue[str]) -> None:
    buttons = pins.make(timedelta(0))
    buttons.open(pressed.put)
    try:
        Device.pin_factory.pin(PINS["A1"]).drive_low()
        assert pressed.get(timeout=DEADLINE_S) == "A1"
        time.sleep(0.2)
        assert pressed.empty()
    finally:
        buttons.close()


def test_pin_that_is_in_use_is_told_in_a_sentence(
    pins: Pins, pressed: queue.SimpleQueue[str]
) -> None:
    first, second = pins.make(timedelta(0)), pins.make(timedelta(0))
    first.open(pressed.put)
    try:
        with pytest.raises(ButtonsError, match=r"Check \[\[button\]\] pins"):
            second.open(pressed.put)
    finally:
        first.close()


def test_pipe_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    buttons = PipeButtons(tmp_path / "no" / "folder", timedelta(0))
    with pytest.raises(ButtonsError, match="cannot be used as a named pipe"):
        buttons.open(lambda _: None)


def test_noise_in_the_pipe_is_no_press(tmp_path: Path, pressed: queue.SimpleQueue[str]) -> None:
    panel = Pipe(tmp_path / "buttons")
    buttons = panel.make(timedelta(0))
    buttons.open(pressed.put)
    try:
        for noise in ("", " ", "\n\n"):
            panel.press(noise)
        panel.press("A1")
        assert pressed.get(timeout=DEADLINE_S) == "A1"
        assert pressed.empty()
    finally:
        buttons.close()


def test_entrance_without_buttons() -> None:
    buttons = NoButtons()
    buttons.open(lambda _: None)
    buttons.close()
