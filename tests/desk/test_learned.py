"""What was learned, over a restart: the same forecasts, in few bytes, and never a crash."""

from __future__ import annotations

import zlib
from dataclasses import replace
from itertools import islice
from typing import TYPE_CHECKING

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.desk.learned import MARK, ForgottenError, Kept, decode, encode
from appliance.line.arrivals import BINS
from appliance.line.calibration import KEPT
from appliance.line.events import DayTurned
from appliance.line.forecast import Estimator
from appliance.line.hours import DAYS_KEPT, Change
from appliance.line.learning import OFFSETS_KEPT
from appliance.line.memory import VERSION, Memory
from appliance.line.tallies import Sums
from bench.lobbies import LOBBIES
from bench.lobby_simulator import play
from bench.made_day import ZONE, empty_line, made_day, working_days
from tests.support.lobby import BERLIN, DAY, at
from tests.support.lobby import empty_line as small_line

if TYPE_CHECKING:
    from datetime import datetime

    from appliance.line.events import Event
    from appliance.line.forecast import Forecast
    from appliance.line.line import Line

SPECIAL = next(lobby for lobby in LOBBIES if lobby.name.startswith("6 special"))
TURNED = DayTurned(at("00:00"), DAY)


class Lived:
    """An estimator that hears some days; from the last one on beside one that was restored."""

    def __init__(self) -> None:
        self.line = empty_line(SPECIAL)
        self.estimator = Estimator(self.line.services, ZONE)
        self.restored: Estimator | None = None
        self.forecasts: list[tuple[Forecast | None, Forecast | None]] = []

    def plays(self, days: int) -> None:
        for number, date in enumerate(islice(working_days(), days), 1):
            self.last = number == days
            self.day = made_day(SPECIAL, date, 3)
            self.estimator.know(date, self.day.bookings)
            self.line = play(self.line, self.day, heard=self.heard, asked=self.asked)

    def heard(self, event: Event, before: Line) -> None:
        self.estimator.hear(event, before)
        if self.restored is not None:
            self.restored.hear(event, before)
        elif self.last and isinstance(event, DayTurned):
            kept = decode(encode(Kept(event, self.estimator.memory())))
            assert kept.turned == event
            self.restored = Estimator(self.line.services, ZONE)
            self.restored.remember(kept.memory)
            self.restored.know(event.day, self.day.bookings)

    def asked(self, line: Line, service: str, now: datetime) -> None:
        if now.minute % 10 == 0:
            lived = self.estimator.wait_for(line, service, now)
            if self.restored is not None:
                self.forecasts.append((lived, self.restored.wait_for(line, service, now)))


def test_restored_forecasts_are_those_of_who_heard_everything() -> None:
    days = Lived()
    days.plays(4)
    assert len(days.forecasts) > 10
    assert all(lived == restored for lived, restored in days.forecasts)
    assert days.restored is not None
    assert days.restored.score() == days.estimator.score()
    assert days.estimator.score().days == 4
    assert encode(Kept(TURNED, days.restored.memory())) == encode(
        Kept(TURNED, days.estimator.memory())
    )


def test_learning_on_does_not_touch_what_was_kept() -> None:
    kept = Kept(TURNED, fullest())
    data = encode(kept)
    line = small_line()
    estimator = Estimator(line.services, BERLIN)
    estimator.remember(kept.memory)
    estimator.learned.absent.add(happened=True)
    estimator.learned.conversations.more_time.add(9.0)
    estimator.learned.arrivals.past["A1"][3] += 1.0
    assert encode(kept) == data


def test_fullest_memory_is_small() -> None:
    assert len(encode(Kept(TURNED, fullest()))) < 40_000


@given(st.data())
def test_damaged_bytes_are_refused_and_never_a_crash(data: st.DataObject) -> None:
    whole = encode(Kept(TURNED, Estimator(small_line().services, BERLIN).memory()))
    place = data.draw(st.integers(0, len(whole) - 1))
    wrong = data.draw(st.integers(1, 255))
    damaged = whole[:place] + bytes([whole[place] ^ wrong]) + whole[place + 1 :]
    with pytest.raises(ForgottenError):
        decode(damaged)


@pytest.mark.parametrize("data", [b"", b"{}", MARK % VERSION, MARK % (VERSION + 1) + b"x"])
def test_what_is_no_memory_of_this_version_is_refused(data: bytes) -> None:
    with pytest.raises(ForgottenError):
        decode(data)


@pytest.mark.parametrize(
    ("member", "value"),
    [("lengths", 5), ("offsets_s", ["early"]), ("arrivals", {"A1": [1.0] * 47}), ("absent", None)],
)
def test_memory_of_another_shape_is_refused(member: str, value: object) -> None:
    plain = msgspec.to_builtins(Kept(TURNED, fullest()))
    plain["memory"][member] = value
    with pytest.raises(ForgottenError):
        decode(MARK % VERSION + zlib.compress(msgspec.json.encode(plain)))


def fullest() -> Memory:
    """Give as much as can be kept of twelve counters and ten services."""
    rng = np.random.default_rng(1)
    day = [Change(int(rng.integers(86_400)), opens=True) for _ in range(6)]
    return replace(
        Estimator(small_line().services, BERLIN).memory(),
        lengths={f"S{n}": Sums(*rng.random(3).tolist()) for n in range(10)},
        offsets_s=rng.normal(-400, 500, OFFSETS_KEPT).tolist(),
        counters={str(n): [day] * DAYS_KEPT for n in range(12)},
        arrivals={f"{letter}1": rng.random(BINS).tolist() for letter in "ABCDEFGHKL"},
        levels=rng.random(KEPT).round(4).tolist(),
    )
