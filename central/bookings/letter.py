"""What a mail says, before it is set as text or HTML: one content, so that both say the same."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import Enum
from typing import TYPE_CHECKING

from appliance.checkin.short_number import written
from appliance.strings import Texts
from central.bookings.kept import State
from central.bookings.office import said
from central.texts import said_date, said_time, texts

if TYPE_CHECKING:
    from datetime import datetime

    from central.bookings.kept import Kept
    from central.bookings.office import Office, Site

COME_EARLY = timedelta(minutes=10)
"""Right of way counts from then on: see the rules of the line."""


class Occasion(Enum):
    """Why there is a mail; the section of its texts."""

    BOOKED = "booked"
    MOVED = "moved"
    AGAIN = "again"
    """The same booking with a new code: the key of the old one was revoked."""
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class Code:
    """The code's part of a letter.

    Args:
        text: What the QR holds.
        short: The short number as people read it.
        picture: What the picture shows, for who does not see it.
    """

    text: str
    short: str
    picture: str


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail's content, in one language.

    Args:
        words: Texts of the language.
        subject: For the header.
        office: Its name.
        heading: What happened, in a few words.
        lead: The same in sentences.
        facts: Label and lines.
        steps: What to do, in order; none if the booking is cancelled.
        code: None if the booking is cancelled.
        ask: Heads the questions.
        questions: Whom to ask, a line each.
        page: Where a booking is made, changed or cancelled.
    """

    words: Texts
    subject: str
    office: str
    heading: str
    lead: str
    facts: tuple[tuple[str, tuple[str, ...]], ...]
    steps: tuple[str, ...]
    code: Code | None
    ask: str
    questions: tuple[str, ...]
    page: str

    @property
    def language(self) -> str:
        """As in BCP 47."""
        return self.words.language


def letter_for(
    kept: Kept, office: Office, language: str, occasion: Occasion, code: str | None
) -> Letter:
    """Write the content of a mail.

    Args:
        kept: The booking; its site, lobby and service are the office's.
        office: Whose mail it is.
        language: One of the site's.
        occasion: Why there is a mail.
        code: The text of its code; None if it is cancelled.
    """
    words = texts(language)
    site = office.site_of(kept.on.site)
    at = kept.booking.slot.astimezone(site.timezone)
    when = {"date": said_date(words, at), "time": said_time(at)}
    page = () if code is None else (words("closing.page", page=office.mail.page),)
    return Letter(
        words=words,
        subject=words(f"{occasion.value}.subject", **when),
        office=site.name,
        heading=words(f"{occasion.value}.heading"),
        lead=words(f"{occasion.value}.lead"),
        facts=(
            (words("facts.when"), (when["date"], words("facts.at", time=when["time"]))),
            *_facts(kept, office, words),
        ),
        steps=() if code is None else _steps(kept, office, words, at),
        code=None if code is None else _code(words, kept.short, code),
        ask=words("cancelled.questions" if code is None else "closing.heading"),
        questions=(words("closing.phone", phone=office.mail.phone), *page),
        page=office.mail.page,
    )


def where(kept: Kept, office: Office, language: str) -> tuple[str, ...]:
    """Say where to come to, in lines: the room or the waiting area, then the address."""
    site = office.site_of(kept.on.site)
    return (_spot(kept, office, site, language), site.name, *site.address)


def _spot(kept: Kept, office: Office, site: Site, language: str) -> str:
    main, place = site.languages[0], kept.booking.place
    if place is not None:
        known = office.places_of(site.id).get(place)
        return place if known is None else said(known.text, language, main)
    lobby = office.lobby(site.id, kept.on.lobby)
    return "" if lobby is None else said(lobby.where, language, main)


def _facts(kept: Kept, office: Office, words: Texts) -> list[tuple[str, tuple[str, ...]]]:
    site = office.site_of(kept.on.site)
    main = site.languages[0]
    facts: list[tuple[str, tuple[str, ...]]] = []
    service = office.service(kept.booking.service)
    if service is not None:
        facts.append((words("facts.what"), (said(service.text, words.language, main),)))
    facts.append((words("facts.where"), where(kept, office, words.language)))
    if service is not None and service.bring is not None and kept.state is State.BOOKED:
        facts.append((words("facts.bring"), (said(service.bring, words.language, main),)))
    return facts


def _steps(kept: Kept, office: Office, words: Texts, at: datetime) -> tuple[str, ...]:
    come = words("steps.come", time=said_time(at - COME_EARLY))
    if kept.booking.place is None:
        return come, words("steps.hold"), words("steps.number")
    site = office.site_of(kept.on.site)
    place = _spot(kept, office, site, words.language)
    return come, words("steps.adviser_hold"), words("steps.adviser_go", place=place)


def _code(words: Texts, short: str, text: str) -> Code:
    return Code(text, written(short), words("code.picture", spelled=", ".join(short)))
