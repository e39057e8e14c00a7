"""What somebody who comes has shown or said, and what that means for this lobby now.

A code is verified, then judged. A slip of ours is looked up. A short number is looked up in the
day's bookings, and judged like its code.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from appliance.checkin import admission, code
from appliance.checkin.admission import Admission
from appliance.checkin.code import CodeError
from appliance.checkin.outcomes import Outcome
from appliance.checkin.short_number import read_short_number
from appliance.checkin.store import NOBODY
from appliance.desk.parts import Wrong

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from appliance.bus.messages.asked import Scan
    from appliance.checkin.keys import TrustList
    from appliance.checkin.store import TrustStore
    from appliance.desk.daybooks import DayBooks
    from appliance.line.line import Line
    from appliance.line.model import Booking


class Trust:
    """Whose signatures count; replaced while the desk runs.

    Args:
        store: Keeps the list; None: without a root key there can be none.
        error: Why there is no list, where it is known.
    """

    def __init__(self, store: TrustStore | None, error: str = "") -> None:
        self._store = store
        self._error = error

    @property
    def keys(self) -> TrustList:
        """The list in use."""
        return NOBODY if self._store is None else self._store.trust

    def take(self, payload: bytes) -> bool:
        """Take a new list into use; gives whether it was news.

        Raises:
            TrustError: It is not signed by the root, or older than the one in use.
            OSError: It is in use, but cannot be written.
        """
        if self._store is None:
            return False
        before = self._store.trust
        return self._store.replace(payload) != before

    def look(self, line: Line, now: datetime) -> Sequence[Wrong]:
        """Tell that there is no list, or a stale one; see `Part`."""
        if self._store is None or self._store.empty:
            if self._error:
                return [Wrong("codes", "codes", {"error": self._error})]
            return [Wrong("codes", "codes_no_list")]
        age = self._store.stale_for(now) if line.clock_sure else None
        return [] if age is None else [Wrong("codes", "codes_stale", {"days": age.days})]


class Reception:
    """Judges scans and short numbers.

    Args:
        trust: Whose signatures count.
        site: Id of the site.
        lobby: What admission must know of this place.
        books: The days' bookings.
        slip_prefix: How the addresses on our slips begin; empty: they carry none.
    """

    def __init__(
        self,
        trust: Trust,
        site: str,
        lobby: admission.Lobby,
        books: DayBooks,
        slip_prefix: str = "",
    ) -> None:
        self._trust = trust
        self._site = site
        self._lobby = lobby
        self._books = books
        self._slip_prefix = slip_prefix

    def admit(self, scan: Scan, line: Line, now: datetime) -> Admission:
        """Say what `scan` means for `line` at `now`; changes nothing."""
        match scan.kind:
            case "several":
                return Admission(Outcome.SEVERAL)
            case "code" if scan.text is not None:
                return self._admit_code(scan.text, line, now)
            case "slip" if scan.text is not None:
                token = scan.text.removeprefix(self._slip_prefix)
                return admission.of_slip(line.followed(token))
            case _:
                return admission.foreign(scan.kind)

    def admit_short(self, short: str, line: Line, now: datetime) -> Admission | None:
        """Say what a typed short number means; None: it is no booking's of today."""
        read = read_short_number(short)
        today = line.day or now.astimezone(line.zone).date()
        listed = self._books.day(today).by_short(read) if read else None
        return None if listed is None else self._judged(listed.booking, line, now)

    def _admit_code(self, text: str, line: Line, now: datetime) -> Admission:
        try:
            booking = code.verify(text, self._trust.keys, self._site, now)
        except CodeError as error:
            known = error.claims.booking.id if error.claims else ""
            ticket = line.tickets.get(line.by_booking.get(known, ""))
            return admission.admit(error, self._here(line), now, ticket=ticket)
        return self._judged(booking, line, now)

    def _judged(self, booking: Booking, line: Line, now: datetime) -> Admission:
        ticket = line.tickets.get(line.by_booking.get(booking.id, ""))
        day = booking.slot.astimezone(line.zone).date()
        cancelled = booking.id in self._books.day(day).cancelled
        return admission.admit(booking, self._here(line), now, ticket=ticket, cancelled=cancelled)

    def _here(self, line: Line) -> admission.Lobby:
        return replace(self._lobby, clock_sure=line.clock_sure)
