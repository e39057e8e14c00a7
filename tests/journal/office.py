"""Days of a lobby in a journal, as a desk writes them: with slips, checkpoints and restarts."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from appliance.journal.entries import OwedSlip
from appliance.journal.journal import Journal
from appliance.line import commands, events
from appliance.line.model import Booking
from tests.support.lobby import DAY, at, empty_line

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path
    from types import TracebackType
    from typing import Self

    from appliance.line.answers import Answer
    from appliance.line.line import Line

NAME: Final = "journal.sqlite"
NEXT_DAY: Final = DAY + timedelta(days=1)


class Kept:
    """A lobby whose journal is open for writing.

    Args:
        folder: Of the journal.
    """

    def __init__(self, folder: Path) -> None:
        self.path = folder / NAME
        self.line: Line = empty_line()
        self._slip_id = 1
        self._open()
        self.day = self.line.day or DAY
        if self.line.day is None:
            self.turn(DAY)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.journal.close()

    def restart(self) -> None:
        """Begin another epoch."""
        self.journal.close()
        self._open()

    def turn(self, day: date) -> None:
        """Let another day begin."""
        self.day = day
        self.do(commands.TurnDay(day), "00:00")

    def do(self, command: commands.Command, clock: str | datetime) -> Answer:
        """Decide and commit, as the desk does."""
        now = clock if isinstance(clock, datetime) else at(clock, self.day)
        decision = self.line.decide(command, now)
        line = self.line.apply_all(decision.events)
        slip = None
        for event in decision.events:
            if isinstance(event, events.TicketIssued):
                slip = OwedSlip(self._slip_id, event.ticket, now)
        self.journal.commit(decision.events, day=str(line.day), slip=slip, line=line)
        self.journal.rest(line)
        self.line = line
        if slip is not None:
            self.journal.settle_slip(slip.id, printed=True)
            self._slip_id += 1
        return decision.answer

    def play(self, people: int, *, begin: str = "08:00", service: str = "A1") -> None:
        """Let people come one a minute, with and without an appointment in turn, and be called."""
        self.do(commands.OpenCounter("1"), begin)
        for number in range(people):
            now = at(begin, self.day) + timedelta(minutes=number, seconds=1)
            if number % 2:
                id_ = f"booking-{self.day}-{begin}-{number}"
                used = Booking(id_, at(begin, self.day), 10, service)
                self.do(commands.CheckIn(used), now)
            else:
                self.do(commands.Issue(service), now)
            self.do(commands.Next("1"), now + timedelta(seconds=20))

    def _open(self) -> None:
        self.journal = Journal(self.path)
        self.line = empty_line().apply_all(self.journal.today())
        self.journal.checkpoints.configure(empty_line())
        self._slip_id = self.journal.next_slip_id()
