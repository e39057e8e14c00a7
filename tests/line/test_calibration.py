"""Forecasts that learn from how they were met."""

from __future__ import annotations

from datetime import timedelta
from statistics import NormalDist

import numpy as np
import pytest

from appliance.line.calibration import Calibration, Said, Score
from appliance.line.chance import Lasting, Tail, mean_beyond

EVEN = tuple(range(0, 1001, 10))
"""A forecast that takes everything up to 1000 s for equally likely."""


def said(p50_s: float = 500, p90_s: float = 900) -> Said:
    return Said(50, p50_s, p90_s, 950, EVEN)


def test_nothing_is_changed_before_anything_was_met() -> None:
    assert Calibration().level(0.9) == pytest.approx(0.9, abs=0.005)


def test_right_forecasts_stay_as_they_are() -> None:
    calibration, rng = Calibration(), np.random.default_rng(3)
    for wait_s in rng.uniform(0, 1000, 800):
        calibration.take(said(), float(wait_s), 0.5)
    assert calibration.level(0.9) == pytest.approx(0.9, abs=0.02)
    assert calibration.level(0.5) == pytest.approx(0.5, abs=0.04)


def test_forecasts_that_were_too_narrow_become_wider() -> None:
    calibration = Calibration()
    for number in range(500):
        calibration.take(said(), 20.0 if number % 2 else 980.0, 0.5)
    assert calibration.level(0.9) > 0.96
    assert calibration.level(0.05) < 0.03


def test_forecasts_that_said_too_much_come_down() -> None:
    calibration = Calibration()
    for number in range(500):
        calibration.take(said(), float(number), 0.5)
    assert 0.25 < calibration.level(0.5) < 0.45


def test_few_forecasts_are_not_taken_for_much() -> None:
    calibration = Calibration()
    for _ in range(5):
        calibration.take(said(), 1000.0, 0.5)
    assert calibration.level(0.5) < 0.53


def test_empty_hall_does_not_spoil_the_forecast_of_a_full_one() -> None:
    calibration, rng = Calibration(), np.random.default_rng(3)
    nobody_waits = Said(0, 0, 0, 0, (0.0,) * 101)
    for chance in rng.random(800):
        calibration.take(nobody_waits, 0.0, float(chance))
    assert calibration.level(0.9) == pytest.approx(0.9, abs=0.02)


def test_score_says_how_far_off_and_how_often_inside() -> None:
    calibration = Calibration()
    for wait_s in (400.0, 600.0, 920.0, 980.0):
        calibration.take(said(), wait_s, 0.5)
    score = calibration.score()
    assert score.forecasts == 4
    assert score.error == timedelta(seconds=(100 + 100 + 420 + 480) / 4)
    assert score.bias == timedelta(seconds=(100 - 100 - 420 - 480) / 4)
    assert (score.below_p90, score.inside) == (0.5, 0.75)


def test_score_forgets_after_two_weeks() -> None:
    calibration = Calibration()
    calibration.take(said(), 400.0, 0.5)
    for _ in range(13):
        calibration.turn()
        calibration.take(said(), 500.0, 0.5)
    assert calibration.score().forecasts == calibration.score().days == 14
    calibration.turn()
    assert calibration.score().forecasts == 13
    assert Calibration().score() == Score()


def test_forecast_that_was_not_met_after_all_is_forgotten() -> None:
    calibration = Calibration()
    calibration.take(said(), 400.0, 0.5)
    before = calibration.score(), calibration.level(0.9)
    met = calibration.take(said(), 980.0, 0.5)
    assert calibration.score().inside == 0.5
    calibration.take_back(met)
    assert (calibration.score(), calibration.level(0.9)) == before


def test_table_of_the_normal_distribution_is_right() -> None:
    tail, normal = Tail.tabled(), NormalDist()
    z = np.array([-3.0, -0.507, 0.0, 1.2345, 4.0])
    beyond = np.exp(tail.beyond(z))
    assert beyond == pytest.approx([1 - normal.cdf(x) for x in z.tolist()], rel=1e-3)
    assert tail.point(tail.beyond(z)) == pytest.approx(z, abs=1e-3)


@pytest.mark.parametrize("elapsed_s", [0.0, 300.0, 900.0])
def test_what_is_left_is_as_if_the_shorter_ones_were_thrown_away(elapsed_s: float) -> None:
    rng, tail = np.random.default_rng(5), Tail.tabled()
    lasting = Lasting(np.full(200_000, 600.0), 0.6)
    whole_s = lasting.at(rng.standard_normal(200_000))
    expected_s = whole_s[whole_s > elapsed_s] - elapsed_s
    left_s = lasting.left(elapsed_s, rng.standard_exponential(200_000), tail)
    wanted = [0.1, 0.5, 0.9]
    assert np.mean(left_s) == pytest.approx(mean_beyond(600, 0.6, elapsed_s) - elapsed_s, rel=0.02)
    assert np.quantile(left_s, wanted) == pytest.approx(np.quantile(expected_s, wanted), rel=0.04)
