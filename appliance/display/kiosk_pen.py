"""What every part of the kiosk is drawn with: type, colours, the unit, and one language."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import msgspec

from appliance.display.kiosk_signs import KioskSigns
from appliance.display.text import Typesetter
from appliance.display.theme import Colour, Theme
from appliance.strings import Texts

if TYPE_CHECKING:
    from collections.abc import Mapping

SHRINK = 0.94
"""What does not fit is tried so much smaller, again and again."""
LARGE = SHRINK**-4
"""So much larger is large type, where its place allows: by whole steps, so that in the same place
it is never smaller than the usual one."""
BACKWARDS = frozenset({"ar", "fa", "he", "ur", "ps", "ckb", "dv", "yi"})
"""Languages that run from right to left, by their first part in BCP 47."""


class Face(NamedTuple):
    """How a button or a card looks."""

    ground: Colour
    ink: Colour
    sign: Colour
    edge: Colour

    @classmethod
    def plain(cls, theme: Theme) -> Face:
        """One of many."""
        return cls(theme.page.ground, theme.page.ink, theme.page_sign.ink, theme.page_sign.ink)

    @classmethod
    def main(cls, theme: Theme) -> Face:
        """What most people want here."""
        return cls(theme.call.ground, theme.call.ink, theme.call_sign.ink, theme.call.ground)

    @classmethod
    def chosen(cls, theme: Theme) -> Face:
        """It is on."""
        return cls(theme.badge.ground, theme.badge.ink, theme.badge.ink, theme.badge.ground)

    @classmethod
    def card(cls, theme: Theme) -> Face:
        """What is only read."""
        return cls(theme.page.ground, theme.page.ink, theme.page_sign.ink, theme.page.ground)

    @classmethod
    def quiet(cls, theme: Theme) -> Face:
        """What fewer people want here."""
        return cls(theme.rest.ground, theme.rest.ink, theme.rest_sign.ink, theme.rest_sign.ink)

    @classmethod
    def alarm(cls, theme: Theme) -> Face:
        """For an emergency."""
        return cls(theme.ask.ground, theme.ask.ink, theme.ask_sign.ink, theme.ask_sign.ink)


class KioskPen(msgspec.Struct, frozen=True):
    """What every part of the kiosk is drawn with.

    Args:
        setter: Sets lines.
        theme: Colours.
        unit: Pixels of one unit.
        signs: What is said.
        texts: In the visitor's language.
        large: In large type.
        ring: The action whose button has the ring of the keys; empty: none.
    """

    setter: Typesetter
    theme: Theme
    unit: float
    signs: KioskSigns
    texts: Texts
    large: bool = False
    ring: str = ""

    @property
    def mirrored(self) -> bool:
        """The visitor's language runs from right to left."""
        return self.texts.language.partition("-")[0] in BACKWARDS

    def u(self, units: float) -> float:
        """Give `units` in pixels."""
        return units * self.unit

    def say(self, key: str, **facts: object) -> str:
        """Give a text of the kiosk."""
        return self.texts(f"kiosk.{key}", **facts)

    def choose(self, words: Mapping[str, str]) -> str:
        """Give the office's own words in the visitor's language, or the main one."""
        return self.signs.choose(words, self.texts.language)
