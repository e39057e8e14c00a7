"""The demonstration with sound: what the board speaks lies in the folder, for whoever has ears."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

from appliance.drivers.sound_levels import GONG_DB, LOUDNESS_DB, loudness, read_wav

if TYPE_CHECKING:
    from pathlib import Path

DEADLINE_S = 100.0


def test_calls_of_a_short_morning_can_be_heard(tmp_path: Path) -> None:
    folder = tmp_path / "out"
    command = [sys.executable, "-m", "demo.cli", "--headless", "--sound", "--minutes", "0.3"]
    played = subprocess.run(
        [*command, "--folder", str(folder)],
        check=True,
        capture_output=True,
        text=True,
        timeout=DEADLINE_S,
    )
    assert played.stderr == ""
    sounds = sorted((folder / "sound").glob("sound-*.wav"))
    assert len(sounds) >= 5
    assert all(GONG_DB <= loudness(read_wav(path)) <= LOUDNESS_DB + 1 for path in sounds)
    assert "Traceback" not in (folder / "logs" / "board.log").read_text("utf-8")
