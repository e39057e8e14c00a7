"""A journal that is not as the desk left it: the day goes on, and no number is given twice."""

from __future__ import annotations

import random
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import apsw
import pytest

from appliance.journal.folding import fold
from appliance.journal.journal import Journal
from appliance.journal.records import Why
from appliance.journal.rescue import copy
from appliance.journal.schema import PAGE_BYTES
from appliance.line import commands
from appliance.line.line import Line
from tests.journal.playing import NAME, SmallDesk, Told
from tests.support.lobby import DAY, at, empty_line

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

PEOPLE = 100
LATER = 20


def bytes_of_noise(size: int) -> bytes:
    return random.Random(size).randbytes(size)  # noqa: S311  (no secret)


@dataclass(frozen=True)
class Killed:
    """What a killed desk left.

    Args:
        folder: Its files.
        line: As it was.
        numbers: That it gave out.
    """

    folder: Path
    line: Line
    numbers: tuple[str, ...]

    @property
    def journal(self) -> Path:
        return self.folder / NAME

    @property
    def log(self) -> Path:
        return self.folder / f"{NAME}-wal"

    def copy(self, folder: Path) -> Killed:
        shutil.copytree(self.folder, folder)
        return Killed(folder, self.line, self.numbers)

    def start(self) -> SmallDesk:
        """Start on it: whatever it is, people can come, and are called."""
        desk = SmallDesk(self.folder, Told(list(self.numbers)))
        found = desk.keeping.found
        if found.whole:
            assert desk.line == self.line
        assert found.numbers is not None
        desk.play(2, begin=PEOPLE + LATER + 5)
        assert len(set(desk.told.numbers)) == len(desk.told.numbers)
        assert desk.keeping.trouble is None
        desk.look()
        return desk

    def missing(self, desk: SmallDesk) -> list[str]:
        """Give who is not in the line any more."""
        return [number for number in self.numbers if number not in desk.line.tickets]


@pytest.fixture
def killed(quick: Path) -> Killed:
    """Give the files of a desk that was killed in a morning, after one restart."""
    desk = SmallDesk(quick / "lived")
    desk.play(PEOPLE)
    desk.close()
    desk = SmallDesk(quick / "lived", desk.told)
    desk.play(LATER, begin=PEOPLE)
    desk.leave(quick / "killed")
    desk.close()
    return Killed(quick / "killed", desk.line, tuple(desk.told.numbers))


def test_killed_desk_left_a_file_and_a_log(killed: Killed) -> None:
    assert killed.journal.stat().st_size > 100 * PAGE_BYTES
    assert killed.log.stat().st_size > 100 * PAGE_BYTES
    desk = killed.start()
    assert desk.keeping.found.whole
    assert killed.missing(desk) == []
    desk.close()


@pytest.mark.parametrize("size", [1, 100, 511, 512, 1024, 5000, 300_000])
@pytest.mark.parametrize("with_log", [False, True])
def test_random_bytes(killed: Killed, size: int, *, with_log: bool) -> None:
    noise = bytes_of_noise(size)
    killed.journal.write_bytes(noise)
    if not with_log:
        killed.log.unlink()
    desk = killed.start()
    assert desk.keeping.found.why is Why.REBUILT
    assert desk.keeping.found.aside is not None
    assert desk.keeping.found.aside.read_bytes() == noise
    desk.close()
    again = SmallDesk(killed.folder, desk.told)
    assert again.keeping.found.whole
    assert again.line == desk.line
    again.close()


def test_journal_that_is_gone(killed: Killed) -> None:
    killed.journal.unlink()
    killed.log.unlink()
    desk = killed.start()
    assert desk.keeping.found.why is Why.NEW
    desk.close()


def test_journal_and_mark_that_are_gone(killed: Killed) -> None:
    for file in (killed.journal, killed.log, killed.folder / "numbers.mark"):
        file.unlink()
    desk = SmallDesk(killed.folder)
    assert desk.keeping.found.why is Why.NEW
    assert not desk.keeping.found.whole
    assert desk.keeping.found.numbers is None
    desk.close()


def test_mark_that_is_gone_or_damaged(killed: Killed) -> None:
    for noise in (b"", bytes_of_noise(9000)):
        (killed.folder / "numbers.mark").write_bytes(noise)
        desk = SmallDesk(killed.folder, Told(list(killed.numbers)))
        assert not desk.keeping.found.whole
        assert desk.keeping.found.numbers is None
        assert killed.missing(desk) == []
        desk.play(2, begin=PEOPLE + LATER + 5)
        desk.close()


def test_file_that_is_cut_off_anywhere(killed: Killed, quick: Path) -> None:
    whole, complete = killed.journal.read_bytes(), 0
    for left in [*range(0, len(whole), 7 * PAGE_BYTES + 300), len(whole) - PAGE_BYTES]:
        cut = killed.copy(quick / f"cut-{left}")
        cut.journal.write_bytes(whole[:left])
        desk = cut.start()
        # Whole where the log has all that was cut off.
        assert desk.keeping.found.why is (Why.STARTED if desk.keeping.found.whole else Why.REBUILT)
        complete += desk.keeping.found.whole
        desk.close()
    assert complete < 4


def test_log_that_is_cut_off_anywhere(killed: Killed, quick: Path) -> None:
    whole, complete = killed.log.read_bytes(), 0
    for left in [*range(0, len(whole), 9 * PAGE_BYTES + 300), len(whole) - 1]:
        cut = killed.copy(quick / f"cut-{left}")
        cut.log.write_bytes(whole[:left])
        desk = cut.start()
        # Whole where only the end of a slip was cut off: it will be printed again, as a copy.
        assert desk.keeping.found.whole == (desk.keeping.found.why is Why.STARTED)
        complete += desk.keeping.found.whole
        if left and not desk.keeping.found.whole:
            aside = desk.keeping.found.aside
            assert aside is not None
            assert aside.with_name(f"{aside.name}-wal").read_bytes() == whole[:left]
        # Who came before the restart was not in the log.
        assert not set(cut.missing(desk)) & set(cut.numbers[:PEOPLE])
        desk.close()
    assert complete < 4


DAMAGES: list[Callable[[bytes], bytes]] = [
    lambda page: b"\xff" * len(page),
    lambda page: bytes(len(page)),
    lambda page: bytes_of_noise(len(page)),
]


@pytest.mark.parametrize("damage", DAMAGES, ids=["ones", "zeros", "noise"])
def test_any_page_is_damaged(killed: Killed, quick: Path, damage: Callable[[bytes], bytes]) -> None:
    whole = killed.journal.read_bytes()
    pages = len(whole) // PAGE_BYTES
    unharmed = lost = many = 0
    for page in range(0, pages, 3):
        harmed = killed.copy(quick / f"page-{page}")
        begin = page * PAGE_BYTES
        content = bytearray(whole)
        content[begin : begin + PAGE_BYTES] = damage(bytes(content[begin : begin + PAGE_BYTES]))
        harmed.journal.write_bytes(content)
        desk = harmed.start()
        missing = harmed.missing(desk)
        # A leaf holds a few events; a page above the leaves, of which there are few, leads to some
        # hundred.
        assert len(missing) <= 60, page
        many += len(missing) > 20
        lost += bool(missing)
        unharmed += desk.keeping.found.whole
        desk.close()
    assert lost
    assert unharmed
    assert many <= 2


@pytest.mark.parametrize("with_mark", [True, False])
@pytest.mark.parametrize("people", [1, 15, 70])
def test_log_of_another_journal(
    killed: Killed, quick: Path, people: int, *, with_mark: bool
) -> None:
    other = SmallDesk(quick / "other")
    other.play(people, service="B1")
    other.leave(quick / "other-killed")
    other.close()
    foreign = (quick / "other-killed" / f"{NAME}-wal").read_bytes()
    killed.log.write_bytes(foreign)
    if not with_mark:
        (killed.folder / "numbers.mark").unlink()
    desk = SmallDesk(killed.folder, Told(list(killed.numbers)))
    assert desk.keeping.found.why is Why.REBUILT
    assert desk.keeping.found.aside is not None
    aside = desk.keeping.found.aside
    assert aside.with_name(f"{aside.name}-wal").read_bytes() == foreign
    assert not set(killed.missing(desk)) & set(killed.numbers[:PEOPLE])
    assert {number[0] for number in desk.line.tickets} == {"A"}
    desk.play(2, begin=PEOPLE + LATER + 5)
    assert len(set(desk.told.numbers)) == len(desk.told.numbers) or not with_mark
    desk.close()


def test_backup_copied_over_a_journal_whose_log_stays(quick: Path) -> None:
    before = SmallDesk(quick / "before")
    before.play(10)
    before.close()
    early = (quick / "before" / NAME).read_bytes()
    shutil.copytree(quick / "before", quick / "after")
    after = SmallDesk(quick / "after", before.told)
    after.play(30, begin=20)
    after.leave(quick / "mixed")
    after.close()
    assert (quick / "mixed" / f"{NAME}-wal").stat().st_size
    (quick / "mixed" / NAME).write_bytes(early)
    mixed = Killed(quick / "mixed", after.line, tuple(after.told.numbers))
    desk = mixed.start()
    desk.close()


def test_tail_that_is_cut_off_is_noticed(killed: Killed) -> None:
    killed.log.unlink()
    desk = killed.start()
    assert desk.keeping.found.why is Why.RESTORED
    assert not desk.keeping.found.whole
    assert desk.keeping.found.aside is None
    desk.close()


def test_older_file_that_is_put_back_is_noticed(quick: Path) -> None:
    desk = SmallDesk(quick / "state")
    desk.play(5)
    desk.leave(quick / "old")
    desk.play(30, begin=10)
    desk.look()
    desk.close()
    for name in (NAME, f"{NAME}-wal"):
        shutil.copy(quick / "old" / name, quick / "state" / name)
    back = Killed(quick / "state", desk.line, tuple(desk.told.numbers))
    again = SmallDesk(back.folder, desk.told)
    assert not again.keeping.found.whole
    again.play(3, begin=50)
    assert len(set(again.told.numbers)) == len(again.told.numbers)
    again.look()
    again.close()


def test_database_that_is_no_journal_is_set_aside(killed: Killed) -> None:
    killed.log.unlink()
    killed.journal.unlink()
    db = apsw.Connection(str(killed.journal))
    db.execute("CREATE TABLE photos (name)")
    db.close()
    desk = killed.start()
    assert desk.keeping.found.why is Why.REBUILT
    assert desk.keeping.found.aside is not None
    desk.close()


@pytest.fixture
def copied(quick: Path) -> Iterator[Copied]:
    """Give a journal in which a test makes holes, and what can be read of it."""
    desk = SmallDesk(quick / "state")
    desk.play(6)
    desk.close()
    source = apsw.Connection(str(quick / "state" / NAME))
    yield Copied(source, desk)
    source.close()


class Copied:
    """A journal with holes, and its copy."""

    def __init__(self, source: apsw.Connection, desk: SmallDesk) -> None:
        self.source = source
        self.lived = desk

    def lose(self, sql: str) -> Journal:
        """Make a hole, which a page of noise would have made, and copy what is left."""
        self.source.execute(f"{NOISE}{sql}")
        target = Journal(None)
        with target.writing():
            copy(self.source, target.db, all_days=True)
        return target


# An event that cannot be read makes the copy one that is not whole.
NOISE = (
    "INSERT INTO event (epoch, seq, at, type, data)"
    " SELECT epoch, max(seq) + 1, at, 'TicketCancelled', 'noise' FROM event; "
)


def lost_ticket(number: str) -> str:
    like = f'"ticket":"{number}"'
    return f"DELETE FROM event WHERE type = 'TicketIssued' AND data LIKE '%{like}%'"  # noqa: S608  (no input)


def test_day_begins_though_the_event_is_lost(copied: Copied) -> None:
    target = copied.lose("DELETE FROM event WHERE type = 'DayTurned'")
    line, skipped = fold(target, empty_line())
    assert line.day == DAY
    assert set(line.tickets) == set(copied.lived.line.tickets)
    assert skipped == 0
    target.close()


def test_whoever_lost_the_ticket_gets_another_one_for_the_booking(copied: Copied) -> None:
    lost = next(t for t in copied.lived.line.tickets.values() if t.booking is not None)
    assert lost.booking is not None
    target = copied.lose(lost_ticket(lost.number))
    line, _ = fold(target, empty_line())
    decision = line.decide(commands.CheckIn(lost.booking), at("10:00"))
    target.commit(decision.events, day=str(DAY))
    used = set(target.db.execute("SELECT booking FROM ledger"))
    assert len(used) == len(copied.lived.line.by_booking)
    target.close()


def test_used_booking_stays_used_though_the_ledger_is_lost(copied: Copied) -> None:
    target = copied.lose("DELETE FROM ledger")
    used = {row[0] for row in target.db.execute("SELECT booking FROM ledger")}
    assert used == set(copied.lived.line.by_booking)
    target.close()


def test_events_of_an_epoch_whose_id_is_lost_get_another_one(copied: Copied) -> None:
    (before,) = copied.source.execute("SELECT id FROM epoch")
    target = copied.lose("UPDATE epoch SET number = 0")
    entries = target.outbox.after(None, 0, 1000)
    assert len(entries) > 20
    assert {entry.position.epoch for entry in entries}.isdisjoint(before)
    target.close()


def test_call_of_a_ticket_that_is_lost_is_skipped(copied: Copied) -> None:
    target = copied.lose(lost_ticket("A501"))
    line, skipped = fold(target, empty_line())
    assert skipped > 0
    assert set(line.tickets) == set(copied.lived.line.tickets) - {"A501"}
    target.close()


def test_rebuilt_journal_with_holes_is_not_rebuilt_again(killed: Killed) -> None:
    db = apsw.Connection(str(killed.journal))
    db.execute("UPDATE event SET data = 'noise' WHERE type = 'TicketFinished'")
    db.close()
    desk = killed.start()
    assert desk.keeping.found.why is Why.REBUILT
    assert desk.keeping.skipped == 0
    desk.close()
    again = SmallDesk(killed.folder, desk.told)
    assert again.keeping.found.why is Why.STARTED
    assert again.keeping.found.whole
    again.close()


def test_rebuild_that_the_power_cut_short_is_gone_on_from(killed: Killed, quick: Path) -> None:
    noise = bytes_of_noise(PAGE_BYTES)
    broken = bytearray(killed.journal.read_bytes())
    broken[20 * PAGE_BYTES : 21 * PAGE_BYTES] = noise
    killed.journal.write_bytes(broken)
    complete = killed.copy(quick / "complete")
    desk = SmallDesk(complete.folder, Told(list(killed.numbers)))
    expected = desk.line
    desk.leave(quick / "rebuilt")
    desk.close()
    rebuilt = (quick / "rebuilt" / NAME).read_bytes()
    for step in range(4):
        cut = killed.copy(quick / f"step-{step}")
        (cut.folder / f"{NAME}.draft").write_bytes(noise)
        if step > 0:
            # The new one is whole: from here on it takes the place of the old one.
            (cut.folder / f"{NAME}.rebuilt").write_bytes(rebuilt)
        if step > 1:
            cut.log.rename(cut.folder / f"{NAME}.aside-20260302T080000Z-wal")
        if step > 2:
            cut.journal.rename(cut.folder / f"{NAME}.aside-20260302T080000Z")
        desk = cut.start()
        assert set(expected.tickets) <= set(desk.line.tickets)
        asides = sum(path.stat().st_size for path in cut.folder.glob("*.aside-*[!l]"))
        assert asides == len(broken)
        assert not (cut.folder / f"{NAME}.rebuilt").exists()
        desk.close()
