"""The outbox between a journal in memory and the collector's own store, on a line that loses."""

from __future__ import annotations

import json
import sqlite3
import tempfile
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from appliance.bus.inbound import Acknowledged
from appliance.bus.messages.payload import LIMIT_BYTES, decode
from appliance.bus.messages.uploaded import Ack, Uploaded
from appliance.bus.outbox import AGAIN_AT_MOST_S, AGAIN_S, AHEAD_AT_FIRST, AHEAD_AT_MOST, Outbox
from appliance.journal.entries import Entry, Position
from central.collector.store import Store

if TYPE_CHECKING:
    from collections.abc import Iterator

DEVICE = "sued.eingang-1"
TOPIC = f"lobby/v1/SUED/EINGANG/dev/{DEVICE}/ack"
AT = "2026-03-02T08:00:00+00:00"
ROOM = 20


class Journal:
    """Events in order; what a real one would do to them can be done to it."""

    def __init__(self) -> None:
        self.entries: list[Entry] = []
        self.epochs = 0
        self.trouble: str | None = None
        self.kept: dict[str, Position | None] = {}
        self.begin()

    def begin(self) -> None:
        """Begin an epoch."""
        last = self.entries[-1].position if self.entries else None
        self.epochs += 1
        began = {
            "at": AT,
            "why": "started",
            "previous_epoch": last and last.epoch,
            "previous_seq": last and last.seq,
        }
        self.entries.append(Entry(Position(self.epochs, 1), AT, "EpochBegan", json.dumps(began)))

    def happen(self, times: int = 1, data: str = "{}") -> None:
        """Append events."""
        for _ in range(times):
            epoch, seq = self.position
            self.entries.append(Entry(Position(epoch, seq + 1), AT, "TicketIssued", data))

    @property
    def position(self) -> Position:
        return self.entries[-1].position

    def after(self, epoch: int | None, seq: int, limit: int) -> list[Entry]:
        known = {entry.position.epoch for entry in self.entries}
        start = (epoch, seq) if epoch in known else (0, 0)
        return [entry for entry in self.entries if entry.position > start][:limit]

    def behind(self, epoch: int | None, seq: int, limit: int) -> int:
        return len(self.after(epoch, seq, limit))

    def cursor(self, store: str) -> Position | None:
        return self.kept.get(store)

    def acked(self, store: str, epoch: int | None, seq: int) -> None:
        known = {entry.position.epoch for entry in self.entries}
        position = Position(epoch, seq) if epoch in known and epoch is not None else None
        before = self.kept.get(store)
        if store in self.kept and (position is None or (before and before >= position)):
            return
        self.kept = {store: position}


class World:
    """An outbox, a line, and a collector; time passes when it is told to."""

    def __init__(self, folder: Path) -> None:
        self.now_s = 0.0
        self.up = True
        self.journal = Journal()
        self.outbox = Outbox(DEVICE, self.journal, lambda: self.now_s)
        self.folder = folder
        self.store = Store(folder / "store")
        self.sent: list[tuple[int, bytes]] = []
        self.ids = 0

    def close(self) -> None:
        self.store.close()

    def _send(self, payload: bytes) -> int:
        if not self.up:
            return 0
        self.ids += 1
        self.sent.append((self.ids, payload))
        return self.ids

    def pump(self) -> list[tuple[int, bytes]]:
        """Have it send; give what it sent."""
        self.sent = []
        self.outbox.pump(self._send, ROOM - self.outbox.flying)
        return self.sent

    def deliver(self, payloads: list[bytes], *, ack: bool = True) -> None:
        """Bring payloads to the collector, and its answer back."""
        events = [(TOPIC, decode(payload, Uploaded)) for payload in payloads]
        if events:
            acks = self.store.put(events).acks
            if ack:
                self.outbox.take_ack(acks[TOPIC])

    def settle(self) -> None:
        """Let everything work, for as long as it takes."""
        self.up = True
        self.outbox.connected()
        self.outbox.take_ack(self.store.ack(DEVICE))
        for _ in range(1000):
            sent = self.pump()
            if not sent and not self.outbox.backlog:
                return
            self.deliver([payload for _, payload in sent])
            for message_id, _ in sent:
                self.outbox.confirmed(Acknowledged(message_id, heard=True))
            self.now_s += 1
        raise AssertionError(f"{self.outbox.backlog} events never came there")

    def stored(self) -> set[tuple[int, int]]:
        with closing(sqlite3.connect(self.folder / "store")) as db:
            rows = db.execute("SELECT epoch, seq FROM event").fetchall()
        return {(int(epoch, 16), seq) for epoch, seq in rows}

    def happened(self) -> set[tuple[int, int]]:
        return {(*entry.position,) for entry in self.journal.entries}


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with closing(World(tmp_path)) as made:
        yield made


STEPS = st.sampled_from(
    [
        *["happen"] * 3,
        *["work"] * 2,
        "begin",
        "forget old",
        "lose",
        "lose some",
        "no ack",
        "nobody",
        "reconnect",
        "restart desk",
        "restore store",
        "wait",
    ]
)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(STEPS, st.integers(1, 60)), max_size=25))
def test_whatever_goes_wrong_all_that_is_not_gone_arrives_once(
    steps: list[tuple[str, int]],
) -> None:
    with tempfile.TemporaryDirectory() as folder, closing(World(Path(folder))) as world:
        for step, number in steps:
            play(world, step, number)
        everything = world.happened()
        world.settle()
        assert world.stored() >= everything
        assert world.outbox.backlog == 0


def play(world: World, step: str, number: int) -> None:
    sent: list[tuple[int, bytes]] = []
    match step:
        case "happen":
            world.journal.happen(number)
        case "begin":
            world.journal.begin()
        case "wait":
            world.now_s += number
        case "reconnect":
            world.outbox.disconnected()
            world.outbox.connected()
        case "restart desk":
            world.outbox = Outbox(DEVICE, world.journal, lambda: world.now_s)
        case "restore store":
            world.store.close()
            for file in world.folder.iterdir():
                file.unlink()
            world.store = Store(world.folder / "store")
        case "forget old":
            # Retention keeps what is not acknowledged; or gives it up after two months.
            del world.journal.entries[: min(number, len(world.journal.entries) - 1)]
        case _:
            sent = world.pump()
    payloads = [payload for _, payload in sent]
    if step == "lose some":
        world.deliver(payloads[::2])
    elif step != "lose":
        world.deliver(payloads, ack=step == "work")
    for message_id, _ in sent:
        world.outbox.confirmed(Acknowledged(message_id, heard=step != "nobody"))


def test_broker_that_has_it_is_not_the_collector_that_has_it(world: World) -> None:
    world.journal.happen(10)
    for message_id, _ in world.pump():
        world.outbox.confirmed(Acknowledged(message_id, heard=True))
    assert world.outbox.backlog == 11
    world.now_s += AGAIN_S
    assert len(world.pump()) == 11


def test_no_more_is_on_its_way_than_the_window_allows(world: World) -> None:
    world.journal.happen(1000)
    assert len(world.pump()) == ROOM
    assert world.pump() == []


def test_slow_collector_is_not_flooded(world: World) -> None:
    world.journal.happen(5000)
    on_the_way = 0
    while sent := world.pump():
        on_the_way += len(sent)
        for message_id, _ in sent:
            world.outbox.confirmed(Acknowledged(message_id, heard=True))
    assert on_the_way == AHEAD_AT_FIRST
    for _ in range(10):
        world.settle()
    assert on_the_way <= AHEAD_AT_MOST


def test_without_progress_it_waits_for_longer_and_longer(world: World) -> None:
    world.journal.happen(1)
    waits: list[float] = []
    before_s = 0.0
    while len(waits) < 9:
        if sent := world.pump():
            waits.append(world.now_s - before_s)
            before_s = world.now_s
            for message_id, _ in sent:
                world.outbox.confirmed(Acknowledged(message_id, heard=True))
        world.now_s += 1
    assert waits == [0, 5, 10, 20, 40, 80, 160, AGAIN_AT_MOST_S, AGAIN_AT_MOST_S]


def test_collector_that_is_back_is_not_kept_waiting(world: World) -> None:
    world.journal.happen(5)
    for message_id, _ in world.pump():
        world.outbox.confirmed(Acknowledged(message_id, heard=False))
    assert world.pump() == []
    world.outbox.take_ack(world.store.ack(DEVICE))
    assert len(world.pump()) == 6


def test_while_nobody_listens_no_more_is_sent(world: World) -> None:
    world.journal.happen(500)
    world.settle()
    world.journal.happen(500)
    for message_id, _ in world.pump():
        world.outbox.confirmed(Acknowledged(message_id, heard=False))
    assert world.pump() == []
    world.now_s += AGAIN_S
    assert len(world.pump()) == AHEAD_AT_FIRST


def test_lost_end_of_an_epoch_is_not_passed_over_when_the_next_one_arrives(world: World) -> None:
    world.journal.happen(5)
    world.journal.begin()
    world.journal.happen(2)
    payloads = [payload for _, payload in world.pump()]
    world.deliver([*payloads[:4], *payloads[6:]])
    assert world.store.ack(DEVICE).seq == 4
    world.settle()
    assert world.stored() == world.happened()


def test_event_that_is_too_long_or_damaged_is_told_as_a_gap(world: World) -> None:
    world.journal.happen(1)
    world.journal.happen(1, json.dumps({"x": "y" * LIMIT_BYTES}))
    world.journal.happen(1, "{")
    world.journal.happen(1)
    payloads = [payload for _, payload in world.pump()]
    assert [decode(payload, Uploaded).seq for payload in payloads] == [1, 2, 5]
    last = json.loads(payloads[-1])
    assert last["after"] == {"epoch": f"{1:016x}", "seq": 2}
    assert world.outbox.dead == {Position(1, 3), Position(1, 4)}
    world.deliver(payloads)
    assert world.outbox.backlog == 0


def test_event_that_the_broker_refuses_for_its_size_is_dead_and_the_next_goes_on(
    world: World,
) -> None:
    world.journal.happen(2)
    (first, _), (second, _), (third, _) = world.pump()
    world.outbox.confirmed(Acknowledged(first, heard=True))
    world.outbox.confirmed(Acknowledged(second, heard=False, refusal=0x95))
    world.outbox.confirmed(Acknowledged(third, heard=True))
    world.deliver([payload for _, payload in world.pump()])
    assert world.stored() == {(1, 1), (1, 3)}
    assert world.outbox.backlog == 0


def test_dead_event_at_the_end_is_not_tried_for_ever(world: World) -> None:
    world.settle()
    world.journal.happen(1, "{")
    assert world.pump() == []
    assert world.pump() == []
    world.journal.happen(1)
    assert len(world.pump()) == 1


def test_what_is_not_in_memory_while_the_card_fails_is_not_told_as_gone(world: World) -> None:
    world.journal.happen(10)
    world.deliver([payload for _, payload in world.pump()][:5])
    world.outbox.connected()
    everything = world.journal.entries
    # Only the last of them are of today.
    world.journal.entries = everything[-2:]
    world.journal.trouble = "failing"
    assert world.pump() == []
    world.journal.entries = everything
    world.journal.trouble = None
    world.settle()
    assert world.stored() == world.happened()


def test_epoch_that_begins_in_memory_is_sent_if_nothing_is_missing(world: World) -> None:
    world.journal.happen(3)
    world.settle()
    world.journal.trouble = "failing"
    world.journal.begin()
    world.journal.happen(1)
    world.settle()
    assert world.stored() == world.happened()


def test_acknowledgement_of_another_epoch_or_of_before_moves_nothing_back(world: World) -> None:
    world.journal.happen(5)
    world.settle()
    for epoch, seq in ((f"{1:016x}", 2), (f"{99:016x}", 50), (None, 0)):
        world.outbox.take_ack(Ack(store=world.store.id, epoch=epoch, seq=seq))
        assert world.outbox.backlog == 0
    assert world.outbox.mad_acks == 0


def test_cursor_is_kept_now_and_then_and_at_the_end(world: World) -> None:
    world.settle()
    kept = dict(world.journal.kept)
    world.journal.happen(5)
    world.deliver([payload for _, payload in world.pump()])
    world.pump()
    assert world.journal.kept == kept
    world.outbox.close()
    assert world.journal.cursor(world.store.id) == world.journal.position
