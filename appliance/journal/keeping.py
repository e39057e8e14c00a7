"""The journal as the desk holds it: a card that fails never stops the day.

While the card cannot be written everything goes on in memory, under an epoch of its own, and the
desk is told so that it can tell staff. When the card works again, what happened since is written
to it in one transaction. A second fault in between, the plug for example, takes what is only in
memory; but no number of today is given twice then: those are in a file of their own.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from appliance.journal.card import card_error
from appliance.journal.carrying import Known
from appliance.journal.folding import fold
from appliance.journal.footing import Footing
from appliance.journal.lock import WriterLock
from appliance.journal.numbers import NumberMark
from appliance.journal.records import Why
from appliance.journal.retention import Retained, Retention
from appliance.line.events import NumbersGoOn

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime
    from types import TracebackType
    from typing import Self

    from appliance.journal.card import Trouble
    from appliance.journal.entries import Answered, Entry, OwedSlip, Position
    from appliance.journal.journal import Journal
    from appliance.line.events import Event
    from appliance.line.line import Line

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Found:
    """What a start found.

    Args:
        why: Why the epoch begins.
        whole: Whether everything is here that was ever committed. If not, numbers of today may
            have been given out that are not known here. The first commit shall carry a
            `NumbersGoOn`, behind the turn of the day if there is one: until then no start is whole.
        numbers: Letter → the highest number of `marked_day` that may have been given out. None:
            not known, or only in part.
        marked_day: Whose numbers they are.
        aside: Where the damaged file is that was found.
    """

    why: Why
    whole: bool
    numbers: Mapping[str, int] | None = None
    marked_day: date | None = None
    aside: Path | None = None


class Keeping:
    """The desk's memory.

    Args:
        path: The journal; the mark of the numbers and the lock stand beside it.
        keep_days: Events of days older than this are deleted.
        outbox_days: Those that nobody has acknowledged are kept for so long.
        uplink: Whether there is somebody who would.

    Attributes:
        found: What was there at the start; known when the `line` is.
        skipped: Events that did not fit into the line, after damage.
        knows_more: Since `mend` the card is back with people of this day of whom it could not tell
            at the start: ask for the `line` anew.

    Raises:
        SecondWriterError: Another process keeps this journal.
        LaterReleaseError: Only a later release may write it.
    """

    def __init__(
        self, path: Path, *, keep_days: int = 14, outbox_days: int = 60, uplink: bool = False
    ) -> None:
        self._path = path
        self._retention = Retention(path, keep_days, outbox_days, uplink=uplink)
        self._known = Known()
        self._mark_trouble: Trouble | None = None
        self._last_at: datetime | None = None
        self.skipped = 0
        self.knows_more = False
        with suppress(OSError):
            # Where it cannot be made, opening the journal in it tells why.
            path.parent.mkdir(parents=True, exist_ok=True)
        self._lock = WriterLock(path)
        self._lock.take()
        self._mark = NumberMark(path.with_name("numbers.mark"))
        try:
            mark = self._mark.mark
            # An event that was in memory only is missing, and no damage.
            last = mark.last if mark is not None and mark.on_card else None
            self._footing = Footing(path, self._lock, self._known, last)
            self.found = self._found()
            self._unsure = not self.found.whole
            self._known.owed = {slip.id: slip for slip in self.owed_slips()}
        except BaseException:
            self._lock.release()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let go of everything; twice is fine. What the card does not take even now is gone."""
        self._footing.close()
        self._lock.release()

    @property
    def trouble(self) -> Trouble | None:
        """What is wrong with the card just now; None: nothing is known to be."""
        return self._footing.trouble or self._mark_trouble

    @property
    def position(self) -> Position:
        """The last event."""
        return self._footing.journal.position

    def line(self, empty: Line) -> Line:
        """Give the line as it was after the last event.

        Args:
            empty: The line without its tickets, as configured.

        Raises:
            JournalError: A later release wrote an event that this one does not know.
        """
        starting = self._known.line is None
        folded = self._footing.do(lambda journal: fold(journal, empty))
        self._known.line, self.skipped = folded
        self.knows_more = False
        self._footing.configure(empty)
        fell = self._footing.trouble is not None
        if starting and (fell or self.skipped):
            # Among what is not known may be numbers that were given out.
            why = Why.MEMORY if fell else self.found.why
            self.found = replace(self.found, why=why, whole=False)
            self._unsure = True
        return folded.line

    def commit(
        self,
        events: Sequence[Event],
        *,
        day: str,
        line: Line,
        answered: Answered | None = None,
        slip: OwedSlip | None = None,
    ) -> None:
        """Make it durable, all of it or nothing; where the card fails, keep it in memory.

        Args:
            events: In the order in which they happened.
            day: The site's day, ISO.
            line: As it is after them.
            answered: The command that they answer.
            slip: The slip that is owed from now on.

        Raises:
            ContradictionError: A booking, a key or a slip's id is used already; nothing of it
                happened.
        """
        if events:
            self._last_at = events[-1].at
        self._cover(line, self._last_at)
        self._footing.do(
            lambda journal: journal.commit(events, day=day, answered=answered, slip=slip, line=line)
        )
        self._known.committed(line, answered, slip)
        self._unsure = self._unsure and not any(isinstance(e, NumbersGoOn) for e in events)
        if events and not self._unsure:
            self._keep_epoch()

    def rest(self, line: Line) -> None:
        """Do what need not be done while somebody waits for an answer; cheap where nothing is due.

        Args:
            line: As it is now.
        """
        self._footing.do(lambda journal: journal.rest(line))
        last, day = self._footing.journal.position, line.day
        if self._mark.knows(last.epoch, on_card=self._footing.trouble is None):
            self._mark.note_last(last)
        if day is not None and self._mark_trouble is None:
            self._try_mark(lambda: self._mark.cover_ahead(day, line.last, self._last_at))

    def mend(self, line: Line) -> bool:
        """Go back to the card if it works again; to be called now and then.

        Args:
            line: As it is now.

        Returns:
            Whether the trouble is another one now, or none.
        """
        before = self.trouble and self.trouble.word
        self._known.line = line
        self._footing.look()
        if self._footing.trouble is not None:
            self.knows_more = self._footing.go_back(line)
            if self._footing.trouble is None and not self._unsure:
                self._keep_epoch()
        if self._mark_trouble is not None:
            self._cover(line, None)
        return (self.trouble and self.trouble.word) != before

    def answer_to(self, caller: str, key: bytes) -> Answered | None:
        """Give what was answered to this key before."""
        known = self._known.answers.get((caller, key))
        return known or self._footing.read(lambda journal: journal.papers.answer_to(caller, key))

    def next_slip_id(self) -> int:
        """Give an id that no slip had."""
        there = self._footing.read(lambda journal: journal.papers.next_slip_id())
        return max(self._known.next_slip_id, there)

    def owed_slips(self) -> list[OwedSlip]:
        """Give the slips that are not known to be printed, oldest first."""
        return self._footing.read(lambda journal: journal.papers.owed())

    def settle_slip(self, slip_id: int, *, printed: bool) -> None:
        """Note that a slip is printed, or given up and told to staff."""
        state = "printed" if printed else "told"
        self._footing.write(lambda journal: journal.papers.settle(slip_id, state))
        self._known.owed.pop(slip_id, None)

    def last_time(self) -> datetime | None:
        """Give the latest time that is known: desk time never runs back behind it."""
        known = self._footing.read(lambda journal: journal.log.last_time())
        mark = self._mark.mark
        if self.found.whole or mark is None or mark.at is None:
            return known
        return mark.at if known is None else max(known, mark.at)

    def note(self, key: str, value: str) -> None:
        """Keep a small fact of the desk."""
        self._footing.write(lambda journal: journal.papers.note(key, value))

    def noted(self, key: str) -> str | None:
        """Give what was noted; None: nothing."""
        return self._footing.read(lambda journal: journal.papers.noted(key))

    def keep_learned(self, day: date, position: Position, data: bytes) -> None:
        """Keep what the forecast had learned at the end of a day, and that of the day before.

        Args:
            day: The day.
            position: The last event that it had heard.
            data: Opaque.
        """

        def keep(journal: Journal) -> None:
            place = journal.log.place_of(position)
            # Of an epoch that was lost since: it would tell nobody where to go on.
            if place is not None:
                journal.papers.learned(day, place, data)

        self._footing.write(keep)

    def retain(self, today: date, *, at_most: int | None = None) -> Retained:
        """Delete what is older than it may get; not while somebody waits for an answer.

        Args:
            today: The site's day.
            at_most: Delete so many events, and say that there are more; None: all.
        """
        return self._footing.do(
            lambda journal: self._retention.retain(
                journal, today, at_most=at_most, in_memory=self._footing.trouble is not None
            )
        )

    def cursor(self, store: str) -> Position | None:
        """Give the last event that a store acknowledged; None: none that is known here."""
        return self._footing.read(lambda journal: journal.outbox.cursor(store))

    def acked(self, store: str, epoch: int | None, seq: int) -> None:
        """Note that a store has all events up to this one. It never goes back within a store.

        Args:
            store: Its id. Another one than before: what the old one had counts no more.
            epoch: Id; None, or one that is not known here: it has nothing that is here.
            seq: In it.
        """
        self._footing.write(lambda journal: journal.outbox.acked(store, epoch, seq))

    def behind(self, epoch: int | None, seq: int, limit: int) -> int:
        """Count the events that follow a position, as `after` gives them; at most `limit`."""
        return self._footing.read(lambda journal: journal.outbox.behind(epoch, seq, limit))

    def after(self, epoch: int | None, seq: int, limit: int) -> list[Entry]:
        """Give events that follow a position, in order.

        Args:
            epoch: Id; None, or one that is not known here: from the beginning.
            seq: In it.
            limit: At most so many.
        """
        return self._footing.read(lambda journal: journal.outbox.after(epoch, seq, limit))

    def _found(self) -> Found:
        """Say what the start found."""
        mark, journal = self._mark.mark, self._footing.journal
        numbers, marked_day = (None, None) if mark is None else (mark.numbers, mark.day)
        if self._footing.trouble is not None:
            # If the mark cannot be written now, the run before may have been unable to, too.
            self._try_mark(self._mark.renew)
            numbers = None if self._mark_trouble is not None else numbers
            return Found(Why.MEMORY, whole=False, numbers=numbers, marked_day=marked_day)
        last = None if mark is None else mark.last
        holds = last is not None and self._footing.read(lambda there: there.log.holds(last))
        if last is not None and journal.why is Why.STARTED and not holds:
            log.error("%s does not hold its last event: it lost its tail, or is older", self._path)
            journal.why = Why.RESTORED
        whole = journal.why is Why.STARTED and holds
        return Found(journal.why, whole, numbers, marked_day, self._footing.aside)

    def _cover(self, line: Line, at: datetime | None) -> None:
        """Have the mark say which numbers may be given out, before they are."""
        day = line.day
        if day is not None:
            self._try_mark(lambda: self._mark.cover(day, line.last, at))

    def _keep_epoch(self) -> None:
        """Have the mark know the epoch of the last event, and whether that is on the card."""
        last, on_card = self._footing.journal.position, self._footing.trouble is None
        if not self._mark.knows(last.epoch, on_card=on_card):
            self._try_mark(lambda: self._mark.keep_last(last, on_card=on_card))

    def _try_mark(self, write: Callable[[], None]) -> None:
        try:
            write()
        except OSError as error:
            self._mark_trouble = card_error(self._mark.path, "cannot be written", error).trouble
        else:
            self._mark_trouble = None
