"""The real rule, played forward in many draws at once.

A draw is one way in which the next hours may go: who comes when, who takes how long. All draws are
advanced together, one call each per step, with numpy: the free counter that is first in time gets
the smallest rank among the tickets that it may serve, exactly as `rules` has it. An appointment
rises when its time comes, so the order is looked at anew at each call; a line that is sorted once
and worked off is wrong by those who rise meanwhile.

Most people stand behind somebody who is always called before them: the same service, the same kind
of rank, an earlier number. Such people form a *lane*, and a call looks only at who is first in each
lane: at some ten people instead of all who wait, which halves the time of a long line.

Times are seconds from now, as arrays. Columns of counters stand with the fewest services first,
because the first of equals wins.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Floats: TypeAlias = NDArray[np.float32]
Bools: TypeAlias = NDArray[np.bool_]
Places: TypeAlias = NDArray[np.intp]

NEVER = np.float32(np.inf)
CLASS_STEP = np.float32(200_000)
"""Rank as one number: class times this, plus rank time in seconds from now. More than two days."""

TIDY_EVERY = 20
"""Steps after which finished draws and lanes that all draws have worked off are left out."""


@dataclass(frozen=True, slots=True)
class Scene:
    """The line as it stands and what may come, in `draws` rows.

    Args:
        lanes: Columns of tickets: of those in one lane, the earlier is present no later, is called
            first at any time, and the same counters may serve both. Every ticket is in one lane.
        able: Counter × lane: whether the one may serve the other.
        free_at: Draw × counter: when it can call next.
        leaves: Draw × counter: when it stops calling for a while.
        returns: Draw × counter: when it calls again after that.
        comes: Draw × ticket: when the person is present; up to 0: already; infinite: never.
        rank: Draw × ticket: class and rank time as one number, once the ticket has risen.
        rises: Ticket: when its rank changes by itself.
        lag: Ticket: how far it stands behind `rank` until then.
        takes: Draw × ticket: how long it keeps a counter.
    """

    lanes: Sequence[Sequence[int]]
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
        at_s, draw, ticket = table.call_one(np.float32(until_s))
        called[draw, ticket] = at_s
        open_wishes[draw] -= waits_for[ticket]
        if step % TIDY_EVERY == 0:
            table = table.tidied(open_wishes > 0)
            if not table.draw.size:
                break
    return called


@dataclass(frozen=True, slots=True)
class _People:
    """All tickets as the scene has them, and in the last column nobody, who never comes."""

    behind: Places
    """Ticket: who is next in the same lane."""
    comes: Floats
    rank: Floats
    rises: Floats
    lag: Floats
    takes: Floats

    @classmethod
    def of(cls, scene: Scene) -> _People:
        draws, tickets = scene.rank.shape
        behind = np.full(tickets + 1, tickets)
        for lane in scene.lanes:
            behind[list(lane[:-1])] = lane[1:]
        nobody = np.full((draws, 1), NEVER)
        comes = np.concatenate([scene.comes, nobody], axis=1)
        rank = np.concatenate([scene.rank, nobody], axis=1)
        rank[comes == NEVER] = NEVER
        rises, lag = (np.append(each, np.float32(0)) for each in (scene.rises, scene.lag))
        return cls(behind, comes, rank, rises, lag, scene.takes)


@dataclass(slots=True)
class _Table:
    """What is still open in the draws that are not finished: of each lane, who is first in it."""

    people: _People
    draw: Places
    able: Bools
    earliest: Floats
    """Lane: nobody of it is present before this, in any draw."""
    free_at: Floats
    leaves: Floats
    returns: Floats
    ticket: Places
    comes: Floats
    rank: Floats
    rises: Floats
    lag: Floats

    @classmethod
    def of(cls, scene: Scene) -> _Table:
        people = _People.of(scene)
        heads = np.array([lane[0] for lane in scene.lanes])
        # By who can be there first, so that a call looks only at the first so many lanes.
        earliest = scene.comes[:, heads].min(axis=0, initial=NEVER)
        lanes = earliest.argsort(kind="stable")
        ticket = np.tile(heads[lanes], (scene.rank.shape[0], 1))
        return cls(
            people,
            np.arange(scene.rank.shape[0]),
            scene.able[:, lanes],
            earliest[lanes],
            _back(scene.free_at, scene.leaves, scene.returns),
            scene.leaves,
            scene.returns,
            ticket,
            people.comes[:, ticket[0]],
            people.rank[:, ticket[0]],
            people.rises[ticket],
            people.lag[ticket],
        )

    def call_one(self, until_s: np.float32) -> tuple[Floats, Places, Places]:
        """Let the first free counter of each draw call; give times, draws and tickets called."""
        rows = np.arange(self.draw.size)
        counter = self.free_at.argmin(axis=1)
        now = self.free_at[rows, counter]
        best, found = self._first(counter, now)
        found &= now <= until_s
        row, lane, at_s = rows[found], best[found], now[found]
        draw, ticket = self.draw[row], self.ticket[row, lane]
        free_at = np.full_like(now, NEVER)
        free_at[found] = at_s + self.people.takes[draw, ticket]
        if row.size < rows.size:
            idle = ~found
            first = self._next_to_come(idle, counter[idle], now[idle])
            free_at[idle] = np.where(first <= until_s, first, NEVER)
        self.free_at[rows, counter] = _back(
            free_at, self.leaves[rows, counter], self.returns[rows, counter]
        )
        self._move_up(row, lane, draw, self.people.behind[ticket])
        return at_s, draw, ticket

    def _first(self, counter: Places, now: Floats) -> tuple[Places, Bools]:
        """Give the lane whose head each draw's counter calls, and whether it calls anybody."""
        until = now[:, None]
        latest = now.max(initial=0.0, where=now < NEVER)
        near = np.s_[: max(1, int(self.earliest.searchsorted(latest, side="right")))]
        here = self.able[:, near].take(counter, axis=0) & (self.comes[:, near] <= until)
        rank = self.rank[:, near] + self.lag[:, near] * (until < self.rises[:, near])
        rank = np.where(here, rank, NEVER)
        best = rank.argmin(axis=1)
        return best, rank[np.arange(best.size), best] < NEVER

    def _next_to_come(self, idle: Bools, counter: Places, now: Floats) -> Floats:
        """Give when somebody comes whom the counter may serve, in draws in which nobody waits."""
        comes = self.comes[idle]
        coming = self.able[counter] & (self.rank[idle] < NEVER) & (comes > now[:, None])
        first: Floats = comes.min(axis=1, where=coming, initial=NEVER)
        return first

    def _move_up(self, row: Places, lane: Places, draw: Places, ticket: Places) -> None:
        """Let `ticket` be first in lanes whose first was called."""
        self.ticket[row, lane] = ticket
        self.comes[row, lane] = self.people.comes[draw, ticket]
        self.rank[row, lane] = self.people.rank[draw, ticket]
        self.rises[row, lane] = self.people.rises[ticket]
        self.lag[row, lane] = self.people.lag[ticket]

    def tidied(self, wanted: Bools) -> _Table:
        """Leave out finished draws and lanes in which nobody stands any more."""
        row = wanted[self.draw] & np.isfinite(self.free_at).any(axis=1)
        lane = (self.rank[row] < NEVER).any(axis=0)
        if not row.any() or not lane.any():
            row[:] = False
        both = np.ix_(row, lane)
        return _Table(
            self.people,
            self.draw[row],
            self.able[:, lane],
            self.earliest[lane],
            self.free_at[row],
            self.leaves[row],
            self.returns[row],
            self.ticket[both],
            self.comes[both],
            self.rank[both],
            self.rises[both],
            self.lag[both],
        )


def _back(free_at: Floats, leaves: Floats, returns: Floats) -> Floats:
    """Give when the counter really calls again, if its clerk is away at `free_at`."""
    away = (leaves <= free_at) & (free_at < returns)
    return np.where(away, returns, free_at)
