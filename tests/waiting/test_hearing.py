"""How old what a lobby said is: told by our own clock, from its last live word."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final

import pytest

from appliance.bus.link import Received
from appliance.bus.messages.payload import encode
from appliance.bus.messages.shown import Follow, Wait
from central.waiting.hearing import Hearing, Place

# The Pi believes that it is yesterday.
DESK: Final = datetime(2026, 3, 1, 17, 55, tzinfo=UTC)
HERE: Final = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
HALL: Final = Place("SUED", "EINGANG")
DIGEST: Final = "ab" * 32
WAIT: Final = "lobby/v1/SUED/EINGANG/wait"
NUMBER: Final = f"lobby/v1/SUED/EINGANG/follow/{DIGEST}"


def wait(as_of: datetime = DESK, session: str = "s") -> Wait:
    return Wait(as_of=as_of, day=as_of.date(), session=session, valid_s=30, waiting=3, services=[])


def number(as_of: datetime = DESK) -> Follow:
    return Follow(
        as_of=as_of,
        day=as_of.date(),
        session="s",
        valid_s=300,
        ticket="A001",
        service="A10",
        state="waiting",
    )


def test_age_counts_from_the_last_live_word_whatever_the_desks_clock_says() -> None:
    hearing = Hearing()
    assert hearing.hear(Received(WAIT, encode(wait())), HERE) == (HALL, None)
    assert hearing.stale_at(HALL, wait()) == HERE + timedelta(seconds=30)


def test_kept_word_tells_nothing_of_its_age() -> None:
    hearing = Hearing()
    hearing.hear(Received(WAIT, encode(wait()), retained=True), HERE)
    assert hearing.stale_at(HALL, wait()) is None
    later = HERE + timedelta(seconds=8)
    hearing.hear(Received(WAIT, encode(wait(DESK + timedelta(minutes=5)))), later)
    # What was kept is five minutes older than what came now.
    assert hearing.stale_at(HALL, wait()) == later - timedelta(seconds=270)


def test_numbers_age_by_the_same_clock() -> None:
    hearing = Hearing()
    hearing.hear(Received(WAIT, encode(wait(DESK + timedelta(minutes=1)))), HERE)
    assert hearing.hear(Received(NUMBER, encode(number()), retained=True), HERE) == (HALL, DIGEST)
    assert hearing.stale_at(HALL, number()) == HERE + timedelta(seconds=240)


def test_desk_that_was_started_anew_may_have_another_time() -> None:
    hearing = Hearing()
    hearing.hear(Received(WAIT, encode(wait())), HERE)
    earlier = wait(DESK - timedelta(days=1), session="t")
    hearing.hear(Received(WAIT, encode(earlier)), HERE)
    assert hearing.stale_at(HALL, earlier) == HERE + timedelta(seconds=30)


def test_number_that_was_taken_away_is_gone() -> None:
    hearing = Hearing()
    hearing.hear(Received(NUMBER, encode(number())), HERE)
    assert hearing.hear(Received(NUMBER, b""), HERE) == (HALL, DIGEST)
    assert hearing.places[HALL].numbers == {}


@pytest.mark.parametrize(
    ("topic", "payload"),
    [
        ("lobby/v1/SUED/EINGANG/board", b"{}"),
        ("lobby/v1/../EINGANG/wait", b"{}"),
        (f"lobby/v1/SUED/EINGANG/follow/../{DIGEST}", b"{}"),
        ("lobby/v1/SUED/EINGANG/follow/AB", b"{}"),
        (WAIT, b"not json"),
        (NUMBER, b"[]"),
    ],
)
def test_what_is_none_of_ours_is_counted_and_names_no_file(topic: str, payload: bytes) -> None:
    hearing = Hearing()
    assert hearing.hear(Received(topic, payload), HERE) is None
    assert hearing.refused == 1
