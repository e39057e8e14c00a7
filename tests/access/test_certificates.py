"""Who gets in with which certificate, at brokers that run on the files as made."""

from __future__ import annotations

import os
import signal
import time
from contextlib import closing
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from appliance.bus.addresses import Identity
from appliance.bus.link import Connected, Disconnected, Hitch, Link, Login, Pace, Received
from tests.access.fleet import GOD, Broker, Fleet
from tests.access.someone import DEADLINE_S, NOT_AUTHORIZED, Someone
from tests.support.web import Nginx

if TYPE_CHECKING:
    from pathlib import Path

    from appliance.bus.addresses import Tls

DEVICE, OTHER, SATELLITE = "sued.eingang-1", "sued.neu-1", "sued.hof-1"
SCANNER = f"proc.{SATELLITE}.scanner"
FAR_KIOSK, KIOSK = "sued.yard-1", "kiosk.yard"


def test_certificate_of_another_device_is_refused_from_the_topics_of_this_one(
    fleet: Fleet, centre: Broker
) -> None:
    other = Someone(centre.tls("devices", fleet.identity(OTHER)), DEVICE, certified=True)
    with other.link:
        other.until(Connected)
        event = "lobby/v1/SUED/EINGANG/dev/sued.eingang-1/evt"
        assert other.refusal(event) == NOT_AUTHORIZED


def test_certificate_counts_and_a_name_that_is_sent_along_does_not(
    fleet: Fleet, centre: Broker
) -> None:
    login = "dashboard.city"
    device = Someone(centre.tls("devices", fleet.identity(DEVICE)), login)
    with device.link:
        device.until(Connected)
        assert device.refusal(f"lobby/v1/canary/{login}") == NOT_AUTHORIZED


def test_device_that_borrows_a_client_id_throws_nobody_out(fleet: Fleet, centre: Broker) -> None:
    topic = "lobby/v1/SUED/EINGANG/canary/sued.eingang-1"
    address = centre.tls("devices", fleet.identity(DEVICE))
    device = Someone(address, DEVICE, topic, certified=True)
    other = Someone(centre.tls("devices", fleet.identity(OTHER)), DEVICE, certified=True)
    with device.link:
        device.until(Connected)
        with other.link:
            other.until(Connected)
            assert device.refusal(topic) == 0
    assert "already connected" not in centre.log


def test_certificate_of_another_authority_is_refused(
    fleet: Fleet, centre: Broker, tmp_path: Path
) -> None:
    stranger = Fleet(tmp_path)
    theirs = stranger.identity(DEVICE)
    forged = Identity(fleet.authority.path, theirs.certificate, theirs.key)
    assert refused(centre.tls("devices", forged))
    assert not refused(centre.tls("devices", fleet.identity(DEVICE)))


def test_expired_certificate_is_refused(fleet: Fleet, centre: Broker) -> None:
    expired = fleet.identity(DEVICE, ago=timedelta(days=366))
    lasting = fleet.identity(DEVICE, ago=timedelta(days=364))
    assert refused(centre.tls("devices", expired))
    assert not refused(centre.tls("devices", lasting))


@pytest.mark.parametrize("restart", [True, False], ids=["restart", "reload"])
def test_revoked_certificate_cannot_connect(fleet: Fleet, centre: Broker, *, restart: bool) -> None:
    lost = fleet.identity(DEVICE)
    assert not refused(centre.tls("devices", lost))
    fleet.authority.revoke(DEVICE, fleet.now)
    spare = fleet.identity(DEVICE)
    centre.take_revocations()
    if restart:
        centre.kill()
        centre.start()
    else:
        reload(centre)
    assert refused(centre.tls("devices", lost))
    # The spare one goes by the same name, and nobody else notices.
    assert not refused(centre.tls("devices", spare))
    assert not refused(centre.tls("office", fleet.identity("collector")))


def test_satellite_needs_its_certificate_and_its_password(fleet: Fleet, bus: Broker) -> None:
    satellite = fleet.identity(SATELLITE)
    address = bus.tls("satellites", satellite)
    assert not refused(address, Login(SCANNER, SCANNER, "secret"))
    assert refused(address, Login(SCANNER, SCANNER, "wrong"))
    assert refused(address, Login(SATELLITE, "", ""))
    fleet.authority.revoke(SATELLITE, fleet.now)
    bus.take_revocations()
    reload(bus)
    assert refused(address, Login(SCANNER, SCANNER, "secret"))


def test_kiosk_on_a_satellite_commands_in_its_own_name_and_says_that_it_is_alive(
    fleet: Fleet, bus: Broker
) -> None:
    address = bus.tls("satellites", fleet.identity(FAR_KIOSK))
    assert refused(address, Login(KIOSK, KIOSK, "wrong"))
    kiosk, god = Someone(address, KIOSK), Someone(bus.plain, GOD, "#")
    with kiosk.link, god.link:
        god.until_heard()
        kiosk.until(Connected)
        here = "lobby/v1/SUED/EINGANG"
        allowed = {f"{here}/{KIOSK}/cmd/issue", f"{here}/proc/{FAR_KIOSK}/kiosk"}
        assert kiosk.says([*allowed, f"{here}/kiosk.entrance/cmd/issue"]) == allowed


def test_counter_comes_by_websocket_with_its_password(fleet: Fleet, bus: Broker) -> None:
    # Its certificate is not asked for: browsers have none. That it trusts the bus's is the point.
    address = bus.tls("counters", fleet.identity("issuer"), "/mqtt")
    settings = bus.files["bus/sued.eingang-1/nginx.conf"]
    with closing(Nginx(bus.directory / "nginx", settings, address.port)):
        assert not refused(address, Login("counter.1-tab", "counter.1", "secret"))
        assert refused(address, Login("counter.1-tab", "counter.1", "wrong"))
        assert refused(address, Login("counter.1-tab", "", ""))


def test_payload_of_64_kib_passes_the_bus_and_a_larger_packet_ends_its_senders_line(
    bus: Broker,
) -> None:
    topics = [f"lobby/v1/SUED/EINGANG/canary/counter.{n}" for n in (1, 2)]
    one, two = (
        Someone(bus.plain, f"counter.{n}", topic) for n, topic in enumerate(topics, start=1)
    )
    with one.link, two.link:
        one.until(Connected)
        two.until(Connected)
        assert one.refusal(topics[0], bytes(64 << 10)) == 0
        one.overdoes_it(topics[0], bytes(69 << 10))
        one.until(Disconnected)
        assert two.refusal(topics[1]) == 0
        one.until(Connected)
        assert one.refusal(topics[0]) == 0


def test_largest_day_of_bookings_passes_the_centre(fleet: Fleet, centre: Broker) -> None:
    topic = "lobby/v1/SUED/EINGANG/bookings/2026-03-02"
    device = Someone(centre.tls("devices", fleet.identity(DEVICE)), DEVICE, topic, certified=True)
    issuer = Someone(centre.tls("office", fleet.identity("issuer")), "issuer", certified=True)
    with device.link, issuer.link:
        device.until(Connected)
        issuer.until(Connected)
        # The broker takes in order what a client sends: the subscription stands after this.
        assert device.refusal(topic) == NOT_AUTHORIZED
        assert issuer.refusal(topic, bytes(1 << 20), retain=True) == 0
        news = device.until(Received)
        assert isinstance(news, Received)
        assert len(news.payload) == 1 << 20
        issuer.overdoes_it(topic, bytes((1 << 20) + (5 << 10)))
        issuer.until(Disconnected)


def reload(broker: Broker) -> None:
    """Have it read its files again, and wait until it has."""
    before = broker.log.count("Reloading config")
    os.kill(broker.pid, signal.SIGHUP)
    until_s = time.monotonic() + DEADLINE_S
    while broker.log.count("Reloading config") == before:
        assert time.monotonic() < until_s, broker.log
        time.sleep(0.01)


def refused(address: Tls, login: Login | None = None) -> bool:
    """Try to connect, and tell whether it was refused: by the broker, and for no other reason."""
    inbox: list[object] = []
    login = login or Login("somebody", "", "")
    with Link(address, login, inbox.append, pace=Pace(0.05, 0.2)) as link:
        until_s = time.monotonic() + DEADLINE_S
        while link.hitch is None and Connected() not in inbox:
            assert time.monotonic() < until_s
            time.sleep(0.01)
        if Connected() in inbox:
            return False
        assert link.hitch in {Hitch.REFUSED, Hitch.CERTIFICATE, Hitch.LOST}
        return True
