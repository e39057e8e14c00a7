"""What staff are told: the open tickets, the promise, what is wrong."""

from __future__ import annotations

import msgspec

from appliance.bus.messages.payload import Message, Moment, Retained
from appliance.line.model import Mode, Urgency, WhyCalled, Wish


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
    taken: Moment
    rank: tuple[int, Moment, int]
    slot: Moment | None = None
    counter: str | None = None
    calls: int = 0
    shown: int = 1
    wishes: list[Wish] = msgspec.field(default_factory=list)
    called: Moment | None = None
    first_called: Moment | None = None
    started: Moment | None = None
    urgent: Urgency | None = None
    language: str | None = None
    why: WhyCalled | None = None


class OpenCounter(Message, frozen=True, kw_only=True):
    """A counter as the counter pages show it."""

    counter: str
    state: str
    services: list[str]
    ticket: str | None = None
    stands_by: bool = False


class Tickets(Retained, frozen=True, kw_only=True):
    """The open tickets in calling order, the counters, and whom the lobby takes in today.

    Args:
        tickets: In calling order; see `left_out`.
        counters: As configured.
        mode: Whom the lobby takes in.
        hours: Opening hours of today, such as `08:00-12:30`; None: it is always open.
        left_out: So many more are open, for which one message has no room: the last of the line,
            and of those who did not come. They are called, and come back, like all others.
    """

    tickets: list[OpenTicket]
    counters: list[OpenCounter]
    mode: Mode = Mode.OPEN
    hours: list[str] | None = None
    left_out: int = 0


class Alarm(Message, frozen=True, kw_only=True):
    """Something that staff should know.

    Args:
        name: A word from a closed list, such as `printer`.
        since: Desk time.
        sentence: What is wrong and what to do, in the site's language.
    """

    name: str
    since: Moment
    sentence: str


class Alarms(Retained, frozen=True, kw_only=True):
    """What is wrong now; empty when all is well."""

    alarms: list[Alarm]
