"""Why this one was called and not another: told from the call's own stored candidates."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from appliance.line.model import RankClass

if TYPE_CHECKING:
    from appliance.line.events import TicketCalled


class Because(Enum):
    """What decided; texts stand under `why.{because}`."""

    CALLED_AGAIN = "called_again"
    BY_NAME = "by_name"
    ONLY_ONE = "only_one"
    URGENT = "urgent"
    RIGHT_OF_WAY = "right_of_way"
    FIRST_OF_ALL = "first_of_all"
    NOBODY_ELSE = "nobody_else"


@dataclass(frozen=True, slots=True)
class Why:
    """The explanation of one call.

    Args:
        because: What decided.
        passed: How many who had their number earlier were passed over.
        waiting: How many others the counter might have called.
    """

    because: Because
    passed: int = 0
    waiting: int = 0


def explain(call: TicketCalled) -> Why:
    """Say why `call` was for this ticket; needs nothing but the call itself."""
    if call.by_name:
        others = [each for each in call.candidates if each.ticket != call.ticket]
        return Why(Because.BY_NAME, waiting=len(others))
    if not call.candidates:
        return Why(Because.CALLED_AGAIN)
    winner, *others = call.candidates
    if not others:
        return Why(Because.ONLY_ONE)
    passed = sum(other.rank.sequence < winner.rank.sequence for other in others)
    match winner.rank.rank_class:
        case RankClass.URGENT:
            because = Because.URGENT
        case RankClass.RIGHT_OF_WAY:
            because = Because.RIGHT_OF_WAY
        case RankClass.ORDINARY:
            because = Because.FIRST_OF_ALL
        case RankClass.EARLY:
            because = Because.NOBODY_ELSE
    return Why(because, passed, len(others))
