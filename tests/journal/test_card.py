"""Real cards: full, read-only, broken, taken away. The day goes on, and staff can be told."""

from __future__ import annotations

import resource
import shutil
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from appliance.journal.card import Word
from appliance.journal.errors import SecondWriterError
from appliance.journal.keeping import Keeping
from appliance.journal.records import Why
from tests.journal.mounts import ext4, fill, remount, tmpfs
from tests.journal.playing import NAME, SmallDesk
from tests.support.lobby import empty_line

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def word(desk: SmallDesk) -> str | None:
    trouble = desk.keeping.trouble
    return None if trouble is None else trouble.word


def test_card_that_runs_full_in_the_morning(tmp_path: Path, quick: Path) -> None:
    with tmpfs(tmp_path / "card", 600) as card:
        desk = SmallDesk(card / "state")
        desk.play(5)
        filler = fill(card)
        desk.play(30, begin=10)
        assert word(desk) == Word.FULL
        assert not desk.keeping.mend(desk.line)
        desk.check()
        # The plug is pulled now: the numbers that were given out are known all the same.
        again = desk.crash(quick / "again")
        assert not again.keeping.found.whole
        again.play(5, begin=60)
        assert len(set(again.told.numbers)) == len(again.told.numbers)
        again.close()
        del again.told.numbers[-5:]
        filler.unlink()
        assert desk.keeping.mend(desk.line)
        assert word(desk) is None
        desk.play(2, begin=50)
        desk.close()


def test_card_that_is_full_at_the_start(tmp_path: Path, quick: Path) -> None:
    lived = SmallDesk(quick / "lived")
    lived.play(20)
    with tmpfs(tmp_path / "card", 600) as card:
        lived.leave(card / "state")
        filler = fill(card)
        desk = SmallDesk(card / "state", lived.told)
        assert set(desk.line.tickets) == set(lived.line.tickets)
        desk.play(10, begin=30)
        assert word(desk) == Word.FULL
        desk.check()
        filler.unlink()
        assert desk.keeping.mend(desk.line)
        desk.check()
        desk.close()
        again = SmallDesk(card / "state", desk.told)
        assert again.keeping.found.whole
        again.check()
        again.close()
    lived.close()


def test_card_that_is_full_and_has_a_damaged_journal(tmp_path: Path, quick: Path) -> None:
    lived = SmallDesk(quick / "lived")
    lived.play(20)
    lived.close()
    with tmpfs(tmp_path / "card", 1500) as card:
        lived.leave(card / "state")
        damaged = bytearray((card / "state" / NAME).read_bytes())
        damaged[30 * 1024 : 31 * 1024] = b"\xff" * 1024
        (card / "state" / NAME).write_bytes(damaged)
        filler = fill(card)
        desk = SmallDesk(card / "state", lived.told)
        assert desk.keeping.trouble is not None
        assert len(desk.line.tickets) > 15
        desk.play(2, begin=30)
        assert len(set(desk.told.numbers)) == len(desk.told.numbers)
        filler.unlink()
        desk.keeping.mend(desk.line)
        assert word(desk) is None
        assert desk.keeping.line(empty_line()) == desk.line
        assert list((card / "state").glob("*.aside-*"))
        desk.close()


def test_full_card_without_a_journal(tmp_path: Path) -> None:
    with tmpfs(tmp_path / "card", 100) as card:
        filler = fill(card)
        desk = SmallDesk(card / "state")
        desk.play(3)
        assert word(desk) == Word.FULL
        desk.check()
        filler.unlink()
        assert desk.keeping.mend(desk.line)
        desk.check()
        desk.close()


@pytest.mark.parametrize("left", ["all", "without-shared-memory", "closed"])
def test_card_that_is_read_only_at_the_start(tmp_path: Path, quick: Path, left: str) -> None:
    lived = SmallDesk(quick / "lived")
    lived.play(20)
    with tmpfs(tmp_path / "card", 2000) as card:
        lived.leave(card / "state")
        if left == "all":
            (card / "state" / f"{NAME}-shm").touch()
        elif left == "closed":
            SmallDesk(card / "state", lived.told).close()
        assert (card / "state" / f"{NAME}-wal").exists() == (left != "closed")
        remount(card, "ro")
        desk = SmallDesk(card / "state", lived.told)
        assert word(desk) == Word.READ_ONLY
        assert desk.keeping.found.why is Why.MEMORY
        assert not desk.keeping.found.whole
        # The run before could not have written the mark either.
        assert desk.keeping.found.numbers is None
        assert set(desk.line.tickets) == set(lived.line.tickets)
        desk.play(3, begin=30)
        desk.check()
        assert not desk.keeping.mend(desk.line)
        remount(card, "rw")
        assert desk.keeping.mend(desk.line)
        assert word(desk) is None
        desk.check()
        desk.close()
        again = SmallDesk(card / "state", desk.told)
        assert again.keeping.found.whole
        again.check()
        again.close()
    lived.close()


def test_second_desk_is_refused_on_a_read_only_card_too(tmp_path: Path) -> None:
    with tmpfs(tmp_path / "card", 2000) as card:
        (card / "state").mkdir()
        remount(card, "ro")
        with Keeping(card / "state" / NAME), pytest.raises(SecondWriterError):
            Keeping(card / "state" / NAME)
        remount(card, "rw")
        SmallDesk(card / "state").close()
        remount(card, "ro")
        with Keeping(card / "state" / NAME), pytest.raises(SecondWriterError, match="process"):
            Keeping(card / "state" / NAME)


def test_card_whose_file_system_breaks_in_the_morning(tmp_path: Path) -> None:
    with ext4(tmp_path / "image", tmp_path / "card") as card:
        state = card.folder / "state"
        desk = SmallDesk(state)
        desk.play(10)
        card.break_now()
        desk.play(10, begin=20)
        assert word(desk) == Word.READ_ONLY
        assert not desk.keeping.mend(desk.line)
        desk.check()
        with pytest.raises(SecondWriterError):
            Keeping(state / NAME)
        card.repair()
        assert desk.keeping.mend(desk.line)
        assert word(desk) is None
        desk.check()
        with pytest.raises(SecondWriterError):
            Keeping(state / NAME)
        desk.play(3, begin=40)
        desk.close()
        again = SmallDesk(state, desk.told)
        assert again.keeping.found.whole
        assert again.line == desk.line
        again.check()
        again.close()


@contextmanager
def file_size(most: int) -> Iterator[None]:
    """Let no file of this process grow beyond so many bytes: needs no root."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (most, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_file_that_may_not_grow(quick: Path) -> None:
    desk = SmallDesk(quick / "state")
    desk.play(5)
    log = quick / "state" / f"{NAME}-wal"
    with file_size(log.stat().st_size):
        desk.play(5, begin=10)
        assert word(desk) is not None
        assert not desk.keeping.mend(desk.line)
        desk.check()
    assert desk.keeping.mend(desk.line)
    desk.check()
    desk.close()


def test_folder_that_is_deleted(quick: Path) -> None:
    desk = SmallDesk(quick / "state")
    desk.play(5)
    shutil.rmtree(quick / "state")
    desk.play(5, begin=10)
    desk.keeping.mend(desk.line)
    assert word(desk) is None
    desk.check()
    with pytest.raises(SecondWriterError):
        Keeping(quick / "state" / NAME)
    desk.play(1, begin=20)
    desk.close()
    again = SmallDesk(quick / "state", desk.told)
    again.check()
    again.close()


def test_file_in_whose_place_another_is_put(quick: Path) -> None:
    desk = SmallDesk(quick / "state")
    desk.play(5)
    desk.leave(quick / "backup")
    SmallDesk(quick / "backup", desk.told).close()
    desk.play(5, begin=10)
    shutil.move(quick / "backup" / NAME, quick / "state" / NAME)
    desk.keeping.mend(desk.line)
    assert word(desk) is None
    desk.play(2, begin=20)
    desk.check()
    desk.close()
    again = SmallDesk(quick / "state", desk.told)
    assert again.keeping.line(empty_line()) == desk.line
    again.check()
    again.close()
