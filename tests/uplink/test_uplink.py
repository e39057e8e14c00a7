"""The uplink against a real broker and a real collector, both of which die and come back."""

from __future__ import annotations

import bisect
import json
import queue
import shutil
import socket
import time
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from appliance.bus.access import Rights, access_list
from appliance.bus.link import Inbound, Link, Login, Pace, Received, Tcp
from tests.support.branch import MORNING, Branch
from tests.support.cable import Cable
from tests.support.collecting import Collecting

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from tests.conftest import MakeMosquitto
    from tests.support.broker import Mosquitto

FLOWING = 2000
DAY_TICKETS = 2000
DEVICES = 100
CROWDED = Pace(0.3, 2.0)


def acked(branch: Branch) -> bool:
    return branch.uplink.online and branch.uplink.backlog == 0


class Listener:
    """Someone at the central broker."""

    def __init__(self, broker: Mosquitto, *topics: str) -> None:
        self.inbox: queue.SimpleQueue[Inbound] = queue.SimpleQueue()
        login = Login("listener", "listener", "secret")
        address = Tcp(broker.host, broker.port)
        self.link = Link(
            address, login, self.inbox.put, subscriptions=topics, canary="canary/listener"
        )

    def payload(self, topic: str) -> bytes | None:
        """Give what came there, if it came by now."""
        try:
            while True:
                item = self.inbox.get_nowait()
                if isinstance(item, Received) and item.topic == topic:
                    return item.payload
        except queue.Empty:
            return None


def test_everything_arrives_once_though_the_broker_is_killed_again_and_again(
    tmp_path: Path, mosquitto: Mosquitto
) -> None:
    with (
        Collecting(tmp_path / "store", mosquitto.port) as collecting,
        Branch(tmp_path / "desk", mosquitto.port) as branch,
    ):
        branch.issue(FLOWING)
        for share in (0.2, 0.5, 0.8):
            everything = len(branch.positions())
            branch.turn_until(lambda: branch.uplink.backlog < everything * (1 - share))  # noqa: B023
            mosquitto.kill()
            branch.issue(5)
            branch.turn()
            mosquitto.start()
        branch.turn_until(lambda: acked(branch))
        assert collecting.stored() == set(branch.positions())


def test_day_without_uplink_is_told_within_ten_seconds_of_its_return(
    tmp_path: Path, mosquitto: Mosquitto
) -> None:
    with (
        Collecting(tmp_path / "store", mosquitto.port) as collecting,
        Cable((mosquitto.host, mosquitto.port)) as cable,
        Branch(tmp_path / "desk", cable.port) as branch,
    ):
        branch.turn_until(lambda: acked(branch))
        cable.hold()
        cable.cut()
        branch.turn_until(lambda: not branch.uplink.online)
        branch.issue(DAY_TICKETS)
        for number in range(DAY_TICKETS):
            branch.uplink.mirror(branch.topics.board, b"%d" % number)
        assert branch.uplink.backlog >= DAY_TICKETS
        cable.let_go()
        cable.cut()
        returned_s = time.monotonic()
        branch.turn_until(lambda: acked(branch))
        assert time.monotonic() - returned_s < 10
        assert collecting.stored() == set(branch.positions())
        board = Listener(mosquitto, branch.topics.board)
        with board.link:
            branch.turn_until(lambda: board.payload(branch.topics.board) == b"1999")


@pytest.mark.parametrize("times", [3])
def test_collector_that_is_killed_between_storing_and_telling_loses_nothing(
    tmp_path: Path, mosquitto: Mosquitto, times: int
) -> None:
    with (
        Collecting(tmp_path / "store", mosquitto.port) as collecting,
        Branch(tmp_path / "desk", mosquitto.port) as branch,
    ):
        branch.issue(600)
        for killed in range(1, times + 1):
            enough = killed * 120
            branch.turn_until(lambda: len(collecting.stored()) > enough)  # noqa: B023
            collecting.kill()
            collecting.start()
        branch.turn_until(lambda: acked(branch))
        assert collecting.stored() == set(branch.positions())


def test_collector_restored_from_an_old_backup_is_sent_what_it_lost(
    tmp_path: Path, mosquitto: Mosquitto
) -> None:
    store = tmp_path / "store"
    collecting = Collecting(store, mosquitto.port)
    with Branch(tmp_path / "desk", mosquitto.port) as branch:
        branch.issue(50)
        with collecting:
            branch.turn_until(lambda: acked(branch))
        shutil.copy(store, tmp_path / "backup")
        branch.issue(50)
        with collecting:
            branch.turn_until(lambda: acked(branch))
        shutil.copy(tmp_path / "backup", store)
        with collecting:
            branch.turn_until(lambda: collecting.stored() == set(branch.positions()))
            branch.turn_until(lambda: acked(branch))


def test_collector_restored_with_all_that_is_beside_it_learns_it_from_the_broker(
    tmp_path: Path, mosquitto: Mosquitto
) -> None:
    there, backup = tmp_path / "there", tmp_path / "backup"
    there.mkdir()
    collecting = Collecting(there / "store", mosquitto.port)
    with Branch(tmp_path / "desk", mosquitto.port) as branch:
        with collecting:
            branch.turn_until(lambda: acked(branch))
        shutil.copytree(there, backup)
        branch.issue(50)
        with collecting:
            branch.turn_until(lambda: acked(branch))
        shutil.rmtree(there)
        shutil.copytree(backup, there)
        with collecting:
            branch.turn_until(lambda: collecting.stored() == set(branch.positions()))
            branch.turn_until(lambda: acked(branch))


def test_without_a_collector_nothing_is_thought_to_be_delivered(
    tmp_path: Path, mosquitto: Mosquitto
) -> None:
    with Branch(tmp_path / "desk", mosquitto.port) as branch:
        branch.issue(100)
        branch.turn_until(lambda: branch.outbox.stalled_s > 0)
        for _ in range(50):
            branch.turn()
        # The broker said that nobody listens: no use in sending all of it.
        assert branch.uplink.backlog == len(branch.positions())
        with Collecting(tmp_path / "store", mosquitto.port) as collecting:
            branch.turn_until(lambda: acked(branch))
            assert collecting.stored() == set(branch.positions())


def test_desk_that_starts_again_goes_on_where_the_collector_is(
    tmp_path: Path, mosquitto: Mosquitto
) -> None:
    with Collecting(tmp_path / "store", mosquitto.port) as collecting:
        everything = set()
        for _ in range(3):
            with Branch(tmp_path / "desk", mosquitto.port) as branch:
                branch.issue(10)
                branch.turn_until(lambda: acked(branch))
                everything |= set(branch.positions())
        assert collecting.stored() == everything
        assert len({epoch for epoch, _ in everything}) == 3


def test_card_that_was_exchanged_begins_anew(tmp_path: Path, mosquitto: Mosquitto) -> None:
    with Collecting(tmp_path / "store", mosquitto.port) as collecting:
        everything = set()
        for card in ("old", "new"):
            with Branch(tmp_path / card, mosquitto.port) as branch:
                branch.issue(10)
                branch.turn_until(lambda: acked(branch))
                everything |= set(branch.positions())
        assert collecting.stored() == everything


def knocks(port: int, at_least: int) -> list[float]:
    """Stand where the broker was and turn everyone away; give when they came, in seconds."""
    came_s: list[float] = []
    with socket.create_server(("127.0.0.1", port), backlog=DEVICES) as door:
        door.settimeout(10)
        while len(came_s) < at_least:
            knocking, _ = door.accept()
            came_s.append(time.monotonic())
            knocking.close()
    return came_s


def most_within(window_s: float, moments_s: Sequence[float]) -> int:
    """Give how many of some moments in order fall into one window, at most."""
    return max(
        bisect.bisect(moments_s, moment_s + window_s) - number
        for number, moment_s in enumerate(moments_s)
    )


def test_hundred_devices_come_back_together_and_all_is_complete(
    tmp_path: Path, make_mosquitto: MakeMosquitto
) -> None:
    broker = make_mosquitto(extra="max_queued_messages 0")
    branches = [
        Branch(tmp_path / f"{n}", broker.port, f"eingang-{n}", CROWDED) for n in range(DEVICES)
    ]

    def turn_all(*, until_all_acked: bool) -> None:
        until_s = time.monotonic() + 60
        waiting = list(branches)
        while waiting:
            assert time.monotonic() < until_s, f"{len(waiting)} are not done"
            for branch in branches:
                while not branch.inbox.empty():
                    branch.uplink.handle(branch.inbox.get().item)
                branch.uplink.pump()
            if until_all_acked:
                waiting = [branch for branch in waiting if not acked(branch)]
            else:
                waiting = [branch for branch in waiting if branch.uplink.online]
            time.sleep(0.01)

    with Collecting(tmp_path / "store", broker.port) as collecting:
        for branch in branches:
            branch.link.open()
        try:
            turn_all(until_all_acked=True)
            broker.kill()
            turn_all(until_all_acked=False)
            for branch in branches:
                branch.issue(3)
            # A crowd that knocked together would knock together for ever.
            knocks_s = knocks(broker.port, at_least=3 * DEVICES)
            assert most_within(0.05, knocks_s) < DEVICES / 2
            broker.start()
            turn_all(until_all_acked=True)
            for branch in branches:
                assert collecting.stored(branch.topics.device) == set(branch.positions())
        finally:
            for branch in branches:
                branch.__exit__(None, None, None)


def test_what_never_leaves_the_device_does_not(tmp_path: Path, mosquitto: Mosquitto) -> None:
    with Branch(tmp_path / "desk", mosquitto.port) as branch:
        ear = Listener(mosquitto, branch.topics.events)
        payloads: list[bytes] = []
        with ear.link:
            branch.turn_until(lambda: ear.link.is_up)
            branch.issue(3)

            def three() -> bool:
                while (payload := ear.payload(branch.topics.events)) is not None:
                    payloads.append(payload)
                return sum(b"TicketIssued" in payload for payload in payloads) >= 3

            branch.turn_until(three)
    first = json.loads(payloads[0])
    assert first["after"] is None
    assert list(first) == ["device", "epoch", "seq", "type", "time", "data", "after"]
    assert first["device"] == "sued.eingang-1"
    assert int(first["epoch"], 16) == branch.journal.position.epoch
    assert all("follow" not in json.loads(payload)["data"] for payload in payloads)


def test_birth_stands_over_whatever_else_appears_there(
    tmp_path: Path, mosquitto: Mosquitto
) -> None:
    with Branch(tmp_path / "desk", mosquitto.port) as branch:
        status = branch.topics.status
        ear = Listener(mosquitto, status)

        def says(state: str) -> bool:
            # No further than that: what follows may be there already.
            while (payload := ear.payload(status)) is not None:
                if payload and json.loads(payload)["state"] == state:
                    return True
            return False

        with ear.link:
            branch.turn_until(lambda: says("up"))
            branch.turn_until(lambda: ear.link.is_up)
            assert ear.link.publish(status, b"", retain=True)
            assert ear.link.publish(status, b'{"state": "down"}', retain=True)
            branch.turn_until(lambda: says("down"))
            branch.turn_until(lambda: says("up"))
            branch.uplink.close()
            branch.turn_until(lambda: says("down"))


def test_what_the_issuer_sends_is_handed_on_and_nothing_else(
    tmp_path: Path, mosquitto: Mosquitto
) -> None:
    with Branch(tmp_path / "desk", mosquitto.port) as branch:
        topics, day = branch.topics, date(2026, 3, 3)
        mouth = Listener(mosquitto)
        with mouth.link:
            branch.turn_until(lambda: mouth.link.is_up and branch.uplink.online)
            for topic, payload in (
                (topics.bookings(day), b"b"),
                (topics.bookings(day), b"x" * ((1 << 20) + 1)),
                (topics.prefix + "bookings/2026-02-30", b"no day"),
                (topics.prefix + "cancelled/today", b"no day"),
                (topics.ack, b"not JSON"),
                (topics.ack, b'{"store": "0123456789abcdef", "epoch": "x", "seq": 1}'),
                (topics.cancelled(day), b"c"),
                (topics.keys, b"k"),
            ):
                mouth.link.publish(topic, payload, retain=True)
            branch.turn_until(lambda: bool(branch.keys))
        assert branch.bookings == [(day, b"b")]
        assert branch.cancelled == [(day, b"c")]
        assert branch.keys == [b"k"]
        assert branch.uplink.health().refused == 5


def test_acknowledgement_of_what_never_happened_is_not_believed(
    tmp_path: Path, mosquitto: Mosquitto
) -> None:
    with Branch(tmp_path / "desk", mosquitto.port) as branch:
        branch.issue(5)
        epoch = f"{branch.journal.position.epoch:016x}"
        mouth = Listener(mosquitto)
        with mouth.link:
            branch.turn_until(lambda: mouth.link.is_up and branch.uplink.online)
            forged = {"store": "f" * 16, "epoch": epoch, "seq": 1_000_000}
            mouth.link.publish(branch.topics.ack, json.dumps(forged).encode(), retain=True)
            branch.turn_until(lambda: branch.outbox.mad_acks > 0)
        assert branch.uplink.backlog == len(branch.positions())
        assert {trouble.name for trouble in branch.uplink.wrong(MORNING)} >= {"uplink_ack"}


def test_access_list_that_refuses_is_an_alarm(
    tmp_path: Path, make_mosquitto: MakeMosquitto
) -> None:
    device = "sued.eingang-1"
    canary = f"lobby/v1/SUED/EINGANG/canary/{device}"
    allowed = access_list([Rights(device, writes=(canary,), reads=(canary,))])
    broker = make_mosquitto(logins={device: "secret"}, acl=allowed)
    with Branch(tmp_path / "desk", broker.port) as branch:
        branch.issue(5)
        branch.turn_until(lambda: branch.outbox.refusal != 0)
        (trouble,) = branch.uplink.wrong(MORNING)
        assert trouble.name == "uplink_events"
        assert trouble.text == "uplink_not_allowed"
        assert trouble.facts["reason"] == "0x87"
        # Not one of them is given up for it.
        assert branch.outbox.dead == set()
        assert branch.uplink.backlog == len(branch.positions())


def test_one_that_is_not_heard_is_an_alarm(tmp_path: Path, make_mosquitto: MakeMosquitto) -> None:
    device = "sued.eingang-1"
    broker = make_mosquitto(logins={device: "secret"}, acl=access_list([Rights(device)]))
    with Branch(tmp_path / "desk", broker.port) as branch:

        def texts() -> set[str]:
            return {trouble.text for trouble in branch.uplink.wrong(MORNING)}

        branch.turn_until(lambda: "uplink_deaf" in texts())
        assert not branch.uplink.online


def test_two_of_the_same_name_are_an_alarm(tmp_path: Path, mosquitto: Mosquitto) -> None:
    with (
        Branch(tmp_path / "one", mosquitto.port) as one,
        Branch(tmp_path / "two", mosquitto.port) as two,
    ):

        def told() -> bool:
            two.turn()
            return any(t.text == "uplink_taken" for t in one.uplink.wrong(MORNING))

        one.turn_until(told)


def test_certificate_that_expires_soon_is_an_alarm(tmp_path: Path, mosquitto: Mosquitto) -> None:
    with Branch(tmp_path / "desk", mosquitto.port) as branch:
        until = datetime(2026, 3, 20, tzinfo=UTC)
        branch.uplink._expires = lambda: until  # noqa: SLF001  (a file would need a CA)
        branch.turn()
        (soon,) = (t for t in branch.uplink.wrong(MORNING) if t.name == "uplink_expires")
        assert soon.facts == {"date": date(2026, 3, 20)}
        long_before = MORNING - timedelta(days=60)
        assert "uplink_expires" not in {t.name for t in branch.uplink.wrong(long_before)}
