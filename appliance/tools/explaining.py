"""Why someone was called, as one plain sentence: for `lobby why`, and for whoever tells a day."""

from __future__ import annotations

from typing import TYPE_CHECKING

from appliance.line import events
from appliance.line.why import explain

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime, tzinfo

    from appliance.strings import Texts


def sentence(
    call: events.TicketCalled, issued: events.TicketIssued, texts: Texts, zone: tzinfo
) -> str:
    """Say why `call` was for this ticket.

    Args:
        call: The call; it holds who else might have been called.
        issued: When the ticket was given out.
        texts: In which language.
        zone: The site's time zone.
    """
    why = explain(call)
    slot = issued.booking.slot if issued.booking else issued.at
    return texts(
        f"why.{why.because.value}",
        ticket=call.ticket,
        counter=call.counter,
        passed=why.passed,
        waiting=why.waiting,
        slot=clock(slot, zone),
        since=clock(issued.at, zone),
    )


def clock(moment: datetime, zone: tzinfo) -> str:
    """Give the time of day, as people say it."""
    return f"{moment.astimezone(zone):%H:%M}"


def why_called(
    number: str, happened: Iterable[events.Event], texts: Texts, zone: tzinfo
) -> list[str]:
    """Tell each call of a number on the last day on which it was called, a line each.

    Args:
        number: Such as `A017`.
        happened: The journal, oldest first.
        texts: In which language.
        zone: The site's time zone.
    """
    issued: events.TicketIssued | None = None
    told: list[str] = []
    for event in happened:
        match event:
            case events.TicketIssued(ticket=ticket) if ticket == number:
                issued, told = event, []
            case events.TicketCalled(ticket=ticket) if ticket == number and issued is not None:
                when = f"{event.at.astimezone(zone):%d.%m.%Y %H:%M}"
                told.append(f"{when}  {sentence(event, issued, texts, zone)}")
            case _:
                pass
    return told
