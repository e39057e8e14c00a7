"""The made lobby: the same from the same seed, and nobody in it is forgotten."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import numpy as np
import pytest
from PIL import Image

from appliance.line.model import CounterState, TicketState
from bench.charts import Bars
from bench.forecast import Figures, Told, studied
from bench.lobbies import FIRST_SITE, LOBBIES
from bench.lobby_simulator import play
from bench.made_day import CLOSES, Kind, Lobby, empty_line, made_day, moment, working_days
from bench.order import RULES, compared

if TYPE_CHECKING:
    from pathlib import Path

DAY = next(working_days())


@pytest.mark.parametrize("lobby", LOBBIES, ids=lambda lobby: lobby.name)
def test_everyone_who_came_was_called(lobby: Lobby) -> None:
    day = made_day(lobby, DAY, 4)
    evening = play(empty_line(lobby), day)
    assert len(evening.tickets) == sum(person.comes is not None for person in day.people)
    states = {ticket.state for ticket in evening.tickets.values()}
    assert states <= {TicketState.SERVED, TicketState.SET_ASIDE}
    assert all(c.state is CounterState.CLOSED for c in evening.counters.values())


def test_same_seed_gives_the_same_day() -> None:
    assert made_day(FIRST_SITE, DAY, 4) == made_day(FIRST_SITE, DAY, 4)
    assert made_day(FIRST_SITE, DAY, 4) != made_day(FIRST_SITE, DAY, 5)


def test_made_days_have_the_load_that_was_asked_for() -> None:
    lobby = replace(FIRST_SITE, breaks=False)
    days = [made_day(lobby, DAY, seed) for seed in range(30)]
    work = sum((person.stays for day in days for person in day.people if person.comes), timedelta())
    open_time = 30 * 8 * (moment(DAY, CLOSES) - moment(DAY, CLOSES.replace(hour=8)))
    assert work / open_time == pytest.approx(0.83, abs=0.03)
    booked = np.mean([p.booking is not None for day in days for p in day.people if p.comes])
    assert booked == pytest.approx(0.13, abs=0.02)


def test_rules_differ_in_what_they_do_to_the_same_people() -> None:
    results = compared(FIRST_SITE, 2)
    fifo, strict, ours = (results[name] for name in RULES)
    assert ours.promise > 0.98 > fifo.promise
    assert fifo.walk_in_min < ours.walk_in_min <= strict.walk_in_min


def test_forecast_is_learned_in_ten_days_from_wrong_minutes() -> None:
    """The whole benchmark in small; its limits are those of many days."""
    lobby = Lobby(
        "small",
        (Kind("A", 8, 0.5), Kind("B", 16, 0.5)),
        {str(number): frozenset("AB") for number in range(4)},
        load=0.95,
        booked=0.5,
    )
    figures = Figures.of(studied(lobby, 2))
    assert figures.number > 50
    assert figures.ratio < 0.72
    assert abs(figures.biases[-1]) < 0.25
    assert 0.75 < figures.below_p90 <= 1.0


def test_figures_are_means() -> None:
    told = [Told((60, 0, 0, 0, 120), 180, 120), Told((60, 0, 0, 0, 240), 180, 240)]
    figures = Figures.of(told)
    assert figures.wait_min == 3.0
    assert figures.errors_min[0] == 2.0
    assert figures.ratio == 0.0
    assert figures.below_p90 == 0.5
    assert "naive" in str(figures)


def test_bars_are_as_long_as_their_numbers(tmp_path: Path) -> None:
    Bars("Title", " %", {"one": [100.0, 50.0]}, ["a", "b"], limit=90.0).save(tmp_path / "x.png")
    with Image.open(tmp_path / "x.png") as picture:
        colours = {colour: n for n, colour in picture.getcolors(1 << 20) or []}
    long, short = colours[0x9A, 0xA5, 0xB1], colours[0xC9, 0x8A, 0x2B]
    assert long / short == pytest.approx(2, rel=0.1)
