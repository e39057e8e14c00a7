"""The panel of buttons at a real desk: pressed too often, stuck, help; and the ring at rest."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from appliance.bus.messages import staff
from appliance.desk.panel import HELP_FOR, MINUTE, PER_MINUTE, Panel
from appliance.desk.ring import Ring
from appliance.desk.surroundings import HelpWanted, Nudge, Pressed
from appliance.drivers.lamps import Light
from tests.support.lobby import at
from tests.support.table import TOPICS, Table

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


class Entrance:
    """A desk, its buttons, and the scanner beside it."""

    def __init__(self, folder: Path) -> None:
        self.stuck: list[str] = []
        self.scanner: str | None = None
        self.rests: list[Light] = []
        panel = Panel(stuck=lambda: self.stuck, names={"A1": "Hand in", "help": "Help"})
        ring = Ring(lambda: self.scanner, self.rests.append)
        self.table = Table(folder, panel=panel, parts=(panel, ring))

    def sentences(self) -> list[str]:
        """Give what staff are told."""
        self.table.put(Nudge())
        return [each.sentence for each in self.table.told(TOPICS.alarms, staff.Alarms).alarms]

    def later(self, how_long: timedelta) -> None:
        self.table.clock.goes_to(self.table.clock.now() + how_long)


@pytest.fixture
def entrance(tmp_path: Path) -> Iterator[Entrance]:
    made = Entrance(tmp_path)
    yield made
    made.table.close()


def test_who_presses_two_hundred_times_gets_one_moment_please_and_staff_are_told(
    entrance: Entrance,
) -> None:
    table = entrance.table
    table.put(*[Pressed("A1")] * 200)
    assert len(table.desk.line.tickets) == len(table.jobs) == PER_MINUTE
    assert (table.shown().outcome, table.shown().ticket) == ("one_moment", None)
    assert table.lights[-1] is Light.LOOK
    assert table.alarms() == ["presses"]


def test_after_a_moment_the_next_one_gets_a_number(entrance: Entrance) -> None:
    entrance.table.put(*[Pressed("A1")] * (PER_MINUTE + 1))
    entrance.later(MINUTE)
    entrance.table.put(Pressed("A1"))
    assert entrance.table.shown().ticket == f"A{PER_MINUTE + 1:03d}"
    assert entrance.sentences() == []


def test_presses_that_people_make_are_none_too_many(entrance: Entrance) -> None:
    for _ in range(5 * PER_MINUTE):
        entrance.table.put(Pressed("A1"))
        entrance.later(MINUTE / PER_MINUTE)
    assert len(entrance.table.desk.line.tickets) == 5 * PER_MINUTE
    assert entrance.sentences() == []


def test_codes_are_not_held_to_what_the_buttons_may(entrance: Entrance) -> None:
    entrance.table.put(*[Pressed("A1")] * 200)
    assert entrance.table.ask("staff.reception", "issue", b'{"service": "A1"}').ok


def test_who_wants_help_is_told_that_staff_know_and_they_do_for_a_while(entrance: Entrance) -> None:
    entrance.table.put(HelpWanted())
    assert (entrance.table.shown().outcome, entrance.table.lights) == ("help", [Light.ASK])
    assert entrance.sentences() == ["Somebody at the entrance asks for help."]
    entrance.later(HELP_FOR - timedelta(seconds=2))
    assert len(entrance.sentences()) == 1
    entrance.later(timedelta(seconds=2))
    assert entrance.sentences() == []


def test_button_that_is_stuck_is_named_to_staff_until_it_is_not(entrance: Entrance) -> None:
    entrance.stuck = ["A1", "help"]
    (told,) = entrance.sentences()
    assert "Hand in, Help" in told
    assert "the others work" in told
    entrance.stuck = []
    assert entrance.sentences() == []


def test_ring_is_amber_while_the_scanner_is_gone_and_buttons_give_numbers(
    entrance: Entrance,
) -> None:
    entrance.table.put(Nudge())
    assert entrance.rests == []  # nobody knows yet
    entrance.scanner = "ok"
    entrance.table.put(Nudge())
    assert set(entrance.rests) == {Light.READY}
    for word in ("down", "silent", "absent", "no_frames"):
        entrance.rests.clear()
        entrance.scanner = word
        entrance.table.put(Pressed("A1"))
        assert set(entrance.rests) == {Light.BLIND}
    assert entrance.table.lights == [Light.WELCOME] * 4


def test_clock_that_is_set_back_makes_no_minute_a_day() -> None:
    panel = Panel(per_minute=1)
    assert panel.may(at("09:00"))
    assert panel.may(at("08:00"))
