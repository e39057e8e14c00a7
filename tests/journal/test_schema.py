"""Files of other releases: an older one is brought forward, a later one is written as it is."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import apsw
import pytest

from appliance.journal import schema
from appliance.journal.entries import OwedSlip, Position
from appliance.journal.errors import LaterReleaseError
from appliance.journal.folding import fold
from appliance.journal.journal import Journal, JournalError
from appliance.journal.keeping import Keeping
from appliance.journal.reading import JournalReader
from appliance.line import commands
from appliance.line.model import TicketState
from tests.journal.playing import SmallDesk
from tests.support.lobby import DAY, at, empty_line

KEPT = Path(__file__).parent / "kept" / "schema_1.sql"
EPOCH_OF_KEPT = 4611686018427387905


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "journal.sqlite"


@pytest.fixture
def old(path: Path) -> Path:
    """Give a journal of schema 1."""
    db = apsw.Connection(str(path))
    db.execute("PRAGMA journal_mode = WAL")
    db.execute(KEPT.read_text("utf-8"))
    db.close()
    return path


def extend(path: Path, statements: str) -> None:
    """Let a later release have been here."""
    db = apsw.Connection(str(path))
    db.execute(statements)
    db.close()


# What expansion may add: tables, nullable columns, indices.
EXPANDED = """
    CREATE TABLE weather (day TEXT PRIMARY KEY, rain INTEGER);
    ALTER TABLE event ADD COLUMN by_whom TEXT;
    ALTER TABLE epoch ADD COLUMN release TEXT;
    ALTER TABLE day ADD COLUMN closed INTEGER;
    ALTER TABLE checkpoint ADD COLUMN size INTEGER;
    ALTER TABLE command ADD COLUMN at TEXT;
    ALTER TABLE ledger ADD COLUMN exp INTEGER;
    ALTER TABLE slip ADD COLUMN copies INTEGER;
    ALTER TABLE learned ADD COLUMN score REAL;
    ALTER TABLE outbox ADD COLUMN at TEXT;
    ALTER TABLE meta ADD COLUMN since TEXT;
    CREATE INDEX slips_by_day ON slip (day);
    UPDATE meta SET value = 7 WHERE key = 'schema';
"""


def test_journal_of_schema_1_goes_on(old: Path) -> None:
    with Journal(old) as journal:
        folded = fold(journal, empty_line())
        assert folded.skipped == 0
        assert list(folded.line.tickets) == ["A001", "A002", "B001"]
        assert folded.line.tickets["A002"].state is TicketState.CALLED
        assert journal.position == Position(EPOCH_OF_KEPT, 8)
        assert journal.last_time() == at("08:03")
        assert journal.owed_slips() == [
            OwedSlip(2, "A002", at("08:01")),
            OwedSlip(3, "B001", at("08:03")),
        ]
        answered = journal.answer_to("counter.1", b"\3" * 16)
        assert answered is not None
        assert answered.reply == b"reply 3"
        assert [entry.position.seq for entry in journal.outbox.after(None, 0, 99)] == [*range(1, 9)]


def test_journal_of_schema_1_is_kept_and_read_like_any(old: Path) -> None:
    desk = SmallDesk(old.parent)
    desk.play(3, begin=30)
    line = desk.line
    desk.close()
    with JournalReader(old) as reader:
        assert len(reader.news()) > 8
    again = SmallDesk(old.parent, desk.told)
    assert again.line == line
    assert {"A001", "A002", "B001"} < set(again.line.tickets)
    again.close()


def test_brought_forward_it_is_as_one_made_new(old: Path, tmp_path: Path) -> None:
    Journal(old).close()
    Journal(tmp_path / "new").close()

    def tables(path: Path) -> dict[str, list[tuple[object, ...]]]:
        db = apsw.Connection(str(path))
        names = [row[0] for row in db.execute("SELECT name FROM sqlite_schema WHERE type='table'")]
        found = {name: list(db.execute(f"PRAGMA table_info({name})")) for name in names}
        db.close()
        return found

    assert tables(old) == tables(tmp_path / "new")


def test_migration_that_is_cut_short_leaves_the_old_one(
    old: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(schema, "FROM_1", schema.FROM_1 + "this is no SQL;")
        with pytest.raises(JournalError):
            Journal(old)
    with Journal(old) as journal:
        assert len(list(journal.today())) == 6


def test_file_that_a_later_release_extended_is_read_and_written(path: Path) -> None:
    desk = SmallDesk(path.parent)
    desk.play(5)
    desk.close()
    extend(path, EXPANDED)
    desk = SmallDesk(path.parent, desk.told)
    assert desk.keeping.found.whole
    desk.play(200, begin=10)
    desk.keeping.note("boot", "1")
    desk.keeping.keep_learned(desk.line.day, desk.keeping.position, b"much")  # type: ignore[arg-type]
    desk.keeping.acked("store", *desk.keeping.position)
    assert desk.keeping.trouble is None
    desk.check()
    tomorrow = DAY + timedelta(days=1)
    desk.do_at(commands.TurnDay(tomorrow), now=at("00:00", tomorrow))
    desk.keeping.retain(tomorrow)
    assert desk.keeping.trouble is None
    desk.close()
    again = SmallDesk(path.parent, desk.told)
    assert again.keeping.found.whole
    assert again.line == desk.line
    again.close()
    db = apsw.Connection(str(path))
    # The later release finds its own untouched.
    assert db.execute("SELECT value FROM meta WHERE key = 'schema'").get == 7
    assert db.execute("SELECT count(*) FROM weather").get == 0
    db.close()


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE meta SET value = 3 WHERE key IN ('schema', 'writable_by')",
        "PRAGMA user_version = 99",
    ],
)
def test_file_that_only_a_later_release_may_write_is_left_alone(path: Path, change: str) -> None:
    Journal(path).close()
    extend(path, change)
    before = path.read_bytes()
    for opens in (Journal, Keeping):
        with pytest.raises(LaterReleaseError, match="install that release"):
            opens(path)
    assert path.read_bytes() == before


def test_event_of_a_later_release_is_told_in_one_sentence(path: Path) -> None:
    desk = SmallDesk(path.parent)
    desk.play(2)
    desk.close()
    extend(
        path,
        "INSERT INTO event (epoch, seq, at, type, data)"
        " SELECT epoch, max(seq) + 1, at, 'TicketEaten', '{}' FROM event;"
        "UPDATE meta SET value = 3 WHERE key = 'schema'",
    )
    with Keeping(path) as keeping, pytest.raises(JournalError, match="install the release"):
        keeping.line(empty_line())


def test_type_that_no_release_can_have_written_is_damage(path: Path) -> None:
    desk = SmallDesk(path.parent)
    desk.play(2)
    desk.close()
    extend(path, "UPDATE event SET type = 'Ticket\x05inished' WHERE type = 'TicketFinished'")
    again = SmallDesk(path.parent, desk.told)
    assert again.keeping.skipped == 1
    assert not again.keeping.found.whole
    assert set(again.line.tickets) == set(desk.line.tickets)
    again.close()


def test_backup_that_is_put_back_is_known_as_one(path: Path) -> None:
    desk = SmallDesk(path.parent)
    desk.play(2)
    desk.close()
    db = apsw.Connection(str(path))
    schema.mark_as_copy(db)
    db.close()
    for _ in range(2):
        # Until it is committed that numbers go on, it may be restored as often as one likes.
        with Keeping(path) as keeping:
            assert keeping.found.why == "restored"
            assert not keeping.found.whole
    desk = SmallDesk(path.parent, desk.told)
    desk.close()
    with Keeping(path) as keeping:
        assert keeping.found.why == "started"
        assert keeping.found.whole
