"""Beside the desk that writes: what the forecast's process reads, and where it goes on."""

from __future__ import annotations

import shutil
from datetime import timedelta
from typing import TYPE_CHECKING

import apsw
import pytest

from appliance.journal.entries import Position
from appliance.journal.errors import JournalError
from appliance.journal.reading import JournalReader
from appliance.line import events
from tests.journal.playing import NAME, SmallDesk
from tests.support.lobby import DAY, at, empty_line

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def desk(quick: Path) -> Iterator[SmallDesk]:
    desk = SmallDesk(quick / "state")
    desk.play(3)
    yield desk
    desk.close()


@pytest.fixture
def reader(desk: SmallDesk) -> Iterator[JournalReader]:
    with JournalReader(desk.folder / NAME) as reader:
        yield reader


def test_what_is_the_journals_own_is_no_news(desk: SmallDesk, reader: JournalReader) -> None:
    assert empty_line().apply_all(reader.news()) == desk.line
    assert reader.position == desk.keeping.position
    assert reader.news() == []


def test_news_come_a_few_at_a_time_if_asked(desk: SmallDesk, reader: JournalReader) -> None:
    line, count = empty_line(), 0
    while some := reader.news(2):
        assert len(some) <= 2
        line, count = line.apply_all(some), count + 1
    assert line == desk.line
    assert count > 5


def test_reader_goes_on_where_another_one_was(desk: SmallDesk, reader: JournalReader) -> None:
    reader.news()
    position = reader.position
    assert position is not None
    desk.close()
    again = SmallDesk(desk.folder, desk.told)
    again.play(1, begin=30)
    with JournalReader(desk.folder / NAME) as other:
        assert other.go_to(position)
        news = other.news()
        assert news == reader.news()
        assert any(isinstance(event, events.TicketIssued) for event in news)
        assert not other.go_to(Position(1, 1))
        assert other.news() == []
    again.close()


def test_what_was_learned_comes_back_with_its_place(desk: SmallDesk, reader: JournalReader) -> None:
    assert reader.learned() is None
    position = desk.keeping.position
    for number in range(4):
        desk.keeping.keep_learned(DAY + timedelta(days=number), position, bytes([number]))
    assert reader.learned() == (position, b"\3")
    db = apsw.Connection(str(desk.folder / NAME))
    assert db.execute("SELECT count(*) FROM learned").get == 2
    db.close()
    learned = reader.learned()
    assert learned is not None
    assert reader.go_to(learned[0])
    assert reader.news() == []


def test_learned_up_to_an_event_that_is_not_known_is_not_kept(
    desk: SmallDesk, reader: JournalReader
) -> None:
    desk.keeping.keep_learned(DAY, Position(1, 1), b"?")
    assert reader.learned() is None
    assert desk.keeping.trouble is None


def test_journal_that_was_replaced_is_opened_anew(desk: SmallDesk, reader: JournalReader) -> None:
    reader.news()
    shutil.rmtree(desk.folder)
    with pytest.raises(JournalError, match="cannot be read"):
        reader.news()
    desk.keeping.mend(desk.line)
    with pytest.raises(JournalError, match="replaced: open it anew"):
        reader.news()
    with JournalReader(desk.folder / NAME) as again:
        assert empty_line().apply_all(again.news()) == desk.line


def test_reader_does_not_hold_the_log_back(desk: SmallDesk, reader: JournalReader) -> None:
    log = desk.folder / f"{NAME}-wal"
    reader.news(1)
    desk.play(300, begin=10)
    reader.news(1)
    desk.play(300, begin=400)
    assert log.stat().st_size < 2_000_000


def test_reader_opens_in_a_folder_of_its_own_only(quick: Path) -> None:
    with pytest.raises(JournalError, match="cannot be read"):
        JournalReader(quick / "nothing.sqlite")


def test_collector_is_sent_what_it_does_not_have(desk: SmallDesk) -> None:
    keeping = desk.keeping
    everything = keeping.after(None, 0, 1000)
    assert [entry.position.seq for entry in everything] == [*range(1, len(everything) + 1)]
    assert everything[0].type == "EpochBegan"
    assert everything[-1].position == keeping.position
    assert keeping.cursor("store") is None
    keeping.acked("store", *everything[4].position)
    assert keeping.cursor("store") == everything[4].position
    assert keeping.after(*everything[4].position, 3) == everything[5:8]


def test_cursor_never_goes_back_within_a_store(desk: SmallDesk) -> None:
    everything = desk.keeping.after(None, 0, 1000)
    desk.keeping.acked("store", *everything[9].position)
    desk.keeping.acked("store", *everything[4].position)
    desk.keeping.acked("store", 1, 99)
    assert desk.keeping.cursor("store") == everything[9].position


def test_new_store_is_sent_everything_from_where_it_says(desk: SmallDesk) -> None:
    everything = desk.keeping.after(None, 0, 1000)
    desk.keeping.acked("store", *everything[9].position)
    desk.keeping.acked("restored", *everything[2].position)
    assert desk.keeping.cursor("restored") == everything[2].position
    assert desk.keeping.cursor("store") is None


def test_new_store_that_has_nothing_that_is_here_is_sent_everything(desk: SmallDesk) -> None:
    everything = desk.keeping.after(None, 0, 1000)
    for epoch in (None, 1):
        desk.keeping.acked("store", *everything[9].position)
        desk.keeping.acked(f"new {epoch}", epoch, 5)
        assert desk.keeping.cursor(f"new {epoch}") is None
        assert desk.keeping.cursor("store") is None


def test_what_a_collector_does_not_have_is_counted(desk: SmallDesk) -> None:
    everything = desk.keeping.after(None, 0, 1000)
    assert desk.keeping.behind(None, 0, 1000) == len(everything)
    assert desk.keeping.behind(*everything[4].position, 1000) == len(everything) - 5
    assert desk.keeping.behind(*everything[4].position, 3) == 3
    assert desk.keeping.behind(*desk.keeping.position, 1000) == 0


def test_acknowledged_across_starts(desk: SmallDesk) -> None:
    first = desk.keeping.position
    desk.close()
    again = SmallDesk(desk.folder, desk.told)
    again.play(1, begin=30)
    second = again.keeping.position
    assert second.epoch != first.epoch
    assert again.keeping.after(*first, 1)[0].position == Position(second.epoch, 1)
    again.keeping.acked("store", *second)
    again.keeping.acked("store", *first)
    assert again.keeping.cursor("store") == second
    again.close()


def test_acknowledged_epoch_that_was_lost_changes_nothing(desk: SmallDesk) -> None:
    assert desk.keeping.after(1, 99, 5) == desk.keeping.after(None, 0, 5)


def test_time_never_runs_back_behind_the_last_event(desk: SmallDesk, quick: Path) -> None:
    desk.play(12, begin=3)
    assert desk.keeping.last_time() == at("08:14:20")
    desk.leave(quick / "lost")
    (quick / "lost" / f"{NAME}-wal").unlink()
    (quick / "lost" / NAME).unlink()
    lost = SmallDesk(quick / "lost")
    # Known from the mark: when the last block of numbers was begun, with half of one given out.
    assert lost.keeping.last_time() == at("08:10")
    lost.close()
