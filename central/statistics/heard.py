"""What the statistics read of an event; after the day nothing else of it is kept.

A day after it happened an event is written anew with the members below alone: so whatever a device
sends, and whatever a later release adds to it, this list is what can stay. No counter, no wish, no
reason of an urgent call, no notice that staff typed; and of a booking a keyed hash (`pseudonyms`).
Events of a type that is not here keep their name and time only.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import msgspec
from msgspec.structs import replace

if TYPE_CHECKING:
    from collections.abc import Callable


class Heard(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An event, as far as it is read."""


class Booked(Heard, frozen=True, kw_only=True):
    """An appointment: its id or what became of that, and its time."""

    id: str
    slot: datetime


class Issued(Heard, frozen=True, kw_only=True):
    """Somebody took a number."""

    at: datetime
    ticket: str
    service: str
    booking: Booked | None = None
    clock_sure: bool = True


class Attended(Heard, frozen=True, kw_only=True):
    """Somebody came to an appointment that has no place in the line."""

    at: datetime
    booking: Booked


class OfTicket(Heard, frozen=True, kw_only=True):
    """Something happened to a number."""

    at: datetime
    ticket: str


class Called(OfTicket, frozen=True, kw_only=True):
    """It was called."""


class Started(OfTicket, frozen=True, kw_only=True):
    """The conversation began."""


class Finished(OfTicket, frozen=True, kw_only=True):
    """The conversation is over."""


class SetAside(OfTicket, frozen=True, kw_only=True):
    """Nobody came."""


class Returned(OfTicket, frozen=True, kw_only=True):
    """It waits again."""


class Cancelled(OfTicket, frozen=True, kw_only=True):
    """The person has left."""


class Closed(OfTicket, frozen=True, kw_only=True):
    """The day ended before the person was served."""


class Before(Heard, frozen=True, kw_only=True):
    """A number as it was before a step that was taken back."""

    number: str
    state: str
    first_called: datetime | None = None
    started: datetime | None = None


class Undone(Heard, frozen=True, kw_only=True):
    """What a counter did last was taken back."""

    at: datetime
    tickets: tuple[Before, ...]


class DayTurned(Heard, frozen=True, kw_only=True):
    """The line is empty, and numbers restart."""

    at: datetime


class BootBegan(Heard, frozen=True, kw_only=True):
    """The machine was started; whether it knew what time it was."""

    at: datetime
    clock_sure: bool


class ClockSet(Heard, frozen=True, kw_only=True):
    """The times of this boot were short of that much."""

    at: datetime
    shift: timedelta


KINDS: dict[str, type[Heard]] = {
    "TicketIssued": Issued,
    "Attended": Attended,
    "TicketCalled": Called,
    "TicketStarted": Started,
    "TicketFinished": Finished,
    "TicketSetAside": SetAside,
    "TicketReturned": Returned,
    "TicketTransferred": Returned,
    "TicketParked": Returned,
    "TicketCancelled": Cancelled,
    "TicketClosed": Closed,
    "StepUndone": Undone,
    "DayTurned": DayTurned,
    "BootBegan": BootBegan,
    "ClockSet": ClockSet,
}
"""Type of an event → what is read of it. Who is moved or parked is still here."""
_DECODERS = {name: msgspec.json.Decoder(kind) for name, kind in KINDS.items()}


def hear(type_name: str, data: str) -> Heard | None:
    """Read an event; None: it tells nothing that is counted, or is none."""
    decoder = _DECODERS.get(type_name)
    if decoder is None:
        return None
    try:
        return decoder.decode(data)
    except (msgspec.MsgspecError, RecursionError):
        # One device's damaged event costs that event, not the statistics of its site.
        return None


def sealed(type_name: str, data: str, pseudonym: Callable[[str], str]) -> str:
    """Give an event's data as it may stay.

    Args:
        type_name: Of the event.
        data: As it came, or as it is already.
        pseudonym: Booking id → what stands for it.
    """
    heard = hear(type_name, data)
    if isinstance(heard, Issued | Attended) and heard.booking is not None:
        booking = replace(heard.booking, id=pseudonym(heard.booking.id))
        heard = replace(heard, booking=booking)
    return "{}" if heard is None else msgspec.json.encode(heard).decode()
