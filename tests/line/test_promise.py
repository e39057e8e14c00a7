"""The promise watch: says before it is broken who could mend it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from appliance.line import commands
from appliance.line.forecast import Estimator
from tests.support.lobby import BERLIN, DAY, at, booking, empty_line

if TYPE_CHECKING:
    from appliance.line.promise import Promise


class Hall:
    """The small lobby with its estimator."""

    def __init__(self) -> None:
        self.line = empty_line()
        self.estimator = Estimator(self.line.services, BERLIN)
        self.do("00:00", commands.TurnDay(DAY))

    def do(self, clock: str, *asked: commands.Command) -> None:
        for command in asked:
            for event in self.line.decide(command, at(clock)).events:
                self.estimator.hear(event, self.line)
                self.line = self.line.apply(event)

    def promise(self, clock: str, *slots: str) -> tuple[Promise, ...]:
        bookings = [booking(slot, "B1", id_=f"{n:x}") for n, slot in enumerate(slots)]
        self.estimator.know(DAY, bookings)
        return self.estimator.promise(self.line, at(clock))


def watched(*slots: str, opens: tuple[str, ...], waiting: int = 0) -> tuple[Promise, ...]:
    """Open counters at eight, let people wait, and look at the next hour with these slots."""
    hall = Hall()
    hall.do("08:00", *(commands.OpenCounter(counter) for counter in opens))
    hall.do("08:00", *(commands.Issue("B1") for _ in range(waiting)))
    hall.do("08:00", *(commands.Next(counter) for counter in opens))
    return hall.promise("08:01", *slots)


def test_few_appointments_are_kept_and_nobody_need_help() -> None:
    (promise,) = watched("08:20", "08:50", opens=("1", "2"))
    assert promise.service == "B1"
    assert 1.5 < promise.appointments < 2.0
    assert promise.kept > 0.97
    assert promise.mended_by is None


def test_too_many_appointments_are_not_kept_and_the_counter_that_helps_is_named() -> None:
    (promise,) = watched(*(f"08:{m:02}" for m in range(15, 60, 4)), opens=("1",), waiting=3)
    assert promise.kept < 0.7
    assert promise.mended_by == "2"
    assert promise.kept_then is not None
    assert promise.kept_then > promise.kept + 0.2


def test_counter_that_does_not_serve_it_is_never_named() -> None:
    slots = tuple(f"08:{m:02}" for m in range(15, 60, 2))
    (promise,) = watched(*slots, opens=("1", "2"), waiting=3)
    assert promise.kept < 0.95
    assert promise.mended_by is None


def test_nothing_is_said_where_nobody_is_expected() -> None:
    assert watched(opens=("1",), waiting=5) == ()
    assert watched("11:00", opens=("1",)) == ()


def test_nobody_open_keeps_nothing() -> None:
    (promise,) = watched("08:20", opens=())
    assert promise.kept == 0.0
    assert promise.mended_by in {"1", "2"}


def test_same_hour_gives_the_same_answer() -> None:
    slots = tuple(f"08:{m:02}" for m in range(15, 60, 4))
    assert watched(*slots, opens=("1",)) == watched(*slots, opens=("1",))


def test_late_comers_are_not_promised_anything() -> None:
    hall = Hall()
    hall.do("08:00", commands.OpenCounter("1"), commands.Issue("B1"), commands.Next("1"))
    hall.do("08:15", commands.CheckIn(booking("08:00", "B1")))
    assert hall.promise("08:16") == ()


def test_promise_that_is_broken_already_is_not_foreseen() -> None:
    hall = Hall()
    hall.do("08:00", commands.OpenCounter("1"), commands.Issue("B1"), commands.Next("1"))
    hall.do("08:00", commands.CheckIn(booking("08:05", "B1")))
    assert len(hall.promise("08:09")) == 1
    assert hall.promise("08:11") == ()


def test_open_counter_whose_clerk_is_not_there_is_named_too() -> None:
    hall = Hall()
    hall.do("08:00", commands.OpenCounter("1"), commands.OpenCounter("2"))
    hall.do("08:00", *(commands.Issue("B1") for _ in range(4)), commands.Next("1"))
    (promise,) = hall.promise("08:12", *(f"08:{m:02}" for m in range(20, 60, 4)))
    assert promise.mended_by == "2"
