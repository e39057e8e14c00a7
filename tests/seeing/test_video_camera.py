from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import av
import numpy as np
import pytest

from appliance.drivers.av_luma import PACKED, PLANAR, luma_of
from appliance.drivers.camera import FRAME_WAIT_S, CameraGone
from appliance.drivers.video_camera import VideoCamera
from tests.seeing.clock import Clock
from tests.seeing.videos import write_video

if TYPE_CHECKING:
    from pathlib import Path

    from appliance.drivers.camera import Luma


def grey(level: int) -> Luma:
    return np.full((48, 66), level, np.uint8)


def count(path: Path, frames: int, *, frames_per_s: int = 20) -> Path:
    """Write a video whose frames are numbered by their grey."""
    write_video(path, [grey(number) for number in range(frames)], frames_per_s=frames_per_s)
    return path


def open_camera(path: Path, clock: Clock, frames_per_s: float = 20) -> VideoCamera:
    return VideoCamera(path, frames_per_s=frames_per_s, monotonic=clock.now_s, wait=clock.wait)


def numbers(camera: VideoCamera, frames: int) -> list[int]:
    seen = [camera.frame() for _ in range(frames)]
    return [int(frame.luma[0, 0]) for frame in seen if frame]


def test_frames_come_in_order_and_from_the_beginning_again(tmp_path: Path) -> None:
    with open_camera(count(tmp_path / "a.mkv", 5), Clock()) as camera:
        assert numbers(camera, 12) == [0, 1, 2, 3, 4, 0, 1, 2, 3, 4, 0, 1]


def test_it_runs_at_its_own_speed(tmp_path: Path) -> None:
    clock = Clock()
    with open_camera(count(tmp_path / "a.mkv", 20), clock) as camera:
        before_s = clock.now_s()
        numbers(camera, 41)
    assert clock.now_s() - before_s == pytest.approx(2.0, abs=0.1)


def test_of_a_fast_video_frames_are_left_out(tmp_path: Path) -> None:
    path = count(tmp_path / "a.mkv", 60, frames_per_s=60)
    with open_camera(path, Clock(), frames_per_s=10) as camera:
        assert numbers(camera, 5) == [0, 6, 12, 18, 24]


def test_whoever_is_slow_misses_frames(tmp_path: Path) -> None:
    clock = Clock()
    with open_camera(count(tmp_path / "a.mkv", 40), clock) as camera:
        assert numbers(camera, 1) == [0]
        clock.wait(0.4)
        (next_one,) = numbers(camera, 1)
    assert 5 <= next_one <= 9


def test_when_nobody_looks_it_stands_still(tmp_path: Path) -> None:
    clock = Clock()
    with open_camera(count(tmp_path / "a.mkv", 200), clock) as camera:
        numbers(camera, 3)
        clock.wait(3600)
        before_s = clock.now_s()
        assert numbers(camera, 21) == list(range(3, 24))
    assert clock.now_s() - before_s == pytest.approx(1.0, abs=0.1)


def test_a_slow_video_keeps_nobody_waiting(tmp_path: Path) -> None:
    clock = Clock()
    with open_camera(count(tmp_path / "a.mkv", 9, frames_per_s=1), clock) as camera:
        looks = [(camera.frame(), clock.now_s()) for _ in range(16)]
    assert max(later - sooner for (_, sooner), (_, later) in pairwise(looks)) <= FRAME_WAIT_S + 0.01
    seen_s = [at_s for frame, at_s in looks if frame]
    assert [round(later - sooner, 1) for sooner, later in pairwise(seen_s)] == [1.0] * 7


def test_a_file_that_is_not_there_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(CameraGone, match=r"nowhere.mkv can't be opened \(No such file"):
        VideoCamera(tmp_path / "nowhere.mkv")


@pytest.mark.parametrize("content", [b"", b"no video at all " * 100])
def test_a_file_that_is_no_video_is_a_sentence(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "a.mkv").write_bytes(content)
    with pytest.raises(CameraGone, match=r"can't be opened \(.*\): name another"):
        VideoCamera(tmp_path / "a.mkv")


def test_sound_alone_is_a_sentence(tmp_path: Path) -> None:
    with av.open(str(tmp_path / "a.wav"), "w") as container:
        stream = container.add_stream("pcm_s16le", 8000)
        assert isinstance(stream, av.AudioStream)
        sound = av.AudioFrame.from_ndarray(np.zeros((1, 800), np.int16), "s16", "mono")
        sound.sample_rate = 8000
        container.mux(stream.encode(sound))
    with pytest.raises(CameraGone, match="there is no video in"):
        VideoCamera(tmp_path / "a.wav")


def test_a_file_that_ends_in_the_middle_is_played_as_far_as_it_goes(tmp_path: Path) -> None:
    path = count(tmp_path / "a.mkv", 200)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    with open_camera(path, Clock()) as camera:
        seen = numbers(camera, 250)
    assert seen[:20] == list(range(20))
    assert seen.count(0) > 1


def test_a_video_that_is_taken_away_is_gone_at_its_end(tmp_path: Path) -> None:
    path = count(tmp_path / "a.mkv", 3)
    with open_camera(path, Clock()) as camera:
        path.unlink()
        assert numbers(camera, 3) == [0, 1, 2]
        for _ in range(2):
            with pytest.raises(CameraGone):
                camera.frame()


@pytest.mark.parametrize("pixels", [*sorted(PLANAR), *PACKED, "rgb24", "bgra", "yuv420p10le"])
def test_brightness_is_taken_out_of_every_format(pixels: str) -> None:
    # An odd width: rows end in padding then, and colours are rounded up.
    view = np.tile(np.arange(20, 220, dtype=np.uint8), (50, 1))[:, :199]
    frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(view), format="gray")
    luma = luma_of(frame.reformat(format=pixels))
    assert luma.shape == (50, 199)
    assert luma.flags.c_contiguous
    # Black is 16 and white 235 where colours are; what is dark and what is light stays.
    levels = luma.astype(int).mean(axis=0)
    assert (np.diff(levels)[::8] >= -8).all()
    assert levels[-1] - levels[0] > 140


def test_a_pace_slower_than_the_contract_allows_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="above 2"):
        VideoCamera(tmp_path / "a.mkv", frames_per_s=1)
