"""What is on the call board at one moment, as plain values: equal views are equal pictures.

No names and no wishes are in here, so that none can ever be drawn.
"""

from __future__ import annotations

from datetime import datetime
from enum import Enum
from typing import TYPE_CHECKING, NamedTuple

import msgspec

if TYPE_CHECKING:
    from collections.abc import Mapping

    from PIL.Image import Image

    from appliance.display.slides import Show


class Mood(Enum):
    """What the large place is for."""

    STARTING = "starting"
    """No news yet."""
    CLOSED = "closed"
    """Nobody waits and no counter is open, or the news are of another day."""
    UNATTENDED = "unattended"
    """People wait, and no counter is open."""
    IDLE = "idle"
    """Nobody was called yet."""
    CALLED = "called"
    """The last call is kept in sight."""
    CALLING = "calling"
    """Someone is asked to come now."""
    DARK = "dark"
    """It is night and nobody is there: the screen is black."""


ENTRANCE = 4
"""So many steps a new call takes to come to rest; the last is the picture that stays."""


class CallView(msgspec.Struct, frozen=True):
    """A call as it is drawn.

    Args:
        now: The person is asked to come now.
        entered: How many steps of its entrance are over.
    """

    ticket: str
    counter: str
    right_of_way: bool = False
    again: bool = False
    now: bool = False
    entered: int = ENTRANCE


class NextView(msgspec.Struct, frozen=True):
    """A ticket that will be called soon."""

    ticket: str
    right_of_way: bool = False


class ServiceView(msgspec.Struct, frozen=True):
    """The wait for one service.

    Args:
        service: Its code.
        waiting: How many wait before a person who comes now; None: not known.
        range_min: From and to, in minutes; None: no forecast.
    """

    service: str
    waiting: int | None = None
    range_min: tuple[int, int] | None = None


class StaleView(msgspec.Struct, frozen=True):
    """The news are old.

    Args:
        as_of: Site time at which they were true.
        age_min: Whole minutes since they came, at least 1.
    """

    as_of: datetime
    age_min: int


class Tone(Enum):
    """What a scan or a press came to; each has a sign of its own."""

    DONE = "done"
    """A number was given."""
    TOLD = "told"
    """Everything is known: where to go, or what to wait for."""
    ASK = "ask"
    """Nothing could be done; somebody helps."""


class NoticeView(msgspec.Struct, frozen=True):
    """What is told to the person who scanned or pressed just now.

    Args:
        outcome: What happened; its words stand under `scan.{outcome}`.
        tone: Which sign and colours it has.
        facts: What the words need, by name.
        ticket: The number, if there is one.
        in_place_of_slip: No slip carries the number: it stands large, to be remembered.
        more: Language → what is said after these words.
        beside_it: As in `BoardView`, when it began: nobody's words change while they are read.
    """

    outcome: str
    tone: Tone
    facts: tuple[tuple[str, str], ...] = ()
    ticket: str | None = None
    in_place_of_slip: bool = False
    more: tuple[tuple[str, str], ...] = ()
    beside_it: int = 0

    @property
    def more_characters(self) -> int:
        """How much there is to be read beyond the usual sentence."""
        return max((len(words) for _, words in self.more), default=0)


class SlideView(msgspec.Struct, frozen=True):
    """What is on a slide: a picture, or words.

    Args:
        title: Language → a few words.
        text: Language → a few sentences.
        qr: What its QR code says; empty: it has none.
        picture: Name of a picture, in place of all else.
    """

    title: tuple[tuple[str, str], ...] = ()
    text: tuple[tuple[str, str], ...] = ()
    qr: str = ""
    picture: str = ""


class Hung(NamedTuple):
    """Slides that were read anew.

    Args:
        show: In which order, and when.
        pictures: Name → picture, small enough for their place.
    """

    show: Show
    pictures: Mapping[str, Image]


class BoardView(msgspec.Struct, frozen=True):
    """Everything that is on the screen.

    Args:
        mood: What the large place is for.
        current: The call in the large place.
        last: The other calls at counters, newest first.
        next: Who will be called next, in order.
        services: The waits.
        waiting: How many wait in all; None: not known.
        open_counters: How many counters call; None: not known.
        clock: Site time, to the minute; None while no live message told it.
        stale: Set when the news are old.
        offline: The site is cut off from the central broker.
        announcement: What staff tell everyone today; empty: nothing.
        notice: What is told to the person at the kiosk.
        beside_it: Which of the other languages stands beside the first.
        slide: Stands in the place of the waits.
        night: The board is dark.
    """

    mood: Mood
    current: CallView | None = None
    last: tuple[CallView, ...] = ()
    next: tuple[NextView, ...] = ()
    services: tuple[ServiceView, ...] = ()
    waiting: int | None = None
    open_counters: int | None = None
    clock: datetime | None = None
    stale: StaleView | None = None
    offline: bool = False
    announcement: str = ""
    notice: NoticeView | None = None
    beside_it: int = 0
    slide: SlideView | None = None
    night: bool = False
