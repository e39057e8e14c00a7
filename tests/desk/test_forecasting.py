"""The forecast beside the loop: asked of a real child, which may hang, die or babble."""

from __future__ import annotations

import queue
import sys
import time
from datetime import timedelta
from typing import TYPE_CHECKING

import msgspec
import pytest

from appliance.desk import forecasting
from appliance.desk.forecaster import told_range
from appliance.desk.forecasting import Forecasting, Forecasts, Learned, Told
from appliance.desk.learned import decode
from appliance.journal.reading import JournalReader
from appliance.line.forecast import Forecast
from tests.support.device import device
from tests.support.lobby import DAY, at

if TYPE_CHECKING:
    from pathlib import Path

DEADLINE_S = 30.0
ANSWER = '{"at": "2026-03-02T07:00:00Z", "ranges": {"A1": [5, 20]}}'
TOLD = Forecasts(Told(at("08:00"), {"A1": (5, 20)}))


def python(program: str, *arguments: str) -> tuple[str, ...]:
    """Give the command that runs a program of some lines."""
    return sys.executable, "-c", program, *arguments


class Asking:
    """Someone who wants forecasts from a child that a command starts."""

    def __init__(self, *command: str) -> None:
        self.heard: queue.SimpleQueue[Forecasts] = queue.SimpleQueue()
        self.forecasting = Forecasting(command, self.heard.put, pause_s=0.01)

    def until_told(self) -> Forecasts:
        """Ask until there is an answer."""
        until_s = time.monotonic() + DEADLINE_S
        while True:
            assert time.monotonic() < until_s
            self.forecasting.ask(at("08:00"))
            try:
                return self.heard.get(timeout=0.05)
            except queue.Empty:
                continue


def test_child_is_asked_and_its_answer_told() -> None:
    asking = Asking(*python(f"import sys\nfor _ in sys.stdin: print('{ANSWER}', flush=True)"))
    asking.forecasting.start()
    try:
        assert asking.until_told() == TOLD
        assert asking.until_told() == TOLD
    finally:
        asking.forecasting.stop()


def test_child_that_is_slower_than_was_thought_has_longer_the_next_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(forecasting, "DEADLINE_S", 0.2)
    monkeypatch.setattr(forecasting, "AGAIN_S", 0.01)
    slow = f"import sys, time\nfor _ in sys.stdin: time.sleep(1); print('{ANSWER}', flush=True)"
    asking = Asking(*python(slow))
    asking.forecasting.start()
    try:
        assert asking.until_told() == TOLD
    finally:
        asking.forecasting.stop()


@pytest.mark.parametrize(
    "first_time",
    [
        "sys.exit(3)",
        "time.sleep(60)",
        "print('babble', flush=True)",
        "print('x' * 1_000_000, flush=True)",
    ],
)
def test_child_that_fails_is_started_again(
    first_time: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(forecasting, "DEADLINE_S", 1.0)
    monkeypatch.setattr(forecasting, "AGAIN_S", 0.05)
    program = (
        "import pathlib, sys, time\n"
        "been_here = pathlib.Path(sys.argv[1])\n"
        "sys.stdin.readline()\n"
        f"if not been_here.exists():\n    been_here.touch()\n    {first_time}\n"
        f"print('{ANSWER}', flush=True)\nsys.stdin.read()"
    )
    asking = Asking(*python(program, str(tmp_path / "been-here")))
    asking.forecasting.start()
    try:
        assert asking.until_told() == TOLD
    finally:
        asking.forecasting.stop()


def test_answer_with_what_was_learned_comes_whole(tmp_path: Path) -> None:
    learned = Learned(DAY, 2**62, 7, bytes(range(256)) * 600)
    told = msgspec.structs.replace(TOLD.told, learned=learned)
    answer = tmp_path / "answer"
    answer.write_bytes(msgspec.json.encode(told))
    program = "import sys\nfor _ in sys.stdin: print(open(sys.argv[1]).read(), flush=True)"
    asking = Asking(*python(program, str(answer)))
    asking.forecasting.start()
    try:
        assert asking.until_told() == Forecasts(told)
    finally:
        asking.forecasting.stop()


def test_child_that_cannot_be_started_is_tried_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(forecasting, "AGAIN_S", 0.05)
    program = tmp_path / "child"
    asking = Asking(str(program))
    asking.forecasting.start()
    try:
        asking.forecasting.ask(at("08:00"))
        until_s = time.monotonic() + DEADLINE_S
        while "cannot be started" not in caplog.text:
            assert time.monotonic() < until_s
        draft = tmp_path / "draft"
        draft.write_text(f"#!/bin/sh\nread question\necho '{ANSWER}'\nread question\n")
        draft.chmod(0o700)
        draft.rename(program)
        assert asking.until_told() == TOLD
    finally:
        asking.forecasting.stop()


def test_stopping_ends_a_child_that_hangs() -> None:
    asking = Asking(*python("import time; time.sleep(600)"))
    asking.forecasting.start()
    asking.forecasting.ask(at("08:00"))
    asking.forecasting.stop()
    # That no process is left is looked at after every test.


@pytest.mark.parametrize(
    ("p5_min", "p90_min", "told"),
    [
        (0, 0, (0, 5)),
        (4.9, 10, (0, 10)),
        (5, 10.1, (5, 15)),
        (10, 10, (10, 15)),
        (23, 61, (20, 65)),
    ],
)
def test_range_is_on_whole_fives_and_never_a_point(
    p5_min: float, p90_min: float, told: tuple[int, int]
) -> None:
    low, high = timedelta(minutes=p5_min), timedelta(minutes=p90_min)
    assert told_range(Forecast(3, (low + high) / 2, high, (low, high))) == told


def test_real_forecaster_answers_from_the_journal() -> None:
    with device() as pi, pi.started("desk"):
        pi.press()
        command = [*pi.command("forecaster")]
        heard: queue.SimpleQueue[Forecasts] = queue.SimpleQueue()
        child = Forecasting(command, heard.put, pause_s=0.01)
        child.start()
        try:
            child.ask(at("08:00"))
            told = heard.get(timeout=DEADLINE_S).told
            # Nobody has opened a counter: there is no forecast, and that is an answer.
            assert (told.at, told.ranges, told.promise) == (at("08:00"), {}, {})
        finally:
            child.stop()


def test_what_the_forecast_has_learned_comes_into_the_journal_by_itself() -> None:
    with device() as pi, pi.started("desk"):
        until_s = time.monotonic() + DEADLINE_S
        with JournalReader(pi.folder / "state" / "journal.sqlite") as reader:
            while (kept := reader.learned()) is None:
                assert time.monotonic() < until_s
            position, data = kept
            assert decode(data).turned in reader.news()
            assert reader.go_to(position)
