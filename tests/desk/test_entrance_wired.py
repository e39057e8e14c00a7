"""What stands at the entrance, wired as the desk has it: pins that a test pulls and looks at."""

from __future__ import annotations

import time
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from gpiozero import Device
from gpiozero.pins.mock import MockFactory, MockPWMPin

from appliance import config
from appliance.desk.surroundings import HelpWanted, Pressed
from appliance.drivers.lamps import Light
from appliance.wiring.entrance import entrance
from tests.support.lobby import at, empty_line
from tests.support.machine import Machine

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from appliance.bus.link import Inbound
    from appliance.bus.messages.alive import MachineHealth

SETTINGS = """
[site]
id = "SUED"
name = "Amt"

[lobby]
id = "EINGANG"
name = "Eingang"

[device]
name = "eingang-1"

[[service]]
code = "A1"
letter = "A"
minutes = 5
text = { de = "Unterlagen" }

[[counter]]
id = "1"
services = ["A1"]

[camera]
kind = "picamera2"

[printer]
kind = "none"

[buttons]
kind = "gpio"
help = 26

[[button]]
service = "A1"
pin = 17

[lamps]
kind = "gpio"
red = 5
green = 6
blue = 13

[buzzer]
kind = "gpio"
pin = 19
quiet = ["12:00-13:00"]
"""
DEADLINE_S = 10.0


class Beside:
    """Knows how the scanner is."""

    scanner = "ok"

    def hear(self, _item: Inbound) -> bool:
        return False

    def told(self) -> MachineHealth:
        return {"camera": self.scanner}


@pytest.fixture
def settings(tmp_path: Path) -> config.Settings:
    file = tmp_path / "lobby.toml"
    file.write_text(SETTINGS, "utf-8")
    return config.load(file, languages=("de", "en"))


@pytest.fixture
def pins() -> Iterator[MockFactory]:
    Device.pin_factory = MockFactory(pin_class=MockPWMPin)
    yield Device.pin_factory
    Device.pin_factory.reset()
    Device.pin_factory.close()
    Device.pin_factory = None


def until(fact: Callable[[], bool]) -> None:
    until_s = time.monotonic() + DEADLINE_S
    while not fact():
        assert time.monotonic() < until_s
        time.sleep(0.005)


def test_presses_come_in_ring_and_buzzer_answer_and_the_ring_tells_of_the_scanner(
    settings: config.Settings, pins: MockFactory
) -> None:
    # Noon, and so quiet; the zone is that of the site.
    clock = Machine(at("12:30"))
    wired, beside = entrance(settings, clock), Beside()
    happened: list[Pressed | HelpWanted] = []
    attachments = wired.attachments(happened.append)
    assert [name for name, _, _ in attachments] == ["lamps", "buzzer", "buttons"]
    for _, start, _ in attachments:
        start()
    try:
        for pin in (17, 26):
            pins.pin(pin).drive_low()
            pins.pin(pin).drive_high()
        assert happened == [Pressed("A1"), HelpWanted()]

        wired.show(Light.WELCOME)
        until(lambda: pins.pin(6).state == 1.0)
        assert not pins.pin(19).state
        clock.goes_to(at("13:00"))
        wired.show(Light.WELCOME)
        until(lambda: bool(pins.pin(19).state))

        ring, line = wired.ring(beside), empty_line()
        beside.scanner = "silent"
        ring.look(line, at("13:00"))
        until(lambda: pins.pin(5).state > pins.pin(6).state > pins.pin(13).state == 0)
        beside.scanner = "ok"
        ring.look(line, at("13:00") + timedelta(seconds=1))
        until(lambda: pins.pin(5).state == pins.pin(6).state == pins.pin(13).state > 0)
    finally:
        for _, _, end in attachments:
            end()


def test_button_that_is_stuck_has_its_words(settings: config.Settings) -> None:
    wired = entrance(settings, Machine(at("12:00")))
    assert wired.panel.look(empty_line(), at("12:00")) == []
