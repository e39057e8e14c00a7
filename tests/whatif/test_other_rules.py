"""A recorded day under other rules: who would have been called when, and what of the rest."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from itertools import islice
from typing import TYPE_CHECKING

import pytest

from appliance.line import commands, events
from appliance.line.model import Counter, CounterState, TicketState, WalkIn
from appliance.whatif.asking import AS, Report, WhatIf, ask, compared, with_minutes
from appliance.whatif.days import Day, HoleError
from appliance.whatif.figures import Figures, fates_of
from appliance.whatif.playing import Player
from appliance.whatif.reading import read
from bench.lobbies import FIRST_SITE, LOBBIES
from bench.lobby_simulator import play
from bench.made_day import empty_line, made_day, working_days
from tests.support.lobby import at, booking
from tests.whatif.lived import Lived, lobby

if TYPE_CHECKING:
    from appliance.line.line import Line
    from bench.made_day import Lobby

MINUTE = timedelta(minutes=1)


def what_if(lived: Lived, line: Line) -> WhatIf:
    """Ask what would have been; the day's own rules must give the day."""
    report = ask(lived.day(), lived.empty, {"other": line})
    assert report.proof.whole
    return report.what_ifs[0]


def called(asked: WhatIf) -> dict[str, datetime | None]:
    """Give when each number would have been called."""
    return {move.was.ticket: move.would.called if move.would else None for move in asked.moves}


def fifo(lived: Lived) -> Line:
    return compared(lived.empty, "fifo")


@pytest.fixture
def lived() -> Lived:
    """Counter 1 for A1 and B1 is there from eight o'clock; nobody else is."""
    lived = Lived.morning()
    lived.do(commands.OpenCounter("1"), "08:00")
    return lived


def test_conversation_goes_with_the_ticket_and_the_pause_with_the_clerk(lived: Lived) -> None:
    lived.do(commands.Issue("A1"), "08:01")  # A001
    lived.do(commands.Next("1"), "08:01")
    lived.do(commands.Issue("A1"), "08:02")  # A002
    lived.do(commands.CheckIn(booking("08:05")), "08:03")  # A003, with right of way
    lived.do(commands.Finish("A001"), "08:06")
    lived.do(commands.Next("1"), "08:06:30")
    lived.do(commands.Finish("A003"), "08:26:30")  # twenty minutes
    lived.do(commands.Next("1"), "08:27")
    lived.do(commands.Finish("A002"), "08:29")  # two
    assert called(what_if(lived, fifo(lived))) == {
        "A001": at("08:01"),
        "A002": at("08:06:30"),
        "A003": at("08:09"),
    }


def test_who_waits_for_nobody_is_not_slow(lived: Lived) -> None:
    """Nine minutes without anybody are no pause; ten seconds with somebody are one."""
    lived.do(commands.Issue("A1"), "08:01")
    lived.do(commands.Next("1"), "08:01:10")
    lived.do(commands.Finish("A001"), "08:06:10")
    lived.do(commands.Issue("A1"), "08:15")
    lived.do(commands.Next("1"), "08:15:10")
    lived.do(commands.Finish("A002"), "08:20")
    closed = replace(lived.empty, counters={**lived.empty.counters, "9": Counter("9", frozenset())})
    asked = what_if(lived, closed)
    assert called(asked) == {"A001": at("08:01:10"), "A002": at("08:15:10")}
    assert asked.new_counters == ["9"]


def test_counter_that_is_not_there_leaves_its_people_to_the_others(lived: Lived) -> None:
    lived.do(commands.OpenCounter("2"), "08:00")
    for minute in range(2):
        lived.do(commands.Issue("A1"), f"08:0{minute + 1}")
        lived.do(commands.Next(f"{minute + 1}"), f"08:0{minute + 1}")
    lived.do(commands.Finish("A001"), "08:05")
    lived.do(commands.Finish("A002"), "08:06")
    for counter in ("1", "2"):
        lived.do(commands.CloseCounter(counter), "12:00")
    alone = {id_: counter for id_, counter in lived.empty.counters.items() if id_ != "2"}
    asked = what_if(lived, replace(lived.empty, counters=alone))
    assert called(asked) == {"A001": at("08:01"), "A002": at("08:05")}


def test_counter_serves_what_the_other_rules_say(lived: Lived) -> None:
    lived.do(commands.Issue("B1"), "08:01")
    lived.do(commands.Next("1"), "08:02")
    lived.do(commands.Finish("B001"), "08:05")
    only_a1 = {**lived.empty.counters, "1": Counter("1", frozenset({"A1"}))}
    asked = what_if(lived, replace(lived.empty, counters=only_a1))
    assert called(asked) == {"B001": None}
    assert asked.outcome.figures.never_called == 1


def test_clerk_who_left_when_nobody_waited_stays_for_who_waits(lived: Lived) -> None:
    lived.do(commands.OpenCounter("2"), "08:00")
    for clock in ("08:04", "08:14"):
        for counter in ("1", "2"):
            lived.do(commands.Issue("A1"), clock)
            lived.do(commands.Next(counter), clock)
    for counter in ("1", "2"):
        lived.do(commands.CloseCounter(counter), "08:20")
    lived.do(commands.Finish("A003"), "08:24")
    lived.do(commands.Finish("A004"), "08:24")
    alone = {id_: counter for id_, counter in lived.empty.counters.items() if id_ != "2"}
    asked = what_if(lived, replace(lived.empty, counters=alone))
    assert called(asked) == {
        "A001": at("08:04"),
        "A002": at("08:14"),
        "A003": at("08:24"),
        "A004": at("08:34"),
    }
    assert asked.outcome.figures.last_call == at("08:34")


def test_clerk_who_left_although_people_waited_leaves_then(lived: Lived) -> None:
    lived.do(commands.Issue("A1"), "08:01")
    lived.do(commands.CheckIn(booking("08:10")), "08:02")
    lived.do(commands.Next("1"), "08:03")
    lived.do(commands.Finish("A002"), "08:10")
    lived.do(commands.CloseCounter("1"), "08:10")
    asked = what_if(lived, fifo(lived))
    assert called(asked) == {"A001": at("08:03"), "A002": None}
    assert asked.outcome.figures.never_called == 1


def test_conversation_that_is_not_recorded_takes_as_long_as_others(lived: Lived) -> None:
    lived.do(commands.Issue("A1"), "08:01")
    lived.do(commands.CheckIn(booking("08:10")), "08:02")
    lived.do(commands.Next("1"), "08:03")
    lived.do(commands.Finish("A002"), "08:10")
    lived.do(commands.CloseCounter("1"), "08:30")
    asked = what_if(lived, fifo(lived))
    assert asked.made_up == 1
    # Seven minutes; and nobody called A001 for twenty, so nobody calls A002 sooner.
    assert called(asked) == {"A001": at("08:03"), "A002": None}


def test_who_left_for_want_of_a_call_might_have_stayed(lived: Lived) -> None:
    lived.do(commands.CheckIn(booking("08:20")), "08:01")
    lived.do(commands.Issue("A1"), "08:02")
    lived.do(commands.Issue("A1"), "08:03")
    lived.do(commands.Next("1"), "08:05")
    lived.do(commands.Finish("A002"), "08:15")
    lived.do(commands.Next("1"), "08:15")
    lived.do(commands.Cancel("A003"), "08:40")
    lived.do(commands.Finish("A001"), "08:45")
    asked = what_if(lived, fifo(lived))
    assert called(asked) == {"A001": at("08:05"), "A002": at("08:35"), "A003": None}
    assert asked.outcome.figures.left == 1
    asked = what_if(lived, with_minutes(lived.empty, early=timedelta(0)))
    assert called(asked)["A003"] == at("08:15")
    assert asked.outcome.figures.left == 0


def test_walk_ins_who_are_sent_elsewhere_get_no_number_but_for_the_reception(lived: Lived) -> None:
    lived.do(commands.Issue("C1", by_staff=True), "08:02")  # C1 sends walk-ins elsewhere
    lived.do(commands.Issue("A1"), "08:03")
    lived.do(commands.CheckIn(booking("08:10")), "08:03")
    lived.do(commands.Next("1"), "08:03")
    lived.do(commands.Next("1"), "08:10")
    services = {
        code: replace(service, walk_in=WalkIn.REDIRECT)
        for code, service in lived.empty.services.items()
    }
    asked = what_if(lived, replace(lived.empty, services=services))
    assert asked.turned_away == 1
    gone = [move.was.ticket for move in asked.moves if move.would is None]
    assert gone == ["A001"]
    # The numbers are those of the record, whatever number a person would have had.
    assert called(asked) == {"A001": None, "A002": at("08:03"), "C001": None}


def test_after_the_longest_wait_a_walk_in_goes_before_an_appointment(lived: Lived) -> None:
    lived.do(commands.Issue("A1"), "08:00")
    lived.do(commands.CheckIn(booking("08:30")), "08:25")
    lived.do(commands.Next("1"), "08:30")
    lived.do(commands.Finish("A002"), "08:40")
    lived.do(commands.Next("1"), "08:40")
    asked = what_if(lived, with_minutes(lived.empty, max_wait=20 * MINUTE))
    assert called(asked)["A001"] == at("08:30")
    off = with_minutes(with_minutes(lived.empty, max_wait=20 * MINUTE), max_wait=timedelta(0))
    assert called(what_if(lived, off))["A001"] == at("08:40")


def test_by_number_means_by_number_whatever_was_configured(lived: Lived) -> None:
    lived.do(commands.Issue("B1"), "08:00")
    lived.do(commands.Issue("A1"), "08:01")
    lived.do(commands.Next("1"), "08:40")
    line = with_minutes(lived.empty, max_wait=30 * MINUTE)
    services = dict(line.services) | {"B1": lived.empty.services["B1"]}
    only_a1 = replace(line, services=services)
    assert called(what_if(lived, only_a1))["A001"] == at("08:40")
    assert called(what_if(lived, compared(only_a1, "fifo")))["B001"] == at("08:40")


def test_who_is_sent_on_counts_for_what_they_came_for(lived: Lived) -> None:
    lived.do(commands.Issue("A1"), "08:00")
    lived.do(commands.Next("1"), "08:01")
    lived.do(commands.Transfer("A001", "B1"), "08:02")
    lived.do(commands.Next("1"), "08:02")
    lived.do(commands.Finish("A001"), "08:10")
    asked = what_if(lived, fifo(lived))
    assert asked.outcome.by_service.keys() == {"A1"}
    assert called(asked) == {"A001": at("08:01")}


def test_who_did_not_come_is_called_in_vain_again_and_returns_as_late(lived: Lived) -> None:
    lived.do(commands.CheckIn(booking("08:20")), "08:00")
    lived.do(commands.Issue("A1"), "08:01")
    lived.do(commands.Next("1"), "08:02")  # A002
    lived.do(commands.Next("1"), "08:10")  # A001
    lived.do(commands.NoShow("A001", force=True), "08:12")
    lived.do(commands.Back("A001"), "08:20")
    lived.do(commands.Next("1"), "08:21")
    lived.do(commands.Finish("A001"), "08:26")
    played = Player(read(lived.day(), lived.empty), fifo(lived)).play()
    assert [(call.ticket, call.at) for call in played.calls] == [
        ("A001", at("08:02")),
        ("A002", at("08:04")),
        ("A001", at("08:12") + MINUTE),
    ]


def test_call_taken_back_keeps_nobody_else_at_the_counter(lived: Lived) -> None:
    """A003 is called and taken back; alone, the counter would have ended with A002 just then."""
    lived.do(commands.OpenCounter("2"), "08:00")
    for counter in ("1", "2"):
        lived.do(commands.Issue("A1"), "08:00")
        lived.do(commands.Next(counter), "08:00")
    lived.do(commands.Finish("A001"), "08:01")
    lived.do(commands.Issue("A1"), "08:03")
    lived.do(commands.Next("1"), "08:03")
    lived.do(commands.Undo("1"), "08:03:05")
    lived.do(commands.Next("1"), "08:03:05")
    lived.do(commands.Finish("A002"), "08:04")
    lived.do(commands.Finish("A003"), "08:08")
    alone = {id_: counter for id_, counter in lived.empty.counters.items() if id_ != "2"}
    other = replace(lived.empty, counters=alone)
    played = Player(read(lived.day(), lived.empty), other).play()
    assert [(call.ticket, call.at) for call in played.calls] == [
        ("A001", at("08:00")),
        ("A002", at("08:01")),
        ("A003", at("08:05")),
        ("A003", at("08:05:05")),
    ]
    assert {ticket.state for ticket in played.line.tickets.values()} == {TicketState.SERVED}


def test_who_cannot_be_taken_back_is_served(lived: Lived) -> None:
    lived.do(commands.Issue("A1"), "08:03")
    lived.do(commands.Next("1"), "08:03")
    lived.do(commands.Undo("1"), "08:03:05")
    lived.do(commands.Next("1"), "08:04")
    lived.do(commands.Finish("A001"), "08:08")
    never = replace(lived.empty, rules=replace(lived.empty.rules, undo_within=timedelta(0)))
    played = Player(read(lived.day(), lived.empty), never).play()
    assert [(call.ticket, call.at) for call in played.calls] == [("A001", at("08:03"))]
    assert played.line.tickets["A001"].state is TicketState.SERVED
    assert not played.made_up


def test_who_is_called_by_name_and_has_gone_is_not_waited_for(lived: Lived) -> None:
    lived.do(commands.OpenCounter("2"), "08:00")
    lived.do(commands.Issue("B1"), "08:00")
    lived.do(commands.Next("2"), "08:00")
    lived.do(commands.Issue("A1"), "08:00")
    lived.do(commands.CloseCounter("2"), "08:01")
    lived.do(commands.CheckIn(booking("08:05")), "08:02")
    lived.do(commands.Issue("A1"), "08:02")
    lived.do(commands.Call("1", "A001"), "08:05")
    lived.do(commands.Finish("A001"), "08:08")
    lived.do(commands.Next("1"), "08:08")
    lived.do(commands.Next("1"), "08:18")
    lived.do(commands.Finish("A003"), "08:20")
    services = dict(lived.empty.services)
    services["B1"] = replace(services["B1"], walk_in=WalkIn.OFF)
    # Then counter 2 calls A001, and is done with it before the clerk of counter 1 would call.
    assert called(what_if(lived, replace(lived.empty, services=services))) == {
        "B001": None,
        "A001": at("08:00"),
        "A002": at("08:05"),
        "A003": at("08:15"),
    }


def test_who_is_called_by_name_is_so_as_soon_as_they_are_there(lived: Lived) -> None:
    lived.do(commands.Issue("A1"), "08:00")
    lived.do(commands.CheckIn(booking("08:05")), "08:00")  # A002
    lived.do(commands.Next("1"), "08:02")
    lived.do(commands.Issue("A1"), "08:10")
    lived.do(commands.Issue("A1"), "08:18")
    lived.do(commands.Call("1", "A004"), "08:22")
    lived.do(commands.Next("1"), "08:25")  # A001
    lived.do(commands.Next("1"), "08:27")  # A003
    lived.do(commands.Finish("A003"), "08:30")
    # At 08:04 the clerk would have been done with A001, and A004 not there yet.
    assert called(what_if(lived, fifo(lived))) == {
        "A001": at("08:02"),
        "A002": at("08:04"),
        "A003": at("08:27"),
        "A004": at("08:24"),
    }


def test_clerk_who_has_more_to_do_than_on_that_day_is_as_quick_as_usual(lived: Lived) -> None:
    lived.do(commands.OpenCounter("2"), "08:00")
    for minute in range(4):
        lived.do(commands.Issue("A1"), f"08:0{minute}")
    for counter, clock in (("1", "08:04"), ("2", "08:04"), ("1", "08:10"), ("2", "08:10")):
        lived.do(commands.Next(counter), f"{clock}:20")
        lived.do(commands.Finish(lived.line.counters[counter].ticket or ""), f"{clock}:50")
    alone = {id_: counter for id_, counter in lived.empty.counters.items() if id_ != "2"}
    told = called(what_if(lived, replace(lived.empty, counters=alone)))
    # 4:20 and 5:30 are what it took until the first and the second call, so 4:20 is usual.
    assert told == {
        "A001": at("08:04:20"),
        "A002": at("08:10:20"),
        "A003": at("08:15:10"),
        "A004": at("08:20"),
    }


def test_step_taken_back_by_one_counter_takes_nothing_from_who_came_instead(lived: Lived) -> None:
    """A001 is set aside and taken back at once. Alone, the counter would have called A002 then."""
    lived.do(commands.OpenCounter("2"), "08:00")
    lived.do(commands.Issue("A1"), "08:01")
    lived.do(commands.Next("1"), "08:01")
    lived.do(commands.Issue("A1"), "08:02")
    lived.do(commands.Next("2"), "08:02")
    lived.do(commands.NoShow("A001", force=True), "08:03")
    lived.do(commands.Undo("1"), "08:03:05")
    lived.do(commands.Recall("1"), "08:04")
    lived.do(commands.Finish("A001"), "08:06")
    lived.do(commands.Finish("A002"), "08:12")
    alone = {id_: counter for id_, counter in lived.empty.counters.items() if id_ != "2"}
    other = replace(lived.empty, counters=alone)
    assert what_if(lived, other).outcome.figures.never_called == 0
    played = Player(read(lived.day(), lived.empty), other).play()
    assert [(call.ticket, call.at) for call in played.calls] == [
        ("A001", at("08:01")),
        ("A002", at("08:03")),
    ]
    assert played.line.tickets["A002"].state is TicketState.SERVED


def test_conversation_that_comes_otherwise_is_not_ended_by_what_was_recorded() -> None:
    """A001 is sent on by mistake and taken back; had counter 3 been free, it would have called."""
    services = dict(lobby().services)
    with_c1 = services | {"C1": replace(services["C1"], walk_in=WalkIn.TICKET)}
    lived = Lived.morning(replace(lobby(), services=with_c1))
    for counter in ("1", "3"):
        lived.do(commands.OpenCounter(counter), "08:00")
    lived.do(commands.Issue("C1"), "08:00")
    lived.do(commands.Next("3"), "08:00")
    lived.do(commands.Issue("A1"), "08:01")
    lived.do(commands.Next("1"), "08:01")
    lived.do(commands.Transfer("A001", "C1"), "08:03")
    lived.do(commands.Undo("1"), "08:03:05")
    lived.do(commands.CheckIn(booking("08:04", "C1")), "08:04")
    lived.do(commands.Finish("A001"), "08:05")
    lived.do(commands.Next("3"), "08:20")
    asked = what_if(lived, replace(lived.empty, services=services))
    assert asked.turned_away == 1
    # Counter 3 serves A001 from 08:03, as long as a C1 usually takes: twenty minutes.
    assert called(asked) == {"C001": None, "A001": at("08:01"), "C002": at("08:23")}


def test_day_that_still_goes_on_is_compared_up_to_now(lived: Lived) -> None:
    lived.do(commands.Issue("A1"), "08:01")
    lived.do(commands.CheckIn(booking("08:10")), "08:02")
    lived.do(commands.Next("1"), "08:03")
    lived.do(commands.Issue("A1"), "08:06")
    report = ask(lived.day_so_far(), lived.empty, {"fifo": fifo(lived)})
    assert report.so_far == report.ended == at("08:06")
    # Nobody knows how much longer A002 stays, so nobody else is called before now.
    assert called(report.what_ifs[0]) == {"A001": at("08:03"), "A002": None, "A003": None}


def test_day_on_which_everyone_has_gone_is_over(lived: Lived) -> None:
    lived.do(commands.Issue("A1"), "08:01")
    lived.do(commands.Next("1"), "08:03")
    lived.do(commands.Finish("A001"), "08:06")
    assert ask(lived.day_so_far(), lived.empty, {}).so_far is None
    lived.do(commands.Issue("A1"), "08:07")
    assert ask(lived.day_so_far(), lived.empty, {}).so_far == at("08:07")
    lived.do(commands.CloseCounter("1"), "08:08")
    assert ask(lived.day_so_far(), lived.empty, {}).so_far is None


def test_counter_that_the_configuration_has_forgotten_is_there_all_the_same(lived: Lived) -> None:
    lived.do(commands.Issue("A1"), "08:01")
    lived.do(commands.Next("1"), "08:02")
    lived.do(commands.CloseCounter("1"), "08:10")
    assert lived.line.counters["1"].state is CounterState.CLOSED
    without = {id_: counter for id_, counter in lived.empty.counters.items() if id_ != "1"}
    now = replace(lived.empty, counters=without)
    report = ask(lived.day(), now, {"fifo": compared(now, "fifo")})
    assert report.proof.again == 1
    assert called(report.what_ifs[0]) == {"A001": at("08:02")}


def test_record_with_a_hole_is_said_to_have_one(lived: Lived) -> None:
    lived.do(commands.Issue("A1"), "08:01")
    lived.do(commands.Next("1"), "08:02")
    lived.do(commands.Finish("A001"), "08:05")
    for lost in (events.TicketIssued, events.TicketCalled):
        record = [event for event in lived.record if not isinstance(event, lost)]
        with pytest.raises(HoleError, match="what it tells of A001 has no beginning"):
            read(Day(lived.day().day, record), lived.empty)


# The same people really sent through the other rules: made days allow that.


def both(lobby: Lobby, day: date, rules: str) -> tuple[Report, Line]:
    """Record a day under the usual rule and ask about another; and live it under that one."""
    empty, people, record = empty_line(lobby), made_day(lobby, day, 5), list[events.Event]()
    play(empty, people, heard=lambda event, _: record.append(event))
    other = compared(empty, rules)
    return ask(Day(day, record), empty, {rules: other}), play(other, people)


@pytest.mark.parametrize("rules", AS)
@pytest.mark.parametrize("lobby", [FIRST_SITE, LOBBIES[3]], ids=lambda lobby: lobby.name)
def test_where_all_counters_are_alike_every_call_is_when_it_really_would_be(
    lobby: Lobby, rules: str
) -> None:
    report, evening = both(replace(lobby, breaks=False), next(working_days()), rules)
    said = called(report.what_ifs[0])
    assert said == {number: ticket.first_called for number, ticket in evening.tickets.items()}
    assert said != {move.was.ticket: move.was.called for move in report.what_ifs[0].moves}


@pytest.mark.parametrize("lobby", [LOBBIES[2], *LOBBIES[4:]], ids=lambda lobby: lobby.name)
def test_where_they_are_not_what_comes_of_the_day_is_near(lobby: Lobby) -> None:
    """Which of two free counters somebody goes to is chance, and later calls hang on it."""
    said, true = list[Figures](), list[Figures]()
    services = empty_line(lobby).services
    for day in islice(working_days(), 4):
        report, evening = both(lobby, day, "fifo")
        said.append(report.what_ifs[0].outcome.figures)
        true.append(Figures.of(fates_of(evening, {}), services, report.ended))
    assert _kept(said) == pytest.approx(_kept(true), abs=0.06)
    assert _wait_min(said) == pytest.approx(_wait_min(true), rel=0.15)


def _kept(figures: list[Figures]) -> float:
    return sum(each.kept for each in figures) / sum(each.promised for each in figures)


def _wait_min(figures: list[Figures]) -> float:
    waits = [each.walk_ins for each in figures if each.walk_ins is not None]
    total = sum((wait.mean * wait.people for wait in waits), timedelta())
    return total / sum(wait.people for wait in waits) / MINUTE
