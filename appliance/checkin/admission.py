"""What a scan means now, in one of a closed set of outcomes. Pure: it asks nobody and does nothing.

The words for each outcome stand in the string files under `scan.{outcome}`. They are plain, they
say what to do next, and they never accuse: a code that we refuse is more often an old mail or our
own mistake than a forgery. The rank is not decided here; only what the visitor is told.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, tzinfo
from typing import assert_never

from appliance.checkin.code import CodeError, CodeReason
from appliance.checkin.outcomes import Outcome
from appliance.line.model import Booking, Service, Ticket, TicketState


@dataclass(frozen=True, slots=True)
class Admission:
    """What a scan means now.

    Args:
        outcome: Which case it is.
        facts: What its text needs, ready to be shown: times as HH:MM and dates as DD.MM.YYYY, in
            the site's time zone.
        booking: The appointment, where the code proved one.
        ticket: The number that the person has already.
    """

    outcome: Outcome
    facts: Mapping[str, str] = field(default_factory=dict)
    booking: Booking | None = None
    ticket: str | None = None


@dataclass(frozen=True, slots=True)
class Lobby:
    """What admission must know of the place where the code was shown.

    Args:
        zone: The site's time zone: it decides what "today" is.
        services: What this lobby serves, by code.
        sites: Names of sites by code, for words; a site without one is told by its code.
        elsewhere: Service → name of the other lobby of this site that serves it.
        clock_sure: Whether it is known what time it is; if not, nobody is early, late or here on
            another day.
    """

    zone: tzinfo
    services: Mapping[str, Service]
    sites: Mapping[str, str] = field(default_factory=dict)
    elsewhere: Mapping[str, str] = field(default_factory=dict)
    clock_sure: bool = True


def admit(
    scan: Booking | CodeError,
    lobby: Lobby,
    now: datetime,
    *,
    ticket: Ticket | None = None,
    cancelled: bool = False,
) -> Admission:
    """Say what a scan means now.

    Args:
        scan: What `code.verify` gave or raised.
        lobby: Where it was shown.
        now: Desk time, aware.
        ticket: The ticket that this booking was given today, if any. Look it up for an expired code
            too (`error.claims.booking`): a code may run out while the person waits.
        cancelled: Whether the booking stands in the list of cancellations.
    """
    if isinstance(scan, Booking):
        return _admit_booking(scan, lobby, now, ticket, cancelled=cancelled)
    claims = scan.claims
    match scan.reason:
        case CodeReason.NOT_A_CODE:
            return foreign("other")
        case CodeReason.WRONG_SITE if claims is not None:
            facts = {"site": lobby.sites.get(claims.site, claims.site)}
            return _told(Outcome.WRONG_SITE, claims.booking, lobby, facts)
        case CodeReason.EXPIRED if claims is not None and ticket is not None:
            return _with_ticket(claims.booking, ticket)
        case CodeReason.EXPIRED if claims is not None:
            return _told(Outcome.EXPIRED, claims.booking, lobby)
        case _:
            return Admission(Outcome.REFUSED)


def foreign(kind: str) -> Admission:
    """Say what a code that is not ours means: `kind` is all that is known of it."""
    return Admission(Outcome.FOREIGN, {"kind": kind})


def of_slip(ticket: Ticket | None) -> Admission:
    """Say what one of our own slips means.

    Args:
        ticket: Of the slip; None: it is of another day, or of another lobby. Its person is told no
            more than who shows a code that does not work: a slip is not a reason to be suspected.
    """
    return Admission(Outcome.REFUSED) if ticket is None else _with_ticket(None, ticket)


def _admit_booking(
    booking: Booking, lobby: Lobby, now: datetime, ticket: Ticket | None, *, cancelled: bool
) -> Admission:
    if ticket is not None:
        return _with_ticket(booking, ticket)
    if cancelled:
        return _told(Outcome.CANCELLED, booking, lobby)
    if lobby.clock_sure and _day(booking.slot, lobby) != _day(now, lobby):
        return _told(Outcome.WRONG_DAY, booking, lobby)
    if booking.place is not None:
        return _told(Outcome.ADVISER, booking, lobby, {"place": booking.place})
    service = lobby.services.get(booking.service)
    if service is None:
        name = lobby.elsewhere.get(booking.service)
        return _told(Outcome.OTHER_SERVICE, booking, lobby, {"lobby": name} if name else None)
    if not lobby.clock_sure:
        return _told(Outcome.IN_TIME, booking, lobby)
    counts_from = booking.slot - service.early
    if now < counts_from:
        return _told(Outcome.EARLY, booking, lobby, {"counts_from": _time(counts_from, lobby)})
    if now <= booking.slot + service.grace:
        return _told(Outcome.IN_TIME, booking, lobby)
    return _told(Outcome.LATE, booking, lobby)


def _with_ticket(booking: Booking | None, ticket: Ticket) -> Admission:
    facts = {"ticket": ticket.number}
    match ticket.state:
        case TicketState.WAITING | TicketState.PARKED:
            outcome = Outcome.AGAIN
        case TicketState.CALLED | TicketState.SERVING:
            outcome = Outcome.CALLED
            facts["counter"] = ticket.counter or ""
        case TicketState.SET_ASIDE:
            outcome = Outcome.NO_SHOW
        case TicketState.SERVED:
            outcome = Outcome.SERVED
        case TicketState.CLOSED | TicketState.CANCELLED:
            outcome = Outcome.CLOSED
        case _:
            assert_never(ticket.state)
    return Admission(outcome, facts, booking, ticket.number)


def _told(
    outcome: Outcome, booking: Booking, lobby: Lobby, more: Mapping[str, str] | None = None
) -> Admission:
    facts = {"date": f"{booking.slot.astimezone(lobby.zone):%d.%m.%Y}"}
    facts |= {"time": _time(booking.slot, lobby)} | dict(more or {})
    return Admission(outcome, facts, booking)


def _day(moment: datetime, lobby: Lobby) -> date:
    return moment.astimezone(lobby.zone).date()


def _time(moment: datetime, lobby: Lobby) -> str:
    return f"{moment.astimezone(lobby.zone):%H:%M}"
