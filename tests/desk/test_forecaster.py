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

from appliance.desk import learned
from appliance.desk.daybooks import DayBooks
from appliance.desk.forecaster import Forecaster
from appliance.desk.forecasting import Asked, Told
from appliance.journal.entries import Position
from appliance.journal.keeping import Keeping
from appliance.journal.reading import JournalReader
from appliance.line import commands, events
from appliance.line.forecast import Estimator
from appliance.line.tallies import Sums
from tests.support.lobby import BERLIN, DAY, at, booking, empty_line
from tests.support.office import Office

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from appliance.desk.forecasting import Learned
    from appliance.line.model import Booking

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


def told(folder: Path, *clocks: str, hall: Hall, books: DayBooks | None = None) -> list[Told]:
    """Start the forecast's process anew and ask it at these times of the hall's day."""
    questions = b"".join(
        msgspec.json.encode(Asked(at(clock, hall.day))) + b"\n" for clock in clocks
    )
    answers = io.BytesIO()
    line = empty_line()
    with JournalReader(folder / "journal.sqlite") as reader:
        estimator = Estimator(line.services, line.zone)
        questioned = io.BytesIO(questions)
        forecaster = Forecaster(line, estimator, reader, questioned, answers, books=books)
        forecaster.run(threading.Event())
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


def full_morning(folder: Path, *cancelled: int) -> tuple[Office, list[Booking]]:
    """Give an office with appointments all morning, every five minutes, some of them cancelled."""
    office = Office(folder, empty_line())
    slots = [at("08:05") + n * timedelta(minutes=5) for n in range(24)]
    made = [office.book(f"{slot.astimezone(BERLIN):%H:%M}", "B1") for slot in slots]
    office.tell(*(made[n] for n in cancelled))
    return office, made


def expected_min(folder: Path, hall: Hall, books: DayBooks | None) -> int:
    (answer,) = told(folder, "08:01", hall=hall, books=books)
    return answer.expected_min["B1"]


def test_appointments_to_come_lengthen_the_wait_of_a_walk_in(tmp_path: Path) -> None:
    with hall(tmp_path) as lobby:
        lobby.fills()
        alone = expected_min(tmp_path, lobby, None)
        full_morning(tmp_path)
        booked = expected_min(tmp_path, lobby, DayBooks(tmp_path / "days"))
    assert booked > 1.5 * alone


def test_cancelled_appointments_and_those_of_advisers_lengthen_nothing(tmp_path: Path) -> None:
    with hall(tmp_path) as lobby:
        lobby.fills()
        alone = expected_min(tmp_path, lobby, None)
        office, _ = full_morning(tmp_path, *range(24))
        for slot in range(10, 50):
            office.book(f"08:{slot}", "B1", place="R.312")
        office.tell(*office.booked[:24])
        assert expected_min(tmp_path, lobby, DayBooks(tmp_path / "days")) == alone


def test_who_has_checked_in_is_not_counted_twice(tmp_path: Path) -> None:
    with hall(tmp_path) as lobby:
        lobby.fills()
        office, made = full_morning(tmp_path)
        lobby.do("08:00", *(commands.CheckIn(each) for each in made[:3]))
        with_list = expected_min(tmp_path, lobby, DayBooks(tmp_path / "days"))
        office.booked = made[3:]
        office.tell()
        assert expected_min(tmp_path, lobby, DayBooks(tmp_path / "days")) == with_list


def test_list_that_comes_between_two_questions_counts_for_the_second(tmp_path: Path) -> None:
    books = DayBooks(tmp_path / "days")

    class Questions(io.BytesIO):
        """Asks, and has the list come before it asks again."""

        def __next__(self) -> bytes:
            if self.tell():
                full_morning(tmp_path)
            return super().__next__()

    with hall(tmp_path) as lobby:
        lobby.fills()
        line, answers = empty_line(), io.BytesIO()
        question = msgspec.json.encode(Asked(at("08:01"))) + b"\n"
        with JournalReader(tmp_path / "journal.sqlite") as reader:
            estimator = Estimator(line.services, line.zone)
            asked = Questions(question * 2)
            Forecaster(line, estimator, reader, asked, answers, books=books).run(threading.Event())
    first, second = (
        msgspec.json.decode(each, type=Told).expected_min["B1"]
        for each in answers.getvalue().splitlines()
    )
    assert second > 1.5 * first


def test_who_did_not_come_is_learned_when_the_day_turns(tmp_path: Path) -> None:
    with hall(tmp_path) as lobby:
        lobby.fills()
        office, made = full_morning(tmp_path)
        for minute in range(10, 50):
            # They come, but to a room and not into the line.
            office.book(f"08:{minute}", "B1", place="R.312")
        office.tell()
        lobby.do("08:00", *(commands.CheckIn(each) for each in made[:6]))
        lobby.turns()
        (answer,) = told(tmp_path, "08:00", hall=lobby, books=DayBooks(tmp_path / "days"))
        (blind,) = told(tmp_path, "08:00", hall=lobby)
    assert answer.learned is not None
    assert blind.learned is not None
    absent = learned.decode(answer.learned.data).memory.absent
    before = learned.decode(blind.learned.data).memory.absent
    # Of 24 six came; both count a little less the day after.
    assert absent.no - before.no > 5
    assert (absent.yes - before.yes) / (absent.no - before.no) == pytest.approx(18 / 6)
