"""A backup in the place of the journal; and a new device, that has none.

What a backup does not know happened all the same. The numbers of today stand in the mark, which
stays. Codes that were used since are taken over, so that none is used twice; but not those of
people who were still waiting: they are in no line any more, and shall get another number.
"""

from __future__ import annotations

import os
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from appliance.journal import codec
from appliance.journal.backup import drafted, telling
from appliance.journal.days import Held
from appliance.journal.errors import JournalError, SecondWriterError
from appliance.journal.lock import WriterLock
from appliance.journal.log import Log, Place
from appliance.journal.looking import look_into
from appliance.journal.numbers import NumberMark
from appliance.journal.opening import put_in_place
from appliance.journal.retention import LEDGER_DAYS
from appliance.journal.wholeness import Finding
from appliance.line import events

if TYPE_CHECKING:
    from collections.abc import Iterator

    import apsw

    from appliance.journal.looking import Look


@dataclass(frozen=True, slots=True)
class Restored:
    """What was restored.

    Args:
        held: How much it holds.
        findings: What does not fit together in it.
        aside: Where the journal is now that was there; None: there was none.
        known: Whether that one could be read; if not, codes that were used since are not known.
        lost: Numbers that waited in it and are not in this one.
        marked: Whether it is known which numbers of today were given out.
    """

    held: Held
    findings: tuple[Finding, ...]
    aside: Path | None
    known: bool
    lost: tuple[str, ...]
    marked: bool


@dataclass(slots=True)
class _LeftBehind:
    """What the journal knew that was in the place of the backup.

    Args:
        whole: Whether all of that could be read.
        used: Booking → number and day, where it is still of use; not those of the line.
        issued: Number of today → when it was given out.
        ended: Those of them whose people have left.
    """

    whole: bool = False
    used: dict[str, tuple[str, str]] = field(default_factory=dict)
    issued: dict[str, str] = field(default_factory=dict)
    ended: set[str] = field(default_factory=set)


def restore(journal: Path, source: Path) -> Restored:
    """Put a backup in the place of the journal, which is set aside.

    Args:
        journal: What the desk writes; it must be stopped.
        source: The backup; it stays as it is.

    Raises:
        JournalError: Nothing was restored; the journal is as it was.
    """
    with look_into(source, earlier=True) as look, _stopped(journal):
        with telling(journal):
            there = journal.exists()
            if there and journal.samefile(source):
                raise JournalError(f"{source} is the journal itself: name a backup.")
        behind = _left_behind(journal)
        with drafted(journal, f"{journal.name}.draft") as draft:
            draft.copy(look)
            draft.become_a_copy()
            findings, held = draft.check(), draft.held()
            with draft.writing() as db:
                lost = _take_over(behind, db)
            with draft.telling():
                _give_to_owner(draft.path, like=journal)
                aside = put_in_place(journal, draft.path)
    marked = NumberMark(_mark_of(journal)).mark is not None
    return Restored(held, findings, aside if there else None, behind.whole, lost, marked)


def begin(journal: Path) -> Path:
    """Note that no numbers were given out today on this device, which is a new one.

    Args:
        journal: What the desk will write.

    Returns:
        The mark of the numbers.

    Raises:
        JournalError: There is a journal, or a mark, or it cannot be written.
    """
    mark = _mark_of(journal)
    with _stopped(journal), telling(mark):
        there = [mark] if mark.exists() else _of_the_desk(journal)
        if there:
            raise JournalError(
                f"{there[0]} is there: this device has given out numbers, and goes on behind them."
                " `lobby journal begin` is for a new one."
            )
        NumberMark(mark).renew()
        _give_to_owner(mark)
    return mark


@contextmanager
def _stopped(journal: Path) -> Iterator[None]:
    """Be the one who writes."""
    lock = WriterLock(journal)
    try:
        with telling(journal.parent):
            journal.parent.mkdir(parents=True, exist_ok=True)
        lock.take()
        with suppress(OSError):
            _give_to_owner(_lock_of(journal))
    except SecondWriterError as error:
        raise JournalError(
            f"{journal} is being written by {error.owner or 'another process'}: stop the desk first"
            " (systemctl stop lobby-desk)."
        ) from error
    try:
        yield
    finally:
        lock.release()


def _left_behind(journal: Path) -> _LeftBehind:
    behind = _LeftBehind()
    with suppress(JournalError), look_into(journal) as look:
        _read(look, behind)
        behind.whole = True
    return behind


def _read(look: Look, behind: _LeftBehind) -> None:
    """Read as far as it can be read."""
    with look.telling():
        begin = look.log.today()
    days: set[str] = set()
    for row in look.rows(Place(begin.number, begin.seq - 1)):
        try:
            event = codec.decode(row.type, row.data)
        except codec.DamagedEventError:
            continue
        match event:
            case events.DayTurned(day=day) | events.ClockSet(day=day):
                days.add(day.isoformat())
            case events.TicketIssued(ticket=ticket):
                behind.issued[ticket] = row.at
            case events.TicketFinished() | events.TicketCancelled() | events.TicketClosed():
                behind.ended.add(event.ticket)
            case events.StepUndone(tickets=undone):
                behind.ended -= {each.number for each in undone}
            case _:
                pass
    with look.telling():
        newest = look.db.execute("SELECT max(day) FROM ledger").get
        if newest is None:
            return
        since = date.fromisoformat(newest) - timedelta(days=LEDGER_DAYS)
        for booking, ticket, day in look.db.execute(
            "SELECT booking, ticket, day FROM ledger WHERE day >= ?", (since.isoformat(),)
        ):
            if day not in days or ticket in behind.ended:
                behind.used[booking] = ticket, day


def _take_over(behind: _LeftBehind, db: apsw.Connection) -> tuple[str, ...]:
    """Put into a draft which codes were used; give who is not in it and still waits."""
    db.executemany(
        "INSERT OR IGNORE INTO ledger (booking, ticket, day) VALUES (?, ?, ?)",
        [(booking, *used) for booking, used in behind.used.items()],
    )
    known = set(
        db.execute(
            "SELECT data ->> '$.ticket', at FROM event"
            " WHERE (epoch, seq) >= (?, ?) AND type = 'TicketIssued'",
            Log(db).today(),
        )
    )
    return tuple(
        ticket
        for ticket, at in behind.issued.items()
        if ticket not in behind.ended and (ticket, at) not in known
    )


def _give_to_owner(file: Path, like: Path | None = None) -> None:
    """Have a file belong to whom its folder belongs: IT works as root, the desk does not."""
    if os.geteuid() == 0:
        folder = file.parent.stat()
        os.chown(file, folder.st_uid, folder.st_gid)
    if like is not None and like.exists():
        file.chmod(like.stat().st_mode & 0o777)


def _mark_of(journal: Path) -> Path:
    return journal.with_name("numbers.mark")


def _lock_of(journal: Path) -> Path:
    return journal.with_name(f"{journal.name}.lock")


def _of_the_desk(journal: Path) -> list[Path]:
    """Give what there is of a journal, or was: its log, a file that was set aside."""
    lock = _lock_of(journal)
    return sorted(f for f in journal.parent.glob(f"{journal.name}*") if f != lock)
