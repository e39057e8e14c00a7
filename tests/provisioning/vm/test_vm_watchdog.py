"""What hangs is started again: a process by its unit's watchdog, the machine by its hardware's."""

from __future__ import annotations

from contextlib import suppress
from subprocess import TimeoutExpired
from typing import TYPE_CHECKING

import pytest

from tests.provisioning.lobby import PROCESSES, main_process, processes_up, wait_for
from tests.provisioning.vm.conftest import PATIENT_S, RECEPTION, page

if TYPE_CHECKING:
    from tests.provisioning.office import Office
    from tests.provisioning.vm.qemu import Qemu

pytestmark = [pytest.mark.vm, pytest.mark.timeout(1800)]


@pytest.mark.parametrize("process", PROCESSES)
def test_process_that_hangs_is_ended_by_its_watchdog(lobby: Qemu, process: str) -> None:
    wait_for(lambda: processes_up(lobby), "all processes say that they are up", PATIENT_S)
    unit = f"lobby-{process}.service"
    before = main_process(lobby, unit)
    lobby.sudo(f"kill -STOP {before}")
    wait_for(lambda: main_process(lobby, unit) not in {"", before}, f"another {process}", 120)
    assert "Watchdog timeout" in lobby.sudo(f"journalctl -b -o cat -u {unit}")
    wait_for(lambda: processes_up(lobby), "all processes say that they are up", PATIENT_S)


@pytest.fixture(scope="module")
def hung(lobby: Qemu, desktop: Office) -> set[str | None]:
    """The numbers from before the kernel ended, and with it everything."""
    # It counts since the boot after provisioning, as on a Pi.
    if "60000000" not in lobby.sudo("systemctl show -p RuntimeWatchdogUSec --value; wdctl || true"):
        lobby.sudo("systemctl daemon-reexec")
    with page(lobby, desktop, RECEPTION) as reception:
        given = {reception.ask("issue", service="A1") for _ in range(3)}
    before = lobby.sudo("cat /proc/sys/kernel/random/boot_id")
    with suppress(TimeoutExpired):
        lobby.ssh("sudo sh -c 'sync; echo c >/proc/sysrq-trigger'", check=False, within_s=10)

    def booted() -> bool:
        told = lobby.ssh("cat /proc/sys/kernel/random/boot_id", check=False).stdout
        return told not in {"", before}

    wait_for(booted, "another boot", PATIENT_S)
    return given


def test_machine_that_hangs_starts_again_and_everyone_still_waits(
    lobby: Qemu, desktop: Office, hung: set[str | None]
) -> None:
    wait_for(lambda: processes_up(lobby), "all processes say that they are up", PATIENT_S)
    with page(lobby, desktop, "counter.1") as counter:
        assert counter.tickets(lambda _: True) >= hung
