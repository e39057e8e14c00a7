from __future__ import annotations

from datetime import UTC, datetime, timedelta

from appliance.checkin.tries import Tries

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def rested(tries: Tries, seconds: float) -> bool:
    return tries.may("kiosk.entrance", NOON + seconds * SECOND)


def wrong(tries: Tries, *seconds: float) -> None:
    for second in seconds:
        tries.wrong("kiosk.entrance", NOON + second * SECOND)


def test_as_many_as_allowed_make_a_minute_of_rest() -> None:
    tries = Tries(3)
    wrong(tries, 0, 1)
    assert rested(tries, 2)
    wrong(tries, 2)
    assert [rested(tries, second) for second in (2, 61, 62)] == [False, False, True]
    assert tries.may("staff.reception", NOON)


def test_who_goes_on_rests_again_after_each() -> None:
    tries = Tries(3)
    wrong(tries, 0, 1, 2, 63)
    assert [rested(tries, second) for second in (64, 122, 123)] == [False, False, True]


def test_what_is_five_minutes_ago_does_not_count() -> None:
    tries = Tries(3)
    wrong(tries, 0, 1, 301)
    assert rested(tries, 302)


def test_clock_that_is_set_back_makes_no_rest_longer() -> None:
    tries = Tries(3)
    wrong(tries, 7200, 7201, 7202)
    assert rested(tries, 0)
