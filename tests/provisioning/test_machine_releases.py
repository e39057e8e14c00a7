"""Releases take over on the machine, or do not; the tickets of the meantime stay."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING, Final

import pytest

from tests.provisioning.lobby import complaints, processes_up, wait_for
from tests.provisioning.office import DEVICE

if TYPE_CHECKING:
    import subprocess
    from pathlib import Path

    from provisioning.release import Built
    from tests.provisioning.lobby import Page
    from tests.provisioning.nspawn import Nspawn
    from tests.provisioning.office import Office

pytestmark = [pytest.mark.machine, pytest.mark.timeout(900)]

WHICH: Final = "basename $(readlink /opt/lobby/current)"


def falls_over_at_work(appliance: Path) -> None:
    """Spoil a release so that its board starts, says so, and ends."""
    spoil(appliance / "screen.py", "while not stop.is_set()", "while stop.is_set()")


def has_no_desk(appliance: Path) -> None:
    """Spoil a release so that its desk does not start."""
    spoil(appliance / "desk.py", "from __future__ import annotations", "raise SystemExit(3)")


def spoil(path: Path, old: str, new: str) -> None:
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")


@pytest.fixture(scope="module")
def updated(machine: Nspawn, desktop: Office, counter: Page) -> subprocess.CompletedProcess[str]:
    """What was said when release 1.1.0 took over."""
    assert counter
    return desktop.apply(machine.key, desktop.build("1.1.0").folder)


def test_newer_release_takes_over(
    machine: Nspawn, updated: subprocess.CompletedProcess[str]
) -> None:
    assert complaints(updated) == []
    assert machine.sudo(WHICH).strip() == "1.1.0"
    assert machine.ssh("lobby --version").stdout.strip().startswith("lobby ")
    wait_for(lambda: processes_up(machine), "all processes say that they are up")


@pytest.mark.usefixtures("updated")
def test_release_that_does_not_start_is_found_out_on_a_copy(
    machine: Nspawn, desktop: Office
) -> None:
    before = machine.sudo("systemctl show -P MainPID lobby-desk")
    tried = desktop.apply(machine.key, desktop.build("1.2.0", has_no_desk).folder)
    assert tried.returncode == 1
    assert "does not start on a copy of the journal" in tried.stdout
    # The lobby did not notice.
    assert machine.sudo("systemctl show -P MainPID lobby-desk") == before
    assert machine.sudo(WHICH).strip() == "1.1.0"
    assert machine.sudo("ls /var/lib/lobby-trial 2>/dev/null | wc -l").strip() == "0"


@pytest.mark.usefixtures("updated")
def test_release_that_falls_over_is_rolled_back_and_the_tickets_stay(
    machine: Nspawn, desktop: Office, kiosk: Page, counter: Page
) -> None:
    bad = desktop.build("1.3.0", falls_over_at_work)
    before = {kiosk.ask("issue", service="A1")}
    command = desktop.command(machine.key, bad.folder)
    with desktop.running(command) as rolling:
        assert rolling.stdout is not None
        # The bad release runs: somebody takes a number from its desk.
        wait_for(lambda: machine.sudo(WHICH).strip() == "1.3.0", "the bad release", 120)
        meantime = {kiosk.ask("issue", service="A1")}
        said = rolling.stdout.read()
    assert "release 1.3.0 is worse" in said
    assert machine.sudo(WHICH).strip() == "1.1.0"
    wait_for(lambda: processes_up(machine), "all processes say that they are up")
    after = {kiosk.ask("issue", service="A1")}
    counter.tickets(lambda numbers: numbers >= before | meantime | after)
    assert len(before | meantime | after) == 3


@pytest.mark.usefixtures("updated")
def test_older_release_is_refused_unless_it_ran_before_or_is_meant(
    machine: Nspawn, desktop: Office
) -> None:
    oldest = desktop.build("0.9.0")
    refused = desktop.apply(machine.key, oldest.folder)
    assert refused.returncode == 1
    assert "older than 1.1.0" in refused.stdout
    assert machine.sudo(WHICH).strip() == "1.1.0"
    meant = desktop.apply(machine.key, oldest.folder, "--older")
    assert complaints(meant) == []
    assert machine.sudo(WHICH).strip() == "0.9.0"
    machine.sudo("lobby-release rollback")
    assert machine.sudo(WHICH).strip() == "1.1.0"


@pytest.mark.usefixtures("updated")
def test_release_that_was_changed_on_its_way_is_refused_by_the_machine(
    machine: Nspawn, release: Built, tmp_path: Path
) -> None:
    folder = tmp_path / "1.9.0"
    shutil.copytree(release.folder, folder)
    (folder / "release.sig").write_bytes(bytes(64))
    machine.sudo("mkdir -p /var/lib/lobby-releases/1.9.0")
    for path in folder.iterdir():
        machine.put(path.read_bytes(), f"/var/lib/lobby-releases/1.9.0/{path.name}")
    tried = machine.ssh("sudo lobby-release install /var/lib/lobby-releases/1.9.0", check=False)
    assert tried.returncode == 1
    assert "not signed by the office" in tried.stderr
    assert "1.9.0" not in machine.sudo("lobby-release list")


def test_device_is_named_in_the_table(updated: subprocess.CompletedProcess[str]) -> None:
    assert updated.stdout.splitlines()[-1].startswith(DEVICE)
