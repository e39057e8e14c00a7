"""A day out of a journal of many, over several starts of the desk that wrote it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest

from appliance.journal.journal import Journal
from appliance.line import commands
from appliance.whatif.asking import ask
from appliance.whatif.days import NoSuchDayError
from appliance.whatif.records import NoJournalError, recorded
from tests.support.lobby import DAY, at
from tests.whatif.lived import Lived

if TYPE_CHECKING:
    from pathlib import Path

DAYS = [DAY + timedelta(days=days) for days in range(4)]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Four days; on the n-th n people come, on the last nobody; the desk starts anew each day."""
    lived = Lived.morning()
    for number, day in enumerate(DAYS, start=1):
        if day != DAY:
            lived.record.clear()
            lived.ask(commands.TurnDay(day), at("00:00", day))
        lived.ask(commands.OpenCounter("1"), at("08:00", day))
        for _ in range(number % len(DAYS)):
            lived.ask(commands.Issue("A1"), at("08:01", day))
            lived.ask(commands.Next("1"), at("08:02", day))
        with Journal(tmp_path / "journal.sqlite") as journal:
            journal.commit(lived.record, day=str(day))
    return tmp_path / "journal.sqlite"


@pytest.mark.parametrize("day", DAYS[:3])
def test_each_day_is_found_whole(file: Path, day: date) -> None:
    empty = Lived.morning().empty
    found = recorded(file, empty, day)
    assert found.day == day
    assert found.ended == at("00:00", day + timedelta(days=1))
    report = ask(found, empty, {})
    assert report.was.figures.numbers == DAYS.index(day) + 1
    assert report.proof.whole


def test_last_day_with_numbers_is_the_usual_one(file: Path) -> None:
    assert recorded(file, Lived.morning().empty).day == DAYS[2]


def test_day_on_which_nobody_came_is_not_there(file: Path) -> None:
    days = "2026-03-02, 2026-03-03, 2026-03-04"
    with pytest.raises(NoSuchDayError, match=f"no numbers of 2026-03-05. It has: {days}"):
        recorded(file, Lived.morning().empty, DAYS[3])


def test_journal_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    with pytest.raises(NoJournalError, match="--journal FILE"):
        recorded(tmp_path / "journal.sqlite", Lived.morning().empty)
    assert list(tmp_path.iterdir()) == []
