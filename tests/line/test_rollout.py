"""The many draws at once, beside the real line playing one of them."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from appliance.line import commands
from appliance.line.answers import Called, Given
from appliance.line.model import Booking, Counter
from appliance.line.rollout import CLASS_STEP, NEVER, Scene, calls
from tests.support.lobby import DAY, at, empty_line

if TYPE_CHECKING:
    from appliance.line.line import Line

NOW = at("09:00")
CODES = ("A1", "B1")
COUNTERS = {"1": frozenset({"A1"}), "2": frozenset({"B1"}), "3": frozenset({"A1", "B1"})}


def scene_of(people: list[tuple[str, int | None, float, float]]) -> Scene:
    """Stage people (service, slot in minutes or None, scan and length in seconds), one draw."""
    comes = np.array([[scan for _, _, scan, _ in people]], np.float32)
    slot_s = [None if slot is None else slot * 60.0 for _, slot, _, _ in people]
    due = [
        CLASS_STEP + scan if slot is None else max(slot, scan)
        for slot, (_, _, scan, _) in zip(slot_s, people, strict=True)
    ]
    counters = sorted(COUNTERS.values(), key=len)
    none = np.full((1, len(counters)), NEVER)
    return Scene(
        lanes=[[place] for place in range(len(people))],
        able=np.array([[person[0] in codes for person in people] for codes in counters]),
        free_at=np.zeros((1, len(counters)), np.float32),
        leaves=none,
        returns=none,
        comes=comes,
        rank=np.array([due], np.float32),
        rises=np.array([-1 if slot is None else slot - 600 for slot in slot_s], np.float32),
        lag=np.array([0 if slot is None else 2 * CLASS_STEP for slot in slot_s], np.float32),
        takes=np.array([[person[3] for person in people]], np.float32),
    )


def lived(people: list[tuple[str, int | None, float, float]]) -> list[float]:
    """Let the real line call the same people."""
    line = replace(
        empty_line(), counters={name: Counter(name, codes) for name, codes in COUNTERS.items()}
    )
    line = done(line, commands.TurnDay(DAY), 0.0)
    for counter in COUNTERS:
        line = done(line, commands.OpenCounter(counter), 0.0)
    numbers: dict[str, int] = {}
    called = [np.inf] * len(people)
    free = dict.fromkeys(sorted(COUNTERS, key=lambda name: len(COUNTERS[name])), 0.0)
    to_come = list(range(len(people)))
    while to_come or any(np.isinf(at_s) for at_s in called):
        comes_s = people[to_come[0]][2] if to_come else np.inf
        counter = min(free, key=lambda name: free[name])
        if comes_s <= free[counter]:
            place = to_come.pop(0)
            service, slot, _, _ = people[place]
            command: commands.Command = commands.Issue(service)
            if slot is not None:
                when = NOW + timedelta(minutes=slot)
                command = commands.CheckIn(Booking(f"{place:x}", when, 5, service))
            answer = line.decide(command, NOW + timedelta(seconds=comes_s)).answer
            assert isinstance(answer, Given)
            numbers[answer.ticket] = place
            line = done(line, command, comes_s)
            continue
        now_s = free[counter]
        decision = line.decide(commands.Next(counter), NOW + timedelta(seconds=now_s))
        line = line.apply_all(decision.events)
        if isinstance(decision.answer, Called):
            place = numbers[decision.answer.ticket]
            called[place] = now_s
            free[counter] = now_s + people[place][3]
        else:
            free[counter] = comes_s
    return called


def done(line: Line, command: commands.Command, after_s: float) -> Line:
    return line.apply_all(line.decide(command, NOW + timedelta(seconds=after_s)).events)


# Every second is odd in its own way, so that no two things happen at the same time.
SECONDS = st.integers(0, 5000).map(lambda whole: whole + 0.25)
PEOPLE = st.lists(
    st.tuples(
        st.sampled_from(CODES),
        st.none() | st.integers(0, 90),
        SECONDS,
        st.integers(30, 1500).map(lambda whole: whole + 0.125),
    ),
    min_size=1,
    max_size=14,
    unique_by=lambda person: person[2],
)


def is_in_time(person: tuple[str, int | None, float, float]) -> bool:
    """Leave those out who scan late: they rank like walk-ins, by another time."""
    return person[1] is None or person[2] <= person[1] * 60 + 600


@given(PEOPLE.map(lambda people: sorted(filter(is_in_time, people), key=lambda person: person[2])))
@settings(deadline=None, max_examples=60)
def test_one_draw_is_called_as_the_real_line_calls(
    people: list[tuple[str, int | None, float, float]],
) -> None:
    if people:
        staged = calls(scene_of(people), range(len(people)))[0].tolist()
        assert np.allclose(staged, lived(people), atol=0.1)


@given(PEOPLE.map(lambda people: sorted(people, key=lambda person: person[2])))
@settings(deadline=None, max_examples=60)
def test_lanes_change_nothing_but_the_time_it_takes(
    people: list[tuple[str, int | None, float, float]],
) -> None:
    scene = scene_of(people)
    walk_ins = [
        [n for n, (service, slot, _, _) in enumerate(people) if service == code and slot is None]
        for code in CODES
    ]
    booked = [[n] for n, (_, slot, _, _) in enumerate(people) if slot is not None]
    lanes = [*(lane for lane in walk_ins if lane), *booked]
    able = scene.able[:, [lane[0] for lane in lanes]]
    in_lanes = replace(scene, lanes=lanes, able=able)
    everybody = range(len(people))
    assert calls(in_lanes, everybody).tolist() == calls(scene, everybody).tolist()


def test_counter_that_is_away_calls_when_it_is_back() -> None:
    scene = scene_of([("A1", None, 0.0, 60.0), ("A1", None, 0.0, 60.0), ("A1", None, 0.0, 60.0)])
    away = replace(
        scene,
        able=scene.able & np.array([[True], [True], [False]]),
        leaves=np.array([[30.0, NEVER, NEVER]], np.float32),
        returns=np.array([[600.0, NEVER, NEVER]], np.float32),
    )
    assert calls(away, range(3))[0].tolist() == [0.0, 600.0, 660.0]


def test_who_never_comes_is_never_called() -> None:
    scene = scene_of([("A1", 10, float("inf"), 60.0), ("A1", None, 5.0, 60.0)])
    assert calls(scene, [1])[0].tolist() == [np.inf, 5.0]


def test_nobody_is_called_after_the_end() -> None:
    scene = scene_of([("A1", None, 0.0, 60.0), ("A1", None, 700.0, 60.0)])
    assert calls(scene, [0, 1], until_s=600.0)[0].tolist() == [0.0, np.inf]


def test_scene_is_not_changed_by_playing_it() -> None:
    scene = scene_of([("A1", None, 0.0, 60.0), ("B1", 5, 0.0, 60.0)])
    before = scene.rank.copy(), scene.free_at.copy()
    assert calls(scene, [0, 1]).tolist() == calls(scene, [0, 1]).tolist()
    assert (scene.rank == before[0]).all()
    assert (scene.free_at == before[1]).all()
