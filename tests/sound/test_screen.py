"""The board's loop and the sound: heard is what can be seen, and no sound delays a picture."""

from __future__ import annotations

import queue
import threading
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Self

import pytest

from appliance.board.announcing import Announcement, Announcer, Composed
from appliance.board.screen import News, Screen
from appliance.bus.link import Received
from appliance.bus.messages.payload import encode
from appliance.bus.messages.shown import Board, Call, KioskResult
from appliance.bus.topics import Topics
from appliance.display.board import BoardPainter
from appliance.display.board_state import BoardState
from appliance.display.fonts import find_fonts
from appliance.display.text import Typesetter
from tests.board.states import BERLIN, SIGNS, SMALL

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from PIL import Image

    from appliance.drivers.monitor import Area

TOPICS = Topics("SUED", "EINGANG", "sued.eingang-1")
NOW = datetime(2025, 5, 14, 8, 42, tzinfo=UTC)
DEADLINE_S = 30.0


class Hall:
    """Eyes and ears: what was shown and heard, in its order. Its loudspeaker may hang."""

    size = SMALL
    languages = 1

    def __init__(self) -> None:
        self.noticed: queue.SimpleQueue[str] = queue.SimpleQueue()
        self.painter = BoardPainter(SMALL, SIGNS, Typesetter(find_fonts()))
        self.goes_on = threading.Event()
        self.goes_on.set()

    def show(self, _picture: Image.Image, _changed: Sequence[Area]) -> None:
        for placed in self.painter.placed:
            if placed.what[:1] in "AB" and placed.what[1:].isdecimal():
                self.noticed.put(f"sees {placed.what}")

    def pump(self) -> bool:
        return True

    def play(self, samples: bytes, _volume: float) -> None:
        self.noticed.put(samples.decode())
        self.goes_on.wait(DEADLINE_S)

    def compose(self, announcement: Announcement) -> Composed:
        which = "hears" if announcement.call.id else "is told"
        return Composed(f"{which} {announcement.call.ticket}".encode())

    def close(self) -> None:
        self.goes_on.set()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None: ...

    def notices(self, what: str) -> list[str]:
        """Wait until something is noticed; give what was before."""
        before = []
        until_s = time.monotonic() + DEADLINE_S
        while (noticed := self.noticed.get(timeout=until_s - time.monotonic())) != what:
            before.append(noticed)
        return before


@pytest.fixture
def hall() -> Hall:
    return Hall()


@pytest.fixture
def inbox(hall: Hall) -> Iterator[queue.SimpleQueue[News]]:
    inbox: queue.SimpleQueue[News] = queue.SimpleQueue()
    announcer = Announcer(hall, hall)
    state, stop = BoardState(BERLIN), threading.Event()
    screen = Screen(inbox, TOPICS, state, hall.painter, hall, kiosk="entrance", announces=announcer)
    board = threading.Thread(target=screen.run, args=(stop,), name="board")
    announcer.start()
    board.start()
    yield inbox
    stop.set()
    board.join(DEADLINE_S)
    announcer.stop()


def board(*tickets: str, day: datetime = NOW) -> Received:
    calls = [Call(id=t, ticket=t, counter="3", age_s=n) for n, t in enumerate(tickets)]
    shown = Board(
        as_of=NOW,
        day=day.date(),
        session="s",
        valid_s=600,
        calls=calls,
        at_counters=calls,
        next=[],
        waiting=1,
        open_counters=1,
    )
    return Received(TOPICS.board, encode(shown))


def kiosk(ticket: str | None, *, paper: bool, outcome: str = "taken") -> Received:
    result = KioskResult(outcome=outcome, facts={}, ticket=ticket, paper=paper)
    return Received(TOPICS.kiosk_result("entrance"), encode(result))


def test_call_is_seen_before_it_is_heard(inbox: queue.SimpleQueue[News], hall: Hall) -> None:
    inbox.put(board("A017"))
    assert "sees A017" in hall.notices("hears A017")


def test_loudspeaker_that_hangs_delays_no_picture(
    inbox: queue.SimpleQueue[News], hall: Hall
) -> None:
    hall.goes_on.clear()
    inbox.put(board("A017"))
    hall.notices("hears A017")
    for n in range(3):
        inbox.put(board(f"B{n:03d}", "A017"))
        hall.notices(f"sees B{n:03d}")
    hall.goes_on.set()
    hall.notices("hears B002")


def test_number_without_a_slip_is_seen_and_told(inbox: queue.SimpleQueue[News], hall: Hall) -> None:
    inbox.put(kiosk("A018", paper=False))
    assert "sees A018" in hall.notices("is told A018")


def test_number_with_a_slip_is_not_told_and_neither_is_one_that_is_over(
    inbox: queue.SimpleQueue[News], hall: Hall
) -> None:
    inbox.put(kiosk("A018", paper=True))
    inbox.put(kiosk("A019", paper=False, outcome="served"))
    inbox.put(kiosk("A020", paper=False))
    assert not [each for each in hall.notices("is told A020") if each.startswith("is told")]


def test_board_of_another_day_is_neither_seen_nor_heard(
    inbox: queue.SimpleQueue[News], hall: Hall
) -> None:
    inbox.put(board("A017", day=NOW.replace(day=13)))
    inbox.put(board("A018"))
    # As often as its entrance is drawn before it is heard.
    assert set(hall.notices("hears A018")) == {"sees A018"}
