"""`lobby sound`: make the clips, list them, hear one."""

from __future__ import annotations

import wave
from typing import TYPE_CHECKING

import pytest

from appliance.board import spoken
from appliance.cli import main
from tests.support.device import Device, device

if TYPE_CHECKING:
    from collections.abc import Iterator

SOUND = """
[sound]
kind = "folder"
folder = "{folder}/sound"
clips = "{folder}/clips"
recorded = "{folder}/recorded"
languages = ["de"]
"""


@pytest.fixture
def pi(monkeypatch: pytest.MonkeyPatch) -> Iterator[Device]:
    # A few numbers are made as four hundred are.
    monkeypatch.setattr(spoken, "HIGHEST", 9)
    with device() as made:
        text = made.config.read_text("utf-8") + SOUND.format(folder=made.folder)
        made.config.write_text(text, "utf-8")
        yield made


def sound(pi: Device, *arguments: str) -> int:
    verb, *more = arguments
    return main(["sound", verb, "--config", str(pi.config), *more])


def test_clips_are_made_and_an_announcement_can_be_heard(
    pi: Device, capsys: pytest.CaptureFixture[str]
) -> None:
    assert sound(pi, "render") == 0
    assert capsys.readouterr().out == "gong: made\nde: 14 clips, 0 of them recorded\n"
    assert sound(pi, "say", "A017", "1") == 0
    assert (pi.folder / "sound" / "sound-0001.wav").exists()
    out = pi.folder / "a17.wav"
    assert sound(pi, "say", "A017", "1", "--out", str(out)) == 0
    with out.open("rb") as file, wave.open(file, "rb") as heard:
        assert heard.getnframes() / heard.getframerate() > 2.0


def test_list_says_what_to_record_and_where(pi: Device, capsys: pytest.CaptureFixture[str]) -> None:
    assert sound(pi, "clips") == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == f"{pi.folder}/recorded/gong.wav"
    assert f"{pi.folder}/recorded/de/call-A.wav: Nummer A" in lines
    assert f"{pi.folder}/recorded/de/to-1.wav: Platz 1" in lines
    assert f"{pi.folder}/recorded/de/7.wav: 7" in lines


def test_before_they_are_made_it_is_told_what_to_run(
    pi: Device, capsys: pytest.CaptureFixture[str]
) -> None:
    assert sound(pi, "say", "A017", "1") == 1
    assert "Run: lobby sound render" in capsys.readouterr().err


@pytest.mark.parametrize("verb", ["render", "clips"])
def test_where_nothing_is_spoken_it_is_told(
    pi: Device, capsys: pytest.CaptureFixture[str], verb: str
) -> None:
    pi.edit('kind = "folder"\nfolder = "' + str(pi.folder / "sound"), 'kind = "none"\nfolder = "/x')
    assert sound(pi, verb) == 1
    assert "nothing is spoken" in capsys.readouterr().err


def test_file_that_cannot_be_written_is_told(
    pi: Device, capsys: pytest.CaptureFixture[str]
) -> None:
    assert sound(pi, "render") == 0
    assert sound(pi, "say", "A017", "1", "--out", "/no/such/folder/x.wav") == 1
    assert "cannot be written" in capsys.readouterr().err
