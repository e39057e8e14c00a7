"""What may be shown of how days were: the one way from counts to eyes.

A count below five is hidden, and so is whatever it would follow from (`small_counts`). Waits and
shares are shown where they rest on five people at least.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime
from enum import Enum
from typing import TYPE_CHECKING, NamedTuple

from appliance.small_counts import SHOWN_FROM, Sum, hidden
from central.statistics.spans import Span

if TYPE_CHECKING:
    from collections.abc import Iterable

    from central.statistics.reading import Period
    from central.statistics.tally import Tally

COUNTS = ("visitors", "booked", "no_show")
# Nobody says them, anybody can work them out.
UNTOLD = ("walk_in", "others")
ADVISER = "attended"
TOTAL = "total"
HALF, MOST = 0.5, 0.9


class Cell(NamedTuple):
    """A place in a table."""

    row: str
    column: str


class Hidden(Enum):
    """Why a count is not shown."""

    SMALL = "small"
    """It is below five."""
    FURTHER = "further"
    """One that is below five would follow from it."""


@dataclass(frozen=True, slots=True)
class Row:
    """How it was for some: of a day, for a service, at an hour, or all.

    Args:
        visitors: Numbers given out.
        booked: Those of them with an appointment.
        no_show: Those who did not come when they were called.
        wait_half_min: So long did half of those wait at most who were called; None: fewer than
            five were.
        wait_most_min: The same, for nine of ten.
        called_percent: Share of those with an appointment, in time, who were called within five
            minutes of slot and number; None: fewer than five came.
        started_percent: Share of those whose conversation began by then; None: the same, or nobody
            said when one began.
        at_once_percent: Share of those who did not wait at all.
        incomplete: Whether something of it is missing, or still to come.
    """

    visitors: int | Hidden
    booked: int | Hidden
    no_show: int | Hidden
    wait_half_min: int | None
    wait_most_min: int | None
    called_percent: int | None
    started_percent: int | None
    at_once_percent: int | None
    incomplete: bool = False


FIGURES = tuple(field.name for field in fields(Row) if field.name != "incomplete")


def figure(row: Row | None, name: str) -> int | Hidden | None:
    """Give a figure of a row by its name; None: it is not known."""
    value: int | Hidden | None = None if row is None else getattr(row, name)
    return value


@dataclass(frozen=True, slots=True)
class Table:
    """How some days were at a site, as far as anybody may see.

    Args:
        site: Its code.
        span: Which days.
        days: Day → how it was; None: nothing is known of it. Days on which nobody came are not in
            it.
        services: Code → how it was.
        hours: Hour of the day → how it was.
        total: All of it.
        attended: Who came to an appointment for which no number is needed.
        as_of: What came since then is not counted yet; None: all is.
    """

    site: str
    span: Span
    days: Mapping[date, Row | None]
    services: Mapping[str, Row]
    hours: Mapping[int, Row]
    total: Row
    attended: int | Hidden
    as_of: datetime | None

    @property
    def incomplete(self) -> list[date]:
        """Days of which something is missing, or still to come."""
        return [day for day, row in self.days.items() if row is None or row.incomplete]


def shown(period: Period) -> Table:
    """Give what may be shown of how some days were."""
    total = period.total
    days = {f"day {day}": tally for day, tally in period.days.items() if tally.visitors}
    services = {f"service {code}": tally for code, tally in period.services.items()}
    hours = {f"hour {hour}": tally for hour, tally in period.hours.items()}
    rows = {**days, **services, **hours, TOTAL: total}
    counts = {
        Cell(name, column): count
        for name, tally in rows.items()
        for column, count in _counted(tally).items()
    }
    sums = [*_across(rows), *_down(days), *_down(services), *_down(hours)]
    untold = frozenset(Cell(name, column) for name in rows for column in UNTOLD)
    away = hidden(counts, sums, untold)

    def count(cell: Cell) -> int | Hidden:
        if cell in away.small:
            return Hidden.SMALL
        return Hidden.FURTHER if cell in away.further else counts[cell]

    def row(name: str, *, incomplete: bool = False) -> Row:
        visitors, booked, no_show = (count(Cell(name, column)) for column in COUNTS)
        tally = rows[name]
        called = tally.called >= SHOWN_FROM
        return Row(
            visitors,
            booked,
            no_show,
            wait_half_min=tally.waited(HALF) if called else None,
            wait_most_min=tally.waited(MOST) if called else None,
            called_percent=_percent(tally.called_in_time, tally.in_time),
            started_percent=_percent(tally.started_in_time, tally.in_time_start),
            at_once_percent=_percent(tally.at_once, tally.in_time),
            incomplete=incomplete,
        )

    def day_row(day: date) -> Row | None:
        incomplete = day in period.incomplete
        return row(f"day {day}", incomplete=incomplete) if f"day {day}" in rows else None

    there = sorted({day for day, tally in period.days.items() if tally.visitors})
    return Table(
        period.site,
        period.span,
        {day: day_row(day) for day in sorted({*there, *period.incomplete})},
        {code: row(f"service {code}") for code in period.services},
        {hour: row(f"hour {hour}") for hour in period.hours},
        row(TOTAL, incomplete=bool(period.incomplete)),
        total.attended if total.attended >= SHOWN_FROM else Hidden.SMALL,
        period.as_of,
    )


def _counted(tally: Tally) -> dict[str, int]:
    return {
        "visitors": tally.visitors,
        "booked": tally.booked,
        "no_show": tally.no_show,
        "walk_in": tally.visitors - tally.booked,
        "others": tally.visitors - tally.no_show,
    }


def _across(rows: Iterable[str]) -> list[Sum[Cell]]:
    """Give what adds up in a row."""
    return [
        Sum(Cell(row, "visitors"), (Cell(row, one), Cell(row, other)))
        for row in rows
        for one, other in (("booked", "walk_in"), ("no_show", "others"))
    ]


def _down(rows: Iterable[str]) -> list[Sum[Cell]]:
    """Give what adds up in the columns."""
    names = list(rows)
    return [
        Sum(Cell(TOTAL, column), tuple(Cell(name, column) for name in names))
        for column in (*COUNTS, *UNTOLD)
        if names
    ]


def _percent(some: int, of_all: int) -> int | None:
    return None if of_all < SHOWN_FROM else round(100 * some / of_all)
