"""How many events a second the collector stores and acknowledges.

    python -m bench.collector [--events N]

Two processes play ten devices each, with bare paho, to one mosquitto; the collector is a process of
its own, with its database on the disk of the temporary folder. From the first event sent until the
last acknowledgement. Limit: 2,000 a second on SQLite; a PostgreSQL on the same machine is shown
beside it, and for scale bare inserts of the same rows in commits of 500 with the same settings.
"""

from __future__ import annotations

import argparse
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import closing
from pathlib import Path

from paho.mqtt import client as mqtt
from paho.mqtt.enums import CallbackAPIVersion

from appliance.bus.messages.payload import decode
from appliance.bus.messages.uploaded import Ack
from tests.support.broker import Mosquitto
from tests.support.collecting import Collecting
from tests.support.postgres import Postgres

RATE_LIMIT = 2000
PLAYERS, DEVICES = 2, 10
BATCH = 500
DEADLINE_S = 600.0
DATA = '{"at":"2026-03-02T08:00:00Z","ticket":"A001","service":"A1","expected":null}'
PLAYER = """
import sys, threading
from paho.mqtt import client as mqtt
from paho.mqtt.enums import CallbackAPIVersion
port, player, devices, events, data = sys.argv[1:]
done, left = threading.Event(), [int(devices) * int(events)]
client = mqtt.Client(CallbackAPIVersion.VERSION2, client_id=f"player-{player}", protocol=5)
def confirmed(*_):
    left[0] -= 1
    left[0] or done.set()
client.on_publish = confirmed
client.connect("127.0.0.1", int(port))
client.loop_start()
for seq in range(1, int(events) + 1):
    for number in range(int(devices)):
        device = f"played.{player}-{number}"
        after = ',"after":null' if seq == 1 else ""
        client.publish(
            f"lobby/v1/SUED/EINGANG/dev/{device}/evt",
            f'{{"device":"{device}","epoch":"00000000000000aa","seq":{seq},"type":"TicketIssued",'
            f'"time":"2026-03-02T08:00:00Z","data":{data}{after}}}',
            qos=1,
        )
done.wait(600)
client.disconnect()
client.loop_stop()
"""


def main() -> int:
    """Print the figures; gives 1 if the limit is passed."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--events", type=int, default=10_000)
    per_device = parser.parse_args().events // (PLAYERS * DEVICES)
    events = per_device * PLAYERS * DEVICES
    with tempfile.TemporaryDirectory(prefix="lobby-") as folder:
        rate = events / collected_s(Path(folder), per_device, Path(folder, "store"))
        with Postgres(durable=True) as server:
            on_server = events / collected_s(Path(folder), per_device, server.make())
        bare = events / inserted_s(Path(folder), events)
    print(f"collector {rate:6.0f} events/s (limit {RATE_LIMIT}), bare inserts {bare:6.0f}", end="")
    print(f": {rate / bare:.2f} x")
    print(f"on PostgreSQL {on_server:4.0f} events/s: {on_server / rate:.2f} x of SQLite")
    return int(rate < RATE_LIMIT)


def collected_s(folder: Path, per_device: int, store: Path | str) -> float:
    """Measure until every device has been told that all of its events are stored."""
    waiting = {f"played.{p}-{n}" for p in range(PLAYERS) for n in range(DEVICES)}
    done, ready = threading.Event(), threading.Event()
    # The players are no outboxes: what a broker drops they do not send again.
    broker = Mosquitto(folder, extra="max_queued_messages 0\nmax_inflight_messages 0")
    broker.start()
    ear = mqtt.Client(CallbackAPIVersion.VERSION2, client_id="ear", protocol=mqtt.MQTTv5)

    def told(_client: mqtt.Client, _userdata: object, message: mqtt.MQTTMessage) -> None:
        if decode(bytes(message.payload), Ack).seq == per_device:
            waiting.discard(message.topic.split("/")[-2])
            if not waiting:
                done.set()

    ear.on_message = told
    ear.on_subscribe = lambda *_: ready.set()
    with closing(broker), Collecting(store, broker.port):
        ear.connect(broker.host, broker.port)
        ear.loop_start()
        ear.subscribe("lobby/v1/+/+/dev/+/ack", qos=1)
        ready.wait(DEADLINE_S)
        time.sleep(1.0)
        start = time.perf_counter()
        command = [sys.executable, "-c", PLAYER, str(broker.port)]
        rest = [str(DEVICES), str(per_device), DATA]
        players = [
            subprocess.Popen([*command, str(player), *rest])  # noqa: S603  (our own interpreter)
            for player in range(PLAYERS)
        ]
        done.wait(DEADLINE_S)
        seconds = time.perf_counter() - start
        for player in players:
            player.wait(DEADLINE_S)
        ear.disconnect()
        ear.loop_stop()
    return seconds


def inserted_s(folder: Path, events: int) -> float:
    """Measure bare inserts."""
    with closing(sqlite3.connect(folder / "bare", isolation_level=None)) as db:
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("PRAGMA synchronous = FULL")
        db.execute(
            "CREATE TABLE event (device TEXT, epoch TEXT, seq INTEGER, type TEXT, time TEXT,"
            " data TEXT, PRIMARY KEY (device, epoch, seq)) WITHOUT ROWID"
        )
        start = time.perf_counter()
        for first in range(0, events, BATCH):
            db.execute("BEGIN IMMEDIATE")
            db.executemany(
                "INSERT OR IGNORE INTO event VALUES (?, ?, ?, ?, ?, ?)",
                [
                    ("d", "aa", seq, "TicketIssued", "t", DATA)
                    for seq in range(first, first + BATCH)
                ],
            )
            db.execute("COMMIT")
        return time.perf_counter() - start


if __name__ == "__main__":
    sys.exit(main())
