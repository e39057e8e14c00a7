"""The forecast's own process, beside a real journal: what it tells, and from where it starts."""

from __future__ import annotations

import io
import logging
import threading
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import msgspec
import pytest

from appliance import learned
from appliance.forecaster import Forecaster
from appliance.forecasting import Asked, Told
from appliance.journal.entries import Position
from appliance.journal.keeping import Keeping
from appliance.journal.reading import JournalReader
from appliance.line import commands, events
from appliance.line.forecast import Estimator
from appliance.line.tallies import Sums
from tests.support.lobby import BERLIN, DAY, at, booking, empty_line

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from appliance.forecasting import Learned

TOMORROW = DAY + timedelta(days=1)


class Hall:
    """The small lobby, whose desk writes a real journal."""

    def __init__(self, keeping: Keeping) -> None:
        self.keeping = keeping
        self.line = keeping.line(empty_line())
        self.day = DAY
        self.do("00:00", commands.TurnDay(DAY))

    def do(self, clock: str, *asked: commands.Command) -> None:
        for command in asked:
            decision = self.line.decide(command, at(clock, self.day))
            self.line = self.line.apply_all(decision.events)
            self.write(*decision.events)

    def write(self, *happened: events.Event) -> None:
        self.keeping.commit(happened, day=str(self.day), line=self.line)

    def serves(self, minutes: int) -> None:
        """Let eight people in, one after the other, each for so long."""
        self.do("08:00", commands.OpenCounter("1"), commands.OpenCounter("2"))
        for number in range(8):
            now = at("08:00") + number * timedelta(minutes=minutes)
            clock = f"{now.astimezone(BERLIN):%H:%M}"
            self.do(clock, commands.Issue("B1"), commands.Next("1"))

    def turns(self) -> None:
        self.do("20:00", commands.CloseCounter("1"), commands.CloseCounter("2"))
        self.day = TOMORROW
        self.do("00:00", commands.TurnDay(TOMORROW))

    def fills(self) -> None:
        """Let people wait on the second day."""
        self.do("08:00", commands.OpenCounter("1"), *[commands.Issue("B1")] * 5)
        self.do("08:00", commands.Next("1"))

    def keeps(self, what: Learned, data: bytes | None = None) -> None:
        """Put into the journal what was learned, as the desk does."""
        position = Position(what.epoch, what.seq)
        self.keeping.keep_learned(what.day, position, data or what.data)


@contextmanager
def hall(folder: Path) -> Iterator[Hall]:
    with Keeping(folder / "journal.sqlite") as keeping:
        yield Hall(keeping)


def told(folder: Path, *clocks: str, hall: Hall) -> list[Told]:
    """Start the forecast's process anew and ask it at these times of the hall's day."""
    questions = b"".join(
        msgspec.json.encode(Asked(at(clock, hall.day))) + b"\n" for clock in clocks
    )
    answers = io.BytesIO()
    line = empty_line()
    with JournalReader(folder / "journal.sqlite") as reader:
        estimator = Estimator(line.services, line.zone)
        Forecaster(line, estimator, reader, io.BytesIO(questions), answers).run(threading.Event())
    return [msgspec.json.decode(each, type=Told) for each in answers.getvalue().splitlines()]


def test_ranges_and_middles_are_told_where_a_counter_serves(tmp_path: Path) -> None:
    with hall(tmp_path) as lobby:
        lobby.fills()
        (answer,) = told(tmp_path, "08:01", hall=lobby)
    assert answer.at == at("08:01")
    assert set(answer.ranges) == set(answer.expected_min) == {"A1", "B1"}
    low, high = answer.ranges["B1"]
    assert low < answer.expected_min["B1"] < high
    assert 30 < answer.expected_min["B1"] < 60


def test_promise_is_told_and_looked_at_anew_after_a_minute(tmp_path: Path) -> None:
    with hall(tmp_path) as lobby:
        lobby.do("08:00", commands.OpenCounter("1"), commands.Issue("B1"), commands.Next("1"))
        lobby.do("08:00", commands.CheckIn(booking("08:05", "B1")))
        first, soon, later = told(tmp_path, "08:01:00", "08:01:59", "08:02:00", hall=lobby)
    assert first.promise["B1"].appointments == 1.0
    assert first.promise["B1"].kept < 0.95
    assert first.promise["B1"].mended_by == "2"
    assert first.promise["B1"].kept_then == 1.0
    assert soon.promise == first.promise
    assert later.promise != first.promise


def test_promise_is_looked_at_anew_when_the_clock_was_set_back(tmp_path: Path) -> None:
    with hall(tmp_path) as lobby:
        lobby.do("08:00", commands.OpenCounter("1"), commands.CheckIn(booking("08:05", "B1")))
        (_, back) = told(tmp_path, "11:00", "08:01", hall=lobby)
    assert back.promise["B1"].appointments == 1.0


def test_score_is_told_once_a_forecast_was_met(tmp_path: Path) -> None:
    with hall(tmp_path) as lobby:
        assert told(tmp_path, "08:00", hall=lobby)[0].score is None
        lobby.serves(10)
        (answer,) = told(tmp_path, "09:30", hall=lobby)
    assert answer.score is not None
    assert (answer.score.forecasts, answer.score.days) == (2, 1)
    assert answer.score.inside == 1.0


def test_what_was_learned_is_told_once_after_the_turn_of_the_day(tmp_path: Path) -> None:
    with hall(tmp_path) as lobby:
        lobby.serves(10)
        lobby.turns()
        turned = lobby.keeping.position
        lobby.do("07:00", commands.OpenCounter("1"))
        first, second = told(tmp_path, "08:00", "08:01", hall=lobby)
    assert first.learned is not None
    assert (first.learned.day, first.learned.epoch, first.learned.seq) == (TOMORROW, *turned)
    kept = learned.decode(first.learned.data)
    assert kept.turned == events.DayTurned(at("00:00", TOMORROW), TOMORROW)
    assert kept.memory.lengths["B1"].weight == 7.0
    assert second.learned is None


def test_who_starts_from_what_was_kept_says_the_same(tmp_path: Path) -> None:
    with hall(tmp_path) as lobby:
        lobby.serves(21)
        lobby.turns()
        lobby.fills()
        (everything_read,) = told(tmp_path, "08:01", hall=lobby)
        assert everything_read.learned is not None
        lobby.keeps(everything_read.learned)
        (restarted,) = told(tmp_path, "08:01", hall=lobby)
    assert restarted.learned is None
    assert restarted == msgspec.structs.replace(everything_read, learned=None)


def test_what_was_kept_is_what_counts_not_what_was_before(tmp_path: Path) -> None:
    with hall(tmp_path) as lobby:
        lobby.serves(10)
        lobby.turns()
        lobby.fills()
        (everything_read,) = told(tmp_path, "08:01", hall=lobby)
        assert everything_read.learned is not None
        kept = learned.decode(everything_read.learned.data)
        slower = replace(kept.memory, lengths={"B1": Sums(50.0, 50 * 1800.0, 50 * 1800.0**2)})
        lobby.keeps(everything_read.learned, learned.encode(replace(kept, memory=slower)))
        (restarted,) = told(tmp_path, "08:01", hall=lobby)
    assert restarted.expected_min["B1"] > 2 * everything_read.expected_min["B1"]


@pytest.mark.parametrize("data", [b"\0", b"lobby learned 1\nrubbish", b"lobby learned 99\n{}"])
def test_what_was_kept_and_is_damaged_is_learned_anew(
    data: bytes, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with hall(tmp_path) as lobby:
        lobby.serves(21)
        lobby.turns()
        lobby.fills()
        (before,) = told(tmp_path, "08:01", hall=lobby)
        assert before.learned is not None
        lobby.keeps(before.learned, data)
        with caplog.at_level(logging.WARNING):
            (after,) = told(tmp_path, "08:01", hall=lobby)
    assert after == before
    assert "learned anew" in caplog.text


def test_event_that_does_not_fit_is_passed_over(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with hall(tmp_path) as lobby:
        lobby.fills()
        (before,) = told(tmp_path, "08:01", hall=lobby)
        lobby.write(events.TicketFinished(at("08:00"), "B777"))
        with caplog.at_level(logging.WARNING):
            (after,) = told(tmp_path, "08:01", hall=lobby)
    assert after == before
    assert "does not fit" in caplog.text
