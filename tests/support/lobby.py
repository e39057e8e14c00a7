"""A small lobby for tests of the line: three services, three counters, one Monday."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from appliance.line import commands
from appliance.line.answers import Given
from appliance.line.line import Line
from appliance.line.model import Booking, Counter, Service, WalkIn

BERLIN: Final = ZoneInfo("Europe/Berlin")
DAY: Final = date(2026, 3, 2)


def at(clock: str, day: date = DAY) -> datetime:
    """Give a time of the day, such as `09:20` or `09:20:30`, in Berlin."""
    moment = datetime.combine(day, time.fromisoformat(clock), BERLIN)
    return moment.astimezone(UTC)


def booking(slot: str, service: str = "A1", *, id_: str | None = None) -> Booking:
    """Give an appointment at `slot`."""
    return Booking(id_ or f"{service}-{slot}", at(slot), 10, service)


def empty_line() -> Line:
    """Give the lobby before its first day: counters 1 and 2 for A1 and B1, counter 3 for C1."""
    return Line(
        services={
            "A1": Service("A1", "A", timedelta(minutes=5)),
            "B1": Service("B1", "B", timedelta(minutes=10)),
            "C1": Service("C1", "C", timedelta(minutes=20), WalkIn.REDIRECT),
            "D1": Service("D1", "D", timedelta(minutes=20), WalkIn.OFF),
        },
        counters={
            "1": Counter("1", frozenset({"A1", "B1"})),
            "2": Counter("2", frozenset({"A1", "B1"})),
            "3": Counter("3", frozenset({"C1"})),
        },
        zone=BERLIN,
    )


class Played:
    """A lobby on which a test plays: each command is decided and, if accepted, applied."""

    def __init__(self) -> None:
        self.line = empty_line()
        self.do(commands.TurnDay(DAY), "00:00")

    def do(self, command: commands.Command, clock: str) -> object:
        """Ask for `command` at `clock`; give the answer."""
        decision = self.line.decide(command, at(clock))
        self.line = self.line.apply_all(decision.events)
        return decision.answer

    def opens(self, *counters: str) -> None:
        """Open counters before the doors open."""
        for counter in counters:
            self.do(commands.OpenCounter(counter), "07:59")

    def walks_in(self, clock: str, service: str = "A1") -> str:
        """Let someone take a number; give it."""
        answer = self.do(commands.Issue(service), clock)
        assert isinstance(answer, Given)
        return answer.ticket

    def checks_in(self, clock: str, slot: str, service: str = "A1") -> str:
        """Let someone with an appointment at `slot` scan it; give the number."""
        answer = self.do(commands.CheckIn(booking(slot, service)), clock)
        assert isinstance(answer, Given)
        return answer.ticket
