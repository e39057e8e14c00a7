"""A webcam on USB, through V4L2 and PyAV.

The kernel hands out frames to whoever waits for one, without a deadline, and a camera that hangs
keeps its reader waiting for ever. So a thread reads, and keeps the newest frame only; `frame()`
waits for it as long as the contract allows. A camera that is pulled out ends that thread, and its
sentence is told to whoever asks next.

Raw frames (YUYV) are the default: their brightness is every second byte, and no JPEG has smoothed
the modules. Over USB 2 a webcam sends 10 of them a second at 1280 × 720. Those that can't are asked
for JPEG.

Not tried with a real webcam: there was none. Everyday tests feed the same code through a named
pipe; `script/test-camera` has FFmpeg's own V4L2 reader open, stream, lose and reopen a device whose
kernel side is played.
"""

from __future__ import annotations

import logging
import threading
import time
from enum import Enum
from typing import TYPE_CHECKING, Any, Self

from appliance.drivers.av_luma import import_av, luma_of, why
from appliance.drivers.camera import FRAME_WAIT_S, CameraGone, Frame, Luma

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from types import TracebackType

_log = logging.getLogger(__name__)

END_WITHIN_S = 2.0
"""The reading thread has so long to end; one frame, unless the camera hangs."""


class Pixels(Enum):
    """What the webcam sends, by FFmpeg's names."""

    RAW = "yuyv422"
    JPEG = "mjpeg"


class Webcam:
    """A webcam.

    Args:
        device: Such as /dev/video0; /dev/v4l/by-id/… stays the same when another one is plugged in.
        size: Width and height of the frames in pixels; the webcam may give its nearest.
        frames_per_s: Pace; likewise.
        pixels: What it shall send.
        reader: FFmpeg's name of what reads the device.
        monotonic: The clock for `Frame.at_s`.

    Raises:
        CameraGone: PyAV is missing, the device is not there, or another program has it.
    """

    def __init__(
        self,
        device: Path,
        *,
        size: tuple[int, int] = (1280, 720),
        frames_per_s: float = 10.0,
        pixels: Pixels = Pixels.RAW,
        reader: str = "v4l2",
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._device = device
        self._monotonic = monotonic
        self._av = import_av()
        options = {
            "video_size": f"{size[0]}x{size[1]}",
            "framerate": f"{frames_per_s:g}",
            "pixel_format": pixels.value,
        }
        try:
            self._container = self._av.open(str(device), format=reader, options=options)
        except (self._av.FFmpegError, OSError, ValueError) as error:
            raise CameraGone(
                f"the webcam {device} can't be opened ({why(error)}): is it plugged in, does it "
                f"send {pixels.name.lower()} frames of this size, is this user in the group video, "
                "and does no other program use it?"
            ) from error
        self._newest: Frame | None = None
        self._gone = ""
        self._closed = False
        self._news = threading.Condition()
        # A daemon: a reader that the kernel never answers must not keep the process from ending.
        self._thread = threading.Thread(target=self._read, name=f"webcam {device}", daemon=True)
        self._thread.start()

    def frame(self) -> Frame | None:
        """Wait for a frame newer than the last one given."""
        with self._news:
            self._news.wait_for(lambda: self._newest or self._gone or self._closed, FRAME_WAIT_S)
            if self._closed:
                raise CameraGone(f"the webcam {self._device} was closed")
            frame, self._newest = self._newest, None
            if frame is None and self._gone:
                raise CameraGone(self._gone)
            return frame

    def close(self) -> None:
        """Give the webcam back.

        Raises:
            CameraGone: It hangs, and can't be given back; the process should end.
        """
        with self._news:
            if self._closed:
                return
            self._closed = True
            self._news.notify_all()
        self._thread.join(END_WITHIN_S)
        if self._thread.is_alive():
            raise CameraGone(
                f"the thread '{self._thread.name}' did not end within {END_WITHIN_S:g} s: the "
                "webcam hangs. Pull it out and plug it in again"
            )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _read(self) -> None:
        """Keep the newest frame until the end; the container is closed by whoever reads from it."""
        with self._container as container:
            reason = "it sends no more"
            try:
                for packet in container.demux(video=0):
                    if self._closed or not self._take(packet):
                        break
            except (self._av.FFmpegError, OSError) as error:
                reason = why(error)
        with self._news:
            self._gone = f"the webcam {self._device} is gone ({reason}): plug it in again"
            self._news.notify_all()

    def _take(self, packet: Any) -> bool:  # noqa: ANN401  (an av.Packet)
        """Decode a packet; False where it was the last."""
        if packet.size == 0:
            return False
        try:
            frames = packet.decode()
        except self._av.error.InvalidDataError as error:
            _log.debug("a damaged frame is passed over: %s", error)
            return True
        at_s = self._monotonic()
        for frame in frames:
            self._keep(luma_of(frame), at_s)
        return True

    def _keep(self, luma: Luma, at_s: float) -> None:
        with self._news:
            self._newest = Frame(luma, at_s)
            self._news.notify_all()
