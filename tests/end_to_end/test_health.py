"""How a device is, told over a real bus by a real desk: its scanner lives, dies, comes back."""

from __future__ import annotations

import queue
import time
from contextlib import ExitStack
from typing import TYPE_CHECKING, Final

import pytest

from appliance.bus.link import Link, Login, Received, UnixSocket
from appliance.bus.messages.alive import Health
from appliance.bus.messages.payload import decode
from appliance.bus.topics import Topics
from tests.journal.entrance import CLOCK, NINE
from tests.support.device import Device, device

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from appliance.bus.link import Inbound
    from tests.support.broker import Mosquitto

TOPICS: Final = Topics("SUED", "EINGANG", "sued.eingang-1")
DEADLINE_S: Final = 30.0


class Watcher:
    """Somebody who listens to how the device is."""

    def __init__(self) -> None:
        self.inbox: queue.SimpleQueue[Inbound] = queue.SimpleQueue()
        self.last: Health | None = None

    def until(self, fact: Callable[[Health], bool]) -> Health:
        until_s = time.monotonic() + DEADLINE_S
        while self.last is None or not fact(self.last):
            assert time.monotonic() < until_s, self.last
            item = self.inbox.get(timeout=DEADLINE_S)
            if isinstance(item, Received):
                self.last = decode(item.payload, Health)
        return self.last


@pytest.fixture
def pi(mosquitto: Mosquitto) -> Iterator[Device]:
    with device() as made:
        made.edit(f"{made.folder}/bus.sock", str(mosquitto.socket))
        # Where time flies the desk speaks more often.
        clock = CLOCK.format(start=NINE.isoformat(), origin=repr(time.time()))
        with made.config.open("a", encoding="utf-8") as file:
            file.write(clock.replace("speed = 1.0", "speed = 60.0"))
        yield made


def test_a_scanner_that_lives_dies_and_comes_back_is_seen_by_everyone(
    pi: Device, mosquitto: Mosquitto
) -> None:
    watcher = Watcher()
    bus, login = UnixSocket(mosquitto.socket), Login("watcher", "watcher", "")
    with ExitStack() as stack:
        stack.enter_context(pi.started("desk"))
        stack.enter_context(Link(bus, login, watcher.inbox.put, subscriptions=(TOPICS.health,)))
        health = watcher.until(lambda told: told.camera == "absent")
        assert health.memory_free_bytes
        assert health.disk_free_bytes
        with pi.started("scanner") as scanner:
            watcher.until(lambda told: told.camera == "ok")
            scanner.kill()
            watcher.until(lambda told: told.camera == "down")
        with pi.started("scanner"):
            watcher.until(lambda told: told.camera == "ok")
        assert watcher.until(lambda told: told.camera == "down").clock == "sure"
