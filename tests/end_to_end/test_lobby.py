"""A whole lobby with real parts: mosquitto, the three processes, QR pictures, ESC/POS bytes.

The number on the paper is the number on the board is the number in the journal.
"""

from __future__ import annotations

import os
import queue
import signal
import tempfile
import time
from contextlib import ExitStack, contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest

from appliance.bus.link import Inbound, Link, Received
from appliance.bus.messages.asked import Command
from appliance.bus.messages.payload import decode
from appliance.bus.messages.shown import Board, KioskResult
from appliance.journal.reading import JournalReader
from appliance.line import events
from demo.stage import KIOSK, Setting, Stage

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from demo.emulator import Slip

EIGHT = datetime(2026, 3, 2, 8, 0, tzinfo=ZoneInfo("Europe/Berlin"))
DEADLINE_S = 30.0


class Lobby:
    """A lobby that runs, and someone who watches it."""

    def __init__(self, stage: Stage, died: list[str]) -> None:
        self.stage = stage
        self.died = died
        self.events: list[events.Event] = []
        self.boards: list[Board] = []
        self.results: list[KioskResult] = []
        self._heard: queue.SimpleQueue[Inbound] = queue.SimpleQueue()
        self._journal: JournalReader

    @contextmanager
    def watched(self) -> Iterator[Lobby]:
        """Listen on the bus and read the journal while the block runs."""
        with ExitStack() as stack:
            self._journal = stack.enter_context(JournalReader(self.stage.journal))
            stack.enter_context(self._ear())
            yield self

    def until(self, fact: Callable[[], bool], what: str) -> None:
        """Wait until something is so; fail with its name if it is not in time."""
        until_s = time.monotonic() + DEADLINE_S
        while True:
            self._look()
            if fact():
                return
            assert time.monotonic() < until_s, f"not in time: {what}"
            time.sleep(0.02)

    def issued(self) -> list[events.TicketIssued]:
        """Give the tickets that the journal knows."""
        return [event for event in self.events if isinstance(event, events.TicketIssued)]

    def slip(self, count: int) -> Slip:
        """Wait for a slip."""
        return self.stage.printer.wait_for_slip(count, DEADLINE_S)

    def check_in(self, slot: datetime) -> str:
        """Book, hold the QR before the camera, and give the number that the journal knows."""
        count = len(self.issued())
        self.stage.hold_up(self.stage.book(slot, "A1"))
        self.until(lambda: len(self.issued()) > count, "the check-in in the journal")
        return self.issued()[-1].ticket

    def press(self) -> str:
        """Press the button until it helps, as people do, and give the number."""
        count = len(self.issued())
        self.until(lambda: self.stage.press("A1"), "a button that can be pressed")
        self.until(lambda: len(self.issued()) > count, "the press in the journal")
        return self.issued()[-1].ticket

    def calls(self) -> list[tuple[str, str]]:
        """Give number and counter of the calls on the last board."""
        return [(call.ticket, call.counter) for call in self.boards[-1].calls]

    def _ear(self) -> Link:
        topics = self.stage.topics
        return self.stage.hear(
            KIOSK,
            (topics.board, topics.kiosk_result(self.stage.settings.scanner.kiosk)),
            self._heard.put,
        )

    def _look(self) -> None:
        self.events += self._journal.news()
        while not self._heard.empty():
            news = self._heard.get()
            if not isinstance(news, Received):
                continue
            if news.topic == self.stage.topics.board:
                self.boards.append(decode(news.payload, Board))
            else:
                self.results.append(decode(news.payload, KioskResult))


@pytest.fixture
def lobby(tmp_path: Path) -> Iterator[Lobby]:
    died: list[str] = []
    with tempfile.TemporaryDirectory(prefix="lobby-") as run:
        setting = Setting(
            out=tmp_path,
            run=Path(run),
            start=EIGHT,
            speed=1.0,
            language="en",
            window=False,
        )
        with Stage(setting, died.append) as stage, Lobby(stage, died).watched() as watched:
            # What is said to a kiosk is said once: the desk and we have to be there.
            watched.until(lambda: bool(watched.boards), "a board")
            yield watched
            assert stage.printer.faults == []


def test_number_on_paper_is_the_number_on_the_board_is_the_number_in_the_journal(
    lobby: Lobby,
) -> None:
    pictures = lobby.stage.board_pictures()
    walk_in = lobby.press()
    appointment = lobby.check_in(EIGHT + timedelta(minutes=5))
    assert (walk_in, appointment) == ("A001", "A002")
    assert walk_in in lobby.slip(1).text
    assert appointment in lobby.slip(2).text
    assert "08:05" in lobby.slip(2).text
    lobby.until(lambda: bool(lobby.results), "the result on the kiosk's screen")
    assert (lobby.results[-1].outcome, lobby.results[-1].ticket) == ("in_time", appointment)
    lobby.until(
        lambda: [each.ticket for each in lobby.boards[-1].next] == [appointment, walk_in],
        "the appointment before the walk-in on the board",
    )
    with lobby.stage.counter("1") as counter:
        counter.ask("open_counter", Command())
        assert counter.ask("next", Command()).ticket == appointment
    lobby.until(lambda: lobby.calls() == [(appointment, "1")], "the call on the board")
    lobby.until(lambda: lobby.stage.board_pictures() > pictures, "another picture of the board")
    (call,) = [event for event in lobby.events if isinstance(event, events.TicketCalled)]
    assert [candidate.ticket for candidate in call.candidates] == [appointment, walk_in]


def test_same_qr_held_up_again_gives_no_second_ticket(lobby: Lobby) -> None:
    code = lobby.stage.book(EIGHT + timedelta(minutes=5), "A1")
    lobby.stage.hold_up(code)
    lobby.until(lambda: len(lobby.results) == 1, "the first check-in")
    # Another code in between: so the first one was surely out of the picture.
    lobby.check_in(EIGHT + timedelta(minutes=10))
    lobby.until(lambda: len(lobby.results) == 2, "the second check-in")
    time.sleep(lobby.stage.settings.scanner.absence.total_seconds())
    lobby.stage.hold_up(code)
    lobby.until(lambda: len(lobby.results) == 3, "the first code again")
    assert (lobby.results[2].outcome, lobby.results[2].ticket) == ("again", "A001")
    assert len(lobby.issued()) == 2


@pytest.mark.parametrize("process", ["desk", "scanner", "board", "mosquitto"])
def test_process_that_is_killed_loses_nobody(lobby: Lobby, process: str) -> None:
    first = lobby.press()
    lobby.stage.supervisor.kill(process)
    lobby.until(lambda: process in lobby.died, "the death noticed")
    lobby.until(lambda: lobby.stage.supervisor.restarts[process] == 1, f"{process} started again")
    second = lobby.check_in(EIGHT + timedelta(minutes=5))
    assert (first, second) == ("A001", "A002")
    seen = len(lobby.boards)
    lobby.until(
        lambda: (
            len(lobby.boards) > seen
            and {each.ticket for each in lobby.boards[-1].next} == {first, second}
        ),
        "both on the board",
    )
    with lobby.stage.counter("1") as counter:
        counter.ask("open_counter", Command(), timeout_s=DEADLINE_S)
        assert counter.ask("next", Command(), timeout_s=DEADLINE_S).ticket == second
    assert lobby.died == [process]


def test_without_paper_the_ticket_exists_and_the_slip_comes_with_the_paper(lobby: Lobby) -> None:
    lobby.stage.printer.paper.run_out()
    number = lobby.press()
    lobby.until(lambda: bool(lobby.results), "the result on the kiosk's screen")
    assert lobby.stage.printer.slips == []
    lobby.stage.printer.paper.load()
    assert number in lobby.slip(1).text


def test_nothing_is_left_behind_when_it_ends(tmp_path: Path) -> None:
    with tempfile.TemporaryDirectory(prefix="lobby-") as run:
        setting = Setting(tmp_path, Path(run), EIGHT, 1.0, "en", window=False)
        with Stage(setting, lambda _: None) as stage:
            pids = stage.supervisor.pids
        assert len(pids) == 4
    for pid in pids:
        with pytest.raises(ProcessLookupError):
            os.kill(pid, signal.SIGCONT)
