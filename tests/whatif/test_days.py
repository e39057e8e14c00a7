"""The days of a journal: where one ends, and when things were that a wrong clock dated."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time, timedelta

import pytest

from appliance.line import commands, events
from appliance.line.opening import OpeningHours, Span
from appliance.whatif.asking import ask, compared
from appliance.whatif.days import Day, HoleError, NoSuchDayError, choose, days_of
from tests.support.lobby import BERLIN, DAY, at, booking
from tests.whatif.lived import Lived, lobby

NEXT_DAY = DAY + timedelta(days=1)
EVENING = DAY - timedelta(days=1)
MINUTE = timedelta(minutes=1)


def days(lived: Lived) -> dict[date, Day]:
    return {day.day: day for day in days_of(lived.record, lived.empty)}


@pytest.fixture
def two_days() -> Lived:
    """Monday one person is left over; Tuesday one comes."""
    lived = Lived.morning()
    lived.do(commands.OpenCounter("1"), "08:00")
    lived.do(commands.StandBy("1"), "08:01")
    lived.do(commands.Issue("A1"), "08:02")
    lived.do(commands.Issue("A1"), "08:03")
    lived.ask(commands.TurnDay(NEXT_DAY), at("00:00", NEXT_DAY))
    lived.ask(commands.Issue("A1"), at("08:00", NEXT_DAY))
    lived.ask(commands.Next("1"), at("08:01", NEXT_DAY))
    return lived


def test_each_day_stands_alone(two_days: Lived) -> None:
    found = days(two_days)
    assert list(found) == [DAY, NEXT_DAY]
    assert found[DAY].until == at("00:00", NEXT_DAY)
    assert found[NEXT_DAY].ended is None
    for day in found.values():
        report = ask(day, two_days.empty, {"fifo": compared(two_days.empty, "fifo")})
        assert report.proof.whole
        assert report.proof.by_rule == 1
        assert report.what_ifs[0].outcome == report.was


def test_who_is_left_over_at_midnight_was_never_called(two_days: Lived) -> None:
    report = ask(days(two_days)[DAY], two_days.empty, {})
    assert report.so_far is None
    assert (report.was.figures.numbers, report.was.figures.never_called) == (2, 1)


def test_last_day_on_which_anybody_came_is_taken(two_days: Lived) -> None:
    two_days.ask(commands.TurnDay(NEXT_DAY + timedelta(days=1)), at("23:59", NEXT_DAY))
    assert choose(days_of(two_days.record, two_days.empty)).day == NEXT_DAY
    assert choose(days_of(two_days.record, two_days.empty), DAY).day == DAY


def test_day_that_is_not_there_is_said_with_those_that_are(two_days: Lived) -> None:
    with pytest.raises(
        NoSuchDayError,
        match=r"no numbers of 2026-03-09\. It has: 2026-03-02, 2026-03-03\.",
    ):
        choose(days_of(two_days.record, two_days.empty), date(2026, 3, 9))
    with pytest.raises(NoSuchDayError, match="no number was given out on any day"):
        choose(days_of([], two_days.empty))


def test_day_without_a_beginning_is_left_out(two_days: Lived) -> None:
    cut = [e for e in two_days.record if e != events.DayTurned(at("00:00"), DAY)]
    assert [day.day for day in days_of(cut, two_days.empty)] == [NEXT_DAY]


def test_day_that_began_twice_is_the_later_part(two_days: Lived) -> None:
    record = [*two_days.record, events.DayTurned(at("09:00", NEXT_DAY), NEXT_DAY)]
    lived = replace(two_days, record=record)
    assert len(choose(days_of(record, lived.empty)).record) > 1
    lived.record.append(events.TicketIssued(at("09:01", NEXT_DAY), "A001", 1, "B1"))
    assert len(choose(days_of(record, lived.empty)).record) == 2


@pytest.mark.parametrize("believed", [at("17:55", EVENING), at("06:55")])
def test_morning_with_a_wrong_clock_is_played_as_it_really_was(believed: datetime) -> None:
    """Booted at 07:30 the Pi believes that it is another time; at 08:40 it learns what it is."""
    lived = Lived(lobby(), lobby(), [])
    day_before_boot = believed.astimezone(BERLIN).date()
    lived.ask(commands.TurnDay(day_before_boot), at("00:00", day_before_boot))
    lived.ask(commands.OpenCounter("1"), believed - 3 * MINUTE)
    lived.ask(commands.Issue("A1"), believed - 2 * MINUTE)
    lived.ask(commands.Next("1"), believed - MINUTE)
    shift = at("07:30") - believed

    def wrong(clock: str) -> datetime:
        return at(clock) - shift

    lived.ask(commands.BeginBoot(clock_sure=False), wrong("07:30"))
    lived.ask(commands.OpenCounter("2"), wrong("07:31"))
    lived.ask(commands.Issue("A1"), wrong("07:35"))
    lived.ask(commands.CheckIn(booking("08:10")), wrong("07:40"))
    # It boots once more, and still does not know.
    lived.ask(commands.BeginBoot(clock_sure=False), wrong("07:50"))
    lived.ask(commands.Next("2"), wrong("08:00"))
    lived.ask(commands.SetClock(shift), at("08:40"))
    lived.ask(commands.Next("2"), at("08:41"))
    lived.ask(commands.Finish("A002"), at("08:50"))
    day = choose(days_of(lived.record, lived.empty), DAY)
    report = ask(day, lived.empty, {"same": lived.empty})
    assert report.proof.whole
    # Who was there before the boot is of another day, or of this one.
    before = {"A001": believed - MINUTE} if day_before_boot == DAY else {}
    called = {move.was.ticket: move.was.called for move in report.what_ifs[0].moves}
    assert called == before | {"A002": at("08:41"), "A003": at("08:00")}
    assert report.what_ifs[0].outcome == report.was
    if day_before_boot != DAY:
        (earlier,) = [day for day in days_of(lived.record, lived.empty) if day.day != DAY]
        assert ask(earlier, lived.empty, {}).was.figures.numbers == 1


def test_hole_before_the_clock_was_set_is_said() -> None:
    lost: list[events.Event] = [
        events.DayTurned(at("00:00", EVENING), EVENING),
        events.TicketCancelled(at("17:00", EVENING), "A001"),
        events.BootBegan(at("17:55", EVENING), clock_sure=False, boot="", uptime=timedelta()),
        events.ClockSet(at("08:40"), at("08:40") - at("18:00", EVENING), DAY),
    ]
    with pytest.raises(HoleError, match="what it tells of A001 has no beginning"):
        list(days_of(lost, lobby()))


def test_numbers_that_the_reception_gave_out_after_hours_are_given_again() -> None:
    hours = OpeningHours(((Span(time(8), time(12)),),) * 7)
    empty = lobby()
    empty = replace(empty, rules=replace(empty.rules, hours=hours))
    lived = Lived.morning(empty)
    lived.do(commands.Issue("A1"), "08:01")
    lived.do(commands.Issue("A1", by_staff=True), "12:01")
    short = OpeningHours(((Span(time(9), time(12)),),) * 7)
    other = replace(empty, rules=replace(empty.rules, hours=short))
    report = ask(lived.day(), empty, {"shorter": other})
    assert report.was.figures.numbers == 2
    assert report.what_ifs[0].turned_away == 1
    assert report.what_ifs[0].outcome.figures.numbers == 1


def test_day_is_over_at_the_sites_midnight() -> None:
    lived = Lived.morning()
    lived.do(commands.Issue("A1"), "08:01")
    ended = ask(lived.day_so_far(), lived.empty, {}).ended
    assert ended == datetime(2026, 3, 3, tzinfo=BERLIN)
