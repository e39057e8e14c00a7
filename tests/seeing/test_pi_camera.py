from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import numpy as np
import pytest

from appliance.drivers.camera import CameraGone
from appliance.drivers.pi_camera import PiCamera
from tests.seeing import standin

if TYPE_CHECKING:
    from collections.abc import Iterator

VIEW = np.arange(320 * 180, dtype=np.uint8).reshape(180, 320)
SIZE = (320, 180)


@pytest.fixture
def cable(monkeypatch: pytest.MonkeyPatch) -> Iterator[standin.Cable]:
    cable = standin.Cable(VIEW)
    monkeypatch.setitem(sys.modules, "picamera2", standin.module(cable))
    yield cable
    assert not any(camera.is_open for camera in cable.opened)


def test_luma_comes_without_the_padding_of_the_rows(cable: standin.Cable) -> None:
    with PiCamera(size=SIZE) as camera:
        frame = camera.frame()
    assert frame
    assert np.array_equal(frame.luma, cable.view)


def test_the_small_picture_comes_from_the_camera(cable: standin.Cable) -> None:
    cable.view = np.full((180, 320), 200, np.uint8)
    with PiCamera(size=SIZE) as camera:
        frame = camera.frame()
    assert frame
    assert frame.thumbnail is not None
    assert np.array_equal(frame.thumbnail, np.full((90, 160), 200))


@pytest.mark.parametrize(
    ("size", "small"),
    [((1280, 720), (160, 90)), ((640, 480), (160, 120)), ((120, 160), (120, 160))],
)
def test_the_small_picture_has_the_shape_of_the_large_one(
    size: tuple[int, int], small: tuple[int, int], cable: standin.Cable
) -> None:
    cable.view = np.zeros((size[1], size[0]), np.uint8)
    with PiCamera(size=size) as camera:
        frame = camera.frame()
    assert frame
    assert frame.thumbnail is not None
    assert frame.thumbnail.shape == (small[1], small[0])


def test_the_focus_is_set_to_the_marked_distance_in_dioptres(cable: standin.Cable) -> None:
    with PiCamera(size=SIZE, distance_cm=20):
        assert {"AfMode": 0, "LensPosition": 5.0}.items() <= cable.sent[0].items()


def test_a_lens_that_cannot_move_is_left_alone(cable: standin.Cable) -> None:
    cable.forget("AfMode", "LensPosition")
    with PiCamera(size=SIZE) as camera:
        assert camera.frame()


def test_the_pace_is_fixed(cable: standin.Cable) -> None:
    with PiCamera(size=SIZE, frames_per_s=8):
        assert cable.sent[0]["FrameDurationLimits"] == (125_000, 125_000)


@pytest.mark.parametrize(("mains_hz", "period_us"), [(50, 10_000), (60, 8_333)])
def test_the_cameras_own_exposure_keeps_to_whole_periods_of_the_light(
    mains_hz: int, period_us: int, cable: standin.Cable
) -> None:
    with PiCamera(size=SIZE, mains_hz=mains_hz):
        assert {"AeFlickerMode": 1, "AeFlickerPeriod": period_us}.items() <= cable.sent[0].items()


def test_a_camera_that_knows_nothing_of_light_is_left_alone(cable: standin.Cable) -> None:
    cable.forget("ExposureTime", "AnalogueGain", "AeFlickerMode", "AeFlickerPeriod")
    with PiCamera(size=SIZE) as camera:
        for _ in range(10):
            assert camera.frame()
    assert len(cable.sent) == 1


def test_buffers_do_not_run_out(cable: standin.Cable) -> None:
    with PiCamera(size=SIZE) as camera:
        for number in range(20):
            cable.delivers = number % 3 != 0
            assert (camera.frame() is None) == (not cable.delivers)


def test_a_camera_that_hangs_is_waited_for_and_can_be_closed(cable: standin.Cable) -> None:
    cable.delivers = False
    with PiCamera(size=SIZE) as camera:
        assert camera.frame() is None
        assert camera.frame() is None


def test_no_camera_is_a_sentence(cable: standin.Cable) -> None:
    cable.present = False
    with pytest.raises(CameraGone, match="no camera 0: check its cable"):
        PiCamera()


def test_a_camera_in_use_is_a_sentence(cable: standin.Cable) -> None:
    cable.busy = True
    with pytest.raises(CameraGone, match=r"another program use it.*stop lobby-scanner"):
        PiCamera()


def test_a_camera_that_does_not_start_is_closed_again(cable: standin.Cable) -> None:
    cable.forget("FrameDurationLimits")
    with pytest.raises(CameraGone, match="does not start"):
        PiCamera()
    assert [camera.is_open for camera in cable.opened] == [False]


def test_a_machine_without_picamera2_is_told_what_to_install(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "picamera2", None)
    with pytest.raises(CameraGone, match="apt install python3-picamera2"):
        PiCamera()
