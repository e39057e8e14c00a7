"""The entrance: somebody shows a code or a slip, or types a short number.

Whatever it is comes to an outcome that the kiosk shows, the ring of light tells from afar, and, for
most, a slip. The same person does the same again when nothing seems to happen: so everything here
may be said twice, and is done once.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from appliance.bus.messages import asked
from appliance.bus.replies import refusal
from appliance.bus.verbs import NotAsked
from appliance.checkin.outcomes import Outcome
from appliance.checkin.tries import AT_A_KIOSK, BY_STAFF, Tries
from appliance.desk.met import UNREADABLE, Met, not_here
from appliance.desk.wording import Wording
from appliance.line import commands

if TYPE_CHECKING:
    from datetime import datetime

    from appliance.checkin.admission import Admission
    from appliance.desk.keeper import Asking, Keeper
    from appliance.desk.met import Telling
    from appliance.desk.publishing import Publishing
    from appliance.desk.surroundings import Surroundings
    from appliance.desk.visitors import Visitor, Visitors
    from appliance.line.model import Booking

COPIES = 2
"""Whoever shows a code again gets its slip again so often: then the paper is not the trouble."""
AWAY = timedelta(seconds=30)
"""Paper comes again only when a code comes back after so long: until then its slip is in the hand,
or still in the printer, and a code that is held up for long flickers in and out of the picture."""


class Entrance:
    """Deals with who has an appointment, or a slip of ours.

    Args:
        keeper: Of the line.
        publishing: Knows the forecasts, and whether there is paper.
        around: What the desk has around it.
        visitors: Knows how who is answered reads.
        tell: Tells the kiosk.
    """

    def __init__(
        self,
        keeper: Keeper,
        publishing: Publishing,
        around: Surroundings,
        visitors: Visitors,
        tell: Telling,
    ) -> None:
        self._keeper = keeper
        self._publishing = publishing
        self._around = around
        self._wording = around.wording
        self._visitors = visitors
        self._tell = tell
        self._tries = {"kiosk": Tries(AT_A_KIOSK), "staff": Tries(BY_STAFF)}
        self._seen: dict[str, datetime] = {}
        self._led: dict[str, int] = {}

    def new_day(self) -> None:
        """Forget who came yesterday."""
        self._seen.clear()
        self._led.clear()

    def scanned(self, scan: asked.Scan, now: datetime) -> None:
        """Deal with what the camera saw."""
        if scan.kind == UNREADABLE:
            self._tell(scan.kiosk, Met(UNREADABLE, {}, asked.Reply(ok=False)))
            return
        admission = self._around.judge.admit(scan, self._keeper.line, now)
        self._tell(scan.kiosk, self._meet(admission, now, self._visitors.at(scan.kiosk, now)))

    def typed(self, caller: str, short: str, visitor: Visitor, now: datetime) -> asked.Reply:
        """Deal with a short number in place of a code, typed at a kiosk or told to staff.

        Args:
            caller: Who asks; wrong tries are counted for each.
            short: As it was typed.
            visitor: Whose answer is kept.
            now: Desk time.
        """
        kind, _, name = caller.partition(".")
        found = self._find(caller, short, visitor, now)
        met = self._came_to(found, visitor, now)
        if kind == "kiosk":
            self._tell(name, met, visitor.key)
        return met.reply

    def attended(self, caller: str, short: str, visitor: Visitor, now: datetime) -> asked.Reply:
        """Note that somebody came to an adviser; no slip, as staff tell the way; see `typed`."""
        found = self._find(caller, short, visitor, now)
        if isinstance(found, asked.Reply):
            return found
        if found.booking is None or found.outcome is not Outcome.ADVISER:
            if found.outcome.admits or found.ticket is not None:
                return refusal(NotAsked.HAS_PLACE_IN_LINE.value, {}, visitor.texts)
            return self._declined(found, now, visitor).reply
        return self._keeper.do(commands.Attend(found.booking), now, _worded(visitor, found))

    def _find(
        self, caller: str, short: str, visitor: Visitor, now: datetime
    ) -> Admission | asked.Reply:
        """Look a short number up; a reply tells why not."""
        tries = self._tries[caller.partition(".")[0]]
        if not tries.may(caller, now):
            return refusal(NotAsked.TOO_MANY_TRIES.value, {}, visitor.texts)
        found = self._around.judge.admit_short(short, self._keeper.line, now)
        if found is None:
            tries.wrong(caller, now)
            return refusal(NotAsked.NO_SUCH_BOOKING.value, {}, visitor.texts)
        return found

    def _came_to(self, found: Admission | asked.Reply, visitor: Visitor, now: datetime) -> Met:
        return (
            not_here(found) if isinstance(found, asked.Reply) else self._meet(found, now, visitor)
        )

    def _meet(self, admission: Admission, now: datetime, visitor: Visitor) -> Met:
        """Do what an admission asks for."""
        booking = admission.booking
        if admission.outcome is Outcome.ADVISER and booking is not None:
            return self._led_on(admission, booking, now, visitor)
        if admission.outcome.admits and booking is not None:
            return self._admitted(admission, booking, now, visitor)
        if admission.ticket is not None:
            return self._met_again(admission, admission.ticket, now, visitor)
        return self._declined(admission, now, visitor)

    def _admitted(
        self, admission: Admission, booking: Booking, now: datetime, visitor: Visitor
    ) -> Met:
        reply = self._checked_in(admission, booking, now, visitor)
        if not reply.ok:
            return not_here(reply)
        return Met(admission.outcome.value, admission.facts, reply, reply.ticket)

    def _checked_in(
        self, admission: Admission, booking: Booking, now: datetime, visitor: Visitor
    ) -> asked.Reply:
        command = commands.CheckIn(
            booking, language=visitor.language, large_print=visitor.large_print
        )
        return self._keeper.do(command, now, _worded(visitor, admission), visitor.texts)

    def _met_again(self, admission: Admission, number: str, now: datetime, visitor: Visitor) -> Met:
        """Tell somebody who has a number how it stands; bring it back after a no-show."""
        extra: dict[str, str] = {}
        if admission.outcome is Outcome.NO_SHOW and self._keeper.do(commands.Back(number), now).ok:
            admission = replace(admission, outcome=Outcome.AGAIN)
            extra = self._wording.back()
        reply = asked.Reply(ok=True, ticket=number, again=True)
        if admission.booking is not None:
            reply = self._checked_in(admission, admission.booking, now, visitor)
            if not reply.ok:
                return not_here(reply)
        if not extra and admission.booking and self._paper_again(admission, number, now, visitor):
            self._keeper.do(commands.Reprint(number, visitor.large_print), now)
            extra = self._wording.copy()
        standing = self._more(admission, now)
        return Met(
            admission.outcome.value,
            admission.facts,
            reply,
            number,
            self._wording.both(extra, standing),
        )

    def _led_on(
        self, admission: Admission, booking: Booking, now: datetime, visitor: Visitor
    ) -> Met:
        """Show somebody the way to an adviser, and note that they came."""
        first = booking.id not in self._keeper.line.attended
        asking = _worded(visitor, admission)
        reply = self._keeper.do(commands.Attend(booking), now, asking, visitor.texts)
        if not reply.ok:
            return not_here(reply)
        back = self._came_back(booking.id, now)
        led = self._led.get(booking.id, 0)
        directions = self._around.set_directions
        if directions and self._publishing.paper and (first or (back and led <= COPIES)):
            self._led[booking.id] = led + 1
            set_slip = directions(booking, now, visitor.language, large=visitor.large_print)
            self._keeper.print_unnumbered(booking.place or "", set_slip)
        return Met(admission.outcome.value, admission.facts, reply)

    def _declined(self, admission: Admission, now: datetime, visitor: Visitor) -> Met:
        outcome, more = admission.outcome.value, self._more(admission, now)
        sentence = ""
        if visitor.asking:
            sentence = Wording.outcome(outcome, admission.facts, more, visitor.texts)
        reply = asked.Reply(ok=False, reason=outcome, sentence=sentence)
        return Met(outcome, admission.facts, reply, more=more)

    def _more(self, admission: Admission, now: datetime) -> dict[str, str]:
        told = self._publishing.forecasts(now)
        return self._wording.more(admission, self._keeper.line, now, told)

    def _paper_again(
        self, admission: Admission, number: str, now: datetime, visitor: Visitor
    ) -> bool:
        """Tell whether the slip comes once more for who shows the code again.

        Its first print may have been too small for them.
        """
        ticket = self._keeper.line.tickets[number]
        back = self._came_back(number, now, ticket.taken)
        larger = visitor.large_print and not ticket.reads_large
        return (
            (back or larger)
            and admission.outcome is Outcome.AGAIN
            and ticket.copies < COPIES
            and self._publishing.paper
            and not self._keeper.owes_slip(number)
        )

    def _came_back(self, key: str, now: datetime, first: datetime | None = None) -> bool:
        """Tell whether a code was away for a while, and note that it is here."""
        seen = [moment for moment in (self._seen.get(key), first) if moment is not None]
        self._seen[key] = now
        return bool(seen) and now - max(seen) >= AWAY


def _worded(visitor: Visitor, admission: Admission) -> Asking | None:
    if visitor.asking is None:
        return None
    outcome = admission.outcome.value
    sentence = Wording.outcome(outcome, admission.facts, {}, visitor.texts)
    return replace(visitor.asking, sentence=sentence)
