"""What every camera keeps to: the folder, the simulated one, and the driver of the Pi's."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass
from types import ModuleType
from typing import TYPE_CHECKING

import numpy as np
import pytest
from PIL import Image

from appliance.drivers.camera import Camera, CameraGone
from appliance.drivers.decode import TwoDecoders
from appliance.drivers.folder_camera import FolderCamera
from appliance.drivers.pi_camera import PiCamera
from appliance.drivers.pictures import held_up
from appliance.drivers.simulated_camera import SimulatedCamera
from tests.seeing import standin
from tests.seeing.codes import appointment, qr

if TYPE_CHECKING:
    from pathlib import Path


SIZE = (1280, 720)
HALL = np.full((SIZE[1], SIZE[0]), 96, np.uint8)


@dataclass(frozen=True)
class Setup:
    """A camera before which this code is held up."""

    open: Callable[[], Camera]
    text: str = appointment()


@pytest.fixture(params=["folder", "simulated", "pi"])
def setup(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Setup:
    picture = qr(Setup.text)
    match request.param:
        case "folder":
            Image.fromarray(picture).save(tmp_path / "a.png")
            return Setup(lambda: FolderCamera(tmp_path, frames_per_s=200, size=SIZE))
        case "simulated":

            def simulated() -> Camera:
                camera = SimulatedCamera(HALL, frames_per_s=200)
                camera.hold_up(picture)
                return camera

            return Setup(simulated)
        case _:
            monkeypatch.setattr(
                standin.Picamera2, "cable", standin.Cable(held_up(picture, HALL)), raising=False
            )
            module = ModuleType("picamera2")
            module.Picamera2 = standin.Picamera2  # type: ignore[attr-defined]
            monkeypatch.setitem(sys.modules, "picamera2", module)
            return Setup(lambda: PiCamera(size=SIZE))


def test_a_frame_is_luma_of_the_size_asked_for(setup: Setup) -> None:
    with setup.open() as camera:
        frame = camera.frame()
    assert frame
    assert frame.luma.shape == (720, 1280)
    assert frame.luma.dtype == np.uint8
    assert frame.luma.flags.c_contiguous


def test_what_is_held_up_can_be_read(setup: Setup) -> None:
    with setup.open() as camera:
        frame = camera.frame()
    assert frame
    assert TwoDecoders().texts(frame.luma) == {setup.text}


def test_frames_come_one_after_the_other(setup: Setup) -> None:
    with setup.open() as camera:
        frames = [camera.frame() for _ in range(10)]
    times = [frame.at_s for frame in frames if frame]
    assert len(times) == 10
    assert times == sorted(times)


def test_closing_twice_is_fine(setup: Setup) -> None:
    with setup.open() as camera:
        camera.close()
    camera.close()


def test_a_closed_camera_says_that_it_is_gone_again_and_again(setup: Setup) -> None:
    with setup.open() as camera:
        pass
    for _ in range(2):
        with pytest.raises(CameraGone):
            camera.frame()


def test_a_camera_closed_by_another_thread_lets_its_caller_go(setup: Setup) -> None:
    camera = setup.open()
    seen = threading.Event()
    ended: list[CameraGone] = []

    def look() -> None:
        try:
            while True:
                camera.frame()
                seen.set()
        except CameraGone as gone:
            ended.append(gone)

    looking = threading.Thread(target=look, name="looking")
    looking.start()
    assert seen.wait(10)
    camera.close()
    looking.join(10)
    assert ended
