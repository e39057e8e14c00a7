"""A folder of pictures as a camera: for demonstrations, tests, and a kiosk without a camera.

Each picture is held up for a moment before an empty hall, and then taken away, so that the scanner
meets what it meets at the entrance: something comes, stays, and goes.
"""

from __future__ import annotations

import logging
import os
import threading
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Self

import numpy as np

from appliance.drivers.camera import FRAME_WAIT_S, CameraGone, Frame, Luma
from appliance.drivers.pictures import PictureError, held_up, is_picture_name, read_luma

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from types import TracebackType

_log = logging.getLogger(__name__)

HALL_GREY = 96

_Identity = tuple[str, int, int]
"""Name, time of change in ns, inode: a picture that is replaced is a new one."""


class FolderCamera:
    """Holds up the pictures that lie in a folder, in the order of their names.

    Pictures may come while it runs, best by renaming: names that begin with a dot or end in `.tmp`
    or `.part` are passed over. Each is shown once; nothing in the folder is changed or deleted.
    How long things last is counted in frames, so that a busy machine shows a picture for longer
    instead of leaving it out.

    Args:
        path: The folder.
        frames_per_s: Pace, above 2.
        show_s: How long a picture is held up.
        gap_s: How long the hall is empty before the next picture.
        size: Width and height of the frames in pixels. Larger pictures are shrunk to fit, smaller
            ones stand in the middle.
        monotonic: The clock for `Frame.at_s`.

    Raises:
        CameraGone: There is no such folder, or it can't be read.
    """

    def __init__(
        self,
        path: Path,
        *,
        frames_per_s: float = 10.0,
        show_s: float = 1.0,
        gap_s: float = 0.5,
        size: tuple[int, int] = (1280, 720),
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        if not frames_per_s > 1 / FRAME_WAIT_S:
            raise ValueError(f"{frames_per_s} frames a second; above {1 / FRAME_WAIT_S:g} it works")
        self._path = path
        self._period_s = 1 / frames_per_s
        self._show_frames = max(1, round(show_s * frames_per_s))
        self._gap_frames = round(gap_s * frames_per_s)
        self._hall: Luma = np.full((size[1], size[0]), HALL_GREY, np.uint8)
        self._monotonic = monotonic
        self._due_s = monotonic()
        self._closed = threading.Event()
        self._shown: set[_Identity] = set()
        self._warned_empty = False
        self._view = self._hall
        self._left = 0
        self._look()

    def frame(self) -> Frame | None:
        """Wait until the next frame is due, and give it."""
        wait_s = max(0.0, self._due_s - self._monotonic())
        if self._closed.wait(wait_s):
            raise CameraGone(f"the camera on {self._path} was closed")
        at_s = self._monotonic()
        # Late frames are left out, as a camera leaves them out: no burst after a pause.
        self._due_s = max(self._due_s + self._period_s, at_s)
        return Frame(self._next_view(), at_s)

    def close(self) -> None:
        """Stop."""
        self._closed.set()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _next_view(self) -> Luma:
        if self._left == 0:
            self._turn()
        self._left -= 1
        return self._view

    def _turn(self) -> None:
        """Take the picture away, or hold up the next one, or leave the hall empty."""
        if self._view is not self._hall and self._gap_frames:
            self._view, self._left = self._hall, self._gap_frames
            return
        picture = self._next_picture()
        if picture is None:
            self._view, self._left = self._hall, 1
        else:
            self._view, self._left = held_up(picture, self._hall), self._show_frames

    def _next_picture(self) -> Luma | None:
        for picture in self._look():
            if picture in self._shown:
                continue
            self._shown.add(picture)
            try:
                return read_luma(self._path / picture[0])
            except PictureError as error:
                _log.warning("a picture is passed over: %s", error)
        return None

    def _look(self) -> list[_Identity]:
        """List what lies in the folder now, by name, and forget what was taken out."""
        there = []
        try:
            with os.scandir(self._path) as entries:
                for entry in entries:
                    with suppress(FileNotFoundError):  # taken out while we look
                        if is_picture_name(entry.name) and entry.is_file():
                            facts = entry.stat()
                            there.append((entry.name, facts.st_mtime_ns, facts.st_ino))
        except OSError as error:
            raise CameraGone(
                f"the camera's folder {self._path} can't be read ({error.strerror}): create it, "
                "or name another one in the configuration"
            ) from error
        self._shown.intersection_update(there)
        if not there and not self._warned_empty:
            self._warned_empty = True
            _log.warning("no picture lies in %s: the camera sees an empty hall", self._path)
        return sorted(there)
