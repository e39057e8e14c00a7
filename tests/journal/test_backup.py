"""A backup is whole, is nobody else's, and is made beside a desk that goes on."""

from __future__ import annotations

import os
import threading
from contextlib import closing
from datetime import timedelta
from typing import TYPE_CHECKING

import apsw
import pytest

from appliance.journal import backup
from appliance.journal.backup import back_up
from appliance.journal.days import days
from appliance.journal.errors import JournalError
from appliance.journal.exporting import json_lines
from appliance.journal.keeping import Keeping
from appliance.journal.looking import look_into
from appliance.journal.records import Why
from appliance.journal.retention import Retention
from appliance.journal.schema import BUSY_MS, PAGE_BYTES
from appliance.line import commands
from tests.journal.office import NAME, NEXT_DAY, Kept
from tests.support.lobby import DAY, at

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def kept(quick: Path) -> Iterator[Kept]:
    with Kept(quick / "state") as kept:
        kept.play(20)
        kept.turn(NEXT_DAY)
        kept.play(10)
        yield kept


@pytest.fixture
def to(tmp_path: Path) -> Path:
    return tmp_path / "backups" / "monday.sqlite"


@pytest.fixture(autouse=True)
def folder(to: Path) -> Path:
    to.parent.mkdir()
    return to.parent


def lines(path: Path) -> list[str]:
    with look_into(path) as look:
        return list(json_lines(look))


def test_backup_beside_the_writer_holds_all_that_was_committed(kept: Kept, to: Path) -> None:
    made = back_up(kept.path, to)
    assert lines(to) == lines(kept.path)
    assert made.held.days == (DAY, NEXT_DAY)
    assert made.held.events == len(lines(to))
    assert made.held.until == at("08:09:21", NEXT_DAY)
    assert made.findings == ()


def test_backup_is_one_file_that_nobody_else_may_read(kept: Kept, to: Path) -> None:
    usual = os.umask(0)
    try:
        back_up(kept.path, to)
    finally:
        os.umask(usual)
    assert list(to.parent.iterdir()) == [to]
    assert to.stat().st_mode & 0o777 == 0o600


def test_backup_can_be_read_where_nothing_can_be_written(kept: Kept, to: Path) -> None:
    back_up(kept.path, to)
    with closing(
        apsw.Connection(f"{to.as_uri()}?immutable=1", flags=apsw.SQLITE_OPEN_URI | 1)
    ) as db:
        assert db.execute("PRAGMA journal_mode").get == "delete"
        assert db.execute("SELECT count(*) FROM event").get == len(lines(kept.path))


def test_whoever_starts_with_a_backup_is_told_that_it_is_one(kept: Kept, to: Path) -> None:
    back_up(kept.path, to)
    with Keeping(to) as keeping:
        assert keeping.found.why is Why.RESTORED
        assert not keeping.found.whole


def test_journal_itself_stays_as_it_is(kept: Kept, to: Path) -> None:
    before = lines(kept.path)
    back_up(kept.path, to)
    kept.restart()
    assert kept.journal.why is Why.STARTED
    assert lines(kept.path) == before


def test_desk_that_writes_all_the_time_does_not_make_it_begin_anew(
    kept: Kept, to: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A page a step: there are hundreds of commits meanwhile.
    monkeypatch.setattr(backup, "STEP_PAGES", 1)
    stop, numbers = threading.Event(), []

    def write() -> None:
        while not stop.is_set():
            now = at("09:00", NEXT_DAY)
            numbers.append(kept.do(commands.Issue("A1"), now))

    desk = threading.Thread(target=write, name="desk")
    desk.start()
    try:
        while not numbers:
            assert desk.is_alive()
        back_up(kept.path, to)
        during = len(numbers)
    finally:
        stop.set()
        desk.join(10.0)
    copied = lines(to)
    assert lines(kept.path)[: len(copied)] == copied
    assert during > 1
    assert len(numbers) >= during
    kept.restart()
    assert len(kept.line.tickets) == 10 + len(numbers)


def test_desk_that_deletes_an_old_day_does_not_wait_until_the_backup_is_made(kept: Kept) -> None:
    retention = Retention(kept.path, 1, 60, uplink=False)
    today = DAY + timedelta(days=3)
    kept.turn(today)

    def tidy() -> None:
        retention.retain(kept.journal, today, at_most=None, in_memory=False)

    desk = threading.Thread(target=tidy, name="desk")
    with look_into(kept.path) as look, look.as_it_is_now():
        desk.start()
        desk.join(BUSY_MS / 1000 / 2)
        waited = desk.is_alive()
    desk.join(10.0)
    assert not waited
    with look_into(kept.path) as look:
        assert days(look).there == [today]


def test_older_backup_is_replaced_only_by_force(kept: Kept, to: Path) -> None:
    back_up(kept.path, to)
    before = to.read_bytes()
    kept.do(commands.Issue("A1"), "12:00")
    with pytest.raises(JournalError, match="--force replaces an older backup"):
        back_up(kept.path, to)
    assert to.read_bytes() == before
    back_up(kept.path, to, force=True)
    assert lines(to) == lines(kept.path)


def test_nothing_but_a_backup_is_replaced(kept: Kept, to: Path) -> None:
    to.write_text("the IT desk's shopping list")
    with pytest.raises(JournalError, match=r"is no journal.* It is not replaced"):
        back_up(kept.path, to, force=True)
    assert to.read_text() == "the IT desk's shopping list"
    mark = kept.path.with_name("numbers.mark")
    mark.write_bytes(b"mark")
    with pytest.raises(JournalError, match="It is not replaced"):
        back_up(kept.path, mark, force=True)
    os.mkfifo(to.with_name("pipe"))
    with pytest.raises(JournalError, match="is no file"):
        back_up(kept.path, to.with_name("pipe"), force=True)


@pytest.mark.parametrize("end", ["", "-wal", "-shm", ".rebuilt", ".aside-20260302T080000Z"])
def test_what_the_desk_keeps_is_never_written_over(kept: Kept, end: str) -> None:
    before = lines(kept.path)
    with pytest.raises(JournalError, match="choose another name"):
        back_up(kept.path, kept.path.with_name(NAME + end), force=True)
    kept.do(commands.Issue("A1"), "12:00")
    assert lines(kept.path)[: len(before)] == before


def test_backup_beside_the_journal_under_another_name_is_fine(kept: Kept) -> None:
    back_up(kept.path, kept.path.with_name("monday.sqlite"))
    assert lines(kept.path.with_name("monday.sqlite")) == lines(kept.path)


def test_folders(kept: Kept, to: Path) -> None:
    with pytest.raises(JournalError, match="is a folder: name a file in it"):
        back_up(kept.path, to.parent)
    with pytest.raises(JournalError, match=r"there is no folder .*/nowhere"):
        back_up(kept.path, to.parent / "nowhere" / "monday.sqlite")


def test_damaged_journal_does_not_replace_an_older_backup(kept: Kept, to: Path) -> None:
    back_up(kept.path, to)
    before = to.read_bytes()
    kept.journal.close()
    whole = kept.path.read_bytes()
    kept.path.write_bytes(whole[: -9 * PAGE_BYTES] + bytes(9 * PAGE_BYTES))
    with pytest.raises(JournalError, match="is damaged, and nothing was changed"):
        back_up(kept.path, to, force=True)
    assert to.read_bytes() == before
    assert list(to.parent.iterdir()) == [to]


def test_what_a_killed_backup_left_is_cleared_away(kept: Kept, to: Path) -> None:
    for end in ("", "-wal", "-journal"):
        to.with_name(f".{to.name}.new{end}").write_bytes(b"half")
    back_up(kept.path, to)
    assert list(to.parent.iterdir()) == [to]
    assert lines(to) == lines(kept.path)


def test_contradictions_are_backed_up_and_told(kept: Kept, to: Path) -> None:
    kept.journal.db.execute("DELETE FROM slip WHERE ticket = 'A003'")
    (finding,) = back_up(kept.path, to).findings
    assert finding.what == "no slip is known of A003."
    assert lines(to) == lines(kept.path)
