"""What a scan may mean, in a closed set of words.

On its own, so that the board, which only shows them, need not load what verifies codes.
"""

from __future__ import annotations

from enum import Enum
from typing import Self


class Outcome(Enum):
    """What a scan means now. The facts that its text may use stand in brackets."""

    IN_TIME = "in_time", True  # [time] a number with right of way
    EARLY = "early", True  # [time, counts_from] the same, but it counts only from then on
    LATE = "late", True  # [time] a number in the ordinary line
    AGAIN = "again", False  # [ticket] waits already
    CALLED = "called", False  # [ticket, counter] is awaited there
    NO_SHOW = "no_show", False  # [ticket] was called and did not come
    SERVED = "served", False  # [ticket] was there already
    CLOSED = "closed", False  # [ticket] the number was closed before its turn
    ADVISER = "adviser", False  # [time, place] is expected in a room, not in this line
    WRONG_DAY = "wrong_day", False  # [date, time]
    WRONG_SITE = "wrong_site", False  # [site, date, time]
    OTHER_SERVICE = "other_service", False  # [time, lobby?] a service that another lobby serves
    CANCELLED = "cancelled", False  # [date, time]
    EXPIRED = "expired", False  # [date, time] the appointment is over
    REFUSED = "refused", False  # [] cannot be used here, for whatever reason
    FOREIGN = "foreign", False  # [kind] not an appointment code at all
    SEVERAL = "several", False  # [] more than one code in the picture: none is taken

    admits: bool

    def __new__(cls, word: str, admits: bool) -> Self:  # noqa: FBT001  (an enum's own form)
        """Make an outcome; `admits` says whether the person is to be given a number."""
        outcome = object.__new__(cls)
        outcome._value_ = word
        outcome.admits = admits
        return outcome
