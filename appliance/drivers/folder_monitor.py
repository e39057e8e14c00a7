"""A folder of pictures as a screen: for tests, demonstrations, and machines without one."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, Self

from appliance.drivers.monitor import Area, MonitorGone

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path
    from types import TracebackType

    from PIL import Image

LATEST = "board.png"
NUMBERED = re.compile(r"board-(\d{4,})\.png")


class FolderMonitor:
    """Writes each picture as `board-0001.png`, `board-0002.png`, … and the latest as `board.png`.

    A picture is there whole or not at all. Numbers go on where an earlier run ended.

    Args:
        path: The folder; made if it is not there.
        size: Width and height in pixels.
        keep: So many numbered pictures stay; the oldest go. 0: only the latest is written.

    Raises:
        MonitorGone: The folder can't be made.
    """

    def __init__(self, path: Path, size: tuple[int, int] = (1920, 1080), keep: int = 200) -> None:
        self._path = path
        self._size = size
        self._keep = keep
        try:
            path.mkdir(parents=True, exist_ok=True)
            self._numbers = sorted(
                int(match[1]) for each in path.iterdir() if (match := NUMBERED.fullmatch(each.name))
            )
        except OSError as error:
            raise MonitorGone(
                f"no pictures can be written to {path} ({error.strerror}). "
                "Choose another folder, or mend its permissions."
            ) from error

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels."""
        return self._size

    def show(self, picture: Image.Image, changed: Sequence[Area]) -> None:  # noqa: ARG002  (a file is written whole)
        """Write the picture.

        Raises:
            MonitorGone: The disk is full, or the folder is gone.
        """
        draft = self._path / f".{LATEST}.tmp"
        try:
            picture.save(draft, "PNG", compress_level=1)
            if self._keep:
                self._number(draft)
            draft.replace(self._path / LATEST)
        except OSError as error:
            raise MonitorGone(
                f"the picture can't be written to {self._path} ({error.strerror}). "
                "Make room on the disk, or mend the folder's permissions."
            ) from error

    def _number(self, draft: Path) -> None:
        number = self._numbers[-1] + 1 if self._numbers else 1
        os.link(draft, self._path / _name(number))
        self._numbers.append(number)
        while len(self._numbers) > self._keep:
            (self._path / _name(self._numbers.pop(0))).unlink(missing_ok=True)

    def pump(self) -> bool:
        """Nobody closes a folder."""
        return True

    def close(self) -> None:
        """Nothing is held."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def _name(number: int) -> str:
    return f"board-{number:04d}.png"
