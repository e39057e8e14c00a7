"""The real rule, played forward in many draws at once.

A draw is one way in which the next hours may go: who comes when, who takes how long. All draws are
advanced together, one call each per step, with numpy: the free counter that is first in time gets
the smallest rank among the tickets that it may serve, exactly as `rules` has it. An appointment
rises when its time comes, so the order is looked at anew at each call; a line that is sorted once
and worked off is wrong by those who rise meanwhile.

Times are seconds from now, as arrays. Columns of tickets stand in the order of issue, and columns
of counters with the fewest services first, because the first of equals wins.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from collections.abc import Sequence

Floats: TypeAlias = NDArray[np.float32]
Bools: TypeAlias = NDArray[np.bool_]
Places: TypeAlias = NDArray[np.intp]

NEVER = np.float32(np.inf)
CLASS_STEP = np.float32(200_000)
"""Rank as one number: class times this, plus rank time in seconds from now. More than two days."""

TIDY_EVERY = 20
"""Steps after which finished draws and tickets that all draws have called are left out."""


@dataclass(frozen=True, slots=True)
class Scene:
    """The line as it stands and what may come, in `draws` rows.

    Args:
        able: Counter × ticket: whether the one may serve the other.
        free_at: Draw × counter: when it can call next.
        leaves: Draw × counter: when it stops calling for a while.
        returns: Draw × counter: when it calls again after that.
        comes: Draw × ticket: when the person is present; up to 0: already; infinite: never.
        rank: Draw × ticket: class and rank time as one number, once the ticket has risen.
        rises: Ticket: when its rank changes by itself.
        lag: Ticket: how far it stands behind `rank` until then.
        takes: Draw × ticket: how long it keeps a counter.
    """

    able: Bools
    free_at: Floats
    leaves: Floats
    returns: Floats
    comes: Floats
    rank: Floats
    rises: Floats
    lag: Floats
    takes: Floats


def calls(scene: Scene, wanted: Sequence[int], until_s: float = np.inf) -> Floats:
    """Play all draws until the `wanted` tickets are called.

    Args:
        scene: Where to begin; it is not changed.
        wanted: Columns of tickets.
        until_s: Nobody is called after this.

    Returns:
        Draw × ticket: seconds from now until the call; infinite where it was not reached.
    """
    draws, tickets = scene.rank.shape
    called = np.full((draws, tickets), NEVER, dtype=np.float32)
    if not wanted or not scene.able.size:
        return called
    table = _Table.of(scene)
    waits_for = np.isin(np.arange(tickets), wanted)
    open_wishes = np.full(draws, int(waits_for.sum()))
    # Each step calls somebody, or moves a counter to somebody's coming or to its own return.
    for step in range(1, 4 * (tickets + scene.free_at.shape[1]) + TIDY_EVERY):
        at_s, row, column = table.call_one(np.float32(until_s))
        called[table.draw[row], table.ticket[column]] = at_s
        open_wishes[table.draw[row]] -= waits_for[table.ticket[column]]
        if step % TIDY_EVERY == 0:
            table = table.tidied(open_wishes > 0)
            if not table.draw.size:
                break
    return called


@dataclass(slots=True)
class _Table:
    """What is still open in the draws that are not finished."""

    draw: Places
    ticket: Places
    first: Floats
    able: Bools
    free_at: Floats
    leaves: Floats
    returns: Floats
    comes: Floats
    rank: Floats
    rises: Floats
    lag: Floats
    takes: Floats

    @classmethod
    def of(cls, scene: Scene) -> _Table:
        # By who can be there first, so that a call looks only at the first so many columns. Those
        # who are there keep the order of issue.
        first = scene.comes.min(axis=0, initial=NEVER)
        ticket = first.argsort(kind="stable")
        return cls(
            np.arange(scene.rank.shape[0]),
            ticket,
            first[ticket],
            scene.able[:, ticket],
            _back(scene.free_at, scene.leaves, scene.returns),
            scene.leaves,
            scene.returns,
            scene.comes[:, ticket],
            np.where(np.isfinite(scene.comes), scene.rank, NEVER)[:, ticket],
            scene.rises[ticket],
            scene.lag[ticket],
            scene.takes[:, ticket],
        )

    def call_one(self, until_s: np.float32) -> tuple[Floats, Places, Places]:
        """Let the first free counter of each draw call; give time, row and column of the calls."""
        rows = np.arange(self.draw.size)
        counter = self.free_at.argmin(axis=1)
        now = self.free_at[rows, counter]
        until = now[:, None]
        latest = now.max(initial=0.0, where=now < NEVER)
        near = np.s_[: max(1, int(self.first.searchsorted(latest, side="right")))]
        here = self.able[:, near][counter] & (self.comes[:, near] <= until)
        rank = self.rank[:, near] + self.lag[near] * (until < self.rises[near])
        np.copyto(rank, NEVER, where=~here)
        best = rank.argmin(axis=1)
        found = (rank[rows, best] < NEVER) & (now <= until_s)
        row, column = rows[found], best[found]
        free_at = np.empty_like(now)
        free_at[found] = now[found] + self.takes[row, column]
        idle = ~found
        if idle.any():
            coming = np.where(
                self.able[counter[idle]]
                & (self.rank[idle] < NEVER)
                & (self.comes[idle] > now[idle, None]),
                self.comes[idle],
                NEVER,
            )
            first = coming.min(axis=1)
            free_at[idle] = np.where(first <= until_s, first, NEVER)
        self.free_at[rows, counter] = _back(
            free_at, self.leaves[rows, counter], self.returns[rows, counter]
        )
        self.rank[row, column] = NEVER
        return now[found], row, column

    def tidied(self, wanted: Bools) -> _Table:
        """Leave out finished draws and tickets that nobody waits for any more."""
        row = wanted[self.draw] & np.isfinite(self.free_at).any(axis=1)
        rank = self.rank[row]
        column = (rank < NEVER).any(axis=0)
        if not row.any() or not column.any():
            row[:] = False
        both = np.ix_(row, column)
        return _Table(
            self.draw[row],
            self.ticket[column],
            self.first[column],
            self.able[:, column],
            self.free_at[row],
            self.leaves[row],
            self.returns[row],
            self.comes[both],
            self.rank[both],
            self.rises[column],
            self.lag[column],
            self.takes[both],
        )


def _back(free_at: Floats, leaves: Floats, returns: Floats) -> Floats:
    """Give when the counter really calls again, if its clerk is away at `free_at`."""
    away = (leaves <= free_at) & (free_at < returns)
    return np.where(away, returns, free_at)
