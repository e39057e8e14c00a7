"""What stands on a slip: composed from the line when the number is given out.

Composing is cheap and happens in the desk's loop, where the line is; setting the type is not, and
happens where the slip is printed.
"""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from appliance.checkin.check_code import check_code
from appliance.display.slip import Directions, TicketSlip, set_directions, set_slip
from appliance.line.model import RankClass
from appliance.line.rules import rank, ranking_service
from appliance.line.wait import wait_of
from appliance.strings import Texts

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime, tzinfo

    from appliance import paper
    from appliance.desk.forecasting import Told
    from appliance.display.slip_sheet import Compositor
    from appliance.line.line import Line
    from appliance.line.model import Booking, Ticket


@dataclass(frozen=True, slots=True)
class Offer:
    """What a slip says of a service, in one language.

    Args:
        text: What it is, in plain words.
        redirect: Where people without an appointment are told to go; empty: nowhere.
        phone: A number to call instead; empty: none.
        page: Address of a page that helps; empty: none.
    """

    text: str
    redirect: str = ""
    phone: str = ""
    page: str = ""


@dataclass(frozen=True, slots=True)
class Tongue:
    """What slips say in one language.

    Args:
        texts: Their words.
        offers: Code → service.
    """

    texts: Texts
    offers: Mapping[str, Offer]


class Slips:
    """Composes the slips of one lobby.

    Args:
        blank: What is the same on each: office, lobby, where to wait, device.
        tongues: Language → what slips say in it, the language of the slips first; a visitor who
            chose another one of these gets it.
        compositor: Gives who sets them for the printer; asked where they are printed, by that one
            thread.
        key: The device's own key for check codes.
        zone: The site's time zone.
        follow_prefix: Beginning of the address in a ticket's QR code; empty: they carry none.
        large_print: Every slip in large print.
    """

    def __init__(
        self,
        blank: TicketSlip,
        tongues: Mapping[str, Tongue],
        compositor: Callable[[], Compositor],
        key: bytes,
        *,
        zone: tzinfo,
        follow_prefix: str = "",
        large_print: bool = False,
    ) -> None:
        self._blank = blank
        self._tongues = tongues
        self._main = next(iter(tongues))
        self._compositor = compositor
        self._key = key
        self._zone = zone
        self._follow_prefix = follow_prefix
        self._large_print = large_print

    def prepare(self) -> None:
        """Load what slips are set with, in the thread that sets them: a good part of a second.

        Raises:
            LobbyError: The printer is not what the configuration says.
        """
        self._compositor()

    def setter(
        self, line: Line, number: str, now: datetime, told: Told | None
    ) -> Callable[[bool], paper.Slip]:
        """Give what sets the slip of a ticket; given True, as a copy.

        Args:
            line: With the ticket.
            number: The ticket's.
            now: Desk time.
            told: The forecasts, where they are fresh; else the rough range is told.
        """
        ticket = line.tickets[number]
        tongue = self._tongue(ticket.spoken)
        slip = self._compose(line, number, now, told, tongue)
        large = ticket.reads_large or self._large_print

        def setter(copy: bool) -> paper.Slip:  # noqa: FBT001  (what `Job.set_slip` is given)
            return set_slip(replace(slip, copy=copy), tongue.texts, self._compositor(), large=large)

        return setter

    def is_ours(self, ticket: Ticket, check: str) -> bool:
        """Tell whether a check code, as it was typed, is the one on a ticket's slip."""
        typed = "".join(character for character in check.upper() if character.isalnum())
        known = check_code(self._key, self._blank.device, ticket.number, ticket.taken)
        return hmac.compare_digest(typed.encode(), known.encode())

    def redirect(
        self, service: str, now: datetime, language: str = "", *, large: bool = False
    ) -> Callable[[bool], paper.Slip] | None:
        """Give what sets the slip that says where a service is to be had; None: nobody knows.

        Args:
            service: Its code.
            now: Desk time.
            language: Of who reads it; empty: not known.
            large: In large print, whatever is usual here.
        """
        tongue = self._tongue(language)
        offer = tongue.offers.get(service)
        if offer is None or not offer.redirect:
            return None
        slip = replace(
            self._elsewhere(now),
            title=offer.text,
            lines=(offer.redirect,),
            phone=offer.phone or None,
            page=offer.page or None,
        )
        return self._directing(slip, tongue, large=large)

    def directions(
        self, booking: Booking, now: datetime, language: str = "", *, large: bool = False
    ) -> Callable[[bool], paper.Slip]:
        """Give what sets the slip of an appointment that has a place and no number.

        Args:
            booking: With its place.
            now: Desk time.
            language: As for `redirect`.
            large: As for `redirect`.
        """
        tongue = self._tongue(language)
        slot = booking.slot.astimezone(self._zone)
        slip = replace(
            self._elsewhere(now),
            title=tongue.texts("slip.adviser", slot=slot),
            lines=(tongue.texts("slip.adviser_go"),),
            place=booking.place,
        )
        return self._directing(slip, tongue, large=large)

    def _tongue(self, language: str) -> Tongue:
        return self._tongues.get(language) or self._tongues[self._main]

    def _elsewhere(self, now: datetime) -> Directions:
        blank = self._blank
        return Directions(blank.office, "", (), now.astimezone(self._zone), blank.device)

    def _directing(
        self, slip: Directions, tongue: Tongue, *, large: bool
    ) -> Callable[[bool], paper.Slip]:
        large = large or self._large_print

        def setter(_copy: bool) -> paper.Slip:  # noqa: FBT001  (what `Job.set_slip` is given)
            # It gives no number away, so nobody has to know whether it is the first.
            return set_directions(slip, tongue.texts, self._compositor(), large=large)

        return setter

    def _compose(
        self, line: Line, number: str, now: datetime, told: Told | None, tongue: Tongue
    ) -> TicketSlip:
        ticket = line.tickets[number]
        service = ranking_service(ticket, line.services)
        booking = ticket.booking
        rank_class = rank(ticket, now, service).rank_class
        wait = wait_of(line, number, now)
        early = booking is not None and rank_class is RankClass.EARLY
        # Who has an appointment waits for its time, not for the line.
        ordinary = rank_class is RankClass.ORDINARY
        wait_min = told.ranges.get(ticket.service) if told else wait.range_min
        return replace(
            self._blank,
            number=number,
            service=tongue.offers[ticket.service].text if ticket.service in tongue.offers else "",
            taken=ticket.taken.astimezone(line.zone),
            right_of_way=rank_class <= RankClass.RIGHT_OF_WAY or early,
            slot=booking.slot.astimezone(line.zone) if booking else None,
            counts_from=(booking.slot - service.early).astimezone(line.zone)
            if booking and early
            else None,
            ahead=wait.waiting,
            wait_min=wait_min if ordinary else None,
            follow=f"{self._follow_prefix}{ticket.follow}"
            if self._follow_prefix and ticket.follow
            else None,
            check=check_code(self._key, self._blank.device, number, ticket.taken),
        )
