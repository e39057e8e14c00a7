"""What an examination comes to: fine, wrong, or not tried. The third is never told as the first."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    """How a thing is."""

    FINE = "fine"
    WRONG = "wrong"
    NOT_TRIED = "not_tried"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at.

    Args:
        part: Of what is examined, such as `printer`.
        state: How it is.
        what: A sentence.
        do: What to do about it; empty: nothing.
    """

    part: str
    state: State
    what: str
    do: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    """Makes findings of one part.

    Args:
        name: The part.
    """

    name: str

    def fine(self, what: str) -> Finding:
        """It is as it should be."""
        return Finding(self.name, State.FINE, what)

    def wrong(self, what: str, do: str = "") -> Finding:
        """It is not, and this is to be done."""
        return Finding(self.name, State.WRONG, what, do)

    def not_tried(self, what: str, do: str = "") -> Finding:
        """Nobody knows, and so it can be tried."""
        return Finding(self.name, State.NOT_TRIED, what, do)
