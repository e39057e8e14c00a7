"""What the board shows by the clock alone: languages, slides, and the night."""

from __future__ import annotations

import threading
from datetime import datetime, time
from typing import TYPE_CHECKING

import pytest
from PIL import Image

from appliance.board.screen import Screen
from appliance.bus.link import Received
from appliance.bus.messages.payload import encode
from appliance.display.board import BoardPainter
from appliance.display.board_around import Around
from appliance.display.board_state import BoardState
from appliance.display.board_view import BoardView, Hung, Mood, SlideView
from appliance.display.slides import Show, Slide
from tests.board.states import BERLIN, SIGNS, SMALL, STATES
from tests.board.test_screen import TOPICS, Diary, PlayedTime, board

if TYPE_CHECKING:
    from appliance.display.text import Typesetter

NIGHT = Around(night=((time(0), time(6, 30)), (time(19), time(23, 59))))
SHOW = Show((Slide(SlideView(title=(("de", "Handy laden"),)), 10),), between_s=20)


def at(hour: int, minute: int = 0) -> datetime:
    return datetime(2025, 5, 14, hour, minute, 59, tzinfo=BERLIN)


@pytest.mark.parametrize(
    ("now", "dark"),
    [
        (at(6, 29), True),
        (at(6, 30), False),
        (at(18, 59), False),
        (at(19), True),
        (at(23, 59), True),
        (at(0), True),
    ],
)
def test_it_is_dark_in_the_hours_of_the_night(now: datetime, *, dark: bool) -> None:
    assert NIGHT.put_on(STATES["called"], now, 0).night is dark


def test_black_is_only_a_board_before_which_nobody_waits() -> None:
    moods = {
        mood: NIGHT.put_on(BoardView(mood), at(3), 0).mood for mood in Mood if mood != Mood.DARK
    }
    black = {mood for mood, shown in moods.items() if shown is Mood.DARK}
    assert black == {Mood.CLOSED, Mood.STARTING}


def test_a_board_that_does_not_know_the_time_is_neither_dark_nor_has_slides() -> None:
    view = NIGHT._replace(show=SHOW).put_on(BoardView(Mood.CLOSED), None, 25)
    assert (view.mood, view.night, view.slide) == (Mood.CLOSED, False, None)


def test_a_span_that_ends_before_midnight_ends_there() -> None:
    evening = Around(night=((time(19), time(22)),))
    assert not evening.put_on(STATES["called"], at(23, 59), 0).night


def test_slides_that_were_read_take_turns_with_the_waits_on_the_screen(setter: Typesetter) -> None:
    inbox = PlayedTime([Received(TOPICS.board, encode(board("A017"))), Hung(SHOW, {})])
    painter = BoardPainter(SMALL, SIGNS, setter)
    diary = Diary(painter, inbox)
    stop = threading.Event()

    def beat() -> None:
        if inbox.passed_s > 65:
            stop.set()

    Screen(
        inbox,
        TOPICS,
        BoardState(BERLIN),
        painter,
        diary,
        beat=beat,
        monotonic=lambda: inbox.real_s,
    ).run(stop)
    shown = [("Handy laden" in said, "Wartezeit" in said) for _, said in diary.entries]
    # Never both, and each more than once in a minute.
    assert (True, True) not in shown
    turns = [one for one, before in zip(shown, [None, *shown], strict=False) if one != before]
    assert turns.count((True, False)) >= 2
    assert turns.count((False, True)) >= 2


def test_a_slide_leaves_calls_and_numbers_as_they_are(setter: Typesetter) -> None:
    painter = BoardPainter(SMALL, SIGNS, setter)
    painter.paint(STATES["called"])
    assert painter.paint(STATES["slide"]) == (painter.layout.waits.tile,)
    assert painter.paint(STATES["called"]) == (painter.layout.waits.tile,)


def test_a_picture_that_changed_is_drawn_anew(setter: Typesetter) -> None:
    painter = BoardPainter(SMALL, SIGNS, setter)
    view = BoardView(Mood.IDLE, slide=SlideView(picture="a.png"))
    painter.hang({"a.png": Image.new("RGB", (100, 100), (200, 0, 0))})
    painter.paint(view)
    painter.hang({"a.png": Image.new("RGB", (100, 100), (0, 0, 200))})
    tile = painter.layout.waits.tile
    assert painter.paint(view) == (tile,)
    middle = ((tile.left + tile.right) // 2, (tile.top + tile.bottom) // 2)
    assert painter.picture.getpixel(middle) == (0, 0, 200)
