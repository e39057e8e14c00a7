"""Releases take over on the machine, or do not; the tickets of the meantime stay."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest
import requests

from appliance import config
from tests.provisioning.lobby import complaints, processes_up, wait_for
from tests.provisioning.office import COUNTERS_PORT, DEVICE
from tests.provisioning.spoilt import falls_over_at_work, has_no_desk
from tests.provisioning.web import Web
from tests.support.authority import Authority

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Iterator

    from provisioning.release import Built
    from tests.provisioning.lobby import Page
    from tests.provisioning.nspawn import Nspawn
    from tests.provisioning.office import Office

pytestmark = [pytest.mark.machine, pytest.mark.timeout(900)]

WHICH: Final = "basename $(readlink /opt/lobby/current)"


def marks_its_pages(appliance: Path) -> None:
    """Change a page, so that it can be told from that of the release before."""
    page = appliance / "pages" / "site" / "index.html"
    page.write_text(page.read_text("utf-8") + "<!-- 1.1.0 -->\n", "utf-8")


@pytest.fixture(scope="module")
def updated(machine: Nspawn, desktop: Office, counter: Page) -> subprocess.CompletedProcess[str]:
    """What was said when release 1.1.0 took over."""
    assert counter
    return desktop.apply(machine.key, desktop.build("1.1.0", marks_its_pages).folder)


def test_newer_release_takes_over(
    machine: Nspawn, updated: subprocess.CompletedProcess[str]
) -> None:
    assert complaints(updated) == []
    assert machine.sudo(WHICH).strip() == "1.1.0"
    assert machine.ssh("lobby --version").stdout.strip().startswith("lobby ")
    wait_for(lambda: processes_up(machine), "all processes say that they are up")


@pytest.mark.usefixtures("updated")
def test_pages_are_those_of_the_release(machine: Nspawn, desktop: Office) -> None:
    url = f"https://{machine.host}:{COUNTERS_PORT}/"
    page = requests.get(url, verify=str(desktop.authority.path), timeout=10)
    assert page.text.endswith("<!-- 1.1.0 -->\n")


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
    machine: Nspawn, desktop: Office, reception: Page, counter: Page
) -> None:
    bad = desktop.build("1.3.0", falls_over_at_work)
    before = {reception.ask("issue", service="A1")}
    command = desktop.command(machine.key, bad.folder)
    with desktop.running(command) as rolling:
        assert rolling.stdout is not None
        # The bad release runs: somebody takes a number from its desk.
        wait_for(lambda: machine.sudo(WHICH).strip() == "1.3.0", "the bad release", 120)
        meantime = {reception.ask("issue", service="A1")}
        said = rolling.stdout.read()
    assert "release 1.3.0 is worse" in said
    assert machine.sudo(WHICH).strip() == "1.1.0"
    wait_for(lambda: processes_up(machine), "all processes say that they are up")
    after = {reception.ask("issue", service="A1")}
    counter.tickets(lambda numbers: numbers >= before | meantime | after)
    assert len(before | meantime | after) == 3


@pytest.fixture(scope="module")
def web(
    machine: Nspawn,
    desktop: Office,
    updated: subprocess.CompletedProcess[str],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Web]:
    """The office's web server, which the machine is told to look at."""
    assert updated.returncode == 0 or complaints(updated) == []
    # A web server of the office has its certificate from whom the office trusts.
    vouches = Authority(tmp_path_factory.mktemp("web"))
    shutil.copy(vouches.path, desktop.folder / "web-ca.pem")
    name = "releases.example"
    with Web(
        desktop.build("1.4.0").folder, vouches.issue("web", host=name), machine.gateway
    ) as server:
        machine.sudo(f"echo {machine.gateway} {name} >>/etc/hosts")
        desktop.care(f'releases_url = "https://{name}:{server.port}/"\nreleases_ca = "web-ca.pem"')
        yield server


@pytest.fixture(scope="module")
def slides(machine: Nspawn, desktop: Office) -> Iterator[Web]:
    """Another server, with the board's slides."""
    folder = Path(config.__file__).parent.parent / "examples" / "slides"
    with Web(folder, None, machine.gateway) as server, desktop.configuration.open("a") as file:
        url = f"http://{machine.gateway}:{server.port}/slides.toml"
        file.write(f'\n[slides]\nfolder = "/var/lib/lobby-slides"\nurl = "{url}"\n')
        file.flush()
        yield server


@pytest.fixture(scope="module")
def fetched(machine: Nspawn, desktop: Office, web: Web, slides: Web) -> str:
    """What was said when the machine fetched release 1.4.0 by itself, and the network broke."""
    assert slides
    told = desktop.apply(machine.key, desktop.folder / "releases" / "1.1.0")
    assert complaints(told) == []
    assert "lobby-update.timer" in machine.sudo("systemctl list-timers --no-legend")
    web.breaks_after = 1_000_000
    machine.sudo("systemctl start lobby-update.service")
    said = machine.sudo("journalctl -o cat -u lobby-update.service")
    # What the timer does between 03:40 and 05:40, if it knows what time it is.
    return said + machine.sudo("lobby-release take /var/lib/lobby-fetch")


def test_release_is_fetched_and_takes_over(machine: Nspawn, web: Web, fetched: str) -> None:
    assert "fetched release 1.4.0" in fetched
    assert [part for _, part in web.asked if part] == ["bytes=1000000-"]
    assert machine.sudo(WHICH).strip() == "1.4.0"
    wait_for(lambda: processes_up(machine), "all processes say that they are up")


@pytest.mark.usefixtures("fetched")
def test_slides_are_fetched_for_the_board(machine: Nspawn, slides: Web) -> None:
    machine.sudo("systemctl start lobby-slides.service")
    there = machine.sudo("cat /var/lib/lobby-slides/current/slides.toml")
    assert there == (slides.folder / "slides.toml").read_text("utf-8")
    assert machine.sudo("stat -c %U /var/lib/lobby-slides/current/slides.toml").strip() == (
        "lobby-slides"
    )


@pytest.mark.usefixtures("fetched")
def test_older_release_is_refused_whether_pushed_or_offered(
    machine: Nspawn, desktop: Office, release: Built, web: Web
) -> None:
    pushed = desktop.apply(machine.key, release.folder)
    assert pushed.returncode == 1
    assert "older than 1.4.0" in pushed.stdout
    web.folder = release.folder
    offered = machine.ssh("sudo systemctl start lobby-update.service", check=False)
    assert offered.returncode != 0
    assert "which is older than 1.4.0" in machine.sudo("journalctl -o cat -u lobby-update.service")
    assert machine.sudo(WHICH).strip() == "1.4.0"


@pytest.mark.usefixtures("fetched")
def test_release_that_was_taken_back_by_hand_does_not_come_again_at_night(
    machine: Nspawn, desktop: Office, web: Web
) -> None:
    machine.sudo("lobby-release rollback")
    assert machine.sudo(WHICH).strip() == "1.1.0"
    web.folder = desktop.folder / "releases" / "1.4.0"
    machine.sudo("systemctl start lobby-update.service")
    assert "1.4.0 was worse here" in machine.sudo("journalctl -o cat -u lobby-update.service")


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
