"""`lobby replay --journal`: a recorded day under other rules, as a team lead reads it."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from appliance.cli import main
from appliance.journal.journal import Journal
from appliance.line import commands
from appliance.whatif.asking import AS
from tests.support.device import Device, device
from tests.support.lobby import DAY, at, booking
from tests.whatif.lived import Lived

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

MORNING: list[tuple[commands.Command, str]] = [
    (commands.OpenCounter("1", frozenset({"A1"})), "07:59"),
    (commands.Issue("A1"), "08:00"),
    (commands.Issue("A1"), "08:01"),
    (commands.CheckIn(booking("08:10")), "08:02"),
    (commands.Next("1"), "08:05:10"),
    (commands.Recall("1"), "08:06"),
    (commands.Start("A003"), "08:06:30"),
    (commands.Next("1"), "08:15:10"),
    (commands.Issue("A1"), "08:16"),
    (commands.Next("1"), "08:20:40"),
    (commands.Next("1"), "08:31"),
    (commands.Finish("A004"), "08:33"),
    (commands.CloseCounter("1"), "08:34"),
]
TUESDAY = DAY + timedelta(days=1)
COUNTER_2 = """
[[counter]]
id = "2"
services = ["A1"]

[bus]
"""


def record(folder: Path, lived: Lived) -> Path:
    """Write days down as the desk does."""
    file = folder / "state" / "journal.sqlite"
    with Journal(file) as journal:
        journal.commit(lived.record, day=str(DAY))
    return file


@pytest.fixture
def pi() -> Iterator[Device]:
    lived = Lived.morning()
    for command, clock in MORNING:
        lived.do(command, clock)
    lived.ask(commands.TurnDay(TUESDAY), at("00:00", TUESDAY))
    with device() as made:
        record(made.folder, lived)
        yield made


def ask(pi: Device, *options: str) -> int:
    return main(["replay", "--config", str(pi.config), "--journal", *options])


def other(pi: Device, old: str, new: str) -> str:
    """Give another configuration, in which something is different."""
    file = pi.folder / "other.toml"
    text = pi.config.read_text("utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), "utf-8")
    return str(file)


PAGE = """\
What if? 02.03.2026

Played again by the rules of the day: 4 of 4 calls come out the same (number, counter, moment).
4 of 4 calls follow from what is kept with each call.
By hand: 1 (chosen, parked or repeated). As far as possible that stays as it was.

                                         as it was      by number
All services
  Numbers                                        4              4
  Promise kept                      100 % (1 of 1)   0 % (0 of 1)
  Appointment: mean wait                   0.0 min       11.0 min
  Appointment: 9 of 10 at most             0.0 min       11.0 min
  No appointment: mean wait               16.6 min        9.9 min
  No appointment: 9 of 10 at most         19.7 min       15.0 min
  Not called by the end                          0              0
  Last call                                  08:31          08:31

by number. Called earlier: 2, later: 1, at the same time: 1.
What changes most:
  A003   appointment 08:10                  08:05 → 08:21   16 min later
  A001   no appointment, here since 08:00   08:15 → 08:05   10 min earlier
  A002   no appointment, here since 08:01   08:20 → 08:10   10 min earlier
"""


def test_page_for_a_team_lead(pi: Device, capsys: pytest.CaptureFixture[str]) -> None:
    assert ask(pi, "--as", "fifo", "--language", "en") == 0
    assert capsys.readouterr().out == PAGE


def test_day_by_itself_is_told_too(pi: Device, capsys: pytest.CaptureFixture[str]) -> None:
    assert ask(pi, "--day", "02.03.2026", "--language", "en") == 0
    told = capsys.readouterr().out.splitlines()
    assert told[6].split() == ["as", "it", "was"]
    assert told[-1].split() == ["Last", "call", "08:31"]


def test_other_rules_from_a_file_and_from_options(
    pi: Device, capsys: pytest.CaptureFixture[str]
) -> None:
    rules = other(pi, "minutes = 5", 'minutes = 5\nwalk_in = "off"')
    assert ask(pi, "--rules", rules, "--early", "0", "--max-wait", "10", "--moved", "1") == 0
    told = capsys.readouterr().out.splitlines()
    assert "wie es war" in told[6]
    assert "other.toml" in told[6]
    assert told[6].endswith("early 0, max_wait 10")
    (without,) = [line for line in told if "Ohne Nummer geblieben" in line]
    assert without.split()[-3:] == ["0", "3", "0"]
    first = told.index("other.toml. Früher aufgerufen: 0, später: 1, zur gleichen Zeit: 0.")
    assert told[first + 2].split() == (
        "A001 ohne Termin, da seit 08:00 08:15 → keine Nummer".split()  # noqa: SIM905  (as it stands there)
    )
    assert told[first + 3] == ""


def test_counter_that_is_new_is_said_to_be_closed(
    pi: Device, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ask(pi, "--rules", other(pi, "[bus]", COUNTER_2)) == 0
    told = capsys.readouterr().out.splitlines()
    assert told[-2:] == [
        "other.toml. Früher aufgerufen: 0, später: 0, zur gleichen Zeit: 4.",
        "Platz 2 gab es an dem Tag nicht: Er bleibt auch hier geschlossen.",
    ]


def test_machines_get_every_number(pi: Device, capsys: pytest.CaptureFixture[str]) -> None:
    assert ask(pi, "--as", "fifo", "scan", "--json") == 0
    told: dict[str, Any] = json.loads(capsys.readouterr().out)
    assert told["day"] == "2026-03-02"
    assert told["so_far"] is None
    assert told["calls"] == {"by_rule": 4, "again": 4, "explained": 4, "by_hand": 1}
    assert told["was"]["all"]["kept"] == told["was"]["services"]["A1"]["kept"] == 1
    fifo, scan = told["what_ifs"]
    assert fifo["all"]["walk_ins"] == {"people": 3, "mean_min": 9.94, "p90_min": 15.0}
    assert [ticket["ticket"] for ticket in fifo["tickets"]] == ["A003", "A001", "A002", "A004"]
    assert fifo["tickets"][0] == {
        "ticket": "A003",
        "service": "A1",
        "appointment": "2026-03-02T08:10:00+01:00",
        "taken": "2026-03-02T08:02:00+01:00",
        "was_called": "2026-03-02T08:05:10+01:00",
        "would_be_called": "2026-03-02T08:21:00+01:00",
        "gets_a_number": True,
    }
    assert scan["all"] == told["was"]["all"]


def test_rules_that_were_not_those_of_the_day_make_it_unsure(
    pi: Device, capsys: pytest.CaptureFixture[str]
) -> None:
    pi.edit("minutes = 5", "minutes = 5\nearly_min = 0")
    assert ask(pi, "--language", "en") == 0
    told = capsys.readouterr().out
    assert "2 of 4 calls come out the same" in told
    assert "so all that follows is unsure" in told
    assert "please name the file of that day with --config" in told


def test_day_that_goes_on_is_told_up_to_now(pi: Device, capsys: pytest.CaptureFixture[str]) -> None:
    lived = Lived.morning()
    for command, clock in MORNING[:6]:
        lived.do(command, clock)
    file = record(pi.folder / "today", lived)
    assert ask(pi, str(file), "--as", "fifo") == 0
    told = capsys.readouterr().out.splitlines()
    assert told[0] == "Was wäre gewesen? 02.03.2026, bis 08:06 Uhr"
    assert "  A003   Termin 08:10                 08:05 → nicht aufgerufen" in told
    # Nobody knows yet how long it takes with A001.
    assert told[-1].startswith("Gespräche, die im Journal fehlen: 1.")


WRONG = [
    (("--day", "2026-03-09"), 1, "has no numbers of 2026-03-09. It has: 2026-03-02."),
    (("/nowhere/journal.sqlite",), 1, "there is no journal at /nowhere/journal.sqlite: the desk"),
    (("--rules", "/nowhere/other.toml"), 2, "/nowhere/other.toml"),
    (("--language", "tlh"), 2, "de, de-simple, en"),
]


@pytest.mark.parametrize(("options", "code", "sentence"), WRONG)
def test_wrong_input_gets_one_sentence(
    pi: Device,
    options: tuple[str, ...],
    code: int,
    sentence: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert ask(pi, *options) == code
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.startswith("lobby: ")
    assert sentence in told.err
    assert told.err.count("\n") == 1


MISTAKES = [
    (("--day", "tomorrow"), "'tomorrow' is no day, such as 2026-03-02"),
    (("--early", "-5"), "'-5' is no number of minutes, 0 to 1440"),
    (("--grace", "1441"), "'1441' is no number of minutes"),
    (("--moved", "all"), "'all' is no number"),
    (("--as", "lifo"), "invalid choice: 'lifo'"),
]


@pytest.mark.parametrize(("options", "sentence"), MISTAKES)
def test_mistaken_option_is_wrong_use(
    pi: Device, options: tuple[str, ...], sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as stopped:
        ask(pi, *options)
    assert stopped.value.code == 2
    assert sentence in capsys.readouterr().err


def test_what_is_asked_of_a_day_needs_a_journal(capsys: pytest.CaptureFixture[str]) -> None:
    for option in (("--day", "2026-03-02"), ("--as", "fifo"), ("--max-wait", "0"), ("--json",)):
        assert main(["replay", *option]) == 2
        assert "without --journal" in capsys.readouterr().err


def test_every_rule_to_compare_with_can_be_asked_for(
    pi: Device, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ask(pi, "--as", *AS, "--language", "en") == 0
    head = capsys.readouterr().out.splitlines()[6]
    assert head.split("   ")[-2:] == ["by number", "right of way from scan"]


@pytest.mark.parametrize("damage", [b"", b"no database at all" * 100])
def test_damaged_journal_gets_one_sentence(
    pi: Device, damage: bytes, capsys: pytest.CaptureFixture[str]
) -> None:
    file = pi.folder / "damaged.sqlite"
    file.write_bytes(damage)
    assert ask(pi, str(file)) == 1
    told = capsys.readouterr().err
    assert told.startswith(f"lobby: {file} cannot be read as a journal")
    assert told.count("\n") == 1


def test_record_with_a_hole_gets_one_sentence(
    pi: Device, capsys: pytest.CaptureFixture[str]
) -> None:
    lived = Lived.morning()
    for command, clock in MORNING:
        lived.do(command, clock)
    del lived.record[3]
    file = record(pi.folder / "hole", lived)
    assert ask(pi, str(file)) == 1
    assert "what it tells of A002 has no beginning" in capsys.readouterr().err


def test_journal_is_read_beside_the_desk_that_writes_it(
    pi: Device, capsys: pytest.CaptureFixture[str]
) -> None:
    with Journal(pi.folder / "state" / "journal.sqlite"):
        assert ask(pi) == 0
    assert "02.03.2026" in capsys.readouterr().out
