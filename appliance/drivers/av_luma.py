"""Brightness out of PyAV's frames, and what its errors are called; for webcam and video file.

Nearly every format that a webcam or a video has holds the brightness apart (planar YUV, what JPEG
and H.264 decode to) or as every second byte (packed YUV, a webcam's raw frames). Both are copied
out as they are; only what is left, colours in RGB, goes through FFmpeg's conversion. Video whose
black is 16 and white 235 stays so: a decoder needs the difference, not the ends.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from appliance.drivers.camera import CameraGone, Luma

if TYPE_CHECKING:
    from types import ModuleType

PLANAR: Final = frozenset(
    {f"yuv{sampling}p" for sampling in (410, 411, 420, 422, 440, 444)}
    | {f"yuvj{sampling}p" for sampling in (411, 420, 422, 440, 444)}
    | {"gray", "nv12", "nv21", "nv16", "nv24"}
)
"""FFmpeg's names of the formats whose first plane is brightness, a byte a pixel."""

PACKED: Final = {"yuyv422": 0, "yvyu422": 0, "uyvy422": 1}
"""Of those in which every second byte is brightness: the first such byte."""


def luma_of(frame: Any) -> Luma:  # noqa: ANN401  (an av.VideoFrame; av is imported only where it is used)
    """Copy the brightness out of a frame."""
    name = frame.format.name
    if name not in PLANAR and name not in PACKED:
        frame, name = frame.reformat(format="gray"), "gray"
    plane = frame.planes[0]
    rows = np.frombuffer(plane, np.uint8).reshape(-1, plane.line_size)[: frame.height]
    if name in PACKED:
        return rows[:, PACKED[name] : 2 * frame.width : 2].copy()
    return rows[:, : frame.width].copy()


def import_av() -> ModuleType:
    """Give PyAV.

    Raises:
        CameraGone: It is not there.
    """
    try:
        import av  # noqa: PLC0415  (40 MB of FFmpeg: only where such a camera was chosen)
        import av.error  # noqa: PLC0415
    except ImportError as error:
        raise CameraGone(
            f"PyAV can't be imported ({error}): apt install python3-av, or pip install av"
        ) from error
    # FFmpeg writes to standard error by itself, for every damaged frame.
    av.logging.set_level(av.logging.PANIC)
    return av


def why(error: Exception) -> str:
    """Give what FFmpeg says, without its number and without the file's name."""
    if isinstance(error, OSError) and error.errno and error.errno > 0:
        return os.strerror(error.errno) if error.errno < 1000 else str(error.strerror)  # noqa: PLR2004  (FFmpeg's own begin far above)
    return str(getattr(error, "strerror", None) or error)
