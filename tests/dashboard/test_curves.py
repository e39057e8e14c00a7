"""The day's curves: by desk time, with gaps where nothing was heard, and there after a restart."""

from __future__ import annotations

import queue
import signal
import subprocess
import sys
import threading
import time
from contextlib import contextmanager, suppress
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Final

import msgspec
import pytest

from appliance.bus.addresses import Tcp
from appliance.bus.link import Link, Login, Received
from appliance.bus.messages.payload import decode
from appliance.bus.messages.shown import ServiceWait, Today, Wait
from appliance.bus.messages.staff import Kept, Promise
from central.dashboard.curves import Curves
from central.dashboard.keeping import Keeper
from tests.support.played_office import SEVEN, Played, until

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.conftest import MakeMosquitto
    from tests.support.broker import Mosquitto

MONDAY: Final = date(2026, 3, 2)


def stamp(minutes: float, day: date = MONDAY, session: str = "s1") -> dict[str, Any]:
    as_of = SEVEN + timedelta(minutes=minutes, days=(day - MONDAY).days)
    return {"as_of": as_of, "day": day, "session": session, "valid_s": 30}


def wait(minutes: float, waiting: int, high_min: int | None = None, **more: Any) -> Wait:  # noqa: ANN401
    services = [ServiceWait(service="A10", waiting=waiting, low_min=0, high_min=high_min)]
    return Wait(**stamp(minutes, **more), waiting=waiting, services=services)


def promise(minutes: float, came: int, called: float) -> Promise:
    today = [Kept(service="A10", came=came, called=called, started=None, at_once=0.5)]
    return Promise(**stamp(minutes), today=today, next_hour=[])


def told(curves: Curves) -> Today:
    now = curves.now()
    assert now is not None
    return now


def test_step_holds_the_most_that_was_heard_in_it() -> None:
    curves = Curves()
    for minutes, waiting, high_min in ((3, 4, 15), (5, 9, 25), (9.9, 2, None), (10, 1, 5)):
        curves.waits(wait(minutes, waiting, high_min))
    curves.promises(promise(11, came=4, called=0.75))
    today = told(curves)
    assert today.start == SEVEN
    assert (today.waiting, today.longest_min) == ([9, 1], [25, 5])
    assert (today.came, today.kept) == ([None, 4], [None, 3])


def test_day_is_told_once_a_step_has_ended() -> None:
    curves = Curves()
    assert [curves.waits(wait(each, 3)) is not None for each in (1, 5, 9, 10, 12, 20)] == [
        *[False] * 3,
        True,
        False,
        True,
    ]


def test_hours_without_a_word_are_a_gap_and_no_line() -> None:
    curves = Curves()
    curves.waits(wait(0, 3))
    curves.waits(wait(35, 5))
    assert told(curves).waiting == [3, None, None, 5]


def test_new_day_begins_anew() -> None:
    curves = Curves()
    curves.waits(wait(0, 3))
    curves.waits(wait(-30, 1, day=date(2026, 3, 3)))
    today = told(curves)
    assert (today.day, today.waiting) == (date(2026, 3, 3), [1])


def test_pi_that_believes_for_a_while_that_it_is_yesterday_does_not_lose_today() -> None:
    curves = Curves()
    curves.waits(wait(0, 3))
    curves.waits(wait(600, 8, day=date(2026, 3, 1), session="s2"))
    curves.waits(wait(20, 5, session="s2"))
    assert told(curves).waiting == [3, None, 5]


@pytest.mark.parametrize("minutes", [-60, 26 * 60, 10_000_000])
def test_time_that_is_none_of_that_day_is_not_believed(minutes: int) -> None:
    curves = Curves()
    curves.waits(wait(0, 3))
    assert curves.waits(wait(minutes, 99)) is None
    assert told(curves).waiting == [3]


def test_what_was_told_before_goes_on() -> None:
    before = Curves()
    before.waits(wait(0, 3))
    before.waits(wait(10, 6))
    since = Curves()
    since.waits(wait(14, 5))
    since.waits(wait(31, 2))
    since.goes_on(told(before))
    # Twice is the same as once, and what was heard since counts more.
    for _ in range(2):
        since.goes_on(told(before))
        assert told(since).waiting == [3, 5, None, 2]


def test_day_of_another_form_is_left_alone() -> None:
    before, curves = Curves(), Curves()
    before.waits(wait(0, 3))
    curves.goes_on(msgspec.structs.replace(told(before), step_s=60))
    assert curves.now() is None


class Ear:
    """Hears the days that are told."""

    def __init__(self, broker: Mosquitto) -> None:
        self._inbox: queue.SimpleQueue[object] = queue.SimpleQueue()
        address = Tcp(broker.host, broker.port)
        topics = ("lobby/v1/+/+/today",)
        self.link = Link(address, Login("ear", "", ""), self._inbox.put, subscriptions=topics)

    def hears_within(self, timeout_s: float) -> bool:
        """Tell whether a day is told in this time."""
        until_s = time.monotonic() + timeout_s
        with suppress(queue.Empty):
            while True:
                left_s = max(0.0, until_s - time.monotonic())
                if isinstance(self._inbox.get(timeout=left_s), Received):
                    return True
        return False

    def hears(self) -> Today:
        while True:
            item = self._inbox.get(timeout=20)
            if isinstance(item, Received):
                return decode(item.payload, Today)


@contextmanager
def keeping(broker: Mosquitto) -> Iterator[Keeper]:
    stop = threading.Event()
    keeper = Keeper(Tcp(broker.host, broker.port), Login("curves", "", ""))
    thread = threading.Thread(target=keeper.run, args=(stop,), name="keeper")
    thread.start()
    try:
        until(lambda: keeper.online, "the keeper's link")
        yield keeper
    finally:
        stop.set()
        thread.join(20)
    assert not thread.is_alive()


def test_keeper_tells_the_day_and_goes_on_after_a_restart(make_mosquitto: MakeMosquitto) -> None:
    broker = make_mosquitto()
    played = Played("SUED", "halle-1")
    ear = Ear(broker)
    with ear.link, Link(Tcp(broker.host, broker.port), Login("d", "", ""), lambda _: None) as desk:
        until(lambda: desk.is_up and ear.link.is_up, "the links")

        def says(minutes: float, waiting: int) -> None:
            played.now, played.waiting = SEVEN + timedelta(minutes=minutes), waiting
            for topic, payload in played.beat():
                desk.publish(topic, payload, retain=True)

        with keeping(broker) as keeper:
            says(2, 4)
            desk.publish(played.topics.wait, b"nonsense")
            says(11, 6)
            assert ear.hears().waiting == [4]
            until(lambda: keeper.refused == 1, "the nonsense")
        # Its end tells the step that was going on.
        assert ear.hears().waiting == [4, 6]
        with keeping(broker):
            says(21, 9)
            assert ear.hears().waiting == [4, 6]
            says(31, 1)
            assert ear.hears().waiting == [4, 6, 9]
        assert ear.hears().waiting == [4, 6, 9, 1]


def test_verb_runs_until_it_is_told_to_end(mosquitto: Mosquitto) -> None:
    played = Played("SUED", "halle-1", waiting=4)
    address = Tcp(mosquitto.host, mosquitto.port)
    ear = Ear(mosquitto)
    arguments = ["curves", "--broker", f"mqtt://127.0.0.1:{mosquitto.port}"]
    with (
        ear.link,
        Link(address, Login("d", "", ""), lambda _: None) as desk,
        subprocess.Popen([sys.executable, "-m", "central.cli", *arguments]) as keeper,
    ):
        # It hears nobody before it is there: a step later it has told the one that it heard.
        for step in range(1000):
            played.now = SEVEN + timedelta(minutes=10 * (step // 20))
            for topic, payload in played.beat():
                desk.publish(topic, payload, retain=True)
            if ear.hears_within(0.1):
                break
        keeper.send_signal(signal.SIGTERM)
        assert keeper.wait(20) == 0
