"""What comes out when a day is played again."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from appliance.line.line import Line


class Called(NamedTuple):
    """One call.

    Args:
        at: When.
        ticket: The number that the person had in the record.
        counter: Where to.
    """

    at: datetime
    ticket: str
    counter: str


@dataclass(frozen=True, slots=True)
class Played:
    """A day that was played again.

    Args:
        line: As it was left.
        numbers: Number in the record → number here; who got none here is not in it.
        calls: All of them, in order.
        left: Number in the record → when the person left without having been called.
        made_up: Those whose conversation is not in the record.
        turned_away: Those who got no number here.
    """

    line: Line
    numbers: dict[str, str] = field(default_factory=dict)
    calls: list[Called] = field(default_factory=list)
    left: dict[str, datetime] = field(default_factory=dict)
    made_up: set[str] = field(default_factory=set)
    turned_away: set[str] = field(default_factory=set)
