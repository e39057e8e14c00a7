"""A process that hangs is started again by its unit's watchdog."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.provisioning.lobby import PROCESSES, main_process, processes_up, wait_for
from tests.provisioning.vm.conftest import PATIENT_S

if TYPE_CHECKING:
    from tests.provisioning.vm.qemu import Qemu

pytestmark = [pytest.mark.vm, pytest.mark.timeout(1800)]


@pytest.mark.parametrize("process", PROCESSES)
def test_process_that_hangs_is_ended_by_its_watchdog(lobby: Qemu, process: str) -> None:
    unit = f"lobby-{process}.service"
    before = main_process(lobby, unit)
    lobby.sudo(f"kill -STOP {before}")
    wait_for(lambda: main_process(lobby, unit) not in {"", before}, f"another {process}", 120)
    assert "Watchdog timeout" in lobby.sudo(f"journalctl -b -o cat -u {unit}")
    wait_for(lambda: processes_up(lobby), "all processes say that they are up", PATIENT_S)
