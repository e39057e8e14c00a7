"""What every camera keeps to, the real ones as far as they can be had here, and the simulated one.

The Pi's runs on the stand-in of picamera2 (`script/test-camera` has the real one), the webcam on a
named pipe through FFmpeg's reader for raw frames instead of that for V4L2.
"""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

import numpy as np
import pytest
from PIL import Image

from appliance.drivers.camera import FRAME_WAIT_S, Camera, CameraGone
from appliance.drivers.folder_camera import FolderCamera
from appliance.drivers.pi_camera import PiCamera
from appliance.drivers.pictures import held_up
from appliance.drivers.raw_camera import RawCamera
from appliance.drivers.simulated_camera import SimulatedCamera
from appliance.drivers.video_camera import VideoCamera
from appliance.drivers.webcam import Webcam
from tests.seeing import standin
from tests.seeing.codes import appointment, qr
from tests.seeing.reading import read
from tests.seeing.videos import write_video

if TYPE_CHECKING:
    from pathlib import Path

    from appliance.drivers.camera import Luma

SIZE = (640, 480)
HALL = np.full((SIZE[1], SIZE[0]), 96, np.uint8)
TEXT = appointment()
VIEW = held_up(qr(TEXT), HALL)


@dataclass(frozen=True)
class Setup:
    """A camera before which `TEXT` is held up.

    Args:
        open: Opens it.
        hang: Lets it give no more frames; None: this kind cannot hang.
        pull_out: Takes it away; None: this kind cannot be taken away.
    """

    open: Callable[[], Camera]
    hang: Callable[[], None] | None = None
    pull_out: Callable[[], None] | None = None


@contextmanager
def folder(tmp_path: Path, _: pytest.MonkeyPatch) -> Iterator[Setup]:
    Image.fromarray(qr(TEXT)).save(tmp_path / "a.png")

    def pull_out() -> None:
        (tmp_path / "a.png").unlink()
        tmp_path.rmdir()

    # As soon as the picture is over, it looks for the next one.
    yield Setup(
        lambda: FolderCamera(tmp_path, frames_per_s=200, show_s=0.1, size=SIZE), pull_out=pull_out
    )


@contextmanager
def simulated(_path: Path, _patch: pytest.MonkeyPatch) -> Iterator[Setup]:
    opened: list[SimulatedCamera] = []

    def open_camera() -> Camera:
        opened.append(SimulatedCamera(HALL, frames_per_s=200))
        opened[-1].hold_up(qr(TEXT))
        return opened[-1]

    def hang() -> None:
        opened[-1].hang()

    def unplug() -> None:
        opened[-1].unplug()

    yield Setup(open_camera, hang, unplug)


@contextmanager
def pi(_: Path, patch: pytest.MonkeyPatch) -> Iterator[Setup]:
    cable = standin.Cable(VIEW)
    patch.setitem(sys.modules, "picamera2", standin.module(cable))

    def hang() -> None:
        cable.delivers = False

    yield Setup(lambda: PiCamera(size=SIZE), hang)
    assert not any(camera.is_open for camera in cable.opened)


@contextmanager
def video(tmp_path: Path, _: pytest.MonkeyPatch) -> Iterator[Setup]:
    path = tmp_path / "hall.mkv"
    write_video(path, [VIEW] * 20, frames_per_s=20)
    yield Setup(lambda: VideoCamera(path, frames_per_s=20))


@contextmanager
def raw_file(tmp_path: Path, _: pytest.MonkeyPatch) -> Iterator[Setup]:
    path = tmp_path / "hall.gray"
    path.write_bytes(VIEW.tobytes() * 3)
    yield Setup(lambda: RawCamera(path, size=SIZE, frames_per_s=200))


@contextmanager
def raw_pipe(tmp_path: Path, _: pytest.MonkeyPatch) -> Iterator[Setup]:
    with Feed(tmp_path / "hall", VIEW.tobytes()) as feed:
        yield Setup(lambda: RawCamera(feed.path, size=SIZE), feed.hang, feed.end)


@contextmanager
def webcam(tmp_path: Path, _: pytest.MonkeyPatch) -> Iterator[Setup]:
    packed = np.full((SIZE[1], SIZE[0], 2), 128, np.uint8)
    packed[:, :, 0] = VIEW
    with Feed(tmp_path / "video0", packed.tobytes()) as feed:
        yield Setup(lambda: Webcam(feed.path, size=SIZE, reader="rawvideo"), feed.hang, feed.end)


class Feed:
    """A named pipe and who writes frames to it, as a device does that is plugged in."""

    def __init__(self, path: Path, frame: bytes) -> None:
        os.mkfifo(path)
        self.path = path
        self._frame = frame
        self._hangs = threading.Event()
        self._ends = threading.Event()
        self._thread = threading.Thread(target=self._write, name="feed")

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self.end()
        # Whoever opens a pipe to write waits for a reader, and whoever writes, for room.
        reader = os.open(self.path, os.O_RDONLY | os.O_NONBLOCK)
        for _attempt in range(200):
            with suppress(BlockingIOError):
                os.read(reader, 1 << 20)
            self._thread.join(0.05)
            if not self._thread.is_alive():
                break
        os.close(reader)
        assert not self._thread.is_alive()

    def hang(self) -> None:
        self._hangs.set()

    def end(self) -> None:
        self._ends.set()

    def _write(self) -> None:
        while not self._ends.is_set():
            with suppress(BrokenPipeError), self.path.open("wb", buffering=0) as pipe:
                while not self._ends.wait(0.01):
                    if not self._hangs.is_set():
                        pipe.write(self._frame)


Kind = Callable[["Path", pytest.MonkeyPatch], AbstractContextManager[Setup]]
KINDS: list[Kind] = [folder, simulated, pi, video, raw_file, raw_pipe, webcam]


@pytest.fixture(params=KINDS, ids=lambda kind: kind.__name__)
def setup(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Setup]:
    with request.param(tmp_path, monkeypatch) as made:
        yield made


def first_frame(camera: Camera) -> Luma:
    for _ in range(20):
        frame = camera.frame()
        if frame:
            return frame.luma
    raise AssertionError("no frame came")


def look_for_ever(camera: Camera) -> None:
    while True:
        camera.frame()


def test_a_frame_is_luma_of_the_size_asked_for(setup: Setup) -> None:
    with setup.open() as camera:
        luma = first_frame(camera)
    assert luma.shape == (480, 640)
    assert luma.dtype == np.uint8
    assert luma.flags.c_contiguous


def test_what_is_held_up_can_be_read(setup: Setup) -> None:
    with setup.open() as camera:
        luma = first_frame(camera)
    assert read(luma) == {TEXT}


def test_a_frame_stays_as_it_was_when_the_next_one_comes(setup: Setup) -> None:
    with setup.open() as camera:
        luma = first_frame(camera)
        before = luma.copy()
        for _ in range(5):
            camera.frame()
    assert np.array_equal(luma, before)


def test_frames_come_one_after_the_other(setup: Setup) -> None:
    with setup.open() as camera:
        frames = [camera.frame() for _ in range(10)]
    times = [frame.at_s for frame in frames if frame]
    assert len(times) > 5
    assert times == sorted(times)


def test_closing_twice_is_fine(setup: Setup) -> None:
    with setup.open() as camera:
        first_frame(camera)
        camera.close()
    camera.close()


def test_a_camera_that_was_never_looked_through_can_be_closed(setup: Setup) -> None:
    with setup.open():
        pass


def test_a_closed_camera_can_be_opened_again(setup: Setup) -> None:
    for _ in range(3):
        with setup.open() as camera:
            assert read(first_frame(camera)) == {TEXT}


def test_a_closed_camera_says_that_it_is_gone_again_and_again(setup: Setup) -> None:
    with setup.open() as camera:
        first_frame(camera)
    for _ in range(2):
        with pytest.raises(CameraGone):
            camera.frame()


def test_a_camera_closed_by_another_thread_lets_its_caller_go(setup: Setup) -> None:
    camera = setup.open()
    seen = threading.Event()
    ended: list[CameraGone] = []

    def look() -> None:
        try:
            while True:
                camera.frame()
                seen.set()
        except CameraGone as gone:
            ended.append(gone)

    looking = threading.Thread(target=look, name="looking")
    looking.start()
    assert seen.wait(10)
    camera.close()
    looking.join(10)
    assert ended


@pytest.mark.parametrize("kind", [simulated, pi, raw_pipe, webcam])
def test_a_camera_that_hangs_gives_nothing_and_can_be_closed(
    kind: Kind, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with kind(tmp_path, monkeypatch) as made:
        assert made.hang
        with made.open() as camera:
            first_frame(camera)
            made.hang()
            while camera.frame():
                pass
            assert camera.frame() is None
            if made.pull_out:
                made.pull_out()


@pytest.mark.parametrize("kind", [folder, simulated, raw_pipe, webcam])
def test_a_camera_that_is_taken_away_says_so_again_and_again(
    kind: Kind, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with kind(tmp_path, monkeypatch) as made, made.open() as camera:
        assert made.pull_out
        first_frame(camera)
        made.pull_out()
        with pytest.raises(CameraGone):
            look_for_ever(camera)
        with pytest.raises(CameraGone):
            camera.frame()


def test_the_wait_for_a_frame_is_short_enough_for_a_watchdog() -> None:
    assert FRAME_WAIT_S <= 1
