"""The day that the journal is measured with: a whole one, and not the same one twice."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from appliance.journal.journal import Journal
from appliance.journal.keeping import Keeping
from appliance.line import events
from appliance.line.model import TicketState
from bench.full_day import WAITING, FullDay, commit, on_another_day
from tests.support.lobby import DAY, empty_line

if TYPE_CHECKING:
    from pathlib import Path

TICKETS = 60


@pytest.fixture
def day() -> FullDay:
    return FullDay(empty_line(), DAY)


def test_everyone_gets_a_number_and_a_slip_and_all_but_the_last_are_served(day: FullDay) -> None:
    steps = list(day.steps(TICKETS))
    states = Counter(ticket.state for ticket in day.line.tickets.values())
    assert states == {TicketState.SERVED: TICKETS - WAITING, TicketState.WAITING: WAITING}
    assert [step.slip.ticket for step in steps if step.slip] == list(day.line.tickets)
    assert [step.settled for step in steps if step.settled] == list(range(1, TICKETS + 1))
    happened = [event for step in steps for event in step.events]
    assert empty_line().apply_all(happened) == day.line


def test_day_can_be_committed_step_by_step_and_others_before_it(
    day: FullDay, tmp_path: Path
) -> None:
    steps = list(day.steps(TICKETS))
    happened = [event for step in steps for event in step.events]
    with Journal(tmp_path / "journal") as journal:
        for days in (-2, -1):
            earlier = on_another_day(happened, days)
            assert {type(event) for event in earlier} >= {events.DayTurned, events.TicketCalled}
            journal.commit(earlier, day=str(DAY + timedelta(days=days)))
    with Keeping(tmp_path / "journal") as keeping:
        keeping.line(empty_line())
        for step in steps:
            commit(keeping, step)
        assert keeping.line(empty_line()) == day.line
        assert keeping.owed_slips() == []
