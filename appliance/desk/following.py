"""Following a number from afar: the page behind a slip's QR reads what is told here.

Told to the central broker alone, under the hash of a secret that stands on the slip and nowhere
else. Only what changed is told: sixty people who wait would else be sixty messages for each call.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING

from appliance.bus.messages.payload import encode
from appliance.bus.messages.shown import Follow
from appliance.bus.views import OPEN
from appliance.line.model import TicketState
from appliance.line.wait import waits

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from appliance.bus.topics import Topics
    from appliance.bus.views import View
    from appliance.desk.forecasting import Told
    from appliance.desk.surroundings import Upstream
    from appliance.line.line import Line

NEAR = 3
"""Who is so near looks at every change; the others hear of it a little later."""
FAR_EVERY = timedelta(seconds=20)
AGAIN_AFTER = timedelta(minutes=2)
"""What did not change is told again, so that nobody takes it for stale."""
VALID_S = 300
STILL_OPEN = frozenset(state.value for state in OPEN)


@dataclass(frozen=True, slots=True)
class _Said:
    at: datetime
    topic: str
    what: Follow


class Following:
    """Tells how each number stands.

    Args:
        topics: The lobby's tree.
        upstream: The way to the central broker.
    """

    def __init__(self, topics: Topics, upstream: Upstream) -> None:
        self._topics = topics
        self._upstream = upstream
        self._day: date | None = None
        self._said: dict[str, _Said] = {}

    def tell(self, line: Line, view: View, told: Told | None) -> None:
        """Tell of those whose standing changed.

        Args:
            line: As it is.
            view: The look at it that everyone gets.
            told: The forecasts, where they are fresh.
        """
        if line.day != self._day:
            self._day_turned(line.day)
        followed = [ticket for ticket in line.tickets.values() if ticket.follow]
        if not followed:
            return
        ranges: Mapping[str, tuple[int, int]] = told.tickets if told else {}
        ahead = waits(line, view.now)
        left_s = _until_midnight_s(line, view.now)
        for ticket in followed:
            number, waiting = ticket.number, ticket.state is TicketState.WAITING
            what = view.follow(
                ticket,
                ahead.get(number),
                ranges.get(number),
                VALID_S if ticket.state in OPEN else left_s,
            )
            before = self._said.get(number)
            if before is None or _is_news(before, what, view.now, waiting=waiting):
                topic = before.topic if before else self._topic(ticket.follow)
                self._said[number] = _Said(view.now, topic, what)
                self._upstream.mirror(topic, encode(what), expiry_s=left_s)

    def _day_turned(self, day: date | None) -> None:
        """Take away what was told of yesterday's numbers; the broker would too, in a while."""
        for said in self._said.values():
            self._upstream.mirror(said.topic, b"")
        self._said.clear()
        self._day = day

    def _topic(self, secret: str) -> str:
        return self._topics.follow(hashlib.sha256(secret.encode()).hexdigest())


def _is_news(before: _Said, what: Follow, now: datetime, *, waiting: bool) -> bool:
    age = now - before.at
    if what.says_what(before.what):
        return what.state in STILL_OPEN and age >= AGAIN_AFTER
    if not waiting or what.state != before.what.state or what.calls != before.what.calls:
        return True
    return what.ahead is None or what.ahead <= NEAR or age >= FAR_EVERY


def _until_midnight_s(line: Line, now: datetime) -> int:
    """Give the seconds until the site's day is over."""
    tomorrow = now.astimezone(line.zone).date() + timedelta(days=1)
    midnight = datetime.combine(tomorrow, time(), line.zone).astimezone(UTC)
    return max(1, int((midnight - now).total_seconds()))
