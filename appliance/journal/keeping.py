"""The journal as the desk holds it: a card that fails never stops the day.

While the card cannot be written everything goes on in memory, under an epoch of its own, and the
desk is told so that it can tell staff. When the card works again, what happened since is written
to it in one transaction. A second fault in between, the plug for example, takes what is only in
memory; but no number of today is given twice then: those are in a file of their own.
"""

from __future__ import annotations

import logging
import secrets
from collections import OrderedDict
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import apsw

from appliance.journal.card import CardError, Trouble, Word, card_error
from appliance.journal.carrying import bring_back, in_memory, remember
from appliance.journal.entries import Position
from appliance.journal.errors import JournalError
from appliance.journal.folding import fold
from appliance.journal.lock import WriterLock
from appliance.journal.numbers import NumberMark
from appliance.journal.opening import open_journal
from appliance.journal.records import Why
from appliance.journal.rescue import opened_to_read
from appliance.journal.retention import Retained, Retention
from appliance.line.events import NumbersGoOn

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime
    from types import TracebackType
    from typing import Self

    from appliance.journal.entries import Answered, Entry, OwedSlip
    from appliance.journal.journal import Journal
    from appliance.line.events import Event
    from appliance.line.line import Line

log = logging.getLogger(__name__)

Result = TypeVar("Result")

ANSWERS = 500
"""So many of the last answers are known without the card: clients repeat a key within seconds."""
REBUILDS = 3
"""A card on which so many new files were damaged is no card."""
SLIP_BITS = 40
"""Ids of slips begin with so many bits of chance where those on the card are not known."""


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
        self._lock = WriterLock(path)
        self._trouble: Trouble | None = None
        self._mark_trouble: Trouble | None = None
        self._failed: Position | None = None
        self._empty: Line | None = None
        self._line: Line | None = None
        self._answers: OrderedDict[tuple[str, bytes], Answered] = OrderedDict()
        self._owed: dict[int, OwedSlip] = {}
        self._first_slip_id = 1
        self._rebuilds = 0
        self._closed = False
        self.skipped = 0
        self.knows_more = False
        self._make_folder()
        self._lock.take()
        try:
            self._mark = NumberMark(path.with_name("numbers.mark"))
            self.found = self._open()
            self._unsure = not self.found.whole
            self._owed = {slip.id: slip for slip in self.owed_slips()}
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
        if self._trouble is not None and self._line is not None and not self._closed:
            self._return(self._line)
        self._closed = True
        with suppress(apsw.Error):
            self._journal.close()
        self._lock.release()

    @property
    def trouble(self) -> Trouble | None:
        """What is wrong with the card just now; None: nothing is known to be."""
        return self._trouble or self._mark_trouble

    @property
    def position(self) -> Position:
        """The last event."""
        return self._journal.position

    def line(self, empty: Line) -> Line:
        """Give the line as it was after the last event.

        Args:
            empty: The line without its tickets, as configured.

        Raises:
            JournalError: A later release wrote an event that this one does not know.
        """
        self._empty, self.knows_more = empty, False
        folded = self._do(lambda journal: fold(journal, empty))
        self._line, self.skipped = folded
        self._journal.checkpoints.configure(empty)
        if self.skipped:
            # The start is not whole then: among them may be numbers that were given out.
            self.found = replace(self.found, whole=False)
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
        self._cover(line, events[-1].at if events else None)
        self._do(
            lambda journal: journal.commit(events, day=day, answered=answered, slip=slip, line=line)
        )
        self._line = line
        if answered is not None:
            self._answers[answered.caller, answered.key] = answered
            if len(self._answers) > ANSWERS:
                self._answers.popitem(last=False)
        if slip is not None:
            self._owed[slip.id] = slip
            self._first_slip_id = max(self._first_slip_id, slip.id + 1)
        self._unsure = self._unsure and not any(isinstance(e, NumbersGoOn) for e in events)
        if events:
            self._keep_last()

    def mend(self, line: Line) -> bool:
        """Go back to the card if it works again; to be called now and then.

        Args:
            line: As it is now.

        Returns:
            Whether the trouble is another one now, or none.
        """
        before = self.trouble and self.trouble.word
        self._line = line
        if self._trouble is None and not self._is_in_place():
            self._fall(Trouble(Word.FAILING, f"{self._path} was taken away or replaced."))
        if self._trouble is not None:
            self._return(line)
        if self._mark_trouble is not None:
            self._cover(line, None)
        return (self.trouble and self.trouble.word) != before

    def answer_to(self, caller: str, key: bytes) -> Answered | None:
        """Give what was answered to this key before."""
        known = self._answers.get((caller, key))
        return known or self._do(lambda journal: journal.answer_to(caller, key))

    def next_slip_id(self) -> int:
        """Give an id that no slip had."""
        return max(self._first_slip_id, self._do(lambda journal: journal.next_slip_id()))

    def owed_slips(self) -> list[OwedSlip]:
        """Give the slips that are not known to be printed, oldest first."""
        return self._do(lambda journal: journal.owed_slips())

    def settle_slip(self, slip_id: int, *, printed: bool) -> None:
        """Note that a slip is printed, or given up and told to staff."""
        self._do(lambda journal: journal.settle_slip(slip_id, printed=printed))
        self._owed.pop(slip_id, None)

    def last_time(self) -> datetime | None:
        """Give the latest time that is known: desk time never runs back behind it."""
        known = self._do(lambda journal: journal.last_time())
        mark = self._mark.mark
        if self.found.whole or mark is None or mark.at is None:
            return known
        return mark.at if known is None else max(known, mark.at)

    def note(self, key: str, value: str) -> None:
        """Keep a small fact of the desk."""
        self._do(lambda journal: journal.note(key, value))

    def noted(self, key: str) -> str | None:
        """Give what was noted; None: nothing."""
        return self._do(lambda journal: journal.noted(key))

    def keep_learned(self, day: date, position: Position, data: bytes) -> None:
        """Keep what the forecast had learned at the end of a day, and that of the day before.

        Args:
            day: The day.
            position: The last event that it had heard.
            data: Opaque.
        """
        self._do(lambda journal: journal.keep_learned(day, position, data))

    def retain(self, today: date, *, at_most: int | None = None) -> Retained:
        """Delete what is older than it may get; not while somebody waits for an answer.

        Args:
            today: The site's day.
            at_most: Delete so many events, and say that there are more; None: all.
        """
        return self._do(
            lambda journal: self._retention.retain(
                journal, today, at_most=at_most, in_memory=self._trouble is not None
            )
        )

    def cursor(self, store: str) -> Position | None:
        """Give the last event that a store acknowledged; None: none that is known here."""
        return self._do(lambda journal: journal.cursor(store))

    def acked(self, store: str, epoch: int, seq: int) -> None:
        """Note that a store has all events up to this one. It never goes back within a store."""
        self._do(lambda journal: journal.acked(store, epoch, seq))

    def after(self, epoch: int | None, seq: int, limit: int) -> list[Entry]:
        """Give events that follow a position, in order.

        Args:
            epoch: Id; None, or one that is not known here: from the beginning.
            seq: In it.
            limit: At most so many.
        """
        return self._do(lambda journal: journal.after(epoch, seq, limit))

    def _open(self) -> Found:
        """Open the card, or go on without it, and say what was there."""
        mark = self._mark.mark
        numbers, marked_day = (None, None) if mark is None else (mark.numbers, mark.day)
        try:
            last = mark and mark.last
            self._journal, aside = open_journal(self._path, self._lock, last=last)
        except CardError as error:
            self._begin_in_memory(error.trouble)
            # If the mark cannot be written now, the run before may have been unable to, too.
            numbers = None if self._mark_trouble is not None else numbers
            return Found(Why.MEMORY, whole=False, numbers=numbers, marked_day=marked_day)
        journal, self._file = self._journal, _file(self._path)
        if last and journal.why is Why.STARTED and not journal.log.holds(last):
            log.error("%s does not hold its last event: it lost its tail, or is older", self._path)
            journal.why = Why.RESTORED
        whole = journal.why is Why.STARTED and last is not None
        return Found(journal.why, whole, numbers, marked_day, aside)

    def _make_folder(self) -> None:
        # Where it cannot be made, opening the journal in it tells why.
        with suppress(OSError):
            self._path.parent.mkdir(parents=True, exist_ok=True)

    def _begin_in_memory(self, trouble: Trouble) -> None:
        log.error("%s The day begins in memory.", trouble.sentence)
        self._trouble = trouble
        try:
            with opened_to_read(self._path) as source:
                self._journal, whole = in_memory(source)
        except (apsw.Error, OSError):
            self._journal, whole = in_memory(None)
        self._number_slips(whole=whole)
        self._try_mark(self._mark.renew)

    def _do(self, act: Callable[[Journal], Result]) -> Result:
        """Do something with the journal; where the card fails, with the one in memory."""
        try:
            return act(self._journal)
        except CardError as error:
            if self._trouble is not None:
                raise
            self._fall(error.trouble)
            return act(self._journal)

    def _fall(self, trouble: Trouble) -> None:
        """Go on in memory, with all that is needed of today."""
        log.error("%s The day goes on in memory.", trouble.sentence)
        card = self._journal
        self._failed = Position(card.epoch, card.place.seq if card.place else 0)
        self._journal, whole = in_memory(card.db)
        self._trouble = trouble
        if self._line is not None:
            remember(self._journal, self._line, self._answers.values(), self._owed.values())
        else:
            # The start was not over yet: this is what it finds.
            self.found = replace(self.found, why=Why.MEMORY, whole=False)
            self._unsure = True
            self._number_slips(whole=whole)
        with suppress(apsw.Error):
            # What is in the log stays in the log: nothing more is asked of this card.
            card.db.config(apsw.SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1)
            card.close()

    def _number_slips(self, *, whole: bool) -> None:
        """Let no slip have the number of one that is not known, and may come back with the card."""
        if not whole:
            self._first_slip_id = secrets.randbits(SLIP_BITS) << (SLIP_BITS // 2)

    def _return(self, line: Line) -> None:
        """Bring what is in memory to the card; where that fails, it stays in memory."""
        damage = None
        if self._trouble is not None and self._trouble.word is Word.DAMAGED:
            damage = self._trouble.sentence
            self._rebuilds += 1
            if self._rebuilds > REBUILDS:
                return
        try:
            self._make_folder()
            self._lock.take()
            card, _ = open_journal(self._path, self._lock, damage=damage)
        except JournalError as error:
            self._trouble = _trouble_of(error)
            return
        try:
            if self._empty is not None:
                card.checkpoints.configure(self._empty)
            self.knows_more = bring_back(self._journal, card, line, self._failed)
        except JournalError as error:
            self._trouble = _trouble_of(error)
            with suppress(apsw.Error):
                card.close()
            return
        log.warning("%s works again, and has what was in memory.", self._path)
        self._journal.close()
        self._journal, self._file = card, _file(self._path)
        self._trouble = self._failed = None
        self._keep_last()

    def _is_in_place(self) -> bool:
        return _file(self._path) == self._file

    def _cover(self, line: Line, at: datetime | None) -> None:
        """Have the mark say which numbers may be given out, before they are."""
        day = line.day
        if day is not None:
            self._try_mark(lambda: self._mark.cover(day, line.last, at))

    def _keep_last(self) -> None:
        """Have the mark know which event was the last: on the card where another epoch began."""
        if self._unsure:
            return
        last = self._journal.position
        if self._mark.knows(last.epoch):
            self._mark.note_last(last)
        else:
            self._try_mark(lambda: self._mark.keep_last(last))

    def _try_mark(self, write: Callable[[], None]) -> None:
        try:
            write()
        except OSError as error:
            self._mark_trouble = card_error(self._mark.path, "cannot be written", error).trouble
        else:
            self._mark_trouble = None


def _file(path: Path) -> tuple[int, int] | None:
    """Tell one file from another of the same name; None: there is none."""
    try:
        state = path.stat()
    except OSError:
        return None
    return state.st_dev, state.st_ino


def _trouble_of(error: JournalError) -> Trouble:
    return error.trouble if isinstance(error, CardError) else Trouble(Word.FAILING, str(error))
