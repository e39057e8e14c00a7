"""Whether a journal is as it should be: `lobby journal verify`, and each copy that is made.

Everything in the file follows from its events. So it is worked out once more, and compared.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, timedelta
from typing import TYPE_CHECKING

from appliance.journal import codec, schema
from appliance.journal.checkpoints import Checkpoints, fingerprint
from appliance.journal.days import LaterEventError, read_event
from appliance.journal.log import Place
from appliance.journal.looking import DamagedError, look_into
from appliance.journal.records import Why
from appliance.journal.retention import LEDGER_DAYS
from appliance.journal.wholeness import ANEW, NAMED, PEOPLE, Finding, epochs, pages, tables
from appliance.line import events
from appliance.line.line import Line

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from appliance.journal.looking import Look
    from appliance.journal.numbers import NumberMark

SLIP_STATES = ("owed", "printed", "told")


@dataclass(frozen=True, slots=True)
class Verified:
    """What was found.

    Args:
        findings: What is wrong; empty: nothing.
        notes: What was compared, and what was not.
    """

    findings: tuple[Finding, ...]
    notes: tuple[str, ...]

    @property
    def damage(self) -> Finding | None:
        """The first that harms the file itself."""
        return next((finding for finding in self.findings if finding.damage), None)


def verify(path: Path, empty: Line | None = None, mark: NumberMark | None = None) -> Verified:
    """Look at everything that can be checked.

    Args:
        path: The journal.
        empty: The line without its tickets, as configured; None: checkpoints are not compared.
        mark: Of the day's numbers; None: it is not looked at.

    Raises:
        NoJournalError: It is none.
        LaterReleaseError: Only a later release can read it.
        JournalError: It cannot be read just now.
    """
    with look_into(path) as look:
        verifying = _Verifying(look, empty)
        findings: list[Finding] = []
        try:
            with look.as_it_is_now():
                findings.extend(verifying.all(mark))
        except LaterEventError as error:
            findings.append(Finding(str(error), "Nothing behind it was looked at."))
        except DamagedError as error:
            what = f"it cannot be read to its end: {error.what}."
            findings.append(Finding(what, ANEW, damage=True))
    return Verified(tuple(findings), tuple(verifying.notes))


class _Verifying:
    """One look at a journal.

    Args:
        look: At it.
        empty: The line as configured; None: not known.

    Attributes:
        notes: See `Verified`.
    """

    def __init__(self, look: Look, empty: Line | None) -> None:
        self._look = look
        self._db = look.db
        self._empty = empty
        # What happens to people does not depend on how the lobby is configured.
        self._line = empty or Line(services={}, counters={}, zone=UTC)
        self._issued: dict[str, events.TicketIssued] = {}
        self._days: set[str] = set()
        self.notes: list[str] = []

    def all(self, mark: NumberMark | None) -> Iterator[Finding]:
        """Check one after the other; each relies on those before it."""
        db = self._look.db
        for findings in (
            pages(db),
            tables(db),
            epochs(db),
            self._today(),
            self._ledger(),
            self._slips(),
        ):
            with self._look.telling():
                yield from findings
        if mark is not None:
            yield from self._mark(mark)

    def _today(self) -> Iterator[Finding]:
        """Work out the line from the beginning of the day, and compare it at each checkpoint."""
        begin = self._look.log.today()
        kept = {} if self._empty is None else self._checkpoints(begin, self._empty)
        compared = len(kept)
        for row in self._look.rows(Place(begin.number, begin.seq - 1)):
            if row.type not in codec.RECORD_TYPES:
                event = read_event(self._look, row)
                self._note(event)
                try:
                    self._line = self._line.apply(event)
                except Exception as error:  # noqa: BLE001  (whatever it trips over, so does the desk)
                    what = f"{row.type} at {row.place.seq} of epoch {row.place.number} does not fit"
                    yield Finding(f"{what}: {error!r}.", f"The desk skips it. {PEOPLE}")
            if kept.pop(row.place, self._line) != self._line:
                yield self._other_line(row.place)
        yield from map(self._other_line, kept)
        if self._empty is None:
            self.notes.append("checkpoints were not compared: that needs the configuration")
        else:
            self.notes.append(f"checkpoints that give the same line: {compared}")

    def _checkpoints(self, begin: Place, empty: Line) -> dict[Place, Line]:
        kept = {kept.place: kept.line for kept in Checkpoints(self._db).since(begin, empty)}
        others = self._db.execute(
            "SELECT count(*) FROM checkpoint WHERE fingerprint <> ?", (fingerprint(empty),)
        ).get
        if others:
            self.notes.append(
                f"checkpoints of another configuration or release, not used: {others}"
            )
        return kept

    def _other_line(self, place: Place) -> Finding:
        what = f"the checkpoint at {place.seq} of epoch {place.number} is not what the events give"
        return Finding(f"{what}.", ANEW, damage=True)

    def _note(self, event: events.Event) -> None:
        match event:
            case events.TicketIssued():
                self._issued[event.ticket] = event
            case events.DayTurned(day=day) | events.ClockSet(day=day):
                self._days.add(day.isoformat())
            case _:
                pass

    def _ledger(self) -> Iterator[Finding]:
        """See that each booking is known as used that was used in the last days."""
        newest = self._db.execute("SELECT max(day) FROM day").get
        since = date.fromisoformat(newest) - timedelta(days=LEDGER_DAYS) if newest else date.max
        begin = self._db.execute(
            "SELECT epoch, seq FROM day WHERE day >= ? ORDER BY epoch, seq LIMIT 1",
            (since.isoformat(),),
        ).fetchone()
        used = self._db.execute(
            "SELECT data ->> '$.ticket' FROM event LEFT JOIN ledger"
            " ON ledger.booking = data ->> '$.booking.id' AND ledger.ticket = data ->> '$.ticket'"
            " WHERE (event.epoch, seq) >= (?, ?) AND type = 'TicketIssued'"
            " AND data ->> '$.booking.id' IS NOT NULL AND ledger.booking IS NULL",
            begin or (0, 0),
        )
        forgotten = [str(ticket) for (ticket,) in used]
        if forgotten:
            what = f"the appointments of {_some(forgotten)} are not known as used."
            yield Finding(what, "Their codes could be used twice, until they expire.")
        yield from self._used_by_nobody()

    def _used_by_nobody(self) -> Iterator[Finding]:
        bookings = {event.booking.id for event in self._issued.values() if event.booking}
        marks = ", ".join("?" * len(self._days))
        unknown = [
            ticket
            for booking, ticket in self._db.execute(
                f"SELECT booking, ticket FROM ledger WHERE day IN ({marks})",  # noqa: S608  (only marks)
                tuple(self._days),
            )
            if booking not in bookings
        ]
        if not unknown:
            return
        taken_over = self._db.execute(
            "SELECT count(*) FROM epoch WHERE why IN (?, ?)", (Why.RESTORED, Why.REBUILT)
        ).get
        if taken_over or schema.meta(self._db, schema.NEXT_EPOCH):
            self.notes.append(
                f"appointments of today that were used in the journal before: {len(unknown)}"
            )
        else:
            what = f"the appointments of {_some(unknown)} are known as used, their numbers are not."
            yield Finding(what, PEOPLE)

    def _slips(self) -> Iterator[Finding]:
        """See that each number of today has its slip, and each slip its number."""
        slips = list(
            self._db.execute(
                "SELECT ticket, day FROM slip WHERE day >= ?", (min(self._days, default=""),)
            )
        )
        without = sorted(self._issued.keys() - {ticket for ticket, _ in slips})
        if without:
            do = "Ask whether these people have one; the reception can reprint it."
            yield Finding(f"no slip is known of {_some(without)}.", do)
        lost = sorted({ticket for ticket, day in slips if day in self._days} - self._issued.keys())
        if lost:
            yield Finding(f"there are slips of {_some(lost)}, and no such numbers.", PEOPLE)
        states = dict(self._db.execute("SELECT state, count(*) FROM slip GROUP BY state"))
        strange = sorted(str(state) for state in states.keys() - {*SLIP_STATES})
        if strange:
            yield Finding(f"slips are {_some(strange)}, which means nothing.", ANEW, damage=True)
        self.notes.append(f"slips that are owed: {states.get('owed', 0)}")

    def _mark(self, mark: NumberMark) -> Iterator[Finding]:
        """See that the numbers of today are known beside the journal too."""
        known = mark.mark
        again = "Leave the desk running: it is written anew with one of the next numbers."
        if known is None:
            yield Finding(f"{mark.path} is missing or damaged.", again)
        elif known.day == self._line.day:
            behind = [
                letter
                for letter, number in self._line.last.items()
                if known.numbers.get(letter, 0) < number
            ]
            if behind:
                yield Finding(f"{mark.path} does not know the last of {_some(behind)}.", again)


def _some(names: list[str]) -> str:
    more = len(names) - NAMED
    return ", ".join(names[:NAMED]) + (f" and {more} more" if more > 0 else "")
