"""What is spoken: the words of each language, and which clips say them."""

from __future__ import annotations

import pytest

from appliance.board.spoken import HIGHEST, Script, spoken_in
from appliance.strings import Texts, languages, texts


def words(script: Script, names: tuple[str, ...]) -> str:
    """Give what is heard."""
    clips = {clip.name: clip for clip in script.clips("AB", ["3", "Info"])}
    return " ".join(clips[name].words for name in names)


@pytest.mark.parametrize(
    ("language", "called", "told"),
    [
        ("de", "Nummer A 17 Platz 3", "Ihre Nummer ist A 17 Bitte merken."),
        ("en", "Number A 17 counter 3", "Your number is A 17 Please remember it."),
    ],
)
def test_call_is_said_as_a_person_says_it(language: str, called: str, told: str) -> None:
    script = Script(texts(language, "spoken"))
    assert words(script, script.call("A017", "3")) == called
    assert words(script, script.remember("A017")) == told


def test_language_may_say_the_letter_first_and_the_counter_before_its_word() -> None:
    entries = {
        "spoken.call": "{ticket} numara, {counter} numaralı gişe",
        "spoken.remember": "{ticket}",
    }
    script = Script(Texts("xx", entries))
    assert words(script, script.call("B021", "Info")) == "B 21 numara, Info numaralı gişe"


@pytest.mark.parametrize("language", languages())
def test_every_call_that_can_happen_has_its_clips(language: str) -> None:
    script = Script(texts(language, "spoken"))
    made = {clip.name for clip in script.clips("AB", ["3"])}
    for number in (1, 10, 99, HIGHEST, HIGHEST + 1, 999, 1000, 9999):
        assert set(script.call(f"B{number:03d}", "3")) <= made
        assert set(script.remember(f"B{number:03d}")) <= made


def test_number_that_is_too_high_is_said_digit_by_digit_and_none_is_left_out() -> None:
    script = Script(texts("de", "spoken"))
    assert script.call("A1204", "3") == ("call-A", "1", "2", "0", "4", "to-3")


@pytest.mark.parametrize(
    ("ticket", "counter"),
    [("", "3"), ("A", "3"), ("../A1", "3"), ("A017", "../../etc"), ("17", "")],
)
def test_what_is_no_ticket_or_counter_names_no_file(ticket: str, counter: str) -> None:
    assert Script(texts("de", "spoken")).call(ticket, counter) == ()


def test_plain_german_sounds_like_german_and_is_said_once() -> None:
    assert spoken_in(["de", "de-simple", "en"]) == ("de", "en")
    assert spoken_in(["de-simple"]) == ("de",)


def test_no_clip_is_made_twice() -> None:
    names = [clip.name for clip in Script(texts("de", "spoken")).clips("ABA", ["3", "3", "4"])]
    assert len(names) == len(set(names))
