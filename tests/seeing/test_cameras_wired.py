"""From the configuration to an open camera, and the lamp that belongs to it."""

from __future__ import annotations

import logging
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from gpiozero import Device
from gpiozero.pins.mock import MockFactory

from appliance import config
from appliance.drivers.camera import CameraGone
from appliance.drivers.exposure_lamp import GpioExposureLamp
from appliance.errors import LobbyError
from appliance.strings import languages
from appliance.wiring import attached
from tests.seeing import standin
from tests.seeing.videos import write_video

if TYPE_CHECKING:
    from collections.abc import Iterator

SHAPE = (240, 320)
LAMP = 18


@pytest.fixture
def pins() -> Iterator[MockFactory]:
    Device.pin_factory = MockFactory()
    yield Device.pin_factory
    Device.pin_factory.reset()
    Device.pin_factory.close()
    Device.pin_factory = None


def chosen(tmp_path: Path, *lines: str) -> config.Camera:
    """Read a configuration with this camera."""
    example = Path(__file__).parents[2] / "appliance" / "examples" / "new-customers.toml"
    before, _, after = example.read_text("utf-8").partition("[camera]\n")
    rest = after[after.index("\n[") :]
    file = tmp_path / "lobby.toml"
    file.write_text("\n".join([before, "[camera]", *lines, rest]), "utf-8")
    return config.load(file, languages=languages()).camera


def size_seen(camera: config.Camera) -> tuple[int, ...]:
    with attached.camera(camera) as opened:
        frame = opened.frame()
    assert frame
    return frame.luma.shape


def test_raw_brightness(tmp_path: Path) -> None:
    (tmp_path / "hall.gray").write_bytes(bytes(240 * 320))
    camera = chosen(
        tmp_path, 'kind = "raw"', f'raw = "{tmp_path}/hall.gray"', "width = 320", "height = 240"
    )
    assert size_seen(camera) == SHAPE


def test_a_video(tmp_path: Path) -> None:
    write_video(tmp_path / "hall.mkv", [np.zeros(SHAPE, np.uint8)] * 3)
    assert size_seen(chosen(tmp_path, 'kind = "video"', f'video = "{tmp_path}/hall.mkv"')) == SHAPE


def test_a_folder(tmp_path: Path) -> None:
    camera = chosen(
        tmp_path, 'kind = "folder"', f'folder = "{tmp_path}"', "width = 320", "height = 240"
    )
    assert size_seen(camera) == SHAPE


def test_a_webcam_that_is_not_there(tmp_path: Path) -> None:
    camera = chosen(tmp_path, 'kind = "webcam"', f'device = "{tmp_path}/video0"', 'pixels = "jpeg"')
    with pytest.raises(CameraGone, match=r"video0 can't be opened \(No such file.*jpeg"):
        attached.camera(camera)


def test_none(tmp_path: Path) -> None:
    with pytest.raises(LobbyError, match="it needs no scanner"):
        attached.camera(chosen(tmp_path, 'kind = "none"'))


@pytest.fixture
def cable(monkeypatch: pytest.MonkeyPatch) -> standin.Cable:
    cable = standin.Cable(np.zeros(SHAPE, np.uint8))
    monkeypatch.setitem(sys.modules, "picamera2", standin.module(cable))
    return cable


PI = ('kind = "picamera2"', "width = 320", "height = 240", "focus_cm = 20", "mains_hz = 60")


def test_the_cameras_of_the_pi(cable: standin.Cable, tmp_path: Path) -> None:
    assert size_seen(chosen(tmp_path, *PI)) == SHAPE
    assert cable.sent[0]["LensPosition"] == 5.0
    assert cable.sent[0]["AeFlickerPeriod"] == 8333


@pytest.mark.usefixtures("cable")
def test_its_lamp_is_dark_and_let_go_of_in_the_end(pins: MockFactory, tmp_path: Path) -> None:
    for _ in range(2):  # a pin that was kept could not be had again
        assert size_seen(chosen(tmp_path, *PI, f"lamp_pin = {LAMP}")) == SHAPE
        assert not pins.pin(LAMP).state


def test_the_lamp_is_lit_by_its_pin(pins: MockFactory) -> None:
    lamp = GpioExposureLamp(LAMP)
    lamp.light(on=True)
    assert pins.pin(LAMP).state
    lamp.light(on=False)
    assert not pins.pin(LAMP).state
    lamp.light(on=True)
    lamp.close()
    lamp.close()
    assert not pins.pin(LAMP).state


@pytest.mark.usefixtures("cable", "pins")
def test_a_lamp_that_cannot_be_had_does_not_keep_codes_from_being_read(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    taken = GpioExposureLamp(LAMP)
    with caplog.at_level(logging.WARNING):
        assert size_seen(chosen(tmp_path, *PI, f"lamp_pin = {LAMP}")) == SHAPE
    assert "the exposure lamp cannot be used" in caplog.text
    taken.close()


def test_a_machine_without_pyav_is_told_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "av", None)
    os.mkfifo(tmp_path / "video0")
    for camera in (
        chosen(tmp_path, 'kind = "webcam"', f'device = "{tmp_path}/video0"'),
        chosen(tmp_path, 'kind = "video"', f'video = "{tmp_path}/video0"'),
    ):
        with pytest.raises(CameraGone, match="apt install python3-av"):
            attached.camera(camera)
