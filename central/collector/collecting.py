"""The collector: the events of all devices, stored once in effect.

It subscribes without a session: what the broker would keep for it while it is away the devices send
again anyway, and a device is told by the broker that nobody listens. An acknowledgement is
retained, and is said again to everyone whenever the collector comes back, and to each device that
does: so who waits learns of it.

What cannot be an event is refused and counted, and never stops the rest. Events that seem to be of
the future are stored: a device whose clock is wrong must get rid of them, too.
"""

from __future__ import annotations

import logging
import re
import time
from collections import Counter
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING

from appliance.bus.link import Acknowledged, Connected, Disconnected, Link, Received
from appliance.bus.messages.payload import MessageError, decode, encode
from appliance.bus.messages.uploaded import Ack, Uploaded
from central.metrics.meters import Meters

if TYPE_CHECKING:
    from collections.abc import Callable
    from threading import Event

    from appliance.bus.link import Address, Inbound, Login
    from central.collector.store import Store

log = logging.getLogger(__name__)

EVENTS = "lobby/v1/+/+/dev/+/evt"
ACKS = "lobby/v1/+/+/dev/+/ack"
BIRTHS = "lobby/v1/+/+/dev/+/status"
TOPIC = re.compile(
    r"(?P<place>lobby/v1/[A-Z0-9-]{1,8}/[A-Z0-9-]{1,12}/dev/(?P<device>[a-z0-9.-]{1,40})/)"
    r"(?P<what>evt|ack|status)"
)
BATCH = 500
"""In one transaction."""
WAIT_S = 0.5
TELL_EVERY_S = 60.0


class Collector:
    """Takes what comes, and says what it has.

    Args:
        store: Where it is kept.
        address: The central broker.
        login: Who we are there: the only one who may write acknowledgements.
        meters: Where it is counted, for whoever asks meanwhile.
        beat: Called in each round of the loop.
        between: Does a piece of other work on the store, such as `Keeper.step`, between two
            batches; gives whether there is more.

    Attributes:
        counted: What came, by kind: `new`, `known`, `gaps`, and why things were refused.
    """

    def __init__(
        self,
        store: Store,
        address: Address,
        login: Login,
        *,
        meters: Meters | None = None,
        beat: Callable[[], None] = lambda: None,
        between: Callable[[], bool] = lambda: False,
    ) -> None:
        self._store = store
        self._inbox: SimpleQueue[Inbound] = SimpleQueue()
        self._link = Link(
            address,
            login,
            self._inbox.put,
            subscriptions=(ACKS, BIRTHS, EVENTS),
            canary=f"lobby/v1/canary/{login.client_id}",
        )
        # Topic → device of those to be told. What is kept of a birth may come before we are heard
        # (ejabberd, measured): then they are told when we are.
        self._born: dict[str, str] = {}
        self._told_s = time.monotonic()
        self._told: Counter[str] = Counter()
        self._meters = meters or Meters()
        self._beat = beat
        self._between = between
        self.counted = self._meters.counted

    def run(self, stop: Event) -> None:
        """Collect until `stop`.

        Raises:
            CollectError: The store cannot be written.
        """
        if self._store.renewed:
            log.warning("the store is new, or was restored: devices send what it does not have")
        more = False
        with self._link:
            while not stop.is_set():
                self._take_in(self._next_batch(0.0 if more else WAIT_S))
                more = self._between()
                self._meters.connected = self._link.is_up
                self._beat()
                self._tell()

    def _next_batch(self, wait_s: float) -> list[Inbound]:
        """Give what came, as it came; waits so long at most for the first."""
        batch: list[Inbound] = []
        try:
            batch.append(self._inbox.get(block=wait_s > 0, timeout=wait_s))
            while len(batch) < BATCH:
                batch.append(self._inbox.get_nowait())
        except Empty:
            pass
        return batch

    def _take_in(self, batch: list[Inbound]) -> None:
        events: list[tuple[str, Uploaded]] = []
        connected = False
        for item in batch:
            match item:
                case Received():
                    self._received(item, events)
                case Connected():
                    connected = True
                case Disconnected() | Acknowledged():
                    pass
        acks: dict[str, Ack] = {}
        if events:
            stored = self._store.put(events)
            self.counted["new"] += stored.new
            self.counted["known"] += len(events) - stored.new
            self.counted["gaps"] += stored.gaps
            acks |= stored.acks
            self._meters.took(event for _, event in events)
        acks |= {topic: self._store.ack(device) for topic, device in self._born.items()}
        if connected:
            acks |= self._store.acks()
        for topic, ack in acks.items():
            if self._link.publish(topic, encode(ack), retain=True):
                self._meters.acks += 1
                self._born.pop(topic, None)

    def _received(self, received: Received, events: list[tuple[str, Uploaded]]) -> None:
        place = TOPIC.fullmatch(received.topic)
        if place is None:
            self.counted["refused: topic"] += 1
        elif place["what"] == "status":
            self._born[f"{place['place']}ack"] = place["device"]
        elif place["what"] == "ack":
            if received.retained:
                self._look_at_ack(place["device"], received.payload)
        elif received.retained:
            self.counted["refused: retained"] += 1
        else:
            try:
                event = decode(received.payload, Uploaded)
            except MessageError:
                self.counted["refused: form"] += 1
                return
            if event.device != place["device"]:
                self.counted["refused: forged"] += 1
                return
            events.append((f"{place['place']}ack", event))

    def _look_at_ack(self, device: str, payload: bytes) -> None:
        """See whether we said more than we have: then this is an older store than we had."""
        try:
            ack = decode(payload, Ack)
        except MessageError:
            return
        if self._store.contradicts(device, ack):
            log.warning("the store was restored: %s was told more than it has", device)
            self._store.renew()

    def _tell(self) -> None:
        if time.monotonic() - self._told_s >= TELL_EVERY_S and self.counted != self._told:
            self._told_s, self._told = time.monotonic(), self.counted.copy()
            log.info("%s", ", ".join(f"{what} {n}" for what, n in sorted(self.counted.items())))
