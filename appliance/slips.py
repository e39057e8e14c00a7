"""What stands on a ticket's slip: composed from the line when the number is given out.

Composing is cheap and happens in the desk's loop, where the line is; setting the type is not, and
happens where the slip is printed.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from appliance.checkin.check_code import check_code
from appliance.display.slip import TicketSlip, set_slip
from appliance.line.model import RankClass
from appliance.line.rules import rank, ranking_service
from appliance.line.wait import wait_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from appliance import paper
    from appliance.forecasting import Told
    from appliance.line.line import Line
    from appliance.strings import Texts


class Slips:
    """Composes the slips of one lobby.

    Args:
        blank: What is the same on each: office, lobby, where to wait, device.
        services: Code → plain words, in the language of the slips.
        texts: In the language of the slips.
        columns: Characters on a line of the printer.
        key: The device's own key for check codes.
    """

    def __init__(
        self,
        blank: TicketSlip,
        services: Mapping[str, str],
        texts: Texts,
        columns: int,
        key: bytes,
    ) -> None:
        self._blank = blank
        self._services = services
        self._texts = texts
        self._columns = columns
        self._key = key

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
        slip = self._compose(line, number, now, told)

        def setter(copy: bool) -> paper.Slip:  # noqa: FBT001  (what `Job.set_slip` is given)
            return set_slip(replace(slip, copy=copy), self._texts, self._columns)

        return setter

    def _compose(self, line: Line, number: str, now: datetime, told: Told | None) -> TicketSlip:
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
            service=self._services.get(ticket.service, ""),
            taken=ticket.taken.astimezone(line.zone),
            right_of_way=rank_class <= RankClass.RIGHT_OF_WAY or early,
            slot=booking.slot.astimezone(line.zone) if booking else None,
            counts_from=(booking.slot - service.early).astimezone(line.zone)
            if booking and early
            else None,
            ahead=wait.waiting,
            wait_min=wait_min if ordinary else None,
            check=check_code(self._key, self._blank.device, number, ticket.taken),
        )
