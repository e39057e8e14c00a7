"""Who comes without an appointment: presses a button, touches a service, or wants help.

A button and a touch on a screen are the same wish. Neither gives more numbers than anybody takes
slips, as children press, and so do people to whom nothing seems to happen.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from appliance.bus.messages import asked
from appliance.bus.replies import refusal
from appliance.bus.verbs import NotAsked
from appliance.desk.met import HELP, ONE_MOMENT, TAKEN, Met, not_here
from appliance.line import commands
from appliance.line.answers import Reason

if TYPE_CHECKING:
    from datetime import datetime

    from appliance.desk.keeper import Keeper
    from appliance.desk.met import Telling
    from appliance.desk.publishing import Publishing
    from appliance.desk.surroundings import Surroundings
    from appliance.desk.visitors import Visitor, Visitors


class WalkIns:
    """Deals with those who have no appointment.

    Args:
        keeper: Of the line.
        publishing: Knows whether there is paper.
        around: What the desk has around it.
        visitors: Knows how who is answered reads.
        tell: Tells them.
        kiosk: Where the buttons are.
    """

    def __init__(
        self,
        keeper: Keeper,
        publishing: Publishing,
        around: Surroundings,
        visitors: Visitors,
        tell: Telling,
        kiosk: str,
    ) -> None:
        self._keeper = keeper
        self._publishing = publishing
        self._around = around
        self._wording = around.wording
        self._visitors = visitors
        self._tell = tell
        self._kiosk = kiosk

    def pressed(self, service: str, now: datetime) -> None:
        """Deal with a press of a service's button."""
        visitor = self._visitors.at(self._kiosk, now)
        if self._around.panel.may(now, self._kiosk):
            command = commands.Issue(
                service, language=visitor.language, large_print=visitor.large_print
            )
            self._give(self._kiosk, command, visitor, now)
        else:
            self._tell(self._kiosk, Met(ONE_MOMENT, {}, asked.Reply(ok=False)))

    def touched(
        self, kiosk: str, command: commands.Issue, visitor: Visitor, now: datetime
    ) -> asked.Reply:
        """Deal with a touch of a service on the screen of a kiosk: no more often than a button."""
        if self._around.panel.may_touch(now, kiosk, command.service):
            return self._give(kiosk, command, visitor, now)
        reply = refusal(NotAsked.TOO_MANY_PRESSES.value, {}, visitor.texts)
        self._tell(kiosk, Met(ONE_MOMENT, {}, reply), visitor.key)
        return reply

    def help_wanted(
        self, now: datetime, kiosk: str | None = None, key: bytes | None = None
    ) -> None:
        """Deal with who wants help: staff are told, and so is who pressed.

        Args:
            now: Desk time.
            kiosk: On whose screen it was touched; None: it was the button.
            key: As in `Publishing.show`.
        """
        self._around.panel.help_wanted(now)
        self._tell(kiosk or self._kiosk, Met(HELP, {}, asked.Reply(ok=False)), key)

    def _give(
        self, kiosk: str, command: commands.Issue, visitor: Visitor, now: datetime
    ) -> asked.Reply:
        """Give a number to who has no appointment, or say where to go instead."""
        reply = self._keeper.do(command, now, visitor.asking, visitor.texts)
        if reply.ok:
            met = Met(TAKEN, {}, reply, reply.ticket)
        else:
            more = self._send_elsewhere(command.service, reply, visitor, now)
            met = replace(not_here(reply), more=more)
        self._tell(kiosk, met, visitor.key)
        return reply

    def _send_elsewhere(
        self, service: str, reply: asked.Reply, visitor: Visitor, now: datetime
    ) -> dict[str, str]:
        """Give what to say, and the slip, to who is refused as a service is done elsewhere."""
        if reply.reason != Reason.WALK_INS_REDIRECTED.value:
            return {}
        setter = self._around.set_redirect
        set_slip = setter and setter(service, now, visitor.language, large=visitor.large_print)
        if set_slip and self._publishing.paper:
            self._keeper.print_unnumbered(service, set_slip)
        return self._wording.redirect(service)
