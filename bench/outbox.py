"""How fast the outbox empties, beside bare paho with the same window.

    python -m bench.outbox [--events N] [--kill N]

Both send the same number of events of the same size over TCP to one mosquitto, with at most 20
unconfirmed, to a process that stores nothing and acknowledges: how fast a collector stores is
another figure (`bench.collector`). Bare paho is done when the broker has confirmed the last one;
the outbox reads its events from the journal, and is done when the last one is acknowledged from end
to end. In turns; the best round of each counts. Limit: 0.6.

With `--kill N` the broker is killed N times, without persistence, while that many events flow; then
nothing may be missing. The test of the same does it with fewer.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from paho.mqtt import client as mqtt
from paho.mqtt.enums import CallbackAPIVersion

from appliance.bus.client import WINDOW
from appliance.bus.packing import pack
from tests.support.branch import Branch
from tests.support.broker import Mosquitto
from tests.support.collecting import Collecting

if TYPE_CHECKING:
    from collections.abc import Iterator

RATIO_LIMIT = 0.6
ROUNDS = 5
DEADLINE_S = 600.0
SINK = """
import sys
from paho.mqtt import client as mqtt
from paho.mqtt.enums import CallbackAPIVersion
last, seen, told = {}, 0, 0
def take(c, u, message):
    global seen
    seen += 1
    last[message.topic[:-3] + "ack"] = message.payload
client = mqtt.Client(CallbackAPIVersion.VERSION2, client_id="sink", protocol=5)
client.on_message = take
client.on_subscribe = lambda *_: print("ready", flush=True)
client.on_connect = lambda c, *_: c.subscribe("lobby/v1/+/+/dev/+/evt")
client.connect("127.0.0.1", int(sys.argv[1]))
before = 0
while client.loop(0.002) == 0:
    idle, before = seen == before, seen
    if last and (idle or seen - told >= 50):
        told = seen
        for topic, payload in last.items():
            epoch = payload.partition(b'"epoch":"')[2][:16]
            seq = payload.partition(b'"seq":')[2].partition(b",")[0]
            ack = b'{"store":"00000000000000aa","epoch":"%b","seq":%b}' % (epoch, seq)
            client.publish(topic, ack, qos=1, retain=True)
        last.clear()
"""


def main() -> int:
    """Print the figures; gives 1 if a limit is passed or an event is missing."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--events", type=int, default=5000)
    parser.add_argument("--kill", type=int, default=0)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="lobby-") as folder:
        broker = Mosquitto(Path(folder))
        broker.start()
        with closing(broker):
            if options.kill:
                return killed(Path(folder), broker, options.events, options.kill)
            with sink(broker.port):
                ours = [drained(Path(folder), broker, n, options.events) for n in range(ROUNDS)]
            best, bare = (max(rates) for rates in zip(*ours, strict=True))
    print(f"outbox {best:6.0f} events/s, bare paho {bare:6.0f}", end="")
    print(f": {best / bare:.2f} x (limit {RATIO_LIMIT})")
    return int(best / bare < RATIO_LIMIT)


def drained(folder: Path, broker: Mosquitto, turn: int, events: int) -> tuple[float, float]:
    """Measure the outbox, then bare paho, in events per second."""
    with Branch(folder / f"desk-{turn}", broker.port) as branch:
        branch.turn_until(lambda: branch.uplink.online and branch.uplink.backlog == 0)
        branch.issue(events)
        before = branch.uplink.backlog
        start = time.perf_counter()
        branch.turn_until(lambda: branch.outbox.is_empty, DEADLINE_S)
        ours = before / (time.perf_counter() - start)
        device = f"bare.{turn}"
        payloads = [
            pack(device, entry, entry.position._replace(seq=entry.position.seq - 1))
            for entry in branch.journal.after(None, 0, before)
        ]
        topic = branch.topics.events.replace(branch.topics.device, device)
        return ours, before / bare_s(broker, topic, payloads)


@contextmanager
def sink(port: int) -> Iterator[None]:
    """Run what takes events and acknowledges them."""
    with subprocess.Popen(  # noqa: S603  (our own interpreter)
        [sys.executable, "-c", SINK, str(port)], stdout=subprocess.PIPE
    ) as running:
        try:
            if running.stdout is not None:
                running.stdout.readline()
            yield
        finally:
            running.kill()


def bare_s(broker: Mosquitto, topic: str, payloads: list[bytes]) -> float:
    """Measure bare paho, its own queue behind its own window."""
    done, up, left = threading.Event(), threading.Event(), [len(payloads)]
    client = mqtt.Client(CallbackAPIVersion.VERSION2, client_id="bare", protocol=mqtt.MQTTv5)
    client.max_inflight_messages_set(WINDOW)

    def confirmed(*_: object) -> None:
        left[0] -= 1
        if not left[0]:
            done.set()

    client.on_publish = confirmed
    client.on_connect = lambda *_: up.set()
    client.connect(broker.host, broker.port)
    client.loop_start()
    up.wait(DEADLINE_S)
    start = time.perf_counter()
    for payload in payloads:
        client.publish(topic, payload, qos=1)
    done.wait(DEADLINE_S)
    seconds = time.perf_counter() - start
    client.disconnect()
    client.loop_stop()
    return seconds


def killed(folder: Path, broker: Mosquitto, events: int, times: int) -> int:
    """Kill the broker while events flow; print what is missing in the end."""
    with (
        Collecting(folder / "store", broker.port) as collecting,
        Branch(folder / "desk", broker.port) as branch,
    ):
        branch.issue(events)
        everything = branch.uplink.backlog
        for number in range(times):
            rest = everything * (times - number) / (times + 1)
            branch.turn_until(lambda: branch.uplink.backlog < rest, DEADLINE_S)  # noqa: B023
            broker.kill()
            branch.turn()
            broker.start()
        branch.turn_until(lambda: branch.uplink.online and not branch.uplink.backlog, DEADLINE_S)
        missing = set(branch.positions()) - collecting.stored()
    print(f"{everything} events, the broker killed {times} times: {len(missing)} missing (limit 0)")
    return int(bool(missing))


if __name__ == "__main__":
    sys.exit(main())
