"""The settings of the agenda: when the day's appointments come out of the printer for staff."""

from __future__ import annotations

from datetime import time, timedelta
from typing import Annotated

from appliance.config.calendar import time_of_day
from appliance.config.keys import Filled, Key
from appliance.config.kinds import in_minutes


class Agenda(Filled, frozen=True, kw_only=True):
    """The day's appointments on paper, for staff; without names."""

    print_at: Annotated[
        time | None,
        Key(
            time_of_day(),
            "When it is printed by itself, by the clock on the wall.",
            default=None,
            example="07:00",
            absent="it is not printed",
        ),
    ]
    reprint_pause: Annotated[
        timedelta,
        Key(
            in_minutes(1, 720), "When it changed it is printed again, but not within this time.", 30
        ),
    ]
