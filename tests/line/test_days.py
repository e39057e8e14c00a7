"""The lobby's day: hours, the last ticket, the turn at midnight, and a clock that was wrong."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest

from appliance.line import commands, days, events
from appliance.line.answers import Called, Given, Reason, Refused
from appliance.line.model import Boot, Mode, TicketState
from appliance.line.opening import OpeningHours, Span, Spans
from tests.support.lobby import BERLIN, DAY, Played, at, booking, empty_line

MORNING: Spans = (Span(time(8), time(12, 30)),)
TWICE: Spans = (*MORNING, Span(time(14), time(16)))
WEEK = (TWICE, MORNING, (), TWICE, MORNING, (), ())
HOUR = timedelta(hours=1)


def with_hours(hours: OpeningHours | None = None) -> Played:
    """Give a lobby that opens Monday morning and afternoon."""
    lobby = Played()
    rules = replace(lobby.line.rules, hours=hours or OpeningHours(WEEK))
    lobby.line = replace(lobby.line, rules=rules)
    return lobby


def refusal(answer: object) -> Refused:
    assert isinstance(answer, Refused)
    return answer


def test_numbers_are_given_out_while_the_lobby_is_open() -> None:
    lobby = with_hours()
    for clock in ("08:00", "12:29", "14:00", "15:59"):
        assert isinstance(lobby.do(commands.Issue("A1"), clock), Given)


@pytest.mark.parametrize(
    ("clock", "day", "opens"),
    [
        ("07:59", DAY, time(8)),
        ("12:30", DAY, time(14)),
        ("16:00", DAY + timedelta(days=1), time(8)),
    ],
)
def test_outside_the_hours_a_person_is_told_when_it_opens(
    clock: str, day: date, opens: time
) -> None:
    told = refusal(with_hours().do(commands.Issue("A1"), clock))
    assert told.reason is Reason.OUTSIDE_HOURS
    assert told.facts == {"day": day, "time": opens}


def test_a_holiday_is_closed_and_the_next_opening_is_after_it() -> None:
    holidays = {DAY: (), DAY + timedelta(days=1): ()}
    lobby = with_hours(OpeningHours(WEEK, holidays))
    told = refusal(lobby.do(commands.Issue("A1"), "09:00"))
    # Wednesday is always closed.
    assert told.facts == {"day": date(2026, 3, 5), "time": time(8)}


def test_a_lobby_that_never_opens_says_no_day() -> None:
    lobby = with_hours(OpeningHours(((),) * 7))
    assert refusal(lobby.do(commands.Issue("A1"), "09:00")).reason is Reason.CLOSED_FOR_LONG


def test_an_appointment_and_the_reception_are_not_held_to_the_hours() -> None:
    lobby = with_hours()
    assert lobby.checks_in("07:50", slot="08:00")
    assert isinstance(lobby.do(commands.Issue("A1", by_staff=True), "13:00"), Given)


def test_staff_set_other_hours_for_today_only() -> None:
    lobby = with_hours()
    lobby.do(commands.SetHours((Span(time(10), time(11)),)), "09:00")
    assert refusal(lobby.do(commands.Issue("A1"), "09:01")).facts["time"] == time(10)
    assert isinstance(lobby.do(commands.Issue("A1"), "10:00"), Given)
    lobby.do(commands.TurnDay(DAY + timedelta(days=1)), "23:59")
    assert lobby.line.hours_today == MORNING


@pytest.mark.parametrize(
    "hours",
    [
        (Span(time(10), time(9)),),
        (Span(time(10), time(10)),),
        (Span(time(8), time(12)), Span(time(11), time(13))),
    ],
)
def test_hours_that_cannot_be_are_refused(hours: Spans) -> None:
    assert refusal(with_hours().do(commands.SetHours(hours), "09:00")).reason is (
        Reason.HOURS_UNCLEAR
    )


def test_who_would_be_called_after_closing_gets_no_number() -> None:
    lobby = with_hours()
    half_an_hour = commands.Issue("A1", expected=timedelta(minutes=30))
    assert isinstance(lobby.do(half_an_hour, "12:00"), Given)
    told = refusal(lobby.do(half_an_hour, "12:01"))
    assert told.reason is Reason.NO_MORE_TODAY
    assert told.facts == {"time": time(12, 30)}
    by_staff = replace(half_an_hour, by_staff=True)
    assert isinstance(lobby.do(by_staff, "12:02"), Given)
    kind = with_hours(OpeningHours(WEEK, last_ticket=False))
    assert isinstance(kind.do(half_an_hour, "12:01"), Given)


def test_notice_is_for_today() -> None:
    lobby = Played()
    lobby.do(commands.SetNotice("Heute nur bis 11 Uhr"), "08:00")
    assert lobby.line.notice == "Heute nur bis 11 Uhr"
    lobby.do(commands.TurnDay(DAY + timedelta(days=1)), "23:59")
    assert lobby.line.notice == ""


@pytest.mark.parametrize(
    ("day", "hours"),
    [(date(2026, 3, 29), 23), (date(2026, 10, 25), 25), (date(2026, 3, 2), 24)],
)
def test_the_day_turns_at_the_sites_midnight_whatever_the_season(day: date, hours: int) -> None:
    line = replace(empty_line(), day=day)
    midnight = datetime.combine(day, time(0), BERLIN).astimezone(UTC)
    almost = midnight + hours * HOUR - timedelta(seconds=1)
    assert days.due(line, midnight) is None
    assert days.due(line, almost) is None
    assert days.due(line, almost + timedelta(seconds=1)) == day + timedelta(days=1)


def test_a_new_day_counts_from_one() -> None:
    lobby = Played()
    lobby.walks_in("09:00")
    lobby.do(commands.TurnDay(DAY + timedelta(days=1)), "23:59")
    number = lobby.walks_in("23:59")
    assert (number, lobby.line.tickets[number].sequence) == ("A001", 1)


def test_in_the_night_of_two_two_oclocks_the_line_keeps_its_order() -> None:
    """On 25 October 2026 it is 02:30 twice in Berlin; an hour lies between the two."""
    lobby = Played()
    first_half_past = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    for number in range(2):
        moment = first_half_past + number * HOUR
        assert f"{moment.astimezone(BERLIN):%H:%M}" == "02:30"
        line = lobby.line
        lobby.line = line.apply_all(line.decide(commands.Issue("A1"), moment).events)
    lobby.opens("1")
    decision = lobby.line.decide(commands.Next("1"), first_half_past + 2 * HOUR)
    assert decision.answer == Called("A001", "1")


# A clock that was wrong.

EVENING = date(2026, 3, 1)


def booted_yesterday() -> Played:
    """Give the lobby of 07:30 that believes it is 17:55 of the day before.

    Of that day somebody is still left over.
    """
    lobby = Played()
    lobby.line = empty_line()
    lobby.line = lobby.line.apply(events.DayTurned(at("00:00", EVENING), EVENING))
    believed(lobby, commands.Issue("A1"), "17:40")
    believed(lobby, commands.BeginBoot(clock_sure=False), "17:55")
    return lobby


def believed(lobby: Played, command: commands.Command, clock: str) -> object:
    decision = lobby.line.decide(command, at(clock, EVENING))
    lobby.line = lobby.line.apply_all(decision.events)
    return decision.answer


def numbers(lobby: Played) -> list[str]:
    return list(lobby.line.tickets)


def test_when_the_time_arrives_everyone_who_waits_is_called_in_order_and_nobody_closed() -> None:
    lobby = booted_yesterday()
    lobby.opens("1")
    taken = [
        believed(lobby, commands.Issue("A1"), "17:56"),
        believed(lobby, commands.CheckIn(booking("08:00")), "18:00"),
        believed(lobby, commands.Issue("A1"), "18:10"),
    ]
    assert taken == [Given("A002"), Given("A003"), Given("A004")]
    # At 08:40 the time is there: what was believed to be 19:05.
    lobby.do(commands.SetClock(timedelta(hours=13, minutes=35)), "08:40")
    assert lobby.line.day == DAY
    assert numbers(lobby) == ["A002", "A003", "A004"]
    assert {t.state for t in lobby.line.tickets.values()} == {TicketState.WAITING}
    assert lobby.line.tickets["A002"].taken == at("07:31")
    calls = [lobby.do(commands.Next("1"), f"08:4{minute}") for minute in range(3)]
    # The appointment was there in time: it has right of way.
    assert calls == [Called("A003", "1"), Called("A002", "1"), Called("A004", "1")]
    assert lobby.do(commands.Issue("A1"), "08:45") == Given("A005")


def test_while_nobody_knows_the_time_appointments_come_first_by_their_slots() -> None:
    lobby = booted_yesterday()
    lobby.opens("1")
    believed(lobby, commands.Issue("A1"), "17:56")
    believed(lobby, commands.CheckIn(booking("08:20")), "17:57")
    believed(lobby, commands.CheckIn(booking("08:10")), "17:58")
    calls = [believed(lobby, commands.Next("1"), f"18:0{minute}") for minute in range(4)]
    assert calls == [Called(f"A00{number}", "1") for number in (4, 3, 1, 2)]


def test_a_day_does_not_turn_under_people_because_a_wrong_clock_says_midnight() -> None:
    lobby = booted_yesterday()
    believed(lobby, commands.Issue("A1"), "23:55")
    five_past = at("00:05")
    assert days.due(lobby.line, five_past) is None
    # Four hours without anybody: it was a night after all.
    assert days.due(lobby.line, at("03:55")) == DAY


def test_a_boot_with_a_clock_a_year_ahead_closes_nobody_who_waits() -> None:
    lobby = Played()
    waiting = lobby.walks_in("09:00")
    year_ahead = at("09:05") + timedelta(days=365)
    boot = lobby.line.decide(commands.BeginBoot(clock_sure=False), year_ahead)
    lobby.line = lobby.line.apply_all(boot.events)
    assert days.due(lobby.line, year_ahead + HOUR) is None
    lobby.do(commands.SetClock(-timedelta(days=365)), "10:05")
    assert lobby.line.day == DAY
    assert lobby.line.waiting.keys() == {waiting}
    assert lobby.line.waiting[waiting].taken == at("09:00")


@pytest.mark.parametrize("step", [HOUR, -HOUR, timedelta(days=365), -timedelta(days=365)])
def test_a_clock_step_moves_the_times_and_closes_nobody(step: timedelta) -> None:
    lobby = Played()
    lobby.do(commands.BeginBoot(clock_sure=True), "08:00")
    lobby.opens("1")
    walk_ins = [lobby.walks_in("09:00"), lobby.walks_in("09:01")]
    lobby.do(commands.Next("1"), "09:02")
    before = lobby.line
    stepped = at("09:03") + step
    decision = before.decide(commands.SetClock(step), stepped)
    line = before.apply_all(decision.events)
    assert line.day == stepped.astimezone(BERLIN).date()
    assert list(line.tickets) == walk_ins
    assert [t.state for t in line.tickets.values()] == [TicketState.CALLED, TicketState.WAITING]
    for ticket in line.tickets.values():
        assert ticket.taken == before.tickets[ticket.number].taken + step
    assert line.tickets["A001"].called == line.tickets["A001"].first_called == at("09:02") + step
    # What a counter did last is of another time: put back, it would bring that time along.
    undo = line.decide(commands.Undo("1"), stepped).answer
    assert refusal(undo).reason is Reason.NOTHING_TO_UNDO
    issue = line.decide(commands.Issue("A1"), stepped)
    assert issue.answer == Given("A003")


def test_who_was_taken_before_the_boot_keeps_the_time_of_then() -> None:
    lobby = Played()
    early = lobby.walks_in("09:00")
    lobby.do(commands.BeginBoot(clock_sure=True), "10:00")
    late = lobby.walks_in("10:10")
    lobby.do(commands.SetClock(HOUR), "11:15")
    tickets = lobby.line.tickets
    assert (tickets[early].taken, tickets[late].taken) == (at("09:00"), at("11:10"))


def test_a_power_cut_before_the_time_is_known_closes_nobody() -> None:
    lobby = booted_yesterday()
    believed(lobby, commands.Issue("A1"), "17:56")
    believed(lobby, commands.BeginBoot(clock_sure=False), "18:20")
    believed(lobby, commands.Issue("A1"), "18:21")
    lobby.do(commands.SetClock(timedelta(hours=13, minutes=35)), "08:40")
    assert numbers(lobby) == ["A002", "A003"]
    assert {t.taken for t in lobby.line.waiting.values()} == {at("07:31"), at("07:56")}


def test_a_new_day_still_knows_the_boot() -> None:
    lobby = Played()
    lobby.do(commands.BeginBoot(clock_sure=True, boot="one", uptime=timedelta(minutes=1)), "08:00")
    decision = lobby.line.decide(commands.TurnDay(DAY + timedelta(days=1)), at("23:59"))
    # As the journal is read again: from the turn of the day.
    start = next(n for n, e in enumerate(decision.events) if isinstance(e, events.DayTurned))
    boot = empty_line().apply_all(decision.events[start:]).boot
    assert boot == Boot("one", at("23:59"), timedelta(hours=16))


def test_what_staff_set_for_a_day_is_not_believed_on_an_unknown_one() -> None:
    lobby = Played()
    lobby.do(commands.SetMode(Mode.CLOSED), "17:00")
    modes = []
    for sure in (True, False):
        lobby.do(commands.BeginBoot(sure), "17:01")
        modes.append(lobby.line.mode)
    assert modes == [Mode.CLOSED, Mode.OPEN]


def test_numbers_that_may_be_out_already_are_given_to_nobody() -> None:
    lobby = Played()
    lobby.do(commands.GoOnFrom({"A": 500, "X": 500}), "09:00")
    assert lobby.walks_in("09:01") == "A501"
    assert lobby.walks_in("09:01", "B1") == "B001"
    lobby.do(commands.GoOnFrom({"A": 20}), "09:02")
    assert lobby.walks_in("09:03") == "A502"


# What has no place in the line.


def test_attendance_is_noted_once() -> None:
    lobby = Played()
    adviser = replace(booking("09:00"), place="3.14")
    first = lobby.line.decide(commands.Attend(adviser), at("08:55"))
    assert first.events == (events.Attended(at("08:55"), adviser),)
    lobby.line = lobby.line.apply_all(first.events)
    assert lobby.line.decide(commands.Attend(adviser), at("08:56")).events == ()
    assert numbers(lobby) == []


def test_a_slip_is_printed_again_for_a_number_of_today() -> None:
    lobby = Played()
    number = lobby.walks_in("08:00")
    again = lobby.line.decide(commands.Reprint(number), at("08:05"))
    assert again.events == (events.SlipAskedAgain(at("08:05"), number),)
    assert refusal(lobby.do(commands.Reprint("A999"), "08:06")).reason is Reason.UNKNOWN_TICKET
