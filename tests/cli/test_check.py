"""`lobby check`, and the command line's manners."""

from __future__ import annotations

import shlex
import subprocess
import sys
from importlib import resources
from typing import TYPE_CHECKING

import pytest

from appliance.cli import main

if TYPE_CHECKING:
    from pathlib import Path

EXAMPLES = ("entrance", "new-customers")
FIVE_MISTAKES = """\
[site]
id = "too long for a site"
name = "Jobcenter"
timezone = "Europe/Berlim"

[lobby]
id = "EINGANG"
nmae = "Eingang"

[device]
name = "eingang-1"

[[service]]
code = "A1"
letter = "O"
minutes = 0
text = { de = "Unterlagen abgeben" }
"""


@pytest.mark.parametrize("example", EXAMPLES)
def test_shipped_example_is_fine(example: str, capsys: pytest.CaptureFixture[str]) -> None:
    path = resources.files("appliance.examples") / f"{example}.toml"
    assert main(["check", str(path)]) == 0
    assert "fine" in capsys.readouterr().out


def test_all_mistakes_are_told_at_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "lobby.toml"
    path.write_text(FIVE_MISTAKES)
    assert main(["check", str(path)]) == 1
    told = capsys.readouterr().err
    for key in (
        "site.id",
        "site.timezone",
        "lobby.nmae",
        "service[1].letter",
        "service[1].minutes",
    ):
        assert key in told
    assert "Europe/Berlin" in told
    assert "lobby.name" in told


def test_a_printer_that_nobody_knows_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    example = resources.files("appliance").joinpath("examples/entrance.toml").read_text("utf-8")
    file = tmp_path / "lobby.toml"
    file.write_text(example.replace("[printer]\n", '[printer]\nprofile = "TM-T20"\n'), "utf-8")
    assert main(["check", str(file)]) == 1
    assert capsys.readouterr().err == (
        f"{file}: there is no printer profile 'TM-T20'; did you mean TM-T20II, TM-U220, TM-U220B?\n"
    )


def test_defaults_tell_every_key(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "--defaults"]) == 0
    assert "grace_min" in capsys.readouterr().out


def test_missing_file_is_one_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", str(tmp_path / "no.toml")]) == 1
    assert "no.toml" in capsys.readouterr().err


@pytest.mark.parametrize(
    "arguments", [[], ["dance"], ["run"], ["run", "cleaner"], ["decode"], ["code"]]
)
def test_wrong_use_ends_with_two(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == 2
    assert "usage: lobby" in capsys.readouterr().err


def test_reader_who_has_enough_ends_it_without_a_traceback() -> None:
    lobby = f"{shlex.quote(sys.executable)} -m appliance.cli check --defaults"
    piped = subprocess.run(
        ["bash", "-c", f"{lobby} | head -n 1"], check=True, capture_output=True, text=True
    )
    assert piped.stderr == ""
