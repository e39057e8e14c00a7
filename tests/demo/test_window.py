"""The demonstration's window: real keys and clicks, posted to SDL, reach a real lobby."""

from __future__ import annotations

import os
import tempfile
import time
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from appliance.bus.link import Inbound, Received
from appliance.bus.messages.payload import decode
from appliance.bus.messages.shown import Board
from appliance.bus.messages.staff import Alarms
from appliance.drivers.sdl_monitor import SdlMode
from appliance.journal.reading import JournalReader
from appliance.line import events
from demo.cli import BEGINS
from demo.hands import OWN_COUNTER, Deed, Hands
from demo.stage import RECEPTION, Setting, Stage
from demo.texts import demo_texts
from demo.window import DemoWindow

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from demo.legend import Seen

DEADLINE_S = 40.0
SPEED = 30.0
AWAY_S = 3.0
KEEP = os.environ.get("DEMO_WINDOW_KEEP")
"""A folder for pictures of the window, for whoever wants to look at them."""


@dataclass
class Hall:
    """A lobby with a window, and what it said."""

    stage: Stage
    window: DemoWindow
    hands: Hands
    journal: JournalReader
    told: list[str]
    inbox: list[Inbound]
    happened: list[events.Event] = field(default_factory=list)

    def press(self, deed: Deed) -> None:
        """Hit a key."""
        import pygame  # noqa: PLC0415  (only once the window has kept it from greeting)

        code = pygame.key.key_code(deed.value)
        pygame.event.post(pygame.event.Event(pygame.KEYDOWN, key=code, unicode=deed.value, mod=0))

    def click(self, deed: Deed) -> None:
        """Click where the key is drawn."""
        import pygame  # noqa: PLC0415

        box = self.window.legend.keys[deed]
        at = ((box.left + box.right) // 2, (box.top + box.bottom) // 2)
        pygame.event.post(pygame.event.Event(pygame.MOUSEBUTTONDOWN, button=1, pos=at))

    def until(self, wanted: Callable[[], bool], what: str, again: Deed | None = None) -> None:
        """Let the window live until something is so.

        Args:
            wanted: Tells.
            what: For who reads the failure.
            again: A key to hit again and again; what is shown for less than a scanner's absence
                was never gone.
        """
        begun = hit = time.monotonic()
        while not wanted():
            now = time.monotonic()
            assert now < begun + DEADLINE_S, f"not in time: {what}; told: {self.told}"
            if again is not None and now - hit > AWAY_S:
                self.press(again)
                hit = now
            assert self.window.turn()
            self.happened += self.journal.news()
            time.sleep(0.02)

    def count(self, kind: type[events.Event]) -> int:
        """Give how many events of a kind there are."""
        return sum(isinstance(event, kind) for event in self.happened)

    def latest(self, topic: str, kind: type[Board | Alarms]) -> Board | Alarms | None:
        """Give what was said last on a topic."""
        for item in reversed(self.inbox):
            if isinstance(item, Received) and item.topic == topic:
                return decode(item.payload, kind)
        return None

    def online(self) -> bool | None:
        """Tell what the board was told about the centre."""
        board = self.latest(self.stage.topics.board, Board)
        return board.online if isinstance(board, Board) else None

    def keep(self, name: str) -> None:
        """Keep a picture of the window for who wants to look at it."""
        if KEEP:
            self.window.legend.picture.save(Path(KEEP) / f"{name}.png")


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[Hall]:
    """A lobby with its window."""
    with ExitStack() as stack:
        # Sockets want a short path.
        run = stack.enter_context(tempfile.TemporaryDirectory(prefix="lobby-"))
        setting = Setting(tmp_path, Path(run), BEGINS, SPEED, "de", window=True)
        stage = stack.enter_context(Stage(setting, lambda _: None))
        told: list[str] = []
        inbox: list[Inbound] = []
        topics = (stage.topics.board, stage.topics.alarms)
        stack.enter_context(stage.hear(RECEPTION, topics, inbox.append))
        journal = stack.enter_context(JournalReader(stage.journal))
        texts = demo_texts("de")
        hands = stack.enter_context(Hands(stage, texts, told.append))
        window = stack.enter_context(DemoWindow(stage, hands, texts, SdlMode.HIDDEN))
        yield Hall(stage, window, hands, journal, told, inbox)


def test_visitor_takes_a_number_and_the_clerk_calls_it(hall: Hall) -> None:
    hall.until(lambda: hall.count(events.CounterOpened) == 1, "counter 1 opens")
    hall.press(Deed.SECOND)
    hall.until(lambda: hall.count(events.TicketIssued) == 1, "a number")
    hall.until(lambda: len(hall.stage.printer.slips) == 1, "a slip")
    hall.click(Deed.CALL)
    hall.until(lambda: hall.count(events.TicketCalled) == 1, "a call")
    (call,) = (event for event in hall.happened if isinstance(event, events.TicketCalled))
    assert (call.ticket, call.counter) == ("B001", OWN_COUNTER)
    hall.until(lambda: shown(hall).slips == 1, "the slip is shown")
    hall.keep("called")
    hall.press(Deed.FINISH)
    hall.until(lambda: hall.count(events.TicketFinished) == 1, "it is finished")


def test_code_is_checked_in_once_however_often_it_is_shown(hall: Hall) -> None:
    before = hall.count(events.TicketIssued)
    hall.press(Deed.SCAN)
    hall.until(lambda: hall.count(events.TicketIssued) == before + 1, "a number for the code")
    issued = [event for event in hall.happened if isinstance(event, events.TicketIssued)][-1]
    assert issued.booking is not None
    again = partial(hall.count, events.CodeShownAgain)
    hall.until(lambda: again() > 0, "the code once more", again=Deed.AGAIN)
    assert hall.count(events.TicketIssued) == before + 1


def test_paper_and_cover_stay_bad_until_the_same_key_mends_them(hall: Hall) -> None:
    printer = hall.stage.printer
    troubles: tuple[tuple[Deed, Callable[[], bool]], ...] = (
        (Deed.PAPER, lambda: printer.paper.out),
        (Deed.COVER, lambda: printer.cover.is_open),
    )
    for deed, there in troubles:
        hall.press(deed)
        hall.until(there, "the trouble")
        hall.until(
            lambda: deed in shown(hall).lasting,  # noqa: B023
            "the trouble is shown",
        )
        if deed is Deed.PAPER:
            before = hall.count(events.TicketIssued)
            hall.click(Deed.FIRST)
            hall.until(lambda: hall.count(events.TicketIssued) > before, "a number")  # noqa: B023
            hall.until(lambda: "printer" in alarms(hall), "staff are told")
            hall.keep("paper")
        hall.press(deed)
        hall.until(partial(mended, there), "the trouble is over")


def test_network_camera_and_board_fail_and_come_back(hall: Hall) -> None:
    hall.until(lambda: hall.online() is True, "the centre is there")
    hall.click(Deed.NETWORK)
    hall.press(Deed.CAMERA)
    hall.until(lambda: hall.online() is False, "the board says so")
    hall.until(lambda: Deed.CAMERA in shown(hall).lasting, "the key says how it ends")
    hall.keep("cut")
    hall.press(Deed.SCAN)
    hall.until(lambda: "Die Kamera ist ausgesteckt." in hall.told, "it is told")
    hall.until(lambda: shown(hall).board is not None, "a board")
    hall.press(Deed.BOARD)
    hall.until(lambda: shown(hall).board is None, "the board is dark")
    hall.press(Deed.NETWORK)
    hall.press(Deed.CAMERA)
    hall.press(Deed.SCAN)
    hall.until(lambda: hall.online() is True, "the centre is there again")
    hall.until(lambda: hall.count(events.TicketIssued) == 1, "codes are read again")
    hall.until(lambda: shown(hall).board is not None, "the board shows again")
    restarts = hall.stage.supervisor.restarts
    assert restarts["board"] == 1
    assert restarts["centre"] == 0  # what somebody does on purpose is no misfortune


def test_who_plays_alone_is_left_alone_and_quits(hall: Hall) -> None:
    hall.press(Deed.ALONE)
    hall.until(lambda: hall.hands.alone, "the others rest")
    hall.press(Deed.ALONE)
    hall.until(lambda: not hall.hands.alone, "the others play")
    hall.press(Deed.QUIT)
    assert not hall.window.turn()


def mended(there: Callable[[], bool]) -> bool:
    """Tell whether a trouble is over."""
    return not there()


def shown(hall: Hall) -> Seen:
    """Give what stands in the window now."""
    hall.until(lambda: hall.window.seen is not None, "a picture")
    assert hall.window.seen is not None
    return hall.window.seen


def alarms(hall: Hall) -> str:
    """Give the names of what is wrong."""
    said = hall.latest(hall.stage.topics.alarms, Alarms)
    return " ".join(alarm.name for alarm in said.alarms) if isinstance(said, Alarms) else ""
