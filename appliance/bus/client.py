"""paho's client, brought to what it cannot do by itself: one connection, on a socket of ours.

A client is made for each connection and thrown away with it. So nothing of the last one is left: no
message that paho would send again unasked and past the broker's limit (2.2 does, after a
reconnect), no message id, no half-read packet. Nothing here reconnects; `link` does.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from paho.mqtt import client as mqtt
from paho.mqtt.enums import CallbackAPIVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

from appliance.bus.addresses import Tls, UnixSocket
from appliance.bus.dialling import TIMEOUT_S, dial

if TYPE_CHECKING:
    from appliance.bus.addresses import Address

KEEPALIVE_S = 15
WINDOW = 20
"""Unacknowledged messages at once, at most."""
PACKET_BYTES = 2 << 20
"""A broker sends us nothing larger (MQTT 5, section 3.1.2.11.4)."""


class Client(mqtt.Client):
    """One connection.

    Args:
        address: Where to.
        client_id: Unique at the broker.
        manual_ack: Messages are acknowledged when we say so.
        check_dates: As in `dial`.
    """

    def __init__(
        self, address: Address, client_id: str, *, manual_ack: bool, check_dates: bool
    ) -> None:
        super().__init__(
            CallbackAPIVersion.VERSION2,
            client_id=client_id,
            protocol=mqtt.MQTTv5,
            reconnect_on_failure=False,
            manual_ack=manual_ack,
        )
        self._address = address
        self._check_dates = check_dates
        self.max_inflight_messages_set(WINDOW)
        # Else publish() would write to the socket itself, from whatever thread it is called.
        self.on_socket_register_write = _leave_it_to_the_loop

    def begin(self, session_s: int) -> None:
        """Connect, and ask the broker to be let in; blocks as `dial` does.

        Args:
            session_s: For so long the broker shall keep our session when we are gone.

        Raises:
            OSError: As `dial`.
        """
        wanted = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call]
        wanted.SessionExpiryInterval = session_s
        wanted.MaximumPacketSize = PACKET_BYTES
        match self._address:
            case UnixSocket(path):
                # Only a name for paho: the socket is ours.
                host, port = str(path), 1
            case other:
                host, port = other.host, other.port
        self.connect(host, port, KEEPALIVE_S, clean_start=session_s == 0, properties=wanted)

    def hang_up(self) -> None:
        """Close the socket without a word: the broker publishes the will.

        Who gets what comes is let go of as well. It knows this client in turn, and as long as each
        holds the other, paho's second pair of sockets, with which it wakes itself, stays open.
        """
        self._sock_close()
        self.on_connect = self.on_disconnect = self.on_message = self.on_publish = None

    def _create_socket(self) -> mqtt.SocketLike:
        """Give paho a socket: it has no public way to bring one."""
        sock = dial(self._address, check_dates=self._check_dates)
        address = self._address
        if not isinstance(address, Tls) or address.path is None:
            return sock
        try:
            sock.settimeout(TIMEOUT_S)
            return mqtt._WebsocketWrapper(  # noqa: SLF001  (the same)
                sock, address.host, address.port, is_ssl=True, path=address.path, extra_headers=None
            )
        except BaseException:
            sock.close()
            raise


def _leave_it_to_the_loop(_client: mqtt.Client, _userdata: object, _sock: mqtt.SocketLike) -> None:
    """Paho's word for it: an external event loop is registered."""
