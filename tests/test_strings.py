"""The texts for people: every language says everything, with the same facts."""

from __future__ import annotations

import re
import string
import tomllib
import unicodedata
from pathlib import Path
from typing import Final

import pytest

from appliance import strings
from appliance.bus.verbs import NotAsked
from appliance.checkin.outcomes import Outcome
from appliance.drivers.printer import PrinterStatus
from appliance.line.answers import Reason
from appliance.line.model import Because

ROOT: Final = Path(__file__).parent.parent
# The language that the others are compared with: the one that is written first.
FIRST: Final = "de"

# Words that a machine chooses, and a person reads.
CLOSED_LISTS: Final = {
    *(f"scan.{outcome.value}" for outcome in Outcome),
    *(f"why.{because.value}" for because in Because),
    *(f"refused.{reason.value}" for reason in (*Reason, *NotAsked)),
    *(f"alarm.printer_{status.value}" for status in set(PrinterStatus) - {PrinterStatus.READY}),
}

FACT: Final = re.compile(r"\{[^}]*\}")

# What visitors read: every language says it. The rest is for staff, in German and English.
FOR_VISITORS: Final = ("scan.", "board.", "slip.", "kiosk.")
# Of the reasons why something is not done, those that a visitor meets.
MET_BY_VISITORS: Final = {
    f"refused.{reason.value}"
    for reason in (
        Reason.UNKNOWN_SERVICE,
        Reason.LOBBY_CLOSED,
        Reason.OUTSIDE_HOURS,
        Reason.CLOSED_FOR_LONG,
        Reason.NO_MORE_TODAY,
        Reason.APPOINTMENTS_ONLY,
        Reason.WALK_INS_REDIRECTED,
        Reason.WALK_INS_OFF,
        Reason.NO_PLACE_IN_LINE,
        Reason.OTHER_DAY,
        Reason.NUMBERS_EXHAUSTED,
        NotAsked.NOT_WRITTEN,
        NotAsked.USED,
        NotAsked.NO_SUCH_BOOKING,
        NotAsked.TOO_MANY_TRIES,
    )
}

Entries = dict[str, str]


def read(folder: str) -> dict[str, Entries]:
    """Give language → `section.key` → text for the string files in a folder."""
    return {
        path.stem: {
            f"{section}.{key}": text
            for section, group in tomllib.loads(path.read_text("utf-8")).items()
            for key, text in group.items()
        }
        for path in sorted((ROOT / folder).glob("*.toml"))
    }


def facts(text: str) -> list[str]:
    """Give the facts that a text takes, sorted, each as often as it stands there."""
    return sorted(name for _, name, _, _ in string.Formatter().parse(text) if name is not None)


def needed(key: str, language: str) -> bool:
    """Tell whether a language must have a text: German and English all, the others a visitor's."""
    return language in strings.COMPLETE or key.startswith(FOR_VISITORS) or key in MET_BY_VISITORS


def differences(languages: dict[str, Entries]) -> list[str]:
    """Name everything in which the other languages differ from the first, and every empty text."""
    first = languages[FIRST]
    found = []
    for language, entries in languages.items():
        missing = sorted(first.keys() - entries.keys())
        found += [f"{language}: {key} is missing" for key in missing if needed(key, language)]
        found += [f"{language}: {key} is too many" for key in sorted(entries.keys() - first.keys())]
        for key in sorted(entries.keys() & first.keys()):
            if not entries[key].strip():
                found.append(f"{language}: {key} is empty")
            if set(facts(entries[key])) != set(facts(first[key])):
                found.append(f"{language}: {key} does not take the facts of '{first[key]}'")
    return found


class Fact:
    """A fact of any kind: a number, a time with a format of its own, a name."""

    def __format__(self, spec: str) -> str:
        return "x"


FOLDERS: Final = ("appliance/strings", "central/strings", "central/waiting/strings", "demo/strings")


@pytest.mark.parametrize("folder", FOLDERS)
def test_all_languages_say_the_same_with_the_same_facts(folder: str) -> None:
    assert differences(read(folder)) == []


@pytest.mark.parametrize("folder", FOLDERS)
def test_german_and_english_are_there(folder: str) -> None:
    assert {"de", "en"} <= read(folder).keys()


@pytest.mark.parametrize("key", sorted(CLOSED_LISTS))
def test_every_word_of_a_closed_list_has_its_text(key: str) -> None:
    assert key in strings.texts(FIRST).entries


# Central's mails build their keys from the occasion.
@pytest.mark.parametrize("folder", ["appliance/strings", "demo/strings"])
def test_every_text_is_said_somewhere(folder: str) -> None:
    package = folder.partition("/")[0]
    source = "\n".join(path.read_text("utf-8") for path in (ROOT / package).rglob("*.py"))
    unsaid = [
        key
        for key in read(folder)[FIRST].keys() - CLOSED_LISTS
        # A key whose end is only known at run time is built as f"section.{…}".
        if f'"{key}"' not in source and f'"{key.partition(".")[0]}.{{' not in source
    ]
    assert unsaid == []


def test_the_languages_of_the_hall_are_there() -> None:
    hall = {"de", "de-simple", "en", "tr", "uk", "ru", "ar"}
    assert hall <= set(strings.languages())


@pytest.mark.parametrize(
    ("language", "then"), [("de-simple", "de"), ("tr", "en"), ("uk", "en"), ("ru", "en")]
)
def test_what_only_staff_read_is_said_in_the_language_behind(language: str, then: str) -> None:
    staff = "refused.counter_free"
    assert strings.texts(language)(staff, counter="3") == strings.texts(then)(staff, counter="3")
    some = strings.texts(language, "refused")
    assert some(staff, counter="3") == strings.texts(then)(staff, counter="3")
    assert some.language == language


@pytest.mark.parametrize("language", strings.languages())
def test_a_text_is_in_the_script_of_its_language(language: str) -> None:
    # What was taken over from another file and forgotten there.
    script = {"uk": "CYRILLIC", "ru": "CYRILLIC", "ar": "ARABIC"}.get(language, "LATIN")
    strangers = [
        key
        for key, text in read("appliance/strings")[language].items()
        for word in FACT.sub("", text).split()
        if any(sign.isalpha() and script not in unicodedata.name(sign) for sign in word)
    ]
    assert strangers == []


@pytest.mark.parametrize("key", sorted(read("appliance/strings")["ar"]))
def test_between_two_facts_in_arabic_there_is_a_word(key: str) -> None:
    # Two pieces that run from left to right, side by side, would be read in the wrong order.
    text = read("appliance/strings")["ar"][key]
    between = FACT.split(text)[1:-1]
    assert all(any(sign.isalpha() or sign == "،" for sign in part) for part in between) or all(
        fact in {"{weekday}", "{month}", "{day}"} for fact in FACT.findall(text)
    )


@pytest.mark.parametrize("language", strings.languages())
def test_every_text_can_be_said(language: str) -> None:
    texts = strings.texts(language)
    for key, text in texts.entries.items():
        said = texts(key, **dict.fromkeys(facts(text), Fact()))
        assert said.strip(), key
        assert "{" not in said, key


def test_an_unknown_language_is_refused_with_those_that_there_are() -> None:
    with pytest.raises(LookupError, match="'tlh'; there are ar, de, de-simple, en"):
        strings.texts("tlh")


def test_a_difference_is_found() -> None:
    first = {"scan.a": "{time} Uhr", "scan.b": "B", "scan.c": "C", "cli.e": "E"}
    other = {"scan.a": "at {tine}", "scan.c": " ", "scan.d": "D"}
    same = [
        "scan.b is missing",
        "scan.d is too many",
        "scan.a does not take the facts of '{time} Uhr'",
        "scan.c is empty",
    ]
    # Turkish has no words for staff, English has.
    assert differences({"de": first, "tr": other}) == [f"tr: {found}" for found in same]
    assert differences({"de": first, "en": other}) == [
        f"en: {found}" for found in ("cli.e is missing", *same)
    ]


@pytest.mark.parametrize("language", strings.languages())
def test_who_needs_few_sections_gets_just_these(language: str) -> None:
    whole, some = strings.texts(language), strings.texts(language, "board", "scan")
    assert some.entries == {
        key: text for key, text in whole.entries.items() if key.startswith(("board.", "scan."))
    }
