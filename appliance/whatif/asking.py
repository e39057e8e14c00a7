"""Asks a recorded day: what if the rules had been others?"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from appliance.line import events
from appliance.whatif.figures import Fate, Figures, fates_of
from appliance.whatif.playing import Player
from appliance.whatif.proof import Proof, prove
from appliance.whatif.reading import read

if TYPE_CHECKING:
    from appliance.line.line import Line
    from appliance.line.model import Service
    from appliance.whatif.days import Day
    from appliance.whatif.played import Played
    from appliance.whatif.script import Script

NEVER, ALWAYS = timedelta(days=-1), timedelta(days=1)

AS: Mapping[str, Callable[[Service], Service]] = {
    "fifo": lambda service: replace(service, grace=NEVER, very_late=NEVER, max_wait=None),
    "scan": lambda service: replace(service, early=ALWAYS),
}
"""Rules to compare with: first come, first served; and appointments first from the scan on."""


def compared(line: Line, name: str) -> Line:
    """Give a line under the rules of that name in `AS`."""
    return _with_services(line, AS[name])


def with_minutes(
    line: Line,
    *,
    early: timedelta | None = None,
    grace: timedelta | None = None,
    max_wait: timedelta | None = None,
) -> Line:
    """Give a line under the same rules with other times; None: as before.

    Args:
        line: As configured.
        early: See `Service`.
        grace: The same.
        max_wait: The same; of no length: off.
    """

    def changed(service: Service) -> Service:
        service = replace(
            service,
            early=service.early if early is None else early,
            grace=service.grace if grace is None else grace,
        )
        return service if max_wait is None else replace(service, max_wait=max_wait or None)

    return _with_services(line, changed)


def _with_services(line: Line, rule: Callable[[Service], Service]) -> Line:
    return replace(line, services={code: rule(each) for code, each in line.services.items()})


@dataclass(frozen=True, slots=True)
class Move:
    """How the call of one number moves.

    Args:
        was: How the person fared.
        would: How the person would have fared; None: without a number.
    """

    was: Fate
    would: Fate | None

    def by(self, ended: datetime) -> timedelta:
        """Give how many minutes later, by the clock on the wall.

        Args:
            ended: When the day was over: who was never called counts as called then.
        """
        would = None if self.would is None else self.would.called
        return _minute(would or ended) - _minute(self.was.called or ended)


def _minute(moment: datetime) -> datetime:
    return moment.replace(second=0, microsecond=0)


@dataclass(frozen=True, slots=True)
class Outcome:
    """A day under some rules.

    Args:
        figures: Of all.
        by_service: Of each service that anyone came for.
    """

    figures: Figures
    by_service: Mapping[str, Figures]


@dataclass(frozen=True, slots=True)
class WhatIf:
    """What would have been under other rules.

    Args:
        rules: What they are called.
        outcome: How people would have fared.
        moves: Of each number, the greatest first.
        turned_away: How many would not have got a number.
        made_up: How many conversations are not in the record, and took their usual time.
        new_counters: Counters that were not there on that day, and so are not here.
    """

    rules: str
    outcome: Outcome
    moves: Sequence[Move]
    turned_away: int
    made_up: int
    new_counters: Sequence[str]


@dataclass(frozen=True, slots=True)
class Report:
    """A day as it was, and as it would have been.

    Args:
        day: The site's day.
        so_far: Where the record ends before the day did; None: the day was over.
        ended: Up to when it was looked at.
        proof: Why the rest can be believed.
        was: How it was.
        what_ifs: How it would have been.
    """

    day: date
    so_far: datetime | None
    ended: datetime
    proof: Proof
    was: Outcome
    what_ifs: Sequence[WhatIf]


def ask(day: Day, line: Line, others: Mapping[str, Line]) -> Report:
    """Play a day again, under its own rules and under others.

    Args:
        day: Its record.
        line: The line without its tickets, as it was configured on that day.
        others: The same under other rules, by what they are called.

    Raises:
        HoleError: The record is not whole.
    """
    script = read(day, line)
    proof = prove(day, line, Player(script, line).play())
    fates = fates_of(script.evening, _left(script))
    return Report(
        day.day,
        day.until if script.ends == day.until and day.ended is None else None,
        script.ends,
        proof,
        _outcome(fates, script),
        [_what_if(name, script, other, fates) for name, other in others.items()],
    )


def _what_if(rules: str, script: Script, line: Line, was: Sequence[Fate]) -> WhatIf:
    played = Player(script, line).play()
    would = _played_fates(played)
    by_number = {fate.ticket: fate for fate in would}
    moves = [Move(fate, by_number.get(fate.ticket)) for fate in was]
    return WhatIf(
        rules,
        _outcome(would, script),
        sorted(moves, key=lambda move: abs(move.by(script.ends)), reverse=True),
        len(played.turned_away),
        len(played.made_up),
        sorted(line.counters.keys() - script.configured.keys() - script.evening.counters.keys()),
    )


def _left(script: Script) -> dict[str, datetime]:
    happened = [outside.event for outside in script.outside]
    return {e.ticket: e.at for e in happened if isinstance(e, events.TicketCancelled)}


def _played_fates(played: Played) -> list[Fate]:
    names = {number: person for person, number in played.numbers.items()}
    return fates_of(played.line, played.left, names.__getitem__)


def _outcome(fates: Sequence[Fate], script: Script) -> Outcome:
    services = script.evening.services
    by_service = {
        code: [fate for fate in fates if fate.service == code]
        for code in sorted({fate.service for fate in fates})
    }
    return Outcome(
        Figures.of(fates, services, script.ends),
        {code: Figures.of(of, services, script.ends) for code, of in by_service.items()},
    )
