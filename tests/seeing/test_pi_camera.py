from __future__ import annotations

import sys
from types import ModuleType
from typing import TYPE_CHECKING

import numpy as np
import pytest

from appliance.drivers.camera import CameraGone
from appliance.drivers.pi_camera import Exposure, PiCamera
from tests.seeing import standin

if TYPE_CHECKING:
    from collections.abc import Iterator

VIEW = np.arange(100 * 60, dtype=np.uint8).reshape(60, 100)


@pytest.fixture
def cable(monkeypatch: pytest.MonkeyPatch) -> Iterator[standin.Cable]:
    cable = standin.Cable(VIEW)
    monkeypatch.setattr(standin.Picamera2, "cable", cable, raising=False)
    module = ModuleType("picamera2")
    module.Picamera2 = standin.Picamera2  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "picamera2", module)
    yield cable
    assert not any(camera.is_open for camera in cable.opened)


def test_luma_comes_without_the_padding_of_the_rows(cable: standin.Cable) -> None:
    with PiCamera(size=(100, 60)) as camera:
        frame = camera.frame()
    assert frame
    assert np.array_equal(frame.luma, cable.view)


def test_the_focus_is_set_to_the_marked_distance_in_dioptres(cable: standin.Cable) -> None:
    with PiCamera(size=(100, 60), distance_cm=20):
        assert {"AfMode": 0, "LensPosition": 5.0}.items() <= cable.sent[0].items()


def test_a_lens_that_cannot_move_is_left_alone(cable: standin.Cable) -> None:
    cable.controls -= {"AfMode", "LensPosition"}
    with PiCamera(size=(100, 60)) as camera:
        assert camera.frame()


def test_the_pace_is_fixed(cable: standin.Cable) -> None:
    with PiCamera(size=(100, 60), frames_per_s=8):
        assert cable.sent[0]["FrameDurationLimits"] == (125_000, 125_000)


def test_a_bracket_goes_through_its_exposures_in_turn(cable: standin.Cable) -> None:
    bracket = (Exposure(4_000), Exposure(12_000, gain=2.0))
    with PiCamera(size=(100, 60), bracket=bracket) as camera:
        for _ in range(2):
            camera.frame()
    assert [sent["ExposureTime"] for sent in cable.sent[1:]] == [4_000, 12_000, 4_000]
    assert [sent["AnalogueGain"] for sent in cable.sent[1:]] == [1.0, 2.0, 1.0]


def test_buffers_do_not_run_out(cable: standin.Cable) -> None:
    with PiCamera(size=(100, 60)) as camera:
        for number in range(20):
            cable.delivers = number % 3 != 0
            assert (camera.frame() is None) == (not cable.delivers)


def test_a_camera_that_hangs_is_waited_for_and_can_be_closed(cable: standin.Cable) -> None:
    cable.delivers = False
    with PiCamera(size=(100, 60)) as camera:
        assert camera.frame() is None
        assert camera.frame() is None


def test_no_camera_is_a_sentence(cable: standin.Cable) -> None:
    cable.present = False
    with pytest.raises(CameraGone, match="no camera 0: check its cable"):
        PiCamera()


def test_a_camera_in_use_is_a_sentence(cable: standin.Cable) -> None:
    cable.busy = True
    with pytest.raises(CameraGone, match="another program"):
        PiCamera()


def test_a_camera_that_does_not_start_is_closed_again(cable: standin.Cable) -> None:
    cable.controls -= {"FrameDurationLimits"}
    with pytest.raises(CameraGone, match="does not start"):
        PiCamera()
    assert [camera.is_open for camera in cable.opened] == [False]


def test_a_machine_without_picamera2_is_told_what_to_install(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "picamera2", None)
    with pytest.raises(CameraGone, match="apt install python3-picamera2"):
        PiCamera()
