"""What a camera is to the scanner: frames of brightness, or a clear word that there are none.

Colour is never looked at: a QR code is dark and light, and the luma plane is what a sensor's
pipeline delivers for nothing. A camera that hangs looks like a camera that sees nothing ("Camera
frontend has timed out" is a common report on the Pi), so a missing frame is told apart from an
empty hall: `frame()` gives None, and the scanner counts.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, Self

import numpy as np
from numpy.typing import NDArray

from appliance.errors import LobbyError

if TYPE_CHECKING:
    from types import TracebackType

Luma = NDArray[np.uint8]
"""Brightness, shape (height, width), 0 black to 255 white, rows without gaps in memory."""

FRAME_WAIT_S = 0.5
"""No camera keeps its caller longer than this, so that a watchdog can be fed in between."""


class CameraGone(LobbyError, RuntimeError):  # noqa: N818  (says what happened; every error of ours does)
    """There is no camera any more, or never was one; the sentence says what to do."""


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """One look through the camera.

    Args:
        luma: What it saw.
        at_s: When it was in hand, on the clock of `time.monotonic`. The exposure was earlier, by
            about one frame.
        thumbnail: The same view at the same moment, as small as the gate wants it, from a camera
            that shrinks in hardware. None: whoever needs a small one makes it from `luma`.
        trial: It was exposed as a try, on what may be held up. A code in it counts like any other;
            that there is none says little, nor does its brightness.
    """

    luma: Luma
    at_s: float
    thumbnail: Luma | None = None
    trial: bool = False


class Camera(Protocol):
    """A camera that is open. Leaving the `with` block closes it; `close()` twice is fine."""

    def frame(self) -> Frame | None:
        """Wait for the next frame, at most `FRAME_WAIT_S`.

        A caller that is slow gets the newest frame and misses those in between (from the two
        recordings that are played frame by frame, pictures in a folder and raw frames, it misses
        none). Only one thread asks; another may close the camera meanwhile.

        Returns:
            The frame, or None if none came in time.

        Raises:
            CameraGone: No frame will ever come from here; open the camera afresh.
        """
        ...

    def close(self) -> None:
        """Give the device back. A thread that waits in `frame()` returns."""
        ...

    def __enter__(self) -> Self: ...

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None: ...
