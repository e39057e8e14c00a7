"""The desk through a day: hours, the last number, the promise, and a clock that was wrong."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time, timedelta
from typing import TYPE_CHECKING

import pytest

from appliance.bus.messages import shown, staff
from appliance.checkin.admission import Admission
from appliance.checkin.outcomes import Outcome
from appliance.desk.forecasting import Forecasts, Promised, Scored, Told
from appliance.desk.surroundings import Pressed
from appliance.line.model import TicketState
from appliance.line.opening import OpeningHours, Span
from tests.support.lobby import DAY, at, booking, empty_line
from tests.support.machine import Machine
from tests.support.table import TOPICS, Table

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

MORNINGS = OpeningHours(((Span(time(8), time(12)),),) * 7)


@pytest.fixture
def table(tmp_path: Path) -> Iterator[Table]:
    line = empty_line()
    made = Table(tmp_path, replace(line, rules=replace(line.rules, hours=MORNINGS)))
    made.settle()
    yield made
    made.close()


def test_outside_the_hours_the_button_tells_when_it_opens(table: Table) -> None:
    table.clock.goes_to(at("12:00"))
    table.put(Pressed("A1"))
    assert table.shown().facts["sentence"] == (
        "It is closed now. Numbers are given out again on 03.03.2026 at 08:00."
    )


def test_staff_close_earlier_today(table: Table) -> None:
    assert table.ask("staff.reception", "set_hours", b'{"hours": ["08:00-09:00"]}').ok
    table.clock.goes_to(at("09:00"))
    table.put(Pressed("A1"))
    assert table.shown().ticket is None


def test_last_number_is_given_while_the_forecast_ends_before_closing(table: Table) -> None:
    table.ask("counter.1", "open_counter")
    table.clock.goes_to(at("11:30"))
    table.put(Forecasts(Told(at("11:30"), {"A1": (20, 40)}, {"A1": 30})), Pressed("A1"))
    assert table.shown().ticket == "A001"
    table.put(Forecasts(Told(at("11:30"), {"A1": (20, 40)}, {"A1": 31})), Pressed("A1"))
    assert table.shown().ticket is None
    assert "before 12:00" in table.shown().facts["sentence"]
    staff = table.ask("staff.reception", "issue", b'{"service": "A1"}', key=b"s" * 16)
    assert staff.ticket == "A002"


def test_without_a_forecast_the_rough_wait_decides_on_the_last_number(table: Table) -> None:
    table.ask("counter.1", "open_counter")
    table.clock.goes_to(at("11:51"))
    # Two who wait take counter 1 ten minutes; the third would be called after twelve.
    table.put(Pressed("A1"), Pressed("A1"), Pressed("A1"))
    assert len(table.desk.line.tickets) == 2


def test_notice_is_told_on_the_board(table: Table) -> None:
    table.ask("staff.reception", "set_notice", b'{"notice": "Heute nur bis 11 Uhr"}')
    assert table.board().notice == "Heute nur bis 11 Uhr"
    table.ask("staff.reception", "set_notice", b'{"notice": ""}', key=b"2" * 16)
    assert table.board().notice == ""


def test_reprint_is_a_copy_and_owed_like_any_slip(table: Table) -> None:
    table.put(Pressed("A1"))
    table.ask("staff.reception", "reprint", b'{"ticket": "A001"}')
    first, again = table.jobs
    assert (first.ticket, again.ticket) == ("A001", "A001")
    assert (first.maybe_printed, again.maybe_printed) == (False, True)
    assert [slip.ticket for slip in table.journal.owed_slips()] == ["A001", "A001"]


def test_attendance_at_an_adviser_is_noted(table: Table) -> None:
    adviser = replace(booking("08:05"), place="3.14")
    for _ in range(2):
        table.scan(Admission(Outcome.ADVISER, {"time": "08:05", "place": "3.14"}, adviser))
    assert table.desk.line.attended == {adviser.id}
    assert not table.desk.line.tickets


def test_each_service_has_its_wait_by_itself(table: Table) -> None:
    table.put(Forecasts(Told(at("08:00"), {"A1": (5, 10)})))
    told = table.told(TOPICS.wait_of("A1"), shown.WaitOf)
    assert (told.wait.service, told.wait.low_min, told.wait.high_min) == ("A1", 5, 10)
    assert TOPICS.wait_of("A1").endswith("/wait/A1")


def test_promise_is_told_as_it_was_kept_and_as_it_will_be(table: Table) -> None:
    table.ask("counter.1", "open_counter", key=b"1" * 16)
    for slot in ("08:00", "08:05"):
        table.scan(Admission(Outcome.IN_TIME, {"time": slot}, booking(slot)))
    table.ask("counter.1", "next", key=b"2" * 16)
    table.clock.goes_to(at("08:11"))
    table.ask("counter.1", "next", key=b"3" * 16)
    watch = Promised(3.04, 0.91, "2", 0.98)
    score = Scored(120, 4, 3.21, -0.4, 0.91, 0.88)
    table.put(Forecasts(Told(at("08:11"), {}, {}, {"A1": watch}, score)))
    assert table.told(TOPICS.promise, staff.Promise) == staff.Promise(
        as_of=at("08:11"),
        day=DAY,
        session="s",
        valid_s=30,
        today=[staff.Kept(service="A1", came=2, called=0.5, started=None, at_once=0.5)],
        next_hour=[
            staff.Watch(service="A1", appointments=3.0, kept=0.91, mended_by="2", kept_then=0.98)
        ],
        forecast=staff.Score(forecasts=120, error_min=3.2, bias_min=-0.4, below_p90=0.91),
    )


# A clock that was wrong: DESIGN's story of 07:30 and 08:40.

EVENING = date(2026, 3, 1)


@pytest.fixture
def morning(tmp_path: Path) -> Iterator[Table]:
    """Give a desk that was used yesterday, and starts at 07:30 believing it is 17:55 then."""
    table = Table(tmp_path, clock=Machine(at("17:30", EVENING)))
    table.settle()
    table.put(Pressed("A1"))
    table.clock.begins_again(at("17:55", EVENING), known=False)
    table.restart()
    yield table
    table.close()


def test_until_the_time_is_known_people_get_numbers_and_staff_are_told(morning: Table) -> None:
    morning.put(Pressed("A1"))
    assert morning.shown().ticket == "A002"
    assert "clock" in morning.alarms()
    assert morning.scan(Admission(Outcome.IN_TIME, {"time": "08:00"}, booking("08:00"))).ticket


@pytest.mark.parametrize("killed", [False, True])
def test_when_the_time_arrives_everyone_is_still_there_and_nobody_else(
    morning: Table, *, killed: bool
) -> None:
    morning.put(Pressed("A1"), Pressed("A1"))
    morning.clock.passes(timedelta(minutes=70))
    morning.settle()
    if killed:
        morning.restart()
    morning.clock.known = True
    morning.clock.wall = at("08:40")
    morning.settle()
    line = morning.desk.line
    assert (line.day, list(line.tickets)) == (DAY, ["A002", "A003"])
    assert {t.taken for t in line.tickets.values()} == {at("07:30")}
    assert "clock" not in morning.alarms()
    assert morning.board().day == DAY
    morning.restart()
    assert morning.desk.line == line
    morning.put(Pressed("A1"))
    assert morning.shown().ticket == "A004"


@pytest.mark.parametrize("step", [timedelta(hours=1), -timedelta(hours=1), timedelta(days=365)])
def test_a_clock_that_steps_in_the_middle_of_a_day_closes_nobody(
    table: Table, step: timedelta
) -> None:
    table.put(Pressed("A1"), Pressed("A1"))
    table.ask("counter.1", "open_counter", key=b"1" * 16)
    table.ask("counter.1", "next", key=b"2" * 16)
    table.clock.wall += step
    table.settle()
    line = table.desk.line
    assert [t.state for t in line.tickets.values()] == [TicketState.CALLED, TicketState.WAITING]
    table.clock.passes(timedelta(minutes=1))
    (call,) = table.board().at_counters
    assert call.age_s < 61
    table.restart()
    assert table.desk.line == line


def test_a_forecast_of_another_time_is_not_told(table: Table) -> None:
    table.put(Forecasts(Told(at("08:00"), {"A1": (15, 40)})))
    table.clock.wall -= timedelta(hours=1)
    table.settle()
    wait = table.told(TOPICS.wait, shown.Wait)
    assert all(each.low_min is None for each in wait.services)


def test_first_slip_after_a_death_does_not_carry_a_piece_of_another(table: Table) -> None:
    table.put(Pressed("A1"))
    table.clock.passes(timedelta(minutes=3))
    # The slip is too old to be printed now; a piece of it may be in the printer all the same.
    table.restart()
    table.put(Pressed("A1"), Pressed("A1"))
    assert [(job.ticket, job.after_piece) for job in table.jobs] == [
        ("A002", True),
        ("A003", False),
    ]
