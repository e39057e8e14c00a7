"""For everyone: WCAG 2.2 AA by axe, keyboard alone, 200 % zoom, a phone, both languages.

axe finds what a program can find. How it is to work with a screen reader was not tried by anyone
who needs one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import pytest
from playwright.sync_api import expect

from tests.dashboard.centre import DESKTOP, PHONE
from tests.pages.test_sight import ZOOMED, faults, is_wider_than_its_window

if TYPE_CHECKING:
    from tests.dashboard.centre import Centre

# Colours are the same in each size: each of both once is enough.
LOOKS: Final = {
    "desktop": (DESKTOP, "light"),
    "desktop-dark": (DESKTOP, "dark"),
    "phone": (PHONE, "light"),
    "zoomed": (ZOOMED, "dark"),
}


@pytest.mark.parametrize(("viewport", "scheme"), LOOKS.values(), ids=LOOKS)
def test_nothing_is_wrong_with_any_view(
    centre: Centre, viewport: dict[str, int], scheme: str
) -> None:
    ill, soon, _ = centre.devices
    ill.wrong, ill.health = ["printer", "help"], {"printer": "paper_out", "paper": False}
    soon.wrong = ["undervoltage"]
    # The third is not heard yet.
    centre.plays(ill, soon).says(ill.day(), soon.day())
    look: dict[str, Any] = {"viewport": viewport, "color_scheme": scheme, "bypass_csp": True}
    page = centre.window(**look)
    assert faults(page) == []
    page.context.close()
    watcher = centre.watches(**look)
    page = watcher.page
    watcher.sees(ill, "Hilfe nötig")
    assert faults(page) == []
    assert not is_wider_than_its_window(page)
    page.locator("summary", has_text="Einstellungen").click()
    assert faults(page) == []
    page.keyboard.press("Escape")
    watcher.row(ill).get_by_role("link").click()
    expect(watcher.details).to_be_visible()
    watcher.details.get_by_text("Der Tag in Zahlen").click()
    assert faults(page) == []
    assert not is_wider_than_its_window(page)
    watcher.details.get_by_role("button", name="Schließen").click()
    centre.broker.kill()
    expect(page.locator(".deaf")).to_be_visible()
    assert faults(page) == []
    assert not is_wider_than_its_window(page)


def test_everything_is_done_with_the_keyboard(centre: Centre) -> None:
    device, *_ = centre.devices
    centre.plays(*centre.devices)
    page = centre.window()
    expect(page.locator("#login-name")).to_be_focused()
    page.keyboard.type("city")
    page.keyboard.press("Tab")
    page.keyboard.type("secret")
    page.keyboard.press("Enter")
    expect(page.locator("table.fleet")).to_be_visible()

    def tab_to(selector: str) -> None:
        for _ in range(30):
            page.keyboard.press("Tab")
            if page.evaluate("(wanted) => document.activeElement.matches(wanted)", selector):
                # One sees where one is.
                outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
                assert outline == "solid"
                return
        pytest.fail(f"no way to {selector} by Tab")

    tab_to(".skip")
    page.keyboard.press("Enter")
    expect(page.locator("#devices")).to_be_focused()
    tab_to("#find")
    page.keyboard.type("sued.halle-1")
    expect(page.locator("table.fleet tbody tr")).to_have_count(1)
    tab_to("table.fleet a")
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog")).to_be_visible()
    expect(page.get_by_role("dialog").get_by_role("heading", name=device.id)).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()
    expect(page.locator("table.fleet a")).to_be_focused()


def test_row_that_moves_up_keeps_the_focus(centre: Centre) -> None:
    first, second, north = centre.devices
    centre.plays(first, second, north)
    watcher = centre.watches()
    watcher.sees(second, "in Ordnung")
    expect(watcher.rows.first.locator("a")).to_have_text(north.id)
    link = watcher.row(second).get_by_role("link")
    link.focus()
    second.wrong = ["camera"]
    expect(watcher.rows.first.locator("a")).to_have_text(second.id)
    expect(link).to_be_focused()


def test_page_speaks_the_language_and_has_the_colours_that_are_chosen(centre: Centre) -> None:
    centre.plays(*centre.devices)
    watcher = centre.watches(locale="en-GB")
    page = watcher.page
    expect(watcher.tile("Devices running")).to_have_text("3 of 3")
    assert page.evaluate("document.documentElement.lang") == "en"
    page.locator("summary", has_text="Settings").click()
    page.get_by_label("Language").select_option("de")
    expect(watcher.tile("Geräte in Betrieb")).to_have_text("3 von 3")
    page.locator("summary", has_text="Einstellungen").click()
    page.get_by_label("Darstellung").select_option("dark")
    dark = page.evaluate("getComputedStyle(document.body).backgroundColor")
    page.get_by_label("Darstellung").select_option("light")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") != dark


def test_screen_reader_is_told_what_is_new_and_nothing_else(centre: Centre) -> None:
    device, *_ = centre.devices
    centre.plays(*centre.devices)
    watcher = centre.watches()
    expect(watcher.tile("Geräte in Betrieb")).to_have_text("3 von 3")
    page = watcher.page
    page.evaluate(
        """() => {
            window.said = [];
            const look = new MutationObserver(() => {
                window.said.push(document.querySelector('.tiles [role=status]').textContent);
            });
            const what = {childList: true, subtree: true, characterData: true};
            for (const region of document.querySelectorAll('[role=status], [role=alert]')) {
                look.observe(region, what);
            }
        }"""
    )
    # A beat after the other, and nothing that would be worth a word.
    page.wait_for_timeout(1500)
    assert page.evaluate("window.said") == []
    device.wrong = ["camera"]
    expect(watcher.tile("Brauchen Hilfe")).to_have_text("1")
    assert page.evaluate("window.said").pop().startswith("1")
