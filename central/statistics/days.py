"""The events of a device's day, in the order in which they happened there.

A day's events are those whose time says so, in the zone of the sites. A machine that started
without knowing the time may have been days off; when it was told, it said by how much. Such a boot
is read as a whole, for the day that was believed and for the day that it was.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import text

from central.statistics.heard import BootBegan, ClockSet, hear

if TYPE_CHECKING:
    from collections.abc import Sequence
    from zoneinfo import ZoneInfo

    from sqlalchemy import Connection

FAR = timedelta(hours=1)
"""A clock that is set by less moves nobody into another day."""
BEGINNINGS = "'BootBegan', 'DayTurned'"
_EPOCHS = text(
    "SELECT span.epoch, span.first_seq, span.last_seq FROM span LEFT JOIN reached"
    " ON reached.device = span.device AND reached.epoch = span.epoch"
    " WHERE span.device = :device AND span.day = :day"
    # Epochs are entered one after the other; those that are not yet, come last.
    " ORDER BY reached.turn IS NULL, reached.turn, span.begins, span.epoch"
)
_BETWEEN = text(
    "SELECT epoch, seq, type, time, data FROM event WHERE device = :device AND epoch = :epoch"
    " AND seq BETWEEN :first AND :last ORDER BY seq"
)
_BEGIN_BEFORE = text(
    "SELECT max(seq) FROM event WHERE device = :device AND epoch = :epoch AND seq < :seq"  # noqa: S608  (our own names)
    f" AND type IN ({BEGINNINGS})"
)
_END_AFTER = text(
    "SELECT min(seq) FROM event WHERE device = :device AND epoch = :epoch AND seq > :seq"  # noqa: S608  (our own names)
    f" AND type IN ('ClockSet', {BEGINNINGS})"
)


class Row(NamedTuple):
    """An event as it is stored."""

    epoch: str
    seq: int
    type: str
    time: str
    data: str

    def day(self, zone: ZoneInfo) -> date:
        """Give the day on which it happened, as the device believed."""
        return datetime.fromisoformat(self.time).astimezone(zone).date()


class Told(NamedTuple):
    """What tells how a day was.

    Args:
        rows: In order.
        believed: Other days, on which some of it was believed to happen.
    """

    rows: list[Row]
    believed: set[date]


def rows_of(db: Connection, device: str, day: date, zone: ZoneInfo) -> list[list[Row]]:
    """Give the events of a day, those of each epoch for themselves."""
    spans = db.execute(_EPOCHS, {"device": device, "day": day.isoformat()}).all()
    return [[row for row in _between(db, device, *span) if row.day(zone) == day] for span in spans]


def told(db: Connection, device: str, day: date, zone: ZoneInfo) -> Told:
    """Give all that is needed to count a day."""
    whole = Told([], set())
    for rows in rows_of(db, device, day, zone):
        if not rows:
            continue
        before = _begun_before(db, device, rows)
        whole.rows.extend([*before, *rows, *_told_after(db, device, rows)])
        whole.believed.update(row.day(zone) for row in before)
    whole.believed.discard(day)
    return whole


def _begun_before(db: Connection, device: str, rows: Sequence[Row]) -> list[Row]:
    """Give the beginning of the boot in which the clock was set, if it was on another day."""
    for row in rows:
        if row.type in {"BootBegan", "DayTurned"}:
            return []
        if row.type == "ClockSet":
            heard = hear(row.type, row.data)
            if not isinstance(heard, ClockSet) or abs(heard.shift) < FAR:
                return []
            place = {"device": device, "epoch": row.epoch, "seq": rows[0].seq}
            first = db.execute(_BEGIN_BEFORE, place).scalar() or 1
            return _between(db, device, row.epoch, first, rows[0].seq - 1)
    return []


def _told_after(db: Connection, device: str, rows: Sequence[Row]) -> list[Row]:
    """Give what follows in a boot that does not know the time, until it does."""
    sure = True
    for row in rows:
        heard = hear(row.type, row.data) if row.type in {"BootBegan", "ClockSet"} else None
        if heard is not None:
            sure = not isinstance(heard, BootBegan) or heard.clock_sure
    if sure:
        return []
    place = {"device": device, "epoch": rows[-1].epoch, "seq": rows[-1].seq}
    end = db.execute(_END_AFTER, place).scalar()
    return [] if end is None else _between(db, device, rows[-1].epoch, rows[-1].seq + 1, end)


def _between(db: Connection, device: str, epoch: str, first: int, last: int) -> list[Row]:
    place = {"device": device, "epoch": epoch, "first": first, "last": last}
    return [Row(*row) for row in db.execute(_BETWEEN, place)]
