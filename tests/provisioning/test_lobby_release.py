"""The program that installs releases on a Pi, on files; test_machine tries it with units."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
import tomllib
from contextlib import closing
from pathlib import Path
from typing import Final

import pytest

from appliance import config
from appliance.strings import languages
from provisioning import installer
from provisioning.on_pi.lobby_release import installing, signed, switching, trial
from provisioning.on_pi.lobby_release.command import main
from provisioning.on_pi.lobby_release.ground import Places, ReleaseError, named
from provisioning.release import ReleaseError as BuildError
from provisioning.release import new_key, read
from tests.provisioning.forged import forge
from tests.provisioning.office import CONFIGURATION
from tests.support.imports import imports

EXAMPLES: Final = sorted((Path(config.__file__).parent.parent / "examples").glob("*.toml"))


@pytest.fixture
def places(tmp_path: Path) -> Places:
    """A Pi's root, with the key of the office and nothing else."""
    found = Places(tmp_path / "pi")
    found.releases.mkdir(parents=True)
    found.key.parent.mkdir(parents=True)
    found.key.write_bytes(new_key(tmp_path / "release.key").read_bytes())
    return found


@pytest.fixture
def key(places: Places, tmp_path: Path) -> Path:
    assert places.key.exists()
    return tmp_path / "release.key"


def installed(places: Places, *versions: str, current: str = "", previous: str = "") -> None:
    for version in versions:
        home = places.releases / version
        home.mkdir()
        (home / ".complete").touch()
    for link, version in ((places.current, current), (places.previous, previous)):
        if version:
            link.symlink_to(places.releases / version)


def test_it_needs_nothing_but_the_python_of_the_system() -> None:
    strangers = {
        (path.stem, each.path[0])
        for path in installer.PACKAGE.glob("*.py")
        for each in imports(path.read_text("utf-8"), installer.PACKAGE.name)
        if each.path[0] not in {*sys.stdlib_module_names, installer.PACKAGE.name}
    }
    # Debian's; and nothing else imports it before somebody fetches.
    assert strangers == {("fetching", "requests"), ("fetching", "urllib3")}
    lazy = [
        each.lazy
        for path in installer.PACKAGE.glob("*.py")
        for each in imports(path.read_text("utf-8"), installer.PACKAGE.name)
        if "fetching" in each.path
    ]
    assert lazy == [True, True]


def test_it_is_one_file_of_the_same_bytes_each_time(tmp_path: Path) -> None:
    program = tmp_path / "lobby-release"
    program.write_bytes(installer.installer())
    assert program.read_bytes() == installer.installer()
    assert program.read_bytes().startswith(b"#!/usr/bin/python3 -I\n")
    told = subprocess.run(
        [sys.executable, "-I", program, "--help"], check=True, capture_output=True, text=True
    )
    assert "rollback" in told.stdout


# Signed.


def test_release_of_the_office_is_read(places: Places, key: Path, tmp_path: Path) -> None:
    manifest = signed.verified(forge(tmp_path / "1.2.0", key), places.key)
    assert manifest.version == "1.2.0"
    assert set(manifest.files) == {"appliance.whl", "requirements.txt"}


def test_release_without_signature_is_refused(places: Places, key: Path, tmp_path: Path) -> None:
    folder = forge(tmp_path / "1.2.0", key)
    (folder / "release.sig").unlink()
    with pytest.raises(ReleaseError, match="not signed by the office"):
        signed.verified(folder, places.key)


def test_release_that_somebody_else_signed_is_refused(places: Places, tmp_path: Path) -> None:
    new_key(tmp_path / "other.key")
    folder = forge(tmp_path / "1.2.0", tmp_path / "other.key")
    with pytest.raises(ReleaseError, match="not signed by the office"):
        signed.verified(folder, places.key)


def test_manifest_that_was_changed_is_refused(places: Places, key: Path, tmp_path: Path) -> None:
    folder = forge(tmp_path / "1.2.0", key)
    text = (folder / "release.json").read_text().replace("1.2.0", "9.9.9")
    (folder / "release.json").write_text(text)
    with pytest.raises(ReleaseError, match="not signed by the office"):
        signed.verified(folder, places.key)


def test_file_that_was_changed_is_refused(places: Places, key: Path, tmp_path: Path) -> None:
    folder = forge(tmp_path / "1.2.0", key)
    (folder / "appliance.whl").write_bytes(b"another")
    with pytest.raises(ReleaseError, match="not as it was signed"):
        signed.verified(folder, places.key)


def test_file_that_was_slipped_in_is_refused(places: Places, key: Path, tmp_path: Path) -> None:
    folder = forge(tmp_path / "1.2.0", key)
    (folder / "numpy-9.whl").write_bytes(b"")
    with pytest.raises(ReleaseError, match=r"other files than were signed: numpy-9\.whl"):
        signed.verified(folder, places.key)


@pytest.mark.parametrize("version", ["../../etc", "1", "1.0rc1", ""])
def test_version_that_is_no_name_of_a_folder_is_refused(
    places: Places, key: Path, tmp_path: Path, version: str
) -> None:
    folder = forge(tmp_path / "1.2.0", key, told={"version": version})
    with pytest.raises(ReleaseError, match="is no version"):
        signed.verified(folder, places.key)


@pytest.mark.parametrize(("key_told", "told"), [("machine", "riscv64"), ("python", "3.2")])
def test_release_for_another_machine_is_not_installed(
    places: Places, key: Path, tmp_path: Path, key_told: str, told: str
) -> None:
    folder = forge(tmp_path / "1.2.0", key, told={key_told: told})
    with pytest.raises(ReleaseError, match="build one for it"):
        installing.install(folder, places)
    assert not list(places.releases.iterdir())


def test_it_desk_refuses_what_the_pi_refuses(places: Places, key: Path, tmp_path: Path) -> None:
    folder = forge(tmp_path / "1.2.0", key)
    assert read(folder, places.key.read_bytes()).version == "1.2.0"
    (folder / "release.sig").write_bytes(bytes(64))
    with pytest.raises(BuildError, match="not signed with this key"):
        read(folder, places.key.read_bytes())


# Which may take over.


def test_newer_release_may_take_over(places: Places) -> None:
    installed(places, "1.9.0", "1.10.0", current="1.9.0")
    assert switching.allowed("1.10.0", places, older=False) == "1.9.0"


def test_older_release_may_not(places: Places) -> None:
    installed(places, "1.9.0", "1.10.0", current="1.10.0")
    with pytest.raises(ReleaseError, match=r"older than 1\.10\.0"):
        switching.allowed("1.9.0", places, older=False)


def test_older_release_may_if_it_ran_before_or_is_meant(places: Places) -> None:
    installed(places, "1.8.0", "1.9.0", "1.10.0", current="1.10.0", previous="1.9.0")
    assert switching.allowed("1.9.0", places, older=False) == "1.10.0"
    assert switching.allowed("1.8.0", places, older=True) == "1.10.0"


def test_half_installed_release_may_not(places: Places) -> None:
    (places.releases / "1.9.0").mkdir()
    with pytest.raises(ReleaseError, match="not installed"):
        switching.allowed("1.9.0", places, older=False)


def test_only_what_runs_and_what_ran_before_are_kept(places: Places) -> None:
    installed(places, "1.8.0", "1.9.0", "1.10.0", current="1.10.0", previous="1.9.0")
    installing.prune(places)
    assert {home.name for home in places.releases.iterdir()} == {"1.9.0", "1.10.0"}


def test_link_is_never_missing(places: Places) -> None:
    installed(places, "1.9.0", "1.10.0", current="1.9.0")
    (places.current.with_name(".current.new")).symlink_to("left by a power cut")
    switching.point(places.current, places.releases / "1.10.0")
    assert named(places.current) == "1.10.0"
    left = {path.name for path in places.current.parent.iterdir()}
    assert left == {"releases", "current"}


# Tried on a copy.


@pytest.mark.parametrize("text", [CONFIGURATION, *(path.read_text("utf-8") for path in EXAMPLES)])
def test_configuration_of_the_trial_means_the_same(text: str) -> None:
    settings = tomllib.loads(text)
    assert tomllib.loads(trial.as_toml(settings)) == settings


@pytest.mark.parametrize("text", [CONFIGURATION, *(path.read_text("utf-8") for path in EXAMPLES)])
def test_trial_has_nothing_in_or_out(text: str, tmp_path: Path) -> None:
    reaching = text + (
        '[uplink]\nbroker = "mqtts://central.example"\n[agenda]\nprint_at = "07:00"\n'
    )
    file = tmp_path / "lobby.toml"
    file.write_text(trial.as_toml(trial.tried(tomllib.loads(reaching), tmp_path)), "utf-8")
    settings = config.load(file, languages=languages())
    assert settings.uplink.broker is None
    assert settings.agenda.print_at is None
    assert isinstance(settings.printer, config.NoPrinter)
    assert isinstance(settings.camera, config.NoCamera)
    assert isinstance(settings.buttons, config.NoButtons)
    assert settings.device.state_dir == tmp_path
    assert tmp_path in settings.bus.socket.parents


def test_journal_is_copied_as_a_whole_while_it_is_written_to(tmp_path: Path) -> None:
    live, copy = tmp_path / "live", tmp_path / "copy"
    for folder in (live / "days", copy):
        folder.mkdir(parents=True)
    (live / "numbers.mark").write_text("17")
    (live / "days" / "2026-03-02").write_text("a day")
    with closing(sqlite3.connect(live / "journal.sqlite")) as journal:
        journal.execute("PRAGMA journal_mode=WAL")
        journal.execute("CREATE TABLE event (seq)")
        journal.execute("INSERT INTO event VALUES (1)")
        journal.commit()
        journal.execute("INSERT INTO event VALUES (2)")  # not committed
        trial.copy_state(live, copy)
    with closing(sqlite3.connect(copy / "journal.sqlite")) as journal:
        assert journal.execute("SELECT seq FROM event").fetchall() == [(1,)]
    assert (copy / "numbers.mark").read_text() == "17"
    assert (copy / "days" / "2026-03-02").read_text() == "a day"
    assert not (copy / "journal.sqlite-wal").exists()


def test_what_went_wrong_is_one_sentence(
    places: Places, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["switch", "1.2.0"], places) == 1
    told = capsys.readouterr()
    assert told.err == "lobby-release: release 1.2.0 is not installed: `lobby-release list`\n"
    assert main(["rollback"], places) == 1
    assert main(["list"], places) == 0
    assert capsys.readouterr().out == "none\n"
