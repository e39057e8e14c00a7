"""What the desk is asked: by the scanner, by callers; and what it answers to them."""

from __future__ import annotations

from typing import Annotated

import msgspec

from appliance.bus.messages.payload import Message, Moment
from appliance.line.model import Mode, Urgency, Wish

NOTICE_CHARACTERS = 120
"""As much as the board can show on a line that is read from 15 metres."""
SHORT_CHARACTERS = 40
"""Eight count; people put spaces and hyphens between them."""
LANGUAGE = "^[a-z]{2,3}(-[a-z]{1,8})?$"
"""One of the product's, such as `uk` or `de-simple`."""
CHECK_CHARACTERS = 16
"""Five count."""
SPAN = "^([01][0-9]|2[0-3]):[0-5][0-9]-([01][0-9]|2[0-3]):[0-5][0-9]$"
"""Opening hours, such as `08:00-12:30`."""


class Scan(Message, frozen=True, kw_only=True):
    """What the scanner saw.

    Args:
        kind: `code` (looks like one of our appointment codes), `slip` (looks like one of our
            slips), `several` (more than one of ours in the picture: none is taken), `unreadable`
            (something is held up for long and cannot be read), or what else it is: `url`, `wifi`,
            `contact`, `other`.
        text: What it says, for `code` and `slip` only: foreign codes carry customer numbers.
        kiosk: Name of the kiosk whose camera it was.
        frame_at: Wall time at which the frame was taken; for measuring, never for the line.
    """

    kind: str
    kiosk: str
    text: Annotated[str, msgspec.Meta(max_length=512)] | None = None
    frame_at: Moment | None = None


class Command(Message, frozen=True, kw_only=True):
    """The body of a command; who asks and what for is in the topic. Unused members stay out."""

    counter: str | None = None
    ticket: str | None = None
    service: str | None = None
    services: list[str] | None = None
    wishes: list[Wish] | None = None
    urgent: Urgency | None = None
    mode: Mode | None = None
    hours: list[Annotated[str, msgspec.Meta(pattern=SPAN)]] | None = None
    notice: Annotated[str, msgspec.Meta(max_length=NOTICE_CHARACTERS)] | None = None
    short: Annotated[str, msgspec.Meta(max_length=SHORT_CHARACTERS)] | None = None
    force: bool = False
    language: Annotated[str, msgspec.Meta(pattern=LANGUAGE)] | None = None
    check: Annotated[str, msgspec.Meta(max_length=CHECK_CHARACTERS)] | None = None
    large_print: bool = False


class Expected(Message, frozen=True, kw_only=True):
    """Appointments that read the same, in the agenda: no names, no ids.

    Args:
        slot: Their start.
        minutes: The planned length of each.
        service: Code.
        place: For those with an adviser, where.
        count: How many.
    """

    slot: Moment
    minutes: int
    service: str
    place: str | None = None
    count: int = 1


class Reply(Message, frozen=True, kw_only=True):
    """What the desk answers to a command.

    Args:
        ok: Whether it was done.
        ticket: The number that it was about, or that was given or called; None on `next` means
            that nobody waits.
        counter: Where to.
        again: The person had this number already.
        reason: Why not: a word from a closed list; for an appointment that is not taken in, what
            its code would come to.
        sentence: The reason in plain words.
        agenda: The appointments of today, to whoever asked for them.
    """

    ok: bool
    ticket: str | None = None
    counter: str | None = None
    again: bool = False
    reason: str | None = None
    sentence: str | None = None
    agenda: list[Expected] | None = None

    def saying(self, sentence: str) -> Reply:
        """Give the same with other words."""
        return msgspec.structs.replace(self, sentence=sentence)
