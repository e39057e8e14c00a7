"""What becomes of a scan's or a press's result: its sign, its size and its words."""

from __future__ import annotations

import msgspec
import pytest

from appliance.bus.messages.shown import KioskResult
from appliance.checkin.outcomes import Outcome
from appliance.display.board_notice import words_of
from appliance.display.board_result import FACT_MAX, FACTS_MAX, MORE_MAX, TONES, notice_of
from appliance.display.board_view import Tone
from appliance.display.text import CHARACTERS_MAX
from appliance.strings import Texts, languages, texts
from tests.board.states import FACTS

BOTH = (texts("de"), texts("en"))
HELP = "Bitte fragen Sie am Empfang. Wir helfen Ihnen weiter."
HELP_TOO = "Please ask at the reception. We will help you."
OF_THE_DESK = {"taken", "not_here", "one_moment", "help"}
"""What a press comes to; the rest are outcomes of a scan."""


def result(
    outcome: str,
    facts: dict[str, str] | None = None,
    ticket: str | None = "A021",
    *,
    paper: bool = True,
) -> KioskResult:
    facts = FACTS if facts is None else facts
    return KioskResult(outcome=outcome, facts=facts, ticket=ticket, paper=paper)


def words(of: KioskResult, spoken: tuple[Texts, ...] = BOTH) -> tuple[str, str]:
    return words_of(spoken, notice_of(of))


def test_every_outcome_has_a_sign() -> None:
    assert set(TONES) == {outcome.value for outcome in Outcome} | OF_THE_DESK


@pytest.mark.parametrize("outcome", [outcome for outcome in Outcome if outcome.admits])
def test_who_is_given_a_number_sees_a_tick(outcome: Outcome) -> None:
    assert notice_of(result(outcome.value)).tone is Tone.DONE


@pytest.mark.parametrize("language", languages())
@pytest.mark.parametrize("outcome", TONES)
def test_every_outcome_is_said_with_the_facts_that_the_desk_gives(
    outcome: str, language: str
) -> None:
    spoken = (texts(language),)
    for paper in (True, False):
        said, too = words(result(outcome, paper=paper), spoken)
        assert said != texts(language)("board.ask")
        assert len(said) <= CHARACTERS_MAX
        assert too == ""


def test_both_languages_are_said_the_first_one_first() -> None:
    assert words(result("early")) == (
        "Sie sind früh da. Bitte nehmen Sie Ihre Nummer. Ihr Vorrang gilt ab 10:35 Uhr.",
        "You are early. Please take your number. Your right of way starts at 10:35.",
    )


@pytest.mark.parametrize("outcome", ["in_time", "early", "late", "again", "taken"])
def test_without_a_slip_nobody_is_asked_to_take_one(outcome: str) -> None:
    assert notice_of(result(outcome, paper=False)).in_place_of_slip
    said = " ".join(words(result(outcome, paper=False)))
    assert "nehmen Sie" not in said
    assert "take" not in said


@pytest.mark.parametrize("outcome", ["called", "no_show", "served", "closed"])
def test_a_number_that_nobody_waits_with_is_not_to_be_remembered(outcome: str) -> None:
    assert not notice_of(result(outcome, paper=False)).in_place_of_slip
    assert words(result(outcome, paper=False)) == words(result(outcome))


def test_without_a_number_there_is_none_to_remember() -> None:
    for ticket in (None, "", " \u202e"):
        notice = notice_of(result("foreign", ticket=ticket, paper=False))
        assert (notice.in_place_of_slip, notice.ticket) == (False, None)


@pytest.mark.parametrize("paper", [True, False], ids=["slip", "no slip"])
@pytest.mark.parametrize("outcome", ["", "in_tune", "{0.__class__}", "a" * 60_000, "../alarm"])
def test_an_outcome_of_a_later_release_sends_to_the_reception(outcome: str, *, paper: bool) -> None:
    assert words(result(outcome, paper=paper)) == (HELP, HELP_TOO)
    notice = notice_of(result(outcome, paper=paper))
    assert (notice.tone, notice.ticket) == (Tone.ASK, "A021")
    assert notice.in_place_of_slip is not paper


@pytest.mark.parametrize("facts", [{}, {"time": ""}, {"time": "\x00\u202e"}, {"tine": "10:45"}])
def test_a_fact_that_is_missing_sends_to_the_reception(facts: dict[str, str]) -> None:
    assert words(result("in_time", facts)) == (HELP, HELP_TOO)


def test_a_text_that_asks_for_the_wrong_thing_sends_to_the_reception() -> None:
    for text in ("{} Uhr", "{time:%H} Uhr", "{time.hour} Uhr", "{time[hour]} Uhr", "{time!x}", "{"):
        odd = msgspec.structs.replace(BOTH[0], entries={**BOTH[0].entries, "scan.in_time": text})
        assert words(result("in_time"), (odd,)) == (HELP, "")


def test_what_the_desk_worded_itself_is_not_put_into_another_language() -> None:
    sentence = "Dieses Anliegen geht nur mit Termin."
    assert words(result("not_here", {"sentence": sentence})) == (
        f"Es tut uns leid. {sentence}",
        HELP_TOO,
    )


def test_facts_are_cleaned_and_bounded() -> None:
    many = {f"fact{n:05}": "x" for n in range(5000)}
    notice = notice_of(result("late", {"time": "\x1b[2J10\n:45" + "9" * 60_000, **many}))
    assert len(notice.facts) == FACTS_MAX
    time = dict(notice.facts)["time"]
    assert time.startswith("[2J10 :459")
    assert len(time) == FACT_MAX


def test_a_fact_may_have_any_name() -> None:
    facts = {"key": "x", "self": "x", "": "x", "0": "x", "time": "10:45"}
    assert words(result("late", facts))[0].startswith("Ihr Termin war um 10:45 Uhr.")


def test_what_the_desk_adds_is_said_after_the_words_in_its_language() -> None:
    again = msgspec.structs.replace(
        result("again"), more={"de": "Vor Ihnen: 3.", "en": "3 before you.", "fr": "Non."}
    )
    said, too = words(again)
    assert said == f"{words(result('again'))[0]} Vor Ihnen: 3."
    assert too.endswith(" 3 before you.")
    assert "Non." not in said + too


def test_what_the_desk_adds_is_bounded() -> None:
    view = notice_of(msgspec.structs.replace(result("again"), more={"de": "W" * 60_000}))
    assert view.more_characters <= MORE_MAX
