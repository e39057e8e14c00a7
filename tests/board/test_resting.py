"""When the screen rests: never while somebody could miss something."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from datetime import time as clock_time
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace

from appliance import config
from appliance.board.resting import AFTER_S, Resting
from appliance.bus.messages.shown import Board
from appliance.display.board_around import Around
from appliance.display.board_state import BoardState
from appliance.display.board_view import BoardView, Mood, NoticeView, StaleView, Tone
from appliance.drivers.screen_power import SimulatedScreen
from appliance.strings import languages
from appliance.wiring import looks
from tests.support.device import device

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

NIGHT = Around(night=((clock_time(0), clock_time(6, 30)),))
WITHIN_S = 10.0
AT_NIGHT = datetime(2026, 3, 2, 3, 0, tzinfo=UTC)
BLACK = BoardView(Mood.DARK, clock=AT_NIGHT, night=True)


def until(holds: Callable[[], bool]) -> None:
    deadline_s = time.monotonic() + WITHIN_S
    while not holds():
        assert time.monotonic() < deadline_s
        Event().wait(0.005)


class Hall:
    """A screen, what lets it rest, and a clock to turn."""

    def __init__(self) -> None:
        self.screen = SimulatedScreen()
        self.now_s = 0.0
        self.resting = Resting(
            self.screen, NIGHT.is_night, retry_s=0.01, monotonic=lambda: self.now_s
        )

    def shows(self, view: BoardView, for_s: float = 2 * AFTER_S) -> None:
        """Let something stand on the screen."""
        self.resting.look(view)
        self.now_s += for_s
        self.resting.look(view)


@pytest.fixture
def hall() -> Iterator[Hall]:
    hall = Hall()
    with hall.resting:
        until(lambda: hall.screen.switched == [True])
        yield hall


def rests(hall: Hall) -> None:
    hall.shows(BLACK)
    until(lambda: not hall.screen.lit)


def test_it_rests_once_it_was_black_for_a_while(hall: Hall) -> None:
    hall.shows(BLACK, AFTER_S - 1)
    assert hall.screen.lit
    hall.shows(BLACK, 1)
    until(lambda: not hall.screen.lit)
    hall.shows(BLACK)
    assert hall.screen.switched == [True, False]


@pytest.mark.parametrize(
    "view",
    [
        replace(BLACK, mood=Mood.CALLING),
        replace(BLACK, mood=Mood.UNATTENDED),
        replace(BLACK, notice=NoticeView("taken", Tone.DONE)),
        replace(BLACK, stale=StaleView(AT_NIGHT, 3)),
        replace(BLACK, clock=None),
        replace(BLACK, clock=AT_NIGHT.replace(hour=6, minute=28)),
        replace(BLACK, mood=Mood.CLOSED, night=False, clock=AT_NIGHT.replace(hour=7)),
    ],
    ids=["a call", "people wait", "somebody scans", "desk dead", "no time", "2 min before", "day"],
)
def test_it_comes_on_when_anybody_may_look(hall: Hall, view: BoardView) -> None:
    rests(hall)
    hall.resting.look(view)
    until(lambda: hall.screen.lit)
    hall.shows(view)
    assert hall.screen.switched == [True, False, True]


def test_it_does_not_rest_on_what_a_dead_desk_said_last(hall: Hall) -> None:
    closed = Board(
        as_of=AT_NIGHT,
        day=AT_NIGHT.date(),
        session="s",
        valid_s=90,
        calls=[],
        at_counters=[],
        next=[],
        waiting=0,
        open_counters=0,
        online=True,
    )
    state = BoardState(UTC, around=NIGHT).hear(closed, 0.0)
    hall.shows(state.view(1.0))
    until(lambda: not hall.screen.lit)
    hall.shows(state.view(91.0))
    until(lambda: hall.screen.lit)


def test_a_screen_that_does_not_come_on_is_asked_again_and_told(hall: Hall) -> None:
    rests(hall)
    hall.screen.unplug()
    hall.resting.look(replace(BLACK, mood=Mood.CALLING))
    until(lambda: hall.resting.trouble == "screen: the screen does not answer: plug it in")
    hall.screen.plug_in()
    until(lambda: hall.screen.lit)
    until(lambda: hall.resting.trouble == "")


def test_a_screen_that_does_not_go_off_is_nobodys_trouble(hall: Hall) -> None:
    hall.screen.unplug()
    hall.shows(BLACK)
    hall.screen.plug_in()
    until(lambda: not hall.screen.lit)
    assert hall.resting.trouble == ""


def test_only_a_screen_that_has_a_night_and_a_way_rests() -> None:
    with device() as made:
        settings = config.load(made.config, languages=languages())
    nights = replace(settings.look, night=NIGHT.night), replace(settings.look, night=())
    for standby, look, rests_there in (
        ("backlight", nights[0], True),
        ("cec", nights[0], True),
        ("none", nights[0], False),
        ("cec", nights[1], False),
    ):
        screen = config.ScreenBoard(standby=standby, cec=Path("/nowhere/cec0"))
        with looks.resting(replace(settings, board=screen, look=look)) as resting:
            assert (resting is not None) is rests_there
    with looks.resting(replace(settings, look=nights[0])) as resting:
        assert resting is None  # a folder of pictures


def test_whoever_ends_leaves_it_lit() -> None:
    hall = Hall()
    with hall.resting:
        until(lambda: hall.screen.switched == [True])
        rests(hall)
    assert hall.screen.lit


def test_whoever_starts_lights_what_was_left_dark() -> None:
    hall = Hall()
    hall.screen.switch(on=False)
    with hall.resting:
        until(lambda: hall.screen.lit)
