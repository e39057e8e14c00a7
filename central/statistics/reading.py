"""Reads what was counted, while a collector goes on; changes nothing.

What it gives are the true counts, small ones too: `table.shown` says what of it may be shown.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import msgspec
from sqlalchemy import text

from central.collector.database import CollectError, Database, told
from central.statistics.keeping import KEEP
from central.statistics.spans import Span
from central.statistics.tally import ALL, HOUR, SERVICE, Tally, together
from central.statistics.wholeness import incomplete_days, newest_day

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from types import TracebackType
    from typing import Self

    from sqlalchemy import Connection

_TALLIES = text(
    "SELECT day, kind, key, counts FROM tally WHERE site = :site AND day BETWEEN :first AND :last"
)
_DEVICES = text("SELECT DISTINCT device FROM device_day WHERE site = :site ORDER BY device")
_SITES = text("SELECT DISTINCT site FROM device_day ORDER BY site")
_AS_OF = text(
    "SELECT min(settled) FROM device_day"
    " WHERE site = :site AND day BETWEEN :first AND :last AND changed = 1"
)
_READ = msgspec.json.Decoder(Tally)


@dataclass(frozen=True, slots=True)
class Period:
    """How some days were at a site.

    Args:
        site: Its code.
        span: Which days.
        days: Day → counts; days without anybody are not in it.
        services: Code → counts.
        hours: Hour of the day → counts.
        incomplete: Days of which something is missing or still to come, today among them.
        as_of: What came since then is not counted yet; None: all is.
    """

    site: str
    span: Span
    days: Mapping[date, Tally]
    services: Mapping[str, Tally]
    hours: Mapping[int, Tally]
    incomplete: frozenset[date]
    as_of: datetime | None = None

    @property
    def total(self) -> Tally:
        """All days together."""
        return together(self.days.values())


class Reader:
    """A store of the collector's, to look at.

    Args:
        where: The file, or the database's URL.
        now: The clock; tests have another one.

    Raises:
        CollectError: It is not there, or no store.
    """

    def __init__(
        self, where: Path | str, now: Callable[[ZoneInfo], datetime] = datetime.now
    ) -> None:
        self._name = Database(where).name
        self._now = now
        self._db = Database(where).to_read()
        try:
            with told(f"{self._name} is no store of a collector"):
                self.zone = ZoneInfo(self._meta("zone"))
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let go of it; twice is fine."""
        self._db.close()

    @property
    def today(self) -> date:
        """The day that it is at the sites."""
        return self._now(self.zone).date()

    def sites(self) -> tuple[str, ...]:
        """Give the sites of which anything ever came.

        Raises:
            CollectError: It cannot be read.
        """
        with told(f"{self._name} cannot be read"), self._db.begin():
            return tuple(self._db.execute(_SITES).scalars())

    def read(self, site: str, span: Span) -> Period:
        """Give how days were at a site.

        Raises:
            CollectError: It cannot be read.
        """
        today = self.today
        asked = {
            "site": site,
            "first": span.first.isoformat(),
            "last": span.last.isoformat(),
        }
        with told(f"{self._name} cannot be read"), self._db.begin():
            rows = self._db.execute(_TALLIES, asked).all()
            since_s = self._db.execute(_AS_OF, asked).scalar()
            incomplete = _incomplete(self._db, site, span, today)
        by: dict[str, dict[str, list[Tally]]] = {ALL: {}, SERVICE: {}, HOUR: {}}
        for day, kind, key, counts in rows:
            tally = _READ.decode(counts)
            by[kind].setdefault(day if kind == ALL else key, []).append(tally)
        return Period(
            site,
            span,
            {date.fromisoformat(day): together(by[ALL][day]) for day in sorted(by[ALL])},
            {code: together(by[SERVICE][code]) for code in sorted(by[SERVICE])},
            {int(hour): together(by[HOUR][hour]) for hour in sorted(by[HOUR])},
            incomplete,
            datetime.fromtimestamp(since_s, self.zone) if since_s else None,
        )

    def _meta(self, key: str) -> str:
        with self._db.begin():
            value = self._db.execute(
                text("SELECT value FROM meta WHERE key = :key"), {"key": key}
            ).scalar()
        if not value:
            raise CollectError(f"{self._name} is no store of a collector, or of an older release")
        return str(value)


def _incomplete(db: Connection, site: str, span: Span, today: date) -> frozenset[date]:
    """Give the days of which something is missing; of days to come, none."""
    days = {day for day in span.days if day == today}
    for device in db.execute(_DEVICES, {"site": site}).scalars().all():
        days |= incomplete_days(db, device)
        newest = newest_day(db, device, today)
        if newest is not None and today - newest <= KEEP:
            # A device that is silent for longer was taken away.
            days |= {day for day in span.days if newest <= day <= today}
    return frozenset(day for day in days if span.first <= day <= span.last)
