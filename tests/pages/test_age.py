"""How old is what a page shows? By the rules of docs/bus.md, with clocks of the test's own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.pages.hall import Hall

# What is heard and what time passes, in order; then what the page knows.
PLAY: Final = """async (steps) => {
    const { Lobby } = await import('/js/lobby.js');
    let ran = 0, wall = 0;
    const started = [performance.now(), Date.now()];
    performance.now = () => started[0] + ran;
    Date.now = () => started[1] + wall;
    const lobby = new Lobby();
    for (const step of steps) {
        if (step.hear) lobby.hear('tickets', step.hear, step.retained ?? false);
        if (step.lost) lobby.lost();
        ran += step.passes ?? 0;
        wall += (step.passes ?? 0) + (step.sleeps ?? 0);
    }
    return {
        desk: lobby.desk,
        now: lobby.now === null ? null : new Date(lobby.now).toISOString().slice(11, 19),
        tickets: lobby.fresh('tickets')?.said ?? null,
    };
}"""


def said(day: str, time: str, word: str = "x") -> dict[str, Any]:
    return {"as_of": f"{day}T{time}Z", "day": day, "session": "s", "valid_s": 30, "said": word}


MONDAY: Final = said("2026-03-02", "08:00:00")


@pytest.fixture
def page(hall: Hall) -> Page:
    return hall.window()


def test_what_the_broker_kept_tells_no_time(page: Page) -> None:
    found = page.evaluate(PLAY, [{"hear": MONDAY, "retained": True, "passes": 1000}])
    # It is shown, as there is nothing better yet, and the page says that it waits.
    assert found == {"desk": "unknown", "now": None, "tickets": "x"}


def test_desk_time_goes_on_by_the_clock_of_the_page(page: Page) -> None:
    found = page.evaluate(PLAY, [{"hear": MONDAY, "passes": 5000}])
    assert found == {"desk": "live", "now": "08:00:05", "tickets": "x"}


def test_desk_that_says_nothing_any_more_is_silent(page: Page) -> None:
    assert page.evaluate(PLAY, [{"hear": MONDAY, "passes": 17000}])["desk"] == "silent"


def test_connection_that_was_lost_begins_anew(page: Page) -> None:
    found = page.evaluate(PLAY, [{"hear": MONDAY}, {"lost": True}])
    assert (found["desk"], found["now"]) == ("unknown", None)


def test_computer_that_slept_believes_nothing(page: Page) -> None:
    found = page.evaluate(PLAY, [{"hear": MONDAY, "passes": 1000, "sleeps": 600_000}])
    assert (found["desk"], found["now"]) == ("unknown", None)
    again = {"hear": said("2026-03-02", "08:10:01", "y")}
    found = page.evaluate(PLAY, [{"hear": MONDAY, "sleeps": 600_000}, again])
    assert found == {"desk": "live", "now": "08:10:01", "tickets": "y"}


def test_state_of_another_day_is_drawn_empty(page: Page) -> None:
    sunday = {"hear": said("2026-03-01", "16:00:00"), "retained": True}
    live = {"as_of": "2026-03-02T08:00:00Z", "day": "2026-03-02"}
    script = PLAY.replace(
        "if (step.lost)",
        "if (step.board) lobby.hear('board', step.board, false);\n        if (step.lost)",
    )
    assert page.evaluate(script, [sunday, {"board": live}])["tickets"] is None
