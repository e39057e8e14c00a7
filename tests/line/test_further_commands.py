"""The rest of what counters and the reception may ask for."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from appliance.line import commands, events
from appliance.line.answers import Called, Done, Given, NobodyWaits, Reason, Refused
from appliance.line.model import Counter, CounterState, Mode, RankClass, TicketState, Urgency, Wish
from appliance.line.rules import rank, ranking_service
from tests.support.lobby import Played, at, booking


@pytest.fixture
def lobby() -> Played:
    played = Played()
    played.opens("1", "2")
    return played


def reason(answer: object) -> Reason:
    assert isinstance(answer, Refused)
    return answer.reason


def state(lobby: Played, number: str) -> TicketState:
    return lobby.line.tickets[number].state


def test_named_ticket_is_called_past_the_order_and_that_is_kept(lobby: Played) -> None:
    first, second = lobby.walks_in("08:00"), lobby.walks_in("08:01")
    decision = lobby.line.decide(commands.Call("1", second), at("08:02"))
    (call,) = decision.events
    assert isinstance(call, events.TicketCalled)
    assert call.by_name
    assert [candidate.ticket for candidate in call.candidates] == [first, second]


def test_named_ticket_must_wait_and_be_served_here(lobby: Played) -> None:
    number = lobby.walks_in("08:00")
    chosen = lobby.checks_in("08:00", slot="08:05", service="C1")
    assert reason(lobby.do(commands.Call("1", chosen), "08:01")) is Reason.NOT_SERVED_HERE
    lobby.do(commands.Next("2"), "08:01")
    assert reason(lobby.do(commands.Call("1", number), "08:01")) is Reason.NOT_WAITING
    assert reason(lobby.do(commands.Call("1", "A999"), "08:01")) is Reason.UNKNOWN_TICKET


def test_who_was_set_aside_comes_back_with_the_old_rank(lobby: Played) -> None:
    number, _ = lobby.walks_in("08:00"), lobby.walks_in("08:01")
    lobby.do(commands.Next("1"), "08:02")
    lobby.do(commands.NoShow(number, force=True), "08:05")
    assert lobby.do(commands.Back(number), "08:35") == Done(number)
    assert lobby.do(commands.Next("1"), "08:36") == Called(number, "1")


def test_half_an_hour_after_it_was_set_aside_a_ticket_is_over(lobby: Played) -> None:
    number = lobby.walks_in("08:00")
    lobby.do(commands.Next("1"), "08:02")
    lobby.do(commands.NoShow(number, force=True), "08:05")
    assert reason(lobby.do(commands.Back(number), "08:35:01")) is Reason.CANNOT_COME_BACK


def test_who_came_back_is_called_three_times_again(lobby: Played) -> None:
    number = lobby.walks_in("08:00")
    lobby.do(commands.Next("1"), "08:02")
    lobby.do(commands.Recall("1"), "08:03")
    lobby.do(commands.NoShow(number, force=True), "08:05")
    lobby.do(commands.Back(number), "08:06")
    lobby.do(commands.Next("1"), "08:07")
    answer = lobby.do(commands.NoShow(number), "08:08")
    assert answer == Refused(Reason.CALL_AGAIN_FIRST, {"ticket": number, "calls": "2"})


def test_transfer_keeps_class_and_rank_time_in_the_new_service(lobby: Played) -> None:
    lobby.opens("3")
    # By its own rules C1 would not let it go first yet.
    strict = replace(lobby.line.services["C1"], early=timedelta(0))
    lobby.line = replace(lobby.line, services={**lobby.line.services, "C1": strict})
    appointment = lobby.checks_in("08:05", slot="08:10", service="A1")
    lobby.do(commands.Next("1"), "08:06")
    assert lobby.do(commands.Transfer(appointment, "C1"), "08:09") == Done(appointment)
    ticket = lobby.line.tickets[appointment]
    assert (ticket.service, ticket.state) == ("C1", TicketState.WAITING)
    kept = rank(ticket, at("08:09"), ranking_service(ticket, lobby.line.services))
    assert kept == (RankClass.RIGHT_OF_WAY, at("08:10"), 1)
    assert lobby.line.counters["1"].ticket is None
    assert lobby.do(commands.Next("3"), "08:10") == Called(appointment, "3")


def test_transfer_needs_a_service_that_is_there(lobby: Played) -> None:
    number = lobby.walks_in("08:00")
    lobby.do(commands.Next("1"), "08:01")
    assert reason(lobby.do(commands.Transfer(number, "NO"), "08:02")) is Reason.UNKNOWN_SERVICE


def test_parked_person_is_picked_and_nobody_else_calls_them(lobby: Played) -> None:
    number = lobby.walks_in("08:00")
    lobby.do(commands.Next("1"), "08:01")
    assert lobby.do(commands.Park(number), "08:02") == Done(number, "1")
    assert lobby.do(commands.Next("1"), "08:03") == NobodyWaits("1")
    assert lobby.do(commands.Pick("2", number), "08:04") == Called(number, "2")
    assert reason(lobby.do(commands.Pick("1", number), "08:05")) is Reason.NOT_PARKED


def test_parked_person_may_wait_again_with_the_old_rank(lobby: Played) -> None:
    number, _ = lobby.walks_in("08:00"), lobby.walks_in("08:01")
    lobby.do(commands.Next("1"), "08:01")
    lobby.do(commands.Park(number), "08:02")
    lobby.do(commands.Back(number), "09:30")
    assert lobby.do(commands.Next("1"), "09:31") == Called(number, "1")


def test_urgent_comes_before_every_appointment(lobby: Played) -> None:
    lobby.checks_in("08:00", slot="08:05")
    number = lobby.walks_in("08:01")
    lobby.do(commands.MakeUrgent(number, Urgency.HEALTH), "08:02")
    assert lobby.do(commands.Next("1"), "08:02") == Called(number, "1")


def test_who_left_is_not_called(lobby: Played) -> None:
    number = lobby.walks_in("08:00")
    lobby.do(commands.Cancel(number), "08:01")
    assert lobby.do(commands.Next("1"), "08:02") == NobodyWaits("1")
    assert reason(lobby.do(commands.Cancel(number), "08:03")) is Reason.NOT_WAITING


def test_person_who_has_waited_long_gets_right_of_way_where_the_site_wants_it() -> None:
    lobby = Played()
    lobby.opens("1")
    limited = replace(lobby.line.services["A1"], max_wait=timedelta(minutes=40))
    lobby.line = replace(lobby.line, services={**lobby.line.services, "A1": limited})
    number = lobby.walks_in("08:00")
    lobby.checks_in("08:38", slot="08:41")
    ticket = lobby.line.tickets[number]
    assert rank(ticket, at("08:39:59"), limited).rank_class is RankClass.ORDINARY
    assert rank(ticket, at("08:40"), limited) == (RankClass.RIGHT_OF_WAY, at("08:40"), 1)
    assert lobby.do(commands.Next("1"), "08:40") == Called(number, "1")


@pytest.mark.parametrize(
    ("mode", "walk_in", "appointment"),
    [
        (Mode.APPOINTMENTS_ONLY, Reason.APPOINTMENTS_ONLY, None),
        (Mode.CLOSED, Reason.LOBBY_CLOSED, Reason.LOBBY_CLOSED),
    ],
)
def test_mode_of_the_day_decides_who_is_taken_in(
    lobby: Played, mode: Mode, walk_in: Reason, appointment: Reason | None
) -> None:
    lobby.do(commands.SetMode(mode), "08:00")
    assert reason(lobby.do(commands.Issue("A1"), "08:01")) is walk_in
    answer = lobby.do(commands.CheckIn(booking("08:10")), "08:02")
    assert (reason(answer) if appointment else None) is appointment
    assert isinstance(lobby.do(commands.Issue("A1", by_staff=True), "08:03"), Given)


def test_reception_gives_out_what_walk_ins_cannot_take(lobby: Played) -> None:
    assert isinstance(lobby.do(commands.Issue("D1", by_staff=True), "08:00"), Given)


def test_mode_lasts_for_the_day(lobby: Played) -> None:
    lobby.do(commands.SetMode(Mode.CLOSED), "08:00")
    assert lobby.line.day is not None
    lobby.do(commands.TurnDay(lobby.line.day + timedelta(days=1)), "23:00")
    assert lobby.line.mode is Mode.OPEN


def test_paused_counter_calls_nobody_and_keeps_its_person(lobby: Played) -> None:
    number, _ = lobby.walks_in("08:00"), lobby.walks_in("08:01")
    lobby.do(commands.Next("1"), "08:02")
    assert lobby.do(commands.Pause("1"), "08:03") == Done(number, "1")
    assert lobby.line.counters["1"].state is CounterState.PAUSED
    assert reason(lobby.do(commands.Next("1"), "08:04")) is Reason.COUNTER_CLOSED
    assert state(lobby, number) is TicketState.CALLED


def test_counter_that_stands_by_gets_the_next_ticket_at_once(lobby: Played) -> None:
    assert lobby.do(commands.StandBy("1"), "08:00") == Done(None, "1")
    number = lobby.walks_in("08:05")
    assert state(lobby, number) is TicketState.CALLED
    assert lobby.line.counters["1"].ticket == number
    assert not lobby.line.counters["1"].stands_by
    assert state(lobby, lobby.walks_in("08:06")) is TicketState.WAITING


def test_standing_by_with_people_waiting_calls_at_once(lobby: Played) -> None:
    number = lobby.walks_in("08:00")
    lobby.do(commands.StandBy("1"), "08:01")
    assert lobby.line.counters["1"].ticket == number


def test_of_several_standing_by_the_one_with_the_least_choice_is_filled_first(
    lobby: Played,
) -> None:
    lobby.do(commands.OpenCounter("2", frozenset({"A1"})), "08:00")
    lobby.do(commands.StandBy("1"), "08:01")
    lobby.do(commands.StandBy("2"), "08:02")
    papers, letter = lobby.walks_in("08:03", "A1"), lobby.walks_in("08:04", "B1")
    assert lobby.line.tickets[papers].counter == "2"
    assert lobby.line.tickets[letter].counter == "1"


def test_wish_waits_for_a_counter_that_can_grant_it(lobby: Played) -> None:
    seated = replace(lobby.line.counters["2"], offers=frozenset({Wish.SEATED}))
    lobby.line = replace(lobby.line, counters={**lobby.line.counters, "2": seated})
    answer = lobby.do(commands.Issue("A1", frozenset({Wish.SEATED})), "08:00")
    assert isinstance(answer, Given)
    second = lobby.walks_in("08:01")
    assert lobby.do(commands.Next("1"), "08:02") == Called(second, "1")
    assert lobby.do(commands.Next("2"), "08:02") == Called(answer.ticket, "2")


def test_wish_that_no_open_counter_grants_keeps_nobody_waiting_for_ever(lobby: Played) -> None:
    seated = Counter("3", frozenset({"A1"}), offers=frozenset({Wish.SEATED}))
    lobby.line = replace(lobby.line, counters={**lobby.line.counters, "3": seated})
    answer = lobby.do(commands.Issue("A1", frozenset({Wish.SEATED})), "08:00")
    assert isinstance(answer, Given)
    assert lobby.do(commands.Next("1"), "08:02") == Called(answer.ticket, "1")


def test_wish_for_more_time_doubles_the_time_between_calls(lobby: Played) -> None:
    lobby.do(commands.Issue("A1", frozenset({Wish.MORE_TIME})), "08:00")
    lobby.do(commands.Next("1"), "08:01")
    assert reason(lobby.do(commands.Recall("1"), "08:02:29")) is Reason.TOO_SOON
    assert isinstance(lobby.do(commands.Recall("1"), "08:02:30"), Called)


def test_wish_does_not_move_the_rank(lobby: Played) -> None:
    first = lobby.walks_in("08:00")
    lobby.do(commands.Issue("A1", frozenset({Wish.MORE_TIME})), "08:01")
    assert lobby.do(commands.Next("1"), "08:02") == Called(first, "1")


class TestUndo:
    """`undo` for ten seconds."""

    def test_call_is_taken_back_with_the_conversation_that_it_ended(self, lobby: Played) -> None:
        first, second = lobby.walks_in("08:00"), lobby.walks_in("08:01")
        lobby.do(commands.Next("1"), "08:02")
        lobby.do(commands.Start(first), "08:03")
        before = lobby.line
        lobby.do(commands.Next("1"), "08:10")
        assert lobby.do(commands.Undo("1"), "08:10:10") == Done(first, "1")
        assert lobby.line.tickets == before.tickets
        assert lobby.line.counters == before.counters
        assert state(lobby, second) is TicketState.WAITING

    def test_ten_seconds_later_it_is_too_late(self, lobby: Played) -> None:
        lobby.walks_in("08:00")
        lobby.do(commands.Next("1"), "08:02")
        assert reason(lobby.do(commands.Undo("1"), "08:02:11")) is Reason.NOTHING_TO_UNDO

    def test_only_the_last_step_and_only_once(self, lobby: Played) -> None:
        lobby.walks_in("08:00")
        lobby.do(commands.Next("1"), "08:02")
        assert lobby.do(commands.Undo("1"), "08:02:01") == Done(None, "1")
        assert reason(lobby.do(commands.Undo("1"), "08:02:02")) is Reason.NOTHING_TO_UNDO

    def test_who_was_called_elsewhere_meanwhile_is_not_called_back(self, lobby: Played) -> None:
        number = lobby.walks_in("08:00")
        lobby.do(commands.Next("1"), "08:02")
        lobby.do(commands.NoShow(number, force=True), "08:02:01")
        lobby.do(commands.Back(number), "08:02:02")
        lobby.do(commands.Next("2"), "08:02:03")
        assert reason(lobby.do(commands.Undo("1"), "08:02:04")) is Reason.NOTHING_TO_UNDO

    def test_other_counters_steps_stay(self, lobby: Played) -> None:
        first, second = lobby.walks_in("08:00"), lobby.walks_in("08:00")
        lobby.do(commands.Next("1"), "08:02")
        lobby.do(commands.Next("2"), "08:02:01")
        lobby.do(commands.Undo("1"), "08:02:02")
        assert state(lobby, first) is TicketState.WAITING
        assert state(lobby, second) is TicketState.CALLED

    def test_closing_by_mistake(self, lobby: Played) -> None:
        lobby.do(commands.CloseCounter("1"), "08:02")
        lobby.do(commands.Undo("1"), "08:02:02")
        assert lobby.line.counters["1"].state is CounterState.OPEN


def test_secret_of_a_slip_is_kept_with_its_ticket_and_found_by_it(lobby: Played) -> None:
    lobby.do(commands.Issue("A1", follow="one"), "08:00")
    lobby.do(commands.CheckIn(booking("08:05"), follow="two"), "08:00")
    without = lobby.walks_in("08:01")
    tickets = lobby.line.tickets
    assert lobby.line.followed("one") is tickets["A001"]
    assert lobby.line.followed("two") is tickets["A002"]
    assert tickets[without].follow == ""
    assert lobby.line.followed("") is None
    assert lobby.line.followed("three") is None


def test_same_code_again_keeps_the_secret_that_is_on_the_slip(lobby: Played) -> None:
    for follow in ("one", "two"):
        lobby.do(commands.CheckIn(booking("08:05"), follow=follow), "08:00")
    assert lobby.line.tickets["A001"].follow == "one"


def test_copies_of_a_slip_are_counted(lobby: Played) -> None:
    number = lobby.walks_in("08:00")
    assert lobby.line.tickets[number].copies == 0
    for copies in (1, 2):
        lobby.do(commands.Reprint(number), "08:01")
        assert lobby.line.tickets[number].copies == copies
