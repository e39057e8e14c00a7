"""The webcam's driver on FFmpeg's own V4L2 reader; the kernel's side of it is played.

Run by script/test-camera. Each test has a process of its own, with `played_v4l2.c` preloaded. What
a real webcam, its USB and its driver do wrong is not in it.
"""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING, Final

import pytest

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.camera

PLAYED: Final = "/opt/played_v4l2.so"
BEGINNING: Final = """
from pathlib import Path
from appliance.drivers.camera import CameraGone
from appliance.drivers.webcam import Pixels, Webcam

device = Path(DEVICE)

def frames(camera, count):
    found = []
    for _ in range(20 * count):
        frame = camera.frame()
        if frame:
            found.append(frame)
        if len(found) == count:
            return found
    raise AssertionError(f"{len(found)} of {count} frames came")
"""


def play(device: Path, program: str) -> str:
    """Run a program that has the webcam, and give what it says."""
    device.touch()
    ran = subprocess.run(
        [sys.executable, "-c", BEGINNING.replace("DEVICE", repr(str(device))) + program],
        env={**os.environ, "LD_PRELOAD": PLAYED, "PLAYED_V4L2": str(device)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    return ran.stdout


@pytest.mark.parametrize("size", [(1280, 720), (640, 480)])
def test_frames_are_the_brightness_of_what_the_webcam_sends(
    size: tuple[int, int], tmp_path: Path
) -> None:
    said = play(
        tmp_path / "video0",
        f"""
with Webcam(device, size={size}) as camera:
    for frame in frames(camera, 10):
        luma = frame.luma
        height, width = luma.shape
        assert (width, height) == {size}
        assert (luma[5:20, 5:20] == 96).all() and luma[height // 2, width // 2] == 255
print("fine")
""",
    )
    assert said == "fine\n"


def test_a_slow_caller_gets_the_newest_frame(tmp_path: Path) -> None:
    play(
        tmp_path / "video0",
        """
import time
with Webcam(device) as camera:
    before = int(frames(camera, 1)[0].luma[0, 0])
    time.sleep(1)
    assert (int(frames(camera, 1)[0].luma[0, 0]) - before) % 256 > 10
""",
    )


def test_a_webcam_that_is_pulled_out_says_so_and_can_be_opened_when_it_is_back(
    tmp_path: Path,
) -> None:
    said = play(
        tmp_path / "video0",
        """
with Webcam(device) as camera:
    frames(camera, 3)
    device.write_text("gone")
    for _ in range(2):
        try:
            while True:
                camera.frame()
        except CameraGone as gone:
            print(gone)
try:
    Webcam(device)
except CameraGone as gone:
    print(gone)
device.write_text("")
with Webcam(device) as camera:
    frames(camera, 3)
print("back")
""",
    )
    first, second, closed, back = said.splitlines()
    assert first == second
    assert first.endswith("video0 is gone (No such device): plug it in again")
    assert "video0 can't be opened (No such device): is it plugged in" in closed
    assert back == "back"


def test_a_webcam_that_hangs_gives_nothing_and_its_process_can_end(tmp_path: Path) -> None:
    said = play(
        tmp_path / "video0",
        """
camera = Webcam(device)
frames(camera, 3)
device.write_text("hang")
while camera.frame():
    pass
assert camera.frame() is None
try:
    camera.close()
except CameraGone as gone:
    print(gone)
""",
    )
    assert "did not end within 2 s: the webcam hangs" in said


def test_a_webcam_that_another_program_has_is_a_sentence(tmp_path: Path) -> None:
    said = play(
        tmp_path / "video0",
        """
with Webcam(device):
    try:
        Webcam(device)
    except CameraGone as gone:
        print(gone)
""",
    )
    assert "(Device or resource busy)" in said


def test_what_it_does_not_send_is_a_sentence(tmp_path: Path) -> None:
    said = play(
        tmp_path / "video0",
        """
try:
    Webcam(device, pixels=Pixels.JPEG)
except CameraGone as gone:
    print(gone)
""",
    )
    assert "does it send jpeg frames" in said
