"""`lobby replay`: the desk's own line in virtual time, as others' tests drive it."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from datetime import time
from importlib import resources
from typing import Any

import pytest

from appliance.line.opening import OpeningHours, Span
from appliance.strings import texts
from appliance.tools.replay import Replay
from tests.support.lobby import empty_line

SETUP = {
    "at": "2026-03-02T07:50:00+01:00",
    "do": "setup",
    "timezone": "Europe/Berlin",
    "services": [
        {"code": "papers, please", "letter": "A", "minutes": 5},
        {"code": "B", "letter": "B", "minutes": 10},
    ],
    "counters": [
        {"id": "1", "services": ["papers, please", "B"]},
        {"id": "2", "services": ["B"]},
    ],
}
EIGHT_S = 1772434800
"""08:00 of that Monday, in seconds since the epoch."""


class Asking:
    """Someone who asks a replay, one command after the other."""

    def __init__(self) -> None:
        self.replay = Replay(None, texts("en"))

    def ask(self, clock: str, do: str, *, day: str = "2026-03-02", **rest: object) -> Any:  # noqa: ANN401  (JSON)
        return self.raw(json.dumps({"at": f"{day}T{clock}+01:00", "do": do, **rest}))

    def raw(self, text: str) -> Any:  # noqa: ANN401  (JSON)
        return self.replay.answer(text)

    def check_in(self, clock: str, booking: str, slot: str, *, day: str = "2026-03-02") -> Any:  # noqa: ANN401  (JSON)
        slot = f"{day}T{slot}+01:00"
        return self.ask(
            clock, "check_in", booking=booking, slot=slot, minutes=5, service="papers, please"
        )


@pytest.fixture
def lobby() -> Asking:
    asking = Asking()
    assert asking.raw(json.dumps(SETUP)) == {"ok": True}
    assert asking.ask("07:55:00", "open_counter", counter="1", services=["papers, please"]) == {
        "ok": True
    }
    return asking


def test_appointment_is_called_first_with_rank_and_candidates(lobby: Asking) -> None:
    assert lobby.ask("08:00:00", "issue", service="papers, please") == {
        "ok": True,
        "ticket": "A001",
    }
    assert lobby.check_in("08:05:00", "x", "08:10:00") == {"ok": True, "ticket": "A002"}
    assert lobby.ask("08:06:00", "next", counter="1") == {
        "ok": True,
        "ticket": "A002",
        "rank": [0, EIGHT_S + 600, 2],
        "candidates": [
            {"ticket": "A002", "rank": [0, EIGHT_S + 600, 2]},
            {"ticket": "A001", "rank": [1, EIGHT_S, 1]},
        ],
    }


def test_nobody_waits(lobby: Asking) -> None:
    assert lobby.ask("08:00:00", "next", counter="1") == {"ok": True, "ticket": None}


def test_same_booking_again_gives_the_same_ticket(lobby: Asking) -> None:
    lobby.check_in("08:05:00", "x", "08:10:00")
    assert lobby.check_in("08:06:00", "x", "08:10:00") == {
        "ok": True,
        "ticket": "A001",
        "again": True,
    }


def test_booking_of_another_day_is_refused(lobby: Asking) -> None:
    answer = lobby.check_in("08:05:00", "x", "08:10:00", day="2026-03-03")
    assert answer["ok"] is False
    assert answer["error"]


def test_occupied_counter_finishes_first(lobby: Asking) -> None:
    for _ in range(2):
        lobby.ask("08:00:00", "issue", service="papers, please")
    lobby.ask("08:01:00", "next", counter="1")
    assert lobby.ask("08:06:00", "next", counter="1")["ticket"] == "A002"
    assert lobby.ask("08:07:00", "finish", ticket="A001")["ok"] is False
    assert lobby.ask("08:07:00", "finish", ticket="A002") == {"ok": True, "ticket": "A002"}


def test_no_show_sets_aside_at_once_and_finish_needs_no_start(lobby: Asking) -> None:
    for _ in range(2):
        lobby.ask("08:00:00", "issue", service="papers, please")
    lobby.ask("08:01:00", "next", counter="1")
    assert lobby.ask("08:01:00", "no_show", ticket="A001")["ok"]
    lobby.ask("08:01:00", "next", counter="1")
    assert lobby.ask("08:01:30", "start", ticket="A002")["ok"]
    assert lobby.ask("08:05:00", "finish", ticket="A002")["ok"]


def test_day_turns_at_midnight_counters_stay_and_numbers_restart(lobby: Asking) -> None:
    lobby.ask("23:59:59", "issue", service="papers, please")
    later = lobby.ask("00:00:00", "next", day="2026-03-03", counter="1")
    assert later == {"ok": True, "ticket": None}
    again = lobby.ask("08:00:00", "issue", day="2026-03-03", service="papers, please")
    assert again["ticket"] == "A001"
    assert lobby.ask("08:01:00", "next", day="2026-03-03", counter="1")["ticket"] == "A001"


def test_wait_tells_a_range_around_the_middle(lobby: Asking) -> None:
    for _ in range(3):
        lobby.ask("08:00:00", "issue", service="papers, please")
    lobby.ask("08:00:00", "next", counter="1")
    wait = lobby.ask("08:01:00", "wait", service="papers, please")
    low, high = wait["interval_s"]
    assert (wait["ok"], wait["waiting"]) == (True, 2)
    assert 0 <= low <= wait["p50_s"] <= wait["p90_s"] <= high
    assert 300 < wait["p50_s"] < 1800


def test_no_forecast_where_no_counter_is_open(lobby: Asking) -> None:
    assert lobby.ask("08:00:00", "wait", service="B") == {"ok": True, "p50_s": None}


def test_waiting_counts_whom_a_walk_in_taken_now_would_find_before(lobby: Asking) -> None:
    lobby.check_in("08:00:00", "early", "11:00:00")
    lobby.ask("08:00:00", "issue", service="B")
    lobby.ask("08:00:00", "issue", service="papers, please")
    # The early one comes later; B is not served at an open counter.
    assert lobby.ask("08:01:00", "wait", service="papers, please")["waiting"] == 1
    lobby.ask("08:02:00", "open_counter", counter="1", services=["papers, please", "B"])
    assert lobby.ask("08:02:00", "wait", service="papers, please")["waiting"] == 2


def test_bookings_are_taken_in(lobby: Asking) -> None:
    booking = {
        "id": "x",
        "slot": "2026-03-02T09:00:00+01:00",
        "minutes": 5,
        "service": "papers, please",
    }
    answer = lobby.ask("08:00:00", "bookings", date="2026-03-02", bookings=[booking])
    assert answer == {"ok": True}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "next",
        "[]",
        "{}",
        '{"at": "2026-03-02T08:00:00+01:00", "do": "dance"}',
        '{"at": "2026-03-02T08:00:00+01:00", "do": "next"}',
        '{"at": "2026-03-02T08:00:00", "do": "next", "counter": "1"}',
        '{"at": "yesterday", "do": "next", "counter": "1"}',
        '{"at": "2026-03-02T08:00:00+01:00", "do": "next", "counter": 1}',
        '{"at": "2026-03-02T08:00:00+01:00", "do": "next", "counter": "9"}',
        '{"at": "2026-03-02T08:00:00+01:00", "do": "issue", "service": "C"}',
        '{"at": "2026-03-02T08:00:00+01:00", "do": "wait", "service": "C"}',
        '{"at": "2026-03-02T07:00:00+01:00", "do": "next", "counter": "1"}',
        '{"at": "9999-12-31T23:59:59-23:59", "do": "next", "counter": "1"}',
        '{"at": "2026-03-02T08:00:00+01:00", "do": "finish", "ticket": "A001"}',
        json.dumps(SETUP),
        '{"a":' * 5000 + "1" + "}" * 5000,
    ],
)
def test_wrong_line_is_answered_with_an_error_and_changes_nothing(lobby: Asking, text: str) -> None:
    answer = lobby.raw(text)
    assert answer["ok"] is False
    assert answer["error"]
    assert lobby.ask("08:00:00", "issue", service="papers, please")["ticket"] == "A001"


@pytest.mark.parametrize(
    "change",
    [
        {"timezone": "Europe/Atlantis"},
        {"timezone": "../etc/passwd"},
        {"services": [{"code": "A", "letter": "AB", "minutes": 5}]},
        {"services": [{"code": "A", "letter": "A", "minutes": 0}]},
        {"counters": [{"id": "1", "services": ["nothing"]}]},
        {"counters": [{"id": "1", "services": []}, {"id": "1", "services": []}]},
    ],
)
def test_wrong_setup_is_refused_and_may_be_tried_again(change: dict[str, object]) -> None:
    asking = Asking()
    assert asking.raw(json.dumps(SETUP | change))["ok"] is False
    assert asking.raw(json.dumps(SETUP))["ok"] is True


def test_before_setup_nothing_goes() -> None:
    assert Asking().ask("08:00:00", "next", counter="1") == {
        "ok": False,
        "error": "first of all comes setup",
    }


def test_each_line_is_answered_at_once() -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "appliance.cli", "replay"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as replay:
        assert replay.stdin is not None
        assert replay.stdout is not None
        for line, expected in [(json.dumps(SETUP).encode(), True), (b"\xff", False)]:
            replay.stdin.write(line + b"\n")
            replay.stdin.flush()
            assert json.loads(replay.stdout.readline())["ok"] is expected
        replay.stdin.close()
        assert replay.wait(30) == 0


def test_configured_lobby_needs_no_setup() -> None:
    config = resources.files("appliance.examples") / "entrance.toml"
    asked = b'{"at": "2026-03-02T08:00:00+01:00", "do": "open_counter", "counter": "1"}\n'
    played = subprocess.run(
        [sys.executable, "-m", "appliance.cli", "replay", "--config", str(config)],
        input=asked,
        capture_output=True,
        check=True,
    )
    assert json.loads(played.stdout)["ok"] is True
    assert played.stderr == b""


def test_a_configured_lobby_keeps_its_hours_and_its_last_number() -> None:
    line = empty_line()
    hours = OpeningHours(((Span(time(8), time(12)),),) * 7)
    asking = Asking()
    asking.replay = Replay(replace(line, rules=replace(line.rules, hours=hours)), texts("en"))
    assert "at 08:00" in asking.ask("07:30:00", "issue", service="A1")["error"]
    assert asking.ask("07:59:00", "open_counter", counter="1") == {"ok": True}
    taken = [asking.ask("11:30:00", "issue", service="A1")["ok"] for _ in range(12)]
    # Five minutes each: some half a dozen are called before twelve.
    assert taken[0]
    assert not taken[-1]
    assert taken == sorted(taken, reverse=True)
