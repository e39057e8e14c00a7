"""The announcer at work: what a board shows is heard, in order, and no trouble holds it up."""

from __future__ import annotations

import queue
import threading
import time
from datetime import UTC, datetime
from datetime import time as time_of_day
from typing import TYPE_CHECKING

import pytest

from appliance.board.announcing import YOUNG_S, Announcement, Announcer, Call, Composed
from appliance.board.voice import Voice
from appliance.drivers.sound import SoundError
from appliance.drivers.sound_sdl import SdlSpeaker
from tests.sound.hearing import longest_gap_s, places, samples
from tests.sound.test_turns import board, call

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from appliance.board.spoken import Script

DEADLINE_S = 60.0
EIGHT = datetime(2026, 3, 2, 8, tzinfo=UTC)


class Plain:
    """Says a ticket by its name."""

    languages = 1

    def __init__(self) -> None:
        self.missing = ""

    def compose(self, announcement: Announcement) -> Composed:
        return Composed(announcement.call.ticket.encode(), self.missing)


class Hall:
    """A loudspeaker that a test can break, and ears."""

    def __init__(self) -> None:
        self.heard: queue.SimpleQueue[tuple[str, float]] = queue.SimpleQueue()
        self.tried: queue.SimpleQueue[str] = queue.SimpleQueue()
        self.broken = False
        self.hangs = threading.Event()
        self.goes_on = threading.Event()
        self.closed = threading.Event()

    def play(self, samples: bytes, volume: float) -> None:
        self.tried.put(samples.decode())
        if self.hangs.is_set():
            while not (self.goes_on.wait(0.01) or self.closed.is_set()):
                pass
        if self.broken or self.closed.is_set():
            raise SoundError("no device")
        self.heard.put((samples.decode(), volume))

    def close(self) -> None:
        self.closed.set()

    def next(self) -> str:
        return self.heard.get(timeout=DEADLINE_S)[0]


class Counts(SdlSpeaker):
    """A real one that counts what it has played."""

    played = 0

    def play(self, samples: bytes, volume: float) -> None:
        super().play(samples, volume)
        self.played += 1


class Clock:
    def __init__(self) -> None:
        self.now_s = 1000.0

    def __call__(self) -> float:
        return self.now_s


@pytest.fixture
def hall() -> Hall:
    return Hall()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def voice() -> Plain:
    return Plain()


@pytest.fixture
def announcer(
    hall: Hall, clock: Clock, voice: Plain, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Announcer]:
    monkeypatch.setattr("appliance.board.announcing.TRY_AGAIN_S", 0.01)
    made = Announcer(voice, hall, lambda _: 0.7, clock)
    made.start()
    yield made
    made.stop()


def until(fact: Callable[[], object]) -> None:
    until_s = time.monotonic() + DEADLINE_S
    while not fact():
        assert time.monotonic() < until_s
        time.sleep(0.005)


def test_what_the_board_shows_is_heard_once(announcer: Announcer, hall: Hall) -> None:
    for shown in (board([call("A001")]), board([call("A001", 2), call("B001")])):
        announcer.hear(shown, EIGHT)
    announcer.remember("C007", EIGHT)
    assert sorted(hall.next() for _ in range(3)) == ["A001", "B001", "C007"]


def test_board_of_another_day_is_not_spoken(announcer: Announcer, hall: Hall) -> None:
    announcer.hear(board([call("A001")]), EIGHT.replace(day=3))
    # What time it is nobody knows yet.
    announcer.hear(board([call("A001", YOUNG_S), call("A002")]), None)
    assert hall.next() == "A002"


def test_in_quiet_hours_nothing_is_heard_and_nothing_is_made_up_for_afterwards(hall: Hall) -> None:
    asked = threading.Semaphore(0)

    def volume(at: time_of_day | None) -> float:
        asked.release()
        return 0.0 if at is not None and at.hour == 12 else 0.7

    announcer = Announcer(Plain(), hall, volume)
    announcer.start()
    try:
        announcer.hear(board([call("A001")]), EIGHT.replace(hour=12))
        assert asked.acquire(timeout=DEADLINE_S)
        announcer.hear(board([call("A001", 5), call("A002")]), EIGHT.replace(hour=13))
        assert hall.heard.get(timeout=DEADLINE_S) == ("A002", 0.7)
    finally:
        announcer.stop()


def test_device_that_comes_back_speaks_who_is_still_young_and_nobody_else(
    announcer: Announcer, hall: Hall, clock: Clock
) -> None:
    hall.broken = True
    announcer.hear(board([call("A001", 2)]), EIGHT)
    assert [hall.tried.get(timeout=DEADLINE_S) for _ in range(2)] == ["A001", "A001"]
    until(lambda: announcer.trouble == "no device")
    clock.now_s += YOUNG_S - 1
    announcer.hear(board([call("A001", YOUNG_S + 1), call("A002")]), EIGHT)
    while hall.tried.get(timeout=DEADLINE_S) != "A002":
        pass
    hall.broken = False
    assert hall.next() == "A002"
    until(lambda: announcer.trouble == "")
    assert hall.heard.empty()


def test_clip_that_is_missing_is_trouble_until_all_is_said_again(
    announcer: Announcer, hall: Hall, voice: Plain
) -> None:
    voice.missing = "to-9.wav is not there"
    announcer.hear(board([call("A001")]), EIGHT)
    assert hall.next() == "A001"
    until(lambda: announcer.trouble == "to-9.wav is not there")
    voice.missing = ""
    announcer.hear(board([call("A001", 1), call("A002")]), EIGHT)
    assert hall.next() == "A002"
    until(lambda: not announcer.trouble)


def test_device_that_hangs_holds_up_nobody_but_the_announcer(
    announcer: Announcer, hall: Hall
) -> None:
    hall.hangs.set()
    announcer.hear(board([call("A001")]), EIGHT)
    assert hall.tried.get(timeout=DEADLINE_S) == "A001"
    # The board goes on telling, a whole day's worth.
    for n in range(2, 500):
        announcer.hear(board([call(f"A{n:03d}")]), EIGHT)
    hall.hangs.clear()
    hall.goes_on.set()
    assert hall.next() == "A001"
    assert hall.next() == "A499"


def test_it_stops_while_a_device_hangs(hall: Hall) -> None:
    announcer = Announcer(Plain(), hall)
    announcer.start()
    hall.hangs.set()
    announcer.hear(board([call("A001")]), EIGHT)
    assert hall.tried.get(timeout=DEADLINE_S) == "A001"
    announcer.stop()
    assert announcer.trouble == ""


def test_two_boards_at_once_are_heard_one_after_the_other_whole_and_without_a_gap(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    clips: Path,
    scripts: list[Script],
) -> None:
    capture = tmp_path / "capture.raw"
    monkeypatch.setenv("SDL_AUDIODRIVER", "disk")
    monkeypatch.setenv("SDL_DISKAUDIOFILE", str(capture))
    voice, speaker = Voice(clips, scripts), Counts()
    announcer = Announcer(voice, speaker)
    announcer.start()

    def of(ticket: str, counter: str, begins: int, ends: int) -> bytes:
        spoken = Call(ticket, ticket, counter, 0.0)
        return voice.compose(Announcement(spoken, begins, ends)).samples

    try:
        calls = [call("A017", 0.2, counter="3"), call("B021", 0.1, counter="12")]
        announcer.hear(board(calls), EIGHT)
        expected = [of("A017", "3", 0, 1), of("B021", "12", 0, 2), of("A017", "3", 1, 2)]
        until(lambda: speaker.played == len(expected))
    finally:
        announcer.stop()
    heard = samples(capture.read_bytes())
    at = [places(heard, samples(piece)) for piece in expected]
    assert [len(each) for each in at] == [1, 1, 1]
    for piece, (begins,), (then,) in zip(expected, at, [*at[1:], [float("inf")]], strict=True):
        assert begins + len(samples(piece)) / 22050 <= then
        assert longest_gap_s(samples(piece)) <= 0.15
