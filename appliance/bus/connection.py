"""One connection from its beginning to its end; `link` makes the next one.

It ends when the broker hangs up, when it is found to be of no use, or when it is told to. What is
handed on is handed on from here, on the thread that serves it: an exception in what takes it is
caught, as paho (2.2) would let it kill the thread while `is_connected()` stays true.
"""

from __future__ import annotations

import math
import ssl
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

import msgspec
from paho.mqtt.enums import MQTTErrorCode
from paho.mqtt.subscribeoptions import SubscribeOptions

from appliance.bus.addresses import Address
from appliance.bus.canary import Canary
from appliance.bus.client import WINDOW, Client
from appliance.bus.dialling import IdentityError
from appliance.bus.inbound import Acknowledged, Connected, Hitch, Inbound, Received

if TYPE_CHECKING:
    import threading

    from paho.mqtt import client as mqtt
    from paho.mqtt.properties import Properties
    from paho.mqtt.reasoncodes import ReasonCode

LOOK_S = 0.5
WELCOME_S = 5.0
"""So long a broker may take to let us in."""
PARTING_S = 2.0
NOBODY_LISTENS = 0x10
"""No matching subscribers: MQTT 5, section 3.4.2.1."""
TAKEN_OVER = 0x8E
"""Session taken over: MQTT 5, section 3.14.2.1."""


class Login(msgspec.Struct, frozen=True):
    """Who connects.

    Args:
        client_id: Unique at the broker.
        name: The login that the broker's access list knows; empty: it is in the certificate.
        password: Never logged.
    """

    client_id: str
    name: str
    password: str

    def __repr__(self) -> str:
        return f"Login({self.client_id!r}, {self.name!r})"


class Will(msgspec.Struct, frozen=True):
    """What the broker publishes, retained, when this connection is lost."""

    topic: str
    payload: bytes


class Wanted(msgspec.Struct, frozen=True):
    """What each connection of a link is to be like; see `Link`."""

    address: Address
    login: Login
    subscriptions: tuple[str, ...]
    will: Will | None
    session_s: int
    canary: str | None
    clock_sure: Callable[[], bool]


class Connection:
    """One connection.

    Args:
        wanted: What it is to be like.
        number: Goes into its message ids and receipts: those of an earlier connection are told
            from its own.
        window: Unacknowledged messages at once, as the broker said last.
        hand_on: Takes what comes.
        note: Takes why it ends.

    Attributes:
        up: Whether it can be used.
        window: Unacknowledged messages that the broker takes at once.
        takes_bytes: A message may have so many, its topic and head included; inf: any.
        dates_checked: Whether the certificates had to be valid now.
    """

    def __init__(
        self,
        wanted: Wanted,
        number: int,
        window: int,
        hand_on: Callable[[Inbound], None],
        note: Callable[[Hitch, str], None],
    ) -> None:
        self.up = False
        self.window = window
        self.takes_bytes = math.inf
        self.dates_checked = wanted.clock_sure()
        self._wanted = wanted
        self._number = number
        self._hand_on = hand_on
        self._note = note
        self._canary = None if wanted.canary is None else Canary(wanted.canary)
        self._begun_s = time.monotonic()
        self._welcomed = False
        self._ended = False
        self._sung = 0
        self.client = client = Client(
            wanted.address,
            wanted.login.client_id,
            manual_ack=wanted.session_s > 0,
            check_dates=self.dates_checked,
        )
        client.max_inflight_messages_set(window)
        if wanted.login.name:
            client.username_pw_set(wanted.login.name, wanted.login.password)
        if wanted.will is not None:
            client.will_set(wanted.will.topic, wanted.will.payload, qos=1, retain=True)
        client.on_connect = self._on_connect
        client.on_disconnect = self._on_disconnect
        client.on_message = self._on_message
        client.on_publish = self._on_publish

    def live(self, stop: threading.Event) -> None:
        """Connect, serve, and return when it is over, one way or the other."""
        client = self.client
        try:
            client.begin(self._wanted.session_s)
            self._serve(stop)
        except IdentityError as error:
            self._end(Hitch.CERTIFICATE, str(error))
        except ssl.SSLError as error:
            self._end(Hitch.CERTIFICATE, f"no trust between us and the broker: {error}")
        except OSError as error:
            self._end(Hitch.NO_ANSWER, f"no broker answers ({error}); trying again")
        finally:
            self.up = False
            client.hang_up()

    def message_id(self, mid: int) -> int:
        """Give an id that no other message of the link has."""
        return self._number << 16 | mid

    def acknowledge(self, received: Received) -> None:
        """Tell the broker that a message of this connection has been dealt with."""
        number, mid = received.receipt
        # The message of an earlier connection comes again: its id may be another's by now.
        if mid and number == self._number:
            self.client.ack(mid, 1)

    def _serve(self, stop: threading.Event) -> None:
        stopped_s = None
        while self.client.loop(LOOK_S) == MQTTErrorCode.MQTT_ERR_SUCCESS:
            now_s = time.monotonic()
            if stop.is_set():
                if stopped_s is None:
                    stopped_s = now_s
                    self.client.disconnect()
                if now_s - stopped_s > PARTING_S:
                    return
            elif self._ended or self._is_of_no_use(now_s):
                return
        if stop.is_set():
            return
        if self._welcomed:
            self._end(Hitch.LOST, "the connection is lost")
        else:
            # With TLS 1.3 so it looks if our certificate is not accepted.
            self._end(Hitch.REFUSED, "the broker hangs up at once: does it know who we are?")

    def _is_of_no_use(self, now_s: float) -> bool:
        if not self._welcomed:
            if now_s - self._begun_s > WELCOME_S:
                self._end(Hitch.NO_ANSWER, "the broker does not answer; trying again")
        elif not self.dates_checked and self._wanted.clock_sure():
            self._end(Hitch.LOST, "the time is known now: once more, with dates checked")
        elif self._canary is not None:
            if self._canary.is_overdue(now_s):
                where = self._canary.topic
                self._end(Hitch.DEAF, f"nothing comes back on {where}: may we write and read it?")
            elif self._canary.is_due(now_s):
                self._sing(self._canary)
        return self._ended

    def _end(self, hitch: Hitch, sentence: str) -> None:
        """Note why it ends; the first reason counts."""
        if not self._ended:
            self._ended = True
            self._note(hitch, sentence)

    def _sing(self, canary: Canary) -> None:
        self._sung = self.client.publish(canary.topic, canary.sing(time.monotonic()), qos=0).mid

    def _hand(self, item: Inbound) -> None:
        try:
            self._hand_on(item)
        except Exception:  # noqa: BLE001  (it is told, with its trace, and the link begins anew)
            self._end(Hitch.FAILED, "what it hands on was not taken: this is a mistake of ours")

    def _come_up(self) -> None:
        self.up = True
        self._hand(Connected())

    # paho's callbacks, on the same thread.

    def _on_connect(
        self,
        client: mqtt.Client,
        _userdata: object,
        _flags: mqtt.ConnectFlags,
        reason: ReasonCode,
        properties: Properties | None,
    ) -> None:
        if reason.is_failure:
            self._end(Hitch.REFUSED, f"the broker refuses this login: {reason}")
            return
        self._welcomed = True
        self.window = min(WINDOW, getattr(properties, "ReceiveMaximum", WINDOW))
        self.takes_bytes = getattr(properties, "MaximumPacketSize", math.inf)
        canary = self._canary
        topics = [*self._wanted.subscriptions, *([canary.topic] if canary else [])]
        if topics:
            client.subscribe([(topic, SubscribeOptions(qos=1)) for topic in topics])
        if canary is None:
            self._come_up()
        else:
            self._sing(canary)

    def _on_disconnect(
        self,
        _client: mqtt.Client,
        _userdata: object,
        flags: mqtt.DisconnectFlags,
        reason: ReasonCode,
        _properties: Properties | None,
    ) -> None:
        self.up = False
        if flags.is_disconnect_packet_from_server and reason.value == TAKEN_OVER:
            name = self._wanted.login.client_id
            self._end(Hitch.TAKEN, f"somebody else connects as {name}: find out who")

    def _on_message(
        self, _client: mqtt.Client, _userdata: object, message: mqtt.MQTTMessage
    ) -> None:
        canary = self._canary
        if canary is not None and message.topic == canary.topic:
            if canary.hear(bytes(message.payload)):
                self._come_up()
            return
        properties = message.properties
        self._hand(
            Received(
                message.topic,
                bytes(message.payload),
                message.retain,
                getattr(properties, "ResponseTopic", None),
                getattr(properties, "CorrelationData", None),
                (self._number, message.mid if message.qos else 0),
            )
        )

    def _on_publish(
        self,
        _client: mqtt.Client,
        _userdata: object,
        mid: int,
        reason: ReasonCode,
        _properties: Properties | None,
    ) -> None:
        if mid == self._sung:
            # Paho says so of QoS 0 too, when it has written it.
            return
        refusal = reason.value if reason.is_failure else 0
        heard = not refusal and reason.value != NOBODY_LISTENS
        self._hand(Acknowledged(self.message_id(mid), heard, refusal))
