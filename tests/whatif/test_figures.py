"""How people fared: the promise and the waits, as tables that a team lead could check."""

from __future__ import annotations

from datetime import timedelta

import pytest

from appliance.whatif.figures import Fate, Figures, Waits
from tests.support.lobby import at, empty_line

MINUTE = timedelta(minutes=1)
SERVICES = empty_line().services
EVENING = at("18:00")


def fate(taken: str, slot: str = "", called: str = "", left: str = "") -> Fate:
    return Fate(
        "A001",
        "A1",
        at(taken),
        at(slot) if slot else None,
        at(called) if called else None,
        at(left) if left else None,
    )


# fmt: off
PROMISES = [
    # scanned  slot     called   left     kept
    ("09:10",  "09:20", "09:15", "",      True),   # before its time
    ("09:10",  "09:20", "09:25", "",      True),   # five minutes: kept
    ("09:10",  "09:20", "09:26", "",      False),
    ("09:28",  "09:20", "09:33", "",      True),   # five minutes from the scan
    ("09:30",  "09:20", "09:36", "",      False),  # ten minutes late: still in time
    ("09:31",  "09:20", "09:32", "",      None),   # eleven: no promise
    ("09:10",  "09:20", "",      "09:24", None),   # left before it was broken
    ("09:10",  "09:20", "",      "09:26", False),  # left after that
    ("09:10",  "09:20", "",      "",      False),  # never called
    ("17:50",  "17:56", "",      "",      None),   # the day ended before
    ("09:10",  "",      "09:12", "",      None),   # without an appointment
]
# fmt: on


@pytest.mark.parametrize(("taken", "slot", "called", "left", "kept"), PROMISES)
def test_promise(taken: str, slot: str, called: str, left: str, kept: bool | None) -> None:  # noqa: FBT001  (a column)
    assert fate(taken, slot, called, left).kept(SERVICES["A1"].grace, EVENING) is kept


def test_nobody_waits_before_the_appointment() -> None:
    assert fate("09:00", "09:20", "09:15").wait == timedelta(0)
    assert fate("09:00", "09:20", "09:22").wait == 2 * MINUTE
    assert fate("09:00", "", "09:22").wait == 22 * MINUTE
    assert fate("09:00").wait is None


def test_nine_of_ten_waited_no_longer() -> None:
    waits = Waits.of([number * MINUTE for number in range(1, 11)])
    assert waits == Waits(10, 5.5 * MINUTE, 9 * MINUTE)
    assert Waits.of([MINUTE]) == Waits(1, MINUTE, MINUTE)
    assert Waits.of([None]) is None


def test_a_day_in_figures() -> None:
    fates = [
        fate("09:00", "09:20", "09:22"),
        fate("09:00", "09:20", "09:32"),
        fate("09:00", "", "09:30"),
        fate("09:00", left="09:10"),
        fate("17:00"),
    ]
    figures = Figures.of(fates, SERVICES, EVENING)
    assert (figures.numbers, figures.kept, figures.promised) == (5, 1, 2)
    assert figures.booked == Waits(2, 7 * MINUTE, 12 * MINUTE)
    assert figures.walk_ins == Waits(1, 30 * MINUTE, 30 * MINUTE)
    assert (figures.never_called, figures.left) == (1, 1)
    assert figures.last_call == at("09:32")
