"""The promise watch: will who comes in time be called in time, and which counter would mend it.

The next hour is played forward with everyone who waits or is expected; it is counted how many of
those with an appointment who come in time are called within five minutes of max(slot, scan). Where
that is too few, it is played again with each counter that does not call now, as if it opened at
once.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from appliance.line.model import CounterState
from appliance.line.record import WITHIN
from appliance.line.rollout import calls

if TYPE_CHECKING:
    from collections.abc import Mapping

    from appliance.line.scene import Stage

AHEAD = timedelta(hours=1)
SHOULD_BE = 0.95
HELPS = 0.02
"""Less is chance, and nobody is called from a desk for it."""


@dataclass(frozen=True, slots=True)
class Promise:
    """How the promise will be kept for one service.

    Args:
        service: Its code.
        appointments: How many are expected to come in time within the hour.
        kept: The share of these that will be called within five minutes.
        mended_by: Where `kept` is below 0.95: the counter whose opening would help most.
        kept_then: The share if that counter opened now.
    """

    service: str
    appointments: float
    kept: float
    mended_by: str | None = None
    kept_then: float | None = None


def watch(stage: Stage) -> tuple[Promise, ...]:
    """Give the promise of the next hour for each service that has appointments in it."""
    as_it_is = _kept(stage)
    if all(kept >= SHOULD_BE for _, kept in as_it_is.values()):
        return tuple(Promise(code, *as_it_is[code]) for code in sorted(as_it_is))
    calling = [c.id for c in stage.counters(stage.line.services) if c.state is CounterState.OPEN]
    others = sorted(set(stage.line.counters) - set(calling))
    mended = {counter: _kept(replace(stage, opens=counter)) for counter in others}
    return tuple(_with_help(Promise(code, *as_it_is[code]), mended) for code in sorted(as_it_is))


def _with_help(
    promise: Promise, mended: Mapping[str, Mapping[str, tuple[float, float]]]
) -> Promise:
    """Name the counter that helps most, where one is needed and one helps."""
    if promise.kept >= SHOULD_BE:
        return promise
    then = {counter: kept.get(promise.service, (0.0, 0.0))[1] for counter, kept in mended.items()}
    best = max(then, key=lambda counter: then[counter], default=None)
    if best is None or then[best] < promise.kept + HELPS:
        return promise
    return replace(promise, mended_by=best, kept_then=then[best])


def _kept(stage: Stage) -> dict[str, tuple[float, float]]:
    """Give for each service how many appointments are expected, and the share that is kept."""
    staged = stage.staged(stage.line.services, None, AHEAD)
    until_s, within_s = AHEAD.total_seconds(), WITHIN.total_seconds()
    booked = [column for column, ticket in enumerate(staged.tickets) if ticket.booking is not None]
    called_s = calls(staged.scene, booked, until_s + within_s)
    due, kept = dict[str, int](), dict[str, int]()
    for column in booked:
        ticket = staged.tickets[column]
        due_s = stage.due_s(ticket, staged.scene.comes[:, column])
        counts = (due_s > -within_s) & (due_s <= until_s)
        in_time = counts & (called_s[:, column] <= due_s + within_s)
        due[ticket.service] = due.get(ticket.service, 0) + int(counts.sum())
        kept[ticket.service] = kept.get(ticket.service, 0) + int(in_time.sum())
    return {code: (n / stage.draws, kept[code] / n) for code, n in due.items() if n}
