"""Who may say and hear what: every login and every topic, tried at a real broker."""

from __future__ import annotations

import queue
import time
from typing import TYPE_CHECKING

import pytest

from appliance.bus.access import access_list, rights_of_caller, rights_of_processes
from appliance.bus.link import (
    Acknowledged,
    Connected,
    Inbound,
    Link,
    Login,
    Received,
    Tcp,
)
from appliance.bus.topics import Topics

if TYPE_CHECKING:
    from tests.conftest import MakeMosquitto

TOPICS = Topics("SUED", "EINGANG", "sued.eingang-1")
CALLERS = ("counter.1", "counter.2", "staff.reception", "kiosk.entrance")
PLACES = {
    "scan": TOPICS.scan,
    "board": TOPICS.board,
    "wait": TOPICS.wait,
    "wait of": TOPICS.wait_of("A1"),
    "promise": TOPICS.promise,
    "tickets": TOPICS.tickets,
    "alarms": TOPICS.alarms,
    "result": TOPICS.kiosk_result("entrance"),
    **{f"presence {p}": TOPICS.presence(p) for p in ("desk", "scanner", "board")},
    **{f"command {c}": TOPICS.command(c, "next") for c in CALLERS},
    **{f"reply {c}": TOPICS.reply(c, "t") for c in CALLERS},
    "elsewhere": "lobby/v1/NORD/EINGANG/board",
    "broker": "$SYS/broker/version",
}
DESK, SCANNER, BOARD = (f"proc.sued.eingang-1.{p}" for p in ("desk", "scanner", "board"))
PUBLIC = {"board", "wait", "wait of"}
STATE = PUBLIC | {"promise", "tickets", "alarms"}
MAY_WRITE = {
    DESK: STATE | {"result", "presence desk"} | {f"reply {c}" for c in CALLERS},
    SCANNER: {"scan", "presence scanner"},
    BOARD: {"presence board"},
    **{c: {f"command {c}"} for c in CALLERS},
}
MAY_READ = {
    # Its own board: after damage it tells which numbers are out.
    DESK: {"scan", "board"} | {f"command {c}" for c in CALLERS},
    SCANNER: set[str](),
    BOARD: {"board", "wait", "result"},
    **{c: STATE | {f"reply {c}"} for c in CALLERS},
    "kiosk.entrance": PUBLIC | {"result", "reply kiosk.entrance"},
}
MARKER = "marker"
DEADLINE_S = 10.0


class Someone:
    """A login at the broker."""

    def __init__(self, address: Tcp, name: str, *subscriptions: str) -> None:
        self.inbox: queue.SimpleQueue[Inbound] = queue.SimpleQueue()
        login = Login(name, name, "secret")
        self.link = Link(address, login, self.inbox.put, subscriptions=subscriptions)

    def until(self, kind: type[Inbound]) -> Inbound:
        until_s = time.monotonic() + DEADLINE_S
        while True:
            news = self.inbox.get(timeout=max(0.01, until_s - time.monotonic()))
            if isinstance(news, kind):
                return news

    def until_listening(self) -> None:
        """Wait until what is said is heard by oneself: a subscription takes its time."""
        self.until(Connected)
        while True:
            said = self.link.publish(MARKER, b"")
            if self.until(Acknowledged) == Acknowledged(said, heard=True):
                return

    def topics_until(self, marker: bytes) -> set[str]:
        """Give the topics of all that is heard until the marker says so."""
        topics: set[str] = set()
        while True:
            news = self.until(Received)
            assert isinstance(news, Received)
            if (news.topic, news.payload) == (MARKER, marker):
                return topics
            topics.add(news.topic)


@pytest.fixture
def address(make_mosquitto: MakeMosquitto) -> Tcp:
    rights = (*rights_of_processes(TOPICS), *(rights_of_caller(TOPICS, c) for c in CALLERS))
    # Beside ours: one who may say everything, and a topic that everyone may hear at the end.
    acl = f"{access_list(rights)}\nuser god\ntopic readwrite #\n\npattern read {MARKER}\n"
    logins = dict.fromkeys((*MAY_WRITE, "god"), "secret")
    broker = make_mosquitto(logins=logins, acl=acl)
    return Tcp(broker.host, broker.port)


@pytest.mark.parametrize("login", MAY_WRITE)
def test_login_says_just_what_it_may(address: Tcp, login: str) -> None:
    god = Someone(address, "god", "#")
    someone = Someone(address, login)
    with god.link, someone.link:
        god.until_listening()
        someone.until(Connected)
        said = set()
        for place, topic in PLACES.items():
            god.link.publish(topic, b"god", qos=1)
            message = someone.link.publish(topic, login.encode())
            acknowledged = someone.until(Acknowledged)
            assert isinstance(acknowledged, Acknowledged)
            assert acknowledged.message_id == message
            # The god hears everything: so somebody takes it, if it was not refused.
            if acknowledged.heard:
                said.add(place)
    assert said == MAY_WRITE[login]


@pytest.mark.parametrize("login", MAY_READ)
def test_login_hears_just_what_it_may(address: Tcp, login: str) -> None:
    god = Someone(address, "god")
    someone = Someone(address, login, *PLACES.values(), "#", "$SYS/#", MARKER)
    with god.link, someone.link:
        god.until(Connected)
        someone.until(Connected)
        # A kept marker shows that the subscriptions stand; one after the others, that all arrived.
        god.link.publish(MARKER, b"begin", retain=True)
        heard = someone.topics_until(b"begin")
        for topic in (*PLACES.values(), MARKER):
            god.link.publish(topic, b"end")
        heard |= someone.topics_until(b"end")
    assert {place for place, topic in PLACES.items() if topic in heard} == MAY_READ[login]
