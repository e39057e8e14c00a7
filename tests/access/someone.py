"""A login at a broker, which says what it may and lists what it hears."""

from __future__ import annotations

import math
import queue
import time
from typing import TYPE_CHECKING

from appliance.bus.link import Acknowledged, Connected, Inbound, Link, Login, Pace, Received
from tests.access.fleet import MARKER

if TYPE_CHECKING:
    from collections.abc import Iterable

    from appliance.bus.addresses import Address

DEADLINE_S = 20.0
NOT_AUTHORIZED = 0x87


class Someone:
    """One login.

    Args:
        address: The broker.
        name: Client id and, with a password, the login.
        subscriptions: What it asks for, whether it may hear it or not.
        certified: It comes with a certificate, and without a password.
    """

    def __init__(
        self, address: Address, name: str, *subscriptions: str, certified: bool = False
    ) -> None:
        self.inbox: queue.SimpleQueue[Inbound] = queue.SimpleQueue()
        login = Login(name, "", "") if certified else Login(name, name, "secret")
        self.link = Link(
            address, login, self.inbox.put, subscriptions=subscriptions, pace=Pace(0.05, 0.2)
        )

    def until(self, kind: type[Inbound]) -> Inbound:
        until_s = time.monotonic() + DEADLINE_S
        while True:
            news = self.inbox.get(timeout=max(0.01, until_s - time.monotonic()))
            if isinstance(news, kind):
                return news

    def overdoes_it(self, topic: str, payload: bytes) -> None:
        """Say something that is longer than the broker takes, as no link of ours does."""
        connection = self.link._connection  # noqa: SLF001  (so that it does not keep to it)
        assert connection is not None
        assert self.link.publish(topic, payload) == 0
        connection.takes_bytes = math.inf
        assert self.link.publish(topic, payload)

    def refusal(self, topic: str, payload: bytes = b"x", *, retain: bool = False) -> int:
        """Say something, and give the broker's reason not to take it; 0: it did."""
        message = self.link.publish(topic, payload, retain=retain)
        assert message
        news = self.until(Acknowledged)
        assert isinstance(news, Acknowledged)
        assert news.message_id == message
        assert news.refusal or news.heard, "nobody listens: the test would show nothing"
        return news.refusal

    def says(self, topics: Iterable[str]) -> set[str]:
        """Try all, and give those that were not refused."""
        reasons = {topic: self.refusal(topic) for topic in topics}
        assert set(reasons.values()) <= {0, NOT_AUTHORIZED}
        return {topic for topic, reason in reasons.items() if not reason}

    def hears(self, marker: bytes) -> set[str]:
        """Give the topics of all that comes until the marker says so."""
        topics: set[str] = set()
        while True:
            news = self.until(Received)
            assert isinstance(news, Received)
            if (news.topic, news.payload) == (MARKER, marker):
                return topics
            topics |= {news.topic} - {MARKER}

    def until_heard(self) -> None:
        """Wait until what is said is heard by oneself: a subscription takes its time."""
        self.until(Connected)
        while True:
            said = self.link.publish(MARKER, b"")
            if self.until(Acknowledged) == Acknowledged(said, heard=True):
                return
