"""What is asked for: one appointment, checked against the office before anything is made of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from appliance.checkin.claims import Claims
from appliance.line.model import Booking
from central.bookings.issuing import USUAL_VALIDITY
from central.bookings.kept import Day
from central.bookings.office import OfficeError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from central.bookings.office import Office, Site


@dataclass(frozen=True, slots=True)
class Order:
    """An appointment that is to be booked.

    Args:
        site: Id of the site.
        lobby: Id of the lobby; None: the only one of the site where the service is booked.
        slot: When it begins.
        minutes: How long it is meant to take.
        service: Code.
        place: Adviser appointments: where.
        expires: When its code ends; None: 12 h after the slot.
    """

    site: str
    lobby: str | None
    slot: datetime
    minutes: int
    service: str
    place: str | None = None
    expires: datetime | None = None


def checked(order: Order, office: Office, booking_id: str, now: datetime) -> tuple[Claims, Day]:
    """Give what the code of an order says, and the lobby's day that it is on.

    Raises:
        ClaimsError: A code cannot say this.
        OfficeError: The office has no such site, lobby, service or place, or takes no bookings for
            that day.
    """
    site = _site(order, office)
    lobby = _lobby(order, office, site)
    booking = Booking(booking_id, order.slot, order.minutes, order.service, order.place)
    claims = Claims(site.id, order.expires or order.slot + USUAL_VALIDITY, booking)
    places = office.places_of(site.id)
    if order.place is not None and places and order.place not in places:
        raise OfficeError(f"site {site.id} has no place '{order.place}': {_choice(places)}")
    day = order.slot.astimezone(site.timezone).date()
    today = now.astimezone(site.timezone).date()
    last = today + timedelta(days=office.files.horizon_days)
    if not today <= day <= last:
        raise OfficeError(f"the slot is on {day}; bookings are taken from {today} to {last}")
    return claims, Day(site.id, lobby, day)


def language_of(asked: str | None, site: Site) -> str:
    """Give the language of a mail.

    Raises:
        OfficeError: The site has no mails in it.
    """
    if asked is None:
        return site.languages[0]
    if asked not in site.languages:
        raise OfficeError(f"site {site.id} has no mails in '{asked}': {_choice(site.languages)}")
    return asked


def _site(order: Order, office: Office) -> Site:
    site = office.site(order.site)
    if site is None:
        names = [each.id for each in office.sites]
        raise OfficeError(f"there is no site '{order.site}': {_choice(names)}")
    return site


def _lobby(order: Order, office: Office, site: Site) -> str:
    lobbies = office.lobbies_of(site.id)
    if order.lobby is not None:
        lobbies = tuple(lobby for lobby in lobbies if lobby.id == order.lobby)
        if not lobbies:
            names = [each.id for each in office.lobbies_of(site.id)]
            raise OfficeError(f"site {site.id} has no lobby '{order.lobby}': {_choice(names)}")
    found = [lobby.id for lobby in lobbies if order.service in lobby.services]
    if not found:
        names = sorted({service for lobby in lobbies for service in lobby.services})
        where = "/".join(filter(None, (site.id, order.lobby)))
        raise OfficeError(f"{where} has no service '{order.service}': {_choice(names)}")
    if len(found) > 1:
        raise OfficeError(
            f"service {order.service} is booked in {' and '.join(found)}: say which lobby"
        )
    return found[0]


def _choice(names: Iterable[str]) -> str:
    return f"there is {', '.join(names) or 'none'}"
