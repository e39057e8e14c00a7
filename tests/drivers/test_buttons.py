"""Buttons: one contract over real pins that a test pulls, and over the simulated panel."""

from __future__ import annotations

import os
import queue
from datetime import timedelta
from typing import TYPE_CHECKING, Protocol

import pytest
from gpiozero import Device
from gpiozero.pins.mock import MockFactory, MockPin

from appliance.drivers.buttons import (
    BOUNCE_S,
    HELP,
    REST_S,
    STUCK_S,
    Buttons,
    ButtonsError,
    Contact,
    GpioButtons,
    NoButtons,
    PipeButtons,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PINS = {"A1": 17, "B1": 27, HELP: 26}
DEADLINE_S = 10.0


class Panel(Protocol):
    """Buttons, and a finger."""

    def make(self, per_press: timedelta) -> Buttons:
        """Give the buttons."""

    def press(self, service: str) -> None:
        """Press and let go."""


class Hands:
    """A clock that a test moves on: waiting costs nothing."""

    def __init__(self) -> None:
        self.now_s = 1000.0

    def __call__(self) -> float:
        return self.now_s


class Pins:
    """Real gpiozero on pins that a test drives as hardware does; time passes as the test says."""

    def __init__(self) -> None:
        self.clock = Hands()

    def make(self, per_press: timedelta) -> Buttons:
        return GpioButtons(PINS, per_press, self.clock)

    def down(self, service: str, *, after_s: float = 0.0) -> None:
        self.clock.now_s += after_s
        Device.pin_factory.pin(PINS[service]).drive_low()

    def up(self, service: str, *, after_s: float = 0.0) -> None:
        self.clock.now_s += after_s
        Device.pin_factory.pin(PINS[service]).drive_high()

    def press(self, service: str) -> None:
        self.down(service, after_s=1.0)
        self.up(service, after_s=0.2)


class Pinched(MockPin):  # type: ignore[misc]  # gpiozero has no types
    """The pin of a button whose wire was pinched while the device was off."""

    def _set_pull(self, value: str) -> None:
        super()._set_pull(value)
        self.drive_low()


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
        pins.down("A1")
        assert pressed.get(timeout=DEADLINE_S) == "A1"
        pins.clock.now_s += STUCK_S - 1
        pins.up("A1")
        assert pressed.empty()
    finally:
        buttons.close()


@pytest.mark.parametrize("held_s", [0.2, 5.0])
def test_contact_that_bounces_at_both_ends_is_one_press(
    pins: Pins, pressed: queue.SimpleQueue[str], held_s: float
) -> None:
    buttons = pins.make(timedelta(seconds=3))
    buttons.open(pressed.put)
    try:
        for after_s in (0.0, held_s):
            for n in range(7):
                move = pins.up if (n % 2) == (after_s == 0) else pins.down
                move("A1", after_s=after_s if n == 0 else 0.004)
        assert pressed.get(timeout=DEADLINE_S) == "A1"
        assert pressed.empty()
    finally:
        buttons.close()


def test_button_for_help_is_told_by_its_name(pins: Pins, pressed: queue.SimpleQueue[str]) -> None:
    buttons = pins.make(timedelta(0))
    buttons.open(pressed.put)
    try:
        pins.press(HELP)
        assert pressed.get(timeout=DEADLINE_S) == HELP
    finally:
        buttons.close()


def test_button_that_stays_down_is_stuck_and_the_others_work(
    pins: Pins, pressed: queue.SimpleQueue[str]
) -> None:
    buttons = pins.make(timedelta(seconds=3))
    buttons.open(pressed.put)
    try:
        pins.down("A1")
        assert pressed.get(timeout=DEADLINE_S) == "A1"
        pins.clock.now_s += STUCK_S - 0.1
        assert buttons.stuck() == []
        pins.clock.now_s += 0.1
        assert buttons.stuck() == ["A1"]
        pins.press("B1")
        assert pressed.get(timeout=DEADLINE_S) == "B1"
        assert pressed.empty()
    finally:
        buttons.close()


def test_stuck_contact_that_lets_go_now_and_then_gives_no_numbers(
    pins: Pins, pressed: queue.SimpleQueue[str]
) -> None:
    buttons = pins.make(timedelta(seconds=3))
    buttons.open(pressed.put)
    try:
        pins.down("A1")
        pressed.get(timeout=DEADLINE_S)
        for _ in range(5):
            pins.up("A1", after_s=STUCK_S + 1)
            pins.down("A1", after_s=REST_S - 1)
            assert buttons.stuck() == ["A1"]
        assert pressed.empty()
        # Somebody has mended it.
        pins.up("A1", after_s=1)
        pins.clock.now_s += REST_S
        assert buttons.stuck() == []
        pins.press("A1")
        assert pressed.get(timeout=DEADLINE_S) == "A1"
    finally:
        buttons.close()


def test_button_that_is_down_at_the_start_is_no_press_but_stuck(
    pins: Pins, pressed: queue.SimpleQueue[str]
) -> None:
    buttons = pins.make(timedelta(0))
    Device.pin_factory.pin(PINS["A1"], pin_class=Pinched)
    buttons.open(pressed.put)
    try:
        pins.clock.now_s += STUCK_S
        assert buttons.stuck() == ["A1"]
        assert pressed.empty()
    finally:
        buttons.close()


def test_contact_says_nothing_of_an_edge_that_it_had_already() -> None:
    contact = Contact(per_press_s=0)
    contact.up(0.0)
    assert contact.down(1.0)
    assert not contact.down(1.0 + BOUNCE_S)
    contact.up(2.0)
    contact.up(9.0)
    assert contact.down(9.0)


def test_without_lgpio_nothing_is_gone_on_with(pressed: queue.SimpleQueue[str]) -> None:
    Device.pin_factory = None
    with pytest.raises(ButtonsError, match="python3-lgpio is installed"):
        GpioButtons(PINS, timedelta(0)).open(pressed.put)
    assert Device.pin_factory is None


def test_pin_that_is_in_use_is_told_in_a_sentence(
    pins: Pins, pressed: queue.SimpleQueue[str]
) -> None:
    first, second = pins.make(timedelta(0)), pins.make(timedelta(0))
    first.open(pressed.put)
    try:
        with pytest.raises(ButtonsError, match=r"Check \[buttons\] and \[\[button\]\]"):
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
    assert not buttons.stuck()
    buttons.close()
