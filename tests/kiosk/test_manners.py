"""How the kiosk behaves to one visitor after the other, without a screen and without a bus."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from appliance.bus.messages.asked import Reply
from appliance.display import kiosk_view as page
from appliance.kiosk.visit import Speak
from appliance.line.model import Wish
from tests.kiosk.somebody import HEARD, MANNERS, SOON_S, TIMING, Somebody
from tests.support.lobby import at

if TYPE_CHECKING:
    from collections.abc import Sequence

WELCOME = page.Welcome(("A1", "C1"), ("papers",))
SHORT = tuple(f"digit:{sign}" for sign in "CDEFHJKM")


@pytest.fixture
def somebody() -> Somebody:
    return Somebody()


def told(seen: page.Page) -> page.Told:
    assert isinstance(seen, page.Told)
    return seen


# From the first page to a number.


def test_everybody_finds_the_first_page(somebody: Somebody) -> None:
    assert somebody.sees() == WELCOME
    assert somebody.waits(600) == WELCOME


def test_wait_and_booking_are_told_before_a_number_is_taken(somebody: Somebody) -> None:
    seen = somebody.touches("service:A1")
    assert seen == page.Service(
        "A1", page.Wait(3, (10, 20)), "https://termin.example", ("seated", "more_time")
    )
    assert somebody.asked == []


def test_number_is_asked_for_with_wishes_and_language(somebody: Somebody) -> None:
    somebody.touches("language:tr", "service:A1", "wish:seated", "wish:more_time", "wish:seated")
    assert isinstance(somebody.touches("take"), page.Moment)
    (ask,) = somebody.asked
    assert (ask.verb, ask.command.service, ask.command.language) == ("issue", "A1", "tr")
    assert ask.command.wishes == [Wish.MORE_TIME]


def test_who_chose_no_language_tells_none(somebody: Somebody) -> None:
    somebody.touches("service:A1", "take")
    assert somebody.asked[0].command.language is None


def test_short_number_is_typed_corrected_and_sent(somebody: Somebody) -> None:
    seen = somebody.touches("short", "digit:C", "digit:X", "erase", *SHORT[1:])
    assert seen == page.ShortNumber("CDEFHJKM")
    assert somebody.touches("digit:C", "digit:0", "digit:LB1:") == seen
    somebody.touches("enter")
    (ask,) = somebody.asked
    assert (ask.verb, ask.command.short) == ("check_in_short", "CDEFHJKM")


def test_short_number_is_sent_only_whole(somebody: Somebody) -> None:
    assert somebody.touches("short", *SHORT[:7], "enter") == page.ShortNumber("CDEFHJK")
    assert somebody.asked == []


def test_who_mistyped_finds_the_number_again_to_correct_it(somebody: Somebody) -> None:
    somebody.touches("short", *SHORT, "enter")
    somebody.is_told("not_here", somebody.asked[0].key, facts={"sentence": "…"})
    assert somebody.waits(TIMING.told_s) == page.ShortNumber("CDEFHJKM")


def test_what_is_done_elsewhere_is_told_and_costs_no_paper(somebody: Somebody) -> None:
    assert somebody.touches("service:C1") == page.Redirect("C1")
    assert somebody.touches("home", "redirect:papers") == page.Redirect("papers")
    assert somebody.asked == []


def test_what_is_by_appointment_only_says_where_to_book() -> None:
    manners = replace(MANNERS, offer=replace(MANNERS.offer, booked=frozenset({"D1"})))
    visit, effects = manners.touch(manners.fresh, "service:D1", 0.0, b"")
    assert visit.pages == (page.Redirect("D1", "https://termin.example"),)
    assert effects == ()


def test_back_leads_where_one_came_from(somebody: Somebody) -> None:
    somebody.touches("help", "code", "short")
    assert isinstance(somebody.touches("back"), page.HoldUp)
    assert isinstance(somebody.touches("back"), page.Help)
    assert somebody.touches("back") == WELCOME


def test_help_calls_somebody(somebody: Somebody) -> None:
    somebody.touches("help", "assistance")
    assert [ask.verb for ask in somebody.asked] == ["help"]
    assert told(somebody.is_told("help", somebody.asked[0].key)).notice.outcome == "help"


@pytest.mark.parametrize(
    "action",
    [
        *("", "take", "service:X9", "redirect:x", "wish:seated", "digit:C", "enter", "erase"),
        *("language:xx", "more:", "stay", "nonsense", "service:", ":", "back"),
    ],
)
def test_what_is_not_on_the_page_does_nothing(somebody: Somebody, action: str) -> None:
    assert somebody.touches(action) in {WELCOME, page.Welcome(("A1", "C1"), ("papers",), sheet=1)}
    assert somebody.asked == []


def test_finger_that_came_twice_does_not_touch_what_has_come_under_it(somebody: Somebody) -> None:
    somebody.touches("service:A1")
    assert isinstance(somebody.taps("take"), page.Service)
    somebody.waits(TIMING.settle_s)
    assert isinstance(somebody.taps("take"), page.Moment)


# What it came to.


def test_number_with_a_slip_is_told_and_the_next_finds_the_first_page(somebody: Somebody) -> None:
    somebody.touches("service:A1", "take")
    seen = told(somebody.is_told("taken", somebody.asked[0].key, ticket="A001"))
    assert (seen.notice.ticket, seen.notice.in_place_of_slip) == ("A001", False)
    assert somebody.waits(TIMING.told_s) == WELCOME
    assert somebody.visit == MANNERS.fresh


def test_after_a_slip_it_is_ready_again_in_a_second_and_a_half(somebody: Somebody) -> None:
    somebody.touches("service:A1", "take")
    somebody.is_told("taken", somebody.asked[0].key, ticket="A001")
    somebody.waits(1.4)
    told(somebody.taps(""))
    somebody.waits(0.2)
    assert somebody.taps("") == WELCOME
    assert somebody.visit == MANNERS.fresh


def test_number_without_paper_stands_for_longer(somebody: Somebody) -> None:
    somebody.touches("service:A1", "take")
    somebody.is_told("taken", somebody.asked[0].key, ticket="A001", paper=False)
    assert told(somebody.waits(TIMING.told_s)).notice.in_place_of_slip
    assert somebody.waits(TIMING.number_s) == WELCOME


def test_scan_is_told_whatever_is_on_the_screen(somebody: Somebody) -> None:
    somebody.touches("short", *SHORT[:3])
    seen = told(somebody.is_told("called", facts={"ticket": "A001", "counter": "4"}))
    assert seen.place == "1. OG"
    # No number was given: the one who types goes on.
    assert somebody.waits(TIMING.told_s) == page.ShortNumber("CDE")


def test_sleeve_before_the_camera_takes_no_page_away_from_who_types(somebody: Somebody) -> None:
    assert isinstance(somebody.touches("short", "digit:C"), page.ShortNumber)
    assert somebody.is_told("unreadable") == page.ShortNumber("C")
    somebody.touches("back", "code")
    assert told(somebody.is_told("unreadable")).notice.outcome == "unreadable"


def test_more_words_are_shown_for_longer(somebody: Somebody) -> None:
    somebody.is_told("again", more={"de": "x" * 120})
    told(somebody.waits(TIMING.told_s + 9))
    assert somebody.waits(2) == WELCOME


def test_next_scan_after_a_number_is_the_next_visitors(somebody: Somebody) -> None:
    somebody.touches("language:tr", "large")
    somebody.is_told("in_time", ticket="A001")
    somebody.waits(TIMING.ready_s)
    somebody.is_told("in_time", ticket="A002")
    assert somebody.visit.look == MANNERS.fresh.look


def test_result_of_somebody_who_has_left_is_not_shown(somebody: Somebody) -> None:
    somebody.touches("service:A1", "take")
    key = somebody.asked[0].key
    somebody.waits(60)
    assert somebody.visit == MANNERS.fresh
    assert somebody.is_told("taken", key, ticket="A001", paper=False) == WELCOME
    assert somebody.is_answered(Reply(ok=True, ticket="A001"), key) == WELCOME


# No answer.


def test_command_without_an_answer_is_asked_again_under_the_same_key(somebody: Somebody) -> None:
    somebody.touches("service:A1", "take")
    somebody.waits(9)
    assert len(somebody.asked) == 5
    assert len({(ask.key, ask.verb) for ask in somebody.asked}) == 1


def test_who_waits_in_vain_is_told_and_can_ask_nothing_else(somebody: Somebody) -> None:
    somebody.touches("service:A1", "take")
    assert isinstance(somebody.waits(4), page.Moment)
    assert somebody.waits(2) == page.OutOfOrder()
    somebody.touches("home", "take", "back", "service:A1", "")
    assert len({ask.key for ask in somebody.asked}) == 1
    seen = somebody.is_told("taken", somebody.asked[0].key, ticket="A001")
    assert told(seen).notice.ticket == "A001"


def test_answer_whose_result_was_lost_is_shown_large(somebody: Somebody) -> None:
    somebody.touches("service:A1", "take")
    seen = told(somebody.is_answered(Reply(ok=True, ticket="A001"), somebody.asked[0].key))
    assert (seen.notice.ticket, seen.notice.in_place_of_slip) == ("A001", True)


def test_answer_after_the_result_changes_nothing(somebody: Somebody) -> None:
    somebody.touches("service:A1", "take")
    key = somebody.asked[0].key
    seen = somebody.is_told("taken", key, ticket="A001")
    assert somebody.is_answered(Reply(ok=True, ticket="A001"), key) == seen


def test_refusal_is_told_in_its_own_words(somebody: Somebody) -> None:
    somebody.touches("service:A1", "take")
    seen = somebody.is_answered(Reply(ok=False, sentence="Kapalı."), somebody.asked[0].key)
    assert dict(told(seen).notice.facts) == {"sentence": "Kapalı."}


# The hall.


def test_without_news_the_page_says_what_to_do_and_comes_back_by_itself() -> None:
    somebody = Somebody()
    somebody.hall = somebody.hall.connected(0.0, up=False)
    assert somebody.waits(2) == WELCOME
    assert somebody.waits(2) == page.OutOfOrder(page.Outage.CUT_OFF)
    somebody.hall = somebody.hall.connected(somebody.now_s, up=True)
    assert somebody.sees() == WELCOME


def test_closed_lobby_says_from_when_it_gives_numbers() -> None:
    somebody = Somebody()
    opens = at("13:00")
    closed = replace(HEARD, closed=True, opens=opens)
    somebody.hall = somebody.hall.hear(closed, 0.0, live=True)
    assert somebody.sees() == page.Closed(opens.astimezone(somebody.hall.zone), scans=True)
    # Who holds up a code is told what it comes to.
    told(somebody.is_told("in_time", ticket="A001"))


def test_news_that_are_too_old_are_none() -> None:
    somebody = Somebody()
    assert somebody.hall.outage(29.9) is None
    assert somebody.hall.outage(30.0) is page.Outage.CUT_OFF
    assert somebody.hall.hear(HEARD, 31.0, live=True).outage(60.0) is None


# When nobody touches any more.


def test_who_stands_still_is_asked_and_then_forgotten(somebody: Somebody) -> None:
    somebody.touches("language:tr", "short", *SHORT[:4])
    somebody.waits(TIMING.idle_s - 1)
    assert somebody.sees() == page.ShortNumber("CDEF")
    assert somebody.waits(1) == page.StillThere(15)
    assert somebody.waits(10) == page.StillThere(5)
    assert somebody.waits(5) == WELCOME
    assert somebody.visit == MANNERS.fresh


@pytest.mark.parametrize("action", ["stay", "", "take", "digit:C"])
def test_any_touch_says_that_somebody_is_there_and_nothing_else(
    somebody: Somebody, action: str
) -> None:
    somebody.touches("short", "digit:C")
    somebody.waits(TIMING.idle_s + 3)
    assert somebody.taps(action) == page.ShortNumber("C")


def test_who_only_touched_the_screen_is_not_asked(somebody: Somebody) -> None:
    somebody.touches("")
    assert somebody.waits(TIMING.idle_s) == WELCOME
    assert somebody.visit == MANNERS.fresh


# Keys.


def test_ring_stays_on_a_page_and_is_on_no_other(somebody: Somebody) -> None:
    def goes_to(action: str) -> None:
        somebody.visit, effects = MANNERS.goes_to(somebody.visit, action, somebody.now_s)
        assert effects == ()

    somebody.touches("service:A1")
    goes_to("wish:seated")
    assert somebody.visit.focus == "wish:seated"
    somebody.touches("wish:seated")
    assert somebody.visit.focus == "wish:seated"
    goes_to("take")
    somebody.touches("take")
    assert somebody.visit.focus == ""
    goes_to("help")
    somebody.waits(SOON_S)
    somebody.is_told("taken", somebody.asked[0].key, ticket="A001")
    assert somebody.visit.focus == ""


def test_who_only_moves_the_ring_is_there_and_is_forgotten(somebody: Somebody) -> None:
    somebody.visit, _ = MANNERS.goes_to(somebody.visit, "help", somebody.now_s)
    somebody.waits(TIMING.idle_s - 1)
    somebody.visit, _ = MANNERS.goes_to(somebody.visit, "large", somebody.now_s)
    assert somebody.waits(TIMING.idle_s - 1) == WELCOME
    assert somebody.visit.focus == "large"
    somebody.waits(1 + TIMING.leave_s)
    assert somebody.visit == MANNERS.fresh


# Nothing that somebody did can be seen by the next.


def test_language_is_told_to_the_desk_and_taken_back(somebody: Somebody) -> None:
    somebody.touches("language:tr", "service:A1", "home")
    assert somebody.effects == [Speak("tr"), Speak()]


def test_large_type_is_told_to_the_desk_for_the_slip_and_taken_back(somebody: Somebody) -> None:
    somebody.touches("large", "language:tr", "large", "large", "home")
    assert somebody.effects == [
        *(Speak("", large_print=True), Speak("tr", large_print=True)),
        *(Speak("tr"), Speak("tr", large_print=True), Speak()),
    ]


def test_number_and_short_number_are_asked_for_as_somebody_reads(somebody: Somebody) -> None:
    somebody.touches("service:A1", "take")
    somebody.is_told("one_moment", somebody.asked[-1].key)
    somebody.waits(TIMING.told_s)
    somebody.touches("home", "large", "service:A1", "take")
    somebody.is_told("one_moment", somebody.asked[-1].key)
    somebody.waits(TIMING.told_s)
    somebody.touches("home", "large", "short", *(f"digit:{sign}" for sign in "CDEFHJKM"), "enter")
    assert [(ask.verb, ask.command.large_print) for ask in somebody.asked] == [
        *(("issue", False), ("issue", True), ("check_in_short", True))
    ]


def test_desk_is_reminded_as_long_as_somebody_is_there(somebody: Somebody) -> None:
    somebody.touches("large", "language:tr")
    for _ in range(9):
        somebody.waits(TIMING.idle_s - SOON_S)
        somebody.touches("")
    reads = Speak("tr", large_print=True)
    assert set(somebody.effects[1:]) == {reads}
    # The desk forgets in two minutes, the visit has lasted for four and a half.
    assert len(somebody.effects) >= 5
    somebody.touches("home")
    somebody.waits(200.0)
    assert somebody.effects[-1] == Speak()


def test_language_is_taken_back_with_the_number_already(somebody: Somebody) -> None:
    somebody.touches("language:tr")
    somebody.is_told("in_time", ticket="A001")
    assert somebody.effects == [Speak("tr"), Speak()]
    # Who is still reading reads on in it.
    assert somebody.visit.look.language == "tr"
    somebody.touches("language:en", "large")
    assert somebody.effects == [Speak("tr"), Speak()]


ACTIONS = st.sampled_from(
    (
        *("", "language:tr", "language:en", "large", "help", "code", "short", "service:A1"),
        *("service:C1", "redirect:papers", "more", "wish:seated", "take", "erase", "enter"),
        *("assistance", "stay", "back", "digit:C", "digit:7"),
    )
)


@given(done=st.lists(st.tuples(ACTIONS, st.floats(0.0, 40.0)), max_size=20), answered=st.booleans())
def test_whatever_somebody_did_the_next_finds_what_everybody_finds(
    *, done: Sequence[tuple[str, float]], answered: bool
) -> None:
    somebody = Somebody(round_s=1.0)
    for action, pause_s in done:
        somebody.taps(action)
        if answered and somebody.asked:
            somebody.is_told("taken", somebody.asked[-1].key, ticket="A001", paper=False)
        somebody.waits(pause_s)
    somebody.waits(TIMING.idle_s + TIMING.leave_s + TIMING.number_s)
    assert somebody.visit == MANNERS.fresh
    assert somebody.sees() == WELCOME
    spoken = [effect for effect in somebody.effects if isinstance(effect, Speak)]
    assert not spoken or spoken[-1] == Speak()


@given(st.lists(st.tuples(ACTIONS, st.floats(0.0, 5.0)), max_size=30))
def test_nothing_is_asked_while_an_answer_is_missing(done: Sequence[tuple[str, float]]) -> None:
    somebody = Somebody(round_s=1.0)
    for action, pause_s in done:
        before = somebody.visit.asked
        somebody.taps(action)
        if before is not None:
            assert somebody.visit.asked == before
        somebody.waits(pause_s)
        if before is not None and somebody.visit.asked is not None:
            assert somebody.visit.asked.ask.key == before.ask.key


def test_button_beside_the_screen_takes_the_wishes_that_stand_on_it(somebody: Somebody) -> None:
    somebody.touches("language:en", "service:A1", "wish:seated")
    somebody.presses("A1")
    (ask,) = somebody.asked
    assert (ask.command.language, ask.command.wishes) == ("en", [Wish.SEATED])
    assert isinstance(somebody.sees(), page.Moment)
    assert isinstance(somebody.presses("A1"), page.Moment)
    assert somebody.asked == [ask]


def test_button_just_after_a_slip_is_still_the_same_wish(somebody: Somebody) -> None:
    somebody.presses("A1")
    somebody.is_told("taken", somebody.asked[0].key, ticket="A001")
    somebody.presses("A1")
    assert len(somebody.asked) == 1
    somebody.waits(TIMING.ready_s)
    somebody.presses("A1")
    assert len({ask.key for ask in somebody.asked}) == 2
