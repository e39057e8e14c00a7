"""Opening hours: when walk-ins may take a number, holidays among them.

Whoever has an appointment is not held to them: the booking is the promise. The reception may give
out a number at any time.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta, tzinfo
from itertools import pairwise
from typing import NamedTuple

LOOK_AHEAD = timedelta(days=28)
"""Longer than any office is closed."""


class Span(NamedTuple):
    """From when (inclusive) until when (exclusive) a lobby is open, by the clock on its wall."""

    opens: time
    closes: time


Spans = tuple[Span, ...]
"""Of one day, in order; none: closed."""


@dataclass(frozen=True, slots=True)
class OpeningHours:
    """When a lobby is open.

    Args:
        week: Monday to Sunday.
        days: Days that are not as usual, such as holidays.
        last_ticket: No number is given to those who would probably not be called before closing.
    """

    week: tuple[Spans, ...]
    days: Mapping[date, Spans] = field(default_factory=dict)
    last_ticket: bool = True

    def on(self, day: date) -> Spans:
        """Give the hours of a day."""
        return self.days.get(day, self.week[day.weekday()])


def in_order(spans: Spans) -> bool:
    """Tell whether each span has a length and begins after the one before it."""
    moments = [moment for span in spans for moment in span]
    return all(earlier < later for earlier, later in pairwise(moments))


def closes_at(spans: Spans, now: datetime, zone: tzinfo) -> datetime | None:
    """Give when the span that `now` lies in ends; None: it lies in none."""
    local = now.astimezone(zone)
    for span in spans:
        if span.opens <= local.time() < span.closes:
            return datetime.combine(local.date(), span.closes, zone)
    return None


def next_opening(hours: OpeningHours, today: Spans, now: datetime, zone: tzinfo) -> datetime | None:
    """Give when the lobby opens next.

    Args:
        hours: As usual.
        today: Of today, which staff may have changed.
        now: Desk time.
        zone: The site's.
    """
    local = now.astimezone(zone)
    for ahead in range(LOOK_AHEAD.days):
        day = local.date() + timedelta(days=ahead)
        for span in hours.on(day) if ahead else today:
            opens = datetime.combine(day, span.opens, zone)
            if opens > local:
                return opens
    return None
