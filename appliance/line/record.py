"""How the promise was kept today: whoever booked and came in time is called within five minutes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from appliance.line.model import TicketState
from appliance.line.rules import ranking_service

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from appliance.line.line import Line
    from appliance.line.model import Ticket

WITHIN = timedelta(minutes=5)
AT_ONCE = timedelta(seconds=30)
"""A number is taken, and called while the slip is still in the hand."""


@dataclass(frozen=True, slots=True)
class Kept:
    """How the promise was kept for a service.

    Args:
        service: Its code.
        came: How many came in time and were called, or have waited too long already.
        called: Share that was called within five minutes of max(slot, scan).
        started: Share whose conversation began by then; None: no counter says when it begins.
        at_once: Share that was called without any wait.
    """

    service: str
    came: int
    called: float
    started: float | None
    at_once: float


def kept_today(line: Line, now: datetime) -> tuple[Kept, ...]:
    """Give how the promise was kept today, by service; those without appointments are left out.

    Who still waits within the five minutes does not count yet, nor does who left before a call; who
    was never called although the five minutes are over counts as broken.
    """
    by_service: dict[str, list[Ticket]] = {}
    for ticket in line.tickets.values():
        if _counts(line, ticket, now):
            by_service.setdefault(ticket.service, []).append(ticket)
    return tuple(_kept(code, by_service[code]) for code in sorted(by_service))


def due(ticket: Ticket) -> datetime:
    """Give from when the five minutes count: the slot, or the scan where that was later."""
    return ticket.taken if ticket.booking is None else max(ticket.booking.slot, ticket.taken)


def in_time(line: Line, ticket: Ticket) -> bool:
    """Tell whether a person had an appointment and came in time for it."""
    booking = ticket.booking
    if booking is None or not ticket.clock_sure:
        return False
    return ticket.taken - booking.slot <= ranking_service(ticket, line.services).grace


def _counts(line: Line, ticket: Ticket, now: datetime) -> bool:
    if not in_time(line, ticket):
        return False
    if ticket.first_called is not None:
        return True
    return ticket.state is not TicketState.CANCELLED and now - due(ticket) > WITHIN


def _kept(code: str, tickets: Sequence[Ticket]) -> Kept:
    started = None
    if any(ticket.started is not None for ticket in tickets):
        started = _share(tickets, [t.started for t in tickets], WITHIN)
    calls = [ticket.first_called for ticket in tickets]
    return Kept(
        code, len(tickets), _share(tickets, calls, WITHIN), started, _share(tickets, calls, AT_ONCE)
    )


def _share(
    tickets: Iterable[Ticket], moments: Iterable[datetime | None], within: timedelta
) -> float:
    kept = [
        moment is not None and moment - due(ticket) <= within
        for ticket, moment in zip(tickets, moments, strict=True)
    ]
    return sum(kept) / len(kept)
