"""`lobby run kiosk`, as its unit starts it: ready, killed, back with the same picture."""

from __future__ import annotations

import os
import signal
import time
from threading import Event
from typing import TYPE_CHECKING

from PIL import Image, ImageChops

from appliance.cli import main
from tests.support.device import DEADLINE_S

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import pytest

    from tests.kiosk.conftest import Entrance

HEAD = 120
"""The clock is in it."""


def wait_for(holds: Callable[[], bool]) -> None:
    until_s = time.monotonic() + DEADLINE_S
    while not holds():
        assert time.monotonic() < until_s
        Event().wait(0.02)


def picture(folder: Path) -> Image.Image | None:
    """Give what is to be seen, without the clock; None: nothing yet."""
    file = folder / "board.png"
    if not file.exists():
        return None
    with Image.open(file) as opened:
        return opened.convert("RGB").crop((0, HEAD, *opened.size))


def differs(folder: Path, before: Image.Image | None) -> bool:
    now = picture(folder)
    if now is None or before is None:
        return now is not before
    return ImageChops.difference(now, before).getbbox() is not None


def touch(entrance: Entrance, x: int, y: int) -> None:
    pipe = os.open(entrance.pi.folder / "board" / "touches", os.O_WRONLY | os.O_NONBLOCK)
    os.write(pipe, f"{x} {y}\n".encode())
    os.close(pipe)


def test_killed_while_somebody_is_there_it_comes_back_with_the_first_page(
    entrance: Entrance,
) -> None:
    seen = entrance.pi.folder / "board"
    with entrance.pi.started("desk"):
        with entrance.pi.started("kiosk") as running:
            first = _rests(seen)
            touch(entrance, 640, 750)
            wait_for(lambda: differs(seen, first))
            running.send_signal(signal.SIGKILL)
        with entrance.pi.started("kiosk"):
            wait_for(lambda: not differs(seen, first))
    assert "Traceback" not in entrance.pi.log("kiosk")


def test_one_that_is_dead_is_told_by_status_and_doctor(
    entrance: Entrance, capsys: pytest.CaptureFixture[str]
) -> None:
    password = entrance.pi.folder / "passwords" / "staff.console"
    password.touch(mode=0o640)
    password.write_text("secret")

    def says(*words: str) -> str:
        main([*words, "--config", str(entrance.pi.config), "--language", "en"])
        return capsys.readouterr().out

    with entrance.pi.started("desk"):
        with entrance.pi.started("kiosk") as running:
            _rests(entrance.pi.folder / "board")
            assert "  kiosk  up\n" in says("status")
            running.kill()
            running.wait(DEADLINE_S)
        assert "  kiosk  DOWN" in says("status")
        told = says("doctor", "bus")
    assert "systemctl restart lobby-kiosk; journalctl -b -u lobby-kiosk" in told


def _rests(folder: Path) -> Image.Image:
    """Give the picture once it has not changed for a second."""
    seen, since_s = picture(folder), time.monotonic()

    def rests() -> bool:
        nonlocal seen, since_s
        if seen is None or differs(folder, seen):
            seen, since_s = picture(folder), time.monotonic()
        return time.monotonic() - since_s > 1.0

    wait_for(rests)
    assert seen is not None
    return seen
