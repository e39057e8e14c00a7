"""`lobby replay`: the desk's own line in virtual time, one JSON command a line, one answer each.

For asking "what if", and for others' tests: what answers here is `Line`, its rules and its
estimator, not a copy. Nothing is printed, journaled or published.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Annotated, Any, assert_never
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

from appliance.line import commands, events, model
from appliance.line.answers import Done, Given, Refused
from appliance.line.forecast import Estimator
from appliance.line.line import Line

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import TextIO

    from appliance.line.answers import Answer
    from appliance.strings import Texts

Told = dict[str, Any]
SECOND = timedelta(seconds=1)
YEARS = range(2000, 2100)


class ReplayError(ValueError):
    """A command cannot be taken; the sentence says why. Nothing was changed."""


class _Asked(msgspec.Struct, frozen=True, tag_field="do"):
    at: datetime


class _Service(msgspec.Struct, frozen=True):
    code: Annotated[str, msgspec.Meta(min_length=1)]
    letter: Annotated[str, msgspec.Meta(pattern="^[A-Z]$")]
    minutes: Annotated[float, msgspec.Meta(gt=0)]


class _Counter(msgspec.Struct, frozen=True):
    id: Annotated[str, msgspec.Meta(min_length=1)]
    services: list[str]


class _Booking(msgspec.Struct, frozen=True):
    id: str
    slot: datetime
    minutes: Annotated[int, msgspec.Meta(ge=1)]
    service: str


class Setup(_Asked, frozen=True, tag="setup"):
    """The lobby; first of all, and once."""

    services: list[_Service]
    counters: list[_Counter]
    timezone: str = "Europe/Berlin"


class Bookings(_Asked, frozen=True, tag="bookings"):
    """The bookings of a day, all of them."""

    date: date
    bookings: list[_Booking]


class OpenCounter(_Asked, frozen=True, tag="open_counter"):
    """A counter begins to call."""

    counter: str
    services: list[str] = []


class CloseCounter(_Asked, frozen=True, tag="close_counter"):
    """A counter stops calling."""

    counter: str


class CheckIn(_Asked, frozen=True, tag="check_in"):
    """A person with an appointment is there."""

    booking: str
    slot: datetime
    minutes: Annotated[int, msgspec.Meta(ge=1)]
    service: str


class Issue(_Asked, frozen=True, tag="issue"):
    """A person without an appointment takes a number."""

    service: str


class Next(_Asked, frozen=True, tag="next"):
    """A counter is free."""

    counter: str


class Start(_Asked, frozen=True, tag="start"):
    """The conversation begins."""

    ticket: str


class Finish(_Asked, frozen=True, tag="finish"):
    """The conversation is over."""

    ticket: str


class NoShow(_Asked, frozen=True, tag="no_show"):
    """Nobody came."""

    ticket: str


class Wait(_Asked, frozen=True, tag="wait"):
    """How long would a person wait who takes a number now?"""

    service: str


Command = (
    Setup
    | Bookings
    | OpenCounter
    | CloseCounter
    | CheckIn
    | Issue
    | Next
    | Start
    | Finish
    | NoShow
    | Wait
)


class Replay:
    """A line in virtual time.

    Args:
        line: The lobby, or None: then the first command sets it up.
        texts: For the reasons of refusals.
    """

    def __init__(self, line: Line | None, texts: Texts) -> None:
        self._texts = texts
        self._now: datetime | None = None
        self._line: Line | None = None
        if line is not None:
            self._begin(line)

    def answer(self, text: str) -> Told:
        """Do what one line asks; give the answer to write."""
        try:
            return {"ok": True} | self._do(_read(text))
        except ReplayError as error:
            return {"ok": False, "error": str(error)}

    def _begin(self, line: Line) -> None:
        self._line = line
        self._estimator = Estimator(line.services, line.zone)

    def _do(self, asked: Command) -> Told:
        if self._now is not None and asked.at < self._now:
            raise ReplayError(f"at {asked.at.isoformat()} is before {self._now.isoformat()}")
        if isinstance(asked, Setup):
            if self._line is not None:
                raise ReplayError("the lobby is set up already")
            self._begin(_lobby(asked))
            self._now = asked.at
            self._turn_day(asked.at)
            return {}
        if self._line is None:
            raise ReplayError("first of all comes setup")
        self._now = asked.at
        self._turn_day(asked.at)
        return self._in_lobby(asked, self._line)

    def _in_lobby(self, asked: Command, line: Line) -> Told:
        now = asked.at
        match asked:
            case Setup():
                return {}
            case Bookings():
                self._estimator.know(asked.date, [_booking(each) for each in asked.bookings])
                return {}
            case Wait():
                return self._wait(asked.service, line, now)
            case OpenCounter():
                opens = commands.OpenCounter(asked.counter, frozenset(asked.services))
                return self._told(opens, now)
            case CloseCounter():
                return self._told(commands.CloseCounter(asked.counter), now)
            case CheckIn():
                booking = model.Booking(asked.booking, asked.slot, asked.minutes, asked.service)
                return self._told(commands.CheckIn(booking), now)
            case Issue():
                expected = self._expected(asked.service, line, now)
                return self._told(commands.Issue(asked.service, expected=expected), now)
            case Next():
                return self._next(asked.counter, now)
            case Start():
                return self._told(commands.Start(asked.ticket), now)
            case Finish():
                return self._told(commands.Finish(asked.ticket), now)
            case NoShow():
                return self._told(commands.NoShow(asked.ticket, force=True), now)
        assert_never(asked)

    def _told(self, command: commands.Command, now: datetime) -> Told:
        answer, _ = self._decide(command, now)
        match answer:
            case Given(ticket, again):
                return {"ticket": ticket, "again": True} if again else {"ticket": ticket}
            case Done(ticket, _) if ticket is not None:
                return {"ticket": ticket}
            case _:
                return {}

    def _next(self, counter: str, now: datetime) -> Told:
        _, happened = self._decide(commands.Next(counter), now)
        for event in happened:
            if isinstance(event, events.TicketCalled):
                return {
                    "ticket": event.ticket,
                    "rank": _rank(event.candidates[0].rank),
                    "candidates": [
                        {"ticket": each.ticket, "rank": _rank(each.rank)}
                        for each in event.candidates
                    ],
                }
        return {"ticket": None}

    def _expected(self, service: str, line: Line, now: datetime) -> timedelta | None:
        """Give how long somebody would wait, where the last number depends on it."""
        if line.hours_today is None or service not in line.services:
            return None
        forecast = self._estimator.wait_for(line, service, now)
        return None if forecast is None else forecast.p50

    def _wait(self, service: str, line: Line, now: datetime) -> Told:
        if service not in line.services:
            raise ReplayError(self._texts("refused.unknown_service", service=service))
        forecast = self._estimator.wait_for(line, service, now)
        if forecast is None:
            return {"p50_s": None}
        low, high = forecast.interval
        return {
            "waiting": forecast.waiting,
            "p50_s": forecast.p50 / SECOND,
            "p90_s": forecast.p90 / SECOND,
            "interval_s": [low / SECOND, high / SECOND],
        }

    def _decide(
        self, command: commands.Command, now: datetime
    ) -> tuple[Answer, tuple[events.Event, ...]]:
        """Decide and apply.

        Raises:
            ReplayError: The line refuses it.
        """
        line = self._line
        if line is None:
            raise ReplayError("first of all comes setup")
        decision = line.decide(command, now)
        if isinstance(decision.answer, Refused):
            reason = decision.answer.reason.value
            raise ReplayError(self._texts(f"refused.{reason}", **decision.answer.facts))
        for event in decision.events:
            self._estimator.hear(event, line)
            line = line.apply(event)
        self._line = line
        return decision.answer, decision.events

    def _turn_day(self, now: datetime) -> None:
        line = self._line
        if line is None:
            return
        today = now.astimezone(line.zone).date()
        if line.day is None or today > line.day:
            self._decide(commands.TurnDay(today), now)


def run(replay: Replay, lines: Iterable[bytes], out: TextIO) -> int:
    """Answer every line at once; give the exit code."""
    encode = msgspec.json.Encoder().encode
    for line in lines:
        answer = replay.answer(line.decode("utf-8", "replace"))
        out.write(encode(answer).decode() + "\n")
        out.flush()
    return 0


_decode: Callable[[str], Command] = msgspec.json.Decoder(Command).decode


def _read(text: str) -> Command:
    try:
        asked = _decode(text)
    except (msgspec.MsgspecError, UnicodeError, RecursionError, OverflowError) as error:
        raise ReplayError(f"this is no command: {error}") from error
    _check_aware(asked.at, "at")
    if isinstance(asked, CheckIn):
        _check_aware(asked.slot, "slot")
    return asked


def _check_aware(moment: datetime, name: str) -> None:
    if moment.tzinfo is None:
        raise ReplayError(f"{name} needs an offset, such as 2026-03-02T08:00:00+01:00")
    if moment.year not in YEARS:
        raise ReplayError(f"{name} is in the year {moment.year}: no lobby was open then")


def _lobby(asked: Setup) -> Line:
    try:
        zone = ZoneInfo(asked.timezone)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ReplayError(f"there is no time zone '{asked.timezone}'") from error
    for what, names in (
        ("services", [each.code for each in asked.services]),
        ("counters", [each.id for each in asked.counters]),
    ):
        if len(set(names)) < len(names):
            raise ReplayError(f"two {what} have the same name")
    services = {
        each.code: model.Service(each.code, each.letter, timedelta(minutes=each.minutes))
        for each in asked.services
    }
    for counter in asked.counters:
        for code in counter.services:
            if code not in services:
                raise ReplayError(f"counter '{counter.id}' serves '{code}', which is no service")
    return Line(
        services=services,
        counters={c.id: model.Counter(c.id, frozenset(c.services)) for c in asked.counters},
        zone=zone,
    )


def _booking(each: _Booking) -> model.Booking:
    _check_aware(each.slot, "slot")
    return model.Booking(each.id, each.slot, each.minutes, each.service)


def _rank(rank: model.Rank) -> list[float]:
    return [int(rank.rank_class), _epoch_s(rank.rank_time), rank.sequence]


def _epoch_s(moment: datetime) -> float:
    seconds = moment.timestamp()
    return int(seconds) if seconds.is_integer() else seconds
