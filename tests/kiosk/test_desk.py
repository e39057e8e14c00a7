"""What the desk does for a kiosk's screen: in the visitor's language, as often as for a button."""

from __future__ import annotations

import json
import secrets
from dataclasses import replace
from datetime import date, time, timedelta
from typing import TYPE_CHECKING

import pytest

from appliance.bus.link import Received
from appliance.bus.messages.asked import Scan
from appliance.bus.messages.payload import decode, encode
from appliance.bus.messages.shown import KioskResult, Wait
from appliance.desk.panel import Panel
from appliance.desk.printing import SlipPrinted
from appliance.desk.surroundings import Pressed
from appliance.desk.visitors import CHOSEN_FOR
from appliance.line.model import Wish
from appliance.line.opening import OpeningHours, Span
from appliance.line.rules import Rules
from tests.support.lobby import at, empty_line
from tests.support.office import Office
from tests.support.table import TOPICS, Table

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from appliance.bus.messages.asked import Reply
    from appliance.desk.surroundings import SetSlip
    from appliance.line.model import Booking
    from tests.support.table import Sent

KIOSK, STAFF = "kiosk.entrance", "staff.reception"
SHORT = "CDEFHJKM"


class Hall(Table):
    """A desk, an office, and somebody at the kiosk."""

    def __init__(
        self, folder: Path, panel: Panel | None = None, rules: Rules | None = None
    ) -> None:
        line = replace(empty_line(), rules=rules or Rules())
        self.office = Office(folder, line)
        self.redirected: list[tuple[str, str, bool]] = []
        self.directed: list[tuple[str, bool]] = []
        panel = panel or Panel(per_minute=1000)
        super().__init__(
            folder,
            line,
            judge=self.office.reception,
            set_redirect=self._redirect,
            set_directions=self._directions,
            panel=panel,
            parts=(panel,),
        )

    def asks(
        self, verb: str, caller: str = KIOSK, key: bytes | None = None, **body: object
    ) -> Reply:
        return self.ask(caller, verb, json.dumps(body).encode(), key or secrets.token_bytes(16))

    def result(self, kiosk: str = "entrance") -> Sent:
        return self.sent[TOPICS.kiosk_result(kiosk)][-1]

    def outcomes(self, kiosk: str = "entrance") -> list[str]:
        sent = self.sent.get(TOPICS.kiosk_result(kiosk), [])
        return [decode(each.payload, KioskResult).outcome for each in sent]

    def spoken(self, number: str = "A001") -> str:
        return self.desk.line.tickets[number].spoken

    def reads_large(self, number: str = "A001") -> bool:
        return self.desk.line.tickets[number].reads_large

    def _redirect(self, service: str, _now: object, language: str, *, large: bool) -> SetSlip:
        self.redirected.append((service, language, large))
        return lambda _copy: ()

    def _directions(self, _made: Booking, _now: object, language: str, *, large: bool) -> SetSlip:
        self.directed.append((language, large))
        return lambda _copy: ()


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[Hall]:
    made = Hall(tmp_path)
    made.settle()
    yield made
    made.close()


# A number by touch.


def test_touch_gives_a_number_with_wishes_and_language(hall: Hall) -> None:
    key = secrets.token_bytes(16)
    reply = hall.asks("issue", key=key, service="A1", wishes=["seated"], language="de")
    assert (reply.ok, reply.ticket) == (True, "A001")
    assert (hall.outcomes(), hall.result().correlation) == (["taken"], key)
    ticket = hall.desk.line.tickets["A001"]
    assert (ticket.spoken, ticket.wishes) == ("de", frozenset({Wish.SEATED}))


def test_scan_and_button_come_of_no_command(hall: Hall) -> None:
    hall.put(Pressed("A1"))
    assert hall.result().correlation is None


def test_same_touch_asked_again_is_one_number_and_told_once(hall: Hall) -> None:
    key = secrets.token_bytes(16)
    first = hall.asks("issue", key=key, service="A1")
    assert hall.asks("issue", key=key, service="A1") == first
    hall.restart()
    assert hall.asks("issue", key=key, service="A1") == first
    assert list(hall.desk.line.tickets) == ["A001"]


def test_refusal_is_in_the_visitors_language_and_that_of_staff_in_the_sites(hall: Hall) -> None:
    assert (hall.asks("issue", service="D1", language="de").sentence or "").startswith("Dieses")
    assert "sentence" in decode(hall.result().payload, KioskResult).facts
    assert decode(hall.result().payload, KioskResult).facts["sentence"].startswith("Dieses")
    assert (hall.asks("issue", service="X9", language="de").sentence or "").startswith("Das")
    refused = hall.asks("call", STAFF, counter="1", ticket="X1", language="de")
    assert (refused.sentence or "").startswith("Counter 1 is closed")
    hall.clock.goes_to(at("08:00:03"))
    assert (hall.asks("issue", service="D1", language="xx").sentence or "").startswith("This")


def test_what_is_done_elsewhere_is_on_a_slip_in_the_visitors_language(hall: Hall) -> None:
    assert not hall.asks("issue", service="C1", language="de").ok
    assert hall.redirected == [("C1", "de", False)]


@pytest.mark.parametrize("language", ["", "d", "DE", "deutsch", "de_DE", "de-", "../de"])
def test_language_that_is_none_is_refused(hall: Hall, language: str) -> None:
    assert hall.asks("issue", service="A1", language=language).reason == "malformed"
    assert hall.desk.line.tickets == {}


def test_plain_german_is_a_language_too(hall: Hall) -> None:
    assert hall.asks("issue", service="A1", language="de-simple").ok
    assert hall.spoken() == "de-simple"


# No more often than a button.


def test_one_number_a_touch_in_three_seconds_at_one_place(tmp_path: Path) -> None:
    hall = Hall(tmp_path, Panel())
    hall.settle()
    assert hall.asks("issue", service="A1").ok
    again = hall.asks("issue", service="A1", language="de")
    assert (again.ok, again.reason) == (False, "too_many_presses")
    assert (again.sentence or "").startswith("Einen Moment bitte.")
    assert hall.outcomes() == ["taken", "one_moment"]
    assert hall.asks("issue", service="B1").ok
    assert hall.asks("issue", "kiosk.yard", service="A1").ok
    hall.clock.goes_to(at("08:00:03"))
    assert hall.asks("issue", service="A1").ok
    hall.close()


def test_touches_and_buttons_of_a_place_share_a_budget(tmp_path: Path) -> None:
    hall = Hall(tmp_path, Panel(per_minute=3, per_press=timedelta()))
    hall.settle()
    hall.put(Pressed("A1"))
    assert [hall.asks("issue", service="A1").ok for _ in range(3)] == [True, True, False]
    hall.put(Pressed("A1"))
    assert hall.outcomes() == ["taken", "taken", "taken", "one_moment", "one_moment"]
    assert "presses" in hall.alarms()
    # The roll at another place is another roll, and the reception is not held to it.
    assert hall.asks("issue", "kiosk.yard", service="A1").ok
    assert hall.asks("issue", STAFF, service="A1").ok
    hall.close()


def test_answer_that_was_lost_is_given_again_however_often_it_is_touched(tmp_path: Path) -> None:
    hall = Hall(tmp_path, Panel(per_minute=1))
    hall.settle()
    key = secrets.token_bytes(16)
    first = hall.asks("issue", key=key, service="A1")
    assert first.ok
    assert hall.asks("issue", key=key, service="A1") == first
    hall.close()


# Which language is read at a kiosk.


def test_code_and_button_are_answered_in_the_language_that_was_chosen(hall: Hall) -> None:
    assert hall.asks("speak", language="de").ok
    hall.hold_up(hall.office.code(hall.office.book("08:05")))
    hall.put(Pressed("A1"), Pressed("D1"))
    assert (hall.spoken("A001"), hall.spoken("A002")) == ("de", "de")
    assert hall.shown().facts["sentence"].startswith("Dieses Anliegen")


def test_language_is_that_of_one_kiosk_and_of_one_visitor(hall: Hall) -> None:
    hall.asks("speak", language="de")
    code = hall.office.code(hall.office.book("08:05"))
    scan = Scan(kind="code", kiosk="side-door", text=code)
    hall.put(Received(TOPICS.scan, encode(scan)))
    assert hall.spoken() == ""
    hall.asks("speak")
    hall.put(Pressed("A1"))
    assert hall.spoken("A002") == ""


def test_language_of_a_kiosk_that_died_is_forgotten(hall: Hall) -> None:
    hall.asks("speak", language="de")
    hall.clock.goes_to(at("08:00") + CHOSEN_FOR)
    hall.put(Pressed("A1"))
    assert hall.spoken() == ""


def test_short_number_is_taken_in_the_visitors_language(hall: Hall) -> None:
    hall.office.book("08:05", short=SHORT)
    hall.office.tell()
    key = secrets.token_bytes(16)
    reply = hall.asks("check_in_short", key=key, short=SHORT, language="de")
    assert (reply.sentence or "").startswith("Willkommen.")
    assert (hall.spoken(), hall.result().correlation) == ("de", key)
    wrong = hall.asks("check_in_short", short="CCCCCCCC", language="de")
    assert (wrong.sentence or "").startswith("Zu dieser Kurznummer")
    told = hall.asks("check_in_short", STAFF, short=SHORT, language="de")
    assert (told.sentence or "").startswith("You already have a number")


def test_help_on_the_screen_is_as_good_as_the_button(hall: Hall) -> None:
    assert hall.asks("help", "kiosk.yard").ok
    assert hall.outcomes("yard") == ["help"]
    assert hall.alarms() == ["help"]


@pytest.mark.parametrize("verb", ["help", "speak"])
@pytest.mark.parametrize("caller", [STAFF, "counter.1"])
def test_only_a_kiosk_speaks_for_its_visitors(hall: Hall, caller: str, verb: str) -> None:
    assert hall.asks(verb, caller).reason == "not_yours"


# Who reads large type.


def test_who_reads_large_type_has_it_on_the_slip_by_touch_and_short_number(hall: Hall) -> None:
    hall.office.book("08:05", short=SHORT)
    hall.office.tell()
    hall.asks("issue", service="A1", large_print=True)
    hall.asks("check_in_short", short=SHORT, large_print=True)
    hall.asks("issue", STAFF, service="A1", large_print=True)
    hall.asks("issue", service="B1")
    assert [hall.reads_large(number) for number in ("A001", "A002", "A003", "B001")] == [
        *(True, True, True, False)
    ]


def test_code_and_button_give_large_print_as_long_as_it_is_chosen(hall: Hall) -> None:
    hall.asks("speak", large_print=True)
    hall.hold_up(hall.office.code(hall.office.book("08:05")))
    hall.put(Pressed("A1"), Pressed("C1"))
    assert (hall.reads_large("A001"), hall.reads_large("A002")) == (True, True)
    assert hall.redirected == [("C1", "", True)]
    # Answered in the site's language: they chose none.
    assert (hall.spoken("A001"), hall.spoken("A002")) == ("", "")
    hall.asks("speak")
    hall.put(Pressed("A1"))
    assert not hall.reads_large("A003")
    hall.asks("speak", large_print=True)
    hall.clock.goes_to(at("08:00") + CHOSEN_FOR)
    hall.put(Pressed("A1"))
    assert not hall.reads_large("A004")


def test_way_to_an_adviser_and_elsewhere_is_in_large_print_too(hall: Hall) -> None:
    hall.asks("speak", language="de", large_print=True)
    hall.hold_up(hall.office.code(hall.office.book("09:00", place="R.312")))
    assert hall.directed == [("de", True)]
    hall.asks("issue", service="C1", large_print=True)
    assert hall.redirected == [("C1", "", True)]


def test_copy_is_in_large_print_for_who_says_so_after_the_first_slip(hall: Hall) -> None:
    hall.asks("issue", service="A1")
    assert hall.asks("reprint", STAFF, ticket="A001", large_print=True).ok
    assert hall.reads_large()
    # From now on: without being told again, too.
    hall.asks("reprint", STAFF, ticket="A001")
    hall.restart()
    assert hall.reads_large()


def test_who_cannot_read_the_slip_gets_a_larger_one_for_the_same_code_at_once(hall: Hall) -> None:
    code = hall.office.code(hall.office.book("08:05"))
    hall.hold_up(code)
    hall.put(SlipPrinted(hall.slip_id()))
    assert not hall.reads_large()
    hall.asks("speak", large_print=True)
    for _ in range(3):
        hall.clock.goes_to(hall.clock.now() + timedelta(seconds=5))
        hall.hold_up(code)
        hall.put(SlipPrinted(hall.slip_id(len(hall.jobs) - 1)))
    assert hall.reads_large()
    assert [job.maybe_printed for job in hall.jobs] == [False, True]


def test_large_print_is_not_forgotten_by_a_desk_that_is_killed(hall: Hall) -> None:
    hall.asks("issue", service="A1", large_print=True)
    hall.restart()
    assert hall.reads_large()
    # The slip that was owed is printed, and set from this ticket.
    assert [job.ticket for job in hall.jobs] == ["A001"]
    assert hall.jobs[-1].maybe_printed


# Whether it is open.


def wait(hall: Hall) -> Wait:
    return hall.told(TOPICS.wait, Wait)


def test_screens_are_told_that_it_is_closed_and_until_when(tmp_path: Path) -> None:
    week = ((Span(time(8), time(12)),),) * 5 + ((), ())
    hall = Hall(tmp_path, rules=Rules(hours=OpeningHours(week)))
    hall.settle()
    assert (wait(hall).closed, wait(hall).opens) == (False, None)
    hall.clock.goes_to(at("12:00"))
    hall.settle()
    assert (wait(hall).closed, wait(hall).opens) == (True, at("08:00", date(2026, 3, 3)))
    hall.close()


def test_lobby_that_staff_closed_does_not_say_when_it_opens(hall: Hall) -> None:
    hall.asks("set_mode", STAFF, mode="closed")
    hall.settle()
    assert (wait(hall).closed, wait(hall).opens) == (True, None)
    hall.asks("set_mode", STAFF, mode="appointments_only")
    hall.settle()
    assert not wait(hall).closed
