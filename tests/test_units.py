"""The units: systemd understands them, and they may do no more than they need."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
SERVICES = sorted((ROOT / "systemd").glob("*.service"))
MOST_EXPOSED = 2.0

needs_systemd = pytest.mark.skipif(
    shutil.which("systemd-analyze") is None, reason="systemd-analyze is part of systemd"
)


def setting(unit: Path, key: str) -> list[str]:
    return re.findall(rf"^{key}=(.*)$", unit.read_text("utf-8"), re.MULTILINE)


def test_each_process_has_its_unit() -> None:
    assert [unit.stem for unit in SERVICES] == ["lobby-board", "lobby-desk", "lobby-scanner"]


@needs_systemd
@pytest.mark.parametrize("unit", SERVICES, ids=lambda unit: unit.stem)
def test_unit_may_do_little(unit: Path) -> None:
    rated = subprocess.run(
        ["systemd-analyze", "security", "--offline=yes", "--no-pager", str(unit)],
        check=True,
        capture_output=True,
        text=True,
    )
    found = re.search(r"Overall exposure level[^:]*: ([\d.]+)", rated.stdout)
    assert found is not None, rated.stdout
    assert float(found[1]) <= MOST_EXPOSED


@needs_systemd
@pytest.mark.parametrize("unit", SERVICES, ids=lambda unit: unit.stem)
def test_systemd_understands_the_unit(unit: Path, tmp_path: Path) -> None:
    # The program and the users are there on a Pi only.
    text = re.sub(
        r"^ExecStart=\S+", "ExecStart=/bin/true", unit.read_text("utf-8"), flags=re.MULTILINE
    )
    text = re.sub(r"^(User|Group|SupplementaryGroups)=.*\n", "", text, flags=re.MULTILINE)
    here = tmp_path / unit.name
    here.write_text(text, "utf-8")
    checked = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", str(here)],
        check=False,
        capture_output=True,
        text=True,
    )
    complaints = [line for line in checked.stderr.splitlines() if unit.name in line]
    assert complaints == []


@pytest.mark.parametrize("unit", SERVICES, ids=lambda unit: unit.stem)
def test_unit_waits_for_neither_network_nor_time(unit: Path) -> None:
    waits = " ".join(setting(unit, "After") + setting(unit, "Wants") + setting(unit, "Requires"))
    assert "network" not in waits
    assert "time-" not in waits


@pytest.mark.parametrize("unit", SERVICES, ids=lambda unit: unit.stem)
def test_unit_starts_again_for_ever(unit: Path) -> None:
    assert setting(unit, "Restart") == ["always"]
    assert setting(unit, "StartLimitIntervalSec") == ["0"]
    assert setting(unit, "Type") == ["notify"]
    assert setting(unit, "WatchdogSec")


def test_scanner_has_no_network() -> None:
    assert setting(ROOT / "systemd" / "lobby-scanner.service", "PrivateNetwork") == ["yes"]
