from __future__ import annotations

import os
from typing import TYPE_CHECKING

import numpy as np
import pytest

from appliance.drivers.camera import CameraGone
from appliance.drivers.raw_camera import RawCamera

if TYPE_CHECKING:
    from pathlib import Path

SIZE = (4, 2)


def frame(level: int) -> bytes:
    return bytes([level] * 8)


def levels(camera: RawCamera, frames: int) -> list[int]:
    seen = [camera.frame() for _ in range(frames)]
    return [int(each.luma[1, 3]) for each in seen if each]


def test_a_file_is_played_frame_by_frame_over_and_over(tmp_path: Path) -> None:
    path = tmp_path / "a.gray"
    path.write_bytes(frame(1) + frame(2) + frame(3))
    with RawCamera(path, size=SIZE, frames_per_s=1000) as camera:
        assert levels(camera, 7) == [1, 2, 3, 1, 2, 3, 1]


def test_rows_come_one_after_the_other(tmp_path: Path) -> None:
    path = tmp_path / "a.gray"
    path.write_bytes(bytes(range(8)))
    with RawCamera(path, size=SIZE) as camera:
        seen = camera.frame()
    assert seen
    assert np.array_equal(seen.luma, [[0, 1, 2, 3], [4, 5, 6, 7]])


@pytest.mark.parametrize("length", [0, 7, 12])
def test_a_file_made_with_another_size_is_refused(length: int, tmp_path: Path) -> None:
    path = tmp_path / "a.gray"
    path.write_bytes(bytes(length))
    with pytest.raises(CameraGone, match=f"has {length} bytes, which is no whole number of frames"):
        RawCamera(path, size=SIZE)


def test_a_file_that_becomes_shorter_is_gone(tmp_path: Path) -> None:
    path = tmp_path / "a.gray"
    path.write_bytes(frame(1) * 2)
    with RawCamera(path, size=SIZE, frames_per_s=1000) as camera:
        camera.frame()
        path.write_bytes(bytes(3))
        with pytest.raises(CameraGone, match="became shorter"):
            levels(camera, 2)


def test_a_file_that_is_not_there_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(CameraGone, match=r"can't be read \(No such file"):
        RawCamera(tmp_path / "nowhere")


def test_a_pipe_that_nobody_has_opened_yet_is_waited_for(tmp_path: Path) -> None:
    path = tmp_path / "pipe"
    os.mkfifo(path)
    with RawCamera(path, size=SIZE) as camera:
        assert camera.frame() is None
        with path.open("wb") as pipe:
            pipe.write(frame(5))
            pipe.flush()
            assert levels(camera, 1) == [5]


def test_a_frame_may_come_in_pieces(tmp_path: Path) -> None:
    path = tmp_path / "pipe"
    os.mkfifo(path)
    with RawCamera(path, size=SIZE) as camera, path.open("wb", buffering=0) as pipe:
        pipe.write(frame(6)[:3])
        assert camera.frame() is None
        pipe.write(frame(6)[3:] + frame(7))
        assert levels(camera, 2) == [6, 7]


def test_a_pipe_whose_writer_went_away_is_gone(tmp_path: Path) -> None:
    path = tmp_path / "pipe"
    os.mkfifo(path)
    with RawCamera(path, size=SIZE) as camera:
        with path.open("wb", buffering=0) as pipe:
            pipe.write(frame(6))
        assert levels(camera, 1) == [6]
        with pytest.raises(CameraGone, match="nobody writes"):
            camera.frame()


def test_a_pace_slower_than_the_contract_allows_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="above 2"):
        RawCamera(tmp_path, frames_per_s=1)
