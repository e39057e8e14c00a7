"""A morning at the first site's figures: who comes when, with or without an appointment. Seeded.

8 counters, 13 % booked, load 0.83; some are early, some late, some never come; and at eight, when
the doors open, a handful stands there already.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

BOOKED = 0.13
LOAD = 0.83
AT_THE_DOOR = 8
SLOT = timedelta(minutes=10)
COMES_BEFORE_SLOT = (9.0, 7.0)
"""Mean and standard deviation, in minutes: most are early, one in ten is late."""
NEVER_COMES = 0.06
SHARES = {"A1": 0.45, "B1": 0.35, "C1": 0.20}
"""Which service people come for."""


@dataclass(frozen=True, slots=True)
class Visitor:
    """A person on the way.

    Args:
        comes: When they stand at the entrance.
        service: What they come for.
        slot: Their appointment, or None.
    """

    comes: datetime
    service: str
    slot: datetime | None = None


def visitors(
    opens: datetime, closes: datetime, minutes: dict[str, float], counters: int, seed: int
) -> Sequence[Visitor]:
    """Give everyone who comes between two times, in the order in which they come.

    Args:
        opens: When the doors open.
        closes: When the last one comes.
        minutes: Service → expected length of a conversation.
        counters: How many serve.
        seed: The same seed, the same morning.
    """
    chance = random.Random(seed)  # noqa: S311  (a play, no secret)
    mean = sum(share * minutes[service] for service, share in SHARES.items())
    between = timedelta(minutes=mean / (LOAD * counters))
    coming = [_walk_in(chance, opens) for _ in range(AT_THE_DOOR)]
    now = opens
    while now < closes:
        now += between * chance.expovariate(1.0)
        if chance.random() >= BOOKED:
            coming.append(_walk_in(chance, now))
        elif chance.random() >= NEVER_COMES:
            coming.append(_booked(chance, now, opens))
    return sorted((v for v in coming if v.comes < closes), key=lambda visitor: visitor.comes)


def _walk_in(chance: random.Random, comes: datetime) -> Visitor:
    return Visitor(comes + timedelta(seconds=chance.uniform(0, 60)), _service(chance))


def _booked(chance: random.Random, about: datetime, opens: datetime) -> Visitor:
    slot = opens + max(1, round((about - opens) / SLOT)) * SLOT
    comes = slot - timedelta(minutes=chance.gauss(*COMES_BEFORE_SLOT))
    return Visitor(max(comes, opens), _service(chance), slot)


def _service(chance: random.Random) -> str:
    return chance.choices(list(SHARES), list(SHARES.values()))[0]
