"""What happened is told in plain lines, in the site's language, at the site's time."""

from __future__ import annotations

from datetime import UTC, date, timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from appliance import strings
from appliance.journal import codec
from appliance.journal.days import days
from appliance.journal.errors import JournalError
from appliance.journal.log import Place
from appliance.journal.looking import Row, look_into
from appliance.journal.records import DayClosed, EpochBegan, Gap, Record, Why
from appliance.journal.showing import happened, told
from appliance.line import commands, events
from appliance.line.model import Booking, Mode
from tests.journal.office import NEXT_DAY, Kept
from tests.support.lobby import BERLIN, DAY, at

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def kept(quick: Path) -> Iterator[Kept]:
    with Kept(quick / "state") as kept:
        yield kept


def lines(
    path: Path, number: str | None = None, day: date = DAY, language: str = "en"
) -> list[str]:
    words = strings.texts(language)
    with look_into(path) as look:
        return [
            told(look, row, span.shift, words, BERLIN)
            for span, row in happened(look, days(look).of(day), number)
        ]


def test_morning_is_told_line_by_line(kept: Kept) -> None:
    kept.do(commands.OpenCounter("1"), "07:59")
    kept.do(commands.Issue("A1"), "08:00")
    kept.do(commands.CheckIn(Booking("b", at("08:10"), 10, "A1")), "08:01:30")
    kept.do(commands.Next("1"), "08:02")
    kept.do(commands.Recall("1"), "08:03")
    assert lines(kept.path) == [
        "00:00:00  new day: 02.03.2026",
        "07:59:00  counter 1 open for A1, B1",
        "08:00:00  A001 given out for A1, without appointment",
        "08:01:30  A002 given out for A1, appointment at 08:10",
        "08:02:00  A002 called to counter 1",
        "08:03:00  A002 called to counter 1, call number 2",
    ]
    assert lines(kept.path, language="de")[3:5] == [
        "08:01:30  A002 ausgegeben für A1, Termin um 08:10 Uhr",
        "08:02:00  A002 aufgerufen an Platz 1",
    ]


def test_one_number_is_told_with_what_was_taken_back(kept: Kept) -> None:
    kept.play(3)
    kept.do(commands.Undo("1"), at("08:02:25"))
    assert lines(kept.path, "A003") == [
        "08:02:01  A003 given out for A1, without appointment",
        "08:02:21  A003 called to counter 1",
        "08:02:25  counter 1: last step taken back",
    ]
    assert lines(kept.path, "A004") == []


def test_same_number_on_another_day_is_another_one(kept: Kept) -> None:
    kept.play(2)
    kept.turn(NEXT_DAY)
    kept.do(commands.Issue("A1"), "09:00")
    assert lines(kept.path, "A001", NEXT_DAY) == [
        "09:00:00  A001 given out for A1, without appointment"
    ]


def test_start_and_its_reason_are_told(kept: Kept) -> None:
    kept.restart()
    kept.do(commands.OpenCounter("1"), "09:00")
    assert lines(kept.path)[1:] == [
        "09:00:00  the desk starts",
        "09:00:00  counter 1 open for A1, B1",
    ]


def test_times_under_a_wrong_clock_are_told_as_they_were_in_truth(kept: Kept) -> None:
    kept.do(commands.Issue("A1"), "16:00")
    kept.do(commands.BeginBoot(clock_sure=False, boot="b"), "17:55")
    kept.do(commands.Issue("A1"), "18:00")
    shift = at("08:40", NEXT_DAY) - at("19:05")
    kept.do(commands.SetClock(shift), at("08:40", NEXT_DAY))
    assert lines(kept.path) == [
        "00:00:00  new day: 02.03.2026",
        "16:00:00  A001 given out for A1, without appointment",
        "08:40:00  A001 was not served any more: the day is over",
    ]
    assert lines(kept.path, day=NEXT_DAY) == [
        "07:30:00  the machine was started; it is not known what time it is",
        "07:35:00  A002 given out for A1, without appointment",
        "08:40:00  the clock was set by +13:35:00; the day is 03.03.2026",
    ]


def test_event_of_a_later_release_is_named(kept: Kept) -> None:
    kept.journal.db.execute(
        "UPDATE event SET type = 'Novelty', data = '{\"ticket\": \"A001\"}' WHERE seq = 2"
    )
    with look_into(kept.path) as look:
        (row,) = [row for row in look.rows() if row.type == "Novelty"]
        line = told(look, row, timedelta(), strings.texts("en"), BERLIN)
    assert line == "00:00:00  Novelty (only a later release knows what that is)"


def test_event_that_is_none_is_said_in_one_sentence(kept: Kept) -> None:
    kept.do(commands.Issue("A1"), "08:00")
    kept.journal.db.execute("UPDATE event SET data = '{\"ticket\": 1}' WHERE seq = 3")
    with pytest.raises(JournalError, match=r"is damaged: event .* verify` says what to do"):
        lines(kept.path)


RECORDS: list[Record] = [
    *(EpochBegan(at("08:00"), why) for why in Why),
    DayClosed(at("08:00"), DAY, 5000, {}),
    Gap(at("08:00"), 100, 1, 2, 3, 4),
]
# What is told in other words than the usual, and what no strategy draws.
SPECIAL: list[events.Event] = [
    *(events.ModeSet(at("08:00"), mode) for mode in Mode),
    events.ClockSet(at("08:00"), timedelta(minutes=-61), DAY),
    events.HoursSet(at("08:00"), ()),
    events.NumbersGoOn(at("08:00"), {"B": 20, "A": 500}),
    events.BootBegan(at("08:00"), clock_sure=False, boot="b", uptime=timedelta()),
]


@pytest.mark.parametrize("language", strings.languages())
@pytest.mark.parametrize("kind", sorted(codec.EVENT_TYPES.keys() - {"NumbersGoOn"}))
@settings(max_examples=10)
@given(data=st.data())
def test_every_event_can_be_told(kind: str, language: str, data: st.DataObject) -> None:
    event = data.draw(st.from_type(codec.EVENT_TYPES[kind]).map(codec.encode))
    assert sentence(*event, language).strip()


@pytest.mark.parametrize("language", strings.languages())
@pytest.mark.parametrize("event", [*RECORDS, *SPECIAL], ids=lambda each: type(each).__name__)
def test_every_record_can_be_told(event: events.Event | Record, language: str) -> None:
    assert sentence(*codec.encode(event), language).strip()


def test_facts_stand_in_the_sentence_as_people_write_them() -> None:
    said = {type(event): sentence(*codec.encode(event), "en") for event in (*RECORDS, *SPECIAL)}
    assert said[events.ClockSet] == "the clock was set by -1:01:00; the day is 02.03.2026"
    assert said[events.NumbersGoOn] == "numbers go on after A500, B020"
    assert said[DayClosed] == "02.03.2026 is deleted: 5000 events; totals are kept"


def sentence(type_name: str, data: str, language: str) -> str:
    row = Row(Place(1, 1), 1, at("08:00").isoformat(), type_name, data)
    line = told(None, row, timedelta(), strings.texts(language), UTC)  # type: ignore[arg-type]
    return line.partition("  ")[2]
