"""The units: systemd understands them, and they may do no more than they need."""

from __future__ import annotations

import re
import shutil
import subprocess
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterable

ROOT = Path(__file__).parent.parent
SERVICES = sorted((ROOT / "systemd").glob("*.service"))
MOST_EXPOSED = 2.0

needs_systemd = pytest.mark.skipif(
    shutil.which("systemd-analyze") is None, reason="systemd-analyze is part of systemd"
)


def setting(unit: Path, key: str) -> list[str]:
    return re.findall(rf"^{key}=(.*)$", unit.read_text("utf-8"), re.MULTILINE)


def test_each_process_has_its_unit() -> None:
    assert [unit.stem for unit in SERVICES] == [
        "lobby-board",
        "lobby-desk",
        "lobby-kiosk",
        "lobby-scanner",
    ]


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


@pytest.mark.parametrize("unit", SERVICES, ids=lambda unit: unit.stem)
def test_who_is_filtered_by_address_still_reaches_itself(unit: Path) -> None:
    # Without it paho, which wakes its own thread over 127.0.0.1, never reaches the bus. A container
    # does not show that: nobody filters there.
    filtered = setting(unit, "IPAddressDeny") == ["any"]
    assert filtered is (setting(unit, "PrivateNetwork") == ["yes"])
    assert setting(unit, "IPAddressAllow") == (["localhost"] if filtered else [])
    assert "AF_INET" in setting(unit, "RestrictAddressFamilies")[0].split()


@pytest.mark.parametrize("unit", SERVICES, ids=lambda unit: unit.stem)
def test_unit_that_hangs_does_not_keep_another_release_out(unit: Path) -> None:
    # It comes back within 60 s, of which the verdict takes 40.
    assert setting(unit, "TimeoutStopSec") == ["5"]


@pytest.mark.parametrize("unit", SERVICES, ids=lambda unit: unit.stem)
def test_who_has_pins_finds_out_on_what_board_and_where_to_make_its_pipe(unit: Path) -> None:
    # gpiozero reads /proc/device-tree, which ProcSubset=pid hides; lgpio makes a pipe where it is.
    groups = " ".join(setting(unit, "SupplementaryGroups")).split()
    has_pins = "gpio" in groups
    assert has_pins is ("char-gpiochip rw" in setting(unit, "DeviceAllow"))
    assert setting(unit, "ProcSubset") == ([] if has_pins else ["pid"])
    assert (f"LG_WD=%t/{unit.stem}" in setting(unit, "Environment")) is has_pins


def test_memory_is_limited_to_twice_what_a_process_may_cost() -> None:
    # With the desk's child, and the sound player; docs/adr and bench/ hold them to these.
    costs_mb = {
        "lobby-board": 120 + 40,
        "lobby-desk": 80 + 60,
        "lobby-kiosk": 120 + 40,
        "lobby-scanner": 90,
    }
    limits = {unit.stem: setting(unit, "MemoryMax") for unit in SERVICES}
    assert limits == {name: [f"{2 * cost}M"] for name, cost in costs_mb.items()}
    # A Pi with 1 GB keeps a quarter for its system, the bus and the pages.
    together = sum(costs_mb.values()) - costs_mb["lobby-kiosk"]  # or the board; not both
    assert 2 * together <= 780


@pytest.mark.parametrize("unit", SERVICES, ids=lambda unit: unit.stem)
def test_unit_is_never_swapped_out(unit: Path) -> None:
    assert setting(unit, "MemorySwapMax") == ["0"]


def test_child_that_grows_does_not_take_the_desk_along() -> None:
    assert setting(ROOT / "systemd" / "lobby-desk.service", "OOMPolicy") == ["continue"]


@pytest.mark.parametrize("name", ["lobby-scanner", "lobby-board", "lobby-kiosk"])
def test_who_needs_no_network_has_none(name: str) -> None:
    assert setting(ROOT / "systemd" / f"{name}.service", "PrivateNetwork") == ["yes"]


@pytest.mark.parametrize("unit", SERVICES, ids=lambda unit: unit.stem)
def test_unit_has_a_user_and_a_password_of_its_own(unit: Path) -> None:
    process = unit.stem.removeprefix("lobby-")
    assert setting(unit, "User") == [unit.stem]
    assert f"{process}:/etc/lobby/bus/{process}" in setting(unit, "LoadCredential")
    others = {other.stem.removeprefix("lobby-") for other in SERVICES} - {process}
    assert not [
        line for line in setting(unit, "LoadCredential") if line.partition(":")[0] in others
    ]


@pytest.mark.parametrize("unit", SERVICES, ids=lambda unit: unit.stem)
def test_unit_opens_named_devices_only(unit: Path) -> None:
    assert setting(unit, "DevicePolicy") == ["closed"]
    for allowed in setting(unit, "DeviceAllow"):
        device, rights = allowed.split()
        # A folder below /dev is no device, and systemd passes it over without a word.
        assert re.fullmatch(r"char-[A-Za-z0-9_]+|/dev/tty1", device), allowed
        assert rights in {"r", "rw"}


def started(folder: Path, *ages_s: int) -> list[str]:
    """Start a unit whose last starts were so long ago; give for how long it waited."""
    folder.mkdir(exist_ok=True)
    now_s = int(time.time())
    (folder / "starts").write_text(" ".join(str(now_s - age) for age in ages_s))
    clock = folder / "sleep"
    clock.write_text(f"#!/bin/sh\necho $1 >>{folder}/waited\n")
    clock.chmod(0o755)
    environment = {"RUNTIME_DIRECTORY": str(folder), "PATH": f"{folder}:/usr/bin:/bin"}
    subprocess.run([ROOT / "systemd" / "backoff"], check=True, env=environment)
    waited = folder / "waited"
    return waited.read_text().split() if waited.exists() else []


@pytest.mark.parametrize(
    ("ages_s", "waited"),
    [
        ((), []),
        ((1, 2), []),
        ((1, 2, 3), ["1"]),
        (range(1, 6), ["3"]),
        (range(1, 50), ["10"]),
        (range(70, 120), []),
        (range(-50, -1), []),
    ],
    ids=["first", "third", "fourth", "sixth", "fiftieth", "long ago", "clock was set back"],
)
def test_unit_that_ends_again_and_again_waits_longer_and_is_forgiven(
    tmp_path: Path, ages_s: Iterable[int], waited: list[str]
) -> None:
    assert started(tmp_path / "run", *ages_s) == waited


def test_starts_are_remembered_for_a_minute(tmp_path: Path) -> None:
    started(tmp_path, 1, 2, 3, 61, 99)
    assert len((tmp_path / "starts").read_text().split()) == 4
