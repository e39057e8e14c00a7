"""Who comes without an appointment: as usual, and as today."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import pytest

from appliance.line import events
from appliance.line.arrivals import Arrivals
from tests.support.lobby import BERLIN, DAY, at, booking


def taught(days: int, each: int = 12) -> Arrivals:
    """Let `each` people come for A1 between eight and nine, on each of some days."""
    arrivals = Arrivals(BERLIN)
    for number in range(days):
        day = DAY + timedelta(days=number)
        for person in range(each):
            now = at("08:00", day) + timedelta(minutes=60 * person / each)
            arrivals.hear(events.TicketIssued(now, "A001", 1, "A1"))
        arrivals.hear(events.DayTurned(at("00:00", day + timedelta(days=1)), day))
    return arrivals


def number_within(arrivals: Arrivals, clock: str, hours: float, service: str = "A1") -> float:
    drawn_s = arrivals.drawn(service, at(clock), hours * 3600, 100, np.random.default_rng(2), 2000)
    return float((drawn_s <= hours * 3600).sum(axis=1).mean())


def test_usual_number_comes_at_the_usual_time() -> None:
    arrivals = taught(5)
    assert number_within(arrivals, "08:00", 1) == pytest.approx(12, rel=0.05)
    assert number_within(arrivals, "10:00", 2) == 0
    assert number_within(arrivals, "08:00", 1, "B1") == 0


def test_they_come_in_order_and_later_than_now() -> None:
    drawn_s = taught(3).drawn("A1", at("07:45"), 7200, 100, np.random.default_rng(2), 50)
    assert (np.diff(np.where(np.isinf(drawn_s), 1e6, drawn_s), axis=1) >= 0).all()
    assert drawn_s.min() > 900


def test_no_more_are_drawn_than_asked_for() -> None:
    drawn_s = taught(3).drawn("A1", at("08:00"), 3600, 5, np.random.default_rng(2), 50)
    assert drawn_s.shape == (50, 5)


def test_quiet_day_is_noticed() -> None:
    assert 3 < number_within(taught(5), "08:30", 0.5) < 5


def test_busy_day_is_noticed() -> None:
    arrivals = taught(5)
    for minute in range(30):
        now = at("08:00") + timedelta(minutes=minute)
        arrivals.hear(events.TicketIssued(now, "A001", 1, "A1"))
    assert number_within(arrivals, "08:30", 0.5) > 12


def test_first_day_goes_on_as_in_its_last_hour() -> None:
    arrivals = Arrivals(BERLIN)
    for minute in range(0, 60, 5):
        now = at("08:00") + timedelta(minutes=minute)
        arrivals.hear(events.TicketIssued(now, "A001", 1, "A1"))
    assert number_within(arrivals, "08:59", 1) == pytest.approx(12, rel=0.1)


def test_appointments_and_empty_days_are_not_counted() -> None:
    arrivals = taught(5)
    arrivals.hear(events.TicketIssued(at("08:00"), "A001", 1, "A1", booking("08:00")))
    for number in range(20):
        arrivals.hear(events.DayTurned(at("00:00"), DAY + timedelta(days=number)))
    assert number_within(arrivals, "08:00", 1) == pytest.approx(12, rel=0.05)


def test_day_on_which_nobody_knew_the_time_is_not_counted() -> None:
    arrivals = taught(5)
    for minute in range(30):
        now = at("03:00") + timedelta(minutes=minute)
        arrivals.hear(events.TicketIssued(now, "A001", 1, "A1", clock_sure=False))
    arrivals.hear(events.ClockSet(at("08:30"), timedelta(hours=5), DAY))
    # What is left of the day is taken for usual.
    assert number_within(arrivals, "08:30", 0.5) == pytest.approx(6, rel=0.1)
    arrivals.hear(events.TicketIssued(at("08:40"), "A001", 1, "A1"))
    arrivals.hear(events.DayTurned(at("00:00"), DAY))
    assert number_within(arrivals, "03:00", 1) == 0
    assert number_within(arrivals, "08:00", 1) == pytest.approx(12, rel=0.05)


def test_clock_that_was_wrong_by_seconds_does_not_spoil_the_day() -> None:
    arrivals = taught(5)
    arrivals.hear(events.ClockSet(at("08:30"), timedelta(seconds=40), DAY))
    assert 3 < number_within(arrivals, "08:30", 0.5) < 5
