"""Played again under its own rules a day comes out as it was: else no what-if could be believed."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings

from appliance.line import commands, events
from appliance.line.model import Rank, RankClass
from appliance.whatif.asking import ask, with_minutes
from appliance.whatif.days import Day
from appliance.whatif.played import Called
from appliance.whatif.playing import Player
from appliance.whatif.reading import read
from bench.lobbies import LOBBIES
from bench.lobby_simulator import play
from bench.made_day import empty_line, made_day, working_days
from tests.support.lobby import at, booking
from tests.whatif.lived import STEPS, Lived, live

if TYPE_CHECKING:
    from appliance.line.line import Line
    from bench.made_day import Lobby
    from tests.whatif.lived import Step

DATE = next(working_days())


def calls(record: list[events.Event]) -> list[Called]:
    return [
        Called(event.at, event.ticket, event.counter)
        for event in record
        if isinstance(event, events.TicketCalled)
    ]


@settings(max_examples=400, deadline=None)
@given(STEPS)
def test_whatever_people_and_clerks_did_comes_out_again(steps: list[Step]) -> None:
    lived = live(steps)
    day = lived.day_so_far()
    script = replace(read(day, lived.empty), ends=day.until)
    played = Player(script, lived.empty).play()
    assert played.calls == calls(lived.record)
    # What a counter may still take back is of no concern afterwards.
    assert replace(played.line, steps={}) == replace(lived.line, steps={})


@settings(max_examples=100, deadline=None)
@given(STEPS)
def test_every_call_follows_from_the_candidates_that_it_keeps(steps: list[Step]) -> None:
    lived = live(steps)
    proof = ask(lived.day_so_far(), lived.empty, {}).proof
    assert proof.explained == proof.again == proof.by_rule
    assert proof.by_rule + proof.by_hand == len(calls(lived.record))


@settings(max_examples=100, deadline=None)
@given(STEPS)
def test_under_other_rules_everyone_who_came_is_still_somewhere(steps: list[Step]) -> None:
    lived = live(steps)
    line = with_minutes(
        lived.empty, early=timedelta(minutes=40), grace=timedelta(0), max_wait=timedelta(minutes=5)
    )
    played = Player(read(lived.day(), lived.empty), line).play()
    assert played.numbers.keys() == lived.line.tickets.keys()
    at_counters = [c.ticket for c in played.line.counters.values() if c.ticket is not None]
    assert len(at_counters) == len(set(at_counters))
    for event in played.calls:
        assert event.at >= lived.line.tickets[event.ticket].taken


def recorded(lobby: Lobby, seed: int) -> tuple[Day, Line]:
    """Let a made lobby run for a day."""
    empty, record = empty_line(lobby), list[events.Event]()
    play(empty, made_day(lobby, DATE, seed), heard=lambda event, _: record.append(event))
    return Day(DATE, record), empty


@pytest.mark.parametrize("lobby", LOBBIES, ids=lambda lobby: lobby.name)
def test_made_days_come_out_again_to_the_last_call(lobby: Lobby) -> None:
    for seed in range(2):
        day, empty = recorded(lobby, seed)
        proof = ask(day, empty, {}).proof
        assert proof.by_rule > 100
        assert (proof.again, proof.explained) == (proof.by_rule, proof.by_rule)
        assert proof.whole


def test_rules_that_were_not_those_of_the_day_are_found_out() -> None:
    day, empty = recorded(LOBBIES[1], 4)
    proof = ask(day, with_minutes(empty, early=timedelta(0)), {}).proof
    assert proof.explained < proof.by_rule
    assert proof.again < proof.by_rule
    assert not proof.whole


def test_a_call_whose_candidates_are_not_what_they_were_is_found_out() -> None:
    day, empty = recorded(LOBBIES[1], 4)
    place, call = next(
        (place, event)
        for place, event in enumerate(day.record)
        if isinstance(event, events.TicketCalled) and len(event.candidates) > 1
    )
    first, second, *others = call.candidates
    for wrong in (
        (second, first, *others),
        (first, *others),
        (first, second._replace(rank=Rank(RankClass.URGENT, *second.rank[1:])), *others),
    ):
        record = list(day.record)
        record[place] = replace(call, candidates=wrong)
        proof = ask(Day(day.day, record), empty, {}).proof
        assert proof.explained == proof.by_rule - 1
        assert proof.again == proof.by_rule


def test_calls_by_hand_are_told_apart_and_stay_as_they_were() -> None:
    lived = Lived.morning()
    lived.do(commands.OpenCounter("1"), "08:00")
    for clock in ("08:01", "08:02", "08:03"):
        lived.do(commands.Issue("A1"), clock)
    lived.do(commands.CheckIn(booking("08:10")), "08:05")
    lived.do(commands.Call("1", "A003"), "08:06")
    lived.do(commands.Park("A003"), "08:08")
    lived.do(commands.Next("1"), "08:09")
    lived.do(commands.Recall("1"), "08:10")
    lived.do(commands.Pick("1", "A003"), "08:12")
    lived.do(commands.Undo("1"), "08:12:05")
    lived.do(commands.NoShow("A004", force=True), "08:13")
    lived.do(commands.Pick("1", "A003"), "08:14")
    report = ask(lived.day(), lived.empty, {"other": with_minutes(lived.empty, early=timedelta(0))})
    assert (report.proof.by_rule, report.proof.by_hand) == (1, 4)
    assert report.proof.whole
    (other,) = report.what_ifs
    assert [move.was.ticket for move in other.moves if move.by(report.ended)] == ["A001", "A004"]
    called = {move.was.ticket: move.would and move.would.called for move in other.moves}
    assert called["A003"] == at("08:06")
    assert called["A001"] == at("08:09")


def test_parked_number_is_picked_at_a_counter_that_calls_nobody_else() -> None:
    lived = Lived.morning()
    lived.do(commands.OpenCounter("1"), "08:00")
    lived.do(commands.Issue("A1"), "08:01")
    lived.do(commands.Next("1"), "08:02")
    lived.do(commands.Park("A001"), "08:04")
    lived.do(commands.Pause("1"), "08:05")
    lived.do(commands.Pick("1", "A001"), "08:09")
    lived.do(commands.Finish("A001"), "08:12")
    assert Player(read(lived.day(), lived.empty), lived.empty).play().calls == [
        Called(at("08:02"), "A001", "1"),
        Called(at("08:09"), "A001", "1"),
    ]


def test_pause_taken_back_is_no_step_of_its_own() -> None:
    """Else a call at the same instant, taken back too, would leave the counter paused."""
    lived = Lived.morning()
    lived.do(commands.OpenCounter("1"), "08:00")
    lived.do(commands.Issue("A1"), "08:01")
    lived.do(commands.Pause("1"), "08:02")
    lived.do(commands.Undo("1"), "08:02:05")
    lived.do(commands.Next("1"), "08:02:05")
    lived.do(commands.Undo("1"), "08:02:06")
    lived.do(commands.Next("1"), "08:03")
    assert ask(lived.day(), lived.empty, {}).proof.again == 2
