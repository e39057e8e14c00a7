from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from appliance import config
from appliance.config.keys import keys_of
from appliance.config.sections import sections

if TYPE_CHECKING:
    from tests.config.conftest import Desk

MANUAL = Path(__file__).parents[2] / "docs" / "configuration.md"


def uncommented(text: str) -> str:
    return re.sub(r"^#(?! )", "", text, flags=re.MULTILINE)


def test_all_of_it_uncommented_is_a_configuration(desk: Desk) -> None:
    desk.write(uncommented(config.defaults_text()))
    settings = desk.load()
    assert settings.device.id == "sued.eingang-1"
    assert isinstance(settings.camera, config.Picamera2Camera)


def test_as_it_stands_it_sets_nothing(desk: Desk) -> None:
    desk.write(config.defaults_text())
    with pytest.raises(config.ConfigError, match="it sets nothing"):
        desk.load()


def test_the_defaults_that_it_shows_are_those_that_are_used(desk: Desk) -> None:
    text = uncommented(config.defaults_text())
    desk.write(text)
    told = desk.load()
    # Without the keys that have a default, nothing changes.
    desk.write(
        "\n".join(line for line in text.splitlines() if "  # required" in line or line[:1] == "[")
    )
    meant = desk.load()
    for section in ("site", "device", "counters", "bus", "codes", "scanner", "board"):
        assert getattr(told, section) == getattr(meant, section)
    for each in (told, meant):
        assert isinstance(each.camera, config.Picamera2Camera)
        assert (each.camera.focus_cm, each.camera.bracket, each.camera.mains_hz) == (15, True, 50)
    assert told.printer == meant.printer
    assert isinstance(told.buttons, config.GpioButtons)
    assert isinstance(meant.buttons, config.GpioButtons)
    assert told.buttons.per_press == meant.buttons.per_press
    assert told.buttons.per_minute == meant.buttons.per_minute
    assert told.rules.recall_after == meant.rules.recall_after


def test_every_key_is_explained_once() -> None:
    text = config.defaults_text()
    for section in sections():
        part = text.partition(f"#{section.header}\n")[2].partition("\n\n")[0]
        explained = re.findall(r"^#([a-z_]+) = ", part, re.MULTILINE)
        keys = {name for kind in section.kinds.values() for name in keys_of(kind)}
        assert sorted(explained) == sorted(keys | ({section.switch} if section.switch else set()))


@pytest.mark.parametrize(
    "line",
    [
        "#recall_after_s = 45",
        '#kind = "network"  # required; an example',
        '#host = "192.0.2.17"  # required; an example; for kind = "network"',
        "#max_wait_min = 90  # without a default: off",
    ],
)
def test_a_key_is_shown_with_its_default_or_an_example(line: str) -> None:
    assert line in config.defaults_text().splitlines()


def test_a_key_is_shown_with_unit_and_meaning() -> None:
    assert (
        "# Shortest time between two calls of a number. Allowed: a number from 0 to 600 seconds.\n"
        "#recall_after_s = 45\n"
    ) in config.defaults_text()


def test_the_manual_shows_the_same() -> None:
    manual = MANUAL.read_text("utf-8")
    assert f"```toml\n{config.defaults_text()}```\n" in manual
