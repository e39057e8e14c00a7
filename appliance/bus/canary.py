"""Whether we can hear: an own message must come back.

An access list that refuses a subscription says "granted" (mosquitto, measured), and a box between
us and the broker may answer for it long after it has lost it. Only what comes back was heard.
"""

from __future__ import annotations

import secrets

AT_FIRST_S = 2.0
EVERY_S = 5.0
LATER_S = 8.0
"""Together with the interval under 15 s; once it works a line may be slow for a moment."""
TOKEN_BYTES = 8


class Canary:
    """The watch over one connection. Times are those of a monotonic clock, in seconds.

    Args:
        topic: Of our own; we must be allowed to write and to read it.
    """

    def __init__(self, topic: str) -> None:
        self.topic = topic
        self.heard = False
        self._token = b""
        self._sung_s = 0.0

    def sing(self, now_s: float) -> bytes:
        """Give what to publish now."""
        self._token, self._sung_s = secrets.token_bytes(TOKEN_BYTES), now_s
        return self._token

    def hear(self, payload: bytes) -> bool:
        """Take in what came on the topic; True if it is the first time that we hear ourselves."""
        if not self._token or payload != self._token:
            return False
        self._token = b""
        first, self.heard = not self.heard, True
        return first

    def is_due(self, now_s: float) -> bool:
        """Tell whether to sing again."""
        return not self._token and now_s - self._sung_s >= EVERY_S

    def is_overdue(self, now_s: float) -> bool:
        """Tell whether it should have come back by now."""
        patience_s = LATER_S if self.heard else AT_FIRST_S
        return bool(self._token) and now_s - self._sung_s > patience_s
