"""Which figures of a table stay hidden, so that nobody can be found in it.

A count below five is hidden. Where it could be worked out from a total and the other counts, one
more of them is hidden, until it cannot: for whatever is hidden more than one value is left for
whoever knows the table. That a count is none at all may follow: that is about nobody, and to hide
it as well would cost most of the table on a good day, on which everybody comes who is called.
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
ROUNDS = 100
"""So often is what is known carried on from sum to sum; a few are enough for any table of ours."""


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
    small = {cell for cell, n in counts.items() if n < SHOWN_FROM} - never_shown
    secret = {cell for cell, n in counts.items() if 0 < n < SHOWN_FROM}
    further: set[Cell] = set()
    while True:
        known = _known(counts, sums, small, further | never_shown, never_shown)
        found = [cell for cell in (*secret, *further) if known[cell][0] == known[cell][1]]
        shown = counts.keys() - small - further - never_shown
        if not found or not shown:
            return Hidden(frozenset(small), frozenset(further))
        near = {
            cell
            for sum_ in sums
            for cell in (*sum_.parts, sum_.total)
            if not {sum_.total, *sum_.parts}.isdisjoint(found)
        }
        # The smallest: of a total least of all should be hidden.
        further.add(min(near & shown or shown, key=lambda cell: (counts[cell], str(cell))))


def _known(
    counts: Mapping[Cell, int],
    sums: Sequence[Sum[Cell]],
    small: set[Cell],
    unseen: set[Cell],
    never_shown: frozenset[Cell],
) -> dict[Cell, tuple[int, int]]:
    """Give between which values each count must be, by all that is shown."""
    known = {cell: (count, count) for cell, count in counts.items()}
    known |= dict.fromkeys(small, (0, SHOWN_FROM - 1))
    known |= {cell: (0 if cell in never_shown else SHOWN_FROM, NO_LIMIT) for cell in unseen}
    for _ in range(ROUNDS):
        before = dict(known)
        for total, parts in sums:
            least, most = (sum(known[part][end] for part in parts) for end in (0, 1))
            _narrow(known, total, least, most)
            for part in parts:
                _narrow(
                    known,
                    part,
                    known[total][0] - (most - known[part][1]),
                    known[total][1] - (least - known[part][0]),
                )
        if known == before:
            break
    return known


def _narrow(known: dict[Cell, tuple[int, int]], cell: Cell, least: int, most: int) -> None:
    known[cell] = max(known[cell][0], least), min(known[cell][1], most)
