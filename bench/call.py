"""What a call costs, from the command to the reply, over the bus of a real desk.

    python -m bench.call [--calls N]

A desk as it runs on a Pi, a real mosquitto with a unix socket, and a counter that asks `next`: the
line decides, the journal commits, the reply comes. Beside it, in turns on the same machine: a round
trip of bare paho (QoS 1 there and back) to a process that only echoes, plus one durable SQLite
commit with FULL in the same folder. Limits: 2 times at the median, 4 times at the 99th percentile.
"""

from __future__ import annotations

import argparse
import queue
import sqlite3
import statistics
import subprocess
import sys
import threading
import time
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING

from paho.mqtt import client as mqtt
from paho.mqtt.enums import CallbackAPIVersion

from appliance.bus.asking import Asker
from appliance.bus.link import Login, UnixSocket
from appliance.bus.messages.asked import Command
from appliance.bus.topics import Topics
from tests.support.broker import Mosquitto
from tests.support.device import device

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

P50_LIMIT, P99_LIMIT = 2.0, 4.0
TURNS = 10
DEADLINE_S = 30.0
ECHO = """
import sys
from paho.mqtt import client as mqtt
from paho.mqtt.enums import CallbackAPIVersion
client = mqtt.Client(CallbackAPIVersion.VERSION2, client_id="echo", protocol=5, transport="unix")
client.on_message = lambda c, u, m: c.publish("bench/back", m.payload, qos=1)
client.on_connect = lambda c, *_: c.subscribe("bench/there", qos=1)
client.on_subscribe = lambda *_: print("ready", flush=True)
client.connect(sys.argv[1], 1)
client.loop_forever()
"""


def main() -> int:
    """Print the figures; gives 1 if a limit is passed."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--calls", type=int, default=500)
    each = max(1, parser.parse_args().calls // TURNS)
    with device() as lobby:
        broker = Mosquitto(lobby.folder)
        broker.start()
        with closing(broker), lobby.started("desk"):
            ours, bare = measured(lobby.folder, broker.socket, each)
    worst = 0
    for name, at, limit in (("p50", 50, P50_LIMIT), ("p99", 99, P99_LIMIT)):
        a, b = (statistics.quantiles(times, n=100)[at - 1] for times in (ours, bare))
        print(f"call {name} {a * 1e3:6.2f} ms, bare parts {b * 1e3:6.2f} ms", end="")
        print(f": {a / b:.2f} x (limit {limit})")
        worst |= a / b > limit
    return int(worst)


def measured(folder: Path, socket: Path, each: int) -> tuple[list[float], list[float]]:
    """Measure calls, and their bare parts, in turns."""
    topics = Topics("SUED", "EINGANG", "sued.eingang-1")
    ours: list[float] = []
    bare: list[float] = []
    with (
        Asker(topics, UnixSocket(socket), Login("counter.1", "counter.1", "x")) as counter,
        Asker(topics, UnixSocket(socket), Login("staff.console", "staff.console", "x")) as staff,
        round_trip(socket) as there_and_back,
        commits(folder / "bare.sqlite") as commit,
    ):

        def ask(who: Asker, verb: str, service: str | None = None) -> None:
            reply = who.ask(verb, Command(service=service), timeout_s=DEADLINE_S)
            if not reply.ok:
                raise SystemExit(f"{verb}: {reply.sentence}")

        ask(counter, "open_counter")
        for _ in range(TURNS):
            for _ in range(each):
                ask(staff, "issue", service="A1")
            ours += [seconds(lambda: ask(counter, "next")) for _ in range(each)]
            bare += [seconds(there_and_back) + seconds(commit) for _ in range(each)]
    return ours, bare


def seconds(work: Callable[[], None]) -> float:
    """Measure one piece of work."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


@contextmanager
def round_trip(socket: Path) -> Iterator[Callable[[], None]]:
    """Give a round trip of bare paho to a process that echoes."""
    back: queue.SimpleQueue[bytes] = queue.SimpleQueue()
    subscribed = threading.Event()
    client = mqtt.Client(
        CallbackAPIVersion.VERSION2, client_id="bare", protocol=mqtt.MQTTv5, transport="unix"
    )
    client.on_message = lambda _client, _userdata, message: back.put(bytes(message.payload))
    client.on_subscribe = lambda *_: subscribed.set()

    def there_and_back() -> None:
        client.publish("bench/there", b'{"verb": "next"}', qos=1)
        back.get(timeout=DEADLINE_S)

    with subprocess.Popen(  # noqa: S603  (our own interpreter)
        [sys.executable, "-c", ECHO, str(socket)], stdout=subprocess.PIPE
    ) as echo:
        try:
            if echo.stdout is not None:
                echo.stdout.readline()
            client.connect(str(socket), 1)
            client.loop_start()
            while not client.is_connected():
                time.sleep(0.01)
            client.subscribe("bench/back", qos=1)
            subscribed.wait(DEADLINE_S)
            yield there_and_back
        finally:
            client.disconnect()
            client.loop_stop()
            echo.kill()


@contextmanager
def commits(path: Path) -> Iterator[Callable[[], None]]:
    """Give one durable commit, as bare as it can be."""
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        db.execute("PRAGMA page_size = 1024")
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("PRAGMA synchronous = FULL")
        db.execute("CREATE TABLE event (seq INTEGER PRIMARY KEY, data TEXT)")

        def commit() -> None:
            db.execute("INSERT INTO event (data) VALUES (?)", ("x" * 200,))

        yield commit


if __name__ == "__main__":
    sys.exit(main())
