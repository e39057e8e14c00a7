"""What happened, in plain lines: of a day, or of one number on it."""

from __future__ import annotations

from dataclasses import fields
from datetime import datetime
from typing import TYPE_CHECKING, Any

import msgspec

from appliance.journal import codec
from appliance.journal.days import NO_TIME, LaterEventError, read_event
from appliance.journal.looking import DamagedError
from appliance.journal.records import EpochBegan
from appliance.line import events
from appliance.line.model import Booking

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import timedelta, tzinfo

    from appliance.journal.days import Span
    from appliance.journal.looking import Look, Row
    from appliance.journal.records import Record
    from appliance.strings import Texts


def happened(
    look: Look, spans: Iterable[Span], number: str | None = None
) -> Iterator[tuple[Span, Row]]:
    """Give the events of spans, of one number if one is given.

    Raises:
        DamagedError: They cannot be read.
    """
    for span in spans:
        for row in span.rows(look):
            if number is None or _is_about(look, row, number):
                yield span, row


def told(look: Look, row: Row, shift: timedelta, texts: Texts, zone: tzinfo) -> str:
    """Say in a line what happened.

    Args:
        look: The journal.
        row: The event.
        shift: What its time is short of.
        texts: In which language.
        zone: Of the site.

    Raises:
        DamagedError: The event cannot be read.
    """
    at = datetime.fromisoformat(row.at) + shift
    return f"{at.astimezone(zone):%H:%M:%S}  {_sentence(look, row, texts, zone)}"


def _sentence(look: Look, row: Row, texts: Texts, zone: tzinfo) -> str:
    try:
        event = _read(look, row)
    except LaterEventError as error:
        return texts("journal.later", type=error.type)
    return texts(f"journal.{row.type}{_kind(event)}", **_facts(event, zone))


def _kind(event: events.Event | Record) -> str:
    """Tell apart what has the same type, and is told in other words."""
    match event:
        case events.TicketIssued(booking=Booking()):
            return "_booked"
        case events.TicketCalled(number_of_call=count) if count > 1:
            return "_again"
        case events.BootBegan(clock_sure=False):
            return "_unsure"
        case events.ModeSet(mode=mode):
            return f"_{mode.value}"
        case EpochBegan(why=why):
            return f"_{why.value}"
        case _:
            return ""


def _facts(event: events.Event | Record, zone: tzinfo) -> dict[str, Any]:
    """Give what an event's sentence may take, as it stands there."""
    facts: dict[str, Any] = {field.name: getattr(event, field.name) for field in fields(event)}
    match event:
        case events.TicketIssued(booking=Booking() as booking) | events.Attended(_, booking):
            facts |= {"slot": booking.slot.astimezone(zone), "place": booking.place or "–"}
        case events.TicketMadeUrgent(urgent=urgent):
            facts["urgent"] = urgent.value
        case events.StepUndone(counter=counter):
            facts["counter"] = counter.id
        case events.CounterOpened(services=services):
            facts["services"] = ", ".join(sorted(services))
        case events.HoursSet(hours=hours):
            spans = (f"{span.opens:%H:%M}–{span.closes:%H:%M}" for span in hours)
            facts["hours"] = ", ".join(spans) or "–"
        case events.ClockSet(shift=shift):
            facts["shift"] = f"{'-' if shift < NO_TIME else '+'}{abs(shift)}"
        case events.NumbersGoOn(last=last):
            facts["last"] = ", ".join(f"{each}{last[each]:03d}" for each in sorted(last)) or "–"
        case _:
            pass
    return facts


def _read(look: Look, row: Row) -> events.Event | Record:
    if row.type not in codec.RECORD_TYPES:
        return read_event(look, row)
    try:
        return codec.decode_record(row.type, row.data)
    except codec.DamagedEventError as error:
        raise DamagedError(look.path, f"event {tuple(row.place)}: {error}") from error


def _is_about(look: Look, row: Row, number: str) -> bool:
    """Tell whether an event is about a number; events of a later release too."""
    if number not in row.data:
        return False
    try:
        data = msgspec.json.decode(row.data)
    except msgspec.MsgspecError as error:
        raise DamagedError(look.path, f"event {tuple(row.place)}: {error}") from error
    if not isinstance(data, dict):
        return False
    undone = data.get("tickets")
    return data.get("ticket") == number or (
        isinstance(undone, list)
        and any(isinstance(each, dict) and each.get("number") == number for each in undone)
    )
