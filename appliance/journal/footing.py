"""What the desk stands on: the card, or memory while the card cannot be used.

It steps down to memory in the middle of whatever it was asked to do, with all that is needed of
today, and back when the card works again: then what is only in memory is written to it in one
transaction, and a card that says "failed" and did it all the same has it once.
"""

from __future__ import annotations

import logging
from contextlib import suppress
from typing import TYPE_CHECKING, TypeVar

import apsw

from appliance.journal.card import CardError, Trouble, Word
from appliance.journal.carrying import bring_back, in_memory, remember
from appliance.journal.entries import Position
from appliance.journal.errors import JournalError
from appliance.journal.opening import open_journal
from appliance.journal.rescue import opened_to_read

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from appliance.journal.carrying import Known
    from appliance.journal.journal import Journal
    from appliance.journal.lock import WriterLock
    from appliance.line.line import Line

log = logging.getLogger(__name__)

Result = TypeVar("Result")

REBUILDS = 3
"""A card on which so many new files were damaged since the start is no card."""


class Footing:
    """One journal on the card, with one in memory to step down to.

    Args:
        path: The journal on the card.
        lock: Held, or to be taken again when the card comes back.
        known: What the desk knows without any journal.
        last: An event that the journal must hold.

    Attributes:
        journal: The one in use.
        trouble: Why it is that in memory; None: it is that on the card.
        aside: Where the damaged file is that was found at the start.

    Raises:
        LaterReleaseError: Only a later release may write it.
    """

    def __init__(self, path: Path, lock: WriterLock, known: Known, last: Position | None) -> None:
        self._path = path
        self._lock = lock
        self._known = known
        self._empty: Line | None = None
        self._file: tuple[int, int] | None = None
        self._failed: Position | None = None
        self._rebuilds = 0
        self.trouble: Trouble | None = None
        self.aside: Path | None = None
        try:
            self.journal, self.aside = open_journal(path, lock, last=last)
        except CardError as error:
            self.trouble = error.trouble
            self.journal = self._begun_in_memory(error.trouble)
        else:
            self._file = _file(path)

    def close(self) -> None:
        """Let go of everything; twice is fine. What the card does not take even now is gone."""
        if self.trouble is not None and self._known.line is not None:
            self.go_back(self._known.line)
        with suppress(apsw.Error):
            self.journal.close()
        self._known.line = None

    def configure(self, empty: Line) -> None:
        """Say how the line is configured; before that no checkpoints are written."""
        self._empty = empty
        self.journal.checkpoints.configure(empty)

    def do(self, act: Callable[[Journal], Result]) -> Result:
        """Do something with the journal; where the card fails, with the one in memory.

        Raises:
            JournalError: What `act` raises, if it is not the card's fault.
        """
        try:
            return act(self.journal)
        except CardError as error:
            if self.trouble is not None:
                raise
            self._step_down(error.trouble)
            return act(self.journal)

    def read(self, look: Callable[[Journal], Result]) -> Result:
        """Read from the journal; what its own parts raise is told in our words."""

        def told(journal: Journal) -> Result:
            with journal.reading():
                return look(journal)

        return self.do(told)

    def write(self, change: Callable[[Journal], None]) -> None:
        """Write to the journal in one transaction."""

        def told(journal: Journal) -> None:
            with journal.writing():
                change(journal)

        self.do(told)

    def look(self) -> None:
        """Step down if the file was taken away, or another one stands in its place."""
        if self.trouble is None and _file(self._path) != self._file:
            self._step_down(Trouble(Word.FAILING, f"{self._path} was taken away or replaced."))

    def go_back(self, line: Line) -> bool:
        """Bring what is in memory to the card and go on there, if it works again.

        Args:
            line: As it is now.

        Returns:
            Whether the card knows people of this day of whom `line` does not.
        """
        try:
            damage = self._known_damage()
            with suppress(OSError):
                # Where it cannot be made, opening the journal in it tells why.
                self._path.parent.mkdir(parents=True, exist_ok=True)
            self._lock.take()
            card, _ = open_journal(self._path, self._lock, damage=damage)
        except JournalError as error:
            self.trouble = _trouble_of(error)
            return False
        try:
            if self._empty is not None:
                card.checkpoints.configure(self._empty)
            knows_more = bring_back(self.journal, card, line, self._failed)
        except JournalError as error:
            self.trouble = _trouble_of(error)
            _leave(card)
            return False
        log.warning("%s works again, and has what was in memory.", self._path)
        self.journal.close()
        self.journal, self._file = card, _file(self._path)
        self.trouble = self._failed = None
        return knows_more

    def _begun_in_memory(self, trouble: Trouble) -> Journal:
        log.error("%s The day begins in memory.", trouble.sentence)
        try:
            with opened_to_read(self._path) as source:
                memory, whole = in_memory(source)
        except (apsw.Error, OSError):
            memory, whole = in_memory(None)
        self._known.number_slips(whole=whole)
        return memory

    def _step_down(self, trouble: Trouble) -> None:
        """Go on in memory, with all that is needed of today."""
        log.error("%s The day goes on in memory.", trouble.sentence)
        card = self.journal
        self._failed = Position(card.epoch, card.place.seq if card.place else 0)
        self.journal, whole = in_memory(card.db)
        self.trouble = trouble
        self._known.number_slips(whole=whole)
        remember(self.journal, self._known)
        _leave(card)

    def _known_damage(self) -> str | None:
        if self.trouble is None or self.trouble.word is not Word.DAMAGED:
            return None
        self._rebuilds += 1
        if self._rebuilds > REBUILDS:
            raise CardError(self.trouble)
        return self.trouble.sentence


def _leave(card: Journal) -> None:
    """Close a file of which nothing more is asked: what is in its log stays there."""
    with suppress(apsw.Error):
        card.db.config(apsw.SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1)
        card.close()


def _file(path: Path) -> tuple[int, int] | None:
    """Tell one file from another of the same name; None: there is none."""
    try:
        state = path.stat()
    except OSError:
        return None
    return state.st_dev, state.st_ino


def _trouble_of(error: JournalError) -> Trouble:
    return error.trouble if isinstance(error, CardError) else Trouble(Word.FAILING, str(error))
