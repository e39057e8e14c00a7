"""Which figures of a table stay hidden, so that nobody can be found in it.

A count below five is hidden. Where it could be worked out from a total and the other counts, one
more of them is hidden, until it cannot: for whatever is hidden more than one value is left for
whoever knows the table. That a count is none at all may follow: that is about nobody, and to hide
it as well would cost most of the table on a good day, on which everybody comes who is called.

It speaks of one table. Of two that overlap, such as a week's and its month's, each keeps this
promise, and both together may not: `docs/statistics.md` says so to who hands them out.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, NamedTuple, TypeVar

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

Cell = TypeVar("Cell")
"""However the caller names a place in its table."""

SHOWN_FROM = 5
"""People. Fewer might be known to each other."""
NO_LIMIT = 1 << 40
LOOKS = 100
"""So often each sum is looked at; a few times are enough for any table of ours."""


class Sum(NamedTuple, Generic[Cell]):
    """A count that is the sum of others.

    Args:
        total: The sum.
        parts: What it is the sum of.
    """

    total: Cell
    parts: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Hidden(Generic[Cell]):
    """What is not shown.

    Args:
        small: Counts below five.
        further: Counts from which one of these could be worked out.
    """

    small: frozenset[Cell]
    further: frozenset[Cell]


def hidden(
    counts: Mapping[Cell, int],
    sums: Sequence[Sum[Cell]],
    never_shown: frozenset[Cell] = frozenset(),
) -> Hidden[Cell]:
    """Say which counts to hide.

    Args:
        counts: All that are in the sums.
        sums: What anyone who sees the table knows to add up.
        never_shown: Counts that are not in the table, but would follow from it.
    """
    small = frozenset(
        cell for cell, n in counts.items() if n < SHOWN_FROM and cell not in never_shown
    )
    secret = [cell for cell, n in counts.items() if 0 < n < SHOWN_FROM]
    bounds = _Bounds(counts, sums, small, never_shown)
    further: set[Cell] = set()
    while True:
        known = bounds.known(further)
        found = [cell for cell in (*secret, *further) if known[cell][0] == known[cell][1]]
        shown = counts.keys() - small - further - never_shown
        if not found or not shown:
            return Hidden(small, frozenset(further))
        near = set().union(*map(bounds.near, found)) & shown
        # The smallest: of a total least of all should be hidden.
        further.add(min(near or shown, key=lambda cell: (counts[cell], str(cell))))


class _Bounds(Generic[Cell]):
    """Between which values each count must be, for whoever knows what is shown; see `hidden`."""

    def __init__(
        self,
        counts: Mapping[Cell, int],
        sums: Sequence[Sum[Cell]],
        small: frozenset[Cell],
        never_shown: frozenset[Cell],
    ) -> None:
        self._sums = sums
        self._of: dict[Cell, list[int]] = {}
        for number, (total, parts) in enumerate(sums):
            for cell in (total, *parts):
                self._of.setdefault(cell, []).append(number)
        self._at_first = {cell: (count, count) for cell, count in counts.items()}
        self._at_first |= dict.fromkeys(never_shown, (0, NO_LIMIT))
        self._at_first |= dict.fromkeys(small, (0, SHOWN_FROM - 1))

    def near(self, cell: Cell) -> set[Cell]:
        """Give the cells that stand in one sum with a cell."""
        sums = [self._sums[number] for number in self._of.get(cell, ())]
        return {each for total, parts in sums for each in (total, *parts)}

    def known(self, further: set[Cell]) -> dict[Cell, tuple[int, int]]:
        """Give the smallest and the largest value of each cell.

        Args:
            further: Cells that are hidden, though they are not small.
        """
        known = self._at_first | dict.fromkeys(further, (SHOWN_FROM, NO_LIMIT))
        due = set(range(len(self._sums)))
        looks = LOOKS * len(self._sums)
        while due and (looks := looks - 1):
            for cell in _carry_through(known, *self._sums[due.pop()]):
                due.update(self._of[cell])
        return known


def _carry_through(
    known: dict[Cell, tuple[int, int]], total: Cell, parts: tuple[Cell, ...]
) -> list[Cell]:
    """Carry what is known through one sum; give the cells of which more is known now."""
    least, most = (sum(known[part][end] for part in parts) for end in (0, 1))
    total_least, total_most = known[total]
    may_be = {total: (least, most)}
    for part in parts:
        others_least, others_most = least - known[part][0], most - known[part][1]
        may_be[part] = (total_least - others_most, total_most - others_least)
    return [cell for cell, bounds in may_be.items() if _narrowed(known, cell, *bounds)]


def _narrowed(known: dict[Cell, tuple[int, int]], cell: Cell, least: int, most: int) -> bool:
    """Take in what a count may be at least and at most; tell whether that is news."""
    before = known[cell]
    known[cell] = max(before[0], least), min(before[1], most)
    return known[cell] != before
