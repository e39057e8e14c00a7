"""One release takes over from another on a satellite, whose services are a script; and back again.

The machine's tests do it with real services, a desk and its journal. Here is what these cannot
show: what lies where afterwards.
"""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Final

import pytest

from provisioning.on_pi.lobby_release import lobby, on_trial, switching
from provisioning.on_pi.lobby_release.command import main
from provisioning.on_pi.lobby_release.ground import Places, ReleaseError, WorseError, named
from provisioning.on_pi.lobby_release.installing import listed, unwanted
from provisioning.on_pi.lobby_release.taking import take

if TYPE_CHECKING:
    from pathlib import Path

CONFIGURATION: Final = """\
[device]
roles = ["board"]

[sound]
kind = "speaker"
clips = "/var/lib/lobby-sound"
"""
# 1.3.0 does not stay up.
SYSTEMCTL: Final = """\
#!/bin/sh
echo "$(basename "$(readlink {root}/opt/lobby/current)") $*" >>{root}/log
case "$*" in *lobby-board*) ;; *) exit 3;; esac
case "$(readlink {root}/opt/lobby/current)" in *1.3.0) exit 3;; esac
echo ActiveState=active
"""
LOBBY: Final = """\
#!/bin/sh
echo "$0 $*" >>{root}/log
"""


@pytest.fixture
def places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Places:
    """A satellite that runs 1.1.0, ran 1.0.0 before, and has 1.2.0 and 1.3.0 installed."""
    made = Places(tmp_path / "root")
    for version in ("1.0.0", "1.1.0", "1.2.0", "1.3.0"):
        program(made.releases / version / "bin" / "lobby", LOBBY.format(root=made.root))
        (made.releases / version / ".complete").touch()
    made.current.symlink_to(made.releases / "1.1.0")
    made.previous.symlink_to(made.releases / "1.0.0")
    made.settings.parent.mkdir(parents=True)
    made.settings.write_text(CONFIGURATION)
    made.pages.mkdir(parents=True)
    (made.root / "var/lib/lobby-sound").mkdir(parents=True)
    boots(made)
    program(tmp_path / "bin" / "systemctl", SYSTEMCTL.format(root=made.root))
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:/usr/bin:/bin")
    for module in (lobby, switching):
        monkeypatch.setattr(module, "HEALTHY_WITHIN_S", 0.4)
    monkeypatch.setattr(lobby, "STEADY_S", 0.1)
    return made


def program(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(0o755)


def boots(places: Places) -> None:
    """Start the machine anew, as far as anybody can tell: nothing of it is on a card."""
    places.boot.parent.mkdir(parents=True, exist_ok=True)
    before = int(places.boot.read_text()) if places.boot.exists() else 0
    places.boot.write_text(f"{before + 1}\n")
    (places.root / "log").write_text("")


def log(places: Places) -> list[str]:
    lines = (places.root / "log").read_text().splitlines()
    return [line.replace(f"{places.root}/opt/lobby/releases/", "") for line in lines]


def test_good_release_takes_over_and_the_oldest_goes(places: Places) -> None:
    assert switching.switch("1.2.0", places) == "release 1.2.0 runs in place of 1.1.0"
    assert (named(places.current), named(places.previous)) == ("1.2.0", "1.1.0")
    assert {home.name for home in places.releases.iterdir()} == {"1.1.0", "1.2.0"}
    assert unwanted(places) == set()


def test_pages_and_clips_are_those_of_the_release_before_it_starts(places: Places) -> None:
    switching.switch("1.2.0", places)
    told = log(places)
    pages = told.index(f"1.2.0/bin/lobby pages --out {places.pages}")
    clips = told.index("1.2.0/bin/lobby sound render")
    assert max(pages, clips) < told.index("1.2.0 restart --no-block lobby-board.service")
    # Provisioning sees that this is done.
    assert (places.root / "var/lib/lobby-sound/.rendered").exists()


def test_bad_release_gives_way_and_all_is_as_before(places: Places) -> None:
    with pytest.raises(
        ReleaseError, match=r"1\.3\.0 is worse: lobby-board\.service does not start"
    ):
        switching.switch("1.3.0", places)
    assert (named(places.current), named(places.previous)) == ("1.1.0", "1.0.0")
    assert unwanted(places) == {"1.3.0"}
    told = log(places)
    # First the lobby, then what is beside it.
    restarted = told.index("1.1.0 restart --no-block lobby-board.service")
    assert restarted < told.index("1.1.0/bin/lobby sound render")


def test_person_may_take_what_was_worse(places: Places) -> None:
    with pytest.raises(ReleaseError):
        switching.switch("1.3.0", places)
    mend(places)
    switching.switch("1.3.0", places)
    assert unwanted(places) == set()


def mend(places: Places) -> None:
    """Let 1.3.0 stay up from now on."""
    works = SYSTEMCTL.replace("*1.3.0)", "*none)").format(root=places.root)
    program(places.root.parent / "bin" / "systemctl", works)


def test_release_that_was_taken_back_by_hand_is_not_wanted(places: Places) -> None:
    switching.switch("1.2.0", places)
    assert switching.back(places) == "release 1.1.0 runs in place of 1.2.0"
    assert unwanted(places) == {"1.2.0"}


def test_there_may_be_none_before(places: Places) -> None:
    places.previous.unlink()
    with pytest.raises(ReleaseError, match="none before"):
        switching.back(places)


# The power goes in the middle of it.


class PowerCutError(BaseException):
    """Nothing catches it, as nothing goes on after a cut."""


def cut_in_switch(places: Places, version: str, before: str, nth: int) -> None:
    """Let a release take over, until something is about to be done for the nth time."""
    with pytest.MonkeyPatch.context() as patched:
        cut_before(patched, before, nth)
        with pytest.raises(PowerCutError):
            switching.switch(version, places)


def cut_before(patched: pytest.MonkeyPatch, name: str, nth: int) -> None:
    really, calls = getattr(switching, name), []

    def counted(*arguments: object, **more: object) -> object:
        calls.append(name)
        if len(calls) == nth:
            raise PowerCutError
        return really(*arguments, **more)

    patched.setattr(switching, name, counted)


NOT_YET: Final = [("note", 1), ("point", 1), ("point", 2)]
NOT_JUDGED: Final = [("lay_out", 1), ("worse", 1)]


@pytest.mark.parametrize(("before", "nth"), NOT_YET)
def test_cut_before_the_switch_leaves_all_as_it_was(places: Places, before: str, nth: int) -> None:
    cut_in_switch(places, "1.3.0", before, nth)
    boots(places)
    assert "1.1.0" in (told := switching.judge(places)) or told == "no release is on trial"
    assert (named(places.current), named(places.previous)) == ("1.1.0", "1.0.0")
    assert unwanted(places) == set()
    assert not places.on_trial.exists()


@pytest.mark.parametrize(
    ("before", "nth"),
    [
        *NOT_JUDGED,
        ("note", 2),
        # There is a verdict from here on.
        ("point", 3),
        ("restart", 1),
        ("note_unwanted", 1),
        ("wait_for", 1),
        ("point", 4),
        ("lay_out", 2),
        ("over", 1),
    ],
)
def test_bad_release_gives_way_after_the_boot_wherever_the_cut_came(
    places: Places, before: str, nth: int
) -> None:
    cut_in_switch(places, "1.3.0", before, nth)
    boots(places)
    with pytest.raises(WorseError, match=r"1\.3\.0 is worse: .*; 1\.1\.0 runs again"):
        switching.judge(places)
    assert (named(places.current), named(places.previous)) == ("1.1.0", "1.0.0")
    assert unwanted(places) == {"1.3.0"}
    assert switching.judge(places) == "no release is on trial"


@pytest.mark.parametrize(("before", "nth"), [*NOT_JUDGED, ("note_unwanted", 1), ("over", 1)])
def test_good_release_stays_after_the_boot_wherever_the_cut_came(
    places: Places, before: str, nth: int
) -> None:
    cut_in_switch(places, "1.2.0", before, nth)
    assert "1.2.0  runs, on trial" in listed(places)
    boots(places)
    assert switching.judge(places) == "release 1.2.0 runs in place of 1.1.0"
    assert (named(places.current), named(places.previous)) == ("1.2.0", "1.1.0")
    assert unwanted(places) == set()
    assert "1.2.0  runs\n" in f"{listed(places)}\n"
    told = log(places)
    # It came up with the machine: nobody who stands there waits once more.
    assert not [line for line in told if " restart " in line]
    assert f"1.2.0/bin/lobby pages --out {places.pages}" in told


def test_cut_after_the_verdict_that_it_stays_leaves_it_there(places: Places) -> None:
    cut_in_switch(places, "1.2.0", "prune", 1)
    boots(places)
    assert switching.judge(places) == "no release is on trial"
    assert named(places.current) == "1.2.0"


def test_machine_that_goes_off_again_while_it_is_judged_takes_the_release_back(
    places: Places,
) -> None:
    # A release that hangs the kernel has the watchdog cut the power, before each verdict.
    cut_in_switch(places, "1.2.0", "worse", 1)
    boots(places)
    with pytest.MonkeyPatch.context() as patched:
        cut_before(patched, "worse", 1)
        with pytest.raises(PowerCutError):
            switching.judge(places)
    boots(places)
    with pytest.raises(WorseError, match="went off again"):
        switching.judge(places)
    assert named(places.current) == "1.1.0"


def test_where_only_the_installer_was_ended_the_processes_are_started_anew(
    places: Places,
) -> None:
    # Those that run may be of the release before.
    cut_in_switch(places, "1.2.0", "lay_out", 1)
    switching.judge(places)
    told = log(places)
    pages = told.index(f"1.2.0/bin/lobby pages --out {places.pages}")
    assert pages < told.index("1.2.0 restart --no-block lobby-board.service")


def test_who_provisions_after_the_cut_finishes_the_trial_first(places: Places) -> None:
    cut_in_switch(places, "1.3.0", "worse", 1)
    boots(places)
    assert switching.switch("1.2.0", places) == "release 1.2.0 runs in place of 1.1.0"
    assert unwanted(places) == {"1.3.0"}


def test_release_that_is_found_worse_is_not_let_in_again_at_once(places: Places) -> None:
    cut_in_switch(places, "1.3.0", "worse", 1)
    boots(places)
    with pytest.raises(WorseError, match=r"1\.3\.0 is worse"):
        switching.switch("1.3.0", places)
    assert named(places.current) == "1.1.0"


def test_what_is_taken_at_night_comes_after_the_trial(places: Places) -> None:
    cut_in_switch(places, "1.3.0", "worse", 1)
    boots(places)
    with pytest.raises(WorseError, match=r"1\.3\.0 is worse"):
        take(places.root / "nothing", places)
    assert take(places.root / "nothing", places) == "nothing was fetched"


def test_person_who_takes_it_back_is_the_judge(
    places: Places, capsys: pytest.CaptureFixture[str]
) -> None:
    cut_in_switch(places, "1.2.0", "worse", 1)
    boots(places)
    assert main(["rollback"], places) == 0
    assert "1.1.0 runs again" in capsys.readouterr().out
    assert (named(places.current), named(places.previous)) == ("1.1.0", "1.0.0")
    assert unwanted(places) == {"1.2.0"}
    assert main(["judge"], places) == 0


@pytest.mark.parametrize(("before", "nth"), NOT_YET)
def test_person_who_goes_back_after_a_switch_that_did_not_happen_goes_back_from_what_runs(
    places: Places, before: str, nth: int
) -> None:
    cut_in_switch(places, "1.3.0", before, nth)
    assert switching.back(places) == "release 1.0.0 runs in place of 1.1.0"
    assert unwanted(places) == {"1.1.0"}


def test_trial_that_cannot_be_read_is_told_once_and_holds_nobody_up(
    places: Places, capsys: pytest.CaptureFixture[str]
) -> None:
    places.on_trial.write_bytes(bytes(300))
    assert main(["judge"], places) == 1
    assert "was damaged" in capsys.readouterr().err
    assert switching.switch("1.2.0", places) == "release 1.2.0 runs in place of 1.1.0"


@pytest.mark.parametrize(
    ("alarms", "stays"),
    [((), True), (("clock", "undervoltage"), True), (("disk",), True), (("printer",), False)],
    ids=["none", "of a boot", "of before", "new"],
)
def test_alarms_that_come_of_the_power_cut_are_not_the_releases_fault(
    places: Places,
    alarms: tuple[str, ...],
    *,
    stays: bool,
) -> None:
    cut_in_switch(places, "1.2.0", "worse", 1)
    begun = on_trial.pending(places)
    assert begun is not None
    told = {
        "fresh": True,
        "processes": [{"process": "board", "state": "up"}],
        "alarms": [{"name": name} for name in alarms],
    }
    places.settings.write_text('[device]\nroles = ["desk", "board"]\n')
    for home in places.releases.iterdir():
        program(home / "bin/lobby", f"#!/bin/sh\necho '{json.dumps(told)}'\n")
    was = lobby.State(begun.was.units, frozenset(), frozenset({"disk"}))
    on_trial.note(replace(begun, was=was), places)
    boots(places)
    if stays:
        assert "runs in place of" in switching.judge(places)
    else:
        with pytest.raises(WorseError, match="not as before: printer"):
            switching.judge(places)
