"""One release takes over from another on a satellite, whose services are a script; and back again.

The machine's tests do it with real services, a desk and its journal. Here is what these cannot
show: what lies where afterwards.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pytest

from provisioning.on_pi.lobby_release import lobby, switching
from provisioning.on_pi.lobby_release.ground import Places, ReleaseError, named
from provisioning.on_pi.lobby_release.installing import unwanted

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
    program(tmp_path / "bin" / "systemctl", SYSTEMCTL.format(root=made.root))
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:/usr/bin:/bin")
    for module in (lobby, switching):
        monkeypatch.setattr(module, "HEALTHY_WITHIN_S", 0.4)
    monkeypatch.setattr(lobby, "STEADY_S", 0.1)
    return made


def program(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True)
    path.write_text(text)
    path.chmod(0o755)


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
    program_that_works = SYSTEMCTL.replace("*1.3.0)", "*none)").format(root=places.root)
    (places.root.parent / "bin" / "systemctl").write_text(program_that_works)
    switching.switch("1.3.0", places)
    assert unwanted(places) == set()


def test_release_that_was_taken_back_by_hand_is_not_wanted(places: Places) -> None:
    switching.switch("1.2.0", places)
    assert switching.back(places) == "release 1.1.0 runs in place of 1.2.0"
    assert unwanted(places) == {"1.2.0"}


def test_there_may_be_none_before(places: Places) -> None:
    places.previous.unlink()
    with pytest.raises(ReleaseError, match="none before"):
        switching.back(places)
