"""A backup is put in the place of the journal: nothing is lost by it that could be kept."""

from __future__ import annotations

import os
import shutil
from contextlib import closing
from typing import TYPE_CHECKING

import apsw
import pytest

from appliance.journal import codec
from appliance.journal.backup import back_up
from appliance.journal.errors import ContradictionError, JournalError
from appliance.journal.exporting import json_lines
from appliance.journal.journal import Journal
from appliance.journal.keeping import Keeping
from appliance.journal.looking import look_into
from appliance.journal.numbers import NumberMark
from appliance.journal.records import Why
from appliance.journal.restoring import begin, restore
from appliance.journal.schema import PAGE_BYTES
from appliance.journal.verifying import verify
from appliance.line import commands, events
from appliance.line.model import Booking
from tests.journal.office import NAME, NEXT_DAY, Kept
from tests.support.lobby import at, empty_line

if TYPE_CHECKING:
    from pathlib import Path

NOBODY = 65534
SCHEMA_1 = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value) WITHOUT ROWID;
CREATE TABLE event (
    epoch INTEGER, seq INTEGER, at TEXT, type TEXT, data TEXT, PRIMARY KEY (epoch, seq)
) WITHOUT ROWID;
CREATE TABLE command (
    caller TEXT, key BLOB, request BLOB, reply BLOB, day TEXT, PRIMARY KEY (caller, key)
) WITHOUT ROWID;
CREATE TABLE ledger (booking TEXT PRIMARY KEY, ticket TEXT, day TEXT) WITHOUT ROWID;
CREATE TABLE slip (id INTEGER PRIMARY KEY, ticket TEXT, at TEXT, day TEXT, state TEXT);
PRAGMA user_version = 1;
"""


@pytest.fixture
def folder(quick: Path) -> Path:
    return quick / "state"


@pytest.fixture
def monday(quick: Path) -> Path:
    return quick / "monday.sqlite"


def lines(path: Path) -> list[str]:
    with look_into(path) as look:
        return list(json_lines(look))


def files(folder: Path) -> dict[str, bytes]:
    """Give what the files in a folder hold, without what readers leave, and the lock."""
    return {
        file.name: file.read_bytes()
        for file in folder.iterdir()
        if not file.name.endswith(("-shm", "-wal", ".lock"))
    }


def booked(id_: str, slot: str) -> commands.CheckIn:
    return commands.CheckIn(Booking(id_, at(slot, NEXT_DAY), 10, "A1"))


@pytest.fixture
def journal(folder: Path, monday: Path) -> Path:
    """Give a journal that was backed up on Monday; on Tuesday one was served, and three wait."""
    with Kept(folder) as kept:
        kept.play(10)
        back_up(kept.path, monday)
        kept.turn(NEXT_DAY)
        kept.do(commands.OpenCounter("1"), "07:59")
        for id_, clock in (("served", "08:00"), ("called", "08:01"), ("waits", "08:02")):
            kept.do(booked(id_, "08:00"), clock)
        kept.do(commands.Issue("B1"), "08:03")
        kept.do(commands.Next("1"), "08:04")
        kept.do(commands.Next("1"), "08:05")
    return kept.path


def test_what_was_backed_up_is_there_again(journal: Path, monday: Path) -> None:
    held = restore(journal, monday).held
    assert lines(journal) == lines(monday)
    assert held.events == len(lines(monday))


def test_journal_before_it_is_kept_aside_as_it_was(journal: Path, monday: Path) -> None:
    before = lines(journal)
    aside = restore(journal, monday).aside
    assert aside is not None
    assert aside.name.startswith(f"{NAME}.aside-")
    assert lines(aside) == before


def test_backup_stays_as_it_is(journal: Path, monday: Path) -> None:
    before = monday.read_bytes()
    restore(journal, monday)
    assert monday.read_bytes() == before


def test_next_start_begins_an_epoch_of_its_own_and_knows_why(journal: Path, monday: Path) -> None:
    restore(journal, monday)
    with Keeping(journal) as keeping:
        assert keeping.found.why is Why.RESTORED
        assert not keeping.found.whole
        epochs = {entry.position.epoch for entry in keeping.after(None, 0, 10_000)}
        line = keeping.line(empty_line())
        turned = line.decide(commands.TurnDay(NEXT_DAY), at("09:00", NEXT_DAY)).events
        keeping.commit(turned, day=str(NEXT_DAY), line=line.apply_all(turned))
        assert keeping.position.epoch not in epochs
    with Keeping(journal) as keeping:
        assert keeping.found.why is Why.STARTED


def test_mark_of_the_numbers_stays_as_it_is(journal: Path, monday: Path) -> None:
    mark = journal.with_name("numbers.mark")
    NumberMark(mark).cover(NEXT_DAY, {"A": 3, "B": 1}, at("08:03", NEXT_DAY))
    before = mark.read_bytes()
    assert restore(journal, monday).marked
    assert mark.read_bytes() == before
    with Keeping(journal) as keeping:
        assert keeping.found.numbers == {"A": 20, "B": 20}
        assert keeping.found.marked_day == NEXT_DAY


def test_missing_mark_is_told(journal: Path, monday: Path) -> None:
    assert not restore(journal, monday).marked


def test_people_who_are_lost_by_it_are_named(journal: Path, monday: Path) -> None:
    restored = restore(journal, monday)
    assert restored.known
    assert restored.lost == ("A002", "A003", "B001")


def test_nobody_is_lost_who_is_in_the_backup(journal: Path, quick: Path) -> None:
    back_up(journal, quick / "tuesday.sqlite")
    with Kept(journal.parent) as kept:
        kept.do(commands.Issue("B1"), "08:10")
        kept.do(commands.Undo("1"), at("08:05:05", NEXT_DAY))
    assert restore(journal, quick / "tuesday.sqlite").lost == ("B002",)


def test_used_codes_are_known_but_of_people_who_still_wait(journal: Path, monday: Path) -> None:
    restore(journal, monday)
    with Kept(journal.parent) as kept:
        kept.turn(NEXT_DAY)
        with pytest.raises(ContradictionError):
            kept.do(booked("served", "08:00"), "09:00")
        kept.do(booked("called", "08:00"), "09:01")
        kept.do(booked("waits", "08:00"), "09:02")
        assert len(kept.line.tickets) == 2


def test_who_was_called_back_in_still_waits(journal: Path, monday: Path) -> None:
    with Kept(journal.parent) as kept:
        kept.do(commands.Next("1"), "08:20")
        kept.do(commands.Undo("1"), at("08:20:05", NEXT_DAY))
    assert restore(journal, monday).lost == ("A002", "A003", "B001")
    with Kept(journal.parent) as kept:
        kept.turn(NEXT_DAY)
        kept.do(booked("called", "08:00"), "09:01")


def test_codes_of_days_before_are_known_until_they_expire(journal: Path, monday: Path) -> None:
    with closing(apsw.Connection(str(journal))) as db:
        db.executemany(
            "INSERT INTO ledger (booking, ticket, day) VALUES (?, 'A001', ?)",
            [("old", "2026-02-26"), ("younger", "2026-02-27")],
        )
    restore(journal, monday)
    with closing(apsw.Connection(str(journal))) as db:
        known = {booking for (booking,) in db.execute("SELECT booking FROM ledger")}
    assert "younger" in known
    assert "old" not in known


def test_restored_journal_is_as_it_should_be(journal: Path, monday: Path) -> None:
    assert restore(journal, monday).findings == ()
    assert verify(journal, empty_line()).findings == ()


def test_damaged_journal_is_replaced_all_the_same(journal: Path, monday: Path) -> None:
    journal.write_bytes(os.urandom(5000))
    restored = restore(journal, monday)
    assert not restored.known
    assert restored.lost == ()
    assert restored.aside is not None
    assert restored.aside.stat().st_size == 5000
    assert lines(journal) == lines(monday)


def test_log_of_the_journal_before_is_not_mixed_into_the_backup(
    journal: Path, monday: Path
) -> None:
    # As a killed desk leaves it: with a log.
    with Kept(journal.parent) as kept:
        kept.do(commands.Issue("A1"), "10:00")
        killed = {f.name: f.read_bytes() for f in journal.parent.iterdir() if f.suffix != ".lock"}
    assert len(killed[f"{NAME}-wal"]) > 1000
    for name, content in killed.items():
        journal.with_name(name).write_bytes(content)
    assert "A004" in restore(journal, monday).lost
    assert lines(journal) == lines(monday)


def test_empty_card(monday: Path, quick: Path, journal: Path) -> None:
    assert journal.exists()
    restored = restore(quick / "card" / NAME, monday)
    assert lines(quick / "card" / NAME) == lines(monday)
    assert restored.aside is None
    assert not restored.marked


def test_file_that_was_set_aside_can_be_restored(journal: Path, monday: Path) -> None:
    before = lines(journal)
    aside = restore(journal, monday).aside
    assert aside is not None
    restore(journal, aside)
    assert lines(journal) == before
    assert lines(aside) == before


def test_desk_that_runs_is_named_and_nothing_is_changed(journal: Path, monday: Path) -> None:
    with Journal(journal):
        before = files(journal.parent)
        with pytest.raises(JournalError, match=f"by process {os.getpid()}: stop the desk first"):
            restore(journal, monday)
        assert files(journal.parent) == before


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "is empty, and no journal"),
        (os.urandom(4000), "is no journal"),
        (None, "there is no "),
    ],
    ids=["empty", "random", "missing"],
)
def test_what_is_no_backup_changes_nothing(
    journal: Path, quick: Path, content: bytes | None, sentence: str
) -> None:
    source = quick / "source"
    if content is not None:
        source.write_bytes(content)
    before = files(journal.parent)
    with pytest.raises(JournalError, match=sentence):
        restore(journal, source)
    assert files(journal.parent) == before


def test_truncated_backup_changes_nothing(journal: Path, monday: Path) -> None:
    whole = monday.read_bytes()
    before = files(journal.parent)
    for left in range(1024, len(whole), 1024):
        monday.write_bytes(whole[:left])
        with pytest.raises(JournalError, match=r"is damaged|is no journal"):
            restore(journal, monday)
        assert files(journal.parent) == before, left


def test_backup_that_is_damaged_anywhere_changes_nothing(journal: Path, monday: Path) -> None:
    whole = monday.read_bytes()
    before = files(journal.parent)
    for page in range(PAGE_BYTES, len(whole), PAGE_BYTES):
        monday.write_bytes(whole[:page] + b"\xff" * PAGE_BYTES + whole[page + PAGE_BYTES :])
        with pytest.raises(JournalError, match="is damaged"):
            restore(journal, monday)
        assert files(journal.parent) == before, page


def test_journal_itself_is_no_backup(journal: Path) -> None:
    with pytest.raises(JournalError, match="is the journal itself"):
        restore(journal, journal)
    assert lines(journal)


@pytest.mark.parametrize(
    ("pragma", "sentence"),
    [
        ("user_version = 3", "was written by a later release .*: install that release."),
        ("application_id = 7", "is a database, but no journal."),
    ],
)
def test_file_of_another_release_or_program_changes_nothing(
    journal: Path, monday: Path, pragma: str, sentence: str
) -> None:
    with closing(apsw.Connection(str(monday))) as db:
        db.execute(f"PRAGMA {pragma}")
    before = files(journal.parent)
    with pytest.raises(JournalError, match=f"^{monday} {sentence}$"):
        restore(journal, monday)
    assert files(journal.parent) == before


def test_backup_that_a_later_release_extended_is_taken(journal: Path, monday: Path) -> None:
    with closing(apsw.Connection(str(monday))) as db:
        db.execute("UPDATE meta SET value = 3 WHERE key = 'schema'")
        db.execute("ALTER TABLE slip ADD COLUMN paper TEXT")
        db.execute("CREATE TABLE novelty (x)")
    restore(journal, monday)
    assert lines(journal) == lines(monday)


def test_backup_that_only_a_later_release_may_write_is_not(journal: Path, monday: Path) -> None:
    with closing(apsw.Connection(str(monday))) as db:
        db.execute("UPDATE meta SET value = 3 WHERE key IN ('schema', 'writable_by')")
    with pytest.raises(JournalError, match=f"^{monday} was written by a later release"):
        restore(journal, monday)


def test_backup_of_an_earlier_release_is_brought_to_this_ones_form(
    journal: Path, quick: Path
) -> None:
    told: list[events.Event] = [
        events.DayTurned(at("06:00"), at("06:00").date()),
        events.TicketIssued(at("08:00"), "A001", 1, "A1"),
    ]
    with closing(apsw.Connection(str(quick / "old.sqlite"))) as db:
        db.execute(SCHEMA_1)
        db.execute("INSERT INTO meta VALUES ('epoch', 42)")
        db.executemany(
            "INSERT INTO event VALUES (42, ?, ?, ?, ?)",
            [(seq, e.at.isoformat(), *codec.encode(e)) for seq, e in enumerate(told, 1)],
        )
        db.execute(
            "INSERT INTO slip VALUES (1, 'A001', '2026-03-02T08:00:00Z', '2026-03-02', 'printed')"
        )
    with pytest.raises(JournalError, match="written by an earlier release"):
        lines(quick / "old.sqlite")
    assert restore(journal, quick / "old.sqlite").findings == ()
    with Keeping(journal) as keeping:
        assert [*keeping.line(empty_line()).tickets] == ["A001"]


def test_owner_and_rights_are_those_that_the_desk_needs(journal: Path, monday: Path) -> None:
    owner = NOBODY if os.geteuid() == 0 else os.geteuid()
    os.chown(journal.parent, owner, -1)
    journal.chmod(0o640)
    restore(journal, monday)
    assert journal.stat().st_uid == owner
    assert journal.stat().st_mode & 0o777 == 0o640


def test_power_that_goes_while_it_is_put_in_place(journal: Path, monday: Path, quick: Path) -> None:
    # As it is when the power goes at the worst moment: whole, and not in its place yet.
    shutil.copytree(journal.parent, quick / "cut")
    restore(journal, monday)
    (quick / "cut" / f"{NAME}.rebuilt").write_bytes(journal.read_bytes())
    with Keeping(quick / "cut" / NAME) as keeping:
        assert keeping.found.why is Why.RESTORED
        assert len(keeping.after(None, 0, 10_000)) == len(lines(monday))


# A new device.


def test_new_device_is_known_to_have_given_out_nothing(folder: Path) -> None:
    begin(folder / NAME)
    with Keeping(folder / NAME) as keeping:
        assert keeping.found.why is Why.NEW
        assert keeping.found.numbers == {}


def test_without_it_nothing_is_known(folder: Path) -> None:
    with Keeping(folder / NAME) as keeping:
        assert keeping.found.numbers is None


@pytest.mark.parametrize(
    "name", [NAME, f"{NAME}-wal", "numbers.mark", f"{NAME}.aside-20260302T080000Z"]
)
def test_device_that_has_given_out_numbers_is_no_new_one(folder: Path, name: str) -> None:
    folder.mkdir()
    (folder / name).touch()
    before = files(folder)
    with pytest.raises(JournalError, match=f"{name} is there: this device has given out numbers"):
        begin(folder / NAME)
    assert files(folder) == before


def test_mark_of_a_new_device_belongs_to_the_desk(folder: Path) -> None:
    owner = NOBODY if os.geteuid() == 0 else os.geteuid()
    folder.mkdir()
    os.chown(folder, owner, -1)
    assert begin(folder / NAME).stat().st_uid == owner
    assert folder.joinpath(f"{NAME}.lock").stat().st_uid == owner
