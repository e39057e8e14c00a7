"""How people fared on a day: the promise, the waits, and who was never called."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil
from typing import TYPE_CHECKING

from appliance.line.model import Service, TicketState
from appliance.line.record import WITHIN
from appliance.line.rules import DROPPED

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from appliance.line.line import Line
    from appliance.line.model import Ticket

NOTHING = timedelta(0)


@dataclass(frozen=True, slots=True)
class Fate:
    """How one person fared.

    Args:
        ticket: The number, as in the record.
        service: Code of the service that the person came for.
        taken: When the number was taken.
        slot: The appointment's time; None: without.
        called: When it was called first; None: never.
        left: When the person left without having been called.
    """

    ticket: str
    service: str
    taken: datetime
    slot: datetime | None
    called: datetime | None
    left: datetime | None

    @property
    def due(self) -> datetime:
        """From when on a person waits: nobody waits before the appointment."""
        return self.taken if self.slot is None else max(self.taken, self.slot)

    @property
    def wait(self) -> timedelta | None:
        """Until the first call; None: there was none."""
        return None if self.called is None else max(NOTHING, self.called - self.due)

    def kept(self, grace: timedelta, ended: datetime) -> bool | None:
        """Tell whether the promise was kept; None: there was none, or the person left before."""
        if self.slot is None or self.taken > self.slot + grace:
            return None
        until = self.due + WITHIN
        if self.called is not None:
            return self.called <= until
        return None if (self.left or ended) <= until else False


@dataclass(frozen=True, slots=True)
class Waits:
    """How long people waited who were called.

    Args:
        people: How many.
        mean: In the mean.
        most: What nine of ten did not exceed.
    """

    people: int
    mean: timedelta
    most: timedelta

    @classmethod
    def of(cls, waits: Iterable[timedelta | None]) -> Waits | None:
        """Reckon; None: nobody was called."""
        called = sorted(wait for wait in waits if wait is not None)
        if not called:
            return None
        ninth = called[ceil(0.9 * len(called)) - 1]
        return cls(len(called), sum(called, NOTHING) / len(called), ninth)


@dataclass(frozen=True, slots=True)
class Figures:
    """How a day went, for one service or for all.

    Args:
        numbers: How many numbers were given out.
        kept: Appointments in time that were called within five minutes.
        promised: Appointments in time for which that was decided.
        booked: Waits of those with an appointment.
        walk_ins: Waits of those without.
        never_called: How many still waited at the end.
        left: How many left before they were called.
        last_call: Of those who were called for the first time.
    """

    numbers: int
    kept: int
    promised: int
    booked: Waits | None
    walk_ins: Waits | None
    never_called: int
    left: int
    last_call: datetime | None

    @classmethod
    def of(cls, fates: Sequence[Fate], services: Mapping[str, Service], ended: datetime) -> Figures:
        """Reckon.

        Args:
            fates: How each person fared.
            services: Of the day; they say who is in time, whatever rules are tried.
            ended: When the day was over.
        """
        promised = [fate.kept(services.get(fate.service, DROPPED).grace, ended) for fate in fates]
        return cls(
            numbers=len(fates),
            kept=sum(kept is True for kept in promised),
            promised=sum(kept is not None for kept in promised),
            booked=Waits.of(fate.wait for fate in fates if fate.slot is not None),
            walk_ins=Waits.of(fate.wait for fate in fates if fate.slot is None),
            never_called=sum(fate.called is None and fate.left is None for fate in fates),
            left=sum(fate.called is None and fate.left is not None for fate in fates),
            last_call=max((fate.called for fate in fates if fate.called), default=None),
        )


def fates_of(
    line: Line,
    left: Mapping[str, datetime],
    name: Callable[[str], str] = lambda number: number,
) -> list[Fate]:
    """Give how each person fared.

    Args:
        line: In the evening.
        left: When who left.
        name: The number under which a ticket is known in the record.
    """
    return [_fate(ticket, name(ticket.number), left) for ticket in line.tickets.values()]


def _fate(ticket: Ticket, name: str, left: Mapping[str, datetime]) -> Fate:
    return Fate(
        name,
        ticket.ranked_as or ticket.service,
        ticket.taken,
        ticket.booking.slot if ticket.booking else None,
        ticket.first_called,
        left.get(name) if ticket.state is TicketState.CANCELLED else None,
    )
