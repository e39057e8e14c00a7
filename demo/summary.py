"""How the morning went: counted from the journal's events, the slips and the restarts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from appliance.line import events

if TYPE_CHECKING:
    from collections.abc import Sequence

    from appliance.strings import Texts

PROMISE = timedelta(minutes=5)
GRACE = timedelta(minutes=10)
MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Summary:
    """The morning in figures.

    Args:
        tickets: How many numbers were given out.
        appointments: How many of them to people with an appointment.
        called: How many were called.
        kept: On-time appointments that were called within five minutes of max(slot, scan).
        on_time: On-time appointments for which that is decided.
        walk_in_waits: Waits of those without an appointment who were called.
        before_earlier: Calls of an appointment before someone with an earlier number.
    """

    tickets: int
    appointments: int
    called: int
    kept: int
    on_time: int
    walk_in_waits: tuple[timedelta, ...]
    before_earlier: int

    @property
    def mean_wait_min(self) -> float | None:
        """Mean wait of those without an appointment, in minutes; None: nobody was called."""
        if not self.walk_in_waits:
            return None
        return sum(self.walk_in_waits, timedelta()) / len(self.walk_in_waits) / MINUTE


def summarise(happened: Sequence[events.Event], now: datetime) -> Summary:
    """Count a morning's events up to `now`."""
    issued = {e.ticket: e for e in happened if isinstance(e, events.TicketIssued)}
    first_call: dict[str, datetime] = {}
    before_earlier = 0
    for event in happened:
        if not isinstance(event, events.TicketCalled):
            continue
        first_call.setdefault(event.ticket, event.at)
        called, *others = event.candidates or (None,)
        if called is not None and issued[event.ticket].booking is not None:
            before_earlier += any(o.rank.sequence < called.rank.sequence for o in others)
    promised = [_kept(ticket, first_call.get(ticket.ticket), now) for ticket in issued.values()]
    decided = [kept for kept in promised if kept is not None]
    return Summary(
        tickets=len(issued),
        appointments=sum(e.booking is not None for e in issued.values()),
        called=len(first_call),
        kept=sum(decided),
        on_time=len(decided),
        walk_in_waits=tuple(
            at - issued[ticket].at
            for ticket, at in first_call.items()
            if issued[ticket].booking is None
        ),
        before_earlier=before_earlier,
    )


def _kept(ticket: events.TicketIssued, called: datetime | None, now: datetime) -> bool | None:
    """Tell whether the promise was kept; None: there was none, or it is not decided yet."""
    if ticket.booking is None or ticket.at > ticket.booking.slot + GRACE:
        return None
    until = max(ticket.booking.slot, ticket.at) + PROMISE
    if called is not None:
        return called <= until
    return False if now > until else None


def lines(summary: Summary, texts: Texts) -> list[str]:
    """Give the summary in words."""
    told = [
        texts(
            "demo.sum_tickets",
            tickets=summary.tickets,
            appointments=summary.appointments,
            called=summary.called,
        )
    ]
    if summary.on_time:
        told.append(texts("demo.sum_promise", kept=summary.kept, on_time=summary.on_time))
    if summary.mean_wait_min is not None:
        told.append(texts("demo.sum_wait", minutes=f"{summary.mean_wait_min:.0f}"))
    told.append(texts("demo.sum_before", count=summary.before_earlier))
    return told
