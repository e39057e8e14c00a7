"""Counters' days: a lunch that is always at noon is known at half past eleven."""

from __future__ import annotations

from datetime import timedelta

import numpy as np

from appliance.line import commands
from appliance.line.hours import Absence, Hours
from tests.support.lobby import BERLIN, DAY, at, empty_line


class Days:
    """The small lobby, whose counter 1 opens and closes."""

    def __init__(self) -> None:
        self.line = empty_line()
        self.hours = Hours(BERLIN)
        self.day = DAY - timedelta(days=1)
        self.turns()

    def do(self, command: commands.Command, clock: str) -> None:
        for event in self.line.decide(command, at(clock, self.day)).events:
            self.hours.hear(event, self.line)
            self.line = self.line.apply(event)

    def turns(self) -> None:
        self.day += timedelta(days=1)
        self.do(commands.TurnDay(self.day), "00:00")

    def opens(self, clock: str) -> None:
        self.do(commands.OpenCounter("1"), clock)

    def closes(self, clock: str) -> None:
        self.do(commands.CloseCounter("1"), clock)

    def usual(self, days: int, *, somebody_waits: bool = False) -> None:
        """Play days from eight to four with half an hour at noon."""
        for _ in range(days):
            self.opens("08:00")
            self.closes("12:00")
            self.opens("12:30")
            if somebody_waits:
                self.do(commands.Issue("A1"), "15:59")
            self.closes("16:00")
            self.turns()

    def absence_min(self, clock: str) -> tuple[float, float]:
        """Give in the mean when the counter leaves and returns, in minutes from a time of day."""
        absence = self.drawn(clock)
        return float(absence.leaves_s.mean()) / 60, float(absence.returns_s.mean()) / 60

    def drawn(self, clock: str) -> Absence:
        rng = np.random.default_rng(1)
        return self.hours.absence(self.line.counters["1"], at(clock, self.day), rng, 400)


def test_counter_with_no_past_stays_as_it_is() -> None:
    days = Days()
    assert days.absence_min("09:00") == (-np.inf, np.inf)
    days.opens("09:00")
    assert days.absence_min("09:00") == (np.inf, np.inf)


def test_lunch_is_foreseen_with_its_length() -> None:
    days = Days()
    days.usual(4)
    days.opens("08:00")
    leaves_min, returns_min = days.absence_min("11:30")
    assert 29 < leaves_min < 31
    assert 59 < returns_min < 61


def test_who_is_at_lunch_comes_back() -> None:
    days = Days()
    days.usual(4)
    days.opens("08:00")
    days.closes("12:10")
    _, returns_min = days.absence_min("12:20")
    assert 19 < returns_min < 21


def test_lunch_that_is_late_today_is_still_to_come_and_given_up_at_last() -> None:
    days = Days()
    days.usual(4)
    days.opens("08:00")
    assert days.absence_min("12:15")[0] < 10
    assert days.absence_min("13:00") == (np.inf, np.inf)


def test_lunch_that_was_had_is_not_had_again() -> None:
    days = Days()
    days.usual(4)
    days.opens("08:00")
    days.closes("11:00")
    days.opens("11:30")
    assert days.absence_min("11:45") == (np.inf, np.inf)


def test_evening_with_nobody_waiting_is_not_a_closing_time() -> None:
    days = Days()
    days.usual(4)
    days.opens("08:00")
    days.closes("12:00")
    days.opens("12:30")
    assert days.absence_min("15:50") == (np.inf, np.inf)


def test_evening_with_people_waiting_is_a_closing_time() -> None:
    days = Days()
    days.usual(4, somebody_waits=True)
    days.opens("08:00")
    days.closes("12:00")
    days.opens("12:30")
    leaves_min, returns_min = days.absence_min("15:50")
    assert 9 < leaves_min < 11
    assert returns_min == np.inf


def test_counter_is_expected_in_the_morning() -> None:
    days = Days()
    days.usual(4)
    assert 14 < days.absence_min("07:45")[1] < 16


def test_line_is_believed_where_an_opening_was_not_heard() -> None:
    days = Days()
    days.usual(4)
    for event in days.line.decide(commands.OpenCounter("1"), at("08:00", days.day)).events:
        days.line = days.line.apply(event)
    assert days.absence_min("11:30") == (np.inf, np.inf)


def test_line_is_believed_where_a_closing_was_not_heard() -> None:
    days = Days()
    days.usual(4)
    days.opens("08:00")
    for event in days.line.decide(commands.CloseCounter("1"), at("09:00", days.day)).events:
        days.line = days.line.apply(event)
    assert days.absence_min("09:02") == (-np.inf, np.inf)


def test_closing_that_is_undone_did_not_happen() -> None:
    days = Days()
    days.usual(4)
    days.opens("08:00")
    days.closes("11:00")
    days.do(commands.Undo("1"), "11:00:05")
    leaves_min, _ = days.absence_min("11:30")
    assert 29 < leaves_min < 31


def test_opening_that_is_undone_did_not_happen() -> None:
    days = Days()
    days.usual(4)
    days.opens("07:40")
    days.do(commands.Undo("1"), "07:40:05")
    assert 14 < days.absence_min("07:45")[1] < 16


def test_day_on_which_nobody_knew_the_time_is_not_learned() -> None:
    days = Days()
    days.usual(4)
    days.do(commands.BeginBoot(clock_sure=False), "02:00")
    days.opens("03:00")
    days.closes("04:00")
    days.do(commands.SetClock(timedelta(hours=5)), "09:30")
    days.opens("09:30")
    # Nothing that is told fits the usual days, and so nothing is guessed from them.
    assert days.absence_min("11:30") == (np.inf, np.inf)
    days.turns()
    assert len(days.hours.past["1"]) == 4
    days.closes("00:01")
    days.opens("08:00")
    assert days.hours.today["1"]


def test_open_counter_is_not_sent_to_lunch_while_nobody_knows_the_time() -> None:
    days = Days()
    days.usual(4)
    days.do(commands.BeginBoot(clock_sure=False), "11:00")
    days.opens("11:30")
    assert days.absence_min("11:40") == (np.inf, np.inf)


def test_clock_that_was_wrong_by_seconds_spoils_nothing() -> None:
    days = Days()
    days.usual(4)
    days.opens("08:00")
    days.do(commands.SetClock(timedelta(seconds=40)), "08:10")
    leaves_min, _ = days.absence_min("11:30")
    assert 29 < leaves_min < 31
