"""What is kept of a day whose events are deleted: counts, and nothing of anybody."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from appliance.journal.records import ServiceTotals
from appliance.line import events
from appliance.line.model import RankClass

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

PROMISE = timedelta(minutes=5)


def totals(happened: Iterable[events.Event]) -> dict[str, ServiceTotals]:
    """Count a day, by the service for which each number was taken.

    Args:
        happened: The line's events of one day, in order.
    """
    day = _Day()
    for event in happened:
        day.hear(event)
    return day.by_service()


class _Day:
    """One day: each ticket, and how it ended."""

    def __init__(self) -> None:
        self._issued: dict[str, events.TicketIssued] = {}
        self._first_calls: dict[str, events.TicketCalled] = {}
        self._ends: dict[str, str] = {}

    def hear(self, event: events.Event) -> None:
        match event:
            case events.TicketIssued():
                self._issued[event.ticket] = event
            case events.TicketCalled():
                self._first_calls.setdefault(event.ticket, event)
            case events.TicketFinished():
                self._ends[event.ticket] = "served"
            case events.TicketSetAside():
                self._ends[event.ticket] = "set_aside"
            case events.TicketReturned() | events.TicketTransferred():
                self._ends.pop(event.ticket, None)
            case events.TicketClosed() | events.TicketCancelled():
                self._ends[event.ticket] = "left"
            case events.StepUndone():
                for ticket in event.tickets:
                    self._ends.pop(ticket.number, None)
            case _:
                pass

    def by_service(self) -> dict[str, ServiceTotals]:
        counted: dict[str, ServiceTotals] = {}
        for issued in self._issued.values():
            sum_ = counted.get(issued.service, ServiceTotals())
            counted[issued.service] = self._with(sum_, issued)
        return counted

    def _with(self, sum_: ServiceTotals, issued: events.TicketIssued) -> ServiceTotals:
        call = self._first_calls.get(issued.ticket)
        end = self._ends.get(issued.ticket)
        wait_s = 0 if call is None else max(0, int((call.at - issued.at).total_seconds()))
        since = None if call is None or issued.booking is None else _right_of_way_since(call)
        return replace(
            sum_,
            tickets=sum_.tickets + 1,
            appointments=sum_.appointments + (issued.booking is not None),
            called=sum_.called + (call is not None),
            waited_s=sum_.waited_s + wait_s,
            longest_s=max(sum_.longest_s, wait_s),
            served=sum_.served + (end == "served"),
            set_aside=sum_.set_aside + (end == "set_aside"),
            left=sum_.left + (end == "left"),
            on_time=sum_.on_time + (since is not None),
            promise_kept=sum_.promise_kept
            + (since is not None and call is not None and call.at - since <= PROMISE),
        )


def _right_of_way_since(call: events.TicketCalled) -> datetime | None:
    """Give when the ticket that was called got its right of way; None: it had none."""
    for ticket, rank in call.candidates:
        if ticket == call.ticket:
            return rank.rank_time if rank.rank_class is RankClass.RIGHT_OF_WAY else None
    return None
