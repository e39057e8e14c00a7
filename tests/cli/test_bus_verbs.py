"""The verbs over the bus, with a real broker, its access list, and a real desk."""

from __future__ import annotations

import json
import os
import queue
import re
import select
import shlex
import signal
import subprocess
import sys
import time
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING, Final

import pytest

from appliance.bus.access import (
    access_list,
    process_login,
    rights_of_caller,
    rights_of_processes,
)
from appliance.bus.asking import Asker
from appliance.bus.link import Connected, Link, Login, UnixSocket
from appliance.bus.messages.asked import Command
from appliance.bus.topics import Topics
from appliance.cli import main
from appliance.console import place
from demo.emulator import PrinterEmulator
from tests.journal.entrance import CLOCK, NINE, Issuer
from tests.support.device import Device, device

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.conftest import MakeMosquitto
    from tests.support.broker import Mosquitto

TOPICS: Final = Topics("SUED", "EINGANG", "sued.eingang-1")
CALLERS: Final = ("staff.console", "counter.1")
DESK: Final = process_login(TOPICS.device, "desk")
DEADLINE_S: Final = 30.0
KEY: Final = "0f" * 16


class Lobby:
    """A lobby whose desk a test starts, and somebody at its command line."""

    def __init__(self, made: Device, broker: Mosquitto, capsys: pytest.CaptureFixture[str]) -> None:
        self.device = made
        self.broker = broker
        self._capsys = capsys
        self._origin_s = time.time()

    def configure(self, keys: Path, printer_port: int) -> None:
        """Leave nothing for an alarm."""
        folder = self.device.folder
        for old, new in (
            (f"{folder}/bus.sock", str(self.broker.socket)),
            (f"{folder}/trust.cose", str(keys / "trust.cose")),
            (f"{folder}/root.pub", str(keys / "root.pub")),
            ('name = "eingang-1"', 'name = "eingang-1"\nroles = ["desk"]'),
            ("port = 9", f"port = {printer_port}"),
        ):
            self.device.edit(old, new)
        with self.device.config.open("a", encoding="utf-8") as config:
            config.write(CLOCK.format(start=NINE.isoformat(), origin=repr(self._origin_s)))
        password = folder / "passwords" / "staff.console"
        password.touch(mode=0o640)
        password.write_text("secret")

    def days_pass(self, days: int) -> None:
        """Set the clock of whoever starts now."""
        shifted = self._origin_s - timedelta(days=days).total_seconds()
        self.device.edit(repr(self._origin_s), repr(shifted))

    def desk(self) -> ExitStack:
        """Start the desk; it has told everyone how all stands."""
        stack = ExitStack()
        self.running = stack.enter_context(self.device.started("desk"))
        told: queue.SimpleQueue[object] = queue.SimpleQueue()
        login = Login("ear", "staff.console", "secret")
        bus = UnixSocket(self.broker.socket)
        with Link(bus, login, told.put, subscriptions=(TOPICS.alarms,)):
            assert isinstance(told.get(timeout=DEADLINE_S), Connected)
            told.get(timeout=DEADLINE_S)
        return stack

    def time_flies(self) -> None:
        """Let a minute take a second for whoever starts now."""
        self.device.edit("speed = 1.0", "speed = 60.0")

    def open_counter(self) -> None:
        """Have a clerk open the counter."""
        login = Login("counter.1", "counter.1", "secret")
        with Asker(TOPICS, UnixSocket(self.broker.socket), login) as clerk:
            assert clerk.ask("open_counter", Command(), timeout_s=DEADLINE_S).ok

    def say(self, *words: str) -> tuple[int, str, str]:
        """Type `lobby …`; give the exit code, what it told, and what it said is wrong."""
        self._capsys.readouterr()
        code = main([*words, "--config", str(self.device.config), "--language", "en"])
        return (code, *self._capsys.readouterr())

    def say_json(self, *words: str) -> tuple[int, dict[str, object]]:
        """Type `lobby … --json`; give the exit code, and the one line that it told."""
        code, out, err = self.say(*words, "--json")
        assert err == ""
        (line,) = out.splitlines()
        told = json.loads(line)
        assert isinstance(told, dict)
        return code, told

    def recall(self) -> object:
        """Type `lobby recall` until enough time has passed since the call; give the sentence."""
        until_s = time.monotonic() + DEADLINE_S
        while True:
            code, told = self.say_json("recall", "--counter", "1")
            if code == 0:
                return told["sentence"]
            assert told["reason"] == "too_soon"
            assert time.monotonic() < until_s

    def until_told(self, waiting: int) -> None:
        """Wait until the desk has told everyone how many wait."""
        until_s = time.monotonic() + DEADLINE_S
        while self.say_json("status")[1]["waiting"] != waiting:
            assert time.monotonic() < until_s

    @contextmanager
    def watching(self, *options: str) -> Iterator[Watching]:
        """Type `lobby watch`."""
        command = [sys.executable, "-m", "appliance.cli", "watch", "--language", "en", *options]
        with subprocess.Popen(
            [*command, "--config", str(self.device.config)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        ) as running:
            try:
                yield Watching(running)
            finally:
                running.kill()


class Watching:
    """A terminal with `lobby watch`."""

    def __init__(self, running: subprocess.Popen[bytes]) -> None:
        assert running.stdout is not None
        self._running = running
        self._out = running.stdout.fileno()
        self.text = ""

    def until(self, words: str) -> None:
        """Wait until it has told something."""
        until_s = time.monotonic() + DEADLINE_S
        while words not in self.text:
            left_s = until_s - time.monotonic()
            assert left_s > 0, f"not told: {words}\n{self.text}"
            if select.select([self._out], [], [], left_s)[0]:
                news = os.read(self._out, 65536)
                assert news, f"it ended before: {words}\n{self.text}"
                self.text += news.decode()

    def press_ctrl_c(self) -> tuple[int, bytes]:
        """Give the exit code, and what it said is wrong."""
        self._running.send_signal(signal.SIGINT)
        _, wrong = self._running.communicate(timeout=DEADLINE_S)
        return self._running.returncode, wrong


@pytest.fixture
def lobby(
    make_mosquitto: MakeMosquitto, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> Iterator[Lobby]:
    rights = (
        *rights_of_processes(TOPICS),
        *(rights_of_caller(TOPICS, caller) for caller in CALLERS),
    )
    broker = make_mosquitto(
        logins={right.login: "secret" for right in rights}, acl=access_list(rights)
    )
    with PrinterEmulator(strict=False) as printer, device() as made:
        found = Lobby(made, broker, capsys)
        found.configure(Issuer.new(tmp_path / "keys").folder, printer.port)
        yield found


# Commands.


def test_number_is_given_called_and_called_again(lobby: Lobby) -> None:
    lobby.time_flies()
    with lobby.desk():
        lobby.open_counter()
        assert lobby.say("issue", "A1") == (0, "A001 is given out.\n", "")
        assert lobby.say("next", "--counter", "1") == (0, "A001 is called to counter 1.\n", "")
        assert lobby.recall() == "A001 is called to counter 1 once more."


def test_nobody_waits_is_fine_and_said(lobby: Lobby) -> None:
    with lobby.desk():
        lobby.open_counter()
        assert lobby.say("next", "--counter", "1") == (0, "Nobody waits for counter 1.\n", "")
        code, told = lobby.say_json("next", "--counter", "1")
        assert (code, told["ok"], told["ticket"], told["counter"]) == (0, True, None, "1")


def test_refusal_is_told_with_its_reason(lobby: Lobby) -> None:
    with lobby.desk():
        code, out, err = lobby.say("next", "--counter", "1")
        assert (code, out) == (1, "")
        assert err.startswith("lobby: ")
        assert len(err.splitlines()) == 1
        code, told = lobby.say_json("next", "--counter", "1")
        assert (code, told["ok"], told["reason"]) == (1, False, "counter_closed")
        assert lobby.say_json("issue", "X9")[1]["reason"] == "unknown_service"


def test_same_key_gives_the_same_number(lobby: Lobby) -> None:
    with lobby.desk():
        for _ in range(2):
            assert lobby.say_json("issue", "A1", "--key", KEY)[1]["ticket"] == "A001"
        assert lobby.say_json("issue", "A1")[1]["ticket"] == "A002"


def test_desk_that_hangs_leaves_it_unknown_and_the_told_command_finds_out(lobby: Lobby) -> None:
    with lobby.desk():
        lobby.running.send_signal(signal.SIGSTOP)
        try:
            code, out, err = lobby.say("issue", "A1", "--timeout", "0.5")
        finally:
            lobby.running.send_signal(signal.SIGCONT)
        assert (code, out) == (1, "")
        assert "not known whether this was done" in err
        again = shlex.split(err[err.index("lobby issue") :])
        # The desk did it when it woke up: it is told, and not done once more.
        assert lobby.say(*again[1:]) == (0, "A001 is given out.\n", "")
        assert lobby.say_json("status")[1]["waiting"] == 1


def test_no_desk_leaves_it_unknown_for_machines_too(lobby: Lobby) -> None:
    code, told = lobby.say_json("next", "--counter", "1", "--timeout", "0.3", "--key", KEY)
    assert (code, told["ok"], told["reason"], told["key"]) == (1, None, "unknown", KEY)
    assert f"lobby next --counter 1 --config {lobby.device.config} --key {KEY}" in str(
        told["sentence"]
    )


def test_ctrl_c_ends_a_command_without_a_word(lobby: Lobby) -> None:
    command = [sys.executable, "-m", "appliance.cli", "next", "--counter", "1"]
    with subprocess.Popen(
        [*command, "--config", str(lobby.device.config)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as running:
        until_s = time.monotonic() + DEADLINE_S
        while "as staff.console." not in lobby.broker.log:
            assert time.monotonic() < until_s
            time.sleep(0.02)
        running.send_signal(signal.SIGINT)
        said = running.communicate(timeout=DEADLINE_S)
    assert (running.returncode, said) == (1, (b"", b""))


@pytest.mark.parametrize(
    "verb",
    [["next", "--counter", "1"], ["recall", "--counter", "1"], ["issue", "A1"]],
    ids=lambda verb: verb[0],
)
def test_without_a_bus_nothing_was_done(
    lobby: Lobby, monkeypatch: pytest.MonkeyPatch, verb: list[str]
) -> None:
    monkeypatch.setattr(place, "REACHED_WITHIN_S", 0.5)
    lobby.broker.kill()
    code, out, err = lobby.say(*verb)
    assert (code, out) == (1, "")
    socket = lobby.broker.socket
    assert err == (
        f"lobby: no bus answers at {socket}; nothing was done."
        " Is it running? Look with: systemctl status mosquitto\n"
    )
    code, told = lobby.say_json(*verb)
    assert (code, told["ok"], told["reason"]) == (1, False, "no_bus")


@pytest.mark.parametrize("verb", ["status", "watch"])
def test_without_a_bus_there_is_nothing_to_see(
    lobby: Lobby, monkeypatch: pytest.MonkeyPatch, verb: str
) -> None:
    monkeypatch.setattr(place, "REACHED_WITHIN_S", 0.5)
    lobby.broker.kill()
    code, out, err = lobby.say(verb)
    assert (code, out) == (1, "")
    assert "no bus answers" in err
    assert lobby.say_json(verb)[1]["reason"] == "no_bus"


def test_wrong_password_is_told_as_such_and_at_once(
    lobby: Lobby, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(place, "REACHED_WITHIN_S", 600.0)
    (lobby.device.folder / "passwords" / "staff.console").write_text("guess")
    code, _, err = lobby.say("next", "--counter", "1")
    assert code == 1
    assert "does not let 'staff.console' in" in err


def test_missing_password_names_its_file(lobby: Lobby) -> None:
    (lobby.device.folder / "passwords" / "staff.console").unlink()
    code, _, err = lobby.say("status")
    assert code == 1
    assert "passwords/staff.console" in err


@pytest.mark.parametrize(
    "words",
    [
        ["next"],
        ["issue"],
        ["next", "--counter", "1", "--key", "abc"],
        ["next", "--counter", "1", "--timeout", "0"],
        ["next", "--counter", "1", "--timeout", "soon"],
    ],
)
def test_wrong_use(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(words)
    assert ended.value.code == 2
    # In words for people, with no name of ours in them.
    assert " _" not in capsys.readouterr().err


def test_wish_that_nobody_can_have(lobby: Lobby) -> None:
    code, _, err = lobby.say("issue", "A1", "--wish", "gold")
    assert code == 2
    assert "'gold'; there are seated, " in err


# Status.


def test_status_of_a_lobby_where_all_is_well(lobby: Lobby) -> None:
    with lobby.desk():
        lobby.open_counter()
        for _ in range(2):
            lobby.say("issue", "A1", "--wish", "seated")
        lobby.say("next", "--counter", "1")
        code, out, err = lobby.say("status")
        machine = lobby.say_json("status")
    assert (code, err) == (0, "")
    told = re.sub(r"\d\d:\d\d:\d\d", "09:00:00", out)
    assert re.sub(r"\d+–\d+ min", "5–10 min", told) == (
        "Eingang, Jobcenter (sued.eingang-1)\n"
        "As of 02.03.2026, 09:00:00\n"
        "\n"
        "Processes\n"
        "  desk  up\n"
        "\n"
        "Alarms\n"
        "  none\n"
        "\n"
        "Waiting\n"
        "  A1  Unterlagen abgeben    1 waiting  5–10 min\n"
        "  Next: A002 (* right of way)\n"
        "\n"
        "Counters\n"
        "  1  open  A001\n"
    )
    code, read = machine
    assert (code, read["ok"], read["fresh"], read["waiting"]) == (0, True, True, 1)
    assert read["processes"] == [
        {"device": "sued.eingang-1", "process": "desk", "state": "up", "detail": ""}
    ]
    assert read["alarms"] == []
    assert "seated" not in f"{out}{read}"


def test_status_names_the_alarm_and_what_to_do(lobby: Lobby) -> None:
    lobby.device.edit('host = "127.0.0.1"\nport = ', 'host = "127.0.0.1"\nport = 9 # ')
    with lobby.desk(), lobby.watching() as terminal:
        # The printer is asked by its own thread.
        terminal.until("Alarm (printer): ")
        code, out, _ = lobby.say("status")
        _, read = lobby.say_json("status")
    assert code == 1
    assert "02.03. 09:00  " in out
    assert read["ok"] is False
    alarms = read["alarms"]
    assert isinstance(alarms, list)
    assert [alarm["name"] for alarm in alarms] == ["printer"]
    assert alarms[0]["sentence"] in out


def test_status_of_a_desk_that_was_killed_is_out_of_date(lobby: Lobby) -> None:
    with lobby.desk():
        lobby.say("issue", "A1")
        lobby.until_told(waiting=1)
        lobby.running.kill()
        lobby.running.wait(DEADLINE_S)
        code, out, _ = lobby.say("status")
        assert code == 1
        assert "  desk  DOWN  look with: journalctl -u lobby-desk\n" in out
        assert "OUT OF DATE: as of 02.03.2026, 09:00:" in out
        assert "Next: A001" in out
        # Yesterday's line is nobody's any more.
        lobby.days_pass(1)
        code, out, _ = lobby.say("status")
        assert (code, "Next" in out, "OUT OF DATE" in out) == (1, False, True)


def test_status_finds_a_desk_that_hangs(lobby: Lobby) -> None:
    with lobby.desk():
        lobby.until_told(waiting=0)
        lobby.running.send_signal(signal.SIGSTOP)
        try:
            code, read = lobby.say_json("status")
        finally:
            lobby.running.send_signal(signal.SIGCONT)
    assert (code, read["fresh"]) == (1, False)
    assert read["processes"] == [
        {"device": "sued.eingang-1", "process": "desk", "state": "silent", "detail": ""}
    ]


@pytest.mark.parametrize("process", ["scanner", "kiosk"])
def test_status_misses_a_process_that_never_came(lobby: Lobby, process: str) -> None:
    lobby.device.edit('roles = ["desk"]', f'roles = ["desk", "{process}"]')
    with lobby.desk():
        code, out, _ = lobby.say("status")
    assert code == 1
    width = len(process)
    assert f"  {'desk':{width}}  up\n" in out
    assert f"  {process}  NOT THERE  look with: journalctl -u lobby-{process}\n" in out


def test_status_on_another_device_knows_the_desk_of_the_lobby(lobby: Lobby) -> None:
    with lobby.desk():
        lobby.device.edit(
            'name = "eingang-1"\nroles = ["desk"]', 'name = "halle"\nroles = ["board"]'
        )
        code, out, _ = lobby.say("status")
    assert code == 1
    assert "  desk (sued.eingang-1)  up\n" in out
    assert "  board                  NOT THERE" in out
    assert "OUT OF DATE" not in out


def test_status_believes_a_desk_whose_time_is_another(lobby: Lobby) -> None:
    with lobby.desk():
        lobby.days_pass(3)
        code, read = lobby.say_json("status")
    assert (code, read["fresh"]) == (0, True)


def test_status_before_any_desk_says_that_nothing_was_told(lobby: Lobby) -> None:
    code, out, _ = lobby.say("status")
    assert code == 1
    assert "The desk has told nothing yet." in out


# Watch.


def test_watch_tells_what_happens_until_ctrl_c(lobby: Lobby) -> None:
    lobby.time_flies()
    with lobby.desk(), lobby.watching() as terminal:
        terminal.until("Following")
        lobby.open_counter()
        lobby.say("issue", "A1", "--wish", "seated")
        terminal.until("  A001 given out for A1\n")
        lobby.say("next", "--counter", "1")
        terminal.until("  A001 called to counter 1\n")
        lobby.recall()
        terminal.until("  A001 called to counter 1 once more\n")
        assert terminal.press_ctrl_c() == (0, b"")
    lines = terminal.text.splitlines()
    assert all(re.match(r"09:\d\d:\d\d  \S", line) for line in lines), lines
    assert "seated" not in terminal.text
    # Who types commands meanwhile is another client: the broker hangs up on nobody.
    assert "The bus" not in terminal.text
    assert len(lines) == len(set(lines))


def test_watch_tells_which_process_goes_and_comes(lobby: Lobby) -> None:
    with ExitStack() as watched:
        with lobby.desk():
            terminal = watched.enter_context(lobby.watching("--json"))
            terminal.until("following")
            lobby.running.kill()
            lobby.running.wait(DEADLINE_S)
            terminal.until('"process_down"')
        with lobby.desk():
            terminal.until('"process_up"')
            assert terminal.press_ctrl_c() == (0, b"")
    told = [json.loads(line) for line in terminal.text.splitlines()]
    assert all(line.keys() >= {"at", "what"} for line in told)
    down = next(line for line in told if line["what"] == "process_down")
    assert (down["process"], down["device"]) == ("desk", "sued.eingang-1")


def test_watch_goes_on_when_the_bus_comes_back(lobby: Lobby) -> None:
    with lobby.desk(), lobby.watching() as terminal:
        terminal.until("Following")
        lobby.broker.kill()
        terminal.until("The bus is gone.")
        lobby.broker.start()
        terminal.until("The bus is back.")
        lobby.say("issue", "A1", "--timeout", "30")
        terminal.until("A001 given out")
        assert terminal.press_ctrl_c() == (0, b"")
    assert "HANGS" not in terminal.text
