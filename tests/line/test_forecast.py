"""The forecast: exact where nothing is left to chance, honest where something is."""

from __future__ import annotations

import pickle
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from appliance.line import commands, events
from appliance.line.answers import Given
from appliance.line.conversations import Length, Pace
from appliance.line.forecast import Estimator
from appliance.line.learning import Learned
from appliance.line.model import Counter, Urgency, Wish
from appliance.line.tallies import Share, Sums
from bench.lobby_simulator import play
from bench.made_day import ZONE, Kind, Lobby, empty_line, made_day, working_days
from tests.support.lobby import BERLIN, DAY, at, booking
from tests.support.lobby import empty_line as small_line

if TYPE_CHECKING:
    from appliance.line.line import Line
    from appliance.line.model import Booking

MINUTE = timedelta(minutes=1)
SECOND = timedelta(seconds=1)


class Certain(Learned):
    """A lobby in which everybody takes exactly what is configured, and comes five minutes early."""

    def __init__(self, line: Line) -> None:
        super().__init__(line.services, line.zone)
        self.absent = Share(0.0, 1.0)
        self.gone = {True: Share(0.0, 1.0), False: Share(0.0, 1.0)}
        self.hesitation_s = Sums()
        self.offsets_s = [-5.03 * 60]

    def length(self, code: str) -> Length:
        return Length(self.services[code].minutes.total_seconds(), 1e-9, 1e-6)

    def pace(self, line: Line, now: datetime) -> Pace:
        del line, now
        return Pace(1.0, 1e-9)


class Watched:
    """The small lobby with an estimator that hears all of it."""

    def __init__(self) -> None:
        self.line = small_line()
        self.estimator = Estimator(self.line.services, BERLIN)
        self.do(commands.TurnDay(DAY), "00:00")

    def do(self, command: commands.Command, clock: str) -> str:
        decision = self.line.decide(command, at(clock))
        for event in decision.events:
            self.estimator.hear(event, self.line)
            self.line = self.line.apply(event)
        return decision.answer.ticket if isinstance(decision.answer, Given) else ""

    def opens(self, *counters: str, clock: str = "08:00") -> None:
        for counter in counters:
            self.do(commands.OpenCounter(counter), clock)

    def knows(self, *bookings: Booking) -> None:
        self.estimator.know(DAY, bookings)

    def p50(self, service: str, clock: str) -> timedelta:
        forecast = self.estimator.wait_for(self.line, service, at(clock))
        assert forecast is not None
        return forecast.p50


def certain_lobby(*counters: str, booked: float) -> Lobby:
    kinds = (Kind("A", 6.13, 0.0), Kind("B", 10.37, 0.0), Kind("C", 17.71, 0.0))
    named = {str(number): frozenset(codes) for number, codes in enumerate(counters)}
    return Lobby(
        "certain",
        kinds,
        named,
        load=0.97,
        booked=booked,
        absent=0.0,
        gone=0.0,
        early_min=5.03,
        early_spread_min=0.0,
        pace_spread=0.0,
        breaks=False,
        shape="uniform",
    )


@pytest.mark.parametrize("booked", [0.13, 0.5, 0.9])
def test_who_knows_everything_is_never_wrong(booked: float) -> None:
    lobby = certain_lobby("ABC", "ABC", "ABC", booked=booked)
    line = empty_line(lobby)
    estimator = Estimator(line.services, ZONE, learned=Certain(line))
    told: list[timedelta] = []
    tickets: list[str] = []

    def asked(line: Line, service: str, now: datetime) -> None:
        forecast = estimator.wait_for(line, service, now)
        assert forecast is not None
        told.append(forecast.p50)

    day = made_day(lobby, next(working_days()), 3)
    estimator.know(day.date, day.bookings)
    line = play(
        line, day, heard=estimator.hear, asked=asked, given=lambda n, _now: tickets.append(n)
    )
    waits = [(line.tickets[n].first_called or at("23:59")) - line.tickets[n].taken for n in tickets]
    assert max(waits) > 10 * MINUTE
    off = [abs(said - wait) for said, wait in zip(told, waits, strict=True)]
    assert max(off) < SECOND


def test_no_forecast_where_no_open_counter_serves() -> None:
    lobby = Watched()
    assert lobby.estimator.wait_for(lobby.line, "A1", at("08:00")) is None
    lobby.opens("1")
    assert lobby.estimator.wait_for(lobby.line, "C1", at("08:00")) is None
    assert lobby.estimator.wait_of(lobby.line, "A999", at("08:00")) is None


def test_nobody_waits_where_a_counter_is_free() -> None:
    lobby = Watched()
    lobby.opens("1")
    forecast = lobby.estimator.wait_for(lobby.line, "A1", at("08:00"))
    assert forecast is not None
    assert (forecast.waiting, forecast.p50, forecast.interval[1]) == (0, 0 * MINUTE, 0 * MINUTE)


def test_same_line_gives_the_same_forecast_even_after_pickling() -> None:
    lobby = Watched()
    lobby.opens("1")
    for _ in range(6):
        lobby.do(commands.Issue("B1"), "08:01")
    first = lobby.estimator.wait_for(lobby.line, "B1", at("08:02"))
    copy = pickle.loads(pickle.dumps(lobby.estimator))  # noqa: S301  (it is ours)
    assert copy.wait_for(lobby.line, "B1", at("08:02")) == first


def test_booking_to_come_lengthens_the_wait_and_a_later_one_does_not() -> None:
    lobby = Watched()
    lobby.opens("1")
    for _ in range(3):
        lobby.do(commands.Issue("B1"), "08:01")
    alone = lobby.p50("B1", "08:02")
    lobby.knows(booking("12:00", "B1"))
    assert abs(lobby.p50("B1", "08:02") - alone) < 3 * MINUTE
    lobby.knows(*(booking(f"08:{minute}", "B1") for minute in (10, 12, 14)))
    assert lobby.p50("B1", "08:02") > alone + 15 * MINUTE


def test_ticket_waits_less_the_nearer_its_turn_is() -> None:
    lobby = Watched()
    lobby.opens("1")
    numbers = [lobby.do(commands.Issue("B1"), "08:01") for _ in range(4)]
    waits = [lobby.estimator.wait_of(lobby.line, number, at("08:02")) for number in numbers]
    assert [wait.waiting for wait in waits if wait] == [0, 1, 2, 3]
    assert [wait.p50 for wait in waits if wait] == sorted(wait.p50 for wait in waits if wait)
    lobby.do(commands.Next("1"), "08:02")
    assert lobby.estimator.wait_of(lobby.line, numbers[0], at("08:03")) is None


def test_early_appointment_lets_walk_ins_pass_until_its_time() -> None:
    lobby = Watched()
    lobby.opens("1")
    lobby.do(commands.Issue("B1"), "08:00")
    lobby.do(commands.Next("1"), "08:00")
    lobby.do(commands.CheckIn(booking("10:00", "B1")), "08:01")
    lobby.do(commands.CheckIn(booking("10:05", "B1")), "08:01")
    before = lobby.p50("B1", "08:02")
    assert before < 15 * MINUTE
    assert lobby.p50("B1", "09:56") > lobby.p50("B1", "08:30") + 5 * MINUTE


def test_long_overdue_conversation_still_has_time_left() -> None:
    lobby = Watched()
    lobby.opens("1")
    lobby.do(commands.Issue("B1"), "08:00")
    lobby.do(commands.Next("1"), "08:00")
    lobby.do(commands.Start("B001"), "08:01")
    assert lobby.p50("B1", "08:40") > 2 * MINUTE


def test_counter_that_does_not_call_though_people_wait_is_not_counted() -> None:
    lobby = Watched()
    lobby.opens("1", "2")
    for _ in range(5):
        lobby.do(commands.Issue("B1"), "08:00")
    lobby.do(commands.Next("1"), "08:00")
    both = lobby.p50("B1", "08:01")
    assert lobby.p50("B1", "08:15") > both + 8 * MINUTE


def test_morning_before_the_first_call_has_a_forecast() -> None:
    lobby = Watched()
    lobby.opens("1", clock="07:00")
    for _ in range(3):
        lobby.do(commands.Issue("B1"), "07:40")
    assert lobby.p50("B1", "07:58") > 20 * MINUTE


def test_counter_freed_by_a_transfer_is_not_taken_for_away() -> None:
    lobby = Watched()
    lobby.opens("1", "2")
    for _ in range(5):
        lobby.do(commands.Issue("B1"), "08:00")
    lobby.do(commands.Next("1"), "08:00")
    lobby.do(commands.Next("2"), "08:00")
    lobby.do(commands.Transfer("B001", "C1"), "08:20")
    free = lobby.p50("B1", "08:20")
    lobby.do(commands.Next("1"), "08:20")
    called = lobby.p50("B1", "08:20")
    assert abs(free - called) < 3 * MINUTE


def test_booking_that_is_long_overdue_is_not_waited_for() -> None:
    lobby = Watched()
    lobby.opens("1")
    for _ in range(3):
        lobby.do(commands.Issue("B1"), "08:58")
    alone = lobby.p50("B1", "09:00")
    lobby.knows(*(booking(f"08:{minute}", "B1") for minute in (10, 12, 14)))
    assert abs(lobby.p50("B1", "09:00") - alone) < MINUTE


def test_who_may_not_come_is_waited_for_less_than_who_sits_there() -> None:
    lobby = Watched()
    lobby.estimator.learned.gone = {True: Share(9.0, 1.0), False: Share(9.0, 1.0)}
    lobby.opens("1")
    lobby.do(commands.Issue("B1"), "08:00")
    lobby.do(commands.Next("1"), "08:00")
    called = lobby.p50("B1", "08:01")
    lobby.do(commands.Start("B001"), "08:01")
    assert lobby.p50("B1", "08:01") > called + 3 * MINUTE


def test_later_walk_ins_keep_other_counters_from_helping() -> None:
    """Counter 1 serves A1 and B1, counter 2 A1 only: who comes for A1 keeps it from helping."""
    lobby = Watched()
    counters = {"1": Counter("1", frozenset({"A1", "B1"})), "2": Counter("2", frozenset({"A1"}))}
    lobby.line = replace(lobby.line, counters=counters)
    lobby.opens("1", "2")
    for _ in range(6):
        lobby.do(commands.Issue("B1"), "08:00")
    lobby.do(commands.Next("1"), "08:00")
    slots = [f"08:{minute}" for minute in range(12, 58, 3)]
    lobby.knows(*(booking(slot, "A1", id_=slot) for slot in slots))
    alone = lobby.p50("B1", "08:01")
    for _ in range(20):
        lobby.estimator.learned.arrivals.hear(events.TicketIssued(at("08:01"), "A001", 1, "A1"))
    assert lobby.p50("B1", "08:01") > alone + 3 * MINUTE


def test_urgent_ticket_is_waited_for() -> None:
    lobby = Watched()
    lobby.opens("1")
    lobby.do(commands.Issue("B1"), "08:00")
    lobby.do(commands.Next("1"), "08:00")
    mine = lobby.do(commands.CheckIn(booking("08:05", "B1")), "08:01")
    other = lobby.do(commands.Issue("B1"), "08:02")
    before = lobby.estimator.wait_of(lobby.line, mine, at("08:03"))
    lobby.do(commands.MakeUrgent(other, Urgency.HEALTH), "08:02")
    after = lobby.estimator.wait_of(lobby.line, mine, at("08:03"))
    assert before is not None
    assert after is not None
    assert after.p50 > before.p50 + 5 * MINUTE


def test_every_forecast_that_was_acted_on_is_scored() -> None:
    lobby = Watched()
    lobby.opens("1")
    for minute in range(4):
        lobby.estimator.wait_for(lobby.line, "B1", at(f"08:0{minute}"))
        lobby.do(commands.Issue("B1"), f"08:0{minute}")
    assert lobby.estimator.score().forecasts == 0
    for minute in (5, 15, 25, 35):
        lobby.do(commands.Next("1"), f"08:{minute:02}")
    score = lobby.estimator.score()
    assert score.forecasts == 4
    assert score.wait == sum((m * MINUTE for m in (5, 14, 23, 32)), timedelta()) / 4


def test_forecast_is_scored_by_the_call_that_was_not_undone() -> None:
    lobby = Watched()
    lobby.opens("1")
    lobby.estimator.wait_for(lobby.line, "B1", at("08:00"))
    lobby.do(commands.Issue("B1"), "08:00")
    lobby.do(commands.Next("1"), "08:04")
    assert lobby.estimator.score().wait == 4 * MINUTE
    lobby.do(commands.Undo("1"), "08:04:05")
    assert lobby.estimator.score().forecasts == 0
    lobby.do(commands.Next("1"), "08:10")
    score = lobby.estimator.score()
    assert (score.forecasts, score.wait) == (1, 10 * MINUTE)


@pytest.mark.parametrize(
    "clock", [commands.SetClock(timedelta(hours=2)), commands.BeginBoot(clock_sure=False)]
)
def test_wait_of_which_nobody_knows_how_long_it_was_is_not_scored(clock: commands.Command) -> None:
    lobby = Watched()
    lobby.opens("1", clock="06:00")
    lobby.estimator.wait_for(lobby.line, "B1", at("06:01"))
    lobby.do(commands.Issue("B1"), "06:01")
    lobby.do(clock, "08:04")
    lobby.do(commands.Next("1"), "08:05")
    assert lobby.estimator.score().forecasts == 0


def test_who_wished_for_more_time_is_waited_for_longer() -> None:
    waits = []
    for wishes in (frozenset[Wish](), frozenset({Wish.MORE_TIME})):
        lobby = Watched()
        lobby.opens("1")
        lobby.do(commands.Issue("B1", wishes), "08:00")
        lobby.do(commands.Issue("B1", wishes), "08:00")
        lobby.do(commands.Next("1"), "08:00")
        waits.append(lobby.p50("B1", "08:00"))
    assert waits[0] * 1.35 < waits[1] < waits[0] * 1.65


def test_call_that_is_repeated_does_not_begin_the_conversation_anew() -> None:
    waits = []
    for recalled in (False, True):
        lobby = Watched()
        lobby.opens("1")
        lobby.do(commands.Issue("B1"), "08:00")
        lobby.do(commands.Next("1"), "08:00")
        if recalled:
            lobby.do(commands.Recall("1"), "08:04")
        waits.append(lobby.p50("B1", "08:04"))
    assert waits[0] == waits[1]


def test_all_who_wait_get_a_forecast_in_one_go() -> None:
    watched = Watched()
    watched.opens("1", "2")
    numbers = [watched.do(commands.Issue("A1"), "08:00") for _ in range(8)]
    watched.do(commands.CheckIn(booking("08:00", service="C1")), "08:00")
    waits = watched.estimator.waits(watched.line, at("08:01"))
    # No open counter serves C1.
    assert [*waits] == numbers
    assert [each.waiting for each in waits.values()] == [*range(8)]
    middles = [each.p50 for each in waits.values()]
    assert middles == sorted(middles)
    alone = watched.estimator.wait_of(watched.line, numbers[-1], at("08:01"))
    assert alone is not None
    # Other draws of the same chance.
    assert abs(waits[numbers[-1]].p50 - alone.p50) < 3 * MINUTE


def test_nobody_waits_and_nobody_gets_a_forecast() -> None:
    watched = Watched()
    watched.opens("1")
    assert watched.estimator.waits(watched.line, at("08:01")) == {}
