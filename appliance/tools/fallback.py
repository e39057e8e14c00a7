"""`lobby fallback-sheet`: numbers on paper, printed beforehand, for the day without a machine.

Such a sheet lies in a drawer for a year, while letters and services change. So its numbers are kept
apart from the machine's by their form, and not by a range that somebody may use one day: the
machine gives a letter and digits (A017), paper has two letters (AP17). The first letter is that of
the service, so that staff know who is to call it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from appliance.display.fallback_sheet import Group, Instructions, as_pdf, draw
from appliance.errors import LobbyError
from appliance.files import write_atomically

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from appliance.config import Settings
    from appliance.display.slip_fonts import SlipFonts
    from appliance.strings import Texts

PAPER: Final = "P"
"""Second letter of every number on paper."""
STEPS: Final = ("cut", "give", "call", "back", "collect")


class FallbackError(LobbyError):
    """The sheet could not be written."""


def paper_numbers(letter: str, count: int) -> tuple[str, ...]:
    """Give the numbers on paper for a letter: `AP01` and so on; no machine ever gives these."""
    digits = max(2, len(str(count)))
    return tuple(f"{letter}{PAPER}{number:0{digits}}" for number in range(1, count + 1))


def write_sheet(
    settings: Settings, texts: Texts, fonts: SlipFonts, now: datetime, *, count: int, file: Path
) -> int:
    """Write the sheet as a PDF, and give how many pages it has.

    Args:
        settings: The lobby.
        texts: In the language of staff and visitors.
        fonts: What it is drawn with.
        now: The time.
        count: Numbers for each letter.
        file: Where to; replaced if it is there.

    Raises:
        FallbackError: Nobody is served here, or the file cannot be written.
        FontsMissing: There is no font.
    """
    served = _served(settings, texts.language)
    if not served:
        raise FallbackError(
            "no counter of this configuration serves anything: use that of the desk."
        )
    place = f"{settings.site.name} · {settings.lobby.name}"
    groups = [
        Group(
            texts("fallback.group", letter=letter, service=service),
            paper_numbers(letter, count),
            place,
            tuple(texts(f"fallback.{field}") for field in ("date", "time", "slot")),
            texts("fallback.wait"),
        )
        for letter, service in served.items()
    ]
    instructions = Instructions(
        texts("fallback.title"),
        texts("fallback.subtitle", place=place, at=now.astimezone(settings.site.timezone)),
        (texts("fallback.when"), texts("fallback.apart"), texts("fallback.names")),
        tuple(texts(f"fallback.{step}") for step in STEPS),
        tuple(
            (texts("fallback.numbers", first=each.numbers[0], last=each.numbers[-1]), service)
            for each, service in zip(groups, served.values(), strict=True)
        ),
    )
    pages = list(draw(instructions, groups, fonts))
    try:
        write_atomically(file, as_pdf(pages, texts("fallback.title")), mode=0o644)
    except OSError as error:
        raise FallbackError(f"the sheet cannot be written to {file}: {error.strerror}.") from error
    return len(pages)


def _served(settings: Settings, language: str) -> dict[str, str]:
    """Give letter → what people with it come for, of all that a counter here serves."""
    codes = {code for counter in settings.counters for code in counter.services}
    main = settings.site.language
    served: dict[str, str] = {}
    for service in settings.services:
        if service.code in codes:
            words = service.text.get(language, service.text[main])
            before = served.get(service.letter)
            served[service.letter] = f"{before}, {words}" if before else words
    return served
