"""The entrance: somebody shows a code or a slip, presses, or types a short number.

Whatever it is comes to an outcome that the kiosk shows, the ring of light tells from afar, and, for
most, a slip. The same person does the same again when nothing seems to happen: so everything here
may be said twice, and is done once.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from appliance.bus.messages import asked
from appliance.bus.replies import refusal
from appliance.bus.verbs import NotAsked
from appliance.checkin.outcomes import Outcome
from appliance.checkin.tries import AT_A_KIOSK, BY_STAFF, Tries
from appliance.drivers.lamps import Light
from appliance.line import commands
from appliance.line.answers import Reason

if TYPE_CHECKING:
    from datetime import datetime

    from appliance.checkin.admission import Admission
    from appliance.desk.keeper import Asking, Keeper
    from appliance.desk.publishing import Publishing
    from appliance.desk.surroundings import Surroundings
    from appliance.line.model import Booking
    from appliance.strings import Texts

COPIES = 2
"""Whoever shows a code again gets its slip again so often: then the paper is not the trouble."""
AWAY = timedelta(seconds=30)
"""Paper comes again only when a code comes back after so long: until then its slip is in the hand,
or still in the printer, and a code that is held up for long flickers in and out of the picture."""

TAKEN: Final = "taken"
NOT_HERE: Final = "not_here"
UNREADABLE: Final = "unreadable"
"""Something is held up for long, and no code can be read: what to do about it."""
ONE_MOMENT: Final = "one_moment"
"""The buttons are pressed more often than anybody takes slips."""
HELP: Final = "help"
"""Somebody pressed for help."""

LIGHTS: Final[Mapping[str, Light]] = {
    TAKEN: Light.WELCOME,
    ONE_MOMENT: Light.LOOK,
    **{outcome.value: Light.WELCOME for outcome in Outcome if outcome.admits},
    **{
        outcome.value: Light.LOOK
        for outcome in (
            Outcome.AGAIN,
            Outcome.CALLED,
            Outcome.NO_SHOW,
            Outcome.SERVED,
            Outcome.CLOSED,
            Outcome.ADVISER,
            Outcome.WRONG_DAY,
            Outcome.WRONG_SITE,
            Outcome.OTHER_SERVICE,
            Outcome.SEVERAL,
        )
    },
}
"""Everything else asks for help."""


@dataclass(frozen=True, slots=True)
class _Met:
    """What came of somebody.

    Args:
        outcome: A word from a closed list; texts stand under `scan.{outcome}`.
        facts: What the text needs.
        ticket: The number, where there is one.
        more: What is said after it, by language.
        reply: The same for whoever asked by a command.
    """

    outcome: str
    facts: Mapping[str, str]
    reply: asked.Reply
    ticket: str | None = None
    more: Mapping[str, str] = field(default_factory=dict)


class Entrance:
    """Deals with everyone who comes.

    Args:
        keeper: Of the line.
        publishing: Tells the kiosk.
        around: What the desk has around it.
        texts: In the site's language.
        kiosk: Where the buttons and the ring of light are.
    """

    def __init__(
        self,
        keeper: Keeper,
        publishing: Publishing,
        around: Surroundings,
        texts: Texts,
        kiosk: str,
    ) -> None:
        self._keeper = keeper
        self._publishing = publishing
        self._around = around
        self._wording = around.wording
        self._texts = texts
        self._kiosk = kiosk
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
            self._show(scan.kiosk, _Met(UNREADABLE, {}, asked.Reply(ok=False)))
            return
        admission = self._around.judge.admit(scan, self._keeper.line, now)
        self._show(scan.kiosk, self._meet(admission, now))

    def pressed(self, service: str, now: datetime) -> None:
        """Deal with a press of a service's button."""
        if not self._around.panel.may(now):
            self._show(self._kiosk, _Met(ONE_MOMENT, {}, asked.Reply(ok=False)))
            return
        reply = self._keeper.do(commands.Issue(service), now)
        if reply.ok:
            self._show(self._kiosk, _Met(TAKEN, {}, reply, reply.ticket))
        else:
            more = self.send_elsewhere(service, reply, now)
            self._show(self._kiosk, replace(_not_here(reply), more=more))

    def help_wanted(self, now: datetime) -> None:
        """Deal with a press of the button for help: staff are told, and so is who pressed."""
        self._around.panel.help_wanted(now)
        self._show(self._kiosk, _Met(HELP, {}, asked.Reply(ok=False)))

    def send_elsewhere(self, service: str, reply: asked.Reply, now: datetime) -> dict[str, str]:
        """Give what to say, and the slip, to who is refused as a service is done elsewhere."""
        if reply.reason != Reason.WALK_INS_REDIRECTED.value:
            return {}
        set_slip = self._around.set_redirect and self._around.set_redirect(service, now)
        if set_slip and self._publishing.paper:
            self._keeper.print_unnumbered(service, set_slip)
        return self._wording.redirect(service)

    def typed(self, caller: str, short: str, asking: Asking, now: datetime) -> asked.Reply:
        """Deal with a short number in place of a code, typed at a kiosk or told to staff.

        Args:
            caller: Who asks; wrong tries are counted for each.
            short: As it was typed.
            asking: Whose answer is kept.
            now: Desk time.
        """
        kind, _, name = caller.partition(".")
        found = self._find(caller, short, now)
        met = _not_here(found) if isinstance(found, asked.Reply) else self._meet(found, now, asking)
        if kind == "kiosk":
            self._show(name, met)
        return met.reply

    def attended(self, caller: str, short: str, asking: Asking, now: datetime) -> asked.Reply:
        """Note that somebody came to an adviser; no slip, as staff tell the way; see `typed`."""
        found = self._find(caller, short, now)
        if isinstance(found, asked.Reply):
            return found
        if found.booking is None or found.outcome is not Outcome.ADVISER:
            if found.outcome.admits or found.ticket is not None:
                return refusal(NotAsked.HAS_PLACE_IN_LINE.value, {}, self._texts)
            return self._declined(found, now, asking).reply
        return self._keeper.do(commands.Attend(found.booking), now, self._worded(asking, found))

    def _find(self, caller: str, short: str, now: datetime) -> Admission | asked.Reply:
        """Look a short number up; a reply tells why not."""
        tries = self._tries[caller.partition(".")[0]]
        if not tries.may(caller, now):
            return refusal(NotAsked.TOO_MANY_TRIES.value, {}, self._texts)
        found = self._around.judge.admit_short(short, self._keeper.line, now)
        if found is None:
            tries.wrong(caller, now)
            return refusal(NotAsked.NO_SUCH_BOOKING.value, {}, self._texts)
        return found

    def _meet(self, admission: Admission, now: datetime, asking: Asking | None = None) -> _Met:
        """Do what an admission asks for."""
        asking = asking and self._worded(asking, admission)
        booking = admission.booking
        if admission.outcome is Outcome.ADVISER and booking is not None:
            return self._led_on(admission, booking, now, asking)
        if admission.outcome.admits and booking is not None:
            return self._admitted(admission, booking, now, asking)
        if admission.ticket is not None:
            return self._met_again(admission, admission.ticket, now, asking)
        return self._declined(admission, now, asking)

    def _admitted(
        self, admission: Admission, booking: Booking, now: datetime, asking: Asking | None
    ) -> _Met:
        reply = self._keeper.do(commands.CheckIn(booking), now, asking)
        if not reply.ok:
            return _not_here(reply)
        return _Met(admission.outcome.value, admission.facts, reply, reply.ticket)

    def _met_again(
        self, admission: Admission, number: str, now: datetime, asking: Asking | None
    ) -> _Met:
        """Tell somebody who has a number how it stands; bring it back after a no-show."""
        extra: dict[str, str] = {}
        if admission.outcome is Outcome.NO_SHOW and self._keeper.do(commands.Back(number), now).ok:
            admission = replace(admission, outcome=Outcome.AGAIN)
            asking = asking and self._worded(asking, admission)
            extra = self._wording.back()
        reply = asked.Reply(ok=True, ticket=number, again=True)
        if admission.booking is not None:
            reply = self._keeper.do(commands.CheckIn(admission.booking), now, asking)
            if not reply.ok:
                return _not_here(reply)
        if not extra and admission.booking and self._paper_again(admission, number, now):
            self._keeper.do(commands.Reprint(number), now)
            extra = self._wording.copy()
        standing = self._more(admission, now)
        return _Met(
            admission.outcome.value,
            admission.facts,
            reply,
            number,
            self._wording.both(extra, standing),
        )

    def _led_on(
        self, admission: Admission, booking: Booking, now: datetime, asking: Asking | None
    ) -> _Met:
        """Show somebody the way to an adviser, and note that they came."""
        first = booking.id not in self._keeper.line.attended
        reply = self._keeper.do(commands.Attend(booking), now, asking)
        if not reply.ok:
            return _not_here(reply)
        back = self._came_back(booking.id, now)
        led = self._led.get(booking.id, 0)
        directions = self._around.set_directions
        if directions and self._publishing.paper and (first or (back and led <= COPIES)):
            self._led[booking.id] = led + 1
            self._keeper.print_unnumbered(booking.place or "", directions(booking, now))
        return _Met(admission.outcome.value, admission.facts, reply)

    def _declined(self, admission: Admission, now: datetime, asking: Asking | None) -> _Met:
        outcome, more = admission.outcome.value, self._more(admission, now)
        # At a kiosk the screen says it.
        sentence = self._wording.outcome(outcome, admission.facts, more) if asking else ""
        reply = asked.Reply(ok=False, reason=outcome, sentence=sentence)
        return _Met(outcome, admission.facts, reply, more=more)

    def _more(self, admission: Admission, now: datetime) -> dict[str, str]:
        told = self._publishing.forecasts(now)
        return self._wording.more(admission, self._keeper.line, now, told)

    def _paper_again(self, admission: Admission, number: str, now: datetime) -> bool:
        """Tell whether the slip comes once more for who shows the code again."""
        ticket = self._keeper.line.tickets[number]
        back = self._came_back(number, now, ticket.taken)
        return (
            back
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

    def _worded(self, asking: Asking, admission: Admission) -> Asking:
        sentence = self._wording.outcome(admission.outcome.value, admission.facts, {})
        return replace(asking, sentence=sentence)

    def _show(self, kiosk: str, met: _Met) -> None:
        self._publishing.show(kiosk, met.outcome, met.facts, met.ticket, met.more)
        if kiosk == self._kiosk:
            self._around.show_light(LIGHTS.get(met.outcome, Light.ASK))


def _not_here(reply: asked.Reply) -> _Met:
    return _Met(NOT_HERE, {"sentence": reply.sentence or ""}, reply)
