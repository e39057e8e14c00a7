"""The mark of the day's numbers: ahead of what is given out, and whole after a power cut."""

from __future__ import annotations

import os
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from appliance.journal.entries import Position
from appliance.journal.numbers import BLOCK, SLOT_BYTES, Mark, NumberMark
from tests.journal.mounts import fill, remount, tmpfs
from tests.support.lobby import DAY, at

if TYPE_CHECKING:
    from pathlib import Path

TOMORROW = DAY + timedelta(days=1)
NOW = at("08:00")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "numbers.mark"


def read(path: Path) -> Mark:
    mark = NumberMark(path).mark
    assert mark is not None
    return mark


def test_no_file_knows_nothing(path: Path) -> None:
    assert NumberMark(path).mark is None


def test_number_is_covered_before_it_is_given_out(path: Path) -> None:
    mark = NumberMark(path)
    for number in range(1, 3 * BLOCK):
        mark.cover(DAY, {"A": number}, NOW)
        assert number <= read(path).numbers["A"] < number + BLOCK


def test_card_is_written_once_in_a_block(path: Path) -> None:
    mark = NumberMark(path)
    for number in range(1, 5 * BLOCK + 1):
        mark.cover(DAY, {"A": number}, NOW)
    assert read(path).sequence == 5


def test_each_letter_has_its_block(path: Path) -> None:
    mark = NumberMark(path)
    mark.cover(DAY, {"A": 3}, NOW)
    mark.cover(DAY, {"A": 3, "B": 21}, NOW)
    assert read(path).numbers == {"A": BLOCK, "B": 2 * BLOCK}


def test_new_day_begins_with_no_numbers(path: Path) -> None:
    mark = NumberMark(path)
    mark.cover(DAY, {"A": 30}, NOW)
    mark.cover(TOMORROW, {}, NOW)
    assert read(path).day == TOMORROW
    assert read(path).numbers == {}


def test_next_block_is_begun_when_half_of_one_is_given_out(path: Path) -> None:
    mark = NumberMark(path)
    mark.cover(DAY, {"A": 1}, NOW)
    mark.cover_ahead(DAY, {"A": BLOCK // 2}, NOW)
    assert read(path).numbers == {"A": BLOCK}
    mark.cover_ahead(DAY, {"A": BLOCK // 2 + 1}, NOW)
    assert read(path).numbers == {"A": 2 * BLOCK}


def test_numbers_of_a_restart_count_on(path: Path) -> None:
    NumberMark(path).cover(DAY, {"A": 30}, NOW)
    mark = NumberMark(path)
    # A journal that lost its tail begins again with A001.
    mark.cover(DAY, {}, NOW)
    mark.cover(DAY, {"A": 1}, NOW)
    assert read(path).numbers == {"A": 2 * BLOCK}


def test_day_that_the_clock_went_back_to_keeps_the_numbers(path: Path) -> None:
    mark = NumberMark(path)
    mark.cover(TOMORROW, {"A": 30}, NOW)
    mark.cover(DAY, {"A": 31}, NOW)
    assert read(path).day == DAY
    assert read(path).numbers == {"A": 2 * BLOCK}


def test_time_and_last_event_are_known(path: Path) -> None:
    mark = NumberMark(path)
    mark.cover(DAY, {"A": 1}, NOW)
    assert read(path).at == NOW
    mark.keep_last(Position(7, 1))
    assert read(path).last == Position(7, 1)
    mark.note_last(Position(7, 5))
    assert read(path).last == Position(7, 5)
    assert mark.knows(7)
    assert not mark.knows(8)


def test_note_of_an_older_mark_does_not_count(path: Path) -> None:
    mark = NumberMark(path)
    mark.keep_last(Position(7, 1))
    mark.note_last(Position(7, 5))
    noted = path.read_bytes()[2 * SLOT_BYTES :]
    mark.keep_last(Position(8, 1))
    # The note was not synced: after a power cut an older one may stand there.
    slots = path.read_bytes()[: 2 * SLOT_BYTES]
    path.write_bytes(slots + noted)
    assert read(path).last == Position(8, 1)


def test_power_cut_in_the_middle_of_a_write_leaves_the_mark_before(path: Path) -> None:
    mark = NumberMark(path)
    for number in (1, BLOCK + 1, 2 * BLOCK + 1):
        mark.cover(DAY, {"A": number}, NOW)
    before = path.read_bytes()
    mark.cover(DAY, {"A": 3 * BLOCK + 1}, NOW)
    after = path.read_bytes()
    changed = [n for n, (a, b) in enumerate(zip(before, after, strict=True)) if a != b]
    assert max(changed) - min(changed) < SLOT_BYTES
    for cut in range(changed[0], changed[-1] + 1):
        path.write_bytes(after[:cut] + before[cut:])
        assert read(path).numbers == {"A": 3 * BLOCK}
        # What comes next overwrites the torn slot, and not the whole one.
        NumberMark(path).cover(DAY, {"A": 3 * BLOCK + 2}, NOW)
        assert read(path).numbers == {"A": 4 * BLOCK}
    path.write_bytes(after)
    assert read(path).numbers == {"A": 4 * BLOCK}


def test_damaged_slot_leaves_the_other(path: Path) -> None:
    mark = NumberMark(path)
    mark.cover(DAY, {"A": 1}, NOW)
    mark.cover(DAY, {"A": 30}, NOW)
    whole = path.read_bytes()
    path.write_bytes(os.urandom(SLOT_BYTES) + whole[SLOT_BYTES:])
    assert read(path).numbers == {"A": BLOCK}
    path.write_bytes(whole[:SLOT_BYTES] + os.urandom(SLOT_BYTES) + whole[2 * SLOT_BYTES :])
    assert read(path).numbers == {"A": 2 * BLOCK}
    path.write_bytes(os.urandom(3 * SLOT_BYTES))
    assert NumberMark(path).mark is None


def test_mark_is_written_on_a_full_card(tmp_path: Path) -> None:
    with tmpfs(tmp_path / "card", 100) as card:
        path = card / "numbers.mark"
        mark = NumberMark(path)
        mark.cover(DAY, {"A": 1}, NOW)
        fill(card)
        for number in range(1, 5 * BLOCK):
            mark.cover(DAY, {"A": number}, NOW)
            mark.note_last(Position(1, number))
        assert read(path).numbers == {"A": 5 * BLOCK}
        assert read(path).last == Position(1, 5 * BLOCK - 1)


def test_mark_that_could_not_be_written_is_written_with_the_next_number(tmp_path: Path) -> None:
    with tmpfs(tmp_path / "card", 100) as card:
        path = card / "numbers.mark"
        mark = NumberMark(path)
        mark.cover(DAY, {"A": 1}, NOW)
        remount(card, "ro")
        with pytest.raises(OSError, match="Read-only"):
            mark.cover(DAY, {"A": 30}, NOW)
        with pytest.raises(OSError, match="Read-only"):
            mark.cover(DAY, {"A": 31}, NOW)
        mark.note_last(Position(1, 1))
        assert read(path).numbers == {"A": BLOCK}
        remount(card, "rw")
        mark.cover(DAY, {"A": 31}, NOW)
        assert read(path).numbers == {"A": 2 * BLOCK}
