"""The board's process: bytes from the bus in, pictures out."""

from __future__ import annotations

import queue
import subprocess
import sys
import threading
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Self

import pytest
from PIL import Image, ImageChops

from appliance.board.screen import ROUND_S, News, Screen
from appliance.bus.link import Connected, Disconnected, Inbound, Received
from appliance.bus.messages.payload import Message, encode
from appliance.bus.messages.shown import Board, Call, KioskResult
from appliance.bus.topics import Topics
from appliance.display.board import BoardPainter
from appliance.display.board_state import BoardState, Timing
from appliance.display.board_view import ENTRANCE
from appliance.display.layout import Box, arrange
from appliance.drivers.folder_monitor import FolderMonitor
from appliance.drivers.monitor import MonitorGone
from tests.board.states import BERLIN, SIGNS, SMALL

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from appliance.display.text import Typesetter
    from appliance.drivers.monitor import Area

TOPICS = Topics("SUED", "EINGANG", "sued.eingang-1")
NOW = datetime(2025, 5, 14, 8, 42, tzinfo=UTC)
WITHIN_S = 30.0
ROOT = Path(__file__).parents[2]


def board(*tickets: str, at: datetime = NOW) -> Board:
    calls = [Call(id=t, ticket=t, counter="3", age_s=n) for n, t in enumerate(tickets)]
    return Board(
        as_of=at,
        day=at.date(),
        session="s",
        valid_s=600,
        calls=calls,
        at_counters=calls,
        next=[],
        waiting=1,
        open_counters=1,
    )


def heard(message: Message, topic: str = TOPICS.board) -> Received:
    return Received(topic, encode(message))


KIOSK = "entrance"
RESULT = TOPICS.kiosk_result(KIOSK)


def result(outcome: str, ticket: str | None = None, *, paper: bool = True) -> KioskResult:
    return KioskResult(
        outcome=outcome, facts={"kind": "url", "time": "10:45"}, ticket=ticket, paper=paper
    )


class Eyes:
    """A monitor that is looked at: keeps what was shown, and lets a test wait for it."""

    size = SMALL

    def __init__(self) -> None:
        self.shown: queue.SimpleQueue[Sequence[Area]] = queue.SimpleQueue()
        self.closed_by_someone = threading.Event()
        self.broken = False

    def show(self, picture: Image.Image, changed: Sequence[Area]) -> None:
        assert picture.size == self.size
        assert changed
        if self.broken:
            raise MonitorGone("the screen is gone. Connect it.")
        self.shown.put(changed)

    def pump(self) -> bool:
        return not self.closed_by_someone.is_set()

    def close(self) -> None: ...

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None: ...


class Lobby:
    """A running board process, in a thread."""

    def __init__(self, setter: Typesetter) -> None:
        self.inbox: queue.SimpleQueue[News] = queue.SimpleQueue()
        self.eyes = Eyes()
        self.painter = BoardPainter(SMALL, SIGNS, setter)
        self.beats = 0
        self._beaten = threading.Condition()
        self._stop = threading.Event()
        screen = Screen(
            self.inbox,
            TOPICS,
            BoardState(BERLIN, Timing()),
            self.painter,
            self.eyes,
            kiosk=KIOSK,
            beat=self._beat,
        )
        self._thread = threading.Thread(target=screen.run, args=(self._stop,), name="board")
        self._thread.start()

    def _beat(self) -> None:
        with self._beaten:
            self.beats += 1
            self._beaten.notify_all()

    def wait_for_beats(self, count: int) -> bool:
        with self._beaten:
            target = self.beats + count
            return self._beaten.wait_for(lambda: self.beats >= target, WITHIN_S)

    def says(self) -> set[str]:
        return {placed.what for placed in self.painter.placed}

    def ends(self) -> bool:
        self._thread.join(WITHIN_S)
        return not self._thread.is_alive()

    def stop(self) -> None:
        self._stop.set()
        assert self.ends()


class PlayedTime(queue.SimpleQueue[News]):
    """An inbox that has everything at once, and then lets time pass by as much as is waited."""

    def __init__(self, news: Sequence[News]) -> None:
        self.begun_s = self.real_s = 1000.0
        for each in news:
            self.put(each)

    @property
    def passed_s(self) -> float:
        return self.real_s - self.begun_s

    def get(self, block: bool = True, timeout: float | None = None) -> News:  # noqa: ARG002, FBT001, FBT002  (the queue's own)
        try:
            return self.get_nowait()
        except queue.Empty:
            assert timeout is not None
            assert 0 <= timeout <= ROUND_S
            self.real_s += timeout + 1e-6
            raise


class Diary(Eyes):
    """Eyes that write down what the board said, and after how many real seconds it began to."""

    def __init__(self, painter: BoardPainter, inbox: PlayedTime) -> None:
        super().__init__()
        self._painter = painter
        self._inbox = inbox
        self.entries: list[tuple[float, set[str]]] = []

    def show(self, picture: Image.Image, changed: Sequence[Area]) -> None:
        super().show(picture, changed)
        said = {placed.what for placed in self._painter.placed}
        self.entries.append((self._inbox.passed_s, said))


def played(
    news: Sequence[Inbound],
    setter: Typesetter,
    *,
    speed: float = 1,
    kiosk: str | None = KIOSK,
    until_s: float = 6,
) -> list[tuple[float, set[str]]]:
    """Run a board on what is in its inbox at the start; give what it said and when."""
    inbox = PlayedTime(news)
    painter = BoardPainter(SMALL, SIGNS, setter)
    diary = Diary(painter, inbox)
    stop = threading.Event()
    Screen(
        inbox,
        TOPICS,
        BoardState(BERLIN, Timing(speed=speed)),
        painter,
        diary,
        kiosk=kiosk,
        beat=lambda: stop.set() if inbox.passed_s > until_s else None,
        monotonic=lambda: inbox.real_s,
    ).run(stop)
    return diary.entries


@pytest.fixture
def lobby(setter: Typesetter) -> Iterator[Lobby]:
    running = Lobby(setter)
    yield running
    running.stop()


def test_a_call_on_the_bus_comes_onto_the_screen(lobby: Lobby) -> None:
    lobby.eyes.shown.get(timeout=WITHIN_S)
    assert "Einen Moment bitte" in lobby.says()
    lobby.inbox.put(heard(board("A017")))
    lobby.eyes.shown.get(timeout=WITHIN_S)
    assert {"A017", "10:42", "Bitte kommen Sie jetzt"} <= lobby.says()


def test_only_a_live_message_sets_the_clock(lobby: Lobby) -> None:
    lobby.eyes.shown.get(timeout=WITHIN_S)
    lobby.inbox.put(Received(TOPICS.board, encode(board("A017")), retained=True))
    lobby.eyes.shown.get(timeout=WITHIN_S)
    assert "A017" in lobby.says()
    assert "10:42" not in lobby.says()


def test_nothing_is_shown_when_nothing_changes(lobby: Lobby) -> None:
    lobby.inbox.put(heard(board("A017")))
    lobby.inbox.put(heard(board("A017")))
    assert lobby.wait_for_beats(ENTRANCE + 6)
    while not lobby.eyes.shown.empty():
        lobby.eyes.shown.get()
    lobby.inbox.put(heard(board("A017")))
    assert lobby.wait_for_beats(4)
    assert lobby.eyes.shown.empty()


def test_what_a_scan_came_to_is_told_beside_the_call(setter: Typesetter) -> None:
    shown = played([heard(board("A017")), heard(result("foreign"), RESULT)], setter)
    _, said = shown[1]
    assert {"A017", "Bitte kommen Sie jetzt", "<question>", "Das ist kein Termincode."} <= said


def test_a_board_beside_no_kiosk_tells_nobody_anything(setter: Typesetter) -> None:
    news = [heard(board("A017")), heard(result("taken", "A021"), RESULT)]
    assert any("A021" in said for _, said in played(news, setter))
    assert not any("A021" in said for _, said in played(news, setter, kiosk=None))


@pytest.mark.parametrize("speed", [0.1, 1, 60, 10_000])
def test_a_notice_lasts_in_real_time_however_fast_the_morning_is_played(
    speed: float, setter: Typesetter
) -> None:
    news = [heard(board("A017")), heard(result("taken", "A021"), RESULT)]
    shown = played(news, setter, speed=speed)
    told_s = [real_s for real_s, said in shown if "A021" in said]
    after_s = [real_s for real_s, said in shown if "A021" not in said and real_s > told_s[-1]]
    assert told_s[0] == 0
    assert after_s[0] == pytest.approx(6, abs=0.001)


@pytest.mark.parametrize("speed", [1, 60])
def test_a_call_stands_out_in_played_time(speed: float, setter: Typesetter) -> None:
    shown = played([heard(board("A017"))], setter, speed=speed, until_s=21)
    calm = [real_s for real_s, said in shown if "Zuletzt aufgerufen" in said]
    assert calm[0] == pytest.approx(20 / speed, abs=0.001)


@pytest.mark.parametrize(
    "news",
    [
        Received(TOPICS.board, b"\xff\x00 no JSON"),
        Received(TOPICS.board, b"[" * 60_000),
        Received(TOPICS.board, b'{"as_of": 1}'),
        Received(TOPICS.board, b"x" * 100_000),
        Received(TOPICS.wait, encode(board())),
        Received(TOPICS.tickets, encode(board("A017"))),
        Received(RESULT, b"\xff\x00 no JSON"),
        Received(RESULT, b'{"outcome": "taken", "facts": {"time": 1045}}'),
        Received(RESULT, b'{"outcome": "taken", "facts": {"time": "\\ud800"}}'),
        Received(RESULT, encode(result("taken", "A021")), retained=True),
        Received(TOPICS.kiosk_result("side-door"), encode(result("taken", "A021"))),
        Received(TOPICS.board, encode(result("taken", "A021"))),
        Received(RESULT, encode(board("A017"))),
        heard(board("A017", at=datetime(9999, 12, 31, 23, 59, tzinfo=UTC))),
        heard(board("A017", at=datetime(1970, 1, 1, tzinfo=UTC))),
        heard(board("A017", at=datetime(2025, 5, 14))),  # noqa: DTZ001  (no time zone: the point)
        Connected(),
        Disconnected(),
    ],
)
def test_what_is_no_board_is_passed_over(lobby: Lobby, news: Inbound) -> None:
    lobby.eyes.shown.get(timeout=WITHIN_S)
    lobby.inbox.put(news)
    assert lobby.wait_for_beats(2)
    assert "Einen Moment bitte" in lobby.says()
    lobby.inbox.put(heard(board("B001")))
    lobby.eyes.shown.get(timeout=WITHIN_S)
    assert "B001" in lobby.says()


def test_the_loop_beats_at_rest(lobby: Lobby) -> None:
    assert ROUND_S <= 0.5
    assert lobby.wait_for_beats(3)


def test_closing_the_window_ends_the_process(lobby: Lobby) -> None:
    lobby.eyes.closed_by_someone.set()
    assert lobby.ends()


def test_a_monitor_that_is_gone_ends_the_process_with_its_sentence(setter: Typesetter) -> None:
    eyes = Eyes()
    eyes.broken = True
    screen = Screen(
        queue.SimpleQueue(),
        TOPICS,
        BoardState(BERLIN),
        BoardPainter(SMALL, SIGNS, setter),
        eyes,
    )
    with pytest.raises(MonitorGone, match="Connect it"):
        screen.run(threading.Event())


def wait_until(holds: Callable[[], bool]) -> bool:
    deadline_s = time.monotonic() + WITHIN_S
    while not holds():
        if time.monotonic() > deadline_s:
            return False
        threading.Event().wait(0.02)
    return True


def last_picture(folder: Path) -> Image.Image:
    with Image.open(folder / "board.png") as image:
        return image.convert("RGB")


def test_a_board_that_is_killed_comes_back_with_the_same_picture(tmp_path: Path) -> None:
    kept = f"{TOPICS.board} ".encode() + encode(board("A017", "B003", "C001")) + b"\n"
    pictures = []
    for run in range(2):
        folder = tmp_path / str(run)
        child = subprocess.Popen(
            [sys.executable, "-m", "tests.board.play_screen", str(folder)],
            stdin=subprocess.PIPE,
            cwd=ROOT,
        )
        assert child.stdin is not None
        with child.stdin as lines:
            lines.write(kept)
        # The first picture says that the board starts, the second what it has heard.
        seen = wait_until((folder / "board-0002.png").exists)
        child.kill()
        child.wait(WITHIN_S)
        assert seen
        pictures.append(last_picture(folder))
    first, second = pictures
    assert ImageChops.difference(first, second).getbbox() is None


def test_without_paper_the_number_stands_beside_the_call_and_goes_again(
    setter: Typesetter, tmp_path: Path
) -> None:
    inbox: queue.SimpleQueue[News] = queue.SimpleQueue()
    painter = BoardPainter(SMALL, SIGNS, setter)
    stop = threading.Event()
    real_s = [1000.0]
    pictures: list[Image.Image] = []

    def play() -> None:
        said = {placed.what for placed in painter.placed}
        match len(pictures):
            case 0:
                inbox.put(heard(board("A017")))
            case 1 if "A017" in said and real_s[0] < 1001:
                real_s[0] += 1  # the call has come to rest
                return
            case 1 if "A017" in said:
                inbox.put(heard(result("in_time", "A021", paper=False), RESULT))
            case 2 if "A021" in said:
                assert {"A017", "Bitte kommen Sie jetzt", "Ihre Nummer ist"} <= said
                real_s[0] += 10
            case 3 if "A021" not in said:
                stop.set()
            case _:
                return
        pictures.append(last_picture(tmp_path) if pictures else Image.new("RGB", SMALL))

    with FolderMonitor(tmp_path, SMALL) as monitor:
        screen = Screen(
            inbox,
            TOPICS,
            BoardState(BERLIN),
            painter,
            monitor,
            kiosk=KIOSK,
            beat=play,
            monotonic=lambda: real_s[0],
        )
        screen.run(stop)
    _, before, told, after = pictures
    assert ImageChops.difference(before, after).getbbox() is None
    changed = ImageChops.difference(before, told).getbbox()
    assert changed is not None
    assert arrange(SMALL).notice.tile.holds(Box(*changed))


def test_a_folder_shows_the_board_whole(setter: Typesetter, tmp_path: Path) -> None:
    inbox: queue.SimpleQueue[News] = queue.SimpleQueue()
    painter = BoardPainter(SMALL, SIGNS, setter)
    stop = threading.Event()
    inbox.put(heard(board("A017")))

    def stop_when_shown() -> None:
        if any(placed.what == "A017" for placed in painter.placed):
            stop.set()

    with FolderMonitor(tmp_path, SMALL) as monitor:
        screen = Screen(inbox, TOPICS, BoardState(BERLIN), painter, monitor, beat=stop_when_shown)
        screen.run(stop)
    assert ImageChops.difference(last_picture(tmp_path), painter.picture).getbbox() is None
