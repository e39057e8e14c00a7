"""The closed lists of the document are those of the code: nobody meets a word that is not there."""

from __future__ import annotations

import ast
import json
import re
from pathlib import Path
from string import Formatter
from typing import TYPE_CHECKING, Final

import pytest

import central
from appliance import strings
from appliance.bus.beats import Life
from appliance.bus.verbs import NotAsked
from appliance.bus.views import OPEN
from appliance.checkin.outcomes import Outcome
from appliance.desk import beside, met
from appliance.drivers.printer import PrinterStatus
from appliance.drivers.vitals import Card
from appliance.journal.records import Why
from appliance.line.answers import Reason
from appliance.line.model import CounterState
from appliance.scanner import kind_of
from tests.contract.document import SCHEMAS, words

if TYPE_CHECKING:
    from collections.abc import Iterator

DASHBOARD: Final = Path(central.__file__).parent / "dashboard" / "site"
APPLIANCE: Final = Path(strings.__file__).parents[1]
KINDS: Final = {
    "code": "LB1:6BF",
    "slip": "https://slip.example/x",
    "url": "https://www.example",
    "wifi": "WIFI:S:x;;",
    "contact": "BEGIN:VCARD",
    "other": "4006381333931",
}
# What the wiring tells the desk of, by the part's name.
FAIL_TO_START: Final = {"buttons", "buzzer", "lamps"}
# What the scanner says of a whole picture.
OF_PICTURES: Final = {"several", met.UNREADABLE}


def names_of_alarms() -> Iterator[str]:
    """Give the names of alarms, from the sources: wherever one is raised, its name stands there."""
    for path in APPLIANCE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            match node:
                case ast.Call(
                    func=ast.Name("Wrong") | ast.Attribute(attr="alarm"),
                    args=[ast.Constant(str(name)), *_],
                ):
                    yield name


def test_reasons_of_a_refusal() -> None:
    assert words("Reply.reason").keys() == {reason.value for reason in (*Reason, *NotAsked)}


def test_reason_cannot_be_mistaken_for_an_outcome() -> None:
    assert not words("Reply.reason").keys() & words("KioskResult.outcome").keys()


def test_outcomes() -> None:
    without_code = {
        met.TAKEN,
        met.NOT_HERE,
        met.UNREADABLE,
        met.ONE_MOMENT,
        met.HELP,
    }
    assert words("KioskResult.outcome").keys() == {each.value for each in Outcome} | without_code


@pytest.mark.parametrize("language", ["de", "en"])
def test_facts_that_an_outcome_needs_stand_with_it(language: str) -> None:
    entries = strings.texts(language).entries
    for outcome, meaning in words("KioskResult.outcome").items():
        told = re.findall(r"\w+", meaning.partition("]")[0]) if meaning.startswith("[") else ()
        needed = {name for _, name, _, _ in Formatter().parse(entries[f"scan.{outcome}"]) if name}
        assert needed <= set(told), outcome


def test_kinds_of_scans() -> None:
    found = {kind_of(text, "https://slip.example/") for text in KINDS.values()}
    assert found == KINDS.keys()
    assert words("Scan.kind").keys() == found | OF_PICTURES


def test_states() -> None:
    assert words("OpenTicket.state").keys() == {state.value for state in OPEN}
    assert words("OpenCounter.state").keys() == {state.value for state in CounterState}
    assert words("Health.printer").keys() == {status.value for status in PrinterStatus}
    assert words("Health.card").keys() == {card.value for card in Card}
    lives = {life.value for life in Life} - {Life.UP.value}
    assert words("Health.camera").keys() == lives | {beside.OK, beside.NO_FRAMES}
    assert words("Health.board").keys() == lives | {beside.OK, beside.NO_SOUND, beside.NO_LIGHT}
    assert words("Health.kiosk").keys() == words("Health.board").keys()
    assert SCHEMAS["Why"]["x-words"].keys() == {why.value for why in Why}


def test_the_manual_says_what_to_do_about_each_alarm() -> None:
    manual = (APPLIANCE.parent / "docs" / "operate.md").read_text("utf-8")
    table = manual.partition("## Alarms")[2].partition("\n## ")[0]
    rows = [line.split("|")[1] for line in table.splitlines() if line.startswith("| `")]
    assert {name for row in rows for name in re.findall(r"`(\w+)`", row)} == set(
        words("Alarm.name")
    )


@pytest.mark.parametrize("language", ["de", "en"])
def test_dashboard_has_a_word_of_its_own_for_each(language: str) -> None:
    said = json.loads((DASHBOARD / "words" / f"{language}.json").read_text("utf-8"))
    states = {
        f"{member}.{word}"
        for member in ("camera", "board", "kiosk", "printer", "card", "clock")
        for word in words(f"Health.{member}")
    }
    assert states | {f"why.{name}" for name in words("Alarm.name")} <= said.keys()


def test_alarms() -> None:
    assert words("Alarm.name").keys() == set(names_of_alarms()) | FAIL_TO_START
