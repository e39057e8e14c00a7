"""One person's visit to the kiosk's screen, as far as it has come.

All that is known of the person is in one value. When they leave, it is replaced by `Manners.fresh`,
the one that everybody begins with: nothing that somebody did can be seen by the next.
"""

from __future__ import annotations

import math

import msgspec

from appliance.bus.messages.asked import Command
from appliance.display import kiosk_view as page
from appliance.display.board_view import NoticeView


class Ask(msgspec.Struct, frozen=True):
    """Is to be sent to the desk.

    Args:
        verb: What for.
        command: Its body.
        key: 16 bytes; the same once more is the same command.
    """

    verb: str
    command: Command
    key: bytes


class Speak(msgspec.Struct, frozen=True):
    """The desk is to know how somebody reads here; as it is made: nobody who chose anything.

    Args:
        language: They chose it; empty: the site's.
        large_print: They read large type.
    """

    language: str = ""
    large_print: bool = False


Effect = Ask | Speak


class Asked(msgspec.Struct, frozen=True):
    """A command whose answer is waited for.

    Args:
        ask: What was sent.
        since_s: When first.
        sent_s: When last.
    """

    ask: Ask
    since_s: float
    sent_s: float


class Told(msgspec.Struct, frozen=True):
    """A result that is shown.

    Args:
        notice: What is told.
        since_s: From when.
        until_s: Until when.
    """

    notice: NoticeView
    since_s: float
    until_s: float

    @property
    def done(self) -> bool:
        """They have a number: whoever comes now is somebody else."""
        return self.notice.ticket is not None


class Visit(msgspec.Struct, frozen=True):
    """How far one visit has come. All times are of one monotonic clock.

    Args:
        look: How they want to read.
        pages: Where they are, and by which pages they came; none: at the first.
        sheet: Which tiles the first page shows.
        asked: What the desk has been asked.
        told: What is shown to them.
        touched_s: When they touched it last; None: nobody has yet.
        turned_s: When the page last changed.
        chosen: How they read, as far as they chose it and the desk was told.
        said_s: When it was told that last.
        ring: The action to which the ring of the keys has come; see `focus`.
        ring_s: The `turned_s` of the page on which it came there.
    """

    look: page.Look
    pages: tuple[page.Page, ...] = ()
    sheet: int = 0
    asked: Asked | None = None
    told: Told | None = None
    touched_s: float | None = None
    turned_s: float = -math.inf
    chosen: Speak = Speak()
    said_s: float = -math.inf
    ring: str = ""
    ring_s: float = -math.inf

    @property
    def focus(self) -> str:
        """The action that is in the ring; empty: none, as on each page that has just come."""
        return self.ring if self.ring_s == self.turned_s else ""
