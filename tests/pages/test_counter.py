"""The counter's page: one clerk, one key, and everything that can go wrong on the way."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from appliance.line import events
from tests.pages.hall import numbers_below, until

if TYPE_CHECKING:
    from tests.pages.conftest import MakeHall
    from tests.pages.hall import Hall

A_WHILE_MS = 1500


def test_wrong_password_is_told_and_the_name_stays(hall: Hall) -> None:
    page = hall.window()
    page.fill("#login-name", "3")
    page.fill("#login-password", "wrong")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_have_text(re.compile("stimmen nicht"))
    expect(page.locator("#login-name")).to_have_value("counter.3")
    hall.log_in(page, "3", "counter.3")
    expect(page.get_by_role("heading", name="Platz 3")).to_be_visible()


def test_login_outlives_a_reload_and_ends_with_the_tab(hall: Hall) -> None:
    clerk = hall.counter("3")
    clerk.page.reload()
    clerk.is_linked()
    kept = clerk.page.evaluate("JSON.stringify({...localStorage})")
    assert hall.stage.password("counter.3") not in kept
    another = clerk.page.context.new_page()
    another.goto(hall.url)
    expect(another.locator("#login-password")).to_be_visible()


def test_counter_is_opened_with_the_services_of_its_clerk(hall: Hall) -> None:
    clerk = hall.counter("3", opened=False)
    clerk.page.get_by_label("Anmelden oder neuer Antrag").uncheck()
    clerk.next.click()
    clerk.has_said("open_counter")
    (opened,) = hall.of(events.CounterOpened)
    assert opened.services == {"A1", "B1"}


def test_space_bar_calls_who_is_first_and_the_page_tells_who_it_is_and_why(hall: Hall) -> None:
    hall.issue("C1", "A1")
    hall.issue("B1", wishes=["seated"], language="uk")
    clerk = hall.counter("3")
    hall.check_in(5, "B1")
    assert clerk.calls() == "B002"
    person = clerk.page.locator(".person")
    expect(person).to_contain_text("Frage zu einem Brief")
    expect(person).to_contain_text("Vorrang: Termin um 08:05")
    expect(person).to_contain_text("3 Personen, die früher da waren, warten weiter")
    assert [clerk.calls(), clerk.calls()] == ["C001", "A001"]
    expect(person).to_contain_text("Ohne Termin")
    assert clerk.calls() == "B001"
    expect(person).to_contain_text("Ukrainisch")
    expect(person).to_contain_text("Sitzplatz")
    expect(person).to_contain_text("Sonst hat niemand für Sie gewartet")


def test_key_that_bounces_calls_one_person(hall: Hall) -> None:
    hall.issue("A1", "A1")
    clerk = hall.counter("3")
    expect(clerk.waiting).to_have_count(2)
    # As soon as somebody is called, and twice more: within the page, where nothing is late.
    clerk.page.evaluate(
        """() => {
            const press = () => document.querySelector('button.next').click();
            const called = () => document.querySelector('.person').checkVisibility()
                ? [50, 300, 600].forEach((ms) => setTimeout(press, ms))
                : requestAnimationFrame(called);
            press();
            called();
        }"""
    )
    clerk.has_called()
    assert len(hall.of(events.TicketCalled)) == 1


def test_space_bar_means_what_is_in_focus(hall: Hall) -> None:
    hall.issue("A1", "A1")
    clerk = hall.counter("3")
    clerk.calls()
    clerk.page.locator("[data-action=start]").focus()
    clerk.page.keyboard.press("Space")
    clerk.has_said("start")
    clerk.page.locator("summary", has_text="Einstellungen").click()
    clerk.page.get_by_label("Leertaste ruft auf").uncheck()
    clerk.page.keyboard.press("Escape")
    clerk.page.locator("h1").click()
    clerk.page.keyboard.press("Space")
    clerk.page.wait_for_timeout(A_WHILE_MS)
    assert len(hall.of(events.TicketCalled)) == 1


def test_person_goes_through_the_counter(hall: Hall) -> None:
    (first, second) = hall.issue("A1", "A1")
    clerk = hall.counter("3")
    assert clerk.calls() == first
    clerk.does("recall")
    expect(clerk.outcome).to_contain_text("gerade")
    clerk.does("start")
    clerk.has_said("start")
    expect(clerk.page.locator(".person .state")).to_contain_text("Im Gespräch")
    clerk.does("park")
    expect(clerk.heading).to_have_text("Niemand ist am Platz")
    expect(numbers_below(clerk.page, "Kurz weg")).to_have_text([first])
    clerk.page.get_by_role("button", name=f"Hereinholen: {first}").click()
    assert clerk.has_called() == first
    clerk.does("transfer")
    clerk.page.get_by_role("button", name="Anmelden oder neuer Antrag").click()
    clerk.has_said("transfer")
    clerk.page.get_by_role("button", name=f"Aufrufen: {second}").click()
    assert clerk.has_called() == second
    clerk.does("finish")
    clerk.has_said("finish")
    assert clerk.calls() == first


def test_who_does_not_come_is_set_aside_and_comes_back(hall: Hall) -> None:
    (number,) = hall.issue("A1")
    clerk = hall.counter("3")
    clerk.calls()
    clerk.does("no_show")
    expect(clerk.outcome).to_contain_text("noch 2-mal aufrufen")
    clerk.does("no_show_force")
    clerk.has_said("no_show")
    expect(numbers_below(clerk.page, "Nicht gekommen")).to_have_text([number])
    clerk.page.get_by_role("button", name=f"Wieder einreihen: {number}").click()
    expect(clerk.waiting).to_have_text([number])


def test_counter_stands_by_rests_and_closes(hall: Hall) -> None:
    clerk = hall.counter("3")
    clerk.does("stand_by")
    expect(clerk.heading).to_have_text("In Bereitschaft")
    (number,) = hall.issue("A1")
    expect(clerk.number).to_have_text(number)
    clerk.does("finish")
    clerk.does("pause")
    expect(clerk.heading).to_have_text("Pause")
    clerk.next.click()
    clerk.has_said("open_counter")
    clerk.does("close")
    expect(clerk.heading).to_have_text("Der Platz ist geschlossen")
    clerk.page.locator("h1").click()
    clerk.page.keyboard.press("Space")
    clerk.page.wait_for_timeout(A_WHILE_MS)
    # The space bar calls people; it opens nothing.
    expect(clerk.heading).to_have_text("Der Platz ist geschlossen")


def test_call_is_taken_back_within_ten_seconds(hall: Hall) -> None:
    (number,) = hall.issue("A1")
    clerk = hall.counter("3")
    clerk.calls()
    clerk.undo.click()
    expect(clerk.waiting).to_have_text([number])
    expect(clerk.heading).to_have_text("Niemand ist am Platz")
    clerk.calls()
    expect(clerk.undo).to_be_hidden(timeout=15_000)


def test_two_clerks_who_press_at_the_same_instant_get_two_people(hall: Hall) -> None:
    numbers = hall.issue("A1", "A1")
    clerks = [hall.counter("3"), hall.counter("4")]
    for clerk in clerks:
        expect(clerk.waiting).to_have_count(2)
    for clerk in clerks:
        # Without waiting for what comes of it.
        clerk.page.evaluate("setTimeout(() => document.querySelector('button.next').click(), 300)")
    assert sorted(clerk.has_called() for clerk in clerks) == numbers


def test_two_tabs_with_one_login_show_the_same_and_do_nothing_twice(hall: Hall) -> None:
    hall.issue("A1", "A1", "A1")
    here = hall.counter("3")
    there = hall.counter("3", opened=False)
    number = here.calls()
    expect(there.number).to_have_text(number)
    expect(there.outcome).to_be_hidden()
    second = there.calls()
    expect(here.number).to_have_text(second)
    assert len(hall.of(events.TicketCalled)) == 2


def test_command_without_an_answer_is_unknown_and_is_done_once(hall: Hall) -> None:
    numbers = hall.issue("A1", "A1")
    clerk = hall.counter("3")
    expect(clerk.waiting).to_have_count(2)
    hall.cable.hold()
    clerk.page.keyboard.press("Space")
    expect(clerk.unknown).to_contain_text("Doppelt geschieht nichts")
    expect(clerk.link).to_have_attribute("data-link", "checking")
    hall.cable.let_go()
    assert clerk.has_called() == numbers[0]
    expect(clerk.unknown).to_be_hidden()
    assert len(hall.of(events.TicketCalled)) == 1


def test_desk_that_is_restarted_in_the_middle_of_a_command_does_it_once(hall: Hall) -> None:
    numbers = hall.issue("A1", "A1")
    clerk = hall.counter("3")
    expect(clerk.waiting).to_have_count(2)
    hall.stage.supervisor.kill("desk")
    clerk.page.keyboard.press("Space")
    assert clerk.has_called() == numbers[0]
    assert len(hall.of(events.TicketCalled)) == 1
    assert hall.died == ["desk"]


def test_bus_that_is_restarted_is_noticed_and_the_page_comes_back_by_itself(hall: Hall) -> None:
    numbers = hall.issue("A1", "A1")
    clerk = hall.counter("3")
    clerk.is_linked()
    hall.stage.supervisor.kill("mosquitto")
    expect(clerk.link).not_to_have_attribute("data-link", "live")
    clerk.is_linked()
    assert clerk.calls() == numbers[0]


def test_page_without_a_connection_says_that_nothing_was_sent(hall: Hall) -> None:
    hall.issue("A1")
    clerk = hall.counter("3")
    hall.cable.hold()
    hall.cable.cut()
    expect(clerk.link).to_have_attribute("data-link", "connecting")
    clerk.page.keyboard.press("Space")
    expect(clerk.outcome).to_contain_text("Nichts ist geschehen")
    hall.cable.let_go()
    clerk.is_linked()
    clerk.page.wait_for_timeout(A_WHILE_MS)
    assert hall.of(events.TicketCalled) == []


def test_page_that_is_loaded_again_still_asks_with_the_same_key(hall: Hall) -> None:
    numbers = hall.issue("A1", "A1")
    clerk = hall.counter("3")
    expect(clerk.waiting).to_have_count(2)
    # It arrives and is done; its answer does not come back.
    clerk.page.evaluate(
        """() => {
            const heard = JSON.parse;
            JSON.parse = (text) => {
                if (text.includes('"ok"')) throw new Error('lost');
                return heard(text);
            };
        }"""
    )
    clerk.page.keyboard.press("Space")
    until(lambda: len(hall.of(events.TicketCalled)) == 1, "the call")
    key = clerk.page.evaluate("JSON.parse(sessionStorage.getItem('lobby.asked')).key")
    clerk.page.reload()
    assert clerk.has_called() == numbers[0]
    expect(clerk.outcome).to_contain_text(numbers[0])
    assert len(hall.of(events.TicketCalled)) == 1
    assert len(key) == 32


@pytest.mark.timeout(180)
def test_after_twenty_seconds_a_person_decides(hall: Hall) -> None:
    hall.issue("A1")
    clerk = hall.counter("3")
    expect(clerk.waiting).to_have_count(1)
    hall.cable.hold()
    clerk.page.keyboard.press("Space")
    expect(clerk.page.get_by_role("button", name="Nicht weiter fragen")).to_be_visible()
    again = clerk.page.get_by_role("button", name="Noch einmal fragen")
    expect(again).to_be_visible(timeout=40_000)
    # Before the answer to the first one can come and take the button away.
    again.click()
    hall.cable.let_go()
    clerk.is_linked()
    clerk.has_called()
    assert len(hall.of(events.TicketCalled)) == 1


def test_without_the_wide_network_everything_goes_on(make_hall: MakeHall) -> None:
    hall = make_hall('\n[uplink]\nbroker = "mqtt://127.0.0.1:9"\n')
    hall.issue("A1", "A1")
    clerk = hall.counter("3")
    hall.check_in(5, "A1")
    assert [clerk.calls(), clerk.calls()] == ["A003", "A001"]
    clerk.is_linked()
