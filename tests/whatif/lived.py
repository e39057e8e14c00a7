"""Days as people and clerks live them, for tests: anything that the line takes, in any order."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Final, NamedTuple

from hypothesis import strategies as st

from appliance.line import commands
from appliance.line.events import Event
from appliance.line.line import Line
from appliance.line.model import Booking, Counter, Mode, Urgency, Wish
from appliance.whatif.days import Day
from tests.support.lobby import DAY, at, empty_line

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import datetime


SERVICES: Final = ("A1", "B1", "C1")
OFFERS: Final = {
    "1": frozenset({Wish.SEATED}),
    "2": frozenset({Wish.DISCREET_ROOM, Wish.INTERPRETER}),
}


def lobby() -> Line:
    """Give the lobby of the tests, whose counters offer different things."""
    line = empty_line()
    counters = {
        name: Counter(name, counter.services, offers=OFFERS.get(name, frozenset()))
        for name, counter in line.counters.items()
    }
    return replace(line, counters=counters)


@dataclass(slots=True)
class Lived:
    """A day that is lived, and recorded.

    Args:
        empty: The line without its tickets.
    """

    empty: Line
    line: Line
    record: list[Event]

    @classmethod
    def morning(cls, empty: Line | None = None) -> Lived:
        """Begin a day."""
        empty = empty or lobby()
        lived = cls(empty, empty, [])
        lived.ask(commands.TurnDay(DAY), at("00:00"))
        return lived

    def do(self, command: commands.Command, clock: str) -> object:
        """Ask for `command` at a time of the day; give the answer."""
        return self.ask(command, at(clock))

    def ask(self, command: commands.Command, now: datetime) -> object:
        """Ask for `command`; give the answer."""
        decision = self.line.decide(command, now)
        self.record += decision.events
        self.line = self.line.apply_all(decision.events)
        return decision.answer

    def day(self) -> Day:
        """Give the record of the day, which is over."""
        return Day(DAY, self.record, at("23:59"))

    def day_so_far(self) -> Day:
        """Give the record of the day, which goes on."""
        return Day(DAY, self.record)


class Step(NamedTuple):
    """One thing that somebody does, and how long after the one before."""

    after_s: int
    what: str
    counter: str
    service: str
    ticket: int
    slot: int
    wishes: frozenset[Wish]
    sure: bool


STEPS: Final = st.lists(
    st.builds(
        Step,
        after_s=st.sampled_from((0, 0, 1, 5, 9, 30, 60, 60, 120, 600)),
        what=st.sampled_from(
            """issue issue issue issue scan scan scan next next next next next next start finish
            finish recall no_show stand_by stand_by pause open open open_for close transfer park
            pick call back urgent cancel undo undo undo mode""".split()  # noqa: SIM905  (a list in words)
        ),
        counter=st.sampled_from(("1", "2", "3")),
        service=st.sampled_from(SERVICES),
        ticket=st.integers(0, 30),
        slot=st.integers(-6, 12),
        wishes=st.sampled_from([frozenset[Wish](), *(frozenset({wish}) for wish in Wish)]),
        sure=st.booleans(),
    ),
    max_size=60,
)
"""Whatever may be asked; most of it is refused, as in life."""


def live(steps: Iterable[Step]) -> Lived:
    """Live a day."""
    lived, now = Lived.morning(), at("08:00")
    for counter in lived.line.counters:
        lived.ask(commands.OpenCounter(counter), now)
    for step in steps:
        now += timedelta(seconds=step.after_s)
        lived.ask(_asked(step, lived.line), now)
    return lived


def _asked(step: Step, line: Line) -> commands.Command:
    there = line.counters[step.counter].ticket or ""
    any_one = [*line.tickets, ""][step.ticket % (len(line.tickets) + 1)]
    slot = at("09:00") + step.slot * timedelta(minutes=10)
    booking = Booking(f"{step.service}{step.slot}", slot, 10, step.service)
    mode = [*Mode][step.ticket % len(Mode)]
    asked: dict[str, Callable[[], commands.Command]] = {
        "issue": lambda: commands.Issue(step.service, step.wishes, by_staff=step.sure),
        "scan": lambda: commands.CheckIn(booking, step.wishes),
        "next": lambda: commands.Next(step.counter),
        "start": lambda: commands.Start(there),
        "finish": lambda: commands.Finish(there),
        "recall": lambda: commands.Recall(step.counter),
        "no_show": lambda: commands.NoShow(there, force=step.sure),
        "stand_by": lambda: commands.StandBy(step.counter),
        "pause": lambda: commands.Pause(step.counter),
        "open": lambda: commands.OpenCounter(step.counter),
        "open_for": lambda: commands.OpenCounter(step.counter, frozenset({step.service})),
        "close": lambda: commands.CloseCounter(step.counter),
        "transfer": lambda: commands.Transfer(there, step.service),
        "park": lambda: commands.Park(there),
        "pick": lambda: commands.Pick(step.counter, any_one),
        "call": lambda: commands.Call(step.counter, any_one),
        "back": lambda: commands.Back(any_one),
        "urgent": lambda: commands.MakeUrgent(any_one, Urgency.OTHER),
        "cancel": lambda: commands.Cancel(any_one),
        "undo": lambda: commands.Undo(step.counter),
        "mode": lambda: commands.SetMode(mode),
    }
    return asked[step.what]()
