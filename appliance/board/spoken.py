"""What is spoken, and the clips that it is put together from.

A call is said in three clips: "Nummer A", "17", "Platz 3". So there are few joints, each where a
person would pause too, and what has to be rendered or recorded is a letter for each service, the
numbers, and a place for each counter; not every letter with every number.

What is said stands in the string files, so that a language orders its words as it likes.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from appliance.drivers.sound import Clip
from appliance.strings import COMPLETE, behind, texts

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from appliance.strings import Texts

TICKET: Final = re.compile(r"([A-Z])([0-9]{1,6})")
COUNTER: Final = re.compile(r"[A-Za-z0-9-]{1,8}")
HIGHEST: Final = 399
"""Above it a number is said digit by digit. Few lobbies get there with one letter in a day, and
each hundred takes 8 MB on the card in each language."""

GONG: Final = "gong"


def spoken_in(languages: Iterable[str]) -> tuple[str, ...]:
    """Give the languages in which something is spoken to those who read `languages`, each once.

    Plain German sounds like German. What nobody has translated yet is spoken in the language in
    which it is also shown.
    """
    return tuple(dict.fromkeys(map(_spoken_as, languages)))


def _spoken_as(language: str) -> str:
    if language in COMPLETE:
        return language
    then = behind(language)
    same = texts(language, "spoken").entries == texts(then, "spoken").entries
    return then if same else language


class Script:
    """What is spoken in one language.

    Args:
        texts: Of this language; of these the section `spoken`.
    """

    def __init__(self, texts: Texts) -> None:
        self.language = texts.language
        self._call = _halves(texts.entries["spoken.call"])
        self._remember = _halves(texts.entries["spoken.remember"])

    def call(self, ticket: str, counter: str) -> tuple[str, ...]:
        """Give the names of the clips that call a ticket to a counter; none: nobody can say it."""
        number = _number(ticket)
        if not number or not COUNTER.fullmatch(counter):
            return ()
        return (f"call-{ticket[0]}", *number, f"to-{counter}")

    def remember(self, ticket: str) -> tuple[str, ...]:
        """Give the names of the clips that tell somebody a number that is not on paper."""
        number = _number(ticket)
        return (f"remember-{ticket[0]}", *number, "remember") if number else ()

    def clips(self, letters: Iterable[str], counters: Iterable[str]) -> Iterator[Clip]:
        """Give all clips that a lobby needs.

        Args:
            letters: With which its numbers begin.
            counters: Its counters.
        """
        before, after = self._call
        remember, then = self._remember
        for letter in sorted(set(letters)):
            yield Clip(f"call-{letter}", f"{before} {letter}".strip())
            yield Clip(f"remember-{letter}", f"{remember} {letter}".strip())
        yield Clip("remember", then, last=True)
        for counter in sorted(set(counters)):
            yield Clip(f"to-{counter}", after.format(counter=counter), last=True)
        for number in range(HIGHEST + 1):
            yield Clip(str(number), str(number))


def _halves(text: str) -> tuple[str, str]:
    """Give what is said before a ticket's number, and after it, without the marks between."""
    before, _, after = text.partition("{ticket}")
    return before.strip(), after.lstrip(" ,.،:").strip()


def _number(ticket: str) -> tuple[str, ...]:
    found = TICKET.fullmatch(ticket)
    if found is None:
        return ()
    number = int(found[2])
    return (str(number),) if number <= HIGHEST else tuple(str(number))
