"""Counts days when something of them came, and lets go of what has had its time.

The collector calls it between two batches. Each step is one device's day in one transaction, some
milliseconds of work: neither the collector nor who reads waits for it.

A day is counted anew, from its events, whenever some came that were not there: today's every
quarter of an hour at most, one that is over at once. So what a device sends a day late corrects the
day, and what it sends twice changes nothing. Once a day is over its events are sealed (`heard`);
after 30 days they are deleted, and what was counted stays. That is final: events of such a day that
come later still are acknowledged, deleted, and change nothing.
"""

from __future__ import annotations

import logging
import time
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

import msgspec
from sqlalchemy import text

from central.collector.tables import DEVICE_DAY, SPAN, TALLY
from central.statistics.days import Row, rows_of, told
from central.statistics.heard import hear, sealed
from central.statistics.pseudonyms import PseudonymError
from central.statistics.tally import tallied
from central.statistics.visits import Visits
from central.statistics.wholeness import incomplete_days, lost_days, newest_day

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from sqlalchemy import ColumnElement, Connection, Table, TextClause

    from central.collector.store import Store
    from central.statistics.pseudonyms import Pseudonyms

log = logging.getLogger(__name__)

KEEP = timedelta(days=30)
AGAIN_S = 15 * 60
LOOK_S = 2.0
"""How long it rests when there was nothing to do."""
_DUE = "SELECT device, day, site FROM device_day WHERE purged = :purged AND changed = :changed"
_COUNT_DUE = text(f"{_DUE} AND (day < :today OR settled <= :before) ORDER BY day LIMIT 1")
# A clock that was wrong may say any day: what came yesterday is not of today.
_SEAL_DUE = text(
    f"{_DUE} AND sealed = 0 AND (day < :today OR arrived < :midnight) ORDER BY day LIMIT 1"
)
_PURGE_DUE = text(f"{_DUE} AND (day < :oldest OR arrived < :long_ago) ORDER BY day LIMIT 1")
_AGAIN_DUE = text(f"{_DUE} LIMIT 1")
_TALLY = text(
    "INSERT INTO tally (device, day, site, kind, key, counts)"
    " VALUES (:device, :day, :site, :kind, :key, :counts)"
)
_SEAL = text(
    "UPDATE event SET data = :data WHERE device = :device AND epoch = :epoch AND seq = :seq"
)
_DELETE = text(
    "DELETE FROM event WHERE device = :device AND epoch = :epoch AND seq BETWEEN :first AND :last"
)
# A day of which nothing ever came, since all of it was lost, is known after this.
_NOTE_INCOMPLETE = text(
    "INSERT INTO device_day (device, day, site, changed, sealed, purged, incomplete)"
    " VALUES (:device, :day, :site, 0, 1, 1, 1) ON CONFLICT (device, day)"
    " DO UPDATE SET incomplete = 1"
)


class _Day(NamedTuple):
    device: str
    day: str
    site: str

    @property
    def date(self) -> date:
        return date.fromisoformat(self.day)

    def of(self, table: Table) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
        """Give what is true of its rows in a table."""
        return table.c.device == self.device, table.c.day == self.day


class Keeper:
    """Does what is due.

    Args:
        store: The collector's.
        pseudonyms: The keys of the sites.
        now: The clock; tests have another one.
        monotonic: Seconds; the same.
    """

    def __init__(
        self,
        store: Store,
        pseudonyms: Pseudonyms,
        now: Callable[[], datetime] | None = None,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._store = store
        self._zone = store.zone
        self._pseudonyms = pseudonyms
        self._now = now or (lambda: datetime.now(store.zone))
        self._monotonic = monotonic
        self._rests_until_s = float("-inf")

    def step(self) -> bool:
        """Do one thing, if one is due; give whether there may be more.

        A key that cannot be used is told, and keeps nobody from collecting.

        Raises:
            CollectError: The database cannot be written.
        """
        if self._monotonic() < self._rests_until_s:
            return False
        due = self._due()
        if due is not None:
            do, day = due
            try:
                with self._store.writing() as db:
                    do(db, day)
            except PseudonymError as error:
                log.error("booking ids stay in the events of %s: %s", day.site, error)  # noqa: TRY400  (one sentence)
            else:
                return True
        self._rests_until_s = self._monotonic() + LOOK_S
        self._pseudonyms.forget()
        return False

    def finish(self) -> None:
        """Do all that is due.

        Raises:
            CollectError: As `step`.
        """
        self._rests_until_s = float("-inf")
        while self.step():
            pass

    def _due(self) -> tuple[Callable[[Connection, _Day], None], _Day] | None:
        """Give what to do next, and to which day."""
        now = self._now().astimezone(self._zone)
        midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
        today, oldest = now.date().isoformat(), (now.date() - KEEP).isoformat()
        before, long_ago = int(now.timestamp()) - AGAIN_S, int((now - KEEP).timestamp())
        at_rest = {"purged": 0, "changed": 0}
        duties: tuple[tuple[TextClause, Mapping[str, object], Callable[..., None]], ...] = (
            (
                _COUNT_DUE,
                {"purged": 0, "changed": 1, "today": today, "before": before},
                self._count,
            ),
            (_SEAL_DUE, {**at_rest, "today": today, "midnight": midnight.timestamp()}, self._seal),
            (_PURGE_DUE, {**at_rest, "oldest": oldest, "long_ago": long_ago}, self._purge),
            (_AGAIN_DUE, {"purged": 1, "changed": 1}, self._purge),
        )
        with self._store.reading() as db:
            for query, limits, do in duties:
                if (row := db.execute(query, limits).first()) is not None:
                    return do, _Day(*row)
        return None

    def _count(self, db: Connection, due: _Day) -> None:
        visits, whole = Visits(self._zone), told(db, due.device, due.date, self._zone)
        for row in whole.rows:
            if (event := hear(row.type, row.data)) is not None:
                visits.hear(event)
        counted = tallied(visits.on(due.date), visits.attended_on(due.date), self._zone)
        db.execute(TALLY.delete().where(*due.of(TALLY)))
        rows = [
            {**due._asdict(), "kind": kind, "key": key, "counts": _json(tally)}
            for kind, key, tally in counted
        ]
        if rows:
            db.execute(_TALLY, rows)
        for day in whole.believed:
            other = due._replace(day=day.isoformat())
            _note(db, other, DEVICE_DAY.c.purged == 0, changed=1)
        _note(db, due, changed=0, settled=int(self._now().timestamp()))

    def _seal(self, db: Connection, due: _Day) -> None:
        def pseudonym(booking: str) -> str:
            return self._pseudonyms.of(due.site, booking)

        changed = [
            {"device": due.device, "epoch": row.epoch, "seq": row.seq, "data": data}
            for rows in rows_of(db, due.device, due.date, self._zone)
            for row in rows
            if (data := sealed(row.type, row.data, pseudonym)) != row.data
        ]
        if changed:
            db.execute(_SEAL, changed)
        _note(db, due, sealed=1)

    def _purge(self, db: Connection, due: _Day) -> None:
        incomplete = {day for day in incomplete_days(db, due.device) if day <= due.date}
        if newest_day(db, due.device, self._now().date()) == due.date:
            incomplete.add(due.date)
        # Of a gap both ends are needed, and one is about to go.
        for day in incomplete | lost_days(db, due.device):
            noted = {"device": due.device, "day": day.isoformat(), "site": due.site}
            db.execute(_NOTE_INCOMPLETE, noted)
        for rows in rows_of(db, due.device, due.date, self._zone):
            for first, last in _runs(rows):
                place = {"device": due.device, "epoch": first.epoch}
                db.execute(_DELETE, {**place, "first": first.seq, "last": last.seq})
        db.execute(SPAN.delete().where(*due.of(SPAN)))
        _note(db, due, changed=0, sealed=1, purged=1)


def _note(db: Connection, due: _Day, *those: ColumnElement[bool], **values: int) -> None:
    db.execute(DEVICE_DAY.update().where(*due.of(DEVICE_DAY), *those).values(**values))


def _json(tally: object) -> str:
    return msgspec.json.encode(tally).decode()


def _runs(rows: Sequence[Row]) -> Iterator[tuple[Row, Row]]:
    """Give first and last of those that follow one another without a hole."""
    first = 0
    for place, row in enumerate(rows):
        if place + 1 == len(rows) or rows[place + 1].seq != row.seq + 1:
            yield rows[first], row
            first = place + 1
