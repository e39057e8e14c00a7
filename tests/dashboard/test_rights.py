"""A dashboard can say nothing but its canary: tried from the browser's own connection.

Whoever has its password can open the browser's tools, and say on the central broker whatever they
like. What the page offers is no protection; the broker's access list is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from appliance.bus.link import Link, Login, Received
from tests.access.fleet import GOD
from tests.support.played_office import until

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from appliance.bus.link import Inbound
    from tests.dashboard.centre import Centre

CONNECT: Final = """async ([login, hears]) => {
    const { Bus } = await import('/js/bus.js');
    window.heard = [];
    window.bus = new Bus({
        url: location.href.replace(/^http/, 'ws') + 'mqtt', prefix: 'lobby/v1/', login,
        password: 'secret', hears,
        onMessage: ({ topic }) => window.heard.push(topic), onState: () => {},
    });
    window.bus.open();
    while (window.bus.state !== 'up') await new Promise((go) => setTimeout(go, 50));
}"""
SAY: Final = """async ([topic, payload]) => {
    try { await window.bus.publish(topic, new TextEncoder().encode(payload)); return 'said'; }
    catch (error) { return error.constructor.name; }
}"""
AT: Final = "SUED/HALLE-1"
DEVICE: Final = f"{AT}/dev/sued.halle-1"
TOPICS: Final = (
    f"{AT}/counter.1/cmd/next",
    f"{AT}/staff.console/cmd/set_mode",
    f"{AT}/kiosk.entrance/cmd/issue",
    f"{AT}/counter.1/reply/x",
    f"{AT}/board",
    f"{AT}/wait",
    f"{AT}/wait/A10",
    f"{AT}/promise",
    f"{AT}/alarms",
    f"{AT}/today",
    f"{AT}/tickets",
    f"{AT}/scan",
    f"{AT}/follow/abc",
    f"{AT}/bookings/2026-03-02",
    f"{AT}/cancelled/2026-03-02",
    f"{AT}/keys",
    f"{AT}/proc/sued.halle-1/desk",
    f"{AT}/canary/sued.halle-1",
    f"{DEVICE}/status",
    f"{DEVICE}/health",
    f"{DEVICE}/evt",
    f"{DEVICE}/ack",
    "canary/dashboard.south",
    "canary/collector",
    "../../anything",
    "../$SYS/x",
)


def connect(centre: Centre, login: str, *hears: str) -> Page:
    page = centre.window()
    page.evaluate(CONNECT, [login, list(hears)])
    return page


def test_dashboard_says_nothing_to_anybody(centre: Centre) -> None:
    heard: list[Inbound] = []
    everything = Login("witness", "witness", "secret")
    with Link(centre.broker.plain, everything, heard.append, subscriptions=("#",)) as witness:
        until(lambda: witness.is_up, "the witness")
        page = connect(centre, "dashboard.city")
        for topic in TOPICS:
            assert page.evaluate(SAY, [topic, "{}"]) == "NotAllowed", topic
        own = "canary/dashboard.city"
        assert page.evaluate(SAY, [own, "la"]) == "said"
        until(lambda: any(isinstance(each, Received) for each in heard), "the canary")
    assert {each.topic for each in heard if isinstance(each, Received)} == {f"lobby/v1/{own}"}


def test_dashboard_hears_nothing_that_is_not_for_it(centre: Centre) -> None:
    page = connect(centre, "dashboard.south", "#", "+/+/follow/+", "+/+/bookings/+", "+/+/+/cmd/+")
    said = dict.fromkeys((*TOPICS, "NORD/HALLE-1/wait", "NORD/HALLE-1/today"), b"{}")
    with Link(centre.broker.plain, Login("god", GOD, "secret"), lambda _: None) as god:
        until(lambda: god.is_up, "the link")
        for topic, payload in said.items():
            if not topic.startswith(".."):
                god.publish(f"lobby/v1/{topic}", payload)
        # In order: when this came, all before it had come.
        god.publish(f"lobby/v1/{DEVICE}/status", b"last")
        page.wait_for_function(
            f"() => heard.filter((each) => each === '{DEVICE}/status').length > 1"
        )
    assert set(page.evaluate("window.heard")) == {
        f"{AT}/board",
        f"{AT}/wait",
        f"{AT}/wait/A10",
        f"{AT}/promise",
        f"{AT}/alarms",
        f"{AT}/today",
        f"{DEVICE}/status",
        f"{DEVICE}/health",
    }
