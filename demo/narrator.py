"""Tells the morning, line by line, from what the journal holds and nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from appliance.line import events
from appliance.tools.explaining import clock, sentence

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime, tzinfo

    from appliance.strings import Texts


class Narrator:
    """Turns events into lines for a terminal.

    Args:
        texts: In which language.
        services: Code → plain words.
        zone: The site's time zone.
    """

    def __init__(self, texts: Texts, services: Mapping[str, str], zone: tzinfo) -> None:
        self._texts = texts
        self._services = services
        self._zone = zone
        self._issued: dict[str, events.TicketIssued] = {}

    def tell(self, event: events.Event) -> str | None:
        """Give the line for an event, or None for what is not worth one."""
        told = self._sentence(event)
        return None if told is None else f"{self._time(event.at)}  {told}"

    def _sentence(self, event: events.Event) -> str | None:
        match event:
            case events.TicketIssued():
                self._issued[event.ticket] = event
                return self._on_issue(event)
            case events.TicketCalled():
                return self._on_call(event)
            case events.CodeShownAgain(_, ticket):
                return self._texts("demo.again", ticket=ticket)
            case events.TicketSetAside(_, ticket):
                return self._texts("demo.set_aside", ticket=ticket)
            case events.CounterOpened(_, counter, services):
                names = ", ".join(self._services[code] for code in sorted(services))
                return self._texts("demo.opened", counter=counter, services=names)
            case _:
                return None

    def _on_issue(self, event: events.TicketIssued) -> str:
        service = self._services[event.service]
        if event.booking is None:
            return self._texts("demo.pressed", ticket=event.ticket, service=service)
        slot = self._time(event.booking.slot)
        return self._texts("demo.scanned", ticket=event.ticket, service=service, slot=slot)

    def _on_call(self, event: events.TicketCalled) -> str:
        return sentence(event, self._issued[event.ticket], self._texts, self._zone)

    def _time(self, moment: datetime) -> str:
        return clock(moment, self._zone)
