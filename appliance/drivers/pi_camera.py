"""The Pi's own camera, through picamera2.

Autofocus hunts on glass and on empty halls, so the focus is set once, to the distance that is
marked for visitors. picamera2 comes with the system's libcamera (`python3-picamera2` by apt) and is
imported when a camera is opened, not before. Read against picamera2 0.3.36; tried with a stand-in
of the calls that are used, not on a Pi yet.
"""

from __future__ import annotations

import logging
import time
from concurrent.futures import CancelledError
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from appliance.drivers.camera import FRAME_WAIT_S, CameraGone, Frame, Luma

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from types import TracebackType

_log = logging.getLogger(__name__)

_AF_MODE_MANUAL = 0  # libcamera's AfModeEnum.Manual
_BUFFERS = 4


@dataclass(frozen=True, slots=True)
class Exposure:
    """A fixed exposure.

    Args:
        time_us: How long the shutter is open, in microseconds.
        gain: Analogue gain, from 1.
    """

    time_us: int
    gain: float = 1.0


class PiCamera:
    """A camera on the Pi's ribbon cable.

    Args:
        distance_cm: From the lens to the marked place; the focus is set to it. Lenses that can't
            be moved stay as they are.
        size: Width and height of the frames in pixels; libcamera may round them.
        frames_per_s: Pace.
        bracket: Fixed exposures to go through in turn, a frame each (a new one takes some frames
            to arrive). Empty: the camera exposes by itself.
        number: Which camera, in the order of `rpicam-hello --list-cameras`.
        monotonic: The clock for `Frame.at_s`.

    Raises:
        CameraGone: picamera2 or the camera is missing, or another program has the camera.
    """

    def __init__(
        self,
        *,
        distance_cm: float = 15.0,
        size: tuple[int, int] = (1280, 720),
        frames_per_s: float = 10.0,
        bracket: Sequence[Exposure] = (),
        number: int = 0,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._bracket = tuple(bracket)
        self._taken = 0
        self._monotonic = monotonic
        self._job: Any = None
        self._closed = False
        self._camera = _open(number)
        try:
            self._start(size, frames_per_s, distance_cm)
        except (RuntimeError, OSError) as error:
            self.close()
            raise CameraGone(f"the camera does not start ({error}): check its cable") from error

    def frame(self) -> Frame | None:
        """Wait for the next frame and copy its luma plane; picamera2 sees to it that it is new."""
        if self._closed:
            raise CameraGone("the camera was closed")
        # A request that came too late stays asked for: asked for anew, nobody would take the
        # first one, and its buffer would be lost to the camera.
        self._job = self._job or self._camera.capture_request(wait=False)
        try:
            request = self._camera.wait(self._job, timeout=FRAME_WAIT_S)
        except TimeoutError:
            return None
        except CancelledError as error:
            raise CameraGone("the camera was closed") from error
        self._job = None
        at_s = self._monotonic()
        try:
            luma = self._luma(request.make_buffer("main"))
        finally:
            request.release()
        self._taken += 1
        self._expose()
        return Frame(luma, at_s)

    def close(self) -> None:
        """Give the camera back. Waits for libcamera; the process's watchdog bounds that."""
        if self._closed:
            return
        self._closed = True
        self._camera.cancel_all_and_flush()
        try:
            self._camera.close()
        except RuntimeError as error:
            _log.warning("the camera was not closed well: %s", error)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _start(self, size: tuple[int, int], frames_per_s: float, distance_cm: float) -> None:
        period_us = round(1_000_000 / frames_per_s)
        controls: dict[str, Any] = {"FrameDurationLimits": (period_us, period_us)}
        if "LensPosition" in self._camera.camera_controls:
            controls |= {"AfMode": _AF_MODE_MANUAL, "LensPosition": 100 / distance_cm}  # dioptres
        self._camera.configure(
            self._camera.create_video_configuration(
                main={"format": "YUV420", "size": size},
                raw=None,
                buffer_count=_BUFFERS,
                queue=False,  # a frame that lay around while we decoded is an old one
                controls=controls,
            )
        )
        self._expose()
        self._camera.start()

    def _expose(self) -> None:
        if self._bracket:
            exposure = self._bracket[self._taken % len(self._bracket)]
            self._camera.set_controls(
                {"ExposureTime": exposure.time_us, "AnalogueGain": exposure.gain}
            )

    def _luma(self, planes: Luma) -> Luma:
        """Cut the brightness out of the stream: its rows come first, with padding behind each."""
        stream = self._camera.camera_configuration()["main"]
        (width, height), stride = stream["size"], stream["stride"]
        rows = planes[: height * stride].reshape(height, stride)
        return np.ascontiguousarray(rows[:, :width])


def _open(number: int) -> Any:  # noqa: ANN401  (picamera2 has no types)
    try:
        from picamera2 import Picamera2  # noqa: PLC0415  (only on a Pi, only when chosen)
    except ImportError as error:
        raise CameraGone(
            f"picamera2 can't be imported ({error}): apt install python3-picamera2, and use a venv "
            "with --system-site-packages"
        ) from error
    try:
        return Picamera2(number)
    except IndexError as error:
        raise CameraGone(
            f"there is no camera {number}: check its cable, then rpicam-hello --list-cameras"
        ) from error
    except RuntimeError as error:
        raise CameraGone(
            f"camera {number} can't be opened ({error}): does another program use it?"
        ) from error
