"""Events that are the journal's own: the fold of the line skips them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum


class Why(StrEnum):
    """Why an epoch began."""

    NEW = "new"
    STARTED = "started"
    RESTORED = "restored"
    REBUILT = "rebuilt"
    MEMORY = "memory"


@dataclass(frozen=True, slots=True)
class EpochBegan:
    """The first event of each epoch.

    Args:
        at: Desk time.
        why: What made it begin.
        previous_epoch: Id of the one before it in this file; None: there is none.
        previous_seq: The last event of that one that is known here.
    """

    at: datetime
    why: Why
    previous_epoch: int | None = None
    previous_seq: int | None = None


@dataclass(frozen=True, slots=True)
class ServiceTotals:
    """How a day was for those who came for one service. All are counts, times in whole seconds.

    Args:
        tickets: Numbers given out.
        appointments: Those of them with a booking.
        called: Those who were called at least once.
        waited_s: What they waited until the first call, together.
        longest_s: The longest of these waits.
        served: Those whose conversation ended.
        set_aside: Those who did not come when they were called, and not later either.
        left: Those who were still open when the day ended, or were taken out by staff.
        on_time: Appointments with right of way that were called.
        promise_kept: Those of them who were called within five minutes of slot and scan.
    """

    tickets: int = 0
    appointments: int = 0
    called: int = 0
    waited_s: int = 0
    longest_s: int = 0
    served: int = 0
    set_aside: int = 0
    left: int = 0
    on_time: int = 0
    promise_kept: int = 0


@dataclass(frozen=True, slots=True)
class DayClosed:
    """The events of a day were deleted; this is what is kept of it.

    Args:
        at: Desk time.
        day: The day that is gone.
        events: How many they were.
        services: Code → totals.
    """

    at: datetime
    day: date
    events: int
    services: Mapping[str, ServiceTotals]


@dataclass(frozen=True, slots=True)
class Gap:
    """Events were deleted before anyone had acknowledged to have them.

    Args:
        at: Desk time.
        events: How many.
        first_epoch: Where the first of them stood.
        first_seq: The same.
        last_epoch: Where the last of them stood.
        last_seq: The same.
    """

    at: datetime
    events: int
    first_epoch: int
    first_seq: int
    last_epoch: int
    last_seq: int


Record = EpochBegan | DayClosed | Gap
