"""The Pi's driver on the real picamera2 and the real libcamera, with its virtual camera.

Run by script/test-camera in a Debian tree, and nowhere else.

What this does not exercise, as the virtual camera has none of it: lens and focus, exposure and
gain (so no bracket, no lamp, no flicker), the image processor and its small picture, padding behind
the rows, dma-buf heaps, a sensor's real timeouts.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest

from appliance.drivers.camera import CameraGone
from appliance.drivers.decode import TwoDecoders
from appliance.drivers.pi_camera import PiCamera
from appliance.scanner import Scanner
from tests.seeing.codes import appointment
from tests.seeing.reading import read

if TYPE_CHECKING:
    from collections.abc import Iterator

    from appliance.drivers.camera import Frame
    from tests.camera.virtual import Sensor

pytestmark = pytest.mark.camera

SIZE = (1280, 720)


@pytest.fixture
def sensor() -> Iterator[Sensor]:
    from tests.camera import virtual  # noqa: PLC0415  (libcamera is only where this runs)

    yield from virtual.installed()


def frames(camera: PiCamera, count: int) -> list[Frame]:
    found: list[Frame] = []
    for _ in range(10 * count):
        frame = camera.frame()
        if frame:
            found.append(frame)
        if len(found) == count:
            return found
    raise AssertionError(f"{len(found)} of {count} frames came")


@pytest.mark.usefixtures("sensor")
def test_frames_arrive_one_after_the_other_in_the_size_asked_for() -> None:
    with PiCamera(size=SIZE) as camera:
        seen = frames(camera, 30)
    assert all(frame.luma.shape == (720, 1280) for frame in seen)
    assert all(frame.thumbnail is not None and frame.thumbnail.shape == (90, 160) for frame in seen)
    times = [frame.at_s for frame in seen]
    assert times == sorted(set(times))


@pytest.mark.usefixtures("sensor")
def test_the_code_in_the_virtual_cameras_pictures_is_read() -> None:
    with PiCamera(size=SIZE) as camera:
        (frame,) = frames(camera, 1)
    assert read(frame.luma) == {appointment()}


@pytest.mark.usefixtures("sensor")
def test_it_can_be_closed_and_opened_again_and_again() -> None:
    for _ in range(5):
        with PiCamera(size=SIZE) as camera:
            frames(camera, 3)
        camera.close()
        with pytest.raises(CameraGone):
            camera.frame()


@pytest.mark.usefixtures("sensor")
def test_more_frames_than_buffers_come_and_none_is_lost_to_the_camera() -> None:
    with PiCamera(size=SIZE) as camera:
        frames(camera, 100)


def test_requests_that_came_too_late_do_not_use_up_the_buffers(sensor: Sensor) -> None:
    with PiCamera(size=SIZE) as camera:
        for _ in range(6):
            frames(camera, 1)
            sensor.hang()
            while camera.frame():
                pass
            sensor.flow()
        frames(camera, 10)


@pytest.mark.usefixtures("sensor")
def test_a_second_program_is_told_that_the_camera_is_in_use() -> None:
    with PiCamera(size=SIZE), pytest.raises(CameraGone, match="does another program use it"):
        PiCamera(size=SIZE)


@pytest.mark.usefixtures("sensor")
def test_a_camera_that_is_not_there_is_a_sentence() -> None:
    with pytest.raises(CameraGone, match="there is no camera 7"):
        PiCamera(size=SIZE, number=7)


@pytest.mark.usefixtures("sensor")
def test_a_camera_closed_by_another_thread_lets_its_caller_go() -> None:
    camera = PiCamera(size=SIZE)
    seen, ended = threading.Event(), threading.Event()

    def look() -> None:
        try:
            while True:
                camera.frame()
                seen.set()
        except CameraGone:
            ended.set()

    looking = threading.Thread(target=look, name="looking")
    looking.start()
    assert seen.wait(10)
    camera.close()
    looking.join(10)
    assert ended.is_set()


def test_a_camera_that_hangs_is_opened_again_and_then_ends_the_scanner(sensor: Sensor) -> None:
    told: list[str] = []

    def alive(trouble: str) -> None:
        told.append(trouble)
        if len(told) == 10:
            sensor.hang()

    scanner = Scanner(
        lambda: PiCamera(size=SIZE),
        TwoDecoders(),
        publish=lambda _: None,
        alive=alive,
        kiosk="entrance",
    )
    with pytest.raises(CameraGone, match="no frame from the camera for 3 s"):
        scanner.run(threading.Event())
    assert sensor.opened == 2
