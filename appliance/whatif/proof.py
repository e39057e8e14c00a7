"""Why a what-if can be believed: the same rules must give the same day.

Two proofs. Each call keeps who might have been called and with what rank: from that alone it must
follow who was. And played again under its own rules, the day must come out as it was, call by call.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from appliance.line import events
from appliance.line.calling import ranked_for
from appliance.whatif.played import Called

if TYPE_CHECKING:
    from appliance.line.line import Line
    from appliance.whatif.days import Day
    from appliance.whatif.played import Played


@dataclass(frozen=True, slots=True)
class Proof:
    """How much of a day's calls could be accounted for.

    Args:
        by_rule: Calls for which the line chose: `next`, and counters that stood by.
        explained: Those whose kept candidates are what the line gives anew, the called one first.
        again: Those that came out again: same number, same counter, same instant.
        by_hand: Calls by name, of parked numbers, and calls repeated: played as they were.
    """

    by_rule: int
    explained: int
    again: int
    by_hand: int

    @property
    def whole(self) -> bool:
        """Whether nothing is left open."""
        return self.explained == self.again == self.by_rule


def prove(day: Day, line: Line, played: Played) -> Proof:
    """Hold a day against what its own rules give.

    Args:
        day: Its record.
        line: The line without its tickets, as it was configured on that day.
        played: The same day, played again by that line.
    """
    by_rule, explained, by_hand = Counter[Called](), 0, 0
    for _, event in day.lived:
        if isinstance(event, events.TicketCalled):
            if event.by_name or not event.candidates:
                by_hand += 1
            else:
                by_rule[Called(event.at, event.ticket, event.counter)] += 1
                explained += follows(event, line)
        line = line.apply(event)
    again = by_rule & Counter(played.calls)
    return Proof(by_rule.total(), explained, again.total(), by_hand)


def follows(call: events.TicketCalled, line: Line) -> bool:
    """Tell whether a call follows from the candidates that it keeps.

    Args:
        call: For which the line chose.
        line: As it was just before it.
    """
    counter = line.counters.get(call.counter)
    if counter is None or call.candidates != ranked_for(line, counter, call.at):
        return False
    smallest = min(call.candidates, key=lambda candidate: candidate.rank)
    return call.ticket == call.candidates[0].ticket == smallest.ticket
