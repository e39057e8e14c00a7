"""Takes a day out of a journal, beside the desk that writes it.

The days are looked up first, without reading what is in them: two weeks of a busy lobby are more
than a Pi should hold in memory, and take ten seconds; one day is not, and takes one.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

from appliance.errors import LobbyError
from appliance.journal import codec
from appliance.journal.entries import Position
from appliance.journal.reading import JournalReader
from appliance.line import events
from appliance.whatif.days import NoSuchDayError, choose, days_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from appliance.line.line import Line
    from appliance.whatif.days import Day

BATCH = 2000
ISSUED = events.TicketIssued.__name__
NEW_DAY = {kind.__name__ for kind in (events.DayTurned, events.ClockSet)}
"""What may tell of another day: it turned, or it was found to be another one."""


class NoJournalError(LobbyError):
    """There is no journal where one was said to be."""

    def __init__(self, file: Path) -> None:
        self.file = file
        super().__init__(
            f"there is no journal at {file}: the desk begins it with its first start. Another file"
            " can be named with --journal FILE."
        )


@dataclass(slots=True)
class _Stretch:
    """What lies between two turns of the day.

    Args:
        before: Behind which event it begins; None: with the first.
        days: Most often one; two where the clock was found to be wrong.
        numbers: Whether any were given out.
    """

    before: Position | None
    days: list[date] = field(default_factory=list)
    numbers: bool = False


def recorded(file: Path, line: Line, wanted: date | None = None) -> Day:
    """Read a day.

    Args:
        file: The journal.
        line: The line without its tickets, as configured.
        wanted: Which day; None: the last on which numbers were given out.

    Raises:
        NoJournalError: There is none.
        JournalError: It cannot be read.
        NoSuchDayError: It has no such day.
    """
    if not file.is_file():
        raise NoJournalError(file)
    with JournalReader(file) as journal:
        used = [stretch for stretch in _stretches(journal) if stretch.numbers]
    fitting = [stretch for stretch in used if wanted is None or wanted in stretch.days]
    if not fitting:
        raise NoSuchDayError(wanted, [day for stretch in used for day in stretch.days])
    with JournalReader(file) as journal:
        if fitting[-1].before is not None:
            journal.go_to(fitting[-1].before)
        return choose(days_of(_stretch(journal), line), wanted)


def _stretches(journal: JournalReader) -> list[_Stretch]:
    stretches: list[_Stretch] = []
    before: Position | None = None
    while batch := journal.entries(BATCH):
        for entry in batch:
            if entry.type in NEW_DAY:
                event = codec.decode(entry.type, entry.data)
                if isinstance(event, events.DayTurned):
                    stretches.append(_Stretch(before))
                if stretches and isinstance(event, events.DayTurned | events.ClockSet):
                    stretches[-1].days.append(event.day)
            elif entry.type == ISSUED and stretches:
                stretches[-1].numbers = True
            before = entry.position
    return stretches


def _stretch(journal: JournalReader) -> Iterator[events.Event]:
    """Read to the second turn of the day, which ends what began with the first."""
    turns = 0
    while batch := journal.news(BATCH):
        for event in batch:
            yield event
            turns += isinstance(event, events.DayTurned)
            if turns > 1:
                return
