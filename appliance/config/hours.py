"""The settings of a lobby's hours: weekdays, holidays, and days with hours of their own."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, time
from typing import Annotated

from appliance.config import calendar
from appliance.config.keys import Filled, Key
from appliance.config.kinds import yes_or_no

WEEK = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")

_OF_A_DAY = calendar.hours()

DayHours = Annotated[
    tuple[tuple[time, time], ...],
    Key(
        _OF_A_DAY,
        "Opening hours.",
        default=None,
        example=["08:00-12:30", "14:00-16:00"],
        absent="closed",
    ),
]


class Hours(Filled, frozen=True, kw_only=True):
    """When people without an appointment may take a number.

    Args:
        days: From [[day]]: days with hours of their own.
    """

    monday: DayHours
    tuesday: DayHours
    wednesday: DayHours
    thursday: DayHours
    friday: DayHours
    saturday: DayHours
    sunday: DayHours
    closed: Annotated[tuple[date, ...], Key(calendar.days(), "Holidays.", [])]
    last_ticket: Annotated[
        bool,
        Key(
            yes_or_no(),
            "No number is given to who would probably not be called before closing.",
            default=True,
        ),
    ]
    days: Mapping[date, tuple[tuple[time, time], ...]]

    @property
    def week(self) -> tuple[tuple[tuple[time, time], ...], ...]:
        """Monday to Sunday."""
        return tuple(getattr(self, name) for name in WEEK)


class SpecialDay(Filled, frozen=True, kw_only=True):
    """A day with hours of its own."""

    date: Annotated[date, Key(calendar.day(), "Which day.", example=date(2026, 12, 24))]
    hours: Annotated[
        tuple[tuple[time, time], ...],
        Key(_OF_A_DAY, "Its opening hours.", example=["08:00-11:00"]),
    ]
