"""What `lobby watch` finds in messages, and how `lobby status` sets a busy lobby."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

import pytest

from appliance.bus.beats import SILENT_AFTER_S, Beats, Being, Life, Process
from appliance.bus.messages import shown, staff
from appliance.bus.messages.alive import Presence
from appliance.console.happenings import Differences, Happening
from appliance.console.looking import Look, Picture
from appliance.console.telling import Teller
from appliance.line.model import Wish
from appliance.strings import texts
from tests.support.lobby import BERLIN, DAY, at

if TYPE_CHECKING:
    from datetime import date

DESK: Final = Process("sued.eingang-1", "desk")
SCANNER: Final = Process("sued.eingang-1", "scanner")


def ticket(number: str, clock: str, state: str = "waiting") -> staff.OpenTicket:
    return staff.OpenTicket(
        ticket=number,
        service="A1",
        state=state,
        taken=at(clock),
        rank=(1, at(clock), 1),
        wishes=[Wish.SEATED],
    )


def tickets(clock: str, *open_ones: staff.OpenTicket, day: date = DAY) -> staff.Tickets:
    return staff.Tickets(
        as_of=at(clock),
        day=day,
        session="s",
        valid_s=30,
        tickets=[*open_ones],
        counters=[
            staff.OpenCounter(counter="1", state="open", services=["A1"], ticket="A002"),
            staff.OpenCounter(counter="2", state="paused", services=["A1"]),
            staff.OpenCounter(counter="12", state="open", services=["A1"], stands_by=True),
        ],
    )


def board(clock: str, *calls: shown.Call, day: date = DAY) -> shown.Board:
    return shown.Board(
        as_of=at(clock),
        day=day,
        session="s",
        valid_s=30,
        calls=[*calls],
        at_counters=[],
        next=[shown.Waiting(ticket="A017", right_of_way=True), shown.Waiting(ticket="A003")],
        waiting=2,
        open_counters=2,
    )


def call(number: str, age_s: float, calls: int = 1) -> shown.Call:
    id_ = f"{DAY}.{number}.{calls}"
    return shown.Call(id=id_, ticket=number, counter="1", age_s=age_s, again=calls > 1)


def alarms(clock: str, *names: str) -> staff.Alarms:
    on = [staff.Alarm(name=name, since=at("08:00"), sentence=f"{name}!") for name in names]
    return staff.Alarms(as_of=at(clock), day=DAY, session="s", valid_s=30, alarms=on)


def whats(news: list[Happening]) -> list[tuple[str, str | int | None]]:
    return [(each.what.value, each.facts.get("ticket")) for each in news]


def test_what_was_there_before_is_no_news() -> None:
    seen = Differences()
    seen.told(board("08:01", call("A001", 5)))
    first = seen.told(tickets("08:01", ticket("A001", "08:00", "called"), ticket("A002", "08:01")))
    assert [(each.what.value, each.facts) for each in first] == [("following", {"waiting": 1})]


def test_number_is_told_before_its_call_though_the_board_comes_first() -> None:
    seen = Differences()
    seen.told(board("08:01"))
    seen.told(tickets("08:01"))
    assert seen.told(board("08:05", call("A001", 10))) == []
    news = seen.told(tickets("08:05", ticket("A001", "08:04", "called")))
    assert whats(news) == [("given", "A001"), ("called", "A001")]
    assert [each.at for each in news] == [at("08:04"), at("08:04:50")]


def test_same_call_is_told_once_and_a_recall_once_more() -> None:
    seen = Differences()
    seen.told(board("08:01"))
    one = ticket("A001", "08:00", "called")
    seen.told(tickets("08:01", one))
    told = []
    for calls in (1, 1, 2):
        seen.told(board("08:05", call("A001", 1, calls)))
        told += whats(seen.told(tickets("08:05", one)))
    assert told == [("called", "A001"), ("called_again", "A001")]


def test_numbers_begin_again_with_the_day() -> None:
    seen = Differences()
    seen.told(tickets("08:01", ticket("A001", "08:00")))
    tomorrow = DAY + timedelta(days=1)
    assert seen.told(tickets("08:02", day=tomorrow)) == []
    assert whats(seen.told(tickets("08:03", ticket("A001", "08:03"), day=tomorrow))) == [
        ("given", "A001")
    ]


def test_alarm_is_told_when_it_begins_and_when_it_is_over() -> None:
    seen = Differences()
    news = seen.told(alarms("08:01", "printer"))
    news += seen.told(alarms("08:02", "printer"))
    news += seen.told(alarms("08:03"))
    assert [(each.what.value, each.at) for each in news] == [
        ("alarm_on", at("08:00")),
        ("alarm_off", at("08:03")),
    ]


def test_process_is_told_when_it_goes_comes_or_says_something() -> None:
    seen = Differences()
    now = at("08:00")
    lives = [
        Being(None),
        Being(Life.UP),
        Being(Life.UP, "camera: no frames"),
        Being(Life.DOWN),
        Being(None),
        Being(Life.DOWN),
        Being(Life.UP),
    ]
    news = [each for being in lives for each in seen.processes({SCANNER: being}, now)]
    assert [each.what.value for each in news] == ["process_says", "process_down", "process_up"]


def test_kept_beat_proves_no_life() -> None:
    clock_s = [100.0]
    beats = Beats([DESK], lambda: clock_s[0])
    beats.hear(DESK, Presence(state="up"), retained=True)
    assert beats.look() == {DESK: Being(None)}
    beats.hear(DESK, Presence(state="up"), retained=False)
    assert beats.look() == {DESK: Being(Life.UP)}
    clock_s[0] += SILENT_AFTER_S + 1
    assert beats.look() == {DESK: Being(Life.SILENT)}


def test_without_the_bus_nothing_is_known_of_anyone() -> None:
    clock_s = [100.0]
    beats = Beats([DESK], lambda: clock_s[0])
    beats.hear(DESK, Presence(state="up"), retained=False)
    beats.deafen()
    clock_s[0] += 3600
    assert beats.look() == {DESK: Being(None)}
    beats.begin_anew()
    assert beats.look() == {DESK: Being(None)}


@pytest.fixture
def busy() -> Look:
    stamp = {"as_of": at("09:14:31"), "day": DAY, "session": "s", "valid_s": 30}
    picture = Picture(
        board=board("09:14:31"),
        wait=shown.Wait(
            **stamp,  # type: ignore[arg-type]
            waiting=9,
            services=[
                shown.ServiceWait(service="A1", waiting=7, low_min=10, high_min=15),
                shown.ServiceWait(service="B1", waiting=12),
            ],
        ),
        promise=staff.Promise(
            **stamp,  # type: ignore[arg-type]
            today=[staff.Kept(service="A1", came=24, called=0.958, started=None, at_once=0.5)],
            next_hour=[
                staff.Watch(service="A1", appointments=5, kept=0.91, mended_by="2", kept_then=0.98),
                staff.Watch(service="B1", appointments=2, kept=1.0),
            ],
        ),
        tickets=tickets("09:14:31", ticket("A017", "09:00")),
        alarms=alarms("09:14:31", "printer"),
    )
    lives = {DESK: Being(Life.UP), SCANNER: Being(Life.UP, "camera: no frames for 3 s")}
    return Look(lives, picture, fresh=True, now=at("09:14:33"))


def test_busy_lobby_in_text(busy: Look) -> None:
    services = {"A1": "Submit documents", "B1": "New application"}
    teller = Teller(texts("en"), "Eingang", services, BERLIN, DESK.device)
    assert "\n".join(teller.lines(busy)) == (
        """\
Eingang
As of 02.03.2026, 09:14:31

Processes
  desk     up
  scanner  up  camera: no frames for 3 s

Alarms
  02.03. 08:00  printer!

Waiting
  A1  Submit documents    7 waiting  10–15 min
  B1  New application    12 waiting  no forecast
  Next: A017*  A003 (* right of way)

Counters
  1   open    A002
  2   pauses
  12  open    takes whoever comes next

Promise
  A1  96 % of 24 were called within 5 min today
  A1  91 % expected in the next hour; 98 % if counter 2 opens
  B1  100 % expected in the next hour"""
    )
