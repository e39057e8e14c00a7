"""What the lobbies are told, by a real broker: what changed, once, and what is over no more."""

from __future__ import annotations

import json
import socket
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, datetime, timedelta
from queue import SimpleQueue
from threading import Event, Thread
from typing import TYPE_CHECKING, Final

import pytest

from appliance.bus.link import Connected, Link, Login, Received, Tcp
from appliance.bus.messages.issued import LIMIT_BYTES, Bookings, Cancelled
from appliance.bus.messages.payload import decode
from appliance.checkin.keys import TrustList, read_root
from central.bookings.kept import Day
from central.bookings.plan import SignedList, plan
from central.bookings.publisher import Publisher, PublishError
from tests.central.world import NOW, ORDER, SITE, SLOT, World
from tests.support.ports import HOST

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from appliance.bus.inbound import Inbound
    from central.bookings.issuer import Issuer
    from central.bookings.kept import Kept
    from central.bookings.store import Store
    from tests.conftest import MakeMosquitto
    from tests.support.broker import Mosquitto

PREFIX: Final = "lobby/v1/SUED/EINGANG"
WITHIN_S: Final = 10.0


class Listener:
    """A desk's ear: what is published, in order."""

    def __init__(self) -> None:
        self.heard: SimpleQueue[Inbound] = SimpleQueue()

    def next(self, topic: str) -> Received:
        """Wait for the next message on a topic."""
        while True:
            match self.heard.get(timeout=WITHIN_S):
                case Received() as message if message.topic == topic:
                    return message
                case _:
                    pass


@contextmanager
def listening(broker: Mosquitto, topic: str = "lobby/#") -> Iterator[Listener]:
    listener = Listener()
    address = Tcp(broker.host, broker.port)
    with Link(address, Login("ear", "ear", "ear"), listener.heard.put, subscriptions=[topic]):
        yield listener


def retained(broker: Mosquitto) -> dict[str, bytes]:
    """Give topic → payload of all that the broker holds."""
    heard: SimpleQueue[Inbound] = SimpleQueue()
    address = Tcp(broker.host, broker.port)
    held: dict[str, bytes] = {}
    with Link(address, Login("eye", "eye", "eye"), heard.put, subscriptions=["#"]) as link:
        while True:
            match heard.get(timeout=WITHIN_S):
                case Connected():
                    # What is retained comes before what is said after subscribing.
                    link.publish("end", b"")
                case Received("end"):
                    return held
                case Received(topic, payload):
                    held[topic] = payload
                case _:
                    pass


@pytest.fixture
def broker(make_mosquitto: MakeMosquitto) -> Mosquitto:
    return make_mosquitto()


def publisher(world: World, store: Store, broker: Mosquitto) -> Publisher:
    def trust() -> SignedList:
        content = world.keyring.trust_path.read_bytes()
        root = read_root(world.keyring.root_path)
        return SignedList(TrustList.parse(content, root).sequence, content)

    address = Tcp(broker.host, broker.port)
    return Publisher(
        world.office, store, trust, address, Login("issuer", "i", "i"), lambda: world.now
    )


def tell(world: World, store: Store, broker: Mosquitto) -> str:
    return list(publisher(world, store, broker).once())[-1]


def book(issuer: Issuer, slot: datetime = SLOT) -> Kept:
    with issuer.store.writing():
        return issuer.book(replace(ORDER, slot=slot)).kept


def test_a_days_bookings_and_cancellations_are_retained(
    world: World, issuer: Issuer, store: Store, broker: Mosquitto
) -> None:
    stays, goes = book(issuer), book(issuer)
    issuer.cancel(goes.booking.id)
    tell(world, store, broker)
    day = SLOT.date()
    held = retained(broker)
    booked = decode(held[f"{PREFIX}/bookings/{day}"], Bookings, LIMIT_BYTES)
    gone = decode(held[f"{PREFIX}/cancelled/{day}"], Cancelled, LIMIT_BYTES)
    (only,) = booked.bookings
    assert (only.id, only.slot, only.short) == (stays.booking.id, SLOT, stays.short)
    assert gone.bookings == [goes.booking.id]
    assert (booked.day, gone.day) == (day, day)
    assert (booked.revision, gone.revision) == store.revisions(NOW.date())[
        Day(SITE, "EINGANG", day)
    ]


def test_that_nobody_booked_is_told_of_today_and_tomorrow(
    world: World, store: Store, broker: Mosquitto
) -> None:
    tell(world, store, broker)
    held = retained(broker)
    for day in (NOW.date(), NOW.date() + timedelta(days=1)):
        assert json.loads(held[f"lobby/v1/SUED/NEU/bookings/{day}"])["bookings"] == []


def test_the_trust_list_reaches_each_lobby_as_the_root_signed_it(
    world: World, store: Store, broker: Mosquitto
) -> None:
    tell(world, store, broker)
    held = retained(broker)
    for lobby in ("EINGANG", "NEU"):
        payload = held[f"lobby/v1/SUED/{lobby}/keys"]
        assert payload == world.keyring.trust_path.read_bytes()


def test_only_what_changed_is_told_again(
    world: World, issuer: Issuer, store: Store, broker: Mosquitto
) -> None:
    kept = book(issuer)
    assert tell(world, store, broker) == "told the broker 10 things"
    assert tell(world, store, broker) == "nothing to tell: the broker has everything"
    book(issuer)
    assert tell(world, store, broker) == "told the broker 1 thing"
    issuer.cancel(kept.booking.id)
    assert tell(world, store, broker) == "told the broker 2 things"
    world.keyring.sign_trust(NOW)
    assert tell(world, store, broker) == "told the broker 2 things"
    assert list(publisher(world, store, broker).once(everything=True)) == [
        "told the broker 10 things"
    ]


def test_a_move_is_told_of_both_days(
    world: World, issuer: Issuer, store: Store, broker: Mosquitto
) -> None:
    kept = book(issuer)
    tell(world, store, broker)
    new = issuer.move(kept.booking.id, SLOT + timedelta(days=3)).kept
    tell(world, store, broker)
    held = retained(broker)
    assert new.booking.id.encode() in held[f"{PREFIX}/bookings/{new.on.day}"]
    assert kept.booking.id.encode() in held[f"{PREFIX}/cancelled/{kept.on.day}"]


def test_a_day_that_is_over_is_taken_off_the_broker(
    world: World, issuer: Issuer, store: Store, broker: Mosquitto
) -> None:
    book(issuer)
    tell(world, store, broker)
    # 23:30 UTC: in Düsseldorf the day has turned.
    world.now = SLOT.replace(hour=23, minute=30)
    tell(world, store, broker)
    names = {topic.rpartition("/")[2] for topic in retained(broker)}
    assert sorted(names - {"keys"}) == ["2026-03-04", "2026-03-05"]


def test_a_broker_that_was_not_told_is_told_from_the_beginning(
    world: World, issuer: Issuer, store: Store, make_mosquitto: MakeMosquitto
) -> None:
    book(issuer)
    assert tell(world, store, make_mosquitto()) == tell(world, store, make_mosquitto())


def test_what_the_broker_refuses_is_said_and_not_taken_for_told(
    world: World, issuer: Issuer, store: Store, make_mosquitto: MakeMosquitto
) -> None:
    book(issuer)
    acl = "user i\ntopic write lobby/v1/SUED/EINGANG/bookings/#\n"
    strict = make_mosquitto(logins={"i": "i"}, acl=acl)
    with pytest.raises(PublishError, match=r"refuses .* \(reason 0x87\)"):
        tell(world, store, strict)
    assert {topic.split("/")[4] for topic in store.confirmed(f"127.0.0.1:{strict.port}")} == {
        "bookings"
    }


def test_a_broker_that_is_not_there_is_one_sentence(
    world: World, store: Store, broker: Mosquitto, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("central.bookings.publisher.CONNECT_S", 0.5)
    broker.kill()
    with pytest.raises(PublishError, match="no connection to the broker at 127"):
        tell(world, store, broker)


def test_a_broker_that_hangs_up_in_between_was_not_told(
    world: World, issuer: Issuer, store: Store
) -> None:
    book(issuer)
    with socket.create_server((HOST, 0)) as server:

        def hang_up() -> None:
            connection, _ = server.accept()
            with connection:
                connection.recv(1024)
                connection.sendall(b"\x20\x03\x00\x00\x00")  # CONNACK: come in
                connection.recv(1)

        thread = Thread(target=hang_up, name="a broker that hangs up")
        thread.start()
        port = server.getsockname()[1]
        address = Tcp(HOST, port)
        told = Publisher(
            world.office, store, lambda: None, address, Login("i", "i", "i"), lambda: NOW
        )
        with pytest.raises(PublishError, match="left 8 messages unanswered: try again"):
            list(told.once())
        thread.join(WITHIN_S)
    assert store.confirmed(str(address)) == {}


def test_a_day_that_no_pi_would_read_is_refused(
    world: World, issuer: Issuer, store: Store, broker: Mosquitto, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("central.bookings.plan.LIMIT_BYTES", 400)
    for _ in range(5):
        book(issuer)
    said = plan(world.office, store, None, "x", NOW).problems
    assert len(said) == 1
    assert said[0].startswith(f"the bookings of SUED/EINGANG on {SLOT.date()} have ")
    assert said[0].endswith(" bytes, and a Pi reads at most 400: divide the lobby")
    with pytest.raises(PublishError, match="not everything"):
        tell(world, store, broker)
    assert f"{PREFIX}/bookings/{NOW.date()}" in store.confirmed(f"127.0.0.1:{broker.port}")


def test_a_full_day_is_read_by_a_pi(world: World, issuer: Issuer, store: Store) -> None:
    with store.writing():
        for _ in range(1800):
            issuer.book(ORDER)
    day = f"{PREFIX}/bookings/{SLOT.date()}"
    (parcel,) = [
        parcel
        for parcel in plan(world.office, store, None, "x", NOW).parcels
        if parcel.topic == day
    ]
    assert len(decode(parcel.payload, Bookings, LIMIT_BYTES).bookings) == 1800
    assert len(parcel.payload) < LIMIT_BYTES / 4


@contextmanager
def watching(world: World, broker: Mosquitto) -> Iterator[list[str]]:
    """Run `watch` beside the test, as a process of its own would."""
    stop, said = Event(), list[str]()

    def watch() -> None:
        with world.store() as own:
            said.extend(publisher(world, own, broker).watch(stop))

    thread = Thread(target=watch, name="watch")
    thread.start()
    try:
        yield said
    finally:
        stop.set()
        thread.join(WITHIN_S)


def test_a_booking_made_at_a_minute_to_midnight_is_told_within_seconds(
    world: World, issuer: Issuer, broker: Mosquitto, tmp_path: Path
) -> None:
    world.now = SLOT.replace(hour=22, minute=59)
    tomorrow = SLOT.replace(hour=7) + timedelta(days=1)
    topic = f"{PREFIX}/bookings/{tomorrow.date()}"
    with listening(broker) as ear, watching(world, broker):
        assert json.loads(ear.next(topic).payload)["bookings"] == []
        kept = book(issuer, tomorrow)
        (told,) = json.loads(ear.next(topic).payload)["bookings"]
        assert told["id"] == kept.booking.id
        # And the day turns, while it watches: yesterday goes, the day after tomorrow comes.
        world.now += timedelta(minutes=2)
        assert ear.next(f"{PREFIX}/bookings/{SLOT.date()}").payload == b""
        assert ear.next(f"{PREFIX}/bookings/{date(2026, 3, 5)}").payload
    assert tmp_path.exists()


def test_watching_goes_on_when_the_broker_was_away(
    world: World, issuer: Issuer, broker: Mosquitto
) -> None:
    topic = f"{PREFIX}/bookings/{SLOT.date()}"
    with watching(world, broker):
        with listening(broker) as ear:
            ear.next(topic)
        broker.kill()
        kept = book(issuer)
        broker.start()
        with listening(broker) as ear:
            assert kept.booking.id.encode() in ear.next(topic).payload
