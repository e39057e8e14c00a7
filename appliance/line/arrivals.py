"""When people come without an appointment, by the half-hour.

Who comes later does not pass who waits, and yet keeps counters busy: those that could have helped
out. Where counters serve different services, a forecast without them is too short.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import tzinfo
from math import ceil, sqrt
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
from numpy.typing import NDArray

from appliance.line import events
from appliance.line.hours import SMALL_SHIFT

if TYPE_CHECKING:
    from datetime import datetime


Floats: TypeAlias = NDArray[np.float64]

BIN_S = 1800
BINS = 24 * 3600 // BIN_S
HALF_LIFE_DAYS = 10.0
TODAY_BELIEF = 10.0
"""Usual arrivals that today's number is weighed against, before today counts for itself."""


@dataclass(slots=True)
class Arrivals:
    """How many came for each service, by half-hour of the day.

    Args:
        zone: Time zone of the site.
        days: How many days are in `past`, the older ones counting less.
        past: Service → how many came in each half-hour of these.
        today: The same of today.
        unsure: Nobody knew the time today: it is taken for a usual day, and not learned from.
    """

    zone: tzinfo
    days: float = 0.0
    past: dict[str, Floats] = field(default_factory=dict)
    today: dict[str, Floats] = field(default_factory=dict)
    unsure: bool = False

    def hear(self, event: events.Event) -> None:
        """Learn from what happened."""
        match event:
            case events.TicketIssued() if not event.clock_sure:
                self.unsure = True
            case events.TicketIssued() if event.booking is None:
                counts = self.today.setdefault(event.service, np.zeros(BINS))
                counts[int(self._bin(event.at))] += 1.0
            case events.ClockSet() if abs(event.shift) > SMALL_SHIFT:
                self.unsure = True
            case events.DayTurned():
                self._turn()
            case _:
                pass

    def _turn(self) -> None:
        if self.unsure:
            self.today = {}
        self.unsure = False
        if not self.today:
            return
        factor = 0.5 ** (1.0 / HALF_LIFE_DAYS)
        self.days = self.days * factor + 1.0
        codes = {*self.past, *self.today}
        none = np.zeros(BINS)
        self.past = {
            code: self.past.get(code, none) * factor + self.today.get(code, none) for code in codes
        }
        self.today = {}

    def drawn(
        self,
        code: str,
        now: datetime,
        until_s: float,
        most: int,
        rng: np.random.Generator,
        draws: int,
    ) -> Floats:
        """Draw when the next people come for a service.

        Args:
            code: The service.
            now: Desk time.
            until_s: Nobody is drawn after this.
            most: Nor more than so many.
            rng: Where chance comes from.
            draws: How many ways it may go.

        Returns:
            Draw × person: seconds from now, in order; infinite: nobody more comes.
        """
        at_bin = self._bin(now)
        rates = self._rates(code, at_bin)
        edges_s = (np.arange(len(rates) + 1) + np.floor(at_bin) - at_bin) * BIN_S
        edges_s[0] = 0.0
        expected = np.concatenate([[0.0], np.cumsum(rates * np.diff(edges_s) / BIN_S)])
        until = float(np.interp(until_s, edges_s, expected))
        columns = min(most, ceil(until + 2.0 * sqrt(until)))
        if not columns:
            return np.zeros((draws, 0))
        nth = np.cumsum(rng.exponential(1.0, (draws, columns)), axis=1)
        # Equal expectations are a time in which nobody comes; a tiny slope keeps the order.
        expected += np.arange(len(expected)) * 1e-9
        times_s: Floats = np.interp(nth, expected, edges_s, right=np.inf)
        return times_s

    def _rates(self, code: str, at_bin: float) -> Floats:
        """Give how many are expected in each half-hour from now to midnight."""
        first = int(at_bin)
        usual = self.past.get(code, np.zeros(BINS)) / max(self.days, 1.0)
        today = self.today.get(code, np.zeros(BINS))
        if not self.days:
            # The first day goes on as in its last hour.
            return np.full(BINS - first, today[max(0, first - 1) : first + 1].sum() / 2.0)
        so_far = usual[:first].sum()
        factor = (today[:first].sum() + TODAY_BELIEF) / (so_far + TODAY_BELIEF)
        rates: Floats = usual[first:] * (1.0 if self.unsure else factor)
        return rates

    def _bin(self, at: datetime) -> float:
        """Give the time of day at the site, in half-hours."""
        local = at.astimezone(self.zone)
        return (local.hour * 3600 + local.minute * 60 + local.second) / BIN_S
