"""Counts of visits, which can be added to one another, and what follows from them.

Waits are kept as how many waited how many whole minutes: so the median of a month is that of its
visits, and not a mean of medians. Counts of a service and of an hour are kept beside one another
and not crossed: somebody who came for this at that hour is mostly one person.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import msgspec

from central.statistics.visits import End

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from central.statistics.visits import Visit

ALL, SERVICE, HOUR = "all", "service", "hour"
MINUTE_S = 60


class Tally(msgspec.Struct, frozen=True, omit_defaults=True):
    """Counts of people.

    Args:
        visitors: Numbers given out.
        booked: Those of them with an appointment.
        no_show: Those who did not come when they were called, and not later either.
        unserved: Those who left, or were still there when the day ended.
        attended: Who came to an appointment for which no number is needed; not in `visitors`.
        in_time: With an appointment, there in time, and called, or in vain waiting for it.
        called_in_time: Those of them who were called within five minutes of slot and number.
        at_once: Those of them who did not wait at all.
        in_time_start: As `in_time`, where a lobby's counters say when a conversation begins.
        started_in_time: Those of them whose conversation began within the five minutes.
        waits: Minutes from the number to the first call → how many waited so long.
    """

    visitors: int = 0
    booked: int = 0
    no_show: int = 0
    unserved: int = 0
    attended: int = 0
    in_time: int = 0
    called_in_time: int = 0
    at_once: int = 0
    in_time_start: int = 0
    started_in_time: int = 0
    waits: dict[int, int] = {}

    def __add__(self, other: Tally) -> Tally:
        """Give the counts of both."""
        return together((self, other))

    @property
    def called(self) -> int:
        """How many were called at least once."""
        return sum(self.waits.values())

    def waited(self, share: float) -> int | None:
        """Give how many minutes this share of those who were called waited at most.

        Args:
            share: 0.5 for the median.

        Returns:
            None: nobody was called.
        """
        wanted = math.ceil(share * self.called)
        counted = 0
        for minutes, people in sorted(self.waits.items()):
            counted += people
            if counted >= wanted:
                return minutes
        return None


def together(tallies: Iterable[Tally]) -> Tally:
    """Give the counts of all."""
    sums = dict.fromkeys(_COUNTS, 0)
    waits: dict[int, int] = {}
    for tally in tallies:
        for name in _COUNTS:
            sums[name] += getattr(tally, name)
        for minutes, people in tally.waits.items():
            waits[minutes] = waits.get(minutes, 0) + people
    return Tally(**sums, waits=waits)


def tallied(
    visits: Sequence[Visit], attended: Sequence[datetime], zone: ZoneInfo
) -> Iterator[tuple[str, str, Tally]]:
    """Count a device's day: of all, by service, and by the hour in which numbers were taken.

    Args:
        visits: Of the day.
        attended: When people came who needed no number.
        zone: Of the site.
    """
    says_start = any(visit.started is not None for visit in visits)
    single = [(visit, _of_one(visit, says_start=says_start)) for visit in visits]
    everyone = together(one for _, one in single)
    if visits or attended:
        yield ALL, "", msgspec.structs.replace(everyone, attended=len(attended))
    for by, key_of in (
        (SERVICE, lambda visit: visit.service),
        (HOUR, lambda visit: f"{visit.taken.astimezone(zone).hour:02}"),
    ):
        parts: dict[str, list[Tally]] = {}
        for visit, one in single:
            parts.setdefault(key_of(visit), []).append(one)
        for key, ones in parts.items():
            yield by, key, together(ones)


def _of_one(visit: Visit, *, says_start: bool) -> Tally:
    promised = visit.counts_for_promise
    wait = visit.wait
    return Tally(
        visitors=1,
        booked=int(visit.slot is not None),
        no_show=int(visit.end is End.NO_SHOW),
        unserved=int(visit.end not in {End.NO_SHOW, End.SERVED}),
        in_time=int(promised),
        called_in_time=int(promised and visit.called_in_time),
        at_once=int(promised and visit.called_at_once),
        in_time_start=int(promised and says_start),
        started_in_time=int(promised and says_start and visit.started_in_time),
        waits={} if wait is None else {round(wait.total_seconds() / MINUTE_S): 1},
    )


_COUNTS = tuple(name for name in Tally.__struct_fields__ if name != "waits")
