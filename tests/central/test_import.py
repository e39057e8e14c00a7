"""A website's file of bookings: every mistake with its line, and all of it or nothing."""

from __future__ import annotations

import csv
import email
import io
import json
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

import pytest

from central.bookings.handover import HandoverError, read_rows
from central.bookings.kept import Day
from tests.central.world import SITE

if TYPE_CHECKING:
    from pathlib import Path

    from tests.central.world import Console, World

TOMORROW: Final = (datetime.now(UTC) + timedelta(days=1)).date()
GOOD: Final = {
    "site": SITE,
    "slot": f"{TOMORROW}T08:10:00+00:00",
    "minutes": 15,
    "service": "A10",
}


def as_csv(rows: list[dict[str, Any]], delimiter: str = ",") -> str:
    text = io.StringIO()
    writer = csv.DictWriter(
        text, list({name: 0 for row in rows for name in row}), delimiter=delimiter
    )
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def as_lines(rows: list[dict[str, Any]]) -> str:
    return "".join(json.dumps(row) + "\n" for row in rows)


def mistakes(path: Path, text: str) -> list[tuple[int, str]]:
    path.write_text(text, "utf-8")
    with pytest.raises(HandoverError) as told:
        read_rows(path)
    return list(told.value.mistakes)


@pytest.mark.parametrize("delimiter", [",", ";"])
def test_csv_and_json_lines_say_the_same(tmp_path: Path, delimiter: str) -> None:
    rows = [{**GOOD, "email": "a@b.example"}, {**GOOD, "place": "3.401", "reference": "ä, ö; x"}]
    table, lines = tmp_path / "in.csv", tmp_path / "in.jsonl"
    table.write_text("\N{BYTE ORDER MARK}" + as_csv(rows, delimiter), "utf-8")
    lines.write_text(as_lines(rows), "utf-8")
    (a, b), (c, d) = read_rows(table), read_rows(lines)
    assert (a.order, a.email, b.order, b.reference) == (c.order, c.email, d.order, d.reference)
    assert [row.line for row in (a, b, c, d)] == [2, 3, 1, 2]
    assert "a@b.example" not in repr(a)


def test_every_mistake_is_told_with_its_line(tmp_path: Path) -> None:
    rows = [
        GOOD,
        {**GOOD, "slot": f"{TOMORROW}T08:10:00", "minutes": "a quarter"},
        {**GOOD, "email": "erika@@visitor.example"},
        {**GOOD, "reference": "1"},
        {**GOOD, "reference": "1"},
        {**GOOD, "service": ""},
    ]
    told = mistakes(tmp_path / "in.csv", as_csv(rows))
    assert [line for line, _ in told] == [3, 3, 4, 6, 7]
    assert told == sorted(mistakes(tmp_path / "x.csv", as_csv(rows)))
    words = [sentence for _, sentence in told]
    assert "minutes is no whole number" in words
    assert "reference stands in line 5 already" in words
    assert "service is missing" in words
    assert not any("erika" in sentence for sentence in words)


@pytest.mark.parametrize(
    ("name", "text", "line", "sentence"),
    [
        ("a.csv", "", 0, "there are no bookings"),
        ("a.csv", "site,slot\n", 1, "there is no column minutes"),
        ("a.csv", "site,slot,minutes,servise\n", 1, 'did you mean "service"'),
        ("a.csv", "site,slot,minutes,service,surname\n", 1, "nobody asks for 'surname'"),
        ("a.csv", "site,site,slot,minutes,service\n", 1, "two columns have the same name"),
        ("a.csv", "site,slot,minutes,service\nSUED\n", 2, "1 values, and there are 4 columns"),
        ("a.csv", 'site,slot,minutes,service\n"SUED', 2, "not CSV"),
        ("a.jsonl", "{\n", 1, "not one JSON object"),
        ("a.jsonl", "\n[1]\n", 2, "not a JSON object"),
        ("a.jsonl", "[" * 100_000, 1, "not one JSON object"),
        ("a.jsonl", '{"site": "A", "site": "B"}', 1, "its members each once"),
        ("a.jsonl", json.dumps({**GOOD, "minutes": 15.0}), 1, "minutes is no whole number"),
        ("a.jsonl", json.dumps({**GOOD, "minutes": True}), 1, "minutes is no whole number"),
        ("a.jsonl", json.dumps({**GOOD, "site": 7}), 1, "site is not a text"),
        ("a.jsonl", json.dumps({**GOOD, "slot": "9999-12-31T23:00:00Z"}), 1, "2020 to 2099"),
        ("a.jsonl", json.dumps({**GOOD, "name": "E"}), 1, "nobody asks for 'name'"),
        ("a.jsonl", json.dumps({**GOOD, "reference": "x" * 201}), 1, "more than 200 characters"),
    ],
)
def test_a_file_that_is_none_is_one_sentence(
    tmp_path: Path, name: str, text: str, line: int, sentence: str
) -> None:
    told = mistakes(tmp_path / name, text)
    assert told[0][0] == line
    assert any(sentence in each for _, each in told)


def take(console: Console, text: str, *more: str, name: str = "in.csv") -> tuple[int, str, str]:
    path = console.world.folder / name
    path.write_text(text, "utf-8")
    return console("import", str(path), *more)


def kept_tomorrow(world: World) -> int:
    with world.store() as store:
        return len(store.of(Day(SITE, "EINGANG", TOMORROW)))


def test_each_row_gives_its_number_its_code_and_its_mail(office_console: Console) -> None:
    world = office_console.world
    rows = [{**GOOD, "email": "a@b.example", "language": "en"}, {**GOOD, "email": ""}]
    code, out, err = take(office_console, as_csv(rows), "--out", str(world.folder / "out"))
    assert (code, err) == (0, "")
    first, second = map(json.loads, out.splitlines())
    assert (first["line"], second["line"], second["mail"]) == (2, 3, None)
    assert first["code"].startswith("LB1:")
    assert first["code"] != second["code"]
    with open(first["mail"], "rb") as file:  # noqa: PTH123  (a path from JSON)
        message = email.message_from_binary_file(file)
    assert message["To"] == "a@b.example"
    assert message["Content-Language"] == "en"
    assert "a@b.example" not in out


def test_no_address_stays_behind(office_console: Console) -> None:
    world = office_console.world
    rows = [{**GOOD, "email": "erika@visitor.example"}]
    assert take(office_console, as_csv(rows), "--out", str(world.folder / "out"))[0] == 0
    for path in [*world.folder.glob("bookings.db*"), *world.keyring.folder.iterdir()]:
        assert b"visitor.example" not in path.read_bytes()


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"service": "Z9"}, "has no service 'Z9'"),
        ({"site": "OST"}, "has no service 'A10'"),
        ({"minutes": 481}, "minutes is 481"),
        ({"language": "tr"}, "no mails in 'tr'"),
        ({"slot": "2099-01-01T08:00:00Z"}, "bookings are taken from"),
    ],
)
def test_one_wrong_row_and_nothing_is_imported(
    office_console: Console, wrong: dict[str, object], sentence: str
) -> None:
    rows = [{**GOOD, "language": "de"}, {**GOOD, "language": "de", **wrong}]
    code, out, err = take(office_console, as_csv(rows))
    assert (code, out) == (1, "")
    assert (
        f"in.csv:3: {sentence}" in err.replace("SUED ", "").replace("site ", "") or sentence in err
    )
    assert "in.csv:3: " in err
    assert err.endswith("nothing was imported: mend this\n")
    assert kept_tomorrow(office_console.world) == 0


def test_mails_need_a_folder(office_console: Console) -> None:
    code, _, err = take(office_console, as_csv([{**GOOD, "email": "a@b.example"}]))
    assert code == 1
    assert "say where mails go with --out" in err
    assert kept_tomorrow(office_console.world) == 0


def test_the_same_file_again_books_and_mails_nothing_twice(office_console: Console) -> None:
    world = office_console.world
    rows = [{**GOOD, "email": "a@b.example", "reference": "web-1"}]
    out = ("--out", str(world.folder / "out"))
    first = json.loads(take(office_console, as_csv(rows), *out)[1])
    second = json.loads(take(office_console, as_csv(rows), *out)[1])
    assert (first["new"], second["new"]) == (True, False)
    assert (first["id"], first["code"]) == (second["id"], second["code"])
    assert second["mail"] is None
    assert kept_tomorrow(world) == 1


def test_what_was_cancelled_is_not_signed_by_importing_it_again(office_console: Console) -> None:
    text = as_csv([{**GOOD, "reference": "web-1"}])
    booking = json.loads(take(office_console, text)[1])["id"]
    assert office_console("cancel", booking)[0] == 0
    again = json.loads(take(office_console, text)[1])
    assert (again["state"], again["code"], again["new"]) == ("cancelled", None, False)


def test_a_mail_that_could_not_be_written_is_written_the_next_time(
    office_console: Console,
) -> None:
    world = office_console.world
    rows = [{**GOOD, "email": "a@b.example", "reference": "web-1"}]
    out = world.folder / "out"
    out.write_text("in the way")
    code, _, err = take(office_console, as_csv(rows), "--out", str(out))
    assert code == 1
    assert "import the same file again" in err
    out.unlink()
    again = json.loads(take(office_console, as_csv(rows), "--out", str(out))[1])
    assert again["new"] is False
    assert again["mail"] is not None


def test_after_a_revocation_the_same_file_gives_new_codes(office_console: Console) -> None:
    world = office_console.world
    text = as_csv([{**GOOD, "email": "a@b.example", "reference": "web-1"}])
    out = ("--out", str(world.folder / "out"))
    first = json.loads(take(office_console, text, *out)[1])
    keys = ("--keys", str(world.keyring.folder))
    code, said, _ = office_console("keys", "revoke", "7", *keys, office=False)
    assert code == 0
    assert "refuses all codes of key 7, so they must be issued anew" in said
    assert "no key counts now for SUED" in said
    assert take(office_console, text, *out, "--again")[0] == 1
    office_console("keys", "new", "issuer", "--site", SITE, *keys, office=False)
    again = json.loads(take(office_console, text, *out, "--again")[1])
    assert (again["id"], again["short"]) == (first["id"], first["short"])
    assert again["code"] != first["code"]
    with open(again["mail"], encoding="ascii") as file:  # noqa: PTH123  (a path from JSON)
        assert "Neuer Code" in str(email.message_from_file(file)["Subject"])


@pytest.mark.parametrize("after_bytes", [0, 1, 30_000])
def test_an_import_that_is_killed_left_all_rows_or_none(
    office_console: Console, after_bytes: int
) -> None:
    """Killed while it works (the store has grown by some bytes), then done again."""
    world = office_console.world
    kept_tomorrow(world)
    rows = [{**GOOD, "reference": f"web-{n}"} for n in range(300)]
    path = world.folder / "in.csv"
    path.write_text(as_csv(rows), "utf-8")
    log = world.office.files.store.with_name("bookings.db-wal")
    arguments = ["import", str(path), "--office", str(world.office_path)]
    child = subprocess.Popen(
        [sys.executable, "-m", "central.cli", *arguments],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    until_s = time.monotonic() + 20
    while child.poll() is None and time.monotonic() < until_s:
        if log.exists() and log.stat().st_size >= after_bytes:
            child.send_signal(signal.SIGKILL)
            break
        time.sleep(0.002)
    child.wait(20)
    assert kept_tomorrow(world) in {0, 300}
    code, out, _ = office_console(*arguments[:2])
    assert (code, len(out.splitlines()), kept_tomorrow(world)) == (0, 300, 300)
