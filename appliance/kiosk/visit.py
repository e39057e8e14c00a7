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
    """The desk is to know which language is read here; empty: the site's again."""

    language: str


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
        spoke: They chose a language, of which the desk was told.
    """

    look: page.Look
    pages: tuple[page.Page, ...] = ()
    sheet: int = 0
    asked: Asked | None = None
    told: Told | None = None
    touched_s: float | None = None
    turned_s: float = -math.inf
    spoke: bool = False
