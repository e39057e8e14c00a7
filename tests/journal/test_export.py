"""The journal for others: each event as it stands there, and tables in which nobody is found."""

from __future__ import annotations

import csv
import io
import json
import tracemalloc
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from appliance.journal import codec
from appliance.journal.days import days
from appliance.journal.errors import JournalError
from appliance.journal.exporting import json_lines, write_table
from appliance.journal.looking import look_into
from appliance.journal.retention import Retention
from appliance.line import commands, events
from appliance.line.model import Booking, Candidate, Rank, RankClass
from tests.journal.office import NEXT_DAY, Kept
from tests.support.lobby import DAY, at

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date
    from pathlib import Path

Line = dict[str, str]


@pytest.fixture
def kept(quick: Path) -> Iterator[Kept]:
    with Kept(quick / "state") as kept:
        yield kept


def exported(path: Path, day: date | None = None) -> list[dict[str, object]]:
    with look_into(path) as look:
        spans = None if day is None else days(look).of(day)
        return [json.loads(line) for line in json_lines(look, spans)]


def table(path: Path, day: date) -> dict[str, Line]:
    """Give service → its line."""
    out = io.StringIO()
    with look_into(path) as look:
        write_table(look, days(look), [day], out)
    out.seek(0)
    lines = list(csv.DictReader(out))
    assert all(line.pop("day") == str(day) for line in lines)
    return {line.pop("service"): line for line in lines}


class Numbers:
    """People who come at eight, one a second, as they shall be told in the table.

    Args:
        kept: Where it is written.
    """

    def __init__(self, kept: Kept) -> None:
        self._kept = kept
        self._count = 0

    def come(
        self,
        *,
        service: str = "A1",
        slot: str | None = None,
        wait_min: int | None = None,
        right_of_way: bool = False,
        end: type[events.TicketFinished | events.TicketSetAside] = events.TicketFinished,
    ) -> None:
        """Let someone come, and be called after so many minutes, or not at all."""
        self._count += 1
        number, taken = f"A{self._count:03d}", at("08:00") + timedelta(seconds=self._count)
        booking = slot and Booking(number, at(slot), 10, service)
        happened: list[events.Event] = [
            events.TicketIssued(taken, number, self._count, service, booking or None)
        ]
        if wait_min is not None:
            rank_class = RankClass.RIGHT_OF_WAY if right_of_way else RankClass.ORDINARY
            rank = Rank(rank_class, at(slot) if slot else taken, self._count)
            called = taken + timedelta(minutes=wait_min)
            who = (Candidate(number, rank),)
            happened.append(events.TicketCalled(called, number, "1", 1, who))
            happened.append(end(called, number))
        self._kept.journal.commit(happened, day=str(DAY))


# Every event.


def test_each_event_is_a_line_with_its_id(kept: Kept) -> None:
    kept.play(3)
    kept.restart()
    kept.play(2, begin="09:00")
    lines = exported(kept.path)
    assert [set(line) for line in lines] == [{"epoch", "seq", "at", "type", "data"}] * len(lines)
    ids = [(line["epoch"], line["seq"]) for line in lines]
    assert len(set(ids)) == len(ids) > 15
    began = [line for line in lines if line["type"] == "EpochBegan"]
    assert [line["seq"] for line in began] == [1, 1]
    assert began[1]["data"]["previous_epoch"] == began[0]["epoch"]  # type: ignore[index]
    epoch, seq = kept.journal.position
    assert ids[-1] == (f"{epoch:016x}", seq)


def test_what_is_exported_is_what_happened(kept: Kept) -> None:
    kept.play(5)
    read = [
        codec.decode(str(line["type"]), json.dumps(line["data"]))
        for line in exported(kept.path)
        if line["type"] != "EpochBegan"
    ]
    assert read == list(kept.journal.today())


def test_one_day_is_what_lies_between_two_turns(kept: Kept) -> None:
    kept.play(3)
    kept.do(commands.Issue("A1"), "18:00")
    kept.turn(NEXT_DAY)
    kept.play(2)
    monday, tuesday = exported(kept.path, DAY), exported(kept.path, NEXT_DAY)
    assert [line["type"] for line in (monday[0], tuesday[0])] == ["DayTurned", "DayTurned"]
    assert monday[-1]["type"] == "TicketClosed"
    # The first one only says that the journal begins.
    assert [*monday, *tuesday] == exported(kept.path)[1:]


def test_memory_does_not_grow_with_the_journal(kept: Kept) -> None:
    def peak() -> int:
        tracemalloc.start()
        with look_into(kept.path) as look:
            count = sum(1 for _ in json_lines(look))
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert count >= len(paused)
        return most

    paused: list[events.Event] = [events.CounterPaused(at("10:00"), "1")] * 5000
    kept.journal.commit(paused, day=str(DAY))
    few = peak()
    for _ in range(9):
        kept.journal.commit(paused, day=str(DAY))
    assert peak() < 1.2 * few


def test_event_that_is_none_is_said_in_one_sentence(kept: Kept) -> None:
    kept.play(1)
    kept.journal.db.execute("UPDATE event SET data = '{' WHERE type = 'TicketIssued'")
    with pytest.raises(JournalError, match=r"is damaged: event .* verify` says what to do"):
        exported(kept.path)


def test_event_of_a_later_release_is_exported_as_it_is(kept: Kept) -> None:
    kept.journal.db.execute("UPDATE event SET type = 'Novelty', data = '{\"x\": 1}' WHERE seq = 2")
    assert exported(kept.path)[1]["data"] == {"x": 1}


# The table.


def test_figures_of_a_service(kept: Kept) -> None:
    numbers = Numbers(kept)
    for minute in range(10):
        end = events.TicketSetAside if minute < 8 else events.TicketFinished
        numbers.come(wait_min=minute + 1, end=end)
    for minute in range(10):
        # Of eight who come in time six are called no later than five minutes after their slot.
        slot = "08:06" if minute < 6 else "08:00"
        numbers.come(slot=slot, wait_min=minute + 1, right_of_way=minute < 8)
    assert table(kept.path, DAY)["A1"] == {
        "tickets": "20",
        "with_appointment": "10",
        "served": "12",
        "no_show": "8",
        "mean_wait_min": "5.5",
        "wait_90_min": "9.0",
        "promise_kept_percent": "75",
    }


def test_small_counts_are_not_shown_nor_what_rests_on_them(kept: Kept) -> None:
    numbers = Numbers(kept)
    for _ in range(4):
        numbers.come(slot="08:00", wait_min=1, right_of_way=True)
    hidden = ["<5", "<5", "<5", "<5", "", "", ""]
    told = table(kept.path, DAY)
    assert {service: list(line.values()) for service, line in told.items()} == {
        "A1": hidden,
        "all": hidden,
    }


def test_small_count_cannot_be_worked_out_from_all(kept: Kept) -> None:
    numbers = Numbers(kept)
    for service, people in (("A1", 3), ("B1", 10), ("C1", 30)):
        for _ in range(people):
            numbers.come(service=service, wait_min=1)
    told = {service: line["tickets"] for service, line in table(kept.path, DAY).items()}
    assert told == {"A1": "<5", "B1": "", "C1": "30", "all": "43"}


def test_those_without_appointment_cannot_be_worked_out(kept: Kept) -> None:
    numbers = Numbers(kept)
    for number in range(20):
        numbers.come(slot="08:00" if number < 18 else None, wait_min=1)
    line = table(kept.path, DAY)["A1"]
    assert (line["tickets"], line["with_appointment"]) == ("20", "")


def test_days_on_which_nobody_came_have_no_lines(kept: Kept) -> None:
    assert table(kept.path, DAY) == {}


def test_day_whose_events_are_deleted_is_told_from_what_is_kept(kept: Kept) -> None:
    numbers = Numbers(kept)
    for minute in range(20):
        numbers.come(slot="08:02", wait_min=minute, right_of_way=True)
    before = table(kept.path, DAY)["A1"]
    for day in range(1, 4):
        kept.turn(DAY + timedelta(days=day))
    retention = Retention(kept.path, 1, 60, uplink=False)
    retention.retain(kept.journal, DAY + timedelta(days=3), at_most=None, in_memory=False)
    with look_into(kept.path) as look:
        assert DAY not in days(look).there
    after = table(kept.path, DAY)["A1"]
    assert before["wait_90_min"] == "17.0"
    assert after == before | {"wait_90_min": ""}


def test_morning_under_a_wrong_clock_is_told_of_the_true_day(kept: Kept) -> None:
    numbers = Numbers(kept)
    for _ in range(6):
        numbers.come(wait_min=3)
    kept.restart()
    wrong = at("17:55")
    kept.do(commands.BeginBoot(clock_sure=False, boot="b"), wrong)
    for second in range(7):
        kept.do(commands.Issue("B1"), wrong + timedelta(seconds=second))
    kept.do(commands.OpenCounter("1"), wrong)
    shift = at("08:40", NEXT_DAY) - at("19:00")
    kept.do(commands.SetClock(shift), at("08:40", NEXT_DAY))
    for minute in range(7):
        kept.do(commands.Next("1"), at(f"08:4{minute}", NEXT_DAY))
    assert table(kept.path, DAY)["A1"]["tickets"] == "6"
    tuesday = table(kept.path, NEXT_DAY)
    assert tuesday["B1"]["tickets"] == "7"
    # Seven o'clock as it was believed was eight forty in truth.
    assert tuesday["B1"]["mean_wait_min"] == "68.0"
    assert "A1" not in tuesday
