"""The desk on a card that is full, read-only, damaged, exchanged: the day goes on."""

from __future__ import annotations

import contextlib
import os
import subprocess
from typing import TYPE_CHECKING

import apsw
import pytest

from appliance.bus.link import Received
from appliance.bus.messages import shown
from appliance.bus.messages.payload import encode
from appliance.checkin.admission import Admission
from appliance.checkin.outcomes import Outcome
from appliance.desk import upkeep
from appliance.desk.forecasting import Forecasts, Told
from appliance.desk.surroundings import Pressed
from tests.journal.failing import FailingCard
from tests.support.lobby import DAY, at, booking
from tests.support.table import TOPICS, Table

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

CARD_KIB = 1024

needs_mount = pytest.mark.skipif(
    os.geteuid() != 0, reason="a card that is full or read-only is mounted, which takes root"
)


@pytest.fixture
def card(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Give a real, small card; a desk looks after it in every round."""
    monkeypatch.setattr(upkeep, "LOOK_S", 0.0)
    folder = tmp_path / "card"
    folder.mkdir()
    size = f"size={CARD_KIB}k"
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", size, "lobby-test", folder], check=False
    )
    if mounted.returncode:
        pytest.skip("this machine does not let a test mount a file system")
    yield folder
    subprocess.run(["umount", folder], check=True)


def remount(card: Path, how: str) -> None:
    subprocess.run(["mount", "-o", f"remount,{how},size={CARD_KIB}k", card], check=True)


def fill(card: Path) -> Path:
    ballast = card / "ballast"
    with ballast.open("wb", buffering=0) as file, contextlib.suppress(OSError):
        while True:
            file.write(bytes(1024))
    return ballast


def kept_board(numbers: dict[str, int]) -> Received:
    board = shown.Board(
        as_of=at("08:00"),
        day=DAY,
        session="before",
        valid_s=30,
        calls=[],
        at_counters=[],
        next=[],
        waiting=0,
        open_counters=0,
        numbers=numbers,
    )
    return Received(TOPICS.board, encode(board), retained=True)


@needs_mount
def test_on_a_full_card_the_day_goes_on_and_is_written_when_there_is_room(card: Path) -> None:
    with contextlib.closing(Table(card)) as table:
        table.put(Pressed("A1"))
        ballast = fill(card)
        for _ in range(30):
            table.put(Pressed("A1"))
        assert table.shown().ticket == "A031"
        assert table.alarms() == ["card"]
        # The forecast's process reads the card, and knows nothing of what is in memory.
        table.put(Forecasts(Told(at("08:00"), {"A1": (50, 55)})))
        assert table.told(TOPICS.wait_of("A1"), shown.WaitOf).wait.low_min != 50
        first = table.ask("counter.1", "open_counter", key=b"1" * 16)
        assert table.ask("counter.1", "open_counter", key=b"1" * 16) == first
        ballast.unlink()
        table.settle()
        assert table.alarms() == []
        lived = table.desk.line
        table.restart()
        assert table.desk.line == lived
        assert len(table.jobs) == 31


@needs_mount
def test_a_desk_that_starts_on_a_read_only_card_knows_the_line_and_goes_on(card: Path) -> None:
    with contextlib.closing(Table(card)) as table:
        table.put(Pressed("A1"))
        table.journal.close()
        remount(card, "ro")
        table.restart()
        table.put(Pressed("A1"))
        number = table.shown().ticket
        assert (len(table.desk.line.waiting), table.alarms()) == (2, ["card"])
        remount(card, "rw")
        table.settle()
        assert table.alarms() == []
        table.restart()
        assert list(table.desk.line.tickets) == ["A001", number]


@needs_mount
def test_a_second_fault_while_in_memory_gives_no_number_twice(card: Path) -> None:
    with contextlib.closing(Table(card)) as table:
        table.put(Pressed("A1"))
        fill(card)
        for _ in range(25):
            table.put(Pressed("A1"))
        given = set(table.desk.line.tickets)
        # The plug is pulled: what is on the card is all there is.
        copy = card.parent / "after"
        copy.mkdir()
        for file in ("journal.sqlite", "journal.sqlite-wal", "numbers.mark"):
            if (card / file).exists():
                (copy / file).write_bytes((card / file).read_bytes())
        with contextlib.closing(Table(copy, new=False)) as after:
            after.put(Pressed("A1"))
            assert after.shown().ticket not in given


def test_a_damaged_journal_is_set_aside_and_numbers_go_on(tmp_path: Path) -> None:
    with contextlib.closing(Table(tmp_path)) as table:
        table.put(Pressed("A1"), Pressed("A1"))
        given = set(table.desk.line.tickets)
        table.journal.close()
        for log in tmp_path.glob("journal.sqlite-*"):
            log.unlink()
        (tmp_path / "journal.sqlite").write_bytes(os.urandom(50_000))
        table.restart()
        assert table.alarms() == ["journal_aside"]
        assert list(tmp_path.glob("journal.sqlite.aside-*"))
        table.put(Pressed("A1"))
        assert table.shown().ticket not in given


def test_a_blank_card_goes_on_from_the_board_that_the_bus_has_kept(tmp_path: Path) -> None:
    table = Table(tmp_path, new=False)
    with contextlib.closing(table):
        # The press comes first: it waits for what the board says.
        table.put(Pressed("A1"), kept_board({"A": 37}))
        assert table.shown().ticket == "A038"
        assert "retained" not in table.alarms()


def test_a_blank_card_without_a_board_begins_high_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("appliance.desk.numbering.BOARD_S", 0.1)
    with contextlib.closing(Table(tmp_path, new=False)) as table:
        table.put(Pressed("A1"), Pressed("B1"))
        assert list(table.desk.line.tickets) == ["A501", "B501"]
        table.restart()
        table.put(Pressed("A1"))
        assert table.shown().ticket == "A502"


def test_the_board_of_another_day_says_nothing_about_today(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("appliance.desk.numbering.BOARD_S", 0.1)
    with contextlib.closing(Table(tmp_path, new=False)) as table:
        table.clock.goes_to(at("23:59").replace(hour=23, minute=1))
        table.put(kept_board({"A": 3}), Pressed("A1"))
        assert table.shown().ticket == "A501"


def test_a_new_device_begins_with_one(tmp_path: Path) -> None:
    with contextlib.closing(Table(tmp_path)) as table:
        table.put(Pressed("A1"))
        assert table.shown().ticket == "A001"


def test_a_card_that_comes_back_brings_those_of_whom_it_could_not_tell(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(upkeep, "LOOK_S", 0.0)
    with contextlib.closing(Table(tmp_path)) as table:
        table.put(Pressed("A1"), Pressed("A1"))
        with FailingCard(tmp_path, apsw.IOError, after=False, reading=True) as failing:
            failing.left = 0
            table.restart()
            table.put(Pressed("A1"))
            meanwhile = table.shown().ticket
            assert (list(table.desk.line.tickets), table.alarms()) == ([meanwhile], ["card"])
            failing.left = None
            table.settle()
        assert table.alarms() == []
        assert set(table.desk.line.tickets) == {"A001", "A002", meanwhile}
        assert table.board().waiting == 3


def test_a_code_that_was_used_before_the_card_was_exchanged_gives_no_second_number(
    tmp_path: Path,
) -> None:
    with contextlib.closing(Table(tmp_path)) as table:
        used = booking("08:05")
        # As after a restore: the used codes are known, and their people are not in the line.
        with contextlib.closing(apsw.Connection(str(tmp_path / "journal.sqlite"))) as db:
            row = (used.id, "A007", str(DAY))
            db.execute("INSERT INTO ledger (booking, ticket, day) VALUES (?, ?, ?)", row)
        shown = table.scan(Admission(Outcome.IN_TIME, {"time": "08:05"}, used))
        assert (shown.outcome, shown.ticket) == ("not_here", None)
        assert "already used" in shown.facts["sentence"]
        assert table.alarms() == []
        assert not table.desk.line.tickets
