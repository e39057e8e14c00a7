"""What the kiosk says that does not change during the day, in every language of the site.

A kiosk speaks one language at a time, the visitor's: who chose Arabic is not helped by German
beside it. Where a site has not translated a name, it is said in the site's main language.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import msgspec

from appliance.display.pen import ServiceSign
from appliance.strings import Texts

PAPERS: Final = "papers"
STATUS: Final = "status"
EMERGENCY: Final = "emergency"
SHIPPED: Final = (PAPERS, STATUS, EMERGENCY)
"""What everyone asks for who needs no number: words for these are in the string files."""

SECTIONS: Final = ("kiosk", "board", "scan")
"""The sections of the string files that a kiosk needs."""


class RedirectSign(msgspec.Struct, frozen=True):
    """Where to go instead of taking a number.

    Args:
        names: Language → what it is for, in plain words; empty for a service, which has its own.
        words: Language → where to go, and what to bring.
        phone: A number to call instead; empty: none.
        page: A page that helps, shown as a QR code; empty: none.
    """

    names: Mapping[str, str] = msgspec.field(default_factory=dict)
    words: Mapping[str, str] = msgspec.field(default_factory=dict)
    phone: str = ""
    page: str = ""


class KioskSigns(msgspec.Struct, frozen=True):
    """What the kiosk says.

    Args:
        office: Name of the office.
        lobby: Name of the waiting area.
        texts: The languages to choose from, the site's main one first; with `SECTIONS`.
        services: Code → sign.
        redirects: Name, or a service's code → where to go.
        camera: An arrow, such as `↓`: from the screen to the camera; empty: it is not told.
    """

    office: str
    lobby: str
    texts: tuple[Texts, ...]
    services: Mapping[str, ServiceSign] = msgspec.field(default_factory=dict)
    redirects: Mapping[str, RedirectSign] = msgspec.field(default_factory=dict)
    camera: str = ""

    @property
    def main(self) -> Texts:
        """The site's main language."""
        return self.texts[0]

    def speaking(self, language: str) -> Texts:
        """Give the texts of a language; of the main one where there is no such."""
        return next((each for each in self.texts if each.language == language), self.main)

    def choose(self, words: Mapping[str, str], language: str) -> str:
        """Give `words` in a language, else in the main one, else in any."""
        return (
            words.get(language) or words.get(self.main.language) or next(iter(words.values()), "")
        )


def shipped_redirects(texts: tuple[Texts, ...]) -> Mapping[str, RedirectSign]:
    """Give what the string files say for `SHIPPED`: true of any office with a reception."""
    return {
        name: RedirectSign(
            names={each.language: each(f"kiosk.{name}") for each in texts},
            words={each.language: each(f"kiosk.{name}_where") for each in texts},
        )
        for name in SHIPPED
    }
