"""The collector: what it takes, what it refuses, and that it knows itself again."""

from __future__ import annotations

import json
import queue
import shutil
import sqlite3
import threading
import time
from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest

from appliance.bus.link import Acknowledged, Connected, Inbound, Link, Login, Received, Tcp
from appliance.bus.messages.payload import decode
from appliance.bus.messages.uploaded import Ack, Uploaded
from central.cli import main
from central.collector.collecting import Collector
from central.collector.store import CollectError, Store

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.broker import Mosquitto

DEADLINE_S = 20.0
DEVICE = "sued.eingang-1"
PLACE = f"lobby/v1/SUED/EINGANG/dev/{DEVICE}/"
EPOCH = "00000000000000aa"
NEXT = "00000000000000bb"


def event(seq: int, epoch: str = EPOCH, **other: object) -> dict[str, object]:
    """Give an event as it is sent; the first of all says that nothing is before it."""
    first: dict[str, object] = {"after": None} if (epoch, seq) == (EPOCH, 1) else {}
    return {
        "device": DEVICE,
        "epoch": epoch,
        "seq": seq,
        "type": "TicketIssued",
        "time": "2026-03-02T08:00:00+01:00",
        "data": {"ticket": "A001"},
        **first,
        **other,
    }


def put(store: Store, *events: dict[str, object]) -> Ack:
    """Store events; give what the device is told."""
    batch = [(f"{PLACE}ack", decode(json.dumps(each).encode(), Uploaded)) for each in events]
    return store.put(batch).acks[f"{PLACE}ack"]


class TestStore:
    def test_only_what_hangs_together_is_acknowledged(self, tmp_path: Path) -> None:
        with Store(tmp_path / "store") as store:
            assert put(store, event(2), event(3)).epoch is None
            assert put(store, event(1)).seq == 3
            assert put(store, event(5)).seq == 3
            assert put(store, event(4)).seq == 5

    def test_epoch_is_entered_only_when_the_one_before_is_complete(self, tmp_path: Path) -> None:
        begin = event(1, NEXT, after={"epoch": EPOCH, "seq": 3})
        with Store(tmp_path / "store") as store:
            assert put(store, event(1), event(2), begin).epoch == EPOCH
            assert put(store, event(3)).epoch == NEXT

    def test_gap_is_passed_and_noted(self, tmp_path: Path) -> None:
        with Store(tmp_path / "store") as store:
            put(store, event(1))
            batch = [event(9, after={"epoch": EPOCH, "seq": 1})]
            payload = json.dumps(batch[0]).encode()
            stored = store.put([(f"{PLACE}ack", decode(payload, Uploaded))])
            assert (stored.new, stored.gaps) == (1, 1)
            assert stored.acks[f"{PLACE}ack"].seq == 9

    def test_event_that_is_there_stays_as_it_is(self, tmp_path: Path) -> None:
        with Store(tmp_path / "store") as store:
            put(store, event(1))
            assert put(store, event(1, data={"ticket": "forged"})).seq == 1
        with sqlite3.connect(tmp_path / "store") as db:
            assert db.execute("SELECT data FROM event").fetchall() == [('{"ticket": "A001"}',)]
        db.close()

    def test_it_knows_itself_after_a_start_and_after_a_kill(self, tmp_path: Path) -> None:
        with Store(tmp_path / "store") as store:
            first = put(store, event(1))
        again = Store(tmp_path / "store")
        assert not again.renewed
        assert again.ack(DEVICE) == first
        again.close()
        again.close()

    @pytest.mark.parametrize("with_mark", [True, False])
    def test_older_database_takes_another_id(self, tmp_path: Path, *, with_mark: bool) -> None:
        path, mark = tmp_path / "store", tmp_path / "store.mark"
        with Store(path) as store:
            first = put(store, event(1))
        shutil.copy(path, tmp_path / "backup")
        with Store(path) as store:
            put(store, event(2))
        shutil.copy(tmp_path / "backup", path)
        if not with_mark:
            mark.unlink()
        with Store(path) as store:
            assert store.renewed
            assert store.id != first.store
            assert store.ack(DEVICE).seq == 1

    def test_file_that_is_none_is_one_sentence(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        path = tmp_path / "store"
        path.write_bytes(b"no database" * 1000)
        with pytest.raises(CollectError, match="cannot be used"):
            Store(path)
        arguments = ["collect", "--store", str(path), "--broker", "mqtt://127.0.0.1:1"]
        assert main(arguments) == 1
        assert main([*arguments[:-1], "mqtt://central.example"]) == 1
        said = capsys.readouterr().err.splitlines()
        assert len(said) == 2
        assert "not encrypted" in said[1]


class Device:
    """Somebody who sends to the collector whatever a test wants."""

    def __init__(self, broker: Mosquitto) -> None:
        self.inbox: queue.SimpleQueue[Inbound] = queue.SimpleQueue()
        self.link = Link(
            Tcp(broker.host, broker.port),
            Login("x", "", ""),
            self.inbox.put,
            subscriptions=(f"{PLACE}ack",),
            canary="canary/x",
        )

    def wait_for(self, wanted: type[Inbound]) -> Any:  # noqa: ANN401  (of the class `wanted`)
        until_s = time.monotonic() + DEADLINE_S
        while True:
            item = self.inbox.get(timeout=max(0.01, until_s - time.monotonic()))
            if isinstance(item, wanted):
                return item

    def says(self, payload: bytes, topic: str = f"{PLACE}evt", *, retain: bool = False) -> None:
        """Send until somebody hears it."""
        while True:
            sent = self.link.publish(topic, payload, retain=retain)
            while (said := self.wait_for(Acknowledged)).message_id != sent:
                pass
            if said.heard:
                return
            time.sleep(0.01)

    def is_told(self, seq: int) -> None:
        """Wait until the collector has that much."""
        while decode(self.wait_for(Received).payload, Ack).seq != seq:
            pass


def test_what_is_no_event_is_refused_counted_and_stops_nothing(
    tmp_path: Path, mosquitto: Mosquitto
) -> None:
    stop, device = threading.Event(), Device(mosquitto)
    kept = f"{PLACE.replace('eingang-1', 'eingang-2')}evt"
    counted: list[Counter[str]] = []

    def collect() -> None:
        # The store belongs to the thread that opens it.
        with Store(tmp_path / "store") as store:
            address = Tcp(mosquitto.host, mosquitto.port)
            collector = Collector(store, address, Login("collector", "", ""))
            collector.run(stop)
            counted.append(collector.counted)

    with device.link:
        device.wait_for(Connected)
        device.link.publish(kept, json.dumps(event(1)).encode(), retain=True)
        device.wait_for(Acknowledged)
        thread = threading.Thread(target=collect, name="collector")
        thread.start()
        try:
            for payload in (
                b"",
                b"not JSON",
                b"[]",
                b"\xff",
                b"[" * 10_000,
                json.dumps({**event(1), "seq": 0}).encode(),
                json.dumps({**event(1), "epoch": 7}).encode(),
                json.dumps({**event(1), "epoch": "g" * 16}).encode(),
                json.dumps({**event(1), "seq": 1 << 60}).encode(),
                json.dumps(event(1, time="2026-03-02T08:00:00")).encode(),
                json.dumps(event(1, type="../x")).encode(),
                json.dumps(event(1, after=[])).encode(),
                json.dumps(event(1, data={"x": "y" * 70_000})).encode(),
                json.dumps(event(1, device="sued.eingang-2")).encode(),
            ):
                device.says(payload)
            device.says(json.dumps(event(1)).encode(), f"{PLACE.replace('SUED', 'süd')}evt")
            device.says(json.dumps(event(1)).encode())
            # Of the future: a clock that is wrong.
            device.says(json.dumps(event(2, time="2099-01-01T00:00:00Z")).encode())
            device.is_told(2)
        finally:
            stop.set()
            thread.join(DEADLINE_S)
    assert counted == [
        Counter(
            {
                "new": 2,
                "known": 0,
                "gaps": 0,
                "refused: form": 13,
                "refused: forged": 1,
                "refused: retained": 1,
                "refused: topic": 1,
            }
        )
    ]
