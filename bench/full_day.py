"""A day of 2,000 tickets, as the desk commits it: number, slip, call, start, end, each on its own.

Every second person has an appointment, every tenth of those shows the code again. One counter
serves them all, so fast that the line stays short: what a day costs the journal is the question,
not how it went.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from random import Random
from typing import TYPE_CHECKING, Final

from appliance.bus.messages.payload import encode
from appliance.bus.replies import reply_to
from appliance.journal.journal import Answered, OwedSlip
from appliance.line import commands, events
from appliance.line.answers import Given
from appliance.line.line import Line
from appliance.line.model import Booking
from appliance.strings import texts

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from appliance.journal.keeping import Keeping

TICKETS: Final = 2000
EVERY: Final = timedelta(seconds=15)
WAITING: Final = 12
COUNTER, CALLER, SERVICE = "1", "counter.1", "A1"


@dataclass(frozen=True, slots=True)
class Step:
    """One commit, or the end of one slip.

    Args:
        events: What happened.
        line: After that.
        answered: The command that asked for it.
        slip: The slip that is owed from then on.
        settled: The slip that is printed; then there is nothing else.
    """

    events: Sequence[events.Event]
    line: Line
    answered: Answered | None = None
    slip: OwedSlip | None = None
    settled: int | None = None


class FullDay:
    """Plays a day on a line, and gives what the desk would commit.

    Args:
        line: As configured, or of the day before.
        day: The day.
    """

    def __init__(self, line: Line, day: date) -> None:
        self.line = line
        self._day = day
        self._now = datetime.combine(day, time(6, 30), UTC)
        self._texts = texts("de")
        self._keys = self._slips = self._people = 0
        self._came: commands.Command = commands.Issue(SERVICE)
        self._random = Random(day.toordinal())  # noqa: S311  (a played day is the same each time)

    def steps(self, tickets: int = TICKETS) -> Iterator[Step]:
        """Give the day, commit by commit; the last twelve people still wait in the end."""
        yield from self.opens()
        for number in range(tickets):
            yield self.do(self.comes())
            yield self.slip_printed()
            if number % 20 == 1:
                yield self.do(self._came)
            if number >= WAITING:
                yield from self.is_served()

    def opens(self) -> Iterator[Step]:
        """Begin the day as a desk does whose journal is new."""
        yield self.do(commands.TurnDay(self._day))
        yield self.do(commands.GoOnFrom({}))
        yield self.do(commands.OpenCounter(COUNTER), asked=True)

    def comes(self) -> commands.Command:
        """Have the next person press the button or, every second one, show a code."""
        self._now += EVERY
        self._people += 1
        self._came = commands.Issue(SERVICE)
        if self._people % 2 == 0:
            # Random, as ids are: where in the ledger it is put makes a difference.
            id_ = f"{self._day:%y%m%d}00{self._random.getrandbits(64):016x}"
            slot = self._now.replace(second=0, microsecond=0)
            self._came = commands.CheckIn(Booking(id_, slot, 5, SERVICE))
        return self._came

    def slip_printed(self) -> Step:
        """Give the end of the last slip."""
        return Step((), self.line, settled=self._slips)

    def is_served(self) -> Iterator[Step]:
        """Have the person whose turn it is served."""
        yield self.do(commands.Next(COUNTER), asked=True)
        ticket = self.line.counters[COUNTER].ticket or ""
        yield self.do(commands.Start(ticket), asked=True)
        yield self.do(commands.Finish(ticket), asked=True)

    def do(self, command: commands.Command, *, asked: bool = False) -> Step:
        """Do what the desk's loop does up to the commit: decide, word the reply, owe the slip."""
        self._now += timedelta(milliseconds=1)
        decision = self.line.decide(command, self._now)
        reply = reply_to(decision.answer, self._texts)
        self.line = self.line.apply_all(decision.events)
        answered = slip = None
        if asked:
            self._keys += 1
            answered = Answered(
                CALLER, f"{self._day:%y%m%d}{self._keys:010d}".encode(), b"h", encode(reply)
            )
        if isinstance(decision.answer, Given) and not decision.answer.again:
            self._slips += 1
            slip = OwedSlip(self._slips, decision.answer.ticket, self._now)
        return Step(decision.events, self.line, answered, slip)


def commit(keeping: Keeping, step: Step) -> None:
    """Commit a step as the desk does."""
    if step.settled is not None:
        keeping.settle_slip(step.settled, printed=True)
        keeping.rest(step.line)
        return
    keeping.commit(
        step.events,
        day=str(step.line.day),
        line=step.line,
        answered=step.answered,
        slip=step.slip,
    )


def on_another_day(
    happened: Sequence[events.Event], days: int, mark: str = "00"
) -> list[events.Event]:
    """Give the same events, some days earlier or later.

    Args:
        happened: What happened.
        days: How many days later.
        mark: Two characters; with another one they are other bookings.
    """
    return [_moved(event, timedelta(days=days), mark) for event in happened]


def _moved(event: events.Event, by: timedelta, mark: str) -> events.Event:
    event = dataclasses.replace(event, at=event.at + by)
    match event:
        case events.DayTurned():
            return dataclasses.replace(event, day=event.day + by)
        case events.TicketIssued(booking=Booking() as booking):
            day = event.at.strftime("%y%m%d")
            moved = dataclasses.replace(
                booking, id=f"{day}{mark}{booking.id[8:]}", slot=booking.slot + by
            )
            return dataclasses.replace(event, booking=moved)
        case _:
            return event
