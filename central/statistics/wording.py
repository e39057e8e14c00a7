"""How statistics are said: days, hours, figures, and the notes beneath."""

from __future__ import annotations

from datetime import datetime, time
from typing import TYPE_CHECKING

from appliance.small_counts import SHOWN_FROM
from central.statistics.table import Hidden
from central.texts import said_date, texts

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from central.statistics.spans import Span
    from central.statistics.table import Table

MONTH_DAYS = 28
UNKNOWN = "–"
NOT_SHOWN = "*"


class Words:
    """The texts of a language, for statistics.

    Args:
        language: One of `central.texts.languages()`.
    """

    def __init__(self, language: str) -> None:
        self.language = language
        self._texts = texts(language)

    def __call__(self, key: str, **facts: object) -> str:
        """Give a text."""
        return self._texts(key, **facts)

    def span(self, span: Span) -> str:
        """Say which days: a month, a week, or from when to when."""
        first, last = span.first, span.last
        if (last - first).days + 1 >= MONTH_DAYS and first.day == 1:
            month = self(f"calendar.month_{first.month}")
            return self("statistics.month", month=month, year=first.year)
        return self(
            "statistics.week",
            week=first.isocalendar().week,
            first=self.short(first),
            last=self.short(last),
            year=last.year,
        )

    def day(self, day: date) -> str:
        """Say a day in a table."""
        return self(
            "statistics.day",
            weekday=self.weekday(day),
            day=f"{day.day:02}",
            month=f"{day.month:02}",
        )

    def weekday(self, day: date) -> str:
        """Say a weekday in two or three letters."""
        return self(f"statistics.day_{day.isoweekday()}")

    def short(self, day: date) -> str:
        """Say a day without its year."""
        return self("statistics.short", day=f"{day.day:02}", month=f"{day.month:02}")

    def long(self, day: date) -> str:
        """Say a day in full."""
        return said_date(self._texts, datetime.combine(day, time()))

    def hour(self, hour: int) -> str:
        """Say an hour of the day, from when until when."""
        return self("statistics.hour", first=hour, last=hour + 1)

    def hour_short(self, hour: int) -> str:
        """Say the same below a bar."""
        return self("statistics.hour_short", first=hour, last=hour + 1)

    def count(self, count: int | Hidden | None) -> str:
        """Say a count, or that it is hidden."""
        match count:
            case Hidden.SMALL:
                return f"<{SHOWN_FROM}"
            case Hidden.FURTHER:
                return NOT_SHOWN
            case None:
                return UNKNOWN
            case _:
                return str(count)

    def figure(self, name: str, value: int | Hidden | None) -> str:
        """Say a figure of a row, by its name."""
        said = self.count(value)
        return f"{said} %" if name.endswith("_percent") and value is not None else said

    def notes(self, table: Table) -> Iterator[str]:
        """Say what one has to know of a table."""
        if days := table.incomplete:
            yield self("statistics.incomplete", days=", ".join(self.short(day) for day in days))
        if table.as_of is not None:
            yield self("statistics.as_of", time=f"{table.as_of:%H:%M}")
        yield self("statistics.small", limit=SHOWN_FROM, sign=NOT_SHOWN)
