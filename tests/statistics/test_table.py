"""Whoever sees a table can work out no count below five."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from appliance.small_counts import SHOWN_FROM, Sum, hidden
from central.statistics.reading import Period
from central.statistics.spans import month
from central.statistics.table import Cell, Hidden, Table, shown
from central.statistics.tally import Tally

if TYPE_CHECKING:
    from collections.abc import Sequence

MARCH = month(2026, 3)
MANY = 20
"""More than in any cell here: so far the attacker tries."""


GRID = np.indices((MANY,) * 4).reshape(4, -1)
"""Every table of two rows with two parts each."""


def added_up(parts: Sequence[Any]) -> dict[Cell, Any]:
    """Give a table with its sums, across and down, from the parts of its rows."""
    cells = dict(zip([Cell(r, c) for r in "xy" for c in "ab"], parts, strict=True))
    for column in "ab":
        cells[Cell("t", column)] = cells[Cell("x", column)] + cells[Cell("y", column)]
    for row in "xyt":
        cells[Cell(row, "all")] = cells[Cell(row, "a")] + cells[Cell(row, "b")]
    return cells


@settings(max_examples=200, deadline=None)
@given(st.lists(st.integers(0, 9), min_size=4, max_size=4))
def test_more_than_one_value_is_left_for_whatever_is_small(parts: list[int]) -> None:
    counts = added_up(parts)
    sums = [Sum(Cell(r, "all"), (Cell(r, "a"), Cell(r, "b"))) for r in "xyt"]
    sums += [Sum(Cell("t", c), (Cell("x", c), Cell("y", c))) for c in ("a", "b", "all")]
    untold = frozenset(cell for cell in counts if cell.column == "b")
    away = hidden(counts, sums, untold)
    tables = added_up(list(GRID))
    looks_the_same = np.ones(GRID.shape[1], dtype=bool)
    for cell, values in tables.items():
        if cell in away.small:
            looks_the_same &= values < SHOWN_FROM
        elif cell in away.further:
            looks_the_same &= values >= SHOWN_FROM
        elif cell not in untold:
            looks_the_same &= values == counts[cell]
    for cell, values in tables.items():
        if 0 < counts[cell] < SHOWN_FROM:
            assert len(np.unique(values[looks_the_same])) > 1, (cell, counts, away)


def period(days: Sequence[tuple[int, int, int]]) -> Period:
    """Give a month with visitors, booked and no-shows of its days; one service, one hour."""
    tallies = {
        MARCH.first + timedelta(days=n): Tally(visitors=v, booked=b, no_show=s)
        for n, (v, b, s) in enumerate(days)
    }
    total = Tally(*(sum(column) for column in zip(*days, strict=True)))
    return Period("SUED", MARCH, tallies, {"A1": total}, {9: total}, frozenset())


def day(table: Table, number: int) -> tuple[object, object, object]:
    row = table.days[date(2026, 3, number)]
    assert row is not None
    return row.visitors, row.booked, row.no_show


def test_count_below_five_is_hidden() -> None:
    table = shown(period([(50, 20, 3), (60, 30, 4), (70, 35, 4)]))
    assert day(table, 1) == (50, 20, Hidden.SMALL)
    assert table.total.no_show == 11


def test_single_small_count_is_not_given_back_by_the_total() -> None:
    table = shown(period([(50, 20, 3), (60, 30, 9), (70, 35, 8)]))
    assert [day(table, n)[2] for n in (1, 2, 3)] == [Hidden.SMALL, 9, Hidden.FURTHER]


def test_small_counts_that_are_as_large_as_can_be_are_not_given_back() -> None:
    # Two are hidden, and eight are missing: both would be four.
    table = shown(period([(50, 20, 4), (60, 30, 4), (70, 35, 8)]))
    assert [day(table, n)[2] for n in (1, 2, 3)] == [Hidden.SMALL, Hidden.SMALL, Hidden.FURTHER]


def test_few_without_appointment_are_not_given_back_by_a_difference() -> None:
    table = shown(period([(50, 48, 9), (60, 30, 9), (70, 35, 9)]))
    assert Hidden.FURTHER in day(table, 1)[:2]


def test_waits_and_shares_rest_on_five_people() -> None:
    four = Tally(visitors=9, booked=4, in_time=4, called_in_time=4, waits={3: 4})
    five = Tally(visitors=9, booked=5, in_time=5, called_in_time=4, at_once=1, waits={3: 5})
    days = {MARCH.first: four, MARCH.last: five}
    table = shown(Period("SUED", MARCH, days, {}, {}, frozenset()))
    first, last = table.days[MARCH.first], table.days[MARCH.last]
    assert first is not None
    assert last is not None
    assert (first.wait_half_min, first.called_percent, first.at_once_percent) == (None, None, None)
    assert (last.wait_half_min, last.called_percent, last.at_once_percent) == (3, 80, 20)


def test_day_of_which_nothing_is_known_shows_nothing() -> None:
    incomplete = frozenset({date(2026, 3, 9)})
    table = shown(Period("SUED", MARCH, {}, {}, {}, incomplete))
    assert table.days == {date(2026, 3, 9): None}
    assert table.incomplete == [date(2026, 3, 9)]
