"""What is wrong now, since when, and what to do: kept until it is over."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from appliance.bus.messages.staff import Alarm

if TYPE_CHECKING:
    from datetime import datetime

log = logging.getLogger(__name__)


class AlarmBook:
    """The alarms that are on: one of a name, with the time at which it began."""

    def __init__(self) -> None:
        self._on: dict[str, Alarm] = {}

    def on(self, name: str, sentence: str, now: datetime) -> bool:
        """Note that something is wrong; True if that is news.

        Args:
            name: A word from a closed list, such as `printer`.
            sentence: What is wrong and what to do.
            now: Desk time.
        """
        known = self._on.get(name)
        if known is not None and known.sentence == sentence:
            return False
        log.warning("%s: %s", name, sentence)
        self._on[name] = Alarm(name=name, since=known.since if known else now, sentence=sentence)
        return True

    def off(self, name: str) -> bool:
        """Note that it is over; True if that is news."""
        if self._on.pop(name, None) is None:
            return False
        log.info("%s: over", name)
        return True

    def now(self) -> list[Alarm]:
        """Give what is wrong, the oldest first."""
        return sorted(self._on.values(), key=lambda alarm: alarm.since)
