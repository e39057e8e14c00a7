"""The day's highest numbers, in a small file beside the journal.

Whatever happens to the journal, no number of today is given twice. The file is written ahead, in
blocks: before the first number of a block is committed, the mark says that all of the block may
have been given out; and when half of it is, and nobody waits, it says so of the next one. So it
costs one sync in twenty tickets, for which nobody waits, and after damage up to thirty numbers are
left out. Its two slots are there from the beginning and are written in turn, in place: on a
full card too, and a power cut leaves one of them whole. A third slot notes without any sync which
event was the last; it tells a journal that lost its tail from a whole one.
"""

from __future__ import annotations

import os
import zlib
from contextlib import suppress
from datetime import date, datetime
from typing import TYPE_CHECKING, TypeVar

import msgspec

from appliance.files import write_atomically
from appliance.journal.entries import Position

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

BLOCK = 20
SLOT_BYTES = 4096
"""A card writes no less at once: what harms one slot leaves the other."""
SLOTS = 2
CHECK_BYTES = 8


class Mark(msgspec.Struct, frozen=True):
    """What is known outside the journal.

    Args:
        sequence: Counts the marks; the higher one is the newer.
        day: Whose numbers they are.
        numbers: Letter → the highest number that may have been given out.
        at: Desk time when it was written; None: not known.
        last: The last event; None: there was none.
        on_card: Whether that was on the card; else it was in memory only.
    """

    sequence: int = 0
    day: date | None = None
    numbers: dict[str, int] = {}
    at: datetime | None = None
    last: Position | None = None
    on_card: bool = True


class _Noted(msgspec.Struct, frozen=True):
    """The last event, as noted since the mark with this sequence was written."""

    sequence: int
    last: Position
    on_card: bool


Content = TypeVar("Content", Mark, _Noted)


class NumberMark:
    """The mark of one journal.

    Args:
        path: Its file; made with the first mark.

    Attributes:
        path: As given.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        slots = self._read()
        marks = [mark for slot in slots[:SLOTS] if (mark := _parsed(slot, Mark))]
        self._written = max(marks, key=lambda mark: mark.sequence, default=None)
        self._wanted = self._written or Mark()
        self._failed = False
        noted = _parsed(slots[SLOTS], _Noted) if len(slots) > SLOTS else None
        if noted is not None and noted.sequence >= self._wanted.sequence:
            self._wanted = msgspec.structs.replace(
                self._wanted, last=noted.last, on_card=noted.on_card
            )

    @property
    def mark(self) -> Mark | None:
        """What is known; None: there was no file, or none that can be read, and none was written.

        What could not be written is not known: see `cover`.
        """
        return None if self._written is None else self._wanted

    def cover(self, day: date, given: Mapping[str, int], at: datetime | None) -> None:
        """Have it say at least this, before it is committed; a block ahead where it is short.

        Args:
            day: Whose numbers they are.
            given: Letter → the highest number.
            at: Desk time.

        Raises:
            OSError: It could not be written; the next call tries again.
        """
        wanted = self._wanted
        numbers = wanted.numbers
        if (
            wanted.day == day
            and not self._failed
            and all(number <= numbers.get(letter, 0) for letter, number in given.items())
        ):
            return
        # On an earlier day than the mark's, its numbers count all the same.
        known = numbers if wanted.day is not None and day <= wanted.day else {}
        ahead = {
            letter: -(-number // BLOCK) * BLOCK
            for letter, number in given.items()
            if number > known.get(letter, 0)
        }
        self._wanted = msgspec.structs.replace(wanted, day=day, numbers={**known, **ahead})
        if self._failed or (wanted.day, wanted.numbers) != (day, self._wanted.numbers):
            self._write(at)

    def cover_ahead(self, day: date, given: Mapping[str, int], at: datetime | None) -> None:
        """Begin the next block while nobody waits, where the one in use is half given out.

        Args:
            day: Whose numbers they are.
            given: Letter → the highest number.
            at: Desk time.

        Raises:
            OSError: See `cover`.
        """
        self.cover(day, {letter: number + BLOCK // 2 for letter, number in given.items()}, at)

    def renew(self) -> None:
        """Write it once more as it is, to see whether it can be.

        Raises:
            OSError: It cannot.
        """
        self._write(None)

    def knows(self, epoch: int, *, on_card: bool = True) -> bool:
        """Tell whether the last event that it knows is of this epoch, and in the same place."""
        wanted = self._wanted
        return wanted.last is not None and (wanted.last.epoch, wanted.on_card) == (epoch, on_card)

    def keep_last(self, last: Position, *, on_card: bool = True) -> None:
        """Have it know which event was the last, and wait until the card has that.

        Raises:
            OSError: It could not be written.
        """
        self._wanted = msgspec.structs.replace(self._wanted, last=last, on_card=on_card)
        self._write(None)

    def note_last(self, last: Position) -> None:
        """Note which event was the last, of the same epoch, without waiting for the card."""
        if self._wanted.last == last:
            return
        self._wanted = msgspec.structs.replace(self._wanted, last=last)
        noted = _checked(_Noted(self._wanted.sequence, last, self._wanted.on_card))
        # Where it cannot be noted, the last mark says less, and nothing wrong.
        with suppress(OSError):
            self._overwrite(noted, SLOTS, sync=False)

    def _write(self, at: datetime | None) -> None:
        before = self._written.sequence if self._written is not None else 0
        times = [each for each in (at, self._wanted.at) if each is not None]
        latest = max(times, default=None)
        mark = msgspec.structs.replace(self._wanted, sequence=before + 1, at=latest)
        slot = _checked(mark).ljust(SLOT_BYTES, b"\0")
        self._failed = True
        try:
            self._overwrite(slot, mark.sequence % SLOTS, sync=True)
        except FileNotFoundError:
            empty = bytes(SLOT_BYTES)
            slots = [empty] * (SLOTS + 1)
            slots[mark.sequence % SLOTS] = slot
            write_atomically(self.path, b"".join(slots))
        self._written = self._wanted = mark
        self._failed = False

    def _overwrite(self, slot: bytes, number: int, *, sync: bool) -> None:
        handle = os.open(self.path, os.O_WRONLY | os.O_CLOEXEC)
        try:
            os.pwrite(handle, slot, number * SLOT_BYTES)
            if sync:
                os.fdatasync(handle)
        finally:
            os.close(handle)

    def _read(self) -> list[bytes]:
        try:
            data = self.path.read_bytes()[: SLOT_BYTES * (SLOTS + 1)]
        except OSError:
            return []
        return [data[begin : begin + SLOT_BYTES] for begin in range(0, len(data), SLOT_BYTES)]


def _checked(content: Mark | _Noted) -> bytes:
    text = msgspec.json.encode(content)
    return b"%0*x%b\n" % (CHECK_BYTES, zlib.crc32(text), text)


def _parsed(slot: bytes, kind: type[Content]) -> Content | None:
    check, text = slot[:CHECK_BYTES], slot[CHECK_BYTES:].partition(b"\n")[0]
    if check != f"{zlib.crc32(text):0{CHECK_BYTES}x}".encode():
        return None
    try:
        return msgspec.json.decode(text, type=kind)
    except msgspec.MsgspecError:
        return None
