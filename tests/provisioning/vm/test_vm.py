"""A blank Debian 13 in a virtual machine becomes a lobby over SSH, as in a container."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from tests.provisioning.lobby import PROCESSES, complaints, wait_for
from tests.provisioning.office import DEVICE
from tests.provisioning.vm.conftest import PATIENT_S, apply, page

if TYPE_CHECKING:
    import subprocess

    from demo.emulator import PrinterEmulator
    from provisioning.release import Built
    from tests.provisioning.office import Office
    from tests.provisioning.vm.qemu import Qemu

pytestmark = [pytest.mark.vm, pytest.mark.timeout(3600)]


def test_blank_machine_becomes_a_lobby_over_ssh(
    provisioned: subprocess.CompletedProcess[str],
) -> None:
    assert complaints(provisioned) == []
    assert provisioned.stdout.splitlines()[-1].startswith(DEVICE)


@pytest.mark.usefixtures("lobby")
def test_second_run_changes_nothing(desktop: Office, machine: Qemu, release: Built) -> None:
    again = apply(desktop, machine, release)
    assert complaints(again) == []
    assert again.stdout.splitlines()[-1].split()[:2] == [DEVICE, "0"]


def test_units_are_active(lobby: Qemu) -> None:
    units = " ".join(f"lobby-{name}.service" for name in PROCESSES)
    told = lobby.ssh(f"systemctl is-active lobby.target mosquitto.service nginx.service {units}")
    assert told.stdout.split() == ["active"] * (3 + len(PROCESSES))


def test_code_before_the_camera_becomes_a_slip_and_a_call(
    lobby: Qemu, desktop: Office, printer: PrinterEmulator
) -> None:
    slot = datetime.now(UTC).replace(second=0, microsecond=0) + timedelta(minutes=5)
    before = len(printer.slips)
    lobby.put(desktop.picture(slot), "/srv/pictures/phone.png")
    wait_for(lambda: len(printer.slips) > before, "a slip", PATIENT_S)
    lobby.sudo("rm /srv/pictures/phone.png")
    found = re.search(r"\bA\d{3,}\b", printer.slips[-1].text)
    assert found is not None, printer.slips[-1].text
    count = "ls /var/lib/lobby-board/pictures | wc -l"
    shown = int(lobby.sudo(count))
    with page(lobby, desktop, "counter.1") as counter:
        assert counter.ask("next") == found[0]
        board = counter.board(lambda board: any(call.ticket == found[0] for call in board.calls))
    assert {call.counter for call in board.calls} == {"1"}
    wait_for(lambda: int(lobby.sudo(count)) > shown, "a new picture of the board", PATIENT_S)
