"""`lobby support-bundle`: what helps is in it, and nothing that must not leave, byte for byte."""

from __future__ import annotations

import base64
import gzip
import io
import json
import os
import stat
import tarfile
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from appliance.bus.link import Connected, Link, Login, UnixSocket
from appliance.bus.messages.alive import Presence
from appliance.bus.messages.asked import Command
from appliance.bus.messages.payload import encode
from appliance.bus.messages.shown import Board
from appliance.bus.messages.staff import Alarm, Alarms
from appliance.bus.topics import Topics
from appliance.checkin.short_number import written
from appliance.cli import main
from appliance.journal.keeping import Keeping
from appliance.line import commands
from appliance.line.model import Urgency, Wish
from appliance.support.bundle import make
from appliance.support.scrubbing import Scrubber
from tests.journal.entrance import CLOCK, NINE
from tests.support.device import Device, device
from tests.support.lobby import DAY, at, booking, empty_line
from tests.support.office import Office

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.support.broker import Mosquitto

TOPICS: Final = Topics("SUED", "EINGANG", "sued.eingang-1")
PREFIX: Final = "https://nummer.example.org/n/"
BOOKING: Final = "5fd0c1a27be93f6416ad02c9"
SHORT: Final = "KXW4JR9T"
TOKEN: Final = "nB5xQ-w0_Zt7Lk2mPq9RsA"
NAME: Final = "Frau Mustermann-Öztürk"
LOGIN, LOGIN_WORD = "horst", "geh/eim:es Wört"
PASSWORDS: Final = {
    "desk": "pass-of-the-desk",
    "scanner": 'Ünicode+pass/"wo\\rd',
    "board": "bo4rd",
    "staff.console": "k0nsole!",
}
TICKETS: Final = ("A001", "A002", "B001")
SCRIPT: Final = """#!/bin/sh
case "$*" in
  *-k*) cat "{folder}/kernel" ;;
  *"-u lobby-board"*) exit 1 ;;
  *) cat "{folder}/said" ;;
esac
"""
KERNEL: Final = """\
2026-03-02T07:14:02+00:00 pi kernel: mmc0: error -110 whilst initialising SD card
2026-03-02T07:14:03+00:00 pi kernel: hwmon hwmon1: Undervoltage detected!
2026-03-02T07:14:04+00:00 pi kernel: random: crng init done
"""


class Site:
    """A device in which secrets and people are planted wherever there is room."""

    def __init__(self, made: Device, tools: Path, broker: Mosquitto) -> None:
        self.device = made
        self.tools = tools
        self.broker = broker
        self.key = (
            Ed25519PrivateKey.generate()
            .private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
            .decode("ascii")
        )
        # Random, but for what would end a line.
        self.slip_key = bytes(byte or 1 for byte in os.urandom(32))
        self._configure()
        self.code = self._keep_a_day()
        self._say_in_logs()

    @property
    def planted(self) -> list[bytes]:
        """Give everything that must not leave, in every form in which it stands somewhere."""
        words = [
            *PASSWORDS.values(),
            LOGIN_WORD,
            f"{LOGIN}:{LOGIN_WORD}",
            BOOKING,
            BOOKING.upper(),
            SHORT,
            SHORT.lower(),
            written(SHORT),
            TOKEN,
            NAME,
            self.code[4:],
            self.code[4:60],
            "remark-with-a-secret",
            *self.key.splitlines()[1:-1],
        ]
        plain = [word.encode() for word in words]
        secrets = [*(word.encode() for word in PASSWORDS.values()), self.slip_key]
        coded = [form.encode() for secret in secrets for form in forms_of(secret)]
        tickets = [ticket.encode() for ticket in TICKETS]
        return [*plain, *coded, self.slip_key, base64.b64encode(bytes.fromhex(BOOKING)), *tickets]

    def pack(self, *more: str) -> dict[str, str]:
        """Make a bundle; give its files by their names."""
        out = self.device.folder / "bundle.tar.gz"
        said = ["support-bundle", "--config", str(self.device.config), "--out", str(out), *more]
        assert main(said) == 0
        self.data = gzip.decompress(out.read_bytes())
        assert stat.S_IMODE(out.stat().st_mode) == 0o600
        return opened(out.read_bytes())

    def leaked(self) -> list[bytes]:
        """Give what is in the last bundle and must not be."""
        return [word for word in self.planted if word in self.data]

    def _configure(self) -> None:
        folder = self.device.folder
        self.device.edit(f"{folder}/bus.sock", str(self.broker.socket))
        uplink = folder / "uplink"
        uplink.mkdir()
        for name, text in (("key", self.key), ("proxy", f"{LOGIN}:{LOGIN_WORD}\n")):
            (uplink / name).touch(mode=0o600)
            (uplink / name).write_text(text, "utf-8")
        for name, word in PASSWORDS.items():
            (folder / "passwords" / name).touch(mode=0o600)
            (folder / "passwords" / name).write_text(f"{word}\n", "utf-8")
        # Too open to be used: so nobody waits for a bus on which no desk is.
        (folder / "passwords" / "staff.console").chmod(0o644)
        (folder / "state" / "slip.key").write_bytes(self.slip_key)
        (folder / "state" / f"{BOOKING}.draft").touch()
        with self.device.config.open("a", encoding="utf-8") as file:
            file.write(CLOCK.format(start=NINE.isoformat(), origin=repr(time.time())))
            file.write(f"# remark-with-a-secret, ask {NAME}\n[uplink]\n")
            file.write('broker = "mqtts://127.0.0.1:9"\nproxy = "http://127.0.0.1:9"\n')
            file.write(f'key = "{uplink}/key"\nproxy_login = "{uplink}/proxy"\n')
        with_prefix = f'[codes]\nslip_prefix = "{PREFIX}"'
        self.device.edit("[codes]", with_prefix)

    def _keep_a_day(self) -> str:
        """Fill journal and bookings with people; give the code of one of them."""
        state = self.device.folder / "state"
        line = empty_line()
        office = Office(state, line)
        booked = office.book("08:10", short=SHORT)
        office.tell()
        with Keeping(state / "journal.sqlite") as journal:
            asked = (
                commands.TurnDay(DAY),
                commands.CheckIn(booking("08:10", id_=BOOKING), follow=TOKEN),
                commands.Issue("A1", wishes=frozenset({Wish.SEATED}), follow=TOKEN),
                commands.Issue("B1", follow=TOKEN),
                commands.MakeUrgent("A002", Urgency.HEALTH),
                commands.SetNotice(f"{NAME} bitte an Platz 1"),
            )
            for command in asked:
                decision = line.decide(command, at("08:00"))
                assert decision.events, command
                line = line.apply_all(decision.events)
                journal.commit(decision.events, day=str(DAY), line=line)
        return office.code(booked)

    def _say_in_logs(self) -> None:
        """Have the programs of the system say all of it too."""
        lines = [
            "desk: ready, process 4711",
            f"desk: somebody showed {self.code}",
            f"desk: no booking {BOOKING} or {BOOKING.upper()} in the list",
            f"desk: base64 {base64.b64encode(bytes.fromhex(BOOKING)).decode()}",
            f"desk: typed {SHORT}, {SHORT.lower()}, {written(SHORT)}",
            f"desk: the slip of {TICKETS[0]} with {PREFIX}{TOKEN} cannot be set",
            f"desk: {TOKEN}",
            f"link: http://{LOGIN}:{quote(LOGIN_WORD, safe='')}@proxy refuses",
            f"link: {LOGIN}:{LOGIN_WORD}",
            f"link: passwords {' '.join(PASSWORDS.values())}",
            *(f"link: {form}" for word in PASSWORDS.values() for form in forms_of(word.encode())),
            f"link: {self.slip_key.hex()} {self.slip_key!r}",
            f"tls: {self.key}",
            "mail: to someone.else@example.org",
        ]
        self.tools.mkdir()
        (self.tools / "said").write_text("\n".join(lines) + "\n", "utf-8")
        (self.tools / "kernel").write_text(KERNEL, "utf-8")
        for name in ("journalctl", "systemctl"):
            program = self.tools / name
            program.write_text(SCRIPT.format(folder=self.tools), "utf-8")
            program.chmod(0o755)


def forms_of(secret: bytes) -> list[str]:
    """Give how programs write a secret down."""
    return [
        base64.b64encode(secret).decode(),
        base64.urlsafe_b64encode(secret).decode().rstrip("="),
        secret.hex(),
        secret.hex().upper(),
        quote(secret, safe=""),
        repr(secret)[2:-1],
        json.dumps(secret.decode("utf-8", "replace"))[1:-1],
        json.dumps(secret.decode("utf-8", "replace"), ensure_ascii=False)[1:-1],
    ]


def opened(data: bytes) -> dict[str, str]:
    with tarfile.open(fileobj=io.BytesIO(data), mode="r:gz") as archive:
        found = {}
        for entry in archive.getmembers():
            assert (entry.uname, entry.uid, entry.mode) == ("", 0, 0o600)
            content = archive.extractfile(entry)
            assert content is not None
            found[entry.name.partition("/")[2]] = content.read().decode("utf-8")
    return found


@pytest.fixture
def site(mosquitto: Mosquitto, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    tools = tmp_path / "tools"
    monkeypatch.setenv("PATH", f"{tools}:{os.environ['PATH']}")
    with device() as made:
        yield Site(made, tools, mosquitto)


def test_no_secret_no_code_no_id_and_nobody_is_in_it(site: Site) -> None:
    site.pack()
    assert site.leaked() == []


def test_what_was_planted_would_be_found(site: Site) -> None:
    """The test above can fail: with a net that lets everything through all of it is there."""
    log = (site.tools / "said").read_text("utf-8")
    made = make({"log": lambda: log}, Scrubber(()), "x", datetime.now(UTC))
    site.data = gzip.decompress(made.data)
    # Patterns alone do not know passwords.
    assert PASSWORDS["desk"].encode() in site.leaked()
    unscrubbed = Scrubber(())
    unscrubbed.clean = lambda text: text  # type: ignore[method-assign]
    site.data = gzip.decompress(make({"log": lambda: log}, unscrubbed, "x", at("08:00")).data)
    assert {BOOKING.encode(), SHORT.encode(), TOKEN.encode(), b"A001"} <= set(site.leaked())


def test_what_helps_is_in_it(site: Site) -> None:
    found = site.pack()
    about = json.loads(found["about.json"])
    assert about["packages"]["paho-mqtt"]
    settings = json.loads(found["settings.json"])
    assert settings["printer"]["kind"] == "NetworkPrinter"
    assert settings["uplink"]["broker"] == "mqtts://127.0.0.1:9"
    journal = json.loads(found["journal.json"])
    assert journal["ledger"] == 1
    assert journal["events_by_kind"]["TicketIssued"] == 3
    assert "desk: ready, process 4711" in found["log/lobby-desk.txt"]
    assert "somebody showed [code]" in found["log/lobby-desk.txt"]
    assert "typed [short number], [short number], [short number]" in found["log/lobby-desk.txt"]
    assert found["log/kernel.txt"].count("\n") == 2
    assert "Undervoltage" in found["log/kernel.txt"]
    doctor = json.loads(found["doctor.json"])
    assert {"packages", "clock", "printer"} <= {finding["part"] for finding in doctor}
    assert "journal.sqlite" in found["files.txt"]
    assert json.loads(found["clock.json"])["synchronised"] is True


def test_a_part_that_fails_is_named_and_the_rest_is_there(site: Site) -> None:
    (site.device.folder / "state" / "journal.sqlite").write_bytes(b"nothing" * 1000)
    found = site.pack()
    missing = json.loads(found["missing.json"])
    assert missing.keys() == {"journal.json", "log/lobby-board.txt"}
    assert "journalctl ended with 1" in missing["log/lobby-board.txt"]
    assert "about.json" in found
    assert site.leaked() == []


def test_a_system_without_systemd_costs_only_its_part(
    site: Site, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PATH", str(site.device.folder))
    found = site.pack("--json")
    told = json.loads(capsys.readouterr().out)
    assert told["missing"]["units.txt"] == "there is no systemctl here"
    assert set(told["holds"]) == found.keys()


def test_a_configuration_that_cannot_be_read_is_told_without_a_word_of_it(site: Site) -> None:
    site.device.edit("minutes = 5", 'minutes = "remark-with-a-secret"')
    found = site.pack()
    told = json.loads(found["settings.json"])
    (problem,) = told["cannot_be_used"]
    assert problem["section"] == "service"
    assert problem["allowed"]
    assert b"remark-with-a-secret" not in site.data
    assert "log/lobby-desk.txt" in found


def test_what_the_bus_says_is_in_it_and_scrubbed(site: Site) -> None:
    (site.device.folder / "passwords" / "staff.console").chmod(0o640)
    login = Login("test", "test", "")
    stamp = {"as_of": at("08:00"), "day": DAY, "session": "s", "valid_s": 30}
    sentence = f"Für {TICKETS[0]} kam kein Zettel: {site.code}, {BOOKING}"
    said = {
        TOPICS.alarms: Alarms(
            **stamp,  # type: ignore[arg-type]
            alarms=[Alarm(name="slip", since=at("07:00"), sentence=sentence)],
        ),
        TOPICS.presence("desk"): Presence(state="up", detail=f"reads {PASSWORDS['scanner']}"),
        TOPICS.command("counter.1", "next"): Command(short=SHORT),
        TOPICS.board: Board(
            **stamp,  # type: ignore[arg-type]
            calls=[],
            at_counters=[],
            next=[],
            waiting=3,
            open_counters=0,
            notice=NAME,
        ),
    }
    heard: list[object] = []
    with Link(UnixSocket(site.broker.socket), login, heard.append) as link:
        until(lambda: Connected() in heard)
        ids = [link.publish(topic, encode(each), retain=True) for topic, each in said.items()]
        until(lambda: len(heard) > len(ids))
        found = site.pack()
    lobby = json.loads(found["lobby.json"])
    (alarm,) = lobby["alarms"]
    assert alarm["name"] == "slip"
    assert "kam kein Zettel: [code]" in alarm["sentence"]
    assert site.leaked() == []


def until(fact: Callable[[], bool]) -> None:
    until_s = time.monotonic() + 20.0
    while not fact():
        assert time.monotonic() < until_s
        time.sleep(0.01)


def test_a_place_that_cannot_be_written_is_told_in_one_sentence(
    site: Site, capsys: pytest.CaptureFixture[str]
) -> None:
    out = site.device.folder / "not" / "there"
    assert main(["support-bundle", "--config", str(site.device.config), "--out", str(out)]) == 1
    assert "--out" in capsys.readouterr().err


@pytest.mark.parametrize(
    "text",
    [
        "the connection was rejected, and accepted again",
        "lobby-desk.service: Main process exited, code=exited, status=1/FAILURE",
        "/usr/lib/python3/dist-packages/picamera2/picamera2.py",
        "2026-03-02T07:14:02.123456+00:00 pi kernel: mmc0: error -110",
        "Python 3.13.5 (main, Jun 25 2025, 18:55:22) [GCC 14.2.0]",
    ],
)
def test_what_helps_is_left_as_it_is(text: str) -> None:
    assert Scrubber([b"pass"]).clean(text) == text


def test_a_secret_too_short_to_be_one_takes_nothing_out() -> None:
    assert Scrubber([b"", b"a", b"\n"]).clean("a banana") == "a banana"
