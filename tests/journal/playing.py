"""A desk in small: it plays a morning on a `Keeping`, and remembers whom it told what."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from appliance.journal.entries import Answered, OwedSlip, Position
from appliance.journal.keeping import Keeping
from appliance.line import commands
from appliance.line.answers import Given
from tests.support.lobby import DAY, at, booking, empty_line

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from appliance.line.events import Event
    from appliance.line.line import Line

NAME: Final = "journal.sqlite"
CALLER: Final = "counter.1"


@dataclass
class Told:
    """What people and others were told: it must hold whatever happens afterwards.

    Args:
        numbers: In the order in which they were given out.
        replies: Key → reply.
        owed: Slips that are neither printed nor told to staff.
        seen: Position → what an event was, whenever anyone looked.
    """

    numbers: list[str] = field(default_factory=list)
    replies: dict[bytes, bytes] = field(default_factory=dict)
    owed: dict[int, OwedSlip] = field(default_factory=dict)
    seen: dict[Position, tuple[str, str]] = field(default_factory=dict)


class SmallDesk:
    """Decides and commits.

    Args:
        folder: Of the journal.
        told: What was told before.
        keeping: Arguments for `Keeping`.
    """

    def __init__(self, folder: Path, told: Told | None = None, **keeping: object) -> None:
        self.folder = folder
        self.told = told or Told()
        self.arguments = keeping
        self.keeping = Keeping(folder / NAME, **keeping)  # type: ignore[arg-type]
        self.line: Line = self.keeping.line(empty_line())
        self._slip_id = self.keeping.next_slip_id()
        begins: list[commands.Command] = []
        if self.line.day is None:
            begins.append(commands.TurnDay(DAY))
        if not self.keeping.found.whole:
            # What the desk would ask the board, if the mark does not know it.
            known = self.keeping.found.numbers
            begins.append(commands.GoOnFrom({"A": 500} if known is None else known))
        self.do_at(*begins, now=at("06:00"))

    def do(self, command: commands.Command, clock: str, *, asked: bool = False) -> str:
        """Do what is asked; give the number, if one is given out."""
        return self.do_at(command, now=at(clock), asked=asked)

    def do_at(self, *asked_for: commands.Command, now: datetime, asked: bool = False) -> str:
        """Do what is asked, in one commit."""
        line, answer = self.line, None
        happened: list[Event] = []
        for command in asked_for:
            decision = line.decide(command, now)
            line = line.apply_all(decision.events)
            answer, happened = decision.answer, [*happened, *decision.events]
        slip = answered = None
        if isinstance(answer, Given) and not answer.again:
            slip = OwedSlip(self._slip_id, answer.ticket, now)
            self._slip_id += 1
        if asked:
            key = os.urandom(16)
            answered = Answered(CALLER, key, b"hash", repr(answer).encode())
        self.keeping.commit(happened, day=str(line.day), line=line, answered=answered, slip=slip)
        self.line = line
        self.keeping.rest(line)
        if answered is not None:
            self.told.replies[answered.key] = answered.reply
        if slip is not None:
            self.told.owed[slip.id] = slip
            self.told.numbers.append(slip.ticket)
            return slip.ticket
        return ""

    def settle(self) -> None:
        """Note that the slip that is owed for longest is printed."""
        if self.told.owed:
            slip_id = min(self.told.owed)
            self.keeping.settle_slip(slip_id, printed=True)
            del self.told.owed[slip_id]

    def play(self, people: int = 3, begin: int = 0, service: str = "A1") -> None:
        """Let people come and be called: with and without an appointment, one a minute.

        Args:
            people: How many.
            begin: Minutes after eight at which the first comes.
            service: For which they come.
        """
        self.do(commands.OpenCounter("1"), "07:59", asked=True)
        for number in range(begin, begin + people):
            now = at("08:00") + timedelta(minutes=number)
            if number % 2:
                used = booking("09:00", service, id_=f"booking-{number}-{len(self.told.numbers)}")
                self.do_at(commands.CheckIn(used), now=now)
            else:
                self.do_at(commands.Issue(service), now=now)
            self.do_at(commands.Next("1"), now=now + timedelta(seconds=20), asked=True)
            self.settle()

    def leave(self, folder: Path) -> None:
        """Die as by kill -9: put what is in the files into another folder."""
        folder.mkdir(parents=True)
        for file in self.folder.iterdir():
            if file.is_file() and not file.name.endswith(("-shm", ".lock")):
                shutil.copy(file, folder / file.name)

    def crash(self, folder: Path) -> SmallDesk:
        """Die, and start again in another folder."""
        self.leave(folder)
        again = SmallDesk(folder, self.told, **self.arguments)
        again.line = again.keeping.line(empty_line())
        return again

    def close(self) -> None:
        self.keeping.close()

    def look(self) -> None:
        """See all events, as a collector would: no id may ever stand for another event."""
        for entry in self.keeping.after(None, 0, 1_000_000):
            before = self.told.seen.setdefault(entry.position, (entry.type, entry.data))
            assert before == (entry.type, entry.data), entry.position

    def check(self) -> None:
        """See that everything that was told holds, and nothing is there twice."""
        self.look()
        assert len(set(self.told.numbers)) == len(self.told.numbers)
        assert [n for n in self.told.numbers if n not in self.line.tickets] == []
        assert {slip.id: slip for slip in self.keeping.owed_slips()} == self.told.owed
        for key, reply in self.told.replies.items():
            known = self.keeping.answer_to(CALLER, key)
            assert known is not None
            assert known.reply == reply
        issued = [
            entry.data
            for entry in self.keeping.after(None, 0, 1_000_000)
            if entry.type == "TicketIssued"
        ]
        assert len(set(issued)) == len(issued), "an event is there twice"
        assert self.keeping.line(empty_line()) == self.line
