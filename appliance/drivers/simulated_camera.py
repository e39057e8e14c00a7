"""A camera whose other side is a hand: what tests hold up, it sees."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Self

import numpy as np

from appliance.drivers.camera import FRAME_WAIT_S, CameraGone, Frame, Luma
from appliance.drivers.pictures import held_up

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType


class SimulatedCamera:
    """Sees an empty hall, and what is held up before it.

    It obeys a camera's rules: frames come at its pace and no sooner, a slow caller misses some,
    a camera that hangs keeps its caller waiting for `FRAME_WAIT_S`, one without a cable is gone
    for good.

    Args:
        hall: What it sees while nothing is held up.
        frames_per_s: Pace.
        monotonic: The clock for `Frame.at_s`.
        wait: Lets that clock go on by so many seconds; True if the camera was closed meanwhile.
            None: real time.
    """

    def __init__(
        self,
        hall: Luma | None = None,
        *,
        frames_per_s: float = 10.0,
        monotonic: Callable[[], float] = time.monotonic,
        wait: Callable[[float], bool] | None = None,
    ) -> None:
        self._closed = threading.Event()
        self._hall = np.full((720, 1280), 96, np.uint8) if hall is None else hall
        self._view = self._hall
        self._period_s = 1 / frames_per_s
        self._monotonic = monotonic
        self._wait = wait or self._closed.wait
        self._due_s = monotonic()
        self._hangs = False
        self._plugged = True

    def hold_up(self, *pictures: Luma) -> None:
        """Hold up pictures, side by side, each shrunk where it does not fit."""
        places = np.array_split(self._hall, len(pictures), axis=1)
        shown = [held_up(picture, at) for picture, at in zip(pictures, places, strict=True)]
        self._view = np.ascontiguousarray(np.hstack(shown))

    def take_away(self) -> None:
        """Leave the hall empty."""
        self._view = self._hall

    def hang(self) -> None:
        """Let it give no more frames, without a word, as a camera front end does that timed out."""
        self._hangs = True

    def unplug(self) -> None:
        """Pull its cable."""
        self._plugged = False

    def frame(self) -> Frame | None:
        """Wait for the next frame at the camera's pace."""
        wait_s = FRAME_WAIT_S if self._hangs else max(0.0, self._due_s - self._monotonic())
        closed = self._wait(wait_s) or self._closed.is_set()
        if closed or not self._plugged:
            raise CameraGone("the camera was closed" if closed else "the camera was unplugged")
        if self._hangs:
            return None
        at_s = self._monotonic()
        self._due_s = max(self._due_s + self._period_s, at_s)
        return Frame(self._view, at_s)

    def close(self) -> None:
        """Give it back."""
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
