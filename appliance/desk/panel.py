"""The buttons, of a panel or on a screen, as the desk sees them: pressed too often, or stuck.

A class of children, or one, can press a roll of paper away in a quarter of an hour. More presses in
a minute than people could make who take their slips are answered with "one moment please", and
staff are told; nobody who waits loses anything by it.
"""

from __future__ import annotations

from collections import deque
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from appliance.desk.parts import Wrong

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime

    from appliance.line.line import Line

MINUTE: Final = timedelta(minutes=1)
PER_MINUTE: Final = 20
"""Who presses, waits for the slip and takes it, and makes room, needs more than three seconds."""
PER_PRESS: Final = timedelta(seconds=3)
HELP_FOR: Final = timedelta(minutes=3)
"""Staff are told so long that somebody wants help: nobody can take it back at a button."""


class Panel:
    """Part of the desk; all calls come from its loop.

    Args:
        per_minute: So many presses become numbers in any minute, of all buttons of a place.
        per_press: One touch of a button on a screen counts in this time; buttons on a panel see to
            that themselves.
        stuck: Gives the names of the buttons that stay down.
        names: Name of a button → what stands on it, for staff.
    """

    def __init__(
        self,
        per_minute: int = PER_MINUTE,
        per_press: timedelta = PER_PRESS,
        stuck: Callable[[], Sequence[str]] = tuple,
        names: Mapping[str, str] | None = None,
    ) -> None:
        self._per_minute = per_minute
        self._stuck = stuck
        self._names = names or {}
        self._per_press = per_press
        self._presses: dict[str, deque[datetime]] = {}
        self._touched: dict[tuple[str, str], datetime] = {}
        self._refused: datetime | None = None
        self._help: datetime | None = None

    def may(self, now: datetime, place: str = "") -> bool:
        """Tell whether a press becomes a number now, and count it if it does.

        Args:
            now: Desk time.
            place: Where it was pressed: the paper of one place is not that of another.
        """
        presses = self._presses.setdefault(place, deque(maxlen=self._per_minute))
        if len(presses) == self._per_minute and _within(MINUTE, presses[0], now):
            self._refused = now
            return False
        presses.append(now)
        return True

    def may_touch(self, now: datetime, place: str, service: str) -> bool:
        """Tell the same of a touch of a service on the screen of a place."""
        last = self._touched.get((place, service))
        if last is not None and _within(self._per_press, last, now):
            return False
        if not self.may(now, place):
            return False
        self._touched[place, service] = now
        return True

    def help_wanted(self, now: datetime) -> None:
        """Note that somebody pressed for help."""
        self._help = now

    def look(self, _line: Line, now: datetime) -> Sequence[Wrong]:
        """Give what staff should know of."""
        wrong = []
        if self._help is not None and _within(HELP_FOR, self._help, now):
            wrong.append(Wrong("help"))
        if self._refused is not None and _within(MINUTE, self._refused, now):
            wrong.append(Wrong("presses"))
        if stuck := self._stuck():
            names = ", ".join(self._names.get(name, name) for name in stuck)
            wrong.append(Wrong("button_stuck", facts={"buttons": names}))
        return wrong


def _within(length: timedelta, then: datetime, now: datetime) -> bool:
    # A clock that was set back shall not make a minute a day.
    return abs(now - then) < length
