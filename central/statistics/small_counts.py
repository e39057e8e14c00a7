"""Which counts of a table stay hidden, so that nobody can be found in it.

A count below five is hidden. Where it would follow from sums and what is shown, more is hidden,
the smallest first, until it does not: of whatever is hidden more than one value is left to whoever
knows the rest of the table. That nobody at all was there may follow: it is about nobody.

It speaks of one table. Of two that overlap, such as a week's and its month's, each keeps this
promise, and both together may not: `docs/statistics.md` says so to who hands them out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

SHOWN_FROM = 5
"""People. Fewer might be known to each other."""
NO_LIMIT = 1 << 40
LOOKS = 100
"""So often each sum is looked at; a few times are enough for any table of ours."""


class Cell(NamedTuple):
    """A place in a table."""

    row: str
    column: str


class Sum(NamedTuple):
    """A count that is the sum of others."""

    total: Cell
    parts: tuple[Cell, ...]


class _Bounds:
    """Between which values each count must be, for whoever knows what is shown.

    Args:
        counts: All of them.
        sums: What adds up.
        small: Cells that are shown as small.
    """

    def __init__(
        self, counts: Mapping[Cell, int], sums: Sequence[Sum], small: frozenset[Cell]
    ) -> None:
        self._counts, self._small = counts, small
        self._sums = sums
        self._of: dict[Cell, list[int]] = {}
        for number, (total, parts) in enumerate(sums):
            for cell in (total, *parts):
                self._of.setdefault(cell, []).append(number)

    def near(self, cell: Cell) -> set[Cell]:
        """Give the cells that stand in one sum with a cell."""
        sums = [self._sums[number] for number in self._of.get(cell, ())]
        return {each for total, parts in sums for each in (total, *parts)}

    def known(self, unseen: frozenset[Cell], least: Mapping[Cell, int]) -> dict[Cell, list[int]]:
        """Give the smallest and the largest value of each cell.

        Args:
            unseen: Cells that are not shown, for whatever reason.
            least: What an unseen cell is at least; a small one is anything below five.
        """
        known = {cell: [count, count] for cell, count in self._counts.items()}
        for cell in unseen:
            known[cell] = [least.get(cell, 0), NO_LIMIT]
        for cell in self._small:
            known[cell] = [0, SHOWN_FROM - 1]
        due = set(range(len(self._sums)))
        looks = LOOKS * len(self._sums)
        while due and (looks := looks - 1):
            total, parts = self._sums[due.pop()]
            for cell in self._narrowed(known, total, parts):
                due.update(self._of[cell])
        return known

    def _narrowed(
        self, known: dict[Cell, list[int]], total: Cell, parts: tuple[Cell, ...]
    ) -> list[Cell]:
        """Carry what is known through one sum; give the cells of which more is known now."""
        low = sum(known[part][0] for part in parts)
        high = sum(known[part][1] for part in parts)
        all_low, all_high = known[total]
        changed = [total] if _narrow(known[total], low, high) else []
        changed += [
            part
            for part in parts
            if _narrow(
                known[part], all_low - (high - known[part][1]), all_high - (low - known[part][0])
            )
        ]
        return changed


def _narrow(bounds: list[int], low: int, high: int) -> bool:
    before = tuple(bounds)
    bounds[0], bounds[1] = max(bounds[0], low), min(bounds[1], high)
    return tuple(bounds) != before


def hidden(
    counts: Mapping[Cell, int], sums: Sequence[Sum], untold: frozenset[Cell] = frozenset()
) -> tuple[frozenset[Cell], frozenset[Cell]]:
    """Say which counts to hide.

    Args:
        counts: All that are in the sums.
        sums: What anyone who sees the table knows to add up.
        untold: Counts that are not in the table, and may follow from it if they are not small.

    Returns:
        Those below five, and others from which one of these could be worked out.
    """
    small = frozenset(c for c, n in counts.items() if n < SHOWN_FROM and c not in untold)
    secret = [cell for cell, n in counts.items() if 0 < n < SHOWN_FROM]
    bounds = _Bounds(counts, sums, small)
    further: set[Cell] = set()
    while True:
        least = dict.fromkeys(further, SHOWN_FROM)
        known = bounds.known(untold | further, least)
        found = [cell for cell in secret if known[cell][0] == known[cell][1]]
        open_ = counts.keys() - small - further - untold
        if not found or not open_:
            return small, frozenset(further)
        near = set().union(*(bounds.near(cell) for cell in found)) & open_
        # The smallest: of a total least of all should be hidden.
        further.add(min(near or open_, key=lambda cell: (counts[cell], cell)))
