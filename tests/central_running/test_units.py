"""The units at the centre: systemd understands them, and what they start works."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import signal
import socket
import subprocess
import sys
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest

from central.cli import _parser
from tests.central.world import NOW, World

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tests.support.broker import Mosquitto

FOLDER: Final = Path(__file__).parent.parent.parent / "central" / "systemd"
UNITS: Final = sorted(FOLDER.glob("*.service"))
DAEMONS: Final = [unit for unit in UNITS if "Type=notify" in unit.read_text("utf-8")]
MOST_EXPOSED: Final = 2.0
DEADLINE_S: Final = 30.0

needs_systemd = pytest.mark.skipif(
    shutil.which("systemd-analyze") is None, reason="systemd-analyze is part of systemd"
)


def setting(unit: Path, key: str) -> list[str]:
    text = unit.read_text("utf-8").replace("\\\n", " ")
    return re.findall(rf"^{key}=(.*)$", text, re.MULTILINE)


def environment() -> dict[str, str]:
    lines = (FOLDER / "centre.env").read_text("utf-8").splitlines()
    return dict(line.split("=", 1) for line in lines if not line.startswith("#"))


def started(unit: Path) -> list[str]:
    """Give the arguments with which systemd would start it."""
    (line,) = setting(unit, "ExecStart")
    for specifier, value in (("%d", "/run/credentials/x"), ("%S", "/var/lib"), ("%i", "SUED")):
        line = line.replace(specifier, value)
    known = environment()
    words: list[str] = []
    for word in shlex.split(line):
        if word.startswith("$") and not word.startswith("${"):
            words += known[word[1:]].split()
        else:
            words.append(re.sub(r"\$\{(\w+)\}", lambda found: known[found[1]], word))
    return words


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.stem)
def test_command_line_is_one_that_the_program_takes(unit: Path) -> None:
    program, *arguments = started(unit)
    assert program == "/opt/lobby-central/current/bin/lobby-central"
    assert _parser().parse_args(arguments).do


@needs_systemd
@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.stem)
def test_unit_may_do_little(unit: Path) -> None:
    rated = subprocess.run(
        ["systemd-analyze", "security", "--offline=yes", "--no-pager", str(unit)],
        check=True,
        capture_output=True,
        text=True,
    )
    found = re.search(r"Overall exposure level[^:]*: ([\d.]+)", rated.stdout)
    assert found is not None, rated.stdout
    assert float(found[1]) <= MOST_EXPOSED


@needs_systemd
def test_systemd_understands_them_all(tmp_path: Path) -> None:
    # The program and the users are there at the centre only.
    for unit in FOLDER.iterdir():
        text = re.sub(
            r"^ExecStart=\S+", "ExecStart=/bin/true", unit.read_text("utf-8"), flags=re.MULTILINE
        )
        text = re.sub(r"^(User|Group)=.*\n", "", text, flags=re.MULTILINE)
        (tmp_path / unit.name).write_text(text, "utf-8")
    units = [
        str(tmp_path / unit.name) for unit in FOLDER.iterdir() if "lobby-central-" in unit.name
    ]
    checked = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", *units, str(tmp_path / "lobby-central.target")],
        check=False,
        capture_output=True,
        text=True,
        env={**os.environ, "SYSTEMD_UNIT_PATH": f"{tmp_path}:"},
    )
    assert [line for line in checked.stderr.splitlines() if "lobby-central" in line] == []


@pytest.mark.parametrize("unit", DAEMONS, ids=lambda unit: unit.stem)
def test_daemon_starts_again_for_ever_and_is_watched(unit: Path) -> None:
    assert setting(unit, "Restart") == ["always"]
    assert setting(unit, "StartLimitIntervalSec") == ["0"]
    assert setting(unit, "Type") == ["notify"]
    assert int(setting(unit, "WatchdogSec")[0]) >= 30


def test_each_daemon_has_a_user_a_folder_and_a_secret_of_its_own() -> None:
    users = [setting(unit, "User") or [f"dynamic {unit.stem}"] for unit in DAEMONS]
    folders = [each for unit in DAEMONS for each in setting(unit, "StateDirectory")]
    secrets = [each for unit in DAEMONS for each in setting(unit, "LoadCredential")]
    for each in ([user for (user,) in users], folders, secrets):
        assert len(each) == len(set(each))
    assert len(users) == len(secrets) == len(DAEMONS)
    assert all(mode == "0700" for u in DAEMONS for mode in setting(u, "StateDirectoryMode"))
    made = (FOLDER / "lobby-central.sysusers").read_text("utf-8")
    for (user,) in users:
        assert user.startswith("dynamic") or f"u {user} " in made


def test_target_wants_everything_that_is_there() -> None:
    wanted = " ".join(setting(FOLDER / "lobby-central.target", "Wants")).split()
    # A report is of one site: each has its own timer, switched on by hand.
    timers = {each.name for each in FOLDER.glob("*.timer") if "@" not in each.name}
    there = {unit.name for unit in DAEMONS} | timers
    assert set(wanted) == there


def test_guide_names_every_file_and_every_variable() -> None:
    guide = (FOLDER.parent.parent / "docs" / "central.md").read_text("utf-8")
    for unit in FOLDER.glob("lobby-central*"):
        if unit.suffix in {".service", ".timer", ".target"}:
            assert unit.stem in guide, unit.name
    for name in environment():
        assert name in guide


@contextmanager
def notified(folder: Path, verb: str, arguments: Sequence[str]) -> Iterator[socket.socket]:
    """Start a process as systemd does, and end it; it ends in order."""
    address = folder / f"{verb}.notify"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as notify:
        notify.bind(str(address))
        notify.settimeout(DEADLINE_S)
        with subprocess.Popen(
            [sys.executable, "-m", "central.cli", verb, *arguments],
            env={**os.environ, "NOTIFY_SOCKET": str(address)},
            stdout=subprocess.DEVNULL,
        ) as process:
            try:
                yield notify
            finally:
                process.send_signal(signal.SIGTERM)
                code = process.wait(DEADLINE_S)
        assert code == 0, verb
        assert notify.recv(100) == b"STOPPING=1", verb


def test_processes_say_that_they_are_ready_and_that_their_loops_turn(
    tmp_path: Path, mosquitto: Mosquitto
) -> None:
    office = ["--office", str(World(tmp_path, mosquitto.port, NOW).office_path)]
    broker = ["--broker", f"mqtt://127.0.0.1:{mosquitto.port}"]
    started = {
        "collect": ["--store", str(tmp_path / "events"), *broker],
        "publish": ["--watch", "--all", *office],
        "wait-pages": [*office, *broker, "--out", str(tmp_path / "pages")],
        "curves": broker,
    }
    assert {unit.stem.removeprefix("lobby-central-") for unit in DAEMONS} == set(started)
    # All at once: each is fed after five seconds.
    with ExitStack() as stack:
        ears = [
            stack.enter_context(notified(tmp_path, verb, arguments))
            for verb, arguments in started.items()
        ]
        for ear in ears:
            said = [ear.recv(100) for _ in range(3)]
            assert said == [b"READY=1", b"WATCHDOG=1", b"WATCHDOG=1"]
