"""The line's keeper: decides, commits, and only then lets it have effects.

The one place where the line changes. Events, answer and owed slip are committed in one transaction;
slips are printed after that, so that a crash leaves them owed and not lost.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from appliance.bus.messages.payload import encode
from appliance.bus.replies import refusal, reply_to
from appliance.bus.verbs import NotAsked
from appliance.desk.printing import YOUNG_S, Job
from appliance.journal.entries import Answered, OwedSlip
from appliance.journal.errors import ContradictionError, JournalError
from appliance.line import commands, events
from appliance.line.wait import wait_for

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from appliance.bus.messages import asked
    from appliance.desk.publishing import Publishing
    from appliance.desk.surroundings import SetSlip, Surroundings
    from appliance.journal.keeping import Keeping
    from appliance.line.line import Line
    from appliance.strings import Texts


@dataclass(frozen=True, slots=True)
class Asking:
    """A command that somebody asks and that is answered once, whatever happens.

    Args:
        caller: Who asks.
        key: The asker's 16 bytes.
        request: Hash of verb and body.
        sentence: What is added to the answer if it is done; empty: nothing.
    """

    caller: str
    key: bytes
    request: bytes
    sentence: str = ""

    def answered(self, reply: asked.Reply) -> Answered:
        """Give what the journal keeps of it."""
        return Answered(self.caller, self.key, self.request, encode(reply))


class Keeper:
    """Keeps the line.

    Args:
        line: The line without its tickets, as configured.
        journal: The memory.
        publishing: Tells how things stand.
        texts: In the site's language.
        around: What the desk has around it.
    """

    def __init__(
        self,
        line: Line,
        journal: Keeping,
        publishing: Publishing,
        texts: Texts,
        around: Surroundings,
    ) -> None:
        self._empty = line
        self._line = journal.line(line)
        self._journal = journal
        self._publishing = publishing
        self._texts = texts
        self._around = around
        self._next_slip_id = journal.next_slip_id()
        self._maybe_piece = bool(journal.owed_slips())

    @property
    def line(self) -> Line:
        """The line as it is."""
        return self._line

    def read_anew(self) -> None:
        """Take the line from the journal again: it knows more than at the start."""
        self._line = self._journal.line(self._empty)
        self._publishing.changed()

    def do(
        self,
        command: commands.Command,
        now: datetime,
        asking: Asking | None = None,
        texts: Texts | None = None,
    ) -> asked.Reply:
        """Decide, commit, and only then let it have effects.

        Args:
            command: What is asked of the line.
            now: Desk time.
            asking: Whose answer is kept with it.
            texts: In which language it is answered; None: the site's.
        """
        texts = texts or self._texts
        decision = self._line.decide(self._knowing(command, now), now)
        reply = reply_to(decision.answer, texts)
        if asking is not None and asking.sentence and reply.ok:
            reply = reply.saying(asking.sentence)
        line = self._line.apply_all(decision.events)
        slip = self._slip_for(decision.events, now)
        try:
            self._journal.commit(
                decision.events,
                day=str(line.day),
                line=line,
                answered=asking.answered(reply) if asking else None,
                slip=slip,
            )
        except ContradictionError:
            # A booking that was used, or a slip that was given out, before a card was exchanged.
            return refusal(NotAsked.USED.value, {}, texts)
        except JournalError as error:
            self._publishing.alarm("journal", now, error=error)
            return refusal(NotAsked.NOT_WRITTEN.value, {}, texts)
        self._line = line
        if decision.events:
            self._publishing.changed()
        if slip is not None:
            again = isinstance(command, commands.Reprint)
            self._print(slip, now, maybe_printed=again)
        return reply

    def owes_slip(self, ticket: str) -> bool:
        """Tell whether a slip of a ticket is still to come out of the printer."""
        return any(slip.ticket == ticket for slip in self._journal.owed_slips())

    def print_owed(self, now: datetime) -> None:
        """After a start: what is young is printed, as a copy; the rest is told to staff."""
        for slip in self._journal.owed_slips():
            young = (now - slip.at).total_seconds() < YOUNG_S
            if young and slip.ticket in self._line.tickets:
                self._print(slip, now, maybe_printed=True)
            else:
                self.slip_given_up(slip.id, slip.ticket, now)

    def print_unnumbered(self, name: str, set_slip: SetSlip) -> None:
        """Print a slip that carries no number; what becomes of it is not kept."""
        job = Job(None, name, set_slip, time.monotonic(), after_piece=self._maybe_piece)
        self._maybe_piece = False
        self._around.print_slip(job)

    def slip_printed(self, slip_id: int) -> None:
        """Note that a slip is out."""
        self._journal.settle_slip(slip_id, printed=True)

    def slip_given_up(self, slip_id: int, ticket: str, now: datetime) -> None:
        """Have staff told that a slip did not come out while it was of use."""
        self._journal.settle_slip(slip_id, printed=False)
        self._publishing.alarm("slip", now, ticket=ticket)

    def _knowing(self, command: commands.Command, now: datetime) -> commands.Command:
        """Add what only the desk knows: a secret for the slip, and how long the wait would be."""
        if isinstance(command, commands.CheckIn):
            return replace(command, follow=self._around.follow())
        if not isinstance(command, commands.Issue) or command.service not in self._line.services:
            return command
        expected = self._expected(command.service, now)
        return replace(command, follow=self._around.follow(), expected=expected)

    def _expected(self, service: str, now: datetime) -> timedelta | None:
        """Give how long somebody would wait: the last number before closing depends on it."""
        told = self._publishing.forecasts(now)
        if told is not None and service in told.expected_min:
            return timedelta(minutes=told.expected_min[service])
        return wait_for(self._line, service, now).expected

    def _slip_for(self, happened: Iterable[events.Event], now: datetime) -> OwedSlip | None:
        """Give the slip that is owed from now on: of a new number, or once more as a copy."""
        for event in happened:
            if isinstance(event, events.TicketIssued | events.SlipAskedAgain):
                self._next_slip_id += 1
                return OwedSlip(self._next_slip_id - 1, event.ticket, now)
        return None

    def _print(self, slip: OwedSlip, now: datetime, *, maybe_printed: bool) -> None:
        set_slip = self._around.set_slip(
            self._line, slip.ticket, now, self._publishing.forecasts(now)
        )
        job = Job(
            slip.id, slip.ticket, set_slip, time.monotonic(), maybe_printed, self._maybe_piece
        )
        self._maybe_piece = False
        self._around.print_slip(job)
