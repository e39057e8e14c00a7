"""From the events to the line: what a start begins with."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, NamedTuple

from appliance.journal import codec, schema
from appliance.journal.errors import JournalError
from appliance.journal.log import Place
from appliance.line.events import DayTurned

if TYPE_CHECKING:
    from appliance.journal.journal import Journal
    from appliance.line.line import Line

log = logging.getLogger(__name__)


class Folded(NamedTuple):
    """The line, and how many events do not fit into it."""

    line: Line
    skipped: int


def fold(journal: Journal, empty: Line) -> Folded:
    """Give the line as it was after the last event, from the newest checkpoint that can be used.

    An event that does not fit is skipped: after damage there may be a call of a ticket of which
    nothing else is known, and everyone behind it shall be called all the same.

    Args:
        journal: Whole, or what is left of it.
        empty: The line without its tickets, as configured.

    Raises:
        JournalError: A later release wrote an event that this one does not know.
        CardError: It cannot be read.
    """
    with journal.reading():
        return _fold(journal, empty)


def _fold(journal: Journal, empty: Line) -> Folded:
    begin = journal.log.today()
    after, line = Place(begin.number, begin.seq - 1), empty
    for checkpoint in journal.checkpoints.since(begin, empty):
        after, line = checkpoint
        break
    skipped = 0
    for place, type_name, data in journal.log.rows(after):
        if type_name in codec.RECORD_TYPES:
            continue
        try:
            event = codec.decode(type_name, data)
            if isinstance(event, DayTurned) and event.day == line.day:
                # Said again by a start that could not read the journal.
                continue
            line = line.apply(event)
        except Exception as error:  # noqa: BLE001  (whatever it trips over, the next may fit)
            _refuse_later(journal, error)
            log.warning("%s at %s does not fit and is skipped: %r", type_name, place, error)
            skipped += 1
    return Folded(line, skipped)


def _refuse_later(journal: Journal, error: Exception) -> None:
    """Stop at an event that only a later release can read; any other is damaged."""
    level = schema.meta(journal.db, "schema")
    later = isinstance(level, int) and level > schema.SCHEMA
    if later and isinstance(error, codec.UnknownEventError):
        raise JournalError(
            f"{journal.path} holds an event that this release cannot read ({error}):"
            " install the release that wrote it."
        ) from error
