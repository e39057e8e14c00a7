"""What the board shows by the clock alone: the language beside the first, slides, and the night.

All of it follows from the time of the site, so that the boards of a lobby agree, and one that was
killed comes back with the same picture.
"""

from __future__ import annotations

import math
from datetime import time
from typing import TYPE_CHECKING, NamedTuple

from msgspec.structs import replace

from appliance.display.board_view import BoardView, Mood

if TYPE_CHECKING:
    from datetime import datetime

    from appliance.display.slides import Show

LAST = time(23, 59)
NOBODY = frozenset({Mood.CLOSED, Mood.STARTING})


class Around(NamedTuple):
    """What does not come over the bus.

    Args:
        others: How many languages take turns beside the first.
        language_s: So long each stands there, where there are several.
        night: Pairs of times of day, the second not among them.
        show: Slides, in turn with the waits; None: none were read.
    """

    others: int = 1
    language_s: float = 15.0
    night: tuple[tuple[time, time], ...] = ()
    show: Show | None = None

    def beside_it(self, seconds: float) -> int:
        """Say whose turn it is beside the first language.

        Args:
            seconds: Growing in real seconds, the same for every board of a lobby.
        """
        return int(seconds / self.language_s) % self.others if self.others > 1 else 0

    def put_on(self, view: BoardView, now: datetime | None, seconds: float) -> BoardView:
        """Give `view` as it is at this time.

        Args:
            view: What the messages say.
            now: Time of the site; None: not known yet.
            seconds: As for `beside_it`.
        """
        night = now is not None and self.is_night(now)
        slide = self.show.at(now, seconds)[0] if self.show and now else None
        return replace(
            view,
            mood=Mood.DARK if night and view.mood in NOBODY else view.mood,
            beside_it=self.beside_it(seconds),
            slide=slide,
            night=night,
        )

    def lasts_s(self, now: datetime | None, seconds: float) -> float:
        """Give for how many real seconds that stays so, as far as it can be said; inf: for ever.

        Night begins and ends on the minute, when the clock changes anyway.
        """
        ends = [self.language_s - seconds % self.language_s] if self.others > 1 else []
        if self.show and now:
            ends.append(self.show.at(now, seconds)[1])
        return min(ends, default=math.inf)

    def is_night(self, now: datetime) -> bool:
        """Say of a time of the site whether the board is dark then."""
        clock = now.time().replace(second=0, microsecond=0)
        # A span cannot end at midnight: one that ends a minute before it is meant to.
        return any(begin <= clock < end or clock == end == LAST for begin, end in self.night)
