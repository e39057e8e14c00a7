"""The desk with a real journal and a real line: what comes in, what is told, what stays."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from appliance.bus.link import Acknowledged, Received
from appliance.bus.messages import asked, shown
from appliance.bus.messages.alive import Health
from appliance.bus.messages.payload import decode
from appliance.checkin.admission import Admission
from appliance.checkin.outcomes import Outcome
from appliance.desk.forecasting import Forecasts, Told
from appliance.desk.printing import PrinterIs, SlipGivenUp, SlipPrinted
from appliance.desk.surroundings import Pressed
from appliance.drivers.printer import PrinterStatus
from appliance.line.model import TicketState
from tests.support.lobby import at, booking
from tests.support.table import KEY, TOPICS, Table

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def table(tmp_path: Path) -> Iterator[Table]:
    made = Table(tmp_path)
    made.settle()
    yield made
    made.close()


def test_press_gives_a_number_a_slip_and_a_place_on_the_board(table: Table) -> None:
    table.put(Pressed("A1"))
    assert [job.ticket for job in table.jobs] == ["A001"]
    assert table.shown() == shown.KioskResult(outcome="taken", facts={}, ticket="A001")
    assert [waiting.ticket for waiting in table.board().next] == ["A001"]
    assert [slip.ticket for slip in table.journal.owed_slips()] == ["A001"]


def test_press_for_a_service_without_walk_ins_tells_why(table: Table) -> None:
    table.put(Pressed("D1"))
    result = table.shown()
    assert (result.outcome, result.ticket, table.jobs) == ("not_here", None, [])
    assert result.facts == {"sentence": "This is by appointment only."}


def test_scan_in_time_gives_right_of_way(table: Table) -> None:
    result = table.scan(Admission(Outcome.IN_TIME, {"time": "08:05"}, booking("08:05")))
    assert (result.outcome, result.ticket) == ("in_time", "A001")
    assert table.board().next == [shown.Waiting(ticket="A001", right_of_way=True)]


def test_same_code_again_shows_the_same_number_and_prints_nothing_more(table: Table) -> None:
    table.scan(Admission(Outcome.IN_TIME, {"time": "08:05"}, booking("08:05")))
    again = Admission(Outcome.AGAIN, {"ticket": "A001"}, booking("08:05"), "A001")
    assert table.scan(again).ticket == "A001"
    assert len(table.jobs) == 1
    assert table.desk.line.tickets["A001"].shown == 2


@pytest.mark.parametrize("outcome", [Outcome.WRONG_DAY, Outcome.CANCELLED, Outcome.ADVISER])
def test_scan_that_admits_nobody_gives_no_number(table: Table, outcome: Outcome) -> None:
    assert table.scan(Admission(outcome, {}, booking("08:05"))).ticket is None
    assert not table.desk.line.tickets


def test_counter_calls_whom_the_line_says(table: Table) -> None:
    table.put(Pressed("A1"))
    table.ask("counter.1", "open_counter", key=b"1" * 16)
    reply = table.ask("counter.1", "next", key=b"2" * 16)
    assert reply == asked.Reply(ok=True, ticket="A001", counter="1")
    (call,) = table.board().calls
    assert (call.ticket, call.counter) == ("A001", "1")


def test_call_that_was_taken_back_and_made_again_is_spoken_again(table: Table) -> None:
    table.put(Pressed("A1"))
    table.ask("counter.1", "open_counter", key=b"1" * 16)
    table.clock.passes(timedelta(seconds=3))
    table.ask("counter.1", "next", key=b"2" * 16)
    (first,) = table.board().calls
    table.clock.passes(timedelta(seconds=3))
    table.ask("counter.1", "undo", key=b"3" * 16)
    table.ask("counter.1", "next", key=b"4" * 16)
    (again,) = table.board().calls
    assert (again.ticket, again.counter) == (first.ticket, first.counter)
    # A board speaks each id once.
    assert again.id != first.id


def test_same_key_gets_the_same_reply_and_does_nothing_twice(table: Table) -> None:
    table.put(Pressed("A1"), Pressed("A1"))
    table.ask("counter.1", "open_counter", key=b"1" * 16)
    assert table.ask("counter.1", "next") == table.ask("counter.1", "next")
    assert table.desk.line.tickets["A002"].state is TicketState.WAITING


def test_same_key_gets_the_same_reply_after_a_restart(table: Table) -> None:
    table.put(Pressed("A1"), Pressed("A1"))
    table.ask("counter.1", "open_counter", key=b"1" * 16)
    first = table.ask("counter.1", "next")
    table.restart()
    assert table.ask("counter.1", "next") == first


def test_same_key_for_something_else_is_refused(table: Table) -> None:
    table.ask("counter.1", "open_counter")
    reply = table.ask("counter.1", "next")
    assert (reply.ok, reply.reason) == (False, "key_reused")


def test_same_key_of_two_callers_are_two_commands(table: Table) -> None:
    assert table.ask("counter.1", "open_counter").counter == "1"
    assert table.ask("counter.2", "open_counter").counter == "2"


@pytest.mark.parametrize("key", [None, b"", b"short", b"x" * 17])
def test_command_without_a_key_of_16_bytes_is_refused(table: Table, key: bytes | None) -> None:
    assert table.ask("counter.1", "open_counter", key=key).reason == "no_key"


@pytest.mark.parametrize(
    ("caller", "verb", "body", "reason"),
    [
        ("counter.1", "dance", b"{}", "unknown_verb"),
        ("counter.1", "next", b"no JSON", "malformed"),
        ("counter.1", "next", b'{"counter": "2"}', "not_yours"),
        ("counter.1", "issue", b'{"service": "A1"}', "not_yours"),
        ("kiosk.entrance", "next", b'{"counter": "1"}', "not_yours"),
        ("staff.reception", "next", b"{}", "incomplete"),
        ("kiosk.entrance", "issue", b"{}", "incomplete"),
        ("kiosk.entrance", "issue", b'{"service": "D1"}', "walk_ins_off"),
        ("counter.1", "finish", b"{}", "incomplete"),
        ("counter.9", "next", b"{}", "unknown_counter"),
        ("counter.1", "call", b"{}", "incomplete"),
        ("counter.1", "call", b'{"ticket": "A009"}', "counter_closed"),
        ("counter.1", "transfer", b'{"ticket": "A009"}', "incomplete"),
        ("counter.1", "back", b'{"ticket": "A009"}', "unknown_ticket"),
        ("counter.1", "undo", b"{}", "nothing_to_undo"),
        ("counter.1", "stand_by", b"{}", "counter_closed"),
        ("counter.1", "urgent", b'{"ticket": "A001", "urgent": "health"}', "not_yours"),
        ("staff.reception", "urgent", b'{"ticket": "A001"}', "incomplete"),
        ("staff.reception", "urgent", b'{"ticket": "A001", "urgent": "so"}', "malformed"),
        ("staff.reception", "set_mode", b"{}", "incomplete"),
        ("staff.reception", "set_hours", b"{}", "incomplete"),
        ("staff.reception", "set_hours", b'{"hours": ["8-12"]}', "malformed"),
        ("staff.reception", "set_hours", b'{"hours": ["12:00-08:00"]}', "hours_unclear"),
        ("staff.reception", "set_notice", b"{}", "incomplete"),
        ("staff.reception", "set_notice", b'{"notice": "%s"}' % (b"x" * 121), "malformed"),
        ("staff.reception", "reprint", b'{"ticket": "A009"}', "unknown_ticket"),
        ("counter.1", "set_notice", b'{"notice": "x"}', "not_yours"),
    ],
)
def test_refusal_says_why_in_a_word_and_a_sentence(
    table: Table, caller: str, verb: str, body: bytes, reason: str
) -> None:
    reply = table.ask(caller, verb, body)
    assert (reply.ok, reply.reason) == (False, reason)
    assert reply.sentence


@pytest.mark.parametrize(
    ("verb", "body"),
    [
        ("recall", b"{}"),
        ("start", b"{}"),
        ("finish", b"{}"),
        ("no_show", b'{"force": true}'),
        ("transfer", b'{"service": "B1"}'),
        ("park", b"{}"),
        ("undo", b"{}"),
        ("stand_by", b"{}"),
        ("pause", b"{}"),
        ("close_counter", b"{}"),
        ("next", b"{}"),
        ("call", b'{"ticket": "A002"}'),
    ],
)
def test_counter_may_do_its_part(table: Table, verb: str, body: bytes) -> None:
    table.put(Pressed("A1"), Pressed("A1"))
    table.ask("counter.1", "open_counter", key=b"1" * 16)
    table.ask("counter.1", "next", key=b"2" * 16)
    if verb == "recall":
        table.clock.goes_to(at("08:01"))
    before = table.desk.line
    assert table.ask("counter.1", verb, body, key=b"3" * 16).ok
    assert table.desk.line != before


@pytest.mark.parametrize(
    ("verb", "body"),
    [
        ("issue", b'{"service": "D1", "wishes": ["seated"]}'),
        ("urgent", b'{"ticket": "A001", "urgent": "health"}'),
        ("cancel", b'{"ticket": "A001"}'),
        ("set_mode", b'{"mode": "appointments_only"}'),
        ("set_hours", b'{"hours": ["08:00-11:00"]}'),
        ("set_notice", b'{"notice": "Heute nur bis 11 Uhr"}'),
    ],
)
def test_reception_may_do_its_part(table: Table, verb: str, body: bytes) -> None:
    table.put(Pressed("A1"))
    before = table.desk.line
    assert table.ask("staff.reception", verb, body).ok
    assert table.desk.line != before


def test_counter_cannot_finish_another_counters_ticket(table: Table) -> None:
    table.put(Pressed("A1"))
    table.ask("counter.1", "open_counter", key=b"1" * 16)
    table.ask("counter.1", "next", key=b"2" * 16)
    reply = table.ask("counter.2", "finish", b'{"ticket": "A001"}', key=b"3" * 16)
    assert (reply.reason, reply.sentence) == ("elsewhere", "A001 is not at this counter.")


def test_reply_goes_to_no_topic_but_the_callers_own(table: Table) -> None:
    for elsewhere in (TOPICS.board, TOPICS.reply("counter.2", "t"), None):
        command = TOPICS.command("counter.1", "open_counter")
        table.sent.clear()
        table.put(Received(command, b"{}", response_topic=elsewhere, correlation=KEY))
        assert all(sent.correlation is None for some in table.sent.values() for sent in some)


def test_kept_command_is_thrown_away_and_told(table: Table) -> None:
    command = TOPICS.command("kiosk.entrance", "issue")
    table.put(Received(command, b'{"service": "A1"}', retained=True, correlation=KEY))
    assert not table.desk.line.tickets
    assert table.alarms() == ["retained"]


def test_scan_that_cannot_be_read_is_told(table: Table) -> None:
    table.put(Received(TOPICS.scan, b"\xff"))
    assert table.alarms() == ["scan"]


def test_messages_that_are_not_what_they_should_be_are_counted(table: Table) -> None:
    command = TOPICS.command("counter.1", "open_counter")
    reply = TOPICS.reply("counter.1", "t")
    table.put(
        Received(TOPICS.scan, b"\xff"),
        Received(TOPICS.prefix + "counter.1/cmd/NO", b"{}", response_topic=reply, correlation=KEY),
        Received(command, b"{}", retained=True, correlation=KEY),
        Received(command, b"{}", response_topic=reply, correlation=b"short"),
        Received(command, b"[]", response_topic=reply, correlation=b"1" * 16),
        Received(command, b"{}", response_topic=TOPICS.board, correlation=b"2" * 16),
    )
    assert table.told(TOPICS.health, Health).refused == 6
    # What is read and refused is an everyday thing.
    table.ask("counter.1", "issue", b'{"service": "A1"}', key=b"3" * 16)
    assert table.told(TOPICS.health, Health).refused == 6


def test_bus_that_refuses_what_the_desk_says_is_told(table: Table) -> None:
    table.put(Acknowledged(7, heard=False, refusal=0x87))
    assert table.alarms() == ["bus"]


def test_restart_knows_everyone(table: Table) -> None:
    table.put(Pressed("A1"), Pressed("B1"))
    table.ask("counter.1", "open_counter", key=b"1" * 16)
    table.ask("counter.1", "next", key=b"2" * 16)
    lived = table.desk.line
    table.restart()
    assert table.desk.line == lived


def test_slip_owed_at_a_restart_is_printed_as_a_copy_while_it_is_young(table: Table) -> None:
    table.put(Pressed("A1"))
    table.restart()
    assert [(job.ticket, job.maybe_printed) for job in table.jobs] == [("A001", True)]


def test_slip_owed_for_long_is_told_to_staff(table: Table) -> None:
    table.put(Pressed("A1"))
    table.clock.goes_to(at("08:03"))
    table.restart()
    assert table.jobs == []
    assert table.alarms() == ["slip"]
    assert table.journal.owed_slips() == []


def test_printed_slip_is_owed_no_more(table: Table) -> None:
    table.put(Pressed("A1"))
    table.put(SlipPrinted(table.slip_id()))
    table.restart()
    assert table.jobs == []


def test_slip_given_up_is_told_with_its_number(table: Table) -> None:
    table.put(Pressed("A1"))
    table.put(SlipGivenUp(table.slip_id(), "A001"))
    assert table.alarms() == ["slip"]
    assert table.journal.owed_slips() == []


def test_without_paper_the_result_says_so_until_it_is_back(table: Table) -> None:
    table.put(PrinterIs(PrinterStatus.PAPER_OUT))
    assert table.alarms() == ["printer"]
    table.put(Pressed("A1"))
    assert not table.shown().paper
    table.put(PrinterIs(PrinterStatus.READY), Pressed("A1"))
    assert table.shown().paper
    assert table.alarms() == []


def test_day_turns_at_the_sites_midnight(table: Table) -> None:
    table.put(Pressed("A1"))
    table.clock.goes_to(at("23:59"))
    table.settle()
    assert list(table.desk.line.tickets) == ["A001"]
    # 00:00 in Berlin is 23:00 in UTC.
    table.clock.goes_to(at("23:59").replace(minute=0, hour=23))
    table.settle()
    assert not table.desk.line.tickets


def test_clock_that_steps_back_takes_nobody_along(table: Table) -> None:
    table.put(Pressed("A1"))
    table.clock.wall = at("07:00")
    table.put(Pressed("A1"))
    first, second = table.desk.line.tickets.values()
    assert at("06:59") <= first.taken <= second.taken <= at("07:01")


def test_board_is_kept_by_the_broker_and_results_are_not(table: Table) -> None:
    table.put(Pressed("A1"))
    for topic in (TOPICS.board, TOPICS.wait, TOPICS.promise, TOPICS.tickets, TOPICS.alarms):
        assert all(sent.retain for sent in table.sent[topic])
    assert not any(sent.retain for sent in table.sent[TOPICS.kiosk_result("entrance")])


def test_message_is_acknowledged_when_it_was_dealt_with_whatever_it_was(table: Table) -> None:
    messages_ = [
        Received(TOPICS.scan, b"\xff"),
        Received(TOPICS.prefix + "nonsense", b""),
        Received(TOPICS.command("counter.1", "dance"), b"{}", correlation=KEY),
        Received(TOPICS.command("counter.1", "next"), b"{}", retained=True),
    ]
    table.put(*messages_)
    assert table.acknowledged == messages_


def test_forecast_is_told_while_it_is_fresh_and_the_rough_range_after(table: Table) -> None:
    table.ask("counter.1", "open_counter")

    def told() -> list[tuple[int | None, int | None]]:
        wait = decode(table.sent[TOPICS.wait][-1].payload, shown.Wait)
        return [(each.low_min, each.high_min) for each in wait.services if each.service == "A1"]

    assert told() == [(0, 5)]
    assert table.forecasts_asked
    table.put(Forecasts(Told(at("08:00"), {"A1": (15, 40)})))
    assert told() == [(15, 40)]
    table.clock.goes_to(at("08:05:01"))
    table.settle()
    assert told() == [(0, 5)]


def test_service_without_a_forecast_tells_none(table: Table) -> None:
    table.ask("counter.1", "open_counter")
    table.put(Forecasts(Told(at("08:00"), {})))
    wait = decode(table.sent[TOPICS.wait][-1].payload, shown.Wait)
    assert all(each.low_min is None for each in wait.services)
