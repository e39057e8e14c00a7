"""What `lobby camera aim` does: builds what it needs, runs it, and ends in order."""

from __future__ import annotations

import io
import signal
import threading
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Final, TextIO

from appliance.drivers.aim_target import card
from appliance.drivers.monitor import MonitorGone
from appliance.errors import LobbyError
from appliance.files import write_atomically
from appliance.tools.aiming import Aiming, Screen

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager
    from pathlib import Path
    from types import FrameType

    from appliance.drivers.camera import Camera
    from appliance.strings import Texts

FINE, NOT_FINE = 0, 1

MODULE_MM: Final = 0.7
"""Of the card: as an appointment code comes out on paper, 34 mm wide; phones show larger ones."""
_DPI = 300
_MODULE_DOTS = round(MODULE_MM / 25.4 * _DPI)


class CardError(LobbyError):
    """The card could not be written."""


def write_card(file: Path) -> None:
    """Write the test code as a PDF, to be printed without scaling.

    Raises:
        CardError: It can't be written there.
    """
    page = io.BytesIO()
    card(_MODULE_DOTS).save(page, "PDF", resolution=_DPI, title="Camera card")
    try:
        write_atomically(file, page.getvalue(), mode=0o644)
    except OSError as error:
        raise CardError(
            f"the card cannot be written to {file} ({error.strerror}): name another file."
        ) from error


def run(
    asked: argparse.Namespace,
    texts: Texts,
    open_camera: Callable[[], Camera],
    open_screen: Callable[[], AbstractContextManager[Screen]],
    out: TextIO,
    err: TextIO,
) -> int:
    """Aim, and give the exit code: 0 where the last look was as it should be.

    Args:
        asked: The verb's arguments.
        texts: In the language of who mounts the camera.
        open_camera: Opens it, with its own exposure.
        open_screen: Opens the screen.
        out: Where it is told.
        err: Where it is said that there is no picture.

    Raises:
        CameraGone: There is no camera, or it gives no frames.
    """

    def say(line: str) -> None:
        out.write(f"{line}\n")
        out.flush()

    with _until_interrupted() as stop, ExitStack() as stack:
        camera = stack.enter_context(open_camera())
        screen = None
        if not (asked.json or asked.no_picture):
            try:
                screen = stack.enter_context(open_screen())
            except LobbyError as error:
                err.write(f"lobby: {texts('aim.no_picture', why=error)}\n")
        while True:
            aiming = Aiming(camera, texts, say, machine=asked.json, screen=screen)
            try:
                return FINE if aiming.run(stop, asked.seconds or float("inf")) else NOT_FINE
            except MonitorGone as gone:
                err.write(f"lobby: {texts('aim.no_picture', why=gone)}\n")
                screen = None


@contextmanager
def _until_interrupted() -> Iterator[threading.Event]:
    """Let Ctrl-C and systemd's stop end it in order, and give both back afterwards."""
    stop = threading.Event()

    def end(_signal: int, _frame: FrameType | None) -> None:
        stop.set()

    before = {number: signal.signal(number, end) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
