"""What the dashboard shows while devices live, die and come back, before a real broker."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from typing import TYPE_CHECKING, Final

from playwright.sync_api import expect

from appliance.bus.link import Link, Login
from tests.access.fleet import GOD
from tests.dashboard.centre import Watcher
from tests.support.played_office import SEVEN, Played, until

if TYPE_CHECKING:
    from tests.dashboard.centre import Centre
    from tests.dashboard.conftest import MakeCentre

CHILD: Final = """
import sys, threading
from appliance.bus.addresses import Tcp
from tests.support.played_office import Played, Speaking
port, login, site, name = sys.argv[1:]
with Speaking(Tcp("127.0.0.1", int(port)), login, [Played(site, name)]):
    print("speaks", flush=True)
    threading.Event().wait()
"""
"""A device in a process of its own, which can be killed."""


def test_devices_are_shown_with_what_they_need(centre: Centre) -> None:
    first, second, north = centre.devices
    first.wrong, first.health = ["printer"], {"printer": "paper_out", "paper": False}
    second.wrong = ["undervoltage"]
    centre.plays(first, second, north)
    watcher = centre.watches()
    expect(watcher.tile("Geräte in Betrieb")).to_have_text("3 von 3")
    watcher.sees(first, "Hilfe nötig")
    expect(watcher.row(first)).to_contain_text("Drucker: kein Papier")
    expect(watcher.row(second)).to_contain_text("Netzteil zu schwach")
    watcher.sees(north, "in Ordnung")
    expect(watcher.rows.locator(".col-device a")).to_have_text([first.id, second.id, north.id])
    expect(watcher.tile("Brauchen Hilfe")).to_have_text("1")
    expect(watcher.tile("Wartende")).to_have_text("21")
    expect(watcher.tile("Fünf-Minuten-Zusage")).to_have_text("95 %")
    first.wrong, first.health = [], {}
    watcher.sees(first, "in Ordnung")
    expect(watcher.tile("Brauchen Hilfe")).to_have_text("0")


def test_screen_for_visitors_that_is_dead_is_an_emergency_and_a_mute_one_is_not(
    centre: Centre,
) -> None:
    dead, alarmed, mute = centre.devices
    # What the desk tells in its health, before its alarm is on, and the alarm of a satellite's.
    dead.health = {"kiosk": "silent"}
    alarmed.wrong = ["kiosk"]
    mute.wrong, mute.health = ["kiosk"], {"kiosk": "no_sound"}
    centre.plays(*centre.devices)
    watcher = centre.watches()
    for device in (dead, alarmed):
        watcher.sees(device, "Hilfe nötig")
        expect(watcher.row(device)).to_contain_text("Bildschirm am Eingang")
    watcher.sees(mute, "bald ansehen")


def test_device_that_is_killed_is_gone_and_comes_back(centre: Centre) -> None:
    victim, *others = centre.devices
    centre.plays(*others)
    arguments = [sys.executable, "-c", CHILD, str(centre.broker.port), GOD]
    child = [*arguments, victim.site, victim.name]
    watcher = centre.watches()
    with subprocess.Popen(child, stdout=subprocess.PIPE) as device:
        try:
            watcher.sees(victim, "in Ordnung")
        finally:
            device.send_signal(signal.SIGKILL)
    watcher.sees(victim, "aus")
    expect(watcher.rows.first.locator("a")).to_have_text(victim.id)
    watcher.sees(others[0], "in Ordnung")
    # Its clock went on while it was away: else what it says would be as old as that.
    victim.now = others[0].now
    centre.plays(victim)
    watcher.sees(victim, "in Ordnung")


def test_device_that_hangs_is_silent_without_any_will(centre: Centre) -> None:
    hung, *others = centre.devices
    speaking = centre.plays(hung)
    centre.plays(*others)
    watcher = centre.watches(clock=True)
    watcher.sees(hung, "in Ordnung")
    speaking.is_quiet()
    watcher.passes(31)
    watcher.sees(hung, "schweigt")
    watcher.sees(others[0], "in Ordnung")


def test_wide_network_of_a_site_goes_and_returns(centre: Centre) -> None:
    *south, north = centre.devices
    cable = centre.cable()
    centre.plays(*south, cable=cable)
    centre.plays(north)
    watcher = centre.watches(clock=True)
    for each in (*south, north):
        watcher.sees(each, "in Ordnung")
    # Half open: neither the broker nor anybody else is told.
    cable.hold()
    watcher.passes(31)
    for each in south:
        watcher.sees(each, "schweigt")
    watcher.sees(north, "in Ordnung")
    expect(watcher.tile("Geräte in Betrieb")).to_have_text("1 von 3")
    cable.let_go()
    for each in south:
        watcher.sees(each, "in Ordnung")


def test_old_state_that_the_broker_kept_is_never_shown_as_alive(centre: Centre) -> None:
    dead, *others = centre.devices
    centre.plays(*others)
    with Link(centre.broker.plain, Login("past", GOD, "secret"), lambda _: None) as past:
        # A broker that died together with the device has published no will.
        until(lambda: past.is_up, "the link")
        for topic, payload in (dead.birth(), *dead.beat()):
            past.publish(topic, payload, retain=True)
        # What is in order is with the broker when this came back.
        centre.plays(Played("NORD", "halle-9"))
    watcher = centre.watches(clock=True)
    watcher.sees(others[0], "in Ordnung")
    watcher.sees(dead, "wird gehört")
    expect(watcher.row(dead).locator(".col-waiting")).to_have_text("–")
    watcher.passes(31)
    watcher.sees(dead, "schweigt")


def test_broker_that_is_started_anew_is_said_and_heard_again(centre: Centre) -> None:
    centre.plays(*centre.devices)
    watcher = centre.watches()
    for each in centre.devices:
        watcher.sees(each, "in Ordnung")
    centre.broker.kill()
    expect(watcher.link).to_contain_text("Keine Verbindung")
    expect(watcher.page.locator(".deaf")).to_be_visible()
    # Nothing is claimed, neither that they are gone nor that nobody needs help.
    expect(watcher.tile("Geräte in Betrieb")).to_have_text("– von 3")
    expect(watcher.tile("Brauchen Hilfe")).to_have_text("–")
    centre.broker.start()
    expect(watcher.link).to_have_text("Verbunden")
    expect(watcher.page.locator(".deaf")).to_be_hidden()
    for each in centre.devices:
        watcher.sees(each, "in Ordnung")


def test_login_that_is_wrong_shows_nothing(centre: Centre) -> None:
    page = centre.window()
    page.fill("#login-name", "city")
    page.fill("#login-password", "guessed")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("Name oder Passwort stimmen nicht")
    expect(page.locator("table.fleet")).to_have_count(0)
    page.fill("#login-password", "secret")
    page.keyboard.press("Enter")
    expect(page.locator("table.fleet")).to_be_visible()
    # A reload keeps the login.
    page.reload()
    expect(page.locator("table.fleet")).to_be_visible()


def test_broker_that_does_not_answer_is_said_at_the_login(centre: Centre) -> None:
    centre.window_cable.hold()
    page = centre.window()
    page.fill("#login-name", "city")
    page.fill("#login-password", "secret")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("Die Zentrale antwortet nicht")
    centre.window_cable.let_go()
    expect(page.locator("table.fleet")).to_be_visible()


def test_dashboard_of_one_site_sees_and_expects_only_that(centre: Centre) -> None:
    centre.plays(*centre.devices)
    watcher = centre.watches("south")
    expect(watcher.tile("Geräte in Betrieb")).to_have_text("2 von 2")
    expect(watcher.rows).to_have_count(2)


def test_one_device_is_a_dashboard_too(make_centre: MakeCentre) -> None:
    centre = make_centre(SUED=1)
    (only,) = centre.devices
    centre.plays(only)
    watcher = centre.watches()
    watcher.sees(only, "in Ordnung")
    expect(watcher.page.get_by_label("Standort")).to_have_count(0)


def test_200_devices_are_searched_and_filtered(make_centre: MakeCentre) -> None:
    centre = make_centre(SUED=120, NORD=80)
    ill = centre.devices[150]
    ill.wrong = ["camera"]
    centre.plays(*centre.devices[:199]).says(*(each.day() for each in centre.devices))
    watcher = centre.watches()
    expect(watcher.tile("Geräte in Betrieb")).to_have_text("199 von 200")
    expect(watcher.rows).to_have_count(100)
    # Who needs help is first, though by name it would not be there at all.
    expect(watcher.rows.first.locator("a")).to_have_text(ill.id)
    watcher.page.get_by_role("button", name="Weitere 100 zeigen").click()
    expect(watcher.rows).to_have_count(200)
    watcher.page.get_by_label("Anzeigen").select_option("only")
    expect(watcher.rows).to_have_count(1)
    watcher.page.get_by_label("Anzeigen").select_option("name")
    watcher.page.get_by_label("Suchen").fill("sued halle-7")
    expect(watcher.rows).to_have_count(11)
    watcher.page.get_by_label("Suchen").fill("")
    watcher.page.get_by_label("Standort").select_option("NORD")
    expect(watcher.rows).to_have_count(80)


def test_details_of_a_device_are_a_link(centre: Centre) -> None:
    device, *_ = centre.devices
    device.wrong, device.health = ["disk"], {"disk_free_bytes": 400_000_000}
    centre.plays(*centre.devices).says(device.day())
    watcher = centre.watches()
    watcher.row(device).get_by_role("link").click()
    details = watcher.details
    expect(details.get_by_role("heading", name=device.id)).to_be_visible()
    expect(details.locator(".state")).to_contain_text("In Betrieb")
    expect(details.locator(".notes")).to_contain_text("Nachsehen: disk.")
    expect(details.locator(".facts")).to_contain_text("0,4 GB")
    expect(details).to_contain_text("10 bis 25 min")
    expect(details.get_by_role("img", name="Wartende heute")).to_be_visible()
    details.get_by_text("Der Tag in Zahlen").click()
    expect(details.locator(".scroll tbody tr")).to_have_count(24)
    address = watcher.page.url
    watcher.page.keyboard.press("Escape")
    expect(details).to_be_hidden()
    expect(watcher.page).to_have_url(centre.url)
    # Whoever closes it is where they were.
    expect(watcher.row(device).get_by_role("link")).to_be_focused()
    # Sent to a colleague, who is logged in already.
    watcher.page.goto(address)
    watcher.page.reload()
    expect(Watcher(watcher.page).details).to_be_visible()


def test_day_survives_a_reload_and_yesterday_is_not_todays(centre: Centre) -> None:
    centre.plays(*centre.devices).says(*(each.day() for each in centre.devices))
    watcher = centre.watches()
    plot = watcher.page.get_by_role("img", name="Wartende heute")
    said = "Wartende heute: zuletzt 21, am meisten 33 um 10:00"
    expect(plot).to_have_attribute("aria-label", said)
    watcher.page.reload()
    expect(plot).to_be_visible()
    from_then = [Played(each.site, each.name, session="s2") for each in centre.devices]
    for each in from_then:
        each.now = each.now.replace(day=3)
    centre.plays(*from_then)
    expect(watcher.page.locator(".plots").first).to_contain_text("noch nichts aufgezeichnet")


def test_device_that_is_not_in_the_inventory_is_shown_and_is_no_emergency(centre: Centre) -> None:
    exchanged = Played("SUED", "halle-9")
    centre.plays(*centre.devices).says(exchanged.birth("down"))
    watcher = centre.watches()
    watcher.sees(exchanged, "aus")
    expect(watcher.row(exchanged)).to_contain_text("steht nicht im Inventar")
    expect(watcher.tile("Brauchen Hilfe")).to_have_text("0")


def test_one_device_that_talks_nonsense_spoils_nothing(centre: Centre) -> None:
    mad, *others = centre.devices
    speaking = centre.plays(*others)
    for topic, _ in (mad.birth(), *mad.beat(), mad.day()):
        speaking.says((topic, b"\xff{"))
    watcher = centre.watches()
    watcher.sees(others[0], "in Ordnung")
    # Of each topic the broker kept the last.
    expect(watcher.page.locator("footer")).to_have_text("6 Meldungen waren nicht lesbar.")
    # Almost right is worse than nonsense.
    for topic, payload in (mad.birth(), *mad.beat(), mad.day()):
        wrong = dict.fromkeys(json.loads(payload), 3)
        speaking.says((topic, json.dumps({**wrong, "as_of": SEVEN.isoformat()}).encode()))
    expect(watcher.page.locator("footer")).to_have_text("12 Meldungen waren nicht lesbar.")
    others[0].wrong = ["camera"]
    watcher.sees(others[0], "Hilfe nötig")
