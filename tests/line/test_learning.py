"""What a lobby teaches: fast from nothing, hard to fool, and nothing about a person."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from appliance.line import commands
from appliance.line.answers import Given
from appliance.line.learning import Learned
from appliance.line.model import Wish
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


def test_finish_that_is_undone_is_learned_once_and_with_its_whole_length() -> None:
    lobby, plain = Taught(), Taught()
    for each, corrected in ((lobby, True), (plain, False)):
        each.do(commands.OpenCounter("1"), "08:00")
        each.do(commands.Issue("B1"), "08:00")
        each.do(commands.Issue("B1"), "08:00")
        each.do(commands.Next("1"), "08:00")
        if corrected:
            each.do(commands.Next("1"), "08:02")
            each.do(commands.Undo("1"), "08:02:05")
        each.do(commands.Finish("B001"), "08:14")
    assert lobby.learned.conversations.today["B1"].weight == 1.0
    assert lobby.mean_min("B1") == pytest.approx(plain.mean_min("B1"))
    assert lobby.learned.gone[False].value == pytest.approx(plain.learned.gone[False].value)


def test_no_show_that_is_undone_is_none() -> None:
    lobby = Taught()
    lobby.do(commands.OpenCounter("1"), "08:00")
    lobby.do(commands.Issue("B1"), "08:00")
    lobby.do(commands.Next("1"), "08:00")
    before = lobby.learned.gone[False].value, lobby.learned.gone_s.mean
    lobby.do(commands.NoShow("B001", force=True), "08:05")
    assert lobby.learned.gone[False].value > before[0]
    lobby.do(commands.Undo("1"), "08:05:05")
    assert (lobby.learned.gone[False].value, lobby.learned.gone_s.mean) == pytest.approx(before)


def test_undoing_a_later_step_leaves_what_was_learned_before() -> None:
    lobby = Taught()
    lobby.do(commands.OpenCounter("1"), "08:00")
    for _ in range(2):
        lobby.do(commands.Issue("B1"), "08:00")
        lobby.do(commands.Next("1"), "08:00")
    lobby.do(commands.Start("B002"), "08:01")
    lobby.do(commands.Undo("1"), "08:01:05")
    assert lobby.learned.conversations.today["B1"].weight == 1.0


def test_who_came_back_and_is_started_by_mistake_was_still_gone_once() -> None:
    lobby = Taught()
    lobby.do(commands.OpenCounter("1"), "08:00")
    lobby.do(commands.Issue("B1"), "08:00")
    lobby.do(commands.Next("1"), "08:00")
    lobby.do(commands.NoShow("B001", force=True), "08:02")
    gone = lobby.learned.gone[False].value
    lobby.do(commands.Back("B001"), "08:05")
    lobby.do(commands.Next("1"), "08:06")
    lobby.do(commands.Start("B001"), "08:07")
    lobby.do(commands.Undo("1"), "08:07:05")
    assert lobby.learned.gone[False].value == gone


def test_who_is_called_again_keeps_the_counter_from_the_first_call_on() -> None:
    lobby = Taught()
    lobby.do(commands.OpenCounter("1"), "08:00")
    lobby.do(commands.Issue("B1"), "08:00")
    lobby.do(commands.Next("1"), "08:00")
    lobby.do(commands.Recall("1"), "08:02")
    lobby.do(commands.Recall("1"), "08:04")
    ticket = lobby.line.tickets["B001"]
    assert lobby.learned.lasts_s(ticket, at("08:05")) == 300.0
    lobby.do(commands.Finish("B001"), "08:10")
    assert lobby.learned.conversations.today["B1"].mean == 600.0


def test_who_is_called_to_another_counter_keeps_that_from_then_on() -> None:
    lobby = Taught()
    lobby.do(commands.OpenCounter("1"), "08:00")
    lobby.do(commands.OpenCounter("2"), "08:00")
    lobby.do(commands.Issue("B1"), "08:00")
    lobby.do(commands.Next("1"), "08:00")
    lobby.do(commands.NoShow("B001", force=True), "08:02")
    lobby.do(commands.Back("B001"), "08:10")
    lobby.do(commands.Next("2"), "08:20")
    lobby.do(commands.Finish("B001"), "08:25")
    assert lobby.learned.conversations.today["B1"].mean == 300.0


def test_wish_for_more_time_teaches_about_such_wishes_only() -> None:
    lobby = Taught()
    assert lobby.learned.conversations.more_time.mean == pytest.approx(1.5)
    usual = lobby.mean_min("B1")
    lobby.do(commands.OpenCounter("1"), "08:00")
    for hour in range(8, 18):
        wish = frozenset({Wish.MORE_TIME})
        number = lobby.do(commands.Issue("B1", wish), f"{hour:02}:00")
        lobby.do(commands.Next("1"), f"{hour:02}:00")
        lobby.do(commands.Finish(number), f"{hour:02}:25")
    assert lobby.mean_min("B1") == usual
    assert 1.9 < lobby.learned.conversations.more_time.mean < 2.2
    assert lobby.learned.pace(lobby.line, at("18:00")).factor == pytest.approx(1.0)


def test_long_conversation_of_who_wished_for_more_time_makes_no_slow_day() -> None:
    factors = []
    for wishes in (frozenset[Wish](), frozenset({Wish.MORE_TIME})):
        lobby = Taught()
        lobby.do(commands.OpenCounter("1"), "08:00")
        lobby.do(commands.Issue("B1", wishes), "08:00")
        lobby.do(commands.Next("1"), "08:00")
        factors.append(lobby.learned.pace(lobby.line, at("08:15")).factor)
    assert 1.0 < factors[1] < factors[0]


def test_conversation_during_which_the_clock_was_set_teaches_nothing() -> None:
    lobby = Taught()
    lobby.do(commands.BeginBoot(clock_sure=False), "07:00")
    lobby.do(commands.OpenCounter("1"), "07:10")
    lobby.do(commands.Issue("B1"), "07:10")
    lobby.do(commands.Next("1"), "07:10")
    lobby.do(commands.SetClock(timedelta(hours=2)), "09:20")
    assert lobby.learned.lasts_s(lobby.line.tickets["B001"], at("09:25")) == 15 * 60
    lobby.do(commands.Finish("B001"), "09:30")
    assert lobby.learned.conversations.today == {}
    assert lobby.learned.gone[False].yes + lobby.learned.gone[False].no == 20.0


def test_conversation_over_a_power_cut_of_unknown_length_teaches_nothing() -> None:
    lobby = Taught()
    lobby.do(commands.OpenCounter("1"), "10:00")
    lobby.do(commands.Issue("B1"), "10:00")
    lobby.do(commands.Next("1"), "10:00")
    lobby.do(commands.BeginBoot(clock_sure=False), "10:01")
    lobby.do(commands.Finish("B001"), "10:02")
    assert lobby.learned.conversations.today == {}


def test_scan_while_nobody_knew_the_time_says_not_how_early_people_come() -> None:
    lobby = Taught()
    before = list(lobby.learned.offsets_s)
    lobby.do(commands.BeginBoot(clock_sure=False), "03:00")
    lobby.do(commands.CheckIn(booking("09:00", "B1")), "03:10")
    assert lobby.learned.offsets_s == before


def test_day_that_the_clock_turned_puts_yesterday_to_the_past() -> None:
    lobby = Taught()
    lobby.serves("B1", 10, 10)
    lobby.do(commands.BeginBoot(clock_sure=False), "17:55")
    lobby.day += timedelta(days=1)
    lobby.do(commands.SetClock(timedelta(hours=14, minutes=45)), "08:40")
    assert lobby.line.day == lobby.day
    assert lobby.learned.conversations.today == {}
    assert lobby.learned.conversations.past["B1"].weight == pytest.approx(2.0, rel=0.05)


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
