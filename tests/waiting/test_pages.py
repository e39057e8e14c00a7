"""The pages at home, written as lobbies speak, looked at in a real browser."""

from __future__ import annotations

import functools
import hashlib
import http.server
import json
import threading
import time
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final, Self

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from appliance.bus.link import Link, Login, Tcp
from appliance.bus.messages.payload import encode
from appliance.bus.messages.shown import Follow, ServiceWait, Wait
from appliance.bus.topics import Topics
from central.waiting.hearing import Place
from central.waiting.learned import Learned
from central.waiting.texts import languages, texts
from central.waiting.writer import Writer
from tests.central.world import NOW, World

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Page

    from tests.support.broker import Mosquitto

TOPICS: Final = Topics("SUED", "EINGANG", "sued.eingang-1")
SECRET: Final = "GxK2bHq0cT5mW1nD8sVyZw"
DEADLINE_S: Final = 20.0


class Home:
    """A lobby that speaks, a writer, and a server of files."""

    def __init__(self, folder: Path, mosquitto: Mosquitto) -> None:
        self.folder = folder / "pages"
        self._world = World(folder, mosquitto.port, NOW)
        self._mosquitto = mosquitto
        self._stack = ExitStack()
        self.session = "s"
        self.address = ""
        self.learned: Learned | None = None
        self.now: Callable[[], datetime] = lambda: datetime.now(UTC)

    def __enter__(self) -> Self:
        address = Tcp(self._mosquitto.host, self._mosquitto.port)
        self.desk = self._stack.enter_context(Link(address, Login("d", "", ""), lambda _: None))
        self.writes()
        handler = functools.partial(Quiet, directory=str(self.folder))
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
        serving = threading.Thread(target=server.serve_forever, args=(0.05,), name="pages served")
        serving.start()
        self._stack.callback(serving.join, DEADLINE_S)
        self._stack.callback(server.server_close)
        self._stack.callback(server.shutdown)
        self.address = f"http://127.0.0.1:{server.server_port}"
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def writes(self) -> Callable[[], None]:
        """Start a writer; give what ends it."""
        stop = threading.Event()
        address = Tcp(self._mosquitto.host, self._mosquitto.port)
        writer = Writer(
            self._world.office,
            self.folder,
            address,
            Login("dashboard.wait", "", ""),
            learned=self.learned,
            now=self.now,
        )
        thread = threading.Thread(target=writer.run, args=(stop,), name="pages written")
        thread.start()

        def end() -> None:
            stop.set()
            thread.join(DEADLINE_S)
            assert not thread.is_alive()

        self._stack.callback(end)
        self.until((self.folder / "style.css").exists)
        return end

    def says(self, topic: str, payload: bytes, *, retain: bool = True) -> None:
        """Let the lobby say something."""
        self.until(lambda: bool(self.desk.publish(topic, payload, retain=retain)))

    def waits(self, waiting: int = 7, valid_s: int = 600, low_min: int = 10) -> None:
        """Let the lobby say who waits, every now and then as it does, until it is written."""
        until_s = time.monotonic() + DEADLINE_S
        while self.json().get("waiting") != waiting or self.json().get("stale"):
            assert time.monotonic() < until_s
            self._says_who_waits(waiting, valid_s, low_min)
            time.sleep(0.2)

    def _says_who_waits(self, waiting: int, valid_s: int, low_min: int) -> None:
        wait = Wait(
            as_of=NOW,
            day=NOW.date(),
            session=self.session,
            valid_s=valid_s,
            waiting=waiting,
            services=[
                ServiceWait(service="A10", waiting=5, low_min=low_min, high_min=low_min + 15),
                ServiceWait(service="B20", waiting=2),
            ],
        )
        self.says(TOPICS.wait, encode(wait))

    def number(self, state: str = "waiting", **more: Any) -> None:  # noqa: ANN401  (members of `Follow`)
        """Let the lobby say how a number stands."""
        follow = Follow(
            as_of=NOW,
            day=NOW.date(),
            session=self.session,
            valid_s=300,
            ticket="B005",
            service="B20",
            state=state,
            **more,
        )
        self.says(self.topic, encode(follow))

    @property
    def topic(self) -> str:
        """Where the number with our secret stands."""
        return TOPICS.follow(hashlib.sha256(SECRET.encode()).hexdigest())

    def json(self) -> dict[str, Any]:
        """Give the waits for programs."""
        path = self.folder / "SUED" / "EINGANG" / "wait.json"
        return dict(json.loads(path.read_text("utf-8"))) if path.exists() else {}

    def until(self, fact: Callable[[], bool]) -> None:
        """Wait until something is so."""
        until_s = time.monotonic() + DEADLINE_S
        while not fact():
            assert time.monotonic() < until_s
            time.sleep(0.01)


class Quiet(http.server.SimpleHTTPRequestHandler):
    """Serves files and says nothing."""

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def home(tmp_path: Path, mosquitto: Mosquitto) -> Iterator[Home]:
    with Home(tmp_path, mosquitto) as home:
        yield home


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(locale="de-DE", viewport={"width": 390, "height": 844})
    page = context.new_page()
    mistakes: list[object] = []
    page.on("pageerror", lambda mistake: mistakes.append(mistake))  # noqa: PLW0108  (Playwright wants a function)
    page.on("console", lambda said: mistakes.append(said.text) if said.type == "error" else None)
    yield page
    context.close()
    # A number that is not there is asked for, and not found.
    assert [each for each in mistakes if "404" not in str(each)] == []


def faults(browser: Browser, address: str) -> list[str]:
    """Give what axe finds, on a phone in the dark; it needs to run code that the page forbids."""
    phone = {"width": 390, "height": 844}
    context = browser.new_context(viewport=phone, color_scheme="dark", bypass_csp=True)  # type: ignore[arg-type]
    page = context.new_page()
    page.goto(address)
    rules = {
        "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]},
        # It renews itself without JavaScript: its figures are of this minute (WCAG 2.2.1, the
        # exception for what happens in real time).
        "rules": {"meta-refresh": {"enabled": False}},
    }
    found = Axe().run(page, options=rules).response["violations"]
    context.close()
    return [f"{each['id']}: {node['html']}" for each in found for node in each["nodes"]]


def test_who_stays_at_home_reads_how_long_it_takes(home: Home, page: Page) -> None:
    home.waits()
    page.goto(f"{home.address}/SUED/EINGANG/")
    expect(page.get_by_text("7 Personen warten.")).to_be_visible()
    row = page.get_by_role("row", name="Unterlagen abgeben")
    expect(row).to_contain_text("10 bis 25 Minuten")
    expect(page.get_by_role("row", name="Beratung <persönlich> & vertraulich")).to_contain_text(
        "Zurzeit nicht geöffnet"
    )
    expect(page.get_by_text("Stand: 08:00 Uhr")).to_be_visible()
    book = page.get_by_role("link", name="Termin buchen")
    assert book.get_attribute("href") == "https://termine.musterstadt.example"


def test_it_can_be_read_without_javascript_and_in_every_language(
    home: Home, browser: Browser
) -> None:
    home.waits()
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    for language in languages():
        page.goto(f"{home.address}/SUED/EINGANG/{language}.html")
        assert page.title().startswith(texts(language)("wait.title"))
        assert page.locator("html").get_attribute("dir") == texts(language)("page.direction")
        assert page.locator("tbody tr").count() == 2
    context.close()


def test_better_time_of_the_day_is_told_in_every_language(
    tmp_path: Path, mosquitto: Mosquitto, browser: Browser, page: Page
) -> None:
    home = Home(tmp_path, mosquitto)
    began_s = time.monotonic()
    home.now = lambda: NOW + timedelta(seconds=time.monotonic() - began_s)
    with Learned(tmp_path / "learned") as learned:
        short = [ServiceWait(service="A10", waiting=1, low_min=5, high_min=10)]
        with learned.writing():
            for week in (1, 2, 3):
                for minute in range(60):
                    at = NOW - timedelta(weeks=week) + timedelta(hours=6, minutes=minute)
                    learned.note(Place("SUED", "EINGANG"), short, at)
        home.learned = learned
        with home:
            home.waits(low_min=35)
            (told,) = home.json()["services"][0]["better"]
            assert told == {"from": "13:00", "to": "14:00", "low_min": 5, "high_min": 10}
            assert home.json()["services"][1]["better"] == []
            page.goto(f"{home.address}/SUED/EINGANG/")
            better = page.get_by_role("region", name="Heute gibt es bessere Zeiten")
            (time_of_day,) = better.get_by_role("listitem").all_inner_texts()
            assert time_of_day.split("\n") == [
                "Unterlagen abgeben",
                "13:00 bis 14:00 Uhr: meist 5 bis 10 Minuten",
            ]
            assert faults(browser, page.url) == []
            for language in languages():
                page.goto(f"{home.address}/SUED/EINGANG/{language}.html")
                words = texts(language)
                expect(page.get_by_role("region", name=words("wait.better"))).to_contain_text(
                    words("wait.better_why")
                )
            # Nobody needs one who waits for ten minutes.
            home.waits(waiting=1)
            page.goto(f"{home.address}/SUED/EINGANG/")
            expect(page.get_by_role("row", name="Unterlagen abgeben")).to_be_visible()
            assert page.get_by_role("region").count() == 0


def test_old_figures_are_not_shown_as_if_they_were_of_now(home: Home, page: Page) -> None:
    home.waits(valid_s=2)
    home.until(lambda: home.json().get("stale") is True)
    page.goto(f"{home.address}/SUED/EINGANG/")
    expect(page.get_by_role("status")).to_contain_text("Seit 08:00 Uhr hören wir nichts")
    assert page.locator("table").count() == 0
    home.waits()


def test_writer_that_starts_anew_believes_nothing_that_was_kept(home: Home) -> None:
    home.waits(waiting=3)
    before = home.json()
    home.writes()
    # Kept by the broker, of whatever age it is: the page stays as it was until the lobby speaks.
    home.says(TOPICS.wait, b"not a wait", retain=False)
    assert home.json() == before
    home.waits(waiting=4)


def test_slip_leads_to_its_number_which_calls_by_itself(home: Home, page: Page) -> None:
    home.waits()
    home.number(ahead=5, ahead_first=2, low_min=10, high_min=25)
    home.until(lambda: any((home.folder / "numbers").glob("*.json")))
    page.goto(f"{home.address}/n/#{SECRET}")
    expect(page.locator("#ticket")).to_have_text("B005")
    expect(page.get_by_role("status")).to_have_text("Vor Ihnen: 5")
    expect(page.locator("#range")).to_have_text("Noch etwa 10 bis 25 Minuten")
    expect(page.locator("#why")).to_contain_text("2 davon haben einen Termin.")
    assert "Eingangszone" in page.locator("#office").inner_text()
    home.number(state="called", counter="4", calls=1)
    expect(page.get_by_role("status")).to_have_text("Bitte jetzt zu Platz 4", timeout=15_000)
    assert page.locator("#why").is_hidden()
    home.number(state="served", counter="4", calls=1)
    expect(page.get_by_role("status")).to_have_text("Fertig. Auf Wiedersehen!", timeout=15_000)


def test_language_can_be_changed_and_stays_for_this_visit(home: Home, page: Page) -> None:
    home.waits()
    home.number(ahead=0, ahead_first=0)
    home.until(lambda: any((home.folder / "numbers").glob("*.json")))
    page.goto(f"{home.address}/n/#{SECRET}")
    page.get_by_role("button", name="العربية").click()
    expect(page.get_by_role("status")).to_have_text(texts("ar")("number.next"))
    assert page.locator("html").get_attribute("dir") == "rtl"
    page.reload()
    expect(page.get_by_role("status")).to_have_text(texts("ar")("number.next"))


def test_number_of_another_day_is_not_known(home: Home, page: Page) -> None:
    home.waits()
    home.number(ahead=0)
    home.until(lambda: any((home.folder / "numbers").glob("*.json")))
    home.says(home.topic, b"")
    home.until(lambda: not any((home.folder / "numbers").glob("*.json")))
    page.goto(f"{home.address}/n/#{SECRET}")
    expect(page.get_by_role("status")).to_contain_text("Diese Nummer kennen wir nicht")


def test_number_of_which_nothing_is_heard_any_more_is_said_to_be_old(
    home: Home, page: Page
) -> None:
    home.waits()
    home.number(ahead=3)
    home.until(lambda: any((home.folder / "numbers").glob("*.json")))
    path = next((home.folder / "numbers").glob("*.json"))
    known = json.loads(path.read_text("utf-8"))
    known["stale_from"] = (datetime.now(UTC) - timedelta(minutes=1)).isoformat()
    path.write_text(json.dumps(known), "utf-8")
    page.goto(f"{home.address}/n/#{SECRET}")
    expect(page.get_by_role("status")).to_contain_text("schauen Sie im Haus auf die Anzeige")
    assert page.locator("#range").is_hidden()


def test_secret_is_in_no_file_and_no_request(home: Home, page: Page) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(f"{request.url} {request.all_headers()}"))
    home.waits()
    home.number(ahead=1)
    home.until(lambda: any((home.folder / "numbers").glob("*.json")))
    page.goto(f"{home.address}/n/#{SECRET}")
    expect(page.locator("#ticket")).to_have_text("B005")
    # What follows the # stays in the browser: it is in the address there, and in no request.
    assert all(SECRET not in each.replace(f"/n/#{SECRET}", "/n/") for each in asked)
    for path in home.folder.rglob("*"):
        assert SECRET not in str(path)
        assert path.is_dir() or SECRET.encode() not in path.read_bytes()
    assert page.locator("meta[name=robots]").get_attribute("content") == "noindex"
    assert page.locator("meta[name=referrer]").get_attribute("content") == "no-referrer"
