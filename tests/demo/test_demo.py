"""The demonstration, as a new user runs it: it plays, tells, ends, and cleans up after itself."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
import time
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from PIL import Image

from appliance.line import events
from appliance.line.model import Candidate, Rank, RankClass
from demo.morning import visitors
from demo.summary import summarise
from tests.support.lobby import at, booking

if TYPE_CHECKING:
    from pathlib import Path

DEMO = [sys.executable, "-m", "demo.cli", "--headless", "--language", "en"]
MINUTES = {"A1": 5.0, "B1": 9.0, "C1": 13.0}
DEADLINE_S = 60.0


def test_short_morning_is_played_told_and_kept(tmp_path: Path) -> None:
    folder = tmp_path / "out"
    played = subprocess.run(
        [*DEMO, "--minutes", "0.5", "--folder", str(folder)],
        check=True,
        capture_output=True,
        text=True,
        timeout=DEADLINE_S,
    )
    assert played.stderr == ""
    told = played.stdout
    tickets = re.search(r"(\d+) numbers, (\d+) of them with an appointment; (\d+) called", told)
    assert tickets is not None, told
    assert int(tickets[1]) >= 15
    assert int(tickets[3]) >= 10
    slips = sorted((folder / "slips").glob("*.png"))
    assert len(slips) >= 10
    numbers = re.findall(r"\b([ABC]\d{3}) (?:taken|checked in)", told)
    printed = "".join(path.with_suffix(".txt").read_text("utf-8") for path in slips)
    assert sum(number in printed for number in numbers) >= 10
    for picture in (slips[0], folder / "board" / "board.png"):
        with Image.open(picture) as image:
            assert len(image.getcolors(1 << 24) or []) > 1
    assert "paper" in told
    assert "Faults: 0 restarts, 0 errors at the printer" in told


def test_ctrl_c_ends_it_in_order(tmp_path: Path) -> None:
    with subprocess.Popen(
        [*DEMO, "--folder", str(tmp_path / "out")], stdout=subprocess.PIPE, text=True
    ) as playing:
        assert playing.stdout is not None
        for line in playing.stdout:
            if "taken" in line:
                break
        playing.send_signal(signal.SIGINT)
        assert playing.wait(DEADLINE_S) == 0
    # That it left no process behind is looked at after every test.


@pytest.mark.parametrize("end", [signal.SIGTERM, signal.SIGHUP])
def test_it_can_be_ended_while_it_starts(tmp_path: Path, end: signal.Signals) -> None:
    with subprocess.Popen(
        [*DEMO, "--folder", str(tmp_path / "out")],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as playing:
        until_s = time.monotonic() + DEADLINE_S
        while not (tmp_path / "out" / "logs" / "mosquitto.log").exists():
            assert time.monotonic() < until_s
            time.sleep(0.01)
        playing.send_signal(end)
        _, complaints = playing.communicate(timeout=DEADLINE_S)
    assert playing.returncode == 0
    assert complaints == ""


def test_folder_of_somebody_else_is_left_alone(tmp_path: Path) -> None:
    mine = tmp_path / "mine.txt"
    mine.write_text("do not touch")
    refused = subprocess.run(
        [*DEMO, "--folder", str(tmp_path)], check=False, capture_output=True, text=True
    )
    assert refused.returncode == 1
    assert "choose another --folder" in refused.stderr
    assert list(tmp_path.iterdir()) == [mine]


@pytest.mark.parametrize("minutes", ["0", "-1", "much", "nan"])
def test_minutes_that_make_no_sense_are_refused(minutes: str) -> None:
    refused = subprocess.run(
        [*DEMO, f"--minutes={minutes}"], check=False, capture_output=True, text=True
    )
    assert refused.returncode == 2
    assert "--minutes" in refused.stderr


@pytest.mark.parametrize("speed", ["0", "nan", "1000"])
def test_a_speed_that_cannot_be_kept_up_is_refused(speed: str) -> None:
    refused = subprocess.run(
        [*DEMO, f"--speed={speed}"], check=False, capture_output=True, text=True
    )
    assert refused.returncode == 2
    assert "--speed" in refused.stderr


def test_same_seed_is_the_same_morning() -> None:
    first, second, other = (
        visitors(at("08:00"), at("12:00"), MINUTES, 8, seed) for seed in (1, 1, 2)
    )
    assert first == second != other


def test_morning_has_the_first_sites_figures() -> None:
    coming = [v for seed in range(40) for v in visitors(at("08:00"), at("12:00"), MINUTES, 8, seed)]
    booked = sum(visitor.slot is not None for visitor in coming) / len(coming)
    assert 0.09 < booked < 0.14
    assert all(at("08:00") <= visitor.comes < at("12:00") for visitor in coming)
    mean = sum(MINUTES[visitor.service] for visitor in coming) / 40 / 8
    assert 0.75 < mean / 240 < 0.95


def test_summary_counts_the_promise_from_slot_or_scan() -> None:
    def issued(clock: str, number: str, slot: str | None = None) -> events.TicketIssued:
        sequence = int(number[1:])
        return events.TicketIssued(
            at(clock), number, sequence, "A1", booking(slot, id_=number) if slot else None
        )

    def called(clock: str, number: str, *passed: str) -> events.TicketCalled:
        candidates = tuple(
            Candidate(each, Rank(RankClass.ORDINARY, at(clock), int(each[1:])))
            for each in (number, *passed)
        )
        return events.TicketCalled(at(clock), number, "1", 1, candidates)

    happened: list[events.Event] = [
        issued("08:00", "A001"),
        issued("08:05", "A002", "08:10"),
        issued("08:06", "A003", "08:10"),
        issued("08:21", "A004", "08:10"),
        issued("08:22", "A005", "08:30"),
        called("08:15", "A002", "A001"),
        called("08:16", "A003", "A001"),
        called("08:20", "A001"),
    ]
    summary = summarise(happened, at("08:25"))
    # A002 in time, A003 one minute too late; A004 came too late, A005 is not due yet.
    assert (summary.kept, summary.on_time) == (1, 2)
    assert (summary.tickets, summary.appointments, summary.called) == (5, 4, 3)
    assert summary.before_earlier == 2
    assert summary.walk_in_waits == (timedelta(minutes=20),)
    # Ten minutes on, A005 is overdue.
    later: datetime = at("08:36")
    assert summarise(happened, later).on_time == 3
