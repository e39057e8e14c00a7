"""Time for the desk: it goes on whatever the wall clock does, and tells a step once."""

from __future__ import annotations

import ctypes
import time
from datetime import UTC, timedelta
from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest

from appliance.drivers import clock as clocks
from appliance.drivers.clock import DeskTime, MistakenClock, SimulatedClock, SystemClock
from appliance.line.model import Boot
from tests.support.lobby import at
from tests.support.machine import Machine

if TYPE_CHECKING:
    from pathlib import Path

HOUR, SECOND = timedelta(hours=1), timedelta(seconds=1)


def test_desk_time_goes_with_the_clock() -> None:
    machine = Machine()
    desk = DeskTime(machine, sure=True, last=None)
    assert desk.now() == at("08:00")
    machine.passes(HOUR)
    assert (desk.now(), desk.step_due()) == (at("09:00"), None)


def test_desk_time_never_runs_back() -> None:
    machine = Machine()
    desk = DeskTime(machine, sure=True, last=None)
    assert desk.now() == at("08:00")
    machine.wall -= SECOND
    assert desk.now() == at("08:00")
    machine.passes(3 * SECOND)
    assert desk.now() == at("08:00:02")


def test_a_clock_that_is_corrected_a_little_is_followed() -> None:
    machine = Machine()
    desk = DeskTime(machine, sure=True, last=None)
    machine.wall += 4 * SECOND
    assert (desk.step_due(), desk.now()) == (None, at("08:00:04"))


@pytest.mark.parametrize("step", [HOUR, -HOUR, timedelta(days=365), -timedelta(days=365)])
def test_a_step_is_told_and_changes_nothing_before_it_is_taken(step: timedelta) -> None:
    machine = Machine()
    desk = DeskTime(machine, sure=True, last=None)
    machine.wall += step
    machine.passes(SECOND)
    assert desk.now() == at("08:00:01")
    assert desk.step_due() == step
    assert desk.step(step) == at("08:00:01") + step
    assert desk.step_due() is None
    machine.passes(SECOND)
    assert desk.now() == at("08:00:02") + step


def test_time_of_the_last_event_is_the_floor() -> None:
    machine = Machine(wall=at("07:30"), known=False)
    desk = DeskTime(machine, sure=True, last=at("08:40"))
    machine.passes(SECOND)
    assert (desk.now(), desk.step_due(), desk.sure) == (at("08:40:01"), None, False)


def test_when_the_time_arrives_it_is_told_even_if_it_was_right() -> None:
    machine = Machine(known=False)
    desk = DeskTime(machine, sure=True, last=None)
    machine.passes(HOUR)
    assert desk.step_due() is None
    machine.known = True
    assert desk.step_due() == timedelta()
    desk.step(timedelta())
    assert (desk.sure, desk.step_due()) == (True, None)


def test_a_desk_that_starts_again_in_the_same_boot_goes_on_whatever_the_clock_did() -> None:
    machine = Machine(wall=at("17:55"), known=False)
    began = Boot("one", DeskTime(machine, sure=True, last=None).now(), machine.up)
    machine.passes(HOUR)
    machine.wall -= 6 * HOUR
    desk = DeskTime(machine, began, sure=False, last=at("18:30"))
    assert not desk.new_boot
    assert (desk.now(), desk.sure) == (at("18:55"), False)


def test_the_end_of_a_synchronisation_is_no_reason_to_doubt() -> None:
    machine = Machine()
    desk = DeskTime(machine, sure=True, last=None)
    machine.known = False
    machine.passes(HOUR)
    assert (desk.sure, desk.now(), desk.step_due()) == (True, at("09:00"), None)


def test_a_synchronised_clock_behind_the_journal_holds_the_time_until_it_has_caught_up() -> None:
    machine = Machine(wall=at("08:00"))
    desk = DeskTime(machine, sure=True, last=at("08:30"))
    assert desk.step_due() == -timedelta(minutes=30)
    assert desk.step(-timedelta(minutes=30)) == at("08:30")
    assert desk.held_by() == timedelta(minutes=30)
    machine.passes(timedelta(minutes=20))
    assert desk.now() == at("08:30")
    machine.passes(timedelta(minutes=20))
    assert (desk.now(), desk.held_by()) == (at("08:40"), timedelta())


def test_times_that_nobody_was_sure_of_hold_nobody_down() -> None:
    machine = Machine(wall=at("08:00") + timedelta(days=365), known=False)
    last = DeskTime(machine, sure=True, last=None).now()
    machine.begins_again(at("08:10"), known=True)
    desk = DeskTime(machine, Boot("one", last, timedelta()), sure=False, last=last)
    # First it goes on from there, so that those times can be moved together with its own.
    assert (desk.now(), desk.sure) == (last, False)
    step = desk.step_due()
    assert step is not None
    assert desk.step(step) == at("08:10")


def test_played_clock_runs_faster_from_its_start() -> None:
    origin_s = time.time() - 10
    clock = SimulatedClock(at("08:00"), origin_s, speed=60.0)
    assert timedelta(minutes=10) <= clock.now() - at("08:00") < timedelta(minutes=20)
    assert DeskTime(clock, sure=True, last=None).sure


def test_a_mistaken_clock_believes_another_time_until_the_right_one_is_known(
    tmp_path: Path,
) -> None:
    known = tmp_path / "synchronized"
    right = SimulatedClock(at("07:30"), time.time(), speed=1.0)
    clock = MistakenClock(right, at("17:55") - timedelta(days=1), known)
    desk = DeskTime(clock, sure=True, last=None)
    assert timedelta() <= desk.now() - at("17:55") + timedelta(days=1) < HOUR
    assert (desk.sure, desk.step_due()) == (False, None)
    known.touch()
    step = desk.step_due()
    assert step is not None
    assert abs(step - timedelta(hours=13, minutes=35)) < SECOND
    assert timedelta() <= desk.step(step) - at("07:30") < HOUR


def test_system_clock_is_aware_and_knows_its_boot() -> None:
    clock = SystemClock()
    assert clock.now().tzinfo is UTC
    assert clock.uptime() > timedelta()
    assert clock.boot == SystemClock().boot


def test_systemd_says_when_the_clock_is_synchronised(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clocks, "TIMESYNC", tmp_path)
    assert not SystemClock().synchronised()
    (tmp_path / "synchronized").touch()
    assert SystemClock().synchronised()


def test_what_was_known_once_goes_on_being_known(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clocks, "TIMESYNC", tmp_path)
    clock = SystemClock()
    (tmp_path / "synchronized").touch()
    assert clock.synchronised()
    (tmp_path / "synchronized").unlink()
    assert clock.synchronised()
    assert not SystemClock().synchronised()


@pytest.mark.parametrize(("said", "known"), [(0, True), (1, True), (5, False), (-1, False)])
def test_what_the_kernel_says_is_understood_and_its_refusal_is_no_yes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, said: int, *, known: bool
) -> None:
    monkeypatch.setattr(clocks, "TIMESYNC", tmp_path / "absent")
    library = SimpleNamespace(ntp_adjtime=lambda _: said)
    monkeypatch.setattr(ctypes, "CDLL", lambda _: library)
    assert SystemClock().synchronised() is known


def test_without_systemd_the_kernel_is_asked_and_answers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clocks, "TIMESYNC", tmp_path / "absent")
    assert isinstance(SystemClock().synchronised(), bool)
