"""The days' bookings on the disk: what is taken in, what is passed over, what stays."""

from __future__ import annotations

import logging
import stat
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from appliance.bus.messages.issued import LIMIT_BYTES
from appliance.bus.messages.payload import MessageError
from appliance.desk.daybooks import DayBooks
from tests.support.lobby import DAY, at, empty_line
from tests.support.office import Office

if TYPE_CHECKING:
    from pathlib import Path

    from appliance.checkin.daybook import DayBook

TOMORROW, YESTERDAY = DAY + timedelta(days=1), DAY - timedelta(days=1)
SHORT = "CDEFHJKM"


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return Office(tmp_path, empty_line())


def slots(book: DayBook) -> list[str]:
    return [f"{each.booking.slot:%H:%M}" for each in book.in_order()]


def test_bookings_and_cancellations_of_a_day_are_known(office: Office) -> None:
    office.book("10:00")
    first, gone = office.book("09:00", "B1", place="3.14", short=SHORT), office.book("09:30")
    assert office.books.take_bookings(DAY, office.bookings())
    assert office.books.take_cancelled(DAY, office.cancelled(gone))
    book = office.books.day(DAY)
    assert slots(book) == ["08:00", "09:00"]
    assert book.by_short(SHORT) == book.listed[first.id]
    assert book.listed[first.id].booking == first
    assert book.as_of == at("06:00")
    assert book.cancelled == {gone.id}


def test_day_of_which_nothing_came_is_empty(office: Office) -> None:
    assert slots(office.books.day(TOMORROW)) == []
    assert office.books.day(TOMORROW).revision == 0


def test_what_came_stays_after_a_restart(office: Office, tmp_path: Path) -> None:
    office.book("09:00", short=SHORT)
    gone = office.book("09:30")
    office.tell(gone)
    again = DayBooks(tmp_path / "days")
    assert again.day(DAY) == office.books.day(DAY)
    assert again.days() == [DAY]


def test_cancellations_may_come_before_the_bookings(office: Office) -> None:
    gone = office.book("09:30")
    office.books.take_cancelled(DAY, office.cancelled(gone))
    office.books.take_bookings(DAY, office.bookings())
    assert slots(office.books.day(DAY)) == []


@pytest.mark.parametrize("revision", [1, 4, 5])
def test_older_revision_or_the_same_with_other_content_is_passed_over(
    office: Office, revision: int
) -> None:
    office.book("09:00")
    assert office.books.take_bookings(DAY, office.bookings(revision=5))
    office.book("10:00")
    assert not office.books.take_bookings(DAY, office.bookings(revision=revision))
    assert slots(office.books.day(DAY)) == ["08:00"]
    assert office.books.take_bookings(DAY, office.bookings(revision=6))
    assert slots(office.books.day(DAY)) == ["08:00", "09:00"]


def test_payload_of_another_day_than_its_topic_is_refused(office: Office) -> None:
    for take, payload in (
        (office.books.take_bookings, office.bookings()),
        (office.books.take_cancelled, office.cancelled()),
    ):
        with pytest.raises(MessageError, match="it is of 2026-03-02, and its topic of 2026-03-03"):
            take(TOMORROW, payload)


@pytest.mark.parametrize(
    ("payload", "sentence"),
    [
        (b" " * (LIMIT_BYTES + 1), "at most 1048576 are read"),
        (b"\xff", "UTF-8|utf-8|invalid"),
        (b"[]", "Expected `object`"),
        (b'{"day": "2026-03-02"}', "missing required field"),
    ],
)
def test_payload_that_cannot_be_read_is_refused_in_a_sentence(
    office: Office, payload: bytes, sentence: str
) -> None:
    for take in (office.books.take_bookings, office.books.take_cancelled):
        with pytest.raises(MessageError, match=sentence):
            take(DAY, payload)
    assert office.books.days() == []


def test_booking_or_short_number_that_stands_there_twice_is_refused(office: Office) -> None:
    office.booked += [office.book("09:00")]
    with pytest.raises(MessageError, match="a booking stands there twice"):
        office.books.take_bookings(DAY, office.bookings())
    office.booked.clear()
    office.book("09:00", short=SHORT)
    office.book("09:10", short=SHORT)
    with pytest.raises(MessageError, match="the same short number"):
        office.books.take_bookings(DAY, office.bookings())


def test_yesterday_is_kept_and_what_is_older_is_deleted(office: Office, tmp_path: Path) -> None:
    for day in (YESTERDAY, DAY, TOMORROW):
        office.book("09:00", day=day)
        office.books.take_bookings(day, office.bookings(day))
        office.books.take_cancelled(day, office.cancelled(day=day))
    line = replace(empty_line(), day=TOMORROW)
    assert office.books.look(line, at("00:00", TOMORROW)) == []
    assert office.books.days() == [DAY, TOMORROW]
    assert DayBooks(tmp_path / "days").days() == [DAY, TOMORROW]


def test_nothing_is_deleted_while_nobody_knows_the_day(office: Office) -> None:
    office.tell()
    line = replace(empty_line(), day=DAY + timedelta(days=400), clock_sure=False)
    office.books.look(line, at("08:00"))
    assert office.books.days() == [DAY]


def test_damaged_file_is_as_good_as_none_and_told_once(
    office: Office, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    gone = office.book("09:30")
    office.tell(gone)
    file = tmp_path / "days" / "bookings-2026-03-02.json"
    file.write_bytes(file.read_bytes()[:-9])
    with caplog.at_level(logging.WARNING):
        again = DayBooks(tmp_path / "days")
        assert again.refresh() == frozenset()
    assert caplog.text.count("passed over") == 1
    assert again.day(DAY).revision == 0
    assert again.day(DAY).cancelled == {gone.id}
    assert again.take_bookings(DAY, office.bookings())
    assert again.day(DAY).revision > 0


def test_other_files_in_the_folder_are_left_alone(office: Office, tmp_path: Path) -> None:
    office.tell()
    strange = [tmp_path / "days" / name for name in ("notes.txt", "bookings-2026-02-31.json")]
    for path in strange:
        path.write_text("x")
    again = DayBooks(tmp_path / "days")
    again.forget_before(DAY + timedelta(days=9))
    assert again.days() == []
    assert sorted((tmp_path / "days").iterdir()) == sorted(strange)


def test_reader_sees_what_the_writer_took_in(office: Office, tmp_path: Path) -> None:
    reader = DayBooks(tmp_path / "days")
    assert reader.refresh() == frozenset()
    office.book("09:00")
    office.tell()
    assert reader.refresh() == {DAY}
    assert reader.day(DAY) == office.books.day(DAY)
    assert reader.refresh() == frozenset()
    office.books.forget_before(DAY + timedelta(days=2))
    assert reader.refresh() == {DAY}
    assert reader.days() == []


def test_short_numbers_are_for_nobody_else_on_the_device(office: Office, tmp_path: Path) -> None:
    office.tell()
    (file,) = (tmp_path / "days").iterdir()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_what_cannot_be_written_counts_until_the_restart_and_staff_are_told(
    office: Office, tmp_path: Path
) -> None:
    (tmp_path / "days").write_text("no folder")
    office.book("09:00")
    assert office.books.take_bookings(DAY, office.bookings())
    assert slots(office.books.day(DAY)) == ["08:00"]
    (wrong,) = office.books.look(empty_line(), at("08:00"))
    assert wrong.name == "bookings"
    (tmp_path / "days").unlink()
    office.tell()
    assert office.books.look(empty_line(), at("08:00")) == []
    assert DayBooks(tmp_path / "days").days() == [DAY]
