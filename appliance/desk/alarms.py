"""What is wrong now, since when, and what to do: kept until it is over.

A value at its limit crosses it many times a minute, and a process that dies of its camera is up
again for some seconds each time. An alarm that comes and goes is one that nobody reads: so what is
seen goes through `Level` and `Steady` first.
"""

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


class Level:
    """A value with a limit, and another one behind which all is well again.

    Args:
        wrong_at: At this value, or beyond it, something is wrong.
        fine_at: At this one, or beyond it on the other side, it is over. Above `wrong_at` where
            little is bad, below where much is.
    """

    def __init__(self, *, wrong_at: float, fine_at: float) -> None:
        self._sign = 1.0 if wrong_at > fine_at else -1.0
        self._wrong_at = wrong_at * self._sign
        self._fine_at = fine_at * self._sign
        self._wrong = False

    def is_wrong(self, value: float | None) -> bool:
        """Tell whether a value is wrong; between the limits, and where it is not known, as before.

        Args:
            value: In the unit of the limits.
        """
        if value is not None:
            signed = value * self._sign
            self._wrong = signed >= self._wrong_at or (self._wrong and signed > self._fine_at)
        return self._wrong


class Steady:
    """Something that is seen to be wrong, now and then or all the time.

    Args:
        wrong_after_s: It is told when it has gone on for so long.
        fine_after_s: It is over when it was not seen for so long; shorter gaps do not count.
    """

    def __init__(self, *, wrong_after_s: float = 0.0, fine_after_s: float = 0.0) -> None:
        self._wrong_after_s = wrong_after_s
        self._fine_after_s = fine_after_s
        self._began_s: float | None = None
        self._seen_s = float("-inf")

    @property
    def goes_on(self) -> bool:
        """Whether it was wrong, and is not over yet, told or not."""
        return self._began_s is not None

    def is_wrong(self, now_s: float, *, seen: bool) -> bool:
        """Tell whether to tell it.

        Args:
            now_s: Of a monotonic clock.
            seen: Whether it is wrong at this moment.
        """
        if seen:
            self._seen_s = now_s
            if self._began_s is None:
                self._began_s = now_s
        elif now_s - self._seen_s >= self._fine_after_s:
            self._began_s = None
        return self._began_s is not None and self._seen_s - self._began_s >= self._wrong_after_s
