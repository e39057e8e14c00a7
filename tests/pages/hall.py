"""A lobby with its pages: real mosquitto, real desk, real nginx, and a real Chromium before them.

Between the browser and the Pi is a cable that can be cut, or held: then nothing comes through and
nobody is told, as with a switch that hangs.
"""

from __future__ import annotations

import re
import time
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final, Self
from zoneinfo import ZoneInfo

from playwright.sync_api import expect

from appliance.bus.access import process_login
from appliance.bus.link import Connected, Link
from appliance.bus.messages.asked import Command, Scan
from appliance.bus.messages.payload import encode
from appliance.journal.reading import JournalReader
from demo.stage import RECEPTION, Setting, Stage
from tests.support.cable import Cable

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from playwright.sync_api import Browser, Locator, Page

    from appliance.line import events

EIGHT: Final = datetime(2026, 3, 2, 8, 0, tzinfo=ZoneInfo("Europe/Berlin"))
DEADLINE_S: Final = 20.0
DESKTOP: Final = {"width": 1366, "height": 900}
PHONE: Final = {"width": 390, "height": 844}


class Hall:
    """A lobby that runs, and browsers in it; as a context manager it leaves nothing behind.

    Args:
        out: For logs.
        run: For sockets; short.
        browser: Opens windows.
        more: Added to the lobby's configuration.
    """

    def __init__(self, out: Path, run: Path, browser: Browser, more: str = "") -> None:
        self.died: list[str] = []
        setting = Setting(
            out, run, EIGHT, 1.0, "de", window=False, pages=True, processes=("desk",), more=more
        )
        self.stage = Stage(setting, self.died.append)
        self._browser = browser
        self._scans = 0

    def __enter__(self) -> Self:
        self.stage.__enter__()
        try:
            assert self.stage.pages is not None, "nginx is not installed; script/setup installs it"
            port = int(self.stage.pages.url.rstrip("/").rpartition(":")[2])
            self.cable = Cable(("127.0.0.1", port)).__enter__()
        except BaseException:
            self.stage.__exit__(None, None, None)
            raise
        self.url = f"http://127.0.0.1:{self.cable.port}/"
        return self

    def __exit__(self, *_: object) -> None:
        self.cable.__exit__(None, None, None)
        self.stage.__exit__(None, None, None)

    def window(self, **options: Any) -> Page:  # noqa: ANN401  (Playwright's own)
        """Open a browser window that knows nothing of the others."""
        usual = {"locale": "de-DE", "viewport": DESKTOP, "reduced_motion": "reduce"}
        context = self._browser.new_context(**{**usual, **options})
        context.set_default_timeout(DEADLINE_S * 1000)
        page = context.new_page()
        page.goto(self.url)
        return page

    def log_in(self, page: Page, name: str, caller: str) -> None:
        """Log in by hand."""
        page.fill("#login-name", name)
        page.fill("#login-password", self.stage.password(caller))
        page.keyboard.press("Enter")
        expect(page.locator("header")).to_be_visible()

    def counter(self, counter: str, *, opened: bool = True, **options: Any) -> Clerk:  # noqa: ANN401
        """Give a clerk at a counter, logged in."""
        page = self.window(**options)
        self.log_in(page, counter, f"counter.{counter}")
        clerk = Clerk(page)
        if opened:
            clerk.next.click()
            clerk.has_said("open_counter")
            expect(page.locator("[data-action=pause]")).to_be_visible()
        return clerk

    def reception(self, **options: Any) -> Page:  # noqa: ANN401
        """Give the reception's page, logged in."""
        page = self.window(**options)
        self.log_in(page, "reception", RECEPTION)
        return page

    def issue(self, *services: str, **more: Any) -> list[str]:  # noqa: ANN401
        """Give out numbers; not by a page."""
        numbers = []
        with self.stage.asker(RECEPTION) as staff:
            for service in services:
                reply = staff.ask("issue", Command(service=service, **more))
                assert reply.ticket is not None
                numbers.append(reply.ticket)
        return numbers

    def check_in(self, minutes: int, service: str) -> None:
        """Book at eight o'clock and so many minutes, and show the code."""
        login = process_login(self.stage.settings.device.id, "scanner")
        code = self.stage.book(EIGHT + timedelta(minutes=minutes), service)
        scan = encode(Scan(kind="code", kiosk="entrance", text=code))
        heard: list[object] = []
        with self.stage.hear(login, (), heard.append) as link:
            until(lambda: any(isinstance(each, Connected) for each in heard), "the scanner's link")
            self._sent(link, scan)
        before = self._scans
        self._scans += 1
        until(lambda: len(self._booked()) > before, "the check-in in the journal")

    def happened(self) -> list[events.Event]:
        """Give what the journal knows."""
        with JournalReader(self.stage.journal) as journal:
            return list(journal.news())

    def of(self, kind: type[events.Event]) -> list[Any]:
        """Give the events of a kind."""
        return [event for event in self.happened() if isinstance(event, kind)]

    def _sent(self, link: Link, payload: bytes) -> None:
        until(lambda: bool(link.publish(self.stage.topics.scan, payload)), "the scan")

    def _booked(self) -> list[events.Event]:
        return [event for event in self.happened() if getattr(event, "booking", None)]


class Clerk:
    """Someone before a counter's page."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.next: Locator = page.locator(".work button.next")
        self.number: Locator = page.locator(".person .number")
        self.link: Locator = page.locator(".link")
        self.outcome: Locator = page.locator(".outcome")
        self.unknown: Locator = page.locator(".unknown")
        self.undo: Locator = page.locator("button.undo")
        self.heading: Locator = page.locator(".idle-heading")
        self.waiting: Locator = page.locator("table.line").first.locator("tbody th")

    def calls(self) -> str:
        """Press the space bar, and give who was called."""
        before = self.number.text_content() if self.number.is_visible() else None
        self.page.keyboard.press("Space")
        if before:
            expect(self.number).not_to_have_text(before)
        return self.has_called()

    def has_called(self) -> str:
        """Wait until somebody is called here, and give who."""
        expect(self.number).to_be_visible()
        number = self.number.text_content()
        assert number
        expect(self.next).not_to_have_attribute("aria-disabled", "true")
        # So that a bounce of the key is no second call: see counter.js.
        self.page.wait_for_timeout(1250)
        return number

    def does(self, action: str) -> None:
        """Press one of the smaller buttons."""
        self.page.locator(f"[data-action={action}]").click()

    def has_said(self, verb: str) -> None:
        """Wait until a command is done."""
        text = self.page.evaluate(WORD, f"done.{verb}")
        expect(self.outcome).to_contain_text(
            re.compile(re.escape(text).replace(r"\{ticket\}", ".*"))
        )

    def is_linked(self) -> None:
        """Wait until the page says that all is well between it and the desk."""
        expect(self.link).to_have_attribute("data-link", "live")


WORD: Final = """async (key) => {
    const answer = await fetch(`words/${document.documentElement.lang}.json`);
    return (await answer.json())[key];
}"""


def until(fact: Callable[[], bool], what: str) -> None:
    """Wait until something is so; fail with its name if it is not in time."""
    until_s = time.monotonic() + DEADLINE_S
    while not fact():
        assert time.monotonic() < until_s, f"not in time: {what}"
        time.sleep(0.02)


def numbers_below(page: Page, heading: str) -> Locator:
    """Give the numbers below a heading of the line."""
    box = page.locator("section", has=page.get_by_role("heading", name=heading, exact=True))
    return box.last.locator("tbody th")
