"""How a day was: as the desk itself has it, whatever the way on which its events came."""

from __future__ import annotations

import random
import shutil
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING

import pytest

from appliance.journal.totals import totals
from appliance.line import events
from appliance.line.model import Booking, Counter, Ticket, TicketState
from appliance.line.record import kept_today
from bench.lobbies import LOBBIES
from bench.lobby_simulator import play
from bench.made_day import ZONE, empty_line, made_day
from central.statistics.spans import Span, month, week
from central.statistics.tally import Tally
from tests.support.played_days import Device

if TYPE_CHECKING:
    from tests.statistics.conftest import Centre

MONDAY = date(2026, 3, 2)
MARCH = month(2026, 3)


def at(clock: str, day: date = MONDAY) -> datetime:
    return datetime.combine(day, time.fromisoformat(clock), ZONE)


def issued(
    number: str, clock: str, slot: str | None = None, day: date = MONDAY, service: str = "A1"
) -> events.TicketIssued:
    booking = None
    if slot is not None:
        booking = Booking(number.encode().hex().rjust(24, "0"), at(slot, day), 15, service)
    return events.TicketIssued(at(clock, day), number, int(number[1:]), service, booking)


def called(number: str, clock: str, day: date = MONDAY) -> events.TicketCalled:
    return events.TicketCalled(at(clock, day), number, "1", 1)


def total(centre: Centre, day: date = MONDAY) -> Tally:
    return centre.read(Span(day, day)).total


@pytest.mark.parametrize("lobby", LOBBIES[1:3], ids=lambda lobby: lobby.name)
def test_figures_are_those_of_the_desk(centre: Centre, lobby: object) -> None:
    said, line = centre.device.day(lobby, MONDAY)  # type: ignore[arg-type]
    centre.take(said)
    happened: list[events.Event] = []
    play(
        empty_line(lobby),  # type: ignore[arg-type]
        made_day(lobby, MONDAY, 1),  # type: ignore[arg-type]
        heard=lambda event, _line: happened.append(event),
    )
    period, evening = centre.read(MARCH), at("23:00")
    desk = totals(happened)
    assert {code: t.visitors for code, t in period.services.items()} == {
        code: t.tickets for code, t in desk.items()
    }
    for code, counted in desk.items():
        tally = period.services[code]
        assert tally.booked == counted.appointments
        assert tally.no_show == counted.set_aside
        assert tally.called == counted.called
        assert sum(m * n for m, n in tally.waits.items()) == pytest.approx(
            counted.waited_s / 60, abs=0.5 * counted.called
        )
    for kept in kept_today(line, evening):
        tally = period.services[kept.service]
        assert tally.in_time == kept.came
        assert tally.called_in_time / tally.in_time == pytest.approx(kept.called)
        assert tally.at_once / tally.in_time == pytest.approx(kept.at_once)
        if kept.started is not None:
            assert tally.started_in_time / tally.in_time_start == pytest.approx(kept.started)
    assert sum(t.visitors for t in period.hours.values()) == period.total.visitors


def test_order_and_repetition_of_arrival_do_not_matter(centre: Centre) -> None:
    said, _line = centre.device.day(LOBBIES[3], MONDAY)
    centre.take(said)
    first = centre.read(MARCH)
    shuffled = [*said, *said[:100]]
    random.Random(7).shuffle(shuffled)  # noqa: S311  (an order, no secret)
    centre.path.unlink()
    centre.take(*(shuffled[n : n + 40] for n in range(0, len(shuffled), 40)), said)
    assert centre.read(MARCH) == first


def test_what_comes_a_day_late_corrects_the_day(centre: Centre) -> None:
    early = centre.device.say(issued("A001", "08:00"), called("A001", "08:10"))
    late = centre.device.say(issued("A002", "09:00"), called("A002", "09:30"))
    centre.take(early)
    assert total(centre).visitors == 1
    centre.wait(days=1)
    centre.take(late)
    assert total(centre) == Tally(visitors=2, unserved=2, waits={10: 1, 30: 1})


def test_today_is_counted_every_quarter_of_an_hour(centre: Centre) -> None:
    centre.take(centre.device.say(issued("A001", "08:00")))
    centre.take(centre.device.say(issued("A002", "08:01")))
    period = centre.read(MARCH)
    assert period.total.visitors == 1
    assert period.as_of == centre.now
    centre.wait(minutes=15)
    assert centre.read(MARCH).total.visitors == 2
    assert centre.read(MARCH).as_of is None


def test_promise_is_measured_until_call_and_until_start(centre: Centre) -> None:
    centre.take(
        centre.device.say(
            issued("A001", "08:50", slot="09:00"),
            issued("A002", "09:05", slot="09:00"),
            issued("A003", "09:11", slot="09:00"),
            called("A001", "09:05"),
            events.TicketStarted(at("09:06"), "A001"),
            called("A002", "09:05:30"),
            events.TicketStarted(at("09:06"), "A002"),
            called("A003", "09:11"),
        )
    )
    tally = total(centre)
    assert (tally.booked, tally.in_time) == (3, 2)
    assert (tally.called_in_time, tally.started_in_time, tally.at_once) == (2, 1, 1)


def test_who_left_before_a_call_says_nothing_of_the_promise_and_who_waited_in_vain_does(
    centre: Centre,
) -> None:
    centre.take(
        centre.device.say(
            issued("A001", "08:50", slot="09:00"),
            events.TicketCancelled(at("09:20"), "A001"),
            issued("A002", "08:50", slot="09:00"),
            events.TicketClosed(at("17:00"), "A002"),
        )
    )
    tally = total(centre)
    assert (tally.in_time, tally.called_in_time, tally.unserved) == (1, 0, 2)


def test_step_that_was_taken_back_did_not_happen(centre: Centre) -> None:
    ticket = Ticket("A001", 1, "A1", at("08:00"), state=TicketState.WAITING)
    centre.take(
        centre.device.say(
            issued("A001", "08:00"),
            called("A001", "08:10"),
            events.TicketSetAside(at("08:12"), "A001"),
            events.StepUndone(at("08:13"), Counter("1", frozenset({"A1"})), (ticket,)),
            called("A001", "08:30"),
            events.TicketFinished(at("08:40"), "A001"),
        )
    )
    assert total(centre) == Tally(visitors=1, waits={30: 1})


def test_who_comes_back_after_a_call_is_no_no_show(centre: Centre) -> None:
    centre.take(
        centre.device.say(
            issued("A001", "08:00"),
            called("A001", "08:10"),
            events.TicketSetAside(at("08:12"), "A001"),
            events.TicketReturned(at("08:20"), "A001"),
            called("A001", "08:21"),
            events.TicketFinished(at("08:40"), "A001"),
            issued("A002", "08:00"),
            called("A002", "08:10"),
            events.TicketSetAside(at("08:12"), "A002"),
        )
    )
    assert total(centre) == Tally(visitors=2, no_show=1, waits={10: 2})


def test_adviser_appointments_are_counted_by_themselves_and_once(centre: Centre) -> None:
    booking = Booking("ab" * 12, at("09:00"), 30, "A1", "B2.14")
    centre.take(
        centre.device.say(
            events.Attended(at("08:55"), booking), events.Attended(at("08:56"), booking)
        )
    )
    assert total(centre) == Tally(attended=1)


def test_journal_that_was_rebuilt_tells_nobody_twice(centre: Centre) -> None:
    morning = (issued("A001", "08:00"), called("A001", "08:10"))
    centre.take(centre.device.say(*morning))
    centre.device.begin_epoch()
    centre.take(
        centre.device.say(*morning, events.TicketFinished(at("08:20"), "A001")),
    )
    centre.wait(days=1)
    assert total(centre) == Tally(visitors=1, waits={10: 1})


class TestClock:
    def test_boot_that_believed_it_was_yesterday_is_of_today(self, centre: Centre) -> None:
        friday, monday = date(2026, 2, 27), MONDAY
        shift = at("08:40", monday) - at("17:59", friday)
        device = centre.device
        centre.take(device.say(issued("A001", "08:00", day=friday)))
        unsure = events.BootBegan(at("17:55", friday), False, "b2", timedelta(seconds=20))  # noqa: FBT003
        centre.take(
            device.say(
                unsure,
                issued("A002", "17:56", day=friday),
                called("A002", "17:58", day=friday),
            )
        )
        assert total(centre, friday).visitors == 2
        centre.take(
            device.say(
                events.ClockSet(at("08:40", monday), shift, monday),
                issued("A003", "08:41"),
            )
        )
        assert total(centre, friday).visitors == 1
        assert total(centre, monday) == Tally(visitors=2, unserved=2, waits={2: 1})
        assert set(centre.read(Span(monday, monday)).hours) == {8}

    def test_days_turn_at_midnight_of_the_site(self, centre: Centre) -> None:
        centre.now = at("01:00", date(2026, 7, 2))
        first, second = date(2026, 7, 1), date(2026, 7, 2)
        centre.take(
            centre.device.say(
                issued("A001", "23:59:59", day=first),
                events.TicketClosed(at("00:00", second), "A001"),
                events.DayTurned(at("00:00", second), second),
                issued("A001", "00:00", day=second),
            )
        )
        days = centre.read(Span(first, second)).days
        assert [days[day].visitors for day in (first, second)] == [1, 1]

    @pytest.mark.parametrize(
        ("day", "hours"), [(date(2026, 3, 29), 23), (date(2026, 10, 25), 25)], ids=["23 h", "25 h"]
    )
    def test_day_on_which_the_clock_changes_has_all_its_hours(
        self, centre: Centre, day: date, hours: int
    ) -> None:
        begin = at("00:00", day).astimezone(UTC)
        centre.now = at("12:00", day + timedelta(days=1))
        centre.take(
            centre.device.say(
                *(
                    events.TicketIssued(
                        begin + timedelta(minutes=60 * n + 30), f"A{n + 1:03}", n + 1, "A1"
                    )
                    for n in range(hours)
                ),
                events.DayTurned(begin + timedelta(hours=hours), day + timedelta(days=1)),
            )
        )
        period = centre.read(Span(day, day))
        assert period.total.visitors == hours
        assert period.hours[2 if hours == 25 else 3].visitors == (2 if hours == 25 else 1)
        assert period.incomplete == frozenset()


class TestIncomplete:
    def test_day_is_whole_when_a_later_one_has_begun(self, centre: Centre) -> None:
        tuesday = MONDAY + timedelta(days=1)
        centre.take(centre.device.say(issued("A001", "08:00")))
        centre.wait(days=1)
        assert centre.read(MARCH).incomplete == {MONDAY, tuesday}
        centre.take(centre.device.midnight(tuesday))
        assert centre.read(MARCH).incomplete == {tuesday}

    def test_gap_makes_each_day_that_it_touches_incomplete(self, centre: Centre) -> None:
        centre.take(centre.device.say(issued("A001", "08:00")))
        centre.device.lose(50)
        thursday, friday = date(2026, 3, 5), date(2026, 3, 6)
        centre.now = at("18:00", friday)
        centre.take(centre.device.say(issued("A009", "09:00", day=thursday)))
        centre.take(centre.device.midnight(friday))
        days = {date(2026, 3, n) for n in (2, 3, 4, 5, 6)}
        assert centre.read(MARCH).incomplete == days
        centre.wait(days=40)
        assert centre.read(MARCH).incomplete >= days

    def test_hole_is_incomplete_until_it_is_filled(self, centre: Centre) -> None:
        said = centre.device.say(*(issued(f"A{n:03}", "08:00") for n in range(1, 6)))
        said += centre.device.midnight(MONDAY + timedelta(days=1))
        centre.now = at("00:10", MONDAY + timedelta(days=1))
        centre.take(said[:2], said[3:])
        assert MONDAY in centre.read(MARCH).incomplete
        centre.take(said[2:3])
        assert MONDAY not in centre.read(MARCH).incomplete
        assert total(centre).visitors == 5

    def test_device_that_was_taken_away_spoils_nothing_for_good(self, centre: Centre) -> None:
        other = Device(name="eingang-2")
        centre.take(other.say(issued("A001", "08:00")), centre.device.midnight(MONDAY))
        april = date(2026, 4, 20)
        centre.now = at("12:00", april)
        centre.take(centre.device.midnight(april))
        assert date(2026, 4, 15) not in centre.read(month(2026, 4)).incomplete


def test_store_that_is_put_back_to_a_backup_ends_with_the_same_figures(centre: Centre) -> None:
    said, _line = centre.device.day(LOBBIES[3], MONDAY)
    half = len(said) // 2
    centre.take(said[:half])
    shutil.copy(centre.path, centre.folder / "backup")
    centre.take(said[half:])
    centre.wait(minutes=20)
    before = centre.read(MARCH)
    shutil.copy(centre.folder / "backup", centre.path)
    with centre.open() as (store, _keeper):
        assert store.renewed
        reached = store.ack(centre.device.id).seq
    centre.take(said[reached - 5 :])
    assert centre.read(MARCH) == before


def test_devices_of_a_site_are_added_and_sites_are_not(centre: Centre) -> None:
    devices = [Device(name="eingang-2"), Device("NORD", "halle-1", "HALLE")]
    for device in (centre.device, *devices):
        centre.take(device.say(issued("A001", "08:00"), called("A001", "08:10")))
    assert total(centre) == Tally(visitors=2, unserved=2, waits={10: 2})
    assert centre.read(MARCH, "NORD").total.visitors == 1


def test_median_of_a_month_is_that_of_its_visits() -> None:
    first, second = Tally(waits={1: 9}), Tally(waits={10: 1, 20: 9, 90: 1})
    assert (first + second).waited(0.5) == 10
    assert (first + second).waited(0.9) == 20
    assert Tally().waited(0.5) is None


def test_weeks_are_those_of_iso_8601() -> None:
    assert week(2026, 1) == Span(date(2025, 12, 29), date(2026, 1, 4))
    assert month(2028, 2).last == date(2028, 2, 29)
    assert MARCH.before().last == date(2026, 2, 28)
