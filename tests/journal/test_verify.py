"""A journal that is in order is called so, whatever it has been through; anything else is found."""

from __future__ import annotations

import shutil
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import apsw
import pytest

from appliance.journal.backup import back_up
from appliance.journal.errors import JournalError
from appliance.journal.keeping import Keeping
from appliance.journal.numbers import NumberMark
from appliance.journal.schema import PAGE_BYTES
from appliance.journal.verifying import verify
from appliance.line import commands
from tests.journal.failing import FailingCard
from tests.journal.office import NAME, NEXT_DAY, Kept
from tests.support.lobby import DAY, at, empty_line

PEOPLE = 200
"""Enough for a checkpoint."""


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the journal of two days, with a restart in the second."""
    with Kept(tmp_path_factory.mktemp("lived")) as kept:
        kept.play(10)
        kept.turn(NEXT_DAY)
        kept.play(PEOPLE)
        kept.restart()
        kept.play(5, begin="12:00")
    return kept.path


@pytest.fixture
def journal(lived: Path, quick: Path) -> Path:
    return Path(shutil.copy(lived, quick / NAME))


def findings(journal: Path) -> list[str]:
    return [finding.what for finding in verify(journal, empty_line()).findings]


# What is in order.


def test_journal_of_two_days_is_fine_and_was_compared(journal: Path) -> None:
    verified = verify(journal, empty_line())
    assert verified.findings == ()
    assert verified.notes == ("checkpoints that give the same line: 1", "slips that are owed: 0")


def test_without_the_configuration_checkpoints_are_not_compared(journal: Path) -> None:
    verified = verify(journal)
    assert verified.findings == ()
    assert "checkpoints were not compared" in verified.notes[0]


def test_checkpoints_of_another_configuration_are_told(journal: Path) -> None:
    other = empty_line()
    del other.services["D1"]  # type: ignore[attr-defined]
    verified = verify(journal, other)
    assert verified.findings == ()
    assert verified.notes[0] == "checkpoints of another configuration or release, not used: 1"


def test_journal_that_is_being_written_is_fine(quick: Path) -> None:
    with Kept(quick) as kept:
        kept.play(5)
        assert findings(kept.path) == []


def test_journal_without_any_event_is_fine(quick: Path) -> None:
    with Keeping(quick / NAME):
        assert findings(quick / NAME) == []


@pytest.mark.parametrize("restarts", [0, 1])
def test_journal_whose_old_days_are_deleted_is_fine(quick: Path, restarts: int) -> None:
    with Kept(quick) as kept:
        for number in range(6):
            kept.play(5)
            for _ in range(restarts):
                kept.restart()
            kept.turn(DAY + timedelta(days=number + 1))
    with Keeping(kept.path, keep_days=2) as keeping:
        keeping.line(empty_line())
        while keeping.retain(DAY + timedelta(days=6), at_most=7).more:
            assert findings(kept.path) == []
    with Keeping(kept.path, keep_days=2) as keeping:
        keeping.line(empty_line())
        keeping.retain(DAY + timedelta(days=6))
    assert findings(kept.path) == []


def test_journal_that_was_rebuilt_after_damage_may_have_holes(quick: Path) -> None:
    with Kept(quick) as kept:
        kept.play(150)
        kept.turn(NEXT_DAY)
        kept.play(5)
        root = kept.journal.db.execute(
            "SELECT rootpage FROM sqlite_schema WHERE name = 'outbox'"
        ).get
    # A start looks at today, and at small tables: only because of these it finds the other page.
    for page in (_page_with(kept.path, b'"A075"'), root - 1):
        _spoil(kept.path, page)
    assert verify(kept.path).damage is not None
    with Keeping(kept.path) as keeping:
        assert keeping.found.aside is not None
        assert len(keeping.line(empty_line()).tickets) == 5
        kept_of_it = [
            entry.type
            for entry in keeping.after(None, 0, 10_000)
            if '"ticket":"A075"' in entry.data
        ]
        # What came after it on the next page, if anything, is still there.
        assert "TicketIssued" not in kept_of_it
    assert findings(kept.path) == []


def test_end_that_was_lost_in_a_rebuild_is_no_fault(journal: Path) -> None:
    change(
        journal,
        "DELETE FROM event WHERE epoch = 1 AND seq IN (50, (SELECT max(seq) FROM event"
        " WHERE epoch = 1)); DELETE FROM checkpoint;"
        " INSERT INTO meta (key, value) VALUES ('rebuilt_to', 1)",
    )
    assert findings(journal) == []


def test_journal_to_which_the_day_came_back_from_memory_is_fine(quick: Path) -> None:
    folder = quick / "state"
    with FailingCard(folder, apsw.IOError, after=True) as card, Keeping(folder / NAME) as keeping:
        line = keeping.line(empty_line())

        def do(command: commands.Command, clock: str) -> None:
            nonlocal line
            decided = line.decide(command, at(clock)).events
            line = line.apply_all(decided)
            keeping.commit(decided, day=str(DAY), line=line)

        do(commands.TurnDay(DAY), "06:00")
        do(commands.OpenCounter("1"), "07:59")
        card.left = 1
        do(commands.OpenCounter("2"), "08:00")
        do(commands.Pause("2"), "08:01")
        assert keeping.trouble is not None
        card.left = None
        assert keeping.mend(line)
        do(commands.Pause("1"), "08:03")
        assert findings(folder / NAME) == []


def test_backup_is_fine(journal: Path, quick: Path) -> None:
    back_up(journal, quick / "backup.sqlite")
    assert findings(quick / "backup.sqlite") == []


def test_journal_that_a_later_release_extended_is_fine(journal: Path) -> None:
    change(
        journal,
        "UPDATE meta SET value = 3 WHERE key = 'schema'; CREATE TABLE novelty (x);"
        " ALTER TABLE ledger ADD COLUMN shown INTEGER",
    )
    assert findings(journal) == []


# What is not.


def change(journal: Path, sql: str) -> None:
    with closing(apsw.Connection(str(journal))) as db:
        db.execute(sql)


@pytest.mark.parametrize(
    ("sql", "found"),
    [
        ("DELETE FROM event WHERE epoch = 1 AND seq = 20", "events missing in epoch 1: 1."),
        (
            "DELETE FROM event WHERE epoch = 1 AND seq IN (1, 2)",
            "events missing in epoch 1: 2.",
        ),
        (
            "DELETE FROM event WHERE seq = (SELECT max(seq) FROM event WHERE epoch = 1)",
            "events missing at the end of epoch 1: 1.",
        ),
        ("DELETE FROM epoch WHERE number = 1", "epoch 1 has events and no id."),
        (
            "UPDATE event SET data = replace(data, 'A050', 'A049') WHERE type = 'TicketCalled'",
            "the checkpoint at ",
        ),
        ("UPDATE checkpoint SET seq = 100000", "the checkpoint at 100000 of epoch 1 is not what"),
        (
            "UPDATE event SET data = replace(data, 'A203', 'A999') WHERE type = 'TicketFinished'",
            "TicketFinished at ",
        ),
        (
            "DELETE FROM ledger WHERE ticket = 'A100'",
            "the appointments of A100 are not known as used.",
        ),
        (
            "UPDATE ledger SET ticket = 'A001' WHERE ticket = 'A100'",
            "the appointments of A100 are not known as used.",
        ),
        (
            "INSERT INTO ledger (booking, ticket, day) VALUES ('b', 'A700', '2026-03-03')",
            "the appointments of A700 are known as used, their numbers are not.",
        ),
        ("DELETE FROM slip WHERE ticket = 'A100'", "no slip is known of A100."),
        (
            "INSERT INTO slip (ticket, day, state) VALUES ('A700', '2026-03-03', 'printed')",
            "there are slips of A700, and no such numbers.",
        ),
        ("UPDATE slip SET state = 'eaten' WHERE id = 5", "slips are eaten, which means nothing."),
        (
            "UPDATE event SET data = 'no JSON' WHERE epoch = 2 AND seq = 3",
            "it cannot be read to its end: ",
        ),
        ("DROP TABLE outbox", "the table outbox has no epoch, seq, store."),
        ("ALTER TABLE slip DROP COLUMN state", "the table slip has no state."),
        ("UPDATE event SET type = 'Novelty' WHERE epoch = 2 AND seq = 3", "{path} holds a 'N"),
        ("UPDATE day SET day = 'x' WHERE day = '2026-03-03'", "it cannot be read to its end: "),
    ],
)
def test_what_is_wrong_is_found(journal: Path, sql: str, found: str) -> None:
    change(journal, sql)
    told = findings(journal)
    assert any(what.startswith(found.format(path=journal)) for what in told), told


def test_each_finding_says_what_to_do(journal: Path) -> None:
    change(journal, "DELETE FROM slip; DELETE FROM ledger; DELETE FROM event WHERE seq = 7")
    found = verify(journal, empty_line()).findings
    assert len(found) >= 3
    assert all(finding.do.endswith(".") for finding in found)


def test_of_many_a_few_are_named(journal: Path) -> None:
    change(journal, "DELETE FROM slip")
    assert findings(journal) == [
        f"no slip is known of A001, A002, A003, A004, A005 and {PEOPLE} more."
    ]


def test_damaged_pages_are_found_wherever_they_are(journal: Path) -> None:
    whole = journal.read_bytes()
    for page in range(1, len(whole) // PAGE_BYTES, 7):
        begin = page * PAGE_BYTES
        journal.write_bytes(whole[:begin] + b"\xff" * PAGE_BYTES + whole[begin + PAGE_BYTES :])
        try:
            assert verify(journal, empty_line()).damage is not None, page
        except JournalError as error:
            assert "is damaged" in str(error), page  # noqa: PT017  (either is right)


def test_damage_that_nothing_else_touches_is_found(journal: Path) -> None:
    change(
        journal,
        "INSERT INTO command (caller, key, request, reply, day)"
        " SELECT 'counter.1', randomblob(16), randomblob(32), 'a reply', day FROM slip",
    )
    assert findings(journal) == []
    _spoil(journal, _page_with(journal, b"a reply"))
    assert findings(journal)[0].startswith("the file is damaged: ")


def test_codes_that_were_taken_over_by_a_restore_are_no_fault(journal: Path) -> None:
    change(
        journal,
        "INSERT INTO ledger (booking, ticket, day) VALUES ('b', 'A700', '2026-03-03');"
        "UPDATE epoch SET why = 'restored' WHERE number = 2",
    )
    verified = verify(journal, empty_line())
    assert verified.findings == ()
    assert "appointments of today that were used in the journal before: 1" in verified.notes


def test_mark_that_does_not_know_the_last_number(journal: Path, quick: Path) -> None:
    mark = NumberMark(quick / "numbers.mark")
    (missing,) = verify(journal, empty_line(), mark).findings
    assert missing.what == f"{mark.path} is missing or damaged."
    mark.cover(NEXT_DAY, {"A": 100}, None)
    (behind,) = verify(journal, empty_line(), mark).findings
    assert behind.what == f"{mark.path} does not know the last of A."
    mark.cover(NEXT_DAY, {"A": 210}, None)
    assert verify(journal, empty_line(), mark).findings == ()


def _page_with(path: Path, text: bytes) -> int:
    return path.read_bytes().index(text) // PAGE_BYTES


def _spoil(path: Path, page: int) -> None:
    whole, begin = path.read_bytes(), page * PAGE_BYTES
    path.write_bytes(whole[:begin] + bytes(PAGE_BYTES) + whole[begin + PAGE_BYTES :])
