"""What happened, read from what the desk tells: the difference between one message and the next.

Nobody's wishes, and no names: there are none on the bus, and wishes concern the counter alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, assert_never

from appliance.bus.beats import Being, Life
from appliance.bus.messages.alive import Health
from appliance.bus.messages.shown import Board, Wait
from appliance.bus.messages.staff import Alarms, Promise, Tickets
from appliance.line.model import TicketState

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from appliance.bus.beats import Process
    from appliance.bus.messages.shown import Call
    from appliance.bus.messages.staff import Alarm
    from appliance.console.ear import Word


class What(StrEnum):
    """What happens; texts stand under `cli.{what}`."""

    FOLLOWING = "following"
    """Nothing yet: from here on what happens is told."""
    GIVEN = "given"
    GIVEN_BOOKED = "given_booked"
    CALLED = "called"
    CALLED_AGAIN = "called_again"
    ALARM_ON = "alarm_on"
    ALARM_OFF = "alarm_off"
    PROCESS_UP = "process_up"
    PROCESS_DOWN = "process_down"
    PROCESS_SILENT = "process_silent"
    PROCESS_ABSENT = "process_absent"
    PROCESS_SAYS = "process_says"
    BUS_LOST = "bus_lost"
    BUS_BACK = "bus_back"


@dataclass(frozen=True, slots=True)
class Happening:
    """Something that happened.

    Args:
        at: Desk time; of processes and the bus, our own.
        what: What it was.
        facts: What its text needs.
    """

    at: datetime
    what: What
    facts: Mapping[str, str | int] = field(default_factory=dict)


class Differences:
    """Remembers what was told last, and finds what is new.

    What was there before the first message is no news; alarms that are on, and processes that are
    not well, are.
    """

    def __init__(self) -> None:
        self._board: Board | None = None
        self._day: date | None = None
        self._given: set[str] | None = None
        self._called: set[str] | None = None
        self._alarms: dict[str, Alarm] = {}
        self._lives: dict[Process, Being] = {}

    def told(self, word: Word) -> list[Happening]:
        """Take in what the desk tells; give what is new, in the order in which it happened."""
        match word:
            case Board():
                # Kept until the tickets come: a number is given before it is called.
                self._board = word
                return []
            case Tickets():
                new = [*self._newly_given(word), *self._newly_called()]
                return sorted(new, key=lambda happening: happening.at)
            case Alarms():
                return [*self._alarms_now(word)]
            case Wait() | Promise() | Health():
                return []
            case _:
                assert_never(word)

    def processes(self, lives: Mapping[Process, Being], now: datetime) -> list[Happening]:
        """Take in which processes are alive; give what is new."""
        news = []
        for process, being in lives.items():
            before = self._lives.get(process, Being(Life.UP))
            if being.life is None or being == before:
                continue
            self._lives[process] = being
            what = What(f"process_{being.life.value}")
            if being.life is before.life:
                if being.life is not Life.UP or not being.detail:
                    continue
                what = What.PROCESS_SAYS
            facts = {"process": process.name, "device": process.device, "detail": being.detail}
            news.append(Happening(now, what, facts))
        return news

    def _newly_given(self, tickets: Tickets) -> Iterable[Happening]:
        if self._given is None:
            waiting = sum(each.state == TicketState.WAITING.value for each in tickets.tickets)
            yield Happening(tickets.as_of, What.FOLLOWING, {"waiting": waiting})
        elif tickets.day != self._day:
            self._given, self._called = set(), set()
        self._day = tickets.day
        known = self._given
        self._given = (known or set()) | {each.ticket for each in tickets.tickets}
        for each in tickets.tickets:
            if known is None or each.ticket in known:
                continue
            facts = {"ticket": each.ticket, "service": each.service}
            yield Happening(each.taken, What.GIVEN_BOOKED if each.slot else What.GIVEN, facts)

    def _newly_called(self) -> Iterable[Happening]:
        board, self._board = self._board, None
        if board is None:
            return
        # The calls of the last minute, and the last of each who is at a counter: more, if we were
        # away for longer.
        calls = {call.id: call for call in (*board.at_counters, *board.calls)}
        known = self._called
        self._called = (known or set()) | calls.keys()
        if known is not None:
            yield from (_called(call, board) for id_, call in calls.items() if id_ not in known)

    def _alarms_now(self, alarms: Alarms) -> Iterable[Happening]:
        on = {each.name: each for each in alarms.alarms}
        for name, each in on.items():
            before = self._alarms.get(name)
            if before is None or before.sentence != each.sentence:
                at = alarms.as_of if before else each.since
                facts = {"alarm": name, "sentence": each.sentence}
                yield Happening(at, What.ALARM_ON, facts)
        for name, each in self._alarms.items():
            if name not in on:
                facts = {"alarm": name, "sentence": each.sentence}
                yield Happening(alarms.as_of, What.ALARM_OFF, facts)
        self._alarms = on


def _called(call: Call, board: Board) -> Happening:
    at = board.as_of - timedelta(seconds=call.age_s)
    what = What.CALLED_AGAIN if call.again else What.CALLED
    return Happening(at, what, {"ticket": call.ticket, "counter": call.counter})
