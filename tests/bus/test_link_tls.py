"""TLS as the uplink has it: our own CA, both sides with a certificate, names and dates checked."""

from __future__ import annotations

import queue
import threading
import time
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from appliance.bus.addresses import Identity, Proxy, Tls
from appliance.bus.certificates import expires
from appliance.bus.link import Connected, Disconnected, Hitch, Inbound, Link, Login, Pace, Received
from tests.support.authority import Authority, tls_listener
from tests.support.cable import Cable
from tests.support.ports import HOST, free_port

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.conftest import MakeMosquitto

DEADLINE_S = 20.0
QUICK = Pace(0.05, 0.2)


class Office:
    """A CA, a broker that it signed for, and a device that it signed for."""

    def __init__(self, folder: Path, make: MakeMosquitto, **broker: object) -> None:
        self.ca = Authority(folder)
        until, host = broker.get("until"), broker.get("host", "localhost")
        assert until is None or isinstance(until, datetime)
        server = self.ca.issue("broker", until=until, host=str(host))
        self.device = self.ca.issue("sued.eingang-1")
        self.port, self.web_port = free_port(), free_port()
        make(
            extra=tls_listener(server, self.port, HOST)
            + tls_listener(server, self.web_port, HOST, websockets=True)
        )

    def tls(self, identity: Identity | None = None) -> Tls:
        return Tls("localhost", self.port, identity or self.device)

    def web(self, proxy: Proxy | None = None) -> Tls:
        return Tls("localhost", self.web_port, self.device, "/mqtt", proxy)


class Ear:
    """Someone who hears itself."""

    def __init__(
        self, address: Tls, clock_sure: Callable[[], bool] = lambda: True, name: str = "x"
    ) -> None:
        self.inbox: queue.SimpleQueue[Inbound] = queue.SimpleQueue()
        self.link = Link(
            address,
            Login(name, "", ""),
            self.inbox.put,
            subscriptions=("a",),
            canary=f"canary/{name}",
            pace=QUICK,
            clock_sure=clock_sure,
        )

    def hears_itself(self, payload: bytes = b"hello") -> None:
        with self.link:
            assert self.inbox.get(timeout=DEADLINE_S) == Connected()
            self.link.publish("a", payload)
            self.wait_for_payload(payload)

    def wait_for_payload(self, payload: bytes) -> None:
        while True:
            match self.inbox.get(timeout=DEADLINE_S):
                case Received(payload=got):
                    assert got == payload
                    return
                case _:
                    pass

    def is_refused(self) -> Hitch:
        with self.link:
            until_s = time.monotonic() + DEADLINE_S
            while self.link.hitch is None:
                assert time.monotonic() < until_s
                time.sleep(0.01)
            assert self.inbox.empty()
            return self.link.hitch


@pytest.fixture
def office(tmp_path: Path, make_mosquitto: MakeMosquitto) -> Office:
    return Office(tmp_path, make_mosquitto)


def test_mqtts(office: Office) -> None:
    Ear(office.tls()).hears_itself()


def test_wss(office: Office) -> None:
    # More than one TLS record, and more than one frame of a WebSocket.
    Ear(office.web()).hears_itself(b"x" * 300_000)


@pytest.mark.parametrize("login", ["", "me:secret"])
def test_wss_through_a_proxy(office: Office, login: str) -> None:
    with Cable((HOST, office.web_port), proxy=True) as proxy:
        Ear(office.web(Proxy(HOST, proxy.port, login))).hears_itself()
        asked = proxy.asked[0]
    assert asked.startswith(b"CONNECT localhost:%d HTTP/1." % office.web_port)
    assert (b"Proxy-Authorization: Basic bWU6c2VjcmV0" in asked) == bool(login)


def test_proxy_that_refuses_is_no_answer(office: Office) -> None:
    # A broker takes an HTTP request for nonsense and hangs up.
    address = office.web(Proxy(HOST, office.port))
    assert Ear(address).is_refused() is Hitch.NO_ANSWER


def test_broker_of_another_ca_is_not_trusted(office: Office, tmp_path: Path) -> None:
    other = Authority(tmp_path, "other")
    mine = Identity(other.path, office.device.certificate, office.device.key)
    assert Ear(office.tls(mine)).is_refused() is Hitch.CERTIFICATE


def test_broker_of_another_name_is_not_trusted(
    tmp_path: Path, make_mosquitto: MakeMosquitto
) -> None:
    office = Office(tmp_path, make_mosquitto, host="elsewhere.example")
    assert Ear(office.tls()).is_refused() is Hitch.CERTIFICATE
    # Nor where nobody knows what time it is.
    assert Ear(office.tls(), lambda: False).is_refused() is Hitch.CERTIFICATE


def test_certificate_that_the_broker_does_not_take_is_told(office: Office, tmp_path: Path) -> None:
    stranger = Authority(tmp_path, "stranger").issue("sued.eingang-2")
    mine = Identity(office.ca.path, stranger.certificate, stranger.key)
    assert Ear(office.tls(mine)).is_refused() is Hitch.REFUSED


def test_missing_file_is_told_and_waited_for(office: Office) -> None:
    key = office.device.key.read_bytes()
    office.device.key.unlink()
    ear = Ear(office.tls())
    with ear.link:
        until_s = time.monotonic() + DEADLINE_S
        while ear.link.hitch is not Hitch.CERTIFICATE:
            assert time.monotonic() < until_s
            time.sleep(0.01)
        office.device.key.write_bytes(key)
        assert ear.inbox.get(timeout=DEADLINE_S) == Connected()


def test_dates_count_as_soon_as_the_time_is_known(
    tmp_path: Path, make_mosquitto: MakeMosquitto
) -> None:
    yesterday = datetime.now(UTC) - timedelta(days=1)
    office = Office(tmp_path, make_mosquitto, until=yesterday)
    assert Ear(office.tls()).is_refused() is Hitch.CERTIFICATE
    sure = threading.Event()
    ear = Ear(office.tls(), sure.is_set)
    with ear.link:
        assert ear.inbox.get(timeout=DEADLINE_S) == Connected()
        assert not ear.link.dates_checked
        sure.set()
        assert ear.inbox.get(timeout=DEADLINE_S) == Disconnected()
        until_s = time.monotonic() + DEADLINE_S
        while ear.link.hitch is not Hitch.CERTIFICATE:
            assert time.monotonic() < until_s
            time.sleep(0.01)
        assert ear.inbox.empty()


def test_expiry_of_a_certificate_is_read(tmp_path: Path) -> None:
    until = datetime(2031, 5, 17, 12, tzinfo=UTC)
    identity = Authority(tmp_path).issue("x", until=until)
    assert expires(identity.certificate) == until
    assert expires(identity.key) is None
    assert expires(tmp_path / "missing") is None
