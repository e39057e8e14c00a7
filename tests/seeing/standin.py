"""A strict stand-in for the few calls of picamera2 that the driver uses.

It refuses what the real one refuses (read in picamera2 0.3.36 and 0.3.38): controls that the sensor
does not have, starting before configuring, a buffer used after its release; and it runs dry, as the
real one does, when requests are not given back. Controls travel as they do there: they are handed
over with the next request that is given back, and show up when that request has gone round.

What is before the lens is lit, or shines (`light.Scene`), and is exposed as the controls say.
"""

from __future__ import annotations

import threading
from collections import deque
from concurrent.futures import CancelledError, Future
from types import ModuleType
from typing import TYPE_CHECKING, Any, ClassVar, Final, Self

import numpy as np

from appliance.drivers.pictures import shrink_to_fit

if TYPE_CHECKING:
    from collections.abc import Callable

    from appliance.drivers.camera import Luma
    from tests.seeing.light import Scene

RANGES: Final[dict[str, tuple[Any, Any, Any]]] = {
    "AfMode": (0, 2, 0),
    "LensPosition": (0.0, 32.0, 1.0),
    "FrameDurationLimits": (33_333, 120_000, None),
    "ExposureTime": (9, 6_000_000, 20_000),
    "AnalogueGain": (1.1228, 16.0, 1.0),
    "AeFlickerMode": (0, 1, 0),
    "AeFlickerPeriod": (100, 1_000_000, None),
}
"""Of a Camera Module 3."""

STRIDE_STEP = 256
PADDING = 0xAA
OF_HALL = (20_000, 2.0)
"""What the camera's own exposure has come to."""


class Cable:
    """What is at the other end: a sensor with something before it.

    Args:
        view: What it sees, where light does not matter.
        scene: What it sees, where it does.
        monotonic: When the light pulses.
    """

    def __init__(
        self,
        view: Luma,
        scene: Scene | None = None,
        monotonic: Callable[[], float] = lambda: 0.0,
    ) -> None:
        self.view = view
        self.scene = scene
        self.monotonic = monotonic
        self.present = True
        self.busy = False
        self.delivers = True
        self.obeys = True
        self.ranges = dict(RANGES)
        self.sent: list[dict[str, Any]] = []
        self.opened: list[Picamera2] = []
        self.each_frame: Callable[[], object] = lambda: None

    def forget(self, *names: str) -> None:
        """Let it be a sensor without these controls."""
        for name in names:
            del self.ranges[name]

    @property
    def period_s(self) -> float:
        """Between two frames, as it was asked for last."""
        asked = [each["FrameDurationLimits"] for each in self.sent if "FrameDurationLimits" in each]
        return float(asked[-1][0]) * 1e-6

    def expose(self, time_us: float, gain: float) -> Luma:
        if self.scene is None:
            return self.view
        return self.scene.exposed(time_us, gain, self.monotonic())


class CompletedRequest:
    """A frame in a buffer of the camera's."""

    def __init__(self, camera: Picamera2, view: Luma, metadata: dict[str, Any]) -> None:
        self._camera = camera
        self._config = camera.camera_configuration()
        self._view: Luma | None = view
        self._metadata = metadata

    def planes(self, name: str) -> Luma:
        """Give a stream's buffer: rows with padding behind them, and the colours after them."""
        assert self._view is not None, "used after its release"
        stream = self._config[name]
        (width, height), stride = stream["size"], stream["stride"]
        planes = np.full((height * 3 // 2, stride), PADDING, np.uint8)
        planes[:height, :width] = shrink_to_fit(self._view, (width, height))
        return planes.ravel()

    def get_metadata(self) -> dict[str, Any]:
        assert self._view is not None, "used after its release"
        return self._metadata

    def release(self) -> None:
        assert self._view is not None, "released twice"
        self._view = None
        self._camera.give_back()


class MappedArray:
    """A look into a buffer; what it showed is gone when it is left."""

    def __init__(
        self,
        request: CompletedRequest,
        stream: str,
        reshape: bool = True,  # noqa: FBT001, FBT002  (picamera2's own)
        write: bool = True,  # noqa: FBT001, FBT002  (picamera2's own)
    ) -> None:
        assert not reshape, "reshaped, the padding is still there"
        assert not write, "it would flush caches for nothing"
        self._planes = request.planes(stream)
        self.array: Luma | None = None

    def __enter__(self) -> Self:
        self.array = self._planes
        return self

    def __exit__(self, *_: object) -> None:
        self._planes.fill(PADDING)  # whoever kept a view instead of a copy sees it


class Picamera2:
    """The camera, opened."""

    cable: ClassVar[Cable]

    def __init__(self, camera_num: int = 0) -> None:
        self._cable = self.cable
        if camera_num >= len(self.global_camera_info()) or self._cable.busy:
            raise RuntimeError("Camera __init__ sequence did not complete.")
        self._cable.opened.append(self)
        self._config: dict[str, Any] = {}
        self._waiting: dict[str, Any] = {}
        self._queued: deque[dict[str, Any]] = deque()
        self._exposure = OF_HALL
        self._started = False
        self._jobs: list[Future[CompletedRequest]] = []
        self._lock = threading.Lock()
        self.is_open = True

    @classmethod
    def global_camera_info(cls) -> list[dict[str, Any]]:
        return [{"Num": 0, "Model": "imx708"}] if cls.cable.present else []

    @property
    def camera_controls(self) -> dict[str, tuple[Any, Any, Any]]:
        return dict(self._cable.ranges)

    def create_video_configuration(
        self,
        main: dict[str, Any],
        lores: dict[str, Any],
        raw: dict[str, Any] | None,
        buffer_count: int,
        queue: bool,  # noqa: FBT001  (picamera2's own)
        controls: dict[str, Any],
    ) -> dict[str, Any]:
        assert raw is None
        assert queue is False
        for stream in (main, lores):
            assert stream["format"] == "YUV420"
            assert all(side % 2 == 0 for side in stream["size"]), "width and height should be even"
        assert lores["size"] <= main["size"]
        return {"main": main, "lores": lores, "buffer_count": buffer_count, "controls": controls}

    def configure(self, camera_config: dict[str, Any]) -> None:
        assert not self._started
        self._config = dict(camera_config)
        self.set_controls(camera_config["controls"])
        for name in ("main", "lores"):
            stride = -(-camera_config[name]["size"][0] // STRIDE_STEP) * STRIDE_STEP
            self._config[name] = {**camera_config[name], "stride": stride}

    def camera_configuration(self) -> dict[str, Any]:
        return self._config

    def set_controls(self, controls: dict[str, Any]) -> None:
        for name in controls:
            if name not in self._cable.ranges:
                raise RuntimeError(f"Control {name} is not advertised by libcamera")
        self._cable.sent.append(controls)
        self._waiting |= controls

    def start(self) -> None:
        if not self._config:
            raise RuntimeError("Camera has not been configured")
        self._started = True
        for _ in range(self._config["buffer_count"]):
            self.give_back()

    def capture_request(self, wait: bool) -> Future[CompletedRequest]:  # noqa: FBT001  (picamera2's own)
        assert wait is False
        job: Future[CompletedRequest] = Future()
        with self._lock:
            if self._started:
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
        self._config = {}
        self.is_open = False

    def give_back(self) -> None:
        """Queue a buffer, and with it what the controls are to be."""
        if self._started:
            self._queued.append(self._waiting)
            self._waiting = {}

    def _turn(self) -> None:
        """Do what the camera's own thread does for each frame."""
        with self._lock:
            if self._started and self._cable.delivers and self._jobs and self._queued:
                self._cable.each_frame()
                self._take(self._queued.popleft())
                time_us, gain = self._exposure
                told = {"ExposureTime": round(time_us) - 7, "AnalogueGain": gain, "Lux": 120.0}
                view = self._cable.expose(time_us, gain)
                self._jobs.pop(0).set_result(CompletedRequest(self, view, told))

    def _take(self, controls: dict[str, Any]) -> None:
        """Expose as the controls say; 0 is the camera's own way."""
        if not self._cable.obeys or "ExposureTime" not in controls:
            return
        least = self._cable.ranges["AnalogueGain"][0]
        if controls["ExposureTime"] == 0:
            self._exposure = OF_HALL
        else:
            self._exposure = (controls["ExposureTime"], max(controls["AnalogueGain"], least))


def module(cable: Cable) -> ModuleType:
    """Give what `import picamera2` gives on a machine with this cable."""
    camera = type("Picamera2", (Picamera2,), {"cable": cable})
    made = ModuleType("picamera2")
    made.Picamera2 = camera  # type: ignore[attr-defined]
    made.MappedArray = MappedArray  # type: ignore[attr-defined]
    return made
