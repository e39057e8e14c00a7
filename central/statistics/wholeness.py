"""Which days of a device are not all there.

Because events are still on their way (the numbers have a hole), because the device said that it has
them no more (a gap), or because it has not been heard of since: then nobody knows whether there was
more. A day is told to be whole only by an event of a later one, and each midnight makes one.
"""

from __future__ import annotations

from bisect import bisect_right
from datetime import date, timedelta
from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection

_SPANS = text(
    "SELECT span.day, span.epoch, span.first_seq, span.last_seq, reached.seq AS reached FROM span"
    " LEFT JOIN reached ON reached.device = span.device AND reached.epoch = span.epoch"
    " WHERE span.device = :device ORDER BY span.day, span.begins"
)
_GAPS = text("SELECT epoch, after_seq, seq FROM gap WHERE device = :device")
_NEWEST = text("SELECT max(day) FROM device_day WHERE device = :device AND day <= :today")
_NOTED = text("SELECT day FROM device_day WHERE device = :device AND incomplete = 1")


class _Span(NamedTuple):
    day: str
    epoch: str
    first: int
    last: int
    reached: int | None

    def has(self, epoch: str, seq: int) -> bool:
        return self.epoch == epoch and self.first <= seq <= self.last


def newest_day(db: Connection, device: str, today: date) -> date | None:
    """Give the last day of which a device told something; None: it never did."""
    newest = db.execute(_NEWEST, {"device": device, "today": today.isoformat()}).scalar()
    return newest and date.fromisoformat(newest)


def incomplete_days(db: Connection, device: str) -> set[date]:
    """Give the days of which something is missing, or was when they were deleted.

    The last day of which the device told something, and those after it, are not among them: see
    `newest_day`.
    """
    missing = {span.day for span in _spans(db, device) if (span.reached or 0) < span.last}
    missing |= set(db.execute(_NOTED, {"device": device}).scalars())
    return {date.fromisoformat(day) for day in missing} | lost_days(db, device)


def lost_days(db: Connection, device: str) -> set[date]:
    """Give the days of which something is gone for good, as far as their events are there."""
    spans, days = _spans(db, device), set[date]()
    for gap in db.execute(_GAPS, {"device": device}):
        days |= _around(spans, *gap)
    return days


def _spans(db: Connection, device: str) -> list[_Span]:
    return [_Span(*row) for row in db.execute(_SPANS, {"device": device})]


def _around(spans: Sequence[_Span], epoch: str, after: int, seq: int) -> set[date]:
    """Give the days that a gap touches."""
    behind = next((span for span in spans if span.has(epoch, seq)), None)
    if behind is None:
        return set()
    before = next((span for span in reversed(spans) if span.has(epoch, after)), None)
    if before is None:
        place = bisect_right(spans, behind.day, key=lambda span: span.day)
        earlier = [span for span in spans[:place] if span.epoch != epoch]
        before = earlier[-1] if earlier else behind
    first, last = date.fromisoformat(before.day), date.fromisoformat(behind.day)
    return {first + timedelta(days=n) for n in range((last - first).days + 1)}
