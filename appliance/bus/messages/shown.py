"""What screens show: the board, the waits, what a scan or a touch came to."""

from __future__ import annotations

import msgspec

from appliance.bus.messages.payload import Message, Moment, Retained


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
    numbers: dict[str, int] = msgspec.field(default_factory=dict)


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
    """Who waits and how long, for every service.

    Args:
        waiting: How many wait in all.
        services: As configured.
        closed: Whether nobody gets a number without an appointment now, whatever they come for.
        opens: From when they do again; None: it is open, or nobody knows.
    """

    waiting: int
    services: list[ServiceWait]
    closed: bool = False
    opens: Moment | None = None


class WaitOf(Retained, frozen=True, kw_only=True):
    """The wait for one service, for pages that show only that."""

    wait: ServiceWait


class Today(Retained, frozen=True, kw_only=True):
    """How waits and promise were over the day, in steps of the same length; null: not heard then.

    Kept at the centre from what the desk says, in its name: `as_of`, `day` and `session` are those
    of its last word that is in it.

    Args:
        start: Desk time at which the first step begins.
        step_s: Length of a step.
        waiting: The most who waited at once, in each step.
        longest_min: The upper end of the longest range foreseen, in minutes.
        came: How many with an appointment had come in time, and been called, by its end.
        kept: How many of these were called within five minutes.
    """

    start: Moment
    step_s: int
    waiting: list[int | None]
    longest_min: list[int | None]
    came: list[int | None]
    kept: list[int | None]


class Follow(Retained, frozen=True, kw_only=True):
    """How one number stands, for the page behind its slip's QR. Nothing in it tells who it is.

    Args:
        ticket: The number.
        service: Its code.
        state: As in `OpenTicket`, and the ends: `served`, `closed`, `cancelled`.
        right_of_way: Whether it stands before those without an appointment.
        ahead: While it waits: tickets that share a counter with it and are called before.
        ahead_first: How many of these have right of way.
        low_min: While it waits: lower end of the range, in minutes, rounded to 5; None: no
            forecast, as no counter that serves it is open.
        high_min: Upper end.
        counter: Where it is called to, or was last; None: nowhere yet.
        calls: How often it was called: a higher one is a call anew.
    """

    ticket: str
    service: str
    state: str
    right_of_way: bool = False
    ahead: int | None = None
    ahead_first: int | None = None
    low_min: int | None = None
    high_min: int | None = None
    counter: str | None = None
    calls: int = 0


class KioskResult(Message, frozen=True, kw_only=True):
    """What the kiosk shows for a scan or a touch.

    Args:
        outcome: A word from a closed list; texts stand under `scan.{outcome}`.
        facts: What the text needs.
        ticket: The number, where there is one.
        paper: Whether a slip comes out: if not, the number stands large on the screen.
        more: Language → what the desk says after these words, such as how many are before; it is
            worded there, as it depends on the line and on what the site has configured.
    """

    outcome: str
    facts: dict[str, str]
    ticket: str | None = None
    paper: bool = True
    more: dict[str, str] = msgspec.field(default_factory=dict)
