"""The journal: SQLite, one writer, events first; everything else is derived from them.

An epoch begins with the first event after each opening: whether the file lost its tail meanwhile,
or is yesterday's, cannot always be told, and so no event's id can repeat.

This is one file, and says so when it cannot be written; `Keeping` goes on all the same.
"""

from __future__ import annotations

from contextlib import ExitStack, contextmanager, suppress
from typing import TYPE_CHECKING

import apsw

from appliance.journal import codec, schema
from appliance.journal.card import CardError, Trouble, Word, card_error
from appliance.journal.checkpoints import EVERY, Checkpoints
from appliance.journal.entries import Answered, OwedSlip, Position
from appliance.journal.errors import (
    ContradictionError,
    JournalError,
    LaterReleaseError,
    SecondWriterError,
)
from appliance.journal.lock import WriterLock
from appliance.journal.log import Log, Place
from appliance.journal.outbox import Outbox
from appliance.journal.papers import Papers

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime
    from pathlib import Path
    from types import TracebackType
    from typing import Self

    from appliance.journal.records import Record, Why
    from appliance.line.events import Event
    from appliance.line.line import Line

__all__ = [
    "Answered",
    "Journal",
    "JournalError",
    "LaterReleaseError",
    "OwedSlip",
    "Position",
    "SecondWriterError",
]

LATE = 4 * EVERY
"""Events without a checkpoint, after which one is put although people wait."""
LOGGED = 200
"""Transactions, some 700 pages: SQLite copies its log into the file by itself after 1,000."""


class Journal:
    """One journal, open for writing.

    Args:
        path: The database; made when it is not there. None: in memory.
        lock: Held by whoever opens it; None: it takes its own.
        why: Why its next epoch begins; None: as the file says.

    Attributes:
        path: As given.
        db: The connection, for the journal's own parts.
        log: The events.
        papers: What stands beside them.
        outbox: How far they were uploaded.
        checkpoints: Where the line need not be folded from the beginning of the day.
        why: Why its next epoch begins.

    Raises:
        SecondWriterError: Another process has it open for writing.
        LaterReleaseError: Only a later release may write it.
        CardError: It cannot be opened.
    """

    def __init__(
        self, path: Path | None, *, lock: WriterLock | None = None, why: Why | None = None
    ) -> None:
        self.path = path
        self._closing = ExitStack()
        try:
            if path is not None and lock is None:
                path.parent.mkdir(parents=True, exist_ok=True)
                lock = WriterLock(path)
                self._closing.callback(lock.release)
                lock.take()
            self.db = schema.open_database(path)
            self._closing.callback(self.db.close)
            self.log = Log(self.db)
            self.papers = Papers(self.db)
            self.outbox = Outbox(self.db)
            self.checkpoints = Checkpoints(self.db)
            self.why = why or self.log.next_why()
            self._last = self.log.position_of(self.log.end())
        except (OSError, apsw.Error, ValueError, TypeError) as error:
            self._closing.close()
            raise card_error(path, "cannot be opened as the journal", error) from error
        except JournalError:
            self._closing.close()
            raise
        self._epoch = schema.new_epoch_id()
        self._place: Place | None = None
        self._doubtful = False
        self._since_checkpoint = self._logged = 0

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
        """Let go of the file; twice is fine."""
        self._closing.close()

    @property
    def position(self) -> Position:
        """The last event; its `seq` is 0 where there is none yet."""
        return self._last or Position(self._epoch, 0)

    @property
    def epoch(self) -> int:
        """Id of the epoch that began, or begins, with the first event since it was opened."""
        return self._epoch

    @property
    def place(self) -> Place | None:
        """Where that epoch's last event stands; None: it has none yet."""
        return self._place

    def go_on_as(self, other: Journal, place: Place | None) -> None:
        """Go on with the epoch of another journal.

        Args:
            other: Its events are in this one.
            place: Where the last of its epoch stands here; None: it never began.
        """
        self.why = other.why
        if place is not None:
            self._epoch, self._place = other.epoch, place
            self._last = Position(other.epoch, place.seq)

    def commit(
        self,
        events: Sequence[Event | Record],
        *,
        day: str,
        answered: Answered | None = None,
        slip: OwedSlip | None = None,
        line: Line | None = None,
    ) -> None:
        """Make it durable, all of it or nothing; returns when it is on the card.

        Args:
            events: In the order in which they happened.
            day: The site's day, ISO.
            answered: The command that they answer.
            slip: The slip that is owed from now on.
            line: As it is after the events, for a checkpoint where `rest` comes too seldom.

        Raises:
            ContradictionError: A booking, a key or a slip's id is used already; nothing of it
                happened.
            CardError: It was not written, and nothing of it happened. The card may have kept it
                all the same: open it anew, so that no other event gets the same id.
        """
        place = self._place
        with self.writing():
            if events:
                place = place or self.log.begin(self._epoch, self.why, events[0].at)
                place = self.log.append(events, place)
            self.papers.use_bookings(events, day)
            if answered is not None:
                self.papers.answer(answered, day)
            if slip is not None:
                self.papers.owe(slip, day)
        if place is not None:
            self._place, self._last = place, Position(self._epoch, place.seq)
        self._since_checkpoint += len(events)
        if line is not None and self._since_checkpoint >= LATE:
            self._checkpoint(line)

    def rest(self, line: Line) -> None:
        """Do what need not be done while somebody waits: a checkpoint, copying SQLite's log.

        Args:
            line: As it is after the last event.
        """
        if self._since_checkpoint >= EVERY:
            self._checkpoint(line)
        if self._logged >= LOGGED:
            self._logged = 0
            # What is wrong with the card, the next commit will tell.
            with suppress(apsw.Error):
                self.db.wal_checkpoint(mode=apsw.SQLITE_CHECKPOINT_PASSIVE)

    def _checkpoint(self, line: Line) -> None:
        self._since_checkpoint = 0
        if self._place is not None:
            # Without it nothing is lost; the next commit will tell what is wrong.
            with suppress(CardError), self.writing():
                self.checkpoints.put(line, self._place)

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Write in one transaction, and tell what is wrong in our words.

        Raises:
            ContradictionError: See `commit`.
            CardError: See `commit`.
        """
        if self._doubtful:
            sentence = f"{self.path} could not be written before: it must be opened anew."
            raise CardError(Trouble(Word.FAILING, sentence))
        try:
            with schema.transaction(self.db):
                yield
            self._logged += 1
        except apsw.ConstraintError as error:
            # What is used already was refused, and no commit was tried. But no event stands where
            # the next one belongs, unless the file is not as we left it.
            if "event." in str(error) or "epoch." in str(error):
                self._doubtful = True
                raise card_error(self.path, "is damaged", apsw.CorruptError(error)) from error
            raise ContradictionError(f"{self.path} knows that already: {error}") from error
        except (apsw.Error, OSError) as error:
            self._doubtful = True
            raise card_error(self.path, "cannot be written", error) from error

    @contextmanager
    def reading(self) -> Iterator[None]:
        """Read, and tell what is wrong in our words.

        Raises:
            CardError: It cannot be read.
        """
        try:
            yield
        except (apsw.Error, ValueError, TypeError) as error:
            raise card_error(self.path, "cannot be read", error) from error

    def today(self) -> Iterator[Event]:
        """Give the line's events since the last turn of the day, oldest first.

        Raises:
            JournalError: A row cannot be read.
        """
        try:
            number, seq = self.log.today()
            for _, type_name, data in self.log.rows(Place(number, seq - 1)):
                if type_name not in codec.RECORD_TYPES:
                    yield codec.decode(type_name, data)
        except codec.UnknownEventError as error:
            raise JournalError(
                f"{self.path} holds an event that this release cannot read ({error}):"
                " install the release that wrote it."
            ) from error
        except (apsw.Error, ValueError) as error:
            raise card_error(self.path, "is damaged", error) from error

    def last_time(self) -> datetime | None:
        """Give the time of the last event: desk time never runs back behind it.

        Raises:
            CardError: It cannot be read.
        """
        with self.reading():
            return self.log.last_time()

    def answer_to(self, caller: str, key: bytes) -> Answered | None:
        """Give what was answered to this key before.

        Raises:
            CardError: It cannot be read.
        """
        with self.reading():
            return self.papers.answer_to(caller, key)

    def next_slip_id(self) -> int:
        """Give an id that no slip had.

        Raises:
            CardError: It cannot be read.
        """
        with self.reading():
            return self.papers.next_slip_id()

    def owed_slips(self) -> list[OwedSlip]:
        """Give the slips that are not known to be printed, oldest first.

        Raises:
            CardError: It cannot be read.
        """
        with self.reading():
            return self.papers.owed()

    def settle_slip(self, slip_id: int, *, printed: bool) -> None:
        """Note that a slip is printed, or given up and told to staff.

        Raises:
            CardError: It was not written; the slip stays owed.
        """
        with self.writing():
            self.papers.settle(slip_id, "printed" if printed else "told")
