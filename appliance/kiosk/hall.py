"""What the kiosk has heard of the hall: the waits, the time, and whether there is anybody to ask.

It is the same for every visitor. How old it is, is reckoned from the kiosk's own monotonic clock:
see `display.board_state`.
"""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Final

import msgspec
from msgspec.structs import replace

from appliance.bus.messages.shown import Wait
from appliance.display import kiosk_view as page

VALID_MOST_S: Final = 3600.0
BLINK_S: Final = 3.0
"""A bus that is started again is back by then: nobody at the screen has to know."""


class Hall(msgspec.Struct, frozen=True):
    """What was heard last. All `now_s` are of one monotonic clock, and do not decrease.

    Args:
        zone: The site's time zone.
        speed: How many seconds of the desk's time pass in a real one, in a demonstration.
        wait: Who waits and how long; None: nothing was heard yet.
        heard_s: When.
        told: Desk time of the last message that was not kept by the broker; None: there was none.
        told_s: When that was.
        lost_s: Since when the bus is gone; inf: it is there.
    """

    zone: tzinfo
    speed: float = 1.0
    wait: Wait | None = None
    heard_s: float = -math.inf
    told: datetime | None = None
    told_s: float = -math.inf
    lost_s: float = math.inf

    def hear(self, wait: Wait, now_s: float, *, live: bool) -> Hall:
        """Take in what the desk says.

        Args:
            wait: The message.
            now_s: When it came.
            live: It was published now, not kept by the broker: it tells the time.
        """
        heard = replace(self, wait=wait, heard_s=now_s)
        return replace(heard, told=wait.as_of.astimezone(UTC), told_s=now_s) if live else heard

    def connected(self, now_s: float, *, up: bool) -> Hall:
        """Take in that the bus is there, or gone."""
        return replace(self, lost_s=math.inf if up else min(self.lost_s, now_s))

    def outage(self, now_s: float) -> page.Outage | None:
        """Say why nothing can be done here; None: it can."""
        if self.wait is None:
            return page.Outage.STARTING
        valid_s = min(max(self.wait.valid_s, 0), VALID_MOST_S) / self.speed
        if now_s - self.lost_s >= BLINK_S or now_s - self.heard_s >= valid_s:
            return page.Outage.CUT_OFF
        return None

    def wait_of(self, service: str) -> page.Wait | None:
        """Give the wait of who takes a number for a service now; None: it is not known."""
        for each in self.wait.services if self.wait else ():
            if each.service == service:
                known = each.low_min is not None and each.high_min is not None
                between = (each.low_min or 0, each.high_min or 0) if known else None
                return page.Wait(max(0, each.waiting), between)
        return None

    def closed(self) -> page.Closed | None:
        """Give what to show while nobody gets a number without an appointment; None: they do."""
        if self.wait is None or not self.wait.closed:
            return None
        opens = self.wait.opens
        return page.Closed(opens.astimezone(self.zone) if opens is not None else None)

    def clock(self, now_s: float) -> datetime | None:
        """Give the time at the site, to the minute; None: it is not known."""
        if self.told is None:
            return None
        now = self.told + timedelta(seconds=(now_s - self.told_s) * self.speed)
        return now.astimezone(self.zone).replace(second=0, microsecond=0)
