"""A blank Debian 13 becomes a lobby over real SSH, and all of its hardening is on."""

from __future__ import annotations

import re
import socket
import subprocess
from typing import TYPE_CHECKING

import pytest
import requests

from provisioning.settings_files import BACKLIGHT_RULE, TOUCH_RULE
from tests.provisioning.lobby import PROCESSES, complaints, processes_up, wait_for
from tests.provisioning.office import COUNTERS_PORT, DEVICE

if TYPE_CHECKING:
    from provisioning.release import Built
    from tests.provisioning.nspawn import Nspawn
    from tests.provisioning.office import Office

pytestmark = [pytest.mark.machine, pytest.mark.timeout(900)]


def test_dry_run_tells_what_it_would_change_and_changes_nothing(
    dry: subprocess.CompletedProcess[str],
) -> None:
    assert "would change: packages" in dry.stdout
    assert "would change: certificate of sued.eingang-1" in dry.stdout
    assert "would change: release 1.0.0" in dry.stdout


def test_interrupted_run_is_gone_on_with(provisioned: subprocess.CompletedProcess[str]) -> None:
    assert complaints(provisioned) == []
    assert "release 1.0.0" in provisioned.stdout
    # What the run before had done is not done again.
    assert f"{DEVICE}: packages ca-certificates" not in provisioned.stdout
    assert f"{DEVICE}: passwords" not in provisioned.stdout


def test_table_stands_at_the_end(provisioned: subprocess.CompletedProcess[str]) -> None:
    head, line = provisioned.stdout.splitlines()[-2:]
    assert head.split() == ["DEVICE", "CHANGES", "DOCTOR"]
    assert line.startswith(DEVICE)


@pytest.mark.usefixtures("counter")
def test_second_run_changes_nothing(desktop: Office, machine: Nspawn, release: Built) -> None:
    again = desktop.apply(machine.key, release.folder)
    assert complaints(again) == []
    assert again.stdout.splitlines()[-1].split()[:2] == [DEVICE, "0"]


@pytest.mark.usefixtures("counter")
def test_units_are_active(machine: Nspawn) -> None:
    units = " ".join(f"lobby-{name}.service" for name in PROCESSES)
    told = machine.ssh(f"systemctl is-active lobby.target mosquitto.service {units}").stdout
    assert told.split() == ["active"] * (2 + len(PROCESSES))
    wait_for(lambda: processes_up(machine), "all processes say that they are up")


@pytest.mark.usefixtures("counter")
def test_udev_understands_the_rules(machine: Nspawn) -> None:
    # This machine has no panel; Debian's udev is the one that is on a Pi.
    machine.put(BACKLIGHT_RULE.encode(), "/srv/90-lobby-backlight.rules")
    machine.put(TOUCH_RULE.encode(), "/srv/90-lobby-touch.rules")
    ours = "/etc/udev/rules.d/*-lobby-*.rules /srv/90-lobby-*.rules"
    assert "Success: 3" in machine.sudo(f"udevadm verify {ours}")


@pytest.mark.usefixtures("counter")
def test_key_was_made_on_the_machine_and_stayed_there(machine: Nspawn, desktop: Office) -> None:
    secret = machine.sudo("cat /etc/lobby/uplink/device.key").strip()
    assert secret.startswith("-----BEGIN PRIVATE KEY-----")
    files = [path for path in desktop.folder.rglob("*") if path.is_file()]
    assert not [path for path in files if secret.encode() in path.read_bytes()]


@pytest.mark.usefixtures("counter")
def test_only_ssh_and_the_counters_get_in(machine: Nspawn) -> None:
    listening = machine.ssh("ss -Hltn").stdout
    assert ":9100" in listening  # the emulated printer, on this very machine
    rules = machine.sudo("nft list table inet lobby")
    assert "policy drop" in rules
    assert re.search(r"tcp dport \{ 22, 8443 \} accept", rules)


@pytest.mark.usefixtures("counter")
def test_browser_that_trusts_the_office_gets_the_pages(machine: Nspawn, desktop: Office) -> None:
    trusted = str(desktop.authority.path)
    page = requests.get(f"https://{machine.host}:{COUNTERS_PORT}/", verify=trusted, timeout=10)
    assert page.status_code == 200
    assert "default-src 'none'" in page.headers["Content-Security-Policy"]
    told = requests.get(page.url + "lobby.json", verify=trusted, timeout=10).json()
    assert "Eingang" in str(told)


@pytest.mark.usefixtures("counter")
@pytest.mark.parametrize("port", [80, 9001, 9100])
def test_nobody_gets_further_than_the_pages(machine: Nspawn, port: int) -> None:
    with pytest.raises(OSError, match="timed out"):
        socket.create_connection((machine.host, port), 0.5)


@pytest.mark.usefixtures("counter")
def test_sshd_takes_no_password(machine: Nspawn) -> None:
    tried = subprocess.run(
        [
            *("ssh", "-o", "BatchMode=yes", "-o", "PubkeyAuthentication=no"),
            *("-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null"),
            *(f"it@{machine.host}", "true"),
        ],
        check=False,
        capture_output=True,
        text=True,
    )
    assert tried.returncode != 0
    assert "Permission denied (publickey)" in tried.stderr


@pytest.mark.usefixtures("counter")
@pytest.mark.parametrize("process", PROCESSES)
def test_hardening_is_on(machine: Nspawn, process: str) -> None:
    pid = machine.sudo(f"systemctl show -P MainPID lobby-{process}").strip()
    status = machine.sudo(f"cat /proc/{pid}/status")
    assert re.search(r"^NoNewPrivs:\t1$", status, re.MULTILINE)
    assert re.search(r"^Seccomp:\t2$", status, re.MULTILINE)
    assert re.search(r"^CapBnd:\t0+$", status, re.MULTILINE)
    assert not re.search(r"^Uid:\t0\t", status, re.MULTILINE)


@pytest.mark.usefixtures("counter")
@pytest.mark.parametrize("process", ["scanner", "board"])
def test_process_without_network_sees_only_itself(machine: Nspawn, process: str) -> None:
    pid = machine.sudo(f"systemctl show -P MainPID lobby-{process}").strip()
    links = machine.sudo(f"nsenter -t {pid} -n ip -br link").split("\n")
    assert [line.split()[0] for line in links if line] == ["lo"]
