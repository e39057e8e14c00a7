"""The wait that is told: as wide as it is unsure, and never where nobody can know."""

from __future__ import annotations

from datetime import timedelta

from appliance.line import commands
from appliance.line.wait import wait_for, wait_of, waits
from tests.support.lobby import Played, at

MINUTE = timedelta(minutes=1)


def test_nobody_waits_and_a_counter_is_free() -> None:
    lobby = Played()
    lobby.opens("1")
    wait = wait_for(lobby.line, "A1", at("08:00"))
    assert (wait.waiting, wait.expected, wait.range_min) == (0, 0 * MINUTE, (0, 5))


def test_no_forecast_without_an_open_counter() -> None:
    lobby = Played()
    lobby.opens("1")
    wait = wait_for(lobby.line, "C1", at("08:00"))
    assert wait.expected is None
    assert wait.range_min is None


def test_line_is_shared_by_the_open_counters() -> None:
    lobby = Played()
    lobby.opens("1", "2")
    for _ in range(4):
        lobby.walks_in("08:00", "B1")
    wait = wait_for(lobby.line, "B1", at("08:00"))
    assert (wait.waiting, wait.expected) == (4, 20 * MINUTE)
    assert wait.range_min == (10, 30)


def test_appointment_that_counts_later_is_not_ahead_of_a_walk_in_now() -> None:
    lobby = Played()
    lobby.opens("1")
    lobby.checks_in("08:00", slot="09:00", service="B1")
    assert wait_for(lobby.line, "B1", at("08:01")).waiting == 0


def test_who_is_at_the_counter_is_waited_for() -> None:
    lobby = Played()
    lobby.opens("1")
    lobby.walks_in("08:00", "B1")
    lobby.do(commands.Next("1"), "08:00")
    assert wait_for(lobby.line, "B1", at("08:04")).expected == 6 * MINUTE
    assert wait_for(lobby.line, "B1", at("08:30")).expected == 0 * MINUTE


def test_ticket_waits_for_those_before_it_only() -> None:
    lobby = Played()
    lobby.opens("1")
    first, second = lobby.walks_in("08:00", "B1"), lobby.walks_in("08:01", "B1")
    assert wait_of(lobby.line, first, at("08:02")).waiting == 0
    assert wait_of(lobby.line, second, at("08:02")).expected == 10 * MINUTE


def test_waits_of_all_are_those_of_each() -> None:
    lobby = Played()
    lobby.opens("1", "2")
    lobby.walks_in("08:00", "A1")
    lobby.checks_in("08:01", slot="08:10", service="B1")
    lobby.checks_in("08:01", slot="09:30", service="A1")
    lobby.checks_in("08:02", slot="08:05", service="C1")
    lobby.walks_in("08:03", "B1")
    lobby.do(commands.Next("1"), "08:04")
    now = at("08:05")
    assert waits(lobby.line, now) == {
        number: wait_of(lobby.line, number, now) for number in lobby.line.waiting
    }


def test_those_with_right_of_way_are_counted_apart() -> None:
    lobby = Played()
    lobby.opens("1")
    lobby.walks_in("08:00", "A1")
    number = lobby.walks_in("08:01", "A1")
    lobby.checks_in("08:02", slot="08:05", service="A1")
    wait = wait_of(lobby.line, number, at("08:03"))
    assert (wait.waiting, wait.first) == (2, 1)
