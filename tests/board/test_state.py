"""What the board makes of messages and time."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from appliance.bus.messages.shown import Board, Call, KioskResult, ServiceWait, Wait, Waiting
from appliance.display.board_around import Around
from appliance.display.board_state import BoardState, Timing
from appliance.display.board_view import ENTRANCE, Mood, ServiceView
from tests.board.states import BERLIN

NINE = datetime(2025, 5, 14, 9, 0, tzinfo=BERLIN)
TODAY = date(2025, 5, 14)
TIMING = Timing(emphasis_s=20, turn_s=5)
BOOT_S = 1000.0
"""The monotonic clock does not begin at zero."""


def call(ticket: str, age_s: float = 0.0, counter: str = "3", call_id: str = "") -> Call:
    return Call(id=call_id or ticket, ticket=ticket, counter=counter, age_s=age_s)


def board(*calls: Call, at: datetime = NINE, **more: object) -> Board:
    facts: dict[str, object] = {
        "as_of": at,
        "day": TODAY,
        "session": "s",
        "valid_s": 60,
        "calls": list(calls),
        "at_counters": list(calls),
        "next": [],
        "waiting": 4,
        "open_counters": 2,
    }
    return Board(**(facts | more))  # type: ignore[arg-type]


def wait(*services: ServiceWait, at: datetime = NINE, day: date = TODAY) -> Wait:
    return Wait(as_of=at, day=day, session="s", valid_s=60, waiting=4, services=list(services))


def start(message: Board | Wait | None = None, *, live: bool = True) -> BoardState:
    state = BoardState(BERLIN, TIMING)
    return state if message is None else state.hear(message, BOOT_S, live=live)


def ticket_at(state: BoardState, after_s: float) -> tuple[str, bool] | None:
    current = state.view(BOOT_S + after_s).current
    return None if current is None else (current.ticket, current.now)


def test_before_the_first_message_the_board_says_that_it_starts() -> None:
    assert start().view(BOOT_S).mood is Mood.STARTING
    assert start().next_change_s(BOOT_S) == math.inf


def test_a_call_asks_to_come_now_and_then_stays_in_sight() -> None:
    state = start(board(call("A001")))
    assert ticket_at(state, 0) == ("A001", True)
    assert ticket_at(state, 19.9) == ("A001", True)
    assert ticket_at(state, 20) == ("A001", False)
    assert state.view(BOOT_S + 20).mood is Mood.CALLED


def test_a_call_that_was_old_already_stands_out_for_the_rest_of_its_time() -> None:
    state = start(board(call("A001", age_s=15)))
    assert ticket_at(state, 4.9) == ("A001", True)
    assert ticket_at(state, 5) == ("A001", False)


def test_calls_of_one_second_have_their_turns_oldest_first() -> None:
    state = start(board())
    state = state.hear(
        board(call("A003", 0.1), call("A002", 0.2), call("A001", 0.3)), BOOT_S + 1, live=True
    )
    assert [ticket_at(state, 1 + t) for t in (0, 4.9, 5, 9.9, 10)] == [
        ("A001", True),
        ("A001", True),
        ("A002", True),
        ("A002", True),
        ("A003", True),
    ]


def test_calls_that_wait_for_their_turn_stand_out_in_the_list_at_once() -> None:
    state = start(board()).hear(board(call("A002"), call("A001", 0.1)), BOOT_S)
    assert [(c.ticket, c.now) for c in state.view(BOOT_S).last] == [("A002", True)]


def test_a_recall_stands_out_again() -> None:
    state = start(board(call("A001", call_id="1")))
    again = Call(id="2", ticket="A001", counter="3", age_s=0, again=True)
    state = state.hear(board(again, call("A001", 40, call_id="1")), BOOT_S + 40)
    current = state.view(BOOT_S + 40).current
    assert current is not None
    assert (current.now, current.again) == (True, True)


def test_the_ticket_in_the_large_place_is_not_listed_a_second_time() -> None:
    state = start(board(call("A001", call_id="1"), call("B001", 1)))
    state = state.hear(board(call("A001", call_id="2"), call("B001", 51)), BOOT_S + 50)
    assert [c.ticket for c in state.view(BOOT_S + 50).last] == ["B001"]


def test_a_waiting_call_that_was_taken_back_gets_no_turn() -> None:
    state = start(board()).hear(board(call("A002"), call("A001", 0.1)), BOOT_S)
    state = state.hear(board(call("A001", 1)), BOOT_S + 1)
    assert ticket_at(state, 6) == ("A001", True)
    assert ticket_at(state, 25) == ("A001", False)


def test_a_call_keeps_its_turn_though_the_person_is_served_at_once() -> None:
    state = start(board(call("A001"))).hear(board(), BOOT_S + 1)
    assert ticket_at(state, 4) == ("A001", True)
    assert ticket_at(state, 20) is None


def test_a_call_that_comes_late_over_the_bus_is_still_shown() -> None:
    state = start(board()).hear(board(call("A001", age_s=45)), BOOT_S + 45)
    assert ticket_at(state, 45) == ("A001", True)
    assert ticket_at(state, 50) == ("A001", False)


@given(
    gaps=st.lists(st.floats(0, 12), min_size=1, max_size=8),
    kill_s=st.floats(0, 60),
)
def test_a_board_that_is_started_again_shows_the_same_call(
    gaps: list[float], kill_s: float
) -> None:
    made_s = [sum(gaps[: n + 1]) for n in range(len(gaps)) if sum(gaps[: n + 1]) <= kill_s]

    def at(now_s: float) -> Board:
        due = [(n, s) for n, s in enumerate(made_s) if s <= now_s]
        return board(*(call(f"A{n:03}", now_s - s) for n, s in reversed(due)))

    running = start(board())
    for now_s in made_s:
        running = running.hear(at(now_s), BOOT_S + now_s)
    running = running.hear(at(kill_s), BOOT_S + kill_s)
    fresh = start().hear(at(kill_s), BOOT_S + kill_s)
    # A hair later: floating-point sums may differ in which side of a moment they fall on.
    assert running.view(BOOT_S + kill_s + 1e-6) == fresh.view(BOOT_S + kill_s + 1e-6)


@dataclass
class _Seen:
    """Who had the large place, for how long in one go."""

    longest_s: dict[str, float] = field(default_factory=dict)
    order: list[str] = field(default_factory=list)
    last: tuple[str, float] = ("", 0.0)

    def look(self, state: BoardState, now_s: float, until_s: float) -> None:
        current = state.view(now_s).current
        if current is None or not current.now:
            self.last = ("", 0.0)
            return
        before_s = self.last[1] if self.last[0] == current.ticket else 0.0
        if current.ticket not in self.order:
            self.order.append(current.ticket)
        self.last = (current.ticket, before_s + until_s - now_s)
        self.longest_s[current.ticket] = max(self.longest_s.get(current.ticket, 0), self.last[1])


@settings(max_examples=60)
@given(gaps=st.lists(st.floats(0, 15), min_size=1, max_size=12))
def test_no_call_is_lost_and_each_has_its_time(gaps: list[float]) -> None:
    made_s = [BOOT_S + sum(gaps[: n + 1]) for n in range(len(gaps))]
    news = {s: n for n, s in enumerate(made_s)}
    state, now_s, seen = start(board()), BOOT_S, _Seen()
    while now_s < made_s[-1] + 100:
        if now_s in news:
            due = [n for n, s in enumerate(made_s) if s <= now_s]
            calls = [call(f"A{n:03}", now_s - made_s[n]) for n in reversed(due)]
            young = [c for c in calls if c.age_s <= 60]
            state = state.hear(board(*young, at_counters=calls), now_s)
        until_s = min([state.next_change_s(now_s), *(s for s in made_s if s > now_s)])
        seen.look(state, now_s, until_s)
        now_s = until_s
    assert seen.order == [f"A{n:03}" for n in range(len(gaps))]
    assert min(seen.longest_s.values()) >= TIMING.turn_s - 1e-6


@settings(max_examples=60)
@given(ages=st.lists(st.floats(0, 60), max_size=5), share=st.floats(0.001, 0.999))
def test_nothing_changes_before_the_board_said_that_it_may(ages: list[float], share: float) -> None:
    calls = (call(f"A{n}", age) for n, age in enumerate(sorted(ages)))
    state = start(board(*calls)).hear(wait(ServiceWait(service="N10", waiting=1)), BOOT_S)
    state = state.show(result(paper=len(ages) % 2 == 0), BOOT_S)
    now_s = BOOT_S
    while now_s < BOOT_S + 200:
        until_s = state.next_change_s(now_s)
        between_s = now_s + (until_s - now_s) * share
        # Two moments may be so near each other that there is no number between them.
        assert between_s == until_s or state.view(now_s) == state.view(between_s)
        now_s = until_s


def test_old_news_show_their_age() -> None:
    state = start(board(call("A001")))
    assert state.view(BOOT_S + 59).stale is None
    stale = state.view(BOOT_S + 60).stale
    assert stale is not None
    assert (stale.as_of, stale.age_min) == (NINE, 1)
    later = state.view(BOOT_S + 150).stale
    assert later is not None
    assert later.age_min == 2


def test_a_new_message_makes_old_news_fresh() -> None:
    later = board(at=NINE + timedelta(minutes=2))
    state = start(board()).hear(later, BOOT_S + 120)
    assert state.view(BOOT_S + 120).stale is None


def test_the_clock_goes_on_from_desk_time_by_the_boards_own_clock() -> None:
    state = start(board())
    assert state.view(BOOT_S + 59.9).clock == NINE
    assert state.view(BOOT_S + 60).clock == NINE + timedelta(minutes=1)


def test_the_clock_follows_the_sites_zone_over_the_change_to_summer_time() -> None:
    before = datetime(2025, 3, 30, 1, 59, tzinfo=BERLIN)
    state = start(board(at=before, day=date(2025, 3, 30)))
    clock = state.view(BOOT_S + 60).clock
    assert clock is not None
    assert f"{clock:%H:%M}" == "03:00"


def test_a_kept_message_tells_no_time() -> None:
    state = start(board(), live=False)
    assert state.view(BOOT_S).clock is None
    live = wait(at=NINE + timedelta(hours=1))
    assert state.hear(live, BOOT_S).view(BOOT_S).clock == NINE + timedelta(hours=1)


def test_a_board_of_another_day_is_drawn_empty() -> None:
    yesterday = board(call("A001"), day=TODAY - timedelta(days=1))
    state = start(yesterday, live=False).hear(wait(), BOOT_S)
    view = state.view(BOOT_S)
    assert (view.mood, view.current, view.last, view.next) == (Mood.CLOSED, None, (), ())


def test_at_midnight_the_board_becomes_empty() -> None:
    late = datetime(2025, 5, 14, 23, 59, 30, tzinfo=BERLIN)
    state = start(board(call("A001", 0), at=late))
    assert state.view(BOOT_S + 29).current is not None
    assert state.view(BOOT_S + 30).mood is Mood.CLOSED


def test_a_new_day_takes_no_call_of_the_old_one_along() -> None:
    late = datetime(2025, 5, 14, 23, 59, 55, tzinfo=BERLIN)
    state = start(board(call("A002"), call("A001", 0.1), at=late))
    morning = board(at=late + timedelta(seconds=10), day=TODAY + timedelta(days=1))
    state = state.hear(morning, BOOT_S + 10)
    assert ticket_at(state, 10) is None


def test_waits_of_another_day_are_not_shown() -> None:
    old = wait(ServiceWait(service="N10", waiting=1), day=TODAY - timedelta(days=1))
    assert start(old, live=False).hear(board(), BOOT_S).view(BOOT_S).services == ()


def test_a_forecast_is_not_shown_once_it_is_stale() -> None:
    message = wait(ServiceWait(service="N10", waiting=3, low_min=10, high_min=20))
    state = start(message).hear(board(valid_s=600), BOOT_S)
    assert state.view(BOOT_S + 59).services == (ServiceView("N10", 3, (10, 20)),)
    assert state.view(BOOT_S + 60).services == (ServiceView("N10", None, None),)


def test_waiting_people_and_no_open_counter_send_to_the_reception() -> None:
    assert start(board(open_counters=0)).view(BOOT_S).mood is Mood.UNATTENDED
    # Who is being called goes first.
    calling = start(board(call("A001"), open_counters=0))
    assert calling.view(BOOT_S).mood is Mood.CALLING
    assert calling.view(BOOT_S + 20).mood is Mood.UNATTENDED


def test_nobody_waiting_and_no_open_counter_is_closed() -> None:
    assert start(board(open_counters=0, waiting=0)).view(BOOT_S).mood is Mood.CLOSED


def test_an_open_lobby_without_calls_is_idle() -> None:
    assert start(board()).view(BOOT_S).mood is Mood.IDLE


def test_notice_of_the_staff_is_shown_while_it_stands() -> None:
    state = start(board(notice="Heute nur bis 11 Uhr"))
    assert state.view(BOOT_S).announcement == "Heute nur bis 11 Uhr"
    assert state.hear(board(), BOOT_S).view(BOOT_S).announcement == ""


def test_offline_is_shown_only_where_there_is_an_uplink() -> None:
    assert not start(board()).view(BOOT_S).offline
    assert not start(board(online=True)).view(BOOT_S).offline
    assert start(board(online=False)).view(BOOT_S).offline


def test_at_most_ten_next_numbers_in_the_desks_order() -> None:
    tickets = [Waiting(ticket=f"A{n:03}", right_of_way=n < 2) for n in range(30)]
    shown = start(board(next=tickets)).view(BOOT_S).next
    assert [each.ticket for each in shown] == [f"A{n:03}" for n in range(10)]
    assert [each.right_of_way for each in shown[:3]] == [True, True, False]


def result(
    outcome: str = "taken", ticket: str | None = "A021", *, paper: bool = True
) -> KioskResult:
    return KioskResult(outcome=outcome, facts={}, ticket=ticket, paper=paper)


def told_at(state: BoardState, after_s: float) -> str | None:
    notice = state.view(BOOT_S + after_s).notice
    return None if notice is None else notice.outcome


def test_what_a_scan_came_to_is_told_for_six_seconds() -> None:
    state = start(board()).show(result(), BOOT_S)
    assert [told_at(state, t) for t in (0, 5.9, 6)] == ["taken", "taken", None]
    assert state.next_change_s(BOOT_S) == BOOT_S + 6


def test_who_has_more_to_read_has_more_time() -> None:
    long = msgspec.structs.replace(result(), more={"de": "W" * 60, "en": "W" * 24})
    state = start(board()).show(long, BOOT_S)
    assert [told_at(state, t) for t in (10.9, 11)] == ["taken", None]


def test_a_number_that_no_slip_carries_stands_for_ten_seconds() -> None:
    state = start(board()).show(result(paper=False), BOOT_S)
    assert [told_at(state, t) for t in (0, 9.9, 10)] == ["taken", "taken", None]
    assert state.next_change_s(BOOT_S + 5) == BOOT_S + 10


def test_the_next_person_is_told_at_once() -> None:
    state = start(board()).show(result(paper=False), BOOT_S).show(result("foreign"), BOOT_S + 2)
    assert [told_at(state, t) for t in (2, 7.9, 8)] == ["foreign", "foreign", None]


def test_a_person_is_told_before_the_board_knows_anything_and_when_all_is_closed() -> None:
    closed = start(board(open_counters=0, waiting=0))
    for state, mood in ((start(), Mood.STARTING), (closed, Mood.CLOSED)):
        view = state.show(result(), BOOT_S).view(BOOT_S)
        assert view.notice is not None
        assert view.mood is mood


def test_in_played_time_calls_run_faster_and_notices_do_not() -> None:
    played = BoardState(BERLIN, replace(TIMING, speed=60)).hear(board(call("A001")), BOOT_S)
    played = played.show(result(), BOOT_S)
    assert [ticket_at(played, t) for t in (19.9, 20)] == [("A001", True), ("A001", False)]
    assert [told_at(played, 60 * real_s) for real_s in (0, 5.9, 6)] == ["taken", "taken", None]


@settings(max_examples=60)
@given(
    shown_s=st.lists(st.floats(0, 60), max_size=6),
    gaps=st.lists(st.floats(0, 12), min_size=1, max_size=6),
)
def test_no_notice_takes_anything_from_a_calls_turn(
    shown_s: list[float], gaps: list[float]
) -> None:
    made_s = [sum(gaps[: n + 1]) for n in range(len(gaps))]
    undisturbed = told = start(board())
    moments: list[tuple[float, Call | KioskResult]] = [
        *((s, call(f"A{n:03}")) for n, s in enumerate(made_s)),
        *((s, result(paper=n % 2 == 0)) for n, s in enumerate(shown_s)),
    ]
    for at_s, news in sorted(moments, key=lambda moment: moment[0]):
        now_s = BOOT_S + at_s
        if isinstance(news, KioskResult):
            told = told.show(news, now_s)
        else:
            undisturbed = undisturbed.hear(board(news), now_s)
            told = told.hear(board(news), now_s)
        for later_s in (0, 2, 5, 11, 30):
            view = told.view(now_s + later_s)
            assert replace(view, notice=None) == undisturbed.view(now_s + later_s)


def test_figures_that_make_no_sense_do_no_harm() -> None:
    odd = board(
        call("A001", age_s=-1e18), call("A002", 1e300), valid_s=10**30, waiting=-5, open_counters=-1
    )
    view = start(odd).view(BOOT_S)
    assert view.mood is Mood.CALLING
    assert start(odd).next_change_s(BOOT_S) > BOOT_S


def test_the_other_languages_take_turns_beside_the_first() -> None:
    state = replace(start(board()), around=Around(others=3))
    turns = [state.view(BOOT_S + after_s).beside_it for after_s in range(0, 45, 15)]
    assert sorted(turns) == [0, 1, 2]
    assert state.view(BOOT_S + 45).beside_it == turns[0]
    assert 0 < state.next_change_s(BOOT_S) - BOOT_S <= 15


def test_two_boards_say_the_same_language_at_the_same_time() -> None:
    one = replace(start(board()), around=Around(others=5))
    # The other was started an hour later: its own clock says something else.
    other = replace(BoardState(BERLIN), around=Around(others=5)).hear(board(), BOOT_S + 3607)
    assert one.view(BOOT_S + 8).beside_it == other.view(BOOT_S + 3607 + 8).beside_it


def test_what_somebody_reads_stays_in_its_language() -> None:
    state = replace(start(board()), around=Around(others=3)).show(result("taken"), BOOT_S)
    later = state.view(BOOT_S + 5.9)
    assert later.notice is not None
    assert later.notice.beside_it == state.view(BOOT_S).beside_it


def test_with_one_other_language_nothing_takes_turns() -> None:
    state = start(board())
    assert {state.view(BOOT_S + after_s).beside_it for after_s in range(0, 100, 7)} == {0}


def test_a_new_call_comes_to_rest_within_a_quarter_of_a_second() -> None:
    state = start(board()).hear(board(call("A017")), BOOT_S + 1)
    now_s, steps = BOOT_S + 1, []
    while (current := state.view(now_s).current) and now_s < BOOT_S + 1.3:
        steps.append(current.entered)
        now_s = state.next_change_s(now_s)
    assert steps == [0, 1, 2, 3, 4]


def test_a_call_of_some_seconds_ago_is_at_rest_on_a_board_that_starts() -> None:
    current = start(board(call("A017", age_s=3))).view(BOOT_S).current
    assert current is not None
    assert current.entered == ENTRANCE
