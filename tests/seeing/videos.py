"""Videos, written by PyAV itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

import av

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from appliance.drivers.camera import Luma


def write_video(
    path: Path, views: Sequence[Luma], *, frames_per_s: int = 20, pixels: str = "gray"
) -> None:
    """Write a video without loss, in one of FFmpeg's pixel formats."""
    height, width = views[0].shape
    with av.open(str(path), "w") as container:
        stream = container.add_stream("rawvideo" if path.suffix == ".avi" else "ffv1", frames_per_s)
        assert isinstance(stream, av.VideoStream)
        stream.width, stream.height, stream.pix_fmt = width, height, pixels
        for view in views:
            frame = av.VideoFrame.from_ndarray(view, format="gray")
            container.mux(stream.encode(frame.reformat(format=pixels)))
        container.mux(stream.encode(None))
