from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from appliance.cli import main
from appliance.drivers.aim_target import card
from appliance.drivers.pictures import held_up

EXAMPLE = Path(__file__).parents[2] / "appliance" / "examples" / "new-customers.toml"
Configured = Callable[[int], Path]


@pytest.fixture
def configured(tmp_path: Path) -> Configured:
    """Give what writes a configuration with a card of so large modules before its camera."""

    def write(module_px: int) -> Path:
        hall = np.full((720, 1280), 96, np.uint8)
        view = held_up(np.asarray(card(module_px)), hall) if module_px else hall
        (tmp_path / "hall.gray").write_bytes(view.tobytes())
        without = re.sub(r"(?ms)^\[(camera|board)\].*?(?=^\[|\Z)", "", EXAMPLE.read_text("utf-8"))
        config = tmp_path / "lobby.toml"
        config.write_text(
            f'{without}\n[camera]\nkind = "raw"\nraw = "{tmp_path}/hall.gray"\nframes_per_s = 30\n'
            f'[board]\noutput = "folder"\nfolder = "{tmp_path}/board"\nwidth = 640\nheight = 360\n',
            "utf-8",
        )
        return config

    return write


def aim(config: Path, *more: str) -> int:
    return main(["camera", "aim", "--config", str(config), *more])


def test_a_good_view_is_fine(configured: Configured, capsys: pytest.CaptureFixture[str]) -> None:
    assert aim(configured(6), "--seconds", "0.3", "--no-picture") == 0
    assert capsys.readouterr().out.startswith("So ist es gut. Ein Modul ist 6,0 Pixel groß")


def test_a_bad_view_is_not_fine(configured: Configured, capsys: pytest.CaptureFixture[str]) -> None:
    assert aim(configured(4), "--seconds", "0.3", "--no-picture", "--language", "en") == 1
    assert capsys.readouterr().out.startswith("The code is too small. Please")


def test_machines_get_json_and_no_picture(
    configured: Configured, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert aim(configured(0), "--seconds", "0.3", "--json") == 1
    assert json.loads(capsys.readouterr().out)["flaws"] == ["nothing"]
    assert not (tmp_path / "board").exists()


def test_where_there_is_a_screen_there_is_a_picture(configured: Configured, tmp_path: Path) -> None:
    assert aim(configured(6), "--seconds", "0.3") == 0
    assert (tmp_path / "board" / "board.png").exists()


def test_without_a_screen_there_are_words(
    configured: Configured, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config = configured(6)
    (tmp_path / "board").write_text("a file where the folder should be")
    assert aim(config, "--seconds", "0.3") == 0
    told = capsys.readouterr()
    assert told.out.startswith("So ist es gut.")
    assert "Es gibt kein Bild, nur Worte: no pictures can be written" in told.err


def test_a_camera_that_is_not_there_is_one_sentence(
    configured: Configured, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config = configured(6)
    (tmp_path / "hall.gray").unlink()
    assert aim(config, "--no-picture") == 1
    told = capsys.readouterr().err
    assert told.startswith("lobby: ")
    assert told.count("\n") == 1


@pytest.mark.parametrize(
    "wrong", [["--seconds", "0"], ["--seconds", "soon"], ["--unheard-of"], ["--seconds", "-1"]]
)
def test_wrong_use_is_2(
    wrong: list[str], configured: Configured, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit, match="2"):
        aim(configured(6), *wrong)
    assert "usage: lobby" in capsys.readouterr().err


def test_a_wrong_configuration_is_2(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert aim(tmp_path / "nowhere.toml") == 2
    assert "there is no such file" in capsys.readouterr().err


def test_a_language_without_texts_is_2(
    configured: Configured, capsys: pytest.CaptureFixture[str]
) -> None:
    assert aim(configured(6), "--language", "xx") == 2
    assert "no texts for language 'xx'" in capsys.readouterr().err


@pytest.mark.parametrize(("module_px", "code"), [(6, 0), (4, 1)])
def test_ctrl_c_ends_it_with_what_was_told_last(
    module_px: int, code: int, configured: Configured
) -> None:
    command = [sys.executable, "-m", "appliance.cli", "camera", "aim", "--no-picture"]
    with subprocess.Popen(
        [*command, "--config", str(configured(module_px))],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as running:
        assert running.stdout
        assert running.stdout.readline()
        running.send_signal(signal.SIGINT)
        _, complaints = running.communicate(timeout=30)
    assert running.returncode == code
    assert complaints == ""


def test_the_card_is_a_page_to_print(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "card.pdf"
    assert main(["camera", "aim", "--card", str(file)]) == 0
    assert file.read_bytes().startswith(b"%PDF")
    width_pt = re.search(rb"/MediaBox \[ 0 0 ([0-9.]+) ", file.read_bytes())
    assert width_pt
    # 57 modules, the quiet zone among them.
    assert float(width_pt[1]) / 72 * 25.4 / 57 == pytest.approx(0.7, abs=0.03)
    assert str(file) in capsys.readouterr().out


def test_a_card_that_cannot_be_written_is_a_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["camera", "aim", "--card", str(tmp_path / "no" / "card.pdf")]) == 1
    assert "cannot be written" in capsys.readouterr().err
