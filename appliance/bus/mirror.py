"""The newest of each topic, on its way to a broker that may be away for a day.

What was to be said meanwhile is of no use any more: only the last word of each topic is kept, so
that it does not grow. What is retained is said again after each connect.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable

    from appliance.bus.inbound import Acknowledged


class Publish(Protocol):
    """How it is sent; `Link.publish` is one."""

    def __call__(
        self,
        topic: str,
        payload: bytes,
        *,
        retain: bool = False,
        qos: int = 1,
        expiry_s: int | None = None,
    ) -> int:
        """Send, or give 0."""


@dataclass(slots=True)
class _Word:
    payload: bytes
    retain: bool
    qos: int
    until_s: float | None


class Mirror:
    """What is to be said, by topic.

    Args:
        publish: Sends.
        monotonic: The clock, in seconds.

    Attributes:
        refused: Topic → why the broker refuses it (MQTT 5, table 2.6).
    """

    def __init__(self, publish: Publish, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._publish = publish
        self._monotonic = monotonic
        self._words: dict[str, _Word] = {}
        # In the order in which they want to be said: of thousands, only a few do at any moment.
        self._due: dict[str, None] = {}
        self._flying: dict[int, str] = {}
        self.refused: dict[str, int] = {}

    @property
    def flying(self) -> int:
        """How many the broker has not confirmed."""
        return len(self._flying)

    def put(
        self,
        topic: str,
        payload: bytes,
        *,
        retain: bool = True,
        qos: int = 1,
        expiry_s: int | None = None,
    ) -> None:
        """Have a message sent as soon as it can be, in place of what was to be said there.

        Args:
            topic: Where to.
            payload: Empty: what was retained there is taken away.
            retain: Keep it, and say it again after each connect.
            qos: 1, or 0 for what may be lost.
            expiry_s: It is of no use to anyone after so long.
        """
        until_s = None if expiry_s is None else self._monotonic() + expiry_s
        self._words[topic] = _Word(payload, retain, qos, until_s)
        # To the end: a topic that changes all the time does not keep others from their turn.
        self._due.pop(topic, None)
        self._due[topic] = None

    def connected(self) -> None:
        """Take in that the connection is new: say it all again."""
        self._flying.clear()
        self.refused.clear()
        self._due = dict.fromkeys(self._words)

    def confirmed(self, said: Acknowledged) -> None:
        """Take in that the broker has a message, or refuses it."""
        topic = self._flying.pop(said.message_id, None)
        if topic is None:
            return
        if said.refusal:
            self.refused[topic] = said.refusal
        else:
            self.refused.pop(topic, None)

    def pump(self, room: int) -> None:
        """Send what is due.

        Args:
            room: How many unconfirmed messages the connection can take.
        """
        now_s = self._monotonic()
        for topic in list(self._due):
            word = self._words[topic]
            if word.until_s is not None and word.until_s <= now_s:
                del self._words[topic], self._due[topic]
            elif room > 0 or not word.qos:
                left_s = None if word.until_s is None else max(1, int(word.until_s - now_s))
                sent = self._publish(
                    topic, word.payload, retain=word.retain, qos=word.qos, expiry_s=left_s
                )
                if not sent:
                    return
                if word.qos:
                    self._flying[sent] = topic
                    room -= 1
                del self._due[topic]
                if not word.retain or not word.payload:
                    del self._words[topic]
