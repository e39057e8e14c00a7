"""How waits and promise were over the day, lobby by lobby, in steps of ten minutes.

The time of a step is the desk's, so that a curve is right whatever the clocks say; where nothing
was heard it has a gap, and not a line drawn across. Two days are kept of each lobby: a Pi that
boots without network may believe for an hour that it is yesterday, and then today goes on.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

from appliance.bus.messages.payload import Retained
from appliance.bus.messages.shown import Today

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from appliance.bus.messages.shown import Wait
    from appliance.bus.messages.staff import Promise

STEP: Final = timedelta(minutes=10)
VALID_S: Final = 2 * int(STEP.total_seconds())
LONGEST: Final = 25 * timedelta(hours=1) // STEP
"""A day in October. What claims to be of the same day and is further away is no time to believe."""
DAYS: Final = 2


@dataclass(slots=True)
class Step:
    """What was heard in one step; see `Today`."""

    waiting: int | None = None
    longest_min: int | None = None
    came: int | None = None
    kept: int | None = None


@dataclass(slots=True)
class Day:
    """One day of a lobby.

    Args:
        start: When the first step begins.
        last: What was heard last, for its stamp.
    """

    start: datetime
    last: Retained
    steps: list[Step] = field(default_factory=list)

    def told(self) -> Today:
        """Give it as it is published."""
        return Today(
            as_of=self.last.as_of,
            day=self.last.day,
            session=self.last.session,
            valid_s=VALID_S,
            start=self.start,
            step_s=int(STEP.total_seconds()),
            waiting=[each.waiting for each in self.steps],
            longest_min=[each.longest_min for each in self.steps],
            came=[each.came for each in self.steps],
            kept=[each.kept for each in self.steps],
        )


class Curves:
    """The curves of one lobby."""

    def __init__(self) -> None:
        self._days: dict[date, Day] = {}

    def waits(self, wait: Wait) -> Today | None:
        """Take in who waits; give what to tell, where a new step has begun."""
        step, told = self._step(wait)
        if step is not None:
            step.waiting = _most(step.waiting, wait.waiting)
            for each in wait.services:
                step.longest_min = _most(step.longest_min, each.high_min)
        return told

    def promises(self, promise: Promise) -> Today | None:
        """Take in how the promise is kept; give what to tell, where a new step has begun."""
        step, told = self._step(promise)
        if step is not None:
            step.came = sum(each.came for each in promise.today)
            step.kept = round(sum(each.came * each.called for each in promise.today))
        return told

    def goes_on(self, kept: Today) -> None:
        """Take in what was told before we were started; what was heard since counts more."""
        if timedelta(seconds=kept.step_s) != STEP or len(kept.waiting) > LONGEST:
            return
        before = Day(kept.start.astimezone(UTC), kept, list(_steps(kept)))
        since = self._days.get(kept.day)
        if since is not None:
            first = (since.start - before.start) // STEP
            if not 0 <= first < LONGEST:
                return
            before.steps += [Step() for _ in range(first + len(since.steps) - len(before.steps))]
            before.steps[first : first + len(since.steps)] = since.steps
            before.last = since.last
        self._days[kept.day] = before
        self._forget()

    def now(self) -> Today | None:
        """Give the day of which something was heard last, as far as it is."""
        return next(reversed(self._days.values())).told() if self._days else None

    def _step(self, heard: Retained) -> tuple[Step | None, Today | None]:
        """Give the step that something belongs to; and the day as it was before, if that is new."""
        at = heard.as_of.astimezone(UTC)
        day = self._days.pop(heard.day, None) or Day(_floor(at), heard)
        self._days[heard.day] = day
        self._forget()
        number = (at - day.start) // STEP
        if not 0 <= number < LONGEST:
            return None, None
        day.last = heard
        if number < len(day.steps):
            return day.steps[number], None
        told = day.told() if day.steps else None
        day.steps += [Step() for _ in range(number + 1 - len(day.steps))]
        return day.steps[number], told

    def _forget(self) -> None:
        while len(self._days) > DAYS:
            del self._days[next(iter(self._days))]


def _steps(kept: Today) -> Iterator[Step]:
    columns = (kept.waiting, kept.longest_min, kept.came, kept.kept)
    # Of columns that are not of the same length the rest belongs to nobody.
    for waiting, longest_min, came, promised in zip(*columns, strict=False):
        yield Step(waiting, longest_min, came, promised)


def _floor(at: datetime) -> datetime:
    return at - (at - datetime.min.replace(tzinfo=UTC)) % STEP


def _most(one: int | None, other: int | None) -> int | None:
    return max((each for each in (one, other) if each is not None), default=None)
