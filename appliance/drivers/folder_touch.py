"""A simulated screen that feels: a folder of pictures, and a named pipe of fingers.

Each line in the pipe is a finger, `200 340` in pixels, or a key, such as `key enter`.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from appliance.drivers.folder_monitor import FolderMonitor
from appliance.drivers.monitor import MonitorGone
from appliance.drivers.touch import Finger, KeyDown

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from appliance.drivers.touch import Felt

PIPE = "touches"
READ_BYTES = 4096
LINE_BYTES = 100


class FolderTouchMonitor(FolderMonitor):
    """A `FolderMonitor` with the named pipe `touches` in its folder.

    Args:
        path: The folder.
        size: Width and height in pixels.
        keep: So many numbered pictures stay.

    Raises:
        MonitorGone: Folder or pipe can't be made.
    """

    def __init__(self, path: Path, size: tuple[int, int] = (1920, 1080), keep: int = 200) -> None:
        super().__init__(path, size, keep)
        pipe = path / PIPE
        try:
            if not pipe.is_fifo():
                os.mkfifo(pipe, 0o600)
            # Open for both ends: so it is never at its end when a writer leaves.
            self._pipe: int | None = os.open(pipe, os.O_RDWR | os.O_NONBLOCK)
        except OSError as error:
            raise MonitorGone(f"{pipe} cannot be used as a named pipe: {error}.") from error
        self._rest = b""

    def felt(self) -> Sequence[Felt]:
        """Give what was written; see `TouchMonitor`."""
        if self._pipe is None:
            return ()
        try:
            *lines, self._rest = (self._rest + os.read(self._pipe, READ_BYTES)).split(b"\n")
        except BlockingIOError:
            return ()
        self._rest = self._rest[:LINE_BYTES]
        return [felt for line in lines if (felt := self._read(line)) is not None]

    def close(self) -> None:
        """Let go of the pipe."""
        pipe, self._pipe = self._pipe, None
        if pipe is not None:
            os.close(pipe)

    def _read(self, line: bytes) -> Felt | None:
        width, height = self.size
        match line.decode("ascii", "replace").split():
            case ["key", name]:
                return KeyDown(name)
            case [x, y] if x.isdecimal() and y.isdecimal():
                place = Finger(int(x), int(y))
                return place if place.x < width and place.y < height else None
            case _:
                return None
