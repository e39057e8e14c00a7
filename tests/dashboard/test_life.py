"""Who is alive? By what was heard, with clocks of the test's own; never wrong for over 45 s."""

from __future__ import annotations

from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

import pytest

from central.access import web_server
from central.dashboard.laying import lay_out
from tests.access.fleet import Fleet
from tests.dashboard.centre import inventory_of
from tests.support.ports import free_port
from tests.support.web import Nginx

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page

# What is heard and what time passes, in order; then how the device is.
PLAY: Final = """async (steps) => {
    const { Fleet } = await import('/js/fleet.js');
    let ran = 0, wall = 0;
    const began = [performance.now(), Date.now()];
    performance.now = () => began[0] + ran;
    Date.now = () => began[1] + wall;
    const fleet = new Fleet([{ id: 'sued.halle-1', site: 'SUED', lobby: 'HALLE-1' }]);
    const at = 'SUED/HALLE-1/dev/sued.halle-1/';
    const lives = [];
    for (const step of steps) {
        if (step.hears) fleet.hears();
        if (step.lost) { fleet.isDeaf(); fleet.beginAnew(); }
        if (step.deaf) fleet.isDeaf();
        for (const leaf of ['status', 'health']) if (step[leaf] !== undefined) {
            const payload = step[leaf] && JSON.stringify(step[leaf]);
            fleet.hear(at + leaf, payload, step.retained ?? false);
        }
        ran += step.passes ?? 0;
        wall += (step.passes ?? 0) + (step.sleeps ?? 0);
        if (step.sleeps) fleet.tick();
        lives.push(fleet.life(fleet.devices.get('sued.halle-1')));
    }
    return lives;
}"""
Step = dict[str, Any]
HEARS: Final[Step] = {"hears": True}
BEAT_S: Final = 10
EIGHT: Final = datetime(2026, 3, 2, 8, tzinfo=UTC)


def health(at_s: float = 0, session: str = "s1") -> dict[str, Any]:
    """Give a beat at so many seconds of desk time after eight."""
    as_of = (EIGHT + timedelta(seconds=at_s)).isoformat()
    return {"as_of": as_of, "day": "2026-03-02", "session": session, "valid_s": 30}


def status(state: str, session: str = "s1") -> dict[str, Any]:
    as_of = "2026-03-02T07:00:00Z"
    return {"state": state, "session": session, "as_of": as_of, "version": "1"}


@pytest.fixture(scope="module")
def served(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    """Give a window with the dashboard's files, and nobody behind them."""
    folder = tmp_path_factory.mktemp("dashboard")
    inventory = Fleet(folder, inventory_of({"SUED": 1})).inventory
    lay_out(inventory, None, folder / "laid")
    port = free_port()
    settings = web_server.settings(
        web_server.Served(f"127.0.0.1:{port}", str(folder / "laid"), free_port())
    )
    nginx = Nginx(folder / "nginx", settings, port)
    context = browser.new_context(base_url=f"http://127.0.0.1:{port}")
    with closing(nginx), closing(context) as window:
        yield window.new_page()


@pytest.fixture
def page(served: Page) -> Page:
    # With clocks that nobody has turned.
    served.goto("/")
    return served


def lives(page: Page, *steps: Step) -> list[str]:
    found: list[str] = page.evaluate(PLAY, [HEARS, *steps])
    return found[1:]


def test_what_the_broker_kept_is_no_sign_of_life(page: Page) -> None:
    kept = {"retained": True, "status": status("up"), "health": health()}
    assert lives(page, kept, {"passes": 31_000}) == ["unknown", "silent"]


def test_device_that_nobody_ever_heard_is_missed(page: Page) -> None:
    assert lives(page, {"passes": 29_000}, {"passes": 2_000}) == ["unknown", "absent"]


def test_device_that_goes_on_beating_is_alive(page: Page) -> None:
    steps: list[Step] = [{"health": health(BEAT_S * n), "passes": 1000 * BEAT_S} for n in range(30)]
    assert set(lives(page, *steps)) == {"alive"}


def test_silence_is_noticed_within_45_s_without_any_will(page: Page) -> None:
    assert lives(page, {"health": health()}, {"passes": 29_000}, {"passes": 2_000}) == [
        "alive",
        "alive",
        "silent",
    ]


def test_two_lost_beats_are_no_death(page: Page) -> None:
    steps: list[Step] = [{"health": health()}, {"passes": 29_500}, {"health": health(29.5)}]
    assert set(lives(page, *steps)) == {"alive"}


def test_last_will_counts_at_once_and_a_later_beat_more(page: Page) -> None:
    steps: list[Step] = [{"health": health()}, {"status": status("down")}, {"health": health(1)}]
    assert lives(page, *steps) == ["alive", "down", "alive"]


def test_kept_will_counts_at_the_start(page: Page) -> None:
    assert lives(page, {"retained": True, "status": status("down")}) == ["down"]


def test_will_of_an_earlier_start_comes_late_and_kills_nobody(page: Page) -> None:
    steps: list[Step] = [
        {"health": health(0, "s2")},
        {"status": status("down", "s1")},
        {"status": status("down", "s2")},
    ]
    assert lives(page, *steps) == ["alive", "alive", "down"]


def test_birth_is_a_sign_of_life(page: Page) -> None:
    steps: list[Step] = [
        {"status": status("down"), "retained": True},
        {"status": status("up", "s2")},
        {"passes": 31_000},
    ]
    assert lives(page, *steps) == ["down", "alive", "silent"]


def test_device_that_comes_back_without_a_new_start_is_alive(page: Page) -> None:
    steps: list[Step] = [
        {"health": health()},
        {"status": status("down"), "passes": 60_000},
        {"status": status("up")},
    ]
    assert lives(page, *steps) == ["alive", "down", "alive"]


def test_beats_that_were_held_up_are_as_old_as_they_are(page: Page) -> None:
    # Two at once after 42 s, and then no more: the last was said 22 s before it came.
    steps: list[Step] = [
        {"health": health(0), "passes": 42_000},
        {"health": health(10)},
        {"health": health(20)},
        {"passes": 9_000},
    ]
    assert lives(page, *steps) == ["silent", "silent", "alive", "silent"]


def test_clock_that_stood_still_is_found_out_with_the_next_beat(page: Page) -> None:
    # Desk time went on forty seconds later than it should: a Pi was stopped, and let go.
    steps: list[Step] = [
        {"health": health(0), "passes": 10_000},
        {"health": health(10), "passes": 50_000},
        {"health": health(20), "passes": 10_000},
        {"health": health(30), "passes": 10_000},
        {"health": health(40), "passes": 10_000},
    ]
    assert lives(page, *steps) == ["alive", "silent", "silent", "alive", "alive"]


def test_clocks_that_drift_apart_make_nobody_old(page: Page) -> None:
    # For ten hours this computer's clock gains nine ten-thousandths: half a minute in the end.
    steps: list[Step] = [{"health": health(9.991 * beat), "passes": 10_000} for beat in range(3600)]
    assert set(lives(page, *steps)) == {"alive"}


def test_page_that_does_not_hear_claims_nothing(page: Page) -> None:
    steps: list[Step] = [
        {"health": health()},
        {"deaf": True},
        {"hears": True},
        {"lost": True},
        {"hears": True},
    ]
    assert lives(page, *steps) == ["alive", "unknown", "alive", "unknown", "unknown"]


def test_computer_that_slept_believes_nothing(page: Page) -> None:
    assert lives(page, {"health": health()}, {"sleeps": 600_000}) == ["alive", "unknown"]


def test_nonsense_is_left_out(page: Page) -> None:
    good = health()
    steps: list[Step] = [
        {"health": good},
        {"health": {**good, "as_of": "yesterday"}},
        {"health": ["a list"]},
        {"status": {"state": "down"}},
        {"status": ""},
    ]
    assert set(lives(page, *steps)) == {"alive"}
