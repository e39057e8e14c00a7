"""A connection to a broker that comes back, done right.

What paho 2.2 taught: an exception in a callback kills its thread while `is_connected()` stays
true, so the loop is ours: it notices, tells, and begins again; its delays before a reconnect are
the same for everyone. A name that does not resolve, or a socket that is not there yet, is no error
but a reason to try again. Retained state and events are sent anew by whoever owns them.

No lock is shared by `publish` and what takes the items: paho holds one of its own in both.
"""

from __future__ import annotations

import logging
import threading
from typing import TYPE_CHECKING

from paho.mqtt.enums import MQTTErrorCode
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

from appliance.bus.addresses import Address, Identity, Proxy, Tcp, Tls, UnixSocket
from appliance.bus.backoff import Backoff, Pace
from appliance.bus.client import WINDOW
from appliance.bus.connection import Connection, Login, Wanted, Will
from appliance.bus.inbound import (
    Acknowledged,
    Connected,
    Disconnected,
    Hitch,
    Inbound,
    Received,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from types import TracebackType
    from typing import Self

# All that a user of a link needs stands here.
__all__ = [
    "Acknowledged",
    "Address",
    "Connected",
    "Disconnected",
    "Hitch",
    "Identity",
    "Inbound",
    "Link",
    "Login",
    "Pace",
    "Proxy",
    "Received",
    "Tcp",
    "Tls",
    "UnixSocket",
    "Will",
]

log = logging.getLogger(__name__)

ON_THE_PI = Pace(0.5, 2.0)
"""The bus is on the same Pi: there is no crowd to spare, and a lobby waits for it."""
FAR_AWAY = Pace(0.5, 5.0)
"""All devices of a fleet come back at once; but after a day none waits for longer than this."""
STOPPED_WITHIN_S = 10.0
HEAD_BYTES = 256
"""Of a message, beside its topic and payload, at most: lengths, an id, properties."""


class Link:
    """A connection that opens, reopens and closes, and hands on what comes.

    Args:
        address: The broker.
        login: Who we are.
        hand_on: Called with each `Inbound`, from the connection's thread: put it into a queue and
            return at once. If it raises, that is logged, and the connection made anew.
        subscriptions: Topic filters; asked for again at every connect.
        will: Published by the broker when we are lost.
        session_s: For so long after we are lost the broker keeps what is sent to us. Then each
            message must be acknowledged when it has been dealt with; else it comes again.
        canary: A topic of our own, on which we must hear ourselves; None: there is none.
        pace: Of the attempts to connect.
        clock_sure: Whether the clock can be believed; while not, nobody can tell whether a
            certificate is valid, and its dates alone are not checked.
    """

    def __init__(
        self,
        address: Address,
        login: Login,
        hand_on: Callable[[Inbound], None],
        *,
        subscriptions: Sequence[str] = (),
        will: Will | None = None,
        session_s: int = 0,
        canary: str | None = None,
        pace: Pace | None = None,
        clock_sure: Callable[[], bool] = lambda: True,
    ) -> None:
        self._wanted = Wanted(
            address, login, tuple(subscriptions), will, session_s, canary, clock_sure
        )
        self._hand_on = hand_on
        on_the_pi = isinstance(address, UnixSocket)
        self._backoff = Backoff(pace or (ON_THE_PI if on_the_pi else FAR_AWAY))
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None
        self._connection: Connection | None = None
        self._connections = 0
        self._hitch: Hitch | None = None
        self._said: set[str] = set()
        self._mistakes: set[str] = set()

    def __enter__(self) -> Self:
        self.open()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def open(self) -> None:
        """Begin to connect; returns at once, whether the broker is there or not."""
        name = f"link {self._wanted.login.client_id}"
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._thread.start()

    def close(self) -> None:
        """End the connection in order; the will is not published. Twice is fine."""
        thread, self._thread = self._thread, None
        if thread is None:
            return
        self._stop.set()
        connection = self._connection
        if connection is not None:
            connection.client.disconnect()
        thread.join(STOPPED_WITHIN_S)
        if thread.is_alive():
            # Looking up a name may take longer than anybody waits.
            log.error("thread '%s' did not end within %.0f s", thread.name, STOPPED_WITHIN_S)

    @property
    def is_up(self) -> bool:
        """Whether messages go out now and, with a canary, can be heard."""
        connection, thread = self._connection, self._thread
        return connection is not None and connection.up and bool(thread and thread.is_alive())

    @property
    def hitch(self) -> Hitch | None:
        """Why it is not up, or was not at the last attempt; None: it is up, or was not tried."""
        return self._hitch

    @property
    def window(self) -> int:
        """How many unacknowledged messages the broker takes at once; 20 at most."""
        connection = self._connection
        return WINDOW if connection is None else connection.window

    @property
    def dates_checked(self) -> bool:
        """Whether the certificates of this connection had to be valid now."""
        connection = self._connection
        return connection is None or connection.dates_checked

    def publish(
        self,
        topic: str,
        payload: bytes,
        *,
        retain: bool = False,
        qos: int = 1,
        expiry_s: int | None = None,
        response_topic: str | None = None,
        correlation: bytes | None = None,
    ) -> int:
        """Send a message; give its id, or 0, and nothing sent, while the connection is down.

        One that is longer than the broker takes is not sent either, and that is logged: the broker
        would end the connection (MQTT 5, section 3.2.2.3.6), and again after each new attempt.

        Never blocks on the network. Retained state needs no queue: its owner publishes it again
        on `Connected`. No id is given twice by one link.
        """
        connection = self._connection
        if connection is None or not connection.up:
            return 0
        if len(topic) + len(payload) + HEAD_BYTES > connection.takes_bytes:
            self._say(f"a message on {topic} is not sent: {len(payload)} bytes are too many for it")
            return 0
        properties = None
        if expiry_s is not None or response_topic is not None or correlation is not None:
            # Only then: paho takes longer to make them than to send the message.
            properties = Properties(PacketTypes.PUBLISH)  # type: ignore[no-untyped-call]
            if expiry_s is not None:
                properties.MessageExpiryInterval = expiry_s
            if response_topic is not None:
                properties.ResponseTopic = response_topic
            if correlation is not None:
                properties.CorrelationData = correlation
        sent = connection.client.publish(topic, payload, qos, retain, properties)
        return connection.message_id(sent.mid) if sent.rc == MQTTErrorCode.MQTT_ERR_SUCCESS else 0

    def acknowledge(self, received: Received) -> None:
        """Tell the broker that a message has been dealt with; only where a session is kept."""
        connection = self._connection
        if self._wanted.session_s > 0 and connection is not None and connection.up:
            connection.acknowledge(received)

    # The connection's thread.

    def _run(self) -> None:
        while not self._stop.is_set():
            try:
                self._connect()
            except Exception:  # noqa: BLE001  (told with its trace; the lobby needs its bus)
                self._note(Hitch.FAILED, "the loop failed: this is a mistake of ours")
            self._connection = None
            self._stop.wait(self._backoff.next_s())

    def _connect(self) -> None:
        self._connections += 1
        was_up = False

        def hand_on(item: Inbound) -> None:
            nonlocal was_up
            if isinstance(item, Connected):
                was_up = True
                self._hitch = None
                self._said.clear()
                self._backoff.reset()
            elif isinstance(item, Acknowledged) and item.refusal:
                # An access list that refuses looks like success in everything else.
                self._say(f"the broker refused a message: reason {item.refusal:#x}")
            self._hand_on(item)

        self._connection = connection = Connection(
            self._wanted, self._connections, self.window, hand_on, self._note
        )
        try:
            connection.live(self._stop)
        finally:
            if was_up:
                self._hand_on(Disconnected())

    def _note(self, hitch: Hitch, sentence: str) -> None:
        self._hitch = hitch
        if hitch is not Hitch.FAILED:
            self._say(sentence)
        elif sentence not in self._mistakes:
            self._mistakes.add(sentence)
            log.error("bus at %s: %s", self._wanted.address, sentence, exc_info=True)  # noqa: LOG014  (called in a handler)

    def _say(self, sentence: str) -> None:
        """Say it once, until it was well in between."""
        if sentence not in self._said:
            self._said.add(sentence)
            log.warning("bus at %s: %s", self._wanted.address, sentence)
