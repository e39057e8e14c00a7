"""Days that follow one another: a month, a week."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta


@dataclass(frozen=True, slots=True)
class Span:
    """Days that follow one another.

    Args:
        first: The first of them.
        last: The last of them.
    """

    first: date
    last: date

    @property
    def days(self) -> list[date]:
        """All of them."""
        return [self.first + timedelta(days=n) for n in range((self.last - self.first).days + 1)]

    def before(self) -> Span:
        """Give as many days that end where these begin."""
        length = self.last - self.first
        end = self.first - timedelta(days=1)
        return Span(end - length, end)


def month(year: int, number: int) -> Span:
    """Give a month.

    Raises:
        ValueError: There is no such month.
    """
    first = date(year, number, 1)
    return Span(first, (first + timedelta(days=31)).replace(day=1) - timedelta(days=1))


def week(year: int, number: int) -> Span:
    """Give a week, Monday to Sunday, as ISO 8601 counts them.

    Raises:
        ValueError: There is no such week.
    """
    first = date.fromisocalendar(year, number, 1)
    return Span(first, first + timedelta(days=6))
