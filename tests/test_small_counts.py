"""What is hidden in a table cannot be worked out from the rest of it."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING

from hypothesis import given, settings
from hypothesis import strategies as st

from appliance.small_counts import SHOWN_FROM, Hidden, Sum, hidden

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

HIGHEST = 13
"""As high as a count goes in a guess: higher than any in these tests, but for sums."""


def guesses(
    counts: Mapping[str, int],
    sums: Sequence[Sum[str]],
    away: Hidden[str],
    never_shown: frozenset[str],
) -> dict[str, set[int]]:
    """Give for each hidden count all that it might be, by trying every table that there could be.

    Every count must be a part, or a sum of those before it.
    """
    parts = [cell for cell in counts if cell not in {sum_.total for sum_ in sums}]
    might_be = {
        cell: [counts[cell]] if is_shown(cell, away, never_shown) else range(HIGHEST)
        for cell in parts
    }
    possible: dict[str, set[int]] = {cell: set() for cell in counts}
    for values in product(*might_be.values()):
        table = dict(zip(parts, values, strict=True))
        for total, of in sums:
            table.setdefault(total, sum(table[part] for part in of))
        if looks_the_same(table, counts, away, never_shown):
            for cell, value in table.items():
                possible[cell].add(value)
    return possible


def is_shown(cell: str, away: Hidden[str], never_shown: frozenset[str]) -> bool:
    return cell not in away.small | away.further | never_shown


def looks_the_same(
    table: Mapping[str, int],
    counts: Mapping[str, int],
    away: Hidden[str],
    never_shown: frozenset[str],
) -> bool:
    """Tell whether a table would be told from the true one by somebody who knows our rule."""
    return all(
        value < SHOWN_FROM
        if cell in away.small
        else value >= SHOWN_FROM
        if cell in away.further
        else cell in never_shown or value == counts[cell]
        for cell, value in table.items()
    )


def check(
    counts: Mapping[str, int], sums: Sequence[Sum[str]], never_shown: frozenset[str] = frozenset()
) -> Hidden[str]:
    away = hidden(counts, sums, never_shown)
    assert away.small == {c for c, n in counts.items() if n < SHOWN_FROM} - never_shown
    possible = guesses(counts, sums, away, never_shown)
    secret = {cell for cell, count in counts.items() if 0 < count < SHOWN_FROM}
    for cell in secret | away.further:
        assert len(possible[cell]) > 1, f"{cell} must be {possible[cell]}"
    return away


def test_large_counts_are_all_shown() -> None:
    counts = {"a": 5, "b": 7, "all": 12}
    assert check(counts, [Sum("all", ("a", "b"))]) == Hidden(frozenset(), frozenset())


def test_what_follows_from_the_total_is_hidden_with_the_smallest_other() -> None:
    counts = {"a": 3, "b": 7, "c": 9, "all": 19}
    away = check(counts, [Sum("all", ("a", "b", "c"))])
    assert away == Hidden(frozenset({"a"}), frozenset({"b"}))


def test_two_small_counts_hide_each_other() -> None:
    counts = {"a": 3, "b": 2, "c": 9, "all": 14}
    away = check(counts, [Sum("all", ("a", "b", "c"))])
    assert away == Hidden(frozenset({"a", "b"}), frozenset())


def test_two_small_counts_that_must_both_be_four_do_not() -> None:
    counts = {"a": 4, "b": 4, "c": 9, "all": 17}
    assert check(counts, [Sum("all", ("a", "b", "c"))]).further == {"c"}


def test_only_service_has_the_same_figures_as_all() -> None:
    counts = {"a": 3, "all": 3}
    assert check(counts, [Sum("all", ("a",))]) == Hidden(frozenset({"a", "all"}), frozenset())


def test_what_is_not_in_the_table_cannot_be_worked_out_either() -> None:
    counts = {"tickets": 20, "booked": 18, "not booked": 2}
    sums = [Sum("tickets", ("booked", "not booked"))]
    away = check(counts, sums, frozenset({"not booked"}))
    assert away == Hidden(frozenset(), frozenset({"booked"}))


def test_nobody_at_all_is_not_shown_but_is_no_secret() -> None:
    counts = {"tickets": 20, "served": 20, "no-show": 0, "left": 0}
    sums = [Sum("tickets", ("served", "no-show", "left"))]
    away = check(counts, sums, frozenset({"left"}))
    assert away == Hidden(frozenset({"no-show"}), frozenset())


@given(st.lists(st.integers(0, 9), min_size=1, max_size=3))
def test_no_part_of_any_sum_can_be_worked_out(parts: list[int]) -> None:
    counts = {str(place): count for place, count in enumerate(parts)}
    check({**counts, "all": sum(parts)}, [Sum("all", tuple(counts))])


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 7), st.integers(0, 3)), min_size=1, max_size=2))
def test_nothing_can_be_worked_out_across_lines_and_columns(rows: list[tuple[int, int]]) -> None:
    counts: dict[str, int] = {}
    for name, (booked, not_booked) in zip("ab", rows, strict=False):
        counts |= {
            f"{name} booked": booked,
            f"{name} not": not_booked,
            f"{name} tickets": booked + not_booked,
        }
    names = "ab"[: len(rows)]
    columns = ("booked", "not", "tickets")
    for column in columns:
        counts[f"all {column}"] = sum(counts[f"{name} {column}"] for name in names)
    lines = [Sum(f"{n} tickets", (f"{n} booked", f"{n} not")) for n in (*names, "all")]
    sums = [Sum(f"all {c}", tuple(f"{name} {c}" for name in names)) for c in columns]
    sums = [*lines[:-1], *sums, lines[-1]]
    check(counts, sums, frozenset(f"{name} not" for name in (*names, "all")))
