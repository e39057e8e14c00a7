"""Time for the desk: it never runs back, and can be played faster."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

from appliance.drivers.clock import DeskTime, SimulatedClock, SystemClock
from tests.support.lobby import at


class Wall:
    """A wall clock that steps."""

    speed = 1.0

    def __init__(self, *shown: datetime) -> None:
        self.shown = list(shown)

    def now(self) -> datetime:
        return self.shown.pop(0)


def test_desk_time_never_runs_back() -> None:
    desk = DeskTime(Wall(at("08:00"), at("07:00"), at("08:01")), None)
    assert [desk.now() for _ in range(3)] == [at("08:00"), at("08:00"), at("08:01")]


def test_time_of_the_last_event_is_the_floor() -> None:
    desk = DeskTime(Wall(at("07:30"), at("09:00")), floor=at("08:40"))
    assert [desk.now() for _ in range(2)] == [at("08:40"), at("09:00")]


def test_played_clock_runs_faster_from_its_start() -> None:
    origin_s = time.time() - 10
    clock = SimulatedClock(at("08:00"), origin_s, speed=60.0)
    assert timedelta(minutes=10) <= clock.now() - at("08:00") < timedelta(minutes=20)


def test_system_clock_is_aware() -> None:
    assert SystemClock().now().tzinfo is UTC
