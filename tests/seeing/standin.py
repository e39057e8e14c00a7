"""A strict stand-in for the few calls of picamera2 that the driver uses.

It refuses what the real one refuses (read in picamera2 0.3.36): controls that the sensor does not
have, starting before configuring, using a request after its release; and it runs dry, as the real
one does, when requests are not given back.
"""

from __future__ import annotations

import threading
from concurrent.futures import CancelledError, Future
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

if TYPE_CHECKING:
    from appliance.drivers.camera import Luma

CONTROLS = {"AfMode", "LensPosition", "FrameDurationLimits", "ExposureTime", "AnalogueGain"}
"""Of a Camera Module 3."""

STRIDE_STEP = 256
PADDING = 0xAA


class Cable:
    """What is at the other end: a sensor with something before it."""

    def __init__(self, view: Luma) -> None:
        self.view = view
        self.present = True
        self.busy = False
        self.delivers = True
        self.controls = set(CONTROLS)
        self.sent: list[dict[str, Any]] = []
        self.opened: list[Picamera2] = []


class CompletedRequest:
    """A frame in a buffer of the camera's."""

    def __init__(self, camera: Picamera2, view: Luma) -> None:
        self._camera = camera
        self._view: Luma | None = view

    def make_buffer(self, name: str) -> Luma:
        assert name == "main"
        assert self._view is not None, "used after its release"
        stream = self._camera.camera_configuration()[name]
        (width, height), stride = stream["size"], stream["stride"]
        planes = np.full((height * 3 // 2, stride), PADDING, np.uint8)
        planes[:height, :width] = self._view
        return planes.ravel()

    def release(self) -> None:
        assert self._view is not None, "released twice"
        self._view = None
        self._camera.give_back()


class Picamera2:
    """The camera, opened."""

    cable: ClassVar[Cable]

    def __init__(self, camera_num: int = 0) -> None:
        cameras = [self.cable] if self.cable.present else []
        self._cable = cameras[camera_num]  # the real one, too, raises IndexError here
        if self.cable.busy:
            raise RuntimeError("Camera __init__ sequence did not complete.")
        self._cable.opened.append(self)
        self._config: dict[str, Any] = {}
        self._free = 0
        self._started = False
        self._jobs: list[Future[CompletedRequest]] = []
        self._lock = threading.Lock()
        self.is_open = True

    @property
    def camera_controls(self) -> dict[str, tuple[Any, Any, Any]]:
        return dict.fromkeys(self._cable.controls, (0, 0, 0))

    def create_video_configuration(
        self,
        main: dict[str, Any],
        raw: dict[str, Any] | None,
        buffer_count: int,
        queue: bool,  # noqa: FBT001  (picamera2's own)
        controls: dict[str, Any],
    ) -> dict[str, Any]:
        assert main["format"] == "YUV420"
        assert raw is None
        assert queue is False
        return {"main": main, "buffer_count": buffer_count, "controls": controls}

    def configure(self, camera_config: dict[str, Any]) -> None:
        assert not self._started
        self.set_controls(camera_config["controls"])
        stride = -(-camera_config["main"]["size"][0] // STRIDE_STEP) * STRIDE_STEP
        self._config = {**camera_config, "main": {**camera_config["main"], "stride": stride}}
        self._free = camera_config["buffer_count"]

    def camera_configuration(self) -> dict[str, Any]:
        return self._config

    def set_controls(self, controls: dict[str, Any]) -> None:
        for name in controls:
            if name not in self._cable.controls:
                raise RuntimeError(f"Control {name} is not advertised by libcamera")
        self._cable.sent.append(controls)

    def start(self) -> None:
        if not self._config:
            raise RuntimeError("Camera has not been configured")
        self._started = True

    def capture_request(self, wait: bool) -> Future[CompletedRequest]:  # noqa: FBT001  (picamera2's own)
        assert wait is False
        assert self._started
        job: Future[CompletedRequest] = Future()
        with self._lock:
            self._jobs.append(job)
        return job

    def wait(self, job: Future[CompletedRequest], timeout: float) -> CompletedRequest:
        self._turn()
        return job.result(timeout if self._cable.delivers else 0.001)

    def cancel_all_and_flush(self) -> None:
        with self._lock:
            for job in self._jobs:
                job.set_exception(CancelledError())
            self._jobs = []

    def close(self) -> None:
        assert not self._jobs, "jobs that nobody cancelled; with no more frames they never end"
        self._started = False
        self.is_open = False

    def give_back(self) -> None:
        self._free += 1

    def _turn(self) -> None:
        """Do what the camera's own thread does for each frame."""
        with self._lock:
            if self._started and self._cable.delivers and self._jobs and self._free:
                self._free -= 1
                self._jobs.pop(0).set_result(CompletedRequest(self, self._cable.view))
