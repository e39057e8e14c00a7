"""For everyone who works there: WCAG 2.2 AA by axe, keyboard alone, 200 % zoom, a phone.

axe finds what a program can find. How it is to work with a screen reader was not tried by anyone
who needs one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from appliance.line import events
from tests.pages.hall import DESKTOP, PHONE

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.pages.hall import Hall

RULES: Final = {
    "runOnly": {
        "type": "tag",
        "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    }
}
ZOOMED: Final = {"width": DESKTOP["width"] // 2, "height": DESKTOP["height"] // 2}
"""What is left of the window for a page at 200 %."""


def faults(page: Page) -> list[str]:
    # A colour that is still on its way to another is neither.
    page.wait_for_timeout(200)
    found = Axe().run(page, options=RULES).response["violations"]
    return [f"{each['id']}: {node['html']}" for each in found for node in each["nodes"]]


def is_wider_than_its_window(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth > innerWidth"))


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("viewport", [DESKTOP, PHONE, ZOOMED], ids=["desktop", "phone", "zoomed"])
def test_nothing_is_wrong_with_any_page(hall: Hall, scheme: str, viewport: dict[str, int]) -> None:
    look: dict[str, Any] = {"viewport": viewport, "color_scheme": scheme, "bypass_csp": True}
    hall.issue("A1", "B1")
    hall.issue("C1", wishes=["seated", "interpreter"])
    hall.check_in(5, "B1")
    page = hall.window(**look)
    assert faults(page) == []
    assert not is_wider_than_its_window(page)
    clerk = hall.counter("3", opened=False, **look)
    expect(clerk.next).to_be_visible()
    assert faults(clerk.page) == []
    clerk.next.click()
    clerk.has_said("open_counter")
    expect(clerk.page.locator("[data-action=pause]")).to_be_visible()
    clerk.calls()
    clerk.does("park")
    clerk.has_said("park")
    clerk.calls()
    assert faults(clerk.page) == []
    assert not is_wider_than_its_window(clerk.page)
    clerk.does("transfer")
    assert faults(clerk.page) == []
    clerk.page.keyboard.press("Escape")
    clerk.page.locator("summary", has_text="Einstellungen").click()
    assert faults(clerk.page) == []
    reception = hall.reception(**look)
    reception.get_by_text("Wünsche und Sprache").click()
    expect(reception.locator("table.line").first).to_be_visible()
    assert faults(reception) == []
    assert not is_wider_than_its_window(reception)
    hall.cable.hold()
    hall.cable.cut()
    expect(clerk.link).to_have_attribute("data-link", "connecting")
    assert faults(clerk.page) == []
    hall.cable.let_go()


def test_everything_is_done_with_the_keyboard(hall: Hall) -> None:
    hall.issue("A1", "A1")
    page = hall.window()
    expect(page.locator("#login-name")).to_be_focused()
    page.keyboard.type("3")
    page.keyboard.press("Tab")
    page.keyboard.type(hall.stage.password("counter.3"))
    page.keyboard.press("Enter")
    expect(page.locator(".work button.next")).to_be_visible()

    def tab_to(name: str) -> None:
        for _ in range(60):
            page.keyboard.press("Tab")
            if name in page.evaluate("document.activeElement.closest('button')?.textContent ?? ''"):
                # One sees where one is.
                outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
                assert outline == "solid"
                return
        pytest.fail(f"no way to {name} by Tab")

    tab_to("Platz öffnen")
    page.keyboard.press("Enter")
    expect(page.locator("[data-action=pause]")).to_be_visible()
    # The same button, with the next thing to do on it: nobody has to look for it.
    expect(page.locator(".work button.next")).to_be_focused()
    expect(page.locator(".work button.next")).to_contain_text("Nächste Person")
    page.keyboard.press("Enter")
    expect(page.locator(".person .number")).to_have_text("A001")
    tab_to("Weitergeben")
    page.keyboard.press("Enter")
    expect(page.locator("dialog")).to_be_visible()
    page.keyboard.press("Escape")
    # Whoever closes a dialog is where they were.
    assert "Weitergeben" in page.evaluate("document.activeElement.textContent")
    tab_to("Gespräch beginnt")
    page.keyboard.press("Space")
    expect(page.locator(".person .state")).to_contain_text("Im Gespräch")
    assert len(hall.of(events.TicketCalled)) == 1


def test_page_speaks_the_language_that_is_chosen(hall: Hall) -> None:
    page = hall.window(locale="en-GB")
    expect(page.get_by_role("heading")).to_have_text("Log in")
    assert page.evaluate("document.documentElement.lang") == "en"
    hall.log_in(page, "3", "counter.3")
    page.locator("summary", has_text="Settings").click()
    page.get_by_label("Language").select_option("de")
    expect(page.get_by_role("heading", name="Platz 3")).to_be_visible()
    page.locator("summary", has_text="Einstellungen").click()
    page.get_by_label("Darstellung").select_option("dark")
    dark = page.evaluate("getComputedStyle(document.body).backgroundColor")
    page.get_by_label("Darstellung").select_option("light")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") != dark


def test_news_are_told_to_a_screen_reader_and_what_stays_is_not_told_again(hall: Hall) -> None:
    hall.issue("A1")
    clerk = hall.counter("3")
    clerk.calls()
    said = clerk.page.evaluate(
        """async () => {
            const said = [];
            const where = ({target}) =>
                (target.nodeType === 1 ? target : target.parentElement).className;
            const look = new MutationObserver((all) => said.push(...all.map(where)));
            const what = {childList: true, subtree: true, characterData: true};
            look.observe(document.querySelector('.person'), what);
            await new Promise((go) => setTimeout(go, 2500));
            return said;
        }"""
    )
    # The seconds since the call go by without a word.
    assert set(said) <= {"state"}
    assert clerk.page.locator(".person .state").get_attribute("aria-live") == "off"
