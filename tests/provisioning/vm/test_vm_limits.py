"""The units' limits of memory are real: who grows is ended, comes back, and takes nobody along."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest

from tests.provisioning.lobby import PROCESSES, main_process, processes_up, wait_for
from tests.provisioning.vm.conftest import PATIENT_S, RECEPTION, memory, memory_held, page

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.provisioning.office import Office
    from tests.provisioning.vm.qemu import Qemu

pytestmark = [pytest.mark.vm, pytest.mark.timeout(1800)]

# What each may cost (bench/), the forecast's child with the desk.
COSTS_BYTES: Final = {"desk": 140_000_000, "scanner": 90_000_000, "board": 120_000_000}
FORECASTER: Final = "pgrep -f run.forecaster"


@pytest.mark.parametrize("process", PROCESSES)
def test_process_at_work_is_far_from_its_limit(lobby: Qemu, process: str) -> None:
    wait_for(lambda: processes_up(lobby), "all processes say that they are up", PATIENT_S)
    assert memory_held(lobby, process) <= COSTS_BYTES[process]
    assert memory(lobby, process, "memory.events")["oom_kill"] == 0


@pytest.fixture(scope="module")
def leaky(lobby: Qemu) -> Iterator[Qemu]:
    """A lobby whose processes grow for ever once they are told to."""
    site = lobby.sudo("echo /opt/lobby/releases/1.0.0/lib/python3*/site-packages").strip()
    lobby.put((Path(__file__).parent / "leak.py").read_bytes(), f"{site}/leak.py")
    lobby.put(b"import leak\n", f"{site}/leak.pth")
    again(lobby)
    yield lobby
    lobby.sudo(f"rm {site}/leak.pth {site}/leak.py")
    again(lobby)


def again(machine: Qemu) -> None:
    """Start the processes anew."""
    before = {name: main_process(machine, f"lobby-{name}") for name in PROCESSES}
    machine.sudo("systemctl restart lobby-desk lobby-scanner lobby-board")
    for name, pid in before.items():
        assert main_process(machine, f"lobby-{name}") not in {"", pid}
    wait_for(lambda: processes_up(machine), "all processes say that they are up", PATIENT_S)


@pytest.mark.parametrize("process", PROCESSES)
def test_process_that_grows_is_ended_and_comes_back(
    leaky: Qemu, desktop: Office, process: str
) -> None:
    before = {name: main_process(leaky, f"lobby-{name}") for name in PROCESSES}
    with page(leaky, desktop, RECEPTION) as reception:
        given = {reception.ask("issue", service="A1")}
        leaky.sudo(f"touch /run/lobby-{process}/leak-{process}")
        wait_for(
            lambda: main_process(leaky, f"lobby-{process}") not in {"", before[process]},
            f"another {process}",
            PATIENT_S,
        )
        given |= {reception.ask("issue", service="A1")}
    assert f"lobby-{process}.service" in leaky.sudo("journalctl -b -k -o cat | grep oom-kill:")
    wait_for(lambda: processes_up(leaky), "all processes say that they are up", PATIENT_S)
    # Nobody else was hurt.
    others = [name for name in PROCESSES if name != process]
    assert {name: main_process(leaky, f"lobby-{name}") for name in others} == {
        name: before[name] for name in others
    }
    with page(leaky, desktop, "counter.1") as counter:
        assert counter.tickets(lambda _: True) >= given
    assert len(given) == 2


def test_child_that_grows_is_ended_alone(leaky: Qemu) -> None:
    wait_for(lambda: leaky.ssh(FORECASTER, check=False).returncode == 0, "a forecast", PATIENT_S)
    desk, child = main_process(leaky, "lobby-desk"), leaky.ssh(FORECASTER).stdout
    leaky.sudo("touch /run/lobby-desk/leak-forecaster")
    wait_for(
        lambda: leaky.ssh(FORECASTER, check=False).stdout not in {"", child},
        "another child",
        PATIENT_S,
    )
    assert main_process(leaky, "lobby-desk") == desk
