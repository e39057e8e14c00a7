"""A broker behind a network that drops all packets, without a word to either side."""

from __future__ import annotations

import os
import queue
import shutil
import subprocess
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from appliance.bus.link import Connected, Disconnected, Inbound, Link, Login, Tcp

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

OURS, THEIRS = "198.18.77.1", "198.18.77.2"
"""Of the block for tests of networks: RFC 2544."""
PORT = 1883
DEADLINE_S = 30.0


class Elsewhere:
    """A network of its own with a broker in it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._name = f"lobby-{os.getpid()}"
        self._near, self._far = f"lb{os.getpid()}a"[-15:], f"lb{os.getpid()}b"[-15:]

    def drop_everything(self) -> None:
        """Let nobody there have the address any more: what is sent to it goes nowhere."""
        _ip("-n", self._name, "address", "flush", "dev", self._far)

    def close(self) -> None:
        """Take it all away; what was not made is no matter."""
        for what in (("link", "delete", self._near), ("netns", "delete", self._name)):
            subprocess.run(["ip", *what], check=False, capture_output=True)

    @contextmanager
    def broker(self) -> Iterator[None]:
        """Run a broker there."""
        _ip("netns", "add", self._name)
        peer = ("type", "veth", "peer", "name", self._far, "netns", self._name)
        _ip("link", "add", self._near, *peer)
        _ip("address", "add", f"{OURS}/30", "dev", self._near)
        _ip("link", "set", self._near, "up")
        _ip("-n", self._name, "address", "add", f"{THEIRS}/30", "dev", self._far)
        _ip("-n", self._name, "link", "set", self._far, "up")
        settings = self._folder / "mosquitto.conf"
        settings.write_text(f"user root\nallow_anonymous true\nlistener {PORT} {THEIRS}\n", "utf-8")
        mosquitto = shutil.which("mosquitto", path=f"{os.environ['PATH']}:/usr/sbin")
        assert mosquitto is not None
        with subprocess.Popen(
            ["ip", "netns", "exec", self._name, mosquitto, "-c", settings],
            stderr=subprocess.DEVNULL,
        ) as running:
            try:
                yield
            finally:
                running.kill()


def _ip(*arguments: str) -> None:
    subprocess.run(["ip", *arguments], check=True, capture_output=True, timeout=DEADLINE_S)


@pytest.fixture
def elsewhere(tmp_path: Path) -> Iterator[Elsewhere]:
    network = Elsewhere(tmp_path)
    yield network
    network.close()


@pytest.mark.skipif(
    os.geteuid() != 0 or shutil.which("ip") is None,
    reason="only root may make a network; a line that is held, not dropped, is tested for everyone",
)
def test_half_open_connection_is_noticed_within_15_s(elsewhere: Elsewhere) -> None:
    # Without a canary: TCP alone has to find it, whether something was being sent or not.
    inboxes: list[queue.SimpleQueue[Inbound]] = [queue.SimpleQueue(), queue.SimpleQueue()]
    silent, speaker = (
        Link(Tcp(THEIRS, PORT), Login(name, "", ""), inbox.put)
        for name, inbox in zip(("silent", "speaker"), inboxes, strict=True)
    )
    with elsewhere.broker(), silent, speaker:
        for inbox in inboxes:
            assert inbox.get(timeout=DEADLINE_S) == Connected()
        elsewhere.drop_everything()
        dropped_s = time.monotonic()
        assert speaker.publish("a", b"into the void")
        for inbox in inboxes:
            assert inbox.get(timeout=DEADLINE_S) == Disconnected()
        assert time.monotonic() - dropped_s <= 15
