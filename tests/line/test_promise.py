"""The promise watch: says before it is broken who could mend it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from appliance.line import commands
from appliance.line.forecast import Estimator
from tests.support.lobby import BERLIN, DAY, at, booking, empty_line

if TYPE_CHECKING:
    from appliance.line.promise import Promise


def watched(*clocks: str, opens: tuple[str, ...], waiting: int = 0) -> tuple[Promise, ...]:
    """Open counters at eight, let people wait, and look at the next hour with these slots."""
    line = empty_line()
    estimator = Estimator(line.services, BERLIN)
    slots = [booking(clock, "B1", id_=f"{n:x}") for n, clock in enumerate(clocks)]
    asked: list[commands.Command] = [
        commands.TurnDay(DAY),
        *(commands.OpenCounter(counter) for counter in opens),
        *(commands.Issue("B1") for _ in range(waiting)),
        *(commands.Next(counter) for counter in opens),
    ]
    for command in asked:
        for event in line.decide(command, at("08:00")).events:
            estimator.hear(event, line)
            line = line.apply(event)
    estimator.know(DAY, slots)
    return estimator.promise(line, at("08:01"))


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
    line = empty_line()
    estimator = Estimator(line.services, BERLIN)
    asked: list[commands.Command] = [
        commands.TurnDay(DAY),
        commands.OpenCounter("1"),
        commands.Issue("B1"),
        commands.Next("1"),
        commands.CheckIn(booking("08:00", "B1")),
    ]
    for command in asked:
        now = at("08:00") if not isinstance(command, commands.CheckIn) else at("08:15")
        for event in line.decide(command, now).events:
            estimator.hear(event, line)
            line = line.apply(event)
    assert estimator.promise(line, at("08:15") + timedelta(seconds=1)) == ()
