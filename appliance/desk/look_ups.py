"""What the reception may look up at the desk: today's agenda, and whether a slip is ours.

Nothing changes by it, so nothing is kept under its key: asked again, the desk looks again.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from appliance.bus.messages import asked
from appliance.bus.messages.payload import LIMIT_BYTES, encode
from appliance.bus.orders import slip_of
from appliance.bus.replies import refusal
from appliance.bus.verbs import AGENDA, NotAsked
from appliance.desk.agenda_sheets import listed
from appliance.line.answers import Reason

if TYPE_CHECKING:
    from datetime import datetime

    from appliance.desk.surroundings import Surroundings
    from appliance.line.line import Line
    from appliance.strings import Texts

ROOM_BYTES = LIMIT_BYTES - 4096
"""For the appointments of a day; what is beside them in a reply is far less than the rest."""


class LookUps:
    """Answers what changes nothing.

    Args:
        around: Whose books and slips are looked at.
        texts: In the site's language.
    """

    def __init__(self, around: Surroundings, texts: Texts) -> None:
        self._around = around
        self._texts = texts

    def answer(self, verb: str, body: asked.Command, line: Line, now: datetime) -> asked.Reply:
        """Answer one of `LOOK_UPS`.

        Raises:
            NotAskedError: Something is missing.
        """
        if verb == AGENDA:
            return self._agenda(line, now)
        number, check = slip_of(body)
        return self._slip(number.strip().upper(), check, line)

    def _agenda(self, line: Line, now: datetime) -> asked.Reply:
        day = line.day or now.astimezone(line.zone).date()
        book = self._around.day_book(day) if self._around.day_book else None
        known = None if book is None else listed(book)
        if known is None:
            return refusal(NotAsked.NO_LIST.value, {}, self._texts)
        alike = Counter(known)
        expected = [
            asked.Expected(
                slot=one.slot.astimezone(line.zone),
                minutes=one.minutes,
                service=one.service,
                place=one.place,
                count=count,
            )
            for one, count in sorted(
                alike.items(), key=lambda each: (each[0].slot, each[0].service, each[0].minutes)
            )
        ]
        reply = asked.Reply(ok=True, agenda=expected)
        if len(encode(reply)) <= ROOM_BYTES:
            return reply
        # More than a packet holds: as far as it goes, and said so.
        room = len(expected) * ROOM_BYTES // len(encode(reply))
        until = expected[room].slot
        sentence = self._texts("look_up.agenda_until", time=until.time())
        kept = [one for one in expected if one.slot < until]
        return asked.Reply(ok=True, agenda=kept, sentence=sentence)

    def _slip(self, number: str, check: str, line: Line) -> asked.Reply:
        ticket = line.tickets.get(number)
        if ticket is None:
            return refusal(Reason.UNKNOWN_TICKET.value, {"ticket": number}, self._texts)
        if self._around.is_our_slip is None or not self._around.is_our_slip(ticket, check):
            return refusal(NotAsked.WRONG_CHECK.value, {"ticket": number}, self._texts)
        taken = ticket.taken.astimezone(line.zone).time()
        sentence = self._texts("look_up.our_slip", ticket=number, time=taken)
        return asked.Reply(ok=True, ticket=number, sentence=sentence)
