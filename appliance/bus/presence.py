"""Whether a process of ours is alive: birth, a beat every 2 s, and the broker's last will."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from appliance.bus.link import Will
from appliance.bus.messages.alive import Presence
from appliance.bus.messages.payload import encode

if TYPE_CHECKING:
    from collections.abc import Callable

    from appliance.bus.link import Link

BEAT_S = 2.0


def last_will(topic: str) -> Will:
    """Give what the broker says of us when we are gone."""
    return Will(topic, encode(Presence(state="down")))


class Pulse:
    """The beat of a process's working loop; call it in every round.

    Args:
        link: The connection.
        topic: Where presence is said.
        feed_watchdog: Called with every beat, so that the watchdog is fed by the loop that works.
    """

    def __init__(self, link: Link, topic: str, feed_watchdog: Callable[[], None]) -> None:
        self._link = link
        self._topic = topic
        self._feed_watchdog = feed_watchdog
        self._last_s = float("-inf")
        self._detail = ""

    def beat(self, detail: str = "") -> None:
        """Say that we are alive, when it is time to or when `detail` is news."""
        now_s = time.monotonic()
        if detail == self._detail and now_s - self._last_s < BEAT_S:
            return
        self._last_s, self._detail = now_s, detail
        self._feed_watchdog()
        presence = Presence(state="up", detail=detail)
        self._link.publish(self._topic, encode(presence), retain=True)

    def end(self) -> None:
        """Say that we go."""
        self._link.publish(self._topic, encode(Presence(state="down")), retain=True)
