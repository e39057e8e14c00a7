"""What each command does, and when it is refused."""

from __future__ import annotations

from datetime import timedelta

import pytest

from appliance.line import commands, events, model
from appliance.line.answers import Called, Done, Given, NobodyWaits, Reason, Refused
from appliance.line.model import CounterState, TicketState
from tests.support.lobby import DAY, Played, at, booking, empty_line


@pytest.fixture
def lobby() -> Played:
    played = Played()
    played.opens("1", "2")
    return played


def reason(answer: object) -> Reason:
    assert isinstance(answer, Refused)
    return answer.reason


def test_numbers_count_for_each_letter_from_one(lobby: Played) -> None:
    given = [lobby.walks_in("08:00", service) for service in ("A1", "B1", "A1")]
    assert given == ["A001", "B001", "A002"]


def test_issue_sequence_counts_over_all_services(lobby: Played) -> None:
    for service in ("A1", "B1", "A1"):
        lobby.walks_in("08:00", service)
    assert [ticket.sequence for ticket in lobby.line.tickets.values()] == [1, 2, 3]


def test_same_code_twice_gives_the_same_number(lobby: Played) -> None:
    number = lobby.checks_in("09:15", slot="09:20")
    again = lobby.do(commands.CheckIn(booking("09:20")), "09:16")
    assert again == Given(number, again=True)
    assert len(lobby.line.tickets) == 1
    assert lobby.line.tickets[number].shown == 2


def test_booking_of_another_day_gets_no_number(lobby: Played) -> None:
    tomorrow = model.Booking("x", at("09:20", DAY + timedelta(days=1)), 10, "A1")
    assert reason(lobby.do(commands.CheckIn(tomorrow), "09:16")) is Reason.OTHER_DAY


def test_adviser_appointment_gets_no_place_in_the_line(lobby: Played) -> None:
    adviser = model.Booking("x", at("09:20"), 30, "A1", place="112")
    assert reason(lobby.do(commands.CheckIn(adviser), "09:16")) is Reason.NO_PLACE_IN_LINE


@pytest.mark.parametrize(
    ("service", "why"),
    [
        ("C1", Reason.WALK_INS_REDIRECTED),
        ("D1", Reason.WALK_INS_OFF),
        ("NO", Reason.UNKNOWN_SERVICE),
    ],
)
def test_service_decides_what_walk_ins_get(lobby: Played, service: str, why: Reason) -> None:
    assert reason(lobby.do(commands.Issue(service), "08:00")) is why
    assert not lobby.line.tickets


def test_after_999_numbers_get_four_digits(lobby: Played) -> None:
    issued = events.TicketIssued(at("08:00"), "A999", 1, "A1")
    lobby.line = lobby.line.apply(issued)
    assert lobby.walks_in("08:01") == "A1000"


def test_no_number_is_given_twice_when_the_range_is_used_up(lobby: Played) -> None:
    lobby.line = lobby.line.apply(events.TicketIssued(at("08:00"), "A9999", 1, "A1"))
    assert reason(lobby.do(commands.Issue("A1"), "08:01")) is Reason.NUMBERS_EXHAUSTED


def test_next_finishes_first_whom_the_counter_serves(lobby: Played) -> None:
    first, second = lobby.walks_in("08:00"), lobby.walks_in("08:01")
    lobby.do(commands.Next("1"), "08:02")
    assert lobby.do(commands.Next("1"), "08:07") == Called(second, "1")
    assert lobby.line.tickets[first].state is TicketState.SERVED
    assert lobby.line.counters["1"].ticket == second


def test_next_with_nobody_waiting_frees_the_counter(lobby: Played) -> None:
    lobby.walks_in("08:00")
    lobby.do(commands.Next("1"), "08:02")
    assert lobby.do(commands.Next("1"), "08:07") == NobodyWaits("1")
    assert lobby.line.counters["1"].ticket is None


def test_two_counters_at_the_same_instant_get_two_people(lobby: Played) -> None:
    first, second = lobby.walks_in("08:00"), lobby.walks_in("08:00")
    assert lobby.do(commands.Next("1"), "08:02") == Called(first, "1")
    assert lobby.do(commands.Next("2"), "08:02") == Called(second, "2")


def test_closed_counter_calls_nobody(lobby: Played) -> None:
    lobby.walks_in("08:00")
    lobby.do(commands.CloseCounter("1"), "08:01")
    assert reason(lobby.do(commands.Next("1"), "08:02")) is Reason.COUNTER_CLOSED


def test_counter_that_closes_keeps_the_person_who_is_at_it(lobby: Played) -> None:
    number = lobby.walks_in("08:00")
    lobby.do(commands.Next("1"), "08:01")
    assert lobby.do(commands.CloseCounter("1"), "08:02") == Done(number, "1")
    assert lobby.do(commands.Finish(number), "08:05") == Done(number, "1")
    assert lobby.line.tickets[number].state is TicketState.SERVED


def test_counter_opens_for_the_services_that_it_is_told(lobby: Played) -> None:
    lobby.do(commands.OpenCounter("1", frozenset({"B1"})), "08:00")
    lobby.walks_in("08:01", "A1")
    assert lobby.do(commands.Next("1"), "08:02") == NobodyWaits("1")


def test_counter_cannot_open_for_a_service_that_is_not_there(lobby: Played) -> None:
    command = commands.OpenCounter("1", frozenset({"NO"}))
    assert reason(lobby.do(command, "08:00")) is Reason.UNKNOWN_SERVICE


def test_recall_needs_time_between_calls(lobby: Played) -> None:
    number = lobby.walks_in("08:00")
    lobby.do(commands.Next("1"), "08:01")
    assert lobby.do(commands.Recall("1"), "08:01:44") == Refused(
        Reason.TOO_SOON, {"ticket": number, "seconds": "1"}
    )
    assert lobby.do(commands.Recall("1"), "08:01:45") == Called(number, "1")
    assert lobby.line.tickets[number].calls == 2


def test_recall_does_not_move_the_end_of_the_wait(lobby: Played) -> None:
    number = lobby.walks_in("08:00")
    lobby.do(commands.Next("1"), "08:01")
    lobby.do(commands.Recall("1"), "08:02")
    assert lobby.line.tickets[number].first_called == at("08:01")


def test_nobody_is_set_aside_before_the_third_call(lobby: Played) -> None:
    number = lobby.walks_in("08:00")
    lobby.do(commands.Next("1"), "08:01")
    lobby.do(commands.Recall("1"), "08:02")
    assert lobby.do(commands.NoShow(number), "08:03") == Refused(
        Reason.CALL_AGAIN_FIRST, {"ticket": number, "calls": "1"}
    )
    lobby.do(commands.Recall("1"), "08:03")
    assert lobby.do(commands.NoShow(number), "08:04") == Done(number, "1")
    assert lobby.line.tickets[number].state is TicketState.SET_ASIDE
    assert lobby.line.counters["1"].ticket is None


def test_force_sets_aside_at_once(lobby: Played) -> None:
    number = lobby.walks_in("08:00")
    lobby.do(commands.Next("1"), "08:01")
    assert lobby.do(commands.NoShow(number, force=True), "08:01") == Done(number, "1")


def test_conversation_that_began_is_no_no_show(lobby: Played) -> None:
    number = lobby.walks_in("08:00")
    lobby.do(commands.Next("1"), "08:01")
    lobby.do(commands.Start(number), "08:02")
    answer = lobby.do(commands.NoShow(number, force=True), "08:03")
    assert reason(answer) is Reason.ALREADY_STARTED


@pytest.mark.parametrize("verb", [commands.Start, commands.Finish, commands.NoShow])
def test_who_was_not_called_cannot_be_served(
    lobby: Played, verb: type[commands.Start | commands.Finish | commands.NoShow]
) -> None:
    number = lobby.walks_in("08:00")
    assert reason(lobby.do(verb(number), "08:01")) is Reason.NOT_AT_A_COUNTER
    assert reason(lobby.do(verb("Z999"), "08:01")) is Reason.UNKNOWN_TICKET


@pytest.mark.parametrize("verb", [commands.Next, commands.Recall, commands.CloseCounter])
def test_counter_that_is_not_there_is_refused(
    lobby: Played, verb: type[commands.Next | commands.Recall | commands.CloseCounter]
) -> None:
    assert reason(lobby.do(verb("9"), "08:01")) is Reason.UNKNOWN_COUNTER


def test_refusal_changes_nothing(lobby: Played) -> None:
    lobby.walks_in("08:00")
    before = lobby.line
    lobby.do(commands.Recall("1"), "08:01")
    assert lobby.line is before or lobby.line == before


def test_day_turns_with_everyone_accounted_for(lobby: Played) -> None:
    served, waiting = lobby.walks_in("08:00"), lobby.walks_in("08:01")
    lobby.do(commands.Next("1"), "08:02")
    lobby.do(commands.Finish(served), "08:03")
    midnight = at("00:00", DAY + timedelta(days=1))
    decision = lobby.line.decide(commands.TurnDay(DAY + timedelta(days=1)), midnight)
    closed = [e.ticket for e in decision.events if isinstance(e, events.TicketClosed)]
    assert closed == [waiting]
    lobby.line = lobby.line.apply_all(decision.events)
    assert not lobby.line.tickets
    assert lobby.line.counters["1"].state is CounterState.OPEN
    assert lobby.walks_in("08:00") == "A001"


def test_each_day_stands_alone_in_the_journal(lobby: Played) -> None:
    lobby.walks_in("08:00")
    lobby.do(commands.Next("1"), "08:02")
    tomorrow = DAY + timedelta(days=1)
    decision = lobby.line.decide(commands.TurnDay(tomorrow), at("00:00", tomorrow))
    lived = lobby.line.apply_all(decision.events)
    turn = next(i for i, e in enumerate(decision.events) if isinstance(e, events.DayTurned))
    assert empty_line().apply_all(decision.events[turn:]) == lived


def test_day_does_not_turn_back(lobby: Played) -> None:
    assert reason(lobby.do(commands.TurnDay(DAY), "09:00")) is Reason.OTHER_DAY
    yesterday = DAY - timedelta(days=1)
    assert reason(lobby.do(commands.TurnDay(yesterday), "09:00")) is Reason.OTHER_DAY
