"""The order of the line, as tables that a clerk could read."""

from __future__ import annotations

from datetime import timedelta

import pytest

from appliance.line import commands
from appliance.line.answers import Called
from appliance.line.model import RankClass, Service, Ticket, Urgency
from appliance.line.rules import candidates, rank
from tests.support.lobby import Played, at

# fmt: off
RANKS = [
    # scanned  slot     looked at  class                    counts as
    ("09:18",  "09:20", "09:18",   RankClass.RIGHT_OF_WAY,  "09:20"),  # in time
    ("09:20",  "09:20", "09:20",   RankClass.RIGHT_OF_WAY,  "09:20"),
    ("09:25",  "09:20", "09:25",   RankClass.RIGHT_OF_WAY,  "09:25"),  # a little late
    ("09:30",  "09:20", "09:30",   RankClass.RIGHT_OF_WAY,  "09:30"),  # ten minutes: still in time
    ("09:31",  "09:20", "09:31",   RankClass.ORDINARY,      "09:20"),  # eleven: late
    ("10:20",  "09:20", "10:20",   RankClass.ORDINARY,      "09:20"),  # sixty: late
    ("10:21",  "09:20", "10:21",   RankClass.ORDINARY,      "10:21"),  # sixty-one: very late
    ("09:00",  "09:20", "09:00",   RankClass.EARLY,         "09:20"),  # early
    ("09:00",  "09:20", "09:09",   RankClass.EARLY,         "09:20"),
    ("09:00",  "09:20", "09:10",   RankClass.RIGHT_OF_WAY,  "09:20"),  # ten minutes before: counts
    ("09:00",  None,    "09:30",   RankClass.ORDINARY,      "09:00"),  # without an appointment
]
# fmt: on


@pytest.mark.parametrize(("scanned", "slot", "looked_at", "rank_class", "counts_as"), RANKS)
def test_rank_follows_the_table(
    scanned: str, slot: str | None, looked_at: str, rank_class: RankClass, counts_as: str
) -> None:
    lobby = Played()
    number = lobby.walks_in(scanned) if slot is None else lobby.checks_in(scanned, slot)
    ticket = lobby.line.tickets[number]
    got = rank(ticket, at(looked_at), lobby.line.services["A1"])
    assert got == (rank_class, at(counts_as), 1)


def test_appointment_goes_before_walk_ins_who_came_earlier() -> None:
    lobby = Played()
    lobby.opens("1")
    lobby.walks_in("09:00")
    lobby.walks_in("09:05")
    lobby.checks_in("09:15", slot="09:20")
    assert lobby.do(commands.Next("1"), "09:16") == Called("A003", "1")


def test_early_appointment_waits_for_its_time_while_others_wait() -> None:
    lobby = Played()
    lobby.opens("1")
    lobby.checks_in("08:30", slot="09:20")
    lobby.walks_in("08:40")
    assert lobby.do(commands.Next("1"), "08:41") == Called("A002", "1")


def test_early_appointment_is_called_when_nobody_else_waits() -> None:
    lobby = Played()
    lobby.opens("1")
    lobby.checks_in("08:30", slot="09:20")
    assert lobby.do(commands.Next("1"), "08:31") == Called("A001", "1")


def test_late_appointment_takes_its_slot_for_the_time_of_its_number() -> None:
    lobby = Played()
    lobby.opens("1")
    lobby.walks_in("09:15")
    lobby.walks_in("09:25")
    lobby.checks_in("09:40", slot="09:20")
    ranked = candidates(
        lobby.line.counters["1"], lobby.line.tickets.values(), at("09:41"), lobby.line.services
    )
    assert [candidate.ticket for candidate in ranked] == ["A001", "A003", "A002"]


def test_counter_gets_only_whom_it_may_serve() -> None:
    lobby = Played()
    lobby.opens("1", "3")
    lobby.walks_in("09:00", "A1")
    lobby.checks_in("09:05", slot="09:10", service="C1")
    assert lobby.do(commands.Next("3"), "09:06") == Called("C001", "3")
    assert lobby.do(commands.Next("1"), "09:06") == Called("A001", "1")


def test_who_waits_for_a_service_that_was_dropped_is_still_called() -> None:
    lobby = Played()
    number = lobby.walks_in("09:00", "B1")
    kept = {code: s for code, s in lobby.line.services.items() if code != "B1"}
    ranked = candidates(lobby.line.counters["3"], lobby.line.tickets.values(), at("09:01"), kept)
    assert [candidate.ticket for candidate in ranked] == [number]


def test_who_is_urgent_is_not_set_back_by_having_waited_long() -> None:
    service = Service("B1", "B", timedelta(minutes=10), max_wait=timedelta(minutes=40))
    first = Ticket("B001", 1, "B1", at("08:18"), urgent=Urgency.HEALTH)
    second = Ticket("B002", 2, "B1", at("08:50"), urgent=Urgency.HEALTH)
    assert rank(first, at("09:00"), service) < rank(second, at("09:00"), service)
