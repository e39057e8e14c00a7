"""What must be so after all deaths: the journal, the paper, and what people were told agree."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

import apsw

from appliance.bus.messages import asked
from appliance.bus.messages.payload import decode
from appliance.journal.journal import Journal
from appliance.line import events
from demo.emulator import Slip

if TYPE_CHECKING:
    from appliance.line.events import Event

JOURNAL: Final = "journal.sqlite"
CALLER: Final = "counter.1"
COPY: Final = "Kopie"
NUMBER: Final = re.compile(r"^ *([A-Z]\d{3,4})$", re.MULTILINE)
"""On a slip, where it stands alone in its line."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A command and what was answered to it."""

    verb: str
    key: bytes
    reply: asked.Reply


@dataclass(frozen=True, slots=True)
class Evidence:
    """What there is to compare.

    Args:
        journal: The desk's, which has ended.
        at_deaths: Folders with copies of it, as each death left it.
        asked: The commands that were answered, in order.
        told: Numbers that were shown to people.
        slips: What came out of the printer.
    """

    journal: Path
    at_deaths: Sequence[Path]
    asked: Sequence[Asked]
    told: set[str]
    slips: Sequence[Slip]

    def check(self) -> int:
        """Compare, and give how many numbers were given out."""
        with Journal(self.journal) as journal:
            happened = list(journal.today())
            self._check_replies(journal, happened)
        numbers = [event.ticket for event in happened if isinstance(event, events.TicketIssued)]
        self._check_deaths(happened)
        self._check_numbers(happened, numbers)
        self._check_slips(numbers)
        return len(numbers)

    def _check_replies(self, journal: Journal, happened: Sequence[Event]) -> None:
        """The same key got the same reply, and what it asked for was done once."""
        first: dict[bytes, asked.Reply] = {}
        for each in self.asked:
            assert first.setdefault(each.key, each.reply) == each.reply, each.verb
            known = journal.answer_to(CALLER, each.key)
            assert known is not None
            assert decode(known.reply, asked.Reply) == each.reply, each.verb
        verbs = {each.key: each.verb for each in self.asked}
        assert [event.ticket for event in happened if isinstance(event, events.TicketCalled)] == [
            reply.ticket for key, reply in first.items() if verbs[key] == "next" and reply.ticket
        ]

    def _check_deaths(self, happened: Sequence[Event]) -> None:
        """What was committed at each death is how the day began that is known now."""
        for copy in self.at_deaths:
            with Journal(copy / JOURNAL) as journal:
                before = list(journal.today())
            # What was before the day turned is not of the day.
            turned = any(isinstance(event, events.DayTurned) for event in before)
            assert happened[: len(before)] == before or not turned, copy.name

    def _check_numbers(self, happened: Sequence[Event], numbers: Sequence[str]) -> None:
        """No number twice, none left out; no booking twice; what people were told is so."""
        assert numbers == [f"A{count:03d}" for count in range(1, len(numbers) + 1)]
        issued = [event for event in happened if isinstance(event, events.TicketIssued)]
        assert [event.sequence for event in issued] == list(range(1, len(issued) + 1))
        bookings = [event.booking.id for event in issued if event.booking]
        assert len(bookings) == len(set(bookings))
        assert self.told <= set(numbers)
        assert {each.reply.ticket for each in self.asked} <= {*numbers, None}

    def _check_slips(self, numbers: Sequence[str]) -> None:
        """Each slip is out, or staff know; of several with one number all but one are copies."""
        database = apsw.Connection(str(self.journal))
        rows = [
            (str(ticket), str(state))
            for ticket, state in database.execute("SELECT ticket, state FROM slip")
        ]
        database.close()
        assert sorted(ticket for ticket, _ in rows) == sorted(numbers)
        out = [(set(NUMBER.findall(slip.text)), COPY in slip.text) for slip in self.slips]
        for ticket, state in rows:
            papers = [is_copy for found, is_copy in out if ticket in found]
            assert papers or state == "told", f"{ticket} is {state}, and not on paper"
            assert papers.count(False) <= 1, f"{ticket} is on several slips that are no copies"
        # A printer that answered late has a piece without a number cut off before the copy.
        assert all(len(found) <= 1 for found, _ in out), f"two numbers on a slip: {out}"
