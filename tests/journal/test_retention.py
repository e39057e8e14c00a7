"""Nothing is kept for longer than it is needed, and nothing that somebody still waits for goes."""

from __future__ import annotations

import os
import shutil
import time
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

import apsw
import pytest

from appliance.journal import codec
from appliance.journal.keeping import Keeping
from appliance.journal.records import DayClosed, Gap, ServiceTotals
from appliance.journal.retention import Retained
from appliance.line import commands
from appliance.line.model import Booking
from tests.journal.failing import FailingCard
from tests.journal.playing import NAME, SmallDesk
from tests.support.lobby import DAY, at, empty_line

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from appliance.journal.entries import Entry
    from appliance.journal.records import Record

SECRET = "0123456789ab"


class Weeks:
    """Days on which a few people came, one desk start each.

    Args:
        folder: Of the journal.
        days: How many.
        keeping: Arguments for `Keeping`.
    """

    def __init__(self, folder: Path, days: int, **keeping: object) -> None:
        self.days = [DAY + timedelta(days=number) for number in range(days)]
        self.folder = folder
        self._keeping = keeping
        for day in self.days:
            desk = self.start()
            desk.do_at(commands.TurnDay(day), now=at("06:00", day))
            desk.told.numbers.clear()
            came = Booking(f"{SECRET}-{day}", at("08:20", day), 10, "A1")
            for command, clock in (
                (commands.OpenCounter("1"), "07:59"),
                (commands.Issue("A1"), "08:00"),
                (commands.CheckIn(came), "08:12"),
                (commands.Next("1"), "08:21"),
                (commands.Next("1"), "08:30"),
                (commands.Finish("A001"), "08:40"),
                (commands.Issue("B1"), "09:00"),
            ):
                desk.do_at(command, now=at(clock, day), asked=True)
                desk.settle()
            desk.close()

    @property
    def last(self) -> date:
        return self.days[-1]

    def start(self) -> SmallDesk:
        return SmallDesk(self.folder, None, **self._keeping)

    def keeping(self) -> Keeping:
        return Keeping(self.folder / NAME, **self._keeping)  # type: ignore[arg-type]

    def bytes(self) -> bytes:
        """Give all that stands in the folder, of the files beside the journal too."""
        return b"".join(path.read_bytes() for path in sorted(self.folder.iterdir()))


def entries(keeping: Keeping) -> list[Entry]:
    return keeping.after(None, 0, 100_000)


def records(found: Iterable[Entry]) -> list[Record]:
    return [
        codec.decode_record(entry.type, entry.data)
        for entry in found
        if entry.type in codec.RECORD_TYPES and entry.type != "EpochBegan"
    ]


def days_in(found: Iterable[Entry]) -> list[str]:
    return [entry.data[-12:-2] for entry in found if entry.type == "DayTurned"]


def test_whole_days_are_deleted_and_told_in_sums(quick: Path) -> None:
    weeks = Weeks(quick, 6, keep_days=3)
    with weeks.keeping() as keeping:
        before = keeping.line(empty_line())
        assert keeping.retain(weeks.last) == Retained()
        left = entries(keeping)
        assert days_in(left) == [str(day) for day in weeks.days[2:]]
        closed = [each for each in records(left) if isinstance(each, DayClosed)]
        assert [each.day for each in closed] == weeks.days[:2]
        # On the first day numbers begin with A501, and nobody finished A001.
        assert closed[1].services == {
            "A1": ServiceTotals(
                tickets=2,
                appointments=1,
                called=2,
                waited_s=9 * 60 + 30 * 60,
                longest_s=30 * 60,
                served=2,
                on_time=1,
                promise_kept=1,
            ),
            "B1": ServiceTotals(tickets=1, left=1),
        }
        assert keeping.line(empty_line()) == before
        assert keeping.retain(weeks.last) == Retained()
        assert entries(keeping) == left


def test_what_was_deleted_is_nowhere_in_the_files(quick: Path) -> None:
    weeks = Weeks(quick, 8, keep_days=3)
    old, kept = f"{SECRET}-{weeks.days[1]}".encode(), f"{SECRET}-{weeks.days[6]}".encode()
    assert old in weeks.bytes()
    with weeks.keeping() as keeping:
        keeping.retain(weeks.last)
        assert old not in weeks.bytes()
        assert kept in weeks.bytes()
    assert old not in weeks.bytes()


def test_ledger_answers_and_slips_go_when_nobody_can_ask_any_more(quick: Path) -> None:
    weeks = Weeks(quick, 8)
    with weeks.keeping() as keeping:
        keeping.retain(weeks.last)
    db = apsw.Connection(str(quick / NAME))
    for table, kept in (("ledger", 5), ("command", 2), ("slip", 2)):
        rows = list(db.execute(f"SELECT DISTINCT day FROM {table} ORDER BY day"))  # noqa: S608  (names of ours)
        assert rows == [(str(day),) for day in weeks.days[-kept:]]
    db.close()


def test_no_slip_gets_the_number_of_one_that_was_deleted(quick: Path) -> None:
    weeks = Weeks(quick, 2)
    with weeks.keeping() as keeping:
        next_slip = keeping.next_slip_id()
        keeping.retain(weeks.last + timedelta(days=10))
        assert next_slip > 3
        assert keeping.next_slip_id() == next_slip


def test_the_day_that_goes_on_stays_however_old(quick: Path) -> None:
    weeks = Weeks(quick, 2, keep_days=3)
    with weeks.keeping() as keeping:
        before = keeping.line(empty_line())
        keeping.retain(weeks.last + timedelta(days=400))
        assert days_in(entries(keeping)) == [str(weeks.last)]
        assert keeping.line(empty_line()) == before


def test_events_are_deleted_a_few_at_a_time_if_asked(quick: Path) -> None:
    weeks = Weeks(quick, 6, keep_days=1)
    with weeks.keeping() as keeping:
        calls = 1
        while keeping.retain(weeks.last, at_most=1).more:
            calls += 1
        assert calls == 4
        closed = [each for each in records(entries(keeping)) if isinstance(each, DayClosed)]
        assert [each.day for each in closed] == weeks.days[:4]


@pytest.mark.parametrize("after", [False, True])
def test_card_that_fails_meanwhile_costs_no_sums(quick: Path, *, after: bool) -> None:
    weeks = Weeks(quick / "weeks", 4)
    left, failed = 0, True
    while failed:
        folder = quick / f"fails-{left}"
        shutil.copytree(weeks.folder, folder)
        with FailingCard(folder, apsw.IOError, after=after) as card:
            keeping = Keeping(folder / NAME, keep_days=1)
            line = keeping.line(empty_line())
            card.left = left
            keeping.retain(weeks.last)
            failed = keeping.trouble is not None
            card.left = None
            keeping.mend(line)
            keeping.retain(weeks.last)
            assert days_in(entries(keeping)) == [str(day) for day in weeks.days[2:]]
            closed = [each for each in records(entries(keeping)) if isinstance(each, DayClosed)]
            assert [each.day for each in closed] == weeks.days[:2]
            assert {each.services["A1"].tickets for each in closed} == {2}
            assert keeping.line(empty_line()) == line
            keeping.close()
        left += 1
    assert left > 5


def test_without_acknowledgement_events_stay_until_the_outbox_is_full(quick: Path) -> None:
    weeks = Weeks(quick, 8, keep_days=2, outbox_days=5, uplink=True)
    with weeks.keeping() as keeping:
        before = entries(keeping)
        retained = keeping.retain(weeks.last)
        assert days_in(entries(keeping)) == [str(day) for day in weeks.days[2:]]
        gap = retained.gap
        assert isinstance(gap, Gap)
        gaps = [each for each in records(entries(keeping)) if isinstance(each, Gap)]
        assert gaps[-1] == gap
        lost = {entry.position for entry in before} - {e.position for e in entries(keeping)}
        assert sum(each.events for each in gaps) == len(lost)
        assert (gaps[0].first_epoch, gaps[0].first_seq) == before[0].position
        assert (gap.last_epoch, gap.last_seq) in lost


def test_what_was_acknowledged_goes_like_anything(quick: Path) -> None:
    weeks = Weeks(quick, 8, keep_days=2, outbox_days=5, uplink=True)
    with weeks.keeping() as keeping:
        fourth = next(e for e in entries(keeping) if f'day":"{weeks.days[4]}' in e.data)
        keeping.acked("store", *fourth.position)
        assert keeping.retain(weeks.last).gap is None
        assert days_in(entries(keeping)) == [str(day) for day in weeks.days[4:]]
        keeping.acked("store", *entries(keeping)[-1].position)
        assert keeping.retain(weeks.last).gap is None
        assert days_in(entries(keeping)) == [str(day) for day in weeks.days[5:]]
        assert keeping.cursor("store") is not None


def test_day_that_a_wrong_clock_made_goes_too(quick: Path) -> None:
    weeks = Weeks(quick, 5, keep_days=1)
    db = apsw.Connection(str(quick / NAME))
    db.execute("UPDATE day SET day = '2099-01-01' WHERE day = ?", (str(weeks.days[0]),))
    db.close()
    with weeks.keeping() as keeping:
        keeping.retain(weeks.last)
        assert days_in(entries(keeping)) == [str(day) for day in weeks.days[3:]]


def test_old_copies_beside_the_journal_go_and_nothing_else(quick: Path) -> None:
    weeks = Weeks(quick, 1, keep_days=3)
    journal = (quick / NAME).read_bytes()
    names = {
        f"{NAME}.aside-20260101T000000Z": b"noise",
        f"{NAME}.aside-20260101T000000Z-wal": b"noise",
        "before-update.sqlite": journal,
        "slip.key": b"k" * 32,
        "empty": b"",
    }
    for name, content in names.items():
        (quick / name).write_bytes(content)
    (quick / "folder").mkdir()
    today = datetime.now(UTC).date()
    with weeks.keeping() as keeping:
        keeping.retain(today)
        assert names.keys() <= {path.name for path in quick.iterdir()}
        five_days_ago = time.time() - 5 * 86400
        for path in quick.iterdir():
            os.utime(path, (five_days_ago, five_days_ago))
        keeping.retain(today)
    left = {path.name for path in quick.iterdir()}
    assert {NAME, "numbers.mark", "slip.key", "empty", "folder"} <= left
    assert left.isdisjoint({name for name in names if "sqlite" in name})


def test_in_memory_nothing_grows_for_weeks(quick: Path) -> None:
    with FailingCard(quick, apsw.IOError, after=False) as card:
        desk = SmallDesk(quick)
        card.left = 0
        for number in range(1, 6):
            day = DAY + timedelta(days=number)
            desk.do_at(commands.TurnDay(day), now=at("00:00", day))
            desk.do_at(commands.Issue("A1"), now=at("08:00", day))
            desk.keeping.retain(day)
        assert desk.keeping.trouble is not None
        assert len(days_in(entries(desk.keeping))) == 3
        card.left = None
        assert desk.keeping.mend(desk.line)
        assert desk.keeping.line(empty_line()) == desk.line
        desk.close()
