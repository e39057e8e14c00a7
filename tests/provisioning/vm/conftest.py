"""One virtual machine for all tests here, made a lobby over SSH as a container is.

As there: what changes it is a fixture, what is seen after that a test; each file of tests leaves a
lobby that works. Everything in it takes ten times as long.
"""

from __future__ import annotations

import json
import subprocess
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

import pytest

from demo.emulator import PrinterEmulator
from tests.provisioning.lobby import Page, complaints, processes_up, wait_for
from tests.provisioning.office import ROOT, Office
from tests.provisioning.packages import PackageProxy
from tests.provisioning.reached import CACHE
from tests.provisioning.vm.qemu import Qemu

if TYPE_CHECKING:
    from collections.abc import Iterator

    from provisioning.release import Built

PROXY_PORT: Final = 3142
PRINTER_PORT: Final = 9100
APPLY_S: Final = 2400.0
RECEPTION: Final = "staff.console"
"""Gives out numbers as fast as it is asked: at a kiosk nobody may touch so often."""
PATIENT_S: Final = 300.0
"""A machine that lost its power boots, and its lobby starts."""


@pytest.fixture(scope="session")
def machine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Qemu]:
    """A blank machine, and the office's package proxy beside it."""
    folder = tmp_path_factory.mktemp("vm")
    with Qemu(folder) as blank, PackageProxy(CACHE / "packages", blank.gateway, PROXY_PORT):
        yield blank


@pytest.fixture(scope="session")
def desktop(tmp_path_factory: pytest.TempPathFactory, machine: Qemu) -> Office:
    """The IT desk; its printer and its clock are beside the machine, and not in it."""
    proxy = f"http://{machine.gateway}:{PROXY_PORT}"
    office = Office(tmp_path_factory.mktemp("office"), machine.host, proxy)
    for path, here, there in (
        (office.configuration, '"127.0.0.1"', f'"{machine.gateway}"'),
        (office.inventory_path, "ntp.example", machine.gateway),
    ):
        text = path.read_text("utf-8")
        assert here in text
        path.write_text(text.replace(here, there), "utf-8")
    return office


@pytest.fixture(scope="session")
def release(desktop: Office) -> Built:
    """Release 1.0.0 of this checkout."""
    return desktop.build("1.0.0")


@pytest.fixture(scope="session")
def printer(machine: Qemu) -> Iterator[PrinterEmulator]:
    """The printer: its plug is another than the machine's."""
    with PrinterEmulator(PRINTER_PORT, host=machine.gateway, strict=False) as emulator:
        yield emulator


@pytest.fixture(scope="session")
def provisioned(
    desktop: Office, machine: Qemu, release: Built, printer: PrinterEmulator
) -> subprocess.CompletedProcess[str]:
    """What the run said that made a lobby of it."""
    assert not printer.slips
    machine.sudo("mkdir -p /srv/pictures")
    return apply(desktop, machine, release)


def apply(desktop: Office, machine: Qemu, release: Built) -> subprocess.CompletedProcess[str]:
    """Provision it, with more patience than a Pi needs."""
    return subprocess.run(
        desktop.command(machine.key, release.folder),
        check=False,
        capture_output=True,
        text=True,
        cwd=ROOT,
        timeout=APPLY_S,
    )


@contextmanager
def page(machine: Qemu, desktop: Office, caller: str) -> Iterator[Page]:
    """Open a page; one that was open before has heard what is no longer so."""
    with Page(machine, desktop, caller, PATIENT_S) as opened:
        yield opened


@pytest.fixture(scope="session")
def lobby(machine: Qemu, desktop: Office, provisioned: subprocess.CompletedProcess[str]) -> Qemu:
    """The machine, once it is a lobby whose counter is open."""
    assert complaints(provisioned) == []
    wait_for(lambda: processes_up(machine), "all processes say that they are up", PATIENT_S)
    with page(machine, desktop, "counter.1") as counter:
        counter.ask("open_counter")
    return machine


def memory(machine: Qemu, process: str, file: str) -> dict[str, int]:
    """Give what the kernel counts of a unit's memory."""
    told = machine.sudo(f"cat /sys/fs/cgroup/system.slice/lobby-{process}.service/{file}")
    return {name: int(value) for name, value in map(str.split, told.splitlines())}


def memory_held(machine: Qemu, process: str) -> int:
    """Give how much a unit holds, in bytes: without the cache of files, which goes in need."""
    parts = memory(machine, process, "memory.stat")
    return parts["anon"] + parts["shmem"] + parts["kernel"]


def alarms(machine: Qemu) -> set[str]:
    """Give the names of those that are on."""
    told = json.loads(machine.ssh("sudo lobby status --json", check=False).stdout or "{}")
    return {each["name"] for each in told.get("alarms") or []}
