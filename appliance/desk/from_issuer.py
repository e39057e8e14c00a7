"""What the issuer sends by the uplink: bookings, cancellations, the trust list.

Whoever sends it is known to the broker, and it may still be anything. What cannot be used is told
to staff until something usable comes in its place; what was known before stays in use.
"""

from __future__ import annotations

import time
from datetime import timedelta
from typing import TYPE_CHECKING

from appliance.bus.messages.payload import MessageError
from appliance.checkin.keys import TrustError
from appliance.desk.parts import Wrong

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import date, datetime

    from appliance.desk.daybooks import DayBooks
    from appliance.desk.reception import Trust
    from appliance.line.line import Line

FARTHEST = timedelta(days=400)
"""Nobody books so far ahead. A list of a later day is a mistake, and would stay here until then."""
MISSING_S = 600.0
"""A list that is not there so long after the connection is up will not come by itself."""


class FromIssuer:
    """Takes it in; a part of the desk.

    Args:
        trust: Whose codes count.
        books: The days' bookings.
        online: Whether the central broker is reached.
        monotonic: The clock, in seconds.
    """

    def __init__(
        self,
        trust: Trust,
        books: DayBooks,
        online: Callable[[], bool],
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._trust = trust
        self._books = books
        self._online = online
        self._monotonic = monotonic
        self._online_s: float | None = None
        self._wrong: dict[str, str] = {}
        self._today: date | None = None

    def bookings(self, day: date, payload: bytes) -> None:
        """Take the bookings of a day; empty: the day is over."""
        if payload:
            self._take("bookings", lambda: self._books.take_bookings(self._near(day), payload))

    def cancelled(self, day: date, payload: bytes) -> None:
        """Take which of them are cancelled; empty: the day is over."""
        if payload:
            self._take("cancelled", lambda: self._books.take_cancelled(self._near(day), payload))

    def keys(self, payload: bytes) -> None:
        """Take the signed trust list."""
        if payload:
            self._take("keys", lambda: self._trust.take(payload))

    def look(self, line: Line, _now: datetime) -> Sequence[Wrong]:
        """Tell what could not be used, and that nothing came; see `Part`."""
        found = [Wrong("issuer", facts={"error": error}) for error in self._wrong.values()][:1]
        self._today = line.day if line.clock_sure else None
        if not self._online():
            self._online_s = None
            return found
        now_s = self._monotonic()
        self._online_s = now_s if self._online_s is None else self._online_s
        waited = now_s - self._online_s >= MISSING_S
        if waited and line.day is not None and not self._books.day(line.day).revision:
            found.append(Wrong("bookings_missing"))
        return found

    def _near(self, day: date) -> date:
        if self._today is not None and day > self._today + FARTHEST:
            raise MessageError(f"{day} is more than {FARTHEST.days} days ahead")
        return day

    def _take(self, what: str, take: Callable[[], bool]) -> None:
        try:
            take()
        except (MessageError, TrustError, OSError) as error:
            self._wrong[what] = f"{what}: {error}"
        else:
            self._wrong.pop(what, None)
