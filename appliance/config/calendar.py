"""Kinds of value for a calendar: days, and the hours of one."""

from __future__ import annotations

import re
from datetime import date, datetime, time
from itertools import pairwise

from appliance.config.kinds import Kind
from appliance.config.problems import Finding, Refused, shown

_CLOCK = "([01][0-9]|2[0-3]):([0-5][0-9])"
_TIME = re.compile(_CLOCK)
_SPAN = re.compile(f"{_CLOCK}-{_CLOCK}")


def hours() -> Kind:
    """Give the kind of a day's opening hours: pairs of `time` in the code, none where closed."""
    return _spans('a list such as ["08:00-12:30", "14:00-16:00"], in order; empty: closed')


def spans() -> Kind:
    """Give the kind of hours in a day: pairs of `time` in the code, the second not among them."""
    return _spans('a list such as ["00:00-07:00", "12:00-13:00"], in order, or empty')


def _spans(allowed: str) -> Kind:
    def parse(raw: object) -> tuple[tuple[time, time], ...]:
        if not isinstance(raw, list):
            raise Refused(Finding(f"{shown(raw)} is not allowed", allowed))
        spans = tuple(_span(each, allowed) for each in raw)
        moments = [moment for span in spans for moment in span]
        for earlier, later in pairwise(moments):
            if later <= earlier:
                wrong = f"{later:%H:%M} does not come after {earlier:%H:%M}"
                raise Refused(Finding(wrong, allowed))
        return spans

    return Kind(allowed, parse)


def day() -> Kind:
    """Give the kind of a day, a `date` in the code."""
    allowed = "a date, unquoted, as 2026-12-24"

    def parse(raw: object) -> date:
        if not isinstance(raw, date) or isinstance(raw, datetime):
            raise Refused(Finding(f"{shown(raw)} is not allowed", allowed))
        return raw

    return Kind(allowed, parse)


def days() -> Kind:
    """Give the kind of a list of days, which may be empty."""
    each = day()
    allowed = "a list of dates, unquoted, as [2026-12-25, 2026-12-26]"

    def parse(raw: object) -> tuple[object, ...]:
        if not isinstance(raw, list):
            raise Refused(Finding(f"{shown(raw)} is not allowed", allowed))
        return tuple(each.read(one) for one in raw)

    return Kind(allowed, parse)


def time_of_day() -> Kind:
    """Give the kind of a time on the wall's clock, a `time` in the code."""
    allowed = 'a time of day, quoted, as "07:00"'

    def parse(raw: object) -> time:
        found = _TIME.fullmatch(raw) if isinstance(raw, str) else None
        if found is None:
            raise Refused(Finding(f"{shown(raw)} is not allowed", allowed))
        hour, minute = map(int, found.groups())
        return time(hour, minute)

    return Kind(allowed, parse)


def _span(raw: object, allowed: str) -> tuple[time, time]:
    found = _SPAN.fullmatch(raw) if isinstance(raw, str) else None
    if found is None:
        raise Refused(Finding(f"{shown(raw)} is not allowed", allowed))
    hour, minute, to_hour, to_minute = map(int, found.groups())
    return time(hour, minute), time(to_hour, to_minute)
