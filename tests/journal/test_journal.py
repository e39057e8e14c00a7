"""The journal: all of it or nothing, and it is still there afterwards."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import fields, replace
from datetime import time, timedelta
from typing import TYPE_CHECKING

import apsw
import pytest

from appliance.journal import schema
from appliance.journal.card import CardError
from appliance.journal.codec import (
    EVENT_TYPES,
    DamagedEventError,
    decode,
    decode_record,
    encode,
    public,
)
from appliance.journal.journal import (
    Answered,
    Journal,
    JournalError,
    OwedSlip,
    SecondWriterError,
)
from appliance.journal.keeping import Keeping
from appliance.journal.reading import JournalReader
from appliance.journal.records import DayClosed, EpochBegan, Gap, Record, ServiceTotals, Why
from appliance.line import commands, events, model
from appliance.line.model import Candidate, Rank, RankClass
from appliance.line.opening import Span
from tests.journal.failing import FailingCard
from tests.support.lobby import DAY, Played, at, booking

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

EVENTS: list[events.Event] = [
    events.DayTurned(at("00:00"), DAY),
    events.CounterOpened(at("07:59"), "1", frozenset({"A1", "B1"})),
    events.TicketIssued(at("08:00"), "A001", 1, "A1"),
    events.TicketIssued(at("08:01"), "A002", 2, "A1", booking("08:10")),
    events.CodeShownAgain(at("08:02"), "A002"),
    events.TicketCalled(
        at("08:03"),
        "A002",
        "1",
        1,
        (
            Candidate("A002", Rank(RankClass.RIGHT_OF_WAY, at("08:10"), 2)),
            Candidate("A001", Rank(RankClass.ORDINARY, at("08:00"), 1)),
        ),
    ),
    events.TicketStarted(at("08:04"), "A002"),
    events.TicketFinished(at("08:05"), "A002"),
    events.TicketCalled(at("08:06"), "A001", "1", 1),
    events.TicketSetAside(at("08:07"), "A001"),
    events.TicketClosed(at("08:08"), "A001"),
    events.TicketReturned(at("08:09"), "A001"),
    events.TicketTransferred(at("08:09"), "A001", "B1"),
    events.TicketParked(at("08:09"), "A001"),
    events.TicketMadeUrgent(at("08:09"), "A001", model.Urgency.HEALTH),
    events.TicketCancelled(at("08:09"), "A001"),
    events.CounterStoodBy(at("08:09"), "1"),
    events.CounterPaused(at("08:09"), "1"),
    events.StepUndone(
        at("08:09"),
        model.Counter("1", frozenset({"A1"}), offers=frozenset({model.Wish.SEATED})),
        (
            model.Ticket(
                "A001",
                1,
                "A1",
                at("08:00"),
                booking("08:10"),
                model.TicketState.SERVING,
                wishes=frozenset({model.Wish.MORE_TIME}),
            ),
        ),
    ),
    events.ModeSet(at("08:09"), model.Mode.CLOSED),
    events.SlipAskedAgain(at("08:09"), "A001"),
    events.Attended(at("08:09"), booking("08:10", "D1")),
    events.HoursSet(at("08:09"), (Span(time(8), time(12)), Span(time(14), time(18)))),
    events.NoticeSet(at("08:09"), "Heute nur bis 12 Uhr."),
    events.BootBegan(at("08:09"), clock_sure=False, boot="b", uptime=timedelta(seconds=9)),
    events.ClockSet(at("08:09"), timedelta(hours=-1, microseconds=5), DAY),
    events.NumbersGoOn(at("08:09"), {"A": 20}),
    events.CounterClosed(at("08:09"), "1"),
]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state" / "journal.sqlite"


@pytest.fixture
def journal(path: Path) -> Iterator[Journal]:
    with Journal(path) as opened:
        yield opened


def test_every_kind_of_event_comes_back_as_it_went() -> None:
    assert {type(event).__name__ for event in EVENTS} == set(EVENT_TYPES)
    for event in EVENTS:
        again = decode(*encode(event))
        assert again == event
        for field in fields(event):
            assert type(getattr(again, field.name)) is type(getattr(event, field.name))


def test_ticket_of_a_release_before_large_print_is_read_and_that_of_a_later_one_too() -> None:
    issued = events.TicketIssued(at("08:00"), "A001", 1, "A1", spoken="tr", reads_large=True)
    name, data = encode(issued)
    before = data.replace(',"reads_large":true', "")
    assert before != data
    assert decode(name, before) == replace(issued, reads_large=False)
    # As the release before reads what it does not know, when an update is taken back.
    assert decode(name, data[:-1] + ',"reads_braille":true}') == issued


def test_how_somebody_reads_stays_on_the_device() -> None:
    ticket = model.Ticket("A001", 1, "A1", at("08:00"), spoken="tr", reads_large=True)
    for event in (
        events.TicketIssued(at("08:00"), "A001", 1, "A1", spoken="tr", reads_large=True),
        events.SlipAskedAgain(at("08:09"), "A001", reads_large=True),
        events.StepUndone(at("08:09"), model.Counter("1", frozenset()), (ticket,)),
    ):
        told = json.dumps(public(*encode(event)))
        assert '"A001"' in told
        assert "reads_large" not in told
        assert "spoken" not in told


@pytest.mark.parametrize(
    ("type_name", "data"),
    [
        ("TicketEaten", "{}"),
        ("TicketStarted", "{}"),
        ("TicketStarted", "no JSON"),
        ("TicketStarted", '{"at": "2026-03-02T08:00:00Z", "ticket": 5}'),
    ],
)
def test_event_that_is_not_ours_is_refused(type_name: str, data: str) -> None:
    with pytest.raises(DamagedEventError):
        decode(type_name, data)


def test_events_are_there_after_a_restart(path: Path) -> None:
    with Journal(path) as journal:
        journal.commit(EVENTS[:4], day=str(DAY))
        journal.commit(EVENTS[4:], day=str(DAY))
        position = journal.position
    with Journal(path) as journal:
        assert list(journal.today()) == EVENTS
        assert journal.position == position
        assert position.seq == 1 + len(EVENTS)
        assert journal.last_time() == EVENTS[-1].at


def test_only_the_day_that_goes_on_is_folded(journal: Journal) -> None:
    journal.commit(EVENTS, day=str(DAY))
    tomorrow = events.DayTurned(at("00:00") + timedelta(days=1), DAY + timedelta(days=1))
    journal.commit([tomorrow], day=str(tomorrow.day))
    assert list(journal.today()) == [tomorrow]


def test_each_opening_begins_an_epoch_of_its_own(path: Path) -> None:
    began: list[Record] = []
    for event in EVENTS[:3]:
        with Journal(path) as journal:
            before = journal.position
            journal.commit([event], day=str(DAY))
            first = journal.outbox.after(before.epoch if began else None, before.seq, 1)[0]
            began.append(decode_record(first.type, first.data))
            assert journal.position.seq == 2
            assert journal.position.epoch != before.epoch or not before.seq
            assert list(journal.today()) == EVENTS[: len(began)]
            position = journal.position
    assert [each.why for each in began if isinstance(each, EpochBegan)] == [
        Why.NEW,
        Why.STARTED,
        Why.STARTED,
    ]
    assert isinstance(began[1], EpochBegan)
    assert began[1].previous_seq == 2
    assert began[1].at == EVENTS[1].at
    with Journal(path) as journal:
        # Nothing happened yet: the last event is still that of the start before.
        assert journal.position == position
        assert len({entry.position.epoch for entry in journal.outbox.after(None, 0, 99)}) == 3


def test_opening_alone_writes_no_epoch(path: Path) -> None:
    for _ in range(3):
        Journal(path).close()
    with Journal(path) as journal:
        assert journal.outbox.after(None, 0, 9) == []
        assert journal.last_time() is None
        assert list(journal.today()) == []


@pytest.mark.parametrize(
    "record",
    [
        EpochBegan(at("08:00"), Why.MEMORY, 2**62, 7),
        DayClosed(at("08:00"), DAY, 9, {"A1": ServiceTotals(tickets=5, longest_s=60)}),
        Gap(at("08:00"), 3, 1, 2, 3, 4),
    ],
)
def test_every_kind_of_record_comes_back_as_it_went(record: Record) -> None:
    assert decode_record(*encode(record)) == record


def test_day_goes_on_over_several_starts(path: Path) -> None:
    tomorrow = DAY + timedelta(days=1)
    turn = events.DayTurned(at("00:00", tomorrow), tomorrow)
    later = [replace(event, at=at("08:30", tomorrow)) for event in EVENTS[1:3]]
    for some in (EVENTS, [turn], later[:1], later[1:]):
        with Journal(path) as journal:
            journal.commit(some, day="2026-03-03")
    with Journal(path) as journal:
        assert list(journal.today()) == [turn, *later]
        assert journal.last_time() == later[-1].at


def test_facts_are_noted(path: Path) -> None:
    with Keeping(path) as keeping:
        assert keeping.noted("boot") is None
        keeping.note("boot", "1")
        keeping.note("boot", "2")
        keeping.note("schema", "mine")
    with Keeping(path) as keeping:
        assert keeping.noted("boot") == "2"
        assert keeping.noted("schema") == "mine"


def test_commit_that_failed_is_not_followed_by_another(path: Path) -> None:
    with FailingCard(path.parent, apsw.IOError, after=True) as card:
        path.parent.mkdir()
        with Journal(path) as journal:
            journal.commit(EVENTS[:2], day=str(DAY))
            card.left = 2
            with pytest.raises(CardError):
                journal.commit(EVENTS[2:], day=str(DAY))
            card.left = None
            # The card may have it: the same ids for other events would be two truths.
            with pytest.raises(CardError, match="opened anew"):
                journal.commit(EVENTS[3:4], day=str(DAY))
        with Journal(path) as journal:
            journal.commit(EVENTS[3:4], day=str(DAY))


def test_new_database_is_there_after_a_power_cut(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[Path] = []
    monkeypatch.setattr(schema, "sync_folder", synced.append)
    Journal(path).close()
    Journal(path).close()
    assert synced == [path.parent]


def test_booking_used_twice_breaks_the_whole_commit(journal: Journal) -> None:
    journal.commit(EVENTS[:4], day=str(DAY))
    position = journal.position
    twice = events.TicketIssued(at("09:00"), "A003", 3, "A1", booking("08:10"))
    with pytest.raises(JournalError):
        journal.commit([EVENTS[4], twice], day=str(DAY))
    assert list(journal.today()) == EVENTS[:4]
    assert journal.position == position
    journal.commit(EVENTS[4:], day=str(DAY))
    assert list(journal.today()) == EVENTS


def test_answer_event_and_slip_are_one_commit(journal: Journal) -> None:
    answered = Answered("kiosk.entrance", b"k" * 16, b"hash", b"reply")
    slip = OwedSlip(7, "A001", at("08:00"))
    journal.commit(EVENTS[:3], day=str(DAY), answered=answered, slip=slip)
    with pytest.raises(JournalError):
        # The key is taken: neither the event nor the slip may stay.
        journal.commit(
            EVENTS[3:4], day=str(DAY), answered=answered, slip=OwedSlip(8, "A2", slip.at)
        )
    assert journal.answer_to("kiosk.entrance", b"k" * 16) == answered
    assert journal.answer_to("counter.1", b"k" * 16) is None
    assert journal.owed_slips() == [slip]
    assert list(journal.today()) == EVENTS[:3]


def test_slip_is_owed_until_it_is_settled(path: Path) -> None:
    with Journal(path) as journal:
        for number in (1, 2, 3):
            slip = OwedSlip(journal.next_slip_id(), f"A00{number}", at("08:00"))
            journal.commit([], day=str(DAY), slip=slip)
        journal.settle_slip(1, printed=True)
        journal.settle_slip(2, printed=False)
    with Journal(path) as journal:
        assert [slip.ticket for slip in journal.owed_slips()] == ["A003"]
        assert journal.next_slip_id() == 4


def test_second_writer_is_refused_and_told_who_the_first_is(path: Path, journal: Journal) -> None:
    with pytest.raises(SecondWriterError, match=r"already being written by process \d+"):
        Journal(path)
    journal.commit(EVENTS, day=str(DAY))


def test_writer_that_was_killed_leaves_no_lock(path: Path) -> None:
    write_and_die = (
        "import os, sys, pathlib\n"
        "from appliance.journal.journal import Journal\n"
        "Journal(pathlib.Path(sys.argv[1]))\n"
        "os.kill(os.getpid(), 9)\n"
    )
    died = subprocess.run([sys.executable, "-c", write_and_die, str(path)], check=False)
    assert died.returncode == -9
    with Journal(path) as journal:
        journal.commit(EVENTS, day=str(DAY))


def test_what_is_no_journal_is_told_in_one_sentence(path: Path) -> None:
    path.parent.mkdir()
    path.write_bytes(b"this is no database, and long enough for SQLite to see it" * 40)
    with pytest.raises(JournalError, match="cannot be opened as the journal"):
        Journal(path)
    path.unlink()
    # The failed one let go of everything.
    Journal(path).close()


def test_journal_that_is_damaged_inside_is_told_in_one_sentence(path: Path) -> None:
    with Journal(path) as journal:
        journal.commit(EVENTS, day=str(DAY))
        journal.db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        (page,) = journal.db.execute(
            "SELECT rootpage FROM sqlite_schema WHERE name = 'event'"
        ).fetchall()
        opened = path.read_bytes()
    begin = (int(str(page[0])) - 1) * 1024
    path.write_bytes(opened[:begin] + b"\xff" * 1024 + opened[begin + 1024 :])
    with pytest.raises(JournalError, match=r"damaged|cannot be opened"), Journal(path) as journal:
        list(journal.today())


def test_journal_of_a_later_release_is_left_alone(path: Path) -> None:
    Journal(path).close()
    with apsw.Connection(str(path)) as db:
        db.execute("PRAGMA user_version = 99")
    db.close()
    with pytest.raises(JournalError, match="later release"):
        Journal(path)


def test_every_commit_is_synced_to_the_card(journal: Journal) -> None:
    # The power-cut test itself needs a file layer that drops what was not synced; see docs/adr.
    (synchronous,) = journal.db.execute("PRAGMA synchronous").fetchall()
    assert synchronous == (2,)


def test_reader_sees_each_event_once_while_the_desk_writes(path: Path, journal: Journal) -> None:
    with JournalReader(path) as reader:
        assert reader.news() == []
        journal.commit(EVENTS[:2], day=str(DAY))
        assert reader.news() == EVENTS[:2]
        journal.commit(EVENTS[2:], day=str(DAY))
        assert reader.news() == EVENTS[2:]
        assert reader.news() == []


def test_played_day_is_rebuilt_as_it_was_lived(journal: Journal) -> None:
    lobby = Played()
    empty = lobby.line.apply(events.DayTurned(at("00:00"), DAY))
    played: list[tuple[commands.Command, str]] = [
        (commands.OpenCounter("1"), "07:59"),
        (commands.Issue("A1"), "08:00"),
        (commands.CheckIn(booking("08:10")), "08:01"),
        (commands.Next("1"), "08:02"),
        (commands.Next("1"), "08:12"),
    ]
    for command, clock in played:
        decision = lobby.line.decide(command, at(clock))
        journal.commit(decision.events, day=str(DAY))
        lobby.line = lobby.line.apply_all(decision.events)
    assert empty.apply_all(journal.today()) == lobby.line
