"""What the desk looks after beside the line: whose codes count, the days' bookings, and the like.

The desk has one loop. Whatever wants to be done now and then, without a thread of its own, is a
part of it: looked at in every round, and at once after a `Nudge` in the inbox.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from datetime import datetime

    from appliance.line.line import Line


@dataclass(frozen=True, slots=True)
class Wrong:
    """Something that staff should know of, as long as it is so.

    Args:
        name: Of the alarm.
        text: Its words stand under `alarm.{text}`; empty: under its name.
        facts: What these need.
    """

    name: str
    text: str = ""
    facts: Mapping[str, object] = field(default_factory=dict)


class Part(Protocol):
    """A part of the desk."""

    def look(self, line: Line, now: datetime) -> Sequence[Wrong]:
        """Do what is due, in a few milliseconds; give what is wrong now.

        Args:
            line: As it is.
            now: Desk time.
        """
