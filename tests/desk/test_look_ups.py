"""What the reception may look up, and what counters are told of a call."""

from __future__ import annotations

import json
import secrets
from contextlib import closing
from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest

from appliance.bus.messages import staff
from appliance.checkin.daybook import DayBook, Listed
from appliance.line.model import Because, Booking, Mode, WhyCalled
from tests.support.lobby import at
from tests.support.table import TOPICS, Table

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from appliance.bus.messages.asked import Reply
    from appliance.line.model import Ticket

TODAY = at("08:00").date()


def book(*bookings: Booking, revision: int = 1) -> DayBook:
    return DayBook(TODAY, {each.id: Listed(each) for each in bookings}, revision=revision)


def booking(minutes: int, service: str = "A1", place: str | None = None) -> Booking:
    return Booking(
        secrets.token_hex(12), at("08:00") + timedelta(minutes=minutes), 5, service, place
    )


class Hall(Table):
    """A desk with a book and slips of the test's own."""

    def __init__(self, folder: Path) -> None:
        self.book = book(revision=0)
        super().__init__(folder, day_book=self._day_book, is_our_slip=self._is_our_slip)

    def asks(self, verb: str, **body: object) -> Reply:
        """Ask as the reception, with a new key."""
        payload = json.dumps(body).encode()
        return self.ask("staff.reception-1", verb, payload, secrets.token_bytes(16))

    def _day_book(self, day: date) -> DayBook:
        assert day == TODAY
        return self.book

    def _is_our_slip(self, ticket: Ticket, check: str) -> bool:
        return check == f"OK{ticket.number}"


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[Hall]:
    with closing(Hall(tmp_path)) as hall:
        yield hall


def test_agenda_is_told_in_order_and_what_reads_the_same_shares_a_line(hall: Hall) -> None:
    hall.book = book(booking(30, "B1", "3.401"), booking(10), booking(10))
    agenda = hall.asks("agenda").agenda
    assert agenda is not None
    assert [(each.service, each.count, each.place) for each in agenda] == [
        ("A1", 2, None),
        ("B1", 1, "3.401"),
    ]


def test_agenda_that_never_came_is_not_an_empty_one(hall: Hall) -> None:
    assert hall.asks("agenda").reason == "no_list"
    hall.book = book()
    assert hall.asks("agenda").agenda == []


def test_agenda_that_fits_no_packet_is_told_as_far_as_it_goes(hall: Hall) -> None:
    hall.book = book(*(booking(minute, f"S{n}") for minute in range(400) for n in range(5)))
    reply = hall.asks("agenda")
    assert reply.agenda is not None
    assert 300 < len(reply.agenda) < 2000
    assert reply.sentence is not None
    # Whole moments, so that nobody looks for the rest of one.
    assert len(reply.agenda) % 5 == 0
    (sent,) = hall.sent[TOPICS.reply("staff.reception-1", "t")]
    assert len(sent.payload) <= 64 * 1024


def test_slip_is_ours_or_not(hall: Hall) -> None:
    number = hall.asks("issue", service="A1").ticket
    assert number is not None
    reply = hall.asks("check_slip", ticket=f" {number.lower()}", check=f"OK{number}")
    assert (reply.ok, reply.ticket) == (True, number)
    assert "08:00" in (reply.sentence or "")
    assert hall.asks("check_slip", ticket=number, check="OKA002").reason == "wrong_check"
    assert hall.asks("check_slip", ticket="A999", check="OKA999").reason == "unknown_ticket"


def test_looking_up_is_for_staff_and_leaves_no_trace(hall: Hall) -> None:
    hall.book = book(booking(10))
    key = secrets.token_bytes(16)
    assert hall.ask("counter.1", "agenda", b"{}", key).reason == "not_yours"
    assert len(hall.ask("staff.reception-1", "agenda", b"{}", key).agenda or ()) == 1
    hall.book = book(booking(10), booking(20), revision=2)
    # The same key is a new look: an answer of this morning would be wrong.
    assert len(hall.ask("staff.reception-1", "agenda", b"{}", key).agenda or ()) == 2


def told(hall: Hall) -> staff.Tickets:
    return hall.told(TOPICS.tickets, staff.Tickets)


def test_counters_are_told_why_somebody_was_called_also_after_a_restart(hall: Hall) -> None:
    hall.asks("issue", service="A1", language="uk")
    hall.asks("issue", service="A1")
    hall.asks("open_counter", counter="1")
    hall.asks("next", counter="1")
    why = WhyCalled(Because.FIRST_OF_ALL, passed=0, waiting=1)
    for _ in range(2):
        ticket = told(hall).tickets[0]
        assert (ticket.why, ticket.language, ticket.called) == (why, "uk", ticket.first_called)
        hall.restart()
    hall.clock.passes(timedelta(seconds=60))
    hall.asks("recall", counter="1")
    ticket = told(hall).tickets[0]
    # A recall chooses nobody: the reason stays that of the call.
    assert (ticket.why, ticket.calls) == (why, 2)
    assert ticket.called != ticket.first_called


def test_counters_and_reception_are_told_whom_the_lobby_takes_in(hall: Hall) -> None:
    hall.settle()
    assert (told(hall).mode, told(hall).hours) == (Mode.OPEN, None)
    hall.asks("set_mode", mode="appointments_only")
    assert told(hall).mode is Mode.APPOINTMENTS_ONLY


def test_more_people_than_one_message_has_room_for_are_told_as_far_as_it_goes(hall: Hall) -> None:
    for _ in range(700):
        hall.asks("issue", service="A1")
    hall.asks("open_counter", counter="1")
    called = hall.asks("next", counter="1").ticket
    tickets = told(hall)
    assert tickets.left_out > 0
    assert len(tickets.tickets) + tickets.left_out == 700
    numbers = [each.ticket for each in tickets.tickets]
    assert called in numbers
    waiting = [each.ticket for each in tickets.tickets if each.state == "waiting"]
    assert waiting == [f"A{number:03}" for number in range(2, 2 + len(waiting))]
    message = hall.sent[TOPICS.tickets][-1].payload
    assert len(message) < 64 * 1024
