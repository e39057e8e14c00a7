"""What a scan means for this lobby now: the code is verified, then judged."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from appliance.checkin import admission, code
from appliance.checkin.admission import Admission
from appliance.checkin.code import CodeError
from appliance.checkin.outcomes import Outcome

if TYPE_CHECKING:
    from datetime import datetime

    from appliance.bus.messages.asked import Scan
    from appliance.checkin.keys import TrustList
    from appliance.line.line import Line


class Reception:
    """Judges scans.

    Args:
        trust: Whose signatures count.
        site: Id of the site.
        lobby: What admission must know of this place.
    """

    def __init__(self, trust: TrustList, site: str, lobby: admission.Lobby) -> None:
        self._trust = trust
        self._site = site
        self._lobby = lobby

    def admit(self, scan: Scan, line: Line, now: datetime) -> Admission:
        """Say what `scan` means for `line` at `now`; changes nothing."""
        lobby = replace(self._lobby, clock_sure=line.clock_sure)
        if scan.kind == "several":
            return Admission(Outcome.SEVERAL)
        if scan.kind != "code" or scan.text is None:
            return admission.foreign(scan.kind)
        try:
            booking = code.verify(scan.text, self._trust, self._site, now)
        except CodeError as error:
            known = error.claims.booking.id if error.claims else ""
            ticket = line.tickets.get(line.by_booking.get(known, ""))
            return admission.admit(error, lobby, now, ticket=ticket)
        ticket = line.tickets.get(line.by_booking.get(booking.id, ""))
        return admission.admit(booking, lobby, now, ticket=ticket)
