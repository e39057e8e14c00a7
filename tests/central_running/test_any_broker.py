"""The centre on a broker of another make: nothing here is mosquitto's own."""

from __future__ import annotations

import ast
import json
import threading
import time
from pathlib import Path
from queue import SimpleQueue
from typing import TYPE_CHECKING, Final

import pytest

from appliance.bus.link import Connected, Inbound, Link, Login, Received, Tcp
from appliance.bus.messages.payload import decode, encode
from appliance.bus.messages.shown import ServiceWait, Wait
from appliance.bus.messages.uploaded import Ack
from appliance.bus.topics import Topics
from central.collector.collecting import Collector
from central.collector.store import Store
from central.waiting.writer import Writer
from tests.central.world import NOW, World
from tests.support.branch import Branch
from tests.support.collecting import Collecting
from tests.support.ejabberd import Ejabberd, library
from tests.support.ports import HOST

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.support.broker import Mosquitto

DEADLINE_S: Final = 30.0
SOURCES: Final = Path(__file__).parent.parent.parent
needs_another = pytest.mark.skipif(
    library() is None,
    reason="ejabberd is 60 MB of Erlang, for these tests alone: apt-get install ejabberd",
)


@pytest.fixture
def another(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ejabberd]:
    broker = Ejabberd(tmp_path_factory.mktemp("ejabberd"))
    broker.start()
    yield broker
    broker.close()


def until(fact: Callable[[], bool]) -> None:
    until_s = time.monotonic() + DEADLINE_S
    while not fact():
        assert time.monotonic() < until_s
        time.sleep(0.05)


@needs_another
def test_events_arrive_once_though_it_is_killed_and_an_old_store_comes_back(
    tmp_path: Path, another: Ejabberd
) -> None:
    password = tmp_path / "password"
    password.write_text("secret")
    password.chmod(0o600)
    store = tmp_path / "store"
    with Branch(tmp_path / "desk", another.port) as branch:
        with Collecting(store, another.port, "--password", str(password)) as collecting:
            branch.issue(300)
            branch.turn_until(lambda: branch.uplink.backlog < 250)
            another.kill()
            branch.issue(20)
            branch.turn()
            another.start()
            branch.turn_until(lambda: branch.uplink.online and branch.uplink.backlog == 0)
            assert collecting.stored() == set(branch.positions())
        # The disk is gone; the broker still has an acknowledgement of all.
        store.unlink()
        with Collecting(store, another.port, "--password", str(password)) as collecting:
            branch.turn_until(lambda: collecting.stored() == set(branch.positions()))


@needs_another
def test_pages_are_written_and_bookings_reach_who_comes_later(
    tmp_path: Path, another: Ejabberd
) -> None:
    world, stop = World(tmp_path, another.port, NOW), threading.Event()
    address, out = Tcp(another.host, another.port), tmp_path / "pages"
    writer = Writer(world.office, out, address, Login("dashboard.wait", "dashboard.wait", "x"))
    thread = threading.Thread(target=writer.run, args=(stop,), name="pages written")
    thread.start()
    page = out / "SUED" / "EINGANG" / "wait.json"
    services = [ServiceWait(service="A10", waiting=5, low_min=10, high_min=25)]
    wait = Wait(as_of=NOW, day=NOW.date(), session="s", valid_s=600, waiting=7, services=services)
    try:
        with Link(address, Login("d", "d", "x"), lambda _: None) as desk:

            def written() -> bool:
                desk.publish("lobby/v1/SUED/EINGANG/wait", encode(wait), retain=True)
                return page.exists() and json.loads(page.read_text("utf-8"))["waiting"] == 7

            until(written)
    finally:
        stop.set()
        thread.join(DEADLINE_S)
    with Branch(tmp_path / "desk", another.port) as branch:
        day = NOW.date()
        with Link(address, Login("issuer", "issuer", "x"), lambda _: None) as issuer:
            until(lambda: bool(issuer.publish(branch.topics.bookings(day), b"{}", retain=True)))
            # Retained: it was said before the desk came.
            branch.turn_until(lambda: branch.bookings == [(day, b"{}")])


def test_device_that_was_heard_before_we_could_answer_is_answered_then(
    tmp_path: Path, mosquitto: Mosquitto
) -> None:
    """A broker may give what it keeps before our own canary comes back."""
    topics = Topics("SUED", "EINGANG", "sued.eingang-1")
    address, stop = Tcp(HOST, mosquitto.port), threading.Event()
    heard: SimpleQueue[Inbound] = SimpleQueue()

    def collect() -> None:
        with Store(tmp_path / "store") as store:
            collector = Collector(store, address, Login("collector", "", ""))
            collector._take_in([Received(topics.status, b"{}", retained=True)])  # noqa: SLF001  (no broker does it by order)
            collector.run(stop)

    thread = threading.Thread(target=collect, name="collector")
    with Link(address, Login("d", "", ""), heard.put, subscriptions=(topics.ack,)):
        assert isinstance(heard.get(timeout=DEADLINE_S), Connected)
        thread.start()
        try:
            told = heard.get(timeout=DEADLINE_S)
        finally:
            stop.set()
            thread.join(DEADLINE_S)
    assert isinstance(told, Received)
    assert decode(told.payload, Ack).epoch is None


def test_nothing_asks_for_what_a_broker_need_not_have() -> None:
    """Shared subscriptions and `$SYS` are optional, or one broker's own (MQTT 5, 3.2.2.3.13)."""
    asked = [
        f"{path.relative_to(SOURCES)}: {node.value}"
        for package in ("appliance/bus", "appliance/desk", "central")
        for path in (SOURCES / package).rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and node.value.startswith(("$share/", "$SYS/", "$CONTROL/", "$queue/"))
    ]
    assert asked == []
