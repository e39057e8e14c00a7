"""The dashboard as it is laid out and served: little on the wire, strict headers, nobody else's."""

from __future__ import annotations

import json
import re
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Final

from playwright.sync_api import expect

from central.access.rights import Places, files_of
from central.cli import main
from tests.access.fleet import Broker, Fleet
from tests.dashboard.centre import inventory_of
from tests.support.web import Nginx

if TYPE_CHECKING:
    import pytest
    from playwright.sync_api import Browser

    from tests.dashboard.centre import Centre
    from tests.dashboard.conftest import MakeCentre

SITE: Final = Path(str(resources.files("central.dashboard"))) / "site"
SHARED: Final = Path(str(resources.files("appliance.pages"))) / "site"
FIRST_VIEW_BYTES: Final = 100_000


def words(language: str) -> dict[str, str]:
    texts: dict[str, str] = json.loads((SITE / f"words/{language}.json").read_text("utf-8"))
    return texts


def test_first_view_is_at_most_100_kb_compressed(make_centre: MakeCentre) -> None:
    # The list of what there should be grows with the office: that of a hundred is in it.
    centre = make_centre(SUED=100)
    centre.plays(*centre.devices[:3])
    page = centre.window()
    wire = page.context.new_cdp_session(page)
    sent: list[float] = []
    wire.on("Network.loadingFinished", lambda event: sent.append(event["encodedDataLength"]))
    wire.send("Network.enable")
    wire.send("Network.setCacheDisabled", {"cacheDisabled": True})
    page.reload()
    page.fill("#login-name", "city")
    page.fill("#login-password", "secret")
    page.keyboard.press("Enter")
    expect(page.locator("table.fleet")).to_be_visible()
    page.wait_for_load_state("networkidle")
    assert len(sent) > 15
    assert sum(sent) <= FIRST_VIEW_BYTES, f"{sum(sent)} bytes"


def test_it_is_laid_out_with_what_the_pages_in_the_lobbies_have(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    inventory = Fleet(tmp_path, inventory_of({"SUED": 2})).inventory_path
    out = tmp_path / "out"
    arguments = ["dashboard", "--inventory", str(inventory), "--out", str(out)]
    assert main(arguments) == 0
    assert main(arguments) == 0
    assert str(out) in capsys.readouterr().out
    fleet = json.loads((out / "fleet.json").read_text("utf-8"))
    assert [each["id"] for each in fleet["devices"]] == ["sued.halle-1", "sued.halle-2"]
    assert fleet["dashboards"] == {"dashboard.city": None, "dashboard.south": ["SUED"]}
    # One connection, one login, one look: the same bytes, and nothing of the same name beside them.
    for name in ("js/bus.js", "js/login.js", "style.css", "vendor/u8-mqtt/basic-v5.js"):
        assert (out / name).read_bytes() == (SHARED / name).read_bytes()
        assert not (SITE / name).exists()
    for path in out.rglob("*.js"):
        for asked in re.findall(r"from '(\./[^']+|\.\./[^']+)'", path.read_text("utf-8")):
            assert (path.parent / asked).exists(), f"{path.name} asks for {asked}"
    assert all(path.with_name(f"{path.name}.gz").exists() for path in out.rglob("*.js"))


def test_inventory_that_is_not_there_is_said_in_a_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    wrong = ["--inventory", str(tmp_path / "no.toml"), "--out", str(tmp_path / "out")]
    assert main(["dashboard", *wrong]) == 1
    assert "no.toml" in capsys.readouterr().err


def test_settings_that_are_made_serve_it_over_tls(browser: Browser, tmp_path: Path) -> None:
    fleet = Fleet(tmp_path, inventory_of({"SUED": 1}))
    broker = Broker(fleet, "centre", "broker")
    out = tmp_path / "out"
    main(["dashboard", "--inventory", str(fleet.inventory_path), "--out", str(out)])
    # The certificate and key are the broker's own, as its settings say.
    places = Places(str(broker.directory), websockets=broker.websockets, dashboard=str(out))
    settings = files_of(fleet.inventory, places)["centre/nginx.conf"]
    broker.start()
    nginx = Nginx(tmp_path / "nginx", settings, fleet.ports["pages"])
    context = browser.new_context(ignore_https_errors=True, locale="de-DE")
    try:
        page = context.new_page()
        answer = page.goto(f"https://localhost:{fleet.ports['pages']}/")
        assert answer is not None
        headers = answer.headers
        policy = headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert headers["x-frame-options"] == "DENY"
        assert headers["referrer-policy"] == "no-referrer"
        page.fill("#login-name", "city")
        page.fill("#login-password", "secret")
        page.keyboard.press("Enter")
        # Through TLS, nginx and the WebSocket to the broker as it is set up.
        expect(page.locator(".link")).to_have_text("Verbunden")
    finally:
        context.close()
        nginx.close()
        broker.close()


def test_nothing_is_inline_and_nothing_comes_from_anybody_else(centre: Centre) -> None:
    for path in SITE.rglob("*"):
        if path.suffix in {".js", ".css", ".html"}:
            text = path.read_text("utf-8")
            assert not re.search(r"https?://(?!www\.w3\.org)", text), path
            assert "innerHTML" not in text, path
    complaints: list[str] = []
    page = centre.window()
    page.on("console", lambda said: complaints.append(said.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    centre.plays(*centre.devices).says(*(each.day() for each in centre.devices))
    watcher = centre.watches()
    watcher.page.on("console", lambda said: complaints.append(said.text))
    watcher.row(centre.devices[0]).get_by_role("link").click()
    expect(watcher.details).to_be_visible()
    page.reload()
    assert complaints == []


def test_both_languages_have_the_same_texts_with_the_same_facts() -> None:
    german, english = words("de"), words("en")
    assert list(german) == list(english)
    for key, text in german.items():
        facts = set(re.findall(r"\{(\w+)\}", text))
        assert facts == set(re.findall(r"\{(\w+)\}", english[key])), key


def test_each_text_is_used_and_each_that_is_used_is_there() -> None:
    sources = "\n".join(
        path.read_text("utf-8")
        for path in (*(SITE / "js").glob("*.js"), SHARED / "js/login.js", SHARED / "js/words.js")
    )
    known = words("de").keys()
    asked = set(re.findall(r"\bt\('([^']+)'", sources))
    counted = {
        f"{key}{end}" for key in re.findall(r"\bcount\('([^']+)'", sources) for end in ("", "_one")
    }
    assert (asked | counted) - known == set()
    named = set(re.findall(r"'([a-z_.]+)'", sources)) | counted
    # Put together of a beginning and a word of the contract.
    beginnings = tuple(re.findall(r"`([a-z]+\.[a-z_]*)\$\{", sources))
    grouped = tuple(f"{each}." for each in re.findall(r"state\('([a-z]+)'", sources))
    assert {key for key in known - named if not key.startswith(beginnings + grouped)} == set()
