"""Better times today: said where past weeks are sure of it, and nowhere else."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

import pytest

from appliance.bus.messages.shown import ServiceWait
from central.waiting.hearing import Place
from central.waiting.learned import Better, Learned, LearnedError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

BERLIN: Final = ZoneInfo("Europe/Berlin")
# A Monday.
TODAY: Final = datetime(2026, 3, 30, 9, 15, tzinfo=BERLIN)
HALL: Final = Place("SUED", "EINGANG")
LONG: Final = ServiceWait(service="A10", waiting=9, low_min=35, high_min=55)
QUIET_AFTERNOON: Final = {9: (30, 50), 10: (35, 55), 13: (25, 40), 14: (5, 10), 15: (5, 15)}


@pytest.fixture
def learned(tmp_path: Path) -> Iterator[Learned]:
    with Learned(tmp_path / "learned") as learned:
        yield learned


def past(
    learned: Learned,
    weeks: int,
    hours: Mapping[int, tuple[int, int]],
    *,
    minutes: int = 30,
    days_off: int = 0,
) -> None:
    """Live through the same weekday of past weeks."""
    with learned.writing():
        for week in range(1, weeks + 1):
            for hour, (low, high) in hours.items():
                day = TODAY - timedelta(weeks=week, days=days_off)
                for minute in range(minutes):
                    wait = ServiceWait(service="A10", waiting=3, low_min=low, high_min=high)
                    learned.note(HALL, [wait], day.replace(hour=hour, minute=minute))


def test_hours_that_are_usually_shorter_are_told_as_one_time(learned: Learned) -> None:
    past(learned, 3, QUIET_AFTERNOON)
    # 13:00 is shorter as well, but not by so much that somebody should come again for it.
    assert learned.better(HALL, LONG, TODAY) == [Better(14, 16, 5, 15)]


def test_hours_that_are_over_are_not_told(learned: Learned) -> None:
    past(learned, 3, QUIET_AFTERNOON)
    assert learned.better(HALL, LONG, TODAY.replace(hour=14)) == [Better(15, 16, 5, 15)]
    assert learned.better(HALL, LONG, TODAY.replace(hour=15)) == []


@pytest.mark.parametrize(
    ("weeks", "minutes", "days_off"),
    [(2, 30, 0), (3, 19, 0), (3, 30, 1)],
    ids=["two weeks only", "too short a time each", "another weekday"],
)
def test_too_little_known_is_not_told(
    learned: Learned, weeks: int, minutes: int, days_off: int
) -> None:
    past(learned, weeks, QUIET_AFTERNOON, minutes=minutes, days_off=days_off)
    assert learned.better(HALL, LONG, TODAY) == []


@pytest.mark.parametrize(
    "now",
    [
        ServiceWait(service="A10", waiting=2, low_min=10, high_min=25),
        ServiceWait(service="A10", waiting=2),
        ServiceWait(service="B20", waiting=9, low_min=35, high_min=55),
    ],
    ids=["short now", "closed now", "another service"],
)
def test_nothing_is_told_where_it_helps_nobody(learned: Learned, now: ServiceWait) -> None:
    past(learned, 4, QUIET_AFTERNOON)
    assert learned.better(HALL, now, TODAY) == []
    assert learned.better(Place("OST", "EINGANG"), LONG, TODAY) == []


def test_one_bad_week_does_not_change_what_is_usual(learned: Learned) -> None:
    past(learned, 4, QUIET_AFTERNOON)
    with learned.writing():
        worst = TODAY - timedelta(weeks=5)
        for minute in range(60):
            wait = ServiceWait(service="A10", waiting=30, low_min=90, high_min=120)
            learned.note(HALL, [wait], worst.replace(hour=14, minute=minute))
    assert learned.better(HALL, LONG, TODAY) == [Better(14, 16, 5, 15)]


def test_what_is_long_ago_is_forgotten(learned: Learned) -> None:
    past(learned, 3, QUIET_AFTERNOON)
    learned.forget(TODAY + timedelta(weeks=8))
    later = TODAY + timedelta(weeks=1)
    assert learned.better(HALL, LONG, later) == []


def test_it_outlives_a_restart(tmp_path: Path) -> None:
    with Learned(tmp_path / "kept") as first:
        past(first, 3, QUIET_AFTERNOON)
    with Learned(tmp_path / "kept") as again:
        assert again.better(HALL, LONG, TODAY) == [Better(14, 16, 5, 15)]
        again.close()


def test_file_that_is_none_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "none").write_bytes(b"no database" * 1000)
    with pytest.raises(LearnedError, match="delete the file"):
        Learned(tmp_path / "none")
