"""What the camera sees, from the picture to what the kiosk says; and pictures that kill."""

from __future__ import annotations

import os
import signal
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from PIL import Image

from bench.frames import Conditions, code_text, frame
from demo.stage import PROCESSES, Setting, Stage
from tests.end_to_end.test_lobby import DEADLINE_S, EIGHT, Lobby
from tests.support import poison

if TYPE_CHECKING:
    from collections.abc import Iterator

    from appliance.drivers.camera import Luma

SCANNER = "another scanner"


class Entrance(Lobby):
    """A lobby whose scanner a test replaces by another."""

    def __init__(self, stage: Stage, died: list[str], run: Path) -> None:
        super().__init__(stage, died)
        self._run = run

    def replace_scanner(self, *program: str, show_s: float) -> None:
        """End the scanner in order, and start this one in its place, with the same camera.

        Args:
            program: What runs `run scanner --config …`.
            show_s: So long the camera sees each picture.
        """
        supervisor = self.stage.supervisor
        text = (self._run / "lobby.toml").read_text("utf-8")
        assert "show_s = 0.6" in text
        config = self._run / "scanner.toml"
        config.write_text(text.replace("show_s = 0.6", f"show_s = {show_s}"), "utf-8")
        os.kill(self.pids()["scanner"], signal.SIGTERM)
        self.until(lambda: supervisor.has_left("scanner"), "the end of the first scanner")
        command = (sys.executable, *program, "run", "scanner", "--config", str(config))
        supervisor.start(SCANNER, command)
        supervisor.wait_ready(SCANNER, DEADLINE_S)

    def pids(self) -> dict[str, int]:
        """Give the process ids by name."""
        names = ["mosquitto", *PROCESSES, SCANNER]
        return dict(zip(names, self.stage.supervisor.pids, strict=False))

    def hold_up(self, view: Luma) -> None:
        """Hold up whatever it is."""
        hidden = self._run / "camera" / "view.tmp"
        Image.fromarray(view).save(hidden, "PNG")
        hidden.rename(hidden.with_suffix(".png"))

    def clear_camera(self) -> None:
        """Take all pictures out of the camera's folder."""
        for picture in (self._run / "camera").iterdir():
            picture.unlink()


@pytest.fixture
def entrance(tmp_path: Path) -> Iterator[Entrance]:
    died: list[str] = []
    with tempfile.TemporaryDirectory(prefix="lobby-") as run:
        setting = Setting(tmp_path, Path(run), EIGHT, 1.0, "en", window=False)
        with Stage(setting, died.append) as stage:
            entrance = Entrance(stage, died, Path(run))
            with entrance.watched():
                yield entrance


@pytest.mark.parametrize("text", [poison.ABORTS, poison.HANGS])
def test_a_picture_that_kills_the_decoder_ends_the_scanner_alone(
    entrance: Entrance, text: str
) -> None:
    entrance.replace_scanner(str(Path(poison.__file__)), show_s=0.6)
    before = entrance.pids()
    first = entrance.check_in(EIGHT)
    entrance.stage.hold_up(text)
    entrance.until(lambda: entrance.died == [SCANNER], "the death of the scanner")
    entrance.clear_camera()
    assert entrance.press() == "A002", "the desk goes on meanwhile"
    supervisor = entrance.stage.supervisor
    entrance.until(lambda: supervisor.restarts[SCANNER] == 1, "the scanner's next life")
    third = entrance.check_in(EIGHT)
    assert (first, third) == ("A001", "A003")
    after = entrance.pids()
    others = ("mosquitto", "desk", "board")
    assert [after[name] for name in others] == [before[name] for name in others]
    assert entrance.died == [SCANNER]


def test_who_holds_up_an_unreadable_code_is_told_what_helps(entrance: Entrance) -> None:
    entrance.replace_scanner("-m", "appliance.cli", show_s=12)
    pictures = entrance.stage.board_pictures()
    rng = np.random.default_rng(1)
    view = frame(code_text(rng), Conditions(defocus_px=9), rng)
    entrance.hold_up(view)
    entrance.until(lambda: bool(entrance.results), "help on the kiosk's screen")
    assert [result.outcome for result in entrance.results] == ["unreadable"]
    assert entrance.issued() == []
    entrance.until(lambda: entrance.stage.board_pictures() > pictures, "a picture of the board")
    assert entrance.check_in(EIGHT) == "A001", "a readable one still counts"
