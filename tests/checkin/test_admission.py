"""Every row of the table "what a scan does", and the words for it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from appliance.checkin.admission import Admission, Lobby, admit, foreign, of_slip
from appliance.checkin.claims import Claims
from appliance.checkin.code import CodeError, CodeReason
from appliance.checkin.outcomes import Outcome
from appliance.line.model import Booking, Service, Ticket, TicketState
from appliance.strings import languages, texts

BERLIN = ZoneInfo("Europe/Berlin")
SLOT = datetime(2026, 3, 2, 9, 10, tzinfo=BERLIN)
BOOKING = Booking(id="0" * 24, slot=SLOT.astimezone(UTC), minutes=15, service="A")
LOBBY = Lobby(BERLIN, {"A": Service("A", "A", timedelta(minutes=15))}, {"KOELN": "Köln-Mitte"})
TICKET = Ticket("A017", 17, "A", SLOT - timedelta(minutes=9), BOOKING)
CLAIMS = Claims("KOELN", BOOKING.slot + timedelta(hours=12), BOOKING)
SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)


def at(offset: timedelta = timedelta(), booking: Booking = BOOKING) -> Admission:
    return admit(booking, LOBBY, SLOT + offset)


def facts(admission: Admission) -> dict[str, str]:
    return dict(admission.facts)


@pytest.mark.parametrize(
    ("offset", "outcome"),
    [
        (-10 * MINUTE - SECOND, Outcome.EARLY),
        (-10 * MINUTE, Outcome.IN_TIME),
        (timedelta(), Outcome.IN_TIME),
        (10 * MINUTE, Outcome.IN_TIME),
        (10 * MINUTE + SECOND, Outcome.LATE),
        (3 * 60 * MINUTE, Outcome.LATE),
        (-9 * 60 * MINUTE, Outcome.EARLY),
    ],
)
def test_early_in_time_or_late_both_ends_inclusive(offset: timedelta, outcome: Outcome) -> None:
    assert at(offset).outcome is outcome
    assert at(offset).outcome.admits
    assert at(offset).booking is BOOKING


def test_the_minutes_are_those_of_the_service() -> None:
    patient = replace(LOBBY.services["A"], early=timedelta(hours=1), grace=timedelta(hours=2))
    lobby = Lobby(BERLIN, {"A": patient})
    assert admit(BOOKING, lobby, SLOT - 60 * MINUTE).outcome is Outcome.IN_TIME
    assert admit(BOOKING, lobby, SLOT + 120 * MINUTE).outcome is Outcome.IN_TIME


def test_who_is_early_is_told_from_when_it_counts_in_local_time() -> None:
    assert facts(at(-30 * MINUTE)) == {
        "date": "02.03.2026",
        "time": "09:10",
        "counts_from": "09:00",
    }


@pytest.mark.parametrize(
    ("state", "outcome"),
    [
        (TicketState.WAITING, Outcome.AGAIN),
        (TicketState.CALLED, Outcome.CALLED),
        (TicketState.SERVING, Outcome.CALLED),
        (TicketState.SET_ASIDE, Outcome.NO_SHOW),
        (TicketState.SERVED, Outcome.SERVED),
        (TicketState.CLOSED, Outcome.CLOSED),
    ],
)
def test_who_has_a_number_gets_no_other(state: TicketState, outcome: Outcome) -> None:
    ticket = replace(TICKET, state=state, counter="4")
    for cancelled in (False, True):
        admission = admit(BOOKING, LOBBY, SLOT, ticket=ticket, cancelled=cancelled)
        assert admission.outcome is outcome
        assert not admission.outcome.admits
        assert admission.facts["ticket"] == "A017"


def test_who_was_called_is_told_the_counter() -> None:
    ticket = replace(TICKET, state=TicketState.CALLED, counter="4")
    assert facts(admit(BOOKING, LOBBY, SLOT, ticket=ticket)) == {"ticket": "A017", "counter": "4"}


def test_who_comes_for_an_adviser_is_told_where_at_any_time_of_the_day() -> None:
    booking = replace(BOOKING, place="3.OG R.312", service="X")
    for offset in (-60 * MINUTE, timedelta(), 60 * MINUTE):
        admission = at(offset, booking)
        assert admission.outcome is Outcome.ADVISER
        assert not admission.outcome.admits
        assert admission.facts["place"] == "3.OG R.312"
    assert at(timedelta(days=1), booking).outcome is Outcome.WRONG_DAY


@pytest.mark.parametrize("days", [-300, -1, 1])
def test_another_day_is_told(days: int) -> None:
    admission = at(timedelta(days=days))
    assert admission.outcome is Outcome.WRONG_DAY
    assert facts(admission) == {"date": "02.03.2026", "time": "09:10"}


def test_the_day_is_the_sites_and_not_that_of_utc() -> None:
    slot = datetime(2026, 3, 2, 0, 30, tzinfo=BERLIN)
    booking = replace(BOOKING, slot=slot.astimezone(UTC))
    assert admit(booking, LOBBY, slot + 5 * MINUTE).outcome is Outcome.IN_TIME
    assert admit(booking, LOBBY, slot - 31 * MINUTE).outcome is Outcome.WRONG_DAY


def test_the_hour_that_comes_twice_is_told_apart() -> None:
    first = datetime(2026, 10, 25, 2, 30, tzinfo=BERLIN)
    booking = replace(BOOKING, slot=first.replace(fold=1).astimezone(UTC))
    assert admit(booking, LOBBY, first).outcome is Outcome.EARLY


def test_a_service_of_another_lobby_is_told() -> None:
    assert at(booking=replace(BOOKING, service="Z")).outcome is Outcome.OTHER_SERVICE


def test_a_service_of_another_lobby_is_told_by_its_name_where_that_is_known() -> None:
    booking = replace(BOOKING, service="Z")
    known = replace(LOBBY, elsewhere={"Z": "1. OG"})
    assert admit(booking, known, SLOT).facts["lobby"] == "1. OG"
    assert "lobby" not in admit(booking, LOBBY, SLOT).facts


def test_an_own_slip_is_told_like_its_code_and_counts_as_no_code() -> None:
    assert of_slip(TICKET) == replace(admit(BOOKING, LOBBY, SLOT, ticket=TICKET), booking=None)
    assert of_slip(TICKET).ticket == "A017"


def test_an_unknown_slip_is_told_no_more_than_an_unknown_code() -> None:
    assert of_slip(None) == admit(CodeError(CodeReason.BAD_SIGNATURE), LOBBY, SLOT)


def test_a_cancelled_booking_is_told_on_any_day() -> None:
    for days in (-2, 0):
        now = SLOT + timedelta(days=days)
        admission = admit(BOOKING, LOBBY, now, cancelled=True)
        assert admission.outcome is Outcome.CANCELLED


def test_another_site_is_told_by_name() -> None:
    error = CodeError(CodeReason.WRONG_SITE, CLAIMS)
    assert admit(error, LOBBY, SLOT).facts["site"] == "Köln-Mitte"
    assert admit(error, Lobby(BERLIN, {}), SLOT).facts["site"] == "KOELN"


def test_an_expired_code_is_told_without_refusing_the_person() -> None:
    error = CodeError(CodeReason.EXPIRED, CLAIMS)
    admission = admit(error, LOBBY, SLOT + timedelta(days=1))
    assert admission.outcome is Outcome.EXPIRED
    assert facts(admission) == {"date": "02.03.2026", "time": "09:10"}


def test_a_code_that_ran_out_while_its_person_waits_still_shows_the_number() -> None:
    error = CodeError(CodeReason.EXPIRED, CLAIMS)
    assert admit(error, LOBBY, SLOT, ticket=TICKET).outcome is Outcome.AGAIN


@pytest.mark.parametrize(
    "reason",
    [
        CodeReason.TOO_LONG,
        CodeReason.MALFORMED,
        CodeReason.UNKNOWN_KEY,
        CodeReason.BAD_SIGNATURE,
        CodeReason.KEY_NOT_VALID_NOW,
        CodeReason.BAD_CLAIMS,
        CodeReason.KEY_NOT_FOR_SITE,
    ],
)
def test_what_cannot_be_trusted_gets_the_same_neutral_words(reason: CodeReason) -> None:
    assert admit(CodeError(reason), LOBBY, SLOT) == Admission(Outcome.REFUSED)


def test_no_code_at_all_is_foreign() -> None:
    assert admit(CodeError(CodeReason.NOT_A_CODE), LOBBY, SLOT) == foreign("other")
    assert facts(foreign("url")) == {"kind": "url"}


def test_every_reason_has_an_outcome() -> None:
    for reason in CodeReason:
        assert not admit(CodeError(reason), LOBBY, SLOT).outcome.admits


@pytest.mark.parametrize("language", languages())
def test_every_outcome_has_words_in_every_language(language: str) -> None:
    told = [
        *(at(offset) for offset in (-30 * MINUTE, timedelta(), 30 * MINUTE, timedelta(days=1))),
        *(
            admit(BOOKING, LOBBY, SLOT, ticket=replace(TICKET, state=state, counter="4"))
            for state in TicketState
        ),
        at(booking=replace(BOOKING, place="R.312")),
        at(booking=replace(BOOKING, service="Z")),
        admit(BOOKING, LOBBY, SLOT, cancelled=True),
        *(admit(CodeError(reason, CLAIMS), LOBBY, SLOT) for reason in CodeReason),
        foreign("wifi"),
        Admission(Outcome.SEVERAL),
    ]
    assert {admission.outcome for admission in told} == set(Outcome)
    for admission in told:
        words = texts(language)(f"scan.{admission.outcome.value}", **admission.facts)
        assert "{" not in words
