"""How a machine is, read from trees of files made by hand; and this very machine is no surprise."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from appliance.drivers.vitals import Card, LinuxMachine, Vitals
from tests.journal.mounts import remount, tmpfs
from tests.support.pi import MEMORY_KIB, Pi

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def pi(tmp_path: Path) -> Pi:
    return Pi(tmp_path / "root", tmp_path)


@pytest.fixture
def machine(pi: Pi, tmp_path: Path) -> LinuxMachine:
    return LinuxMachine(tmp_path, pi.root)


def test_a_pi_tells_how_it_is(machine: LinuxMachine, tmp_path: Path) -> None:
    vitals = machine.vitals()
    there = os.statvfs(tmp_path)
    assert vitals.temperature_c == pytest.approx(51.5)
    assert vitals.card is Card.FINE
    assert vitals.memory_bytes == MEMORY_KIB * 1024
    assert vitals.memory_free_bytes == round(MEMORY_KIB * 0.6) * 1024
    assert vitals.disk_bytes == there.f_blocks * there.f_frsize
    assert vitals.disk_free_bytes is not None
    assert machine.undervoltage() is False


def test_the_hottest_zone_of_the_processor_counts_and_no_other(
    pi: Pi, machine: LinuxMachine
) -> None:
    for number, kind, milli in ((1, "cpu-thermal", 83250), (2, "nvme", 99000)):
        zone = pi.root / f"sys/class/thermal/thermal_zone{number}"
        zone.mkdir()
        (zone / "type").write_text(f"{kind}\n", "ascii")
        (zone / "temp").write_text(f"{milli}\n", "ascii")
    assert machine.vitals().temperature_c == pytest.approx(83.25)


def test_a_weak_supply_is_seen(pi: Pi, machine: LinuxMachine) -> None:
    pi.supply_is(weak=True)
    assert machine.undervoltage() is True
    pi.supply_is(weak=False)
    assert machine.undervoltage() is False


def test_a_sensor_that_goes_and_comes_back_under_another_number_is_found(
    pi: Pi, machine: LinuxMachine
) -> None:
    assert machine.undervoltage() is False
    pi.sensor_goes()
    assert machine.undervoltage() is None
    pi.sensor_comes(4)
    assert machine.undervoltage() is True


def test_errors_that_the_file_system_has_met_are_told(pi: Pi, machine: LinuxMachine) -> None:
    pi.card_has_met(3)
    assert machine.vitals().card is Card.ERRORS


def test_a_card_that_became_read_only_is_told(tmp_path: Path) -> None:
    with tmpfs(tmp_path / "card", 512) as card:
        machine = LinuxMachine(card)
        assert machine.vitals().card is not Card.READ_ONLY
        remount(card, "ro")
        assert machine.vitals().card is Card.READ_ONLY


@pytest.mark.parametrize("text", ["", "many", "12 degrees"])
def test_nonsense_from_a_sensor_is_not_known(pi: Pi, machine: LinuxMachine, text: str) -> None:
    (pi.root / "sys/class/thermal/thermal_zone0/temp").write_text(text, "ascii")
    (pi.root / "sys/class/hwmon/hwmon1/in0_lcrit_alarm").write_text(text, "ascii")
    (pi.root / "proc/meminfo").write_text(text, "ascii")
    vitals = machine.vitals()
    assert (vitals.temperature_c, vitals.memory_free_bytes) == (None, None)
    assert machine.undervoltage() is None


def test_a_machine_without_any_of_it_tells_nothing(tmp_path: Path) -> None:
    machine = LinuxMachine(tmp_path / "not there", tmp_path)
    assert machine.vitals() == Vitals()
    assert machine.undervoltage() is None


def test_this_machine_can_be_asked(tmp_path: Path) -> None:
    vitals = LinuxMachine(tmp_path).vitals()
    assert vitals.memory_bytes is not None
    assert vitals.disk_free_bytes is not None
