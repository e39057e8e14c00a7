"""The real picamera2 on libcamera's virtual camera, where there is no Pi: what that took.

Read in picamera2 0.3.38 and tried with Debian 13's libcamera 0.4.0. Replaced are: the allocator (a
Pi's takes its memory from /dev/dma_heap; here it is a memfd), the list of the sensor's raw modes
(there is no sensor), and the look at each frame's status (this libcamera leaves it unset: whatever
lay in the memory before). The virtual camera gives a frame whenever it is asked; it is slowed down.
Everything else is picamera2's own: configurations, requests, its thread, its jobs, its closing.
"""

from __future__ import annotations

import inspect
import mmap
import os
import textwrap
import time
from typing import TYPE_CHECKING, Any, cast

import libcamera
import picamera2
from picamera2 import picamera2 as inner
from picamera2.allocators.allocator import Allocator

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

PERIOD_S = 1 / 30


class Sensor:
    """The far side of the virtual camera: it can stop giving frames, without a word."""

    def __init__(self) -> None:
        self.opened = 0
        self._hangs = False
        self._held: list[Any] = []
        self._camera: Any = None

    def hang(self) -> None:
        """Keep every request from now on, as a sensor does whose cable is loose."""
        self._hangs = True

    def flow(self) -> None:
        """Give back what was kept."""
        self._hangs = False
        with self._camera._requestslock:  # noqa: SLF001  (there is no other way in)
            self._camera._requests = self._held + self._camera._requests  # noqa: SLF001  (the same)
        self._held = []
        self._camera._run_process_requests()  # noqa: SLF001  (the same)

    def keep(self, camera: Any) -> None:  # noqa: ANN401  (picamera2 has no types)
        """Let a frame's time go by, and take the requests away if it hangs."""
        if camera is not self._camera:
            self._camera, self._held = camera, []
            self.opened += 1
        time.sleep(PERIOD_S)
        if self._hangs:
            with camera._requestslock:  # noqa: SLF001  (there is no other way in)
                self._held += camera._requests  # noqa: SLF001  (the same)
                camera._requests = []  # noqa: SLF001  (the same)


class Memory(Allocator):  # type: ignore[misc]
    """Buffers in memfds, each plane at its place, as NV12 wants them."""

    def __init__(self) -> None:
        super().__init__()
        self._buffers: dict[Any, list[Any]] = {}
        self._files: list[int] = []
        self.maps: dict[Any, mmap.mmap] = {}
        self.sync = _Sync

    def allocate(self, libcamera_config: Any, _use_case: object) -> None:  # noqa: ANN401  (libcamera has no types)
        self.close()
        for config in libcamera_config:
            self._buffers[config.stream] = [
                self._buffer(config) for _ in range(config.buffer_count)
            ]

    def _buffer(self, config: Any) -> Any:  # noqa: ANN401  (libcamera has no types)
        file = os.memfd_create("frame")
        os.ftruncate(file, config.frame_size)
        self._files.append(file)
        luma = config.stride * config.size.height
        buffer = libcamera.FrameBuffer(
            [_plane(file, 0, luma), _plane(file, luma, config.frame_size - luma)]
        )
        self.maps[buffer] = mmap.mmap(file, config.frame_size)
        return buffer

    def buffers(self, stream: object) -> list[Any]:
        return self._buffers[stream]

    def close(self) -> None:
        for file in self._files:
            os.close(file)
        self._files, self._buffers, self.maps = [], {}, {}


class _Sync:
    def __init__(self, allocator: Memory, buffer: object, _write: object) -> None:
        self._map = allocator.maps[buffer]

    def __enter__(self) -> mmap.mmap:
        return self._map

    def __exit__(self, *_: object) -> None:
        pass


def _plane(file: int, offset: int, length: int) -> Any:  # noqa: ANN401  (libcamera has no types)
    plane = libcamera.FrameBuffer.Plane()
    plane.fd, plane.offset, plane.length = file, offset, length
    return plane


STATUS = "metadata.status == libcamera.FrameMetadata.Status.Success"


def _whatever_their_status(function: Callable[..., None]) -> Callable[..., None]:
    """Give picamera2's function without one of its conditions."""
    source = textwrap.dedent(inspect.getsource(function))
    assert source.count(STATUS) == 1, "picamera2 looks at the status of frames in another way now"
    made = dict(vars(inner))
    exec(source.replace(STATUS, "metadata"), made)  # noqa: S102  (picamera2's own lines)
    return cast("Callable[..., None]", made[function.__name__])


def installed() -> Iterator[Sensor]:
    """Let whoever imports picamera2 from now on open the virtual camera."""
    real: Any = picamera2.Picamera2
    sensor = Sensor()
    process_requests = _whatever_their_status(real.process_requests)

    class Picamera2(real):  # type: ignore[misc]
        def __init__(self, number: int = 0) -> None:
            super().__init__(number, allocator=Memory())

        def process_requests(self, display: object) -> None:
            sensor.keep(self)
            process_requests(self, display)

        def _get_raw_modes(self) -> list[dict[str, Any]]:
            return [{"format": "SRGGB10", "size": (1280, 720)}]

    picamera2.Picamera2 = Picamera2
    inner.DmaAllocator = Memory
    yield sensor
    picamera2.Picamera2 = real
