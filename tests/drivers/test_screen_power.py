"""Screens that are switched off at night: the contract, over each way of doing it."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from appliance.drivers.screen_power import (
    Backlight,
    Cec,
    ScreenPower,
    ScreenPowerError,
    SimulatedScreen,
)

if TYPE_CHECKING:
    from pathlib import Path

CEC_CTL = """\
# Stands in for cec-ctl 1.22: says what it says, and keeps what it was told.
import pathlib, sys, time
here = pathlib.Path({folder!r})
if not (here / "cec0").exists():
    sys.exit("Failed to open " + str(here / "cec0") + ": No such file or directory")
with (here / "told").open("a") as told:
    print(*sys.argv[1:], file=told)
what = (here / "cec0").read_text()
if what == "deaf":
    print("\\tTx, Not Acknowledged (4), Max Retries")
elif what == "hung":
    time.sleep(60)
else:
    print("\\tSequence: 1 Tx Timestamp: 1.000s")
    (here / "cec0").write_text("off" if "--standby" in sys.argv else "on")
"""


@dataclass
class Bench:
    """A way to switch a screen, and what can be seen of it."""

    power: ScreenPower
    lit: Callable[[], bool]
    break_it: Callable[[], None]


def tree(folder: Path, *panels: str) -> list[Path]:
    """Make what the kernel shows of panels."""
    files = []
    for panel in panels:
        (folder / panel).mkdir(parents=True)
        for name, value in (("bl_power", "0\n"), ("brightness", "255\n"), ("type", "raw\n")):
            (folder / panel / name).write_text(value)
        files.append(folder / panel / "bl_power")
    return files


def cec(folder: Path) -> Cec:
    """Make a device and a program that speaks to it."""
    program = folder / "cec-ctl"
    script = folder / "cec.py"
    script.write_text(CEC_CTL.format(folder=str(folder)))
    # Not in the first line: a path with a space in it is none there.
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" "{script}" "$@"\n')
    program.chmod(0o755)
    (folder / "cec0").write_text("on")
    return Cec(folder / "cec0", str(program))


@pytest.fixture(params=["simulated", "backlight", "cec"])
def bench(request: pytest.FixtureRequest, tmp_path: Path) -> Bench:
    match request.param:
        case "simulated":
            screen = SimulatedScreen()
            return Bench(screen, lambda: screen.lit, screen.unplug)
        case "backlight":
            (panel,) = tree(tmp_path, "10-0045")
            return Bench(
                Backlight(tmp_path), lambda: panel.read_text().strip()[0] == "0", panel.unlink
            )
        case _:
            device = tmp_path / "cec0"
            return Bench(cec(tmp_path), lambda: device.read_text() == "on", device.unlink)


def test_it_goes_off_and_on_as_often_as_asked(bench: Bench) -> None:
    for on in (False, False, True, True, False, True):
        bench.power.switch(on=on)
        assert bench.lit() is on


def test_a_screen_that_is_gone_is_said(bench: Bench) -> None:
    bench.break_it()
    with pytest.raises(ScreenPowerError) as raised:
        bench.power.switch(on=True)
    assert "\n" not in str(raised.value)


def test_every_panel_is_switched_and_nothing_else_is_touched(tmp_path: Path) -> None:
    panels = tree(tmp_path, "10-0045", "11-0045")
    Backlight(tmp_path).switch(on=False)
    assert [panel.read_text().strip() for panel in panels] == ["4", "4"]
    assert (tmp_path / "10-0045" / "brightness").read_text() == "255\n"


def test_no_panel_is_said_and_none_is_made(tmp_path: Path) -> None:
    (tmp_path / "10-0045").mkdir()
    with pytest.raises(ScreenPowerError, match="no panel"):
        Backlight(tmp_path).switch(on=False)
    assert list((tmp_path / "10-0045").iterdir()) == []


def test_the_television_is_told_and_nobody_else(tmp_path: Path) -> None:
    cec(tmp_path).switch(on=False)
    (told,) = (tmp_path / "told").read_text().splitlines()
    assert told == f"--device={tmp_path / 'cec0'} --playback --to=0 --standby"


def test_a_television_that_does_not_listen_is_no_success(tmp_path: Path) -> None:
    power = cec(tmp_path)
    (tmp_path / "cec0").write_text("deaf")
    with pytest.raises(ScreenPowerError, match="does not answer to HDMI-CEC"):
        power.switch(on=True)


def test_a_television_that_hangs_is_given_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("appliance.drivers.screen_power.CEC_DEADLINE_S", 0.5)
    power = cec(tmp_path)
    (tmp_path / "cec0").write_text("hung")
    with pytest.raises(ScreenPowerError, match="did not end"):
        power.switch(on=True)


def test_a_missing_program_is_said_with_its_package(tmp_path: Path) -> None:
    with pytest.raises(ScreenPowerError, match="v4l-utils"):
        Cec(program=str(tmp_path / "cec-ctl")).switch(on=True)
