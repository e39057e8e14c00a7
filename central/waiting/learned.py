"""Better times today: what waits were usual at this hour, on this day of the week, in past weeks.

A desk tells the wait for who comes now, nothing of later hours. So what it tells is kept here, as
sums by date and hour: a few thousand rows a lobby, of forecasts, with nobody in them, and gone
after ten weeks.

It says something only where it is sure enough to send somebody out at two instead of at ten: three
past weeks in which that hour was heard for twenty minutes at least, a wait that is long now, and
one that was clearly shorter then. In all other cases it says nothing. The day of the week is all
that it knows of a day: the first of a month, or one after a holiday, may be another matter, so the
page says "usually".
"""

from __future__ import annotations

import json
import math
import sqlite3
from contextlib import contextmanager
from datetime import timedelta
from itertools import groupby
from statistics import median
from typing import TYPE_CHECKING, Final, NamedTuple

from appliance.errors import LobbyError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime
    from pathlib import Path
    from types import TracebackType
    from typing import Self

    from appliance.bus.messages.shown import ServiceWait
    from central.waiting.hearing import Place

SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS heard (
    site TEXT, lobby TEXT, service TEXT, day TEXT, hour INTEGER,
    minutes INTEGER, low INTEGER, high INTEGER,
    PRIMARY KEY (site, lobby, service, day, hour)
) STRICT, WITHOUT ROWID
"""
WEEKS: Final = 8
KEPT: Final = timedelta(weeks=10)
ENOUGH_WEEKS: Final = 3
ENOUGH_MINUTES: Final = 20
LONG_MIN: Final = 20
"""Who waits less than this now needs no better time."""
SHORTER: Final = 0.6
SAVED_MIN: Final = 10
AT_MOST: Final = 2
STEP_MIN: Final = 5


class LearnedError(LobbyError):
    """What was learned cannot be read or written; the sentence says what to do."""


class Better(NamedTuple):
    """A better time.

    Args:
        begin: Its first hour of the day, 0 to 23.
        end: The hour at which it ends, 1 to 24.
        low_min: What was usual then, rounded to 5 minutes.
        high_min: The upper end.
    """

    begin: int
    end: int
    low_min: int
    high_min: int


class Learned:
    """The file of past waits. One process, one thread at a time.

    Args:
        path: Made if it is missing.

    Raises:
        LearnedError: It cannot be used.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        with self._told():
            # Made by whoever reads the command line, used by whoever writes the pages.
            self._db = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        try:
            with self._told():
                self._db.execute("PRAGMA journal_mode = WAL")
                # What a power cut takes is minutes of weeks.
                self._db.execute("PRAGMA synchronous = NORMAL")
                self._db.execute(SCHEMA)
        except BaseException:
            self._db.close()
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
        """Let go of the file; twice is fine."""
        self._db.close()

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Do what follows in one go.

        Raises:
            LearnedError: It cannot be written.
        """
        with self._told():
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield
            except BaseException:
                self._db.execute("ROLLBACK")
                raise
            self._db.execute("COMMIT")

    def note(self, place: Place, waits: Sequence[ServiceWait], at: datetime) -> None:
        """Keep one minute of what a lobby tells; a service without a forecast was not open.

        Args:
            place: The lobby.
            waits: For each service.
            at: When, by the clock on the site's wall.
        """
        rows = [
            (
                *_key(place),
                each.service,
                at.date().isoformat(),
                at.hour,
                each.low_min,
                each.high_min,
            )
            for each in waits
            if each.low_min is not None and each.high_min is not None
        ]
        with self._told():
            self._db.executemany(
                "INSERT INTO heard VALUES (?, ?, ?, ?, ?, 1, ?, ?) ON CONFLICT DO UPDATE SET"
                " minutes = minutes + 1, low = low + excluded.low, high = high + excluded.high",
                rows,
            )

    def forget(self, now: datetime) -> None:
        """Delete what is too long ago to count."""
        with self._told():
            first = (now - KEPT).date().isoformat()
            self._db.execute("DELETE FROM heard WHERE day < ?", (first,))

    def better(self, place: Place, each: ServiceWait, at: datetime) -> list[Better]:
        """Give better times for a service later today, the earliest first; mostly there are none.

        Args:
            place: The lobby.
            each: What it tells for now.
            at: Now, by the clock on the site's wall.
        """
        if each.low_min is None or each.high_min is None:
            return []
        now_min = (each.low_min + each.high_min) / 2
        if now_min < LONG_MIN:
            return []
        usual = self._usual(place, each.service, at)
        better = [
            hour
            for hour, (low, high) in usual.items()
            if (low + high) / 2 <= min(SHORTER * now_min, now_min - SAVED_MIN)
        ]
        found = []
        # Hours that follow one another are one time.
        for _, run in groupby(enumerate(better), key=lambda at: at[1] - at[0]):
            hours = [hour for _, hour in run]
            low = min(usual[hour][0] for hour in hours)
            high = max(usual[hour][1] for hour in hours)
            found.append(Better(hours[0], hours[-1] + 1, _down(low), _up(high)))
        return found[:AT_MOST]

    def _usual(self, place: Place, service: str, at: datetime) -> dict[int, tuple[float, float]]:
        """Give hour → usual range, for those to come today of which enough is known."""
        days = [(at.date() - timedelta(weeks=week)).isoformat() for week in range(1, WEEKS + 1)]
        with self._told():
            rows = self._db.execute(
                "SELECT hour, 1.0 * low / minutes, 1.0 * high / minutes FROM heard"
                " WHERE (site, lobby, service) = (?, ?, ?) AND hour > ? AND minutes >= ?"
                " AND day IN (SELECT value FROM json_each(?)) ORDER BY hour",
                (*_key(place), service, at.hour, ENOUGH_MINUTES, json.dumps(days)),
            ).fetchall()
        usual = {}
        for hour, group in groupby(rows, key=lambda row: int(row[0])):
            weeks = list(group)
            if len(weeks) >= ENOUGH_WEEKS:
                usual[hour] = median(row[1] for row in weeks), median(row[2] for row in weeks)
        return usual

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            raise LearnedError(
                f"what was learned in {self._path} cannot be used: {error}; see to the disk, or"
                " delete the file: it is learned anew in three weeks"
            ) from error


def _key(place: Place) -> tuple[str, str]:
    return place.site, place.lobby


def _down(minutes: float) -> int:
    return STEP_MIN * math.floor(minutes / STEP_MIN)


def _up(minutes: float) -> int:
    return STEP_MIN * math.ceil(minutes / STEP_MIN)
