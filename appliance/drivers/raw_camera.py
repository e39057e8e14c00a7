"""Brightness as bare bytes, from a file or a pipe: for measurements, which want nothing else.

A frame is `width × height` bytes, row by row, one after the other without anything between; FFmpeg
writes such files with `-f rawvideo -pix_fmt gray`. No frame is left out, so that two runs over the
same file see the same. A file is played over and over; a pipe sets its own pace, and its end is
that of the camera.
"""

from __future__ import annotations

import os
import select
import stat
import threading
import time
from typing import TYPE_CHECKING, Self

import numpy as np

from appliance.drivers.camera import FRAME_WAIT_S, CameraGone, Frame

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from types import TracebackType


class RawCamera:
    """Reads frames of bare brightness.

    Args:
        path: A file, or a named pipe.
        size: Width and height of the frames in pixels.
        frames_per_s: Pace of a file, above 2.
        monotonic: The clock for `Frame.at_s`.

    Raises:
        CameraGone: It is not there, or a file's length is not that of whole frames.
    """

    def __init__(
        self,
        path: Path,
        *,
        size: tuple[int, int] = (1280, 720),
        frames_per_s: float = 10.0,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        if not frames_per_s > 1 / FRAME_WAIT_S:
            raise ValueError(f"{frames_per_s} frames a second; above {1 / FRAME_WAIT_S:g} it works")
        self._path = path
        self._shape = (size[1], size[0])
        self._bytes = size[0] * size[1]
        self._period_s = 1 / frames_per_s
        self._monotonic = monotonic
        self._closed = threading.Event()
        self._lock = threading.Lock()
        self._got = bytearray()
        try:
            # A pipe without a writer must not keep us waiting: that is a camera that hangs.
            self._file = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        except OSError as error:
            raise CameraGone(
                f"{path} can't be read ({error.strerror}): create it, or name another file"
            ) from error
        self._is_pipe = stat.S_ISFIFO(os.fstat(self._file).st_mode)
        self._written = False
        self._due_s = monotonic()
        if not self._is_pipe:
            self._check_length(size)

    def frame(self) -> Frame | None:
        """Wait for the next frame; from a file, until it is due."""
        with self._lock:
            if self._closed.is_set():
                raise CameraGone(f"{self._path} was closed")
            return self._from_pipe() if self._is_pipe else self._from_file()

    def close(self) -> None:
        """Stop."""
        self._closed.set()
        with self._lock:
            if self._file >= 0:
                os.close(self._file)
                self._file = -1

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _check_length(self, size: tuple[int, int]) -> None:
        length = os.fstat(self._file).st_size
        if length == 0 or length % self._bytes:
            self.close()
            raise CameraGone(
                f"{self._path} has {length} bytes, which is no whole number of frames of "
                f"{size[0]} × {size[1]}: name the size that it was made with"
            )

    def _from_file(self) -> Frame:
        if self._closed.wait(max(0.0, self._due_s - self._monotonic())):
            raise CameraGone(f"{self._path} was closed")
        content = os.read(self._file, self._bytes)
        if not content:
            os.lseek(self._file, 0, os.SEEK_SET)
            content = os.read(self._file, self._bytes)
        if len(content) != self._bytes:
            raise CameraGone(f"{self._path} became shorter while it was read")
        at_s = self._monotonic()
        self._due_s = max(self._due_s + self._period_s, at_s)
        return self._frame(content, at_s)

    def _from_pipe(self) -> Frame | None:
        until_s = self._monotonic() + FRAME_WAIT_S
        while len(self._got) < self._bytes:
            left_s = until_s - self._monotonic()
            if left_s <= 0 or self._closed.is_set():
                return None
            if not self._receive(left_s):
                return None
        content = bytes(self._got)
        self._got.clear()
        return self._frame(content, self._monotonic())

    def _receive(self, wait_s: float) -> bool:
        """Take what is in the pipe; False if nothing came.

        Raises:
            CameraGone: Its writer has gone.
        """
        waiting = select.poll()
        waiting.register(self._file, select.POLLIN)
        events = waiting.poll(wait_s * 1000)
        if not events:
            return False
        piece = os.read(self._file, self._bytes - len(self._got))
        if piece:
            self._written = True
            self._got += piece
            return True
        if self._written:
            raise CameraGone(f"nobody writes to {self._path} any more: start its writer again")
        # Nobody has written yet: that reads as an end, too.
        return not self._closed.wait(min(wait_s, 0.05))

    def _frame(self, content: bytes, at_s: float) -> Frame:
        return Frame(np.frombuffer(content, np.uint8).reshape(self._shape), at_s)
