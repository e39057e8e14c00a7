"""The card fails at every operation in turn: the day goes on, and comes back to the card whole."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import apsw
import pytest

from appliance.journal import journal
from appliance.journal.errors import ContradictionError
from appliance.journal.keeping import Keeping
from appliance.journal.reading import JournalReader
from appliance.journal.records import Why
from appliance.line import commands, events
from tests.journal.failing import FailingCard
from tests.journal.playing import CALLER, NAME, SmallDesk
from tests.support.lobby import DAY, at, booking, empty_line

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "state"


@pytest.fixture
def desk(folder: Path) -> Iterator[SmallDesk]:
    desk = SmallDesk(folder)
    yield desk
    desk.close()


def test_first_start_is_new(desk: SmallDesk) -> None:
    assert desk.keeping.found.why is Why.NEW
    assert not desk.keeping.found.whole
    assert desk.keeping.found.numbers is None
    assert desk.keeping.trouble is None


def test_morning_is_there_after_a_restart(desk: SmallDesk, folder: Path) -> None:
    desk.play(5)
    desk.check()
    desk.close()
    again = SmallDesk(folder, desk.told)
    assert again.keeping.found.why is Why.STARTED
    assert again.keeping.found.whole
    assert again.line == desk.line
    again.check()
    again.close()


def test_morning_is_there_after_a_kill(desk: SmallDesk, tmp_path: Path) -> None:
    desk.play(5)
    again = desk.crash(tmp_path / "again")
    assert again.keeping.found.whole
    assert again.line == desk.line
    again.play(2, begin=10)
    again.check()
    again.close()


FAILURES = [
    pytest.param(apsw.IOError, False, id="does-not-happen"),
    pytest.param(apsw.IOError, True, id="happens-all-the-same"),
    pytest.param(apsw.FullError, False, id="full"),
]


def operations_of_a_morning(folder: Path) -> int:
    with FailingCard(folder, apsw.IOError, after=False) as card:
        desk = SmallDesk(folder)
        before = card.done
        desk.play()
        operations = card.done - before
        desk.close()
    return operations


@pytest.mark.parametrize(("error", "after"), FAILURES)
def test_card_fails_at_any_operation_and_works_again(
    error: type[Exception], quick: Path, *, after: bool
) -> None:
    for left in range(operations_of_a_morning(quick / "counted")):
        folder = quick / f"fails-{left}"
        with FailingCard(folder, error, after=after) as card:
            desk = SmallDesk(folder)
            card.left = left
            desk.play()
            assert desk.keeping.trouble is not None
            assert not desk.keeping.mend(desk.line)
            desk.check()
            card.left = None
            assert desk.keeping.mend(desk.line)
            assert desk.keeping.trouble is None
            desk.check()
            desk.play(2, begin=10)
            desk.check()
            again = desk.crash(quick / f"again-{left}")
            assert again.keeping.found.whole
            assert again.line == desk.line
            again.check()
            again.close()
            desk.close()


def test_card_fails_while_a_checkpoint_is_written(
    quick: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # After each commit there is one now, in a transaction of its own.
    monkeypatch.setattr(journal, "EVERY", 1)
    test_card_fails_at_any_operation_and_works_again(apsw.IOError, quick, after=False)


@pytest.mark.parametrize(("error", "after"), FAILURES)
def test_card_fails_again_while_the_day_goes_back_to_it(
    error: type[Exception], quick: Path, *, after: bool
) -> None:
    left = 0
    mended = False
    while not mended:
        folder = quick / f"fails-{left}"
        with FailingCard(folder, error, after=after) as card:
            desk = SmallDesk(folder)
            desk.play(2)
            card.left = 0
            desk.play(2, begin=5)
            card.left = left
            mended = desk.keeping.mend(desk.line) and desk.keeping.trouble is None
            desk.play(1, begin=8)
            desk.check()
            card.left = None
            desk.keeping.mend(desk.line)
            assert desk.keeping.trouble is None
            desk.check()
            again = desk.crash(quick / f"again-{left}")
            assert again.keeping.found.whole
            assert again.line == desk.line
            again.check()
            again.close()
            desk.close()
        left += 1
    assert left > 3


def test_card_fails_twice_in_a_morning(quick: Path) -> None:
    with FailingCard(quick / "state", apsw.IOError, after=True) as card:
        desk = SmallDesk(quick / "state")
        for begin in (0, 10, 20):
            desk.play(2, begin=begin)
            card.left = 1
            desk.play(2, begin=begin + 3)
            assert desk.keeping.trouble is not None
            card.left = None
            assert desk.keeping.mend(desk.line)
            assert not desk.keeping.mend(desk.line)
        desk.check()
        again = desk.crash(quick / "again")
        assert again.line == desk.line
        again.check()
        again.close()
        desk.close()


@pytest.mark.parametrize(("error", "after"), FAILURES)
def test_plug_is_pulled_while_the_day_is_in_memory(
    error: type[Exception], quick: Path, *, after: bool
) -> None:
    for left in range(0, operations_of_a_morning(quick / "counted"), 3):
        folder, later = quick / f"fails-{left}", quick / f"again-{left}"
        with FailingCard(folder, error, after=after) as card:
            desk = SmallDesk(folder)
            desk.play(2)
            card.left = left
            desk.play(3, begin=5)
            desk.play(3, begin=10)
            desk.look()
            card.left = None
            desk.leave(later)
            desk.close()
        again = SmallDesk(later, desk.told)
        # Who was given out in memory is lost, and the desk knows that something may be.
        assert again.keeping.found.why is Why.RESTORED
        assert again.keeping.found.aside is None
        assert not again.keeping.found.whole
        again.play(3, begin=20)
        assert len(set(again.told.numbers)) == len(again.told.numbers)
        again.look()
        again.close()


def test_card_fails_at_any_operation_of_a_start(quick: Path) -> None:
    left, failed = 0, True
    while failed:
        folder = quick / f"fails-{left}"
        desk = SmallDesk(folder)
        desk.play(1)
        for _ in range(4):
            desk.do(commands.Issue("A1"), "08:05")
        before = desk.crash(quick / f"started-{left}")
        before.close()
        desk.close()
        with FailingCard(before.folder, apsw.IOError, after=False, reading=True) as card:
            card.left = left
            desk = SmallDesk(before.folder, before.told)
            failed = desk.keeping.trouble is not None
            card.left = None
            # What cannot be read is not known yet, and not overwritten either.
            known = {slip.id for slip in desk.keeping.owed_slips()}
            unknown = {key: slip for key, slip in desk.told.owed.items() if key not in known}
            desk.told.owed = {key: desk.told.owed[key] for key in known}
            desk.play(2, begin=10)
            desk.keeping.mend(desk.line)
            assert desk.keeping.trouble is None
            desk.told.owed |= unknown
            if desk.keeping.knows_more:
                desk.line = desk.keeping.line(empty_line())
            desk.check()
            desk.close()
        again = SmallDesk(before.folder, desk.told)
        assert again.line == desk.line
        again.check()
        again.close()
        left += 1
    assert left > 20


def test_card_that_cannot_even_be_read(quick: Path) -> None:
    with FailingCard(quick / "state", apsw.IOError, after=False, reading=True) as card:
        desk = SmallDesk(quick / "state")
        desk.play(20)
        # What SQLite remembers of the file is as good as the file: let it forget.
        desk.keeping._footing.journal.db.execute("PRAGMA shrink_memory")  # noqa: SLF001  (no other way)
        card.left = 0
        desk.play(3, begin=30)
        assert desk.keeping.trouble is not None
        assert {slip.id: slip for slip in desk.keeping.owed_slips()} == desk.told.owed
        for key, reply in desk.told.replies.items():
            answered = desk.keeping.answer_to(CALLER, key)
            assert answered is not None
            assert answered.reply == reply
        used = next(iter(desk.line.by_booking))
        with pytest.raises(ContradictionError):
            desk.keeping.commit(
                [events.TicketIssued(at("09:00"), "A999", 999, "A1", booking("09:00", id_=used))],
                day=str(DAY),
                line=desk.line,
            )
        card.left = None
        assert desk.keeping.mend(desk.line)
        desk.check()
        desk.close()


def test_what_is_in_memory_is_brought_to_the_card_at_the_end(quick: Path) -> None:
    with FailingCard(quick, apsw.IOError, after=False) as card:
        desk = SmallDesk(quick)
        desk.play(2)
        card.left = 0
        desk.play(2, begin=10)
        assert desk.keeping.trouble is not None
        card.left = None
        desk.close()
        desk.close()
    again = SmallDesk(quick, desk.told)
    assert again.keeping.found.whole
    assert again.line == desk.line
    again.check()
    again.close()


def test_facts_learning_and_acknowledgements_survive_a_bad_card(quick: Path) -> None:
    with FailingCard(quick, apsw.IOError, after=True) as card:
        desk = SmallDesk(quick)
        desk.play(2)
        desk.keeping.note("boot", "1")
        card.left = 0
        desk.keeping.note("boot", "2")
        assert desk.keeping.trouble is not None
        desk.play(1, begin=10)
        last = desk.keeping.position
        desk.keeping.keep_learned(DAY, last, b"much")
        desk.keeping.acked("store", *last)
        card.left = None
        assert desk.keeping.mend(desk.line)
        assert desk.keeping.noted("boot") == "2"
        assert desk.keeping.cursor("store") == last
        with JournalReader(quick / NAME) as reader:
            assert reader.learned() == (last, b"much")
        desk.check()
        desk.close()


def test_mark_that_cannot_be_written_is_told_and_written_later(quick: Path) -> None:
    desk = SmallDesk(quick)
    mark = quick / "numbers.mark"
    mark.unlink()
    mark.mkdir()
    desk.play(30)
    assert desk.keeping.trouble is not None
    # Only a second fault would harm anybody: the journal itself is on the card.
    assert desk.keeping.position.seq > 90
    mark.rmdir()
    assert desk.keeping.mend(desk.line)
    assert desk.keeping.trouble is None
    desk.play(1, begin=40)
    desk.check()
    again = desk.crash(quick / "again")
    assert again.keeping.found.numbers is not None
    again.close()
    desk.close()


def test_first_start_that_dies_before_numbers_go_on_is_no_whole_one_later(quick: Path) -> None:
    desk = SmallDesk(quick / "state")
    desk.play(30)
    desk.leave(quick / "older")
    desk.close()
    (quick / "older" / f"{NAME}-wal").unlink()
    with Keeping(quick / "older" / NAME) as keeping:
        line = keeping.line(empty_line())
        assert not keeping.found.whole
        day = DAY + timedelta(days=1)
        turned = line.decide(commands.TurnDay(day), at("06:00", day)).events
        keeping.commit(turned, day=str(day), line=line.apply_all(turned))
    with Keeping(quick / "older" / NAME) as keeping:
        assert keeping.found.why is Why.RESTORED
        assert not keeping.found.whole
        line = keeping.line(empty_line())
        assert keeping.found.numbers is not None
        on = line.decide(commands.GoOnFrom(keeping.found.numbers), at("06:01", day)).events
        keeping.commit(on, day=str(day), line=line.apply_all(on))
    with Keeping(quick / "older" / NAME) as keeping:
        assert keeping.found.whole
