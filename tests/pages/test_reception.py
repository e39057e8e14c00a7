"""The reception's page: numbers for those at the desk, and what the lobby does today."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final

from playwright.sync_api import expect

from appliance.bus.messages.issued import Booked, Bookings
from appliance.bus.messages.payload import encode
from appliance.line import events
from appliance.line.model import Mode, Urgency, Wish
from tests.pages.hall import EIGHT, until

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.pages.conftest import MakeHall
    from tests.pages.hall import Hall

HOURS: Final = """
[hours]
monday = ["08:00-16:00"]
"""
"""The second of March 2026 is a Monday."""


def told(page: Page, text: str) -> None:
    expect(page.locator(".outcome")).to_contain_text(re.compile(text))


def test_number_is_given_out_with_what_the_person_needs(hall: Hall) -> None:
    page = hall.reception()
    page.get_by_label("Frage zu einem Brief").check()
    page.get_by_text("Wünsche und Sprache").click()
    page.get_by_label("Sitzplatz").check()
    page.get_by_label("Zettel in Großschrift").check()
    page.get_by_label("Sprache", exact=True).last.select_option("uk")
    page.get_by_role("button", name="Nummer vergeben").click()
    expect(page.locator(".result .number")).to_have_text("B001")
    (issued,) = hall.of(events.TicketIssued)
    assert (issued.service, issued.wishes, issued.spoken) == ("B1", {Wish.SEATED}, "uk")
    assert issued.reads_large
    # For the next person nothing of it is left.
    expect(page.get_by_label("Sitzplatz")).not_to_be_checked()
    expect(page.get_by_label("Zettel in Großschrift")).not_to_be_checked()
    page.get_by_role("button", name="Nummer vergeben").click()
    until(lambda: len(hall.of(events.TicketIssued)) == 2, "the next number")
    assert not hall.of(events.TicketIssued)[1].reads_large


def test_ticket_is_put_first_printed_again_and_cancelled(hall: Hall) -> None:
    first, second = hall.issue("A1", "A1")
    page = hall.reception()
    page.get_by_role("button", name=f"Ändern: {second}").click()
    page.get_by_role("button", name="Dringend").click()
    page.get_by_label("Sicherheit").check()
    page.get_by_role("button", name="Nach vorn stellen").click()
    told(page, f"{second} kommt als Nächstes dran")
    numbers = page.locator("table.line").first.locator("tbody th")
    expect(numbers).to_have_text([second, first])
    assert hall.of(events.TicketMadeUrgent)[0].urgent is Urgency.SAFETY
    page.get_by_role("button", name=f"Ändern: {first}").click()
    page.get_by_role("button", name="Zettel noch einmal", exact=True).click()
    told(page, "kommt noch einmal")
    page.get_by_role("button", name=f"Ändern: {first}").click()
    page.get_by_role("button", name="Zettel noch einmal, in Großschrift").click()
    until(lambda: len(hall.of(events.SlipAskedAgain)) == 2, "a large slip")
    assert [each.reads_large for each in hall.of(events.SlipAskedAgain)] == [False, True]
    page.get_by_role("button", name=f"Ändern: {first}").click()
    page.get_by_role("button", name="Streichen").click()
    page.get_by_role("button", name="Streichen", exact=True).click()
    expect(numbers).to_have_text([second])


def test_nothing_is_cancelled_without_being_asked_once_more(hall: Hall) -> None:
    (number,) = hall.issue("A1")
    page = hall.reception()
    page.get_by_role("button", name=f"Ändern: {number}").click()
    page.get_by_role("button", name="Streichen").click()
    page.keyboard.press("Escape")
    expect(page.locator("dialog")).to_have_count(0)
    assert hall.of(events.TicketCancelled) == []


def test_today_is_switched_and_everyone_sees_it(make_hall: MakeHall) -> None:
    hall = make_hall(HOURS)
    page = hall.reception()
    other = hall.reception()
    hours = page.get_by_label("Öffnungszeiten heute")
    expect(hours).to_have_value("08:00-16:00")
    page.get_by_label("Nur mit Termin").check()
    page.locator("form.switch button").nth(0).click()
    told(page, "ab jetzt")
    expect(other.get_by_label("Nur mit Termin")).to_be_checked()
    hours.fill("8 bis 12")
    page.locator("form.switch button").nth(1).click()
    assert hours.evaluate("(field) => field.validationMessage")
    hours.fill("08:00-12:30, 14:00-15:00")
    page.locator("form.switch button").nth(1).click()
    expect(other.get_by_label("Öffnungszeiten heute")).to_have_value("08:00-12:30, 14:00-15:00")
    page.get_by_label("Hinweis auf der Anzeige").fill("Platz 2 öffnet um 10 Uhr.")
    page.locator("form.switch button").nth(2).click()
    expect(other.get_by_label("Hinweis auf der Anzeige")).to_have_value("Platz 2 öffnet um 10 Uhr.")
    assert hall.of(events.ModeSet)[0].mode is Mode.APPOINTMENTS_ONLY


def test_slip_is_checked_by_its_code(hall: Hall) -> None:
    (number,) = hall.issue("A1")
    text = hall.stage.printer.wait_for_slip(1, 20).text
    (check,) = re.findall(r"Prüfcode:?\s+(\w+)", text)
    page = hall.reception()
    page.get_by_label("Nummer auf dem Zettel").fill(number.lower())
    page.get_by_label("Prüfcode auf dem Zettel").fill("AAAAA")
    page.get_by_role("button", name="Prüfen").click()
    told(page, "Prüfcode darauf ist ein anderer")
    page.get_by_label("Prüfcode auf dem Zettel").fill(f" {check[:2].lower()} {check[2:]}")
    page.get_by_role("button", name="Prüfen").click()
    told(page, f"Die Nummer {number} wurde hier um 08:0")


def bring(hall: Hall, rows: list[Booked]) -> None:
    """Have the day's bookings there, as from the issuer."""
    folder = hall.stage.settings.device.state_dir / "days"
    folder.mkdir(exist_ok=True)
    day = date(2026, 3, 2)
    bookings = Bookings(as_of=EIGHT, day=day, revision=1, bookings=rows)
    (folder / f"bookings-{day}.json").write_bytes(encode(bookings))


def test_short_number_checks_in_and_notes_who_came_to_an_adviser(hall: Hall) -> None:
    rows = [
        Booked(
            id="01" * 12,
            slot=EIGHT + timedelta(minutes=5),
            minutes=5,
            service="A1",
            short="CDEFHJKM",
        ),
        Booked(
            id="02" * 12,
            slot=EIGHT + timedelta(minutes=9),
            minutes=30,
            service="B1",
            short="CDEFHJKN",
            place="3.401",
        ),
    ]
    bring(hall, rows)
    hall.stage.supervisor.kill("desk")
    until(lambda: hall.stage.supervisor.restarts["desk"] == 1, "the desk started again")
    page = hall.reception()
    short = page.get_by_label("Kurznummer aus der E-Mail")
    short.fill("cdef-hjkm")
    page.get_by_role("button", name="Einchecken").click()
    expect(page.locator(".result .number")).to_have_text("A001")
    short.fill("CDEF HJKN")
    page.get_by_role("button", name="Zur Beratung gekommen").click()
    told(page, "Ankunft ist vermerkt")
    short.fill("CDEF HJKX")
    page.get_by_role("button", name="Einchecken").click()
    told(page, "Kurznummer")
    page.get_by_role("button", name="Termine zeigen").click()
    agenda = page.locator("table.agenda tbody tr")
    expect(agenda).to_have_count(2)
    expect(agenda.nth(1)).to_contain_text("3.401")
    page.emulate_media(media="print")
    expect(page.locator("table.agenda")).to_be_visible()
    expect(page.locator("header")).to_be_hidden()


def test_agenda_that_never_came_is_not_an_empty_one(hall: Hall) -> None:
    page = hall.reception()
    page.get_by_role("button", name="Termine zeigen").click()
    told(page, "heißt nicht, dass es keine gibt")
    expect(page.locator("table.agenda")).to_be_hidden()


def test_alarm_says_what_to_do(hall: Hall) -> None:
    page = hall.reception()
    hall.stage.printer.paper.run_out()
    hall.issue("A1")
    expect(page.locator(".notes")).to_contain_text(re.compile("Papier"))
