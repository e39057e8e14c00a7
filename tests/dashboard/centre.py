"""The centre of an office: a real mosquitto and a real nginx on the files as they are made.

Browsers are real, devices are played. What devices reach the broker by is a cable, which can be
held: then nothing comes through and nobody is told.
"""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING, Any, Final, Self

from playwright.sync_api import expect

from appliance.bus.addresses import Tcp
from central.access import web_server
from central.dashboard.laying import lay_out
from tests.access.fleet import GOD, Broker, Fleet
from tests.support.cable import Cable
from tests.support.played_office import Played, Speaking
from tests.support.ports import free_port
from tests.support.web import Nginx

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from playwright.sync_api import Browser, Locator, Page

DESKTOP: Final = {"width": 1366, "height": 900}
PHONE: Final = {"width": 390, "height": 844}
HEAD: Final = """\
[central]
host = "localhost"
port = {devices}
office_port = {office}
dashboard_port = {dashboards}
pages_port = {pages}

[bus]
counters_port = {counters}
satellites_port = {satellites}

[[dashboard]]
name = "city"

[[dashboard]]
name = "south"
sites = ["SUED"]
"""


class Centre:
    """A central broker, the dashboard's web server before it, and browsers.

    Args:
        folder: For all of it; short.
        browser: Opens windows.
        devices: Site → how many devices it has.
    """

    def __init__(self, folder: Path, browser: Browser, devices: Mapping[str, int]) -> None:
        self.folder = folder
        self._browser = browser
        self._stack = ExitStack()
        self.fleet = Fleet(folder, inventory_of(devices))
        self.devices = [
            Played(site, f"halle-{number}")
            for site, count in devices.items()
            for number in range(1, count + 1)
        ]

    def __enter__(self) -> Self:
        self.broker = Broker(self.fleet, "centre", "broker")
        self.broker.start()
        self._stack.callback(self.broker.close)
        self.laid = self.folder / "laid"
        lay_out(self.fleet.inventory, None, self.laid)
        port = free_port()
        bus = self._stack.enter_context(Cable((self.broker.host, self.broker.websockets)))
        self.window_cable = bus
        served = web_server.Served(f"127.0.0.1:{port}", str(self.laid), bus.port)
        nginx = Nginx(self.folder / "nginx", web_server.settings(served), port)
        self._stack.callback(nginx.close)
        self.url = f"http://127.0.0.1:{port}/"
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def plays(self, *devices: Played, cable: Cable | None = None) -> Speaking:
        """Let devices speak, until the test ends."""
        address = Tcp("127.0.0.1", cable.port) if cable else self.broker.plain
        return self._stack.enter_context(Speaking(address, GOD, devices))

    def cable(self) -> Cable:
        """Give a cable from a building to the broker."""
        return self._stack.enter_context(Cable((self.broker.host, self.broker.port)))

    def window(self, **options: Any) -> Page:  # noqa: ANN401  (Playwright's own)
        """Open a browser window that knows nothing of the others."""
        usual = {"locale": "de-DE", "viewport": DESKTOP, "reduced_motion": "reduce"}
        context = self._browser.new_context(**{**usual, **options})
        page = context.new_page()
        page.goto(self.url)
        return page

    def watches(self, name: str = "city", *, clock: bool = False, **options: Any) -> Watcher:  # noqa: ANN401
        """Give somebody who has logged in.

        Args:
            name: Of the dashboard.
            clock: Whether the test is to turn the page's clocks.
            options: Of the window.
        """
        page = self.window(**options)
        if clock:
            page.clock.install()
            page.goto(self.url)
        page.fill("#login-name", name)
        page.fill("#login-password", "secret")
        page.keyboard.press("Enter")
        expect(page.locator("table.fleet")).to_be_visible()
        return Watcher(page)


class Watcher:
    """Somebody before the dashboard."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.link: Locator = page.locator(".link")
        self.rows: Locator = page.locator("table.fleet tbody tr")
        self.details: Locator = page.locator("dialog.details")

    def row(self, played: Played) -> Locator:
        """Give the row of a device."""
        return self.page.locator(f"table.fleet tbody tr[data-key='{played.id}']")

    def sees(self, played: Played, state: str) -> None:
        """Wait until a device is in a state, in words."""
        expect(self.row(played).locator(".col-state")).to_contain_text(state)

    def tile(self, name: str) -> Locator:
        """Give a figure at the top."""
        return self.page.locator(".tiles .card", has_text=name).locator(".figure")

    def passes(self, seconds: int) -> None:
        """Let time pass for this page, and for nobody else."""
        self.page.clock.fast_forward(seconds * 1000)


def inventory_of(devices: Mapping[str, int]) -> str:
    """Give an inventory with so many devices on each site, a lobby for each."""
    parts = [HEAD]
    for site, count in devices.items():
        parts.append(f'[[site]]\nid = "{site}"\n')
        for number in range(1, count + 1):
            name = f"halle-{number}"
            parts.append(f'[[lobby]]\nsite = "{site}"\nid = "{name.upper()}"\ncounters = ["1"]\n')
            parts.append(
                f'[[device]]\nsite = "{site}"\nname = "{name}"\nlobby = "{name.upper()}"\n'
                f'host = "{name}.{site.lower()}.example"\n'
            )
    return "\n".join(parts)
