"""What can be wrong with the card that the journal is on, in four words."""

from __future__ import annotations

import errno
import os
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

import apsw

from appliance.journal.errors import JournalError

if TYPE_CHECKING:
    from pathlib import Path

PROBE_BYTES = 32 * 1024
"""As much as SQLite's shared memory needs: what cannot take it cannot hold a journal."""


class Word(StrEnum):
    """What is wrong."""

    FULL = "full"
    READ_ONLY = "read_only"
    DAMAGED = "damaged"
    FAILING = "failing"


BY_NUMBER = {
    errno.ENOSPC: Word.FULL,
    errno.EDQUOT: Word.FULL,
    errno.EROFS: Word.READ_ONLY,
    errno.EACCES: Word.READ_ONLY,
    errno.EPERM: Word.READ_ONLY,
}


@dataclass(frozen=True, slots=True)
class Trouble:
    """What is wrong with the card just now.

    Args:
        word: In a word, for the alarm's text.
        sentence: The fact, for the log.
    """

    word: Word
    sentence: str


class CardError(JournalError):
    """The card, or the file on it, does not do what it should.

    Args:
        trouble: What is wrong.
    """

    def __init__(self, trouble: Trouble) -> None:
        self.trouble = trouble
        super().__init__(trouble.sentence)


def card_error(path: Path | None, what: str, error: Exception) -> CardError:
    """Say what an error means.

    Args:
        path: The file; None: in memory.
        what: What could not be done: "cannot be written".
        error: What SQLite, the system, or the reading of a row said.
    """
    word = _word(path, error)
    advice = " Please call IT." if word is Word.DAMAGED else ""
    return CardError(Trouble(word, f"{path or 'the memory'} {what}: {error}.{advice}"))


def is_damage(error: Exception) -> bool:
    """Tell whether an error means that the file is not what it should be, and reading works."""
    if isinstance(error, apsw.IOError):
        # A file that was cut off in the middle of a page.
        return getattr(error, "extendedresult", None) == apsw.SQLITE_IOERR_SHORT_READ
    return isinstance(error, apsw.CorruptError | apsw.NotADBError | ValueError | TypeError)


def _word(path: Path | None, error: Exception) -> Word:
    match error:
        case _ if is_damage(error):
            return Word.DAMAGED
        case apsw.FullError():
            return Word.FULL
        case apsw.ReadOnlyError():
            return Word.READ_ONLY
        case _:
            # "I/O error" and "cannot be opened" say little: the card itself knows more.
            return _state_of(path.parent) if path is not None else Word.FAILING


def _state_of(folder: Path) -> Word:
    """Try it: a file system that the kernel gave up says only then that it can be read only."""
    probe = folder / ".writable"
    try:
        handle = os.open(probe, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC)
        try:
            os.write(handle, bytes(PROBE_BYTES))
            os.fsync(handle)
        finally:
            os.close(handle)
            probe.unlink()
    except OSError as error:
        return BY_NUMBER.get(error.errno or 0, Word.FAILING)
    return Word.FAILING
