"""Without a code: the short number at the kiosk and at the reception, at a real desk."""

from __future__ import annotations

import json
import secrets
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from appliance.drivers.lamps import Light
from tests.support.lobby import at, empty_line
from tests.support.office import Office
from tests.support.table import Table

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from appliance.bus.messages.asked import Reply
    from appliance.desk.surroundings import SetSlip
    from appliance.line.model import Booking

KIOSK, STAFF = "kiosk.entrance", "staff.reception"
SHORT, ADVISER, GONE, OTHER = "CDEFHJKM", "NPRTVWXY", "33334444", "77779999"


class Hall(Table):
    """A desk, the office, and who types."""

    def __init__(self, folder: Path) -> None:
        line = empty_line()
        self.office = Office(folder, line)
        self.booked = self.office.book("08:05", short=SHORT)
        self.adviser = self.office.book("09:00", "X9", place="R.312", short=ADVISER)
        self.gone = self.office.book("08:30", short=GONE)
        self.office.book("08:30", "L1", short=OTHER)
        self.office.tell(self.gone)
        self.directed: list[Booking] = []
        super().__init__(
            folder,
            line,
            judge=self.office.reception,
            set_directions=self._directions,
        )

    def types(self, caller: str, short: str, verb: str = "check_in_short") -> Reply:
        body = json.dumps({"short": short}).encode()
        return self.ask(caller, verb, body, secrets.token_bytes(16))

    def _directions(self, booking: Booking, _now: object, _language: str, **_: object) -> SetSlip:
        self.directed.append(booking)
        return lambda _copy: ()

    def comes_to_nothing(self, caller: str, times: int) -> list[str | None]:
        return [self.types(caller, "CCCCCCCC").reason for _ in range(times)]


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[Hall]:
    made = Hall(tmp_path)
    made.settle()
    yield made
    made.close()


@pytest.mark.parametrize("caller", [KIOSK, STAFF])
@pytest.mark.parametrize("typed", [SHORT, "cdef hjkm", " CDEF-HJKM ", "c.d.e.f.h.j.k.m"])
def test_typed_in_any_form_it_does_what_the_code_does(hall: Hall, caller: str, typed: str) -> None:
    reply = hall.types(caller, typed)
    assert (reply.ok, reply.ticket, reply.again) == (True, "A001", False)
    assert reply.sentence is not None
    assert reply.sentence.startswith("Welcome. Please take your number.")
    assert [job.ticket for job in hall.jobs] == ["A001"]
    assert hall.board().next[0].right_of_way
    again = hall.hold_up(hall.office.code(hall.booked))
    assert (again.outcome, again.ticket) == ("again", "A001")
    assert len(hall.desk.line.tickets) == 1


def test_code_first_and_then_the_number_give_the_same_ticket(hall: Hall) -> None:
    hall.hold_up(hall.office.code(hall.booked))
    reply = hall.types(STAFF, SHORT)
    assert (reply.ticket, reply.again) == ("A001", True)


def test_number_that_was_called_in_vain_comes_back_by_the_short_number_too(hall: Hall) -> None:
    hall.types(STAFF, SHORT)
    for verb, body in (("open_counter", b"{}"), ("next", b"{}"), ("no_show", b'{"force": true}')):
        assert hall.ask("counter.1", verb, body, secrets.token_bytes(16)).ok
    reply = hall.types(STAFF, SHORT)
    assert (reply.ok, reply.ticket) == (True, "A001")
    assert (reply.sentence or "").startswith("You already have a number: A001.")
    assert [each.ticket for each in hall.board().next] == ["A001"]


def test_kiosk_shows_what_it_would_show_for_the_code(hall: Hall) -> None:
    hall.types(KIOSK, SHORT)
    result = hall.shown()
    assert (result.outcome, result.facts["time"], result.ticket) == ("in_time", "08:05", "A001")
    assert hall.lights == [Light.WELCOME]


def test_screen_at_the_entrance_shows_nothing_of_what_the_reception_types(hall: Hall) -> None:
    hall.types(STAFF, SHORT)
    assert hall.lights == []
    assert not [topic for topic in hall.sent if "kiosk" in topic]


def test_same_key_gives_the_same_answer_after_a_restart(hall: Hall) -> None:
    body, key = json.dumps({"short": SHORT}).encode(), b"k" * 16
    first = hall.ask(KIOSK, "check_in_short", body, key)
    hall.restart()
    assert hall.ask(KIOSK, "check_in_short", body, key) == first
    assert hall.desk.line.tickets["A001"].shown == 1


@pytest.mark.parametrize("typed", ["CCCCCCCC", "1", "O0O0O0O0", "C" * 40, "LB1:", "ΑΒΓΔΕΖΗΘ"])
def test_wrong_number_gets_neutral_words(hall: Hall, typed: str) -> None:
    reply = hall.types(KIOSK, typed)
    assert (reply.ok, reply.reason) == (False, "no_such_booking")
    assert reply.sentence == (
        "We find no appointment for this number today."
        " Please check the eight characters, or ask at the reception."
    )
    assert (hall.shown().outcome, hall.shown().facts) == ("not_here", {"sentence": reply.sentence})
    assert hall.lights == [Light.ASK]


def test_cancelled_gets_the_words_of_the_code(hall: Hall) -> None:
    reply = hall.types(KIOSK, GONE)
    assert (reply.ok, reply.reason) == (False, "cancelled")
    assert (reply.sentence or "").startswith(
        "The appointment on 02.03.2026 at 08:30 was cancelled."
    )
    assert hall.shown().outcome == "cancelled"
    assert hall.desk.line.tickets == {}


def test_service_of_another_lobby_gets_the_words_of_the_code(hall: Hall) -> None:
    reply = hall.types(STAFF, OTHER)
    assert (reply.ok, reply.reason) == (False, "other_service")
    assert (reply.sentence or "").endswith("The waiting area is: Hall 3.")


def test_adviser_by_number_the_way_and_the_attendance(hall: Hall) -> None:
    reply = hall.types(KIOSK, ADVISER)
    assert (reply.ok, reply.ticket) == (True, None)
    assert "R.312" in (reply.sentence or "")
    assert hall.directed == [hall.adviser]
    assert hall.desk.line.attended == {hall.adviser.id}
    assert hall.shown().outcome == "adviser"


def test_staff_note_who_came_to_an_adviser_and_tell_the_way_themselves(hall: Hall) -> None:
    reply = hall.types(STAFF, ADVISER, "attended")
    assert reply.ok
    assert "R.312" in (reply.sentence or "")
    assert hall.directed == []
    assert hall.desk.line.attended == {hall.adviser.id}


@pytest.mark.parametrize(
    ("short", "reason"),
    [(SHORT, "has_place_in_line"), (GONE, "cancelled"), ("CCCCCCCC", "no_such_booking")],
)
def test_attended_is_for_advisers_alone(hall: Hall, short: str, reason: str) -> None:
    reply = hall.types(STAFF, short, "attended")
    assert (reply.ok, reply.reason) == (False, reason)
    assert reply.sentence
    assert hall.desk.line.tickets == {}


@pytest.mark.parametrize(
    ("caller", "verb"),
    [(KIOSK, "attended"), ("counter.1", "attended"), ("counter.1", "check_in_short")],
)
def test_others_may_not(hall: Hall, caller: str, verb: str) -> None:
    assert hall.types(caller, ADVISER, verb).reason == "not_yours"


def test_number_is_required_and_bounded(hall: Hall) -> None:
    assert hall.ask(KIOSK, "check_in_short", b"{}", b"1" * 16).reason == "incomplete"
    long = b'{"short": "%s"}' % (b"C" * 41)
    assert hall.ask(KIOSK, "check_in_short", long, b"2" * 16).reason == "malformed"


def test_five_wrong_tries_at_a_kiosk_make_a_minute_of_rest(hall: Hall) -> None:
    assert hall.comes_to_nothing(KIOSK, 6) == ["no_such_booking"] * 5 + ["too_many_tries"]
    assert hall.types(KIOSK, SHORT).reason == "too_many_tries"
    hall.clock.goes_to(at("08:00:59"))
    assert hall.types(KIOSK, SHORT).reason == "too_many_tries"
    hall.clock.goes_to(at("08:01"))
    assert hall.types(KIOSK, SHORT).ok


def test_rest_is_for_the_caller_alone_and_later_for_staff(hall: Hall) -> None:
    hall.comes_to_nothing(KIOSK, 5)
    assert set(hall.comes_to_nothing(STAFF, 20)) == {"no_such_booking"}
    assert hall.types("staff.reception-2", SHORT).ok
    assert hall.types(STAFF, SHORT).reason == "too_many_tries"


def test_a_wrong_try_now_and_then_is_no_guessing(hall: Hall) -> None:
    for minutes in range(0, 60, 2):
        hall.clock.goes_to(at("08:00") + timedelta(minutes=minutes))
        assert hall.comes_to_nothing(KIOSK, 1) == ["no_such_booking"]


def test_without_the_days_list_no_number_is_known(tmp_path: Path) -> None:
    line = empty_line()
    table = Table(tmp_path, line, judge=Office(tmp_path, line).reception)
    reply = table.ask(STAFF, "check_in_short", json.dumps({"short": SHORT}).encode())
    assert reply.reason == "no_such_booking"
    table.close()
