"""The card fails at every operation in turn: the day goes on, and comes back to the card whole."""

from __future__ import annotations

from typing import TYPE_CHECKING

import apsw
import pytest

from appliance.journal.card import Word
from appliance.journal.records import Why
from tests.journal.failing import FailingCard
from tests.journal.playing import SmallDesk
from tests.support.lobby import empty_line

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
    error: type[Exception], after: bool, quick: Path
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


@pytest.mark.parametrize(("error", "after"), FAILURES)
def test_card_fails_again_while_the_day_goes_back_to_it(
    error: type[Exception], after: bool, quick: Path
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
    error: type[Exception], after: bool, quick: Path
) -> None:
    for left in range(0, operations_of_a_morning(quick / "counted"), 3):
        folder = quick / f"fails-{left}"
        with FailingCard(folder, error, after=after) as card:
            desk = SmallDesk(folder)
            desk.play(2)
            card.left = left
            desk.play(3, begin=5)
            desk.play(3, begin=10)
            desk.look()
            card.left = None
            again = desk.crash(quick / f"again-{left}")
            # Who was given out in memory is lost, and the desk knows that something may be.
            assert not again.keeping.found.whole
            assert again.keeping.found.why is Why.RESTORED
            again.play(3, begin=20)
            assert len(set(again.told.numbers)) == len(again.told.numbers)
            again.look()
            again.close()
            desk.close()


def test_card_fails_at_any_operation_of_a_start(quick: Path) -> None:
    left, failed = 0, True
    while failed:
        folder = quick / f"fails-{left}"
        desk = SmallDesk(folder)
        desk.play(3)
        before = desk.crash(quick / f"started-{left}")
        before.close()
        desk.close()
        with FailingCard(before.folder, apsw.IOError, after=False, reading=True) as card:
            card.left = left
            desk = SmallDesk(before.folder, before.told)
            failed = desk.keeping.trouble is not None
            card.left = None
            desk.play(2, begin=10)
            desk.keeping.mend(desk.line)
            assert desk.keeping.trouble is None
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
