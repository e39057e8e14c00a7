"""When the agenda is due: pure, and right on the days on which the clocks change."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING

import pytest

from appliance.checkin.daybook import DayBook
from appliance.desk.agenda import Plan, due
from appliance.desk.agenda_sheets import Printed, listed
from tests.agenda.sheets import TUESDAY, book, listing
from tests.support.lobby import BERLIN, at

if TYPE_CHECKING:
    from collections.abc import Callable

    from appliance.checkin.daybook import Listed


def plan(clock: str = "07:00", opens: Callable[[date], bool] = lambda _: True) -> Plan:
    return Plan(time.fromisoformat(clock), timedelta(minutes=30), BERLIN, opens)


def printed(clock: str, *listings: Listed, day: date = TUESDAY) -> Printed:
    return Printed(day, at(clock, TUESDAY), listed(book(listings)))


def told(known: DayBook, before: Printed | None, clock: str) -> str | None:
    """Say when it is due, by the clock in Berlin."""
    moment = due(known, before, plan(), at(clock, TUESDAY))
    return None if moment is None else f"{moment.astimezone(BERLIN):%H:%M}"


EIGHT, NINE, TEN = (listing(clock) for clock in ("08:00", "09:00", "10:00"))


def test_it_is_due_at_the_set_time() -> None:
    assert told(book([EIGHT]), None, "00:01") == "07:00"


def test_a_device_that_starts_late_prints_what_is_still_to_come() -> None:
    assert told(book([EIGHT, TEN]), None, "09:30") == "09:30"
    assert told(book([EIGHT, TEN]), None, "10:30") is None


def test_it_is_due_once() -> None:
    assert told(book([EIGHT]), printed("07:00", EIGHT), "07:02") is None


def test_the_sheet_of_yesterday_counts_for_nothing() -> None:
    yesterday = printed("07:00", EIGHT, day=TUESDAY - timedelta(days=1))
    assert told(book([EIGHT]), yesterday, "00:01") == "07:00"


@pytest.mark.parametrize(
    "known", [book([EIGHT, NINE, TEN]), book([NINE]), book([EIGHT, NINE], cancelled=[EIGHT])]
)
def test_it_is_due_again_when_it_changed_but_not_before_the_pause_is_over(known: DayBook) -> None:
    before = printed("07:00", EIGHT, NINE)
    assert told(known, before, "07:05") == "07:30"
    assert told(known, before, "07:45") == "07:45"


def test_what_is_over_when_it_could_be_printed_is_no_change() -> None:
    before = printed("07:45", EIGHT, NINE)
    assert told(book([NINE]), before, "07:50") is None
    assert told(book([EIGHT, NINE, TEN]), before, "10:01") is None


def test_the_same_appointments_under_other_ids_are_no_change() -> None:
    before = printed("07:00", EIGHT, NINE)
    assert told(book([listing("08:00"), listing("09:00")], revision=13), before, "07:45") is None


def test_a_second_one_at_the_same_time_is_a_change() -> None:
    assert told(book([NINE, listing("09:00")]), printed("07:00", NINE), "07:45") == "07:45"


@pytest.mark.parametrize("known", [book(), book(revision=0)])
def test_that_there_is_nothing_is_told_in_the_morning_only(known: DayBook) -> None:
    assert told(known, None, "06:00") == "07:00"
    assert told(known, None, "09:00") == "09:00"
    assert told(known, None, "09:01") is None


@pytest.mark.parametrize("known", [book(), book(revision=0)])
def test_that_there_is_nothing_is_not_told_on_a_day_on_which_nobody_is_there(
    known: DayBook,
) -> None:
    closed = plan(opens=lambda _: False)
    assert due(known, None, closed, at("06:00", TUESDAY)) is None
    assert due(book([NINE]), None, closed, at("06:00", TUESDAY)) == at("07:00", TUESDAY)


def test_the_list_that_came_late_waits_for_no_pause() -> None:
    nothing = Printed(TUESDAY, at("07:00", TUESDAY), None)
    assert told(book(revision=0), nothing, "07:05") is None
    assert told(book([NINE]), nothing, "07:05") == "07:05"
    assert told(book(), nothing, "07:05") == "07:05"


def test_an_empty_sheet_is_printed_again_when_somebody_books() -> None:
    assert told(book([NINE]), printed("07:00"), "07:05") == "07:30"


@pytest.mark.parametrize(
    ("day", "clock", "utc"),
    [
        (date(2026, 3, 28), "07:00", "06:00"),
        (date(2026, 3, 29), "07:00", "05:00"),
        (date(2026, 10, 24), "07:00", "05:00"),
        (date(2026, 10, 25), "07:00", "06:00"),
        # There is no 02:30 in the night in spring, and there are two in that in autumn.
        (date(2026, 3, 29), "02:30", "01:30"),
        (date(2026, 10, 25), "02:30", "00:30"),
    ],
)
def test_the_set_time_is_that_of_the_clock_on_the_wall(day: date, clock: str, utc: str) -> None:
    known = DayBook(day, revision=1)
    moment = due(known, None, plan(clock), datetime.combine(day, time(), BERLIN))
    assert moment == datetime.combine(day, time.fromisoformat(utc), UTC)
