"""The days' bookings and cancellations on the disk of a Pi, as the issuer told them.

The desk takes them in and is the only writer; the forecast's process reads the same folder. They
are kept because the uplink may be gone in the morning, and no longer than they are of use: the day
before yesterday is deleted. Losing a file costs little: the issuer's broker has it, and a code is
honoured without it.
"""

from __future__ import annotations

import logging
import re
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

from appliance.bus.messages import issued
from appliance.bus.messages.payload import MessageError, decode
from appliance.checkin.daybook import DayBook, Listed
from appliance.desk.parts import Wrong
from appliance.files import write_atomically
from appliance.line.model import Booking

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime
    from pathlib import Path

    from appliance.line.line import Line

log = logging.getLogger(__name__)

PRIVATE = 0o600
"""A short number is as good as a code."""
KEPT = timedelta(days=1)
"""Yesterday's are kept: a forecast that starts in the night learns from them who did not come."""

_FILE = re.compile(r"(bookings|cancelled)-([0-9]{4}-[0-9]{2}-[0-9]{2})\.json")
_Stamp = tuple[int, int]


@dataclass(slots=True)
class _Known:
    """A day: what it came to, and of which files."""

    book: DayBook
    stamps: dict[str, _Stamp] = field(default_factory=dict)


class DayBooks:
    """The days that are known.

    Args:
        folder: Where they are kept; made with the first file.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._days: dict[date, _Known] = {}
        self._forgotten: date | None = None
        self._failed: OSError | None = None
        self.refresh()

    def look(self, line: Line, _now: datetime) -> Sequence[Wrong]:
        """Delete what is old; tell that what came is in memory only; see `Part`."""
        if line.day is not None and line.clock_sure:
            self.forget_before(line.day)
        return [Wrong("bookings", facts={"error": self._failed})] if self._failed else []

    def day(self, day: date) -> DayBook:
        """Give what is known of a day: an empty book where that is nothing."""
        known = self._days.get(day)
        return DayBook(day) if known is None else known.book

    def days(self) -> list[date]:
        """Give the days of which something is known."""
        return sorted(self._days)

    def take_bookings(self, day: date, payload: bytes) -> bool:
        """Take in the bookings of a day; gives whether that changed anything.

        A revision that is not higher than the one that is known is passed over.

        Args:
            day: As the topic says it.
            payload: `issued.Bookings`.

        Raises:
            MessageError: It is too large, of another shape, or does not fit the day.
        """
        book = _listing(self.day(day), payload)
        return self._took("bookings", book, payload) if book else False

    def take_cancelled(self, day: date, payload: bytes) -> bool:
        """Take in which bookings of a day are cancelled; see `take_bookings`.

        Args:
            day: As the topic says it.
            payload: `issued.Cancelled`.

        Raises:
            MessageError: It is too large, of another shape, or does not fit the day.
        """
        book = _cancelling(self.day(day), payload)
        return self._took("cancelled", book, payload) if book else False

    def refresh(self) -> frozenset[date]:
        """Read what is new in the folder; gives the days that are not as they were before.

        A file that cannot be read is as good as none, and told once.
        """
        there: dict[date, dict[str, _Stamp]] = {}
        for kind, day, path in self._files():
            try:
                status = path.stat()
            except OSError:
                continue
            there.setdefault(day, {})[kind] = status.st_mtime_ns, status.st_size
        changed = {day for day in {*there, *self._days} if there.get(day) != self._stamps_of(day)}
        for day in changed:
            self._days.pop(day, None)
            if day in there:
                self._days[day] = _Known(self._read(day, there[day]), there[day])
        return frozenset(changed)

    def forget_before(self, today: date) -> None:
        """Delete what is older than yesterday; done once a day."""
        if today == self._forgotten:
            return
        self._forgotten = today
        for day in [day for day in self._days if day < today - KEPT]:
            del self._days[day]
        for _, day, path in list(self._files()):
            if day < today - KEPT:
                try:
                    path.unlink(missing_ok=True)
                except OSError as error:
                    log.warning("%s cannot be deleted: %s", path, error)

    def _took(self, kind: str, book: DayBook, payload: bytes) -> bool:
        known = self._days.setdefault(book.day, _Known(book))
        known.book = book
        path = self._path(kind, book.day)
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            write_atomically(path, payload, mode=PRIVATE)
            status = path.stat()
        except OSError as error:
            log.warning("%s cannot be written: %s", path, error)
            self._failed = error
        else:
            known.stamps[kind] = status.st_mtime_ns, status.st_size
            self._failed = None
        return True

    def _path(self, kind: str, day: date) -> Path:
        return self._folder / f"{kind}-{day}.json"

    def _files(self) -> Iterator[tuple[str, date, Path]]:
        try:
            paths = sorted(self._folder.iterdir())
        except OSError:
            return
        for path in paths:
            named = _FILE.fullmatch(path.name)
            if named is not None:
                try:
                    yield named[1], date.fromisoformat(named[2]), path
                except ValueError:
                    continue

    def _stamps_of(self, day: date) -> dict[str, _Stamp] | None:
        known = self._days.get(day)
        return None if known is None else known.stamps

    def _read(self, day: date, kinds: dict[str, _Stamp]) -> DayBook:
        book = DayBook(day)
        for kind in sorted(kinds):
            path = self._path(kind, day)
            try:
                with path.open("rb") as file:
                    payload = file.read(issued.LIMIT_BYTES + 1)
                read = _listing if kind == "bookings" else _cancelling
                book = read(book, payload) or book
            except (OSError, MessageError) as error:
                log.warning("%s cannot be read and is passed over: %s", path, error)
        return book


def _listing(book: DayBook, payload: bytes) -> DayBook | None:
    """Give the book with the bookings of a payload; None: they are no news.

    Raises:
        MessageError: They do not fit the book.
    """
    told = decode(payload, issued.Bookings, issued.LIMIT_BYTES)
    if not _is_news(book.day, told, book.revision):
        return None
    listed = {each.id: _listed(each) for each in told.bookings}
    if len(listed) < len(told.bookings):
        raise MessageError("a booking stands there twice")
    shorts = [each.short for each in told.bookings if each.short is not None]
    if len(set(shorts)) < len(shorts):
        raise MessageError("two bookings have the same short number")
    return replace(book, listed=listed, revision=told.revision, as_of=told.as_of)


def _cancelling(book: DayBook, payload: bytes) -> DayBook | None:
    """Give the book with the cancellations of a payload; None: they are no news.

    Raises:
        MessageError: They do not fit the book.
    """
    told = decode(payload, issued.Cancelled, issued.LIMIT_BYTES)
    if not _is_news(book.day, told, book.cancelled_revision):
        return None
    cancelled = frozenset(told.bookings)
    return replace(book, cancelled=cancelled, cancelled_revision=told.revision)


def _is_news(day: date, told: issued.Issued, revision: int) -> bool:
    """Tell whether a payload is newer than what is known.

    Raises:
        MessageError: It is of another day than its topic.
    """
    if told.day != day:
        raise MessageError(f"it is of {told.day}, and its topic of {day}")
    return told.revision > revision


def _listed(each: issued.Booked) -> Listed:
    booking = Booking(each.id, each.slot, each.minutes, each.service, each.place)
    return Listed(booking, each.short)
