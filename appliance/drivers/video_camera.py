"""A video file as a camera, played over and over: what happened at an entrance, looked at again.

It runs at its own speed, as a camera would: whoever is slow misses frames, and of a file with 60
frames a second most are left out.
"""

from __future__ import annotations

import threading
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Self

from appliance.drivers.av_luma import import_av, luma_of, why
from appliance.drivers.camera import FRAME_WAIT_S, CameraGone, Frame

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path
    from types import TracebackType


class VideoCamera:
    """Plays a video file.

    Args:
        path: The file, in any format that FFmpeg reads.
        frames_per_s: At most so many frames are given, above 2; the rest is left out.
        monotonic: The clock for `Frame.at_s`.
        wait: Lets that clock go on by so many seconds; True if the camera was closed meanwhile.
            None: real time.

    Raises:
        CameraGone: PyAV or the file is missing, or there is no video in it.
    """

    def __init__(
        self,
        path: Path,
        *,
        frames_per_s: float = 10.0,
        monotonic: Callable[[], float] = time.monotonic,
        wait: Callable[[float], bool] | None = None,
    ) -> None:
        if not frames_per_s > 1 / FRAME_WAIT_S:
            raise ValueError(f"{frames_per_s} frames a second; above {1 / FRAME_WAIT_S:g} it works")
        self._path = path
        self._period_s = 1 / frames_per_s
        self._monotonic = monotonic
        self._av = import_av()
        self._closed = threading.Event()
        self._wait = wait or self._closed.wait
        self._lock = threading.Lock()
        self._container = self._open()
        self._frames = self._decoded()
        self._ahead: Any = None
        self._shown_s = float("-inf")
        # When the video's time was 0, on our clock; known once the first frame is.
        self._origin_s: float | None = None

    def frame(self) -> Frame | None:
        """Wait until a frame is due, and give it."""
        with self._lock:
            if self._closed.is_set():
                raise CameraGone(f"the video {self._path} was closed")
            taken, due_s = self._ahead = self._ahead or self._next()
            early_s = due_s - self._monotonic()
            closed = self._wait(min(max(0.0, early_s), FRAME_WAIT_S))
            if closed or self._closed.is_set():
                raise CameraGone(f"the video {self._path} was closed")
            if early_s > FRAME_WAIT_S:
                return None
            self._ahead = None
            return Frame(luma_of(taken), self._monotonic())

    def close(self) -> None:
        """Stop."""
        self._closed.set()
        with self._lock:
            self._container.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _open(self) -> Any:  # noqa: ANN401  (an av.InputContainer)
        try:
            container = self._av.open(str(self._path))
        except (self._av.FFmpegError, OSError) as error:
            raise CameraGone(
                f"the video {self._path} can't be opened ({why(error)}): name another one in the "
                "configuration"
            ) from error
        if container.streams.video:
            return container
        container.close()
        raise CameraGone(f"there is no video in {self._path}: name another one")

    def _next(self) -> tuple[Any, float]:
        """Give the next frame, not too late nor too soon after the last, and when it is due."""
        for frame in self._frames:
            if self._origin_s is None:
                self._origin_s = self._monotonic() - frame.time
            late_s = self._monotonic() - self._origin_s - frame.time
            if late_s > FRAME_WAIT_S:  # nobody looked for a while: the video stood still meanwhile
                self._origin_s += late_s
            elif late_s > self._period_s or frame.time < self._shown_s + self._period_s * 0.99:
                continue
            self._shown_s = frame.time
            return frame, self._origin_s + frame.time
        return self._from_the_beginning()

    def _from_the_beginning(self) -> tuple[Any, float]:
        self._container.close()
        self._container = self._open()
        self._frames = self._decoded()
        first = next(self._frames, None)
        if first is None or self._origin_s is None:
            raise CameraGone(f"no frame of {self._path} can be decoded: name another video")
        due_s = self._origin_s + self._shown_s + self._period_s
        self._origin_s, self._shown_s = due_s - first.time, first.time
        return first, due_s

    def _decoded(self) -> Iterator[Any]:
        """Give the frames that have a time, up to the end or to what is damaged."""
        with suppress(self._av.FFmpegError, OSError):
            for frame in self._container.decode(video=0):
                if frame.time is not None:
                    yield frame
