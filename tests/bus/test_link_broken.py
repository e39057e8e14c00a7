"""A connection to which everything happens that happens to connections."""

from __future__ import annotations

import queue
import socket
import time
from typing import TYPE_CHECKING

from appliance.bus.access import Rights, access_list
from appliance.bus.link import (
    Connected,
    Disconnected,
    Hitch,
    Inbound,
    Link,
    Login,
    Pace,
    Received,
    Tcp,
)
from tests.support.cable import Cable

if TYPE_CHECKING:
    from collections.abc import Callable

    import pytest

    from tests.conftest import MakeMosquitto
    from tests.support.broker import Mosquitto

DEADLINE_S = 20.0
QUICK = Pace(0.05, 0.2)


class Ear:
    """Someone who listens through a link, and remembers."""

    def __init__(
        self,
        port: int,
        *,
        name: str = "ear",
        host: str = "127.0.0.1",
        canary: str | None = None,
        hand_on: Callable[[Inbound], None] | None = None,
    ) -> None:
        self.inbox: queue.SimpleQueue[Inbound] = queue.SimpleQueue()
        self.link = Link(
            Tcp(host, port),
            Login(name, name, "secret"),
            hand_on or self.inbox.put,
            subscriptions=("a",),
            canary=canary,
            pace=QUICK,
        )

    def wait_for(self, wanted: type[Inbound]) -> Inbound:
        until_s = time.monotonic() + DEADLINE_S
        while True:
            news = self.inbox.get(timeout=max(0.01, until_s - time.monotonic()))
            if isinstance(news, wanted):
                return news


def wait_until(fact: Callable[[], bool]) -> None:
    until_s = time.monotonic() + DEADLINE_S
    while not fact():
        assert time.monotonic() < until_s, "it did not become true in time"
        time.sleep(0.01)


def test_line_that_carries_nothing_any_more_is_noticed_within_15_s(mosquitto: Mosquitto) -> None:
    # TCP cannot tell: the box in between goes on confirming what it gets.
    with Cable((mosquitto.host, mosquitto.port)) as cable:
        ear = Ear(cable.port, canary="canary/ear")
        with ear.link:
            ear.wait_for(Connected)
            cable.hold()
            held_s = time.monotonic()
            ear.wait_for(Disconnected)
            assert time.monotonic() - held_s <= 15
            assert not ear.link.is_up
            assert ear.link.hitch is Hitch.DEAF
            cable.cut()
            cable.let_go()
            ear.wait_for(Connected)
            assert ear.link.hitch is None


def test_one_that_may_speak_and_not_hear_is_not_up(make_mosquitto: MakeMosquitto) -> None:
    # The broker says "granted" to the subscription all the same.
    allowed = access_list([Rights("ear", writes=("canary/ear", "a"))])
    broker = make_mosquitto(logins={"ear": "secret"}, acl=allowed)
    ear = Ear(broker.port, canary="canary/ear")
    with ear.link:
        wait_until(lambda: ear.link.hitch is Hitch.DEAF)
        assert not ear.link.is_up
        assert ear.inbox.empty()


def test_exception_in_what_takes_a_message_is_noticed_and_recovered_from(
    mosquitto: Mosquitto, caplog: pytest.LogCaptureFixture
) -> None:
    heard: queue.SimpleQueue[Inbound] = queue.SimpleQueue()

    def take(item: Inbound) -> None:
        if isinstance(item, Received) and item.payload == b"poison":
            raise ValueError("no stomach for that")
        heard.put(item)

    ear = Ear(mosquitto.port, hand_on=take, canary="canary/ear")
    mouth = Ear(mosquitto.port, name="mouth")
    with ear.link, mouth.link:
        mouth.wait_for(Connected)
        for _ in range(2):
            assert heard.get(timeout=DEADLINE_S) == Connected()
            wait_until(lambda: ear.link.is_up)
            mouth.link.publish("a", b"poison")
            assert heard.get(timeout=DEADLINE_S) == Disconnected()
        assert heard.get(timeout=DEADLINE_S) == Connected()
        mouth.link.publish("a", b"food")
        received = heard.get(timeout=DEADLINE_S)
    assert isinstance(received, Received)
    assert received.payload == b"food"
    assert caplog.text.count("ValueError: no stomach") == 1


def test_exception_while_the_connection_comes_or_goes_is_survived(mosquitto: Mosquitto) -> None:
    times: list[Inbound] = []
    heard: queue.SimpleQueue[Inbound] = queue.SimpleQueue()

    def take(item: Inbound) -> None:
        times.append(item)
        if len(times) <= 2:
            raise RuntimeError("not yet")
        heard.put(item)

    with Ear(mosquitto.port, hand_on=take).link as link:
        assert heard.get(timeout=DEADLINE_S) == Connected()
        assert link.is_up
    assert times[:3] == [Connected(), Disconnected(), Connected()]


def test_name_that_does_not_resolve_at_the_start_is_asked_for_again(
    mosquitto: Mosquitto, monkeypatch: pytest.MonkeyPatch
) -> None:
    resolve, asked = socket.getaddrinfo, []

    def dead_at_first(host: str, *rest: int) -> object:
        asked.append(host)
        if len(asked) < 3:
            raise socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")
        return resolve("127.0.0.1", *rest)

    monkeypatch.setattr(socket, "getaddrinfo", dead_at_first)
    ear = Ear(mosquitto.port, host="central.invalid")
    with ear.link:
        wait_until(lambda: ear.link.hitch is Hitch.NO_ANSWER)
        ear.wait_for(Connected)
    assert asked[:3] == ["central.invalid"] * 3


def test_server_that_says_nothing_is_given_up() -> None:
    with socket.create_server(("127.0.0.1", 0)) as mute:
        ear = Ear(mute.getsockname()[1])
        with ear.link:
            wait_until(lambda: ear.link.hitch is Hitch.NO_ANSWER)


def test_message_ids_are_never_given_twice(mosquitto: Mosquitto) -> None:
    with Cable((mosquitto.host, mosquitto.port)) as cable:
        ear = Ear(cable.port)
        given = []
        with ear.link:
            for _ in range(3):
                ear.wait_for(Connected)
                given += [ear.link.publish("b", b"") for _ in range(5)]
                cable.cut()
                ear.wait_for(Disconnected)
    assert 0 not in given
    assert len(set(given)) == 15


def test_closing_while_nobody_answers_is_quick() -> None:
    with socket.create_server(("127.0.0.1", 0)) as mute:
        ear = Ear(mute.getsockname()[1])
        ear.link.open()
        mute.accept()[0].close()
        ear.link.close()
        assert not ear.link.is_up


def test_message_that_is_too_long_for_the_broker_does_not_end_the_connection(
    make_mosquitto: MakeMosquitto, caplog: pytest.LogCaptureFixture
) -> None:
    mosquitto = make_mosquitto(extra="max_packet_size 2000\n")
    ear = Ear(mosquitto.port)
    with ear.link:
        ear.wait_for(Connected)
        assert ear.link.publish("a", b"x" * 3000) == 0
        assert ear.link.publish("a", b"short")
        heard = ear.wait_for(Received)
        assert isinstance(heard, Received)
        assert heard.payload == b"short"
        assert ear.link.is_up
    assert caplog.text.count("3000 bytes are too many") == 1
