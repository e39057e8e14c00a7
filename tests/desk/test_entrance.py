"""What a scan does: each row of the table in DESIGN.md, with real codes, at a real desk."""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from appliance.bus.link import Received
from appliance.bus.messages.asked import Scan
from appliance.bus.messages.payload import encode
from appliance.desk.forecasting import Forecasts, Told
from appliance.desk.printing import PrinterIs, SlipGivenUp, SlipPrinted
from appliance.desk.surroundings import Pressed
from appliance.drivers.lamps import Light
from appliance.drivers.printer import PrinterStatus
from appliance.journal.exporting import json_lines
from appliance.journal.looking import look_into
from appliance.line.model import TicketState, WalkIn
from appliance.strings import texts
from tests.checkin.forge import STRANGER
from tests.support.lobby import DAY, at, empty_line
from tests.support.office import ELSEWHERE, PREFIX, Office
from tests.support.table import TOPICS, Table

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from appliance.bus.messages.shown import KioskResult
    from appliance.desk.surroundings import SetSlip
    from appliance.line.model import Booking, Ticket


class Hall(Table):
    """A desk that judges real codes, and the office that makes them."""

    def __init__(self, folder: Path) -> None:
        line = empty_line()
        self.office = Office(folder, line)
        self.directed: list[Booking] = []
        self.redirected: list[str] = []
        super().__init__(
            folder,
            line,
            judge=self.office.reception,
            parts=(self.office.trust, self.office.books),
            follow=lambda: secrets.token_urlsafe(16),
            set_directions=self._directions,
            set_redirect=self._redirect,
        )

    def comes(
        self, slot: str, service: str = "A1", *, place: str | None = None
    ) -> tuple[Booking, KioskResult]:
        """Let somebody with an appointment hold up the code."""
        made = self.office.book(slot, service, place=place)
        return made, self.shows(made)

    def shows(self, made: Booking) -> KioskResult:
        return self.hold_up(self.office.code(made))

    def shows_slip(self, number: str) -> KioskResult:
        return self.hold_up(PREFIX + self.ticket(number).follow, "slip")

    def ticket(self, number: str = "A001") -> Ticket:
        return self.desk.line.tickets[number]

    def at_counter(self, *verbs: str) -> None:
        """Let counter 1 do this; `no_show` at once."""
        for verb in verbs:
            body = b'{"force": true}' if verb == "no_show" else b"{}"
            assert self.ask("counter.1", verb, body, secrets.token_bytes(16)).ok, verb

    def slips(self) -> list[tuple[str, bool]]:
        """Give the slips that went to the printer: what is on them, and whether as a copy."""
        return [(job.ticket, job.maybe_printed) for job in self.jobs]

    def slips_come_out(self) -> None:
        for number in range(len(self.jobs)):
            self.put(SlipPrinted(self.slip_id(number)))

    def _directions(self, made: Booking, _now: object, _language: str, **_: object) -> SetSlip:
        self.directed.append(made)
        return lambda _copy: ()

    def _redirect(self, service: str, _now: object, _language: str, **_: object) -> SetSlip:
        self.redirected.append(service)
        return lambda _copy: ()


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[Hall]:
    made = Hall(tmp_path)
    made.settle()
    yield made
    made.close()


def said(result: KioskResult, language: str = "en") -> str:
    """Give the words of a result, as the person reads them."""
    words = texts(language)(f"scan.{result.outcome}", **result.facts)
    return " ".join(filter(None, (words, result.more.get(language))))


def both(result: KioskResult) -> tuple[str, str]:
    return said(result, "de"), said(result, "en")


def test_in_time_a_slip_with_right_of_way(hall: Hall) -> None:
    made, result = hall.comes("08:05")
    assert both(result) == (
        (
            "Willkommen. Bitte nehmen Sie Ihre Nummer."
            " Mit Ihrem Termin um 08:05 Uhr haben Sie Vorrang."
        ),
        "Welcome. Please take your number. With your appointment at 08:05 you have right of way.",
    )
    assert (result.ticket, hall.slips()) == ("A001", [("A001", False)])
    assert hall.lights == [Light.WELCOME]
    assert hall.board().next[0].right_of_way
    assert hall.desk.line.by_booking == {made.id: "A001"}


def test_early_the_same_and_from_when_it_counts(hall: Hall) -> None:
    _, result = hall.comes("09:00")
    assert both(result) == (
        "Sie sind früh da. Bitte nehmen Sie Ihre Nummer. Ihr Vorrang gilt ab 08:50 Uhr.",
        "You are early. Please take your number. Your right of way starts at 08:50.",
    )
    assert (hall.slips(), hall.lights) == ([("A001", False)], [Light.WELCOME])
    assert not hall.board().next[0].right_of_way


def test_later_than_the_grace_a_slip_in_the_ordinary_line(hall: Hall) -> None:
    _, result = hall.comes("07:45")
    assert both(result) == (
        (
            "Ihr Termin war um 07:45 Uhr. Bitte nehmen Sie Ihre Nummer."
            " Sie werden der Reihe nach aufgerufen."
        ),
        (
            "Your appointment was at 07:45. Please take your number."
            " You are called in the ordinary order."
        ),
    )
    assert (hall.slips(), hall.lights) == ([("A001", False)], [Light.WELCOME])
    assert not hall.board().next[0].right_of_way


def test_same_code_again_the_same_number_and_how_it_stands(hall: Hall) -> None:
    hall.at_counter("open_counter")
    hall.comes("08:00")
    made, _ = hall.comes("08:05")
    result = hall.shows(made)
    assert both(result) == (
        (
            "Sie haben schon eine Nummer: A002. Bitte warten Sie, bis Ihre Nummer aufgerufen wird."
            " Vor Ihnen: 1."
        ),
        "You already have a number: A002. Please wait until your number is called. Before you: 1.",
    )
    assert (len(hall.desk.line.tickets), hall.ticket("A002").shown) == (2, 2)
    assert hall.lights[-1] is Light.LOOK
    assert hall.told(TOPICS.tickets, dict)["tickets"][1]["shown"] == 2


def test_same_code_in_a_hundred_frames_is_one_check_in_and_one_slip(hall: Hall) -> None:
    made = hall.office.book("08:05")
    scan = Scan(kind="code", kiosk="entrance", text=hall.office.code(made))
    for second in range(100):
        hall.clock.goes_to(at("08:00") + timedelta(seconds=second))
        hall.inbox.put(Received(TOPICS.scan, encode(scan)))
    hall.settle()
    hall.slips_come_out()
    assert list(hall.desk.line.tickets) == ["A001"]
    assert (hall.ticket().shown, hall.slips()) == (100, [("A001", False)])


def test_two_people_right_after_each_other_are_two_numbers(hall: Hall) -> None:
    _, first = hall.comes("08:05")
    _, second = hall.comes("08:05")
    assert (first.ticket, second.ticket) == ("A001", "A002")


def test_slip_comes_again_after_half_a_minute_away_twice_and_as_a_copy(hall: Hall) -> None:
    made, _ = hall.comes("08:05")
    hall.slips_come_out()
    for second, slips in ((29, 1), (58, 1), (88, 2), (118, 3), (148, 3), (500, 3)):
        hall.clock.goes_to(at("08:00") + timedelta(seconds=second))
        result = hall.shows(made)
        hall.slips_come_out()
        assert len(hall.jobs) == slips, second
        assert ("once more" in said(result)) is (second in {88, 118})
    assert hall.slips() == [("A001", False), ("A001", True), ("A001", True)]
    assert hall.ticket().copies == 2


def test_no_copy_while_the_slip_is_still_to_come_or_there_is_no_paper(hall: Hall) -> None:
    made, _ = hall.comes("08:05")
    hall.clock.goes_to(at("08:01"))
    hall.shows(made)
    assert len(hall.jobs) == 1
    hall.put(SlipGivenUp(hall.slip_id(), "A001"), PrinterIs(PrinterStatus.PAPER_OUT))
    hall.clock.goes_to(at("08:02"))
    hall.shows(made)
    assert len(hall.jobs) == 1
    hall.put(PrinterIs(PrinterStatus.READY))
    hall.clock.goes_to(at("08:03"))
    hall.shows(made)
    assert hall.slips() == [("A001", False), ("A001", True)]


def test_after_a_restart_there_are_no_more_copies_than_before(hall: Hall) -> None:
    made, _ = hall.comes("08:05")
    for minute in range(1, 9):
        hall.slips_come_out()
        hall.restart()
        hall.clock.goes_to(at(f"08:0{minute}"))
        hall.shows(made)
    assert hall.ticket().copies == 2


def test_called_where_to_go(hall: Hall) -> None:
    made, _ = hall.comes("08:05")
    hall.at_counter("open_counter", "next")
    assert both(hall.shows(made)) == (
        "Ihre Nummer A001 ist aufgerufen. Bitte gehen Sie jetzt zu Platz 1.",
        "Your number A001 was called. Please go to counter 1 now.",
    )
    assert hall.lights[-1] is Light.LOOK


def test_parked_that_the_counter_calls_again(hall: Hall) -> None:
    made, _ = hall.comes("08:05")
    hall.at_counter("open_counter", "next", "park")
    assert said(hall.shows(made)).endswith("The counter where you were will call you again.")
    assert said(hall.shows_slip("A001"), "de").endswith("ruft Sie wieder auf.")
    assert hall.ticket().state is TicketState.PARKED


@pytest.mark.parametrize("shows", ["code", "slip"])
def test_after_a_no_show_half_an_hour_long_the_number_comes_back_with_its_rank(
    hall: Hall, shows: str
) -> None:
    made, _ = hall.comes("08:00")
    hall.at_counter("open_counter", "next", "no_show")
    hall.comes("08:05")
    hall.clock.goes_to(at("08:30"))
    result = hall.shows(made) if shows == "code" else hall.shows_slip("A001")
    assert both(result) == (
        (
            "Sie haben schon eine Nummer: A001. Bitte warten Sie, bis Ihre Nummer aufgerufen wird."
            " Ihre Nummer gilt wieder, an ihrer alten Stelle. Vor Ihnen: 0."
        ),
        (
            "You already have a number: A001. Please wait until your number is called."
            " Your number counts again, in its old place. Before you: 0."
        ),
    )
    assert [each.ticket for each in hall.board().next] == ["A001", "A002"]
    assert hall.lights[-1] is Light.LOOK


@pytest.mark.parametrize("shows", ["code", "slip"])
def test_later_after_a_no_show_the_reception_helps(hall: Hall, shows: str) -> None:
    made, _ = hall.comes("08:00")
    hall.at_counter("open_counter", "next", "no_show")
    hall.clock.goes_to(at("08:30:01"))
    result = hall.shows(made) if shows == "code" else hall.shows_slip("A001")
    assert both(result) == (
        "Ihre Nummer A001 war schon an der Reihe. Bitte melden Sie sich am Empfang.",
        "It was already the turn of your number A001. Please go to the reception.",
    )
    assert hall.ticket().state is TicketState.SET_ASIDE


@pytest.mark.parametrize("shows", ["code", "slip"])
def test_served_a_new_number_is_offered(hall: Hall, shows: str) -> None:
    made, _ = hall.comes("08:00")
    hall.at_counter("open_counter", "next", "finish")
    result = hall.shows(made) if shows == "code" else hall.shows_slip("A001")
    assert both(result) == (
        (
            "Mit der Nummer A001 waren Sie schon da. Möchten Sie noch etwas?"
            " Dann nehmen Sie bitte eine neue Nummer."
        ),
        (
            "You have already been here with number A001. Is there anything else?"
            " Then please take a new number."
        ),
    )
    assert len(hall.jobs) == 1


@pytest.mark.parametrize("shows", ["code", "slip"])
def test_cancelled_by_staff_a_new_number_is_offered(hall: Hall, shows: str) -> None:
    made, _ = hall.comes("08:00")
    assert hall.ask("staff.reception", "cancel", b'{"ticket": "A001"}').ok
    result = hall.shows(made) if shows == "code" else hall.shows_slip("A001")
    assert both(result) == (
        "Die Nummer A001 gilt nicht mehr. Bitte nehmen Sie eine neue Nummer.",
        "Number A001 no longer counts. Please take a new number.",
    )
    assert len(hall.desk.line.tickets) == 1


def test_own_slip_tells_who_is_before_and_the_range_of_the_wait(hall: Hall) -> None:
    hall.at_counter("open_counter")
    hall.put(*[Pressed("A1")] * 5)
    assert both(hall.shows_slip("A005")) == (
        (
            "Sie haben schon eine Nummer: A005. Bitte warten Sie, bis Ihre Nummer aufgerufen wird."
            " Vor Ihnen: 4. Wartezeit: 10 bis 30 Minuten."
        ),
        (
            "You already have a number: A005. Please wait until your number is called."
            " Before you: 4. Waiting time: 10 to 30 minutes."
        ),
    )
    assert (hall.lights[-1], len(hall.jobs), hall.ticket("A005").shown) == (Light.LOOK, 5, 1)


def test_own_slip_tells_no_longer_wait_than_a_newcomer_is_told(hall: Hall) -> None:
    hall.at_counter("open_counter")
    hall.put(*[Pressed("A1")] * 5, Forecasts(Told(at("08:00"), {"A1": (5, 20)})))
    assert "Waiting time: 5 to 20 minutes." in said(hall.shows_slip("A005"))


def test_own_slip_of_somebody_early_tells_from_when_it_counts(hall: Hall) -> None:
    hall.comes("09:00")
    assert said(hall.shows_slip("A001")).endswith("Your right of way starts at 08:50.")


def test_own_slip_that_was_called_tells_the_counter(hall: Hall) -> None:
    hall.put(Pressed("A1"))
    hall.at_counter("open_counter", "next")
    assert said(hall.shows_slip("A001")).endswith("Please go to counter 1 now.")


def test_slip_of_another_day_or_of_nobody_gets_neutral_words(hall: Hall) -> None:
    hall.put(Pressed("A1"))
    of_yesterday = hall.ticket().follow
    hall.clock.goes_to(at("08:00", DAY + timedelta(days=1)))
    for token in (of_yesterday, "", "A001", "x" * 22, of_yesterday + "/", "?" * 400):
        assert both(hall.hold_up(PREFIX + token, "slip")) == (
            (
                "Mit diesem Code geht es hier leider nicht. Bitte fragen Sie am Empfang."
                " Wir helfen Ihnen weiter. Ohne Termin können Sie hier eine Nummer nehmen."
            ),
            (
                "Sorry, this code does not work here. Please ask at the reception."
                " We will help you. Without an appointment you can take a number here."
            ),
        )
    assert hall.lights[-1] is Light.ASK


def test_secret_of_a_slip_is_chance_and_leaves_the_device_nowhere(
    hall: Hall, tmp_path: Path
) -> None:
    hall.put(Pressed("A1"), Pressed("A1"))
    hall.comes("08:05")
    tokens = {ticket.follow for ticket in hall.desk.line.tickets.values()}
    assert {len(token) for token in tokens} == {22}
    assert len(tokens) == 3
    hall.shows_slip("A001")
    hall.restart()
    assert {ticket.follow for ticket in hall.desk.line.tickets.values()} == tokens
    hall.close()
    with look_into(tmp_path / "journal.sqlite") as look:
        exported = list(json_lines(look))
    assert len(exported) > 3
    published = [sent.payload.decode() for some in hall.sent.values() for sent in some]
    assert not [token for token in tokens for text in (*exported, *published) if token in text]


def test_adviser_the_way_the_attendance_and_no_place_in_the_line(hall: Hall) -> None:
    made, result = hall.comes("08:30", "X9", place="3.OG R.312")
    assert both(result) == (
        (
            "Ihr Termin ist um 08:30 Uhr hier: 3.OG R.312. Bitte gehen Sie direkt dorthin."
            " Sie brauchen keine Nummer."
        ),
        (
            "Your appointment is at 08:30, here: 3.OG R.312. Please go there directly."
            " You need no number."
        ),
    )
    assert (hall.directed, hall.slips()) == ([made], [("3.OG R.312", False)])
    assert hall.desk.line.attended == {made.id}
    assert hall.desk.line.tickets == {}
    assert (hall.lights, hall.journal.owed_slips()) == ([Light.LOOK], [])


def test_directions_come_again_as_rarely_as_a_slip(hall: Hall) -> None:
    made, _ = hall.comes("08:30", "X9", place="R.312")
    for second, slips in ((5, 1), (40, 2), (80, 3), (120, 3)):
        hall.clock.goes_to(at("08:00") + timedelta(seconds=second))
        assert hall.shows(made).outcome == "adviser"
        assert len(hall.directed) == slips, second


def test_wrong_day_the_right_one_and_what_there_is_today(hall: Hall) -> None:
    made = hall.office.book("09:10", day=DAY + timedelta(days=1))
    assert both(hall.shows(made)) == (
        (
            "Dieser Termin ist nicht heute. Er ist für den 03.03.2026 um 09:10 Uhr."
            " Möchten Sie heute etwas? Bitte fragen Sie am Empfang."
            " Ohne Termin können Sie hier eine Nummer nehmen."
        ),
        (
            "This appointment is not today. It is for 03.03.2026 at 09:10."
            " Do you need something today? Please ask at the reception."
            " Without an appointment you can take a number here."
        ),
    )
    assert (hall.jobs, hall.desk.line.tickets) == ([], {})
    assert hall.lights == [Light.LOOK]


def test_wrong_day_of_a_service_that_is_elsewhere_says_where(hall: Hall) -> None:
    made = hall.office.book("09:10", "C1", day=DAY + timedelta(days=1))
    assert said(hall.shows(made)).endswith("Without an appointment: Hall 2.")
    assert said(hall.shown(), "de").endswith("Ohne Termin: Halle 2.")


def test_wrong_day_of_a_service_by_appointment_only_says_so(hall: Hall) -> None:
    made = hall.office.book("09:10", "D1", day=DAY + timedelta(days=1))
    assert said(hall.shows(made)).endswith("This is by appointment only.")


def test_what_there_is_without_an_appointment_is_what_the_line_would_give(hall: Hall) -> None:
    made = hall.office.book("09:10", day=DAY + timedelta(days=1))
    hall.ask("staff.reception", "set_mode", b'{"mode": "appointments_only"}')
    assert said(hall.shows(made)).endswith("Today is by appointment only.")


def test_wrong_site_which_one_in_words(hall: Hall) -> None:
    result = hall.hold_up(hall.office.code(hall.office.book("09:10"), site=ELSEWHERE))
    assert both(result) == (
        (
            "Dieser Termin ist an einem anderen Standort: Amt Nord. Er ist für den 02.03.2026 um"
            " 09:10 Uhr. Ohne Termin können Sie hier eine Nummer nehmen."
        ),
        (
            "This appointment is at another site: Amt Nord. It is for 02.03.2026 at 09:10."
            " Without an appointment you can take a number here."
        ),
    )
    assert (hall.jobs, hall.lights) == ([], [Light.LOOK])


def test_service_of_another_lobby_which_one_in_words(hall: Hall) -> None:
    _, result = hall.comes("08:05", "L1")
    assert both(result) == (
        (
            "Ihr Termin um 08:05 Uhr ist in einem anderen Wartebereich."
            " Bitte fragen Sie am Empfang nach dem Weg. Der Wartebereich ist: Hall 3."
        ),
        (
            "Your appointment at 08:05 is in another waiting area."
            " Please ask the way at the reception. The waiting area is: Hall 3."
        ),
    )
    _, unknown = hall.comes("08:05", "L2")
    assert both(unknown) == (
        (
            "Ihr Termin um 08:05 Uhr ist in einem anderen Wartebereich."
            " Bitte fragen Sie am Empfang nach dem Weg."
        ),
        (
            "Your appointment at 08:05 is in another waiting area."
            " Please ask the way at the reception."
        ),
    )
    assert (hall.jobs, hall.lights) == ([], [Light.LOOK] * 2)


def test_cancelled_neutral_words_and_what_there_is_today(hall: Hall) -> None:
    made = hall.office.book("08:05")
    hall.office.tell(made)
    assert both(hall.shows(made)) == (
        (
            "Der Termin am 02.03.2026 um 08:05 Uhr ist abgesagt. Möchten Sie heute etwas?"
            " Bitte fragen Sie am Empfang. Ohne Termin können Sie hier eine Nummer nehmen."
        ),
        (
            "The appointment on 02.03.2026 at 08:05 was cancelled. Do you need something today?"
            " Please ask at the reception. Without an appointment you can take a number here."
        ),
    )
    assert (hall.jobs, hall.lights) == ([], [Light.ASK])


def test_code_whose_cancellation_has_not_come_is_honoured_and_then_stays_so(hall: Hall) -> None:
    made, result = hall.comes("08:05")
    assert result.outcome == "in_time"
    hall.office.tell(made)
    assert hall.shows(made).outcome == "again"


def test_unknown_key_or_bad_signature_neutral_words_and_what_there_is(hall: Hall) -> None:
    code = hall.office.code(hall.office.book("08:05"), key=STRANGER)
    for text in (code, code[:-1], "LB1:", "LB1:" + "0" * 500, "LB1:\0"):
        assert said(hall.hold_up(text)) == (
            "Sorry, this code does not work here. Please ask at the reception."
            " We will help you. Without an appointment you can take a number here."
        )
    assert (hall.jobs, set(hall.lights)) == ([], {Light.ASK})


def test_over_since_yesterday_neutral_words(hall: Hall) -> None:
    made = hall.office.book("08:05", day=DAY - timedelta(days=1))
    assert hall.shows(made).outcome == "expired"
    assert hall.lights == [Light.ASK]


@pytest.mark.parametrize("kind", ["url", "wifi", "contact", "other", "unheard-of"])
def test_other_qr_is_no_appointment_code(hall: Hall, kind: str) -> None:
    hall.put(Received(TOPICS.scan, encode(Scan(kind=kind, kiosk="entrance"))))
    assert both(hall.shown()) == (
        (
            "Das ist kein Termincode. Bitte zeigen Sie den Code aus Ihrer Terminbestätigung,"
            " oder fragen Sie am Empfang."
        ),
        (
            "This is not an appointment code. Please show the code from your confirmation,"
            " or ask at the reception."
        ),
    )
    assert (hall.jobs, hall.lights) == ([], [Light.ASK])


def test_several_codes_in_one_picture_help_and_none_is_taken(hall: Hall) -> None:
    hall.put(Received(TOPICS.scan, encode(Scan(kind="several", kiosk="entrance"))))
    assert both(hall.shown()) == (
        "Hier sind mehrere Codes zu sehen. Bitte zeigen Sie nur einen.",
        "There is more than one code in view. Please show only one.",
    )
    assert (hall.desk.line.tickets, hall.lights) == ({}, [Light.LOOK])


def test_what_is_held_up_for_long_and_cannot_be_read_gets_help(hall: Hall) -> None:
    hall.put(Received(TOPICS.scan, encode(Scan(kind="unreadable", kiosk="entrance"))))
    assert both(hall.shown()) == (
        (
            "Der Code ist nicht zu lesen. Bitte machen Sie den Bildschirm heller und halten Sie"
            " ihn flach, etwa 15 cm vor die Kamera."
            " Oder nennen Sie am Empfang Ihre Kurznummer."
        ),
        (
            "The code cannot be read. Please make the screen brighter and hold it flat,"
            " about 15 cm from the camera. Or tell the reception your short number."
        ),
    )
    assert (hall.jobs, hall.lights) == ([], [Light.ASK])


@pytest.mark.parametrize("kind", ["code", "slip"])
def test_scan_without_its_text_is_no_code(hall: Hall, kind: str) -> None:
    hall.put(Received(TOPICS.scan, encode(Scan(kind=kind, kiosk="entrance"))))
    assert hall.shown().outcome == "foreign"


def test_press_for_what_is_done_elsewhere_a_slip_that_says_where(hall: Hall) -> None:
    hall.put(Pressed("C1"))
    assert said(hall.shown()) == (
        "We are sorry. There is no number without an appointment for this here."
        " Without an appointment: Hall 2."
    )
    assert (hall.redirected, hall.slips()) == (["C1"], [("C1", False)])
    assert hall.ask("kiosk.entrance", "issue", b'{"service": "C1"}').reason == "walk_ins_redirected"
    assert hall.redirected == ["C1", "C1"]
    assert hall.desk.line.services["C1"].walk_in is WalkIn.REDIRECT


def test_press_that_gives_a_number_is_welcome_and_one_that_does_not_is_helped(hall: Hall) -> None:
    hall.put(Pressed("A1"), Pressed("D1"))
    assert hall.lights == [Light.WELCOME, Light.ASK]
    assert hall.redirected == []


def test_ring_of_light_belongs_to_the_desks_own_kiosk(hall: Hall) -> None:
    made = hall.office.book("08:05")
    scan = Scan(kind="code", kiosk="side-door", text=hall.office.code(made))
    hall.put(Received(TOPICS.scan, encode(scan)))
    assert TOPICS.kiosk_result("side-door") in hall.sent
    assert hall.lights == []


def test_old_tickets_without_a_secret_are_nobodys(tmp_path: Path) -> None:
    line = empty_line()
    table = Table(tmp_path, line, judge=Office(tmp_path, line).reception)
    table.put(Pressed("A1"))
    assert table.desk.line.tickets["A001"].follow == ""
    assert table.hold_up(PREFIX, "slip").outcome == "refused"
    table.close()
