"""One connection, with a real broker that dies, comes back, and refuses."""

from __future__ import annotations

import gc
import queue
import time
from pathlib import Path
from typing import TYPE_CHECKING

from appliance.bus.access import Rights, access_list
from appliance.bus.inbound import without_receipts
from appliance.bus.link import (
    Acknowledged,
    Connected,
    Disconnected,
    Inbound,
    Link,
    Login,
    Received,
    Tcp,
    UnixSocket,
    Will,
)
from tests.support.cable import Cable

if TYPE_CHECKING:
    from collections.abc import Callable

    import pytest

    from tests.conftest import MakeMosquitto
    from tests.support.broker import Mosquitto

DEADLINE_S = 10.0


class Ear:
    """Someone who listens on the bus."""

    def __init__(
        self,
        broker: Mosquitto,
        name: str,
        *topics: str,
        will: Will | None = None,
        session_s: int = 0,
    ) -> None:
        self.inbox: queue.SimpleQueue[Inbound] = queue.SimpleQueue()
        login = Login(name, name, "secret")
        self.link = Link(
            UnixSocket(broker.socket),
            login,
            self.inbox.put,
            subscriptions=topics,
            will=will,
            session_s=session_s,
        )

    def wait_for(self, wanted: type[Inbound]) -> Inbound:
        """Wait for the next thing of a kind."""
        until_s = time.monotonic() + DEADLINE_S
        while True:
            news = self.inbox.get(timeout=max(0.01, until_s - time.monotonic()))
            if isinstance(news, wanted):
                return news


def payload_of(news: Inbound) -> bytes:
    assert isinstance(news, Received)
    return news.payload


def until_heard(mouth: Ear, topic: str, payload: bytes) -> None:
    """Send once there is somebody to hear it: a subscription takes its time."""
    until_s = time.monotonic() + DEADLINE_S
    while True:
        sent = mouth.link.publish(topic, payload)
        if mouth.wait_for(Acknowledged) == Acknowledged(sent, heard=True):
            return
        assert time.monotonic() < until_s
        time.sleep(0.01)


def wait_until(fact: Callable[[], bool]) -> None:
    until_s = time.monotonic() + DEADLINE_S
    while not fact():
        assert time.monotonic() < until_s, "it did not become true in time"
        time.sleep(0.01)


def test_message_arrives_with_all_that_an_answer_needs(mosquitto: Mosquitto) -> None:
    ear, mouth = Ear(mosquitto, "ear", "a/+"), Ear(mosquitto, "mouth")
    with ear.link, mouth.link:
        ear.wait_for(Connected)
        mouth.wait_for(Connected)
        # The subscription is on its way when Connected is told; retained catches both orders.
        mouth.link.publish(
            "a/b", b"hello", retain=True, response_topic="r/1", correlation=b"k" * 16
        )
        got = ear.wait_for(Received)
    assert isinstance(got, Received)
    assert (got.topic, got.payload) == ("a/b", b"hello")
    assert (got.response_topic, got.correlation) == ("r/1", b"k" * 16)


def test_broker_that_is_not_there_yet_is_waited_for(mosquitto: Mosquitto) -> None:
    mosquitto.kill()
    ear = Ear(mosquitto, "ear")
    with ear.link:
        assert not ear.link.is_up
        assert not ear.link.publish("a", b"lost")
        mosquitto.start()
        ear.wait_for(Connected)
        assert ear.link.publish("a", b"sent")


def test_connection_and_subscriptions_come_back_after_the_broker_died(
    mosquitto: Mosquitto,
) -> None:
    ear, mouth = Ear(mosquitto, "ear", "a"), Ear(mosquitto, "mouth")
    with ear.link, mouth.link:
        for one in (ear, mouth):
            one.wait_for(Connected)
        mosquitto.kill()
        for one in (ear, mouth):
            one.wait_for(Disconnected)
        mosquitto.start()
        for one in (ear, mouth):
            one.wait_for(Connected)
        mouth.link.publish("a", b"again", retain=True)
        got = ear.wait_for(Received)
    assert isinstance(got, Received)
    assert got.payload == b"again"


def test_session_keeps_what_was_not_dealt_with(mosquitto: Mosquitto) -> None:
    mouth = Ear(mosquitto, "mouth")
    with mouth.link:
        mouth.wait_for(Connected)
        ear = Ear(mosquitto, "ear", "a", session_s=60)
        with ear.link:
            ear.wait_for(Connected)
            until_heard(mouth, "a", b"first")
            assert payload_of(ear.wait_for(Received)) == b"first"
        # It went without acknowledging the first, and was away for the second.
        until_heard(mouth, "a", b"second")
        again = Ear(mosquitto, "ear", "a", session_s=60)
        with again.link:
            for expected in (b"first", b"second"):
                received = again.wait_for(Received)
                assert payload_of(received) == expected
                assert isinstance(received, Received)
                again.link.acknowledge(received)
            until_heard(mouth, "a", b"third")
            assert payload_of(again.wait_for(Received)) == b"third"


def test_sender_is_told_whether_anybody_listens(mosquitto: Mosquitto) -> None:
    ear, mouth = Ear(mosquitto, "ear", "a"), Ear(mosquitto, "mouth")
    with mouth.link:
        mouth.wait_for(Connected)
        sent = mouth.link.publish("a", b"")
        assert mouth.wait_for(Acknowledged) == Acknowledged(sent, heard=False)
        with ear.link:
            ear.wait_for(Connected)
            until_heard(mouth, "a", b"")


def test_broker_speaks_the_will_of_one_that_was_cut_off(mosquitto: Mosquitto) -> None:
    ear = Ear(mosquitto, "ear", "presence")
    with ear.link, Cable((mosquitto.host, mosquitto.port)) as cable:
        ear.wait_for(Connected)
        inbox: queue.SimpleQueue[Inbound] = queue.SimpleQueue()
        address = Tcp(mosquitto.host, cable.port)
        login = Login("doomed", "doomed", "secret")
        with Link(address, login, inbox.put, will=Will("presence", b"down")):
            assert inbox.get(timeout=DEADLINE_S) == Connected()
            cable.cut()
            assert payload_of(ear.wait_for(Received)) == b"down"


def test_refused_message_and_login_are_told_once(
    make_mosquitto: MakeMosquitto, caplog: pytest.LogCaptureFixture
) -> None:
    allowed = access_list([Rights("ear", writes=("mine",))])
    broker = make_mosquitto(logins={"ear": "secret"}, acl=allowed)
    ear, stranger = Ear(broker, "ear"), Ear(broker, "stranger")
    with ear.link, stranger.link:
        ear.wait_for(Connected)
        for _ in range(3):
            ear.link.publish("not/mine", b"")
        wait_until(lambda: "refused a message" in caplog.text)
        wait_until(lambda: "refuses this login" in caplog.text)
    assert caplog.text.count("refused a message") == 1
    assert "secret" not in caplog.text


def test_closing_twice_is_fine(mosquitto: Mosquitto) -> None:
    ear = Ear(mosquitto, "ear")
    ear.link.open()
    ear.wait_for(Connected)
    ear.link.close()
    ear.link.close()


def test_nothing_stays_open_of_a_connection_that_is_over(mosquitto: Mosquitto) -> None:
    ear = Ear(mosquitto, "ear")
    gc.collect()
    gc.disable()  # it would tidy up, some day
    try:
        before = open_files()
        with ear.link:
            ear.wait_for(Connected)
            mosquitto.kill()
            ear.wait_for(Disconnected)
            mosquitto.start()
            ear.wait_for(Connected)
        assert open_files() == before
    finally:
        gc.enable()


def open_files() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


def test_tcp_works_as_well(mosquitto: Mosquitto) -> None:
    inbox: queue.SimpleQueue[Inbound] = queue.SimpleQueue()
    with Link(Tcp(mosquitto.host, mosquitto.port), Login("x", "x", "y"), inbox.put):
        assert inbox.get(timeout=DEADLINE_S) == Connected()


def test_password_is_in_no_repr() -> None:
    assert "hunter2" not in repr(Login("a", "b", "hunter2"))


def test_who_counts_no_receipts_is_not_woken_by_them_but_by_a_refusal() -> None:
    taken: list[Inbound] = []
    hand_on = without_receipts(taken.append)
    received, refused = Received("t", b""), Acknowledged(2, heard=False, refusal=0x87)
    for item in (Acknowledged(1, heard=True), received, refused):
        hand_on(item)
    assert taken == [received, refused]
