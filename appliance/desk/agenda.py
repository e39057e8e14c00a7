"""The agenda: the day's appointments, printed for staff early in the morning and when they change.

Bookings are made until midnight and cancelled until the last minute, so a sheet of paper is wrong
sooner or later. It is printed again when an appointment that is still to come is new or gone, with
a mark at each, but not at every change: nobody looks for the one right sheet among ten.

A move comes as two messages, a new booking and a cancellation; and who was cut off gets in one
second what changed in an hour. So what comes is left to settle for a minute before it is printed.

A sheet whose end nobody saw is printed once more: better two than none. And once only: a printer
that prints and then does not answer would print the day away.
"""

from __future__ import annotations

import queue
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import TYPE_CHECKING, Protocol

import msgspec

from appliance import paper
from appliance.desk.agenda_sheets import Printed, listed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from appliance.checkin.daybook import DayBook
    from appliance.desk.agenda_sheets import Appointment, Sheets
    from appliance.desk.parts import Wrong
    from appliance.display.agenda import Agenda, NoList
    from appliance.line.line import Line

SETTLES = timedelta(minutes=1)
"""So long nothing must have changed before it is printed; after a failure, the pause until it is
tried again."""

NEWS_FOR = timedelta(hours=2)
"""That there is no appointment, or no list, is worth a sheet only so long after the set time."""

NOTE = "agenda"
"""The journal's name for what was printed last."""

SetSheet = Callable[[bool], paper.Slip]
Ended = Callable[[bool | None], None]


@dataclass(frozen=True, slots=True)
class Plan:
    """When it is printed.

    Args:
        print_at: First, by the clock on the site's wall.
        pause: Between two prints of a day, at least.
        zone: Of the site.
        opens: Whether the lobby opens on a day; on others a sheet without appointments is no news.
    """

    print_at: time
    pause: timedelta
    zone: tzinfo
    opens: Callable[[date], bool]

    def first(self, day: date) -> datetime:
        """Give when it is printed on a day, in UTC.

        A time that the clock jumps over is the one after the jump; of a time that comes twice it
        is the first.
        """
        # In UTC, because comparing within a zone overlooks both (PEP 495).
        return datetime.combine(day, self.print_at, self.zone).astimezone(UTC)


class Books(Protocol):
    """What is known of the bookings."""

    def day(self, day: date) -> DayBook:
        """Give what is known of a day; asked in every round, so it reads no disk."""


class Notes(Protocol):
    """Small facts that outlive the process; the journal keeps them."""

    def note(self, key: str, value: str) -> None:
        """Keep a fact."""

    def noted(self, key: str) -> str | None:
        """Give what was noted; None: nothing."""


def due(book: DayBook, printed: Printed | None, plan: Plan, now: datetime) -> datetime | None:
    """Tell when the agenda of a day is to be printed.

    Args:
        book: What is known of the day.
        printed: What was printed last.
        plan: When it is printed at all.
        now: It cannot be before.

    Returns:
        When, if nothing changes until then; None: not (again).
    """
    first = plan.first(book.day)
    at = max(first, now)
    known = listed(book)
    if printed is not None and printed.day == book.day:
        if known is None:
            return None
        if printed.listed is not None:
            at = max(at, printed.at + plan.pause)
            changed = _differences(printed.listed, known)
            return at if any(each.slot >= at for each in changed) else None
    if known and any(each.slot >= at for each in known):
        return at
    return at if not known and plan.opens(book.day) and at <= first + NEWS_FOR else None


class AgendaWatch:
    """Sees to it that staff have the agenda on paper; called in the desk's loop.

    Args:
        books: The bookings.
        notes: Where it remembers what was printed.
        plan: When it is printed.
        sheets: Composes it.
        set_sheet: Sets it for the printer.
    """

    def __init__(
        self,
        books: Books,
        notes: Notes,
        plan: Plan,
        sheets: Sheets,
        set_sheet: Callable[[Agenda | NoList], paper.Slip],
    ) -> None:
        self._books = books
        self._notes = notes
        self._plan = plan
        self._sheets = sheets
        self._set_sheet = set_sheet
        self._printed = _read(notes.noted(NOTE))
        self._printing: Printed | None = None
        self._ended: queue.SimpleQueue[bool | None] = queue.SimpleQueue()
        self._doubted = False
        self._version: tuple[date, int, int] | None = None
        self._known: tuple[date, tuple[Appointment, ...] | None] | None = None
        self._due: datetime | None = None

    def look(self, now: datetime) -> SetSheet | None:
        """Give what sets the sheet that is to be printed now; None: there is none.

        Whoever takes it tells by `ended` what became of it; until then there is no other one.
        """
        self._hear()
        if self._printing is not None:
            return None
        day = now.astimezone(self._plan.zone).date()
        book = self._books.day(day)
        version = (day, book.revision, book.cancelled_revision)
        if version != self._version:
            self._version = version
            self._take_in(book, now)
        if self._due is None or now < self._due:
            return None
        return self._sheet(book, now)

    def ended(self, printed: bool | None) -> None:  # noqa: FBT001  (what `look` gave was called so)
        """Hear that the sheet is out or is not; None: nobody knows. From any thread."""
        self._ended.put(printed)

    def _hear(self) -> None:
        """Keep what became of the sheet in the printer; one that is not out is due again."""
        try:
            printed = self._ended.get_nowait()
        except queue.Empty:
            return
        if printed is None:
            printed = self._doubted
            self._doubted = not printed
        if printed and self._printing is not None:
            self._doubted = False
            self._printed = self._printing
            self._notes.note(NOTE, msgspec.json.encode(self._printed).decode())
        self._printing = self._version = self._known = None

    def _take_in(self, book: DayBook, now: datetime) -> None:
        """Find out when the next sheet is due, if a further version of the list says more."""
        known = (book.day, listed(book))
        if known != self._known:
            self._known = known
            self._due = due(book, self._printed, self._plan, now + SETTLES)

    def _sheet(self, book: DayBook, now: datetime) -> SetSheet:
        before = self._printed if self._printed and self._printed.day == book.day else None
        sheet = self._sheets.to_come(book, now, before)
        self._printing = Printed(book.day, now, listed(book))

        def setter(_: bool) -> paper.Slip:  # noqa: FBT001  (what `Job.set_slip` is given)
            # No word of a copy: of two equal sheets either is the right one.
            return self._set_sheet(sheet)

        return setter


class AgendaPart:
    """The agenda as a part of the desk.

    Args:
        watch: Knows when.
        print_sheet: Has a sheet printed, and what became of it told; returns at once.
    """

    def __init__(self, watch: AgendaWatch, print_sheet: Callable[[SetSheet, Ended], None]) -> None:
        self._watch = watch
        self._print_sheet = print_sheet

    def look(self, line: Line, now: datetime) -> Sequence[Wrong]:
        """Have the agenda printed when it is due. What is wrong with the printer is told anyway."""
        del line
        sheet = self._watch.look(now)
        if sheet is not None:
            self._print_sheet(sheet, self._watch.ended)
        return ()


def _read(noted: str | None) -> Printed | None:
    """Read what was noted; of what another release wrote otherwise nothing is known."""
    if noted is None:
        return None
    try:
        return msgspec.json.decode(noted, type=Printed)
    except msgspec.DecodeError:
        return None


def _differences(
    printed: tuple[Appointment, ...], known: tuple[Appointment, ...]
) -> list[Appointment]:
    old, new = Counter(printed), Counter(known)
    return [*(new - old), *(old - new)]
