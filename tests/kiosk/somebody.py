"""Somebody at the kiosk, played in a test without a screen: what they touch, and what they see."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from appliance.bus.messages.shown import KioskResult, ServiceWait, Wait
from appliance.kiosk.hall import Hall
from appliance.kiosk.manners import Manners
from appliance.kiosk.offer import Offer, Timing
from appliance.kiosk.views import view
from appliance.kiosk.visit import Ask, Effect, Visit
from tests.support.lobby import at

if TYPE_CHECKING:
    from appliance.bus.messages.asked import Reply
    from appliance.display.kiosk_view import Page
    from appliance.kiosk.manners import Step

OFFER: Final = Offer(
    languages=("de", "en", "tr"),
    services=("A1", "C1"),
    elsewhere=frozenset({"C1"}),
    redirects=("papers",),
    wishes={"A1": ("seated", "more_time")},
    places={"4": "1. OG"},
    book="https://termin.example",
)
TIMING: Final = Timing()
MANNERS: Final = Manners(OFFER)
HEARD: Final = Wait(
    as_of=at("09:00"),
    day=date(2026, 3, 2),
    session="s",
    valid_s=30,
    waiting=3,
    services=[ServiceWait(service="A1", waiting=3, low_min=10, high_min=20)],
)
DESK_SPEAKS_S: Final = 10.0
SOON_S: Final = 1.0
"""Between two touches."""


@dataclass
class Somebody:
    """A visitor, and the clock."""

    visit: Visit = MANNERS.fresh
    hall: Hall = field(
        default_factory=lambda: Hall(ZoneInfo("Europe/Berlin")).hear(HEARD, 0.0, live=True)
    )
    now_s: float = 0.0
    effects: list[Effect] = field(default_factory=list)
    keys: int = 0
    hears: bool = True
    round_s: float = 0.1

    def touches(self, *actions: str) -> Page:
        """Touch these, one after the other, and look."""
        for action in actions:
            self.waits(SOON_S)
            self.taps(action)
        return self.sees()

    def taps(self, action: str) -> Page:
        """Touch it at once."""
        self.keys += 1
        self._goes(MANNERS.touch(self.visit, action, self.now_s, self._key()))
        return self.sees()

    def presses(self, service: str) -> Page:
        """Press a button beside the screen."""
        self.keys += 1
        self._goes(MANNERS.press(self.visit, service, self.now_s, self._key()))
        return self.sees()

    def waits(self, seconds: float) -> Page:
        """Let time pass, as the process does: in short rounds."""
        until_s = self.now_s + seconds
        while self.now_s < until_s:
            self.now_s = min(until_s, self.now_s + self.round_s)
            if self.hears and self.now_s - self.hall.heard_s >= DESK_SPEAKS_S:
                self.hall = self.hall.hear(HEARD, self.now_s, live=True)
            self._goes(MANNERS.passes(self.visit, self.now_s))
        return self.sees()

    def is_told(self, outcome: str, key: bytes | None = None, **more: object) -> Page:
        """Hear what something came to; with the key of a command, or of a scan."""
        facts = more.pop("facts", {})
        result = KioskResult(outcome=outcome, facts=facts, **more)  # type: ignore[arg-type]
        self._goes(MANNERS.result(self.visit, result, key, self.now_s))
        return self.sees()

    def is_answered(self, reply: Reply, key: bytes | None) -> Page:
        """Hear the answer to a command."""
        self._goes(MANNERS.replied(self.visit, reply, key, self.now_s))
        return self.sees()

    def sees(self) -> Page:
        """Look at the screen."""
        return view(MANNERS, self.visit, self.hall, self.now_s).page

    @property
    def asked(self) -> list[Ask]:
        """What the desk was asked."""
        return [effect for effect in self.effects if isinstance(effect, Ask)]

    def _key(self) -> bytes:
        return self.keys.to_bytes(16, "big")

    def _goes(self, step: Step) -> None:
        self.visit, effects = step
        self.effects += effects
