"""The entry for the visitor's calendar (RFC 5545).

Times are in UTC: the moment that the code says, right on the days on which clocks change, and shown
in the calendar's own zone. A booking that moves keeps the entry's UID and counts SEQUENCE up, so
that the entry moves along; a cancellation is METHOD:CANCEL of the same. What the appointment is
about is left out: calendars are shared, with families and with employers.
"""

from __future__ import annotations

from datetime import UTC, timedelta
from typing import TYPE_CHECKING

from icalendar import Calendar, Event

from appliance.checkin.short_number import written
from central.bookings.kept import State
from central.bookings.letter import where
from central.texts import texts

if TYPE_CHECKING:
    from datetime import datetime

    from central.bookings.kept import Kept
    from central.bookings.office import Office


def method_of(kept: Kept) -> str:
    """Give what a calendar is to do with the entry."""
    return "PUBLISH" if kept.state is State.BOOKED else "CANCEL"


def calendar_entry(kept: Kept, office: Office, language: str, now: datetime) -> bytes:
    """Write the entry of a booking, or the cancellation of it.

    Args:
        kept: The booking, as it is now.
        office: Whose it is.
        language: One of the site's.
        now: When this is written.
    """
    words, mail = texts(language), office.mail
    site = office.site_of(kept.on.site)
    calendar, event = Calendar(), Event()
    calendar.add("prodid", "-//lobby appliance//lobby-central//EN")
    calendar.add("version", "2.0")
    calendar.add("method", method_of(kept))
    event.add("uid", kept.entry)
    event.add("sequence", kept.entry_sequence)
    event.add("dtstamp", now.astimezone(UTC).replace(microsecond=0))
    event.add("dtstart", kept.booking.slot.astimezone(UTC))
    event.add(
        "dtend", (kept.booking.slot + timedelta(minutes=kept.booking.minutes)).astimezone(UTC)
    )
    event.add("summary", words("entry.summary", office=site.name))
    event.add("location", ", ".join(where(kept, office, language)))
    event.add("class", "PRIVATE")
    # RFC 5546 asks for an organizer in a cancellation; without it some calendars ignore it.
    event.add("organizer", f"mailto:{mail.address}")
    if kept.state is State.BOOKED:
        event.add("status", "CONFIRMED")
        short, phone = written(kept.short), mail.phone
        event.add("description", words("entry.description", short=short, phone=phone))
    else:
        event.add("status", "CANCELLED")
    calendar.add_component(event)
    return bytes(calendar.to_ical())
