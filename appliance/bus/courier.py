"""Messages that must be heard now or not at all: a scan, while its person still stands there.

The broker on the Pi keeps nothing when it dies, and the desk may be starting again. So a message is
sent until the broker says that somebody takes it (PUBACK without "no matching subscribers", MQTT 5
section 3.4.2.1), or until it is too old. It may arrive twice: whoever hears it must bear that.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from appliance.bus.link import Acknowledged, Connected

if TYPE_CHECKING:
    from collections.abc import Callable

    from appliance.bus.link import Inbound

AGAIN_S = 0.2
PATIENCE_S = 1.0
"""An acknowledgement that takes longer is not to be expected any more."""


@dataclass(slots=True)
class _Parcel:
    topic: str
    payload: bytes
    until_s: float
    again_s: float = float("-inf")
    message_id: int = 0


class Courier:
    """Sends until heard. All calls come from one thread, the process's loop.

    Args:
        send: Sends once; gives the message's id, 0 if the connection is down.
        monotonic: The clock, in seconds.
    """

    def __init__(
        self,
        send: Callable[[str, bytes], int],
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._send = send
        self._monotonic = monotonic
        self._parcels: list[_Parcel] = []

    def post(self, topic: str, payload: bytes, keep_s: float) -> None:
        """Send a message, and go on trying for `keep_s` at most."""
        self._parcels.append(_Parcel(topic, payload, self._monotonic() + keep_s))
        self.go_round()

    def hear(self, news: Inbound) -> None:
        """Take in what the link hands on."""
        match news:
            case Acknowledged(message_id, heard):
                for parcel in [p for p in self._parcels if p.message_id == message_id]:
                    if heard:
                        self._parcels.remove(parcel)
                    else:
                        parcel.again_s = self._monotonic() + AGAIN_S
            case Connected():
                for parcel in self._parcels:
                    parcel.again_s = float("-inf")
            case _:
                pass

    def go_round(self) -> None:
        """Send what is due; to be called several times a second."""
        now_s = self._monotonic()
        self._parcels = [parcel for parcel in self._parcels if parcel.until_s > now_s]
        for parcel in self._parcels:
            if parcel.again_s <= now_s:
                parcel.message_id = self._send(parcel.topic, parcel.payload)
                parcel.again_s = now_s + (PATIENCE_S if parcel.message_id else AGAIN_S)
