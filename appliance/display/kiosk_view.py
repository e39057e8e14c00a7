"""What is on the kiosk at one moment, as plain values: equal views are equal pictures.

A page has what it shows and nothing else: no code, no booking and nothing of an earlier visitor can
be in here, so none can ever be drawn. The one thing that a person typed, the short number, is in
`ShortNumber` only, and gone with that page.

What can be touched is a `Target`: a rectangle of the picture, and an action. Actions are plain
strings, a word or `word:what`:

| action | it means | on the pages |
| --- | --- | --- |
| `language:{code}` | speak this language, for this visitor | all |
| `large` | large type and high contrast together, on or off | all |
| `help` | show the help | Welcome and those that one comes to by touch, but Help |
| `code` | show how a code is held up | Welcome, Help |
| `short` | type a short number | Welcome, HoldUp, Help |
| `service:{code}` | this is what I come for | Welcome |
| `redirect:{name}` | tell me where to go for this | Welcome |
| `more` | show the next tiles (`Welcome.sheet` + 1) | Welcome |
| `wish:{name}` | I need this, or no longer | Service |
| `take` | take a number | Service |
| `digit:{sign}` | this sign of the short number | ShortNumber |
| `erase` | take the last sign back | ShortNumber |
| `enter` | the short number is complete | ShortNumber |
| `assistance` | somebody is to come | Help, Redirect (`emergency`) |
| `stay` | I am still here | StillThere |
| `back` | one page back | those that one comes to by touch |
| `home` | I am done: forget me | those that one comes to by touch |
"""

from __future__ import annotations

from datetime import datetime
from enum import Enum
from typing import TYPE_CHECKING, Final, NamedTuple

import msgspec

from appliance.display.board_view import NoticeView

if TYPE_CHECKING:
    from appliance.display.layout import Box

LANGUAGE: Final = "language"
SERVICE: Final = "service"
REDIRECT: Final = "redirect"
WISH: Final = "wish"
DIGIT: Final = "digit"
"""These have something after them: `service:A10`."""

LARGE: Final = "large"
HELP: Final = "help"
CODE: Final = "code"
SHORT: Final = "short"
MORE: Final = "more"
TAKE: Final = "take"
ERASE: Final = "erase"
ENTER: Final = "enter"
ASSISTANCE: Final = "assistance"
STAY: Final = "stay"
BACK: Final = "back"
HOME: Final = "home"


class Target(NamedTuple):
    """What can be touched.

    Args:
        action: What a touch means; the table above has all.
        area: Where, in pixels of the picture. Areas do not overlap.
    """

    action: str
    area: Box


class Look(msgspec.Struct, frozen=True):
    """How this visitor wants to read.

    Args:
        language: Code of one of the site's languages.
        large: Large type and high contrast.
    """

    language: str
    large: bool = False


class Wait(msgspec.Struct, frozen=True):
    """The wait of a person who takes a number now.

    Args:
        waiting: How many wait before them.
        range_min: From and to, in minutes; None: no forecast.
    """

    waiting: int
    range_min: tuple[int, int] | None = None


class Welcome(msgspec.Struct, frozen=True):
    """The page that a visitor finds.

    Args:
        services: Codes, one tile each, in this order; also those that only tell where to go.
        redirects: Names of what else people come for, such as `papers`, `status`, `emergency`.
        scans: A camera is there and sees: how to hold the code up is shown.
        short_numbers: A short number can be typed.
        sheet: Which tiles are shown, where there are more than find room: any number, it starts
            again after the last.
    """

    services: tuple[str, ...]
    redirects: tuple[str, ...] = ()
    scans: bool = True
    short_numbers: bool = True
    sheet: int = 0


class HoldUp(msgspec.Struct, frozen=True):
    """How a code is held up.

    Args:
        short_numbers: A short number can be typed instead.
    """

    short_numbers: bool = True


class Service(msgspec.Struct, frozen=True):
    """One service, before a number is taken.

    Args:
        service: Its code.
        wait: How long it will take; None: not known.
        book: Address of the page on which one books an appointment instead; empty: there is none.
        wishes: Those that can be met here: `seated`, `discreet_room`, `interpreter`, `more_time`.
        wished: Those that were chosen.
    """

    service: str
    wait: Wait | None = None
    book: str = ""
    wishes: tuple[str, ...] = ()
    wished: tuple[str, ...] = ()


class ShortNumber(msgspec.Struct, frozen=True):
    """The pad for a short number.

    Args:
        typed: What was typed so far, at most eight signs of `short_number.ALPHABET`.
    """

    typed: str = ""


class Told(msgspec.Struct, frozen=True):
    """What a scan or a touch came to.

    Args:
        notice: As on the board, made by `board_result.notice_of`.
        place: Where to go, such as `→`, `1. OG` or `↑ Raum 112`; empty: stay here.
    """

    notice: NoticeView
    place: str = ""


class Redirect(msgspec.Struct, frozen=True):
    """Where to go instead.

    Args:
        name: A service's code, or one of `Welcome.redirects`: the words are those of `KioskSigns`.
        book: Address of the page on which one books an appointment; empty: there is none.
    """

    name: str
    book: str = ""


class Help(msgspec.Struct, frozen=True):
    """What one can do here.

    Args:
        scans: A code can be held up.
        short_numbers: A short number can be typed.
        assistance: Somebody can be asked to come.
    """

    scans: bool = True
    short_numbers: bool = True
    assistance: bool = True


class Moment(msgspec.Struct, frozen=True):
    """The desk was asked and has not answered yet."""


class StillThere(msgspec.Struct, frozen=True):
    """Nothing was touched for a while: the page will go.

    Args:
        seconds: In how many.
    """

    seconds: int


class Closed(msgspec.Struct, frozen=True):
    """No numbers are given out now.

    Args:
        opens: Site time from which there are numbers again; None: not known.
        scans: Who holds a code up is told what it comes to all the same.
    """

    opens: datetime | None = None
    scans: bool = False


class Outage(Enum):
    """Why the kiosk cannot do anything."""

    STARTING = "starting"
    """It has not heard of the desk yet."""
    CUT_OFF = "cut_off"
    """The desk does not answer."""


class OutOfOrder(msgspec.Struct, frozen=True):
    """The kiosk gives nothing out; people are told where to go."""

    outage: Outage = Outage.CUT_OFF


Page = (
    Welcome
    | HoldUp
    | Service
    | ShortNumber
    | Told
    | Redirect
    | Help
    | Moment
    | StillThere
    | Closed
    | OutOfOrder
)


class KioskView(msgspec.Struct, frozen=True):
    """Everything that is on the screen.

    Args:
        page: What it is about.
        look: How it is shown.
        clock: Site time, to the minute; None: not known.
        ring: The action around whose button the ring of the keys is; empty: nobody uses keys.
    """

    page: Page
    look: Look
    clock: datetime | None = None
    ring: str = ""
