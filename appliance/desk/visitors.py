"""Who is spoken to, and in which language: that which a visitor chose, for this visitor only.

A kiosk's screen says which language somebody has chosen there, and takes it back when they leave.
So a code that is held up, or a button that is pressed, is answered in that language too, although
neither camera nor button knows of it. A kiosk that dies in between takes nothing back: what it said
is forgotten after a while.
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

SPOKEN_FOR: Final = timedelta(minutes=2)
"""Nobody stands at a kiosk for longer without a touch: its screen forgets them before."""


@dataclass(frozen=True, slots=True)
class Visitor:
    """Somebody who comes.

    Args:
        texts: What they are answered with.
        language: Theirs, for ticket and slip; empty: not known.
        asking: The command that they ask by, at a kiosk or through staff; None: a scan or a press.
    """

    texts: Texts
    language: str = ""
    asking: Asking | None = None

    @property
    def key(self) -> bytes | None:
        """That of the command; None: there was none."""
        return self.asking.key if self.asking else None


class Visitors:
    """Knows which language is read at which kiosk now.

    Args:
        wording: Has the texts of all languages of the site.
        texts: In the site's language.
    """

    def __init__(self, wording: Wording, texts: Texts) -> None:
        self._wording = wording
        self._texts = texts
        self._spoken: dict[str, tuple[str, datetime]] = {}

    def speaks(self, kiosk: str, language: str, now: datetime) -> None:
        """Note the language of who stands at a kiosk; empty: nobody who chose one."""
        self._spoken.pop(kiosk, None)
        if language:
            self._spoken[kiosk] = language, now

    def at(self, kiosk: str, now: datetime) -> Visitor:
        """Give who stands at a kiosk."""
        language, since = self._spoken.get(kiosk, ("", now))
        # A clock that was set back shall not make two minutes a day.
        if not language or abs(now - since) >= SPOKEN_FOR:
            return Visitor(self._texts)
        return Visitor(self._wording.texts(language), language)

    def asking(self, asking: Asking, language: str) -> Visitor:
        """Give who asks by a command; staff are answered in the site's language, whoever comes."""
        at_a_kiosk = bool(language) and asking.caller.startswith("kiosk.")
        texts = self._wording.texts(language) if at_a_kiosk else self._texts
        return Visitor(texts, language, asking)
