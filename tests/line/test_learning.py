"""What a lobby teaches: fast from nothing, hard to fool, and nothing about a person."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from appliance.line import commands
from appliance.line.answers import Given
from appliance.line.learning import Learned
from tests.support.lobby import BERLIN, DAY, at, booking, empty_line

MINUTE = timedelta(minutes=1)


class Taught:
    """The small lobby, in which every day is played the same way."""

    def __init__(self) -> None:
        self.line = empty_line()
        self.learned = Learned(self.line.services, BERLIN)
        self.day = DAY
        self.do(commands.TurnDay(DAY), "00:00")

    def do(self, command: commands.Command, clock: str) -> str:
        decision = self.line.decide(command, at(clock, self.day))
        for event in decision.events:
            self.learned.hear(event, self.line)
            self.line = self.line.apply(event)
        return decision.answer.ticket if isinstance(decision.answer, Given) else ""

    def turns(self) -> None:
        self.day += timedelta(days=1)
        self.do(commands.TurnDay(self.day), "00:00")

    def serves(self, service: str, *minutes: float, counter: str = "1") -> None:
        """Serve people one after the other."""
        self.do(commands.OpenCounter(counter), "08:00")
        now = at("08:00", self.day)
        for length in minutes:
            number = self.do(commands.Issue(service), f"{now.astimezone(BERLIN):%H:%M:%S}")
            self.do(commands.Next(counter), f"{now.astimezone(BERLIN):%H:%M:%S}")
            now += length * MINUTE
            self.do(commands.Finish(number), f"{now.astimezone(BERLIN):%H:%M:%S}")

    def mean_min(self, service: str) -> float:
        return self.learned.length(service).mean_s / 60


def test_configured_minutes_are_believed_at_first() -> None:
    assert Taught().mean_min("B1") == pytest.approx(10.0)


def test_wrong_minutes_are_forgotten_within_days() -> None:
    lobby = Taught()
    for _ in range(5):
        lobby.serves("B1", *[4, 9, 15, 6, 6] * 3)
        lobby.turns()
    length = lobby.learned.length("B1")
    assert length.mean_s / 60 == pytest.approx(8.0, rel=0.03)
    assert length.spread == pytest.approx(0.49, abs=0.05)
    assert length.unsure < 0.08


def test_one_long_conversation_does_not_turn_the_belief_over() -> None:
    lobby = Taught()
    lobby.serves("B1", 30)
    assert 10.0 < lobby.mean_min("B1") < 14.0


def test_service_without_a_past_follows_the_others() -> None:
    lobby = Taught()
    lobby.serves("B1", *[7.5] * 40)
    assert lobby.mean_min("A1") == pytest.approx(5 * 0.85, abs=0.3)


def test_forgotten_finish_is_not_a_conversation() -> None:
    lobby = Taught()
    lobby.serves("A1", *[5] * 20)
    lobby.serves("A1", 300)
    assert lobby.mean_min("A1") < 7.5


def test_slow_day_is_noticed_and_forgotten() -> None:
    lobby = Taught()
    for _ in range(5):
        lobby.serves("B1", *[6, 10, 14] * 8)
        lobby.turns()
    usual = lobby.learned.pace(lobby.line, at("08:00", lobby.day))
    lobby.serves("B1", *[7.8, 13, 18.2] * 8)
    slow = lobby.learned.pace(lobby.line, at("16:00", lobby.day))
    assert usual.factor == pytest.approx(1.0)
    assert 1.05 < slow.factor < 1.3
    assert slow.unsure < usual.unsure
    lobby.turns()
    assert lobby.learned.pace(lobby.line, at("08:00", lobby.day)).factor == pytest.approx(1.0)


def test_short_ones_that_are_over_first_do_not_make_a_quick_day() -> None:
    lobby = Taught()
    for _ in range(4):
        lobby.serves("B1", *[6, 10, 14] * 8)
        lobby.turns()
    for counter in ("1", "2"):
        lobby.do(commands.OpenCounter(counter), "08:00")
        lobby.do(commands.Issue("B1"), "08:00")
        lobby.do(commands.Next(counter), "08:00")
    lobby.do(commands.Finish("B001"), "08:06")
    one_still_there = lobby.learned.pace(lobby.line, at("08:06", lobby.day)).factor
    very_long = lobby.learned.pace(lobby.line, at("08:30", lobby.day)).factor
    lobby.do(commands.NoShow("B002", force=True), "08:06")
    only_the_short = lobby.learned.pace(lobby.line, at("08:06", lobby.day)).factor
    assert only_the_short < one_still_there < 1.0 < very_long


def test_who_does_not_come_is_counted_once_the_day_is_over() -> None:
    lobby = Taught()
    before = lobby.learned.absent.value
    lobby.learned.know(DAY, [booking(f"{hour:02}:00", "A1") for hour in range(8, 18)])
    lobby.do(commands.CheckIn(booking("08:00", "A1")), "07:55")
    assert lobby.learned.absent.value == before
    lobby.turns()
    assert lobby.learned.absent.value > 0.4


def test_bookings_of_a_day_are_replaced_not_added() -> None:
    lobby = Taught()
    tomorrow = date(2026, 3, 3)
    lobby.learned.know(tomorrow, [booking("08:00"), booking("09:00")])
    lobby.learned.know(tomorrow, [booking("10:00")])
    assert len(lobby.learned.bookings[tomorrow]) == 1


def test_free_clerk_who_calls_late_is_learned_but_not_a_break() -> None:
    lobby = Taught()
    lobby.do(commands.OpenCounter("1"), "08:00")
    numbers = [lobby.do(commands.Issue("A1"), "08:00") for _ in range(8)]
    for place, number in enumerate(numbers[:-1]):
        lobby.do(commands.Next("1"), f"08:{5 * place + 1:02}")
        lobby.do(commands.Finish(number), f"08:{5 * place + 5:02}")
    assert lobby.learned.hesitation_s.mean == pytest.approx((5 * 10 + 7 * 60) / 12)
    lobby.do(commands.Next("1"), "10:00")
    assert lobby.learned.hesitation_s.mean == pytest.approx((5 * 10 + 7 * 60) / 12)


def test_what_was_seen_fades() -> None:
    lobby = Taught()
    lobby.serves("A1", *[10] * 50)
    lobby.turns()
    near = lobby.mean_min("A1")
    for _ in range(120):
        lobby.turns()
    assert near > 9.0
    assert lobby.mean_min("A1") < near
    lobby.serves("A1", *[3] * 20)
    assert lobby.mean_min("A1") < 4.5
