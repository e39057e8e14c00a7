"""Ranks as numbers, and lanes, beside the rules themselves."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from appliance.line.model import Booking, Service, Ticket, Urgency, Wish
from appliance.line.rules import rank, ranking_service
from appliance.line.standing import Standing, booked, crowd, waiting
from tests.support.lobby import at

NOW = at("09:00")
SECOND = timedelta(seconds=1)
SERVICES = {
    "A1": Service("A1", "A", timedelta(minutes=5)),
    "B1": Service(
        "B1",
        "B",
        timedelta(minutes=10),
        early=timedelta(minutes=30),
        max_wait=timedelta(seconds=2467),
    ),
}


@st.composite
def tickets(draw: st.DrawFn) -> list[Ticket]:
    """Draw people who wait: of every kind that the rules tell apart."""
    people = []
    for sequence in range(1, draw(st.integers(1, 15)) + 1):
        service = draw(st.sampled_from(["A1", "B1"]))
        # No slot is in the same second as anything else, except another slot.
        slot_s = draw(st.none() | st.integers(-5000, 5000).map(lambda whole: whole + 0.5))
        # Many come in the same second.
        taken = NOW - draw(st.integers(0, 40)) * draw(st.sampled_from([0, 1, 100])) * SECOND
        people.append(
            Ticket(
                f"A{sequence:03}",
                sequence,
                service,
                taken,
                None if slot_s is None else Booking("b", NOW + slot_s * SECOND, 10, service),
                wishes=draw(st.sampled_from([frozenset(), frozenset(), frozenset({Wish.SEATED})])),
                urgent=draw(st.sampled_from([None, None, None, Urgency.HEALTH])),
                ranked_as=draw(st.sampled_from([None, None, "A1", "B1"])),
                clock_sure=draw(st.sampled_from([True, True, True, False])),
            )
        )
    return people


@given(tickets(), st.integers(0, 9000))
@settings(deadline=None)
def test_numbers_are_in_the_order_of_the_rules_at_any_time(
    people: list[Ticket], later_s: int
) -> None:
    standing = waiting(people, SERVICES, NOW, 1)
    numbers = standing.rank[0] + standing.lag * (later_s < standing.rises)
    later = NOW + later_s * SECOND
    by_number = [standing.tickets[column] for column in np.argsort(numbers, kind="stable")]
    by_rule = sorted(
        people, key=lambda ticket: rank(ticket, later, ranking_service(ticket, SERVICES))
    )
    assert [ticket.number for ticket in by_number] == [ticket.number for ticket in by_rule]


@given(tickets(), st.integers(0, 9000))
@settings(deadline=None, max_examples=300)
def test_lane_is_in_the_order_of_the_rules_at_any_time(people: list[Ticket], later_s: int) -> None:
    standing = waiting(people, SERVICES, NOW, 1)
    assert sorted(column for lane in standing.lanes for column in lane) == [*range(len(people))]
    for lane in standing.lanes:
        alike = [standing.tickets[column] for column in lane]
        later = NOW + later_s * SECOND
        ranks = [rank(each, later, ranking_service(each, SERVICES)) for each in alike]
        assert ranks == sorted(ranks)
        assert len({(each.service, each.wishes) for each in alike}) == 1


@given(st.integers(-7200, 7200), st.integers(1, 7200), st.integers(0, 9000))
def test_number_of_a_booking_to_come_is_that_of_its_ticket(
    slot_s: int, scan_s: int, later_s: int
) -> None:
    booking = Booking("b", NOW + slot_s * SECOND, 10, "A1")
    comes = booked([booking], np.array([[scan_s]], np.float32), SERVICES, NOW)
    number = comes.rank[0] + comes.lag * (later_s + scan_s < comes.rises)
    then = NOW + scan_s * SECOND
    there = waiting([Ticket("A001", 1, "A1", then, booking)], SERVICES, then, 1)
    expected = there.rank[0] + there.lag * (later_s < there.rises)
    # The one counts from now, the other from the scan.
    assert number == expected + scan_s


def test_people_side_by_side_keep_their_columns() -> None:
    here = waiting([Ticket("A001", 1, "A1", NOW), Ticket("A002", 2, "A1", NOW)], SERVICES, NOW, 3)
    later = np.arange(6, dtype=np.float32).reshape(3, 2) + 1
    all_of_them = Standing.together([here, crowd("A1", later, NOW)])
    assert all_of_them.lanes == [[0, 1], [2, 3]]
    assert all_of_them.comes.tolist() == [[0, 0, 1, 2], [0, 0, 3, 4], [0, 0, 5, 6]]
    assert [ticket.number for ticket in all_of_them.tickets] == ["A001", "A002", "", ""]
    assert (np.diff(all_of_them.rank, axis=1) > 0).all()


def test_who_comes_later_than_promised_stands_with_the_walk_ins() -> None:
    booking = Booking("b", NOW, 10, "A1")
    scans = np.array([[600.0], [601.0]], np.float32)
    in_time, late = booked([booking], scans, SERVICES, NOW).rank[:, 0].tolist()
    walk_in = waiting([replace(Ticket("A001", 1, "A1", NOW))], SERVICES, NOW, 1).rank[0, 0]
    assert in_time < walk_in == late
