"""Who is spoken to, and how they read: as a visitor chose it, for this visitor only.

A kiosk's screen says which language and type somebody has chosen there, and takes it back when they
leave. So a code that is held up, or a button that is pressed, is answered in that language too, on
a slip in large print where large type was chosen, although neither camera nor button knows of it. A
kiosk that dies in between takes nothing back: what it said is forgotten after a while.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from appliance.desk.keeper import Asking
from appliance.strings import Texts

if TYPE_CHECKING:
    from datetime import datetime

    from appliance.desk.wording import Wording

CHOSEN_FOR: Final = timedelta(minutes=2)
"""The screen says it again every minute, for as long as somebody is there."""


@dataclass(frozen=True, slots=True)
class Visitor:
    """Somebody who comes.

    Args:
        texts: What they are answered with.
        language: Theirs, for ticket and slip; empty: not known.
        large_print: They read large type; so is their slip.
        asking: The command that they ask by, at a kiosk or through staff; None: a scan or a press.
    """

    texts: Texts
    language: str = ""
    large_print: bool = False
    asking: Asking | None = None

    @property
    def key(self) -> bytes | None:
        """That of the command; None: there was none."""
        return self.asking.key if self.asking else None


class Visitors:
    """Knows how who stands at which kiosk reads.

    Args:
        wording: Has the texts of all languages of the site.
        texts: In the site's language.
    """

    def __init__(self, wording: Wording, texts: Texts) -> None:
        self._wording = wording
        self._texts = texts
        self._chosen: dict[str, tuple[str, bool, datetime]] = {}

    def reads(self, kiosk: str, visitor: Visitor, now: datetime) -> None:
        """Note how who stands at a kiosk reads; as everybody: nobody chose anything."""
        self._chosen.pop(kiosk, None)
        if visitor.language or visitor.large_print:
            self._chosen[kiosk] = visitor.language, visitor.large_print, now

    def at(self, kiosk: str, now: datetime) -> Visitor:
        """Give who stands at a kiosk."""
        language, large_print, since = self._chosen.get(kiosk, ("", False, now))
        # A clock that was set back shall not make two minutes a day.
        if abs(now - since) >= CHOSEN_FOR:
            return Visitor(self._texts)
        texts = self._wording.texts(language) if language else self._texts
        return Visitor(texts, language, large_print)

    def asking(self, asking: Asking, language: str, *, large_print: bool = False) -> Visitor:
        """Give who asks by a command; staff are answered in the site's language, whoever comes."""
        at_a_kiosk = bool(language) and asking.caller.startswith("kiosk.")
        texts = self._wording.texts(language) if at_a_kiosk else self._texts
        return Visitor(texts, language, large_print, asking)
