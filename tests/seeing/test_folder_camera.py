from __future__ import annotations

import logging
import shutil
from typing import TYPE_CHECKING

import numpy as np
import pytest
from PIL import Image

from appliance.drivers.camera import CameraGone
from appliance.drivers.folder_camera import HALL_GREY, FolderCamera

if TYPE_CHECKING:
    from pathlib import Path


def put(folder: Path, name: str, grey: int) -> None:
    """Put a picture of one grey into the folder, by renaming."""
    half_written = folder / f".{name}.tmp"
    Image.new("L", (8, 4), grey).save(half_written, "PNG")
    half_written.rename(folder / name)


def greys(camera: FolderCamera, frames: int) -> list[int]:
    """Look through the camera and give the grey in the middle of each frame."""
    seen = [camera.frame() for _ in range(frames)]
    return [int(frame.luma[2, 4]) for frame in seen if frame]


def open_camera(folder: Path) -> FolderCamera:
    return FolderCamera(folder, frames_per_s=1000, show_s=0.002, gap_s=0.001, size=(8, 4))


def test_pictures_are_held_up_in_the_order_of_their_names(tmp_path: Path) -> None:
    for name, grey in [("b.png", 20), ("a.png", 10), ("c.png", 30)]:
        put(tmp_path, name, grey)
    with open_camera(tmp_path) as camera:
        assert greys(camera, 10) == [10, 10, 96, 20, 20, 96, 30, 30, 96, 96]


def test_each_picture_is_held_up_once(tmp_path: Path) -> None:
    put(tmp_path, "a.png", 10)
    with open_camera(tmp_path) as camera:
        assert greys(camera, 3) == [10, 10, HALL_GREY]
        assert set(greys(camera, 20)) == {HALL_GREY}


def test_a_picture_that_comes_later_is_held_up_too(tmp_path: Path) -> None:
    put(tmp_path, "b.png", 10)
    with open_camera(tmp_path) as camera:
        assert greys(camera, 6)[:2] == [10, 10]
        put(tmp_path, "a.png", 20)
        assert greys(camera, 3) == [20, 20, HALL_GREY]


def test_a_picture_replaced_under_its_name_is_a_new_one(tmp_path: Path) -> None:
    put(tmp_path, "a.png", 10)
    with open_camera(tmp_path) as camera:
        greys(camera, 6)
        put(tmp_path, "a.png", 20)
        assert greys(camera, 2) == [20, 20]


def test_without_a_gap_one_picture_follows_the_other(tmp_path: Path) -> None:
    put(tmp_path, "a.png", 10)
    put(tmp_path, "b.png", 20)
    with FolderCamera(tmp_path, frames_per_s=1000, show_s=0.001, gap_s=0, size=(8, 4)) as camera:
        assert greys(camera, 3) == [10, 20, HALL_GREY]


def test_half_written_and_hidden_files_are_passed_over_silently(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    for name in (".a.png", "b.png.tmp", "c.part"):
        (tmp_path / name).write_bytes(b"half")
    (tmp_path / "folder").mkdir()
    put(tmp_path, "d.png", 10)
    with open_camera(tmp_path) as camera:
        assert greys(camera, 2) == [10, 10]
    assert not caplog.records


def test_an_unreadable_picture_is_named_once_and_the_next_one_shown(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "a.png").write_bytes(b"no picture")
    put(tmp_path, "b.png", 10)
    with open_camera(tmp_path) as camera:
        assert greys(camera, 10)[:2] == [10, 10]
    assert len(caplog.records) == 1
    assert "a.png: no picture" in caplog.text


def test_an_empty_folder_is_an_empty_hall_and_one_warning(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING), open_camera(tmp_path) as camera:
        assert set(greys(camera, 10)) == {HALL_GREY}
    assert [record.getMessage() for record in caplog.records] == [
        f"no picture lies in {tmp_path}: the camera sees an empty hall"
    ]


def test_a_missing_folder_is_said_when_the_camera_is_opened(tmp_path: Path) -> None:
    with pytest.raises(CameraGone, match=r"nowhere can't be read \(No such file or directory\)"):
        FolderCamera(tmp_path / "nowhere")


def test_a_folder_that_goes_away_is_a_camera_that_is_gone(tmp_path: Path) -> None:
    folder = tmp_path / "pictures"
    folder.mkdir()
    with open_camera(folder) as camera:
        greys(camera, 2)
        shutil.rmtree(folder)
        with pytest.raises(CameraGone):
            greys(camera, 1)
        with pytest.raises(CameraGone):
            greys(camera, 1)


def test_small_pictures_stand_in_the_middle_and_large_ones_are_shrunk(tmp_path: Path) -> None:
    Image.new("L", (2, 2), 255).save(tmp_path / "a.png")
    Image.new("L", (16, 4), 255).save(tmp_path / "b.png")
    with open_camera(tmp_path) as camera:
        frames = [camera.frame() for _ in range(4)]
    small, large = frames[0], frames[3]
    assert small
    assert large
    assert np.array_equal(small.luma[1:3, 3:5], np.full((2, 2), 255))
    assert np.count_nonzero(small.luma == 255) == 4
    assert np.array_equal(np.unique(np.argwhere(large.luma == 255)[:, 0]), [1, 2])
    assert np.count_nonzero(large.luma == 255) == 16


def test_nothing_in_the_folder_is_changed(tmp_path: Path) -> None:
    put(tmp_path, "a.png", 10)
    (tmp_path / "b.png").write_bytes(b"no picture")
    before = {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in tmp_path.iterdir()}
    with open_camera(tmp_path) as camera:
        greys(camera, 10)
    after = {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in tmp_path.iterdir()}
    assert after == before


def test_a_pace_slower_than_the_contract_allows_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="above 2"):
        FolderCamera(tmp_path, frames_per_s=1)
