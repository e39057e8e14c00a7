"""How far one collector and one broker go: many devices, and the moment when all come back at once.

    python -m bench.scale [--devices 1000] [--events 40] [--tls]

Two processes play the devices, each with a connection of its own (bare paho, no threads), that say
their birth, hear their acknowledgements and send as an outbox does: 20 at once, and again after 5 s
without progress. Broker and collector are processes of their own, with the settings that
`lobby-central acl` makes. Then the broker is killed and started again, and every device comes back
with one event more. Figures are printed with the processor time and memory of the two; there is no
limit here but that nothing may be lost.

What it is not: devices on many machines, over a real network. Players, broker and collector share
this machine's cores; on machines of their own broker and collector have more.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import resource
import selectors
import sqlite3
import ssl
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack, closing
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from paho.mqtt import client as mqtt
from paho.mqtt.enums import CallbackAPIVersion

from tests.support.authority import Authority, tls_listener
from tests.support.broker import Mosquitto
from tests.support.ports import HOST, free_port

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

PLAYERS: Final = 2
WINDOW: Final = 20
AGAIN_S: Final = 5.0
PACE_S: Final = (0.5, 5.0)
"""As a device's `Link` towards the centre."""
DEADLINE_S: Final = 600.0
TICK_S: Final = os.sysconf("SC_CLK_TCK")
EPOCH: Final = "00000000000000aa"
TODAY: Final = datetime.now(UTC).date()
"""What is older than thirty days a collector deletes."""
DATA: Final = '{"at":"2026-03-02T08:00:00Z","ticket":"A001","service":"A1","expected":null}'


class Played:
    """A device: a connection, an outbox of so many events, and what it was told.

    Args:
        name: Its id.
        to: Host and port.
        tls: With which; None: without.
    """

    def __init__(self, name: str, to: tuple[str, int], tls: ssl.SSLContext | None) -> None:
        self.name = name
        self.wanted = self.sent = self.acked = 0
        self._progress_s, self._patience_s = 0.0, AGAIN_S
        self.up = False
        self._to = to
        self._topic = f"lobby/v1/SUED/EINGANG/dev/{name}"
        self.client = mqtt.Client(CallbackAPIVersion.VERSION2, client_id=name, protocol=mqtt.MQTTv5)
        if tls is not None:
            self.client.tls_set_context(tls)
        self.client.on_connect = self._connected
        self.client.on_disconnect = self._gone
        self.client.on_message = self._told

    def connect(self) -> bool:
        """Try; the broker's answer comes later."""
        try:
            self.client.connect(*self._to, keepalive=60)
        except OSError:
            return False
        return True

    def pump(self, now_s: float) -> None:
        """Send what the window has room for, and again what should have been stored by now."""
        if self.sent <= self.acked:
            self._progress_s, self._patience_s = now_s, AGAIN_S
        elif self.up and now_s - self._progress_s > self._patience_s:
            self.sent, self._progress_s = self.acked, now_s
            self._patience_s = min(2 * self._patience_s, 300.0)
        while self.up and self.sent < min(self.wanted, self.acked + WINDOW):
            self.sent += 1
            after = ',"after":null' if self.sent == 1 else ""
            self.client.publish(
                f"{self._topic}/evt",
                f'{{"device":"{self.name}","epoch":"{EPOCH}","seq":{self.sent},'
                f'"type":"TicketIssued","time":"{TODAY}T08:00:00Z","data":{DATA}{after}}}',
                qos=1,
            )

    @property
    def done(self) -> bool:
        """Whether all that it has is stored."""
        return self.up and self.acked >= self.wanted

    def _connected(self, client: mqtt.Client, *_: object) -> None:
        self.up = True
        # What was on its way is sent again.
        self.sent = self.acked
        client.subscribe(f"{self._topic}/ack", qos=1)
        birth = '{"state":"up","session":"s","as_of":"2026-03-02T07:00:00Z","version":"0.1"}'
        client.publish(f"{self._topic}/status", birth, qos=1, retain=True)

    def _gone(self, *_: object) -> None:
        self.up = False

    def _told(self, _client: object, _userdata: object, message: mqtt.MQTTMessage) -> None:
        seq = int(json.loads(message.payload)["seq"])
        if seq > self.acked:
            self.acked, self._progress_s = seq, time.monotonic()


class Troupe:
    """Plays devices in one thread, as it is told by lines on standard input."""

    def __init__(self, devices: list[Played]) -> None:
        self._devices = devices
        self._selector = selectors.DefaultSelector()
        self._sockets: dict[str, Any] = {}
        self._again_s = {device.name: 0.0 for device in devices}
        self._looked_s = 0.0

    def until(self, fact: Callable[[Played], bool]) -> None:
        """Play until something is so of every device."""
        until_s = time.monotonic() + DEADLINE_S
        while not all(map(fact, self._devices)):
            if time.monotonic() > until_s:
                raise TimeoutError(f"{sum(not fact(d) for d in self._devices)} devices are not")
            self.turn()

    def want(self, events: int) -> None:
        """Have each device send so many more."""
        for device in self._devices:
            device.wanted += events

    def turn(self) -> None:
        """Do what is due."""
        for key, what in self._selector.select(0.02):
            device: Played = key.data
            if what & selectors.EVENT_READ:
                device.client.loop_read(100)
                device.pump(time.monotonic())
        now_s = time.monotonic()
        misc = now_s - self._looked_s > 1
        self._looked_s = now_s if misc else self._looked_s
        for device in self._devices:
            self._watch(device)
            if device.client.socket() is None and now_s >= self._again_s[device.name]:
                self._again_s[device.name] = now_s + random.uniform(*PACE_S)  # noqa: S311  (no secret)
                device.connect()
            elif misc:
                device.client.loop_misc()
            device.pump(now_s)
            if device.client.want_write():
                device.client.loop_write()

    def _watch(self, device: Played) -> None:
        sock, before = device.client.socket(), self._sockets.get(device.name)
        if sock is before:
            return
        if before is not None:
            self._selector.unregister(before)
        if sock is not None:
            self._selector.register(sock, selectors.EVENT_READ, device)
        self._sockets[device.name] = sock


def play(port: int, player: int, count: int, ca: str) -> None:
    """Be one of the players."""
    tls = None
    if ca:
        tls = ssl.create_default_context(cafile=ca)
        tls.load_cert_chain(Path(ca).with_name("device.pem"), Path(ca).with_name("device.key"))
    host = "localhost" if ca else HOST
    devices = [Played(f"played.{player}-{n}", (host, port), tls) for n in range(count)]
    troupe = Troupe(devices)
    print("ready", flush=True)
    for line in sys.stdin:
        match line.split():
            case ["connect"]:
                troupe.until(lambda device: device.up)
            case ["send", events]:
                troupe.want(int(events))
                troupe.until(lambda device: device.done)
            case ["lose"]:
                troupe.until(lambda device: not device.up)
            case _:
                break
        print("done", flush=True)


class Players:
    """The processes that play."""

    def __init__(self, port: int, devices: int, ca: str) -> None:
        command = [sys.executable, "-m", "bench.scale", "--play", str(port)]
        self._children = [
            subprocess.Popen(  # noqa: S603  (our own interpreter)
                [*command, str(player), str(devices // PLAYERS), ca],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            )
            for player in range(PLAYERS)
        ]
        self.wait()

    def do(self, what: str) -> float:
        """Have all do something; give the seconds until the last has done it."""
        began_s = time.perf_counter()
        self.begin(what)
        self.wait()
        return time.perf_counter() - began_s

    def begin(self, what: str) -> None:
        """Have all begin with something."""
        for child in self._children:
            print(what, file=child.stdin, flush=True)

    def close(self) -> None:
        """End them."""
        for child in self._children:
            print("end", file=child.stdin, flush=True)
            child.communicate(timeout=DEADLINE_S)

    def wait(self) -> None:
        """Wait until all have done what they began with."""
        for child in self._children:
            if child.stdout is None or not child.stdout.readline():
                raise RuntimeError("a player ended")


class Watched:
    """A process of which time and memory are looked at."""

    def __init__(self, pid: int) -> None:
        self._pid = pid
        self._began_s = self._cpu_s()

    def used(self) -> str:
        """Give the processor time since the last look, and memory now."""
        before, self._began_s = self._began_s, self._cpu_s()
        pages = int(Path(f"/proc/{self._pid}/statm").read_text().split()[1])
        return (
            f"{self._began_s - before:5.1f} s of a core,"
            f" {pages * os.sysconf('SC_PAGE_SIZE') / 1e6:4.0f} MB"
        )

    def _cpu_s(self) -> float:
        fields = Path(f"/proc/{self._pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / TICK_S


def measure(folder: Path, devices: int, events: int, *, tls: bool) -> Iterator[str]:
    """Give lines of figures."""
    ca, extra, port = "", [f"max_queued_messages {max(1000, 100 * devices)}"], 0
    if tls:
        authority = Authority(folder)
        port, ca = free_port(), str(authority.path)
        authority.issue("device")
        extra.append(tls_listener(authority.issue("broker"), port, HOST))
    broker = Mosquitto(folder, extra="\n".join(extra))
    with ExitStack() as stack:
        stack.enter_context(closing(broker))
        broker.start()
        store = folder / "events.sqlite"
        to = f"mqtt://{HOST}:{broker.port}"
        command = ["-m", "central.cli", "collect", "--store", str(store), "--broker", to]
        collector = subprocess.Popen([sys.executable, *command], stdout=subprocess.PIPE)  # noqa: S603  (ours)
        stack.callback(collector.wait, DEADLINE_S)
        stack.callback(collector.terminate)
        if collector.stdout is None or not collector.stdout.readline():
            raise RuntimeError("the collector ended")
        players = stack.enter_context(closing(Players(port or broker.port, devices, ca)))
        broker_used, collector_used = Watched(broker.pid), Watched(collector.pid)

        def line(what: str, seconds: float, figure: str) -> str:
            used = f"broker {broker_used.used()}; collector {collector_used.used()}"
            return f"{what:34} {seconds:6.1f} s  {figure:22} {used}"

        took_s = players.do("connect")
        yield line(f"{devices} devices connect", took_s, f"{devices / took_s:.0f} a second")
        took_s = players.do(f"send {events}")
        sent = devices * events
        yield line(f"{sent} events stored and told", took_s, f"{sent / took_s:.0f} a second")
        players.begin("lose")
        broker.kill()
        players.wait()
        broker.start()
        broker_used = Watched(broker.pid)
        took_s = players.do("send 1")
        yield line("all come back with one event more", took_s, f"{devices / took_s:.0f} a second")
        with closing(sqlite3.connect(store)) as db:
            (stored,) = db.execute("SELECT count(*) FROM event").fetchone()
        wanted = sent + devices
        yield f"stored {stored} of {wanted} events" + ("" if stored == wanted else ": LOST")


def main() -> int:
    """Print the figures; gives 1 if an event is lost."""
    if sys.argv[1:2] == ["--play"]:
        port, player, count, ca = sys.argv[2:]
        play(int(port), int(player), int(count), ca)
        return 0
    parser = argparse.ArgumentParser()
    parser.add_argument("--devices", type=int, default=1000)
    parser.add_argument("--events", type=int, default=40)
    parser.add_argument("--tls", action="store_true", help="as devices do, with certificates")
    asked = parser.parse_args()
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    devices = asked.devices // PLAYERS * PLAYERS
    lost = False
    with tempfile.TemporaryDirectory(prefix="lobby-") as folder:
        for line in measure(Path(folder), devices, asked.events, tls=asked.tls):
            print(line, flush=True)
            lost |= line.endswith("LOST")
    return int(lost)


if __name__ == "__main__":
    sys.exit(main())
