"""What people and clerks did on a recorded day, apart from what the rules made of it.

People come when they came. A conversation keeps its length with the ticket, not with the counter. A
counter is there when it was there, and its clerk takes as long between two people as it took. Who
is called where and when is not in here: that is for the rules.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from appliance.line import events
from appliance.line.line import Line
from appliance.whatif.idle import Doing

LAST = 1 << 62
"""The place of what is not in the record: at the same instant it comes after all that is."""


@dataclass(frozen=True, slots=True)
class Outside:
    """Something that came from outside, at its own time.

    Args:
        place: In the record: what happened at the same instant keeps its order.
        event: What happened.
        by_staff: The reception gave this number out; a button would not have.
        for_the_day: The counter did not open again, and nobody waited for it: its clerk would have
            stayed for who waits.
    """

    place: int
    event: events.Event
    by_staff: bool = False
    for_the_day: bool = False


@dataclass(frozen=True, slots=True)
class Press:
    """What a clerk did at a free counter.

    Args:
        doing: What.
        after: For how long it could have been done before.
        place: In the record.
        ticket: Whom a clerk called by name, or picked.
        standing_by: The counter stood by already; else this comes after whom it stands by for.
    """

    doing: Doing
    after: timedelta
    place: int = LAST
    ticket: str = ""
    standing_by: bool = False


@dataclass(frozen=True, slots=True)
class Deed:
    """What was done with a person who had been called.

    Args:
        after: Since the call.
        place: In the record.
        event: What happened.
    """

    after: timedelta
    place: int
    event: events.Event


@dataclass(frozen=True, slots=True)
class Visit:
    """What followed on one call of a ticket, until the next.

    Args:
        service: Code of the service that the person waited for.
        began: When it was called.
        deeds: In order.
    """

    service: str
    began: datetime
    deeds: list[Deed] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Script:
    """What people and clerks did.

    Args:
        turned: With what the day began.
        ends: How far it is played.
        outside: What came from outside, in order.
        visits: By number, in order.
        presses: By counter, in order.
        lengths: Service → how long a conversation takes, where the record does not tell.
        pauses: Counter → how long its clerk takes to call the next, where the record does not tell.
        evening: The line as the record leaves it; its counters and services are those of the day.
        configured: Counter → the services that it was configured for.
    """

    turned: events.Event
    ends: datetime
    outside: Sequence[Outside]
    visits: Mapping[str, Sequence[Visit]]
    presses: Mapping[str, Sequence[Press]]
    lengths: Mapping[str, timedelta]
    pauses: Mapping[str, timedelta]
    evening: Line
    configured: Mapping[str, frozenset[str]]
