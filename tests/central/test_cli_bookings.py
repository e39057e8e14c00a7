"""The verbs as a person or a website's script uses them, and what they say to wrong use."""

from __future__ import annotations

import email.policy
import io
import json
import os
import signal
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

import pytest

from tests.central.world import SITE, Console, World

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import MakeMosquitto

TOMORROW: Final = datetime.now(UTC).date() + timedelta(days=1)
LATER: Final = f"{TOMORROW + timedelta(days=1)}T10:00:00+00:00"
ISSUE: Final = (
    *("issue", "--site", SITE, "--slot", f"{TOMORROW}T08:10:00+00:00"),
    *("--minutes", "15", "--service", "A10"),
)


def issued(console: Console, *more: str) -> dict[str, Any]:
    code, out, err = console(*ISSUE, *more)
    assert (code, err) == (0, "")
    told: dict[str, Any] = json.loads(out)
    return told


def subject(path: Path) -> str:
    return str(email.message_from_bytes(path.read_bytes(), policy=email.policy.SMTP)["Subject"])


def test_a_booking_goes_from_issue_over_move_to_cancel(office_console: Console) -> None:
    console, folder = office_console, office_console.world.folder
    first = issued(console, "--png", str(folder / "code.png"))
    assert (folder / "code.png").read_bytes().startswith(b"\x89PNG")
    moved = json.loads(console("move", first["short"], "--slot", LATER)[1])
    assert moved["id"] != first["id"]
    assert moved["code"] != first["code"]
    assert console("reissue", first["id"])[0] == 1
    assert json.loads(console("reissue", moved["id"])[1])["code"] == moved["code"]
    gone = json.loads(console("cancel", moved["id"])[1])
    assert (gone["state"], gone["code"], gone["new"]) == ("cancelled", None, True)
    assert json.loads(console("cancel", moved["id"])[1])["new"] is False


def test_each_step_has_its_mail(office_console: Console, monkeypatch: pytest.MonkeyPatch) -> None:
    console, folder = office_console, office_console.world.folder
    (folder / "to").write_text("a@b.example\n")
    eml, to = folder / "mail.eml", ("--eml", str(folder / "mail.eml"), "--to", str(folder / "to"))
    first = issued(console, *to)
    assert subject(eml).startswith("Ihr Termin: ")
    assert eml.stat().st_mode & 0o077 == 0
    moved = json.loads(console("move", first["id"], "--slot", LATER, *to)[1])
    assert subject(eml).startswith("Ihr neuer Termin: ")
    assert console("reissue", moved["id"], *to)[0] == 0
    assert subject(eml).startswith("Neuer Code")
    monkeypatch.setattr(sys, "stdin", io.StringIO("a@b.example\n"))
    more = ("--eml", str(eml), "--to", "-", "--language", "en")
    assert console("cancel", moved["id"], *more)[0] == 0
    assert subject(eml).startswith("Your appointment is cancelled: ")


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        ((*ISSUE, "--kid", "7"), 1, "leave --office away"),
        ((*ISSUE, "--eml", "x.eml"), 1, "needs both, --eml and --to"),
        ((*ISSUE, "--eml", "x.eml", "--to", "/absent"), 1, "cannot read an address"),
        ((*ISSUE, "--lobby", "NEU"), 1, "SUED/NEU has no service 'A10'"),
        ((*ISSUE, "--minutes", "0"), 1, "minutes is 0; allowed are 1 to 480"),
        ((*ISSUE, "--place", "12345678901"), 1, "place '12345678901' has 11 characters"),
        ((*ISSUE, "--slot", "2031-03-02T09:10:00Z"), 1, "bookings are taken from"),
        ((*ISSUE, "--slot", "9999-12-31T23:00:00Z"), 1, "too far away"),
        (("cancel", "CDEF 3479"), 1, "there is no booking 'CDEF 3479'"),
        (("cancel",), 2, "BOOKING"),
        (("move", "x"), 2, "--slot"),
        (("import",), 2, "FILE"),
        (("import", "/absent.csv"), 1, "it cannot be read"),
        (("publish", "--twice"), 2, "--twice"),
    ],
)
def test_wrong_use_is_one_sentence(
    office_console: Console, arguments: tuple[str, ...], code: int, words: str
) -> None:
    got, out, err = office_console(*arguments)
    assert (got, out) == (code, "")
    assert words in err
    assert err.startswith("lobby-central: ") or code == 2
    assert "Traceback" not in err


def test_a_wrong_address_is_refused_before_anything_is_booked(office_console: Console) -> None:
    folder = office_console.world.folder
    (folder / "to").write_text("erika@@visitor.example")
    mail = ("--eml", str(folder / "m.eml"), "--to", str(folder / "to"))
    code, _, err = office_console(*ISSUE, *mail)
    assert (code, "erika" in err) == (1, False)
    (folder / "to").write_text("erika@visitor.example")
    assert office_console(*ISSUE, *mail, "--language", "tr")[0] == 1
    with office_console.world.store() as store:
        assert store.revisions(TOMORROW) == {}


def test_what_could_not_be_written_is_told_with_the_booking(office_console: Console) -> None:
    code, _, err = office_console(*ISSUE, "--png", "/absent/code.png")
    assert code == 1
    assert "is booked, but cannot write /absent/code.png" in err
    again = err.rpartition("`lobby-central reissue ")[2].partition("`")[0]
    assert office_console("reissue", again)[0] == 0


@pytest.mark.parametrize("name", ["missing.toml", "."])
def test_without_an_office_nothing_is_done(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    world = World(tmp_path)
    world.office_path = tmp_path / name
    code, out, err = Console(world, capsys)("publish")
    assert (code, out, err.count("\n")) == (1, "", 1)
    assert "it cannot be read" in err


def test_a_rotation_is_said_plainly(office_console: Console) -> None:
    keys = ("--keys", str(office_console.world.keyring.folder))
    code, out, _ = office_console("keys", "rotate", *keys, office=False)
    begin = datetime.now(UTC).date() + timedelta(days=60)
    assert code == 0
    assert f"made key 0 after key 7, for SUED: it counts from {begin}" in out
    assert "each Pi needs it by then" in out
    code, _, err = office_console("keys", "rotate", *keys, office=False)
    assert (code, "key 0 follows already" in err) == (1, True)


def test_publish_watches_until_it_is_told_to_stop(
    tmp_path: Path, make_mosquitto: MakeMosquitto
) -> None:
    broker = make_mosquitto(logins={"issuer": "secret"})
    world = World(tmp_path, broker.port, datetime.now(UTC))
    text = world.office_path.read_text("utf-8")
    password = tmp_path / "password"
    login = f'[broker]\nlogin = "issuer"\npassword_file = "{password}"'
    world.office_path.write_text(text.replace("[broker]", login), "utf-8")
    with os.fdopen(os.open(password, os.O_WRONLY | os.O_CREAT, 0o600), "w") as file:
        file.write("secret\n")
    child = subprocess.Popen(
        [
            *(sys.executable, "-m", "central.cli", "publish", "--watch"),
            *("--office", str(world.office_path)),
        ],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        assert child.stdout is not None
        assert child.stdout.readline() == "told the broker 10 things\n"
    finally:
        child.send_signal(signal.SIGTERM)
        rest, _ = child.communicate(timeout=20)
    assert (child.returncode, rest) == (0, "")
