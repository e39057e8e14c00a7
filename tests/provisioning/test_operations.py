"""Operations as data: facts in, exact commands out; where all is so already, none."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import pytest
from pyinfra.api.command import FileUploadCommand
from pyinfra.context import ctx_host

from provisioning import facts, operations, steps

GOOD: Final = facts.UnitState(loaded=True, active=True, stale=False, older=False, unfit=False)
PAPERS: Final = facts.Papers("certificate", "public", copied=True)


@dataclass
class Host:
    """A machine that is only facts; each kind has answers, the last one stays."""

    answers: Mapping[type, list[object]]
    asked: list[dict[str, object]] = field(default_factory=list)

    def get_fact(self, kind: type, **asked: object) -> object:
        self.asked.append(asked)
        given = self.answers[kind]
        return given.pop(0) if len(given) > 1 else given[0]


def commands(step: steps.Step, **given: object) -> list[str]:
    """Give what would be run for a step; facts are named without their `Fact`."""
    answers = {
        getattr(facts, f"{name}Fact"): value if isinstance(value, tuple) else (value,)
        for name, value in given.items()
    }
    host = Host({kind: list(values) for kind, values in answers.items()})
    operation, arguments = operations.as_operation(step)
    with ctx_host.use(host):
        made = list(operation._inner(**arguments))  # type: ignore[attr-defined]  # noqa: SLF001  (pyinfra's own way to test)
    return [
        f"put {each.dest}" if isinstance(each, FileUploadCommand) else str(each) for each in made
    ]


# Units.


def test_unit_that_runs_with_its_newest_files_is_left_alone() -> None:
    assert commands(steps.Fresh("a.service"), Unit=GOOD) == []


@pytest.mark.parametrize(
    ("state", "wanted"),
    [
        (facts.UnitState(True, False, False, False, False), ["systemctl restart a.service"]),  # noqa: FBT003  (a table)
        (facts.UnitState(True, True, False, True, False), ["systemctl restart a.service"]),  # noqa: FBT003  (a table)
        (
            facts.UnitState(False, False, False, False, False),  # noqa: FBT003  (a table)
            ["systemctl daemon-reload", "systemctl restart a.service"],
        ),
        (
            facts.UnitState(True, True, True, False, False),  # noqa: FBT003  (a table)
            ["systemctl daemon-reload", "systemctl restart a.service"],
        ),
        (facts.UnitState(True, False, False, True, True), []),  # noqa: FBT003  (a table)
    ],
    ids=["not running", "older than its files", "not known", "changed since read", "not for here"],
)
def test_unit_is_started_where_it_has_to_be(state: facts.UnitState, wanted: list[str]) -> None:
    assert commands(steps.Fresh("a.service"), Unit=state) == wanted


def unit_told(written: str) -> list[str]:
    return [
        "LoadState=loaded",
        "ActiveState=active",
        "NeedDaemonReload=no",
        "ActiveEnterTimestamp=Mon 2026-03-02 08:00:01.250000 UTC",
        "ConditionResult=yes",
        "ConditionTimestamp=Mon 2026-03-02 08:00:01.000000 UTC",
        "1.5",
        written,
    ]


def test_restart_is_owed_if_any_file_is_newer_than_the_start() -> None:
    read = facts.UnitFact().process
    assert read(unit_told("1772438401.240000000")) == GOOD
    assert read(unit_told("1772438401.260000000")).older


def test_unit_whose_condition_failed_is_not_for_this_machine() -> None:
    told = [line.replace("ConditionResult=yes", "ConditionResult=no") for line in unit_told("1")]
    assert facts.UnitFact().process(told).unfit
    never = [line for line in told if "ConditionTimestamp" not in line]
    assert not facts.UnitFact().process(never).unfit


# Settings.


def test_setting_that_counts_needs_nothing() -> None:
    step = steps.Effective("x", "sshd -T", ("permitrootlogin no",), "look")
    assert commands(step, Lines=["port 22", "permitrootlogin no"]) == []


def test_setting_that_something_else_wins_over_stops_the_run() -> None:
    step = steps.Effective("x", "sshd -T", ("permitrootlogin no",), "look at 50-cloud-init.conf")
    with pytest.raises(operations.NotEffectiveError, match="50-cloud-init"):
        commands(step, Lines=["permitrootlogin yes"])


def test_file_with_a_life_of_its_own_is_not_written_over() -> None:
    assert commands(steps.Given(steps.File("/var/x", b"first")), Lines=["there"]) == []


def test_file_that_is_gone_stays_gone() -> None:
    assert commands(steps.Gone("/etc/x"), Lines=[]) == []
    assert commands(steps.Gone("/etc/x"), Lines=["/etc/x"]) == ["rm -f /etc/x"]


def test_process_of_a_unit_that_goes_ends() -> None:
    unit = "/etc/systemd/system/lobby-scanner.service"
    assert commands(steps.Gone(unit), Lines=[unit]) == [
        "systemctl disable --now lobby-scanner.service",
        f"rm -f {unit}",
        "systemctl daemon-reload",
    ]


def test_what_is_made_is_made_anew_when_its_sources_are_newer() -> None:
    step = steps.Made("/srv/x", ("/etc/a",), "make x")
    assert commands(step, Lines=[]) == []
    assert commands(step, Lines=["/etc/a"]) == ["make x"]


# The kernel's command line, without which a Pi does not boot.

LINE: Final = "console=serial0,115200 root=PARTUUID=1a2b-02 rootwait quiet"


def word(file: Path | str = "/boot/firmware/cmdline.txt") -> steps.KernelWord:
    return steps.KernelWord("cgroup_enable=memory", str(file), "its limits of memory")


def cat(file: Path) -> list[str]:
    """Give what pyinfra gives of a file that is printed."""
    return file.read_text("utf-8").split("\n")[:-1]


@pytest.mark.parametrize(
    "line",
    [
        f"{LINE} cgroup_enable=memory",
        f"cgroup_enable=memory {LINE}",
        f"{LINE} cgroup_enable=memory ds=nocloud",
    ],
)
def test_word_that_the_kernel_is_started_with_already_is_not_written_again(line: str) -> None:
    assert commands(word(), Lines=[line]) == []
    # A blank line at the end does no harm.
    assert commands(word(), Lines=[line, ""]) == []


@pytest.mark.parametrize("line", [LINE, f"{LINE} ", f"{LINE} cgroup_enable=memory,cpuset"])
def test_word_comes_after_all_others_and_these_stay(tmp_path: Path, line: str) -> None:
    file = tmp_path / "cmdline.txt"
    file.write_text(f"{line}\n", "utf-8")
    (made,) = commands(word(file), Lines=cat(file))
    subprocess.run(["sh", "-c", made], check=True)
    assert file.read_text("utf-8") == f"{line.strip()} cgroup_enable=memory\n"
    assert [each.name for each in tmp_path.iterdir()] == ["cmdline.txt"]
    assert commands(word(file), Lines=cat(file)) == []


@pytest.mark.parametrize(
    "lines",
    [[], [""], ["  "], [LINE, "quiet"], [f"{LINE}\0\0\0"], [f"{LINE} \N{BLACK STAR}"]],
    ids=["missing", "empty", "blank", "two lines", "torn by a power cut", "no ASCII"],
)
def test_command_line_that_is_not_one_line_is_left_to_a_person(lines: list[str]) -> None:
    with pytest.raises(operations.CommandLineError, match="left as it is"):
        commands(word(), Lines=lines)


# What a power cut leaves at each step of it: it ends there.
@pytest.mark.parametrize("cut", ["base64", "sync", "mv"])
def test_command_line_is_the_old_one_until_the_new_one_is_whole(tmp_path: Path, cut: str) -> None:
    file = tmp_path / "boot" / "cmdline.txt"
    file.parent.mkdir()
    file.write_text(f"{LINE}\n", "utf-8")
    programs = tmp_path / "bin"
    programs.mkdir()
    half = "#!/bin/sh\nhead -c 7\nexit 1\n" if cut == "base64" else "#!/bin/false\n"
    (programs / cut).write_text(half)
    (programs / cut).chmod(0o755)
    (made,) = commands(word(file), Lines=cat(file))
    cut_off = ["sh", "-c", f"PATH={programs}:$PATH; {made}"]
    assert subprocess.run(cut_off, check=False).returncode != 0
    assert file.read_text("utf-8") == f"{LINE}\n"
    # The next run makes it good.
    shutil.rmtree(programs)
    (made,) = commands(word(file), Lines=cat(file))
    subprocess.run(["sh", "-c", made], check=True)
    assert file.read_text("utf-8") == f"{LINE} cgroup_enable=memory\n"


def test_restart_is_owed_until_the_kernel_was_started_with_the_word(tmp_path: Path) -> None:
    def owed(of: str) -> bool:
        asks = facts.RestartFact().command(of, str(file))
        told = subprocess.run(["sh", "-c", asks], check=True, capture_output=True, text=True)
        return facts.RestartFact().process(told.stdout.splitlines())

    file = tmp_path / "cmdline.txt"
    told = Path("/proc/cmdline").read_text("utf-8").split()[0]
    assert not owed("cgroup_enable=memory")  # there is no file
    file.write_text(f"{LINE} cgroup_enable=memory {told}\n", "utf-8")
    assert owed("cgroup_enable=memory")
    assert not owed(told)
    assert not owed("cgroup_enable")


# Passwords.

LOGINS: Final = steps.Logins(
    (("counter.1", "counter.1"), ("staff.console", "staff.console")),
    shared=("staff.console",),
    broker=True,
)


def passwords(files: set[str], known: set[str], *, owed: bool = False) -> facts.Passwords:
    return facts.Passwords(frozenset(files), frozenset(known), owed)


def test_passwords_that_are_there_stay() -> None:
    both = {"counter.1", "staff.console"}
    assert commands(LOGINS, Passwords=passwords(both, both)) == []


def test_missing_password_is_made_on_the_machine_for_root_alone() -> None:
    first, hashes = commands(LOGINS, Passwords=passwords({"staff.console"}, {"staff.console"}))
    assert "openssl rand -base64 24 >/etc/lobby/bus/counter.1.new" in first
    assert "chmod 600 /etc/lobby/bus/counter.1.new" in first
    assert "mosquitto_passwd -U" in hashes


def test_members_of_the_group_may_read_what_the_command_line_needs() -> None:
    first, _ = commands(LOGINS, Passwords=passwords({"counter.1"}, {"counter.1"}))
    assert "chown root:lobby /etc/lobby/bus/staff.console.new" in first
    assert "chmod 640 /etc/lobby/bus/staff.console.new" in first


def test_password_of_a_login_that_is_gone_goes_too() -> None:
    three = {"counter.1", "counter.2", "staff.console"}
    gone, hashes = commands(LOGINS, Passwords=passwords(three, three))
    assert gone == "rm -f /etc/lobby/bus/counter.2"
    assert "counter.2" not in hashes


def test_hashes_older_than_a_password_are_made_anew() -> None:
    both = {"counter.1", "staff.console"}
    (hashes,) = commands(LOGINS, Passwords=passwords(both, both, owed=True))
    assert hashes.startswith("sh -c ")


def test_no_password_is_ever_in_a_command() -> None:
    made = commands(LOGINS, Passwords=passwords(set(), set()))
    assert len(made) == 3
    told = facts.PasswordsFact().process(["file counter.1", "login counter.1", "newer counter.1"])
    assert told == passwords({"counter.1"}, {"counter.1"}, owed=True)


def test_satellite_makes_its_passwords_and_no_hashes_for_a_broker() -> None:
    step = steps.Logins((("proc.sued.hof-1.board", "board"),))
    (made,) = commands(step, Passwords=passwords(set(), set()))
    assert "openssl rand -base64 24 >/etc/lobby/bus/board.new" in made
    assert commands(step, Passwords=passwords({"board"}, set(), owed=True)) == []


def test_hashes_that_satellites_told_are_the_brokers_too() -> None:
    step = steps.Logins(
        (("counter.1", "counter.1"),), broker=True, guests=("proc.sued.hof-1.board",)
    )
    both = {"counter.1", "proc.sued.hof-1.board"}
    assert commands(step, Passwords=passwords({"counter.1"}, both)) == []
    (hashes,) = commands(step, Passwords=passwords({"counter.1"}, {"counter.1"}))
    # After our own were hashed, or they would be hashed again.
    assert hashes.index("mosquitto_passwd -U") < hashes.index("cat /etc/mosquitto/lobby/guests")


# Certificates.


def certificate(*, suits: bool, signed: list[bytes], broker: bool = True) -> steps.Certificate:
    def sign(request: bytes) -> bytes:
        signed.append(request)
        return b"PEM"

    return steps.Certificate(
        "sued.eingang-1", lambda _certificate, _key: suits, sign, broker=broker
    )


def test_certificate_that_lasts_is_left_alone() -> None:
    signed: list[bytes] = []
    assert commands(certificate(suits=True, signed=signed), Papers=PAPERS) == []
    assert signed == []


def test_key_is_made_there_and_only_the_request_is_signed_here() -> None:
    signed: list[bytes] = []
    step = certificate(suits=False, signed=signed)
    key, placed = commands(step, Papers=PAPERS, Lines=["a request"])
    assert "openssl genpkey -algorithm EC" in key
    assert "-subj /CN=sued.eingang-1" in key
    assert signed == [b"a request"]
    assert "mv /etc/lobby/uplink/new.key /etc/lobby/uplink/device.key" in placed


def test_key_that_an_interrupted_run_left_is_used() -> None:
    key, _ = commands(certificate(suits=False, signed=[]), Papers=PAPERS, Lines=["r"])
    assert "test -s /etc/lobby/uplink/new.key ||" in key


def test_broker_gets_a_copy_of_its_own() -> None:
    other = facts.Papers("certificate", "public", copied=False)
    (copied,) = commands(certificate(suits=True, signed=[]), Papers=other)
    assert "install -m 640 -o root -g mosquitto /etc/lobby/uplink/device.key" in copied


def test_where_there_is_no_broker_nothing_is_copied_for_it() -> None:
    other = facts.Papers("certificate", "public", copied=False)
    assert commands(certificate(suits=True, signed=[], broker=False), Papers=other) == []


def test_papers_are_told_apart() -> None:
    certificate_pem = ["-----BEGIN CERTIFICATE-----", "x", "-----END CERTIFICATE-----"]
    key_pem = ["-----BEGIN PUBLIC KEY-----", "y", "-----END PUBLIC KEY-----"]
    read = facts.PapersFact().process
    assert read([*certificate_pem, *key_pem, "copied"]) == facts.Papers(
        "\n".join(certificate_pem), "\n".join(key_pem), copied=True
    )
    assert read(key_pem) == facts.Papers("", "\n".join(key_pem), copied=False)


# Releases.


def release(folder: Path, *, older: bool = False) -> steps.Release:
    return steps.Release("1.1.0", folder, (("a.whl", "aa"), ("release.json", "bb")), older=older)


def releases(current: str, *complete: str, **sums: str) -> facts.Releases:
    named = {name.replace("_", "."): digest for name, digest in sums.items()}
    return facts.Releases(current, frozenset(complete), named)


def test_release_that_runs_is_left_alone(tmp_path: Path) -> None:
    assert commands(release(tmp_path), Releases=releases("1.1.0", "1.1.0")) == []


def test_release_is_brought_installed_and_takes_over(tmp_path: Path) -> None:
    assert commands(release(tmp_path), Releases=releases("1.0.0", "1.0.0")) == [
        "mkdir -p /var/lib/lobby-releases/1.1.0",
        "put /var/lib/lobby-releases/1.1.0/a.whl",
        "put /var/lib/lobby-releases/1.1.0/release.json",
        "/usr/local/sbin/lobby-release install /var/lib/lobby-releases/1.1.0",
        "/usr/local/sbin/lobby-release switch 1.1.0",
    ]


def test_only_what_is_missing_or_damaged_is_brought_again(tmp_path: Path) -> None:
    made = commands(release(tmp_path), Releases=releases("", a_whl="aa", release_json="half"))
    assert "put /var/lib/lobby-releases/1.1.0/a.whl" not in made
    assert "put /var/lib/lobby-releases/1.1.0/release.json" in made


def test_what_does_not_belong_to_a_release_is_taken_away(tmp_path: Path) -> None:
    made = commands(release(tmp_path), Releases=releases("", a_whl="aa", old_whl="cc"))
    assert "rm -f /var/lib/lobby-releases/1.1.0/old.whl" in made


def test_installed_release_only_takes_over(tmp_path: Path) -> None:
    assert commands(release(tmp_path, older=True), Releases=releases("1.2.0", "1.1.0")) == [
        "/usr/local/sbin/lobby-release switch 1.1.0 --older"
    ]


def test_trial_that_was_interrupted_is_finished_by_the_next_run(tmp_path: Path) -> None:
    found = facts.Releases("1.1.0", frozenset({"1.1.0"}), {}, on_trial=True)
    assert commands(release(tmp_path), Releases=found) == ["/usr/local/sbin/lobby-release judge"]
    told = ["current 1.1.0", "on-trial", "complete 1.1.0/.complete"]
    assert facts.ReleasesFact().process(told) == found


def test_releases_on_a_machine_are_read() -> None:
    told = ["current 1.0.0", "complete 1.0.0/.complete", "aa  a.whl", "bb *b.whl"]
    assert facts.ReleasesFact().process(told) == facts.Releases(
        "1.0.0", frozenset({"1.0.0"}), {"a.whl": "aa", "b.whl": "bb"}
    )


# The machine.


@pytest.mark.parametrize(
    ("told", "platform"),
    [
        (["aarch64", "3.13", "13", "pi"], facts.Platform("aarch64", "3.13", 13, pi=True)),
        (["x86_64", "3.11", "12"], facts.Platform("x86_64", "3.11", 12, pi=False)),
        (["x86_64", "3.13", "trixie/sid"], facts.Platform("x86_64", "3.13", 0, pi=False)),
        (["x86_64"], None),
    ],
)
def test_platform_is_read(told: list[str], platform: facts.Platform | None) -> None:
    assert facts.PlatformFact().process(told) == platform
