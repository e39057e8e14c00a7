"""Looking after the journal beside the desk's work: back to the card, and old days away."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from appliance.journal.card import Trouble
    from appliance.journal.keeping import Keeping
    from appliance.line.line import Line

LOOK_S = 30.0
"""A card that was full is tried again so often."""

AT_ONCE = 500
"""Old events that are deleted between two visitors."""


class Upkeep:
    """Looks after a journal.

    Args:
        journal: The desk's.
    """

    def __init__(self, journal: Keeping) -> None:
        self._journal = journal
        self._looked_s = float("-inf")
        self._old_days = True

    def look(self, line: Line) -> Trouble | None:
        """Try now and then to go back to the card; give what is wrong with it."""
        if time.monotonic() - self._looked_s >= LOOK_S:
            self._looked_s = time.monotonic()
            self._journal.mend(line)
        return self._journal.trouble

    def day_turned(self) -> None:
        """Note that there may be days that are too old now."""
        self._old_days = True

    def tidy(self, line: Line) -> None:
        """Do what can wait, such as deleting what is too old, while nobody waits for an answer."""
        self._journal.rest(line)
        if self._old_days and line.day is not None and line.clock_sure:
            self._old_days = self._journal.retain(line.day, at_most=AT_ONCE).more
