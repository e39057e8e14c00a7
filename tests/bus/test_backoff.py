from __future__ import annotations

import itertools
import random

from appliance.bus.backoff import Backoff, Pace


def test_waits_grow_to_a_bound_and_begin_anew() -> None:
    waits = Backoff(Pace(0.5, 5.0), lambda _least, bound: bound)
    assert [waits.next_s() for _ in range(5)] == [1.0, 2.0, 4.0, 5.0, 5.0]
    waits.reset()
    assert waits.next_s() == 1.0


def test_hundred_devices_do_not_come_at_the_same_instant() -> None:
    chance = random.Random(1)  # noqa: S311  (a seeded one)
    first = sorted(Backoff(Pace(0.5, 5.0), chance.uniform).next_s() for _ in range(100))
    assert first[0] >= 0.5
    assert first[-1] <= 1.0
    assert max(b - a for a, b in itertools.pairwise(first)) < 0.05
