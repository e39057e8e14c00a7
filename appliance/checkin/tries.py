"""How often a short number may be mistyped: guessing must not pay, a tired eye must not suffer."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

WITHIN = timedelta(minutes=5)
PAUSE = timedelta(minutes=1)
AT_A_KIOSK, BY_STAFF = 5, 20
"""The reception types for everybody who comes, and is known."""


@dataclass(slots=True)
class Tries:
    """Wrong tries of the last minutes, by caller.

    Args:
        most: So many wrong ones within five minutes; then a minute of rest. Whoever goes on with
            wrong ones rests again after each.
    """

    most: int
    _wrong: dict[str, list[datetime]] = field(default_factory=dict)
    _rests_until: dict[str, datetime] = field(default_factory=dict)

    def may(self, caller: str, now: datetime) -> bool:
        """Tell whether a caller may try."""
        until = self._rests_until.get(caller)
        # A clock that was set back shall not make a minute a day.
        return until is None or not until - PAUSE <= now < until

    def wrong(self, caller: str, now: datetime) -> None:
        """Note a wrong try."""
        recent = [at for at in self._wrong.get(caller, []) if abs(now - at) < WITHIN]
        self._wrong[caller] = [*recent, now]
        if len(self._wrong[caller]) >= self.most:
            self._rests_until[caller] = now + PAUSE
