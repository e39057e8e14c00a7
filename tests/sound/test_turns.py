"""Whose turn it is to be spoken: each call once, oldest first, none left out."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.board.announcing import YOUNG_S, Announcement, Turns
from appliance.bus.messages.shown import Board, Call

if TYPE_CHECKING:
    from collections.abc import Iterable


def board(calls: Iterable[Call], at_counters: Iterable[Call] = ()) -> Board:
    """Give what a desk publishes."""
    return Board(
        as_of=datetime(2026, 3, 2, 8, tzinfo=UTC),
        day=date(2026, 3, 2),
        session="s",
        valid_s=30,
        calls=sorted(calls, key=lambda call: call.age_s),
        at_counters=list(at_counters),
        next=[],
        waiting=0,
        open_counters=1,
    )


def call(ticket: str, age_s: float = 0.0, made: int = 1, counter: str = "3") -> Call:
    return Call(id=f"{ticket}.{made}", ticket=ticket, counter=counter, age_s=age_s)


def spoken(turns: Turns) -> list[str]:
    """Give what is spoken until nobody waits: a ticket, then which languages of it."""
    said = []
    while (each := turns.next()) is not None:
        said.append(told(each))
    return said


def told(each: Announcement) -> str:
    which = {(0, 2): "", (0, 1): "+main", (1, 2): "+further"}
    return each.call.ticket + which.get((each.begins, each.ends or 0), f"+{each.begins}")


@pytest.fixture
def turns() -> Turns:
    return Turns(2)


def test_call_is_spoken_once_however_often_the_board_comes(turns: Turns) -> None:
    for age_s in (0.0, 5.0, 10.0, 19.0, 50.0):
        turns.hear(board([call("A001", age_s)]), 100 + age_s)
    assert spoken(turns) == ["A001"]
    turns.hear(board([call("A001", 15)]), 115)
    assert spoken(turns) == []


def test_calls_of_one_second_are_spoken_oldest_first_the_further_languages_after_all(
    turns: Turns,
) -> None:
    turns.hear(board([call("A003", 0.1), call("A001", 0.3), call("A002", 0.2)]), 100)
    assert spoken(turns) == ["A001+main", "A002+main", "A003", "A001+further", "A002+further"]


def test_who_is_called_meanwhile_goes_before_the_further_languages(turns: Turns) -> None:
    turns.hear(board([call("A001", 0.2), call("A002")]), 100)
    assert [told_next(turns), told_next(turns)] == ["A001+main", "A002"]
    turns.hear(board([call("A001", 5), call("A002", 5), call("A003")]), 105)
    assert spoken(turns) == ["A003", "A001+further"]


def told_next(turns: Turns) -> str:
    each = turns.next()
    assert each is not None
    return told(each)


def test_in_one_language_nothing_is_left_over() -> None:
    turns = Turns(1)
    turns.hear(board([call("A001", 0.2), call("A002", 0.1)]), 100)
    first, second = turns.next(), turns.next()
    assert first is not None
    assert second is not None
    assert (first.call.ticket, second.call.ticket, turns.next()) == ("A001", "A002", None)


def test_who_is_called_between_the_languages_of_another_does_not_wait_for_the_last_one() -> None:
    turns = Turns(4)
    turns.hear(board([call("A001")]), 100)
    assert [told_next(turns), told_next(turns)] == ["A001", "A001+2"]
    turns.hear(board([call("A001", 5), call("A002")]), 105)
    assert spoken(turns) == ["A002", "A001+3", "A002+2", "A002+3"]


def test_after_a_restart_calls_younger_than_twenty_seconds_are_spoken_and_no_older_ones(
    turns: Turns,
) -> None:
    kept = [call("A001", YOUNG_S), call("A002", YOUNG_S - 0.1), call("A003", 3)]
    turns.hear(board(kept), 500)
    assert spoken(turns) == ["A002+main", "A003", "A002+further"]


def test_number_that_is_called_again_is_spoken_again(turns: Turns) -> None:
    turns.hear(board([call("A001", made=1)]), 100)
    assert spoken(turns) == ["A001"]
    turns.hear(board([call("A001", made=2)]), 145)
    assert spoken(turns) == ["A001"]


def test_call_that_is_made_again_while_it_waits_is_spoken_once(turns: Turns) -> None:
    turns.hear(board([call("A001", 1), call("A002")]), 100)
    assert told_next(turns) == "A001+main"
    turns.hear(board([call("A001", 6), call("A002", made=2)]), 105)
    assert spoken(turns) == ["A002", "A001+further"]


def test_call_that_was_taken_back_is_not_spoken(turns: Turns) -> None:
    turns.hear(board([call("A001", 1), call("A002")]), 100)
    assert told_next(turns) == "A001+main"
    turns.hear(board([]), 101)
    assert spoken(turns) == []


def test_call_that_had_to_wait_for_long_is_spoken_while_its_ticket_is_awaited(
    turns: Turns,
) -> None:
    turns.hear(board([call("A001"), call("A002")]), 100)
    # No longer among the calls of the last minute, and still at the counter.
    turns.hear(board([], [call("A002", 70)]), 170)
    assert spoken(turns) == ["A002"]


def test_number_without_a_slip_is_spoken_in_its_turn(turns: Turns) -> None:
    turns.hear(board([call("A001", 1)]), 100)
    turns.remember("B007", 100.5)
    turns.hear(board([]), 101)
    assert spoken(turns) == ["B007"]


def test_what_was_not_heard_comes_again_in_its_turn(turns: Turns) -> None:
    turns.hear(board([call("A001", 2), call("A002")]), 100)
    for _ in range(2):
        each = turns.next()
        assert each is not None
        turns.again(each)
    assert [told_next(turns) for _ in range(2)] == ["A001+main", "A002"]
    each = turns.next()
    assert each is not None
    turns.again(each)
    assert spoken(turns) == ["A001+further"]


def test_what_is_given_up_is_given_up_in_every_language(turns: Turns) -> None:
    turns.hear(board([call("A001", 2), call("A002")]), 100)
    each = turns.next()
    assert each is not None
    turns.drop(each.call)
    assert spoken(turns) == ["A002"]


def test_board_with_more_calls_than_any_lobby_has_is_bounded(turns: Turns) -> None:
    turns.hear(board([call(f"A{n:03d}", n / 100) for n in range(500)]), 100)
    assert len([each for each in spoken(turns) if "+further" not in each]) == 60


moments = st.lists(
    st.tuples(st.floats(0.0, 15.0), st.integers(0, 3), st.booleans()), min_size=1, max_size=30
)


@given(moments)
def test_none_is_left_out_and_none_twice_whatever_comes_when(
    happens: list[tuple[float, int, bool]],
) -> None:
    turns, now_s = Turns(2), 0.0
    calls: dict[str, float] = {}
    said: list[str] = []
    for pause_s, new, speaks in happens:
        now_s += pause_s
        for _ in range(new):
            calls[f"A{len(calls):03d}"] = now_s
        listed = [call(t, now_s - at_s) for t, at_s in calls.items()]
        turns.hear(board([c for c in listed if c.age_s <= 60], listed), now_s)
        if speaks and (each := turns.next()) is not None and each.begins == 0:
            said.append(each.call.ticket)
    said += [each.removesuffix("+main") for each in spoken(turns) if "+further" not in each]
    # The numbers were given in the order of the calls.
    assert said == sorted(calls)
