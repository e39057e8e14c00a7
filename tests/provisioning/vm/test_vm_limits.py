"""The units' limits of memory leave room: each process at work needs less than half of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pytest

from tests.provisioning.lobby import PROCESSES

if TYPE_CHECKING:
    from tests.provisioning.vm.qemu import Qemu

pytestmark = [pytest.mark.vm, pytest.mark.timeout(1800)]

# What each may cost (bench/), the forecast's child with the desk.
COSTS_BYTES: Final = {"desk": 140_000_000, "scanner": 90_000_000, "board": 120_000_000}


def numbers_of(machine: Qemu, process: str, file: str) -> dict[str, int]:
    """Give what the kernel counts of a unit's memory."""
    told = machine.sudo(f"cat /sys/fs/cgroup/system.slice/lobby-{process}.service/{file}")
    return {name: int(value) for name, value in map(str.split, told.splitlines())}


@pytest.mark.parametrize("process", PROCESSES)
def test_process_at_work_is_far_from_its_limit(lobby: Qemu, process: str) -> None:
    # Without the cache of files, which goes when there is need.
    parts = numbers_of(lobby, process, "memory.stat")
    held = parts["anon"] + parts["shmem"] + parts["kernel"]
    print(f"{process}: {held / 1e6:.0f} MB")  # noqa: T201  (shown with pytest -s)
    assert held <= COSTS_BYTES[process]
    assert numbers_of(lobby, process, "memory.events")["oom_kill"] == 0
