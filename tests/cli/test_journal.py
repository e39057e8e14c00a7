"""`lobby journal`: beside a real desk, and one clear sentence for whatever file or disk it gets."""

from __future__ import annotations

import contextlib
import json
import os
import random
import re
import shutil
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest

from appliance.cli import main
from appliance.journal.reading import JournalReader
from appliance.line import events
from tests.journal.mounts import tmpfs
from tests.journal.office import NAME, NEXT_DAY, Kept
from tests.support.device import DEADLINE_S, Device, device

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.support.broker import Mosquitto

NOBODY = 65534
READING = ("export", "verify", "show")


@pytest.fixture
def pi() -> Iterator[Device]:
    with device() as made:
        yield made


@pytest.fixture
def journal(pi: Device) -> Path:
    """Give the journal of two days of the device, whose desk is stopped."""
    with Kept(pi.folder / "state") as kept:
        kept.play(7)
        kept.turn(NEXT_DAY)
        kept.play(3)
    return kept.path


def issued(path: Path) -> list[str]:
    with JournalReader(path) as reader:
        return [e.ticket for e in reader.news() if isinstance(e, events.TicketIssued)]


def wait_for_numbers(pi: Device, count: int) -> list[str]:
    path = pi.folder / "state" / NAME
    until_s = time.monotonic() + DEADLINE_S
    while len(numbers := issued(path)) < count:
        assert time.monotonic() < until_s, pi.log("desk")
        time.sleep(0.02)
    return numbers


def verb(pi: Device, *asked: str | Path) -> int:
    return main(["journal", *map(str, asked), "--config", str(pi.config)])


@contextlib.contextmanager
def as_somebody_else() -> Iterator[None]:
    """Be a user to whom files may be closed: root may read everything."""
    root = os.geteuid() == 0
    if root:
        os.seteuid(NOBODY)
    try:
        yield
    finally:
        if root:
            os.seteuid(0)


# Beside a real desk.


@pytest.fixture
def at_the_bus(pi: Device, mosquitto: Mosquitto) -> Device:
    pi.edit(f"{pi.folder}/bus.sock", str(mosquitto.socket))
    return pi


def test_backup_while_people_take_numbers(
    at_the_bus: Device, capsys: pytest.CaptureFixture[str]
) -> None:
    pi = at_the_bus
    made = []
    with pi.started("desk"):
        for count in range(1, 6):
            pi.press()
            made.append(pi.folder / f"backup-{count}.sqlite")
            assert verb(pi, "backup", made[-1]) == 0
            wait_for_numbers(pi, count)
        assert verb(pi, "verify") == 0
    numbers = issued(pi.folder / "state" / NAME)
    assert numbers == ["A001", "A002", "A003", "A004", "A005"]
    for count, backup in enumerate(made, 1):
        assert numbers[: count - 1] == issued(backup)[: count - 1]
        assert issued(backup) == numbers[: len(issued(backup))]
        assert main(["journal", "verify", "--journal", str(backup)]) == 0
    assert "Traceback" not in pi.log("desk")
    assert f"{made[0]}: " in capsys.readouterr().out


def test_restore_of_a_backup_gives_no_number_of_today_twice(
    at_the_bus: Device, capsys: pytest.CaptureFixture[str]
) -> None:
    pi = at_the_bus
    backup = pi.folder / "backup.sqlite"
    with pi.started("desk") as running:
        pi.press()
        wait_for_numbers(pi, 1)
        assert verb(pi, "backup", backup) == 0
        pi.press()
        pi.press()
        wait_for_numbers(pi, 3)
        capsys.readouterr()
        assert verb(pi, "restore", backup) == 1
        said = capsys.readouterr().err
        assert f"by process {running.pid}: stop the desk first" in said
    assert verb(pi, "restore", backup) == 0
    said = capsys.readouterr().out
    assert "Not in it, and not served yet: A002, A003." in said
    assert "The one before is now " in said
    with pi.started("desk"):
        pi.press()
        numbers = wait_for_numbers(pi, 2)
    assert numbers[0] == "A001"
    assert numbers[1] not in {"A001", "A002", "A003"}
    assert verb(pi, "verify") == 0


def test_new_device_begins_with_one_and_is_new_only_once(
    pi: Device, capsys: pytest.CaptureFixture[str]
) -> None:
    (pi.folder / "state" / "numbers.mark").unlink()
    assert verb(pi, "begin") == 0
    assert "numbers begin with 001" in capsys.readouterr().out
    assert verb(pi, "begin") == 1
    assert "numbers.mark is there: this device has given out numbers" in capsys.readouterr().err
    with pi.started("desk"):
        pi.press()
        assert wait_for_numbers(pi, 1) == ["A001"]
    assert verb(pi, "begin") == 1


# What is said.


@pytest.mark.usefixtures("journal")
def test_backup_says_what_it_holds(pi: Device, capsys: pytest.CaptureFixture[str]) -> None:
    to = pi.folder / "backup.sqlite"
    assert verb(pi, "backup", to) == 0
    assert capsys.readouterr().out == (
        f"{to}: 2 days, 2026-03-02 to 2026-03-03, 35 events, the last at 03.03.2026 08:02:21 CET.\n"
    )
    assert verb(pi, "backup", to, "--force", "--json") == 0
    assert json.loads(capsys.readouterr().out) == {
        "file": str(to),
        "days": ["2026-03-02", "2026-03-03"],
        "events": 35,
        "until": "2026-03-03T07:02:21+00:00",
    }


def test_verify_says_what_is_wrong_and_what_to_do(
    pi: Device, journal: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert verb(pi, "verify", "--journal", journal) == 0
    assert f"{journal}: fine. " in capsys.readouterr().out
    mark = journal.with_name("numbers.mark")
    mark.unlink()
    assert verb(pi, "verify") == 1
    assert capsys.readouterr().out == (
        f"{journal}: not as it should be.\n"
        f"- {mark} is missing or damaged.\n"
        "  Leave the desk running: it is written anew with one of the next numbers.\n"
    )
    assert verb(pi, "verify", "--json") == 1
    told = json.loads(capsys.readouterr().out)
    assert (told["ok"], len(told["findings"])) == (False, 1)


@pytest.mark.usefixtures("journal")
def test_show_tells_the_last_day_in_the_language_of_the_site(
    pi: Device, capsys: pytest.CaptureFixture[str]
) -> None:
    assert verb(pi, "show", "a001") == 0
    assert capsys.readouterr().out == (
        "03.03.2026\n"
        "08:00:01  A001 ausgegeben für A1, ohne Termin\n"
        "08:00:21  A001 aufgerufen an Platz 1\n"
        "08:01:21  A001: Gespräch beendet\n"
    )
    assert verb(pi, "show", "A001", "--day", "02.03.2026", "--language", "en") == 0
    assert capsys.readouterr().out.startswith("02.03.2026\n08:00:01  A001 given out for A1")
    assert verb(pi, "show", "A007", "--day", "2026-03-02", "--json") == 0
    told = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [line["type"] for line in told] == ["TicketIssued", "TicketCalled", "TicketClosed"]


def test_file_in_hand_needs_no_configuration(
    journal: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["journal", "show", "A001", "--journal", str(journal)]) == 0
    assert capsys.readouterr().out.splitlines()[1] == (
        "07:00:01  A001 given out for A1, without appointment"
    )


@pytest.mark.usefixtures("journal")
def test_export_prints_lines_or_a_table(pi: Device, capsys: pytest.CaptureFixture[str]) -> None:
    assert verb(pi, "export") == 0
    assert len(capsys.readouterr().out.splitlines()) == 35
    assert verb(pi, "export", "--day", "2026-03-03") == 0
    monday = capsys.readouterr().out.splitlines()
    assert json.loads(monday[0])["type"] == "DayTurned"
    assert verb(pi, "export", "--csv") == 0
    table = capsys.readouterr().out.splitlines()
    assert [line.split(",")[:3] for line in table] == [
        ["day", "service", "tickets"],
        ["2026-03-02", "A1", "7"],
        ["2026-03-02", "all", "7"],
        ["2026-03-03", "A1", "<5"],
        ["2026-03-03", "all", "<5"],
    ]


def test_who_reads_only_the_first_line_hears_no_complaint(journal: Path) -> None:
    script = '"$0" -m appliance.cli journal export --journal "$1" | head -1'
    ended = subprocess.run(
        ["sh", "-c", script, sys.executable, journal],
        check=True,
        capture_output=True,
        text=True,
        timeout=DEADLINE_S,
    )
    assert json.loads(ended.stdout)["seq"] == 1
    assert ended.stderr == ""


# What is wrong.


def one_sentence(capsys: pytest.CaptureFixture[str], *asked: str | Path) -> str:
    """Check that a verb ends with one sentence for people, and give it."""
    assert main(["journal", *map(str, asked)]) == 1
    said = capsys.readouterr()
    assert said.out == ""
    (sentence,) = said.err.splitlines()
    assert sentence.startswith("lobby: ")
    return sentence


def reading_verbs(path: Path) -> list[tuple[str | Path, ...]]:
    """Give every use of the verb that looks into a file."""
    other = path.parent / "other.sqlite"
    return [
        *((name, "--journal", path) for name in READING),
        ("export", "--csv", "--journal", path),
        ("backup", other, "--journal", path),
        ("restore", path, "--journal", other),
    ]


NOISE = random.Random(4).randbytes(9000)  # noqa: S311  (no secret)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (None, "there is no "),
        (b"", "is empty, and no journal"),
        (NOISE, "is no journal"),
        (NOISE[:40], "is no journal"),
        (b"SQLite format 3\0" + NOISE, "is no journal|is damaged"),
    ],
    ids=["missing", "empty", "random", "short", "half"],
)
def test_file_that_is_no_journal(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    content: bytes | None,
    sentence: str,
) -> None:
    path = tmp_path / "file"
    for asked in reading_verbs(path):
        if content is not None:
            path.write_bytes(content)
        assert re.search(sentence, one_sentence(capsys, *asked))
        assert not (tmp_path / "other.sqlite").exists()


def test_folder(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for asked in reading_verbs(tmp_path):
        assert "is a folder: name the file in it" in one_sentence(capsys, *asked)


def test_truncated_anywhere(
    journal: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    whole, cut = journal.read_bytes(), tmp_path / "cut"
    for left in range(300, len(whole), 2500):
        for asked in reading_verbs(cut):
            cut.write_bytes(whole[:left])
            code = main(["journal", *map(str, asked)])
            said = capsys.readouterr()
            # What is asked for may be there all the same; a copy has it all, or is not made.
            assert code == 1 or asked[0] in {"show", "export"}
            assert len(said.err.splitlines()) <= 1
            assert "Traceback" not in said.err


def test_file_that_this_user_may_not_read(
    journal: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["journal", "verify", "--journal", str(journal)]) == 0
    capsys.readouterr()
    journal.parent.parent.chmod(0o755)
    journal.chmod(0o600 if os.geteuid() == 0 else 0)
    with as_somebody_else():
        said = one_sentence(capsys, "verify", "--journal", journal)
    assert said == f"lobby: {journal} may not be read by this user: try it with sudo."


def test_folder_that_this_user_may_not_write(
    journal: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    to = journal.with_name("backup.sqlite")
    assert main(["journal", "backup", str(to), "--journal", str(journal)]) == 0
    to.unlink()
    journal.parent.parent.chmod(0o755)
    journal.chmod(0o644)
    journal.parent.chmod(0o555)
    capsys.readouterr()
    with as_somebody_else():
        for asked in (
            ("backup", to, "--journal", journal),
            ("begin", "--journal", journal.parent / "new" / NAME),
            ("restore", journal, "--journal", journal.parent / "new" / NAME),
            ("restore", journal, "--journal", journal.with_name("other.sqlite")),
        ):
            assert "cannot be written" in one_sentence(capsys, *asked)
    journal.parent.chmod(0o755)


def test_folder_that_is_closed_to_this_user(
    journal: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    backup, to = journal.parent.parent / "backup.sqlite", journal.with_name("other.sqlite")
    for used in (["backup", str(backup)], ["restore", str(backup)], ["verify"]):
        assert main(["journal", *used, "--journal", str(journal)]) == 0
    assert main(["journal", "begin", "--journal", str(tmp_path / "new" / NAME)]) == 0
    capsys.readouterr()
    journal.parent.parent.chmod(0o755)
    backup.chmod(0o644)
    journal.parent.chmod(0o700 if os.geteuid() == 0 else 0)
    with as_somebody_else():
        for asked in (
            ("verify", "--journal", journal),
            ("backup", to, "--journal", backup),
            ("backup", to, "--journal", journal),
            ("restore", backup, "--journal", journal),
            ("restore", journal, "--journal", to),
            ("begin", "--journal", journal),
        ):
            said = one_sentence(capsys, *asked)
            assert re.search(r"may not be read by this user|cannot be written", said)
    journal.parent.chmod(0o755)


def test_disk_that_gets_full_while_backing_up(
    journal: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    made = []
    for kib in range(4, 100, 4):
        with tmpfs(tmp_path / f"disk-{kib}", kib) as disk:
            to = disk / "backup.sqlite"
            made.append(main(["journal", "backup", str(to), "--journal", str(journal)]) == 0)
            said = capsys.readouterr().err
            if not made[-1]:
                assert said == f"lobby: there is no room for {to}; nothing was changed.\n"
            assert list(disk.iterdir()) == [to] * made[-1]
    assert not made[5]
    assert made[-1]


def test_disk_that_gets_full_while_restoring(
    journal: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with tmpfs(tmp_path / "disk", 96) as disk:
        there = disk / NAME
        shutil.copy(journal, there)
        before = there.read_bytes()
        said = one_sentence(capsys, "restore", journal, "--journal", there)
        assert "there is no room for" in said
        assert there.read_bytes() == before


def test_day_that_the_journal_does_not_have(
    pi: Device, journal: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for asked in (("show",), ("export",), ("export", "--csv")):
        assert verb(pi, *asked, "--day", "2020-01-01") == 1
        said = capsys.readouterr()
        assert said.err == (
            f"lobby: {journal} has nothing of 2020-01-01. It has 2026-03-02, 2026-03-03.\n"
        )
        assert said.out == ""


def test_number_that_was_not_given_out(
    pi: Device, journal: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert verb(pi, "show", "A099") == 1
    assert capsys.readouterr().err == f"lobby: {journal} knows no number A099 on 2026-03-03.\n"


@pytest.mark.parametrize(
    "asked",
    [
        [],
        ["forget"],
        ["backup"],
        ["restore"],
        ["show", "--day", "yesterday"],
        ["show", "--day", "2026-02-30"],
        ["export", "--json"],
    ],
)
def test_wrong_use(asked: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["journal", *asked])
    assert ended.value.code == 2
    assert "usage: lobby" in capsys.readouterr().err


@pytest.mark.usefixtures("journal")
def test_wrong_configuration_or_language(pi: Device, capsys: pytest.CaptureFixture[str]) -> None:
    assert verb(pi, "show", "--language", "tlh") == 2
    assert "de, de-simple, en" in capsys.readouterr().err
    pi.config.unlink()
    assert verb(pi, "show") == 2
    assert str(pi.config) in capsys.readouterr().err
