"""A counter can do nothing but its own part: tried from the browser's own connection.

Whoever sits at a counter can open the browser's tools and say on the bus whatever they like. What
the page offers is no protection; the broker's access list is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import pytest

from appliance.line import events
from demo.stage import RECEPTION

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.pages.hall import Hall

CONNECT: Final = """async ([login, password, prefix, hears]) => {
    const { Bus } = await import('/js/bus.js');
    window.heard = [];
    window.bus = new Bus({
        url: location.href.replace(/^http/, 'ws') + 'mqtt', prefix, login, password, hears,
        onMessage: ({ topic }) => window.heard.push(topic), onState: () => {},
    });
    window.bus.open();
    while (window.bus.state !== 'up') await new Promise((go) => setTimeout(go, 50));
}"""
SAY: Final = """async ([topic, payload]) => {
    try { await window.bus.publish(topic, new TextEncoder().encode(payload)); return 'said'; }
    catch (error) { return error.constructor.name; }
}"""


def connect(hall: Hall, caller: str, hears: tuple[str, ...] = (), **other: Any) -> Page:  # noqa: ANN401
    page = hall.window()
    password = other.get("password", hall.stage.password(caller))
    page.evaluate(CONNECT, [caller, password, hall.stage.topics.prefix, list(hears)])
    return page


def test_counter_says_nothing_but_its_own_commands(hall: Hall) -> None:
    hall.issue("A1")
    page = connect(hall, "counter.3")
    assert page.evaluate(SAY, ["counter.3/cmd/open_counter", "{}"]) == "said"
    device = hall.stage.settings.device.id
    for topic in (
        "counter.4/cmd/next",
        "staff.reception/cmd/cancel",
        "kiosk.entrance/cmd/issue",
        "counter.3/reply/x",
        "counter.4/reply/x",
        "board",
        "tickets",
        "promise",
        "alarms",
        "wait",
        "wait/A1",
        "scan",
        "kiosk/entrance/result",
        f"proc/{device}/desk",
        f"dev/{device}/status",
        f"dev/{device}/health",
        f"dev/{device}/evt",
        f"dev/{device}/ack",
        "bookings/2026-03-02",
        "cancelled/2026-03-02",
        "keys",
        "canary/counter.4",
        "../$SYS/x",
    ):
        assert page.evaluate(SAY, [topic, "{}"]) == "NotAllowed", topic
    # And its own topic carries nothing that is not its own.
    assert page.evaluate(SAY, ["counter.3/cmd/next", '{"counter": "4"}']) == "said"
    assert page.evaluate(SAY, ["counter.3/cmd/cancel", '{"ticket": "A001"}']) == "said"
    assert page.evaluate(SAY, ["counter.3/cmd/agenda", "{}"]) == "said"
    page.wait_for_timeout(1000)
    happened = {type(event) for event in hall.happened()}
    assert events.TicketCalled not in happened
    assert events.TicketCancelled not in happened


@pytest.mark.parametrize(
    ("caller", "foreign"),
    [
        ("counter.3", ("counter.4/reply/+", "+/reply/+", "+/cmd/+", "scan", "proc/+/+", "#")),
        (RECEPTION, ("counter.4/reply/+", "+/cmd/+", "scan", "kiosk/+/result")),
    ],
)
def test_nobody_hears_what_is_said_to_others(
    hall: Hall, caller: str, foreign: tuple[str, ...]
) -> None:
    page = connect(hall, caller, foreign)
    clerk = hall.counter("4")
    hall.issue("A1")
    clerk.calls()
    hall.check_in(5, "A1")
    page.wait_for_timeout(1000)
    heard = set(page.evaluate("window.heard"))
    # A filter of all may bring what one may hear anyway.
    assert not {topic for topic in heard if "/cmd/" in topic or "/reply/" in topic}
    assert "scan" not in heard
    assert not {topic for topic in heard if topic.startswith("kiosk/")}
    if caller.startswith("counter"):
        assert not {topic for topic in heard if topic.startswith(("proc/", "dev/"))}
