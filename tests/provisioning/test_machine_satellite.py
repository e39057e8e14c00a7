"""A second Pi without a desk: its bus is on the first one's, over TLS."""

from __future__ import annotations

import json
import re
import subprocess
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.provisioning.lobby import complaints, wait_for
from tests.provisioning.nspawn import Nspawn
from tests.provisioning.office import SATELLITE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from demo.emulator import PrinterEmulator
    from provisioning.release import Built
    from tests.provisioning.lobby import Page
    from tests.provisioning.office import Office

pytestmark = [pytest.mark.machine, pytest.mark.timeout(900)]


@dataclass
class Pair:
    """The second Pi, and what was said when it was provisioned."""

    satellite: Nspawn
    said: subprocess.CompletedProcess[str]


def road(one: Nspawn, other: Nspawn) -> None:
    """Let two machines reach each other, by way of this one; and both the office's proxy."""
    for here, there in ((one, other), (other, one)):
        Path(f"/proc/sys/net/ipv4/conf/{here.link}/forwarding").write_text("1", "ascii")
        for address in (there.host, there.gateway):
            here.sudo(f"ip route replace {address} via {here.gateway}")


@pytest.fixture(scope="module")
def pair(
    machine: Nspawn,
    desktop: Office,
    counter: Page,
    release: Built,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Pair]:
    """A blank machine becomes a satellite of the first one; both have one key for the IT desk."""
    assert counter
    with ExitStack() as stack:
        satellite = stack.enter_context(Nspawn(tmp_path_factory.mktemp("satellite"), place=1))
        road(machine, satellite)
        public = machine.key.with_suffix(".pub").read_text("ascii").strip()
        satellite.ssh(f"echo '{public}' >>.ssh/authorized_keys")
        satellite.sudo("mkdir -p /srv/pictures")
        desktop.add_satellite(satellite.host)
        said = desktop.apply(machine.key, release.folder, device=SATELLITE)
        yield Pair(satellite, said)


def test_satellite_is_provisioned_and_the_desks_bus_knows_it(pair: Pair, machine: Nspawn) -> None:
    assert complaints(pair.said, SATELLITE) == []
    assert "sued.eingang-1: mosquitto.service" in pair.said.stdout
    assert "proc.sued.hof-1.board:$7$" in machine.sudo("cat /etc/mosquitto/lobby/passwords")


@pytest.mark.usefixtures("pair")
def test_second_run_changes_nothing(machine: Nspawn, desktop: Office, release: Built) -> None:
    again = desktop.apply(machine.key, release.folder, device=SATELLITE)
    assert complaints(again, SATELLITE) == []
    assert again.stdout.splitlines()[-1].split()[:2] == [SATELLITE, "0"]


def test_its_processes_are_on_the_desks_bus(pair: Pair, machine: Nspawn) -> None:
    assert pair
    wait_for(lambda: up(machine) >= {"board", "scanner"}, "board and scanner of the satellite")


def up(machine: Nspawn) -> set[str]:
    """Give the processes of the satellite that are up, as the desk's bus tells."""
    told = json.loads(machine.ssh("sudo lobby status --json", check=False).stdout or "{}")
    here = [each for each in told.get("processes") or [] if each["device"] == SATELLITE]
    return {each["process"] for each in here if each["state"] == "up"}


def test_code_before_its_camera_becomes_a_slip_at_the_desk(
    pair: Pair, desktop: Office, printer: PrinterEmulator, counter: Page
) -> None:
    slot = datetime.now(UTC).replace(second=0, microsecond=0) + timedelta(minutes=5)
    before = len(printer.slips)
    shown = int(pair.satellite.sudo("ls /var/lib/lobby-board/pictures | wc -l"))
    pair.satellite.put(desktop.picture(slot), "/srv/pictures/phone.png")
    wait_for(lambda: len(printer.slips) > before, "a slip")
    pair.satellite.sudo("rm /srv/pictures/phone.png")
    found = re.search(r"\bA\d{3}\b", printer.slips[-1].text)
    assert found is not None
    # And its board shows the call.
    assert counter.ask("next") == found[0]
    wait_for(
        lambda: int(pair.satellite.sudo("ls /var/lib/lobby-board/pictures | wc -l")) > shown,
        "a new picture of its board",
    )


def test_scanner_has_no_network_and_no_key(pair: Pair) -> None:
    pid = pair.satellite.sudo("systemctl show -P MainPID lobby-scanner").strip()
    links = pair.satellite.sudo(f"nsenter -t {pid} -n ip -br link").split("\n")
    assert [line.split()[0] for line in links if line] == ["lo"]
    told = pair.satellite.ssh("sudo -u lobby-scanner cat /etc/lobby/uplink/device.key", check=False)
    assert told.returncode != 0
    assert "Permission denied" in told.stderr


def test_bus_that_starts_anew_is_found_again(pair: Pair, machine: Nspawn) -> None:
    machine.sudo("systemctl restart mosquitto")
    test_its_processes_are_on_the_desks_bus(pair, machine)


# Its screen is for visitors from now on.


@pytest.fixture(scope="module")
def kiosk(pair: Pair, machine: Nspawn, desktop: Office, release: Built) -> Nspawn:
    """The satellite, whose board became a kiosk."""
    desktop.turn_board_into_kiosk()
    said = desktop.apply(machine.key, release.folder, device=SATELLITE)
    assert complaints(said, SATELLITE) == []
    return pair.satellite


def test_kiosk_reaches_the_desks_bus_and_shows_itself(kiosk: Nspawn, machine: Nspawn) -> None:
    wait_for(lambda: up(machine) == {"kiosk", "scanner"}, "kiosk and scanner of the satellite")
    wait_for(
        lambda: int(kiosk.sudo("ls /var/lib/lobby-kiosk/pictures/*.png | wc -l")) > 0,
        "a picture of its screen",
    )
    told = kiosk.ssh("systemctl is-active lobby-kiosk lobby-board", check=False).stdout
    assert told.split() == ["active", "inactive"]


def test_hardening_of_the_kiosk_is_on_and_it_sees_the_board_that_it_is_on(kiosk: Nspawn) -> None:
    pid = kiosk.sudo("systemctl show -P MainPID lobby-kiosk").strip()
    status = kiosk.sudo(f"cat /proc/{pid}/status")
    for line in (r"NoNewPrivs:\t1", r"Seccomp:\t2", r"CapBnd:\t0+"):
        assert re.search(f"^{line}$", status, re.MULTILINE)
    # What is not a process is seen too: /proc/device-tree on a Pi.
    assert kiosk.sudo(f"nsenter -t {pid} -m cat /proc/cpuinfo")
    links = kiosk.sudo(f"nsenter -t {pid} -n ip -br link").split("\n")
    assert [line.split()[0] for line in links if line] == ["lo"]
