"""Why this one was called and not another: told from the call's own stored candidates."""

from __future__ import annotations

from typing import TYPE_CHECKING

from appliance.line.model import Because, RankClass, WhyCalled

if TYPE_CHECKING:
    from appliance.line.events import TicketCalled


def explain(call: TicketCalled) -> WhyCalled:
    """Say why `call` was for this ticket; needs nothing but the call itself."""
    if call.by_name:
        others = [each for each in call.candidates if each.ticket != call.ticket]
        return WhyCalled(Because.BY_NAME, waiting=len(others))
    if not call.candidates:
        return WhyCalled(Because.CALLED_AGAIN)
    winner, *others = call.candidates
    if not others:
        return WhyCalled(Because.ONLY_ONE)
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
    return WhyCalled(because, passed, len(others))
