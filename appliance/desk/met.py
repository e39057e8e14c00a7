"""What came of somebody who scanned, pressed or typed, and how they are told: screen and light."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from appliance.bus.messages.asked import Reply
from appliance.checkin.outcomes import Outcome
from appliance.drivers.lamps import Light

if TYPE_CHECKING:
    from collections.abc import Callable

    from appliance.desk.publishing import Publishing

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
class Met:
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
    reply: Reply
    ticket: str | None = None
    more: Mapping[str, str] = field(default_factory=dict)


def not_here(reply: Reply) -> Met:
    """Give what came of somebody who was refused."""
    return Met(NOT_HERE, {"sentence": reply.sentence or ""}, reply)


class Telling:
    """Tells the person at a kiosk what came of it.

    Args:
        publishing: Tells the screen.
        show_light: Says it with the ring around the camera, and with the buzzer.
        kiosk: Where these are.
    """

    def __init__(
        self, publishing: Publishing, show_light: Callable[[Light], None], kiosk: str
    ) -> None:
        self._publishing = publishing
        self._show_light = show_light
        self._kiosk = kiosk

    def __call__(self, kiosk: str, met: Met, key: bytes | None = None) -> None:
        """Tell it.

        Args:
            kiosk: Where the person stands.
            met: What came of it.
            key: As in `Publishing.show`.
        """
        self._publishing.show(kiosk, met.outcome, met.facts, met.ticket, met.more, key=key)
        if kiosk == self._kiosk:
            self._show_light(LIGHTS.get(met.outcome, Light.ASK))
