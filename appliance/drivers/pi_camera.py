"""The Pi's own camera, through picamera2.

Autofocus hunts on glass and on empty halls, so the focus is set once, to the distance that is
marked for visitors. Two pictures come from one exposure: the large one to decode, and a small one,
shrunk by the image processor, that tells whether anything changed. Of both only the brightness is
taken out of the buffer; the colours behind it are never copied.

Exposures are gone through while something is held up (see `exposure`). picamera2 says with each
frame how it was really exposed; that is the only thing to go by, since several frames are on their
way when another exposure is asked for.

picamera2 comes with the system's libcamera (`python3-picamera2` by apt) and is imported when a
camera is opened, not before. Read against picamera2 0.3.36 and 0.3.38 and libcamera 0.7.1 of
Raspberry Pi; `script/test-camera` runs it on the real picamera2 with libcamera's virtual camera,
which has no lens, no exposure and no image processor. Not tried on a Pi yet.
"""

from __future__ import annotations

import logging
import time
from concurrent.futures import CancelledError
from typing import TYPE_CHECKING, Any, Self

from appliance.drivers.camera import FRAME_WAIT_S, CameraGone, Frame, Luma
from appliance.drivers.exposure import Bracket, Exposure
from appliance.drivers.exposure_lamp import ExposureLamp, NoExposureLamp
from appliance.drivers.gate import THUMBNAIL_SIDE

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType

_log = logging.getLogger(__name__)

_AF_MODE_MANUAL = 0  # libcamera's AfModeEnum.Manual
_FLICKER_MANUAL = 1  # AeFlickerModeEnum.Manual
_AUTOMATIC = {"ExposureTime": 0, "AnalogueGain": 0}  # picamera2 gives both back to the camera
_BUFFERS = 4
FAST_US = 33_333
"""Between two frames while exposures are tried: a new one takes four or five frames to arrive."""


class PiCamera:
    """A camera on the Pi's ribbon cable.

    Args:
        distance_cm: From the lens to the marked place; the focus is set to it. Lenses that can't
            be moved stay as they are.
        size: Width and height of the frames in pixels; libcamera may round them.
        frames_per_s: Pace, while nothing is held up. Up to 30 while exposures are tried.
        bracket: Whether to try exposures on what is held up. False: the camera's own, always.
        mains_hz: Of the light in the hall, 50 or 60; exposures are whole periods of it.
        lamp: Lit for the exposures that want it.
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
        bracket: bool = True,
        mains_hz: int = 50,
        lamp: ExposureLamp | None = None,
        number: int = 0,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._period_us = round(1_000_000 / frames_per_s)
        self._monotonic = monotonic
        self._lamp = lamp or NoExposureLamp()
        self._bracket: Bracket | None = None
        self._job: Any = None
        self._closed = False
        self._camera, self._mapped = _open(number)
        try:
            self._start(size, distance_cm, mains_hz)
        except (RuntimeError, OSError) as error:
            self.close()
            raise CameraGone(f"the camera does not start ({error}): check its cable") from error
        if bracket and "ExposureTime" in self._camera.camera_controls:
            least, most, _ = self._camera.camera_controls["AnalogueGain"]
            self._bracket = Bracket(mains_hz, (least, most))

    def frame(self) -> Frame | None:
        """Wait for the next frame, exposed as asked; picamera2 sees to it that it is a new one."""
        until_s = self._monotonic() + FRAME_WAIT_S
        while True:
            if self._closed:
                raise CameraGone("the camera was closed")
            request = self._next_request(until_s - self._monotonic())
            if request is None:
                return None
            try:
                frame = self._look_at(request)
            finally:
                request.release()
            if frame is not None or self._monotonic() >= until_s:
                return frame

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
        self._lamp.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _start(self, size: tuple[int, int], distance_cm: float, mains_hz: int) -> None:
        has = self._camera.camera_controls
        controls: dict[str, Any] = {"FrameDurationLimits": (self._period_us, self._period_us)}
        if "LensPosition" in has:
            controls |= {"AfMode": _AF_MODE_MANUAL, "LensPosition": 100 / distance_cm}  # dioptres
        if "AeFlickerPeriod" in has:
            period_us = round(1e6 / (2 * mains_hz))
            controls |= {"AeFlickerMode": _FLICKER_MANUAL, "AeFlickerPeriod": period_us}
        self._camera.configure(
            self._camera.create_video_configuration(
                main={"format": "YUV420", "size": size},
                lores={"format": "YUV420", "size": _small(size)},
                raw=None,
                buffer_count=_BUFFERS,
                queue=False,  # a frame that lay around while we decoded is an old one
                controls=controls,
            )
        )
        self._streams = {name: _Stream(self._camera, name) for name in ("main", "lores")}
        self._camera.start()

    def _next_request(self, timeout_s: float) -> Any:  # noqa: ANN401  (picamera2 has no types)
        # A request that came too late stays asked for: asked for anew, nobody would take the
        # first one, and its buffer would be lost to the camera.
        self._job = self._job or self._camera.capture_request(wait=False)
        try:
            request = self._camera.wait(self._job, timeout=max(timeout_s, 0.0))
        except TimeoutError:
            return None
        except CancelledError as error:
            raise CameraGone("the camera was closed") from error
        self._job = None
        return request

    def _look_at(self, request: Any) -> Frame | None:  # noqa: ANN401  (picamera2 has no types)
        """Take the brightness out of a request; None where it was exposed otherwise than asked."""
        at_s = self._monotonic()
        taken = _taken(request) if self._bracket else None
        if self._bracket and not self._bracket.wanted(taken, at_s):
            if self._bracket.overdue(at_s):
                self._expose()
            return None
        luma, thumbnail = (self._luma(request, name) for name in ("main", "lores"))
        trial = self._bracket is not None and self._bracket.trying
        if self._bracket and self._bracket.seen(thumbnail, at_s, taken):
            self._expose()
        return Frame(luma, at_s, thumbnail, trial)

    def _expose(self) -> None:
        exposure = self._bracket.exposure if self._bracket else None
        self._lamp.light(on=exposure is not None and exposure.lamp)
        if exposure is None:
            pace = (self._period_us, self._period_us)
            self._camera.set_controls({**_AUTOMATIC, "FrameDurationLimits": pace})
        else:
            self._camera.set_controls(
                {
                    "ExposureTime": exposure.time_us,
                    "AnalogueGain": exposure.gain,
                    # Longer exposures than FAST_US are for dark halls: they may take their time.
                    "FrameDurationLimits": (FAST_US, max(FAST_US, self._period_us)),
                }
            )

    def _luma(self, request: Any, name: str) -> Luma:  # noqa: ANN401  (picamera2 has no types)
        with self._mapped(request, name, reshape=False, write=False) as mapped:
            return self._streams[name].luma(mapped.array)


class _Stream:
    """Where the brightness lies in a stream's buffer: first, with padding behind each row."""

    def __init__(self, camera: Any, name: str) -> None:  # noqa: ANN401  (picamera2 has no types)
        stream = camera.camera_configuration()[name]
        (self._width, self._height), self._stride = stream["size"], stream["stride"]

    def luma(self, planes: Luma) -> Luma:
        """Copy it out: the buffer belongs to the camera."""
        rows = planes[: self._height * self._stride].reshape(self._height, self._stride)
        return rows[:, : self._width].copy()


def _small(size: tuple[int, int]) -> tuple[int, int]:
    """Give the size of the thumbnail: of the same shape, its sides even, as YUV wants them."""
    width, height = size
    scale = min(1.0, THUMBNAIL_SIDE / max(width, height))
    return round(width * scale / 2) * 2, round(height * scale / 2) * 2


def _taken(request: Any) -> Exposure | None:  # noqa: ANN401  (picamera2 has no types)
    told = request.get_metadata()
    if "ExposureTime" not in told or "AnalogueGain" not in told:
        return None
    return Exposure(told["ExposureTime"], told["AnalogueGain"])


def _open(number: int) -> tuple[Any, Any]:
    """Give the camera, and what maps its buffers."""
    try:
        from picamera2 import (  # noqa: PLC0415  (only on a Pi, only when chosen)
            MappedArray,
            Picamera2,
        )
    except ImportError as error:
        raise CameraGone(
            f"picamera2 can't be imported ({error}): apt install python3-picamera2, and use a venv "
            "with --system-site-packages"
        ) from error
    # Asked before, as picamera2 0.3.38 raises for a missing camera what it raises for a busy one.
    if number >= len(Picamera2.global_camera_info()):
        raise CameraGone(
            f"there is no camera {number}: check its cable, then rpicam-hello --list-cameras"
        )
    try:
        return Picamera2(number), MappedArray
    except RuntimeError as error:
        raise CameraGone(
            f"camera {number} can't be opened ({error}): does another program use it? The scanner "
            "does, while it runs: systemctl stop lobby-scanner"
        ) from error
