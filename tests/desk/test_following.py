"""Following a number from afar: told under the hash of the slip's secret, and only what changed."""

from __future__ import annotations

import hashlib
import itertools
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from appliance.bus.messages.payload import decode
from appliance.bus.messages.shown import Follow
from appliance.desk.forecasting import Forecasts, Told
from appliance.desk.surroundings import Pressed
from tests.support.table import TOPICS, Table

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from appliance.bus.inbound import Inbound
    from appliance.bus.messages.alive import UplinkHealth

PREFIX = TOPICS.follow("")


class FarAway:
    """The central broker, as the desk sees it."""

    online = True

    def __init__(self) -> None:
        self.told: list[tuple[str, bytes, int | None]] = []

    def handle(self, item: Inbound) -> None:
        raise NotImplementedError

    def health(self) -> UplinkHealth | None:
        return None

    def mirror(
        self, topic: str, payload: bytes, *, qos: int = 1, expiry_s: int | None = None
    ) -> None:
        del qos
        self.told.append((topic, payload, expiry_s))


class Hall:
    """A desk whose slips carry secrets."""

    def __init__(self, folder: Path) -> None:
        self.far = FarAway()
        secrets = (f"secret-{number}" for number in itertools.count(1))
        self.table = Table(folder, upstream=self.far, follow=lambda: next(secrets))
        self._key = 0

    def ask(self, verb: str, body: bytes = b"{}") -> None:
        self._key += 1
        reply = self.table.ask("counter.1", verb, body, self._key.to_bytes(16, "big"))
        assert reply.ok

    def told(self, number: int) -> list[Follow]:
        """Give what was told of the ticket with the nth secret."""
        digest = hashlib.sha256(f"secret-{number}".encode()).hexdigest()
        return [
            decode(payload, Follow)
            for topic, payload, _ in self.far.told
            if topic == PREFIX + digest
        ]


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[Hall]:
    made = Hall(tmp_path)
    yield made
    made.table.close()


def test_who_waits_hears_how_many_are_before_it(hall: Hall) -> None:
    hall.ask("open_counter")
    hall.table.put(Pressed("A1"), Pressed("A1"))
    last = hall.told(2)[-1]
    assert (last.ticket, last.state, last.ahead, last.ahead_first) == ("A002", "waiting", 1, 0)
    assert last.low_min is not None
    assert last.counter is None


def test_forecast_of_the_number_itself_is_told(hall: Hall) -> None:
    hall.ask("open_counter")
    hall.table.put(Pressed("A1"))
    hall.table.put(Forecasts(Told(hall.table.clock.now(), {}, tickets={"A001": (5, 40)})))
    last = hall.told(1)[-1]
    assert (last.low_min, last.high_min) == (5, 40)


def test_call_and_recall_are_told_at_once_with_the_counter(hall: Hall) -> None:
    hall.ask("open_counter")
    hall.table.put(Pressed("A1"))
    hall.ask("next")
    called = hall.told(1)[-1]
    assert (called.state, called.counter, called.calls, called.ahead) == ("called", "1", 1, None)
    hall.table.clock.passes(timedelta(minutes=1))
    hall.ask("recall")
    assert hall.told(1)[-1].calls == 2
    hall.ask("finish")
    assert hall.told(1)[-1].state == "served"


def test_what_did_not_change_is_not_told_again_until_it_is_stale(hall: Hall) -> None:
    hall.table.put(Pressed("A1"))
    first = hall.told(1)
    for _ in range(5):
        hall.table.settle()
    assert hall.told(1) == first
    hall.table.clock.passes(timedelta(seconds=first[-1].valid_s - 60))
    hall.table.settle()
    again = hall.told(1)[-1]
    assert again.as_of - first[-1].as_of < timedelta(seconds=first[-1].valid_s)
    assert len(hall.told(1)) == len(first) + 1


def test_who_is_far_behind_does_not_hear_of_every_call(hall: Hall) -> None:
    hall.ask("open_counter")
    hall.table.put(*[Pressed("A1")] * 9)
    before = len(hall.told(9)), len(hall.told(2))
    hall.ask("next")
    assert (len(hall.told(9)), len(hall.told(2))) == (before[0], before[1] + 1)
    hall.table.clock.passes(timedelta(seconds=30))
    hall.table.settle()
    assert hall.told(9)[-1].ahead == 7


def test_secret_leaves_the_house_only_as_its_hash(hall: Hall) -> None:
    hall.table.put(Pressed("A1"))
    assert hall.told(1)
    assert all("secret" not in topic for topic, _, _ in hall.far.told)
    assert all(b"secret" not in payload for _, payload, _ in hall.far.told)


def test_it_ends_with_the_day(hall: Hall) -> None:
    hall.table.put(Pressed("A1"))
    topic = next(topic for topic, _, _ in hall.far.told if topic.startswith(PREFIX))
    expiries = [expiry_s for where, _, expiry_s in hall.far.told if where == topic]
    # Sixteen hours from eight in the morning.
    assert all(expiry_s and 15.9 * 3600 < expiry_s <= 16 * 3600 for expiry_s in expiries)
    hall.table.clock.passes(timedelta(days=1))
    hall.table.settle()
    assert [payload for where, payload, _ in hall.far.told if where == topic][-1] == b""


def test_slips_without_a_secret_are_not_told_of(tmp_path: Path) -> None:
    far = FarAway()
    table = Table(tmp_path, upstream=far)
    table.put(Pressed("A1"))
    assert not any(topic.startswith(PREFIX) for topic, _, _ in far.told)
    table.close()
