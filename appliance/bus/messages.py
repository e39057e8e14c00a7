"""Payloads on the bus, typed. Parsing is strict: what does not fit is an error, never a guess.

JSON in UTF-8, times as RFC 3339. Additive changes only within v1: a reader ignores members that it
does not know. Every retained payload carries `as_of`, `day`, `session` and `valid_s`, so that a
receiver can age it by its own monotonic clock: message expiry does not tell those who are already
connected.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, TypeVar

import msgspec

from appliance.line.model import Mode, Urgency, Wish

LIMIT_BYTES = 64 * 1024
"""No payload on the bus is larger; bookings and cancellations, which are, come by the uplink."""

NOTICE_CHARACTERS = 120
"""As much as the board can show on a line that is read from 15 metres."""

SPAN = "^([01][0-9]|2[0-3]):[0-5][0-9]-([01][0-9]|2[0-3]):[0-5][0-9]$"
"""Opening hours, such as `08:00-12:30`."""

T = TypeVar("T")


class MessageError(ValueError):
    """A payload is not what its topic asks for; the sentence says where and why."""


class Message(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A payload."""


class Retained(Message, frozen=True, kw_only=True):
    """A payload that the broker keeps for those who come later.

    Args:
        as_of: Desk time at which this was true.
        day: The site's day that it belongs to; a board of another day is drawn empty.
        session: Random per start of the desk.
        valid_s: After this many seconds without news it is stale.
    """

    as_of: datetime
    day: date
    session: str
    valid_s: int


class Scan(Message, frozen=True, kw_only=True):
    """What the scanner saw.

    Args:
        kind: `code` (looks like one of our appointment codes), `slip` (looks like one of our
            slips), `several` (more than one of ours in the picture: none is taken), or what else it
            is: `url`, `wifi`, `contact`, `other`.
        text: What it says, for `code` and `slip` only: foreign codes carry customer numbers.
        kiosk: Name of the kiosk whose camera it was.
        frame_at: Wall time at which the frame was taken; for measuring, never for the line.
    """

    kind: str
    kiosk: str
    text: Annotated[str, msgspec.Meta(max_length=512)] | None = None
    frame_at: datetime | None = None


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
    force: bool = False


class Reply(Message, frozen=True, kw_only=True):
    """What the desk answers to a command.

    Args:
        ok: Whether it was done.
        ticket: The number that it was about, or that was given or called; None on `next` means
            that nobody waits.
        counter: Where to.
        again: The person had this number already.
        reason: Why not: a word from a closed list.
        sentence: The reason in plain words.
    """

    ok: bool
    ticket: str | None = None
    counter: str | None = None
    again: bool = False
    reason: str | None = None
    sentence: str | None = None


class Call(Message, frozen=True, kw_only=True):
    """A ticket asked to a counter, as the board shows it.

    Args:
        id: Unique; each call and each recall has its own. The board speaks each id once.
        age_s: How old the call was at `as_of`.
    """

    id: str
    ticket: str
    counter: str
    age_s: float
    right_of_way: bool = False
    again: bool = False


class Waiting(Message, frozen=True, kw_only=True):
    """A ticket that will be called soon, as the board shows it."""

    ticket: str
    right_of_way: bool = False


class Board(Retained, frozen=True, kw_only=True):
    """What the board shows.

    Args:
        calls: Calls of the last 60 s, newest first.
        at_counters: The last call of each ticket that is at a counter now, newest first.
        next: The tickets to be called next, in order, at most ten.
        waiting: How many wait in all.
        open_counters: How many counters call.
        online: Whether the uplink is connected; None where none is configured.
        notice: What staff tell everyone today.
        numbers: Letter → the highest number given out today: a desk whose card was exchanged learns
            it from here.
    """

    calls: list[Call]
    at_counters: list[Call]
    next: list[Waiting]
    waiting: int
    open_counters: int
    online: bool | None = None
    notice: str = ""
    numbers: dict[str, int] = {}


class ServiceWait(Message, frozen=True, kw_only=True):
    """How long a person who takes a number now will wait.

    Args:
        service: Its code.
        waiting: Tickets that share a counter with it and would be called before.
        low_min: Lower end of the range, in minutes, rounded to 5; None: no forecast.
        high_min: Upper end.
    """

    service: str
    waiting: int
    low_min: int | None = None
    high_min: int | None = None


class Wait(Retained, frozen=True, kw_only=True):
    """Who waits and how long, for every service."""

    waiting: int
    services: list[ServiceWait]


class WaitOf(Retained, frozen=True, kw_only=True):
    """The wait for one service, for pages that show only that."""

    wait: ServiceWait


class Kept(Message, frozen=True, kw_only=True):
    """How the promise was kept for a service today, of those with an appointment in time.

    Args:
        service: Its code.
        came: How many came in time and were called.
        called: The share that was called within five minutes of max(slot, scan).
        started: The share whose conversation began by then; None: no counter says when it begins.
        at_once: The share that was called without any wait.
    """

    service: str
    came: int
    called: float
    started: float | None
    at_once: float


class Watch(Message, frozen=True, kw_only=True):
    """How the promise will be kept for a service in the next hour.

    Args:
        service: Its code.
        appointments: How many are expected to come in time.
        kept: The share that will be called within five minutes.
        mended_by: The counter whose opening would help most, where `kept` is too little.
        kept_then: The share if it opened now.
    """

    service: str
    appointments: float
    kept: float
    mended_by: str | None = None
    kept_then: float | None = None


class Score(Message, frozen=True, kw_only=True):
    """How good the forecasts of the last two weeks were.

    Args:
        forecasts: How many have been compared with what happened.
        error_min: Mean absolute error, in minutes.
        bias_min: Mean error; above zero: too much was said.
        below_p90: Share of waits that were no longer than was said; should be 0.9.
    """

    forecasts: int
    error_min: float
    bias_min: float
    below_p90: float


class Promise(Retained, frozen=True, kw_only=True):
    """The five-minute promise: today so far, and the next hour; and how good forecasts are."""

    today: list[Kept]
    next_hour: list[Watch]
    forecast: Score | None = None


class OpenTicket(Message, frozen=True, kw_only=True):
    """A ticket as the counter pages show it; ranks are [class, rank time, sequence]."""

    ticket: str
    service: str
    state: str
    taken: datetime
    rank: tuple[int, datetime, int]
    slot: datetime | None = None
    counter: str | None = None
    calls: int = 0
    shown: int = 1
    wishes: list[Wish] = []


class OpenCounter(Message, frozen=True, kw_only=True):
    """A counter as the counter pages show it."""

    counter: str
    state: str
    services: list[str]
    ticket: str | None = None
    stands_by: bool = False


class Tickets(Retained, frozen=True, kw_only=True):
    """The open tickets in calling order, and the counters."""

    tickets: list[OpenTicket]
    counters: list[OpenCounter]


class Alarm(Message, frozen=True, kw_only=True):
    """Something that staff should know.

    Args:
        name: A word from a closed list, such as `printer.paper_out`.
        since: Desk time.
        sentence: What is wrong and what to do, in the site's language.
    """

    name: str
    since: datetime
    sentence: str


class Alarms(Retained, frozen=True, kw_only=True):
    """What is wrong now; empty when all is well."""

    alarms: list[Alarm]


class KioskResult(Message, frozen=True, kw_only=True):
    """What the kiosk shows for a scan or a touch.

    Args:
        outcome: A word from a closed list; texts stand under `scan.{outcome}`.
        facts: What the text needs.
        ticket: The number, where there is one.
        paper: Whether a slip comes out: if not, the number stands large on the screen.
    """

    outcome: str
    facts: dict[str, str]
    ticket: str | None = None
    paper: bool = True


class Presence(Message, frozen=True, kw_only=True):
    """Whether a process of ours is alive: birth, a beat every 2 s, and the last will.

    Args:
        state: `up` or `down`.
        detail: For people, such as `camera: no frames for 3 s`.
    """

    state: str
    detail: str = ""


def encode(message: Message) -> bytes:
    """Give the payload's bytes."""
    return msgspec.json.encode(message)


def decode(payload: bytes, kind: type[T]) -> T:
    """Read a payload.

    Raises:
        MessageError: Too long, not JSON, or of another shape.
    """
    if len(payload) > LIMIT_BYTES:
        raise MessageError(f"{len(payload)} bytes; at most {LIMIT_BYTES} are read")
    try:
        return msgspec.json.decode(payload, type=kind)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise MessageError(str(error)) from error
